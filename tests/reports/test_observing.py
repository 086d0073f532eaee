"""Requests to observe come back from every database as they were put, sealed, and what is found is
known as that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from reports.incidents import Part, callers, sighting_of
from reports.model import (
    Call,
    Medium,
    Notification,
    NotificationKind,
    NotificationState,
    Report,
    TextMessage,
)
from reports.observing import (
    Ask,
    Dispatch,
    DispatchEnd,
    Finding,
    ObserverAnswer,
    Said,
)
from reports.people import Person, Reach, address_context
from reports.services.answers import Answer, SaidByText
from reports.services.calls import file_report, receive_call
from reports.services.incidents import merge
from reports.services.observing import (
    FOUND_BY,
    is_for_alert,
    looking,
    note_finding,
    put_into,
    standing_incident,
)
from reports.store import SqlReportStore
from tests.keys import SEALER
from tests.reader import READER

AT = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
NUMBER = "+16125550122"
ASKS = (Ask("a1", 1, "luz"), Ask("a2", 1, "sam"))
DISPATCH = Dispatch("press", 1, "4001", "Vans at Lake St", "ana", AT, ASKS)


@pytest.fixture
def line(store: SqlReportStore) -> SqlReportStore:
    """With an incident of one report, and two people who observe."""
    report(store, "4001")
    merge(store, references=["4001"], who="ana", at=AT)
    with store.begin() as records:
        for handle in ("luz", "sam"):
            records.people.put_person(Person(handle, handle, AT, "ana", observes=True))
        sealed = SEALER.seal(NUMBER.encode(), address_context("r1"))
        hashed = SEALER.fingerprint(NUMBER)
        records.people.add_reach(Reach("r1", "luz", "sms", sealed, hashed))
    return store


def report(store: SqlReportStore, reference: str, number: str | None = None) -> None:
    hashed = None if number is None else SEALER.fingerprint(number)
    call = Call(f"CA{reference}", AT, caller_hash=hashed, medium=Medium.TEXT)
    with store.begin() as records:
        records.add_call(call)
        records.add_report(Report(reference, call.call_sid, AT, AT))


def incident_of(store: SqlReportStore, reference: str = "4001") -> int:
    with store.read() as records:
        return records.incident_of([reference])[reference]


def asked(store: SqlReportStore, reference: str = "4001") -> int:
    incident_id = incident_of(store, reference)
    dispatch = replace(DISPATCH, incident_id=incident_id, reference=reference)
    with store.begin() as records:
        dispatch_id = records.observing.add_dispatch(dispatch)
        assert records.observing.add_dispatch(dispatch) is None, "a form is sent once"
        assert len(records.observing.dispatches_of([incident_id])) == 1
    assert dispatch_id is not None
    return dispatch_id


def test_a_request_comes_back_with_its_answers_and_ends(line: SqlReportStore) -> None:
    number = asked(line)
    coming = ObserverAnswer("a1", AT, Said.COMING, 10, "SM1")
    here = ObserverAnswer("a1", AT + timedelta(minutes=9), Said.HERE, None, "SM2")
    with line.begin() as records:
        assert records.observing.add_observer_answer(coming)
        assert not records.observing.add_observer_answer(replace(coming, said=Said.DONE))
        assert records.observing.add_observer_answer(here)
        end_id = records.observing.add_dispatch_end(DispatchEnd(number, AT, "ana"))
        assert records.observing.undo_dispatch_end(end_id, AT, "ben")
        assert not records.observing.undo_dispatch_end(end_id, AT, "ben")
    with line.read() as records:
        (found,) = records.observing.dispatches_of([incident_of(line)])
        assert found == records.observing.dispatch(number) == records.observing.asked("a2")
        assert found == records.observing.dispatch_pressed("press")
        assert records.observing.dispatches_to(["sam"], AT) == [found]
        assert records.observing.dispatches_to(["sam"], AT + timedelta(seconds=1)) == []
    assert found.words == "Vans at Lake St"
    assert [ask.answers for ask in found.asks] == [(coming, here), ()]
    assert found.ends == (DispatchEnd(number, AT, "ana", AT, "ben", end_id),)
    assert found.end is None


def test_what_is_asked_does_not_stand_in_the_database_in_plain(
    line: SqlReportStore, engine: Engine
) -> None:
    asked(line)
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT words FROM dispatches")).scalar_one()
    assert b"Lake" not in bytes(kept)


def test_what_an_observer_sends_is_a_report_of_the_incident_and_no_further_caller(
    line: SqlReportStore,
) -> None:
    number = asked(line)
    call = Call("SM9", AT, medium=Medium.TEXT, caller_hash=SEALER.fingerprint(NUMBER))
    with line.begin() as records:
        records.add_call(call)
        made = file_report(records, call, AT)
        records.add_text_message(TextMessage("SM9", "SM9", AT, "Four agents at Lake St"))
    with line.read() as records:
        (finding,) = records.observing.findings_of([number])
        assert finding == Finding("SM9", "a1", number, "luz")
        docket = records.docket(incident_of(line))
        dossier = records.dossier(made.reference)
    assert docket is not None
    assert dossier is not None
    assert set(docket.references) == {"4001", made.reference}
    assert docket.acts[-1].who == FOUND_BY
    assert dossier.finding == finding
    sighting = sighting_of(dossier, READER.understanding(dossier))
    assert sighting.part is Part.OBSERVER
    assert callers([sighting]) == 0


def test_a_call_whose_number_is_told_late_is_found_all_the_same(line: SqlReportStore) -> None:
    asked(line)
    call = Call("CA77", AT)
    with line.begin() as records:
        records.add_call(call)
        file_report(records, call, AT)
        assert records.observing.findings_in(["CA77"]) == []
    receive_call(line, SEALER, call_sid="CA77", caller=NUMBER, at=AT)
    with line.read() as records:
        assert [each.person_id for each in records.observing.findings_in(["CA77"])] == ["luz"]


def test_it_goes_where_the_reports_of_the_incident_went(line: SqlReportStore) -> None:
    report(line, "4000")
    merge(line, references=["4000"], who="ana", at=AT)
    first, second = incident_of(line), incident_of(line, "4000")
    asked(line, "4000")
    merge(line, incidents=[first, second], who="ana", at=AT)
    report(line, "4002", NUMBER)
    with line.begin() as records:
        assert standing_incident(records, second) == first
        call, made = records.call("CA4002"), records.report("4002")
        assert call is not None
        assert made is not None
        assert note_finding(records, call, made, AT) is not None
        assert records.incident_of(["4002"]) == {"4002": first}
        assert put_into(records, None, "4002", "ana", AT) == first, "it is in one already"


def test_nobody_looks_who_said_no_or_was_told_that_it_is_over(line: SqlReportStore) -> None:
    number = asked(line)
    hashed = SEALER.fingerprint(NUMBER)
    with line.begin() as records:
        assert looking(records, hashed, AT) is not None
        assert looking(records, None, AT) is None
        records.observing.add_observer_answer(ObserverAnswer("a1", AT, Said.NOT_COMING))
        assert looking(records, hashed, AT) is None
        records.observing.add_observer_answer(ObserverAnswer("a1", AT, Said.COMING))
        records.observing.add_dispatch_end(DispatchEnd(number, AT, "ana"))
        assert looking(records, hashed, AT + timedelta(minutes=59)) is not None
        assert looking(records, hashed, AT + timedelta(minutes=61)) is None


# --- Of who is on call as well


def an_alert(minutes: float, *, taken: bool = False) -> Notification:
    at = AT + timedelta(minutes=minutes)
    return Notification(
        f"n{minutes}",
        f"ref{minutes}",
        NotificationKind.ALERT,
        "sms",
        b"",
        "hash",
        "",
        at,
        at,
        NotificationState.DELIVERED,
        sent_at=at,
        acknowledged_at=at if taken else None,
    )


YES = SaidByText(Answer.HAVE_IT, None)
NOT_ANSWERED = (DISPATCH, ASKS[0])
ANSWERED = (
    DISPATCH,
    replace(ASKS[0], answers=(ObserverAnswer("a1", AT, Said.COMING),)),
)


@pytest.mark.parametrize(
    ("told", "asked_", "is_alert"),
    [
        ([], NOT_ANSWERED, False),
        ([], ANSWERED, False),
        ([an_alert(5)], NOT_ANSWERED, True),
        ([an_alert(-5)], NOT_ANSWERED, False),
        ([an_alert(-5)], ANSWERED, True),
        ([an_alert(5, taken=True)], NOT_ANSWERED, False),
        ([an_alert(5, taken=True)], ANSWERED, True),
        ([an_alert(-5, taken=True)], ANSWERED, False),
    ],
)
def test_a_bare_answer_belongs_to_the_last_question_that_was_not_answered(
    told: list[Notification], asked_: tuple[Dispatch, Ask], is_alert: bool
) -> None:
    assert is_for_alert(YES, told, asked_, AT + timedelta(minutes=10)) is is_alert


def test_a_reference_always_means_the_report() -> None:
    said = SaidByText(Answer.HAVE_IT, "4821")
    assert is_for_alert(said, [], NOT_ANSWERED, AT)
