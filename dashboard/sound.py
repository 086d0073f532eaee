"""Recordings in a form that browsers play.

Telephone companies deliver μ-law in WAV, which some browsers do not play; all play 16-bit PCM. What
is kept is never changed: the form for the browser is made each time it is asked for.
"""

from __future__ import annotations

import io

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

LONGEST_SECONDS = 600
"""Of a sound that came with a text message."""


class NotPlayable(ValueError):
    """No audio that can be read here; the file may still be downloaded."""


def playable(audio: bytes) -> bytes:
    """A WAV file of 16-bit PCM: `audio` itself if it is one.

    Raises:
        NotPlayable: it cannot be read.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(audio)) as sound:
            if sound.format == "WAV" and sound.subtype == "PCM_16":
                return audio
            samples = sound.read(dtype="int16")
            rate = sound.samplerate
    except soundfile.LibsndfileError:
        samples, rate = _decoded(audio)
    wave = io.BytesIO()
    soundfile.write(wave, samples, rate, format="WAV", subtype="PCM_16")
    return wave.getvalue()


def _decoded(audio: bytes) -> tuple[NDArray[np.int16], int]:
    """What telephones record and libsndfile does not read: AMR, and AAC in 3GPP and MP4."""
    rate = 16_000
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    pieces: list[NDArray[np.int16]] = []
    try:
        with av.open(io.BytesIO(audio), mode="r") as container:
            for frame in container.decode(audio=0):
                pieces += [
                    np.asarray(made.to_ndarray(), dtype=np.int16).reshape(-1)
                    for made in resampler.resample(frame)
                ]
                if sum(len(piece) for piece in pieces) > LONGEST_SECONDS * rate:
                    break
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise NotPlayable("the file is no audio that can be read") from error
    if not pieces:
        raise NotPlayable("the file holds no sound")
    return np.concatenate(pieces), rate
