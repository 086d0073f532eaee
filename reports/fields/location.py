"""Where it is: what of the caller's words names a place, and which places that may be.

Words are kept as they are. A place is settled only where one alone is meant: two streets that cross
once, a landmark with one name. Else all that it may be are candidates, and a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from places.gazetteer import Area, Landmark, Point, Street
from reports.fields.finding import Finding, taken_back
from reports.fields.heading import going_spans
from reports.fields.mentions import (
    are_joined,
    do_meet,
    house_of,
    is_behind_preposition,
    is_name,
    mentions,
)
from reports.fields.names import Mention, Names, Place
from reports.fields.said import Passage, Stop
from reports.questions import WHERE

PASSING: Final = "passing"
"""The lexicon's kind for 'I live', 'I work', 'on my way to'."""
NOW_AT: Final = "now_at"
"""The lexicon's kind for 'now they are'."""
CLOSE: Final = 5000.0
"""Metres from a part of town, or a landmark, within which something is still there."""
CLEARLY: Final = 1000.0
"""Metres by which anything else has to be farther than twice as far."""
SAID_WITHIN: Final = 4
"""Words between these and the place at the most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant."""

    name: str
    city: str
    point: Point | None
    near: str = ""
    """Of a landmark: its nearest crossing."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where it is, as far as the words say."""

    words: str
    streets: tuple[str, ...] = ()
    """One, or two that cross."""
    number: int | None = None
    """Of a house, or the hundred of a block."""
    landmark: str | None = None
    area: str | None = None
    city: str | None = None
    candidates: tuple[Candidate, ...] = ()
    """None: it stands in no list. One: this is it."""
    middle: Point | None = None
    """Of the area."""


def location_said(passages: Sequence[Passage], names: Names) -> Finding[Location] | None:
    """Where it is: what was said at 'where' before the rest; None where no place is named."""
    ordered = sorted(passages, key=lambda passage: passage.question != WHERE)
    found = [each for passage in ordered for each in _located(passage, names)]
    if not found:
        return None
    whole = [each for each in found if len(each.value.streets) == 2]
    back = taken_back(whole)
    left = [each for each in found if each not in back]
    best = max(left, key=_worth)
    if best.value.area is not None:
        # 'I work at Grand and Snelling, St. Paul': the city says no more than the corner in it.
        there = [each for each in left if each.value.city == best.value.city]
        best = max(there, key=lambda each: (len(each.value.streets), each is best))
    if back:
        best = replace(best, before=tuple(each.value for each in back))
    city = next((each.value.city for each in found if each.value.city and each.value.area), None)
    best = best if city is None else _within(best, city)
    mentioned = (
        [mention.places for passage in ordered for mention in mentions(passage, names)]
        if len(best.value.candidates) > 1
        else []
    )
    return _narrowed(best, mentioned)


def _narrowed(
    finding: Finding[Location], mentioned: Sequence[tuple[Place, ...]]
) -> Finding[Location]:
    """Of a chain's houses the one on the street that is named, and of corners the one that lies in
    the part of town, or by the landmark, that is."""
    location = finding.value
    candidates = location.candidates
    streets = {place.name for places in mentioned for place in places if isinstance(place, Street)}
    hints = [
        places[0].point
        for places in mentioned
        if len(places) == 1 and isinstance(places[0], Area | Landmark) and places[0].point
    ]
    kept = tuple(each for each in candidates if any(name in each.near for name in streets))
    if not kept and hints:
        far = [
            (min(each.point.metres(hint) for hint in hints), each)
            for each in candidates
            if each.point is not None
        ]
        far.sort(key=lambda each: each[0])
        if far and far[0][0] < CLOSE and (len(far) == 1 or far[1][0] > 2 * far[0][0] + CLEARLY):
            kept = (far[0][1],)
    if len(kept) != 1:
        return finding
    only = kept[0]
    is_crossing = len(location.streets) == 2  # of two streets
    value = replace(
        location,
        candidates=kept,
        city=only.city,
        landmark=only.name if location.landmark else None,
        streets=tuple(only.name.split(" & ")) if is_crossing else location.streets,
    )
    return replace(finding, value=value)


def _worth(finding: Finding[Location]) -> tuple[bool, ...]:
    """Where it is said to be now before where it was, and where the caller lives or works last.
    Else a crossing before a landmark, that before a house or a street, an area alone last."""
    location = finding.value
    return (
        not _is_before(finding, PASSING),
        len(location.streets) == 2 and _is_before(finding, NOW_AT),
        len(location.streets) == 2,
        location.landmark is not None,
        bool(location.streets) and location.number is not None,
        bool(location.streets),
    )


def _is_before(finding: Finding[Location], kind: str) -> bool:
    """Whether words of a kind stand before a place, in the same breath."""
    passage = finding.passage
    return any(
        0 <= finding.first - mark.last <= SAID_WITHIN
        and not passage.parted(mark.last - 1, finding.first, Stop.COMMA)
        for mark in passage.of(kind)
    )


def _within(finding: Finding[Location], city: str) -> Finding[Location]:
    """Of candidates in several cities those in the one that the caller names."""
    inside = tuple(each for each in finding.value.candidates if each.city == city)
    if not inside or finding.value.city is not None:
        return finding
    only = inside[0].name if len(inside) == 1 and finding.value.landmark else finding.value.landmark
    value = replace(finding.value, candidates=inside, city=city, landmark=only)
    return replace(finding, value=value)


def _located(passage: Passage, names: Names) -> Iterator[Finding[Location]]:
    mentioned = mentions(passage, names)
    crossed: set[int] = set()
    # 'Thomas Avenue in St. Paul, at Snelling.'
    around = [
        (one, other)
        for one, town, other in zip(mentioned, mentioned[1:], mentioned[2:], strict=False)
        if town.areas and 0 <= town.first - one.last <= 1 and one.streets and other.streets
        if not passage.parted(one.last - 1, town.first, Stop.COMMA)
        if are_joined(passage, town.last, other.first)
    ]
    for one, other in around:
        if (crossing := _crossing(passage, one, other, names)) is not None:
            yield crossing
            crossed |= {one.first, other.first}
    for one, other in pairwise(mentioned):
        # 'Richfield, on Penn' is a city, and a street in it.
        settled = not (one.areas or other.areas)
        if (
            one.streets
            and other.streets
            and (
                are_joined(passage, one.last, other.first)
                or (settled and do_meet(passage, one.last, other.first))
            )
        ):
            crossing = _crossing(passage, one, other, names)
            if crossing is not None:
                yield crossing
                crossed |= {one.first, other.first}
    going = going_spans(passage)
    for mention in mentioned:
        house = house_of(passage, mention) if mention.streets else None
        if mention.first in crossed or (house is None and not is_name(passage, mention)):
            continue
        # 'They went towards Franklin' says where they are not.
        if any(first <= mention.first < last for first, last in going):
            continue
        if house is not None:
            yield _street(passage, mention, names)
        elif mention.landmarks and not mention.has_type:
            yield _landmark(passage, mention)
        elif mention.areas and not mention.has_type:
            yield _area(passage, mention)
        elif (
            mention.has_type
            or mention.last - mention.first > 1
            or is_behind_preposition(passage, mention)
        ):
            yield _street(passage, mention, names)


def _crossing(
    passage: Passage, one: Mention, other: Mention, names: Names
) -> Finding[Location] | None:
    found = names.gazetteer.crossings(one.streets, other.streets)
    # Of streets that may be meant by a number, those that are known to meet.
    found = tuple(crossing for crossing in found if crossing.point is not None) or found
    if not found:
        return None
    signs = [names.gazetteer.signs(crossing) for crossing in found]
    candidates = tuple(
        dict.fromkeys(
            Candidate(" & ".join(sign), crossing.city, crossing.point)
            for sign, crossing in zip(signs, found, strict=True)
        )
    )
    streets = signs[0] if len(candidates) == 1 else (one.streets[0].name, other.streets[0].name)
    location = Location(
        passage.words(one.first, other.last),
        streets=streets,
        city=found[0].city if len({crossing.city for crossing in found}) == 1 else None,
        candidates=candidates,
    )
    confidence = _confidence(min(one.likeness, other.likeness), len(candidates))
    return Finding(location, passage, one.first, other.last, confidence)


def _landmark(passage: Passage, mention: Mention) -> Finding[Location]:
    words = passage.words(mention.first, mention.last)
    only = mention.landmarks[0] if len(mention.landmarks) == 1 else None
    candidates = tuple(
        Candidate(each.name, each.city, each.point, each.near) for each in mention.landmarks
    )
    location = Location(
        words,
        landmark=only.name if only else words,
        city=only.city if only else None,
        candidates=candidates,
    )
    confidence = _confidence(mention.likeness, len(candidates))
    return Finding(location, passage, mention.first, mention.last, confidence)


def _area(passage: Passage, mention: Mention) -> Finding[Location]:
    words = passage.words(mention.first, mention.last)
    only = mention.areas[0] if len(mention.areas) == 1 else None
    location = Location(
        words,
        area=only.name if only else words,
        city=only.city if only else None,
        middle=only.point if only else None,
    )
    confidence = _confidence(mention.likeness, 1)
    return Finding(location, passage, mention.first, mention.last, confidence)


def _street(passage: Passage, mention: Mention, names: Names) -> Finding[Location]:
    number = house_of(passage, mention)
    first = mention.first if number is None else number.first
    cities = {street.city for street in mention.streets}
    location = Location(
        passage.words(first, mention.last),
        streets=(_signed(mention.streets[0]),),
        number=None if number is None else number.value,
        city=next(iter(cities)) if len(cities) == 1 else None,
        candidates=tuple(
            Candidate(
                _signed(each),
                each.city,
                None if number is None else names.gazetteer.address(each, number.value),
            )
            for each in mention.streets
        ),
    )
    return Finding(location, passage, first, mention.last, _confidence(mention.likeness, 1))


def _signed(street: Street) -> str:
    """A numbered avenue as its signs have it; of a street one would have to know from where on."""
    numbered = street.name[:1].isdigit()
    return f"{street.name} {street.side}" if numbered and street.axis == "ns" else street.name


def _confidence(likeness: float, candidates: int) -> float:
    return round(0.95 * likeness / 100 / (1 if candidates <= 1 else 1.5), 2)
