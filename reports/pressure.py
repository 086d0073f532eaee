"""How a call is let in, and whether the line is flooded. Pure.

A line that is called 16,400 times in a day by pranks must still hear the other 260. So who calls
again and again gets a short script, and their calls wake nobody; but everybody reaches a recorder,
whatever they are taken for, and no word of a transcript decides anything here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from reports.model import Admission, Flood, FloodMode

CALLER_WINDOW: Final = timedelta(hours=1)
FLOOD_WINDOW: Final = timedelta(minutes=5)
CALM: Final = 0.5
"""A flood is over when so much of what began it, or less, is left: it does not flicker."""
CHECK_DIGITS: Final = 3
"""As many as a frightened person can keep in mind."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many calls are usual. What they mean: `config.Settings`."""

    caller_an_hour: int = 10
    withheld_an_hour: int = 60
    flood_calls: int = 40
    check: bool = False

    @property
    def calm_calls(self) -> int:
        """Fewer in five minutes end a flood."""
        return max(1, int(self.flood_calls * CALM))


def admission(
    *,
    withheld: bool,
    calls: int,
    trusted: bool,
    blocked: bool,
    flooded: bool,
    limits: Limits,
) -> Admission:
    """How a call is let in; `calls` were begun from there in the hour before it.

    A person's block outweighs a good history, for a person made it knowing that; nothing else does.
    Withheld numbers are many people who share one limit.
    """
    if blocked:
        return Admission.BLOCKED
    if trusted:
        return Admission.NORMAL
    if calls >= (limits.withheld_an_hour if withheld else limits.caller_an_hour):
        return Admission.LIMITED
    return Admission.FLOOD if flooded else Admission.NORMAL


def flood_after(last: Flood | None, calls: int, at: datetime, limits: Limits) -> Flood | None:
    """The change of flood mode that so many `calls` in the last five minutes make, if any."""
    if last is not None and last.mode is not FloodMode.AUTO:
        return None
    was_on = last is not None and last.is_on
    is_on = calls >= (limits.calm_calls if was_on else limits.flood_calls)
    if is_on == was_on:
        return None
    return Flood(at, FloodMode.AUTO, is_on, who=None, calls=calls)


def switched(
    last: Flood | None, mode: FloodMode, calls: int, who: str, at: datetime, limits: Limits
) -> Flood:
    """The change that a person makes; back to automatic, the calls decide at once."""
    match mode:
        case FloodMode.ON:
            is_on = True
        case FloodMode.OFF:
            is_on = False
        case FloodMode.AUTO:
            was_on = last is not None and last.is_on
            is_on = calls >= (limits.calm_calls if was_on else limits.flood_calls)
    return Flood(at, mode, is_on, who=who, calls=calls)


# --- The digits that a caller is asked to press in a flood ----------------------------------------


def is_checked(let_in: Admission, limits: Limits) -> bool:
    """Whether the caller is asked to press the digits that they hear."""
    return limits.check and let_in is Admission.FLOOD


def check_digits(fingerprint: str) -> str:
    """The digits of a call, from a keyed hash of its CallSid (hexadecimal): the same whenever
    asked for, and known to nobody who does not listen. No zero, which rings people."""
    number = int(fingerprint, 16)
    digits = ""
    for _ in range(CHECK_DIGITS):
        number, digit = divmod(number, 9)
        digits += str(digit + 1)
    return digits
