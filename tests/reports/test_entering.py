"""Who comes in by telephone: by number and PIN, and after a few wrong ones nobody for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model import Admission, Attestation, Call, Organizer, Role
from reports.pin_tries import FREE, LONGEST_PAUSE, PinTries, after_wrong
from reports.roles import ByPhone
from reports.services.calls import receive_call
from reports.services.entering import enter, may_be_asked, still_at_the_desk
from reports.services.people import About, add_person, give_reach, set_pin
from reports.store import SqlReportStore
from tests.keys import SEALER

AT = datetime(2026, 11, 25, 6, 10, tzinfo=UTC)
NUMBER, PIN, WRONG = "+16125550140", "493817", "493818"
CALL = "CA0123456789"


def somebody(store: SqlReportStore, person_id: str, pin: str | None, role: Role | None) -> None:
    if role is not None:
        with store.begin() as records:
            records.put_organizer(Organizer(person_id, person_id.title(), "", AT, role=role))
    about = About(name=person_id.title(), username=None if role is None else person_id)
    add_person(store, person_id=person_id, about=about, who="sam", at=AT)
    give_reach(
        store,
        SEALER,
        person_id=person_id,
        channel="sms",
        address=NUMBER,
        quiet=None,
        hotline="+16125550100",
        who="sam",
        at=AT,
    )
    set_pin(store, SEALER, person_id=person_id, pin=pin, who="sam", at=AT)


def rings(store: SqlReportStore, caller: str | None = NUMBER) -> None:
    receive_call(store, SEALER, call_sid=CALL, caller=caller, at=AT)


def tries(store: SqlReportStore, person_id: str = "rosa") -> PinTries | None:
    with store.read() as records:
        return records.people.pin_tries(person_id)


def is_asked(store: SqlReportStore, at: datetime = AT) -> bool:
    with store.read() as records:
        return may_be_asked(records, records.call(CALL), at)


def gives(store: SqlReportStore, pin: str, at: datetime = AT) -> str | None:
    entered = enter(store, SEALER, call_sid=CALL, pin=pin, at=at)
    return None if entered is None else entered.who


def test_of_two_with_one_number_the_pin_says_who_it_is(store: SqlReportStore) -> None:
    somebody(store, "rosa", PIN, Role.REVIEWER)
    somebody(store, "ben", "720416", None)
    rings(store)
    assert (gives(store, PIN), gives(store, "720416")) == ("rosa", "ben")
    assert gives(store, WRONG) is None
    assert [each and each.wrong for each in (tries(store), tries(store, "ben"))] == [1, 1]
    gives(store, PIN)
    assert (tries(store), tries(store, "ben") is not None) == (None, True)


@pytest.mark.parametrize("pin", ["", "1", "4938170", "49381", "١٢٣٤٥٦", "49 817"])
def test_what_cannot_be_a_pin_is_not_counted(store: SqlReportStore, pin: str) -> None:
    somebody(store, "rosa", PIN, None)
    rings(store)
    assert gives(store, pin) is None
    assert tries(store) is None


def test_the_right_one_does_not_open_a_door_that_is_shut(store: SqlReportStore) -> None:
    somebody(store, "rosa", PIN, None)
    rings(store)
    for _ in range(FREE):
        assert is_asked(store)
        assert gives(store, WRONG) is None
    assert not is_asked(store)
    assert gives(store, PIN) is None
    assert gives(store, PIN, AT + timedelta(hours=1)) == "rosa"


def test_what_somebody_may_follows_their_account(store: SqlReportStore) -> None:
    somebody(store, "rosa", PIN, Role.VIEWER)

    def may() -> frozenset[ByPhone] | None:
        with store.read() as records:
            there = still_at_the_desk(records, "rosa")
        return None if there is None else there.may

    def becomes(**changes: object) -> None:
        with store.begin() as records:
            organizer = records.organizer("rosa")
            assert organizer is not None
            records.put_organizer(replace(organizer, **changes))  # type: ignore[arg-type]

    assert may() == frozenset({ByPhone.HEAR})
    becomes(role=Role.REVIEWER)
    assert may() == frozenset(ByPhone) - {ByPhone.CALL_BACK}
    becomes(role=Role.ORGANIZER)
    assert may() == frozenset(ByPhone)
    becomes(suspended_at=AT)
    assert may() is None


@pytest.mark.parametrize(
    "against",
    [
        {"admission": Admission.BLOCKED},
        {"attestation": Attestation.FAILED},
        {"caller_hash": None},
        {"caller_hash": "somebody else's"},
    ],
)
def test_what_speaks_against_a_call_shuts_the_door(
    store: SqlReportStore, against: dict[str, object]
) -> None:
    somebody(store, "rosa", PIN, None)
    rings(store)
    assert is_asked(store)
    with store.begin() as records:
        call = records.call(CALL)
        assert isinstance(call, Call)
        records.save_call(replace(call, **against))  # type: ignore[arg-type]
    assert not is_asked(store)
    assert gives(store, PIN) is None


@given(st.lists(st.integers(0, 3 * 24 * 60), min_size=1, max_size=200))
def test_nobody_gets_more_than_a_few_guesses_a_day_for_long(minutes: list[int]) -> None:
    known: PinTries | None = None
    at, tried = AT, []
    for wait in minutes:
        at += timedelta(minutes=wait)
        if known is not None and known.is_shut(at):
            continue
        known = after_wrong("rosa", known, at)
        tried.append(at)
        if known.shut_until is not None:
            assert timedelta(0) < known.shut_until - at <= LONGEST_PAUSE
    for first, later in zip(tried, tried[FREE * 5 :], strict=False):
        assert later - first >= timedelta(hours=15)
