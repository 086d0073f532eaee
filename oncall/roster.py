"""Who is on call at an instant. Pure.

As yet everybody whose number is configured, around the clock but for the quiet hours in which
nobody is rung; texts go out at any hour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, over midnight if the first is the later."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """Reads '22:00-06:30'.

        Raises:
            ValueError: it is not written so.
        """
        times = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", text)
        if times is None:
            raise ValueError("write two times of day, such as 22:00-06:30")
        return cls(time.fromisoformat(times[1]), time.fromisoformat(times[2]))

    def hold(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the instant lies in them; the end does not."""
        now = at.astimezone(zone).time().replace(tzinfo=None)
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


def to_ring(
    numbers: Sequence[str], quiet: QuietHours | None, at: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    """The numbers of those who may be rung at an instant."""
    if quiet is not None and quiet.hold(at, zone):
        return ()
    return tuple(numbers)
