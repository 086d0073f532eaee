"""Text messages: what somebody writes to the line becomes a report like a call, and what the line
may write back.

Whoever writes is answered once with the reference, and then hears little: each further answer is a
text on the phone of somebody who may be hiding. Nobody who said STOP is written to again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from reports.model import (
    Admission,
    Call,
    CallerText,
    CallerTextState,
    CallState,
    Handling,
    Medium,
    Report,
    TextMessage,
    advance,
)
from reports.ports import (
    Job,
    JobQueue,
    PhoneProvider,
    ProviderRefused,
    ProviderUnavailable,
    Records,
    ReportStore,
    Sealer,
    SentMessage,
)
from reports.services.answers import (
    Answered,
    AnswerWords,
    after_answer,
    answer_by_text,
    read_answer,
)
from reports.services.attachments import IncomingMedia, announce_attachments
from reports.services.calls import file_report, number_context
from reports.services.notices import (
    CLOCKS_DIFFER,
    KEEP_TRYING,
    LONGEST_PAUSE,
    SEND_LEASE,
    UNKNOWN,
    due_again,
)
from reports.services.observing import (
    Asked,
    Replied,
    ReplyWords,
    answer_request,
    finding_report,
    languages_of,
    looking,
    read_reply,
)

log = logging.getLogger(__name__)

SAME_THING_FOR = timedelta(hours=1)
"""So long after a call or text, another text from the same number goes on about the same thing."""
SILENT_FOR = timedelta(minutes=10)
"""So long after a text, another is taken without a word."""
VALID_SECONDS = 4 * 3600
"""A reference that could not be delivered for this long is not sent any more."""

STOP_WORDS: Final = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
)
"""After these the provider itself says goodbye and lets nothing more through
(https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out)."""
START_WORDS: Final = frozenset({"START", "UNSTOP"})
YES: Final = "YES"
"""Takes STOP back too, but of somebody who never said it is an answer to something else."""
HELP_WORDS: Final[Mapping[str, str | None]] = {"HELP": None, "INFO": None, "AYUDA": "es"}
"""And the language that the word is of, where it is of one alone."""

_REFERENCE = re.compile(r"\W*(\d{4,12})\b")


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text message as the provider announces it."""

    message_sid: str
    sender: str | None
    """In E.164; None when there is no number to be had."""
    body: str
    media: Sequence[IncomingMedia] = ()
    answered: bool = False
    """The provider has answered it itself."""


@dataclass(frozen=True, slots=True)
class Rehearsing:
    """Nobody sent it: somebody at the desk rehearses."""

    who: str
    """Their username."""
    tells: bool
    """Whether they want the alert themselves."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sender is answered: which of a language's texts, and what is filled in."""

    text: Literal["received", "added", "help"]
    language: str | None
    """BCP-47 code; None: not known."""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CallerTexts:
    """The texts to callers, by language and name. `first` is the language of those whose own is not
    known."""

    words_now: Callable[[], Mapping[str, Mapping[str, str]]]
    first: str
    links: Sequence[str] = ()
    """Addresses for whoever asked for their reference."""

    def say(self, text: str, language: str | None, reference: str) -> str:
        known = self.words_now()
        words = known.get(language or self.first, known[self.first])
        said = words[text].format(reference=reference)
        return "\n".join((said, *self.links)) if text == "report" else said


# --- What comes in --------------------------------------------------------------------------------


def receive_text(
    store: ReportStore,
    queue: JobQueue,
    sealer: Sealer,
    *,
    incoming: IncomingText,
    language_of: Callable[[str], str | None],
    at: datetime,
    answer_words: AnswerWords | None = None,
    reply_words: ReplyWords | None = None,
    rehearsing: Rehearsing | None = None,
) -> Reply | Answered | Replied | None:
    """Files a text message, and says what to answer, None for nothing.

    The same message a second time changes nothing and is not answered. `language_of` says which
    language words are written in, if that can be said; it may be slow. From a number to which
    something was sent lately, `answer_words` answer that and are no report; nor are `reply_words`
    of somebody who was asked to observe. What else such a person sends is what they found.
    `rehearsing`: it adds to nothing but what the same person rehearsed, and nobody else is told.
    """
    sender = _sender(sealer, incoming, rehearsing)
    word = "" if incoming.media else _keyword(incoming.body)
    if sender is not None and not incoming.media:
        answered = _answer(store, sender, incoming, word, answer_words, reply_words, at)
        if isinstance(answered, Answered):
            after_answer(queue, answered)
        if answered is not None:
            return None if incoming.answered else answered
    language = _language(store, sender, incoming.body, word, language_of)
    reply: Reply | Replied | None
    with store.begin() as records:
        if rehearsing is not None and word in (STOP_WORDS | START_WORDS):
            return None  # the provider would answer, and let nothing more through
        if _is_about_texts(records, sender, word, at):
            return None
        if records.text_message(incoming.message_sid) is not None:
            return None
        admission = _admission(records, sender, at)
        asked = looking(records, sender, at)
        report = _goes_on(records, incoming.body, sender, admission, at, asked, rehearsing)
        if word in HELP_WORDS:
            reply = Reply("help", language)
        elif report is None:
            reply = None  # not known before there is a reference
        else:
            reply = _word_on_addition(records, incoming.body, report, sender, at)
        if report is None and word not in HELP_WORDS:
            report = _begin(records, sealer, incoming, sender, language, admission, at, rehearsing)
            if report is None:
                return None
            reply = Reply("received", language, report.reference)
        if asked is not None and word not in HELP_WORDS:
            reply = _word_on_finding(records, asked, sender, at)
        fetch: Sequence[str] = ()
        if report is not None:
            message = TextMessage(
                message_sid=incoming.message_sid,
                call_sid=report.call_sid,
                at=at,
                body=incoming.body,
                sender_hash=sender,
                mentions=None if rehearsing is not None else _mentioned(records, incoming.body),
            )
            if not records.add_text_message(message):
                return None
            fetch = announce_attachments(records, message, incoming.media)
            records.touch(report.call_sid, at)
        silent = incoming.answered or (sender is not None and records.has_opted_out(sender))
    if report is not None and (rehearsing is None or rehearsing.tells):
        queue.put(Job.ALERT_ON_CALL, report.reference)
    for media_sid in fetch:
        queue.put(Job.FETCH_ATTACHMENT, media_sid)
    return None if silent else reply


def _sender(sealer: Sealer, incoming: IncomingText, rehearsing: Rehearsing | None) -> str | None:
    """What a sender is known again by; who is pretended is nobody who ever writes."""
    if incoming.sender is None:
        return None
    if rehearsing is None:
        return sealer.fingerprint(incoming.sender)
    return sealer.fingerprint(f"rehearsal:{rehearsing.who}:{incoming.sender}")


def _answer(
    store: ReportStore,
    sender: str,
    incoming: IncomingText,
    word: str,
    answer_words: AnswerWords | None,
    reply_words: ReplyWords | None,
    at: datetime,
) -> Answered | Replied | None:
    """What a text answers, of an alert or of a request to observe."""
    sid = incoming.message_sid
    said = None if answer_words is None else read_answer(incoming.body, answer_words)
    is_reply = reply_words is not None and read_reply(incoming.body, reply_words) is not None
    if word in STOP_WORDS or word in START_WORDS or not (said or is_reply):
        return None
    with store.begin() as records:
        if records.text_message(sid) is not None:
            return None
        if word == YES and records.has_opted_out(sender):
            return None  # takes STOP back
        if reply_words is not None:
            replied = answer_request(
                records,
                sender=sender,
                body=incoming.body,
                words=reply_words,
                alert=said,
                message_sid=sid,
                at=at,
            )
            if replied is not None:
                return replied
        if said is None:
            return None
        return answer_by_text(records, sender=sender, said=said, message_sid=sid, at=at)


def _word_on_finding(
    records: Records, asked: Asked, sender: str | None, at: datetime
) -> Replied | None:
    """That it was found; to who has not said whether they go, how they do."""
    dispatch, ask = asked
    languages = languages_of(records, ask.person_id)
    if ask.answer is None:
        return Replied("how", languages)
    last = None if sender is None else records.last_text_from(sender)
    since = max(dispatch.at, at - SILENT_FOR)
    return None if last is not None and last.at >= since else Replied("found", languages)


def _keyword(body: str) -> str:
    """The message, if it is one word that may mean something to the line alone.

    >>> _keyword(" Stop. "), _keyword("stop them"), _keyword("¡Ayuda!")
    ('STOP', '', 'AYUDA')
    """
    word = body.strip().strip(".!¡?¿\"'").upper()
    return word if word.isalpha() else ""


def _language(
    store: ReportStore,
    sender: str | None,
    body: str,
    word: str,
    language_of: Callable[[str], str | None],
) -> str | None:
    """That of their last call or text; else the one that they write in."""
    if sender is not None:
        with store.read() as records:
            known = records.language_of_caller(sender)
        if known is not None:
            return known
    return HELP_WORDS[word] if word in HELP_WORDS else language_of(body)


def _is_about_texts(records: Records, sender: str | None, word: str, at: datetime) -> bool:
    """Whether the message is about getting texts and nothing else; then that is noted."""
    if word in STOP_WORDS:
        if sender is not None:
            records.opt_out(sender, at)
        return True
    if word in START_WORDS or word == YES:
        took_back = sender is not None and records.opt_in(sender)
        return took_back or word in START_WORDS
    return False


def _mentioned(records: Records, body: str) -> str | None:
    begins = _REFERENCE.match(body)
    # `int` reads ٤٨٢١ too.
    report = None if begins is None else records.report(str(int(begins[1])))
    return None if report is None else report.reference


def _goes_on(
    records: Records,
    body: str,
    sender: str | None,
    admission: Admission,
    at: datetime,
    asked: Asked | None,
    rehearsing: Rehearsing | None,
) -> Report | None:
    """The report that a message adds to, None when it begins another. `asked`: what its sender was
    asked to observe: then it adds to what they found of that, and to nothing else that is theirs.

    A reference counts only from those whose report it is, or where nobody knows whose it is: '3821
    Lake Street' is how people say where they are, and would otherwise vanish in a report of others.
    Nothing is added to a closed report, at which nobody looks any more, nor by a blocked sender to
    one of which people are told.
    """

    def takes(report: Report) -> bool:
        call = records.call(report.call_sid)
        told = call is not None and call.admission.alerts
        return report.handling is not Handling.CLOSED and (admission.alerts or not told)

    # A number in front is never a rehearsal's reference, which begins with a zero.
    mentioned = None if rehearsing is not None else _mentioned(records, body)
    if mentioned is not None:
        report = records.report(mentioned)
        if report is not None and takes(report) and _is_theirs(records, report, sender):
            return report
    if asked is not None:
        found = finding_report(records, asked[1])
        return found if found is not None and takes(found) else None
    if sender is None:
        return None
    text, call = records.last_text_from(sender), records.last_call_from(sender)
    contacts = [(text.at, text.call_sid)] if text is not None else []
    if call is not None:
        contacts.append((call.ended_at or call.started_at, call.call_sid))
    for last, call_sid in sorted(contacts, reverse=True):
        if at - last <= SAME_THING_FOR:
            report = records.report_of_call(call_sid)
            if report is not None and takes(report):
                return report
    return None


def _admission(records: Records, sender: str | None, at: datetime) -> Admission:
    """As a blocked caller is: kept, shown, and nobody's phone rings for it."""
    blocks = () if sender is None else records.blocks_of(sender)
    return Admission.BLOCKED if any(block.holds(at) for block in blocks) else Admission.NORMAL


def _is_theirs(records: Records, report: Report, sender: str | None) -> bool:
    call = records.call(report.call_sid)
    known = {message.sender_hash for message in records.texts_of(report.call_sid)}
    known.add(None if call is None else call.caller_hash)
    return sender in known or known == {None}


def _word_on_addition(
    records: Records, body: str, report: Report, sender: str | None, at: datetime
) -> Reply | None:
    """That it was added: to whoever named the reference, or has not written for a while."""
    earlier = [
        message.at for message in records.texts_of(report.call_sid) if message.sender_hash == sender
    ]
    begun_with_it = _mentioned(records, body) == report.reference
    if not begun_with_it and earlier and at - earlier[-1] <= SILENT_FOR:
        return None
    call = records.call(report.call_sid)
    return Reply("added", None if call is None else call.language, report.reference)


def _begin(
    records: Records,
    sealer: Sealer,
    incoming: IncomingText,
    sender: str | None,
    language: str | None,
    admission: Admission,
    at: datetime,
    rehearsing: Rehearsing | None,
) -> Report | None:
    """A report of its own; None when another notice of the same message was faster."""
    sid = incoming.message_sid
    call = Call(
        call_sid=sid,
        started_at=at,
        # All that was said is here: nobody has to wait for anything, or to ask whether it is over.
        state=CallState.COMPLETED,
        language=language,
        caller_number=None
        if incoming.sender is None
        else sealer.seal(incoming.sender.encode(), number_context(sid)),
        caller_hash=sender,
        medium=Medium.TEXT,
        admission=admission,
        rehearsed_by=None if rehearsing is None else rehearsing.who,
        rehearsal_tells=rehearsing is not None and rehearsing.tells,
    )
    return file_report(records, call, at) if records.add_call(call) else None


# --- The reference by text, after a call ----------------------------------------------------------


def ask_for_text(store: ReportStore, queue: JobQueue, *, call_sid: str, at: datetime) -> bool:
    """The caller pressed the key for a text with their reference. Asked twice, it is sent once.

    Returns False, and does nothing, when there is no number to send it to.
    """
    with store.begin() as records:
        call = records.call(call_sid)
        if call is None or call.caller_number is None:
            return False
        meant = records.add_caller_text(CallerText(call_sid, asked_at=at, changed_at=at))
        if meant:
            records.touch(call_sid, at)
    if meant:
        queue.put(Job.TEXT_CALLER, call_sid)
    return True


def text_caller(
    store: ReportStore,
    sealer: Sealer,
    provider: PhoneProvider,
    texts: CallerTexts,
    *,
    call_sid: str,
    clock: Callable[[], datetime],
) -> None:
    """One attempt at sending a caller their reference; what fails is tried again by the sweeper."""
    ready = _take_up(store, call_sid, clock())
    if ready is None:
        return
    text, call, reference = ready
    if call.caller_number is None:
        return
    to = sealer.unseal(call.caller_number, number_context(call_sid)).decode()
    body = texts.say("report", call.language, reference)
    try:
        sent = _sent_before(provider, text, to, body)
        if sent is None:
            sent = provider.send_text(to, body, valid_seconds=VALID_SECONDS, status_url=None)
    except ProviderRefused as refusal:
        _settle(store, call_sid, CallerTextState.FAILED, clock(), str(refusal))
    except ProviderUnavailable as failure:
        at = clock()
        if at - text.asked_at > KEEP_TRYING:
            _settle(store, call_sid, CallerTextState.FAILED, at, str(failure))
        else:
            pause = min(timedelta(seconds=2 ** min(text.attempts - 1, 10)), LONGEST_PAUSE)
            _settle(store, call_sid, CallerTextState.PENDING, at, str(failure), at + pause)
    else:
        _settle(store, call_sid, CallerTextState.SENT, clock(), None, provider_id=sent.provider_id)


def release_texts(store: ReportStore, *, at: datetime) -> int:
    """As `notices.release_sending`, of texts to callers."""
    with store.begin() as records:
        left = records.caller_texts_in((CallerTextState.SENDING,))
        for text in left:
            records.save_caller_text(replace(text, next_attempt_at=due_again(text, at)))
    return len(left)


def _sent_before(
    provider: PhoneProvider, text: CallerText, to: str, body: str
) -> SentMessage | None:
    """What an earlier attempt sent, None if nothing did; as `notices` asks it.

    Raises:
        ProviderUnavailable: that could not be learned, the first time.
    """
    if text.attempts == 1:
        return None
    call_sid = text.call_sid
    try:
        found = provider.texts_sent(to, body, since=text.asked_at - CLOCKS_DIFFER)
    except ProviderUnavailable as failure:
        if text.reason == UNKNOWN:
            log.warning("what call %s asked for may be sent twice", call_sid)
            return None
        raise ProviderUnavailable(UNKNOWN) from failure
    return next(iter(found), None)


def _take_up(
    store: ReportStore, call_sid: str, at: datetime
) -> tuple[CallerText, Call, str] | None:
    """The text, the call and its reference, claimed for `SEND_LEASE`: a worker that dies in it may
    have sent the text. None when there is nothing to do."""
    with store.begin() as records:
        held, call = records.caller_text(call_sid), records.call(call_sid)
        if held is None or call is None:
            return None
        if held.state not in (CallerTextState.PENDING, CallerTextState.SENDING):
            log.info("the reference of call %s is not waiting to be sent", call_sid)
            return None
        if held.next_attempt_at is not None and held.next_attempt_at > at:
            return None
        report = records.report_of_call(call_sid)
        why_not = None
        if call.caller_hash is None or call.caller_number is None:
            why_not = "the number was withheld"
        elif records.has_opted_out(call.caller_hash):
            why_not = "whoever has the number asked for no texts"
        elif report is None:
            why_not = "there is no report"
        if why_not is not None or report is None:
            _save(
                records,
                replace(
                    held,
                    state=advance(held.state, CallerTextState.FAILED),
                    reason=why_not,
                    next_attempt_at=None,
                ),
                at,
            )
            return None
        if held.state is CallerTextState.SENDING:
            held = replace(held, state=advance(held.state, CallerTextState.PENDING))
        held = replace(
            held,
            state=advance(held.state, CallerTextState.SENDING),
            attempts=held.attempts + 1,
            next_attempt_at=at + SEND_LEASE,
        )
        _save(records, held, at)
    return held, call, report.reference


def _settle(
    store: ReportStore,
    call_sid: str,
    to: CallerTextState,
    at: datetime,
    reason: str | None,
    next_attempt_at: datetime | None = None,
    provider_id: str | None = None,
) -> None:
    with store.begin() as records:
        held = records.caller_text(call_sid)
        if held is None or held.state is not CallerTextState.SENDING:
            return
        _save(
            records,
            replace(
                held,
                state=advance(held.state, to),
                reason=reason,
                next_attempt_at=next_attempt_at,
                provider_id=provider_id,
                sent_at=at if to is CallerTextState.SENT else None,
            ),
            at,
        )


def _save(records: Records, text: CallerText, at: datetime) -> None:
    records.save_caller_text(replace(text, changed_at=at))
    records.touch(text.call_sid, at)
