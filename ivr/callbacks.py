"""What the provider tells of a call beside it: the status callbacks of calls, recordings, texts.

Each may come twice, late and in any order; nobody hears what is answered.
"""

from __future__ import annotations

from flask import Blueprint, abort, request

from ivr import forms, told
from ivr.telephone import Telephone
from reports.services import calls, notices, recordings

UNHEARD = frozenset(f"voice.{view}" for view in ("receive_recording", "status", "message_status"))
"""The endpoints here."""


def add_callbacks(voice: Blueprint, line: Telephone) -> None:
    """Puts them on the blueprint of the voice webhooks."""

    @voice.post("/recording-status/<question>/<int:turn>")
    def receive_recording(question: str, turn: int) -> tuple[str, int]:
        """The recording's status callback, the authority on what exists.

        https://www.twilio.com/docs/voice/twiml/record#attributes-recording-status-callback
        """
        del turn
        if line.prompts.script.question(question) is None:
            abort(404)
        status = request.form.get("RecordingStatus")
        if status == "completed":
            recordings.announce_recording(
                line.store,
                line.queue,
                recording_sid=forms.sid("RecordingSid"),
                call_sid=forms.sid("CallSid"),
                question=question,
                seconds=forms.seconds(),
                at=line.clock(),
                ready=True,
            )
        elif status == "absent" and request.form.get("RecordingSid"):
            recordings.miss_recording(
                line.store, line.queue, recording_sid=forms.sid("RecordingSid"), at=line.clock()
            )
        return "", 204

    @voice.post("/status")
    def status() -> tuple[str, int]:
        """https://www.twilio.com/docs/voice/api/call-resource#statuscallback"""
        if forms.call_ended():
            calls.end_call(line.store, line.queue, call_sid=forms.sid("CallSid"), at=line.clock())
        return "", 204

    @voice.post("/message-status/<notification_id>")
    def message_status(notification_id: str) -> tuple[str, int]:
        """https://www.twilio.com/docs/messaging/api/message-resource#message-status-values"""
        outcome = told.outcome(request.form, request.get_json(silent=True))
        notices.learn_how_it_ended(
            line.store,
            notification_id=notification_id,
            delivered=outcome.delivered,
            code=outcome.code,
            at=line.clock(),
            provider_id=outcome.message_id,
        )
        return "", 204
