"""Is there speech to hear, and where?

Silero's voice activity model says how likely each 32 ms holds a voice (snakers4/silero-vad; its
weights come inside faster-whisper). What follows from that is decided here, on the caller's side:
a whisper heard in vain costs a listener a minute, a whisper thrown away may cost much more.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from reports.model import Span
from reports.ports import Samples
from transcribe.audio import RATE

Probabilities = NDArray[np.float32]
"""How likely there is a voice, 0 to 1, for each `WINDOW` samples from the start."""

WINDOW: Final = 512
"""Samples the model looks at at once."""
VOICE: Final = 0.2
"""From this probability on there may be a voice. Silero's own default is 0.5; over hiss, street,
tones, DTMF and ring-back the model stays below 0.18, while single words of 0.4 s fall to 0.2."""
MARGIN: Final = 0.2
"""Seconds before and after: the model comes late to consonants and leaves early. Spans whose
margins meet, with no more than a breath between the words, are one."""
LOUD_ENOUGH: Final = 0.25
"""Amplitude to which a quiet sound is raised. Speech 50 dB down falls to 0.6 in the model's eyes,
a whisper to 0.2; raised, both are as clear as ever, and hiss still is no voice."""
MOST_GAIN: Final = 10 ** (60 / 20)
"""60 dB: below, there is nothing but the steps of the telephone's own code."""
LONGEST_PIECE: Final = 28.0
"""Seconds of a sound that an engine is given: below Whisper's window of 30 s. Where a whole window
is cut by what was understood so far, as Whisper does it, a soft voice behind a loud one is lost."""
QUIET: Final = 0.2
"""Seconds over which loudness is looked at, to cut where somebody speaks without a pause."""
LEAST_MISSED: Final = 1.0
"""Seconds of a voice, with its margins, of which no word was written out: it is heard once more, by
itself. Whisper passes over what is some 30 dB softer than the rest of its window."""
SILENCE: Final = -55.0
"""dBFS RMS. Without a voice in it, what is softer than that we call silence."""


class NoSpeech(StrEnum):
    """Why nobody is heard: a short phrase for people."""

    SILENCE = "silence"
    NOISE = "noise without a voice"
    TONE = "a tone, as of a busy line or a key"
    MUSIC = "music without a voice"
    CLICK = "a click, as of hanging up"


def voice(samples: Samples) -> Probabilities:
    """How likely there is a voice, window by window; the better of the sound as it is and raised.

    The model hears a short word better now the one way, now the other.
    """
    as_it_is = _silero(samples)
    louder = raised(samples)
    return as_it_is if louder is samples else np.maximum(as_it_is, _silero(louder))


def raised(samples: Samples) -> Samples:
    """A quiet sound made loud, another one as it is. Clicks do not count as loud."""
    loudness = float(np.quantile(np.abs(samples), 0.995)) if len(samples) else 0.0
    gain = min(LOUD_ENOUGH / loudness, MOST_GAIN) if loudness else 1.0
    if gain <= 1.0:
        return samples
    louder: Samples = (samples * gain).astype(np.float32)
    return np.clip(louder, -1.0, 1.0)


def speech(probabilities: Probabilities, seconds: float) -> tuple[Span, ...]:
    """Where there may be speech in a recording of so many seconds: in order, apart, each with a
    margin around it."""
    step = WINDOW / RATE
    spans: list[Span] = []
    for index in np.flatnonzero(probabilities >= VOICE):
        start = max(0.0, float(index) * step - MARGIN)
        end = min(seconds, float(index + 1) * step + MARGIN)
        if spans and start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, end)
        elif end > start:
            spans.append(Span(start, end))
    return tuple(spans)


def pieces(samples: Samples, spans: Sequence[Span], start: float, end: float) -> list[Span]:
    """From one second to another in pieces of at most `LONGEST_PIECE`, cut in the middle of the
    longest pause in the second half of each; where there is none, where it is quietest."""
    found: list[Span] = []
    while end - start > LONGEST_PIECE:
        earliest, latest = start + LONGEST_PIECE / 2, start + LONGEST_PIECE
        pauses = [
            Span(one.end, other.start)
            for one, other in pairwise(spans)
            if earliest <= (one.end + other.start) / 2 <= latest
        ]
        if pauses:
            longest = max(pauses, key=lambda pause: pause.seconds)
            middle = (longest.start + longest.end) / 2
        else:
            middle = _quietest(samples, earliest, latest)
        found.append(Span(start, middle))
        start = middle
    return [*found, Span(start, end)]


def _quietest(samples: Samples, start: float, end: float) -> float:
    """Between two seconds; the later one where there is no sound."""
    window = int(QUIET * RATE)
    part = np.abs(samples[int(start * RATE) : int(end * RATE)])
    whole = len(part) // window
    if not whole:
        return end
    loudness = part[: whole * window].reshape(whole, window).mean(axis=1)
    return start + (int(loudness.argmin()) + 0.5) * QUIET


def missed(spans: Sequence[Span], words: Sequence[Span]) -> list[Span]:
    """Where there is a voice for `LEAST_MISSED` and more without a word; what lies less than
    `LEAST_MISSED` apart is one."""
    found: list[Span] = []
    for span in spans:
        if span.seconds < LEAST_MISSED or overlap(span, words):
            continue
        if found and span.start - found[-1].end < LEAST_MISSED:
            span = Span(found[-1].start, span.end)
            found.pop()
        found.append(span)
    return found


def overlap(span: Span, others: Sequence[Span]) -> float:
    """Seconds of `span` that lie in `others`, which lie apart from each other."""
    return sum(max(0.0, min(span.end, o.end) - max(span.start, o.start)) for o in others)


def _silero(samples: Samples) -> Probabilities:
    padded = np.pad(samples, (0, -len(samples) % WINDOW or WINDOW))
    probabilities: Probabilities = get_vad_model()(padded).reshape(-1)
    return probabilities
