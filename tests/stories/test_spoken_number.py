"""A caller says a number to be called back on: it is kept, and nobody sees it who did not ask."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reports.model import RecordingState
from reports.ports import Job
from simulator.spoken import spoken_call
from tests.stories.conftest import Line, heard

EN = spoken_call("en-lake-bloomington")
SPOKEN = "call me at six one two five five five oh one three seven"
IN_DIGITS = "corner of Lake and Bloomington, my number is 612-555-0137"
SPELLINGS = ("5550137", "555 0137", "555-0137", "five five five", "oh one three")


def database(folder: Path) -> bytes:
    """Every byte of it, and of what SQLite has beside it."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("line.db*")))


def says(line: Line, text: str) -> None:
    outcome = heard(text)
    assert outcome.heard is not None
    (segment,) = outcome.heard.segments
    # As engines write words: with the space before them.
    words = tuple(replace(word, text=f" {word.text}") for word in segment.words)
    segments = (replace(segment, words=words),)
    line.speech.outcomes = [replace(outcome, heard=replace(outcome.heard, segments=segments))]
    call = line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#")
    call.hangs_up()
    line.works()


@pytest.mark.parametrize("text", [f"Lake and Bloomington, {SPOKEN}", IN_DIGITS])
def test_it_stands_nowhere_in_the_database_and_in_no_text(
    line: Line, tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        says(line, text)
        line.time_passes(20)
        line.sweeps()
        line.works()
    assert line.states()["where"] is RecordingState.TRANSCRIBED
    held = database(tmp_path)
    assert line.dossier.recordings[0].recording_sid.encode() in held, "it is that database"
    for spelling in SPELLINGS:
        assert spelling.encode() not in held
        assert spelling not in caplog.text
        assert not any(spelling in message.body for message in line.texts)
    assert len(line.texts) == 2
    assert line.dossier.transcripts[0].text == text, "whoever has the key reads what was said"


def test_it_is_kept_and_offered(line: Line) -> None:
    says(line, f"Lake and Bloomington, {SPOKEN}")
    understood = line.adapters.reader.understanding(line.dossier)
    assert understood.number is not None
    assert understood.number.value == "+16125550137"


def test_a_language_that_nobody_taught_the_line_is_kept_as_safely(
    line: Line, tmp_path: Path
) -> None:
    """No rule has to know that these are digits."""
    in_hmong = "rau ib ob tsib tsib tsib xoom ib peb xya"
    says(line, in_hmong)
    assert line.dossier.transcripts[0].text == in_hmong
    assert b"tsib tsib" not in database(tmp_path)


def test_no_job_holds_it(line: Line) -> None:
    asked: list[str] = []
    put = line.adapters.queue.put

    def noting(job: Job, subject: str, *more: object) -> bool:
        asked.append(subject)
        return put(job, subject, *more)  # type: ignore[arg-type]

    object.__setattr__(line.adapters.queue, "put", noting)
    says(line, IN_DIGITS)
    assert asked
    assert not any("5550137" in subject or "555-0137" in subject for subject in asked)
