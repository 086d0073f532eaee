"""When it was seen."""

from __future__ import annotations

from datetime import datetime

from reports.fields.presence import happening_now
from reports.model import Call, ClockSource, Field


def seen_at(call: Call) -> Field[datetime]:
    """The time of the call when it is happening now; not known, rather than guessed, otherwise."""
    now = happening_now(call)
    if now.value is not True:
        return Field()
    return Field(value=call.started_at, source=ClockSource(), confidence=now.confidence)
