"""What those seen are doing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.marked import findings
from reports.fields.said import Passage


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


ACTIVITY: Final = "activity"
"""The lexicon's kind, with the values above."""


def activities_said(passages: Sequence[Passage]) -> tuple[Finding[Activity], ...]:
    """All that was said and not denied, each where it was said first; none: it is not known."""
    return findings(passages, ACTIVITY, Activity)
