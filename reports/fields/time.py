"""When it was seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from reports.fields.contact import is_about_calling
from reports.fields.counting import NUMBER, Number
from reports.fields.finding import Finding
from reports.fields.lexicon import Mark
from reports.fields.marked import DENIAL, spoken
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
WITH_AN_HOUR: Final = {
    "morning": _Part(0, 12),
    "noon": _Part(11, 15),
    "afternoon": _Part(12, 20),
    "evening": _Part(16, 24),
    "night": _Part(17, 28),
    "dawn": _Part(0, 7),
}
"""The same where an hour is told: 'four in the morning', 'las siete de la tarde'."""
DAY: Final = timedelta(days=1)
UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": DAY,
    "week": 7 * DAY,
}
"""The lexicon's `unit` values."""
VAGUE: Final = 0.25
"""Share of a time ago by which it may be wrong: 'twenty minutes ago' is 15 to 25."""
AHEAD: Final = timedelta(minutes=10)
"""A clock in the caller's room may be so much ahead."""
SOON: Final = timedelta(hours=1)
"""Within which an hour of the clock may be meant that is to come."""
DAY_BEGINS: Final = 5
"""The hour before which nobody means, by a time of the clock alone, the last night for certain."""
HOUR: Final = "hour"
"""The lexicon's kind for words that are an hour by themselves, such as Somali 'afartii'."""
MINUTES: Final = range(10, 60)
"""That may follow an hour without more."""
AFTER_OH: Final = range(1, 10)
AFTER_THE_HOUR: Final = frozenset(f"0{minute}" for minute in range(1, 10))
"""The same as digits."""
LARGEST_OFFSET: Final = 29
"""Minutes, as in 'eight minutes to nine'."""
BY_DAY: Final = range(7, 12)
"""Hours that are of the morning on a day of which no part is told."""
NEXT_TO: Final = 3
"""Words between what belongs together at the most."""
PART_BEHIND: Final = 2
"""Words between a day and its part at the most."""
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
    ways = (_shortly_ago, _by_the_clock, _days_ago, _just_now, _by_the_day)
    return next((each for way in ways for passage in passages for each in way(passage, at)), None)


def _shortly_ago(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    """'Ten minutes ago', 'hace media hora', 'they have been here for an hour'."""
    return (each for each in _ago(passage, at) if at - each.value.at < DAY)


def _days_ago(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    return (each for each in _ago(passage, at) if at - each.value.at >= DAY)


def _ago(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    units = passage.beginning("unit")
    marks, own = passage.of("ago"), passage.beginning("own_doing")
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
            gap = {"behind": 1, "beside": 1, "lasting": 0}.get(mark.value, -1)
            behind = 0 <= mark.first - last <= gap
            reach = {"ahead": NEXT_TO, "beside": NEXT_TO, "lasting": LASTING}.get(mark.value, -1)
            ahead = 0 <= first - mark.last <= reach
            # 'I've been up for eighteen hours.'
            if is_about_calling(passage, first, last) or mark.first in own:
                continue
            # 'I called twenty minutes ago about the van.'
            if _is_other(passage, min(first, mark.first)):
                continue
            # 'Hace… veinte minutos': whoever begins so has not come to an end.
            hesitating = first == mark.last
            if (behind or ahead) and (
                hesitating
                or not passage.parted(
                    min(first, mark.first), max(last, mark.last) - 1, Stop.SENTENCE
                )
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
    is_of_day: bool = False
    """It is known of which half: 'noon'."""


def _readings(passage: Passage) -> list[_Reading]:
    """In order."""
    found = [*_in_digits(passage), *_in_words(passage), *_in_numbers(passage)]
    return sorted(found, key=lambda reading: reading.first)


def _in_digits(passage: Passage) -> Iterator[_Reading]:
    for at, plain in enumerate(passage.plain):
        if ":" not in plain:
            continue
        if (match := _CLOCK.fullmatch(plain)) and int(match[1]) < 24 and int(match[2]) < 60:
            yield _Reading(at, at + 1, int(match[1]), int(match[2]), is_certain=True)


def _in_words(passage: Passage) -> Iterator[_Reading]:
    """'Noon', 'siddeeddii'."""
    behind, joins = passage.beginning("clock_behind"), passage.beginning("clock_and")
    listed = passage.beginning(NUMBER)
    people = passage.beginning("people", "officers", "captives")
    for word in passage.of(HOUR):
        # 'Labadii wiil' are the two boys, and no hour.
        if (
            word.first in listed
            and word.last in people
            and not passage.parted(word.first, word.last, Stop.COMMA)
        ):
            continue
        told, _, of_day = word.value.partition(":")
        first, last, offset = word.first, word.last, 0
        if (ahead := _offset(passage, word.first)) is not None:
            first, offset = ahead
        elif (half := behind.get(word.last)) is not None:
            last, offset = half.last, int(half.value)
        elif (join := joins.get(word.last)) is not None:
            minutes = listed.get(join.last)
            if minutes is not None and int(minutes.value) in MINUTES:
                last, offset = minutes.last, int(join.value + minutes.value)
        if of_day:
            hour, minute = divmod((int(told) * 60 + offset) % (24 * 60), 60)
        else:
            hour, minute = _moved(int(told), offset)
        yield _Reading(first, last, hour, minute, is_certain=True, is_of_day=bool(of_day))


def _offset(passage: Passage, hour_at: int) -> tuple[int, int] | None:
    """Where 'quarter to' and 'eight minutes past' before an hour begin, and their minutes."""
    if (mark := passage.ending("clock_ahead").get(hour_at)) is not None:
        return mark.first, int(mark.value)
    mark = passage.ending("clock_from").get(hour_at)
    if mark is None:
        return None
    counted = next((n for n in passage.numbers if n.last == mark.first), None)
    if counted is None or not 1 <= counted.value <= LARGEST_OFFSET:
        return None
    # 'Twenty of eight', but not 'ten of eight agents'.
    if mark.value == "of" and not (
        counted.value in (5, 10, 20)
        and (_ends(passage, hour_at + 1) or hour_at + 1 in passage.beginning("break"))
    ):
        return None
    return counted.first, counted.value * (1 if mark.value == "+" else -1)


def _in_numbers(passage: Passage) -> Iterator[_Reading]:
    starts, counted = passage.ending("clock_at"), passage.ending("there_are")
    by_first = {number.first: number for number in passage.numbers}
    offsets = {
        at: offset
        for at in (*by_first, *passage.beginning(HOUR))
        if (offset := _offset(passage, at)) is not None
    }
    covered = {at for end, (first, _) in offsets.items() for at in range(first, end)}
    cues = passage.of("clock_cue")
    for number in passage.numbers:
        if number.first in covered:
            continue  # the 'ten' of 'ten to eight'
        if number.is_ordinal or not 1 <= number.value <= 23:
            continue
        # 'Quarter to eight', 'half past six'.
        offset = offsets.get(number.first) if number.value <= 12 else None
        # 'I'd say ten to twelve', but not 'twenty to eight', 'serían diez para las ocho'.
        if offset is not None and not (
            offset[0] in counted
            and number.first not in passage.ending("definite_many")
            and offset[0] not in starts
            and offset[0] in by_first
            and not by_first[offset[0]].is_ordinal
            and by_first[offset[0]].value < number.value
            and not any(cue.last <= offset[0] <= cue.last + LASTING for cue in cues)
        ):
            hour, minute = _moved(number.value, offset[1])
            yield _Reading(offset[0], number.last, hour, minute, is_certain=True)
        elif (reading := _in_number(passage, number)) is not None:
            yield reading


def _in_number(passage: Passage, number: Number) -> _Reading | None:
    """Of an hour, and what stands behind it."""
    start = next(
        (
            m
            for m in passage.of("clock_at")
            if 0 <= number.first - m.last <= (0 if m.value == "hour" else 1)
        ),
        None,
    )
    first = start.first if start is not None else number.first
    last, told = number.last, start is not None
    certain = start is not None and start.value == "sure"
    # 'A las dieciséis horas con veinte'.
    hours = passage.beginning("unit").get(number.last)
    if hours is not None and hours.value == "hour" and (told or _is_of_day(passage, hours.last)):
        last, certain = hours.last, True
    elif number.value > 12:
        return None
    hour, minute = number.value, 0
    if (behind := _minutes_behind(passage, number.first, last, told=told)) is not None:
        last, offset = behind
        hour, minute = _moved(hour, offset)
        certain = certain or last in passage.ending("clock_behind")
        told = told or (_ends(passage, last) and number.first not in passage.ending("there_are"))
    oclock = passage.beginning("oclock").get(last)
    is_half_told = last in passage.beginning("half_of_day")
    if number.is_article and not (start or oclock or is_half_told):
        return None  # somebody, and not the hour
    if oclock is not None:
        last, certain = oclock.last, True
    elif is_half_told:
        certain = True
    elif not told and not minute:
        certain = _stands_alone(passage, number.first, last)
    if not told and not certain and not minute:
        return None
    return _Reading(first, last, hour, minute, certain, is_told=told or certain)


def _is_of_day(passage: Passage, at: int) -> bool:
    """'Lix saac iyo badh subaxnimo': hours of the morning are no length."""
    after = passage.beginning("clock_behind").get(at)
    return after is not None and after.last in passage.beginning("part")


def _minutes_behind(
    passage: Passage, hour_at: int, at: int, *, told: bool
) -> tuple[int, int] | None:
    """Where the minutes behind an hour end, and how many they are: 'ocho y media', 'nueve menos
    cuarto', 'seven thirty', 'siete y cincuenta', 'eight oh six'."""
    join = passage.beginning("clock_and").get(at)
    begins = at if join is None else join.last
    following = next((number for number in passage.numbers if number.first == begins), None)
    after = passage.beginning("clock_behind").get(at)
    if after is not None and (following is None or following.last <= after.last):
        return after.last, int(after.value)
    if following is None or passage.parted(hour_at, following.first, Stop.COMMA):
        return None
    is_oh = join is not None and join.value == "0"
    if following.value not in (AFTER_OH if is_oh else MINUTES) and (
        following.digits not in AFTER_THE_HOUR
    ):
        return None
    # 'A las siete y cincuenta', but not 'siete y veinte agentes'.
    if join is not None and not (is_oh or told or _ends(passage, following.last)):
        return None
    return following.last, following.value * (-1 if join and join.value == "-" else 1)


def _stands_alone(passage: Passage, first: int, last: int) -> bool:
    """'Yesterday, six in the evening', 'around closing, so ten'."""
    begins = first == 0 or passage.tokens[first - 1].stop > Stop.NONE
    if begins and last in passage.beginning("part", "day"):
        return not passage.parted(first, last, Stop.COMMA)
    return _ends(passage, last) and any(
        0 <= first - cue.last <= NEXT_TO and not passage.parted(cue.first, first)
        for cue in passage.of("clock_cue")
    )


def _ends(passage: Passage, last: int) -> bool:
    """Whether nothing that is counted may follow: 'seven thirty or so'."""
    return (
        last == len(passage.tokens)
        or passage.tokens[last - 1].stop > Stop.NONE
        or last in passage.beginning("clock_about")
    )


def _moved(hour: int, minutes: int) -> tuple[int, int]:
    return ((hour - 1) % 12 or 12, 60 + minutes) if minutes < 0 else (hour, minutes)


@dataclass(frozen=True, slots=True)
class _Day:
    """That words tell."""

    first: int
    last: int
    day: datetime
    part: str


def _days(passage: Passage, at: datetime) -> list[_Day]:
    """'Yesterday', 'on Tuesday', 'a week ago'."""
    found = []
    for mark in spoken(passage, "day"):
        day, part = _day(passage, mark, at)
        if day is not None:
            found.append(_Day(mark.first, mark.last, day, part))
    found += _dates(passage, at)
    found += [_Day(e.first, e.last, e.value.at, "") for e in _days_ago(passage, at)]
    return sorted(found, key=lambda day: day.first)


def _dates(passage: Passage, at: datetime) -> Iterator[_Day]:
    """'January eighth', 'el 8 de enero': the last before the call."""
    for month in passage.of("month"):
        for number in passage.numbers:
            beside = month.last == number.first or 0 <= month.first - number.last <= 1
            if not beside or passage.parted(
                min(month.first, number.first), max(month.last, number.last) - 1, Stop.COMMA
            ):
                continue
            for year in (at.year, at.year - 1):
                try:
                    day = at.replace(year=year, month=int(month.value), day=number.value)
                except ValueError:
                    continue  # no such day
                if day <= at:
                    first, last = min(month.first, number.first), max(month.last, number.last)
                    yield _Day(first, last, day, "")
                    break


def _by_the_clock(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    """What callers tell of what they did themselves goes behind all else."""
    found = [*_clock_told(passage, at)]
    yield from (finding for finding, is_own in found if not is_own)
    yield from (finding for finding, is_own in found if is_own)


def _clock_told(passage: Passage, at: datetime) -> Iterator[tuple[Finding[Moment], bool]]:
    if not (readings := _readings(passage)):
        return
    parts, days = passage.of("part"), _days(passage, at)
    # 'Mañana a la una'.
    coming = passage.beginning("ahead")
    tomorrow = {m for m in parts if m.first in coming and coming[m.first].last == m.last} - {
        m for m in parts for longer in parts if longer.first < m.first and m.last <= longer.last
    }
    halves = passage.beginning("half_of_day")
    for reading in readings:
        near = [mark for mark in parts if _is_near(passage, mark.first, mark.last, reading)]
        near_days = [day for day in days if _is_near(passage, day.first, day.last, reading)]
        if is_about_calling(passage, reading.first, reading.last) or any(
            mark.last <= reading.first and mark in tomorrow for mark in near
        ):
            continue
        if _is_other(passage, reading.first):
            continue
        half = halves.get(reading.last)
        ends = _ends(passage, reading.last)
        told = reading.is_told and (reading.minute > 0 or _is_of_a_clock(passage, reading) or ends)
        if not reading.is_certain and not told and not (near or near_days) and half is None:
            continue
        beside = sorted(near_days, key=lambda one: _gap(one.first, one.last, reading))
        day = beside[0] if beside else _day_of(passage, days, reading)
        part = near[0].value if near else day.part if day is not None else ""
        of = None if day is None else day.day
        if day is not None and day.part == "night" and part in ("morning", "dawn"):
            of = day.day + DAY  # 'last night, at two in the morning'
        moment = _placed(reading, half.value if half else None, WITH_AN_HOUR.get(part), of, at)
        if moment is not None:
            spans = [(each.first, each.last) for each in (*near, *([half] if half else []))]
            spans += [(each.first, each.last) for each in near_days]
            finding = Finding(
                Moment(moment, timedelta(minutes=15)),
                passage,
                min([reading.first, *(first for first, _ in spans)]),
                max([reading.last, *(last for _, last in spans)]),
                0.85 if reading.is_certain or spans else 0.7,
            )
            yield finding, _is_own(passage, reading)


def _day_of(passage: Passage, days: Sequence[_Day], reading: _Reading) -> _Day | None:
    """That a reading is of, told further off: 'On Tuesday I was out for tortillas, and about eleven
    …': the only one of which the passage speaks, or the last before it in its sentence."""
    if len({day.day.date() for day in days}) > 1:
        days = [
            day
            for day in days
            if day.last <= reading.first and not passage.parted(day.first, reading.first)
        ]
    return next(
        (
            day
            for day in reversed(days)
            if day.last <= reading.first or not passage.parted(reading.first, day.first)
        ),
        None,
    )


def _is_other(passage: Passage, at: int) -> bool:
    """Whether a time that begins there is no time of what was seen: 'we close at six', which is
    every day, 'somebody should come before noon', 'I called at nine'."""
    return any(
        0 <= at - mark.last <= 1 and not passage.parted(mark.first, at)
        for mark in passage.of("other_hours")
    )


def _is_own(passage: Passage, reading: _Reading) -> bool:
    """'When I clocked out at six'."""
    return any(
        0 <= reading.first - mark.last <= NEXT_TO
        and not passage.parted(mark.first, reading.first, Stop.COMMA)
        for mark in passage.of("own_doing")
    )


def _is_of_a_clock(passage: Passage, reading: _Reading) -> bool:
    """'At eight they left', and not 'at eight houses'."""
    return any(
        mark.first == reading.first and mark.value == "hour" for mark in passage.of("clock_at")
    ) and reading.last in passage.beginning("break", "towards", "past", "there_are", "ago")


def _is_near(passage: Passage, first: int, last: int, reading: _Reading) -> bool:
    return _gap(first, last, reading) <= NEXT_TO and not passage.parted(
        min(first, reading.first), max(last, reading.last) - 1
    )


def _gap(first: int, last: int, reading: _Reading) -> int:
    return max(first - reading.last, reading.first - last, 0)


def _placed(
    reading: _Reading, half: str | None, part: _Part | None, day: datetime | None, at: datetime
) -> datetime | None:
    """The last instant before the call, or on that day, that the reading may be."""
    is_of_day = reading.is_of_day or reading.hour > 12
    hours = {reading.hour} if is_of_day else {reading.hour % 12, reading.hour % 12 + 12}
    if half is not None:
        hours = {hour for hour in hours if (hour >= 12) == (half == "pm")}
    elif day is not None and part is None and not is_of_day and reading.hour in BY_DAY:
        hours = {reading.hour}
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
    if day is None and half is None and part is None and not is_of_day:
        soon = at + AHEAD, at + SOON
        # 'The children come at half past eight.'
        if any(soon[0] < each <= soon[1] for each in instants):
            return None
    placed_at = max((each for each in instants if each <= at + AHEAD), default=None)
    told_which_half = half is not None or part is not None or is_of_day
    if placed_at is not None and placed_at.hour < DAY_BEGINS and not told_which_half:
        return None  # 'at three' is of the night, or of yesterday: who knows
    return placed_at


def _by_the_day(passage: Passage, at: datetime) -> Iterator[Finding[Moment]]:
    """'This morning', 'last night', 'ayer' and no more."""
    # In 'por la mañana' nobody speaks of tomorrow.
    parts = [mark for mark in passage.of("part", "day") if mark.last - mark.first > 1]
    to_come = [
        ahead
        for ahead in passage.of("ahead")
        if not any(m.first <= ahead.first and ahead.last <= m.last for m in parts)
    ]
    for mark in spoken(passage, "day"):
        # 'There is to be a checkpoint on Monday.'
        if any(not passage.parted(ahead.first, mark.first) for ahead in to_come):
            continue
        day, part = _day(passage, mark, at)
        if day is None or mark.value == "today":
            continue
        midnight = datetime.combine(day.date(), time(), at.tzinfo)
        of_day = PARTS.get(part)
        middle, half = (of_day.middle, of_day.half) if of_day else (timedelta(hours=12),) * 2
        begins, ends = midnight + middle - half, min(midnight + middle + half, at)
        if begins < ends:
            within = (ends - begins) / 2
            yield Finding(Moment(begins + within, within), passage, mark.first, mark.last, 0.7)


def _day(passage: Passage, mark: Mark, at: datetime) -> tuple[datetime | None, str]:
    """The day that a mark of the kind `day` names, and the part of it: 'today', 'yesterday:night',
    'monday', and 'last_monday', which is not today."""
    name, _, part = mark.value.partition(":")
    weekday = name.removeprefix("last_")
    back = {"today": 0, "yesterday": 1, "before_yesterday": 2}.get(name)
    if weekday in _WEEKDAYS:
        back = (at.weekday() - _WEEKDAYS.index(weekday)) % 7
        if not back and name != weekday:
            back = 7
        # 'Last week, on Thursday'.
        if any(
            m.value == "last_week" and max(m.first - mark.last, mark.first - m.last) <= 1
            for m in passage.of("day")
        ):
            back = at.weekday() + 7 - _WEEKDAYS.index(weekday)
    if not part:
        behind = (m for m in passage.of("part") if 0 <= m.first - mark.last <= PART_BEHIND)
        part = next((m.value for m in behind), "")
    return (None if back is None else at - back * DAY), part


_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
