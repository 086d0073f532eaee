"""What a pressed key is worth, the same for every field that is asked by keys."""

from __future__ import annotations

from collections.abc import Mapping

from reports.model import Call, Field, KeySource

KEY_CONFIDENCE = 0.95
"""A key is what the caller meant, but for slips of a frightened finger."""


def choice(call: Call, question: str, meanings: Mapping[str, bool]) -> Field[bool]:
    """The meaning of the key pressed at a question of two answers; no value for any other key."""
    answer = call.answer(question)
    if answer is None or answer.digits not in meanings:
        return Field()
    return Field(
        value=meanings[answer.digits],
        source=KeySource(question, answer.digits),
        confidence=KEY_CONFIDENCE,
    )
