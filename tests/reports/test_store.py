"""What is stored comes back as it was, on every database, and nobody writes over another."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy.engine import Engine

from migrations import alembic_config, pending
from reports.model import (
    Act,
    ActKind,
    Answer,
    Call,
    CallState,
    Handling,
    Key,
    Level,
    Notification,
    NotificationKind,
    NotificationState,
    Organizer,
    Recording,
    RecordingState,
    Report,
    Segment,
    Sound,
    Span,
    Transcript,
    TranslationState,
    Verdict,
    Word,
)
from reports.store import SqlReportStore, connect

AT = datetime(2026, 1, 15, 14, 10, 0, 123456, tzinfo=UTC)
CALL = Call("CA1", AT, language="es", caller_number=b"\x00sealed", caller_hash="ab")
SOUND = Sound(
    level=Level(-3.5, -21.0),
    clipped=0.01,
    noise=-48.0,
    snr=27.0,
    speech_seconds=2.5,
    keys=(Key(Span(0.1, 0.2), "#"),),
    beeps=(Span(3.0, 3.5),),
)
RECORDING = Recording(
    "RE1",
    "CA1",
    "where",
    AT,
    AT,
    seconds=4.5,
    language="es",
    detected="en",
    detected_probability=0.9,
    sound=SOUND,
    translation=TranslationState.WANTED,
)
REPORT = Report("4821", "CA1", AT, AT)
TRANSCRIPT = Transcript(
    "RE1",
    "es",
    0.98,
    (
        Segment("Calle Lake", 0.1, 1.5, (Word("Calle", 0.1, 0.6, 0.9),), -0.2, 0.01, 1.1),
        Segment("y Bloomington", 1.5, 2.5, (), -0.4, 0.02, 1.0, struck="it repeats itself"),
    ),
    "engine",
    "model",
    AT,
)
NOTIFICATION = Notification(
    "n1", "4821", NotificationKind.ALERT, "sms", b"\x01", "cd", "UNVERIFIED · ref 4821", AT, AT
)


def file_everything(store: SqlReportStore) -> None:
    with store.begin() as records:
        records.add_call(CALL)
        records.put_answer("CA1", Answer("when", "1", AT))
        records.add_report(REPORT)
        records.add_recording(RECORDING)
        records.add_transcript(TRANSCRIPT)
        records.add_notification(NOTIFICATION)
        records.add_act(Act("4821", AT, "ana", ActKind.VERDICT, "unverified", "confirmed"))


def test_everything_comes_back_as_it_was(store: SqlReportStore) -> None:
    file_everything(store)
    with store.read() as records:
        dossier = records.dossier("4821")
        assert dossier is not None
        assert dossier.call == replace(CALL, answers=(Answer("when", "1", AT),))
        assert dossier.call.started_at.tzinfo is not None
        assert dossier.recordings == (RECORDING,)
        (transcript,) = dossier.transcripts
        assert replace(transcript, transcript_id=None) == TRANSCRIPT
        assert dossier.report == REPORT
        assert dossier.notifications == (NOTIFICATION,)
        assert dossier.acts[0].who == "ana"
        assert records.dossiers() == [dossier]
        assert records.dossiers_of(["4821", "0000"]) == [dossier]
        assert records.dossier("0000") is None
        assert records.report_of_call("CA1") == REPORT


def test_what_is_there_is_not_added_again_nor_changed(store: SqlReportStore) -> None:
    file_everything(store)
    with store.begin() as records:
        assert not records.add_call(replace(CALL, language="en"))
        assert not records.add_recording(replace(RECORDING, state=RecordingState.FAILED))
        assert not records.add_report(Report("4821", "CA1", AT, AT))
        assert not records.add_report(Report("9999", "CA1", AT, AT)), "one report a call"
        assert not records.add_notification(replace(NOTIFICATION, notification_id="n2"))
        call = records.call("CA1")
        recording = records.recording("RE1")
    assert call is not None
    assert call.language == "es"
    assert recording == RECORDING


def test_the_last_answer_counts(store: SqlReportStore) -> None:
    file_everything(store)
    with store.begin() as records:
        records.put_answer("CA1", Answer("when", "2", AT + timedelta(seconds=1)))
        call = records.call("CA1")
    assert call is not None
    answer = call.answer("when")
    assert answer is not None
    assert answer.digits == "2"


def test_saving_what_is_not_there_is_an_error(store: SqlReportStore) -> None:
    with pytest.raises(LookupError), store.begin() as records:
        records.save_report(REPORT)


def test_a_transaction_that_fails_leaves_nothing(store: SqlReportStore) -> None:
    def breaks() -> None:
        with store.begin() as records:
            records.add_call(CALL)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    with store.read() as records:
        assert records.call("CA1") is None


def test_an_error_does_not_show_what_was_to_be_stored(store: SqlReportStore) -> None:
    with pytest.raises(Exception, match="hidden") as error, store.begin() as records:
        records.add_transcript(replace(TRANSCRIPT, recording_sid="RE-unknown"))
    assert "Calle" not in str(error.value)


def test_a_time_without_a_zone_is_refused(store: SqlReportStore) -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone"), store.begin() as records:
        records.add_call(replace(CALL, started_at=naive))


def test_what_changed_since_an_instant(store: SqlReportStore) -> None:
    file_everything(store)
    later = AT + timedelta(minutes=5)
    with store.begin() as records:
        assert records.dossiers(since=later) == []
        records.touch("CA1", later)
        assert [d.report.reference for d in records.dossiers(since=later)] == ["4821"]


def test_what_stands_in_a_state(store: SqlReportStore) -> None:
    file_everything(store)
    with store.begin() as records:
        assert records.recordings_in((RecordingState.ANNOUNCED,)) == [RECORDING]
        assert records.recordings_in((RecordingState.STORED,)) == []
        stored = replace(RECORDING, state=RecordingState.STORED, stored_at=AT, sha256="0", size=1)
        records.save_recording(stored)
        assert records.recordings_to_erase() == [stored]
        records.save_recording(replace(stored, erased_at_provider_at=AT))
        assert records.recordings_to_erase() == []
        assert records.notifications_in((NotificationState.PENDING,)) == [NOTIFICATION]
        assert records.untold(NotificationKind.ALERT, AT - timedelta(days=1)) == []
        assert records.untold(NotificationKind.UPDATE, AT - timedelta(days=1)) == ["4821"]
        assert records.untold(NotificationKind.UPDATE, AT) == []
        assert [c.call_sid for c in records.calls_in_progress(AT + timedelta(1))] == ["CA1"]
        records.save_call(replace(CALL, state=CallState.COMPLETED))
        assert records.calls_in_progress(AT + timedelta(1)) == []


def test_organizers_are_kept_and_replaced(store: SqlReportStore) -> None:
    ana = Organizer("ana", "Ana", "hash", AT)
    with store.begin() as records:
        records.put_organizer(ana)
        records.put_organizer(replace(ana, password_hash="other", session_epoch=1))
        assert records.organizers() == [replace(ana, password_hash="other", session_epoch=1)]
        assert records.organizer("nobody") is None


def test_two_who_read_decide_and_save_do_not_overwrite_each_other(store: SqlReportStore) -> None:
    file_everything(store)
    rounds, people = 10, 4

    def count_up() -> None:
        for _ in range(rounds):
            with store.begin() as records:
                recording = records.recording("RE1")
                assert recording is not None
                records.save_recording(replace(recording, attempts=recording.attempts + 1))

    threads = [threading.Thread(target=count_up) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as records:
        recording = records.recording("RE1")
    assert recording is not None
    assert recording.attempts == rounds * people


def test_two_first_notices_at_once_make_one_row(store: SqlReportStore) -> None:
    added: list[bool] = []

    def announce() -> None:
        with store.begin() as records:
            added.append(records.add_call(CALL))

    threads = [threading.Thread(target=announce) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [False] * 5 + [True]


def test_handling_and_verdict_are_apart(store: SqlReportStore) -> None:
    file_everything(store)
    with store.begin() as records:
        records.save_report(
            replace(REPORT, handling=Handling.CLOSED, verdict=Verdict.UNABLE_TO_VERIFY)
        )
        report = records.report("4821")
    assert report is not None
    assert (report.handling, report.verdict) == (Handling.CLOSED, Verdict.UNABLE_TO_VERIFY)


def test_the_migrations_make_the_tables_that_the_code_describes(engine: Engine) -> None:
    assert not pending(engine)
    with engine.connect() as connection:
        command.check(alembic_config(connection))


def test_a_database_without_tables_is_behind() -> None:
    assert pending(connect("sqlite://"))
