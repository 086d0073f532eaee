"""Whether it is going on: as the caller rang, and whether they are still there."""

from __future__ import annotations

from reports.fields.keys import choice
from reports.model import Call, Field
from reports.questions import EARLIER, NO, NOW, STILL_THERE, WHEN, YES


def happening_now(call: Call) -> Field[bool]:
    """True: the caller said 'happening now'; False: 'already happened'."""
    return choice(call, WHEN, {NOW: True, EARLIER: False})


def still_there(call: Call) -> Field[bool]:
    """Whether those seen were still there, as of the call."""
    return choice(call, STILL_THERE, {YES: True, NO: False})
