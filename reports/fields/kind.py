"""What sort of call it is: a suggestion for sorting, and no more. A person dismisses; nothing is
hidden."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    REPORT = "report"
    """Somebody saw enforcement, or was there."""
    RUMOUR = "rumour"
    """Hearsay: they were told, or read it."""
    HELP = "help"
    """Seeking help: a family member was taken; a lawyer, a ride, food."""
    QUESTION = "question"
    NOT_FOR_US = "not_for_us"
    """A wrong number, a job, something for sale."""
    PRANK = "prank"
    """Suspected, of no serious intent."""
    SILENT = "silent"
    """Nothing was said."""
