"""Which recordings are written out before others."""

from __future__ import annotations

from reports.ports import Urgency
from reports.questions import WHERE


def urgency_of(question: str, now: bool) -> Urgency:
    """Places first, and whatever may be happening now (`now`: nobody said that it is over)."""
    return Urgency.URGENT if now or question == WHERE else Urgency.REST
