"""Telephone numbers in callers' words, covered wherever pages and the API show those words. Pure.

They are found as what leaves has them found (`exports.redaction`): by what fields mark in any
version, and by their shape. Who has a number shown is written down first, and then reads it all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from exports.redaction import Cover, Piece, Redaction, marks_in, marks_of, versions
from reports.fields.contact import LOCAL_DIGITS, numbers_said
from reports.fields.reading import Reader
from reports.model import Dossier, Segment, Transcript
from reports.sealed import COVERED

V = TypeVar("V")
COVER: Final = COVERED
_DIGIT: Final = re.compile("[\\d\u00b2-\u00b9\u2070-\u209f\u2460-\u24ff\u2776-\u2793]")
"""Of any script, raised, lowered and in circles."""
IN_WORDS: Final = frozenset({"location", "heading", "call_when"})
"""Fields whose values have words of the caller in them. Times and plates have digits of their own,
and are none."""


class CoverMoved(ValueError):
    """Words that came back do not have as many covers as went out: which number stood where nobody
    can tell."""


@dataclass(frozen=True)
class Covering:
    """What covers the numbers of one report."""

    redaction: Redaction = field(default_factory=Redaction)
    is_lifted: bool = False
    """All is shown, to somebody of whom that is written down."""

    @classmethod
    def of_counting(cls, dossier: Dossier, reader: Reader) -> Covering:
        """By the words that count alone: for a list, which shows no others."""
        return cls(_numbers_alone(marks_of([reader.understanding(dossier)])))

    @classmethod
    def of_all(cls, dossier: Dossier, reader: Reader) -> Covering:
        """By every version of what was said."""
        return cls(_numbers_alone(marks_in(dossier, reader.understanding)))

    def text(self, text: str) -> str:
        if self.is_lifted or not self._may_hold_any(text):
            return text
        return self._covered(self.redaction.pieces(text))

    def _may_hold_any(self, text: str) -> bool:
        """Most texts hold none, and a list has hundreds of them."""
        return bool(self.redaction.marks) or len(_DIGIT.findall(text)) >= LOCAL_DIGITS

    def _covered(self, pieces: Iterable[Piece]) -> str:
        return "".join(COVER if _is_number(piece) else piece.text for piece in pieces)

    def dossier(self, dossier: Dossier) -> Dossier:
        """The report with as many words and stretches of speech as it has, at their times."""
        if self.is_lifted:
            return dossier
        return replace(
            dossier,
            transcripts=tuple(self._transcript(each) for each in dossier.transcripts),
            texts=tuple(replace(each, body=self.text(each.body)) for each in dossier.texts),
        )

    def value(self, value: V) -> V:
        """What was understood, as a value or ready for JSON, with the numbers in it covered."""
        covered: Any = value
        match value:
            case str():
                covered = self.text(value)
            case dict():
                covered = {name: self.value(each) for name, each in value.items()}
            case list() | tuple():
                covered = type(value)([self.value(each) for each in value])
            case _ if is_dataclass(value) and not isinstance(value, type):
                covered = replace(
                    value,
                    **{each.name: self.value(getattr(value, each.name)) for each in fields(value)},
                )
        return covered  # type: ignore[no-any-return]

    def covers(self, dossier: Dossier) -> bool:
        """Whether there is a number in it."""
        return replace(self, is_lifted=False).dossier(dossier) != dossier

    def restored(self, text: str, original: str) -> str:
        """What somebody made of covered words, with the numbers of the original where the covers
        stand. Who took all covers out means to.

        Raises:
            CoverMoved
        """
        numbers = [piece.text for piece in self.redaction.pieces(original) if _is_number(piece)]
        parts = text.split(COVER)
        if len(parts) == 1:
            return text
        if len(parts) != len(numbers) + 1:
            raise CoverMoved
        return parts[0] + "".join(
            number + part for number, part in zip(numbers, parts[1:], strict=True)
        )

    def _transcript(self, transcript: Transcript) -> Transcript:
        segments = transcript.segments
        texts = self._parts([each.text for each in segments], " ")
        words = iter(self._parts([word.text for each in segments for word in each.words]))
        return replace(
            transcript,
            segments=tuple(
                _with_words(segment, text, words)
                for segment, text in zip(segments, texts, strict=True)
            ),
        )

    def _parts(self, parts: Sequence[str], between: str = "") -> Sequence[str]:
        if not self._may_hold_any(between.join(parts)):
            return parts
        return [
            _spaced(part, self._covered(pieces))
            for part, pieces in zip(parts, self.redaction.of_parts(parts, between), strict=True)
        ]


def numbers_in(dossier: Dossier, reader: Reader) -> tuple[str, ...]:
    """Numbers that can be called, as E.164, each once: those of the words that count first."""
    said = (numbers_said(reader.told(each).passages) for each in versions(dossier))
    return tuple(dict.fromkeys(number.value for those in said for number in those))


def _numbers_alone(marks: Iterable[Any]) -> Redaction:
    return Redaction.of([mark for mark in marks if mark.cover is Cover.NUMBER])


def _with_words(segment: Segment, text: str, words: Iterator[str]) -> Segment:
    return replace(
        segment,
        text=text,
        words=tuple(replace(word, text=next(words)) for word in segment.words),
    )


def _is_number(piece: Piece) -> bool:
    return any(mark.cover is Cover.NUMBER for mark in piece.marks)


def _spaced(part: str, covered: str) -> str:
    """A word keeps the space that stands before it."""
    lost = part[:1].isspace() and not covered[:1].isspace()
    return f" {covered}" if lost else covered
