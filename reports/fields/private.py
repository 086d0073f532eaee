"""What must not leave: who is named, who is a child, anybody's status. It is marked where it stands
in the words and never taken out as a value."""

from __future__ import annotations

from enum import StrEnum


class Private(StrEnum):
    NAME = "name"
    """Of a person."""
    MINOR = "minor"
    STATUS = "status"
    """Of immigration."""
    NUMBER = "number"
    """Of a telephone."""
    PLATE = "plate"
    ADDRESS = "address"
    """Where a person lives."""
