"""How soon a person has to look at it."""

from __future__ import annotations

from enum import StrEnum


class Priority(StrEnum):
    P1 = "P1"
    """Now, first-hand, and somebody is detained or force is used."""
    P2 = "P2"
    """Now."""
    P3 = "P3"
    """Over, or the family of somebody who was taken: a queue and a clock of their own."""
    P4 = "P4"
    """Rumour, and the rest."""
