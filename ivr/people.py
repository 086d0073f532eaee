"""What somebody on shift hears who is rung for a caller, before the two are connected.

These requests come from the call to them: its ParentCallSid is the caller's
(https://www.twilio.com/docs/voice/twiml/number#attributes-url).
"""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from ivr import forms, twiml
from ivr.script import LANGUAGE
from ivr.telephone import Telephone
from reports.numbers import caller_number
from reports.services import calls

TAKE_KEY = "1"
WITH_PEOPLE = frozenset(f"voice.{view}" for view in ("whisper", "whispered"))
"""The endpoints here."""


def add_people(voice: Blueprint, line: Telephone) -> None:
    """Puts the two views on the blueprint of the voice webhooks."""

    @voice.post("/whisper/<language>")
    def whisper(language: str) -> Response:
        words = line.whispers.words(None if language == LANGUAGE else language)
        return _document(twiml.whisper(words, line.whispers.voice, url_for("voice.whispered")))

    @voice.post("/whispered")
    def whispered() -> Response:
        taken = forms.digits() == TAKE_KEY
        number = caller_number(request.form.get("To"))
        if taken and number is not None:
            calls.take_call(
                line.store,
                call_sid=forms.sid("ParentCallSid"),
                person_hash=line.sealer.fingerprint(number),
                at=line.clock(),
            )
        return _document(twiml.connected(taken=taken))


def _document(text: str) -> Response:
    return Response(text, mimetype="text/xml")
