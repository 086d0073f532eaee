"""A recording heard by a process of its own, which may hang or run out of memory as it likes.

The process is given the audio on its standard input and answers on its standard output: nothing
that a caller said stands in a file or in a command line. It may use as much memory as it wants, but
is the first that the system ends when there is none left.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from reports.ports import Heard, Transcribed
from transcribe.engines import EngineChoice
from transcribe.hears import SIZES, load_hears, size_of
from transcribe.weights import at_hand

EXPENDABLE: Final = 1000
"""Ended before any other process (oom_score_adj(5), proc(5))."""
TRANSCRIBED: Final = TypeAdapter(Transcribed)

Tether = Callable[[Sequence[str]], Sequence[str]]
"""Makes of a command one that ends with the process that runs it."""


class FailedApart(RuntimeError):
    """The process hung, died or could not hear it. `str()` is safe to show."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the process is asked to do, but for the audio: plain values, ready for JSON."""

    engine: str
    model: str
    cache_dir: str
    prompts: str
    offered: tuple[str, ...] = ()
    by_language: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    language: str | None = None


def limit(audio: bytes) -> float:
    """Seconds that the process may take: ten for each of sound in the telephone's own code, and a
    minute to get ready."""
    return 60.0 + 10.0 * len(audio) / 8_000


@dataclass(frozen=True, slots=True)
class ApartTranscriber:
    """A `Transcriber` that starts a process for each recording, and ends it after some time."""

    order: Order
    tether: Tether = list
    limit: Callable[[bytes], float] = limit
    """Seconds that the process may take for an audio file."""

    def transcribe(self, audio: bytes, language: str | None) -> Transcribed:
        """Raises:
        FailedApart: the process came to no end, or to a bad one.
        """
        order = {**asdict(self.order), "language": language}
        try:
            done = subprocess.run(  # noqa: S603  # the command is ours
                self.tether([sys.executable, "-m", "transcribe.apart", json.dumps(order)]),
                input=audio,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # an error may quote what was said
                timeout=self.limit(audio),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FailedApart("it came to no end") from None
        if done.returncode != 0:
            raise FailedApart(f"it ended with {done.returncode}")
        return TRANSCRIBED.validate_json(done.stdout)

    def translates(self, language: str) -> bool:  # noqa: ARG002
        """It does one thing."""
        return False

    def translate(self, audio: bytes, language: str) -> Heard | None:  # noqa: ARG002
        return None


def smaller(engine: str, model: str, cache_dir: Path) -> str:
    """An engine's next smaller model whose weights are at hand, or the same one."""
    size = size_of(model)
    below = () if size is None else SIZES[: SIZES.index(size)]
    return next((each for each in reversed(below) if at_hand(engine, each, cache_dir)), model)


def main() -> None:
    """Hears what comes in, and answers."""
    # It loads the engines, which whoever only asks need not.
    from transcribe.pipeline import load_transcriber

    with suppress(OSError):  # where there is no such file, nothing is expendable
        Path("/proc/self/oom_score_adj").write_text(str(EXPENDABLE), encoding="ascii")
    order = Order(**json.loads(sys.argv[1]))
    transcriber = load_transcriber(
        order.engine,
        order.model,
        cache_dir=Path(order.cache_dir),
        batch=1,  # as little memory as can be
        hears=load_hears(Path(order.prompts)),
        by_language={code: EngineChoice(*named) for code, named in order.by_language.items()},
        offered=frozenset(order.offered),
    )
    outcome = transcriber.transcribe(sys.stdin.buffer.read(), order.language)
    sys.stdout.buffer.write(TRANSCRIBED.dump_json(outcome))


if __name__ == "__main__":
    main()
