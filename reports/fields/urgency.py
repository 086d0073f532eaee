"""Which recordings are written out before others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from reports.model import Rank
from reports.ports import Urgency
from reports.questions import WHERE

PATIENCE: Final[Mapping[Rank, timedelta]] = MappingProxyType(
    {
        Rank.PLACE_NOW: timedelta(),
        # Longer than any place is: of what came at once, every place goes before every detail.
        Rank.DETAILS_NOW: timedelta(minutes=1),
        Rank.EARLIER: timedelta(minutes=5),
        # A day of pranks stands before nobody who calls today.
        Rank.LIMITED: timedelta(days=1),
    }
)
"""How long a recording of each rank may wait. It then goes before all that came later: nothing is
starved, whatever goes on coming in."""


def rank_of(question: str, now: bool, *, alerts: bool = True) -> Rank:
    """`now`: nobody said that it is over; `alerts`: people are told of it by itself."""
    if not alerts:
        return Rank.LIMITED
    if not now:
        return Rank.EARLIER
    return Rank.PLACE_NOW if question == WHERE else Rank.DETAILS_NOW


def turn_of(rank: Rank, at: datetime, seconds: float) -> datetime:
    """When a recording that waits since `at` is due: short ones before long ones."""
    return at + PATIENCE[rank] + timedelta(seconds=seconds)


def urgency_of(rank: Rank) -> Urgency:
    """Whether a worker is kept free for it."""
    return Urgency.URGENT if rank in (Rank.PLACE_NOW, Rank.DETAILS_NOW) else Urgency.REST
