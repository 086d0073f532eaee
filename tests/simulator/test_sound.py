"""Sound as a telephone carries it, from whatever WAV it comes in."""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import NotAudio, Sound, read_sound
from simulator.sound import RATE, decode_mu_law, encode_mu_law


def wav(coding: int, channels: int, rate: int, bits: int, body: bytes) -> bytes:
    width = bits // 8 * channels
    layout = struct.pack("<HHIIHH", coding, channels, rate, rate * width, width, bits)
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout
    chunks += b"LIST" + struct.pack("<I", 3) + b"odd\0"
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def sine(rate: int, hertz: float = 440.0) -> NDArray[np.float64]:
    """One second, a third as loud as can be."""
    wave_form: NDArray[np.float64] = np.sin(2 * np.pi * hertz * np.arange(rate) / rate) / 3
    return wave_form


def loudest_hertz(sound: Sound) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound.samples)))) / sound.seconds


def pcm24(samples: NDArray[np.float64]) -> bytes:
    whole = (samples * 8388607).astype("<i4").view(np.uint8).reshape(-1, 4)
    return whole[:, :3].tobytes()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100])
@pytest.mark.parametrize(
    ("coding", "bits", "encode"),
    [
        (1, 8, lambda s: (s * 127 + 128).astype(np.uint8).tobytes()),
        (1, 16, lambda s: (s * 32767).astype("<i2").tobytes()),
        (1, 24, pcm24),
        (1, 32, lambda s: (s * 2147483647).astype("<i4").tobytes()),
        (3, 32, lambda s: s.astype("<f4").tobytes()),
        (7, 8, lambda s: encode_mu_law((s * 32767).astype(np.int16))),
    ],
    ids=["8 bits", "16 bits", "24 bits", "32 bits", "float", "mu-law"],
)
def test_any_common_wav_comes_through(rate: int, coding: int, bits: int, encode: object) -> None:
    assert callable(encode)
    sound = read_sound(wav(coding, 1, rate, bits, encode(sine(rate))))

    assert sound.seconds == pytest.approx(1, abs=0.001)
    assert loudest_hertz(sound) == pytest.approx(440, abs=2)
    assert np.max(np.abs(sound.samples)) == pytest.approx(32767 / 3, rel=0.05)


def test_two_channels_are_mixed_to_one() -> None:
    left = (sine(8000) * 32767).astype("<i2")
    both = np.stack([left, np.zeros_like(left)], axis=1)

    sound = read_sound(wav(1, 2, 8000, 16, both.tobytes()))

    assert np.max(np.abs(sound.samples)) == pytest.approx(32767 / 6, rel=0.05)


def test_what_a_line_cannot_carry_is_gone() -> None:
    high = (sine(44100, hertz=6000) * 32767).astype("<i2")

    assert not read_sound(wav(1, 1, 44100, 16, high.tobytes())).is_audible


def test_every_mu_law_code_survives_the_way_there_and_back() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)  # 0x7F is a second zero

    assert encode_mu_law(decode_mu_law(codes)) == codes


def test_mu_law_has_the_values_of_g_711() -> None:
    values = decode_mu_law(bytes([0x00, 0x80, 0x7F, 0xFF, 0x0F, 0x8F]))

    assert values.tolist() == [-32124, 32124, 0, 0, -16764, 16764]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html>",
        b"RIFF\0\0\0\0WAVE",
        wav(2, 1, 8000, 16, bytes(4)),
        wav(1, 0, 8000, 16, bytes(4)),
    ],
)
def test_what_is_no_wav_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NotAudio):
        read_sound(content)


def test_what_is_written_is_plain_16_bit_telephone_wav() -> None:
    sound = Sound.tone(300, 0.5)

    with wave.open(io.BytesIO(sound.to_wav())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
    assert (read_sound(sound.to_wav()).samples == sound.samples).all()


def test_silence_is_found_where_it_is() -> None:
    sound = Sound.tone(300, 2) + Sound.silence(3) + Sound.tone(300, 1) + Sound.silence(1.5)

    assert sound.silent_for(2) == pytest.approx(4, abs=0.03)
    assert sound.silent_for(3.5) is None
    assert sound.silent_tail == pytest.approx(1.5, abs=0.03)
    assert sound.trimmed().seconds == pytest.approx(6.2, abs=0.03)
    assert not Sound.silence(1).is_audible
    assert Sound.silence(1).trimmed().seconds == 0
