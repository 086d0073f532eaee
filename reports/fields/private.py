"""What must not leave: who is named, who is a child, anybody's status. It is marked where it stands
in the words and never taken out as a value.

Rather too much is marked than too little: a person looks at it before anything leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from typing import Final

from reports.fields.contact import dictated
from reports.fields.finding import Finding
from reports.fields.location import Location
from reports.fields.names import Names
from reports.fields.plain import plain
from reports.fields.plates import plates
from reports.fields.said import Passage, Stop, Token


class Private(StrEnum):
    NAME = "name"
    """Of a person."""
    MINOR = "minor"
    STATUS = "status"
    """Of immigration."""
    NUMBER = "number"
    """Of a telephone."""
    PLATE = "plate"
    ADDRESS = "address"
    """Where a person lives."""


PRIVATE: Final = "private"
"""The lexicon's kind, with the values `minor` and `status`."""
NAMED: Final = "named"
"""The lexicon's kind for what leads over to a name: 'my name is', 'Mr.'."""
LIVES: Final = "lives"
"""The lexicon's kind for 'I live at'."""
GROWN_UP: Final = 18
"""Years."""
NAME_WORDS: Final = 3
"""Of a name at the most."""
CERTAIN: Final = 0.9
PERHAPS: Final = 0.5
"""It has a capital letter, and nothing that we know has."""
SHORTEST: Final = 3
"""Letters of what may be a name by its capital alone."""
BEHIND_NAME: Final = "behind_name"
"""The lexicon's kind for what stands behind a name that begins a sentence: 'was', 'said'."""


def private_said(
    passages: Sequence[Passage], names: Names, located: Finding[Location] | None
) -> tuple[Finding[Private], ...]:
    """All that is to be hidden, in the order in which it was said; marks may overlap."""
    found = [
        Finding(Private.NUMBER, each.passage, each.first, each.last, CERTAIN)
        for each in dictated(passages)
    ]
    for passage in passages:
        found += [
            Finding(Private.PLATE, passage, each.first, each.last, CERTAIN)
            for each in passage.once(plates)
        ]
        found += [
            Finding(Private(mark.value), passage, mark.first, mark.last, CERTAIN)
            for mark in passage.of(PRIVATE)
        ]
        found += _ages(passage)
        found += _names(passage, names)
    found += _addresses(located)
    order = {id(passage): at for at, passage in enumerate(passages)}
    return tuple(sorted(found, key=lambda each: (order[id(each.passage)], each.first, each.last)))


def _ages(passage: Passage) -> Iterator[Finding[Private]]:
    """'She is six years old.'"""
    old = passage.beginning("years_old")
    for number in passage.numbers:
        mark = old.get(number.last)
        if mark is not None and number.value < GROWN_UP:
            yield Finding(Private.MINOR, passage, number.first, mark.last, CERTAIN)


def _names(passage: Passage, names: Names) -> Iterator[Finding[Private]]:
    known = _known(passage, names)
    for mark in passage.of(NAMED):
        last = mark.last
        while last < min(mark.last + NAME_WORDS, len(passage.tokens)):
            token = passage.tokens[last]
            # Written small, a name is two words at the most before something that we know.
            if last > mark.last and not token.text[:1].isupper() and last in known:
                break
            if not token.text[:1].isalpha():
                break
            last += 1
            if token.stop > Stop.NONE:
                break
        is_name = last > mark.last and (
            mark.value == "sure" or passage.tokens[mark.last].text[:1].isupper()
        )
        if is_name:
            yield Finding(Private.NAME, passage, mark.last, last, CERTAIN)
    for at, token in enumerate(passage.tokens):
        if at in known or not _may_be_name(token):
            continue
        begins = at == 0 or passage.tokens[at - 1].stop >= Stop.SENTENCE
        if not begins or _begins_with_name(passage, at, known):
            yield Finding(Private.NAME, passage, at, at + 1, PERHAPS)


def _begins_with_name(passage: Passage, at: int, known: Collection[int]) -> bool:
    """Every word has a capital there. It is taken for a name if nobody taught the line the word,
    the caller does not say it in small letters, and what follows is what people do and what is
    done to them, or more of a name."""
    token = passage.tokens[at]
    name, apostrophe, behind = token.text.replace("’", "'").partition("'")
    is_possessive = bool(apostrophe) and behind == "s"
    word = plain(name) if is_possessive else token.plain
    if len(word) < SHORTEST or word in passage.lexicon.words:
        return False
    if any(other.text[:1].islower() and other.plain == word for other in passage.tokens):
        return False
    if any(number.first <= at < number.last for number in passage.numbers):
        return False
    if is_possessive or any(mark.first == at + 1 for mark in passage.of(BEHIND_NAME)):
        return token.stop == Stop.NONE
    behind_it = passage.tokens[at + 1 : at + 2] if at + 1 not in known else ()
    return token.stop == Stop.NONE and any(_may_be_name(each) for each in behind_it)


def _may_be_name(token: Token) -> bool:
    """By its letters."""
    return token.text[:1].isupper() and not token.text.isupper() and len(token.text) >= SHORTEST


def _known(passage: Passage, names: Names) -> frozenset[int]:
    """Words that are of a place, or of what some field listens for."""
    places = names.exact(passage)
    return passage.marked.union(at for each in places for at in range(each.first, each.last))


def _addresses(located: Finding[Location] | None) -> Iterator[Finding[Private]]:
    """A house that is said to be somebody's home."""
    if located is None or located.value.number is None:
        return
    passage = located.passage
    if any(
        0 <= located.first - mark.last <= 4 and not passage.parted(mark.first, located.first)
        for mark in passage.of(LIVES)
    ):
        yield Finding(Private.ADDRESS, passage, located.first, located.last, CERTAIN)
