"""WAV headers put right: what wrote them while the sound still came could not know how long it
would be, and some put a WAV header before what is no WAV.

Chunks as in https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html, frames of MP3 as
in ISO/IEC 11172-3, 2.4.2.3, and 13818-3.
"""

from __future__ import annotations

import struct
from typing import Final

_MP3_TAGS: Final = (0x50, 0x55)
_OTHERS: Final = (b"ID3", b"OggS", b"fLaC", b"RIFF", b"#!AMR")
"""How files begin that are sound by themselves."""
_ENOUGH_FRAMES: Final = 3
"""Of MP3, one right behind the other: no other sound looks like that."""
_MOST_GARBAGE: Final = 4_096  # bytes, a quarter of a second to half of one
_LONGEST_HEADER: Final = 1 << 16
_LONGEST_FORMAT: Final = 256  # bytes; the longest that is known has 50
_BIT_RATES: Final = {  # kbit/s, by whether it is MPEG 1
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES: Final = (44_100, 48_000, 32_000)


def mended(audio: bytes) -> bytes:
    """The file with the true length of its sound in its header, or the file that was wrapped up in
    a WAV; any other as it is."""
    if audio[:4] != b"RIFF" or audio[8:12] != b"WAVE":
        return audio
    tag, form, at = 0, b"", 12
    while at + 8 <= len(audio):
        name, length = struct.unpack_from("<4sI", audio, at)
        if name == b"data":
            return _with_sound_at(audio, at + 8, length, tag)
        if name == b"fmt " and at + 10 <= len(audio):
            form = audio[at : at + 8 + length + length % 2] if length <= _LONGEST_FORMAT else b""
            (tag,) = struct.unpack_from("<H", audio, at + 8)
        at += 8 + length + length % 2
    sound = audio.find(b"data", 12, _LONGEST_HEADER)
    if not form or sound < 0 or sound + 8 > len(audio):
        return audio
    # Without the chunk whose length is wrong.
    (length,) = struct.unpack_from("<I", audio, sound + 4)
    return _with_sound_at(audio[:12] + form + audio[sound:], 12 + len(form) + 8, length, tag)


def _with_sound_at(audio: bytes, start: int, promised: int, tag: int) -> bytes:
    if (
        tag in _MP3_TAGS
        or audio.startswith(_OTHERS, start)
        or _mp3_frames(audio, start) >= _ENOUGH_FRAMES
    ):
        return audio[start:]
    there = len(audio) - start
    behind = there - promised
    # Behind a sound there may be chunks, or a little garbage; what is more than that is sound.
    if behind < 0 or behind <= min(promised, _MOST_GARBAGE) or _chunks(audio, start + promised):
        return audio  # that a file is too short, whoever reads it sees
    return audio[: start - 4] + struct.pack("<I", there) + audio[start:]


def _chunks(audio: bytes, at: int) -> bool:
    """Whether there is nothing but chunks from there to the end."""
    for begin in (at, at + at % 2):
        here = begin
        while here + 8 <= len(audio) and audio[here : here + 4].isascii():
            here += 8 + int.from_bytes(audio[here + 4 : here + 8], "little")
            here += here % 2
        if here in (len(audio), len(audio) + 1):
            return True
    return False


def _mp3_frames(audio: bytes, at: int) -> int:
    """How many frames of MP3 follow one another from there; not counted beyond what is enough."""
    count = 0
    while count < _ENOUGH_FRAMES and (length := _mp3_frame(audio[at : at + 4])):
        count += 1
        at += length
    return count


def _mp3_frame(header: bytes) -> int:
    """How many bytes the frame has that begins so, 0 if it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:  # in step, layer III
        return 0
    version, bits, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return 0
    samples = (_MP3_RATES[rate] >> {3: 0, 2: 1, 0: 2}[version], 144 if version == 3 else 72)
    return samples[1] * _BIT_RATES[version == 3][bits] * 1000 // samples[0] + (header[2] >> 1 & 1)
