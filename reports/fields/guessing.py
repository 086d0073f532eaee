"""What words found and what the whole sounds like, weighed against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from reports.fields.finding import Finding
from reports.fields.learnt import NONE
from reports.fields.network import Networks
from reports.fields.said import Passage

V = TypeVar("V")
FEW: Final = 10
"""Words of which nothing is guessed that are fewer."""
FOUND: Final = 0.2
"""What words that were found count, beside how likely a guess is."""
FOUND_SURE: Final = 0.4
"""The same, of words that leave little doubt."""
SURE: Final = 0.8
"""How sure a finding is at the least that leaves little doubt."""
LIKELY: Final = 0.4
"""How likely a guess is at the least."""
GUESSED: Final = 0.5
"""How sure what is guessed is taken to be: a person is told that it is a guess."""


def likely(passages: Sequence[Passage]) -> Mapping[str, Mapping[str, float]]:
    """How likely each class of each field is, by the whole; empty where nothing can be guessed."""
    learnt = next((each.lexicon.learnt for each in passages if each.lexicon.learnt), None)
    if learnt is None or sum(len(each.tokens) for each in passages) < FEW:
        return {}
    return learnt.likely(passages)


def networks_of(passages: Sequence[Passage]) -> Networks | None:
    """What weighs counts, if it was learnt."""
    learnt = next((each.lexicon.learnt for each in passages if each.lexicon.learnt), None)
    return None if learnt is None else learnt.networks


def weighed(
    found: Finding[V] | None,
    shares: Mapping[str, float],
    values: Mapping[str, V],
    passages: Sequence[Passage],
) -> Finding[V] | None:
    """What was found, if what the whole sounds like does not speak against it by far; else a guess,
    or nothing. `shares`: how likely each class is; `values`: what the classes stand for, those that
    may be guessed."""
    if not shares:
        return found
    kept = NONE if found is None else str(found.value).lower()
    stands = FOUND_SURE if found is not None and found.confidence >= SURE else FOUND
    best = max(shares, key=lambda each: shares[each])
    if best == kept or shares[best] < max(LIKELY, shares.get(kept, 0.0) + stands):
        return found
    if best == NONE:
        return None
    if best not in values:
        return found
    whole = max(passages, key=lambda passage: len(passage.tokens))
    return Finding(values[best], whole, 0, len(whole.tokens), GUESSED, is_guess=True)
