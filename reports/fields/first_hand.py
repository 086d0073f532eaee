"""Whether the caller saw it, or was told."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.lexicon import Mark
from reports.fields.said import Passage


class FirstHand(StrEnum):
    SAW = "saw"
    TOLD = "told"
    UNCLEAR = "unclear"
    """They say both, and which of it they saw cannot be told."""


KNOWS: Final = "knows"
"""The lexicon's kind. Its values: `saw`, `told`, `at` for being where it is, `elsewhere` for not
being there, `nothing` for having seen nothing."""


def first_hand_said(passages: Sequence[Passage]) -> Finding[FirstHand] | None:
    """What the caller's words say of it; None: they say nothing of it."""
    found: dict[str, tuple[Passage, Mark]] = {}
    for passage in passages:
        for mark in passage.of(KNOWS):
            found.setdefault(mark.value, (passage, mark))

    def finding(value: FirstHand, by: str, confidence: float) -> Finding[FirstHand]:
        passage, mark = found[by]
        return Finding(value, passage, mark.first, mark.last, confidence)

    if "nothing" in found:
        return finding(FirstHand.TOLD, "nothing", 0.9)
    if "told" in found and "saw" in found:
        # 'My neighbour called me, so I came out, and I see four agents.'
        return finding(FirstHand.SAW, "saw", 0.6)
    if "told" in found:
        if "at" in found and "elsewhere" not in found:
            return finding(FirstHand.UNCLEAR, "told", 0.5)
        return finding(FirstHand.TOLD, "told", 0.8)
    if "saw" in found:
        return finding(FirstHand.SAW, "saw", 0.85)
    if "at" in found and "elsewhere" not in found:
        return finding(FirstHand.SAW, "at", 0.7)
    return None
