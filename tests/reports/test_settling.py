"""What people settle is kept on every database, only ever added, and never over somebody else's."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from reports.custody import Deed, report_subject
from reports.fields.counts import Count
from reports.fields.settled import in_force
from reports.model import Answer, Call, Report
from reports.ports import Job, Urgency
from reports.services.review import NoSuchReport, NumberNotGiven, show_number
from reports.services.settling import (
    NoSuchField,
    NothingSettled,
    SettledMeanwhile,
    settle,
    undo,
    withdraw,
)
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


class Queue:
    def __init__(self) -> None:
        self.asked: list[tuple[Job, str]] = []

    def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
        self.asked.append((job, subject))
        return True


class Clear:
    """A sealer that seals nothing."""

    def seal(self, clear: bytes, context: str) -> bytes:
        return clear

    def unseal(self, sealed: bytes, context: str) -> bytes:
        return sealed

    def fingerprint(self, text: str) -> str:
        return text


@pytest.fixture
def line(store: SqlReportStore) -> SqlReportStore:
    with store.begin() as records:
        for number in range(1, 4):
            call = Call(f"CA{number}", AT, caller_number=b"+16125550142")
            records.add_call(call)
            records.put_answer(call.call_sid, Answer("callback", "1", AT))
            records.add_report(Report(f"{number}00{number}", call.call_sid, AT, AT))
    return store


def sets(
    line: SqlReportStore,
    value: Any,
    *,
    field: str = "officers",
    seen: int | None = None,
    who: str = "ana",
    reference: str = "1001",
    why: str = "",
) -> int | None:
    return settle(
        line,
        Queue(),
        reference=reference,
        field=field,
        value=value,
        why=why,
        seen=seen,
        who=who,
        at=LATER,
    )


def stands(line: SqlReportStore, field: str = "officers") -> Any:
    with line.read() as records:
        held = in_force(records.settlements_of(["1001"])).get(field)
    return None if held is None else (held.value, held.who)


def test_what_is_set_is_kept_with_who_and_why_and_the_report_has_changed(
    line: SqlReportStore,
) -> None:
    assert sets(line, Count(4, 4), why="heard it twice") is not None
    with line.read() as records:
        dossier = records.dossier("1001")
    assert dossier is not None
    (row,) = dossier.settled
    assert (row.field, row.who, row.why, row.at) == ("officers", "ana", "heard it twice", LATER)
    assert dossier.report.changed_at == LATER
    assert stands(line) == (Count(4, 4), "ana")


def test_to_set_what_is_set_changes_nothing(line: SqlReportStore) -> None:
    first = sets(line, Count(4, 4))
    assert sets(line, Count(4, 4), seen=first, who="ben") is None
    assert stands(line) == (Count(4, 4), "ana")


def test_on_a_page_that_is_older_than_what_another_set_nothing_is_overwritten(
    line: SqlReportStore,
) -> None:
    first = sets(line, Count(4, 4))
    with pytest.raises(SettledMeanwhile) as meanwhile:
        sets(line, Count(5, 5), seen=None, who="ben")
    assert (meanwhile.value.last.who, meanwhile.value.last.settlement_id) == ("ana", first)
    assert stands(line) == (Count(4, 4), "ana")
    assert sets(line, Count(5, 5), seen=first, who="ben") is not None
    assert stands(line) == (Count(5, 5), "ben")


def test_two_who_press_at_once_do_not_both_count(line: SqlReportStore) -> None:
    ready = threading.Barrier(2)
    came: list[str] = []

    def presses(who: str, count: int) -> None:
        ready.wait()
        try:
            sets(line, Count(count, count), who=who)
        except SettledMeanwhile as meanwhile:
            came.append(f"{who} after {meanwhile.last.who}")

    threads = [threading.Thread(target=presses, args=pair) for pair in (("ana", 4), ("ben", 5))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came in (["ana after ben"], ["ben after ana"])


def test_what_is_taken_back_is_a_row_too(line: SqlReportStore) -> None:
    first = sets(line, Count(4, 4))
    withdraw(line, reference="1001", field="officers", seen=first, who="ben", at=LATER)
    assert stands(line) is None
    with line.read() as records:
        assert [each.withdrawn for each in records.settlements_of(["1001"])] == [False, True]
    with pytest.raises(SettledMeanwhile):
        withdraw(line, reference="1001", field="officers", seen=first, who="ben", at=LATER)


def test_undo_gives_back_what_was_before(line: SqlReportStore) -> None:
    first = sets(line, Count(4, 4))
    second = sets(line, Count(5, 5), seen=first, who="ben")
    undo(line, reference="1001", field="officers", seen=second, who="ben", at=LATER)
    assert stands(line) == (Count(4, 4), "ben"), "as who undid it says"
    third = sets(line, Count(9, 9), field="detained")
    undo(line, reference="1001", field="detained", seen=third, who="ana", at=LATER)
    assert stands(line, "detained") is None
    with pytest.raises(SettledMeanwhile):
        undo(line, reference="1001", field="detained", seen=third, who="ana", at=LATER)


def test_what_nobody_set_cannot_be_taken_back(line: SqlReportStore) -> None:
    for take in (withdraw, undo):
        with pytest.raises(NothingSettled):
            take(line, reference="1001", field="officers", seen=None, who="ana", at=LATER)


def test_only_fields_that_there_are_of_reports_that_there_are(line: SqlReportStore) -> None:
    with pytest.raises(NoSuchField):
        sets(line, "+1", field="number")
    with pytest.raises(NoSuchReport):
        sets(line, Count(4, 4), reference="9999")


def test_the_custody_log_tells_which_field_and_not_what_it_is(line: SqlReportStore) -> None:
    first = sets(line, "after the shift at Juan's", field="call_when")
    withdraw(line, reference="1001", field="call_when", seen=first, who="ben", at=LATER)
    with line.read() as records:
        entries = records.custody_of([report_subject("1001")])
    assert [(each.who, each.deed, each.detail["after"]) for each in entries] == [
        ("ana", Deed.FIELD_SET, "set"),
        ("ben", Deed.FIELD_SET, "withdrawn"),
    ]
    assert all("Juan" not in str(each.detail) for each in entries)
    assert len({each.detail["sha256"] for each in entries}) == 2


def test_who_heard_that_nobody_is_to_call_closes_the_number(line: SqlReportStore) -> None:
    asks: dict[str, Any] = {"reference": "1001", "who": "ben", "at": LATER}
    assert show_number(line, Clear(), **asks) == "+16125550142"
    first = sets(line, False, field="callback")
    with pytest.raises(NumberNotGiven):
        show_number(line, Clear(), **asks)
    withdraw(line, reference="1001", field="callback", seen=first, who="ana", at=LATER)
    assert show_number(line, Clear(), **asks) == "+16125550142"


def test_a_yes_of_a_reviewer_opens_no_number_that_the_caller_did_not_give(
    line: SqlReportStore,
) -> None:
    with line.begin() as records:
        records.put_answer("CA1", Answer("callback", "2", AT))
    sets(line, True, field="callback")
    with pytest.raises(NumberNotGiven):
        show_number(line, Clear(), reference="1001", who="ben", at=LATER)


def test_a_list_asks_once_for_what_was_settled_however_long_it_is(line: SqlReportStore) -> None:
    for reference in ("1001", "2002", "3003"):
        sets(line, Count(4, 4), reference=reference)
    asked: list[str] = []

    def note(_c: Any, _r: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    sa.event.listen(line._engine, "before_cursor_execute", note)
    with line.read() as records:
        dossiers = records.dossiers()
    assert [len(each.settled) for each in dossiers] == [1, 1, 1]
    assert sum("FROM settlements" in each for each in asked) == 1
