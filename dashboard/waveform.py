"""The shape of a recording for the eye: how loud it is, moment by moment, and where nobody speaks.

It shows when somebody spoke and holds no word: ten values a second say nothing of what was said. So
it may be had by every organizer, as the recording's length may, and the custody log tells of the
sound alone, when somebody plays it: if it told of every look at a page, nobody would find in it who
listened. It is made anew when it is asked for, remembered in memory, and stands in no database.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from dashboard.sound import NotPlayable

RATE: Final = 10
"""Values a second at the most. No voice can be made of so few."""
MOST: Final = 600
"""Values of one recording: longer ones have fewer a second."""
LOUDEST: Final = 100
"""A value is a whole number up to this: the loudest moment of the recording."""
FRAME: Final = 0.05
"""Seconds over which loudness is taken, to tell where nobody speaks."""
ABOVE_NOISE: Final = 2.0
"""What is not twice as loud as the noise (6 dB) is taken for noise."""
CLEAR: Final = 4.0
"""Speech that is not four times as loud as the noise (12 dB) cannot be told from it: nothing is
taken for silence."""
NOTHING: Final = 0.001
"""RMS (-60 dBFS) below which nothing can be heard."""
SHORTEST: Final = 1.2
"""Seconds: a shorter silence is a breath."""
MARGIN: Final = 0.3
"""Seconds that stay of a silence at each end, for words that begin and end softly."""
REMEMBERED: Final = 256
"""Waveforms that a process keeps: some 600 bytes each."""


@dataclass(frozen=True, slots=True)
class Waveform:
    seconds: float
    levels: tuple[int, ...]
    """From the beginning to the end, all of one length, 0 to `LOUDEST`."""
    silences: tuple[tuple[float, float], ...]
    """Seconds between which nobody speaks, and which may be left out."""

    @property
    def plain(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"seconds": self.seconds, "levels": self.levels, "silences": self.silences}


@dataclass
class Waveforms:
    """Those that were asked for last, by the id of their recording, whose sound never changes. For
    several threads."""

    most: int = REMEMBERED
    _kept: OrderedDict[str, Waveform] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: str) -> Waveform | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, waveform: Waveform) -> None:
        with self._lock:
            self._kept[key] = waveform
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)


def waveform_of(wave: bytes) -> Waveform:
    """`wave`: as `dashboard.sound.playable` gives it.

    Raises:
        NotPlayable: it cannot be read.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(wave)) as sound:
            samples = sound.read(dtype="float32", always_2d=True)
            rate = sound.samplerate
    except soundfile.LibsndfileError as error:
        raise NotPlayable("the file is no audio that can be read") from error
    mono = samples.mean(axis=1, dtype=np.float32)
    seconds = len(mono) / rate
    loudness = _loudness(mono, max(1, round(FRAME * rate)))
    return Waveform(
        seconds=round(seconds, 3),
        levels=_levels(mono, min(MOST, round(seconds * RATE))),
        silences=tuple(_silences(loudness, seconds)),
    )


def _levels(samples: NDArray[np.float32], count: int) -> tuple[int, ...]:
    if count < 1:
        return ()
    edges = np.linspace(0, len(samples), count, endpoint=False).astype(np.intp)
    highest = np.maximum.reduceat(np.abs(samples), edges)
    top = float(highest.max())
    if top < NOTHING:
        return (0,) * count
    return tuple(int(each) for each in np.rint(LOUDEST * highest / top))


def _loudness(samples: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """RMS, frame by frame; what is left over at the end is a frame of its own."""
    missing = -len(samples) % size
    frames = np.pad(samples, (0, missing)).reshape(-1, size)
    rms: NDArray[np.float32] = np.sqrt(np.mean(np.square(frames), axis=1))
    return rms


def _silences(loudness: NDArray[np.float32], seconds: float) -> Iterator[tuple[float, float]]:
    """Cautious: what may be a whisper is none."""
    if not len(loudness):
        return
    noise, speech = (float(each) for each in np.percentile(loudness, (10, 95)))
    if speech < max(CLEAR * noise, NOTHING):
        return
    quiet = loudness < max(ABOVE_NOISE * noise, NOTHING)
    # Where quiet begins and where it ends, with something loud before the first and after the last.
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    for first, last in edges.reshape(-1, 2):
        start, end = first * FRAME, min(last * FRAME, seconds)
        if end - start >= SHORTEST:
            yield round(start + MARGIN, 2), round(end - MARGIN, 2)
