"""Whatever is killed in the middle of whatever it does, the report is whole in the end."""

from __future__ import annotations

import os

import pytest
from sqlalchemy.engine import make_url

from reports.model import Recording, RecordingState, TranslationState
from simulator import Faults
from simulator.caller import PhoneCall
from simulator.spoken import spoken_call
from tests.whole_line.conftest import WholeLine

pytestmark = [pytest.mark.whole_line, pytest.mark.whisper, pytest.mark.timeout(300)]

CALL = spoken_call("en-lake-bloomington")


def a_report(line: WholeLine) -> PhoneCall:
    line.an_hour_passes()
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#")
    call.presses("5#").presses("1").says(CALL.what.path, then="#").presses("1").waits()
    assert call.is_over
    return call


def claimed(line: WholeLine, call: PhoneCall, worker: str) -> bool:
    """Whether that worker has a recording of the call in hand."""
    dossier = line.report_of(call.sid)
    return dossier is not None and any(
        recording.claimed_by == worker for recording in dossier.recordings
    )


def is_whole(line: WholeLine, call: PhoneCall) -> bool:
    dossier = line.report_of(call.sid)
    return (
        dossier is not None
        and len(dossier.recordings) == 2
        and all(one.state is RecordingState.TRANSCRIBED for one in dossier.recordings)
        and sum(dossier.report.reference in text.body for text in line.texts) == 2
    )


def test_nothing_killed_for_comparison(whole_line: WholeLine) -> None:
    call = a_report(whole_line)
    whole_line.waits_until(lambda: is_whole(whole_line, call))
    dossier = whole_line.report_of(call.sid)
    assert dossier is not None
    said = " ".join(transcript.text for transcript in dossier.transcripts).lower()
    for word in CALL.where.place_words:
        assert word.lower() in said


def test_a_worker_killed_while_it_writes_out(whole_line: WholeLine) -> None:
    call = a_report(whole_line)
    whole_line.waits_until(lambda: claimed(whole_line, call, "urgent"))
    whole_line.kills("urgent")
    whole_line.waits_until(lambda: is_whole(whole_line, call))
    assert any("urgent died by SIGKILL" in line for line in whole_line.said)


def test_a_worker_killed_while_it_puts_words_into_english(whole_line: WholeLine) -> None:
    said = spoken_call("es-cedar-riverside")
    call = whole_line.caller.dials().presses("2").presses("1").says(said.where.path, then="#")
    call.hangs_up()

    def recording() -> Recording | None:
        dossier = whole_line.report_of(call.sid)
        return dossier.recording("where") if dossier is not None else None

    def translation() -> tuple[TranslationState | None, str | None]:
        found = recording()
        return (None, None) if found is None else (found.translation, found.claimed_by)

    whole_line.waits_until(lambda: translation() == (TranslationState.WANTED, "rest"))
    whole_line.kills("rest")
    whole_line.waits_until(lambda: translation() == (TranslationState.MADE, None))
    dossier = whole_line.report_of(call.sid)
    assert dossier is not None
    english = dossier.translation(dossier.recordings[0].recording_sid)
    assert english is not None
    assert "Riverside" in english.text


def test_a_worker_killed_while_it_fetches(whole_line: WholeLine) -> None:
    whole_line.network.suffers(Faults(slow=2.0))
    call = a_report(whole_line)
    whole_line.waits_until(lambda: claimed(whole_line, call, "fetches"))
    whole_line.kills("fetches")
    whole_line.network.recovers()
    whole_line.waits_until(lambda: is_whole(whole_line, call))


def test_redis_killed_and_all_it_knew_deleted(whole_line: WholeLine) -> None:
    call = a_report(whole_line)
    state = os.path.dirname(str(make_url(whole_line.environment["DATABASE_URL"]).database))
    whole_line.kills("redis")
    for name in os.listdir(f"{state}/redis/appendonlydir"):
        os.unlink(f"{state}/redis/appendonlydir/{name}")
    whole_line.waits_until(lambda: is_whole(whole_line, call))


def test_everything_but_the_supervisor_killed_at_once(whole_line: WholeLine) -> None:
    call = a_report(whole_line)
    for name in ("web", "alerts", "fetches", "urgent", "rest", "sweeper"):
        whole_line.kills(name)
    whole_line.waits_until(lambda: is_whole(whole_line, call), 120)
