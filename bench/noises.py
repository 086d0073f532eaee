"""What is heard on a telephone line when nobody speaks: tones, keys, music, noise, silence."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from numpy.typing import NDArray

from reports.ports import Samples
from transcribe.audio import decode
from transcribe.sound import KEYS
from transcribe.speech import NoSpeech

LINE = 8_000  # samples a second
Wave = NDArray[np.float64]
PAIRS = {
    digit: (low, high)
    for row, low in zip(KEYS, (697, 770, 852, 941), strict=True)
    for digit, high in zip(row, (1209, 1336, 1477, 1633), strict=True)
}


def as_sent(wave: Wave, loudness: float = 1.0) -> Samples:
    """Through a telephone line: 8 kHz, μ-law."""
    file = io.BytesIO()
    soundfile.write(file, wave * loudness, LINE, subtype="ULAW", format="WAV")
    return decode(file.getvalue())


def times(length: float) -> Wave:
    return np.arange(round(length * LINE)) / LINE


def nothing(length: float) -> Wave:
    return np.zeros(round(length * LINE))


def tone(*hertz: float, length: float, loudness: float = 0.2) -> Wave:
    sines = [np.sin(2 * np.pi * each * times(length) + i) for i, each in enumerate(hertz)]
    return sum(sines, nothing(length)) * loudness


def cadence(*hertz: float, on: float, off: float, count: int) -> Wave:
    return np.tile(np.append(tone(*hertz, length=on), nothing(off)), count)


def pressed(digits: str, on: float = 0.1, off: float = 0.1) -> Wave:
    return np.concatenate(
        [np.append(tone(*PAIRS[digit], length=on), nothing(off)) for digit in digits]
    )


def note(midi: int, length: float, loudness: float = 0.2) -> Wave:
    """As of a piano: it begins hard and fades, with harmonics."""
    hertz, at = 440 * 2 ** ((midi - 69) / 12), times(length)
    harmonics = [
        np.sin(2 * np.pi * hertz * k * at + k) / k for k in range(1, 7) if hertz * k < 3900
    ]
    return loudness * np.minimum(1, at / 0.01) * np.exp(-2 * at) * sum(harmonics)


def melody(length: float) -> Wave:
    tune = (60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60, 72, 76, 74, 72, 71)
    return np.concatenate([note(each, length) for each in tune])


def chords() -> Wave:
    progression = ((60, 64, 67), (57, 60, 64), (65, 69, 72), (67, 71, 74)) * 2
    return np.concatenate([sum(note(each, 0.6, 0.15) for each in chord) for chord in progression])


def ringtone() -> Wave:
    return np.concatenate([tone(440 * 2 ** (i / 12), length=0.3) for i in (3, 7, 10, 7, 12, 3, 8)])


def coloured(length: float, slope: float, seed: int = 1, loudness: float = 0.1) -> Wave:
    """Noise whose power falls with so many powers of its frequency: 0 white, 1 pink."""
    count = round(length * LINE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(0, 1, count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / LINE), 20)
    noise: Wave = np.fft.irfft(spectrum / hertz ** (slope / 2), count)
    noise *= loudness / noise.std()
    return noise


def street() -> Wave:
    """Cars that come and go."""
    noise = coloured(8, 1.6)
    return noise * (0.3 + np.abs(np.sin(2 * np.pi * 0.3 * times(8))))


def beats() -> Wave:
    strikes: Wave = np.tile(np.exp(-times(0.25) / 0.025), 20)
    return coloured(5, 0, loudness=0.3) * strikes


def clicks(*at: float, length: float = 3.0, hiss: float = 0.0003) -> Wave:
    wave = coloured(length, 0, loudness=hiss) if hiss else nothing(length)
    for start in at:
        first = round(start * LINE)
        wave[first : first + 40] += 0.5 * np.exp(-np.arange(40) / 8)
    return wave


SIT = np.concatenate([tone(hertz, length=0.33) for hertz in (950, 1400, 1800)])
HUM = tone(*(100.0 * k for k in range(1, 9)), length=5, loudness=0.05) + coloured(
    5, 0, loudness=0.02
)

TONES = {
    "dial": tone(350, 440, length=4),
    "busy": cadence(480, 620, on=0.5, off=0.5, count=5),
    "all lines are busy": cadence(480, 620, on=0.25, off=0.25, count=8),
    "ring-back": cadence(440, 480, on=2, off=4, count=2),
    "British ring-back": cadence(400, 450, on=0.4, off=0.2, count=4),
    "European busy": cadence(425, on=0.25, off=0.25, count=8),
    "number not in service": np.append(SIT, nothing(1)),
    "fax": cadence(1100, on=0.5, off=3, count=2),
    "beep": np.concatenate([nothing(0.5), tone(1000, length=0.4), nothing(2)]),
    "short beep": np.concatenate([nothing(0.5), tone(1400, length=0.25), nothing(2)]),
    "keys": pressed("0123456789*#"),
    "one key": np.concatenate([nothing(1), pressed("5"), nothing(2)]),
    "a key held": np.concatenate([nothing(1), pressed("#", on=1.0), nothing(1)]),
    "busy over hiss": cadence(480, 620, on=0.5, off=0.5, count=5) + coloured(5, 0, loudness=0.01),
}
MUSIC = {
    "melody": melody(0.3),
    "slow melody": melody(0.8),
    "fast melody": np.tile(melody(0.15), 2),
    "chords": chords(),
    "chords and beats": chords() + np.append(beats(), nothing(1))[: len(chords())],
    "chords over hiss": chords() + coloured(4.8, 0, loudness=0.02),
    "ringtone of a mobile": ringtone(),
}
NOISE = {
    "white": coloured(5, 0),
    "pink": coloured(5, 1),
    "rumble": coloured(5, 2),
    "street": street(),
    "beats": beats(),
    "many clicks": clicks(*np.arange(0.2, 5.5, 0.3), length=6),
    "hum": HUM,
}
CLICKS = {
    "one": clicks(1.0),
    "two": clicks(1.0, 1.3),
    "at the end": clicks(2.9),
    "in digital silence": clicks(1.0, hiss=0),
}
SILENCE = {
    "digital": nothing(3),
    "hiss of the line": coloured(3, 0, loudness=0.0005),
    "offset": nothing(3) + 0.2,
    "offset the other way": nothing(3) - 0.05,
    "mains hum far away": tone(60, length=3, loudness=0.001),
    "a tenth of a second": nothing(0.1),
}
NOBODY: list[tuple[NoSpeech, str, Wave]] = [
    (why, name, wave)
    for why, sounds in (
        (NoSpeech.TONE, TONES),
        (NoSpeech.MUSIC, MUSIC),
        (NoSpeech.NOISE, NOISE),
        (NoSpeech.CLICK, CLICKS),
        (NoSpeech.SILENCE, SILENCE),
    )
    for name, wave in sounds.items()
]


def babble(voices: list[Samples], length: float) -> Wave:
    """Many real voices at once, each turned around: talk, and no word of it."""
    count = round(length * LINE)
    mixed = nothing(length)
    for index, voice in enumerate(voices):
        turned = np.resize(voice[::2][::-1], count + 4_000 * (index % 3))[-count:]
        mixed += turned / (np.abs(turned).max() + 1e-9)
    mixed *= 0.3 / (np.abs(mixed).max() + 1e-9)
    return mixed
