"""Browsers can play what telephones recorded; what is kept stays as it came."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from dashboard.sound import NotPlayable, playable
from tests.dashboard.stories import mu_law_wave


def test_mu_law_becomes_sixteen_bits_of_the_same_sound() -> None:
    original = mu_law_wave()
    wave = playable(original)
    with soundfile.SoundFile(io.BytesIO(wave)) as sound:
        assert (sound.format, sound.subtype, sound.samplerate) == ("WAV", "PCM_16", 8000)
    before, _ = soundfile.read(io.BytesIO(original))
    after, _ = soundfile.read(io.BytesIO(wave))
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_what_browsers_play_already_is_left_alone() -> None:
    wave = playable(mu_law_wave())
    assert playable(wave) is wave


def test_what_is_no_audio_is_said_to_be_none() -> None:
    with pytest.raises(NotPlayable):
        playable(b"<html>not found</html>")
