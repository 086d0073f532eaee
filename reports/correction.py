"""A person's words for a recording, at the times at which the machine heard its own. Pure.

Words that both have keep their times. What lies between two such words shares the time between
them, longer words more of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from reports.model import Segment, Word


def corrected(text: str, heard: Sequence[Segment], length: float) -> tuple[Segment, ...]:
    """The segments of what a person wrote down: one a line, empty lines left out.

    `heard`: what they corrected, nothing where no machine heard anything; `length`: of the
    recording, in seconds.
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    timed = iter(_timed([word for line in lines for word in line], _words_of(heard), length))
    segments = []
    for line in lines:
        words = tuple(
            replace(next(timed), text=f" {word}" if index else word)
            for index, word in enumerate(line)
        )
        segments.append(
            Segment(
                text=" ".join(line),
                start=words[0].start,
                end=words[-1].end,
                words=words,
                log_probability=0.0,
                no_speech=0.0,
                compression=1.0,
            )
        )
    return tuple(segments)


def _words_of(heard: Sequence[Segment]) -> list[Word]:
    """In order, none begun before the one before it has ended."""
    words: list[Word] = []
    for word in (word for segment in heard for word in segment.words):
        start = max(word.start, words[-1].end if words else 0.0)
        words.append(replace(word, start=start, end=max(start, word.end)))
    return words


def _timed(said: Sequence[str], heard: Sequence[Word], length: float) -> list[Word]:
    """What was said, each word with its time; a person's words are sure."""
    times: list[tuple[float, float]] = []
    matcher = SequenceMatcher(
        None, [_plain(word) for word in said], [_plain(word.text) for word in heard], autojunk=False
    )
    for kind, first, last, heard_first, heard_last in matcher.get_opcodes():
        if kind == "equal":
            times += [(word.start, word.end) for word in heard[heard_first:heard_last]]
        elif last > first:
            before = heard[heard_first - 1].end if heard_first else 0.0
            behind = heard[heard_last].start if heard_last < len(heard) else max(length, before)
            if heard_last > heard_first:  # in the very place of the words that they replace
                before, behind = heard[heard_first].start, heard[heard_last - 1].end
            times += _shared(said[first:last], before, behind)
    return [
        Word(word, start, end, probability=1.0)
        for word, (start, end) in zip(said, times, strict=True)
    ]


def _shared(said: Sequence[str], start: float, end: float) -> Iterator[tuple[float, float]]:
    letters = sum(len(word) for word in said)
    at = start
    for word in said:
        until = min(end, at + (end - start) * len(word) / letters)
        yield at, until
        at = until


def _plain(word: str) -> str:
    """Without what punctuation and capitals change."""
    return "".join(letter for letter in word.casefold() if letter.isalnum()) or word.strip()
