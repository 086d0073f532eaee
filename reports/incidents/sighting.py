"""What a report says of what was seen, as far as it tells whether two speak of the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from places.gazetteer import Point
from reports.fields.counts import Count
from reports.fields.first_hand import FirstHand
from reports.fields.heading import Heading
from reports.fields.kind import Kind
from reports.fields.location import Location
from reports.fields.plates import Plate
from reports.fields.understood import Understanding
from reports.fields.vehicles import Vehicle
from reports.model import Dossier
from reports.questions import EARLIER, NOW, WHEN

NOW_WITHIN: Final = timedelta(minutes=5)
"""How far off 'now' may be: the caller saw it, went inside, and dialled."""
UNTOLD_WITHIN: Final = timedelta(minutes=20)
"""The same, of who does not say when."""
EARLIER_WITHIN: Final = timedelta(hours=1)
"""Who pressed 'earlier' and says no more speaks of the two hours before, most likely."""
SIDES: Final = frozenset(["N", "S", "E", "W", "NE", "NW", "SE", "SW"])


class Part(StrEnum):
    """What a report may be to an incident."""

    WITNESS = "witness"
    """It can found one."""
    OBSERVER = "observer"
    """Somebody whom the group sent there: they saw it, and are no further caller."""
    HEARSAY = "hearsay"
    """It joins one that stands without it, and counts for nothing there."""
    NONE = "none"
    """A wrong number, a prank, silence."""


SAW: Final = frozenset([Part.WITNESS, Part.OBSERVER])


class Grain(StrEnum):
    """How near to the spot a place is."""

    CORNER = "corner"
    """A crossing, or a house."""
    LANDMARK = "landmark"
    """A building, with its lots and its park."""
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that may be meant."""

    name: str
    city: str
    grain: Grain
    point: Point | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """Of one report. `seen_at`, give or take `within`."""

    reference: str
    seen_at: datetime
    within: timedelta
    called_at: datetime
    caller: str | None = None
    """None: a number that was withheld, which is like no other."""
    part: Part = Part.WITNESS
    spots: tuple[Spot, ...] = ()
    """One, or all that the words may mean."""
    streets: frozenset[str] = frozenset()
    """Without their sides: 'Lake St'."""
    plates: tuple[Plate, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    officers: Count | None = None
    still_there: bool | None = None
    heading: Heading | None = None
    """Which way they went from there."""

    @property
    def is_placed(self) -> bool:
        """Whether it says where, so that it can be compared by it."""
        return bool(self.spots or self.streets)

    @property
    def settled(self) -> Point | None:
        """Where it is, if one corner or landmark alone can be meant."""
        if len(self.spots) != 1 or self.spots[0].grain is Grain.AREA:
            return None
        return self.spots[0].point


def sighting_of(dossier: Dossier, understanding: Understanding) -> Sighting:
    """A report as it is compared with others."""
    location = understanding.location.value
    vehicles = tuple(found.value for found in understanding.vehicles)
    sighting = Sighting(
        reference=dossier.report.reference,
        seen_at=dossier.call.started_at,
        within=UNTOLD_WITHIN,
        called_at=dossier.call.started_at,
        caller=dossier.call.caller_hash,
        part=part_of(understanding) if dossier.finding is None else Part.OBSERVER,
        spots=() if location is None else spots_of(location),
        streets=frozenset() if location is None else frozenset(map(unsided, location.streets)),
        plates=tuple(each.plate for each in vehicles if each.plate is not None),
        vehicles=vehicles,
        officers=understanding.officers.value,
        still_there=understanding.still_there.value,
        heading=None if understanding.heading is None else understanding.heading.value,
    )
    at, within = _when(dossier, understanding)
    return replace(sighting, seen_at=at, within=within)


def part_of(understanding: Understanding) -> Part:
    """Who tells what others told them is no witness, whatever it is about."""
    kind = None if understanding.kind is None else understanding.kind.value
    if kind in (Kind.NOT_FOR_US, Kind.PRANK, Kind.SILENT):
        return Part.NONE
    told = understanding.first_hand.value is FirstHand.TOLD
    if told or kind in (Kind.RUMOUR, Kind.QUESTION):
        return Part.HEARSAY
    return Part.WITNESS


def _when(dossier: Dossier, understanding: Understanding) -> tuple[datetime, timedelta]:
    said = understanding.seen_at.value
    called_at = dossier.call.started_at
    if said is not None:
        return said.at, said.within
    if understanding.still_there.is_settled and understanding.still_there.value is True:
        return called_at, NOW_WITHIN
    answer = dossier.call.answer(WHEN)
    pressed = None if answer is None else answer.digits
    if pressed == EARLIER:
        return called_at - EARLIER_WITHIN, EARLIER_WITHIN
    if pressed == NOW or understanding.still_there.value is True:
        return called_at, NOW_WITHIN
    return called_at, UNTOLD_WITHIN


def spots_of(location: Location) -> tuple[Spot, ...]:
    """The places that a location may be. A whole city is none, and a street alone is compared by
    its name."""
    if location.landmark is None and not location.streets:
        if location.area is None or location.area == location.city:
            return ()
        return (Spot(location.area, location.city or "", Grain.AREA, location.middle),)
    is_landmark = location.landmark is not None
    grain = Grain.LANDMARK if is_landmark else Grain.CORNER
    return tuple(
        Spot(each.name, each.city, grain, each.point)
        for each in location.candidates
        if is_landmark or each.point is not None
    )


def unsided(street: str) -> str:
    """'E Lake St', '4th Ave S' -> 'Lake St', '4th Ave'."""
    words = street.split()
    if len(words) > 2 and words[0] in SIDES:
        words = words[1:]
    if len(words) > 2 and words[-1] in SIDES:
        words = words[:-1]
    return " ".join(words)
