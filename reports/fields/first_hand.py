"""Whether the caller saw it, or was told."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.kind import Kind
from reports.fields.lexicon import Mark
from reports.fields.marked import marked
from reports.fields.said import Passage


class FirstHand(StrEnum):
    SAW = "saw"
    TOLD = "told"
    UNCLEAR = "unclear"
    """They say both, and which of it they saw cannot be told."""


KNOWS: Final = "knows"
"""The lexicon's kind. Its values: `saw`, `told`, `at` for being where it is, `elsewhere` for not
being there, `nothing` for having seen nothing."""


GUESSED: Final = 0.55
"""How sure, where a report says neither: who was told of something mostly says so."""


def settled_first_hand(
    said: Finding[FirstHand] | None, kind: Finding[Kind] | None
) -> Finding[FirstHand] | None:
    """What is said of it, in the light of the kind of call: a report of which nobody says that they
    were told of it was seen, and who asks or needs something was told of no event."""
    if kind is None:
        return said
    if said is None:
        if kind.value is not Kind.REPORT:
            return None
        return Finding(FirstHand.SAW, kind.passage, kind.first, kind.last, GUESSED)
    asks = kind.value in (Kind.HELP, Kind.QUESTION, Kind.NOT_FOR_US)
    return None if asks and said.value is not FirstHand.SAW else said


def first_hand_said(passages: Sequence[Passage]) -> Finding[FirstHand] | None:
    """What the caller's words say of it; None: they say nothing of it."""
    found: dict[str, tuple[Passage, Mark]] = {}
    for passage in passages:
        for mark in marked(passage, KNOWS):
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
