"""The bytes of an audio file as sound: decoded, mixed to one channel, resampled, measured.

Telephone recordings come as WAV (PCM, μ-law, A-law, GSM, ADPCM) or MP3, others as whatever a
browser or a voicemail box writes, and some with a header that is wrong: `wav` puts headers right,
`readers` read. No program is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import numpy as np
import soxr

from reports.model import Level
from reports.ports import Samples
from transcribe.readers import READERS, Block, Unreadable
from transcribe.wav import mended

RATE: Final = 16_000
"""Samples a second, as Whisper and the voice activity model want them."""
LONGEST: Final = 30 * 60
"""Seconds. A caller is cut off long before; a small file may unpack to days of silence."""
RATES: Final = range(4_000, 192_001)
"""Below, no voice is left to hear; above, the header is wrong."""
FLOOR: Final = -120.0
"""dBFS of digital silence, whose logarithm there is not."""

_BLOCK = 1 << 16  # samples looked at at once
_NOTHING = np.empty(0, np.float32)


class BadAudio(ValueError):
    """There is no sound to be had of these bytes. `str()` is a short sentence for people."""


def decode(audio: bytes) -> Samples:
    """The sound of a whole file, with the channels mixed into one.

    Its length is the file's, give or take one sample. Of a file that is cut short or damaged it is
    what there is. It takes hardly more memory than the sound it gives.

    Raises:
        BadAudio: it is no audio, holds no sound or more than `LONGEST` seconds, or is damaged so
            that nothing can be had of it.
    """
    audio = mended(audio)
    most = _NOTHING
    for read in READERS:
        sound, whole = _collected(read(audio))
        if len(sound) > len(most):
            most = sound
        if whole:
            break
    if not len(most):
        raise BadAudio(f"the file {'holds no sound' if whole else 'is damaged, or no audio'}")
    return most


def is_audio(audio: bytes) -> bool:
    """Whether it opens as a file with sound in it. It may still be damaged further on."""
    audio = mended(audio)
    for read in READERS:
        with suppress(Unreadable):
            if (first := next(read(audio), None)) is not None:
                return first[0] in RATES
    return False


def seconds(samples: Samples) -> float:
    """How long a sound lasts."""
    return len(samples) / RATE


def measure(samples: Samples) -> Level:
    """How loud it is, over its whole length. A constant offset is not heard, and does not count."""
    if not len(samples):
        return Level(FLOOR, FLOOR)
    offset = float(samples.mean(dtype=np.float64))
    blocks = (samples[at : at + _BLOCK] - offset for at in range(0, len(samples), _BLOCK))
    energy = sum(float(np.vdot(block, block)) for block in blocks) / len(samples)
    return Level(
        peak=decibels(max(float(samples.max()) - offset, offset - float(samples.min()))),
        rms=decibels(energy**0.5),
    )


def decibels(amplitude: float) -> float:
    """dBFS of an amplitude whose full scale is 1, `FLOOR` at the least."""
    return max(FLOOR, 20 * float(np.log10(amplitude))) if amplitude > 0 else FLOOR


def _collected(blocks: Iterator[Block]) -> tuple[Samples, bool]:
    """All blocks at `RATE`, and whether they could be read to the end.

    They are written one after the other into room for the longest; what is not used is given
    back. Room that nothing was written into costs no memory.
    """
    sound = np.empty((LONGEST + 1) * RATE, np.float32)
    length, whole = 0, True
    resampler, first = None, RATE
    try:
        for rate, block in blocks:
            if rate not in RATES:
                raise BadAudio(f"the file says {rate} samples a second, which is no speech")
            if not np.isfinite(block).all():
                raise BadAudio("the file is damaged: not all of it are numbers")
            if resampler is None:
                resampler, first = soxr.ResampleStream(rate, RATE, 1, dtype="float32"), rate
            elif rate != first:
                raise Unreadable("it goes on as another sound")
            length = _append(sound, length, resampler.resample_chunk(block))
    except Unreadable:
        whole = False
    if resampler is not None:
        length = _append(sound, length, resampler.resample_chunk(_NOTHING, last=True))
    sound.resize(length, refcheck=False)
    return sound, whole


def _append(sound: Samples, length: int, more: Samples) -> int:
    end = length + len(more)
    if end > LONGEST * RATE + RATE // 100:
        raise BadAudio(f"the file is longer than {LONGEST // 60} minutes")
    np.clip(more, -1.0, 1.0, out=sound[length:end])
    return end
