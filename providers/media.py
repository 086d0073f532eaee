"""Recordings as they come from a provider, before anything decodes them: bounded in size and time,
and known by their first bytes."""

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
    media = bytearray()
    latest = time.monotonic() + MEDIA_SECONDS
    for chunk in response.iter_content(64 * 2**10):
        media += chunk
        if len(media) > LARGEST_MEDIA:
            raise MediaRefused(f"larger than {LARGEST_MEDIA // 2**20} MB")
        if time.monotonic() > latest:
            raise ProviderUnavailable("the recording came too slowly")
    if not looks_like_audio(bytes(media[:16])):
        raise MediaRefused("what the provider sent is no audio")
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
