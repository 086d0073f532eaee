"""Which recordings are written out before others."""

from __future__ import annotations

from reports.ports import Urgency
from reports.questions import WHERE


def urgency_of(question: str, now: bool, *, alerts: bool = True) -> Urgency:
    """Places first, and whatever may be happening now (`now`: nobody said that it is over); what
    nobody is told of by itself, such as a blocked caller's, after all that."""
    return Urgency.URGENT if alerts and (now or question == WHERE) else Urgency.REST
