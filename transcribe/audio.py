"""The bytes of an audio file as sound: decoded, mixed to one channel, resampled, measured.

Telephone recordings come as WAV (PCM, μ-law, A-law) or MP3; libsndfile knows FLAC, Ogg and others
too. No program is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
import soundfile
import soxr

from reports.ports import Samples

RATE: Final = 16_000
"""Samples a second, as Whisper and the voice activity model want them."""
LONGEST: Final = 30 * 60
"""Seconds. A caller is cut off long before; a small file may unpack to days of silence."""
RATES: Final = range(4_000, 192_001)
"""Below, no voice is left to hear; above, the header is wrong."""
FLOOR: Final = -120.0
"""dBFS of digital silence, whose logarithm there is not."""

_BLOCK = 1 << 16  # frames read at once


class BadAudio(ValueError):
    """There is no sound to be had of these bytes. `str()` is a short sentence for people."""


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a sound is, in dBFS: 0 is as loud as can be, `FLOOR` nothing at all."""

    peak: float
    rms: float


def decode(audio: bytes) -> Samples:
    """The sound of a whole file, with the channels mixed into one.

    Its length is the file's, give or take one sample.

    Raises:
        BadAudio: it is no audio, is damaged, holds no sound or more than `LONGEST` seconds.
    """
    try:
        with soundfile.SoundFile(BytesIO(audio)) as file:
            rate = _rate(file)
            mixed = _mixed(file, LONGEST * rate)
    except soundfile.SoundFileError:
        raise BadAudio("the file is damaged, or no audio") from None
    if not np.isfinite(mixed).all():
        raise BadAudio("the file is damaged: not all of it are numbers")
    resampled: Samples = soxr.resample(mixed, rate, RATE)
    return np.clip(resampled, -1.0, 1.0).astype(np.float32, copy=False)


def is_audio(audio: bytes) -> bool:
    """Whether it opens as a file with sound in it. It may still be damaged further on."""
    try:
        with soundfile.SoundFile(BytesIO(audio)) as file:
            return file.samplerate in RATES and len(file.read(1)) > 0
    except soundfile.SoundFileError:
        return False


def seconds(samples: Samples) -> float:
    """How long a sound lasts."""
    return len(samples) / RATE


def measure(samples: Samples) -> Level:
    """How loud it is, over its whole length."""
    if not len(samples):
        return Level(FLOOR, FLOOR)
    return Level(
        peak=_decibels(float(np.abs(samples).max())),
        rms=_decibels(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))),
    )


def _rate(file: soundfile.SoundFile) -> int:
    rate = int(file.samplerate)
    if rate not in RATES:
        raise BadAudio(f"the file says {rate} samples a second, which is no speech")
    return rate


def _mixed(file: soundfile.SoundFile, most: int) -> Samples:
    """Read block by block, for the header may promise any length."""
    blocks: list[Samples] = []
    length = 0
    while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
        blocks.append(block.mean(axis=1, dtype=np.float32))
        length += len(block)
        if length > most:
            raise BadAudio(f"the file is longer than {LONGEST // 60} minutes")
    if not length:
        raise BadAudio("the file holds no sound")
    return np.concatenate(blocks)


def _decibels(amplitude: float) -> float:
    return max(FLOOR, 20 * float(np.log10(amplitude))) if amplitude else FLOOR
