"""How every Whisper engine is asked to decode."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.ports import Samples
from transcribe.audio import RATE

BEAM: Final = 5
"""Candidates kept at once; Whisper's own choice for transcribing."""
TEMPERATURES: Final = (0.0, 0.2, 0.4, 0.6)
"""Tried in turn while a decoding fails by Whisper's own measures (Radford et al., 2022, section
4.5). It goes on to 1.0; what only comes out there is as good as invented, and seconds count."""

SILENT_SECONDS: Final = 2.0
"""Of silence around words that look made up, from which on they are passed over."""

TRANSCRIBE: Final = "transcribe"
TRANSLATE: Final = "translate"
"""Whisper's tasks: what is said, in its own language or in English."""

SILENCE: Final[Samples] = np.zeros(RATE, dtype=np.float32)
"""A second for an engine to warm up on. It is only asked for the language: over silence, to write
words out costs seconds of invention."""

MARGIN_FRAMES: Final = 300
"""Frames of 10 ms that the encoder sees behind the last sound, instead of what is left of 30 s.
With 3 s, real telephone speech was heard no worse than in the whole window, for less than half the
work; with 2 s and less the decoder may begin to loop. docs/decisions/0015."""
LEAST_LOG_PROBABILITY: Final = -1.0
MOST_COMPRESSION: Final = 2.4
"""A decoding on the far side of either has failed, by Whisper's own measures."""


def frames_to_encode(sounding: NDArray[np.bool_], margin: int | None) -> int:
    """How many frames of a window, up to `margin` frames behind the last that is not padding: a
    whole number of pairs, as the encoder takes them. All of them where `margin` is None."""
    frames = len(sounding)
    if margin is not None:
        where = np.flatnonzero(sounding)
        last = int(where[-1]) + 1 if len(where) else 0
        frames = min(frames, last + margin)
    return frames - frames % 2


def label(model: str) -> str:
    """What to call a model in a transcript: its name, or the last part of its path."""
    return Path(model).name
