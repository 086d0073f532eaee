"""The list of reports: what a line of it shows, and what stands around them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import ascii_lowercase, digits
from typing import Any, Final

from dashboard.alerts import Alerting, alerting_of
from dashboard.catalogue import Progress
from dashboard.covering import Covering
from dashboard.desk import Desk
from dashboard.facts import Facts, facts_of
from dashboard.filters import Entry, Option, Query
from dashboard.fingerprint import fingerprint
from dashboard.unanswered import Unanswered, unanswered_of
from reports.fields.counts import Count
from reports.fields.kind import Kind
from reports.fields.location import Location
from reports.fields.priority import Ranked
from reports.model import (
    Admission,
    AttachmentState,
    CallState,
    Dossier,
    Flood,
    Medium,
    RecordingState,
    Report,
    Verdict,
)
from reports.questions import PERSON

SHOWN = 140
"""Characters of what was said or written, in the list: a telephone has three lines for them."""

DIGITS: Final = digits + ascii_lowercase


@dataclass(frozen=True, slots=True)
class RunningClock:
    """Of a report that nobody has taken up."""

    since: datetime
    due: datetime
    is_overdue: bool


def clock_of(dossier: Dossier, rank: Ranked, desk: Desk) -> RunningClock | None:
    wait = desk.clocks.wait_of(dossier, rank)
    if wait is None:
        return None
    return RunningClock(wait.since, wait.due, wait.is_overdue(desk.clock()))


@dataclass(frozen=True, slots=True)
class TapeState:
    """How far one recording is."""

    title: str
    state: RecordingState
    reason: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    report: Report
    rehearsed_by: str | None
    """The name of who rehearsed it; None: somebody called."""
    verdict: Verdict
    """Of the report, or else of its incident."""
    incident_id: int | None
    is_finding: bool
    """An observer made it, who was asked to look."""
    judged_by: str | None
    """Who said what the verdict says; None while nobody did."""
    language: str | None
    on_the_line: bool
    """The caller has not hung up yet."""
    wants_person: bool
    """The caller asked for a volunteer, and none talked with them."""
    talked: bool
    """A volunteer talked with the caller."""
    facts: Facts
    rank: Ranked
    kind: Kind | None
    """What sort of call it seems to be."""
    located: str | None
    """The place as the gazetteer has it, where one alone is meant."""
    officers_said: Count | None
    """Where no key was pressed."""
    set_by_hand: Mapping[str, Any]
    """What people settled of what the line shows, by field; None: nothing is known, they say."""
    detained: Count | None
    tapes: tuple[TapeState, ...]
    alerting: Alerting
    admission: Admission
    check_failed: bool
    wrote: str | None
    """The beginning of what was written, of a report by text message; '' for no words."""
    attachments: tuple[AttachmentState, ...]
    clock: RunningClock | None
    """Of a report that waits to be taken up, and has a clock."""
    unanswered: Unanswered | None

    @property
    def version(self) -> str:
        """Six digits tell two versions of one line apart, and there are hundreds of lines."""
        return _in_base_36(int(fingerprint(self), 16) % len(DIGITS) ** 6)


@dataclass(frozen=True, slots=True)
class FloodNotice:
    """How flood mode stands, and who says so."""

    change: Flood
    who: str | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the page shows, without what passes by itself, such as how long ago something was."""

    query: Query
    rows: tuple[Row, ...]
    options: tuple[Option, ...]
    """Filters that leave any report, and those that are on."""
    found: int
    """Reports on all pages of the list."""
    progress: Progress
    """Until all reports are read, older ones may be missing."""
    untold: tuple[Report, ...]
    """Of which nobody could be told."""
    flood: FloodNotice | None
    """None: it was never switched, by itself or by anybody."""
    limited: int
    """Open reports of limited and blocked calls."""
    families_waiting: int
    """Whether they are listed or not."""
    families_overdue: int
    any_report: bool
    older: int | None
    """The page with older reports, None when there are none."""
    newer: int | None
    today: str
    """Times of today are shown without a date."""

    @property
    def version(self) -> str:
        return fingerprint(self)


def row_of(dossier: Dossier, desk: Desk, names: Mapping[str, str]) -> Row:
    """A line; `names`: what organizers are called, by username."""
    facts = facts_of(Covering.of_counting(dossier, desk.reader).dossier(dossier))
    reading = desk.reader.read(dossier)
    understood = reading.understanding
    location = understood.location.value
    clock = clock_of(dossier, reading.rank, desk)
    return Row(
        report=dossier.report,
        rehearsed_by=rehearser_of(dossier, names),
        verdict=dossier.verdict,
        incident_id=None if dossier.incident is None else dossier.incident.incident_id,
        is_finding=dossier.finding is not None,
        judged_by=judge_of(dossier, names),
        language=desk.language_name(dossier.call.language),
        on_the_line=dossier.call.state is CallState.IN_PROGRESS,
        wants_person=dossier.call.answer(PERSON) is not None and not dossier.bridges,
        talked=bool(dossier.bridges),
        facts=facts,
        rank=reading.rank,
        kind=None if understood.kind is None else understood.kind.value,
        located=None if location is None else _settled(location),
        officers_said=None
        if facts.officers.value is not None or understood.officers.said is None
        else understood.officers.said.value,
        set_by_hand={
            name: understood.settled[name].value
            for name in ("officers", "still_there")
            if name in understood.settled
        },
        detained=None if understood.detained is None else understood.detained.value,
        tapes=tuple(
            TapeState(desk.question_title(tape.question), tape.state, tape.reason)
            for tape in dossier.recordings
        ),
        alerting=alerting_of(dossier.notifications),
        admission=dossier.call.admission,
        check_failed=dossier.call.check_passed is False,
        wrote=str(facts.account.value or "") if dossier.call.medium is Medium.TEXT else None,
        attachments=tuple(each.state for each in dossier.attachments),
        clock=clock,
        unanswered=unanswered_of(dossier, is_overdue=clock is not None and clock.is_overdue),
    )


def _settled(location: Location) -> str | None:
    if len(location.candidates) == 1:
        return location.candidates[0].name
    return None if location.candidates else location.area


def families_of(entries: Iterable[Entry], at: datetime) -> tuple[int, int]:
    """How many families wait to be taken up, and for how many of them it is overdue."""
    due = [entry.due for entry in entries if entry.is_family and entry.due is not None]
    return len(due), sum(at >= each for each in due)


def flood_notice(change: Flood | None, names: Mapping[str, str]) -> FloodNotice | None:
    """`names`: what organizers are called, by username."""
    if change is None:
        return None
    return FloodNotice(change, None if change.who is None else names.get(change.who, change.who))


def rehearser_of(dossier: Dossier, names: Mapping[str, str]) -> str | None:
    """The name of who rehearsed it; None: it is a report."""
    who = dossier.call.rehearsed_by
    return None if who is None else names.get(who, who)


def judge_of(dossier: Dossier, names: Mapping[str, str]) -> str | None:
    """The name of whoever gave the verdict that stands."""
    return None if dossier.judged is None else names.get(dossier.judged.who, dossier.judged.who)


def brief_instant(at: datetime) -> str:
    """Seconds since 1970, briefly: `live.js` reads them.

    >>> brief_instant(datetime(2026, 3, 9, 12, 0, tzinfo=UTC))
    'tbn4w0'
    """
    return _in_base_36(int(at.timestamp()))


def _in_base_36(number: int) -> str:
    """A page has hundreds of these."""
    written = ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        written = DIGITS[digit] + written
    return written or DIGITS[0]


def local_day(at: datetime, desk: Desk) -> str:
    return at.astimezone(desk.zone).date().isoformat()
