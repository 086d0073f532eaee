"""An instant that is not known to the minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """When it was: `at`, give or take `within`."""

    at: datetime
    within: timedelta
