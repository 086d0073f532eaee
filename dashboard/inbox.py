"""The list of reports: what a line of it shows, which lines there are and in what order. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dashboard.alerts import Alerting, alerting_of
from dashboard.covering import Covering
from dashboard.desk import Desk
from dashboard.facts import Facts, facts_of
from dashboard.fingerprint import fingerprint
from oncall.waiting import Clocks, Wait
from reports.fields import family_taken, happening_now, still_there
from reports.fields.counts import Count
from reports.fields.kind import Kind
from reports.fields.location import Location
from reports.fields.priority import FAMILY, Priority, Ranked
from reports.fields.reading import Reader
from reports.model import (
    Admission,
    AttachmentState,
    CallState,
    Dossier,
    Flood,
    Handling,
    Medium,
    RecordingState,
    Report,
    Verdict,
)
from reports.questions import PERSON


class Show(StrEnum):
    """Which reports are listed; the words stand in the address."""

    OPEN = "open"
    ALL = "all"
    NOW = "now"
    FAMILIES = "families"
    """Those who look for a family member: for whoever gives support, not for observers."""
    LIMITED = "limited"
    """What came of limited and blocked calls. It stands in no other list but `ALL`, so that pranks
    bury nothing, and its number of reports at every list, so that nobody forgets it."""

    @property
    def limited(self) -> bool | None:
        """As `reports.ports.Records.dossiers` takes it."""
        return {Show.ALL: None, Show.LIMITED: True}.get(self, False)


def shown(dossiers: Iterable[Dossier], show: Show, reader: Reader, clocks: Clocks) -> list[Dossier]:
    """Those that belong in a list, the most urgent and newest first; of families first of all those
    whose clock runs out soonest."""

    def wait(dossier: Dossier) -> Wait | None:
        return clocks.wait_of(dossier, reader.read(dossier).rank)

    return sorted(
        (dossier for dossier in dossiers if _belongs(dossier, show, reader)),
        key=lambda dossier: (
            _by_clock(wait(dossier)) if show is Show.FAMILIES else (),
            _rank(dossier, reader) == CLOSED,
            # Pressed other digits than they heard: below the others, yet in every list.
            dossier.call.check_passed is False,
            _PLACE[reader.read(dossier).rank.priority],
            _rank(dossier, reader),
            -dossier.report.filed_at.timestamp(),
        ),
    )


_PLACE = {priority: place for place, priority in enumerate(Priority)}


def _by_clock(wait: Wait | None) -> tuple[float, ...]:
    return (math.inf,) if wait is None else (wait.due.timestamp(),)


def is_family(dossier: Dossier, reader: Reader) -> bool:
    """Whether it is of the family of somebody who was taken, by key or by words."""
    return family_taken(dossier.call) or FAMILY in reader.read(dossier).rank.grounds


def _belongs(dossier: Dossier, show: Show, reader: Reader) -> bool:
    match show:
        case Show.ALL:
            return True
        case Show.OPEN | Show.LIMITED:
            return dossier.report.handling is not Handling.CLOSED
        case Show.NOW:
            return _rank(dossier, reader) <= 2
        case Show.FAMILIES:
            return is_family(dossier, reader)


CLOSED = 4
"""The rank of what is closed."""


def _rank(dossier: Dossier, reader: Reader) -> int:
    """0: open, happening now and still there; 4: closed; the rest in between.

    A caller who never said when counts before one who said 'earlier': it may be happening now. Of
    whether they are still there, what a person settled goes before the key.
    """
    if dossier.report.handling is Handling.CLOSED:
        return CLOSED
    there = still_there(dossier.call).value
    settled = reader.understanding(dossier).still_there.settled if dossier.settled else None
    if settled is not None:
        there = settled.value
    match happening_now(dossier.call).value, there:
        case True, True:
            return 0
        case True, None:
            return 1
        case True, False:
            return 2
        case _, True:
            return 2
        case _:
            return 3


SHOWN_OF_A_TEXT = 280
"""Characters of what was written, in the list."""


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

    @property
    def version(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True, slots=True)
class FloodNotice:
    """How flood mode stands, and who says so."""

    change: Flood
    who: str | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the page shows, without what passes by itself, such as how long ago something was."""

    show: Show
    rows: tuple[Row, ...]
    untold: tuple[Report, ...]
    """Of which nobody could be told."""
    flood: FloodNotice | None
    """None: it was never switched, by itself or by anybody."""
    limited: int
    """Open reports of limited and blocked calls."""
    families_waiting: int
    """Among those of this page, whether they are listed or not."""
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
    return Row(
        report=dossier.report,
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
        wrote=str(facts.account.value or "")[:SHOWN_OF_A_TEXT]
        if dossier.call.medium is Medium.TEXT
        else None,
        attachments=tuple(each.state for each in dossier.attachments),
        clock=clock_of(dossier, reading.rank, desk),
    )


def _settled(location: Location) -> str | None:
    if len(location.candidates) == 1:
        return location.candidates[0].name
    return None if location.candidates else location.area


def flood_notice(change: Flood | None, names: Mapping[str, str]) -> FloodNotice | None:
    """`names`: what organizers are called, by username."""
    if change is None:
        return None
    return FloodNotice(change, None if change.who is None else names.get(change.who, change.who))


def judge_of(dossier: Dossier, names: Mapping[str, str]) -> str | None:
    """The name of whoever gave the verdict that stands."""
    return None if dossier.judged is None else names.get(dossier.judged.who, dossier.judged.who)


def local_day(at: datetime, desk: Desk) -> str:
    return at.astimezone(desk.zone).date().isoformat()
