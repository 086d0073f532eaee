"""A call to somebody who is told of a report: what they hear, and what the key they press means.

A machine that picks up hears the brief and presses nothing, and only a key ever acknowledges. The
recording, in which a caller speaks, is never played before a key.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, request, url_for
from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr import forms
from ivr.telephone import Telephone
from reports.model import Dossier, Handling, Notification, RecordingState
from reports.services import notices
from reports.services.answers import Answer, Answered, Outcome, receive_answer

TIMES: Final = 2
"""How often the brief is read to somebody who presses nothing."""
REPLAYS: Final = 5
"""How often keys that only play something are heeded in one call."""
KEY_WAIT: Final = 8
KEYS: Final = {"1": Answer.HAVE_IT, "2": Answer.PASS_ON}
REPLAY: Final = "3"
IN_ALERT_CALL: Final = frozenset(f"voice.alert_{view}" for view in ("call", "key"))
"""The endpoints here that somebody listens to."""
UNHEARD: Final = frozenset({"voice.alert_status"})
NOT_REACHED: Final = frozenset({"busy", "no-answer", "failed", "canceled"})


def add_alert_call(voice: Blueprint, line: Telephone) -> None:
    """Puts the views on the blueprint of the voice webhooks."""

    @voice.post("/alert/<notification_id>/<int:turn>")
    def alert_call(notification_id: str, turn: int) -> Response:
        """Somebody, or a machine, picked up, or pressed nothing."""
        with line.store.read() as records:
            is_trial = records.settings.trial(notification_id) is not None
        if is_trial:
            response = VoiceResponse()
            say(response, line.alert_calls.words["test"])
            response.hangup()
            return document(response)
        told, dossier = found(notification_id)
        settled = _settled(told, dossier)
        if settled is not None:
            return end(Answered(settled, told.reference))
        if turn > TIMES:
            return goodbye()
        opening = [line.alert_calls.words["greeting"]] if turn == 1 else []
        return ask(told, turn, *opening, line.alert_calls.brief(told, dossier))

    @voice.post("/alert-key/<notification_id>/<int:turn>")
    def alert_key(notification_id: str, turn: int) -> Response:
        pressed = forms.digits()
        if pressed in KEYS:
            answered = receive_answer(
                line.store,
                line.queue,
                notification_id=notification_id,
                answer=KEYS[pressed],
                at=line.clock(),
                by=forms.sid("CallSid"),
            )
            return goodbye() if answered is None else end(answered)
        told, dossier = found(notification_id)
        if pressed == REPLAY and turn <= REPLAYS:
            recording_sid = _first_recording(dossier)
            if recording_sid is None:
                return ask(told, turn + 1, line.alert_calls.words["no_recording"])
            return ask(told, turn + 1, recording_sid=recording_sid)
        return alert_call(notification_id, turn + 1)

    @voice.post("/alert-status/<notification_id>")
    def alert_status(notification_id: str) -> tuple[str, int]:
        """https://www.twilio.com/docs/voice/api/call-resource#statuscallback"""
        status = request.form.get("CallStatus", "")
        over = status in forms.ENDED
        notices.learn_how_it_ended(
            line.store,
            notification_id=notification_id,
            delivered=status not in NOT_REACHED if over else None,
            code=status,
            at=line.clock(),
            provider_id=request.form.get("CallSid") or None,
        )
        return "", 204

    def found(notification_id: str) -> tuple[Notification, Dossier]:
        with line.store.read() as records:
            told = records.notification(notification_id)
            dossier = None if told is None else records.dossier(told.reference)
        if told is None or dossier is None:
            abort(404)
        return told, dossier

    def ask(
        told: Notification, turn: int, *words: str, recording_sid: str | None = None
    ) -> Response:
        response = VoiceResponse()
        gather = Gather(
            action=url_for("voice.alert_key", notification_id=told.notification_id, turn=turn),
            method="POST",
            input="dtmf",
            num_digits=1,
            finish_on_key="",
            timeout=KEY_WAIT,
            action_on_empty_result=True,
        )
        if recording_sid is not None:
            ticket = line.playback.ticket(recording_sid)
            gather.play(url_for("voice.playback", ticket=ticket))
        for each in (*words, line.alert_calls.words["keys"]):
            say(gather, each)
        response.append(gather)
        return document(response)

    def end(answered: Answered) -> Response:
        response = VoiceResponse()
        reference = ", ".join(answered.reference)
        say(response, line.alert_calls.words[answered.outcome].format(reference=reference))
        response.hangup()
        return document(response)

    def goodbye() -> Response:
        response = VoiceResponse()
        say(response, line.alert_calls.words["goodbye"])
        response.hangup()
        return document(response)

    def say(to: VoiceResponse | Gather, words: str) -> None:
        spoken_by = line.alert_calls.voice
        to.say(words, voice=spoken_by.voice, language=spoken_by.language)


def document(response: VoiceResponse) -> Response:
    return Response(str(response), mimetype="text/xml")


def _settled(told: Notification, dossier: Dossier) -> Outcome | None:
    """What somebody is told who is rung for what others have taken up meanwhile."""
    if dossier.report.handling is Handling.CLOSED:
        return Outcome.CLOSED
    if dossier.report.handling is Handling.NEW:
        return None
    return Outcome.OTHERS_HAVE if told.acknowledged_at is None else Outcome.YOU_HAVE


def _first_recording(dossier: Dossier) -> str | None:
    """Of those that can be heard, or soon can."""
    heard = (
        each.recording_sid
        for each in dossier.recordings
        if each.state not in (RecordingState.FAILED, RecordingState.NO_SPEECH)
    )
    return next(heard, None)
