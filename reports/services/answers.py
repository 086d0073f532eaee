"""What somebody says who was told of a report: that they have it, or that they pass it on.

What then happens is for the escalation to decide: it is asked by the queue.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from reports.model import (
    Act,
    ActKind,
    Handling,
    Notification,
    NotificationKind,
    NotificationState,
    Report,
    advance,
)
from reports.ports import Job, JobQueue, Records, ReportStore

log = logging.getLogger(__name__)

ANSWERED_WITHIN: Final = timedelta(hours=12)
"""So long after something was sent to a number, a text from there may be an answer to it."""
NAMELESS: Final = "on call"
"""Stands as who took a report up where no person is known: whose number it was is not kept."""
ASKING: Final = frozenset({NotificationKind.ALERT, NotificationKind.REMINDER})
"""What asks somebody whether they have it."""
OBSERVING: Final = frozenset({NotificationKind.OBSERVE, NotificationKind.OBSERVED})
"""Messages about requests to observe: see `reports.services.observing`."""
_REFERENCE: Final = re.compile(r"\d{4,12}")
_LONGEST: Final = 80
"""Characters of an answer; whoever writes more, tells something."""


class Answer(StrEnum):
    HAVE_IT = "have_it"
    PASS_ON = "pass_on"  # noqa: S105 - no password


class Outcome(StrEnum):
    """What came of an answer; also the name of the words that say so."""

    YOU_HAVE = "you_have"
    OTHERS_HAVE = "others_have"
    """Somebody else was faster."""
    PASSED_ON = "passed_on"
    CLOSED = "closed"
    """Nobody has to do anything any more."""


@dataclass(frozen=True, slots=True)
class Answered:
    outcome: Outcome
    reference: str


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """What people write who answer, in any language that is written to the line."""

    have_it: Collection[str]
    pass_on: Collection[str]


@dataclass(frozen=True, slots=True)
class SaidByText:
    """An answer as it was written."""

    answer: Answer
    reference: str | None


def receive_answer(
    store: ReportStore,
    queue: JobQueue,
    *,
    notification_id: str,
    answer: Answer,
    at: datetime,
    by: str | None = None,
) -> Answered | None:
    """Notes what somebody answered to a message; None: there is no such message.

    Saying it again changes nothing. `by`: the id of the call or text that it was said with.
    """
    with store.begin() as records:
        told = records.notification(notification_id)
        answered = None if told is None else note_answer(records, told, answer, at, by)
    if answered is not None:
        after_answer(queue, answered)
    return answered


def take_up(
    store: ReportStore, *, reference: str, person_id: str, who: str, at: datetime, by: str
) -> Answered | None:
    """Notes that somebody has a report who was told of it or came upon it by themselves; None:
    there is none of that reference. `who` stands for whom nobody told; `by`: the id of the call.
    """
    with store.begin() as records:
        dossier = records.dossier(reference)
        if dossier is None:
            return None
        told = [
            each
            for each in dossier.notifications
            if each.kind in ASKING and each.person == person_id
        ]
        if told:
            meant = next((each for each in told if each.acknowledged_at is not None), told[-1])
            return note_answer(records, meant, Answer.HAVE_IT, at, by)
        report = records.report(reference)
        if report is None:
            return None
        if report.handling is Handling.CLOSED:
            return Answered(Outcome.CLOSED, reference)
        if report.handling is Handling.NEW:
            _acknowledge(records, report, who, at)
            records.touch(report.call_sid, at)
            return Answered(Outcome.YOU_HAVE, reference)
        acts = [act for act in dossier.acts if act.kind is ActKind.HANDLING]
        theirs = bool(acts) and acts[-1].who == who
        return Answered(Outcome.YOU_HAVE if theirs else Outcome.OTHERS_HAVE, reference)


def after_answer(queue: JobQueue, answered: Answered) -> None:
    """Has it decided who else is to be told."""
    if answered.outcome is Outcome.PASSED_ON:
        queue.put(Job.ALERT_ON_CALL, answered.reference)


def note_answer(
    records: Records, told: Notification, answer: Answer, at: datetime, by: str | None = None
) -> Answered | None:
    """The same in a transaction that is under way. None: there is no report any more."""
    report = records.report(told.reference)
    if report is None:
        return None
    # Whoever answers was reached.
    if told.state is NotificationState.SENDING:
        told = replace(
            told,
            state=advance(told.state, NotificationState.DELIVERED),
            delivered_at=at,
            next_attempt_at=None,
        )
    told = replace(told, changed_at=at, answered_with=by or told.answered_with)
    if answer is Answer.HAVE_IT:
        outcome, told = _take(records, report, told, at)
    else:
        outcome, told = _pass(records, report, told, at)
    records.save_notification(told)
    records.touch(report.call_sid, at)
    return Answered(outcome, report.reference)


def _take(
    records: Records, report: Report, told: Notification, at: datetime
) -> tuple[Outcome, Notification]:
    who = told.person or NAMELESS
    if report.handling is Handling.CLOSED:
        return Outcome.CLOSED, told
    if report.handling is not Handling.NEW:
        theirs = told.acknowledged_at is not None
        return (Outcome.YOU_HAVE if theirs else Outcome.OTHERS_HAVE), told
    _acknowledge(records, report, who, at)
    return Outcome.YOU_HAVE, replace(told, acknowledged_at=at, acknowledged_by=who)


def _acknowledge(records: Records, report: Report, who: str, at: datetime) -> None:
    taken = replace(report, handling=advance(report.handling, Handling.ACKNOWLEDGED), changed_at=at)
    records.save_report(taken)
    act = Act(report.reference, at, who, ActKind.HANDLING, report.handling, Handling.ACKNOWLEDGED)
    records.add_act(act)


def _pass(
    records: Records, report: Report, told: Notification, at: datetime
) -> tuple[Outcome, Notification]:
    if report.handling is Handling.CLOSED:
        return Outcome.CLOSED, told
    if told.acknowledged_at is not None and report.handling is Handling.ACKNOWLEDGED:
        # They had it, and nobody did anything since: it is open again, and others are told.
        who = told.person or NAMELESS
        opened = replace(report, handling=advance(report.handling, Handling.NEW), changed_at=at)
        records.save_report(opened)
        act = Act(report.reference, at, who, ActKind.HANDLING, report.handling, Handling.NEW)
        records.add_act(act)
    passed = replace(
        told, passed_on_at=told.passed_on_at or at, acknowledged_at=None, acknowledged_by=None
    )
    return Outcome.PASSED_ON, passed


# --- Answers by text ------------------------------------------------------------------------------


def read_answer(body: str, words: AnswerWords) -> SaidByText | None:
    """What a text answers, None if it is anything but an answer: one of the words, a reference, or
    both in either order, and nothing else.

    >>> read_answer("¡Sí! 4821", AnswerWords({"si"}, {"no"}))
    SaidByText(answer=<Answer.HAVE_IT: 'have_it'>, reference='4821')
    >>> read_answer("no, they left", AnswerWords({"si"}, {"no"}))
    """
    if len(body) > _LONGEST:
        return None
    said = plain(body).split()
    found = [word for word in said if _REFERENCE.fullmatch(word)]
    left = " ".join(word for word in said if word not in found)
    if len(found) > 1 or (found and found[0] not in (said[0], said[-1])):
        return None
    # `int` reads ٤٨٢١ too.
    reference = str(int(found[0])) if found else None
    if left in words.pass_on:
        return SaidByText(Answer.PASS_ON, reference)
    if left in words.have_it or (not left and reference is not None):
        return SaidByText(Answer.HAVE_IT, reference)
    return None


def plain(text: str) -> str:
    """Without capitals, accents, punctuation and the colour of a thumb.

    >>> plain(" Sí. ")
    'si'
    """
    kept = []
    for character in unicodedata.normalize("NFKD", text.casefold()):
        kind = unicodedata.category(character)
        if kind[0] == "M" or "\U0001f3fb" <= character <= "\U0001f3ff":
            continue
        kept.append(" " if kind[0] in "PZC" or kind in ("Sc", "Sm", "Sk") else character)
    return " ".join("".join(kept).split())


def answer_by_text(
    records: Records, *, sender: str, said: SaidByText, message_sid: str, at: datetime
) -> Answered | None:
    """What a text answers of what was sent to its sender; None: it answers nothing, and is a
    witness's like any other.

    Without a reference it is the last that was sent and not answered yet; all answered, the last.
    """
    told = [
        each
        for each in records.told_since(sender, at - ANSWERED_WITHIN)
        if each.kind not in OBSERVING
    ]
    again = [each for each in told if each.answered_with == message_sid]
    meant = _meant(again or told, said.reference)
    return None if meant is None else note_answer(records, meant, said.answer, at, message_sid)


def _meant(told: Sequence[Notification], reference: str | None) -> Notification | None:
    if reference is not None:
        told = [each for each in told if each.reference == reference]
        return next((each for each in told if _is_answered(each)), next(iter(told), None))
    answered = {each.reference for each in told if _is_answered(each)}
    fresh = [each for each in told if each.reference not in answered]
    return next(iter(fresh or told), None)


def _is_answered(told: Notification) -> bool:
    return told.acknowledged_at is not None or told.passed_on_at is not None
