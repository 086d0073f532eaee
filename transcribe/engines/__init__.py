"""The engines that can hear speech: one a file, by name in the table below.

A new one is a module with a `load`, see `_Load`, and a line here.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol, cast

from reports.ports import SpeechEngine
from transcribe.weights import Progress

ENGINES: Final = MappingProxyType(
    {
        "openai-whisper": "transcribe.engines.whisper",
        "faster-whisper": "transcribe.engines.faster_whisper",
        "transformers": "transcribe.engines.hugging_face",
        "scripted": "transcribe.engines.scripted",
    }
)
"""Name to module: imported when asked for, since each brings hundreds of megabytes along."""


class EngineChoice(NamedTuple):
    """An engine by its name, with a model by its name or the path of its weights."""

    engine: str
    model: str


class UnknownEngine(LookupError):
    """There is no engine of that name. `str()` lists those there are."""


def load_engine(
    name: str,
    model: str,
    *,
    cache_dir: Path,
    threads: int | None = None,
    batch: int | None = None,
    on_progress: Progress | None = None,
) -> SpeechEngine:
    """The engine, its weights in memory and ready to hear.

    `model` is a name such as 'base' or the path of its weights. What is downloaded, joined or
    converted is kept in `cache_dir`; `on_progress` is told so, a line at a time. `threads`: how
    many it may use, None for all that the machine lends. `batch`: how many sounds an engine that
    can decodes at once, None for its own choice.

    Raises:
        UnknownEngine: there is none of that name.
        BadWeights: the weights are not what they should be.
    """
    if name not in ENGINES:
        raise UnknownEngine(f"no speech engine {name!r}; there are {', '.join(sorted(ENGINES))}")
    load = cast(_Load, import_module(ENGINES[name]).load)
    return load(model, cache_dir, on_progress or _unheard, threads=threads, batch=batch)


class _Load(Protocol):
    def __call__(
        self, model: str, cache_dir: Path, say: Progress, *, threads: int | None, batch: int | None
    ) -> SpeechEngine: ...


def _unheard(_line: str) -> None:
    """For those who do not wait."""
