"""How every Whisper engine is asked to decode."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

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


def label(model: str) -> str:
    """What to call a model in a transcript: its name, or the last part of its path."""
    return Path(model).name
