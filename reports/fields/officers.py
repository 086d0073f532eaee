"""How many officers the caller counted."""

from __future__ import annotations

from reports.fields.keys import KEY_CONFIDENCE
from reports.model import Call, Field, KeySource
from reports.questions import DO_NOT_KNOW, OFFICERS


def officers(call: Call) -> Field[int]:
    """A count; no value, but a source, when the caller pressed the key for 'I do not know'."""
    answer = call.answer(OFFICERS)
    if answer is None or not answer.digits:
        return Field()
    source = KeySource(OFFICERS, answer.digits)
    if answer.digits.isascii() and answer.digits.isdecimal():
        return Field(value=int(answer.digits), source=source, confidence=KEY_CONFIDENCE)
    if answer.digits.startswith(DO_NOT_KNOW):
        return Field(value=None, source=source, confidence=KEY_CONFIDENCE)
    # A number with a star in it: a slip, shown as it was pressed and not believed.
    return Field(value=None, source=source, confidence=0.0)
