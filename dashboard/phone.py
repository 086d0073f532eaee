"""What the line answers, as steps that a browser performs: say, play, take keys, record. Pure.

Where a step leads on to is handed to the browser sealed: it can go where the line sent it, and
nowhere else.
"""

from __future__ import annotations

import io
import math
import re
import struct
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from twiml.reading import (
    Dial,
    Gather,
    Hangup,
    Pause,
    Play,
    Prompt,
    Record,
    Redirect,
    Say,
    read_twiml,
)

ORIGIN: Final = "https://rehearsal.invalid"
"""In the place of the address of a line that nobody calls (RFC 2606, section 2)."""
KEYS: Final = re.compile(r"[0-9*#]{0,32}")
RATE: Final = 8000
"""Samples a second, as telephones have them."""
LONGEST_SOUND: Final = 10 * 60
"""Seconds of one recording that are taken."""
TONE_SECONDS: Final = 1.0
TONE_HERTZ: Final = 440

Step = dict[str, Any]
"""As `static/phone.js` performs it."""


class NotASound(ValueError):
    """It is no WAV file with one channel of 8,000 samples of 16 bits a second, or too long."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Where the line is asked next: with the keys, with what was recorded, or just so."""

    to: str
    recording_status: str | None = None
    """Where it is told that a recording can be had; None: nothing is recorded."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is heard in a recorded prompt."""

    words: str
    language: str


def steps_of(
    twiml: str, path: str, seal: Callable[[Ask], str], spoken: Mapping[str, Spoken]
) -> list[Step]:
    """The steps of a document that `path` answered; the last one ends the call. `spoken`: what is
    heard in sounds, by a part of their address.

    Raises:
        TwimlError: it is no document that a telephone company would perform.
    """
    steps: list[Step] = []
    for verb in read_twiml(twiml, ORIGIN + path):
        match verb:
            case Say() | Play() | Pause():
                steps.append(_prompt(verb, spoken))
            case Gather():
                steps.append(
                    {
                        "do": "keys",
                        "prompts": [_prompt(each, spoken) for each in verb.prompts],
                        "seconds": verb.timeout,
                        "digits": verb.num_digits,
                        "finish": verb.finish_on_key,
                        "empty": verb.action_on_empty_result,
                        "to": seal(Ask(_inside(verb.action))),
                    }
                )
            case Record():
                status = verb.status_callback
                steps.append(
                    {
                        "do": "record",
                        "silence": verb.timeout,
                        "seconds": verb.max_length,
                        "finish": "".join(sorted(verb.finish_on_key)),
                        "beep": verb.play_beep,
                        "to": seal(
                            Ask(_inside(verb.action), None if status is None else _inside(status))
                        ),
                    }
                )
            case Redirect():
                steps.append({"do": "go", "to": seal(Ask(_inside(verb.url)))})
            case Dial(action=str(action)):
                # Nobody is rung: it is as if nobody answered.
                steps.append({"do": "go", "to": seal(Ask(_inside(action)))})
            case Hangup():
                break
            case _:
                break
    steps.append({"do": "end"})
    return steps


def _prompt(prompt: Prompt, spoken: Mapping[str, Spoken]) -> Step:
    match prompt:
        case Say():
            return {"do": "say", "words": prompt.text, "language": prompt.language}
        case Play():
            path = _inside(prompt.url) if prompt.url else ""
            known = next((each for part, each in spoken.items() if part in path), None)
            return {
                "do": "play",
                "address": path,
                "words": None if known is None else known.words,
                "language": None if known is None else known.language,
            }
        case Pause():
            return {"do": "pause", "seconds": prompt.length}


def _inside(url: str) -> str:
    """The path of an address of the line's own."""
    if not url.startswith(f"{ORIGIN}/"):
        raise ValueError("the line sent a rehearsal somewhere else")
    return url.removeprefix(ORIGIN)


def seconds_of(sound: bytes) -> float:
    """How long a sound is, in seconds.

    Raises:
        NotASound
    """
    try:
        with wave.open(io.BytesIO(sound)) as read:
            shape = (read.getnchannels(), read.getsampwidth(), read.getframerate())
            frames = len(read.readframes(read.getnframes())) // 2
    except (wave.Error, EOFError):
        raise NotASound from None
    if shape != (1, 2, RATE) or not 0 < frames <= LONGEST_SOUND * RATE:
        raise NotASound
    return frames / RATE


def tone() -> bytes:
    """A second of a quiet tone, in the place of a voice: WAV, one channel, 16 bits."""
    samples = (
        round(3000 * math.sin(2 * math.pi * TONE_HERTZ * at / RATE))
        for at in range(round(TONE_SECONDS * RATE))
    )
    made = io.BytesIO()
    with wave.open(made, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(b"".join(struct.pack("<h", each) for each in samples))
    return made.getvalue()
