"""A second opinion on what callers said: of another reader, such as a language model. It is shown
as that reader's, beside the rules' own findings. It is no source of a field: neither keys, nor what
a person wrote, nor priorities, texts and exports know of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

from reports.fields.finding import Finding
from reports.fields.plain import plain
from reports.fields.said import Passage, tokens_of

FIELDS: Final = (
    "kind",
    "first_hand",
    "location",
    "officers",
    "detained",
    "activity",
    "agency",
    "time",
    "still_present",
    "equipment",
    "vehicles",
    "needs",
)
"""That another reader is asked for. Names, children and status are not among them."""
LONGEST_VALUE: Final = 120
MOST: Final = 40
"""Opinions on one report."""
CONFIDENCE: Final = 0.5


class NoOpinion(Exception):  # what happened, in the words of whoever reads it
    """The other reader could not be asked, or what it said cannot be used. `str()` says why."""


class SecondReader(Protocol):
    """Another reader."""

    @property
    def name(self) -> str:
        """For people: whose opinion it is."""

    def read(self, passages: Sequence[Passage]) -> Sequence[tuple[str, Finding[str]]]:
        """Fields, and what it makes of them.

        Raises:
            NoOpinion
        """


def believed(answers: object, passages: Sequence[Passage]) -> Iterator[tuple[str, Finding[str]]]:
    """Of what a reader says, what can be shown where it stands: each value has to bring words that
    the caller said, letter for letter but for accents, capitals and signs. What was not said is not
    shown: a model that writes well invents well."""
    if not isinstance(answers, list):
        raise NoOpinion("it did not answer with a list")
    seen: set[tuple[str, str]] = set()
    for answer in answers[:MOST]:
        field, value, words = _parts(answer)
        if field not in FIELDS or not value or (field, value) in seen:
            continue
        found = next(
            (each for passage in passages for each in _standing(passage, words, value)), None
        )
        if found is not None:
            seen.add((field, value))
            yield field, found


def _parts(answer: Any) -> tuple[str, str, str]:
    if not isinstance(answer, dict):
        return "", "", ""
    field, value, words = (answer.get(name) for name in ("field", "value", "words"))
    return (
        str(field or ""),
        " ".join(str("" if value is None else value).split())[:LONGEST_VALUE],
        str(words or ""),
    )


def _standing(passage: Passage, words: str, value: str) -> Iterator[Finding[str]]:
    wanted = [token.plain for token in tokens_of(plain(words))]
    said = [token.plain for token in passage.tokens]
    for first in range(len(said) - len(wanted) + 1 if wanted else 0):
        if said[first : first + len(wanted)] == wanted:
            yield Finding(value, passage, first, first + len(wanted), CONFIDENCE)
            return
