"""What audio looks like from its first bytes, before anything decodes it."""

from __future__ import annotations


def looks_like_audio(media: bytes) -> bool:
    """Whether the bytes begin as WAV, MP3, Ogg or FLAC do.

    >>> looks_like_audio(b"RIFF....WAVEfmt "), looks_like_audio(b"<html>")
    (True, False)
    """
    if media[:4] in (b"RIFF", b"RIFX", b"RF64"):
        return media[8:12] == b"WAVE"
    frame_sync = len(media) > 2 and media[0] == 0xFF and media[1] & 0xE0 == 0xE0
    return media[:3] == b"ID3" or media[:4] in (b"OggS", b"fLaC") or frame_sync
