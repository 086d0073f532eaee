"""Telephone sound: 8 kHz, one channel, 16 bits a sample; WAV in and out.

A telephone network carries G.711 μ-law; Twilio hands recordings out as 16-bit PCM WAV at 8 kHz
(https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file). Python's own
`wave` module reads PCM alone, so the few chunks needed are read here.
"""

from __future__ import annotations

import io
import struct
import wave
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8000
"""Samples a second on the line."""

FRAME: Final = RATE // 50
"""Samples in the 20 ms frames by which silence is judged."""

AUDIBLE: Final = 20.0
"""Root mean square, of 32,768, above which a frame is sound: -64 dBFS, where faint callers are."""

_MARGIN: Final = RATE // 5  # samples trimming leaves, so that no soft first or last sound is cut

_PCM, _FLOAT, _MU_LAW, _EXTENSIBLE = 1, 3, 7, 0xFFFE


class NotAudio(ValueError):
    """What was given is no WAV file this line can carry; the message says what is amiss."""


@dataclass(frozen=True, eq=False)
class Sound:
    """A stretch of what one end of the line says: int16 samples, shape (n,), 8 kHz."""

    samples: NDArray[np.int16]

    @classmethod
    def silence(cls, seconds: float) -> Sound:
        return cls(np.zeros(_samples_in(seconds), np.int16))

    @classmethod
    def tone(cls, hertz: float, seconds: float, *, loudness: float = 0.3) -> Sound:
        """A sine of `hertz`; loudness 1.0 is the loudest the line carries."""
        times = np.arange(_samples_in(seconds)) / RATE
        wave_form = loudness * 32767 * np.sin(2 * np.pi * hertz * times)
        return cls(wave_form.astype(np.int16))

    @classmethod
    def from_raw(cls, content: bytes) -> Sound:
        """Headerless little-endian 16-bit samples at 8 kHz; half a sample at the end is dropped."""
        return cls(np.frombuffer(content[: len(content) // 2 * 2], "<i2").astype(np.int16))

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    def __add__(self, other: Sound) -> Sound:
        return Sound(np.concatenate([self.samples, other.samples]))

    def first(self, seconds: float) -> Sound:
        return Sound(self.samples[: _samples_in(seconds)])

    @cached_property
    def _audible_frames(self) -> NDArray[np.bool_]:
        whole = -(-len(self.samples) // FRAME)
        padded = np.zeros(whole * FRAME, np.float64)
        padded[: len(self.samples)] = self.samples
        loudness = np.sqrt(np.mean(padded.reshape(whole, FRAME) ** 2, axis=1))
        audible: NDArray[np.bool_] = loudness > AUDIBLE
        return audible

    @property
    def is_audible(self) -> bool:
        return bool(self._audible_frames.any())

    @property
    def silent_tail(self) -> float:
        """Seconds of silence at the end; all of it where nothing is audible."""
        (heard,) = np.nonzero(self._audible_frames)
        last = (int(heard[-1]) + 1) * FRAME if heard.size else 0
        return max(0.0, (len(self.samples) - last) / RATE)

    def silent_for(self, seconds: float) -> float | None:
        """When, in seconds from the start, `seconds` of silence have first passed; else None."""
        needed = max(1, round(seconds * RATE / FRAME))
        run = 0
        for index, audible in enumerate(self._audible_frames):
            run = 0 if audible else run + 1
            if run >= needed:
                return min((index + 1) * FRAME / RATE, self.seconds)
        return None

    def trimmed(self) -> Sound:
        """Without the silence at either end, as Twilio's `trim-silence` leaves it."""
        (heard,) = np.nonzero(self._audible_frames)
        if not heard.size:
            return Sound.silence(0)
        first = max(0, int(heard[0]) * FRAME - _MARGIN)
        return Sound(self.samples[first : (int(heard[-1]) + 1) * FRAME + _MARGIN])

    def to_wav(self) -> bytes:
        """A RIFF WAV file: PCM, 16 bits, 8 kHz, one channel."""
        content = io.BytesIO()
        with wave.open(content, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(self.samples.astype("<i2").tobytes())
        return content.getvalue()


def read_sound(source: Sound | bytes | str | Path) -> Sound:
    """Sound as it is, the bytes of a WAV file, or the path of one.

    Raises NotAudio for what is no WAV file, OSError for a path that cannot be read.
    """
    if isinstance(source, Sound):
        return source
    return read_wav(source if isinstance(source, bytes) else Path(source).read_bytes())


def read_wav(content: bytes) -> Sound:
    """Decode PCM (8, 16, 24 or 32 bits), 32-bit float or μ-law; any rate, channels mixed to one.

    Raises NotAudio, saying what is amiss.
    """
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotAudio("not a WAV file: it does not begin with a RIFF/WAVE header")
    layout: tuple[int, int, int, int] | None = None
    position = 12
    while position + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, position)
        body = content[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
        if name == b"fmt ":
            layout = _layout(body)
        elif name == b"data":
            if layout is None:
                raise NotAudio("the WAV file has its data before its format")
            return _decode(body, *layout)
    raise NotAudio("the WAV file has no data")


def decode_mu_law(codes: bytes) -> NDArray[np.int16]:
    """G.711 μ-law, one byte a sample, to 16-bit linear (ITU-T G.711, table 2a)."""
    inverted = ~np.frombuffer(codes, np.uint8)
    exponent = (inverted >> 4) & 0x07
    mantissa = (inverted & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(inverted & 0x80, -magnitude, magnitude).astype(np.int16)


def encode_mu_law(samples: NDArray[np.int16]) -> bytes:
    """16-bit linear to G.711 μ-law, one byte a sample."""
    magnitude = np.minimum(np.abs(samples.astype(np.int32)), 32635) + 0x84
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    codes: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa)).astype(np.uint8)
    return codes.tobytes()


def _samples_in(seconds: float) -> int:
    return max(0, round(seconds * RATE))


def _layout(body: bytes) -> tuple[int, int, int, int]:
    if len(body) < 16:
        raise NotAudio("the WAV file's format is cut short")
    coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if coding == _EXTENSIBLE and len(body) >= 26:
        (coding,) = struct.unpack_from("<H", body, 24)
    if not channels or not rate:
        raise NotAudio("the WAV file claims no channels or no rate")
    return coding, channels, rate, bits


def _decode(body: bytes, coding: int, channels: int, rate: int, bits: int) -> Sound:
    width = 1 if coding == _MU_LAW else bits // 8
    body = body[: len(body) - len(body) % max(1, width * channels)]
    if coding == _MU_LAW:
        linear = decode_mu_law(body).astype(np.float64)
    elif coding == _FLOAT and bits == 32:
        linear = np.frombuffer(body, "<f4").astype(np.float64) * 32767
    elif coding == _PCM and bits == 8:
        linear = (np.frombuffer(body, np.uint8).astype(np.float64) - 128) * 256
    elif coding == _PCM and bits == 16:
        linear = np.frombuffer(body, "<i2").astype(np.float64)
    elif coding == _PCM and bits == 24:
        triples = np.frombuffer(body, np.uint8).reshape(-1, 3)
        padded = np.concatenate([np.zeros((len(triples), 1), np.uint8), triples], axis=1)
        linear = padded.view("<i4").ravel().astype(np.float64) / 65536
    elif coding == _PCM and bits == 32:
        linear = np.frombuffer(body, "<i4").astype(np.float64) / 65536
    else:
        raise NotAudio(f"WAV coding {coding} with {bits} bits is not one the line can carry")
    mono = linear.reshape(-1, channels).mean(axis=1)
    return Sound(np.clip(_resampled(mono, rate), -32768, 32767).astype(np.int16))


def _resampled(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Band-limited, through the spectrum: what lies above 4 kHz is gone, as on a real line."""
    if rate == RATE or not len(samples):
        return samples
    wanted = max(1, round(len(samples) * RATE / rate))
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(wanted // 2 + 1, np.complex128)
    shared = min(len(spectrum), len(kept))
    kept[:shared] = spectrum[:shared]
    resampled: NDArray[np.float64] = np.fft.irfft(kept, wanted) * (wanted / len(samples))
    return resampled
