"""Whether it is going on: as the caller rang, and whether they are still there."""

from __future__ import annotations

from reports.fields.keys import choice
from reports.model import Call, Field
from reports.questions import EARLIER, FAMILY_TAKEN, NO, NOW, STILL_THERE, WHEN, YES


def happening_now(call: Call) -> Field[bool]:
    """True: the caller said 'happening now'; False: 'already happened'."""
    return choice(call, WHEN, {NOW: True, EARLIER: False})


def family_taken(call: Call) -> bool:
    """Whether the caller chose the path of those whose family member was taken."""
    answer = call.answer(WHEN)
    return answer is not None and answer.digits == FAMILY_TAKEN


def still_there(call: Call) -> Field[bool]:
    """Whether those seen were still there, as of the call."""
    return choice(call, STILL_THERE, {YES: True, NO: False})
