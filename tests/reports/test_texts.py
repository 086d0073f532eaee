"""Who wrote is counted apart from who called, and forgotten as they are; on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reports.model import Call, CallState, Medium, Report, TextMessage
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = TextMessage("SM1", "SM1", AT, "Vans\nhere ✓", sender_hash="ab")
SECOND = replace(FIRST, message_sid="SM2", at=AT + timedelta(minutes=1), body="six")


@pytest.fixture
def filed(store: SqlReportStore) -> SqlReportStore:
    with store.begin() as records:
        records.add_call(Call("SM1", AT, CallState.COMPLETED, caller_hash="ab", medium=Medium.TEXT))
        records.add_report(Report("4821", "SM1", AT, AT))
        records.add_text_message(SECOND)
        records.add_text_message(FIRST)
    return store


def test_texts_are_no_calls_where_calls_are_counted(filed: SqlReportStore) -> None:
    with filed.begin() as records:
        assert records.calls_of("ab", AT - HOUR) == 0
        assert records.calls_let_in(AT - HOUR, 10) == 0
        records.add_call(Call("CA1", AT, caller_hash="ab"))
        assert records.calls_of("ab", AT - HOUR) == 1
        assert records.calls_let_in(AT - HOUR, 10) == 1


def test_who_wrote_is_forgotten_and_their_words_stay(filed: SqlReportStore) -> None:
    with filed.begin() as records:
        records.opt_out("ab", AT)
        records.forget_callers(AT + timedelta(seconds=30), AT + timedelta(days=30))
        assert records.text_message("SM1") == replace(FIRST, sender_hash=None)
        assert records.text_message("SM2") == SECOND, "written later"
        assert records.has_opted_out("ab"), "or they would be written to again"
