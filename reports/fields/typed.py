"""What a person types for a field, as the field's value, or what is wrong with it.

A form gives texts by the name of its input; `typed` and `as_typed` are each other's inverse. What
is wrong is told by a code, for which the template has the words: which input, and how to mend it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from reports.fields.activity import Activity
from reports.fields.appearance import Agency, Appearance, Claim, Look
from reports.fields.contact import Evidence, Need
from reports.fields.counts import MOST, Count
from reports.fields.equipment import Equipment
from reports.fields.first_hand import FirstHand
from reports.fields.heading import Heading
from reports.fields.kind import Kind
from reports.fields.lexicon import Lexicon
from reports.fields.location import Candidate, Location
from reports.fields.moment import Moment
from reports.fields.names import Names
from reports.fields.plates import Plate
from reports.fields.said import passage_of, tokens_of
from reports.fields.settled import SEVERAL
from reports.fields.vehicles import Vehicle
from reports.fields.whereabouts import location_said
from reports.questions import WHERE

Given = Mapping[str, Sequence[str]]
"""Of a form: the texts of each input, none for one that was left out."""

LONGEST: Final = 120
"""Characters of what is typed freely."""
LONGEST_WHY: Final = 300
EARLY: Final = timedelta(minutes=5)
"""By how much a clock may be fast before a time counts as one to come."""
WITHIN: Final = (5, 15, 30, 60, 120, 360)
"""Minutes that a time may be off."""
MOST_VEHICLES: Final = 8
MOST_OPTIONS: Final = 6
LIKENESS: Final = 60.0
"""Of 100: of names that may be meant by what stands in no list."""
CERTAIN: Final = 0.95
"""A place of which `location_said` is less sure is asked about."""
AS_TYPED: Final = "as_typed"
"""Chosen instead of a place of the list: the words alone."""
COMPASS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
VEHICLE_TYPES: Final = ("car", "suv", "van", "truck", "pickup", "bus", "motorcycle")
_NUMBER: Final = re.compile(r"\d(?:[\s().,+-]*\d){6,}")
"""Seven digits or more, however they are set apart: somebody's telephone number."""


class Wrong(StrEnum):
    NOTHING_CHOSEN = "nothing_chosen"
    NO_SUCH_CHOICE = "no_such_choice"
    NUMBER_MISSING = "number_missing"
    NO_NUMBER = "no_number"
    TOO_MANY = "too_many"
    RANGE_TURNED = "range_turned"
    """The highest is below the lowest."""
    TIME_MISSING = "time_missing"
    NO_TIME = "no_time"
    TO_COME = "to_come"
    PLACE_MISSING = "place_missing"
    PLACE_UNKNOWN = "place_unknown"
    PLACE_SEVERAL = "place_several"
    """It may be one of several, or is not spelt as it stands in the list."""
    TEXT_MISSING = "text_missing"
    TOO_LONG = "too_long"
    TELEPHONE_NUMBER = "telephone_number"
    """Where it would be shown, and kept, as it stands."""
    NO_VEHICLE = "no_vehicle"
    NO_PLATE = "no_plate"
    NO_STATE = "no_state"


class BadValue(ValueError):
    """What was typed is no value of the field."""

    def __init__(self, wrong: Wrong, at: str, given: str = "", options: Sequence[str] = ()) -> None:
        super().__init__(f"{at}: {wrong}")
        self.wrong = wrong
        self.at = at
        """The input that is to be mended."""
        self.given = given
        """What stands in it, where that helps to find the mistake."""
        self.options = tuple(options)
        """What may be meant."""


@dataclass(frozen=True)
class Lookup:
    """What typed values are read by."""

    names: Names
    lexicon: Lexicon
    """Of the language that people type in."""
    zone: ZoneInfo
    """In which times are typed."""
    now: datetime


def typed(field: str, given: Given, lookup: Lookup, known: Sequence[Any] = ()) -> Any:
    """A value of one of `settled.FORMS`. `known`: what a field of several values has so far; of
    each of these that is chosen again all that it says is kept.

    Raises:
        BadValue
    """
    if field in CHOICES:
        read = _several if field in SEVERAL else _choice
        return read(CHOICES[field], given, known)
    return _READ[field](given, lookup)


def as_typed(field: str, value: Any, zone: ZoneInfo) -> dict[str, list[str]]:
    """How the form of a field has to be filled to give a value; empty for none."""
    if value is None or value == ():
        return {}
    if field in CHOICES:
        values = value if field in SEVERAL else (value,)
        return {"value": list(dict.fromkeys(str(_code(each)) for each in values))}
    return {name: texts for name, texts in _WRITE[field](value, zone).items() if any(texts)}


def why_typed(given: Given) -> str:
    """The reason, if one is given.

    Raises:
        BadValue
    """
    return _text(given, "why", LONGEST_WHY)


# --- Chosen from a list ---------------------------------------------------------------------------

YES, NO = "yes", "no"
YES_OR_NO: Final = (YES, NO)
CHOICES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "kind": tuple(Kind),
        "first_hand": tuple(FirstHand),
        "still_there": YES_OR_NO,
        "callback": YES_OR_NO,
        "activities": tuple(Activity),
        "agencies": tuple(Agency),
        "appearance": tuple(Look),
        "equipment": tuple(Equipment),
        "evidence": tuple(Evidence),
        "needs": tuple(Need),
    }
)
"""Fields with what may be chosen."""


def _code(value: Any) -> str:
    match value:
        case Claim():
            return value.agency
        case Appearance():
            return value.look
        case bool():
            return YES if value else NO
        case _:
            return str(value)


def _of_code(choices: Sequence[str], code: str) -> Any:
    """The value that a code stands for alone."""
    chosen = next((each for each in choices if each == code), None)
    match chosen:
        case None:
            raise BadValue(Wrong.NO_SUCH_CHOICE, "value", code)
        case Agency():
            return Claim(chosen)
        case Look():
            return Appearance(chosen)
        case StrEnum():
            return chosen
        case _:
            return chosen == YES


def _choice(choices: Sequence[str], given: Given, _: Sequence[Any]) -> Any:
    code = _first(given, "value")
    if not code:
        raise BadValue(Wrong.NOTHING_CHOSEN, "value")
    return _of_code(choices, code)


def _several(choices: Sequence[str], given: Given, known: Sequence[Any]) -> tuple[Any, ...]:
    codes = [code for code in dict.fromkeys(given.get("value", ())) if code]
    if not codes:
        raise BadValue(Wrong.NOTHING_CHOSEN, "value")
    found: list[Any] = []
    for code in codes:
        alone = _of_code(choices, code)
        found += [each for each in known if _code(each) == code] or [alone]
    return tuple(found)


# --- Counts and times -----------------------------------------------------------------------------


def _count(given: Given, _: Lookup) -> Count:
    if _is_on(given, "many"):
        return Count(None, None)
    low = _number(given, "low")
    if low is None:
        raise BadValue(Wrong.NUMBER_MISSING, "low")
    high = _number(given, "high")
    if high is not None and high < low:
        raise BadValue(Wrong.RANGE_TURNED, "high", str(high))
    return Count(low, low if high is None else high, _is_on(given, "about"))


def _count_out(count: Count, _: ZoneInfo) -> dict[str, list[str]]:
    return {
        "many": _on(count.is_many),
        "about": _on(count.is_about),
        "low": [] if count.low is None else [str(count.low)],
        "high": [] if count.high in (None, count.low) else [str(count.high)],
    }


def _number(given: Given, name: str) -> int | None:
    text = _first(given, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise BadValue(Wrong.NO_NUMBER, name, text[:LONGEST])
    if len(text) > len(str(MOST)) or int(text) > MOST:
        raise BadValue(Wrong.TOO_MANY, name, text[:LONGEST])
    return int(text)


def _moment(given: Given, lookup: Lookup) -> Moment:
    text = _first(given, "at")
    if not text:
        raise BadValue(Wrong.TIME_MISSING, "at")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(Wrong.NO_TIME, "at", text[:LONGEST]) from None
    at = at.replace(tzinfo=lookup.zone) if at.tzinfo is None else at
    if at > lookup.now + EARLY:
        raise BadValue(Wrong.TO_COME, "at")
    within = _first(given, "within") or str(WITHIN[0])
    if within not in map(str, WITHIN):
        raise BadValue(Wrong.NO_SUCH_CHOICE, "within", within[:LONGEST])
    return Moment(at.astimezone(lookup.zone), timedelta(minutes=int(within)))


def _moment_out(moment: Moment, zone: ZoneInfo) -> dict[str, list[str]]:
    minutes = moment.within.total_seconds() / 60
    within = next((each for each in WITHIN if each >= minutes), WITHIN[-1])
    at = moment.at.astimezone(zone).replace(tzinfo=None)
    return {"at": [at.isoformat(timespec="minutes")], "within": [str(within)]}


# --- Places ---------------------------------------------------------------------------------------


def _location(given: Given, lookup: Lookup) -> Location:
    text = _text(given, "place", LONGEST)
    if not text:
        raise BadValue(Wrong.PLACE_MISSING, "place")
    chosen = _first(given, "choice")
    # Another place was typed beside a choice that was of the one before.
    if chosen and _first(given, "choice_of") not in ("", text):
        chosen = ""
    if chosen == AS_TYPED:
        return Location(text)
    said = _place_said(text, lookup)
    if said is not None and said[1] and len(said[0].candidates) <= 1 and not chosen:
        return said[0]
    options = _options(text, None if said is None else said[0], lookup.names)
    for option in options:
        if _label(option) == chosen:
            return option
    wrong = Wrong.PLACE_UNKNOWN if said is None else Wrong.PLACE_SEVERAL
    raise BadValue(wrong, "place", text, [_label(each) for each in options])


def _place_said(text: str, lookup: Lookup) -> tuple[Location, bool] | None:
    """What the names of places make of it, as if a caller had said it, and whether they are sure.
    People type names in small letters, and a name alone."""
    words = " ".join(word[:1].upper() + word[1:] for word in text.replace("/", " & ").split())
    passage = passage_of(WHERE, lookup.lexicon, tokens_of(f"at {words}"))
    found = location_said([passage], lookup.names)
    if found is None:
        return None
    return replace(found.value, words=text), found.confidence >= CERTAIN


def _options(text: str, said: Location | None, names: Names) -> list[Location]:
    """The places that may be meant: those that the words may mean, else those that are called
    something like it."""
    if said is not None and said.candidates:
        return [_only(said, each) for each in said.candidates[:MOST_OPTIONS]]
    if said is not None:
        return [said]
    called: dict[str, Location] = {}
    known = names.gazetteer
    for place in known.landmarks:
        candidate = Candidate(place.name, place.city, place.point, place.near)
        location = Location(text, landmark=place.name, city=place.city, candidates=(candidate,))
        called[_label(location)] = location
    for area in known.areas:
        location = Location(text, area=area.name, city=area.city, middle=area.point)
        called[_label(location)] = location
    alike = process.extract(
        text, called.keys(), scorer=fuzz.WRatio, score_cutoff=LIKENESS, limit=MOST_OPTIONS
    )
    return [called[label] for label, _, _ in alike]


def _only(location: Location, candidate: Candidate) -> Location:
    """One of several candidates."""
    crossing = len(location.streets) == 2
    return replace(
        location,
        candidates=(candidate,),
        city=candidate.city,
        landmark=candidate.name if location.landmark else None,
        streets=tuple(candidate.name.split(" & ")) if crossing else location.streets,
    )


def _label(location: Location) -> str:
    """'E Lake St & Bloomington Ave, Minneapolis'."""
    one = location.candidates[0] if len(location.candidates) == 1 else None
    name = one.name if one else location.landmark or location.area or location.words
    number = f"{location.number} " if location.number is not None else ""
    city = f", {location.city}" if location.city and location.city != name else ""
    return f"{number}{name}{city}"


def _location_out(location: Location, _: ZoneInfo) -> dict[str, list[str]]:
    settled = len(location.candidates) == 1 or (location.area and not location.candidates)
    return {"place": [_label(location) if settled else location.words]}


# --- Words ----------------------------------------------------------------------------------------


def _heading(given: Given, _: Lookup) -> Heading:
    compass, towards = _first(given, "compass"), _text(given, "towards", LONGEST)
    if compass and compass not in COMPASS:
        raise BadValue(Wrong.NO_SUCH_CHOICE, "compass", compass[:LONGEST])
    if not compass and not towards:
        raise BadValue(Wrong.TEXT_MISSING, "compass")
    return Heading(compass or None, towards or None)


def _heading_out(heading: Heading, _: ZoneInfo) -> dict[str, list[str]]:
    return {"compass": [heading.compass or ""], "towards": [heading.towards or ""]}


def _call_when(given: Given, _: Lookup) -> str:
    text = _text(given, "text", LONGEST)
    if not text:
        raise BadValue(Wrong.TEXT_MISSING, "text")
    return text


def _call_when_out(text: str, _: ZoneInfo) -> dict[str, list[str]]:
    return {"text": [text]}


# --- Vehicles -------------------------------------------------------------------------------------


def _vehicles(given: Given, _: Lookup) -> tuple[Vehicle, ...]:
    found = tuple(filter(None, (_vehicle(given, at) for at in range(MOST_VEHICLES))))
    if not found:
        raise BadValue(Wrong.NO_VEHICLE, "0-type")
    return found


def _vehicle(given: Given, at: int) -> Vehicle | None:
    """None: nothing is typed in this row."""
    kind, colour, make, model = (
        _text(given, f"{at}-{name}", LONGEST) or None
        for name in ("type", "colour", "make", "model")
    )
    if kind is not None and kind not in VEHICLE_TYPES:
        raise BadValue(Wrong.NO_SUCH_CHOICE, f"{at}-type", kind)
    count = _number(given, f"{at}-count")
    vehicle = Vehicle(
        type=kind,
        count=None if count is None else Count(count, count),
        make=make,
        model=model,
        colour=None if colour is None else colour.lower(),
        is_tinted=_is_on(given, f"{at}-tinted"),
        is_unmarked=_is_on(given, f"{at}-unmarked"),
        markings=tuple(_text(given, f"{at}-markings", LONGEST).split()),
        plate=_plate(given, at),
    )
    return None if vehicle == Vehicle() else vehicle


def _plate(given: Given, at: int) -> Plate | None:
    text, state = _first(given, f"{at}-plate"), _first(given, f"{at}-state").upper()
    if not text and not state:
        return None
    characters = re.sub(r"[\s.·-]", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{2,8}", characters):
        raise BadValue(Wrong.NO_PLATE, f"{at}-plate", text[:LONGEST])
    if state and not re.fullmatch(r"[A-Z]{2}", state):
        raise BadValue(Wrong.NO_STATE, f"{at}-state", state[:LONGEST])
    return Plate(characters, state or None, _is_on(given, f"{at}-partial"))


def _vehicles_out(vehicles: Sequence[Vehicle], _: ZoneInfo) -> dict[str, list[str]]:
    return {
        f"{at}-{name}": texts
        for at, vehicle in enumerate(vehicles[:MOST_VEHICLES])
        for name, texts in _vehicle_out(vehicle)
    }


def _vehicle_out(vehicle: Vehicle) -> Iterator[tuple[str, list[str]]]:
    count, plate = vehicle.count, vehicle.plate
    yield "count", [] if count is None or count.low is None else [str(count.low)]
    for name, text in (
        ("type", vehicle.type),
        ("colour", vehicle.colour),
        ("make", vehicle.make),
        ("model", vehicle.model),
        ("markings", " ".join(vehicle.markings)),
        ("plate", plate and plate.characters),
        ("state", plate and plate.state),
    ):
        yield name, [text] if text else []
    yield "tinted", _on(vehicle.is_tinted)
    yield "unmarked", _on(vehicle.is_unmarked)
    yield "partial", _on(plate is not None and plate.is_partial)


# --- Inputs ---------------------------------------------------------------------------------------


def _first(given: Given, name: str) -> str:
    return next(iter(given.get(name, ())), "").strip()


def _is_on(given: Given, name: str) -> bool:
    return bool(_first(given, name))


def _on(is_on: bool) -> list[str]:
    return ["on"] if is_on else []


def _text(given: Given, name: str, longest: int) -> str:
    """On one line."""
    text = " ".join(_first(given, name).split())
    if len(text) > longest:
        raise BadValue(Wrong.TOO_LONG, name)
    if _NUMBER.search(text):
        raise BadValue(Wrong.TELEPHONE_NUMBER, name)
    return text


_READ: Final[Mapping[str, Callable[[Given, Lookup], Any]]] = MappingProxyType(
    {
        "officers": _count,
        "detained": _count,
        "location": _location,
        "heading": _heading,
        "seen_at": _moment,
        "vehicles": _vehicles,
        "call_when": _call_when,
    }
)
_WRITE: Final[Mapping[str, Callable[[Any, ZoneInfo], dict[str, list[str]]]]] = MappingProxyType(
    {
        "officers": _count_out,
        "detained": _count_out,
        "location": _location_out,
        "heading": _heading_out,
        "seen_at": _moment_out,
        "vehicles": _vehicles_out,
        "call_when": _call_when_out,
    }
)
