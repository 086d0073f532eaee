"""What those seen are doing."""

from __future__ import annotations

from enum import StrEnum


class Activity(StrEnum):
    DRIVING = "driving"
    PARKED = "parked"
    KNOCKING = "knocking"
    """On doors."""
    STOPPING = "stopping"
    """People, or cars."""
    DETAINING = "detaining"
    FORCE = "force"
    CHECKPOINT = "checkpoint"
    ENTERING = "entering"
    """A building."""
    LEAVING = "leaving"
