"""The written calls of `tests/cases`: what callers say, and what is to be understood of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from places.gazetteer import load_gazetteer
from reports.fields.counts import Count
from reports.fields.lexicon import Lexicon
from reports.fields.location import Location
from reports.fields.moment import Moment
from reports.fields.names import Names
from reports.fields.plainly import told_from
from reports.fields.priority import ranked
from reports.fields.understood import Told, Understanding, understand
from reports.fields.vehicles import Vehicle

CASES = Path(__file__).parents[1] / "cases"
AT = datetime.fromisoformat("2026-01-15T08:10:00-06:00")
NONE = "none"
UNSEEN = (
    "unseen",
    "more",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twentyfirst",
    "twentysecond",
    "twentythird",
    "twentyfourth",
    "twentyfifth",
    "twentysixth",
    "twentyseventh",
)
"""Folders of calls by somebody who did not know the rules."""
CLOSED = frozenset(
    ["nineteenth", "twentyfirst", "twentythird", "twentyfourth", "twentysixth", "twentyseventh"]
)
"""Sets that are counted alone: nobody looks at them, and nothing is learnt from them."""
OPENED = frozenset(UNSEEN) - {"eighth", "ninth", "tenth"} - CLOSED
"""Of which the third that was held out has been looked at or learnt from since: they measure
nothing any more."""
SENTENCES = "sentences"
PLACES = "places"
AFTER_RULES = frozenset([*UNSEEN[10:], SENTENCES])
"""Of which no rule knows anything: what rules are worth is learnt from these alone."""


@cache
def names() -> Names:
    """Of the places that the repository ships."""
    return Names(load_gazetteer(Path("places/twin_cities")))


@dataclass(frozen=True)
class Answer:
    """Of one field: what is wanted and what was understood, None for nothing."""

    field: str
    wanted: Any
    found: Any
    is_right: bool


@dataclass(frozen=True)
class Case:
    name: str
    language: str
    says: Mapping[str, Any]
    folder: str = ""
    """Of those by somebody who did not know the rules: `unseen`, `more`, …"""

    @property
    def is_held_out(self) -> bool:
        """A third, or all of a set, that nobody looks at while rules are written."""
        if self.folder in CLOSED:
            return True
        return self.folder not in OPENED and sha256(self.name.encode()).digest()[0] % 3 == 0

    @property
    def is_unseen(self) -> bool:
        """Whether somebody wrote it who did not know the rules."""
        return bool(self.folder)

    def told(self, lexicons: Mapping[str, Lexicon]) -> Told:
        given = {"words": self.says["words"], "lang": self.language, "keys": self.says.get("keys")}
        return told_from(given, lexicons, AT)

    def answers(self, lexicons: Mapping[str, Lexicon]) -> Iterator[Answer]:
        """Of each field that the case speaks of."""
        told = self.told(lexicons)
        yield from answers_of(self.says, told, understand(told, names()))


def answers_of(says: Mapping[str, Any], told: Told, found: Understanding) -> Iterator[Answer]:
    """Of each field that a case speaks of."""
    for name, field in FIELDS.items():
        if name in says:
            wanted = None if says[name] in (NONE, []) else says[name]
            value = field.value(told, found)
            value = None if value in ([], ()) else value
            yield Answer(name, wanted, value, field.is_right(wanted, value, says))


@dataclass(frozen=True)
class Field:
    """How a field is read, and compared with what is wanted where both are something."""

    value: Callable[[Told, Understanding], Any]
    agrees: Callable[[Any, Any, Mapping[str, Any]], bool] = lambda wanted, value, _: wanted == value

    def is_right(self, wanted: Any, value: Any, says: Mapping[str, Any]) -> bool:
        if wanted is None or value is None:
            return wanted is value
        return bool(self.agrees(wanted, value, says))


def _same_count(wanted: Any, value: Count, _: Mapping[str, Any]) -> bool:
    if wanted == "many":
        return value.is_many
    low, high = wanted if isinstance(wanted, list) else (wanted, wanted)
    return (value.low, value.high) == (low, high)


def _same_place(wanted: str, value: Location, says: Mapping[str, Any]) -> bool:
    house = says.get("house")
    if house is not None and str(value.number) != str(house):
        return False
    found = _names_of(value)
    if any(_is_same_name(wanted, name) for name in found):
        return True
    # 'At 66th and Nicollet, at the Hub' is one place, whichever of the two is written down.
    corner = _corners().get(wanted)
    return any(
        (corner is not None and _is_same_name(corner, name))
        or _is_same_name(wanted, _corners().get(name, name))
        for name in found
    )


def _is_same_name(wanted: str, name: str) -> bool:
    """Which street is named first is as it was spoken, and who wrote a case need not have looked up
    on which side of town a street is."""
    streets, others = sorted(wanted.split(" & ")), sorted(name.split(" & "))
    if streets == others:
        return True
    sides = _SIDES.sub("", wanted) != wanted
    return not sides and streets == sorted(_SIDES.sub("", each) for each in others)


_SIDES = re.compile(r"\b(?:[NS][EW]?|[EW]) | (?:[NS][EW]?|[EW])\b")


def _names_of(location: Location) -> set[str]:
    """What a case may call it: the one candidate, a landmark by any of its names, or all that is
    known where there are several."""
    if len(location.candidates) == 1:
        name = location.candidates[0].name
        return {name, *_called().get(name, ())}
    if location.streets:
        return {" & ".join(location.streets)}
    return {name for name in (location.landmark, location.area) if name}


@cache
def _corners() -> Mapping[str, str]:
    """At which corner a landmark lies, by its name."""
    return {each.name: each.near for each in names().gazetteer.landmarks if " & " in each.near}


@cache
def _called() -> Mapping[str, Sequence[str]]:
    """What landmarks are called, too, by their name."""
    return {each.name: each.names for each in names().gazetteer.landmarks}


def _same_time(wanted: str, value: Moment, says: Mapping[str, Any]) -> bool:
    instant = datetime.fromisoformat(wanted).replace(tzinfo=AT.tzinfo)
    return abs(value.at - instant) <= timedelta(minutes=says.get("within_minutes", 5))


def _same_set(wanted: Sequence[str], value: Sequence[str], _: Mapping[str, Any]) -> bool:
    return set(wanted) == set(value)


def _same_vehicles(
    wanted: Sequence[Mapping[str, Any]], value: Sequence[Vehicle], _: Mapping[str, Any]
) -> bool:
    """As many, and all that is wanted of each."""
    left = list(value)
    for each in wanted:
        fits = next((one for one in left if _is_vehicle(each, one)), None)
        if fits is None:
            return False
        left.remove(fits)
    return not left


def _is_vehicle(wanted: Mapping[str, Any], one: Vehicle) -> bool:
    plate = one.plate
    found = {
        "count": None if one.count is None else one.count.low,
        "type": one.type,
        "make": one.make,
        "model": one.model,
        "colour": one.colour,
        "tinted": one.is_tinted,
        "unmarked": one.is_unmarked,
        "plate": None if plate is None else plate.characters,
        "state": None if plate is None else plate.state,
    }
    return all(found[name] == value for name, value in wanted.items())


def _hidden(wanted: Sequence[str], value: Sequence[str], _: Mapping[str, Any]) -> bool:
    """All of them, whatever else is hidden."""
    words = " ".join(value).casefold()
    return all(word in words for phrase in wanted for word in phrase.casefold().split())


def _said(name: str, told: Told, found: Understanding) -> Any:
    one = getattr(found, name)
    return None if one is None else one.value


def _each(name: str, told: Told, found: Understanding) -> list[Any]:
    return [each.value for each in getattr(found, name)]


FIELDS: Mapping[str, Field] = {
    "kind": Field(partial(_said, "kind")),
    "priority": Field(lambda told, found: str(ranked(told, found).priority)),
    "first_hand": Field(partial(_said, "first_hand")),
    "location": Field(partial(_said, "location"), _same_place),
    "heading": Field(lambda _, found: found.heading.value.compass if found.heading else None),
    "officers": Field(partial(_said, "officers"), _same_count),
    "detained": Field(partial(_said, "detained"), _same_count),
    "activity": Field(partial(_each, "activities"), _same_set),
    "agency": Field(lambda _, found: [each.value.agency for each in found.agencies], _same_set),
    "look": Field(lambda _, found: [each.value.look for each in found.appearance], _same_set),
    "vest_words": Field(
        lambda _, found: [word for each in found.appearance for word in each.value.words], _same_set
    ),
    "seen_at": Field(partial(_said, "seen_at"), _same_time),
    "still_there": Field(partial(_said, "still_there")),
    "equipment": Field(partial(_each, "equipment"), _same_set),
    "vehicles": Field(partial(_each, "vehicles"), _same_vehicles),
    "callback": Field(partial(_said, "callback")),
    "number": Field(partial(_said, "number")),
    "evidence": Field(partial(_each, "evidence"), _same_set),
    "needs": Field(partial(_each, "needs"), _same_set),
    "private": Field(lambda _, found: [each.words for each in found.private], _hidden),
}
"""What a case may ask for, by the name that it has there."""


def cases() -> list[Case]:
    return [case for folder in ("", *UNSEEN) for case in _read(folder)]


def sentences() -> list[Case]:
    """Parts of calls by somebody who did not know the rules, that say who counts and who does not:
    they are learnt from, and measure nothing."""
    return list(_read(SENTENCES))


def places() -> list[Case]:
    """Parts of calls that say nothing but where it is: rules have been written on them."""
    return list(_read(PLACES))


def _read(folder: str) -> Iterator[Case]:
    for file in sorted((CASES / folder).glob("*.toml")):
        for name, says in tomllib.loads(file.read_text(encoding="utf-8")).items():
            yield Case(f"{file.stem}-{name}", file.stem, says, folder)


__all__ = [
    "AT",
    "CASES",
    "FIELDS",
    "Answer",
    "Case",
    "answers_of",
    "cases",
    "names",
    "places",
    "sentences",
]
