"""When it was seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from reports.fields.contact import is_about_calling
from reports.fields.finding import Finding
from reports.fields.marked import DENIAL
from reports.fields.moment import Moment
from reports.fields.presence import happening_now
from reports.fields.said import Passage, Stop
from reports.model import Call, ClockSource, Field


def seen_at(call: Call) -> Field[datetime]:
    """The time of the call when it is happening now; not known, rather than guessed, otherwise."""
    now = happening_now(call)
    if now.value is not True:
        return Field()
    return Field(value=call.started_at, source=ClockSource(), confidence=now.confidence)


@dataclass(frozen=True, slots=True)
class _Part:
    """Of a day: from one hour to another, those past 24 are of the next morning."""

    begins: int
    ends: int

    @property
    def middle(self) -> timedelta:
        return timedelta(hours=(self.begins + self.ends) / 2)

    @property
    def half(self) -> timedelta:
        return timedelta(hours=(self.ends - self.begins) / 2)


PARTS: Final = {
    "morning": _Part(5, 12),
    "noon": _Part(12, 13),
    "afternoon": _Part(12, 18),
    "evening": _Part(17, 22),
    "night": _Part(19, 27),
    "dawn": _Part(0, 6),
}
"""The lexicon's `part` values."""
UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
"""The lexicon's `unit` values."""
VAGUE: Final = 0.25
"""Share of a time ago by which it may be wrong: 'twenty minutes ago' is 15 to 25."""
AHEAD: Final = timedelta(minutes=10)
"""A clock in the caller's room may be so much ahead."""
DAY_BEGINS: Final = 5
"""The hour before which nobody means, by a time of the clock alone, the last night for certain."""
HOUR: Final = "hour"
"""The lexicon's kind for words that are an hour by themselves, such as Somali 'afartii'."""
NEXT_TO: Final = 3
"""Words between what belongs together at the most."""
COARSE: Final = timedelta(hours=2)
"""From which on a time says no more than the part of a day."""
AS_OF: Final = timedelta(minutes=5)
"""By which the time of the call may be wrong, for what is told as what goes on."""
SHOWN: Final = 0.5
LASTING: Final = 8
"""Words between 'they have been' and 'an hour' at the most."""


def time_shown(there: Finding[bool] | None, at: datetime) -> Finding[Moment] | None:
    """Of a report that says nothing of it, but that they are there: as of the call."""
    if there is None or not there.value:
        return None
    moment = Moment(at, AS_OF)
    return Finding(moment, there.passage, there.first, there.last, SHOWN, is_guess=there.is_guess)


def time_said(passages: Sequence[Passage], at: datetime) -> Finding[Moment] | None:
    """When it was, by the words of who calls at an instant, which is in the zone they live in: 'so
    long ago' goes before a time by the clock, that before 'just now', and that before 'this
    morning' alone."""
    ways = (_ago, _by_the_clock, _just_now, _by_the_day)
    return next((each for way in ways for passage in passages for each in way(passage, at)), None)


def _ago(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    """'Ten minutes ago', 'hace media hora', 'they have been here for an hour', 'just now'."""
    units = passage.beginning("unit")
    marks = passage.of("ago")
    lengths: list[tuple[int, int, timedelta]] = []
    for number in passage.numbers:
        unit = units.get(number.last)
        if unit is not None and not number.is_ordinal and number.value <= 1000:
            length = UNITS[unit.value] * number.value
            half = next((m for m in passage.of("and_half") if m.first == unit.last), None)
            if half is not None:
                length += UNITS[unit.value] / 2
            lengths.append((number.first, half.last if half else unit.last, length))
    for mark in passage.of("length"):
        lengths.append((mark.first, mark.last, timedelta(minutes=int(mark.value))))
    for first, last, length in sorted(lengths):
        for mark in marks:
            behind = mark.value == "behind" and 0 <= mark.first - last <= 1
            reach = {"ahead": NEXT_TO, "lasting": LASTING}.get(mark.value, -1)
            ahead = 0 <= first - mark.last <= reach
            if is_about_calling(passage, first, last):
                continue
            if (behind or ahead) and not passage.parted(
                min(first, mark.first), max(last, mark.last) - 1, Stop.SENTENCE
            ):
                within = max(length * VAGUE, timedelta(minutes=2))
                yield Finding(
                    Moment(at - length, within),
                    passage,
                    min(first, mark.first),
                    max(last, mark.last),
                    0.85,
                )


def _just_now(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    denials = passage.of(DENIAL)
    for mark in passage.of("ago"):
        # 'Ahorita no estoy ahí.'
        if mark.value == "now" and not any(denial.first == mark.last for denial in denials):
            yield Finding(Moment(at, timedelta(minutes=5)), passage, mark.first, mark.last, 0.7)


_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d)")


@dataclass(frozen=True, slots=True)
class _Reading:
    """Of a clock, before one knows of which half of the day."""

    first: int
    last: int
    hour: int
    minute: int
    is_certain: bool
    """It can be nothing else than a time."""
    is_told: bool = True
    """Something before it says that it is one."""


def _readings(passage: Passage) -> Iterator[_Reading]:
    for at, plain in enumerate(passage.plain):
        if ":" not in plain:
            continue
        if (match := _CLOCK.fullmatch(plain)) and int(match[1]) < 24 and int(match[2]) < 60:
            yield _Reading(at, at + 1, int(match[1]), int(match[2]), is_certain=True)
    offsets = passage.ending("clock_ahead")
    behind = passage.beginning("clock_behind")
    covered = {
        at
        for mark in offsets.values()
        if any(number.first == mark.last for number in passage.numbers)
        for at in range(mark.first, mark.last)
    }
    counted = passage.of("there_are")
    plain_numbers = {number.first for number in passage.numbers if not number.is_ordinal}
    for word in passage.of(HOUR):
        half = behind.get(word.last)
        hour, minute = _moved(int(word.value), int(half.value) if half is not None else 0)
        last = word.last if half is None else half.last
        yield _Reading(word.first, last, hour, minute, is_certain=True)
    for number in passage.numbers:
        if number.first in covered:
            continue  # the 'ten' of 'ten to eight'
        at_clock = number.first in passage.ending("clock_at")
        is_hour = (not number.is_ordinal and not number.is_article) or at_clock
        if not 1 <= number.value <= 12 or not (is_hour or number.first in offsets):
            continue
        # 'Quarter to eight', 'half past six'.
        mark = offsets.get(number.first)
        # 'I'd say ten to twelve.'
        if mark is not None and not (
            any(each.last == mark.first for each in counted)
            and mark.first not in passage.ending("clock_at")
            and mark.first in plain_numbers
        ):
            hour, minute = _moved(number.value, int(mark.value))
            yield _Reading(mark.first, number.last, hour, minute, is_certain=True)
            continue
        start = next(
            (
                m
                for m in passage.of("clock_at")
                if 0 <= number.first - m.last <= (0 if m.value == "hour" else 1)
            ),
            None,
        )
        first = start.first if start is not None else number.first
        last, minute, certain = number.last, 0, start is not None and start.value == "sure"
        hour = number.value
        # 'Ocho y media', 'nueve menos cuarto', 'seven thirty'.
        if (after := behind.get(number.last)) is not None:
            hour, minute = _moved(number.value, int(after.value))
            last, certain = after.last, True
        else:
            following = next((n for n in passage.numbers if n.first == number.last), None)
            if (
                following is not None
                and 10 <= following.value <= 59
                and not passage.parted(number.first, following.first, Stop.COMMA)
            ):
                minute, last = following.value, following.last
        oclock = next((m for m in passage.of("oclock") if m.first == last), None)
        if oclock is not None:
            last, certain = oclock.last, True
        if start is None and not certain and not minute:
            continue
        told = start is not None or certain
        yield _Reading(first, last, hour, minute, is_certain=certain, is_told=told)


def _moved(hour: int, minutes: int) -> tuple[int, int]:
    return ((hour - 1) % 12 or 12, 60 + minutes) if minutes < 0 else (hour, minutes)


def _by_the_clock(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    parts, days = passage.of("part"), passage.of("day")
    halves = passage.beginning("half_of_day")
    for reading in _readings(passage):
        near = [
            mark
            for mark in (*parts, *days)
            if _gap(mark.first, mark.last, reading) <= NEXT_TO
            and not passage.parted(min(mark.first, reading.first), max(mark.last, reading.last) - 1)
        ]
        if is_about_calling(passage, reading.first, reading.last):
            continue
        half = halves.get(reading.last)
        ends = (
            reading.last == len(passage.tokens) or passage.tokens[reading.last - 1].stop > Stop.NONE
        )
        told = reading.is_told and (reading.minute > 0 or _is_of_a_clock(passage, reading) or ends)
        if not reading.is_certain and not told and not near and half is None:
            continue
        part = next((PARTS[m.value] for m in near if m.kind == "part"), None)
        both = next((m for m in near if m.kind == "day"), None)
        if both is None and part is None and half is None and len(days) == 1:
            # 'On Tuesday I was out for tortillas, and about eleven …'
            both = days[0] if days[0].last <= reading.first else None
        day, of_day = _day(both.value, at) if both is not None else (None, None)
        part = part or of_day
        moment = _placed(reading, half.value if half else None, part, day, at)
        if moment is not None:
            marks = [m for m in (*near, half) if m is not None]
            yield Finding(
                Moment(moment, timedelta(minutes=15)),
                passage,
                min([reading.first, *(m.first for m in marks)]),
                max([reading.last, *(m.last for m in marks)]),
                0.85 if reading.is_certain or marks else 0.7,
            )


def _is_of_a_clock(passage: Passage, reading: _Reading) -> bool:
    """'At eight they left', and not 'at eight houses'."""
    return any(
        mark.first == reading.first and mark.value == "hour" for mark in passage.of("clock_at")
    ) and reading.last in passage.beginning("break", "towards")


def _gap(first: int, last: int, reading: _Reading) -> int:
    return max(first - reading.last, reading.first - last, 0)


def _placed(
    reading: _Reading, half: str | None, part: _Part | None, day: datetime | None, at: datetime
) -> datetime | None:
    """The last instant before the call, or on that day, that the reading may be."""
    hours = {reading.hour} if reading.hour > 12 else {reading.hour % 12, reading.hour % 12 + 12}
    if half is not None:
        hours = {hour for hour in hours if (hour >= 12) == (half == "pm")}
    midnight = (day or at).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight] if day is not None else [midnight, midnight - timedelta(days=1)]
    instants = []
    for start in days:
        for hour in hours:
            placed = hour
            if part is not None:
                fits = [h for h in (hour, hour + 24) if part.begins <= h <= part.ends]
                if not fits:
                    continue
                placed = fits[0]
            whole = start + timedelta(days=placed // 24)
            instants.append(whole.replace(hour=placed % 24, minute=reading.minute))
    placed_at = max((each for each in instants if each <= at + AHEAD), default=None)
    told_which_half = half is not None or part is not None or reading.hour > 12
    if placed_at is not None and placed_at.hour < DAY_BEGINS and not told_which_half:
        return None  # 'at three' is of the night, or of yesterday: who knows
    return placed_at


def _by_the_day(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    """'This morning', 'last night', 'ayer' and no more."""
    for mark in passage.of("day"):
        # 'There is to be a checkpoint on Monday.'
        if any(not passage.parted(ahead.first, mark.first) for ahead in passage.of("ahead")):
            continue
        day, part = _day(mark.value, at)
        if day is None or mark.value == "today":
            continue
        if part is None:
            behind = (m for m in passage.of("part") if 0 <= m.first - mark.last <= 2)
            part = next((PARTS[m.value] for m in behind), None)
        midnight = datetime.combine(day.date(), time(), at.tzinfo)
        middle, half = (part.middle, part.half) if part else (timedelta(hours=12),) * 2
        begins, ends = midnight + middle - half, min(midnight + middle + half, at)
        if begins < ends:
            within = (ends - begins) / 2
            yield Finding(Moment(begins + within, within), passage, mark.first, mark.last, 0.7)


def _day(value: str, at: datetime) -> tuple[datetime | None, _Part | None]:
    """The day that a mark of the kind `day` names, and the part of it: 'today', 'yesterday:night',
    'monday'."""
    name, _, part = value.partition(":")
    back = {"today": 0, "yesterday": 1, "before_yesterday": 2}.get(name)
    if back is None and name in _WEEKDAYS:
        back = (at.weekday() - _WEEKDAYS.index(name)) % 7
    return (None if back is None else at - timedelta(days=back)), PARTS.get(part)


_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
