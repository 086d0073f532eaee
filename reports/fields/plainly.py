"""What was told from plain values, and what is understood as plain values, ready for JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar

from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.lexicon import Lexicon
from reports.fields.location import Location
from reports.fields.moment import Moment
from reports.fields.priority import ranked
from reports.fields.said import passage_of, tokens_of
from reports.fields.settled import SEVERAL, Settled
from reports.fields.understood import Pressed, Told, Understanding, Understood
from reports.fields.vehicles import Vehicle
from reports.questions import CALLBACK, OFFICERS, STILL_THERE, WHAT, WHEN

V = TypeVar("V")
KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "officers": OFFICERS,
        "present": STILL_THERE,
        "still_there": STILL_THERE,
        "when": WHEN,
        "callback": CALLBACK,
    }
)
"""Short names of the questions that are answered by keys."""


def told_from(given: object, lexicons: Mapping[str, Lexicon], now: datetime) -> Told:
    """`given` is an object with `words`, and may have `lang`, `at` (ISO 8601 with its offset) and
    `keys` (an object, or 'officers=4,present=1').

    Raises:
        ValueError: with what is wrong, for people.
    """
    if not isinstance(given, dict) or not isinstance(given.get("words"), str):
        raise ValueError("wanted: an object with words, and lang, at and keys where they are known")
    language = str(given.get("lang") or "en").partition("-")[0].lower()
    lexicon = lexicons.get(language) or Lexicon(language)
    passage = passage_of(WHAT, lexicon, tokens_of(given["words"]))
    return Told(_at(given.get("at"), now), (passage,), _keys(given.get("keys") or {}))


def _at(given: object, now: datetime) -> datetime:
    if given is None:
        return now
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f"at: {given} is no time with its offset, such as 2026-01-15T08:10-06:00")
    return at


def _keys(given: object) -> dict[str, str]:
    if isinstance(given, str):
        parts = [part for part in given.split(",") if part.strip()]
        if any("=" not in part for part in parts):
            raise ValueError(f"keys: {given} is not of the form officers=4,present=1")
        pairs = [part.split("=", 1) for part in parts]
        given = {name.strip(): digits.strip() for name, digits in pairs}
    if not isinstance(given, dict):
        raise ValueError("keys: wanted an object, or officers=4,present=1")
    if unknown := sorted(given.keys() - KEYS.keys()):
        raise ValueError(f"keys: there is no {', '.join(unknown)}; there are {', '.join(KEYS)}")
    return {KEYS[name]: str(digits) for name, digits in given.items()}


def plainly(understanding: Understanding, called: Callable[[str], str] = str) -> dict[str, Any]:
    """Each field with its value, its sources and what was taken back; then what people settled,
    with what counts no more for it, and what is in conflict. A field of several values is a list.
    `called`: what whoever settled something is called, by username."""
    writers: Mapping[str, Callable[[Any], Any]] = {
        "kind": _as_it_is,
        "first_hand": _as_it_is,
        "location": _location,
        "heading": asdict,
        "officers": _count,
        "detained": _count,
        "activities": _as_it_is,
        "agencies": asdict,
        "appearance": asdict,
        "seen_at": _moment,
        "still_there": _as_it_is,
        "equipment": _as_it_is,
        "vehicles": _vehicle,
        "callback": _as_it_is,
        "number": _as_it_is,
        "call_when": _as_it_is,
        "evidence": _as_it_is,
        "needs": _as_it_is,
        "private": _as_it_is,
    }
    return {
        **{
            name: [_source(each, write, called) for each in getattr(understanding, name)]
            if name in LISTS
            else _field(understanding.of(name), write, called)
            for name, write in writers.items()
        },
        "settled": {
            name: {
                "reviewer": called(settled.who),
                "at": settled.at.isoformat(timespec="seconds"),
                "instead_of": [
                    _source(each, writers[name], called) for each in _instead(understanding, name)
                ],
            }
            for name, settled in understanding.settled.items()
        },
        "conflicts": list(understanding.conflicts),
    }


LISTS: Final = SEVERAL | {"private"}


def _instead(understanding: Understanding, name: str) -> Sequence[Pressed[Any] | Finding[Any]]:
    """What counts no more, because a person settled the field."""
    if name in SEVERAL:
        return understanding.heard_of(name)
    known = understanding.of(name)
    return [each for each in (known.pressed, known.said) if each is not None]


def ranked_plainly(told: Told, understanding: Understanding) -> dict[str, Any]:
    """As `plainly`, after the priority and its grounds."""
    rank = ranked(told, understanding)
    return {
        "priority": rank.priority,
        "grounds": list(rank.grounds),
        **plainly(understanding),
    }


def value_plainly(value: object) -> object:
    """A value of any field, alone."""
    if isinstance(value, Count):
        return _count(value)
    if isinstance(value, Location):
        return _location(value)
    if isinstance(value, Moment):
        return _moment(value)
    if isinstance(value, Vehicle):
        return _vehicle(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _vehicle(vehicle: Vehicle) -> dict[str, Any]:
    count = None if vehicle.count is None else _count(vehicle.count)
    return {**asdict(vehicle), "count": count}


def _field(
    understood: Understood[V], write: Callable[[V], Any], called: Callable[[str], str]
) -> dict[str, Any]:
    """The first of its sources is the one that counts."""
    value = understood.value
    sources = (understood.settled, understood.pressed, understood.said)
    return {
        "value": None if value is None else write(value),
        "sources": [_source(each, write, called) for each in sources if each is not None],
    }


def _source(
    source: Settled[V | None] | Pressed[V] | Finding[V],
    write: Callable[[V], Any],
    called: Callable[[str], str],
) -> dict[str, Any]:
    match source:
        case Settled():
            return _settled(source, write, called)
        case Pressed():
            return _pressed(source, write)
        case _:
            return _said(source, write)


def _settled(
    settled: Settled[V | None], write: Callable[[V], Any], called: Callable[[str], str]
) -> dict[str, Any]:
    """Why they say so stays with the line: it may name people."""
    return {
        "source": "reviewer",
        "reviewer": called(settled.who),
        "at": settled.at.isoformat(timespec="seconds"),
        "value": None if settled.value is None else write(settled.value),
        "confidence": settled.confidence,
    }


def _pressed(pressed: Pressed[V], write: Callable[[V], Any]) -> dict[str, Any]:
    return {
        "source": "key",
        "key": pressed.digits,
        "question": pressed.question,
        "value": write(pressed.value),
        "confidence": pressed.confidence,
    }


def _said(said: Finding[V], write: Callable[[V], Any]) -> dict[str, Any]:
    tokens = () if said.is_guess else said.passage.tokens[said.first : said.last]
    timed = bool(tokens) and tokens[0].start is not None
    seconds = {"start": tokens[0].start, "end": tokens[-1].end} if timed else {}
    return {
        "source": "words",
        "words": "" if said.is_guess else said.words,
        "guessed": said.is_guess,
        "question": said.passage.question,
        **seconds,
        "value": write(said.value),
        "confidence": round(said.confidence, 2),
        "before": [write(value) for value in said.before],
    }


def _as_it_is(value: object) -> object:
    return value


def _count(count: Count) -> dict[str, Any]:
    return {**asdict(count), "is_many": count.is_many}


def _location(location: Location) -> dict[str, Any]:
    return {
        "words": location.words,
        "streets": list(location.streets),
        "number": location.number,
        "landmark": location.landmark,
        "area": location.area,
        "city": location.city,
        "candidates": [
            {
                "name": each.name,
                "city": each.city,
                "lat": None if each.point is None else each.point.lat,
                "lon": None if each.point is None else each.point.lon,
            }
            for each in location.candidates
        ],
    }


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "at": moment.at.isoformat(timespec="minutes"),
        "within_minutes": round(moment.within.total_seconds() / 60),
    }
