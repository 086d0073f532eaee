"""How long a report may wait for somebody to take it up, and since when it does. Pure.

Each priority may have a clock of its own, and so may the families of people who were taken: they
are helped within the hour, and never before what is going on. Who is asked next when a clock has
run out, `oncall.escalation` decides; no clock changes the order of anything but the families'
list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from reports.fields.priority import FAMILY, Priority, Ranked
from reports.model import Dossier, Handling, Verdict
from reports.people import QuietHours

USUAL: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        Priority.P1: timedelta(minutes=3),
        Priority.P2: timedelta(minutes=5),
        FAMILY: timedelta(minutes=30),
    }
)
LONGEST: Final = timedelta(days=1)
UNTIL_MORNING: Final = frozenset([Priority.P3, Priority.P4])
"""Whose clocks stand still in the quiet hours. What is going on does not wait for the morning."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Of a report that nobody has taken up."""

    since: datetime
    due: datetime

    def is_overdue(self, at: datetime) -> bool:
        return at >= self.due


@dataclass(frozen=True)
class Clocks:
    """By priority, or `FAMILY`, which goes before it, within how long somebody takes a report up,
    and from then on each time until the next are asked; what is not named has no clock."""

    within: Mapping[str, timedelta] = field(default_factory=lambda: USUAL)
    quiet: QuietHours | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """Of the quiet hours."""

    def wait_of(self, dossier: Dossier, rank: Ranked) -> Wait | None:
        """None: somebody has taken it up, nobody is told of it by itself, or it has no clock."""
        if not (dossier.call.presses and is_waiting(dossier)):
            return None
        since = dossier.report.filed_at
        due = self.due(since, rank)
        return None if due is None else Wait(since, due)

    def due(self, since: datetime, rank: Ranked) -> datetime | None:
        """When the time of a report of that rank is over that began at an instant; None: never."""
        names = (*(ground for ground in rank.grounds if ground == FAMILY), rank.priority)
        within = next((self.within[name] for name in names if name in self.within), None)
        if not within:
            return None
        quiet = self.quiet if rank.priority in UNTIL_MORNING else None
        return due_at(since, within, quiet, self.zone)


def is_waiting(dossier: Dossier) -> bool:
    """Nobody acknowledged it, or said what is true of it."""
    return dossier.report.handling is Handling.NEW and dossier.verdict is Verdict.UNVERIFIED


def due_at(
    since: datetime, within: timedelta, quiet: QuietHours | None, zone: ZoneInfo
) -> datetime:
    """When so much time has passed outside of the quiet hours; to the hour that the clocks are put
    on by, if quiet hours begin or end in it."""
    if quiet is None or quiet.begin == quiet.end:
        return since + within
    at, left = since, within
    while True:
        if quiet.hold(at, zone):
            at = _next(quiet.end, at, zone)
            continue
        stops = _next(quiet.begin, at, zone)
        if stops - at >= left:
            return at + left
        left -= stops - at
        at = stops


def _next(wall: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant later than another at which clocks show a time of day."""
    today = after.astimezone(zone).date()
    return min(
        instant
        for days in (-1, 0, 1, 2)
        for fold in (0, 1)
        if (
            instant := datetime.combine(
                today + timedelta(days=days), wall.replace(fold=fold), zone
            ).astimezone(UTC)
        )
        > after
    )


def parse_within(text: str) -> Mapping[str, timedelta]:
    """Reads 'family=30,P1=5', in minutes; 0 for no clock. What is not named has the usual one.

    Raises:
        ValueError: it is not written so. `str()` says what should be.
    """
    most = LONGEST // timedelta(minutes=1)
    names = (*Priority, FAMILY)
    found: dict[str, timedelta] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        named = re.fullmatch(r"(\w+)\s*=\s*(\d{1,5})", part)
        if named is None or named[1] not in names or int(named[2]) > most:
            raise ValueError(
                f"{part!r}: write one of {', '.join(names)}, an equals sign and 0 to {most}"
                " minutes, as family=30,P1=5"
            )
        if named[1] in found:
            raise ValueError(f"{named[1]} has two clocks: write it once")
        found[named[1]] = timedelta(minutes=int(named[2]))
    return MappingProxyType({**USUAL, **found})
