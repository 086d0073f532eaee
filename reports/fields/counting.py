"""Numbers among words, spoken or in digits.

Those of languages that text2num knows are its work; what it does not know, and those of others,
stand in the lexicon as `[listens.number]`: digits, and the words for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import compress
from typing import Final, NamedTuple

from text_to_num import find_numbers

from reports.fields.lexicon import Mark

SPOKEN: Final = frozenset(["de", "en", "es", "fr", "it", "nl", "pt"])
"""Languages whose numbers text2num knows."""
NUMBER: Final = "number"
"""The lexicon's kind for a number's words."""
AND: Final = "number_and"
"""The lexicon's kind for what joins ones to tens, as in 'laba iyo toban'."""
ARTICLE: Final = "article"
"""The lexicon's kind for numbers that may as well be 'a' or 'somebody', such as 'one' and 'una'."""
SOME: Final = "some"
"""The lexicon's kind for what text2num takes for one and means some, such as 'unos'."""
LARGEST: Final = 10**9
BESIDE: Final = 2
"""Words beside those that are numbers alone, that may be of one with them."""
REMEMBERED: Final = 1 << 14
"""Words of which it is remembered whether they are numbers: callers say any."""


class Number(NamedTuple):
    """From the word `first` up to `last` and without it."""

    first: int
    last: int
    value: int
    is_ordinal: bool = False
    is_article: bool = False
    """It is one word that may as well be 'a' or 'somebody', such as 'one' and 'una'."""
    dictated: str = ""
    """Its digits where they are more than it is worth: 'zero one'."""

    @property
    def digits(self) -> str:
        return self.dictated or str(self.value)


def numbers(
    words: Sequence[str], parted: Sequence[bool], marks: Mapping[str, Sequence[Mark]], language: str
) -> tuple[Number, ...]:
    """All that stand in plain words, in order and apart, none larger than `LARGEST`; `parted`:
    whether a pause or a sign stands behind each word, over which no number goes; `marks`: what the
    lexicon of the language knows of them, by kind."""
    candidates = [
        *_in_digits(words),
        *_listed(marks),
        *_spoken(words, parted, marks, language),
    ]
    found: list[Number] = []
    candidates.sort(key=lambda one: (one.first, -one.last))
    for number in candidates:
        if number.value <= LARGEST and (not found or number.first >= found[-1].last):
            found.append(number)
    return tuple(found)


_DIGITS: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(st|nd|rd|th|a|o|ta|to|va|vo|aad)?")


def _in_digits(words: Sequence[str]) -> Iterator[Number]:
    for at, word in enumerate(words):
        if word[0].isdigit() and (match := _DIGITS.fullmatch(word)):
            value = int(match[1].replace(",", "")[:12])
            yield Number(at, at + 1, value, is_ordinal=bool(match[2]))


class _Word(NamedTuple):
    """As text2num asks for it."""

    word: str
    apart: bool
    """From the word before it."""

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: _Word) -> bool:  # noqa: ARG002  # its protocol
        return self.apart

    def not_a_number_part(self) -> bool:
        return not self.word.isalpha()


def _spoken(
    words: Sequence[str], parted: Sequence[bool], marks: Mapping[str, Sequence[Mark]], language: str
) -> Iterator[Number]:
    ordinals_alone = False
    if language not in SPOKEN:
        # Streets are called by their English numbers, whatever is spoken.
        language, ordinals_alone = "en", True
    articles = {mark.first for mark in marks.get(ARTICLE, ())}
    some = {mark.first for mark in marks.get(SOME, ())}
    for begin, end in _stretches(words, language):
        given = [_Word(words[at], at > 0 and parted[at - 1]) for at in range(begin, end)]
        for one in find_numbers(given, language, 0.0):
            if ordinals_alone and not one.is_ordinal:
                continue
            first, last = begin + one.start, begin + one.end
            if one.value == int(one.value) and first not in some:
                article = last - first == 1 and first in articles
                dictated = one.text if one.text.isdigit() else ""
                yield Number(first, last, int(one.value), one.is_ordinal, article, dictated)


def _stretches(words: Sequence[str], language: str) -> Iterator[tuple[int, int]]:
    """Words among which numbers may be, in order: mostly they are few, and text2num asks for each
    of all that it is given several times."""
    begin = end = 0
    for at in compress(range(len(words)), map(_number_words(language), words)):
        if end and end < at - BESIDE:
            yield begin, end
            begin = at - BESIDE
        elif not end:
            begin = max(0, at - BESIDE)
        end = min(len(words), at + 1 + BESIDE)
    if end:
        yield begin, end


@cache
def _number_words(language: str) -> Callable[[str], bool]:
    """Whether a word alone is a number, as each that one begins with is."""

    @lru_cache(maxsize=REMEMBERED)
    def is_number(word: str) -> bool:
        return bool(find_numbers([_Word(word, apart=False)], language, 0.0))

    return is_number


def _listed(marks: Mapping[str, Sequence[Mark]]) -> Iterator[Number]:
    listed = {mark.first: mark for mark in marks.get(NUMBER, ())}
    joins = {mark.first for mark in marks.get(AND, ())}
    at = 0
    for mark in listed.values():
        if mark.first < at:
            continue
        value, last = int(mark.value), mark.last
        # Ones and tens, in either order, as 'laba iyo toban' and 'kow iyo labaatan'.
        hundred = listed.get(last)
        if hundred is not None and hundred.value == "100" and value < 10:
            value, last = value * 100, hundred.last  # 'laba boqol'
        other = listed.get(last + 1) if last in joins else None
        if other is not None and {len(mark.value), len(other.value)} == {1, 2}:
            value, last = value + int(other.value), other.last
        yield Number(mark.first, last, value)
        at = last
