"""Phrases that are found among words, all at once: an automaton that is made determinate as it is
used, for what its phrases spell out is too much to write down ("my {relative} was (just) taken").
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

L = TypeVar("L")
REMEMBERED: Final = 500
"""Words that a state remembers the way of: callers say any."""


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


@dataclass(slots=True)
class _State(Generic[L]):
    """All nodes that words have led to, in the order of their phrases."""

    nodes: tuple[_Node[L], ...]
    ends: tuple[L, ...]
    then: dict[str, _State[L] | None] = field(default_factory=dict)


class Phrases(Generic[L]):
    """Each with a label. Not changed once words have been looked up."""

    def __init__(self) -> None:
        self._begin = _Node[L]()
        self._start: _State[L] = _State((self._begin,), ())
        self._states: dict[tuple[int, ...], _State[L]] = {}
        self._longest = 0

    def add(self, slots: Sequence[Slot], label: L) -> None:
        """Raises:
        ValueError: all of its words may be left out.
        """
        if all(slot.is_optional for slot in slots):
            raise ValueError("no words")
        self._longest = max(self._longest, len(slots))
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

    @property
    def beginnings(self) -> Container[str]:
        """The words that any begins with: most words begin none."""
        return self._begin.on

    def found(self, words: Sequence[str], first: int) -> list[tuple[int, L]]:
        """Where those end that begin at a word, and their labels: the shortest first."""
        found: list[tuple[int, L]] = []
        state, last = self._start, first
        for word in words[first : first + self._longest]:
            last += 1
            then = state.then[word] if word in state.then else self._after(state, word)
            if then is None:
                break
            if then.ends:
                found += [(last, label) for label in then.ends]
            state = then
        return found

    def _after(self, state: _State[L], word: str) -> _State[L] | None:
        """Where a word leads, of a state that does not remember it."""
        nodes = tuple(dict.fromkeys(node for each in state.nodes for node in each.on.get(word, ())))
        after = self._state(nodes) if nodes else None
        if after is not None or len(state.then) < REMEMBERED:
            state.then[word] = after
        return after

    def _state(self, nodes: tuple[_Node[L], ...]) -> _State[L]:
        key = tuple(map(id, nodes))
        state = self._states.get(key)
        if state is None:
            ends = tuple(label for node in nodes for label in node.ends)
            state = self._states[key] = _State(nodes, ends)
        return state
