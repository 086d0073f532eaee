"""What was said or written, as words to go through: each with what stands behind it, and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property
from typing import Final, TypeVar, cast

from reports.fields.counting import Number, numbers
from reports.fields.lexicon import Lexicon, Mark
from reports.fields.plain import plain
from reports.model import Segment

T = TypeVar("T")
FILLER: Final = "filler"
"""The lexicon's kind for what fills a pause, and may be a word."""
HESITATION: Final = "hesitation"
"""The lexicon's kind for sounds that are never one: 'uh', 'eh'."""


class Stop(IntEnum):
    """What stands behind a word: the further down, the more it parts."""

    NONE = 0
    COMMA = 1
    SENTENCE = 2
    QUESTION = 3
    """The end of a sentence that asks."""


@dataclass(frozen=True, slots=True)
class Token:
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
    _made: dict[object, object] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What the lexicon knows of it, in order."""
        return self.lexicon.marks([token.plain for token in self.tokens])

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        parted = [token.stop > Stop.NONE for token in self.tokens]
        words = [token.plain for token in self.tokens]
        return numbers(words, parted, self.marks, self.lexicon.language)

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Mark]]:
        found: dict[str, list[Mark]] = {}
        for mark in self.marks:
            found.setdefault(mark.kind, []).append(mark)
        return found

    def of(self, *kinds: str) -> Sequence[Mark]:
        """The marks of some kinds, in order; of those that begin together the longest first."""
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], [])
        if kinds not in self._made:
            found = [mark for kind in kinds for mark in self._by_kind.get(kind, ())]
            self._made[kinds] = sorted(found, key=lambda mark: (mark.first, -mark.last))
        return cast(Sequence[Mark], self._made[kinds])

    def once(self, make: Callable[[Passage], T]) -> T:
        """What a function makes of it, worked out the first time that anybody asks."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(T, self._made[make])

    def parted(self, first: int, last: int, by: Stop = Stop.SENTENCE) -> bool:
        """Whether something at least as strong as `by` stands between two words."""
        low, high = min(first, last), max(first, last)
        return any(token.stop >= by for token in self.tokens[low:high])

    def words(self, first: int, last: int) -> str:
        """From one word up to another and without it, as written."""
        return " ".join(token.text for token in self.tokens[first:last])


def passage_of(
    question: str, lexicon: Lexicon, tokens: Sequence[Token], recording_sid: str | None = None
) -> Passage:
    """A passage without what fills pauses ('uh', 'este') and the commas that this brings."""
    marks = lexicon.marks([token.plain for token in tokens])
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
            kept[-1] = replace(kept[-1], stop=max(stops, default=Stop.NONE))
    passage = Passage(question, lexicon, tuple(kept), recording_sid)
    if len(kept) == len(tokens):
        passage.__dict__["marks"] = marks  # the same words: they need not be looked up again
    return passage


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text that was written."""
    return tuple(
        Token(found.text, plain(found.text), found.stop) for found in _found(text) if found.text
    )


def tokens_of_segments(segments: Sequence[Segment]) -> tuple[Token, ...]:
    """The words of what is believed of a recording, with their seconds."""
    tokens: list[Token] = []
    for segment in segments:
        text = "".join(word.text for word in segment.words) or segment.text
        timed = list(_spans(segment))
        for found in _found(text):
            at = next(
                (word for first, last, word in timed if first <= found.at < last),
                (segment.start, segment.end),
            )
            tokens.append(Token(found.text, plain(found.text), found.stop, *at))
    return tuple(tokens)


_WORD: Final = re.compile(
    r"[ap]\.\s?m\b\.?"  # of the clock
    r"|\+"  # and
    r"|\d+(?:[:.,]\d+)?(?:st|nd|rd|th|º|ª|a|o)?\b"
    r"|\d+[^\W\d_]*"
    r"|[^\W\d_]+(?:['’ʼ`´][^\W\d_]+)*",
    re.IGNORECASE,
)
_SOUND: Final = re.compile(r"\[[^\]]{0,60}\]|[♪♫]")
"""What a recogniser writes of sounds that are no words: '[silence]'."""
_ABBREVIATED: Final = frozenset(
    ["st", "ave", "av", "blvd", "rd", "dr", "mr", "mrs", "ms", "hwy", "no", "n", "s", "e", "w", "u"]
)
"""A full stop behind these ends no sentence, unless a capital follows a longer one."""


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    stop: Stop
    at: int


def _found(text: str) -> Iterator[_Found]:
    # A letter for a letter: all else stays where it is.
    text = text.replace("&", "+")
    text = _SOUND.sub(lambda sound: " " * len(sound.group()), text)
    matches = list(_WORD.finditer(text))
    for index, match in enumerate(matches):
        until = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        word, behind = match.group(), text[match.end() : until]
        if word[0] in "apAP" and "." in word:
            word = word[0].lower() + "m"
        elif word == "+":
            word = "and"
        yield _Found(word, _stop(word, behind), match.start())


def _stop(word: str, behind: str) -> Stop:
    if behind == " ":
        return Stop.NONE
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
