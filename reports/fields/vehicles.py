"""The vehicles that were seen, each with what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from reports.fields.appearance import COLOUR, lettering
from reports.fields.counting import Number
from reports.fields.counts import Count, counted_run
from reports.fields.finding import Finding
from reports.fields.lexicon import Mark
from reports.fields.marked import CONFIDENCE, is_denied, marked
from reports.fields.plates import Plate, plates
from reports.fields.said import Passage, Stop

VEHICLE: Final = "vehicle"
"""The lexicon's kind. Its values: 'type:make:model:lettering', the last of them left out where
there are none, with a '+' behind where the word means several; `none` for what is no vehicle."""
ADJECTIVE: Final = "vehicle_adjective"
"""The lexicon's kind for words between a colour and its car that say nothing here."""
TINTED: Final = "tinted"
UNMARKED: Final = "unmarked"
NOT_THEIRS: Final = "not_theirs"
"""The lexicon's kind for what makes a car the caller's, or of who was taken."""
DEFINITE: Final = "definite"
"""The lexicon's kind for 'the', 'that': who was spoken of before."""
NAMELY: Final = "namely"
"""The lexicon's kind for what leads from a vehicle over to what it is: 'a', 'it is a'. Its values:
`it`, which may begin a sentence, `of`, behind which several are told of as one, and `a`."""
AHEAD: Final = 6
"""Words before a vehicle that may be about it at the most."""
BEHIND: Final = 4
"""The same, behind it."""
MOST: Final = 60
"""Whoever counts more cars means something else."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One, or several that were spoken of as one."""

    type: str | None = None
    """'car', 'suv', 'van', 'truck', 'pickup', 'bus', 'motorcycle'."""
    count: Count | None = None
    make: str | None = None
    model: str | None = None
    colour: str | None = None
    """In English: 'gray'."""
    is_tinted: bool = False
    """Its windows."""
    is_unmarked: bool = False
    markings: tuple[str, ...] = ()
    plate: Plate | None = None


def vehicles_said(passages: Sequence[Passage]) -> tuple[Finding[Vehicle], ...]:
    """Each vehicle once, in the order in which they were spoken of first."""
    found: list[Finding[Vehicle]] = []
    for passage in passages:
        here: list[Finding[Vehicle]] = []
        for anchor in _anchors(passage):
            # A colour that stands behind one is not also of the next.
            reached = here[-1].last if here else 0
            one = _vehicle(passage, anchor, max(anchor.begins_behind, min(reached, anchor.first)))
            here += [one] if one is not None else []
        if not here:
            found += _plated(passage, here)
            continue
        told_once = _apposed(passage, here)
        spoken_of = _coloured(passage, _together(passage, _named_again(passage, told_once)))
        found += _plated(passage, spoken_of)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Words that name a vehicle: 'Chevy Tahoe SUV' is one."""

    first: int
    last: int
    begins_behind: int
    """The end of the one before."""
    ends_before: int
    """Where the next begins."""
    parts: tuple[str, ...]


def _anchors(passage: Passage) -> list[_Anchor]:
    together: list[list[Mark]] = []
    for mark in marked(passage, VEHICLE):
        if (
            together
            and together[-1][-1].last == mark.first
            and not passage.parted(mark.first - 1, mark.first, Stop.SENTENCE)
            and _agree(together[-1][-1], mark)
        ):
            together[-1].append(mark)
        else:
            together.append([mark])
    ends = [0, *(group[-1].last for group in together)]
    begins = [*(group[0].first for group in together), len(passage.tokens)]
    return [
        _Anchor(
            group[0].first,
            group[-1].last,
            ends[at],
            begins[at + 1],
            tuple(mark.value for mark in group),
        )
        for at, group in enumerate(together)
    ]


def _agree(one: Mark, other: Mark) -> bool:
    """Whether two words may name the same: 'Ford' and 'Explorer', not 'a Ford, a Honda'."""
    pairs = zip(_parts(one.value)[1:3], _parts(other.value)[1:3], strict=True)
    return all(not a or not b or a == b for a, b in pairs)


def _parts(value: str) -> list[str]:
    return [*value.rstrip("+").split(":"), "", "", ""][:4]


def _vehicle(passage: Passage, anchor: _Anchor, begins: int) -> Finding[Vehicle] | None:
    """`begins`: where what is about it may begin."""
    named = [""] * 4
    for value in anchor.parts:
        for at, part in enumerate(_parts(value)):
            # 'Tahoe SUV': the first that says it; of 'police car' the lettering.
            named[at] = named[at] or part
    several = any(value.endswith("+") for value in anchor.parts)
    first, colour, run = _ahead(passage, anchor, begins)
    if any(
        mark.last == first or first <= mark.first < anchor.first for mark in passage.of(NOT_THEIRS)
    ):
        return None
    last, behind = _behind(passage, anchor)
    colour = colour or behind
    count = counted_run(passage, run) if run else _unnumbered(passage, first, several)
    region = range(first, _sentence_end(passage, anchor))
    words, end = lettering(passage, Mark(first, anchor.last, VEHICLE, ""))
    vehicle = Vehicle(
        type=named[0] or None,
        count=count,
        make=named[1] or None,
        model=named[2] or None,
        colour=colour,
        is_tinted=_stands(passage, TINTED, region),
        is_unmarked=_stands(passage, UNMARKED, region),
        markings=tuple(dict.fromkeys([*filter(None, named[3:]), *words])),
    )
    last = max(last, end) if words and end <= anchor.ends_before else last
    return Finding(vehicle, passage, first, last, CONFIDENCE)


def _stands(passage: Passage, kind: str, region: range) -> bool:
    return any(mark.first in region and not is_denied(passage, mark) for mark in passage.of(kind))


def _sentence_end(passage: Passage, anchor: _Anchor) -> int:
    for at in range(anchor.last - 1, anchor.ends_before):
        if at < len(passage.tokens) and passage.tokens[at].stop >= Stop.SENTENCE:
            return at + 1
    return anchor.ends_before


def _ahead(passage: Passage, anchor: _Anchor, begins: int) -> tuple[int, str | None, list[Number]]:
    """Where words about it begin, its colour, and how many: 'two big black, unmarked …'."""
    kinds = (COLOUR, ADJECTIVE, TINTED, UNMARKED, DEFINITE)
    marks = {(mark.last, mark.kind): mark for mark in passage.of(*kinds)}
    numbers = {number.last: number for number in passage.numbers if not number.is_ordinal}
    either = passage.ending("or")
    first, colour, run = anchor.first, None, list[Number]()
    while first > max(begins, anchor.first - AHEAD):
        if passage.tokens[first - 1].stop >= Stop.SENTENCE:
            break
        mark = next((marks[first, kind] for kind in kinds if (first, kind) in marks), None)
        number = numbers.get(first)
        if mark is not None:
            if mark.kind == COLOUR:
                # 'Dark blue': the nearer says it, and 'white and blue' both.
                colour = colour or mark.value
            first = mark.first
        elif number is not None and 0 < number.value <= MOST and not run:
            run.append(number)
            first = number.first
        elif run and (joint := either.get(first)) is not None and joint.first in numbers:
            run.insert(0, numbers[joint.first])
            first = run[0].first
        else:
            break
    return first, colour, run


def _behind(passage: Passage, anchor: _Anchor) -> tuple[int, str | None]:
    """Where words about it end, and its colour: 'camioneta grande, gris', 'baabuur oo madow'."""
    kinds = (COLOUR, ADJECTIVE, TINTED, UNMARKED)
    marks = passage.beginning(*kinds)
    articles = passage.beginning("single", DEFINITE)
    last, colour = anchor.last, None
    while last < min(anchor.ends_before, anchor.last + BEHIND):
        if passage.tokens[last - 1].stop >= Stop.SENTENCE or last not in marks:
            break
        if last in articles:  # another thing begins
            break
        mark = marks[last]
        if mark.kind == COLOUR and colour is None:
            colour = mark.value
        last = mark.last
    # What only leads over to a colour is none of it.
    return (last if colour is not None else anchor.last), colour


def _unnumbered(passage: Passage, first: int, several: bool) -> Count | None:
    many = first in passage.ending("many")
    if many:
        return Count(None, None)
    return None if several else Count(1, 1)


def _apposed(passage: Passage, found: list[Finding[Vehicle]]) -> list[Finding[Vehicle]]:
    """'A car, a black Charger' is one, and 'two vehicles, a black Suburban and a white van' are the
    two that are told of."""
    namely = passage.of(NAMELY)
    leads = {at for mark in passage.of(ADJECTIVE, NAMELY) for at in range(*mark[:2])}
    kept: list[Finding[Vehicle]] = []
    for at, each in enumerate(found):
        count = each.value.count
        if _is_bare(each.value) and count is not None and _are_told_of(count, found[at + 1 :]):
            continue
        before = kept[-1] if kept else None
        if (
            before is not None
            and before.value.make is None
            and (each.value.make is not None or _is_bare(before.value))
            and leads.issuperset(range(before.last, each.first))
            and (
                not passage.parted(before.last - 1, each.first)
                or any(mark.first == before.last and mark.value == "it" for mark in namely)
            )
            and (_is_bare(before.value) or passage.parted(before.last - 1, each.first, Stop.COMMA))
            and _may_be_same(before.value, alike := _uncounted(passage, before, each))
        ):
            value = _joined(before.value, alike)
            kept[-1] = replace(before, value=value, last=each.last)
            continue
        kept.append(each)
    return kept


def _are_told_of(count: Count, behind: Sequence[Finding[Vehicle]]) -> bool:
    """Whether what is told of next is as many as were counted."""
    added = 0
    for each in behind:
        added += (each.value.count.low if each.value.count else None) or 1
        if added == count.low and added > 1:
            return True
    return False


def _uncounted(passage: Passage, before: Finding[Vehicle], each: Finding[Vehicle]) -> Vehicle:
    """In 'saddex gaari oo SUV ah' the three are told of as one."""
    of = any(mark.first == before.last and mark.value == "of" for mark in passage.of(NAMELY))
    return replace(each.value, count=None) if of and before.value.count else each.value


def _named_again(passage: Passage, found: list[Finding[Vehicle]]) -> list[Finding[Vehicle]]:
    """'… of the cars', 'in the car': of those that were told of, and no others."""
    if all(_is_bare(each.value) for each in found):
        return found
    definite = passage.ending(DEFINITE)
    starts = passage.beginning(DEFINITE)
    return [
        each
        for at, each in enumerate(found)
        if not (
            at > 0
            and _is_bare(each.value)
            and (each.value.count is None or (each.first in definite or each.first in starts))
        )
    ]


def _coloured(passage: Passage, found: list[Finding[Vehicle]]) -> list[Finding[Vehicle]]:
    """'A Camry and an Escape, both gray.'"""
    for mark in passage.of("both"):
        colour = next((each for each in passage.of(COLOUR) if each.first == mark.last), None)
        if colour is not None:
            found = [
                replace(each, value=replace(each.value, colour=colour.value))
                if each.value.colour is None and each.first < mark.first
                else each
                for each in found
            ]
    return found


def _is_bare(vehicle: Vehicle) -> bool:
    """Nothing is said of it but that there is one, or how many."""
    return vehicle == Vehicle(vehicle.type, vehicle.count)


def _together(passage: Passage, found: list[Finding[Vehicle]]) -> list[Finding[Vehicle]]:
    """'A gray Tahoe … the Tahoe has tinted windows' is one."""
    kept: list[Finding[Vehicle]] = []
    for each in found:
        definite = any(each.first - 1 <= mark.first <= each.first for mark in passage.of(DEFINITE))
        same = next(
            (
                at
                for at in reversed(range(len(kept)))
                if definite and _may_be_same(kept[at].value, each.value)
            ),
            None,
        )
        if same is None:
            kept.append(each)
        else:
            kept[same] = replace(kept[same], value=_joined(kept[same].value, each.value))
    return kept


def _may_be_same(one: Vehicle, other: Vehicle) -> bool:
    pairs = (
        (one.type, other.type),
        (one.make, other.make),
        (one.model, other.model),
        (one.colour, other.colour),
        (one.count, other.count),
    )
    loose = one.type == "car" or other.type == "car"
    return all(a is None or b is None or a == b for a, b in (pairs[1:] if loose else pairs))


def _joined(one: Vehicle, other: Vehicle) -> Vehicle:
    return Vehicle(
        type=other.type if one.type in (None, "car") and other.type else one.type,
        count=one.count or other.count,
        make=one.make or other.make,
        model=one.model or other.model,
        colour=one.colour or other.colour,
        is_tinted=one.is_tinted or other.is_tinted,
        is_unmarked=one.is_unmarked or other.is_unmarked,
        markings=tuple(dict.fromkeys([*one.markings, *other.markings])),
        plate=one.plate or other.plate,
    )


def _plated(passage: Passage, found: list[Finding[Vehicle]]) -> list[Finding[Vehicle]]:
    """Each plate to the vehicle that was spoken of before it, or else to the next."""
    for plate in passage.once(plates):
        before = [at for at, each in enumerate(found) if each.first < plate.first]
        at = before[-1] if before else (0 if found and not before else None)
        if at is not None and found[at].value.plate is None:
            one = found[at]
            had = tuple(replace(one.value, plate=each) for each in plate.before)
            found[at] = replace(
                one,
                value=replace(one.value, plate=plate.value),
                first=min(one.first, plate.first),
                last=max(one.last, plate.last),
                before=had,
            )
        else:
            had = tuple(Vehicle(plate=each) for each in plate.before)
            found.append(
                Finding(
                    Vehicle(plate=plate.value),
                    passage,
                    plate.first,
                    plate.last,
                    plate.confidence,
                    had,
                )
            )
    return found
