"""What a named person settled of a report's fields: it goes before keys and before words, and no
machine takes it back.

Values are kept plain, as JSON has them, one form a field; these forms are only added to, for what
was settled once is read for as long as there is the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from places.gazetteer import Point
from reports.fields.activity import Activity
from reports.fields.appearance import Agency, Appearance, Claim, Look
from reports.fields.contact import Evidence, Need
from reports.fields.counts import Count
from reports.fields.equipment import Equipment
from reports.fields.first_hand import FirstHand
from reports.fields.heading import Heading
from reports.fields.kind import Kind
from reports.fields.location import Candidate, Location
from reports.fields.moment import Moment
from reports.fields.plates import Plate
from reports.fields.vehicles import Vehicle
from reports.model import Settlement

V_co = TypeVar("V_co", covariant=True)
PERSON_CONFIDENCE: Final = 1.0
"""Somebody listened."""


@dataclass(frozen=True, slots=True)
class Settled(Generic[V_co]):
    """A value that a named person says it is. Of a field it may be None, of one with several values
    none: they say that there is nothing, whatever a machine makes of the words."""

    value: V_co
    who: str
    """A username."""
    at: datetime
    why: str = ""
    settlement_id: int | None = None
    confidence: float = PERSON_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Form:
    """How the values of a field are kept."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def in_force(settlements: Iterable[Settlement]) -> Mapping[str, Settled[Any]]:
    """By field, what the last of its settlements says, if that is not a withdrawal."""
    found: dict[str, Settled[Any]] = {}
    for last in last_of_each(settlements).values():
        if last.withdrawn or last.field not in FORMS:
            continue
        try:
            value = read(last.field, last.value)
        except (ValueError, TypeError, KeyError):
            # Written by something newer: keys and words count, and the page shows that it is there.
            continue
        found[last.field] = Settled(value, last.who, last.at, last.why, last.settlement_id)
    return MappingProxyType(found)


def last_of_each(settlements: Iterable[Settlement]) -> Mapping[str, Settlement]:
    """The last settlement of each field that has any."""
    return {each.field: each for each in settlements}


def write(field: str, value: Any) -> Any:
    """A value of a field as it is kept, ready for JSON; None: there is nothing."""
    if field in SEVERAL:
        return [FORMS[field].write(each) for each in value]
    return None if value is None else FORMS[field].write(value)


def read(field: str, kept: Any) -> Any:
    """What was kept, as a value of the field.

    Raises:
        ValueError, TypeError, KeyError: it is not of the form that the field has.
    """
    if field in SEVERAL:
        return tuple(FORMS[field].read(each) for each in kept)
    return None if kept is None else FORMS[field].read(kept)


# --- The forms ------------------------------------------------------------------------------------


def _choice(choices: type[StrEnum]) -> Form:
    return Form(str, choices)


def _as_it_is(kind: type[bool] | type[str]) -> Form:
    def read_it(kept: Any) -> Any:
        if not isinstance(kept, kind):
            raise TypeError(f"wanted: {kind.__name__}")
        return kept

    return Form(read_it, read_it)


def _location_in(kept: Mapping[str, Any]) -> Location:
    return Location(
        **{
            **kept,
            "streets": tuple(kept["streets"]),
            "candidates": tuple(
                Candidate(**{**each, "point": _point_in(each["point"])})
                for each in kept["candidates"]
            ),
            "middle": _point_in(kept["middle"]),
        }
    )


def _point_in(kept: Mapping[str, float] | None) -> Point | None:
    return None if kept is None else Point(**kept)


def _moment_out(moment: Moment) -> dict[str, Any]:
    return {"at": moment.at.isoformat(), "within_seconds": moment.within.total_seconds()}


def _moment_in(kept: Mapping[str, Any]) -> Moment:
    at = datetime.fromisoformat(kept["at"])
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return Moment(at, timedelta(seconds=kept["within_seconds"]))


def _appearance_in(kept: Mapping[str, Any]) -> Appearance:
    return Appearance(**{**kept, "look": Look(kept["look"]), "words": tuple(kept["words"])})


def _vehicle_in(kept: Mapping[str, Any]) -> Vehicle:
    count, plate = kept["count"], kept["plate"]
    return Vehicle(
        **{
            **kept,
            "count": None if count is None else Count(**count),
            "markings": tuple(kept["markings"]),
            "plate": None if plate is None else Plate(**plate),
        }
    )


_COUNT: Final = Form(asdict, lambda kept: Count(**kept))

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "kind": _choice(Kind),
        "first_hand": _choice(FirstHand),
        "officers": _COUNT,
        "detained": _COUNT,
        "activities": _choice(Activity),
        "location": Form(asdict, _location_in),
        "heading": Form(asdict, lambda kept: Heading(**kept)),
        "agencies": Form(asdict, lambda kept: Claim(**{**kept, "agency": Agency(kept["agency"])})),
        "appearance": Form(asdict, _appearance_in),
        "seen_at": Form(_moment_out, _moment_in),
        "still_there": _as_it_is(bool),
        "equipment": _choice(Equipment),
        "vehicles": Form(asdict, _vehicle_in),
        "callback": _as_it_is(bool),
        "call_when": _as_it_is(str),
        "evidence": _choice(Evidence),
        "needs": _choice(Need),
    }
)
"""The fields that a person may settle, in the order in which responders ask."""
SEVERAL: Final = frozenset(
    ["activities", "agencies", "appearance", "equipment", "vehicles", "evidence", "needs"]
)
"""Those with several values."""
