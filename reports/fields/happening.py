"""Whether a place is where something happened: who asks or needs something names places, too, where
they live, work or want to go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from reports.fields.finding import Finding
from reports.fields.kind import GUESSED, KIND, ORDINARY, Kind
from reports.fields.lexicon import Mark
from reports.fields.location import Location
from reports.fields.marked import marked, spoken
from reports.fields.said import Passage, sentence_at
from reports.fields.whereabouts import is_passing

GOES_ON: Final = "goes_on"
"""The lexicon's kind for what somebody asks who does not know what happens: 'something going on',
'is it clean'."""
SEEN: Final = ("officers", "agency", "equipment", GOES_ON)
"""Kinds of the lexicon that speak of something that may be at a place."""
DONE: Final = ("past", "taken")
"""And of something that was done there."""


def happens_there(
    location: Finding[Location], kind: Finding[Kind], passages: Sequence[Passage], *, taken: bool
) -> bool:
    """Whether the place that a call names is one where something happens, or happened. `taken`: it
    says that somebody was taken or is held."""
    helps = kind.value is Kind.HELP and not taken
    asks = helps or kind.value in (Kind.QUESTION, Kind.NOT_FOR_US)
    if asks and is_passing(location):
        # 'I work in Shakopee, I need a ride.'
        return bool(_beside(location, *SEEN))
    # What sounds like nothing of ours may be a place alone, in answer to where it is.
    surely_not = kind.value is Kind.NOT_FOR_US and kind.confidence > GUESSED
    if surely_not or kind.value is Kind.QUESTION:
        return _tells_of(location, *SEEN)
    if helps:
        return _tells_of(location, *SEEN, *DONE) or any(
            _acts(marked(passage, "activity")) for passage in passages
        )
    return True


def _tells_of(location: Finding[Location], *kinds: str) -> bool:
    """Whether the sentence that names it does."""
    return (
        bool(_beside(location, *kinds))
        or _acts(_beside(location, "activity"))
        or any(mark.value == "crash" for mark in _beside(location, KIND))
        or any(mark.value == "family" for mark in _beside(location, "need"))
    )


def _beside(location: Finding[Location], *kinds: str) -> Sequence[Mark]:
    """Marks in its sentence, but not in its name: 'la corte de inmigración'."""
    first, last = sentence_at(location.passage, location.first)
    beside = (*range(first, location.first), *range(location.last, last))
    return [mark for mark in spoken(location.passage, *kinds) if mark.first in beside]


def _acts(marks: Iterable[Mark]) -> bool:
    """Whether they do what not everybody does."""
    return any(mark.value not in ORDINARY for mark in marks)
