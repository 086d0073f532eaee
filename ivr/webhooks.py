"""What the provider asks during a call, and what it is answered.

Each view reads Twilio's parameters, calls one use case and answers TwiML; Twilio's names stop here.
https://www.twilio.com/docs/voice/twiml#request-parameters

Whatever goes wrong inside, a caller is never answered by an error: they are asked to speak and are
recorded by the provider, whose list of recordings finds its way here when we are well again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.exceptions import HTTPException

from ivr import told, twiml
from ivr.dialects import TWILIO, Dialect
from ivr.languages import Language, Prompts, Question
from ivr.script import (
    ChosenLanguage,
    Finish,
    Record,
    Step,
    Taken,
    after_keys,
    after_language,
    after_recording,
    begin,
)
from ivr.signature import Guard
from reports.ports import JobQueue, ReportStore, Sealer
from reports.services import calls, notices, recordings

log = logging.getLogger(__name__)

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Values of CallStatus after which nothing more comes of a call."""
WITHHELD = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "+266696687", "+86282452253"}
)
"""What stands in From when there is no number: words, or a word spelt on the keys of a telephone
('anonymous', 'unavailable'; https://support.twilio.com/hc/en-us/articles/223179988)."""

DOCUMENT = "text/xml"
AFTER_FAILURE = "after_failure"
"""Marks the recorder that a caller is given when something went wrong, so that a second failure
ends in a goodbye and not in a circle."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """What the webhooks need."""

    store: ReportStore
    queue: JobQueue
    sealer: Sealer
    prompts: Prompts
    guard: Guard
    clock: Callable[[], datetime]
    dialect: Dialect = TWILIO
    public_url: str = ""
    """Where the provider reaches us, for a dialect in which addresses are written whole."""


def caller_number(said: str | None) -> str | None:
    """The caller's number in E.164, None when it is withheld or no number.

    >>> caller_number("+16125550142"), caller_number("Anonymous"), caller_number("+266696687")
    ('+16125550142', None, None)
    """
    number = (said or "").strip()
    if number.lower() in WITHHELD or not re.fullmatch(r"\+?\d{3,15}", number):
        return None
    return number


def webhooks(line: Telephone) -> Blueprint:
    """The blueprint: /voice/incoming is the entry, /voice/status the call's status callback."""
    voice = Blueprint("voice", __name__, url_prefix="/voice")

    @voice.before_request
    def refuse_strangers() -> None:
        if not line.guard.admits(request):
            log.warning("a request without the provider's signature was refused: %s", request.path)
            abort(403)

    @voice.errorhandler(Exception)
    def record_anyway(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        # Without its traceback's values, which may hold what was said: type and place suffice.
        log.error("%s in %s: the caller is recorded anyway", type(error).__name__, request.path)
        log.debug("traceback", exc_info=error)
        if request.endpoint in (f"voice.{receive_recording.__name__}", f"voice.{status.__name__}"):
            # Nobody listens to what is answered here; an error makes the provider note it.
            return Response(status=500)
        again = request.args.get(AFTER_FAILURE) is not None
        step: Step = Finish() if again else Record(line.prompts.script.unknown_language)
        return _document(twiml.render(step, line.prompts, None, _marked_path))

    @voice.after_request
    def in_its_dialect(response: Response) -> Response:
        try:
            if response.mimetype == DOCUMENT:
                document = response.get_data(as_text=True)
                response.set_data(line.dialect.rewritten(document, line.public_url))
            elif response.status_code == 204:
                response.status_code = line.dialect.done
        except Exception as error:
            # As Twilio would have it is better than nothing at all.
            log.error("%s in the dialect of %s", type(error).__name__, line.dialect.company)
        return response

    @voice.post("/incoming")
    def incoming() -> Response:
        calls.receive_call(
            line.store,
            line.sealer,
            call_sid=_sid("CallSid"),
            caller=caller_number(request.form.get("From")),
            at=line.clock(),
        )
        return answer(begin(), None)

    @voice.post("/language/<question>/<int:turn>")
    def language(question: str, turn: int) -> Response:
        del question  # always 'language': the path has one shape for all
        taken = after_language(line.prompts, turn, request.form.get("Digits", ""))
        if not isinstance(taken, ChosenLanguage):
            return answer(taken, None)
        calls.choose_language(
            line.store, call_sid=_sid("CallSid"), language=taken.language.code, at=line.clock()
        )
        return answer(taken.step, taken.language)

    @voice.post("/answer/<question>/<int:turn>")
    def keys(question: str, turn: int) -> Response:
        asked = _question(line.prompts, question)
        taken = after_keys(line.prompts, asked, turn, request.form.get("Digits", ""))
        if isinstance(taken, Taken):
            calls.record_answer(
                line.store,
                line.queue,
                call_sid=_sid("CallSid"),
                question=question,
                digits=taken.digits,
                at=line.clock(),
            )
            return answer(taken.step, spoken_language())
        return answer(taken, spoken_language())

    @voice.post("/recorded/<question>/<int:turn>")
    def recorded(question: str, turn: int) -> Response:
        """The `action` of a recording, or the verb after it when nothing was said."""
        asked = _question(line.prompts, question)
        call_sid, at = _sid("CallSid"), line.clock()
        made = told.recorded(request.form)
        if made.sid is not None:
            recordings.announce_recording(
                line.store,
                line.queue,
                recording_sid=made.sid,
                call_sid=call_sid,
                question=question,
                seconds=_seconds(),
                at=at,
                ready=False,
            )
        if request.form.get("CallStatus") in ENDED:
            # They hung up while speaking: what was said is kept, and nobody hears an answer.
            calls.end_call(line.store, line.queue, call_sid=call_sid, at=at)
        speaker = spoken_language()
        step = after_recording(
            line.prompts,
            asked,
            turn,
            known_language=speaker is not None,
            recorded=made.spoke,
        )
        return answer(step, speaker)

    @voice.post("/recording-status/<question>/<int:turn>")
    def receive_recording(question: str, turn: int) -> tuple[str, int]:
        """The recording's status callback, the authority on what exists.

        https://www.twilio.com/docs/voice/twiml/record#attributes-recording-status-callback
        """
        del turn
        _question(line.prompts, question)
        status = request.form.get("RecordingStatus")
        if status == "completed":
            recordings.announce_recording(
                line.store,
                line.queue,
                recording_sid=_sid("RecordingSid"),
                call_sid=_sid("CallSid"),
                question=question,
                seconds=_seconds(),
                at=line.clock(),
                ready=True,
            )
        elif status == "absent" and request.form.get("RecordingSid"):
            recordings.miss_recording(
                line.store, line.queue, recording_sid=_sid("RecordingSid"), at=line.clock()
            )
        return "", 204

    @voice.post("/status")
    def status() -> tuple[str, int]:
        """https://www.twilio.com/docs/voice/api/call-resource#statuscallback"""
        if request.form.get("CallStatus") in ENDED:
            calls.end_call(line.store, line.queue, call_sid=_sid("CallSid"), at=line.clock())
        return "", 204

    @voice.post("/message-status/<notification_id>")
    def message_status(notification_id: str) -> tuple[str, int]:
        """https://www.twilio.com/docs/messaging/api/message-resource#message-status-values"""
        ended = told.outcome(request.form, request.get_json(silent=True))
        notices.learn_how_it_ended(
            line.store,
            notification_id=notification_id,
            delivered=ended.delivered,
            code=ended.code,
            at=line.clock(),
        )
        return "", 204

    def spoken_language() -> Language | None:
        with line.store.read() as records:
            call = records.call(_sid("CallSid"))
        return line.prompts.language(None if call is None else call.language)

    def answer(step: Step, speaker: Language | None) -> Response:
        reference = None
        if isinstance(step, Finish):
            reference = calls.reference_of(line.store, _sid("CallSid"))
        return _document(twiml.render(step, line.prompts, speaker, _path, reference))

    return voice


def _path(what: str, question: str, turn: int) -> str:
    endpoint = {
        twiml.LANGUAGE: "voice.language",
        twiml.ANSWER: "voice.keys",
        twiml.RECORDED: "voice.recorded",
        twiml.RECORDING_STATUS: "voice.receive_recording",
    }[what]
    return url_for(endpoint, question=question, turn=turn)


def _marked_path(what: str, question: str, turn: int) -> str:
    return f"{_path(what, question, turn)}?{AFTER_FAILURE}=1"


def _document(text: str) -> Response:
    return Response(text, mimetype=DOCUMENT)


def _sid(name: str) -> str:
    """A SID from the form. Signed requests have one; whatever else is a 400, not a row."""
    sid = request.form.get(name, "")
    known = told.CALL_SID if name == "CallSid" else told.RECORDING_SID
    if not known.fullmatch(sid):
        abort(400, f"{name} is missing or no SID")
    return sid


def _question(prompts: Prompts, question_id: str) -> Question:
    found = prompts.script.question(question_id)
    if found is None and prompts.script.unknown_language.id == question_id:
        found = prompts.script.unknown_language
    if found is None:
        abort(404)
    return found


def _seconds() -> float | None:
    try:
        return float(request.form.get("RecordingDuration", ""))
    except ValueError:
        return None
