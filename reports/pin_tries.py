"""How often a wrong PIN was given for somebody by telephone, and how long none is taken. Pure.

A PIN has six digits, and a number is easily forged: so after a few wrong ones the door is shut for
a while, and longer each time. Whoever has it right, the door being open, begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FREE: Final = 5
"""So many wrong ones shut the door."""
FIRST_PAUSE: Final = timedelta(hours=1)
LONGEST_PAUSE: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=7)
"""Without another wrong one."""


@dataclass(frozen=True, slots=True)
class PinTries:
    """Of one person; there is a row only of who has wrong ones."""

    person_id: str
    wrong: int
    last_at: datetime
    shut_until: datetime | None = None

    def is_shut(self, at: datetime) -> bool:
        return self.shut_until is not None and at < self.shut_until


def after_wrong(person_id: str, before: PinTries | None, at: datetime) -> PinTries:
    """With one more wrong one.

    >>> from datetime import UTC
    >>> at, tries = datetime(2026, 1, 15, tzinfo=UTC), None
    >>> for _ in range(5):
    ...     tries = after_wrong("ana", tries, at)
    >>> tries.is_shut(at + timedelta(minutes=59)), tries.is_shut(at + timedelta(hours=1))
    (True, False)
    """
    known = before is not None and at - before.last_at <= FORGOTTEN_AFTER
    wrong = (before.wrong if before is not None and known else 0) + 1
    shut_until = None
    if wrong % FREE == 0:
        times = wrong // FREE - 1
        shut_until = at + min(FIRST_PAUSE * 2 ** min(times, 10), LONGEST_PAUSE)
    return PinTries(person_id, wrong, at, shut_until)
