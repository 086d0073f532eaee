"""Sample calls, spoken: what callers say and press, and recordings of it for the line to hear.

    call = spoken_call("es-cedar-riverside")
    call.keys.officers, call.where.path, call.where.place_words

Everything is in calls.toml; the recordings under audio/ are made from it by make_calls.py, and
need not be made again to be played: μ-law WAV, 8 kHz, one channel.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

MANIFEST: Final = Path(__file__).with_name("calls.toml")
AUDIO: Final = Path(__file__).with_name("audio")


@dataclass(frozen=True)
class KeysPressed:
    """What the caller answers by keypad; an empty string where nothing is pressed."""

    when: str
    """1: it is happening now; 2: it has already happened."""
    officers: str
    """How many officers; *: the caller does not know."""
    still_there: str
    """1: they are still there; 2: they have left."""
    callback: str
    """1: the caller may be called back."""


@dataclass(frozen=True)
class Utterance:
    """One recording and the words in it."""

    path: Path
    seconds: float
    words: str
    """As spoken, hesitations included."""
    place_words: tuple[str, ...] = ()
    """Words that a transcript must show for the place to be found; empty but in `where`."""


@dataclass(frozen=True)
class SpokenCall:
    """A report, as one caller makes it."""

    id: str
    language: str
    """ISO 639-1."""
    voice: str
    keys: KeysPressed
    where: Utterance
    what: Utterance

    @property
    def seconds(self) -> float:
        """How long the caller talks in all."""
        return self.where.seconds + self.what.seconds


@dataclass(frozen=True)
class LineSound:
    """What a line hears that is no whole report: silence, the street, a fax, a cut-off sentence."""

    id: str
    path: Path
    seconds: float
    language: str | None = None
    """Of the words spoken, or None where nobody speaks."""
    words: str = ""


_Named = TypeVar("_Named", SpokenCall, LineSound)


@cache
def spoken_calls() -> tuple[SpokenCall, ...]:
    """Every report, in the manifest's order."""
    return tuple(
        SpokenCall(
            id=entry["id"],
            language=entry["language"],
            voice=entry["voice"],
            keys=KeysPressed(**entry["keys"]),
            where=_utterance(entry["where"]),
            what=_utterance(entry["what"]),
        )
        for entry in _manifest()["report"]
    )


def spoken_call(id: str) -> SpokenCall:
    """The report of that id. Raises KeyError, naming those there are."""
    return _named(id, spoken_calls())


@cache
def line_sounds() -> tuple[LineSound, ...]:
    """Every sound that is no whole report, in the manifest's order."""
    return tuple(
        LineSound(
            id=entry["id"],
            path=AUDIO / entry["file"],
            seconds=entry["seconds"],
            language=entry.get("language"),
            words=words_in(entry.get("says", "")),
        )
        for entry in _manifest()["sound"]
    )


def line_sound(id: str) -> LineSound:
    """The sound of that id. Raises KeyError, naming those there are."""
    return _named(id, line_sounds())


def words_in(says: str) -> str:
    """A manifest's `says` as heard: without its marks, and what comes after a hang-up."""
    heard, _, _ = says.partition("|")
    return re.sub(r"\[[\d.]+\] ?|[{}]", "", heard).strip()


def _utterance(entry: dict[str, Any]) -> Utterance:
    return Utterance(
        path=AUDIO / entry["file"],
        seconds=entry["seconds"],
        words=words_in(entry["says"]),
        place_words=tuple(entry.get("place_words", ())),
    )


def _named(id: str, among: tuple[_Named, ...]) -> _Named:
    for one in among:
        if one.id == id:
            return one
    raise KeyError(f"{id!r} is none of {', '.join(one.id for one in among)}")


@cache
def _manifest() -> dict[str, Any]:
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
