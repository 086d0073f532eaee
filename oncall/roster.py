"""Who is on call at an instant. Pure.

As yet everybody whose number is configured, around the clock but for the quiet hours in which
nobody is rung; texts go out at any hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from reports.people import QuietHours


def to_ring(
    numbers: Sequence[str], quiet: QuietHours | None, at: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    """The numbers of those who may be rung at an instant."""
    if quiet is not None and quiet.hold(at, zone):
        return ()
    return tuple(numbers)
