"""What cannot be opened is shown as covered, and stops nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from keeping.sealing import Keyring, generate_key
from reports.model import Call, Recording, Report, Segment, TextMessage, Transcript, Word
from reports.sealed import COVERED, UNOPENED
from reports.store import SqlReportStore
from tests.keys import SEALER
from tests.reports.test_migrations import AT

SAID = "call me at 612-555-0137"
SEGMENT = Segment(SAID, 0.0, 1.0, (Word(SAID, 0.0, 1.0, 0.9),), -0.1, 0.0, 1.0)


@pytest.fixture
def store(engine: Engine) -> SqlReportStore:
    store = SqlReportStore(engine, SEALER)
    with store.begin() as records:
        records.add_call(Call("CA1", AT))
        records.add_report(Report("4821", "CA1", AT, AT))
        records.add_recording(Recording("RE1", "CA1", "what", AT, AT))
        records.add_transcript(Transcript("RE1", "en", 0.9, (SEGMENT,), "engine", "model", AT))
        records.add_text_message(TextMessage("SM1", "CA1", AT, SAID))
    return store


def test_no_row_has_the_words_in_plain(store: SqlReportStore, engine: Engine) -> None:
    with engine.connect() as connection:
        rows = [
            *connection.execute(sa.text("SELECT segments FROM transcripts")).scalars(),
            *connection.execute(sa.text("SELECT body FROM text_messages")).scalars(),
        ]
    assert len(rows) == 2
    assert not any(b"555-0137" in bytes(row) for row in rows)
    assert SEALER.unseal(bytes(rows[1]), "text:SM1:body").decode() == SAID


def test_without_the_key_a_report_is_there_and_its_words_are_covered(
    store: SqlReportStore, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = SqlReportStore(engine, Keyring.parse(generate_key()))
    with stranger.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    (segment,) = dossier.transcripts[0].segments
    assert (segment.text, segment.struck) == (COVERED, UNOPENED)
    assert dossier.transcripts[0].text == "", "it counts for nothing"
    assert dossier.texts[0].body == COVERED
    assert "UnknownKey" in caplog.text


def test_words_put_into_anothers_row_are_not_taken_for_theirs(
    store: SqlReportStore, engine: Engine
) -> None:
    with store.begin() as records:
        records.add_text_message(TextMessage("SM2", "CA1", AT, "vans"))
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE text_messages SET body = (SELECT body FROM text_messages"
                " WHERE message_sid = 'SM1') WHERE message_sid = 'SM2'"
            )
        )
    with store.read() as records:
        text = records.text_message("SM2")
    assert text is not None
    assert text.body == COVERED


def test_after_another_key_was_put_in_front_all_words_are_read(engine: Engine) -> None:
    old, new = generate_key(), generate_key()
    with SqlReportStore(engine, Keyring.parse(old)).begin() as records:
        records.add_call(Call("CA1", AT))
        records.add_text_message(TextMessage("SM1", "CA1", AT, SAID))
    both = SqlReportStore(engine, Keyring.parse(f"{new},{old}"))
    with both.begin() as records:
        records.add_text_message(TextMessage("SM2", "CA1", AT, "vans"))
    with both.read() as records:
        assert [text.body for text in records.texts_of("CA1")] == [SAID, "vans"]
