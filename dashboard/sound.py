"""Recordings in a form that browsers play.

Telephone companies deliver μ-law in WAV, which some browsers do not play; all play 16-bit PCM. What
is kept is never changed: the form for the browser is made each time it is asked for.
"""

from __future__ import annotations

import io

import soundfile


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
    except soundfile.LibsndfileError as error:
        raise NotPlayable("the file is no audio that can be read") from error
    wave = io.BytesIO()
    soundfile.write(wave, samples, rate, format="WAV", subtype="PCM_16")
    return wave.getvalue()
