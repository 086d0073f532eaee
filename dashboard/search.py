"""Searching what callers said and wrote, and what organizers noted: words as they are compared,
what is asked for, and what is shown of a find. Pure.

Every telephone number is covered before words come here, so none can be found (decision 0030).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from dashboard.covering import Covering
from reports.fields.reading import Reader
from reports.fields.understood import Understanding
from reports.model import Dossier, Note

LONGEST_QUERY: Final = 200
"""Characters."""
MOST_TERMS: Final = 10
AROUND: Final = 60
"""Characters shown before and behind what was found."""
MOST_PASSAGES: Final = 2
"""That are shown of one report."""
APART: Final = " | "
"""Between passages, so that no phrase runs from one into the next: no folded text has it."""

_ALIKE: Final = str.maketrans("đðøłħıىیةک", "ddolhiييهك")
"""Letters that do not fall into one with an accent, and what people type for them."""
_WITHOUT_SPACES: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f]"
)
"""Thai, Lao, Burmese and Karen, Khmer, Japanese, Chinese: words follow each other without a space,
so what is looked for may begin anywhere."""


class _Folds(dict[int, str]):
    """A character -> what it is compared by: letters without accents and in small, a space for all
    that is no part of a word."""

    def __missing__(self, code: int) -> str:
        plain = "".join(
            each if each.isalnum() or unicodedata.category(each).startswith("M") else " "
            for each in unicodedata.normalize("NFKD", chr(code).casefold()).casefold()
            # Vowel signs of Burmese and others have class 0: they are letters, not accents.
            if not unicodedata.combining(each)
        ).translate(_ALIKE)
        self[code] = plain
        return plain


_folds = _Folds()


def folded(text: str) -> str:
    """As words are compared: one space before, between and behind them."""
    return f" {' '.join(text.translate(_folds).split())} "


@dataclass(frozen=True, slots=True)
class Text:
    """What can be found of one report, folded."""

    reference: str
    names: str
    """What it was understood to speak of: places, vehicles, plates, language, kind."""
    words: str
    """What was said, written and noted, in every version that counts."""

    def __len__(self) -> int:
        return len(self.names) + len(self.words)


def text_of(
    dossier: Dossier, reader: Reader, language_name: str | None, notes: Iterable[Note] = ()
) -> Text:
    """`notes`: on that report, by organizers; withdrawn ones are to be found no more."""
    understood = reader.understanding(dossier)
    covering = Covering.of_all(dossier, reader)
    names = [covering.text(each) for each in _names(understood)]
    if language_name is not None:
        names.append(language_name)
    return Text(
        dossier.report.reference,
        APART.join(folded(each) for each in names),
        APART.join(
            folded(each)
            for each in (
                *passages_of(covering.dossier(dossier)),
                *(covering.text(note.body) for note in notes),
            )
        ),
    )


def passages_of(covered: Dossier) -> Iterator[str]:
    """What counts as said in each recording, the English of it, and what was written."""
    for recording in covered.recordings:
        sid = recording.recording_sid
        for version in (covered.transcript(sid), covered.translation(sid)):
            if version is not None and version.text:
                yield version.text
    for message in covered.texts:
        yield message.body


def _names(understood: Understanding) -> Iterator[str]:
    place = understood.location.value
    if place is not None:
        for name in (*place.streets, place.landmark, place.area, place.city):
            if name:
                yield name
        for candidate in place.candidates:
            yield candidate.name
            yield candidate.city
    for known in understood.vehicles:
        vehicle = known.value
        described = (vehicle.colour, vehicle.make, vehicle.model, vehicle.type)
        yield " ".join(filter(None, (*described, *vehicle.markings)))
        if vehicle.plate is not None:
            yield vehicle.plate.characters
            yield re.sub(r"\W", "", vehicle.plate.characters)
    if understood.kind is not None:
        yield understood.kind.value.replace("_", " ")


# --- What is asked for


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words in a row."""

    text: str
    """Folded, without spaces around."""
    is_phrase: bool = False
    """It stood in quotation marks: whole words, as they follow each other."""

    @property
    def needle(self) -> str:
        """What stands in a folded text where the term does."""
        if self.is_phrase:
            return f" {self.text} "
        return self.text if _WITHOUT_SPACES.search(self.text) else f" {self.text}"


_TYPED: Final = re.compile(r'["“”«»„]([^"“”«»„]*)["“”«»„]?|([^\s"“”«»„]+)')
"""What stands in quotation marks of any kind, or else a word."""


def terms_of(typed: str) -> tuple[Term, ...]:
    """What somebody typed, taken apart: all of these have to be there."""
    found: list[Term] = []
    for quoted, word in re.findall(
        r'["“”«»„]([^"“”«»„]*)["“”«»„]?|([^\s"“”«»„]+)', typed[:LONGEST_QUERY]
    ):
        plain = folded(quoted or word).strip()
        if not plain:
            continue
        # 'St.Paul' is two words, and so is 'ABC-123'.
        terms = [Term(plain, True)] if quoted else [Term(each) for each in plain.split()]
        found += [term for term in terms if term not in found]
    return tuple(found[:MOST_TERMS])


NAMED: Final = 5
"""A place or vehicle that is called so counts as much as so many mentions."""
MENTIONS: Final = 4
"""More of one word in one report count no more."""


def score(text: Text, terms: Iterable[Term]) -> int:
    """How well a report has what is asked for; 0: not all of it."""
    total = 0
    for term in terms:
        if term.text == text.reference:
            total += 100
            continue
        found = NAMED * (term.needle in text.names)
        found += min(text.words.count(term.needle), MENTIONS)
        if not found:
            return 0
        total += found
    return total


# --- What is shown of a find


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of what was said around what was found."""

    pieces: tuple[Piece, ...]
    noted_by: str | None = None
    """What the organizer is called who noted it; None: the caller said it."""


def excerpts(
    passages: Iterable[str], terms: Iterable[Term], noted: Iterable[tuple[str, str]] = ()
) -> tuple[Passage, ...]:
    """Of the words that are shown, those around what was found; those with the most first, and
    callers' before organizers'. `noted`: who and what."""
    wanted = tuple(terms)
    words = (*((None, text) for text in passages), *noted)
    found = [(spans, text, who) for who, text in words if (spans := _spans(text, wanted))]
    found.sort(key=lambda each: -len(each[0]))
    return tuple(
        replace(_excerpt(text, spans), noted_by=who) for spans, text, who in found[:MOST_PASSAGES]
    )


def _spans(text: str, terms: Iterable[Term]) -> list[tuple[int, int]]:
    """Where terms stand in a text, in order and apart from each other."""
    plain, origins = [" "], [0]
    for at, char in enumerate(text):
        for each in char.translate(_folds):
            if each == " " and plain[-1] == " ":
                continue
            plain.append(each)
            origins.append(at)
    plain.append(" ")
    origins.append(len(text))
    line = "".join(plain)
    spans: list[tuple[int, int]] = []
    for term in terms:
        begin = line.find(term.needle)
        while begin >= 0:
            first = begin + (term.needle[0] == " ")
            last = first + len(term.text)
            # A word is marked to its end, though only its beginning was asked for.
            while line[last] != " " and not _WITHOUT_SPACES.search(term.text):
                last += 1
            spans.append((origins[first], origins[last - 1] + 1))
            begin = line.find(term.needle, last)
    spans.sort()
    apart: list[tuple[int, int]] = []
    for begin, end in spans:
        if not apart or begin >= apart[-1][1]:
            apart.append((begin, end))
    return apart


def _excerpt(text: str, spans: list[tuple[int, int]]) -> Passage:
    first = _word_begins(text, spans[0][0] - AROUND)
    shown = [(begin, end) for begin, end in spans if end <= spans[0][1] + 2 * AROUND]
    last = _word_ends(text, shown[-1][1] + AROUND)
    pieces, at = [Piece("… " if first else "")], first
    for begin, end in shown:
        pieces += [Piece(text[at:begin]), Piece(text[begin:end], True)]
        at = end
    pieces += [Piece(text[at:last]), Piece(" …" if last < len(text) else "")]
    joined: list[Piece] = []
    for piece in pieces:
        if joined and not piece.is_found and not joined[-1].is_found:
            joined[-1] = replace(joined[-1], text=joined[-1].text + piece.text)
        elif piece.text:
            joined.append(piece)
    return Passage(tuple(joined))


def _word_begins(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + 20 else at


def _word_ends(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", 0, at)
    return space if space > at - 20 else at
