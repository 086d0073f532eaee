"""Where it is, as a value: what of the caller's words names a place, and which places that may be.

Words are kept as they are. A place is settled only where one alone is meant: two streets that cross
once, a landmark with one name. Else all that it may be are candidates, and a person chooses.
"""

from __future__ import annotations

from dataclasses import dataclass

from places.gazetteer import Point


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant."""

    name: str
    city: str
    point: Point | None
    near: str = ""
    """Of a landmark: its nearest crossing."""
    kind: str = ""
    """Of a landmark."""


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
