"""The vehicles that were seen, each with what was said of it."""

from __future__ import annotations

from dataclasses import dataclass

from reports.fields.counts import Count


@dataclass(frozen=True, slots=True)
class Plate:
    """Internal: for matching, never in alerts or in what the public gets."""

    characters: str
    """Capital letters and digits as they were spelt, without gaps."""
    state: str | None = None
    """Two letters, as the post has them: 'MN'."""
    is_partial: bool = False


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
