"""Whether and how the caller may be called back, what they have seen it with, what they need."""

from __future__ import annotations

from enum import StrEnum


class Evidence(StrEnum):
    """That the caller says there is."""

    PHOTO = "photo"
    VIDEO = "video"
    WITNESSES = "witnesses"
    """Others who saw it."""


class Need(StrEnum):
    LAWYER = "lawyer"
    FAMILY = "family"
    """Somebody was taken: where are they, what can their family do."""
    INTERPRETER = "interpreter"
    RIDE = "ride"
    FOOD = "food"
    MEDICAL = "medical"
