"""Audio files of a folder, such as a group's old voicemails, written out: the same pipeline without
a telephone.

Beside each transcript stands the hash of its audio: what is there already, of the same audio and by
the same means, is not made again, so that a run that was broken off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from reports.model import Segment
from reports.ports import Heard, Transcribed, Transcriber
from transcribe.audio import is_audio

Document = dict[str, Any]
_OUTCOME: Final = TypeAdapter(Transcribed)
_HEARD: Final = TypeAdapter(Heard)


class Format(StrEnum):
    JSON = "json"
    """All there is to say: always written, for it says what was done."""
    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"


@dataclass(frozen=True, slots=True)
class Means:
    """How files are written out: what was made by other means is made again."""

    engine: str
    model: str
    language: str | None
    """The one that all are in, None to have each detected."""
    english: bool
    """Whether English is written beside."""


@dataclass(frozen=True, slots=True)
class Task:
    file: Path
    to: Path
    """Of its transcripts, without the ending."""


class Done(StrEnum):
    WRITTEN = "written"
    THERE = "there"
    """It had been made before."""
    NO_WORDS = "no_words"
    """Nobody speaks, or a person must listen: the JSON says why."""
    NO_AUDIO = "no_audio"
    """It is no audio file, or cannot be read."""


def tasks(paths: Sequence[Path], to: Path) -> list[Task]:
    """Every file named, and every one in the folders named and below them, in order; hidden ones
    left out, as is what lies in `to`, and what some run wrote. A folder's files keep their places
    in it."""
    found: dict[Path, Task] = {}
    for path in paths:
        files = [path] if path.is_file() else sorted(each for each in path.rglob("*"))
        for file in files:
            below = file.relative_to(path) if path.is_dir() else Path(file.name)
            hidden = any(part.startswith(".") for part in below.parts)
            ours = to.resolve() in file.resolve().parents
            if file.is_file() and not hidden and not ours:
                found.setdefault(file.resolve(), Task(file, to / below))
    return list(found.values())


def write_out(
    transcriber: Transcriber, task: Task, means: Means, formats: Sequence[Format]
) -> Done:
    """One file, all its formats; the JSON last, as the sign that the others are there.

    Raises:
        OSError: a transcript cannot be written.
        Exception: what the engine raised.
    """
    try:
        audio = task.file.read_bytes()
    except OSError:
        return Done.NO_AUDIO
    there = _there(task, audio, means)
    if there is not None and all(_path(task, each).exists() for each in formats):
        return Done.NO_WORDS if there["outcome"]["heard"] is None else Done.THERE
    if not is_audio(audio):
        return Done.NO_AUDIO
    document = result_of(transcriber, task.file.name, audio, means)
    task.to.parent.mkdir(parents=True, exist_ok=True)
    segments = _believed(document)
    for each in formats:
        if each is not Format.JSON:
            _write(_path(task, each), _RENDERED[each](segments))
    _write(_path(task, Format.JSON), json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return Done.WRITTEN if segments else Done.NO_WORDS


def result_of(transcriber: Transcriber, name: str, audio: bytes, means: Means) -> Document:
    """Everything that there is to say of one audio file, ready for JSON."""
    outcome = transcriber.transcribe(audio, means.language)
    english = None
    if means.english and outcome.heard and transcriber.translates(outcome.heard.language):
        english = transcriber.translate(audio, outcome.heard.language)
    return {
        "file": name,
        "sha256": _sha256(audio),
        "means": TypeAdapter(Means).dump_python(means),
        "text": None if outcome.heard is None else _text(outcome.heard),
        "outcome": _OUTCOME.dump_python(outcome, mode="json"),
        "english": None if english is None else _HEARD.dump_python(english, mode="json"),
    }


def _there(task: Task, audio: bytes, means: Means) -> Document | None:
    """What an earlier run wrote of the same audio by the same means."""
    try:
        document: Document = json.loads(_path(task, Format.JSON).read_text(encoding="utf-8"))
        same = document["sha256"] == _sha256(audio)
        return document if same and Means(**document["means"]) == means else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(task: Task, form: Format) -> Path:
    return task.to.with_name(f"{task.to.name}.{form}")


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


def _sha256(audio: bytes) -> str:
    return hashlib.sha256(audio).hexdigest()


def _believed(document: Document) -> list[Segment]:
    outcome = _OUTCOME.validate_python(document["outcome"])
    return [] if outcome.heard is None else list(_struck_left_out(outcome.heard))


def _struck_left_out(heard: Heard) -> Iterator[Segment]:
    return (segment for segment in heard.segments if segment.struck is None)


def _text(heard: Heard) -> str:
    return " ".join(segment.text.strip() for segment in _struck_left_out(heard))


def _as_txt(segments: Sequence[Segment]) -> str:
    return "".join(f"{segment.text.strip()}\n" for segment in segments)


def _as_subtitles(form: Format, segments: Sequence[Segment]) -> str:
    # Whisper's own writers; with them comes PyTorch, which not every engine needs.
    from whisper.utils import WriteSRT, WriteVTT

    writer = WriteSRT("") if form is Format.SRT else WriteVTT("")
    said = [{"start": each.start, "end": each.end, "text": each.text} for each in segments]
    text = StringIO()
    writer.write_result({"segments": said}, text)
    return text.getvalue()


_RENDERED: Final[Mapping[Format, Callable[[Sequence[Segment]], str]]] = {
    Format.TXT: _as_txt,
    Format.SRT: lambda segments: _as_subtitles(Format.SRT, segments),
    Format.VTT: lambda segments: _as_subtitles(Format.VTT, segments),
}
