"""Whether two reports speak of the same, in points for and against, each with its reason.

What counts is where, when, which vehicles, which plate, how many, and who calls: never what anybody
thinks of it. The points were settled on made waves of reports (`bench/incidents.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import product
from math import atan2, cos, degrees, hypot, radians
from typing import Final, NamedTuple

from places.gazetteer import Point
from reports.fields.counts import Count
from reports.fields.names import TYPES
from reports.fields.said import tokens_of
from reports.fields.vehicles import Vehicle
from reports.incidents.sighting import Grain, Part, Sighting, Spot
from reports.incidents.spelling import Alike, alike

ENOUGH: Final = 270
"""Points of their pairs, on average, from which on two groups are suggested to be the same."""
METRES: Final = 111_320.0
"""Of a degree of latitude."""
SAME_CALLER_WITHIN: Final = timedelta(hours=1)
"""Who calls again so soon speaks of the same, unless they say another place."""


class Because(StrEnum):
    """Why two may be the same, or not."""

    PLACE = "place"
    """`what` names it."""
    NEAR = "near"
    """`amount` metres."""
    STREET = "street"
    AREA = "area"
    ELSEWHERE = "elsewhere"
    TIME = "time"
    """`amount` minutes apart."""
    ANOTHER_TIME = "another_time"
    PLATE = "plate"
    """`what` says how alike."""
    VEHICLE = "vehicle"
    """`what` is what both say of it."""
    OTHER_VEHICLES = "other_vehicles"
    OFFICERS = "officers"
    OTHER_COUNT = "other_count"
    CALLER = "caller"
    HEADING = "heading"
    """`what` is the way that they went, a side or a street; `amount` metres that way."""


class Reason(NamedTuple):
    because: Because
    points: int
    what: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of two sightings."""

    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)

    @property
    def grounds(self) -> tuple[Reason, ...]:
        """What speaks for it, the strongest first."""
        return tuple(
            sorted(
                (each for each in self.reasons if each.points > 0),
                key=lambda each: (-each.points, each.because),
            )
        )


def likeness(one: Sighting, other: Sighting) -> Likeness:
    """Whichever is first. Of what is elsewhere only a plate or a caller says any more, or the way
    that they went."""
    place = _by_place(one, other)
    found = [
        place,
        _by_time(one, other),
        _by_plate(one, other),
        _by_caller(one, other),
        _by_heading(one, other, place),
    ]
    if place is None or place.points > 0 or any(found[2:]):
        found += [_by_vehicles(one, other), _by_officers(one, other)]
    return Likeness(tuple(reason for reason in found if reason is not None))


# --- Where ----------------------------------------------------------------------------------------

CORNERS: Final = ((70, 480), (160, 400), (260, 280), (360, 120), (600, -400))
"""Metres between two corners or landmarks, up to which there are so many points."""
FAR: Final = -1500
AREAS: Final = ((700, 130), (1200, 100), (1800, 20), (2600, -200))
"""The same, between the middle of an area and something in it."""
SAME_AREA: Final = 130
SAME_STREET: Final = 150
SAME_NAME: Final = 300
"""Of a place that has no point in the list."""
OTHER_STREET: Final = -500
AMBIGUOUS: Final = 45
"""Points less for each time that the places that may be meant double."""


def metres(one: Point, other: Point) -> float:
    """How far apart, within a city."""
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return METRES * hypot(one.lat - other.lat, east)


def place_points(one: Sighting, other: Sighting) -> int | None:
    """For and against their being at one place; None where one of them names none."""
    reason = _by_place(one, other)
    return None if reason is None else reason.points


def _by_place(one: Sighting, other: Sighting) -> Reason | None:
    if not one.is_placed or not other.is_placed:
        return None
    if one.spots and other.spots:
        return _by_spots(one, other)
    # One of them names but a street.
    shared = sorted(one.streets & other.streets)
    if shared:
        return Reason(Because.STREET, SAME_STREET, what=shared[0])
    if one.streets and other.streets:
        return Reason(Because.ELSEWHERE, OTHER_STREET)
    return None


def _by_spots(one: Sighting, other: Sighting) -> Reason:
    pairs = [_pair(mine, theirs) for mine, theirs in product(one.spots, other.spots)]
    pair = max(pairs, key=lambda each: (each.points, -each.metres, each.name))
    if pair.points <= 0:
        return Reason(Because.ELSEWHERE, pair.points)
    if pair.is_area:
        return Reason(Because.AREA, pair.points, what=pair.name)
    doubt = AMBIGUOUS * (len(pairs).bit_length() - 1)
    if pair.metres <= CORNERS[0][0]:
        return Reason(Because.PLACE, pair.points - doubt, what=pair.name)
    return Reason(Because.NEAR, pair.points - doubt, what=pair.name, amount=pair.metres)


class _Pair(NamedTuple):
    """Of spots that may be meant."""

    points: int
    metres: int
    name: str
    is_area: bool


def _pair(mine: Spot, theirs: Spot) -> _Pair:
    areas = [spot.name for spot in (mine, theirs) if spot.grain is Grain.AREA]
    name = min(areas or (mine.name, theirs.name))
    is_same = (mine.name, mine.city) == (theirs.name, theirs.city)
    if mine.point is None or theirs.point is None:
        points = FAR if not is_same else SAME_AREA if areas else SAME_NAME
        return _Pair(points, 0, name, bool(areas))
    apart = metres(mine.point, theirs.point)
    if areas:
        points = SAME_AREA if is_same else _stepped(apart, AREAS)
    else:
        points = _stepped(apart, CORNERS)
    return _Pair(points, round(apart), name, bool(areas))


def _stepped(amount: float, steps: Iterable[tuple[float, int]], beyond: int = FAR) -> int:
    for limit, points in steps:
        if amount <= limit:
            return points
    return beyond


# --- When -----------------------------------------------------------------------------------------

TIMES: Final = ((15, 150), (30, 110), (60, 20), (90, -100))
"""Minutes between two, beyond what each may be off."""
ANOTHER_TIME: Final = -150
"""What goes on for hours is one, if others speak of it meanwhile: `groups.LULL` sees to that."""


def _by_time(one: Sighting, other: Sighting) -> Reason:
    apart = abs(one.seen_at - other.seen_at)
    beyond = apart - one.within - other.within
    points = _stepped(beyond.total_seconds() / 60, TIMES, ANOTHER_TIME)
    amount = round(apart.total_seconds() / 60)
    because = Because.TIME if points > 0 else Because.ANOTHER_TIME
    return Reason(because, points, amount=amount)


# --- Which way they went --------------------------------------------------------------------------

WENT_THERE: Final = 80
"""For what is seen where it was said to go."""
NO_MOVE: Final = CORNERS[0][0]
"""Metres up to which nobody went anywhere."""
REACHED: Final = CORNERS[-1][0]
"""Metres up to which it was on its way there: farther on it is another place, whoever drives."""
FASTEST: Final = 20.0
"""Metres a second through a city, with lights and corners."""
ARRIVED_WITHIN: Final = timedelta(minutes=20)
"""Who is seen later, beyond what each may be off, did not just drive there."""
OFF_COURSE: Final = 50.0
"""Degrees by which a way may differ from the side that people say."""
SIDES: Final = {
    side: 45.0 * at for at, side in enumerate(("N", "NE", "E", "SE", "S", "SW", "W", "NW"))
}
"""Degrees from north."""


def _by_heading(one: Sighting, other: Sighting, place: Reason | None) -> Reason | None:
    """The same vehicles, where the first of two says that they went, and later. How far apart the
    two are speaks against it no more; for it speaks little, and nothing alone."""
    if one.heading is None and other.heading is None:
        return None
    first, later = sorted((one, other), key=lambda each: (each.seen_at, each.reference))
    here, there = first.settled, later.settled
    if first.heading is None or here is None or there is None or not _share_vehicles(one, other):
        return None
    apart, slack = metres(here, there), one.within + other.within
    passed = later.seen_at - first.seen_at
    reach = FASTEST * (passed + slack).total_seconds()
    if not NO_MOVE < apart <= min(REACHED, reach) or passed - slack > ARRIVED_WITHIN:
        return None
    way = _way(first, later, _course(here, there))
    if way is None:
        return None
    against = 0 if place is None else min(0, place.points)
    return Reason(Because.HEADING, WENT_THERE - against, what=way, amount=round(apart))


def _way(first: Sighting, later: Sighting, course: float) -> str | None:
    """How the first says that they went to where the later saw them."""
    assert first.heading is not None  # noqa: S101  # who asks has seen to it
    side, towards = first.heading.compass, first.heading.towards
    if side is not None:
        off = abs((course - SIDES[side] + 180) % 360 - 180)
        return side if off <= OFF_COURSE else None
    if towards is None:
        return None
    said = _words(towards)
    named = {street: _words(street) - STREET_TYPES for street in later.streets - first.streets}
    return min((street for street, words in named.items() if words and words <= said), default=None)


def _course(here: Point, there: Point) -> float:
    """Degrees from north."""
    east = (there.lon - here.lon) * cos(radians(here.lat))
    return degrees(atan2(east, there.lat - here.lat)) % 360


def _share_vehicles(one: Sighting, other: Sighting) -> bool:
    seen = _by_vehicles(one, other)
    return _by_plate(one, other) is not None or (seen is not None and seen.points > 0)


def _words(text: str) -> frozenset[str]:
    return frozenset(token.plain for token in tokens_of(text))


STREET_TYPES: Final = frozenset([*TYPES, *TYPES.values()])

# --- Plates and vehicles --------------------------------------------------------------------------

PLATES: Final = {Alike.SAME: 700, Alike.ONE_OFF: 550, Alike.PART: 320}


def _by_plate(one: Sighting, other: Sighting) -> Reason | None:
    if not one.plates or not other.plates:
        return None
    best = max(
        (alike(mine, theirs) for mine, theirs in product(one.plates, other.plates)),
        default=Alike.NOT,
    )
    if best is Alike.NOT:
        return None
    return Reason(Because.PLATE, PLATES[best], what=best.name.lower())


MODEL: Final = 100
MAKE: Final = 60
TYPE: Final = 30
COLOUR: Final = 60
"""Points for what two vehicles have in common."""
OTHER_VEHICLES: Final = -60
"""There are often several, of which each caller sees some."""
LIKE_ANY: Final = frozenset(["car", None])
"""Types that people say of whatever they saw."""
SHADES: Final = (
    frozenset(["gray", "silver"]),
    frozenset(["black", "dark"]),
    frozenset(["blue", "dark"]),
    frozenset(["gray", "dark"]),
    frozenset(["tan", "gold"]),
    frozenset(["red", "maroon"]),
)
"""Colours that are one to some people, or by night."""


def _by_vehicles(one: Sighting, other: Sighting) -> Reason | None:
    if not one.vehicles or not other.vehicles:
        return None
    pairs = product(one.vehicles, other.vehicles)
    points, what = max(_common(mine, theirs) for mine, theirs in pairs)
    if points > 0:
        return Reason(Because.VEHICLE, points, what=what)
    if any(_says_something(each) for each in one.vehicles) and any(
        _says_something(each) for each in other.vehicles
    ):
        return Reason(Because.OTHER_VEHICLES, OTHER_VEHICLES)
    return None


def _says_something(vehicle: Vehicle) -> bool:
    return bool(vehicle.colour or vehicle.make or vehicle.model)


def _common(one: Vehicle, other: Vehicle) -> tuple[int, str]:
    """What two have in common, in points and in words; nothing if they cannot be the same."""
    types = {one.type, other.type}
    if len(types) == 2 and not types & LIKE_ANY:
        return 0, ""
    for mine, theirs in ((one.make, other.make), (one.model, other.model)):
        if mine and theirs and mine != theirs:
            return 0, ""
    colours = {one.colour, other.colour} - {None}
    if len(colours) == 2 and frozenset(colours) not in SHADES:
        return 0, ""
    shared: list[tuple[int, str]] = []
    if one.colour and other.colour:
        shared.append(
            (COLOUR if one.colour == other.colour else COLOUR // 2, min(one.colour, other.colour))
        )
    if one.make and one.make == other.make:
        shared.append((MAKE, one.make))
    if one.model and one.model == other.model:
        shared.append((MODEL, one.model))
    elif one.type and one.type == other.type:
        shared.append((TYPE, one.type))
    return sum(points for points, _ in shared), " ".join(word for _, word in shared)


# --- How many, and who ----------------------------------------------------------------------------

SAME_COUNT: Final = 40
OTHER_COUNT: Final = -60


def _by_officers(one: Sighting, other: Sighting) -> Reason | None:
    if one.officers is None or other.officers is None:
        return None
    if one.officers.low is None or other.officers.low is None:
        return None
    (low, high), (least, most) = _span(one.officers), _span(other.officers)
    if low <= most and least <= high:
        return Reason(Because.OFFICERS, SAME_COUNT)
    few, many = min(high, most), max(low, least)
    if many > 2 * few + 2:
        return Reason(Because.OTHER_COUNT, OTHER_COUNT)
    return None


def _span(count: Count) -> tuple[int, int]:
    """People count in passing: one more or less, a quarter of many."""
    assert count.low is not None  # noqa: S101  # who asks has seen to it
    high = count.low if count.high is None else count.high
    slack = max(1, high // 4)
    return count.low - slack, high + slack


CALLER: Final = 300


def _by_caller(one: Sighting, other: Sighting) -> Reason | None:
    if one.caller is None or one.caller != other.caller:
        return None
    if abs(one.called_at - other.called_at) > SAME_CALLER_WITHIN:
        return None
    return Reason(Because.CALLER, CALLER)


def callers(sightings: Iterable[Sighting]) -> int:
    """How many people they are of at the most: the same caller twice is one, and each withheld
    number its own. Whom the group sent is none of them."""
    known = set[str]()
    withheld = 0
    for sighting in sightings:
        if sighting.part is Part.OBSERVER:
            continue
        if sighting.caller is None:
            withheld += 1
        else:
            known.add(sighting.caller)
    return len(known) + withheld


__all__ = [
    "ENOUGH",
    "Because",
    "Likeness",
    "Reason",
    "callers",
    "likeness",
    "metres",
]
