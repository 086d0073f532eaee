"""Prompts recorded by telephone, by organizers whose language is at home in kitchens, not browsers.

A recording is fetched, judged and made a draft while they wait, and deleted at the provider before
they hear it: whoever hangs up leaves nothing behind that could be taken for a report. What they
hear is the very sound that callers will.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from flask import Blueprint, Response, abort, request, url_for
from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr import forms, told
from ivr.languages import Language
from ivr.recording_script import (
    KEEP,
    PINS,
    ChooseLanguage,
    EnterPin,
    Leave,
    Place,
    Review,
    SayPrompt,
    Step,
    after_fault,
    after_language,
    after_pin,
    after_review,
    after_silence,
)
from ivr.scripts import REPEAT
from ivr.studio_door import StudioDoor
from ivr.telephone import Telephone
from reports.model import PromptTake, TakeSource
from reports.ports import MediaMissing, MediaRefused, ProviderRefused, ProviderUnavailable
from reports.services.prompts import NoSuchTake, choose_take, discard_take, propose_take
from sounds.lengths import longest
from sounds.prompts import Unusable, telephone_quality

log = logging.getLogger(__name__)

IN_STUDIO = frozenset(
    f"voice.studio_{view}" for view in ("pin", "language", "recorded", "reviewed")
)
"""The endpoints here."""
WHO: Final = "telephone"
"""Stands as the maker: which of those on call it was is not kept."""
FINISH_KEY: Final = "#"
PIN_WAIT: Final = 10
LANGUAGE_WAIT: Final = 10
REVIEW_WAIT: Final = 8
SILENCE: Final = 5
LONGEST_RECORDING: Final = 60
"""Seconds: longer than any prompt may be, so that none is cut off unnoticed."""
WAITS: Final = (0.0, 1.0, 2.0, 3.0)
"""Seconds before each try to fetch or delete: a file is ready a little after its recording ends.
Both together stay below the 15 s that Twilio waits for an answer
(https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""
NOT_HAD: Final = "not_had"


def studio_entrance(line: Telephone, call_sid: str, digits: str) -> str | None:
    """Where the language menu leads who is on call and presses the star; None: nowhere."""
    if digits != REPEAT or not _is_on_call(line, call_sid):
        return None
    response = VoiceResponse()
    response.redirect(url_for("voice.studio_pin", turn=1), method="POST")
    return str(response)


def add_studio(voice: Blueprint, line: Telephone) -> None:
    """Puts the views on the blueprint of the voice webhooks."""

    @voice.post("/studio/pin/<int:turn>")
    def studio_pin(turn: int) -> Response:
        """Asks for the PIN for the `turn`-th time, unless the one before was right."""
        call_sid = forms.sid("CallSid")
        if line.studio is None or not _is_on_call(line, call_sid):
            abort(403)
        asked = turn - 1
        step = after_pin(asked, right=asked <= PINS and line.studio.knows_pin(forms.digits()))
        if isinstance(step, Leave):
            log.warning("call %s tried %d wrong PINs of the studio", call_sid, asked)
        return answer(line.studio, step)

    @voice.post("/studio/language/<int:turn>")
    def studio_language(turn: int) -> Response:
        door = entered()
        languages = line.standing(forms.sid("CallSid")).prompts.languages
        return answer(door, after_language(languages, turn, forms.digits()))

    @voice.post("/studio/recorded/<code>/<int:index>/<int:turn>")
    def studio_recorded(code: str, index: int, turn: int) -> Response:
        """The `action` of a recording, or the verb after it when nothing was said."""
        door, language, place = entered(), spoken(code), Place(code, index, turn)
        prompt = prompt_at(language, index)
        made = told.recorded(request.form)
        if made.sid is None:
            # What was said and has no name cannot be fetched, now or next time.
            nameless = Leave(before=(NOT_HAD,)) if made.spoke else after_silence(language, place)
            return answer(door, nameless)
        try:
            if forms.call_ended():
                return answer(door, Leave())
            taken = take_of(door, language, prompt, made.sid)
        finally:
            _erase(door, made.sid)
        if isinstance(taken, PromptTake):
            return answer(door, Review(place, taken.take_id))
        return answer(door, after_fault(language, place, taken))

    @voice.post("/studio/reviewed/<code>/<int:index>/<int:turn>/<take_id>/<int:asked>")
    def studio_reviewed(code: str, index: int, turn: int, take_id: str, asked: int) -> Response:
        door, language = entered(), spoken(code)
        prompt = prompt_at(language, index)
        review = Review(Place(code, index, turn), take_id, asked)
        step = after_review(language, review, forms.digits())
        try:
            if forms.digits() == KEEP:
                choose_take(
                    line.store,
                    language=code,
                    prompt=prompt,
                    take_id=take_id,
                    who=WHO,
                    at=line.clock(),
                )
            elif not isinstance(step, Review):
                discard_take(
                    line.store,
                    door.audio,
                    language=code,
                    prompt=prompt,
                    take_id=take_id,
                    who=WHO,
                )
        except NoSuchTake:
            # Somebody else on the telephone recorded the same prompt meanwhile.
            step = after_fault(language, review.place, NOT_HAD)
        return answer(door, step)

    def entered() -> StudioDoor:
        """The studio, for who has the ticket of this call."""
        ticket = request.args.get("ticket", "")
        if line.studio is None or not line.studio.admits(ticket, forms.sid("CallSid")):
            abort(403)
        return line.studio

    def spoken(code: str) -> Language:
        languages = line.standing(forms.sid("CallSid")).prompts.languages
        found = next((each for each in languages if each.code == code), None)
        return abort(404) if found is None else found

    def prompt_at(language: Language, index: int) -> str:
        prompts = tuple(language.words)
        return prompts[index] if index < len(prompts) else abort(404)

    def take_of(
        door: StudioDoor, language: Language, prompt: str, recording_sid: str
    ) -> PromptTake | str:
        """The draft that the recording becomes, or the name of what is wrong with it."""
        audio = _fetched(door, recording_sid)
        if audio is None:
            return NOT_HAD
        try:
            sound = telephone_quality(audio, longest(prompt))
        except Unusable as unusable:
            return unusable.fault.value
        return propose_take(
            line.store,
            door.audio,
            language=language.code,
            prompt=prompt,
            words=language.words[prompt],
            sound=sound.wave,
            seconds=sound.seconds,
            source=TakeSource.TELEPHONE,
            who=WHO,
            at=line.clock(),
        )

    def answer(door: StudioDoor, step: Step) -> Response:
        return Response(str(document(door, step)), mimetype="text/xml")

    def document(door: StudioDoor, step: Step) -> VoiceResponse:
        response = VoiceResponse()
        ticket = door.ticket(forms.sid("CallSid"))
        match step:
            case EnterPin(turn):
                # Where it is asked for is no secret, and what is pressed comes in the form.
                at = url_for("voice.studio_pin", turn=turn + 1)
                gather = _gather(at, wait=PIN_WAIT, digits=12)
                say(gather, door, *step.before, "pin")
                response.append(gather)
            case ChooseLanguage(turn):
                at = url_for("voice.studio_language", turn=turn, ticket=ticket)
                gather = _gather(at, wait=LANGUAGE_WAIT, digits=2)
                say(gather, door, *step.before, "language")
                response.append(gather)
            case SayPrompt(place):
                say(response, door, *step.before)
                record(response, door, place, ticket)
            case Review(place, take_id, asked):
                at = url_for(
                    "voice.studio_reviewed",
                    code=place.language,
                    index=place.index,
                    turn=place.turn,
                    take_id=take_id,
                    asked=asked,
                    ticket=ticket,
                )
                gather = _gather(at, wait=REVIEW_WAIT, digits=1)
                with line.store.read() as records:
                    take = records.prompt_take(take_id)
                if take is not None:
                    gather.play(f"{voice.url_prefix}/prompts/{take.sha256}.wav")
                say(gather, door, "review")
                response.append(gather)
            case Leave():
                say(response, door, *step.before, "goodbye")
                response.hangup()
        return response

    def record(response: VoiceResponse, door: StudioDoor, place: Place, ticket: str) -> None:
        """Without a status callback: nobody is told of it who would make a report of it."""
        prompts = tuple(spoken(place.language).words)
        words = door.words["prompt"].format(
            number=place.index + 1,
            count=len(prompts),
            words=door.prompts().get(prompts[place.index], ""),
        )
        response.say(words, voice=line.whispers.voice.voice, language=line.whispers.voice.language)
        at = url_for(
            "voice.studio_recorded",
            code=place.language,
            index=place.index,
            turn=place.turn,
            ticket=ticket,
        )
        response.record(
            action=at,
            method="POST",
            timeout=SILENCE,
            max_length=LONGEST_RECORDING,
            finish_on_key=FINISH_KEY,
            play_beep=True,
            trim="do-not-trim",
        )
        # Reached only when nothing was said.
        response.redirect(at, method="POST")

    def say(parent: VoiceResponse | Gather, door: StudioDoor, *names: str) -> None:
        for name in names:
            reader = line.whispers.voice
            parent.say(door.words[name], voice=reader.voice, language=reader.language)


def _is_on_call(line: Telephone, call_sid: str) -> bool:
    if line.studio is None:
        return False
    with line.store.read() as records:
        call = records.call(call_sid)
    # Who calls too often is limited: a forged number gets some dozens of guesses an hour, not more.
    return call is not None and call.admission.alerts and call.caller_hash in line.studio.on_call


def _fetched(door: StudioDoor, recording_sid: str) -> bytes | None:
    for wait in WAITS:
        time.sleep(wait)
        try:
            return door.provider.fetch_recording(recording_sid)
        except MediaMissing:
            continue
        except (MediaRefused, ProviderUnavailable):
            return None
    return None


def _erase(door: StudioDoor, recording_sid: str) -> None:
    for wait in WAITS:
        time.sleep(wait)
        try:
            return door.provider.erase_recording(recording_sid)
        except (ProviderUnavailable, ProviderRefused):
            # Of somebody who hung up it may not be finished yet.
            continue
    log.error("recording %s of the studio stays at the provider: delete it", recording_sid)


def _gather(action: str, *, wait: int, digits: int) -> Gather:
    return Gather(
        action=action,
        method="POST",
        input="dtmf",
        num_digits=digits,
        finish_on_key=FINISH_KEY,
        timeout=wait,
        action_on_empty_result=True,
    )
