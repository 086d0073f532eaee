"""What to believe of what an engine heard.

Whisper always answers: over noise, or in a language it hardly knows, it invents. Invented words in
a report are worse than none, so what there is no evidence for is left out, and a recording of which
too little remains goes to a person. The evidence is Whisper's own measures and the voice activity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from reports.model import Segment
from reports.ports import Heard
from transcribe.speech import Span, overlap

FAILED_LOG_PROBABILITY: Final = -1.0
"""Below, Whisper itself holds a decoding for failed (Radford et al., 2022, section 4.5); what still
lies there has failed at every temperature."""
LOOPING_COMPRESSION: Final = 2.4
"""Above, a text repeats itself; likewise Whisper's own measure."""
LEAST_VOICE: Final = 0.2
"""Share of a segment in which there must be a voice: timings are rough, but not that rough."""
FASTEST: Final = 40.0
"""Characters a second of voice. Hurried Spanish reaches 25; a beep that becomes a sentence, 100."""
LONGEST_REPEAT: Final = 6
"""How often the same words may follow one another: people in fear say things again and again, a
model in a loop dozens of times."""
SURE_LANGUAGE: Final = 0.5
"""Probability from which on a detected language counts as heard, when the caller chose none."""
MISSED_SHARE: Final = 0.5
MISSED_SECONDS: Final = 2.0
"""When more than that share of the speech, and more than these seconds of it, has no words, a
person must hear the rest."""


@dataclass(frozen=True, slots=True)
class Believed:
    """What may stand, and why a person must hear the recording all the same, if so."""

    heard: Heard | None
    doubt: str | None = None
    """A short phrase for people."""


def believe(heard: Heard, spans: Sequence[Span], *, chosen: bool) -> Believed:
    """Judges what was heard by where there was a voice.

    `chosen` says that the caller named the language; else the engine guessed it.
    """
    if not chosen and heard.language_probability < SURE_LANGUAGE:
        return Believed(None, "it is not clear which language this is")
    kept = tuple(one for one in heard.segments if disbelief(one, spans) is None)
    if not kept:
        return Believed(None, "nothing that was heard can be believed")
    heard = replace(heard, segments=kept)
    spoken = sum(span.seconds for span in spans)
    missed = spoken - sum(overlap(span, _timed(kept)) for span in spans)
    if missed > max(MISSED_SECONDS, MISSED_SHARE * spoken):
        return Believed(heard, "much of what was said could not be made out")
    return Believed(heard)


def disbelief(segment: Segment, spans: Sequence[Span]) -> str | None:
    """Why a segment is not to be believed, None if it may be."""
    voice = overlap(Span(segment.start, segment.end), spans)
    length = max(segment.end - segment.start, 0.0)
    if voice <= LEAST_VOICE * length:
        return "no voice under it"
    if len(segment.text) > FASTEST * voice:
        return "more words than a voice can say in that time"
    if segment.log_probability < FAILED_LOG_PROBABILITY:
        return "the engine does not trust it"
    if segment.compression > LOOPING_COMPRESSION or _repeats(segment.text) > LONGEST_REPEAT:
        return "it repeats itself"
    return None


def _repeats(text: str) -> int:
    """How often in a row the same one to four words are said, at the worst place."""
    words = [word.strip(".,;:!?¡¿…").casefold() for word in text.split()]
    worst = 1
    for size in range(1, 5):
        same = 0
        for word, before in zip(words[size:], words, strict=False):
            same = same + 1 if word == before else 0
            worst = max(worst, 1 + same // size)
    return worst


def _timed(segments: Sequence[Segment]) -> tuple[Span, ...]:
    """Where there are words: spans in order that lie apart."""
    spans: list[Span] = []
    for start, end in sorted((one.start, one.end) for one in segments):
        if spans and start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, end))
        else:
            spans.append(Span(start, end))
    return tuple(spans)
