"""Words with what must not leave covered, and an account of what was covered. Pure.

What fields mark as private in one place is covered wherever it stands: in every version of a
transcript, in texts and notes, however it is spelt there. Telephone numbers and e-mail addresses
are found by their shape as well, and nobody can uncover those.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

from reports.fields.plain import APOSTROPHES
from reports.fields.understood import Understanding
from reports.model import Dossier, TranscriptKind


class Cover(StrEnum):
    """What a person reads instead says which of these it was."""

    NAME = "name"
    MINOR = "minor"
    STATUS = "status"
    NUMBER = "number"
    PLATE = "plate"
    ADDRESS = "address"
    CONTACT = "contact"
    """An e-mail address."""
    WORD = "word"
    """Somebody who looked at it had it covered."""


BY_SHAPE: Final = frozenset({Cover.NUMBER, Cover.CONTACT})
"""Covered by what they look like: always."""
NUMBER: Final = re.compile(r"\+?\d(?:[\W_]*\d){6,}")
"""Seven digits or more, however they are set apart: a telephone number, somebody's."""
CONTACT: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PARTICLES: Final = frozenset(
    [
        *("al", "bin", "da", "das", "de", "del", "der", "di", "do", "dos", "du", "e", "el", "ibn"),
        *("la", "las", "le", "los", "of", "the", "van", "von", "y"),
    ]
)
"""Parts of names that are words of their own: they are covered in the name and nowhere else."""
LOOSE: Final = 4
"""Letters from which on a word may be taken apart by signs and still be it: 'M-a-r-i-a'."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that are to be covered wherever they stand."""

    cover: Cover
    words: str
    """As they were said first."""

    @property
    def mark_id(self) -> str:
        """The same for the same words, however they are written, in every form and every try."""
        told = f"{self.cover}:{' '.join(_words(self.words))}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person who looked at it wants otherwise."""

    also: tuple[str, ...] = ()
    """Words to be covered everywhere too."""
    uncovered: frozenset[str] = frozenset()
    """The ids of marks that are to be read."""
    why: str = ""
    """Nothing is uncovered without a reason."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text."""

    text: str
    """As it stands there; empty where a cover that began in the part before goes on."""
    cover: Cover | None = None
    marks: tuple[Mark, ...] = ()
    """What covers it."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """One thing that is covered, for whoever looks at it."""

    mark_id: str
    cover: Cover
    words: str
    times: int
    where: tuple[str, ...]
    """The names of the texts it stands in."""

    @property
    def may_be_uncovered(self) -> bool:
        return self.cover not in BY_SHAPE and self.cover is not Cover.WORD


def marks_of(understandings: Iterable[Understanding]) -> tuple[Mark, ...]:
    """All that fields mark as private, each once."""
    found: list[Mark] = []
    for understanding in _with_superseded(understandings):
        found += [Mark(Cover(each.value.value), each.words) for each in understanding.private]
        found += [
            Mark(Cover.PLATE, each.value.plate.characters)
            for each in understanding.vehicles
            if each.value.plate is not None
        ]
    return together(found)


def _with_superseded(understandings: Iterable[Understanding]) -> Iterator[Understanding]:
    """What a person put right stands beside it, and hides no less."""
    for understanding in understandings:
        yield understanding
        if understanding.heard is not None:
            yield understanding.heard


def together(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks of several, each once, and without the names that are part of another, which covers
    each of its words by itself: a person decides once about 'Maria Lopez'."""
    words = {mark: frozenset(_words(mark.words)) for mark in marks}
    each_once = {mark.mark_id: mark for mark in reversed(words) if words[mark]}
    names = [words[mark] for mark in each_once.values() if mark.cover is Cover.NAME]
    return tuple(
        mark
        for mark in reversed(each_once.values())
        if mark.cover is not Cover.NAME
        or not all(_is_covered_alone(word) for word in words[mark])
        or not any(words[mark] < others for others in names)
    )


def _is_covered_alone(word: str) -> bool:
    """Of a name: wherever it stands, without the rest of it."""
    return len(word) > 1 and word not in PARTICLES


def marks_in(
    dossier: Dossier, understanding: Callable[[Dossier], Understanding]
) -> tuple[Mark, ...]:
    """All that fields mark as private in any version of what was said: in a machine's English, in
    what it heard as another language, in what was put right since and what is not believed."""
    return marks_of(understanding(each) for each in versions(dossier))


def versions(dossier: Dossier) -> Iterator[Dossier]:
    """The report as it is, and as if each of its transcripts were all that was said."""
    yield dossier
    for one in dossier.transcripts:
        believed = tuple(replace(segment, struck=None) for segment in one.segments)
        only = replace(one, segments=believed, kind=TranscriptKind.MACHINE)
        yield replace(dossier, transcripts=(only,), texts=())


@dataclass(frozen=True)
class Redaction:
    """What is covered, ready to be looked for in texts."""

    marks: tuple[Mark, ...] = ()
    choices: Choices = field(default_factory=Choices)

    @classmethod
    def of(cls, marks: Sequence[Mark], choices: Choices | None = None) -> Redaction:
        """Raises:
        ReasonMissing: something is to be read, and nobody says why.
        """
        choices = choices or Choices()
        if choices.uncovered and not choices.why.strip():
            raise ReasonMissing("why it is uncovered")
        return cls(tuple(marks), choices)

    @cached_property
    def _patterns(self) -> tuple[tuple[Mark, re.Pattern[str]], ...]:
        also = [Mark(Cover.WORD, words) for words in self.choices.also]
        left = [mark for mark in self.marks if mark.mark_id not in self.choices.uncovered]
        # An apostrophe alone is nothing to look for.
        return tuple((mark, _pattern(mark)) for mark in (*also, *left) if _words(mark.words))

    @property
    def asked_for(self) -> Redaction:
        """Only what a person had covered, and what has the shape: for names that stand in lists
        and are nobody's, such as 'Franklin Ave'."""
        return Redaction((), Choices(also=self.choices.also))

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """A text taken apart: all of its letters, those that are covered and those that are not."""
        return self.of_parts([text])[0]

    def of_parts(self, parts: Sequence[str], between: str = "") -> list[tuple[Piece, ...]]:
        """The same of texts that follow each other, with what stands between them, as if they were
        one: what begins in one of them and ends in the next is covered in both."""
        spans = self._spans(between.join(parts))
        cut: list[tuple[Piece, ...]] = []
        begins = 0
        for part in parts:
            cut.append(tuple(_pieces(part, begins, spans)))
            begins += len(part) + len(between)
        return cut

    def _spans(self, text: str) -> list[_Span]:
        """Where something is covered, in order, none touching another's letters."""
        folded, origin = _fold(text)
        shapes = ((Cover.NUMBER, NUMBER), (Cover.CONTACT, CONTACT))
        found = [
            _Span(*match.span(), (Mark(cover, match.group()),))
            for cover, shape in shapes
            for match in shape.finditer(folded)
        ]
        found += [
            _Span(*match.span(), (mark,))
            for mark, pattern in self._patterns
            for match in _everywhere(pattern, folded, mark.cover)
        ]
        merged: list[_Span] = []
        for span in sorted(found, key=lambda each: (each.first, -each.last)):
            if merged and span.first < merged[-1].last:
                merged[-1] = merged[-1].with_(span)
            else:
                merged.append(span)
        return [_Span(origin[each.first], origin[each.last - 1] + 1, each.marks) for each in merged]

    def text(self, text: str, labels: Mapping[Cover, str]) -> str:
        """A text with labels for what is covered in it."""
        return covered(self.pieces(text), labels)

    def hidden_in(self, texts: Iterable[tuple[str, str]]) -> tuple[Hidden, ...]:
        """What is covered in texts, each with its name: the account for whoever looks at it."""
        marks: dict[str, Mark] = {}
        where: dict[str, list[str]] = {}
        for name, text in texts:
            for piece in self.pieces(text):
                # A number is found by its shape and by fields, and is one.
                for mark_id, mark in {mark.mark_id: mark for mark in reversed(piece.marks)}.items():
                    marks.setdefault(mark_id, mark)
                    where.setdefault(mark_id, []).append(name)
        return tuple(
            Hidden(
                mark_id,
                mark.cover,
                mark.words,
                len(where[mark_id]),
                tuple(dict.fromkeys(where[mark_id])),
            )
            for mark_id, mark in marks.items()
        )


def covered(pieces: Iterable[Piece], labels: Mapping[Cover, str]) -> str:
    """Pieces put together again, with labels for what is covered."""
    return "".join(
        piece.text if piece.cover is None else labels[piece.cover] if piece.text else ""
        for piece in pieces
    )


class ReasonMissing(ValueError):
    """Nothing leaves, and nothing is uncovered, without a reason that others can read."""


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int
    marks: tuple[Mark, ...]
    """The first says what it is covered as."""

    def with_(self, other: _Span) -> _Span:
        marks = tuple(dict.fromkeys((*self.marks, *other.marks)))
        return _Span(self.first, max(self.last, other.last), marks)


def _pieces(part: str, begins: int, spans: Sequence[_Span]) -> Iterator[Piece]:
    at, ends = begins, begins + len(part)
    for span in spans:
        first, last = max(span.first, at), min(span.last, ends)
        if first >= last:
            continue
        if at < first:
            yield Piece(part[at - begins : first - begins])
        # The label stands where the cover begins.
        goes_on = span.first < begins
        text = "" if goes_on else part[first - begins : last - begins]
        yield Piece(text, span.marks[0].cover, span.marks)
        at = last
    if at < ends:
        yield Piece(part[at - begins :])


# --- How words are looked for ---------------------------------------------------------------------


def _fold(text: str) -> tuple[str, list[int]]:
    """A text without accents, capitals, and what is not to be seen, with digits of whatever script
    as 0 to 9; and of each letter, at which letter of the text it stands."""
    letters: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        for letter in _letters(char):
            letters.append(letter)
            origin.append(at)
    return "".join(letters), origin


@lru_cache(maxsize=4096)
def _letters(char: str) -> tuple[str, ...]:
    # A letter such as '𝐌' is a capital only once it is taken apart, and 'ı' is an 'i' as a capital.
    small = unicodedata.normalize("NFKD", char).upper().casefold()
    letters = []
    for part in unicodedata.normalize("NFKD", small):
        if part in APOSTROPHES:
            letters.append("'")
        elif not unicodedata.combining(part) and unicodedata.category(part) != "Cf":
            digit = unicodedata.decimal(part, None)
            letters.append(part if digit is None else str(digit))
    return tuple(letters)


def _words(words: str) -> list[str]:
    """What a mark consists of, folded: 'o'brien' is one, and 'maria's' is 'maria'."""
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)*", _fold(words)[0])
    return [word.removesuffix("'s") for word in found]


_GAP: Final = r"(?:[\W_]*|[\W_]+(?:[^\W\d_]{1,7}[\W_]+){1,2})"
"""Between the words of a mark: signs, and what fills a pause ('uh', 'este'), which fields pass
over."""


def _pattern(mark: Mark) -> re.Pattern[str]:
    words = _words(mark.words)
    whole = _GAP.join(_spelt(word) for word in words)
    ways = [_apart(whole, words[0][0], words[-1][-1])]
    if mark.cover is Cover.NAME:
        ways += [
            _apart(_spelt(word), word[0], word[-1]) for word in words if _is_covered_alone(word)
        ]
    return re.compile("|".join(dict.fromkeys(ways)))


def _everywhere(pattern: re.Pattern[str], text: str, cover: Cover) -> list[re.Match[str]]:
    """Those too that begin within another: 'no, no papers' holds 'no papers' as well. Of a number
    only those: 'after six at six one two' has one, and a time before it."""
    found: list[re.Match[str]] = []
    at = 0
    while match := pattern.search(text, at):
        if cover is Cover.NUMBER and found and found[-1].end() == match.end():
            found.pop()
        found.append(match)
        at = match.start() + 1
    return found


def _spelt(word: str) -> str:
    if word == "and":  # as fields read '&' and '+'
        return "(?:and|[&+])"
    between = _LOOSE if word.isalpha() and len(word) >= LOOSE else "['.-]?"
    return _LOOSE.join(between.join(map(re.escape, part)) for part in word.split("'"))


_LOOSE: Final = r"[\W_]{0,3}"


def _apart(pattern: str, first: str, last: str) -> str:
    """Not within a longer word, or number."""
    edges = [r"\d" if edge.isdigit() else r"[^\W\d_]" for edge in (first, last)]
    before = f"(?<!{edges[0]})" if _is_spaced(first) else ""
    behind = f"(?!{edges[1]})" if _is_spaced(last) else ""
    return f"{before}{pattern}{behind}"


def _is_spaced(letter: str) -> bool:
    """Whether words of its script have gaps between them; Thai, Khmer, Burmese, Karen and Chinese
    have none."""
    return not any(first <= letter <= last for first, last in _WITHOUT_GAPS)


_WITHOUT_GAPS: Final = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u3040", "\u9fff"),
)
