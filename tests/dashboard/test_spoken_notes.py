"""A note that was spoken by telephone stands on the report's page, from the first moment on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import Desk
from reports.model import Note
from reports.services.spoken_notes import announce_spoken_note
from reports.spoken_notes import SpokenNote, SpokenState
from tests.dashboard.conftest import Browser
from tests.dashboard.stories import Stories, mu_law_wave
from tests.dashboard.test_report import part

SID = "RE0123456789"
ADDRESS = f"/r/4821/notes/{SID}.wav"


@pytest.fixture
def spoken(desk: Desk, stories: Stories) -> SpokenNote:
    stories.spanish_happening_now("4821")
    announce_spoken_note(
        desk.store,
        desk.queue,
        recording_sid=SID,
        reference="4821",
        who="ana",
        language="en",
        seconds=4,
        at=desk.clock(),
    )
    with desk.store.read() as records:
        (note,) = records.spoken_notes.of_report("4821")
    return note


def becomes(desk: Desk, note: SpokenNote, body: str = "", **changes: object) -> None:
    with desk.store.begin() as records:
        if body:
            changes["note_id"] = records.add_note(Note("4821", body, "ana", desk.clock()), ())
        records.spoken_notes.save(replace(note, **changes))  # type: ignore[arg-type]


def shown(ana: Browser) -> str:
    return part(ana.get("/r/4821").text, "desk-notes")


def test_until_it_is_written_out_the_page_says_so(
    ana: Browser, desk: Desk, spoken: SpokenNote
) -> None:
    assert "Ana Fuentes , 6:41 AM spoken by telephone" in shown(ana)
    assert "A spoken note is being written out." in shown(ana)
    assert ana.get(ADDRESS).status_code == 404
    desk.audio.put(SID, mu_law_wave())
    becomes(desk, spoken, state=SpokenState.STORED, stored_at=desk.clock(), sha256="0" * 64)
    assert "A spoken note is being written out." in shown(ana)
    assert f'src="{ADDRESS}"' in ana.get("/r/4821").text
    heard = ana.get(ADDRESS)
    assert (heard.status_code, heard.data[:4]) == (200, b"RIFF")
    assert ana.get(f"/r/9999/notes/{SID}.wav").status_code == 404


def test_written_out_it_is_a_note_that_can_be_heard_and_withdrawn(
    ana: Browser, desk: Desk, spoken: SpokenNote
) -> None:
    here = {"stored_at": desk.clock(), "sha256": "0" * 64}
    becomes(desk, spoken, "Her sister is safe. Call 612 555 0137.", state="written", **here)
    page = shown(ana)
    assert "spoken by telephone, written out by a machine" in page
    assert "Her sister is safe. Call •••." in page
    assert "being written out" not in page
    assert f'src="{ADDRESS}"' in ana.get("/r/4821").text
    assert "Withdraw" in page


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (SpokenState.UNWRITTEN, "No words were made out by the machine. Please listen."),
        (SpokenState.FAILED, "its sound could not be had (the provider is away). Ask who spoke it"),
    ],
)
def test_what_did_not_come_of_it_is_said(
    ana: Browser, desk: Desk, spoken: SpokenNote, state: SpokenState, said: str
) -> None:
    becomes(desk, spoken, state=state, reason="the provider is away")
    assert said in shown(ana)
    assert "being written out" not in shown(ana)
