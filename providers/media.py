"""What callers sent, as it comes from a provider and before anything decodes it: bounded in size
and time, and known by its first bytes."""

from __future__ import annotations

import time

import requests

from reports.ports import MediaRefused, ProviderUnavailable

LARGEST_MEDIA = 32 * 2**20
"""Bytes. 180 s of 16-bit sound at 8 kHz are 2.9 MB; what is ten times that is no message."""
MEDIA_SECONDS = 45.0
"""For a whole file, however slowly it trickles. Shorter than `services.recordings.FETCH_LEASE`."""


def audio_of(response: requests.Response) -> bytes:
    """The body of an answer that is streamed.

    Raises:
        MediaRefused: it is too large, or no audio.
        ProviderUnavailable: it came too slowly.
    """
    media = bounded(response, LARGEST_MEDIA)
    if not looks_like_audio(media):
        raise MediaRefused("what the provider sent is no audio")
    return media


def bounded(response: requests.Response, most: int) -> bytes:
    """The body of an answer that is streamed, of so many bytes at `most`.

    Raises:
        MediaRefused: it is too large.
        ProviderUnavailable: it came too slowly.
    """
    media = bytearray()
    latest = time.monotonic() + MEDIA_SECONDS
    for chunk in response.iter_content(64 * 2**10):
        media += chunk
        if len(media) > most:
            raise MediaRefused(f"larger than {most // 2**20} MB")
        if time.monotonic() > latest:
            raise ProviderUnavailable("it came too slowly")
    return bytes(media)


def looks_like_audio(media: bytes) -> bool:
    """Whether the bytes begin as WAV, MP3, Ogg or FLAC do.

    >>> looks_like_audio(b"RIFF....WAVEfmt "), looks_like_audio(b"<html>")
    (True, False)
    """
    if media[:4] in (b"RIFF", b"RIFX", b"RF64"):
        return media[8:12] == b"WAVE"
    frame_sync = len(media) > 2 and media[0] == 0xFF and media[1] & 0xE0 == 0xE0
    return media[:3] == b"ID3" or media[:4] in (b"OggS", b"fLaC") or frame_sync


_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
"""Of HEIC, in the container that it shares with 3GPP and MP4 (ISO/IEC 14496-12, section 4.3)."""


def looks_like(content_type: str, media: bytes) -> bool:
    """Whether the bytes begin as a picture, or a sound, of those that telephones send; which of
    them it is, telephones often say wrongly.

    >>> looks_like("image/png", b"\\x89PNG\\r\\n\\x1a\\n...."), looks_like("image/png", b"<html>")
    (True, False)
    """
    brand = media[8:12] if media[4:8] == b"ftyp" else b""
    if content_type.startswith("image/"):
        return (
            media[:3] == b"\xff\xd8\xff"
            or media[:8] == b"\x89PNG\r\n\x1a\n"
            or media[:6] in (b"GIF87a", b"GIF89a")
            or (media[:4] == b"RIFF" and media[8:12] == b"WEBP")
            or brand in _PICTURE_BRANDS
        )
    return (
        looks_like_audio(media)
        or media[:5] == b"#!AMR"
        or (brand != b"" and brand not in _PICTURE_BRANDS)
    )
