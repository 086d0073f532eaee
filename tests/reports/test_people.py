"""People, how they are reached, and the roster come back from every database as they were put."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from reports.people import Cover, Duty, Person, QuietHours, Reach, Shift, address_context
from reports.store import SqlReportStore
from tests.keys import SEALER

AT = datetime(2026, 11, 25, 14, 10, 0, 123456, tzinfo=UTC)
ANA = Person(
    "ana",
    "Ana Fuentes",
    AT,
    "sam",
    languages=("es", "en"),
    username="ana.f",
    is_emergency=True,
    observes=True,
    areas=("Phillips", "Powderhorn"),
    pin_hash="00ff",
)
SAM = Person("sam", "Sam Berg", AT, "sam")
NUMBER = "+16125550110"
REACH = Reach(
    "r1",
    "ana",
    "sms",
    SEALER.seal(NUMBER.encode(), address_context("r1")),
    SEALER.fingerprint(NUMBER),
    QuietHours(time(22), time(6, 30)),
)
NIGHTS = Shift(
    "ana",
    Duty.PRIMARY,
    date(2026, 11, 23),
    time(22),
    time(6),
    AT,
    "sam",
    frozenset({0, 4, 6}),
    date(2027, 3, 1),
)
LATER = AT + timedelta(hours=1)


def put(store: SqlReportStore, *people: Person) -> None:
    with store.begin() as records:
        for person in people:
            records.people.put_person(person)


def test_a_person_comes_back_as_they_were_and_changes(store: SqlReportStore) -> None:
    put(store, SAM, ANA)
    put(store, changed := replace(SAM, left_at=LATER, changed_at=LATER, changed_by="ana"))
    with store.read() as records:
        assert records.people.everybody() == [ANA, changed]
        assert records.people.person("ana") == ANA
        assert records.people.person("nobody") is None


def test_a_person_is_reached_by_an_address_once_a_channel(store: SqlReportStore) -> None:
    put(store, ANA, SAM)
    with store.begin() as records:
        people = records.people
        assert people.add_reach(REACH)
        assert not people.add_reach(replace(REACH, reach_id="r2", quiet=None)), "it is there"
        assert people.add_reach(by_voice := replace(REACH, reach_id="r3", channel="voice"))
        assert people.add_reach(shared := replace(REACH, reach_id="r4", person_id="sam"))
    with store.read() as records:
        assert records.people.reaches() == [REACH, by_voice, shared]
        assert records.people.reaches("ana") == [REACH, by_voice]
        address = records.people.reaches("ana")[0].address
    assert SEALER.unseal(address, address_context("r1")).decode() == NUMBER
    with store.begin() as records:
        records.people.remove_reach("r1")
        assert records.people.reaches("ana") == [by_voice]


def test_whoever_has_an_address_is_known_by_it_until_they_leave(store: SqlReportStore) -> None:
    put(store, ANA, SAM)
    with store.begin() as records:
        records.people.add_reach(REACH)
        records.people.add_reach(replace(REACH, reach_id="r2", channel="voice"))
        records.people.add_reach(replace(REACH, reach_id="r3", person_id="sam"))
    with store.read() as records:
        assert records.people.reached_at(REACH.address_hash) == [ANA, SAM], "each once"
        assert records.people.reached_at(SEALER.fingerprint("+16125550111")) == []
    put(store, replace(SAM, left_at=AT))
    with store.read() as records:
        assert records.people.reached_at(REACH.address_hash) == [ANA]


def test_a_shift_stays_when_it_is_taken_off(store: SqlReportStore) -> None:
    put(store, ANA)
    with store.begin() as records:
        people = records.people
        first = people.add_shift(NIGHTS)
        second = people.add_shift(once := replace(NIGHTS, weekdays=frozenset(), last_on=None))
        assert people.shift(first) == replace(NIGHTS, shift_id=first)
        assert people.shift(second + 1) is None
        assert people.remove_shift(first, LATER, "sam")
        assert not people.remove_shift(first, LATER + timedelta(days=1), "ana"), "it is off"
        assert not people.remove_shift(second + 1, LATER, "sam"), "there is none"
    with store.read() as records:
        assert records.people.shifts() == [
            replace(NIGHTS, shift_id=first, removed_at=LATER, removed_by="sam"),
            replace(once, shift_id=second),
        ]


def test_a_cover_stays_when_it_is_undone(store: SqlReportStore) -> None:
    put(store, ANA, SAM)
    on = date(2026, 11, 27)
    with store.begin() as records:
        people = records.people
        shift = people.add_shift(NIGHTS)
        cannot = Cover(shift, on, None, AT, "ana")
        taken = Cover(shift, on, "sam", LATER, "sam")
        ids = people.add_cover(cannot), people.add_cover(taken)
        assert people.undo_cover(ids[1], LATER, "ana")
        assert not people.undo_cover(ids[1], AT, "sam"), "it is undone"
    with store.read() as records:
        assert records.people.covers() == [
            replace(cannot, cover_id=ids[0]),
            replace(taken, cover_id=ids[1], undone_at=LATER, undone_by="ana"),
        ]


def test_nobody_covers_a_shift_that_is_not_there(store: SqlReportStore) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.begin() as records:
        records.people.add_cover(Cover(4711, date(2026, 11, 27), None, AT, "ana"))
