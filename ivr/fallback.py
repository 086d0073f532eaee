"""What callers hear while nothing of ours can be reached. Pure: prompts -> two TwiML documents.

They lie at the provider, or with any host of static files, and name no address of ours. The first
asks to speak and records; a recording's `action` would otherwise be its own document, which would
ask again and again, so that a second one says goodbye
(https://www.twilio.com/docs/voice/twiml/record#attributes-action). Hosts of files answer GET alone.

No status callback tells of the recording: whoever could be told is down, and a word that came just
as we are up again would make a report without a number and with the wrong time. The recording is
found in the provider's list instead, see `reports.services.importing`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final

from twilio.twiml.voice_response import VoiceResponse

from ivr.languages import Language, Prompts
from ivr.twiml import FINISH_KEY
from reports.wording import seconds_to_say

FALLBACK: Final = "fallback.xml"
GOODBYE: Final = "goodbye.xml"
"""Their names: the first leads to the second, beside it, unless told another address."""
MOST_LANGUAGES: Final = 5
LONGEST_GREETING: Final = 25.0
"""Seconds until the tone. Who has seen something hangs up on more."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """Both documents, and whom they speak to."""

    greeting: str
    goodbye: str
    greeted: tuple[Language, ...]
    left_out: tuple[Language, ...]
    """Those that are offered, but whose turn would come too late, or that no voice can read."""
    seconds: float
    """Until the tone, about."""


def write_fallback(prompts: Prompts, goodbye_url: str = GOODBYE) -> Fallback:
    """The documents in the languages with the first keys, as many as callers bear to wait for.

    `goodbye_url` is where the second lies, absolute or seen from the first.
    """
    greeted = _greeted(prompts)
    return Fallback(
        greeting=_greeting(prompts, greeted, goodbye_url),
        goodbye=_goodbye(greeted),
        greeted=greeted,
        left_out=tuple(language for language in prompts.offered if language not in greeted),
        seconds=sum(_seconds(language) for language in greeted),
    )


def _greeted(prompts: Prompts) -> tuple[Language, ...]:
    """Only what the provider's voice can read: recorded prompts lie with us."""
    greeted: list[Language] = []
    left = LONGEST_GREETING
    for language in sorted(prompts.offered, key=lambda language: language.keys):
        if language.voice is None:
            continue
        left -= _seconds(language)
        if greeted and (left < 0 or len(greeted) == MOST_LANGUAGES):
            break
        greeted.append(language)
    return tuple(greeted)


def _seconds(language: Language) -> float:
    return seconds_to_say(language.words["unknown_language"])


def _greeting(prompts: Prompts, greeted: tuple[Language, ...], goodbye_url: str) -> str:
    asked = prompts.script.unknown_language
    response = VoiceResponse()
    for language in greeted:
        _say(response, language, "unknown_language")
    response.record(
        action=goodbye_url,
        method="GET",
        timeout=asked.silence,
        max_length=asked.longest,
        finish_on_key=FINISH_KEY,
        play_beep=True,
        trim="do-not-trim",
    )
    # Reached only when nothing was said: an empty recording does not ask its action.
    for language in greeted:
        _say(response, language, "goodbye_without_report")
    response.hangup()
    return _document(response)


def _goodbye(greeted: tuple[Language, ...]) -> str:
    response = VoiceResponse()
    for language in greeted:
        _say(response, language, "thanks")
        _say(response, language, "goodbye")
    response.hangup()
    return _document(response)


def _say(response: VoiceResponse, language: Language, prompt: str) -> None:
    if language.voice is not None:
        response.say(
            language.words[prompt], voice=language.voice.voice, language=language.voice.language
        )


def _document(response: VoiceResponse) -> str:
    """A line an element, so that people can read it and its changes."""
    element = response.xml()
    ET.indent(element)
    text = ET.tostring(element, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'
