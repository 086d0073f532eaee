"""Phrases found among words, all at once."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.fields.phrases import Phrases, Slot

WORDS = st.sampled_from(["they", "took", "my", "son", "just"])
SLOTS = st.builds(Slot, st.frozensets(WORDS, min_size=1, max_size=3), st.booleans())
PHRASE = st.lists(SLOTS, min_size=1, max_size=4).filter(
    lambda slots: not all(slot.is_optional for slot in slots)
)


def spelt_out(slots: list[Slot]) -> set[tuple[str, ...]]:
    """Every way to say a phrase."""
    choices = ((*slot.words, "") if slot.is_optional else tuple(slot.words) for slot in slots)
    return {tuple(word for word in said if word) for said in product(*choices)}


@given(st.lists(PHRASE, min_size=1, max_size=4), st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_every_phrase_is_found_where_it_is_spelt_out_and_nowhere_else(
    phrases: list[list[Slot]], words: list[str], data: st.DataObject
) -> None:
    known = Phrases[int]()
    for label, slots in enumerate(phrases):
        known.add(slots, label)
    first = data.draw(st.integers(0, len(words) - 1))
    wanted = {
        (last, label)
        for label, slots in enumerate(phrases)
        for last in range(first + 1, len(words) + 1)
        if tuple(words[first:last]) in spelt_out(slots)
    }
    for _ in range(2):  # the second time by what it remembers
        found = list(known.found(words, first))
        assert set(found) == wanted
        assert len(found) == len(wanted)
        assert [last for last, _ in found] == sorted(last for last, _ in found)


def test_a_phrase_of_nothing_that_has_to_be_said_is_refused() -> None:
    with pytest.raises(ValueError, match="no words"):
        Phrases[str]().add([Slot(frozenset(["so"]), is_optional=True)], "filler")
