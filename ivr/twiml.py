"""Step + languages -> TwiML. Pure: the same step gives the same document.

Verbs and attributes are Twilio's: https://www.twilio.com/docs/voice/twiml. Attributes whose
defaults would matter are written out, so that the document says what happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.languages import DIGITS, Language, Prompts, Voice
from ivr.script import (
    LANGUAGE,
    MORE_LANGUAGES,
    Ask,
    AskLanguage,
    Finish,
    HangUp,
    PressDigits,
    Record,
    Review,
    RingPeople,
    Step,
)
from ivr.scripts import PERSON, REPEAT, Question

FINISH_KEY = "#"
LANGUAGE_WAIT = 5
"""Seconds of waiting for a key after the languages were offered."""
LANGUAGES_AT_ONCE = 8
"""How many languages the first menu offers; the others are behind the key for more."""
MORE_SPEAKERS = 2
"""How many languages say that there are more."""
UNKNOWN_SPEAKERS = 3
"""In how many languages a caller is spoken to who chose none: each costs them seconds."""
REVIEW_WAIT = 3
FINISH_WAIT = 3
DIGITS_WAIT = 6
RING_SECONDS = 25
"""How long people are rung before the caller goes on with the report."""
LONGEST_TALK = 30 * 60
"""Seconds after which a conversation with a person is ended."""
WHISPER_WAIT = 8


class Paths(Protocol):
    """Where the provider asks next."""

    def chosen(self, what: str, turn: int) -> str:
        """After the language menu; `what` is LANGUAGE or MORE_LANGUAGES."""

    def answered(self, question: str, turn: int) -> str: ...
    def recorded(self, question: str, turn: int) -> str: ...
    def recording_status(self, question: str, turn: int) -> str: ...
    def reviewed(self, question: str, turn: int) -> str: ...
    def checked(self) -> str: ...
    def rung(self, question: str, turn: int) -> str: ...
    def whisper(self, language: str | None) -> str: ...
    def finished(self, turn: int) -> str: ...
    def prompt(self, sha256: str) -> str:
        """Where the sound of a recorded prompt lies."""

    def playback(self, recording_sid: str) -> str:
        """Where a caller's own recording can be heard for the next minutes."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document depends on beside the step."""

    reference: str | None = None
    """Of the call's report."""
    has_number: bool = False
    """Whether the caller can be sent a text."""
    people: tuple[str, ...] = ()
    """The numbers to ring."""
    hotline: str = ""
    """What the people who are rung see as the caller's number."""


def render(
    step: Step,
    prompts: Prompts,
    language: Language | None,
    paths: Paths,
    around: Surroundings = Surroundings(),
) -> str:
    """The document for a step. Without a language it is said in the first of those offered."""
    return str(_Document(prompts, language, paths, around).of(step))


def whisper(words: str, voice: Voice, action: str) -> str:
    """What somebody hears alone who was rung, before they are connected: without a key no
    connection, so that no voicemail swallows a caller.

    https://www.twilio.com/docs/voice/twiml/number#attributes-url
    """
    response = VoiceResponse()
    gather = _gather(action, wait=WHISPER_WAIT, empty=False)
    gather.say(words, voice=voice.voice, language=voice.language)
    response.append(gather)
    response.hangup()
    return str(response)


def connected(*, taken: bool) -> str:
    """After the key: an empty document connects the two, a hang-up does not."""
    response = VoiceResponse()
    if not taken:
        response.hangup()
    return str(response)


class _Document:
    def __init__(
        self, prompts: Prompts, language: Language | None, paths: Paths, around: Surroundings
    ) -> None:
        self._prompts = prompts
        self._language = language
        self._paths = paths
        self._around = around
        self._response = VoiceResponse()
        self._speakers: Sequence[Language] = (
            prompts.told[:UNKNOWN_SPEAKERS] if language is None else (language,)
        )

    def of(self, step: Step) -> VoiceResponse:
        match step:
            case AskLanguage():
                self._ask_language(step)
            case Ask():
                self._ask(step)
            case Record():
                self._record(step)
            case Review():
                self._review(step)
            case PressDigits():
                self._press_digits(step)
            case RingPeople():
                self._ring(step)
            case Finish():
                self._finish(step)
            case HangUp():
                self._say(self._response, ("goodbye",))
                self._response.hangup()
        return self._response

    def _ask_language(self, step: AskLanguage) -> None:
        what = MORE_LANGUAGES if step.more else LANGUAGE
        gather = _gather(self._paths.chosen(what, step.turn), wait=LANGUAGE_WAIT)
        offered = self._prompts.told
        behind = tuple(each for each in offered if len(each.keys) > 1)
        if step.more and not behind:
            # Who asks for more than they were told of finds what stands on a poster.
            behind = tuple(each for each in self._prompts.offered if len(each.keys) > 1)
        self._say(gather, step.before)
        if step.more:
            for speaker in behind:
                _utter(gather, speaker, "choose_language", self._paths)
        else:
            if step.turn == 1:
                # Who waits for their own language hears the names first, and soon.
                _utter(gather, offered[0], "welcome", self._paths)
            for speaker in offered[:LANGUAGES_AT_ONCE]:
                _utter(gather, speaker, "choose_language", self._paths)
            if len(offered) > LANGUAGES_AT_ONCE and behind:
                for speaker in offered[:MORE_SPEAKERS]:
                    _utter(gather, speaker, "more_languages", self._paths)
        self._response.append(gather)

    def _ask(self, step: Ask) -> None:
        question = step.question
        gather = _gather(
            self._paths.answered(question.id, step.turn),
            wait=question.wait,
            digits=question.digits if question.kind in ("number", "reference") else 1,
        )
        self._say(gather, (*step.before, question.id))
        self._response.append(gather)

    def _record(self, step: Record) -> None:
        known = self._language is not None
        asked = step.question.id if known else "unknown_language"
        self._say(self._response, (*step.before, asked))
        self._recorder(step.question, step.turn)

    def _recorder(self, question: Question, turn: int) -> None:
        action = self._paths.recorded(question.id, turn)
        self._response.record(
            action=action,
            method="POST",
            timeout=question.silence,
            max_length=question.longest,
            finish_on_key=FINISH_KEY + REPEAT + PERSON,
            play_beep=True,
            # What is kept is what was said, pauses and all.
            trim="do-not-trim",
            recording_status_callback=self._paths.recording_status(question.id, turn),
            recording_status_callback_method="POST",
            recording_status_callback_event="completed absent",
        )
        # Reached only when nothing was said: an empty recording does not ask its action.
        self._response.redirect(action, method="POST")

    def _review(self, step: Review) -> None:
        gather = _gather(
            self._paths.reviewed(step.question.id, step.turn), wait=REVIEW_WAIT, digits=1
        )
        gather.play(self._paths.playback(step.recording_sid))
        self._say(gather, ("keep_or_again",))
        self._response.append(gather)

    def _press_digits(self, step: PressDigits) -> None:
        gather = _gather(self._paths.checked(), wait=DIGITS_WAIT, digits=len(step.digits))
        self._say(gather, (*step.before, "digits_check"))
        for speaker in self._speakers:
            _read_out(gather, speaker, step.digits, self._paths)
        self._response.append(gather)

    def _ring(self, step: RingPeople) -> None:
        """https://www.twilio.com/docs/voice/twiml/dial: every number rings, the first to press the
        key is connected."""
        self._say(self._response, (*step.before, "calling_person"))
        dial = Dial(
            action=self._paths.rung(step.question, step.turn),
            method="POST",
            timeout=RING_SECONDS,
            time_limit=LONGEST_TALK,
            caller_id=self._around.hotline,
        )
        whisper_at = self._paths.whisper(None if self._language is None else self._language.code)
        for number in self._around.people:
            dial.number(number, url=whisper_at, method="POST")
        self._response.append(dial)

    def _finish(self, step: Finish) -> None:
        if self._around.reference is None:
            self._say(self._response, (*step.before, "goodbye_without_report"))
            self._response.hangup()
            return
        gather = _gather(self._paths.finished(step.turn), wait=FINISH_WAIT, empty=False)
        # Who chose no language hears what matters most in two of them, not all in three.
        for speaker in self._speakers[:2]:
            first = ("thanks",) if step.turn == 1 else ()
            for prompt in (*step.before, *first, "your_reference"):
                _utter(gather, speaker, prompt, self._paths)
            _read_out(gather, speaker, self._around.reference, self._paths)
            _utter(gather, speaker, "again", self._paths)
            _read_out(gather, speaker, self._around.reference, self._paths)
            offer = ("offer_text",) if self._around.has_number else ()
            for prompt in ("after_report", *offer, "goodbye"):
                _utter(gather, speaker, prompt, self._paths)
        self._response.append(gather)
        self._response.hangup()

    def _say(self, parent: VoiceResponse | Gather, prompts: Iterable[str]) -> None:
        prompts = tuple(prompts)
        for speaker in self._speakers:
            for prompt in prompts:
                _utter(parent, speaker, prompt, self._paths)


def _gather(action: str, *, wait: int, digits: int = 1, empty: bool = True) -> Gather:
    return Gather(
        action=action,
        method="POST",
        input="dtmf",
        num_digits=digits,
        finish_on_key=FINISH_KEY,
        timeout=wait,
        action_on_empty_result=empty,
    )


def digit_by_digit(reference: str) -> str:
    """'4821' -> '4, 8, 2, 1': a voice reads each digit and pauses after it."""
    return ", ".join(reference)


def _utter(parent: VoiceResponse | Gather, speaker: Language, prompt: str, paths: Paths) -> None:
    """A prompt as it was recorded, else by the provider's voice; one of the two there is."""
    sound = speaker.recorded.get(prompt)
    if sound is not None:
        parent.play(paths.prompt(sound))
    else:
        _by_voice(parent, speaker, speaker.words[prompt])


def _read_out(parent: VoiceResponse | Gather, speaker: Language, number: str, paths: Paths) -> None:
    if all(digit in speaker.recorded for digit in DIGITS):
        for digit in number:
            parent.play(paths.prompt(speaker.recorded[f"digit_{digit}"]))
    else:
        _by_voice(parent, speaker, digit_by_digit(number))


def _by_voice(parent: VoiceResponse | Gather, speaker: Language, text: str) -> None:
    if speaker.voice is None:
        raise LookupError(f"{speaker.code} has neither recording nor voice and was offered")
    parent.say(text, voice=speaker.voice.voice, language=speaker.voice.language)
