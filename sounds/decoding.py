"""Any common audio file as sound: WAV, MP3, Ogg, FLAC, and what browsers record (WebM, MP4).

FFmpeg's libraries do it, inside this process, as PyAV brings them
(https://pyav.org/docs/stable/). Only formats that hold audio by themselves are opened: a playlist
could name files of this machine (https://ffmpeg.org/ffmpeg-formats.html#Format-Options).
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

RATE: Final = 48_000
"""Samples a second of all that is decoded: what browsers record, and what BS.1770 measures at."""
FORMATS: Final = "wav,w64,aiff,mp3,ogg,flac,matroska,mov,aac,amr,caf"
"""Names of FFmpeg's demuxers; 'matroska' reads WebM, 'mov' MP4 and M4A."""

Sound = NDArray[np.float32]
"""One channel, `RATE` samples a second unless it is said otherwise, full scale at 1."""


class NotAudio(ValueError):
    """The bytes are no audio, or damaged."""


class Endless(ValueError):
    """There is more of it than was asked for."""


def decode(audio: bytes, longest: float) -> Sound:
    """All channels mixed into one, as loud as they were: samples may go beyond full scale.

    Raises:
        NotAudio: it cannot be read, or there is no sound in it.
        Endless: it is longer than `longest` seconds.
    """
    blocks: list[Sound] = []
    length = 0
    try:
        with av.open(
            BytesIO(audio), "r", options={"format_whitelist": FORMATS}, metadata_errors="ignore"
        ) as file:
            if not file.streams.audio:
                raise NotAudio("no audio in it")
            resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in file.decode(file.streams.audio[0]):
                for part in resampler.resample(frame):
                    blocks.append(samples_of(part))
                    length += part.samples
                    if length > longest * RATE:
                        raise Endless(f"longer than {longest} seconds")
            blocks.extend(samples_of(part) for part in resampler.resample(None))
    except (av.FFmpegError, UnicodeDecodeError) as error:
        raise NotAudio("no audio that can be read") from error
    if not length:
        raise NotAudio("no sound in it")
    sound: Sound = np.concatenate(blocks)
    if not np.isfinite(sound).all():
        raise NotAudio("not all of it are numbers")
    return sound


def samples_of(frame: av.AudioFrame) -> Sound:
    """The samples of a frame of one channel."""
    return frame.to_ndarray().reshape(-1).astype(np.float32, copy=False)
