"""Which way they went."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    compass: str | None = None
    """'N', 'S', 'E', 'W', 'NE', …"""
    towards: str | None = None
    """A place, as the gazetteer has it, or in the caller's words."""
