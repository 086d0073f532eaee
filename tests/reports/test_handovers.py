"""From one shift to the next: what is signed is kept sealed, says what nobody confirmed, and each
who follows says that they have read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from reports.model import Call, Report, Verdict
from reports.services.handovers import (
    LONGEST,
    NoSuchHandover,
    NothingWritten,
    PrivateInside,
    hand_over,
    marked,
    read_over,
)
from reports.services.incidents import merge
from reports.store import SqlReportStore, handovers

AT = datetime(2026, 3, 2, 12, 10, tzinfo=UTC)


def report(store: SqlReportStore, reference: str, verdict: Verdict = Verdict.UNVERIFIED) -> None:
    with store.begin() as records:
        records.add_call(Call(f"CA{reference}", AT))
        records.add_report(Report(reference, f"CA{reference}", AT, AT, verdict=verdict))


def signs(store: SqlReportStore, words: str, who: str = "ana", minutes: float = 0) -> str:
    at = AT + timedelta(minutes=minutes)
    kept = hand_over(store, words=words, plates={"KLV412"}, unverified="UNVERIFIED", who=who, at=at)
    return kept.words


def test_it_is_kept_with_who_and_when_the_last_first(store: SqlReportStore) -> None:
    signs(store, "All quiet.\n\nBen has the van.  \n")
    signs(store, "Still quiet.", "ben", 60)
    with store.read() as records:
        last, first = records.handovers(10)
        assert records.handovers(1) == [last]
    assert (first.who, first.at, first.words) == ("ana", AT, "All quiet.\n\nBen has the van.")
    assert last.who == "ben"
    assert last.handover_id != first.handover_id


def test_its_words_stand_sealed_in_the_database(store: SqlReportStore, engine: Engine) -> None:
    signs(store, "Ben waits at the church.")
    with engine.connect() as connection:
        (sealed,) = connection.execute(sa.select(handovers.c.words)).scalars()
    assert b"church" not in sealed


def test_what_nobody_confirmed_says_so_whatever_was_taken_away(store: SqlReportStore) -> None:
    report(store, "4821")
    report(store, "4822", Verdict.CONFIRMED)
    report(store, "4823", Verdict.FALSE_ALARM)
    # A database numbers on from whatever was given back before.
    number = merge(store, references=["4821"], who="ana", at=AT).incident_id
    assert number is not None
    none = number + 6
    words = f"4821, UNVERIFIED 4821, 4822, 4823; #{number}, UNVERIFIED #{number}, 9999 and #{none}"
    assert signs(store, words) == (
        "UNVERIFIED 4821, UNVERIFIED 4821, 4822, UNVERIFIED 4823;"
        f" UNVERIFIED #{number}, UNVERIFIED #{number}, 9999 and #{none}"
    )


def test_a_mark_is_put_before_names_and_nothing_else() -> None:
    assert marked("x4821 48210 4821-2 #48 call 4821.", {"4821"}, "?") == (
        "x4821 48210 4821-2 #48 call ? 4821."
    )


@pytest.mark.parametrize(
    "number", ["+16125550142", "+1 612 555 0142", "(612) 555-0142", "612-555-0142", "555-0142"]
)
def test_a_telephone_number_is_not_kept(store: SqlReportStore, number: str) -> None:
    with pytest.raises(PrivateInside, match="number"):
        signs(store, f"Call her back: {number} at ten")
    with store.read() as records:
        assert records.handovers(1) == []


@pytest.mark.parametrize("plate", ["KLV412", "klv 412", "KLV-412"])
def test_a_plate_that_a_caller_told_is_not_kept(store: SqlReportStore, plate: str) -> None:
    with pytest.raises(PrivateInside, match="plate"):
        signs(store, f"A gray Tahoe, {plate}")


def test_references_and_times_are_no_numbers(store: SqlReportStore) -> None:
    assert signs(store, "4821 4822, 10:30 to 12:45, 2026-03-02, 3024 Bloomington")


@pytest.mark.parametrize("words", ["", "  \n ", "x" * (LONGEST + 1)])
def test_nothing_and_too_much_are_not_kept(store: SqlReportStore, words: str) -> None:
    with pytest.raises(NothingWritten):
        signs(store, words)


def test_each_says_once_that_they_have_read_it(store: SqlReportStore) -> None:
    signs(store, "All quiet.")
    with store.read() as records:
        wanted = records.handovers(1)[0].handover_id or 0
    for minutes, who in ((1, "ben"), (2, "ben"), (3, "cam")):
        read_over(store, handover_id=wanted, who=who, at=AT + timedelta(minutes=minutes))
    with store.read() as records:
        readings = records.handover_readings([wanted])
    assert [(each.who, each.at) for each in readings] == [
        ("ben", AT + timedelta(minutes=1)),
        ("cam", AT + timedelta(minutes=3)),
    ]
    with pytest.raises(NoSuchHandover):
        read_over(store, handover_id=wanted + 1, who="ben", at=AT)
