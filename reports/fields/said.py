"""What was said or written, as words to go through: each with what stands behind it, and when."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

from reports.fields.counting import Number, numbers
from reports.fields.lexicon import FILLER, HESITATION, Lexicon, Mark
from reports.fields.plain import plain
from reports.model import Segment

T = TypeVar("T")
_NOT_YET: Final[Any] = object()
_FIRST: Final = attrgetter("first")
_LAST: Final = attrgetter("last")


class Stop:
    """What stands behind a word: the further down, the more it parts. Plain numbers, and no `Enum`,
    of which each look at a member takes longer than comparing it: it is done at every word."""

    NONE: Final = 0
    COMMA: Final = 1
    SENTENCE: Final = 2
    QUESTION: Final = 3
    """The end of a sentence that asks."""


class Token(NamedTuple):
    """One word."""

    text: str
    """As it is written."""
    plain: str
    """Without accents, capitals and apostrophes: what lexicons are compared with."""
    stop: int = Stop.NONE
    """A `Stop`."""
    start: float | None = None
    end: float | None = None
    """Seconds of the recording, where there is one."""


_token: Final[Callable[[tuple[str, str, int, None, None]], Token]] = partial(tuple.__new__, Token)
"""What `Token` makes of the same, without a call of its own: a report has dozens."""


@dataclass(frozen=True)
class Passage:
    """What was said in answer to one question, in one language; made by `passage_of`."""

    question: str
    lexicon: Lexicon
    tokens: tuple[Token, ...]
    recording_sid: str | None = None
    """None: it was written, or it is nobody's call."""
    _made: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)
    _parts: dict[int, Sequence[int]] = field(default_factory=dict, repr=False, compare=False)
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
    def plain(self) -> Sequence[str]:
        """Its words, plain."""
        return [token.plain for token in self.tokens]

    @cached_property
    def stops(self) -> Sequence[int]:
        """What stands behind each."""
        return [token.stop for token in self.tokens]

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What the lexicon knows of it, in order."""
        return self.lexicon.marks(self.plain)

    @cached_property
    def marked(self) -> frozenset[int]:
        """The words that the lexicon knows, alone or among others."""
        longer = (range(m.first, m.last) for m in self.marks if m.last - m.first > 1)
        return frozenset([mark.first for mark in self.marks]).union(*longer)

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        parted = [stop > Stop.NONE for stop in self.stops]
        return numbers(self.plain, parted, self._by_kind, self.lexicon.language)

    def _parted_by(self, by: int) -> list[int]:
        """For each word the next from it on that something so strong follows; then how many words
        there are, as where there is none."""
        found: list[int] = []
        ends = [at for at, stop in enumerate(self.stops) if stop >= by]
        for end in (*ends, len(self.stops)):
            found += [end] * (end + 1 - len(found))
        return found

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Mark]]:
        found: defaultdict[str, list[Mark]] = defaultdict(list)
        for mark in self.marks:
            found[mark.kind].append(mark)
        return found

    def of(self, *kinds: str) -> Sequence[Mark]:
        """The marks of some kinds, in order; of those that begin together the longest first."""
        if len(kinds) == 1:  # as it mostly is: in order as they are
            return self._by_kind.get(kinds[0], ())
        if (found := self._together.get(kinds)) is None:
            several = [marks for kind in kinds if (marks := self._by_kind.get(kind))]
            if len(several) > 1:
                found = sorted(chain.from_iterable(several), key=_LAST, reverse=True)
                found.sort(key=_FIRST)  # what is as far keeps its order
            else:
                found = several[0] if several else ()
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

    def parted(self, first: int, last: int, by: int = Stop.SENTENCE) -> bool:
        """Whether something at least as strong as `by` stands between two words."""
        if (until := self._parts.get(by)) is None:
            until = self._parts[by] = self._parted_by(by)
        return until[first] < last if first <= last else until[last] < first

    def words(self, first: int, last: int) -> str:
        """From one word up to another and without it, as written."""
        return " ".join(token.text for token in self.tokens[first:last])


def sentence_at(passage: Passage, at: int) -> tuple[int, int]:
    """From which word up to which, and without it, the sentence goes that a word stands in."""
    first, last = at, at + 1
    while first > 0 and passage.tokens[first - 1].stop < Stop.SENTENCE:
        first -= 1
    while last < len(passage.tokens) and passage.tokens[last - 1].stop < Stop.SENTENCE:
        last += 1
    return first, last


def passage_of(
    question: str, lexicon: Lexicon, tokens: Sequence[Token], recording_sid: str | None = None
) -> Passage:
    """A passage without what fills pauses ('uh', 'este') and the commas that this brings."""
    marks = lexicon.pauses([token.plain for token in tokens])
    if not marks:
        return Passage(question, lexicon, tuple(tokens), recording_sid)
    fillers = {mark.first for mark in marks if mark.kind == FILLER}
    sounds = {mark.first for mark in marks if mark.kind == HESITATION}
    pausing = fillers | sounds
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        if at not in pausing:
            kept.append(token)
            continue
        before = tokens[at - 1].stop if at else Stop.SENTENCE
        if before == token.stop == Stop.NONE:
            if at not in sounds:
                kept.append(token)
        elif kept:
            # A comma before it was there for its sake.
            stops = [stop for stop in (kept[-1].stop, token.stop) if stop != Stop.COMMA]
            kept[-1] = kept[-1]._replace(stop=max(stops, default=Stop.NONE))
    return Passage(question, lexicon, tuple(kept), recording_sid)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text that was written."""
    return tuple([_token((word, plain(word), stop, None, None)) for word, stop, _ in _found(text)])


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


_WORD: Final = (
    r"(?i:[ap]\.\s?m\b\.?)"  # of the clock
    r"|\+"  # and
    r"|\d+(?:[:.,]\d+)?(?i:st|nd|rd|th|º|ª|a|o)?\b"
    r"|\d+[^\W\d_]*"
    r"|[^\W\d_]+(?:['’ʼ`´][^\W\d_]+)*"
)
_PIECE: Final = re.compile(rf"({_WORD})([^\w+]*(?:_[^\w+]*)*)")
"""A word, and all that stands behind it: whatever begins no other."""
_ASIDE: Final = re.compile(r"\([^()\d]{0,60}\)")
"""What stands between round brackets: mostly said by the way, but where there is nothing else it is
of sounds: '(music)'."""
_SOUND: Final = re.compile(r"\[[^\]]{0,60}\]|[♪♫]")
"""What a recogniser writes of sounds that are no words: '[silence]'."""
_ABBREVIATED: Final = frozenset(
    ["st", "ave", "av", "blvd", "rd", "dr", "mr", "mrs", "ms", "hwy", "no", "n", "s", "e", "w", "u"]
)
"""A full stop behind these ends no sentence, unless a capital follows a longer one."""


_ENDING: Final = frozenset("!…\n;")
"""Signs that end a sentence."""
_PARTING: Final = frozenset(",:—–()")
"""Signs that part as a comma does."""


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word, what stands behind it, and where in the text it begins."""
    # A letter for a letter: all else stays where it is.
    text = text.replace("&", "+")
    text = _SOUND.sub(_blank, text)
    if "(" in text and not any(map(str.isalnum, bare := _ASIDE.sub(_blank, text))):
        text = bare
    pieces = _PIECE.findall(text)
    # They follow each other up to the end.
    end = len(text) - len("".join(chain.from_iterable(pieces)))
    for word, behind in pieces:
        begin, end = end, end + len(word) + len(behind)
        if "." in word and word[0] in "apAP":
            word = word[0].lower() + "m"
        elif word == "+":
            word = "and"
        yield word, Stop.NONE if behind == " " else _stop(word, behind), begin


def _blank(sound: re.Match[str]) -> str:
    """As long, so that all else stays where it is."""
    return " " * len(sound.group())


def _stop(word: str, behind: str) -> int:
    if "?" in behind:
        return Stop.QUESTION
    if not _ENDING.isdisjoint(behind) or "..." in behind:
        return Stop.SENTENCE
    if "." in behind and word.casefold() not in _ABBREVIATED:
        return Stop.SENTENCE
    if not _PARTING.isdisjoint(behind) or " - " in behind:
        return Stop.COMMA
    return Stop.NONE


def _spans(segment: Segment) -> Iterator[tuple[int, int, tuple[float, float]]]:
    at = 0
    for word in segment.words:
        yield at, at + len(word.text), (word.start, word.end)
        at += len(word.text)
