"""Whether the caller saw it, or was told."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.lexicon import Mark
from reports.fields.marked import marked
from reports.fields.presence import PRESENT
from reports.fields.said import Passage


class FirstHand(StrEnum):
    SAW = "saw"
    TOLD = "told"
    UNCLEAR = "unclear"
    """They say both, and which of it they saw cannot be told."""


KNOWS: Final = "knows"
"""The lexicon's kind. Its values: `saw`, `told`, `they_say`, `media` for what was read, `at` for
being where it is, `elsewhere` for not being there, `nothing` for having seen nothing."""


READ_WITHIN: Final = 5
"""Words between 'I saw' and where it was read at the most."""
SAID_TO_BE_SEEN: Final = 0.6
"""How sure at the least, where they say that they saw it."""
THERE: Final = 0.55
"""Where they only say that they are there."""


def first_hand_said(passages: Sequence[Passage]) -> Finding[FirstHand] | None:
    """What the caller's words say of it; None: they say nothing of it."""
    found: dict[str, tuple[Passage, Mark]] = {}
    for passage in passages:
        marks = marked(passage, KNOWS)
        for mark in marks:
            # 'I saw this on TikTok.'
            read = mark.value == "saw" and any(
                other.value == "media"
                and 0 <= other.first - mark.last <= READ_WITHIN
                and not passage.parted(mark.last - 1, other.first)
                for other in marks
            )
            if not read:
                found.setdefault(mark.value, (passage, mark))

    def finding(value: FirstHand, by: str, confidence: float) -> Finding[FirstHand]:
        passage, mark = found[by]
        return Finding(value, passage, mark.first, mark.last, confidence)

    if "nothing" in found:
        return finding(FirstHand.TOLD, "nothing", 0.9)
    if "saw" in found:
        # 'My neighbour called me, so I came out, and I see four agents.'
        told = "told" in found or "media" in found
        return finding(FirstHand.SAW, "saw", SAID_TO_BE_SEEN if told else 0.85)
    if "media" in found:
        return finding(FirstHand.TOLD, "media", 0.8)
    # 'They said ICE', of those who stand before the caller.
    if "they_say" in found and not any(passage.of(PRESENT) for passage in passages):
        found.setdefault("told", found["they_say"])
    if "told" in found:
        if "at" in found and "elsewhere" not in found:
            return finding(FirstHand.UNCLEAR, "told", 0.5)
        return finding(FirstHand.TOLD, "told", 0.8)
    if "at" in found and "elsewhere" not in found:
        return finding(FirstHand.SAW, "at", THERE)
    return None
