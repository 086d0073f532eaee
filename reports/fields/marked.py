"""What the lexicon marks in words and the words do not deny."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from reports.fields.finding import Finding
from reports.fields.lexicon import Mark
from reports.fields.said import Passage, Stop

V = TypeVar("V")
DENIAL: Final = "denial"
"""The lexicon's kind for 'no', 'not', 'without'."""
UNSURE: Final = "unsure"
"""The lexicon's kind for 'I do not know whether'."""
DENIED_WITHIN: Final = 2
"""Words between a denial and what it denies at the most."""
UNSURE_WITHIN: Final = 4
CONFIDENCE: Final = 0.8


def marked(passage: Passage, *kinds: str) -> Sequence[Mark]:
    """Marks of some kinds in order, but those inside a longer one of theirs, those that have the
    value `none` ('bus stop' is no bus) and those that the words deny."""
    return passage.once(_marked, *kinds)


def spoken(passage: Passage, *kinds: str) -> Sequence[Mark]:
    """The same, denied or not."""
    return passage.once(_spoken, *kinds)


def _marked(passage: Passage, *kinds: str) -> list[Mark]:
    return [mark for mark in spoken(passage, *kinds) if not is_denied(passage, mark)]


def _spoken(passage: Passage, *kinds: str) -> list[Mark]:
    kept: list[Mark] = []
    reached = 0
    for mark in passage.of(*kinds):
        if mark.last > reached:
            reached = mark.last
            if mark.value != "none":
                kept.append(mark)
    return kept


def is_denied(passage: Passage, mark: Mark) -> bool:
    """'They have no guns', 'I do not know whether they have guns'."""
    return mark.first in passage.once(_denied)


def _denied(passage: Passage) -> frozenset[int]:
    """The words at which nothing begins that is said to be there."""
    return frozenset(
        at
        for kind, within, by in (
            (DENIAL, DENIED_WITHIN, Stop.COMMA),
            (UNSURE, UNSURE_WITHIN, Stop.SENTENCE),
        )
        for other in passage.of(kind)
        for at in range(other.last, other.last + within + 1)
        if not passage.parted(other.last - 1, at, by)
    )


def findings(
    passages: Sequence[Passage], kind: str, value: Callable[[str], V]
) -> tuple[Finding[V], ...]:
    """The values of a kind that were said and not denied, each where it was said first."""
    found: dict[str, Finding[V]] = {}
    for passage in passages:
        for mark in marked(passage, kind):
            if mark.value not in found:
                found[mark.value] = Finding(
                    value(mark.value), passage, mark.first, mark.last, CONFIDENCE
                )
    return tuple(found.values())
