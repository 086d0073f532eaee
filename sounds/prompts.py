"""A recording as a prompt of the telephone: judged, trimmed, as loud as the others, 8 kHz.

Callers go from one prompt to the next, spoken by different people into different microphones, and
must not have to hold the telephone away in between: so every prompt is brought to one loudness
(ITU-R BS.1770 as EBU R128 gates it, https://tech.ebu.ch/docs/r/r128.pdf).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from typing import Final

import av
import numpy as np
import soundfile
import soxr
from av.filter import Graph
from numpy.typing import NDArray

from sounds.decoding import RATE, Endless, NotAudio, Sound, decode, samples_of

TELEPHONE_RATE: Final = 8_000
"""Samples a second; what a telephone carries (ITU-T G.711)."""
LOUDNESS: Final = -19.0
"""LUFS. As loud as the voices that read aloud, with room above it for what speech has of peaks."""
LOUDEST: Final = -3.0
"""dBTP: no peak is higher, so that no codec on the way has to cut it off."""
MARGIN: Final = 0.12
"""Seconds of quiet kept before and after the voice: a prompt that begins in the middle of a
consonant is hard to make out."""
LONGEST_PAUSE_ALLOWED: Final = 90.0
"""Seconds that a recording may have, its silence before and after the voice included."""

_FRAME = RATE // 100  # 10 ms
_SOUNDING = 6  # frames on end: what is shorter is a click of the mouse
_BELOW_LOUDEST = 35.0  # dB: quieter than that is no voice beside it
_ABOVE_NOISE = 8.0  # dB: a voice is that much above what is heard without it
_SURELY_VOICE = 20.0  # dB below the loudest: never cut off, whatever the noise
_SILENT = -55.0  # dBFS of a frame
_FAINT = -45.0  # LUFS: brought up from there, nothing but the hiss of the microphone gets loud
_LEAST_OVER_NOISE = 12.0  # dB
_FULL = 0.985
_MOST_AT_FULL = 0.004  # share of samples; undistorted speech has next to none there
_SHORTEST = 0.2  # seconds of voice: the shortest digit takes more
_MEASURABLE = 3.0  # seconds: BS.1770 wants blocks of 400 ms, and several of them


class Fault(StrEnum):
    """Why a recording will not do."""

    NOT_AUDIO = "not_audio"
    SILENT = "silent"
    FAINT = "faint"
    CLIPPED = "clipped"
    NOISY = "noisy"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


class Unusable(ValueError):
    """The recording will not do, for the reason in `fault`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PromptSound:
    """A WAV file, 16-bit PCM at 8 kHz, one channel, and how long it plays."""

    wave: bytes
    seconds: float


def telephone_quality(audio: bytes, longest: float) -> PromptSound:
    """The recording in any common format as it will sound on the telephone.

    `longest`: seconds that it may play once the silence around it is cut off.

    Raises:
        Unusable
    """
    try:
        sound = decode(audio, LONGEST_PAUSE_ALLOWED)
    except NotAudio as error:
        raise Unusable(Fault.NOT_AUDIO) from error
    except Endless as error:
        raise Unusable(Fault.TOO_LONG) from error
    voice = _voice(sound)
    if len(voice) > (longest + 2 * MARGIN) * RATE:
        raise Unusable(Fault.TOO_LONG)
    if float(np.mean(np.abs(voice) >= _FULL)) > _MOST_AT_FULL:
        raise Unusable(Fault.CLIPPED)
    narrow = _without_rumble(soxr.resample(voice, RATE, TELEPHONE_RATE))
    if loudness(narrow, TELEPHONE_RATE) < _FAINT:
        raise Unusable(Fault.FAINT)
    for _ in range(2):  # what the limiter took away is made good once
        narrow = _limited(narrow, LOUDNESS - loudness(narrow, TELEPHONE_RATE))
    above = true_peak(narrow, TELEPHONE_RATE) - LOUDEST
    loud = _faded(narrow * np.float32(10 ** (-max(0.0, above) / 20)))
    return PromptSound(_wave(loud), len(loud) / TELEPHONE_RATE)


def loudness(sound: Sound, rate: int) -> float:
    """Integrated loudness in LUFS; -70, where the measure ends, for silence.

    Of a short sound it is that of the sound said over and over: one digit is shorter than the
    blocks that are measured (https://ffmpeg.org/ffmpeg-filters.html#ebur128-1).
    """
    repeated = np.tile(sound, max(1, int(np.ceil(_MEASURABLE * rate / max(len(sound), 1)))))
    measured = _filtered(repeated, rate, [("ebur128", "metadata=1:framelog=quiet")])
    said = [frame.metadata for frame in measured if "lavfi.r128.I" in frame.metadata]
    return float(said[-1]["lavfi.r128.I"]) if said else -70.0


def true_peak(sound: Sound, rate: int) -> float:
    """The highest peak in dBTP, those between two samples included; -120 for silence."""
    padded = np.concatenate([sound, np.zeros(rate, np.float32)])
    measured = _filtered(padded, rate, [("ebur128", "metadata=1:peak=true:framelog=quiet")])
    peak = max(
        (float(frame.metadata.get("lavfi.r128.true_peak", 0)) for frame in measured), default=0.0
    )
    return max(-120.0, 20 * float(np.log10(peak))) if peak > 0 else -120.0


def _voice(sound: Sound) -> Sound:
    """From the first to the last sounding stretch, with `MARGIN` around it.

    Raises:
        Unusable: there is no voice, too little of it, or too much beside it.
    """
    levels = _levels(sound)
    if not len(levels) or levels.max() < _SILENT:
        raise Unusable(Fault.SILENT)
    # Not the very loudest frame: that may be the microphone being put down.
    loudest = float(np.percentile(levels[levels >= _SILENT], 95))
    noise = float(np.percentile(levels, 5))
    least = max(loudest - _BELOW_LOUDEST, min(noise + _ABOVE_NOISE, loudest - _SURELY_VOICE))
    sounding = _stretches(levels >= least)
    if not len(sounding):
        raise Unusable(Fault.SILENT)
    first, last = int(sounding[0]), int(sounding[-1]) + 1
    if (last - first) * _FRAME < _SHORTEST * RATE:
        raise Unusable(Fault.TOO_SHORT)
    within = levels[first:last]
    # Between words even a quick speaker leaves gaps: what is heard in them is the surroundings.
    if np.percentile(within, 95) - noise < _LEAST_OVER_NOISE:
        raise Unusable(Fault.NOISY)
    margin = int(MARGIN * RATE)
    begin, end = first * _FRAME - margin, last * _FRAME + margin
    before, after = max(0, -begin), max(0, end - len(sound))
    return np.pad(sound[max(0, begin) : end], (before, after))


def _levels(sound: Sound) -> NDArray[np.float64]:
    """dBFS of each whole frame, as the root of its mean square."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    if not len(frames):
        return np.empty(0)
    # What is constant, an offset of cheap microphones, is not heard.
    power = frames.var(axis=1)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 1e-12))
    return levels


def _stretches(loud: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The frames of `loud` that stand in a row of `_SOUNDING` or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    kept = [
        np.arange(begin, end)
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
        if end - begin >= _SOUNDING
    ]
    return np.concatenate(kept) if kept else np.empty(0, np.intp)


def _without_rumble(sound: Sound) -> Sound:
    """Without what lies below a voice: steps, wind, hum, an offset. A telephone does not carry it
    (ITU-T G.712 begins at 300 Hz), but it would count as loudness."""
    return _joined(_filtered(sound, TELEPHONE_RATE, [("highpass", "f=120")]))


def _limited(sound: Sound, gain: float) -> Sound:
    """Louder by `gain` dB, peaks held down softly where they would be too high.

    https://ffmpeg.org/ffmpeg-filters.html#alimiter looks at samples alone: a little lower than
    `LOUDEST`, for what lies between them.
    """
    limit = 10 ** ((LOUDEST - 1.5) / 20)
    frames = _filtered(
        sound,
        TELEPHONE_RATE,
        [
            ("volume", f"volume={gain:.3f}dB:precision=float"),
            ("alimiter", f"limit={limit:.4f}:level=disabled:attack=5:release=50:latency=1"),
        ],
    )
    return np.clip(_joined(frames), -limit, limit)


def _faded(sound: Sound) -> Sound:
    """Without a click where it begins and ends: 10 ms each."""
    ramp = np.linspace(0, 1, TELEPHONE_RATE // 100, dtype=np.float32)
    sound = sound.copy()
    sound[: len(ramp)] *= ramp
    sound[-len(ramp) :] *= ramp[::-1]
    return sound


def _wave(sound: Sound) -> bytes:
    file = BytesIO()
    soundfile.write(file, sound, TELEPHONE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _joined(frames: Sequence[av.AudioFrame]) -> Sound:
    joined: Sound = np.concatenate([samples_of(frame) for frame in frames])
    return joined


def _filtered(
    sound: Sound, rate: int, filters: Sequence[tuple[str, str]]
) -> Sequence[av.AudioFrame]:
    """What FFmpeg's filters, one after the other, make of it."""
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=rate, format="flt", layout="mono", time_base=Fraction(1, rate)
    )
    chain = [source, *(graph.add(name, told) for name, told in filters), graph.add("abuffersink")]
    for one, following in pairwise(chain):
        one.link_to(following)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound, np.float32)[None, :], format="flt", layout="mono"
    )
    frame.sample_rate = rate
    frame.pts = 0
    graph.push(frame)
    graph.push(None)
    made: list[av.AudioFrame] = []
    while True:
        try:
            pulled = graph.pull()
        except (av.EOFError, av.BlockingIOError):
            return made
        if isinstance(pulled, av.AudioFrame):
            made.append(pulled)
