"""What the next shift has to know, as the first draft of a handover tells it. Pure: its words stand
in `templates/handover_draft.txt`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dashboard.desk import Desk
from dashboard.filters import is_family
from dashboard.inbox import FloodNotice, RunningClock, clock_of
from dashboard.incident_board import Column, column_of
from dashboard.incident_page import Card, holders, priority_of, telling_of
from reports.fields.location import Location
from reports.fields.priority import Priority
from reports.incidents import glance
from reports.model import (
    ActKind,
    Dossier,
    Handling,
    Handover,
    HandoverReading,
    RecordingState,
    Report,
    Verdict,
)

MOST_LISTED: Final = 40
"""Reports in a draft: nobody reads more of them at the beginning of a shift."""
USUAL: Final = timedelta(hours=12)
"""Since when something was confirmed, if no handover was written before."""
NOTICED: Final = timedelta(hours=48)
"""For how long somebody who has not read a handover is told of it."""
SHORTEST_PLATE: Final = 4
"""Characters by which a plate is looked for in what somebody writes."""


@dataclass(frozen=True, slots=True)
class OpenReport:
    """That is in no incident."""

    reference: str
    priority: Priority
    place: Location | None
    filed_at: datetime
    still_there: bool | None
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody confirmed."""

    label: str
    """'4821', or '#3'."""
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Family:
    """That waits for somebody."""

    reference: str
    filed_at: datetime
    clock: RunningClock | None
    held_by: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    since: datetime
    """Of the last handover, or some hours ago."""
    incidents: tuple[Card, ...]
    """To be checked or confirmed, the most urgent first."""
    reports: tuple[OpenReport, ...]
    more: int
    """Open reports that are not listed: the least urgent."""
    limited: int
    """Of limited and blocked callers, of which nobody is told."""
    confirmed: tuple[Found, ...]
    held: Mapping[str, tuple[str, ...]]
    """What somebody has, by the name of who has it."""
    families: tuple[Family, ...]
    untold: tuple[str, ...]
    """Reports of which nobody could be told."""
    flood: FloodNotice | None
    unheard: Mapping[str | None, tuple[str, ...]]
    """Reports with a recording that a person has to hear, by language; None: it is not known."""


def draft_of(
    *,
    cards: Iterable[Card],
    loose: Sequence[Dossier],
    inside: Sequence[Dossier],
    changed: Iterable[Dossier],
    untold: Iterable[Report],
    flood: FloodNotice | None,
    limited: int,
    since: datetime,
    desk: Desk,
    names: Mapping[str, str],
) -> Draft:
    """`loose`: open reports that are in no incident, `inside`: those that are in one, `changed`:
    reports that changed since then; `names`: by username."""
    standing = sorted(
        (card for card in cards if not card.is_closed and column_of(card) is not Column.SETTLED),
        key=lambda card: (card.priority, -card.glance.last_heard.timestamp()),
    )
    reports = sorted(
        (_open_report(each, desk, names) for each in loose),
        key=lambda each: (each.priority, -each.filed_at.timestamp()),
    )
    return Draft(
        since=since,
        incidents=tuple(standing),
        reports=tuple(reports[:MOST_LISTED]),
        more=max(0, len(reports) - MOST_LISTED),
        limited=limited,
        confirmed=tuple(sorted(_confirmed(changed, standing, since, names), key=_when)),
        held=_held(standing, reports),
        families=_families((*loose, *inside), desk, names),
        untold=tuple(each.reference for each in untold),
        flood=flood if flood is not None and flood.change.is_on else None,
        unheard=_unheard((*loose, *inside), desk),
    )


def _open_report(dossier: Dossier, desk: Desk, names: Mapping[str, str]) -> OpenReport:
    seen = glance([telling_of(dossier, desk)])
    return OpenReport(
        reference=dossier.report.reference,
        priority=priority_of([dossier], desk),
        place=seen.place,
        filed_at=dossier.report.filed_at,
        still_there=seen.still_there,
        held_by=holders([dossier], names),
    )


def _confirmed(
    changed: Iterable[Dossier], cards: Iterable[Card], since: datetime, names: Mapping[str, str]
) -> Iterator[Found]:
    for dossier in changed:
        acts = [act for act in dossier.acts if act.kind is ActKind.VERDICT]
        if dossier.report.verdict is Verdict.CONFIRMED and acts and acts[-1].at >= since:
            who = names.get(acts[-1].who, acts[-1].who)
            yield Found(dossier.report.reference, who, acts[-1].at)
    for card in cards:
        judged = card.incident.judged
        is_confirmed = card.incident.verdict is Verdict.CONFIRMED
        if is_confirmed and judged is not None and judged.at >= since:
            who = names.get(judged.who, judged.who)
            yield Found(f"#{card.incident.incident_id}", who, judged.at)


def _when(found: Found) -> datetime:
    return found.at


def _held(cards: Iterable[Card], reports: Iterable[OpenReport]) -> Mapping[str, tuple[str, ...]]:
    held: dict[str, list[str]] = {}
    labelled = [
        *((f"#{card.incident.incident_id}", card.held_by) for card in cards),
        *((each.reference, each.held_by) for each in reports),
    ]
    for label, people in labelled:
        for name in people:
            held.setdefault(name, []).append(label)
    return {name: tuple(held[name]) for name in sorted(held)}


def _families(
    dossiers: Iterable[Dossier], desk: Desk, names: Mapping[str, str]
) -> tuple[Family, ...]:
    """Those that nobody has told anything, the longest waiting first."""
    waiting = [
        Family(
            each.report.reference,
            each.report.filed_at,
            clock_of(each, desk.reader.read(each).rank, desk),
            holders([each], names),
        )
        for each in dossiers
        if each.report.handling is not Handling.CLOSED
        and is_family(each, desk.reader.read(each).rank)
    ]
    return tuple(sorted(waiting, key=lambda each: each.filed_at))


def _unheard(dossiers: Iterable[Dossier], desk: Desk) -> Mapping[str | None, tuple[str, ...]]:
    found: dict[str | None, list[str]] = {}
    for dossier in dossiers:
        for tape in dossier.recordings:
            if tape.state is RecordingState.NEEDS_LISTENER:
                language = desk.language_name(tape.language or dossier.call.language)
                references = found.setdefault(language, [])
                if dossier.report.reference not in references:
                    references.append(dossier.report.reference)
    return {language: tuple(references) for language, references in found.items()}


def plates_of(dossiers: Iterable[Dossier], desk: Desk) -> frozenset[str]:
    """That callers told: none of them stands in a handover."""
    return frozenset(
        vehicle.value.plate.characters
        for dossier in dossiers
        for vehicle in desk.reader.understanding(dossier).vehicles
        if vehicle.value.plate is not None and len(vehicle.value.plate.characters) >= SHORTEST_PLATE
    )


@dataclass(frozen=True)
class Note:
    """A handover as it is shown."""

    handover: Handover
    who: str
    """What they are called."""
    readers: tuple[str, ...]
    is_read: bool
    """By who looks at it, or they wrote it themselves."""


def notes_of(
    handovers: Iterable[Handover],
    readings: Sequence[HandoverReading],
    names: Mapping[str, str],
    reader: str,
) -> tuple[Note, ...]:
    """`reader`: the username of who looks at them."""
    return tuple(
        Note(
            each,
            names.get(each.who, each.who),
            tuple(
                names.get(reading.who, reading.who)
                for reading in readings
                if reading.handover_id == each.handover_id
            ),
            each.who == reader
            or any(
                reading.handover_id == each.handover_id and reading.who == reader
                for reading in readings
            ),
        )
        for each in handovers
    )


def to_be_read(notes: Iterable[Note], at: datetime) -> Note | None:
    """The last, if it is new and whoever looks has not read it."""
    last = next(iter(notes), None)
    if last is None or last.is_read or at - last.handover.at > NOTICED:
        return None
    return last
