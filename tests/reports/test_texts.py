"""Text messages come back from every database as they were, and nobody is forgotten too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from reports.model import (
    Attachment,
    AttachmentState,
    Call,
    CallerText,
    CallerTextState,
    CallState,
    Medium,
    Report,
    TextMessage,
)
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
CALL = Call("SM1", AT, CallState.COMPLETED, caller_hash="ab", medium=Medium.TEXT)
REPORT = Report("4821", "SM1", AT, AT)
FIRST = TextMessage("SM1", "SM1", AT, "Vans\nhere ✓", sender_hash="ab")
SECOND = TextMessage("SM2", "SM1", AT + timedelta(minutes=1), "4821 six", "ab", mentions="4821")
PICTURE = Attachment("ME1", "SM1", "SM1", "image/jpeg", AT, AT)
ASKED = CallerText("SM1", AT, AT)


@pytest.fixture
def filed(store: SqlReportStore) -> SqlReportStore:
    with store.begin() as records:
        records.add_call(CALL)
        records.add_report(REPORT)
        assert records.add_text_message(SECOND)
        assert records.add_text_message(FIRST)
        assert records.add_attachment(PICTURE)
        assert records.add_caller_text(ASKED)
    return store


def test_everything_comes_back_in_its_order(filed: SqlReportStore) -> None:
    with filed.read() as records:
        dossier = records.dossier("4821")
        assert dossier is not None
        assert dossier.call == CALL
        assert dossier.texts == (FIRST, SECOND)
        assert dossier.added_texts == (SECOND,)
        assert dossier.attachments == (PICTURE,)
        assert dossier.caller_texts == (ASKED,)
        assert records.text_message("SM2") == SECOND
        assert records.last_text_from("ab") == SECOND
        assert records.last_text_from("cd") is None
        last = records.last_call_from("ab")
        assert last is not None
        assert last.call_sid == "SM1"


def test_the_same_message_is_added_once(filed: SqlReportStore) -> None:
    with filed.begin() as records:
        assert not records.add_text_message(replace(FIRST, body="other"))
        assert not records.add_attachment(PICTURE)
        assert not records.add_caller_text(ASKED)
        assert records.text_message("SM1") == FIRST


def test_what_waits_is_found_by_its_state(filed: SqlReportStore) -> None:
    stored = replace(PICTURE, state=AttachmentState.STORED, stored_at=AT, sha256="0" * 64, size=9)
    sent = replace(ASKED, state=CallerTextState.SENT, sent_at=AT, provider_id="SM9")
    with filed.begin() as records:
        assert records.attachments_in((AttachmentState.ANNOUNCED,)) == [PICTURE]
        assert records.attachments_to_erase() == []
        assert records.caller_texts_in((CallerTextState.PENDING,)) == [ASKED]
        records.save_attachment(stored)
        records.save_caller_text(sent)
    with filed.begin() as records:
        assert records.attachments_in((AttachmentState.ANNOUNCED,)) == []
        assert records.attachments_to_erase() == [stored]
        records.save_attachment(replace(stored, erased_at_provider_at=AT))
        assert records.attachments_to_erase() == []
        assert records.caller_text("SM1") == sent


def test_who_wants_no_texts_is_remembered_until_they_take_it_back(store: SqlReportStore) -> None:
    with store.begin() as records:
        assert not records.has_opted_out("ab")
        records.opt_out("ab", AT)
        records.opt_out("ab", AT + timedelta(days=1))
        assert records.has_opted_out("ab")
        assert not records.has_opted_out("cd")
        assert records.opt_in("ab")
        assert not records.opt_in("ab")
        assert not records.has_opted_out("ab")


def test_texts_are_no_calls_where_calls_are_counted(filed: SqlReportStore) -> None:
    with filed.begin() as records:
        assert records.calls_of("ab", AT - timedelta(hours=1)) == 0
        assert records.calls_let_in(AT - timedelta(hours=1), 10) == 0
        records.add_call(Call("CA1", AT, caller_hash="ab"))
        assert records.calls_of("ab", AT - timedelta(hours=1)) == 1
        assert records.calls_let_in(AT - timedelta(hours=1), 10) == 1


def test_who_wrote_is_forgotten_and_their_words_stay(filed: SqlReportStore) -> None:
    with filed.begin() as records:
        records.opt_out("ab", AT)
        records.forget_callers(AT + timedelta(seconds=30), AT + timedelta(days=30))
        assert records.text_message("SM1") == replace(FIRST, sender_hash=None)
        assert records.text_message("SM2") == SECOND, "written later"
        assert records.has_opted_out("ab"), "or they would be written to again"


def test_a_state_that_is_none_is_refused(filed: SqlReportStore, engine: Engine) -> None:
    for table, column in (("attachments", "state"), ("caller_texts", "state"), ("calls", "medium")):
        with pytest.raises(Exception, match=r"(?i)constraint"), engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = 'whatever'")
