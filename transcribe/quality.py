"""What to believe of what an engine heard.

Whisper always answers: over noise, or in a language it hardly knows, it invents. Invented words in
a report are worse than none, so what there is no evidence for is struck out, and a recording of
which too little remains goes to a person. The evidence is Whisper's own measures, the voice
activity, and the script that the language is written in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from unicodedata import name

from reports.model import Segment, Span, mean_sureness
from transcribe.hears import Hearing
from transcribe.speech import overlap

FAILED_LOG_PROBABILITY: Final = -1.0
"""Below, Whisper itself holds a decoding for failed (Radford et al., 2022, section 4.5); what still
lies there has failed at every temperature."""
LEAST_SURE: Final = 0.15
"""Share of its words that are likely right, below which nothing in a segment is: 'Oh' over a note
of music has 0.03. Of 93 segments of real speech, half of them in noise, two had less than this:
nine words, of which one was right."""
LOOPING_COMPRESSION: Final = 2.4
"""Above, a text repeats itself; likewise Whisper's own measure."""
LEAST_VOICE: Final = 0.2
"""Share of a segment in which there must be a voice: timings are rough, but not that rough."""
FASTEST: Final = 40.0
"""Characters a second of voice. Hurried Spanish reaches 25; a beep that becomes a sentence, 100."""
LONGEST_REPEAT: Final = 6
"""How often the same words may follow one another: people in fear say things again and again, a
model in a loop dozens of times."""
OTHER_SCRIPT: Final = 0.5
"""Share of the letters that belong to another script than the language's, from which on it is not
the language: Whisper falls into another one over noise."""
MISSED_SHARE: Final = 0.5
MISSED_SECONDS: Final = 2.0
"""When more than that share of the speech, and more than these seconds of it, has no words, a
person must hear the rest."""


@dataclass(frozen=True, slots=True)
class Judged:
    """All segments, with those struck out that are not believed, and why a person must hear the
    recording all the same, if so."""

    segments: tuple[Segment, ...]
    doubt: str | None = None
    """A short phrase for people."""

    @property
    def believed(self) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.segments if segment.struck is None)


def judge(segments: Sequence[Segment], spans: Sequence[Span], asked: Hearing) -> Judged:
    """Judges what was heard by where there was a voice, and by what is asked of the language."""
    judged = Judged(
        tuple(replace(one, struck=disbelief(one, spans, asked.script)) for one in segments)
    )
    if not judged.believed:
        return replace(judged, doubt="nothing that was heard can be believed")
    spoken = sum(span.seconds for span in spans)
    missed = spoken - sum(overlap(span, _timed(judged.believed)) for span in spans)
    if missed > max(MISSED_SECONDS, MISSED_SHARE * spoken):
        return replace(judged, doubt="much of what was said could not be made out")
    sureness = mean_sureness(judged.believed)
    if sureness is not None and sureness < asked.least_confidence:
        return replace(judged, doubt="the machine is unsure of most of it")
    return judged


def disbelief(segment: Segment, spans: Sequence[Span], script: str | None) -> str | None:
    """Why a segment is not to be believed, None if it may be. `script`: the one that the language
    is written in, as Unicode names it."""
    voice = overlap(Span(segment.start, segment.end), spans)
    length = max(segment.end - segment.start, 0.0)
    if voice <= LEAST_VOICE * length:
        return "no voice under it"
    if len(segment.text) > FASTEST * voice:
        return "more words than a voice can say in that time"
    sureness = mean_sureness((segment,))
    if segment.log_probability < FAILED_LOG_PROBABILITY or (
        sureness is not None and sureness < LEAST_SURE
    ):
        return "the engine does not trust it"
    if segment.compression > LOOPING_COMPRESSION or _repeats(segment.text) > LONGEST_REPEAT:
        return "it repeats itself"
    if _other_script(segment.text, script) > OTHER_SCRIPT:
        return "it is written in another language's letters"
    return None


def _other_script(text: str, script: str | None) -> float:
    """Share of the letters that are not of a script, 0 where none is named."""
    letters = [letter for letter in text if letter.isalpha()]
    if script is None or not letters:
        return 0.0
    return sum(not name(letter, "").startswith(script) for letter in letters) / len(letters)


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
