"""A telephone in the terminal: prompts come as text, keys and sound files go back."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from simulator.call import WrongMoment
from simulator.caller import NetworkRefused, Phone, PhoneCall
from simulator.conversation import Event, Heard, describe
from simulator.sound import NotAudio, Sound, read_sound
from twiml.reading import KEYS

HELP: Final = """\
  2, 15#, *     press these keys when the prompt is through
  now 2         press them at once, cutting the prompt short
  say FILE      speak a WAV file into the recording, then be silent until it ends
  say FILE #    speak it, then press a key
  mic FILE      speak what a file or named pipe holds until its end: WAV, or bare 16-bit 8 kHz
  wait          say and press nothing until the line gives up waiting
  hangup        hang up (so do Ctrl-C and the end of input)
  help          this
"""

_LISTENS: Final[Mapping[str | None, str]] = {
    "keys": "keys",
    "voice": "recording",
    "somebody": "connected",
    None: "over",
}


class Terminal:
    """One call, driven by lines of text from `source`; what is heard goes to `target`.

    On a terminal it prompts; otherwise it repeats each line it read, so that a log reads whole.
    """

    def __init__(self, source: TextIO, target: TextIO) -> None:
        self._source = source
        self._target = target
        self._shown: set[Event] = set()
        self._commands: Mapping[str, Callable[[PhoneCall, list[str]], object]] = {
            "now": _presses_now,
            "say": _says,
            "mic": _speaks_into_the_microphone,
            "wait": lambda call, _: call.waits(),
            "hangup": lambda call, _: call.hangs_up(),
        }

    def holds(self, phone: Phone, to: str | None = None) -> int:
        """Dial, and go on until somebody hangs up. The exit status: 0, or 130 after Ctrl-C."""
        call = phone.dials(to)
        try:
            self._shows(call)
            while not call.is_over:
                words = self._reads(call)
                if words is None:
                    call.hangs_up()
                else:
                    self._does(call, words)
                self._shows(call)
        except KeyboardInterrupt:
            self._writes("")
            self._shows(call.hangs_up())
            return 130
        return 0

    def _reads(self, call: PhoneCall) -> list[str] | None:
        """The words of the next line; None at the end of input."""
        prompt = f"[{_LISTENS[call.listens_to]}] > "
        if self._source.isatty():
            self._target.write(prompt)
            self._target.flush()
        line = self._source.readline()
        if not line:
            return None
        if not self._source.isatty():
            self._writes(prompt + line.strip())
        return line.split()

    def _does(self, call: PhoneCall, words: list[str]) -> None:
        if not words:
            return
        command, *rest = words
        try:
            if KEYS.issuperset(command) and not rest:
                call.presses(command)
            elif command.lower() in self._commands:
                self._commands[command.lower()](call, rest)
            elif command.lower() in {"help", "?"}:
                self._writes(HELP.rstrip())
            else:
                self._writes(f"  there is no {command!r} here; help tells what there is")
        except (WrongMoment, NetworkRefused, NotAudio, OSError, ValueError) as error:
            self._writes(f"  that did not work: {error}")

    def _shows(self, call: PhoneCall) -> None:
        """What happened since it last showed anything."""
        for event in call.heard:
            # A prompt shown while it began is not shown again when a key cut it short.
            same = replace(event, seconds=0, cut_short=False) if isinstance(event, Heard) else event
            if same not in self._shown:
                self._shown.add(same)
                self._writes(f"{event.at:6.1f}s  {describe(event)}")

    def _writes(self, line: str) -> None:
        self._target.write(line + "\n")
        self._target.flush()


def _presses_now(call: PhoneCall, words: list[str]) -> None:
    call.presses("".join(words), after=0.0)


def _says(call: PhoneCall, words: list[str]) -> None:
    call.says(read_sound(_file(words)), then=_key(words))


def _speaks_into_the_microphone(call: PhoneCall, words: list[str]) -> None:
    path = Path(_file(words))
    if stat.S_ISFIFO(path.stat().st_mode):
        print("  listening until the other end closes the pipe", file=sys.stderr)
    content = path.read_bytes()
    sound = read_sound(content) if content[:4] == b"RIFF" else Sound.from_raw(content)
    call.says(sound, then=_key(words))


def _file(words: list[str]) -> str:
    if not words:
        raise ValueError("which file?")
    return words[0]


def _key(words: list[str]) -> str:
    key = "".join(words[1:])
    if len(key) > 1 or not KEYS.issuperset(key):
        raise ValueError(f"{key!r} is not one key")
    return key
