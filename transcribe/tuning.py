"""Which engine, model, threads and batch suit a machine: measured on speech, and kept for the next
start.

Every candidate is tried in processes of its own, as many at once as have cores to themselves, so
that what is measured is what busy workers will do. A larger model makes fewer errors (Radford et
al., 2022, table 1): the largest is taken that still writes a message out in time, and of its
candidates the one that writes out most messages a minute. With that one, if it can hear several
pieces of a long message at once, how many is measured on one long message.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Final

import numpy as np
from pydantic import TypeAdapter

from transcribe.hardware import threads
from transcribe.hears import SIZES, size_of
from transcribe.weights import at_hand

PROFILE: Final = "speech.toml"
"""The file in the state folder."""
IN_TIME: Final = 0.5
"""A message is written out in time if it takes no longer than this share of its own length, …"""
GRACE: Final = 1.0
"""… and so many seconds."""
LONGEST: Final = 120.0
"""Seconds that a candidate may take for one message before it is given up."""
ENGINES: Final = ("faster-whisper", "openai-whisper")
BATCHES: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType({"faster-whisper": (1, 2, 4, 8)})
"""Of the engines that can hear several pieces at once, how many are tried."""
LONG: Final = 230.0
"""Seconds of a long message: as many pieces as the largest batch."""
WORTH: Final = 0.05
"""A larger batch takes more memory: it has to save this share of the work at least."""


@dataclass(frozen=True, slots=True)
class Candidate:
    engine: str
    model: str
    threads: int
    """Of each process."""
    batch: int = 1
    """Pieces of a long message at once."""


@dataclass(frozen=True, slots=True)
class Measured:
    candidate: Candidate
    load: float
    """Seconds."""
    share: float
    """Seconds of work for a second of sound, in the middle of all messages."""
    late: float
    """Seconds by which the middle message was late for being in time; negative: early."""
    a_minute: float
    """Messages, of all processes together."""
    memory: float
    """MiB of each process, at the worst."""

    @property
    def in_time(self) -> bool:
        return self.late <= 0


def candidates(cache_dir: Path, cores: int | None = None) -> list[Candidate]:
    """What can be tried without a download."""
    cores = cores or threads()
    counts = sorted({1, max(1, cores // 2), cores})
    return [
        Candidate(engine, model, count)
        for engine in ENGINES
        for model in SIZES
        if at_hand(engine, model, cache_dir)
        for count in counts
    ]


def best(measured: Sequence[Measured]) -> Measured | None:
    """The one to take; where none is in time, the one that is least late."""
    if not measured:
        return None
    in_time = [each for each in measured if each.in_time]
    if not in_time:
        return min(measured, key=lambda each: each.late)
    return max(in_time, key=lambda each: (_size(each.candidate.model), each.a_minute))


def with_batches(candidate: Candidate) -> list[Candidate]:
    """The same with each batch that can be tried; none where it hears one piece at a time."""
    return [replace(candidate, batch=batch) for batch in BATCHES.get(candidate.engine, ())]


def best_batch(measured: Sequence[Measured]) -> Measured | None:
    """The smallest whose work is within `WORTH` of the least."""
    least = min((each.share for each in measured), default=0.0)
    worth = (each for each in measured if each.share * (1 - WORTH) <= least)
    return min(worth, key=lambda each: each.candidate.batch, default=None)


def measure(
    candidate: Candidate,
    files: Sequence[Path],
    language: str | None,
    cache_dir: Path,
    *,
    as_one: bool = False,
) -> Measured | str:
    """What a candidate does on audio files; a short phrase for people where it cannot. `as_one`:
    on one long message made of them all."""
    processes = max(1, threads() // candidate.threads)
    order = json.dumps(
        asdict(
            _Order(
                candidate,
                tuple(str(file.absolute()) for file in files),
                language,
                str(cache_dir.absolute()),
                as_one,
            )
        )
    )
    running = [
        subprocess.Popen(  # noqa: S603  # the command is ours
            [sys.executable, "-m", "transcribe.tuning", order],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(processes)
    ]
    try:
        messages = 2 if as_one else len(files)
        said = [each.communicate(timeout=LONGEST * (messages + 1))[0] for each in running]
    except subprocess.TimeoutExpired:
        return "it came to no end"
    finally:
        for each in running:
            with suppress(OSError):
                each.kill()
            each.wait()
    if any(each.returncode for each in running):
        return "it could not be loaded, or failed"
    told = [json.loads(one) for one in said]
    pairs = [pair for one in told for pair in one["took"]]
    return Measured(
        candidate=candidate,
        load=max(one["load"] for one in told),
        share=median(took / length for took, length in pairs),
        late=median(took - IN_TIME * length - GRACE for took, length in pairs),
        a_minute=sum(60 * len(one["took"]) / sum(took for took, _ in one["took"]) for one in told),
        memory=max(one["memory"] for one in told),
    )


def save(profile: Measured, batch: int, folder: Path, when: str) -> Path:
    """Writes the profile that the settings read."""
    chosen = profile.candidate
    file = folder / PROFILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(
        "# What `python app.py speech tune` found best on this machine. Settings of the same names"
        f" in .env go first.\n# {when}: {profile.a_minute:.0f} messages a minute,"
        f" {profile.share:.2f} s of work for a second of sound.\n"
        f'speech_engine = "{chosen.engine}"\nspeech_model = "{chosen.model}"\n'
        f"speech_threads = {chosen.threads}\nspeech_batch = {batch}\n",
        encoding="utf-8",
    )
    return file


def _size(model: str) -> int:
    size = size_of(model)
    return -1 if size is None else SIZES.index(size)


@dataclass(frozen=True, slots=True)
class _Order:
    """What a process that measures is asked to do: plain values, ready for JSON."""

    candidate: Candidate
    files: tuple[str, ...]
    language: str | None
    cache_dir: str
    as_one: bool


def _measured_here(order: _Order) -> dict[str, object]:
    # Only a process that measures loads the engines.
    from transcribe.audio import RATE, decode, seconds
    from transcribe.engines import load_engine
    from transcribe.speech import pieces, speech, voice

    candidate = order.candidate
    sounds = [decode(Path(file).read_bytes()) for file in order.files]
    if order.as_one:
        sounds = [np.resize(np.concatenate(sounds), int(LONG * RATE))]
    began = time.monotonic()
    engine = load_engine(
        candidate.engine,
        candidate.model,
        cache_dir=Path(order.cache_dir),
        threads=candidate.threads,
        batch=candidate.batch,
    )
    load = time.monotonic() - began
    took = []
    for sound in sounds:
        began = time.monotonic()
        length = seconds(sound)
        parts = [
            sound[int(part.start * RATE) : int(part.end * RATE)]
            for part in pieces(sound, speech(voice(sound), length), 0.0, length)
        ]
        likely = engine.likely_languages(parts[0])
        engine.hear(parts, order.language or max(likely, key=lambda code: likely[code]))
        took.append((time.monotonic() - began, length))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"load": load, "took": took, "memory": peak}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured_here(TypeAdapter(_Order).validate_json(sys.argv[1]))))
