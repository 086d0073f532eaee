"""Phrases that are found among words, all at once: an automaton that is made determinate once, so
that each word is looked up once, whatever number of phrases it may be of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a phrase."""

    words: frozenset[str]
    """Any of these."""
    is_optional: bool = False


class _Node(Generic[L]):
    """Between two slots of a phrase."""

    __slots__ = ("ends", "on")

    def __init__(self) -> None:
        self.on: dict[str, tuple[_Node[L], ...]] = {}
        self.ends: list[L] = []


class Step(NamedTuple, Generic[L]):
    """Where a word leads."""

    ends: tuple[L, ...]
    """The labels of phrases that end with it, in the order in which they were added."""
    then: Mapping[str, Step[L]]
    """By the next word, where it leads from there; another leads nowhere."""


class Phrases(Generic[L]):
    """Each with a label. Not changed once words have been looked up."""

    def __init__(self) -> None:
        self._begin = _Node[L]()

    def add(self, slots: Sequence[Slot], label: L) -> None:
        """Raises:
        ValueError: all of its words may be left out.
        """
        if all(slot.is_optional for slot in slots):
            raise ValueError("no words")
        last = _Node[L]()
        last.ends.append(label)
        ahead: tuple[_Node[L], ...] = (last,)
        for at in reversed(range(len(slots))):
            slot = slots[at]
            node = _Node[L]()
            node.on = dict.fromkeys(slot.words, ahead)
            ahead = (node, *ahead) if slot.is_optional else (node,)
        for node in ahead:
            for word, leads in node.on.items():
                self._begin.on[word] = (*self._begin.on.get(word, ()), *leads)

    @cached_property
    def begins(self) -> Mapping[str, Step[L]]:
        """By the words that any begins with, where they lead."""
        return _steps((self._begin,), {})

    def found(self, words: Sequence[str], first: int) -> list[tuple[int, L]]:
        """Where those end that begin at a word, and their labels: the shortest first."""
        found: list[tuple[int, L]] = []
        then = self.begins
        for at in range(first, len(words)):
            if (step := then.get(words[at])) is None:
                break
            found += [(at + 1, label) for label in step.ends]
            then = step.then
        return found


def _steps(
    nodes: Sequence[_Node[L]], known: dict[tuple[int, ...], Step[L]]
) -> Mapping[str, Step[L]]:
    """Where words lead from all these nodes together. `known`: the steps by the nodes, as ids, that
    they lead to."""
    together: dict[str, dict[_Node[L], None]] = {}
    for node in nodes:
        for word, leads in node.on.items():
            together.setdefault(word, {}).update(dict.fromkeys(leads))
    steps: dict[str, Step[L]] = {}
    for word, after in together.items():
        key = tuple(map(id, after))
        if (step := known.get(key)) is None:
            ends = tuple(label for node in after for label in node.ends)
            step = known[key] = Step(ends, _steps(tuple(after), known))
        steps[word] = step
    return steps
