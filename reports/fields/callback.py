"""Whether the caller may be called back: only a plain yes is one."""

from __future__ import annotations

from reports.fields.keys import KEY_CONFIDENCE
from reports.model import Call, Field, KeySource
from reports.questions import CALLBACK, YES


def callback_allowed(call: Call) -> Field[bool]:
    """True for the key that says yes, False for any other and for none once it was asked."""
    answer = call.answer(CALLBACK)
    if answer is None:
        return Field()
    return Field(
        value=answer.digits == YES,
        source=KeySource(CALLBACK, answer.digits),
        confidence=KEY_CONFIDENCE,
    )
