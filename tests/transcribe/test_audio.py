"""What providers send becomes sound, and what is no sound is said to be none."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from simulator.spoken import line_sound, spoken_calls
from transcribe.audio import RATE, BadAudio, decode, is_audio, measure, seconds


def a_tone(length: float, rate: int, subtype: str, format: str = "WAV", channels: int = 1) -> bytes:
    time = np.arange(round(length * rate)) / rate
    tone = 0.5 * np.sin(2 * np.pi * 440 * time)
    file = io.BytesIO()
    sound = np.column_stack([tone] * channels)
    soundfile.write(file, sound, rate, subtype=subtype, format=format)
    return file.getvalue()


@pytest.mark.parametrize(
    ("subtype", "format", "rate", "channels"),
    [
        ("ULAW", "WAV", 8000, 1),
        ("ALAW", "WAV", 8000, 1),
        ("PCM_16", "WAV", 8000, 1),
        ("PCM_16", "WAV", 44100, 2),
        ("PCM_24", "WAV", 48000, 1),
        ("MPEG_LAYER_III", "MP3", 16000, 1),
        ("PCM_16", "FLAC", 16000, 1),
    ],
)
def test_whatever_a_provider_sends_is_decoded(
    subtype: str, format: str, rate: int, channels: int
) -> None:
    samples = decode(a_tone(2.0, rate, subtype, format, channels))
    assert samples.dtype == np.float32
    assert seconds(samples) == pytest.approx(2.0, abs=0.15)
    assert measure(samples).peak == pytest.approx(-6.0, abs=1.0)
    spectrum = np.abs(np.fft.rfft(samples))
    assert spectrum.argmax() * RATE / len(samples) == pytest.approx(440, abs=2)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_audio_are_called_so(garbage: bytes) -> None:
    for prefix in (b"", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"ID3"):
        # A few bytes may happen to be some sound; whatever else they are is said, not raised.
        with contextlib.suppress(BadAudio):
            assert decode(prefix + garbage).dtype == np.float32


@pytest.mark.parametrize("bytes_", [b"", b"<html>not found</html>", b"RIFF"])
def test_a_web_page_is_no_audio(bytes_: bytes) -> None:
    assert not is_audio(bytes_)
    with pytest.raises(BadAudio):
        decode(bytes_)


@given(st.integers(min_value=1, max_value=20_000))
def test_no_sample_is_lost(count: int) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.full(count, 0.1), 8000, subtype="PCM_16", format="WAV")
    assert abs(len(decode(file.getvalue())) - 2 * count) <= 1


def test_a_file_cut_short_gives_what_there_is() -> None:
    whole = spoken_calls()[0].where.path.read_bytes()
    samples = decode(whole[: len(whole) // 2])
    assert seconds(samples) == pytest.approx(spoken_calls()[0].where.seconds / 2, abs=0.2)


def test_silence_is_measured_as_such() -> None:
    assert measure(decode(line_sound("silence").path.read_bytes())).rms < -55
