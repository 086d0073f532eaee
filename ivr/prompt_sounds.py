"""The sounds of recorded prompts, for the provider's <Play> to fetch.

Open to whoever asks: a <Play> comes without a login and need not be signed
(https://www.twilio.com/docs/voice/twiml/play), and whoever calls the line hears the same. Only what
is a take's sound is there, each under its SHA-256, so what was fetched once is right for ever.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from flask import Blueprint, Response, abort, send_file

from reports.ports import AudioNotFound, AudioStore, ReportStore

YEAR = 365 * 24 * 60 * 60
"""In seconds."""


@dataclass(frozen=True, slots=True)
class PromptShelf:
    """What the sounds are fetched with."""

    store: ReportStore
    audio: AudioStore


def prompt_sounds(shelf: PromptShelf) -> Blueprint:
    """The blueprint: /voice/prompts/<sha256>.wav."""
    blueprint = Blueprint("prompt_sounds", __name__, url_prefix="/voice/prompts")

    @blueprint.get("/<sha256>.wav")
    def sound(sha256: str) -> Response:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            abort(404)
        with shelf.store.read() as records:
            if not records.is_prompt_sound(sha256):
                abort(404)
        try:
            wave = shelf.audio.get(sha256)
        except AudioNotFound:
            abort(404)
        answer = send_file(io.BytesIO(wave), mimetype="audio/wav", etag=sha256)
        answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return blueprint
