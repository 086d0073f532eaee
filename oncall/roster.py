"""Who is on call at an instant. Pure.

Shifts are written in times of day of the group's zone. A time that clocks skip when they are put
on counts as the instant at which they skip it, one that they show twice counts the first time: so a
shift that ends when the next one begins leaves no gap and no overlap on any day of the year.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reports.people import Cover, Duty, People, Person, QuietHours, Reach, Shift

LONGEST = timedelta(hours=26)
"""Of one turn: a day and what clocks that are put back add to it, and some."""


@dataclass(frozen=True, slots=True)
class Roster:
    """All that is known of who may be on call."""

    zone: ZoneInfo
    people: tuple[Person, ...] = ()
    reaches: tuple[Reach, ...] = ()
    shifts: tuple[Shift, ...] = ()
    covers: tuple[Cover, ...] = ()

    @classmethod
    def of(cls, rows: People, zone: ZoneInfo) -> Roster:
        """As the database has it."""
        return cls(
            zone,
            tuple(rows.everybody()),
            tuple(rows.reaches()),
            tuple(rows.shifts()),
            tuple(rows.covers()),
        )

    def person(self, person_id: str) -> Person | None:
        return next((one for one in self.people if one.person_id == person_id), None)

    def here(self, at: datetime) -> tuple[Person, ...]:
        """Those who have not left."""
        return tuple(one for one in self.people if one.left_at is None or at < one.left_at)


@dataclass(frozen=True, slots=True)
class Turn:
    """One time that a shift comes round."""

    shift: Shift
    on: date
    """The day on which it begins."""
    begins: datetime
    ends: datetime
    person_id: str | None
    """Who has it; None: whoever had it cannot, and nobody has taken it."""

    @property
    def is_covered(self) -> bool:
        """Whether somebody else has it than the roster says."""
        return self.person_id is not None and self.person_id != self.shift.person_id


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one instant to another; the end is not part of it."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is on call, in the order of the roster."""

    primary: tuple[Person, ...]
    backup: tuple[Person, ...]
    listeners: tuple[Person, ...]

    @property
    def everybody(self) -> tuple[Person, ...]:
        """Each once."""
        return tuple(dict.fromkeys((*self.primary, *self.backup, *self.listeners)))

    def understand(self, language: str) -> bool:
        """Whether anybody on call does."""
        return any(_understands(person, language) for person in self.everybody)


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first instant at which clocks show that time on that day or, where they skip it, a later
    one; in UTC."""
    shown = datetime.combine(day, wall.replace(fold=0))
    # Of a time that is skipped, the instant by the clocks of before is the later one (PEP 495).
    late, early = (
        shown.replace(tzinfo=zone, fold=fold).astimezone(UTC).replace(microsecond=0)
        for fold in (0, 1)
    )
    if late <= early:
        return late

    def is_past(second: int) -> bool:
        return (early + timedelta(seconds=second)).astimezone(zone).replace(tzinfo=None) >= shown

    span = int((late - early).total_seconds())
    return early + timedelta(seconds=bisect_left(range(span), True, key=is_past))


def turns(
    roster: Roster, since: datetime, until: datetime, *, known_at: datetime | None = None
) -> list[Turn]:
    """Those that lie in a stretch, or in a part of it, the first to begin first; `known_at`: as the
    roster stood then, by default as it stands."""
    found = [
        turn
        for shift in roster.shifts
        if (shift.removed_at is None if known_at is None else shift.stood(known_at))
        for turn in _turns_of(shift, roster, since, until, known_at)
    ]
    return sorted(found, key=lambda turn: (turn.begins, turn.shift.shift_id or 0))


def past_turns(roster: Roster, since: datetime, now: datetime) -> list[Turn]:
    """Those that are over, as they were at their end: with what was taken off since, and without
    what was put in afterwards."""
    found = []
    for shift in roster.shifts:
        for turn in _turns_of(shift, roster, since, now, None):
            last = turn.ends - timedelta(microseconds=1)
            if turn.ends <= now and shift.stood(last):
                who = _who(shift, turn.on, roster.covers, last)
                found.append(replace(turn, person_id=who))
    return sorted(found, key=lambda turn: (turn.begins, turn.shift.shift_id or 0))


def _turns_of(
    shift: Shift, roster: Roster, since: datetime, until: datetime, known_at: datetime | None
) -> Iterator[Turn]:
    day = max(shift.first_on, (since - LONGEST).astimezone(roster.zone).date())
    # Where clocks are put back at midnight, it is the day before for a second time.
    last = until.astimezone(roster.zone).date() + timedelta(days=1)
    end = shift.last_on if shift.weekdays else shift.first_on
    last = last if end is None else min(last, end)
    while day <= last:
        if shift.comes_on(day):
            over = timedelta(days=1) if shift.ends <= shift.begins else timedelta()
            begins = instant(day, shift.begins, roster.zone)
            ends = instant(day + over, shift.ends, roster.zone)
            if begins < until and since < ends and begins < ends:
                yield Turn(shift, day, begins, ends, _who(shift, day, roster.covers, known_at))
        day += timedelta(days=1)


def _who(shift: Shift, on: date, covers: Iterable[Cover], known_at: datetime | None) -> str | None:
    person: str | None = shift.person_id
    for cover in covers:
        stands = cover.undone_at is None if known_at is None else cover.stood(known_at)
        if cover.shift_id == shift.shift_id and cover.on == on and stands:
            person = cover.person_id
    return person


def watch(roster: Roster, at: datetime, *, known_at: datetime | None = None) -> Watch:
    """Who is on call at an instant; `known_at`: as the roster stood then."""
    here = {person.person_id: person for person in roster.here(at)}
    now = [
        turn
        for turn in turns(roster, at, at + timedelta(microseconds=1), known_at=known_at)
        if turn.person_id in here
    ]

    def of(duty: Duty) -> tuple[Person, ...]:
        found = (here[turn.person_id or ""] for turn in now if turn.shift.duty is duty)
        return tuple(dict.fromkeys(found))

    return Watch(of(Duty.PRIMARY), of(Duty.BACKUP), of(Duty.LISTENER))


def uncovered(roster: Roster, since: datetime, until: datetime, duty: Duty) -> list[Stretch]:
    """When nobody has a duty."""
    held = [
        stretch for turn, _, stretch in held_turns(roster, since, until) if turn.shift.duty is duty
    ]
    return _gaps(held, since, until)


def unheard(
    roster: Roster, languages: Collection[str], since: datetime, until: datetime
) -> dict[str, list[Stretch]]:
    """By language, when nobody on call understands it; those that are always heard are left out."""
    on_call = held_turns(roster, since, until)
    found = {}
    for language in languages:
        heard = [stretch for _, person, stretch in on_call if _understands(person, language)]
        gaps = _gaps(heard, since, until)
        if gaps:
            found[language] = gaps
    return found


def held_turns(
    roster: Roster, since: datetime, until: datetime
) -> list[tuple[Turn, Person, Stretch]]:
    """Turns that somebody has, with who that is and until when they have it: who leaves in the
    middle has it no longer."""
    found = []
    for turn in turns(roster, since, until):
        person = None if turn.person_id is None else roster.person(turn.person_id)
        if person is not None:
            ends = turn.ends if person.left_at is None else min(turn.ends, person.left_at)
            if turn.begins < ends:
                found.append((turn, person, Stretch(turn.begins, ends)))
    return found


def _gaps(held: Sequence[Stretch], since: datetime, until: datetime) -> list[Stretch]:
    gaps, at = [], since
    for stretch in sorted(held, key=lambda each: (each.begins, each.ends)):
        if at < stretch.begins:
            gaps.append(Stretch(at, stretch.begins))
        at = max(at, stretch.ends)
    if at < until:
        gaps.append(Stretch(at, until))
    return gaps


def _understands(person: Person, language: str) -> bool:
    """Without region or script: who understands Spanish understands that of Mexico."""
    wanted = language.partition("-")[0]
    return any(each.partition("-")[0] == wanted for each in person.languages)


def listeners_of(watch: Watch, language: str | None) -> tuple[Person, ...]:
    """Those on call to hear a language."""
    if language is None:
        return ()
    return tuple(person for person in watch.listeners if _understands(person, language))


def to_ring(
    numbers: Sequence[str], quiet: QuietHours | None, at: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    """The numbers of those who may be rung at an instant."""
    if quiet is not None and quiet.hold(at, zone):
        return ()
    return tuple(numbers)
