"""Who they say they are, and how they look: as the caller claims it, and never as a fact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Agency(StrEnum):
    """That the caller named. Store 'caller said ICE', not 'ICE'."""

    ICE = "ice"
    BORDER_PATROL = "border_patrol"
    POLICE = "police"
    SHERIFF = "sheriff"
    FEDERAL = "federal"
    """Other than those above, or not said which."""
    UNSURE = "unsure"
    """The caller does not know who they are."""


class Look(StrEnum):
    MASKED = "masked"
    UNIFORM = "uniform"
    PLAIN_CLOTHES = "plain_clothes"
    VEST = "vest"
    TACTICAL = "tactical"
    """Helmets, armour."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An agency that was named."""

    agency: Agency
    is_unsure: bool = False
    """'ERO, I think.'"""


@dataclass(frozen=True, slots=True)
class Appearance:
    """One thing about how they look."""

    look: Look
    colour: str | None = None
    words: tuple[str, ...] = ()
    """That stand on a vest: 'POLICE', 'ERO'."""
    is_unsure: bool = False
