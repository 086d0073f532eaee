"""How the bytes of a file are read as sound, each way for what the one before cannot read.

What has no header at all may be μ-law as media streams carry it. libsndfile knows what telephone
companies send (https://libsndfile.github.io/libsndfile/); FFmpeg's libraries, inside this process
by PyAV (https://pyav.org/docs/stable/), what browsers, telephones and voicemail boxes write, and
they read on where a file is damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

import av
import numpy as np
import soundfile
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from reports.ports import Samples

FORMATS: Final = "wav,w64,aiff,au,mp3,ogg,flac,matroska,mov,aac,amr,amrnb,amrwb,caf,gsm"
"""Names of FFmpeg's demuxers that hold audio by themselves; 'matroska' reads WebM, 'mov' MP4, M4A
and 3GP. A playlist could name files of this machine
(https://ffmpeg.org/ffmpeg-formats.html#Format-Options)."""
STREAM_RATE: Final = 8_000
"""Samples a second of a telephone company's media stream, μ-law, one channel."""

_BLOCK = 1 << 16  # frames read at once
_SHORTEST = STREAM_RATE // 2  # bytes: of fewer, nobody can say that they are sound
_MAGIC = (
    *(b"RIFF", b"RIFX", b"RF64", b"ID3", b"OggS", b"fLaC", b"FORM", b".snd", b"caff", b"#!AMR"),
    *(b"\x1aE\xdf\xa3", b"\x89PNG", b"GIF8", b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\xff\xd8\xff"),
    *(b"riff", b"NIST", b"Creative Voice", b"BM", b"MZ", b"\x7fELF", b"SQLite"),
)


class Unreadable(ValueError):
    """It cannot be read so, or not further; what came before still holds."""


Block = tuple[int, Samples]
"""How many samples there are a second, and some of them, the channels mixed into one."""
Reader = Callable[[bytes], Iterator[Block]]
"""Reads block by block, for a header may promise any length. Raises Unreadable."""


def by_libsndfile(audio: bytes) -> Iterator[Block]:
    try:
        with soundfile.SoundFile(BytesIO(audio)) as file:
            while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
                yield int(file.samplerate), block.mean(axis=1, dtype=np.float32)
    except soundfile.SoundFileError as error:
        raise Unreadable from error


def by_ffmpeg(audio: bytes) -> Iterator[Block]:
    """Packets that are damaged are left out."""
    try:
        with av.open(
            BytesIO(audio), "r", options={"format_whitelist": FORMATS}, metadata_errors="ignore"
        ) as file:
            if not file.streams.audio:
                raise Unreadable("no audio in it")
            planar = AudioResampler(format="fltp")
            for packet in file.demux(file.streams.audio[0]):
                for frame in _frames(packet):
                    for part in planar.resample(frame):
                        yield part.sample_rate, part.to_ndarray().mean(axis=0, dtype=np.float32)
    except (av.FFmpegError, ValueError) as error:  # ValueError: a frame unlike those before
        raise Unreadable from error


def as_a_stream(audio: bytes) -> Iterator[Block]:
    """μ-law without a header."""
    if not like_mu_law(audio):
        raise Unreadable("not like μ-law")
    for start in range(0, len(audio), _BLOCK):
        yield STREAM_RATE, MU_LAW[np.frombuffer(audio, np.uint8, offset=start)[:_BLOCK]]


READERS: Final[tuple[Reader, ...]] = (as_a_stream, by_libsndfile, by_ffmpeg)
"""In order: a stream of μ-law may happen to begin like a frame of MP3, but no MP3 is like μ-law."""


def like_mu_law(audio: bytes) -> bool:
    """Whether bytes without a header are plausible as telephone sound.

    Telephone sound swings about zero, often comes by it, is seldom as loud as can be, and its
    samples are like those beside them. Text has no code of zero in it, whatever its alphabet; a
    program or a picture is full of extremes; and in what is packed or sealed no byte is like the
    next. Nor is it so in hiss and silence, which are no loss.
    """
    if len(audio) < _SHORTEST or audio.startswith(_MAGIC) or audio[4:8] == b"ftyp":
        return False
    samples = MU_LAW[np.frombuffer(audio, np.uint8)[: 60 * STREAM_RATE]].astype(np.float64)
    energy = float(np.mean(samples**2))
    above, below = np.mean(samples > 0), np.mean(samples < 0)
    if energy == 0 or min(above, below) < 0.25 * (above + below) or above + below > 0.999:
        return False
    loud = np.mean(np.abs(samples) > 0.5)
    likeness = np.mean(samples[1:] * samples[:-1]) / energy
    return bool(abs(np.mean(samples)) < 0.3 * energy**0.5 and loud < 0.2 and likeness > 0.4)


def _frames(packet: av.Packet[av.AudioStream]) -> list[av.AudioFrame]:
    try:
        return [frame for frame in packet.decode() if isinstance(frame, av.AudioFrame)]
    except av.FFmpegError:
        return []


def _mu_law() -> NDArray[np.float32]:
    """What each code of G.711 stands for, full scale at 1
    (https://www.itu.int/rec/T-REC-G.711, table 2a)."""
    codes = ~np.arange(256, dtype=np.uint8)
    sizes = (((codes & 15).astype(np.int32) << 3) + 132 << (codes >> 4 & 7)) - 132
    return (np.where(codes & 128, -sizes, sizes) / 32768).astype(np.float32)


MU_LAW: Final = _mu_law()
"""What each of the 256 codes stands for."""
