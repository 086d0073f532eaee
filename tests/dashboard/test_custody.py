"""Who is given a recording or a picture is written down first, once, and what cannot be is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dashboard import Desk, add_organizer
from reports import custody
from reports.custody import Deed, Entry, recording_subject, verify
from reports.ports import StoreBusy
from reports.services import custody as service
from tests.dashboard.conftest import API_TOKEN, PASSWORD, QUICK, Browser, Clock
from tests.dashboard.stories import MORNING, Stories

PLAYED = "/r/4821/audio/RE4821where"
ORIGINAL = f"{PLAYED}/original"


def heard(stories: Stories) -> list[tuple[str, str]]:
    """Who heard the first recording, and how."""
    with stories.store.read() as records:
        lines = records.custody(after=0, at_most=1000)
    assert verify(lines) == []
    return [
        (line.who, line.detail["how"])
        for line in lines
        if isinstance(line, Entry)
        and line.deed is Deed.RECORDING_HEARD
        and line.subject == recording_subject("RE4821where")
    ]


@pytest.fixture(autouse=True)
def told(stories: Stories) -> None:
    stories.spanish_happening_now("4821")


def test_a_page_that_is_only_looked_at_gives_no_audio(ana: Browser, stories: Stories) -> None:
    page = ana.get("/r/4821").text
    assert 'preload="none"' in page
    assert 'preload="metadata"' not in page
    assert heard(stories) == []


def test_a_player_asks_for_many_parts_and_that_is_one_hearing(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    for start in (0, 100, 2000, 0):
        assert ana.get(PLAYED, Range=f"bytes={start}-").status_code == 206
        clock.passes(minutes=3)
    assert heard(stories) == [("ana", "played")]
    clock.passes(minutes=10)
    ana.get(PLAYED)
    assert heard(stories) == [("ana", "played")] * 2


def test_the_original_and_another_persons_hearing_are_others(
    ana: Browser, stranger: Browser, stories: Stories, desk: Desk
) -> None:
    ana.get(PLAYED)
    ana.get(ORIGINAL)
    add_organizer(desk.store, "ben", "Ben", PASSWORD, MORNING, QUICK)
    stranger.logs_in("ben")
    stranger.get(PLAYED)
    assert heard(stories) == [("ana", "played"), ("ana", "original"), ("ben", "played")]


def test_what_is_not_given_is_not_written_down(
    ana: Browser, stranger: Browser, stories: Stories
) -> None:
    assert stranger.get(PLAYED).status_code == 303
    assert ana.get("/r/0000/audio/RE4821where").status_code == 404
    stories.audio.delete("RE4821where")
    assert ana.get(ORIGINAL).status_code == 404
    assert heard(stories) == []


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    """Somebody else writes, and goes on writing."""
    monkeypatch.setattr(service, "PATIENCE", 0.05)
    other = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_what_cannot_be_written_down_is_not_given_and_that_is_said(
    ana: Browser, stories: Stories, taken: sqlite3.Connection
) -> None:
    for path in (PLAYED, ORIGINAL):
        answer = ana.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "without a note of it" in answer.text
        assert b"RIFF" not in answer.data
    bearer = {"Authorization": f"Bearer {API_TOKEN}"}
    answer = ana.client.get("/api/reports/4821/recordings/RE4821where.wav", headers=bearer)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"]["code"] == "access_not_noted"
    assert ana.get("/r/4821").status_code == 200, "all else can be read meanwhile"
    taken.rollback()
    assert ana.get(PLAYED).status_code == 200
    assert heard(stories) == [("ana", "played")]
    taken.close()


def test_who_was_noted_goes_on_hearing_while_others_write(
    ana: Browser, stories: Stories, tmp_path: Path
) -> None:
    ana.get(PLAYED)
    other = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ana.get(PLAYED).status_code == 200
    other.close()


def test_patience_ends_where_writers_stand_in_line_too(desk: Desk) -> None:
    with desk.store.begin(), pytest.raises(StoreBusy), desk.store.begin(patience=0.05):
        pytest.fail("two wrote at once")
    with desk.store.begin(patience=0.05) as records:
        assert records.custody_head().number > 0


def test_the_page_has_words_for_every_deed(ana: Browser, stories: Stories) -> None:
    with stories.store.begin() as records:
        for deed in Deed:
            records.append_custody(MORNING, "ana", deed, "report:4821", {})
    page = ana.get("/r/4821").text
    listed = page[page.index('id="custody-fold"') :]
    done = [part.split("<span class")[0] for part in listed.split("Ana Fuentes ")[1:]]
    assert len(done) == len(Deed)
    assert all(words.strip() for words in done)
    assert "began the log" in done[0]
    assert custody.API not in page
