"""What the provider asks during a call, and what it is answered.

Each view reads what was pressed, calls one use case and answers TwiML.

Whatever goes wrong inside, a caller is never answered by an error: they are asked to speak and are
recorded by the provider, whose list of recordings finds its way here when we are well again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.exceptions import HTTPException

from ivr import alert_call, forms, phone_desk, told, twiml
from ivr.attestation import attestation_of
from ivr.callbacks import UNHEARD, add_callbacks
from ivr.people import WITH_PEOPLE, add_people
from ivr.recording_studio import IN_STUDIO, add_studio, studio_entrance
from ivr.script import (
    LANGUAGE,
    MORE_LANGUAGES,
    ChosenLanguage,
    Finish,
    Record,
    RingPeople,
    Step,
    Taken,
    TextWanted,
    after_digits,
    after_finish,
    after_keys,
    after_language,
    after_people,
    after_recording,
    after_review,
    begin,
    in_a_flood,
)
from ivr.scripts import PERSON as PERSON_KEY
from ivr.scripts import Question
from ivr.telephone import Standing, Telephone
from reports.model import Admission
from reports.numbers import caller_number
from reports.questions import PERSON, TEXT_ME
from reports.services import calls, recordings, texts

log = logging.getLogger(__name__)

DOCUMENT = "text/xml"
AFTER_FAILURE = "after_failure"
"""Marks the recorder that a caller is given when something went wrong, so that a second failure
ends in a goodbye and not in a circle."""


def webhooks(line: Telephone) -> Blueprint:
    """The blueprint: /voice/incoming is the entry, /voice/status the call's status callback."""
    voice = Blueprint("voice", __name__, url_prefix="/voice")
    add_callbacks(voice, line)
    add_people(voice, line)
    add_studio(voice, line)
    alert_call.add_alert_call(voice, line)
    phone_desk.add_phone_desk(voice, line)

    @voice.before_request
    def refuse_strangers() -> None:
        if request.endpoint != f"voice.{playback.__name__}" and not line.guard.admits(request):
            log.warning("a request without the provider's signature was refused: %s", request.path)
            abort(403)

    @voice.errorhandler(Exception)
    def record_anyway(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        # Without its traceback's values, which may hold what was said: type and place suffice.
        log.error("%s in %s: the caller is recorded anyway", type(error).__name__, request.path)
        log.debug("traceback", exc_info=error)
        if request.endpoint in WITH_PEOPLE | IN_STUDIO | alert_call.IN_ALERT_CALL:
            # Whoever was rung is not connected; the caller goes on with the report. Who is told
            # of a report is told by others means, and has not acknowledged. Who records
            # prompts calls again.
            return document(twiml.connected(taken=False))
        if request.endpoint in phone_desk.IN_DESK:
            return document(phone_desk.desk_fault(line))
        if request.endpoint in UNHEARD | alert_call.UNHEARD | phone_desk.UNHEARD:
            # Nobody listens to what is answered here; an error makes the provider note it.
            return Response(status=500)
        again = request.args.get(AFTER_FAILURE) is not None
        step: Step = Finish() if again else Record(line.prompts.script.unknown_language)
        return document(twiml.render(step, line.prompts, None, Paths(marked=True)))

    @voice.after_request
    def in_its_dialect(response: Response) -> Response:
        try:
            if response.mimetype == DOCUMENT:
                written = response.get_data(as_text=True)
                response.set_data(line.dialect.rewritten(written, line.public_url))
            elif response.status_code == 204:
                response.status_code = line.dialect.done
        except Exception as error:
            # As Twilio would have it is better than nothing at all.
            log.error("%s in the dialect of %s", type(error).__name__, line.dialect.company)
        return response

    @voice.post("/incoming")
    def incoming() -> Response:
        call_sid = forms.sid("CallSid")
        calls.receive_call(
            line.store,
            line.sealer,
            call_sid=call_sid,
            caller=caller_number(request.form.get("From")),
            at=line.clock(),
            attestation=attestation_of(request.form.get("StirVerstat")),
            limits=line.limits,
        )
        entrance = phone_desk.desk_entrance(line, call_sid)
        return ordinary() if entrance is None else document(entrance)

    @voice.post("/ordinary")
    def ordinary() -> Response:
        """Where a call begins, also that of somebody who was asked for a PIN and gave none."""
        return answer(begin(), line.standing(forms.sid("CallSid")))

    @voice.post("/language/<what>/<int:turn>")
    def language(what: str, turn: int) -> Response:
        call_sid = forms.sid("CallSid")
        entrance = studio_entrance(line, call_sid, forms.digits())
        if what == LANGUAGE and entrance is not None:
            return document(entrance)
        standing = line.standing(call_sid)
        taken = after_language(
            standing.prompts,
            turn,
            forms.digits(),
            more=what == MORE_LANGUAGES,
            usual=standing.usual,
        )
        if not isinstance(taken, ChosenLanguage):
            return answer(taken, standing)
        calls.choose_language(
            line.store, call_sid=call_sid, language=taken.language.code, at=line.clock()
        )
        standing = line.standing(call_sid)
        step = taken.step
        if standing.admission is Admission.FLOOD:
            step = in_a_flood(step, digits=line.digits_to_press(call_sid, standing))
        return answer(step, standing)

    @voice.post("/checked")
    def checked() -> Response:
        """The digits of a flood: right or wrong, they lead on."""
        call_sid = forms.sid("CallSid")
        calls.note_check(
            line.store, line.sealer, call_sid=call_sid, digits=forms.digits(), at=line.clock()
        )
        standing = line.standing(call_sid)
        return answer(after_digits(standing.prompts), standing)

    @voice.post("/answer/<question>/<int:turn>")
    def keys(question: str, turn: int) -> Response:
        call_sid = forms.sid("CallSid")
        standing = line.standing(call_sid)
        asked = question_of(standing, question)
        taken = after_keys(
            standing.prompts, asked, turn, forms.digits(), standing.answers, join(call_sid)
        )
        if not isinstance(taken, Taken):
            return answer(taken, standing)
        calls.record_answer(
            line.store,
            line.queue,
            call_sid=call_sid,
            question=question,
            digits=taken.digits,
            files=asked.makes_report(taken.digits),
            at=line.clock(),
        )
        return answer(taken.step, standing)

    @voice.post("/recorded/<question>/<int:turn>")
    def recorded(question: str, turn: int) -> Response:
        """The `action` of a recording, or the verb after it when nothing was said."""
        call_sid, at = forms.sid("CallSid"), line.clock()
        standing = line.standing(call_sid)
        asked = question_of(standing, question)
        made = told.recorded(request.form)
        if made.sid is not None:
            recordings.announce_recording(
                line.store,
                line.queue,
                recording_sid=made.sid,
                call_sid=call_sid,
                question=question,
                seconds=forms.seconds(),
                at=at,
                ready=False,
            )
        if forms.call_ended():
            # They hung up while speaking: what was said is kept, and nobody hears an answer.
            calls.end_call(line.store, line.queue, call_sid=call_sid, at=at)
        unnamed = made.spoke and made.sid is None
        step = after_recording(
            standing.prompts,
            asked,
            turn,
            # What has no name yet cannot be played back.
            "" if unnamed else forms.digits(),
            standing.answers,
            known_language=standing.language is not None,
            recording_sid="unnamed" if unnamed else made.sid,
        )
        return answer(step, standing)

    @voice.post("/reviewed/<question>/<int:turn>")
    def reviewed(question: str, turn: int) -> Response:
        standing = line.standing(forms.sid("CallSid"))
        step = after_review(
            standing.prompts,
            question_of(standing, question),
            turn,
            forms.digits(),
            standing.answers,
            known_language=standing.language is not None,
        )
        return answer(step, standing)

    @voice.post("/rung/<question>/<int:turn>")
    def rung(question: str, turn: int) -> Response:
        """The `action` of a Dial (https://www.twilio.com/docs/voice/twiml/dial#action)."""
        call_sid, at = forms.sid("CallSid"), line.clock()
        talked = calls.end_talk(line.store, call_sid=call_sid, at=at)
        if forms.call_ended():
            calls.end_call(line.store, line.queue, call_sid=call_sid, at=at)
        standing = line.standing(call_sid)
        reached = talked or request.form.get("DialBridged") == "true"
        return answer(after_ringing(question, turn, standing, reached=reached), standing)

    @voice.post("/finished/<int:turn>")
    def finished(turn: int) -> Response:
        call_sid = forms.sid("CallSid")
        standing = line.standing(call_sid)
        taken = after_finish(standing.prompts, turn, forms.digits(), has_number=standing.has_number)
        if isinstance(taken, TextWanted):
            calls.record_answer(
                line.store,
                line.queue,
                call_sid=call_sid,
                question=TEXT_ME,
                digits=forms.digits(),
                files=False,
                at=line.clock(),
            )
            texts.ask_for_text(line.store, line.queue, call_sid=call_sid, at=line.clock())
            return answer(taken.step, standing)
        return answer(taken, standing)

    @voice.get("/playback/<ticket>.wav", provide_automatic_options=False)
    def playback(ticket: str) -> Response:
        """A caller's own recording, for who has the ticket: see `ivr.playback`."""
        sound = line.playback.sound(ticket)
        if sound is None:
            abort(403)
        return Response(sound, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

    class Paths:
        """`twiml.Paths` as this blueprint has them."""

        def __init__(self, *, marked: bool = False) -> None:
            self._mark = f"?{AFTER_FAILURE}=1" if marked else ""

        def chosen(self, what: str, turn: int) -> str:
            return url_for("voice.language", what=what, turn=turn)

        def answered(self, question: str, turn: int) -> str:
            return url_for("voice.keys", question=question, turn=turn)

        def recorded(self, question: str, turn: int) -> str:
            return url_for("voice.recorded", question=question, turn=turn) + self._mark

        def recording_status(self, question: str, turn: int) -> str:
            return url_for("voice.receive_recording", question=question, turn=turn)

        def reviewed(self, question: str, turn: int) -> str:
            return url_for("voice.reviewed", question=question, turn=turn)

        def checked(self) -> str:
            return url_for("voice.checked")

        def rung(self, question: str, turn: int) -> str:
            return url_for("voice.rung", question=question, turn=turn)

        def whisper(self, language: str | None) -> str:
            return url_for("voice.whisper", language=language or LANGUAGE)

        def finished(self, turn: int) -> str:
            return url_for("voice.finished", turn=turn)

        def prompt(self, sha256: str) -> str:
            return f"{voice.url_prefix}/prompts/{sha256}.wav"

        def playback(self, recording_sid: str) -> str:
            return url_for("voice.playback", ticket=line.playback.ticket(recording_sid))

    def join(call_sid: str) -> Callable[[str], bool]:
        def joined(reference: str) -> bool:
            return calls.join_report(
                line.store, call_sid=call_sid, reference=reference, at=line.clock()
            )

        return joined

    def after_ringing(question: str, turn: int, standing: Standing, *, reached: bool) -> Step:
        return after_people(
            standing.prompts,
            question,
            turn,
            standing.answers,
            known_language=standing.language is not None,
            reached=reached,
        )

    def answer(step: Step, standing: Standing) -> Response:
        call_sid, at = forms.sid("CallSid"), line.clock()
        people: tuple[str, ...] = ()
        if isinstance(step, RingPeople):
            if standing.prompts.script.person == "key":
                calls.record_answer(
                    line.store,
                    line.queue,
                    call_sid=call_sid,
                    question=PERSON,
                    digits=PERSON_KEY,
                    files=True,
                    at=at,
                )
            people = line.people_free(at)
            if not people:
                step = after_ringing(step.question, step.turn, standing, reached=False)
        around = twiml.Surroundings(
            reference=calls.reference_of(line.store, call_sid)
            if isinstance(step, Finish)
            else None,
            has_number=standing.has_number,
            people=people,
            hotline=line.hotline,
        )
        return document(twiml.render(step, standing.prompts, standing.language, Paths(), around))

    return voice


def document(text: str) -> Response:
    return Response(text, mimetype=DOCUMENT)


def question_of(standing: Standing, question_id: str) -> Question:
    found = standing.prompts.script.question(question_id)
    if found is None:
        abort(404)
    return found
