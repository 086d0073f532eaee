"""Step + languages -> TwiML. Pure: the same step gives the same document.

Verbs and attributes are Twilio's: https://www.twilio.com/docs/voice/twiml. Attributes whose
defaults would matter are written out, so that the document says what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.languages import Language, Prompts, Question
from ivr.script import Ask, AskLanguage, Finish, Record, Step

Url = Callable[[str, str, int], str]
"""(what, question, turn) -> the path that the provider asks next; `what` is one of the constants
below."""

LANGUAGE = "language"
ANSWER = "answer"
RECORDED = "recorded"
RECORDING_STATUS = "recording-status"

FINISH_KEY = "#"
LANGUAGE_WAIT = 5
"""Seconds of waiting for a key after the languages were offered."""


def render(
    step: Step,
    prompts: Prompts,
    language: Language | None,
    url: Url,
    reference: str | None = None,
) -> str:
    """The document for a step. Without a language everything is said in each that is offered."""
    speakers = prompts.languages if language is None else (language,)
    response = VoiceResponse()
    match step:
        case AskLanguage():
            _ask_language(response, step, speakers, url)
        case Ask():
            _ask(response, step, speakers, url)
        case Record():
            _record(response, step, speakers, url, known=language is not None)
        case Finish():
            _finish(response, speakers, reference)
    return str(response)


def _ask_language(
    response: VoiceResponse, step: AskLanguage, speakers: Sequence[Language], url: Url
) -> None:
    gather = Gather(
        action=url(LANGUAGE, LANGUAGE, step.turn),
        method="POST",
        input="dtmf",
        num_digits=1,
        timeout=LANGUAGE_WAIT,
        action_on_empty_result=True,
    )
    for speaker in speakers:
        if step.turn == 1:
            _say(gather, speaker, speaker.prompts["welcome"])
        elif step.corrected:
            _say(gather, speaker, speaker.prompts["correction"])
        _say(gather, speaker, speaker.prompts["choose_language"])
    response.append(gather)


def _ask(response: VoiceResponse, step: Ask, speakers: Sequence[Language], url: Url) -> None:
    question = step.question
    gather = Gather(
        action=url(ANSWER, question.id, step.turn),
        method="POST",
        input="dtmf",
        num_digits=question.digits if question.kind == "number" else 1,
        finish_on_key=FINISH_KEY,
        timeout=question.wait,
        action_on_empty_result=True,
    )
    for speaker in speakers:
        if step.first:
            _say(gather, speaker, speaker.prompts["safety"])
        if step.corrected:
            _say(gather, speaker, speaker.prompts["correction"])
        _say(gather, speaker, speaker.questions[question.id])
    response.append(gather)


def _record(
    response: VoiceResponse,
    step: Record,
    speakers: Sequence[Language],
    url: Url,
    *,
    known: bool,
) -> None:
    for speaker in speakers:
        if step.first:
            _say(response, speaker, speaker.prompts["safety"])
        asked = (
            speaker.questions[step.question.id] if known else speaker.prompts["unknown_language"]
        )
        _say(response, speaker, asked)
    _recorder(response, step.question, step.turn, url)


def _recorder(response: VoiceResponse, question: Question, turn: int, url: Url) -> None:
    action = url(RECORDED, question.id, turn)
    response.record(
        action=action,
        method="POST",
        timeout=question.silence,
        max_length=question.longest,
        finish_on_key=FINISH_KEY,
        play_beep=True,
        # What is kept is what was said, pauses and all.
        trim="do-not-trim",
        recording_status_callback=url(RECORDING_STATUS, question.id, turn),
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )
    # Reached only when nothing was said: an empty recording does not ask its action.
    response.redirect(action, method="POST")


def _finish(response: VoiceResponse, speakers: Sequence[Language], reference: str | None) -> None:
    for speaker in speakers:
        if reference is None:
            _say(response, speaker, speaker.prompts["goodbye_without_report"])
        else:
            _say(
                response,
                speaker,
                speaker.prompts["goodbye"].format(reference=digit_by_digit(reference)),
            )
    response.hangup()


def digit_by_digit(reference: str) -> str:
    """'4821' -> '4, 8, 2, 1': a voice reads each digit and pauses after it."""
    return ", ".join(reference)


def _say(parent: VoiceResponse | Gather, speaker: Language, text: str) -> None:
    parent.say(text, voice=speaker.voice.voice, language=speaker.voice.language)
