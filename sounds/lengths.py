"""How long a prompt may be. Seconds count, and most where every caller must hear it to its end."""

from __future__ import annotations

from typing import Final

DIGIT: Final = 3.0
MENU: Final = 10.0
LONGEST: Final = 45.0
"""Seconds. The rights of a person, said slowly, take half a minute."""
MENUS: Final = frozenset({"welcome", "choose_language", "more_languages", "correction", "again"})
"""Prompts that come in a row with those of other languages, or again and again."""


def longest(prompt: str) -> float:
    """Seconds that the prompt may play at most.

    >>> longest("digit_7"), longest("choose_language"), longest("safety")
    (3.0, 10.0, 45.0)
    """
    if prompt.startswith("digit_"):
        return DIGIT
    return MENU if prompt in MENUS else LONGEST
