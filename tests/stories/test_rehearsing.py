"""Somebody rehearses on the whole line: its workers do their part, and no telephone rings."""

from __future__ import annotations

import pytest

from dashboard import add_organizer
from dashboard.phone import tone
from reports.model import RecordingState, Role
from tests.dashboard.conftest import PASSWORD, QUICK, Browser
from tests.dashboard.rehearsing import Phone
from tests.stories.conftest import Line


@pytest.mark.line(audio_url="audio")
def test_what_is_rehearsed_is_heard_back_written_out_and_told_to_nobody(line: Line) -> None:
    store, clock = line.adapters.store, line.clock
    add_organizer(store, "bo", "Bo Lind", PASSWORD, clock(), QUICK, Role.REVIEWER)
    bo = Browser(line.web.app.test_client())  # type: ignore[attr-defined]
    assert bo.logs_in("bo").status_code == 303
    line.speech.outcomes.append("Lake Street and Bloomington")
    phone = Phone(bo).calls().presses("1").presses("1").says(tone(), digits="*")
    (gather,) = (step for step in phone.steps if step["do"] == "keys")
    played = next(each["address"] for each in gather["prompts"] if each["do"] == "play")
    assert bo.get(played).data == tone()
    phone.presses("1")
    reference = phone.hangs_up()
    line.works()
    line.time_passes(seconds=600)
    with store.read() as records:
        dossier = records.dossier(reference or "")
    assert dossier is not None
    assert dossier.recordings[0].state is RecordingState.TRANSCRIBED
    assert dossier.transcripts[0].segments[0].text == "Lake Street and Bloomington"
    assert line.texts == ()
    assert line.dossiers == []
    assert "Lake Street and Bloomington" in bo.get(f"/r/{reference}").text


def test_a_caller_is_told_of_as_ever_while_somebody_rehearses(line: Line) -> None:
    store, clock = line.adapters.store, line.clock
    add_organizer(store, "bo", "Bo Lind", PASSWORD, clock(), QUICK, Role.REVIEWER)
    bo = Browser(line.web.app.test_client())  # type: ignore[attr-defined]
    bo.logs_in("bo")
    phone = Phone(bo).calls().presses("1").presses("1").says(tone())
    line.caller.dials().presses("1").presses("1").hangs_up()
    phone.hangs_up()
    line.works()
    assert len(line.texts) == 1
    assert "REHEARSAL" not in line.texts[0].body
    assert not line.dossier.is_rehearsal
