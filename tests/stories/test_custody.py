"""A report's way through people's hands, written down so that nobody can change it unnoticed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

import app
from app import cli
from dashboard import add_organizer
from preflight import _custody
from reports.custody import API, Deed, Entry, head_of, verify
from reports.store import connect
from simulator.spoken import spoken_call
from tests.stories.conftest import CALLER, SECRET, Line, heard
from tests.stories.test_texts import PICTURE, writes

pytestmark = pytest.mark.line(audio_url="audio")
ES = spoken_call("es-cedar-riverside")
PASSWORD = "a few plain words"
Run = Callable[..., Result]


class Ana:
    """An organizer at the pages."""

    def __init__(self, line: Line) -> None:
        add_organizer(line.adapters.store, "ana", "Ana Fuentes", PASSWORD, line.clock())
        self.client: FlaskClient = cast(Flask, line.web.app).test_client()
        self.sends("/login", "/login", username="ana", password=PASSWORD)

    def sends(self, path: str, from_page: str, **form: str) -> None:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(from_page).text)
        assert token is not None
        answer = self.client.post(path, data={"csrf_token": token[1], **form})
        assert answer.status_code == 303, answer.text


@pytest.fixture
def run(line: Line, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`python app.py custody …` on the line's machine."""
    monkeypatch.setattr(app, "load_settings", lambda: line.settings)
    return lambda *arguments: CliRunner().invoke(cli, ["custody", *arguments])


def log_of(line: Line) -> list[Entry]:
    with line.adapters.store.read() as records:
        lines = records.custody(after=0, at_most=1000)
    assert verify(lines) == []
    return [each for each in lines if isinstance(each, Entry)]


def told(line: Line) -> list[tuple[str, Deed]]:
    return [(entry.who, entry.deed) for entry in log_of(line)]


def calls_and_says_where(line: Line) -> str:
    """In Spanish, happening now, may be called back. Returns the recording's id."""
    line.speech.outcomes = [heard("esquina de Sidar y Riverside", "es")]
    call = line.caller.dials().presses("2").presses("1").says(ES.where.path, then="#")
    call.hangs_up()
    line.works()
    return line.dossier.recordings[0].recording_sid


def by_hand(line: Line, *statements: str) -> None:
    """As somebody does who owns the database and takes its guards away."""
    engine = connect(line.settings.database_url)
    with engine.begin() as connection:
        for name in ("unchanged", "kept", "at_the_end"):
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS custody_entries_{name}"))
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_from_the_ring_to_the_verdict_every_step_is_written_down(line: Line) -> None:
    sid = calls_and_says_where(line)
    reference, recording = line.dossier.report.reference, line.dossier.recordings[0]
    ana = Ana(line)
    page = f"/r/{reference}"
    assert ana.client.get(f"{page}/audio/{sid}").status_code == 200
    version = str(line.dossier.transcripts[0].transcript_id)
    ana.sends(f"{page}/audio/{sid}/words", page, text="esquina de Cedar y Riverside", of=version)
    ana.sends(f"{page}/handling", page, to="acknowledged")
    ana.sends(f"{page}/verdict", page, to="confirmed")
    assert told(line) == [
        ("system:migration", Deed.LOG_BEGUN),
        ("system:fetch_recording", Deed.RECORDING_STORED),
        ("system:erase_at_provider", Deed.ERASED_AT_PROVIDER),
        ("system:speech", Deed.TRANSCRIPT_MADE),
        ("ana", Deed.RECORDING_HEARD),
        ("ana", Deed.TRANSCRIPT_CORRECTED),
        ("ana", Deed.HANDLING_SET),
        ("ana", Deed.VERDICT_SET),
    ]
    log = log_of(line)
    stored, heard_by_ana, judged = log[1], log[4], log[7]
    assert stored.subject == heard_by_ana.subject == f"recording:{sid}"
    assert stored.detail == {"sha256": recording.sha256, "size": str(recording.size)}
    assert heard_by_ana.detail == {"how": "played", "sha256": recording.sha256}
    assert judged.detail == {"before": "unverified", "after": "confirmed"}
    everything = " ".join(repr(entry) for entry in log)
    assert CALLER[1:] not in everything
    assert "esquina" not in everything
    shown = ana.client.get(page).text
    custody = shown[shown.index('id="custody"') :]
    assert "Ana Fuentes was given “Where” to hear" in custody
    assert str(recording.sha256) in custody


def test_what_came_with_a_text_and_who_looked_at_it_is_written_down(line: Line) -> None:
    writes(line, "vans", media=[("image/jpeg", PICTURE)])
    media_sid = line.dossier.attachments[0].media_sid
    path = f"/r/{line.dossier.report.reference}/attachments/{media_sid}/original"
    assert Ana(line).client.get(path).data == PICTURE
    assert told(line)[1:] == [
        ("system:fetch_attachment", Deed.ATTACHMENT_STORED),
        ("system:erase_attachment", Deed.ERASED_AT_PROVIDER),
        ("ana", Deed.ATTACHMENT_SEEN),
    ]


def test_a_program_that_reads_the_audio_is_written_down_too(line: Line) -> None:
    sid = calls_and_says_where(line)
    path = f"/api/reports/{line.dossier.report.reference}"
    client = cast(Flask, line.web.app).test_client()
    bearer = {"Authorization": f"Bearer {SECRET}"}
    assert client.get(f"{path}/recordings/{sid}.wav", headers=bearer).status_code == 200
    told_of = client.get(path, headers=bearer).get_json()["custody"]
    (entry,) = [each for each in told_of if each["who"] == API]
    assert entry["deed"] == "recording_heard"
    assert entry["hash"] == log_of(line)[-1].hash


def test_that_callers_were_forgotten_is_written_down(line: Line) -> None:
    calls_and_says_where(line)
    line.time_passes(31 * 24 * 60 * 60)
    assert told(line)[-1] == ("system:sweeper", Deed.DELETED)
    assert log_of(line)[-1].detail["rows"] == "2", "the number, and what it was recognised by"


# --- Verifying


def test_of_a_line_that_nobody_touched_nothing_is_found(line: Line, run: Run) -> None:
    calls_and_says_where(line)
    for arguments in ((), ("--audio",)):
        done = run("verify", *arguments)
        assert done.exit_code == 0, done.output
        assert "4 entries, 20" in done.output
        assert "Nothing was changed." in done.output
    assert _custody(line.adapters).well


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE custody_entries SET who = 'ben' WHERE number = 2", "entry 2: its hash"),
        ("DELETE FROM custody_entries WHERE number = 2", "entry 3: entries are missing before it"),
        (
            "UPDATE recordings SET sha256 = '{zeros}'",
            "recording {sid}: its row has another SHA-256 than the log tells of",
        ),
        ("UPDATE recordings SET stored_at = NULL", "recording {sid}: the log tells of it"),
        (
            "UPDATE transcripts SET segments = zeroblob(200)",
            "transcript 1: its words are not those that the log tells of",
        ),
        ("DELETE FROM transcripts", "transcript 1: the log tells of it"),
        (
            "INSERT INTO transcripts (transcript_id, recording_sid, language,"
            " language_probability, segments, engine, model, made_at, kind)"
            " SELECT 9, recording_sid, language, language_probability, segments, engine, model,"
            " made_at, kind FROM transcripts",
            "transcript 9: it is kept, and the log does not tell of it",
        ),
    ],
)
def test_what_somebody_changed_in_the_database_by_hand_is_named(
    line: Line, run: Run, statement: str, found: str
) -> None:
    sid = calls_and_says_where(line)
    by_hand(line, statement.format(zeros="0" * 64))
    done = run("verify")
    assert done.exit_code == 1
    assert found.format(sid=sid) in done.output


def test_a_check_of_the_line_looks_at_the_end_of_the_log(line: Line) -> None:
    calls_and_says_where(line)
    by_hand(line, "UPDATE custody_entries SET deed = 'deleted' WHERE number = 4")
    finding = _custody(line.adapters)
    assert not finding.well
    assert "entry 4: its hash does not fit what it says" in str(finding)


def test_files_that_were_changed_or_are_gone_are_named(line: Line, run: Run) -> None:
    sid = calls_and_says_where(line)
    assert run("verify").exit_code == 0
    audio = line.adapters.audio
    original = audio.get(sid)
    audio.put(sid, original + b"more")
    done = run("verify", "--audio")
    assert done.exit_code == 1
    assert f"recording {sid}: its file was changed" in done.output
    audio.put(sid, original)
    assert run("verify", "--audio").exit_code == 0
    (file,) = Path("audio").glob(f"{sid}*")
    file.write_bytes(b"anything")
    assert f"recording {sid}: its file cannot be read (Altered)" in run("verify", "--audio").output
    file.unlink()
    assert f"recording {sid}: its file is missing" in run("verify", "--audio").output


def test_who_changes_file_and_row_alike_is_found_by_the_log(line: Line, run: Run) -> None:
    sid = calls_and_says_where(line)
    line.adapters.audio.put(sid, b"other")
    # SHA-256 of "other".
    forged = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
    by_hand(line, f"UPDATE recordings SET sha256 = '{forged}'")
    done = run("verify", "--audio")
    assert done.exit_code == 1
    assert "its file and its row were changed alike" in done.output


def test_a_cut_end_and_a_log_written_anew_are_found_by_a_head_kept_elsewhere(
    line: Line, run: Run, tmp_path: Path
) -> None:
    calls_and_says_where(line)
    printed = run("head").output
    head = head_of(printed)
    notebook = tmp_path / "heads.txt"
    notebook.write_text(f"# of the line\n\n{printed.strip()} read out on Monday\n")
    for kept in (printed.strip(), f"{printed[:20]}…", str(notebook)):
        assert run("verify", "--head", kept).exit_code == 0
    other = f"{head.number}:{'0' * 64}"
    done = run("verify", "--head", str(notebook), "--head", other)
    assert done.exit_code == 1
    assert f"entry {head.number}: its hash is not the one that was kept" in done.output
    by_hand(
        line,
        f"DELETE FROM custody_entries WHERE number = {head.number}",
        "DELETE FROM transcripts",
    )
    assert run("verify").exit_code == 0, "the log alone does not know how long it was"
    done = run("verify", "--head", str(notebook))
    assert done.exit_code == 1
    assert f"entry {head.number}: it is missing" in done.output


def test_what_is_no_head_is_said_with_what_one_is(run: Run) -> None:
    done = run("verify", "--head", "heads-that-are-not-there.txt")
    assert done.exit_code == 1
    assert "is no head of a custody log: wanted its number, a colon" in done.output


def test_a_database_without_the_log_is_said_with_what_to_do(
    line: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    settings = line.settings.model_copy(update={"database_url": url})
    monkeypatch.setattr(app, "load_settings", lambda: settings)
    for arguments in (["verify"], ["head"]):
        done = CliRunner().invoke(cli, ["custody", *arguments])
        assert done.exit_code == 1
        assert "python app.py migrate" in done.output
