"""An engine that hears what it is told: for tests and rehearsals, which need no weights.

As a model it takes the path of a TOML file:

    otherwise = "What is heard of any sound that is not named."

    [[answer]]
    sha256 = "…"               # of what the engine is given to hear, see `fingerprint`
    text = "At Lake and Bloomington."
    language = "en"            # optional: what is detected
    english = "…"              # optional: what it means
    takes = 2.5                # optional: seconds
    fails = "out of memory"    # optional: raises RuntimeError instead
    dies_once = "been-here"    # optional: kills its own process, unless that file is there
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reports.model import Segment, Word
from reports.ports import Samples
from transcribe.audio import seconds
from transcribe.engines.decoding import label
from transcribe.weights import BadWeights, Progress

NAME: Final = "scripted"
SURE: Final = 0.99
LANGUAGES: Final = frozenset({"am", "ar", "en", "es", "fr", "pt", "so", "vi", "zh"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What is heard of one sound, after how long, or how it goes wrong."""

    text: str = ""
    language: str = "en"
    english: str = ""
    lasts: float | None = None
    """Seconds over which its words are spread; None: all of the sound."""
    takes: float = 0.0
    fails: str | None = None
    dies_once: Path | None = None
    """Kills the process it runs in, as an empty memory would, unless there is such a file; leaves
    one before it does."""


Answers = Callable[[Samples, str | None], Answer]


@dataclass(frozen=True)
class ScriptedEngine:
    """Hears what `answers` says of a sound and the language asked for."""

    answers: Answers
    name: str = NAME
    model: str = "none"
    languages: frozenset[str] = field(default=LANGUAGES)
    translates: bool = True

    @classmethod
    def of(cls, by_sound: Mapping[str, Answer], otherwise: Answer, model: str) -> ScriptedEngine:
        """Answers by `fingerprint`."""
        return cls(lambda samples, _: by_sound.get(fingerprint(samples), otherwise), model=model)

    def likely_languages(self, samples: Samples) -> dict[str, float]:
        return {self.answers(samples, None).language: SURE}

    def hear(
        self, sounds: Sequence[Samples], language: str, *, into_english: bool = False
    ) -> tuple[tuple[Segment, ...], ...]:
        return tuple(self._hear(sound, language, into_english) for sound in sounds)

    def _hear(self, samples: Samples, language: str, into_english: bool) -> tuple[Segment, ...]:
        answer = self.answers(samples, language)
        time.sleep(answer.takes)
        if answer.dies_once is not None and not answer.dies_once.exists():
            answer.dies_once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if answer.fails is not None:
            raise RuntimeError(answer.fails)
        text = answer.english if into_english else answer.text
        return one_segment(text, answer.lasts or seconds(samples))


def load(
    model: str,
    cache_dir: Path,  # noqa: ARG001  # an engine's load
    say: Progress,  # noqa: ARG001
    *,
    threads: int | None = None,  # noqa: ARG001
    batch: int | None = None,  # noqa: ARG001
) -> ScriptedEngine:
    """Raises:
    BadWeights: the file is missing or not as described above.
    """
    path = Path(model)
    try:
        script = tomllib.loads(path.read_text(encoding="utf-8"))
        answers = {
            entry.pop("sha256"): _answer(entry, path.parent) for entry in script.get("answer", ())
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadWeights(f"{model} is no script of answers: {error}") from error
    return ScriptedEngine.of(answers, Answer(script.get("otherwise", "")), label(model))


def fingerprint(samples: Samples) -> str:
    """SHA-256 of a sound, hexadecimal."""
    return hashlib.sha256(samples.tobytes()).hexdigest()


def one_segment(text: str, length: float) -> tuple[Segment, ...]:
    """A text as an engine sure of itself would hear it: one segment, its words evenly spread over
    so many seconds. No text, no segment."""
    words = text.split()
    step = length / max(1, len(words))
    segment = Segment(
        text=text,
        start=0.0,
        end=length,
        words=tuple(
            Word(f" {word}" if index else word, index * step, (index + 1) * step, SURE)
            for index, word in enumerate(words)
        ),
        log_probability=-0.1,
        no_speech=0.01,
        compression=1.0,
    )
    return (segment,) if words else ()


def _answer(entry: dict[str, object], folder: Path) -> Answer:
    if "dies_once" in entry:
        entry["dies_once"] = folder / str(entry["dies_once"])
    return Answer(**entry)  # type: ignore[arg-type]  # a wrong name is a TypeError, caught above
