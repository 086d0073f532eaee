"""What was said or written, as words to go through: each with what stands behind it, and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar

from reports.fields.counting import Number, numbers
from reports.fields.lexicon import FILLER, HESITATION, Lexicon, Mark
from reports.fields.plain import plain
from reports.model import Segment

T = TypeVar("T")
_NOT_YET: Final[Any] = object()


class Stop(IntEnum):
    """What stands behind a word: the further down, the more it parts."""

    NONE = 0
    COMMA = 1
    SENTENCE = 2
    QUESTION = 3
    """The end of a sentence that asks."""


class Token(NamedTuple):
    """One word."""

    text: str
    """As it is written."""
    plain: str
    """Without accents, capitals and apostrophes: what lexicons are compared with."""
    stop: Stop = Stop.NONE
    start: float | None = None
    end: float | None = None
    """Seconds of the recording, where there is one."""


@dataclass(frozen=True)
class Passage:
    """What was said in answer to one question, in one language; made by `passage_of`."""

    question: str
    lexicon: Lexicon
    tokens: tuple[Token, ...]
    recording_sid: str | None = None
    """None: it was written, or it is nobody's call."""
    _made: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)
    _parts: dict[Stop, Sequence[int]] = field(default_factory=dict, repr=False, compare=False)
    _together: dict[tuple[str, ...], Sequence[Mark]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _beginning: dict[tuple[str, ...], Mapping[int, Mark]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _ending: dict[tuple[str, ...], Mapping[int, Mark]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What the lexicon knows of it, in order."""
        return self.lexicon.marks([token.plain for token in self.tokens])

    @cached_property
    def marked(self) -> frozenset[int]:
        """The words that the lexicon knows, alone or among others."""
        return frozenset(at for mark in self.marks for at in range(mark.first, mark.last))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        parted = [token.stop > Stop.NONE for token in self.tokens]
        words = [token.plain for token in self.tokens]
        return numbers(words, parted, self.marks, self.lexicon.language)

    def _parted_by(self, by: Stop) -> Iterator[int]:
        """For each word, the last one first, the next from it on that something so strong
        follows."""
        at = nearest = len(self.tokens)
        yield nearest
        for token in reversed(self.tokens):
            at -= 1
            nearest = at if token.stop >= by else nearest
            yield nearest

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Mark]]:
        found: dict[str, list[Mark]] = {}
        for mark in self.marks:
            found.setdefault(mark.kind, []).append(mark)
        return found

    def of(self, *kinds: str) -> Sequence[Mark]:
        """The marks of some kinds, in order; of those that begin together the longest first."""
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], ())
        if (found := self._together.get(kinds)) is None:
            several = [mark for kind in kinds for mark in self._by_kind.get(kind, ())]
            found = sorted(several, key=lambda mark: (mark.first, -mark.last))
            self._together[kinds] = found
        return found

    def beginning(self, *kinds: str) -> Mapping[int, Mark]:
        """The marks of some kinds by the word that they begin at; of several the last."""
        if (found := self._beginning.get(kinds)) is None:
            found = self._beginning[kinds] = {mark.first: mark for mark in self.of(*kinds)}
        return found

    def ending(self, *kinds: str) -> Mapping[int, Mark]:
        """The same, by the word that stands behind them."""
        if (found := self._ending.get(kinds)) is None:
            found = self._ending[kinds] = {mark.last: mark for mark in self.of(*kinds)}
        return found

    def once(self, make: Callable[..., T], *given: str) -> T:
        """What a function makes of it, and of what else is given, worked out the first time that
        anybody asks."""
        key = (make, *given) if given else make
        known: T = self._made.get(key, _NOT_YET)
        if known is _NOT_YET:
            known = self._made[key] = make(self, *given)
        return known

    def parted(self, first: int, last: int, by: Stop = Stop.SENTENCE) -> bool:
        """Whether something at least as strong as `by` stands between two words."""
        if (until := self._parts.get(by)) is None:
            until = self._parts[by] = list(self._parted_by(by))[::-1]
        return until[first] < last if first <= last else until[last] < first

    def words(self, first: int, last: int) -> str:
        """From one word up to another and without it, as written."""
        return " ".join(token.text for token in self.tokens[first:last])


def passage_of(
    question: str, lexicon: Lexicon, tokens: Sequence[Token], recording_sid: str | None = None
) -> Passage:
    """A passage without what fills pauses ('uh', 'este') and the commas that this brings."""
    marks = lexicon.pauses([token.plain for token in tokens])
    fillers = {mark.first for mark in marks if mark.kind == FILLER}
    sounds = {mark.first for mark in marks if mark.kind == HESITATION}
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1].stop if at else Stop.SENTENCE
        if at in sounds and before == token.stop == Stop.NONE:
            continue
        if at not in fillers | sounds or before == token.stop == Stop.NONE:
            kept.append(token)
        elif kept:
            # A comma before it was there for its sake.
            stops = [stop for stop in (kept[-1].stop, token.stop) if stop is not Stop.COMMA]
            kept[-1] = kept[-1]._replace(stop=max(stops, default=Stop.NONE))
    return Passage(question, lexicon, tuple(kept), recording_sid)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text that was written."""
    return tuple([Token(word, plain(word), stop) for word, stop, _ in _found(text)])


def tokens_of_segments(segments: Sequence[Segment]) -> tuple[Token, ...]:
    """The words of what is believed of a recording, with their seconds."""
    tokens: list[Token] = []
    for segment in segments:
        text = "".join(word.text for word in segment.words) or segment.text
        timed = list(_spans(segment))
        for word, stop, begins in _found(text):
            at = next(
                (seconds for first, last, seconds in timed if first <= begins < last),
                (segment.start, segment.end),
            )
            tokens.append(Token(word, plain(word), stop, *at))
    return tuple(tokens)


_WORD: Final = re.compile(
    r"[ap]\.\s?m\b\.?"  # of the clock
    r"|\+"  # and
    r"|\d+(?:[:.,]\d+)?(?:st|nd|rd|th|º|ª|a|o)?\b"
    r"|\d+[^\W\d_]*"
    r"|[^\W\d_]+(?:['’ʼ`´][^\W\d_]+)*",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(r"\([^()\d]{0,60}\)")
"""What stands between round brackets: mostly said by the way, but where there is nothing else it is
of sounds: '(music)'."""
_SOUND: Final = re.compile(r"\[[^\]]{0,60}\]|[♪♫]")
"""What a recogniser writes of sounds that are no words: '[silence]'."""
_ABBREVIATED: Final = frozenset(
    ["st", "ave", "av", "blvd", "rd", "dr", "mr", "mrs", "ms", "hwy", "no", "n", "s", "e", "w", "u"]
)
"""A full stop behind these ends no sentence, unless a capital follows a longer one."""


def _found(text: str) -> Iterator[tuple[str, Stop, int]]:
    """Each word, what stands behind it, and where in the text it begins."""
    # A letter for a letter: all else stays where it is.
    text = text.replace("&", "+")
    text = _SOUND.sub(_blank, text)
    if "(" in text and not any(map(str.isalnum, bare := _ASIDE.sub(_blank, text))):
        text = bare
    matches = list(_WORD.finditer(text))
    begins = [*(match.start() for match in matches), len(text)]
    for match, begin, until in zip(matches, begins, begins[1:], strict=False):
        word, behind = match[0], text[match.end() : until]
        if "." in word and word[0] in "apAP":
            word = word[0].lower() + "m"
        elif word == "+":
            word = "and"
        yield word, Stop.NONE if behind == " " else _stop(word, behind), begin


def _blank(sound: re.Match[str]) -> str:
    """As long, so that all else stays where it is."""
    return " " * len(sound.group())


def _stop(word: str, behind: str) -> Stop:
    if "?" in behind:
        return Stop.QUESTION
    if any(c in behind for c in "!…\n;") or "..." in behind:
        return Stop.SENTENCE
    if "." in behind and word.casefold() not in _ABBREVIATED:
        return Stop.SENTENCE
    if any(c in behind for c in ",:—–()") or " - " in behind:
        return Stop.COMMA
    return Stop.NONE


def _spans(segment: Segment) -> Iterator[tuple[int, int, tuple[float, float]]]:
    at = 0
    for word in segment.words:
        yield at, at + len(word.text), (word.start, word.end)
        at += len(word.text)
