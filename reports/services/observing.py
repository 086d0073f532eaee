"""What people answer who are asked to observe, and what they find.

Whatever an observer sends beyond an answer is a report like any other, with its recording, words
and pictures, and is put into the incident that they were asked to look at: so it is kept, shown,
corrected and taken out as every report is, and none of it can be lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from reports.custody import SYSTEM
from reports.model import (
    Call,
    Docket,
    IncidentAct,
    IncidentActKind,
    Move,
    Notification,
    NotificationKind,
    NotificationState,
    Report,
    advance,
)
from reports.observing import (
    LONGEST_AWAY,
    OPEN_FOR,
    Ask,
    Dispatch,
    Finding,
    ObserverAnswer,
    Said,
    of_those,
)
from reports.ports import Records, ReportStore
from reports.services.answers import ANSWERED_WITHIN, OBSERVING, SaidByText, plain

FOUND_BY: Final = f"{SYSTEM}findings"
"""Stands as who put into an incident what its observers found."""
_QUESTIONS: Final = frozenset({NotificationKind.ALERT, NotificationKind.REMINDER})
"""What else wants an answer of a person."""
_MINUTES: Final = re.compile(r"(\d{1,3})([^\W\d]*)")
_LONGEST: Final = 80
"""Characters of an answer; whoever writes more, tells something."""


# --- What a text answers --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReplyWords:
    """What observers write, in any language that is written to the line; all as `plain` has it."""

    said: Mapping[Said, Collection[str]]
    minutes: Collection[str]
    """'min', 'minutos': what may stand after the number."""
    around: Collection[str] = field(default=())
    """'in', 'about': what may stand before it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was written."""

    said: Said
    minutes: int | None = None


def read_reply(body: str, words: ReplyWords) -> Reply | None:
    """What a text answers to a request to observe, None if it is anything but an answer: one of the
    words, for who comes with their minutes after it, or the minutes alone.

    >>> words = ReplyWords({Said.COMING: {"si"}, Said.HERE: {"aqui"}}, {"min"}, {"en"})
    >>> read_reply("¡Sí! en 15 min", words)
    Reply(said=<Said.COMING: 'coming'>, minutes=15)
    >>> read_reply("Aquí", words)
    Reply(said=<Said.HERE: 'here'>, minutes=None)
    >>> read_reply("aquí 4 agentes", words)
    """
    if len(body) > _LONGEST:
        return None
    said = plain(body).split()
    numbers = [place for place, word in enumerate(said) if word[0].isdecimal()]
    if not numbers:
        whole = " ".join(said)
        return next((Reply(kind) for kind, those in words.said.items() if whole in those), None)
    (place, *more) = numbers
    found = _MINUTES.fullmatch(said[place])
    if more or found is None or int(found[1]) > LONGEST_AWAY:
        return None
    after = [word for word in (found[2], *said[place + 1 :]) if word]
    before = [word for word in said[:place] if word not in words.around]
    is_coming = not before or " ".join(before) in words.said.get(Said.COMING, ())
    if not is_coming or any(word not in words.minutes for word in after):
        return None
    # `int` reads ١٥ too.
    return Reply(Said.COMING, int(found[1]))


# --- What it is an answer to ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replied:
    """What an observer is answered: which of the texts, in which of their languages."""

    text: str
    languages: tuple[str, ...]
    """Codes, the first that there are words for."""
    minutes: int | None = None


Asked = tuple[Dispatch, Ask]


def asked_of(records: Records, address_hash: str, at: datetime) -> tuple[Asked, ...]:
    """What the people of an address were asked lately, the last first."""
    person_ids = [each.person_id for each in records.people.reached_at(address_hash)]
    if not person_ids:
        return ()
    return of_those(records.observing.dispatches_to(person_ids, at - OPEN_FOR), person_ids)


def meant(asked: Sequence[Asked], reply: Reply, at: datetime) -> Asked | None:
    """Which request an answer belongs to: of those that are open the last that it fits best, else
    the last of all, which is over."""
    there = [each for each in asked if each[0].is_open(at)]
    if reply.said in (Said.HERE, Said.DONE):
        fitting = [each for each in there if each[1].said in (Said.COMING, Said.HERE)]
    else:
        fitting = [each for each in there if each[1].said is None]
    return next(iter(fitting or there or asked), None)


def is_for_alert(
    alert: SaidByText, told: Iterable[Notification], asked: Asked, at: datetime
) -> bool:
    """Whether a text that answers an alert as well as a request to observe is for the alert: of a
    person who was asked both, the last question that they have not answered counts. `told`: what
    they were told of reports, the last first."""
    if alert.reference is not None:
        return True
    questions = [each for each in told if each.kind in _QUESTIONS]
    answered = {
        each.reference
        for each in questions
        if each.acknowledged_at is not None or each.passed_on_at is not None
    }
    fresh = [each for each in questions if each.reference not in answered]
    dispatch, ask = asked
    is_waiting = dispatch.is_open(at) and ask.answer is None
    if not questions or is_waiting != bool(fresh):
        return bool(questions) and not is_waiting
    last = (fresh or questions)[0]
    return (last.sent_at or last.created_at) > dispatch.at


def answer_request(
    records: Records,
    *,
    sender: str,
    body: str,
    words: ReplyWords,
    alert: SaidByText | None,
    message_sid: str,
    at: datetime,
) -> Replied | None:
    """What a text answers of what its sender was asked to observe; None: it answers nothing of
    that. `alert`: what it would answer of an alert."""
    reply = read_reply(body, words)
    asked = () if reply is None else asked_of(records, sender, at)
    if reply is None or not asked:
        return None
    again = [each for each in asked if message_sid in {a.said_with for a in each[1].answers}]
    found = again[0] if again else meant(asked, reply, at)
    if found is None:
        return None
    told = [
        each
        for each in records.told_since(sender, at - ANSWERED_WITHIN)
        if each.kind not in OBSERVING
    ]
    if not again and alert is not None and is_for_alert(alert, told, found, at):
        return None
    return note_reply(records, *found, reply, at, message_sid)


def receive_reply(store: ReportStore, *, ask_id: str, reply: Reply, at: datetime) -> Replied | None:
    """The same by the link in the message; None: there is no such ask."""
    with store.begin() as records:
        dispatch = records.observing.asked(ask_id)
        if dispatch is None:
            return None
        ask = next(each for each in dispatch.asks if each.ask_id == ask_id)
        return note_reply(records, dispatch, ask, reply, at)


def note_reply(
    records: Records,
    dispatch: Dispatch,
    ask: Ask,
    reply: Reply,
    at: datetime,
    said_with: str | None = None,
) -> Replied:
    """Notes what somebody answered, if it is not over: then they are told that."""
    languages = languages_of(records, ask.person_id)
    if not dispatch.is_open(at):
        return Replied("over", languages)
    answer = ObserverAnswer(ask.ask_id, at, reply.said, reply.minutes, said_with)
    last = ask.answer
    is_new = last is None or (last.said, last.minutes) != (answer.said, answer.minutes)
    # Who says again that they come in ten minutes means ten minutes from now.
    if (is_new or reply.minutes is not None) and records.observing.add_observer_answer(answer):
        _was_reached(records, dispatch, ask, at)
        touch_incident(records, dispatch, at)
    text = "when" if reply == Reply(Said.COMING) else str(reply.said)
    return Replied(text, languages, reply.minutes)


def languages_of(records: Records, person_id: str) -> tuple[str, ...]:
    person = records.people.person(person_id)
    return () if person is None else person.languages


def touch_incident(records: Records, dispatch: Dispatch, at: datetime) -> None:
    """So that pages and readers of the API take up what became of a request."""
    report = records.report(dispatch.reference)
    if report is not None:
        records.touch(report.call_sid, at)


def messages_to(records: Records, dispatch: Dispatch, ask: Ask) -> list[Notification]:
    """Those by which somebody was asked."""
    dossier = records.dossier(dispatch.reference)
    return [
        each
        for each in (() if dossier is None else dossier.notifications)
        if each.kind is NotificationKind.OBSERVE and each.about == ask.ask_id
    ]


def _was_reached(records: Records, dispatch: Dispatch, ask: Ask, at: datetime) -> None:
    for told in messages_to(records, dispatch, ask):
        if told.state is NotificationState.SENDING:
            records.save_notification(
                replace(
                    told,
                    state=advance(told.state, NotificationState.DELIVERED),
                    delivered_at=at,
                    next_attempt_at=None,
                    changed_at=at,
                )
            )


# --- What they find -------------------------------------------------------------------------------


def looking(records: Records, address_hash: str | None, at: datetime) -> Asked | None:
    """What the person of an address looks at: what they send in now is a finding of it."""
    if address_hash is None:
        return None
    taking = [each for each in asked_of(records, address_hash, at) if each[0].takes(each[1], at)]
    there = [each for each in taking if each[1].said in (Said.HERE, Said.COMING)]
    return next(iter(there or taking), None)


def note_finding(records: Records, call: Call, report: Report, at: datetime) -> Finding | None:
    """Puts the report of a call, or of text messages, into the incident that its sender looks at;
    None: it is a caller's like any other."""
    found = looking(records, call.caller_hash, at)
    if found is None:
        return None
    dispatch, ask = found
    finding = Finding(call.call_sid, ask.ask_id, ask.dispatch_id, ask.person_id)
    records.hold_incidents()
    if records.observing.add_finding(finding):
        put_into(records, dispatch.incident_id, report.reference, FOUND_BY, at)
    return finding


def finding_report(records: Records, ask: Ask) -> Report | None:
    """To which more of what that person finds is added: the last that they began."""
    reports = [
        report
        for finding in records.observing.findings_of([ask.dispatch_id])
        if finding.ask_id == ask.ask_id
        and (report := records.report_of_call(finding.call_sid)) is not None
    ]
    return max(reports, key=lambda each: each.filed_at, default=None)


# --- Incidents that people go on to put together --------------------------------------------------


def put_into(
    records: Records, incident_id: int | None, reference: str, who: str, at: datetime
) -> int:
    """Has a report be of an incident, wherever that went; None: of a new one, if it is in none. Its
    id. Incidents are held."""
    inside = records.incident_of([reference]).get(reference)
    if incident_id is None:
        incident_id = inside if inside is not None else records.add_incident(at)
    else:
        incident_id = standing_incident(records, incident_id)
    if inside is None:
        moves = (Move(reference, None, incident_id),)
        records.add_incident_act(IncidentAct(incident_id, at, who, IncidentActKind.MERGED, moves))
    return incident_id


def standing_incident(records: Records, incident_id: int) -> int:
    """The incident into which another was put, if all of its reports went on; else itself."""
    known: set[int] = set()
    while incident_id not in known:
        known.add(incident_id)
        docket = records.docket(incident_id)
        onward = None if docket is None or docket.references else _moved_to(docket)
        if onward is not None:
            incident_id = onward
    return incident_id


def _moved_to(docket: Docket) -> int | None:
    here = docket.incident.incident_id
    for act in reversed(docket.acts):
        for move in act.moves if act.undone_at is None else ():
            if move.before == here and move.after is not None:
                return move.after
    return None


def incidents_behind(records: Records, docket: Docket) -> frozenset[int]:
    """An incident, and those that were put into it: what was asked of them is asked of it."""
    return frozenset(_behind(records, docket, set()))


def _behind(records: Records, docket: Docket, known: set[int]) -> Iterator[int]:
    here = docket.incident.incident_id
    known.add(here)
    yield here
    came = {
        move.before
        for act in docket.acts
        if act.undone_at is None
        for move in act.moves
        if move.after == here and move.before is not None
    }
    for each in sorted(came - known):
        other = records.docket(each)
        if other is not None and not other.references:
            yield from _behind(records, other, known)
