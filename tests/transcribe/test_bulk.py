"""A group's old voicemails are written out, and a run that broke off goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.spoken import line_sound, spoken_call
from transcribe.bulk import Done, Format, Means, result_of, tasks, write_out
from transcribe.engines.scripted import Answer, ScriptedEngine
from transcribe.hears import load_hears
from transcribe.pipeline import SpeechPipeline

SPOKEN = spoken_call("es-cedar-riverside").where.path.read_bytes()
HEARS = load_hears(Path("prompts"))
MEANS = Means("scripted", "none", "es", english=True)
ALL = list(Format)


class Counting:
    """A pipeline that counts what it is asked."""

    def __init__(self, text: str = "esquina de Cedar y Riverside") -> None:
        self.asked = 0
        self.text = text

        def answer(_samples: object, language: str | None) -> Answer:
            self.asked += language is not None
            return Answer(self.text, "es", "corner of Cedar and Riverside")

        self.pipeline = SpeechPipeline(ScriptedEngine(answer), HEARS)


@pytest.fixture
def voicemails(tmp_path: Path) -> Path:
    folder = tmp_path / "voicemails"
    for name, audio in {
        "2024/monday.wav": SPOKEN,
        "2024/nobody.wav": line_sound("silence").path.read_bytes(),
        "list.txt": b"monday, nobody",
        ".hidden.wav": SPOKEN,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(audio)
    return folder


def run(counting: Counting, folder: Path, means: Means = MEANS) -> dict[str, Done]:
    to = folder.parent / "out"
    return {
        task.file.name: write_out(counting.pipeline, task, means, ALL)
        for task in tasks([folder], to)
    }


def test_every_file_ends_as_words_or_as_why_there_are_none(voicemails: Path) -> None:
    assert run(Counting(), voicemails) == {
        "monday.wav": Done.WRITTEN,
        "nobody.wav": Done.NO_WORDS,
        "list.txt": Done.NO_AUDIO,
    }
    out = voicemails.parent / "out" / "2024"
    said = json.loads((out / "monday.wav.json").read_text())
    assert said["text"] == "esquina de Cedar y Riverside"
    assert said["english"]["segments"][0]["text"] == "corner of Cedar and Riverside"
    assert said["outcome"]["heard"]["segments"][0]["words"][0]["text"] == "esquina"
    assert (out / "monday.wav.txt").read_text() == "esquina de Cedar y Riverside\n"
    assert (out / "monday.wav.vtt").read_text().startswith("WEBVTT\n")
    assert "1\n00:00:00,000 --> " in (out / "monday.wav.srt").read_text()
    silent = json.loads((out / "nobody.wav.json").read_text())
    assert silent["outcome"]["reason"] == "silence"
    assert not list(voicemails.parent.rglob("*.unfinished"))


def test_what_was_written_before_is_not_written_again(voicemails: Path) -> None:
    first, second = Counting(), Counting()
    run(first, voicemails)
    assert run(second, voicemails)["monday.wav"] is Done.THERE
    assert (first.asked, second.asked) == (2, 0), "once in Spanish, once into English"


@pytest.mark.parametrize("how", ["other audio", "other means", "one format missing", "cut short"])
def test_what_would_come_out_otherwise_is(voicemails: Path, how: str) -> None:
    run(Counting(), voicemails)
    out = voicemails.parent / "out" / "2024"
    means = MEANS
    if how == "other audio":
        (voicemails / "2024/monday.wav").write_bytes(
            spoken_call("es-franklin").where.path.read_bytes()
        )
    elif how == "other means":
        means = Means("scripted", "other", "es", english=True)
    elif how == "one format missing":
        (out / "monday.wav.srt").unlink()
    else:
        (out / "monday.wav.json").write_text("{")
    again = Counting()
    assert run(again, voicemails, means)["monday.wav"] is Done.WRITTEN
    assert again.asked


def test_what_is_struck_out_is_in_the_json_alone() -> None:
    looping = "ya ya ya ya ya ya ya ya ya ya ya ya ya ya"
    document = result_of(Counting(looping).pipeline, "monday.wav", SPOKEN, MEANS)
    assert document["text"] == ""
    (segment,) = document["outcome"]["heard"]["segments"]
    assert segment["struck"] == "it repeats itself"


def test_transcripts_among_the_voicemails_are_not_taken_for_some(voicemails: Path) -> None:
    to = voicemails / "transcripts"
    to.mkdir()
    (to / "monday.wav.json").touch()
    assert [task.file.name for task in tasks([voicemails], to)] == [
        "monday.wav",
        "nobody.wav",
        "list.txt",
    ]


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As a person runs it, where there is no line and no setting of one."""
    script = folder / "answers.toml"
    script.write_text('otherwise = "Lake and Bloomington"\n')
    return subprocess.run(
        [sys.executable, str(Path("app.py").absolute()), "transcribe", *arguments],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "SPEECH_ENGINE": "scripted",
            "SPEECH_MODEL": str(script),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_one_file_is_printed_without_a_line(voicemails: Path) -> None:
    file = voicemails / "2024/monday.wav"
    done = command(voicemails.parent, str(file), "--lang", "en", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["text"] == "Lake and Bloomington"


def test_a_folder_is_written_out_and_what_is_no_audio_is_named(voicemails: Path) -> None:
    done = command(voicemails.parent, str(voicemails), "--lang", "en", "--format", "txt")
    assert done.returncode == 1
    assert "1 written to transcripts, 0 were there before, 1 without words, 1 no audio." in (
        done.stdout
    )
    assert "not read" in done.stderr
    assert "list.txt" in done.stderr
    written = voicemails.parent / "transcripts/2024"
    assert sorted(path.name for path in written.iterdir()) == [
        "monday.wav.json",
        "monday.wav.txt",
        "nobody.wav.json",
        "nobody.wav.txt",
    ]
    assert "--json is for one file" in command(voicemails.parent, str(voicemails), "--json").stderr
