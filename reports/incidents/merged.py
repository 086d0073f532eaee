"""What the reports of an incident say together: each value with who says it, and where they do not
agree. Nothing is settled here: a person reads both and hears the recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from reports.fields.counts import Count
from reports.fields.understood import Understanding
from reports.incidents.likeness import place_points
from reports.incidents.sighting import SAW, Sighting
from reports.incidents.spelling import Alike, alike


@dataclass(frozen=True)
class Telling:
    """What one report of an incident says."""

    sighting: Sighting
    understanding: Understanding

    @property
    def reference(self) -> str:
        return self.sighting.reference


@dataclass(frozen=True)
class Stated:
    """A value and the references of the reports that give it, in the order of the calls."""

    value: Any
    references: tuple[str, ...]


@dataclass(frozen=True)
class Together:
    """One field of all reports."""

    name: str
    stated: tuple[Stated, ...]
    agree: bool
    """No two of the values speak against each other."""


def together(tellings: Iterable[Telling]) -> tuple[Together, ...]:
    """Of those who saw it: what others were told counts for nothing. Fields of which nobody says
    anything are left out."""
    saw = sorted(
        (each for each in tellings if each.sighting.part in SAW),
        key=lambda each: (each.sighting.called_at, each.reference),
    )
    found = (
        _field("location", saw, _one_of("location"), _places_agree),
        _field("seen_at", saw, _one_of("seen_at"), None),
        _field("still_there", saw, _one_of("still_there"), _presence_agrees),
        _field("officers", saw, _one_of("officers"), _counts_agree),
        _field("detained", saw, _found_in("detained"), _counts_agree),
        _field("activities", saw, _found_in("activities"), None),
        _field("agencies", saw, _found_in("agencies"), None),
        _field("vehicles", saw, _found_in("vehicles"), _plates_agree),
        _field("equipment", saw, _found_in("equipment"), None),
        _field("heading", saw, _found_in("heading"), _headings_agree),
    )
    return tuple(each for each in found if each.stated)


Values = Callable[[Understanding], Iterator[Any]]
Agree = Callable[[Sequence[Telling], Sequence[Stated]], bool]


def _field(name: str, tellings: Sequence[Telling], values: Values, agree: Agree | None) -> Together:
    said: list[tuple[Any, list[str]]] = []
    for telling in tellings:
        for value in values(telling.understanding):
            same = next((references for known, references in said if known == value), None)
            if same is None:
                said.append((value, [telling.reference]))
            elif telling.reference not in same:
                same.append(telling.reference)
    stated = tuple(Stated(value, tuple(references)) for value, references in said)
    return Together(name, stated, agree is None or agree(tellings, stated))


def _one_of(name: str) -> Values:
    def values(understanding: Understanding) -> Iterator[Any]:
        value = getattr(understanding, name).value
        if value is not None:
            yield value

    return values


def _found_in(name: str) -> Values:
    def values(understanding: Understanding) -> Iterator[Any]:
        found = getattr(understanding, name)
        for finding in found if isinstance(found, tuple) else (found,):
            if finding is not None:
                yield finding.value

    return values


def _places_agree(tellings: Sequence[Telling], _: Sequence[Stated]) -> bool:
    points = (
        place_points(one.sighting, other.sighting) for one, other in combinations(tellings, 2)
    )
    return all(each is None or each > 0 for each in points)


def _presence_agrees(tellings: Sequence[Telling], _: Sequence[Stated]) -> bool:
    """Who calls after another may well say that they are gone; not that they are there again."""
    said = [
        each.understanding.still_there.value
        for each in tellings
        if each.understanding.still_there.value is not None
    ]
    return said == sorted(said, reverse=True)


def _counts_agree(_: Sequence[Telling], stated: Sequence[Stated]) -> bool:
    counts: list[Count] = [each.value for each in stated if each.value.low is not None]
    return all(
        (one.low or 0) <= (other.high or other.low or 0)
        and (other.low or 0) <= (one.high or one.low or 0)
        for one, other in combinations(counts, 2)
    )


def _plates_agree(_: Sequence[Telling], stated: Sequence[Stated]) -> bool:
    """Two plates that are nearly the same are most likely one, misheard."""
    plates = [each.value.plate for each in stated if each.value.plate is not None]
    return all(alike(*pair) is not Alike.ONE_OFF for pair in combinations(plates, 2))


def _headings_agree(_: Sequence[Telling], stated: Sequence[Stated]) -> bool:
    return len({each.value.compass for each in stated} - {None}) < 2


# --- At a glance ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Glance:
    """What a list shows of an incident."""

    place: Any
    """The location that most reports give, of those that can be but one; None: none does."""
    first_seen: datetime
    last_heard: datetime
    """When the last call came."""
    still_there: bool | None
    """As the last who says it does."""
    said_at: datetime | None


def glance(tellings: Sequence[Telling]) -> Glance:
    """Of one at the least."""
    saw = [each for each in tellings if each.sighting.part in SAW] or list(tellings)
    places = _field("location", saw, _one_of("location"), None).stated
    best = max(
        places,
        key=lambda each: (
            len(each.value.candidates) == 1,
            len(each.references),
        ),
        default=None,
    )
    says = [each for each in saw if each.understanding.still_there.value is not None]
    last = max(says, key=lambda each: each.sighting.called_at, default=None)
    return Glance(
        place=None if best is None else best.value,
        first_seen=min(each.sighting.seen_at for each in saw),
        last_heard=max(each.sighting.called_at for each in tellings),
        still_there=None if last is None else last.understanding.still_there.value,
        said_at=None if last is None else last.sighting.called_at,
    )
