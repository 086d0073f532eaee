"""Whose recording is written out first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.fields import rank_of, turn_of, urgency_of
from reports.fields.urgency import PATIENCE
from reports.model import Call, Rank, Recording, RecordingState
from reports.ports import Urgency
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
LENGTHS = st.floats(0, 59)
RANKS = st.sampled_from(Rank)


def test_the_place_of_what_happens_now_goes_first_then_what_is_seen_then_what_is_over() -> None:
    ranks = [
        rank_of("where", now=True),
        rank_of("what", now=True),
        rank_of("where", now=False),
        rank_of("where", now=True, alerts=False),
    ]
    assert ranks == list(Rank)
    assert [urgency_of(rank) for rank in ranks] == [
        Urgency.URGENT,
        Urgency.URGENT,
        Urgency.REST,
        Urgency.REST,
    ]


@given(LENGTHS, LENGTHS, RANKS, RANKS)
def test_of_what_comes_at_once_the_rank_decides_and_then_the_length(
    one: float, other: float, rank: Rank, later: Rank
) -> None:
    if list(Rank).index(rank) < list(Rank).index(later):
        assert turn_of(rank, AT, one) < turn_of(later, AT, other)
    if one < other:
        assert turn_of(rank, AT, one) <= turn_of(rank, AT, other)


@given(RANKS, LENGTHS, st.floats(0, 1e6), RANKS, LENGTHS)
def test_nothing_waits_for_ever_whatever_goes_on_coming(
    rank: Rank, length: float, later: float, other: Rank, other_length: float
) -> None:
    if later > (PATIENCE[rank] + timedelta(seconds=length)).total_seconds():
        newcomer = turn_of(other, AT + timedelta(seconds=later), other_length)
        assert turn_of(rank, AT, length) <= newcomer


def waiting(sid: str, rank: Rank, seconds: float, **more: object) -> Recording:
    return Recording(
        sid,
        "CA1",
        "where",
        AT,
        AT,
        state=RecordingState.STORED,
        rank=rank,
        turn_at=turn_of(rank, AT, seconds),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def full(store: SqlReportStore) -> SqlReportStore:
    with store.begin() as records:
        records.add_call(Call("CA1", AT))
        for recording in (
            waiting("RE-limited", Rank.LIMITED, 1),
            waiting("RE-earlier", Rank.EARLIER, 2),
            waiting("RE-long", Rank.PLACE_NOW, 20),
            waiting("RE-short", Rank.PLACE_NOW, 5),
            waiting("RE-details", Rank.DETAILS_NOW, 5),
            waiting("RE-paused", Rank.PLACE_NOW, 1, next_attempt_at=AT + timedelta(minutes=2)),
        ):
            records.add_recording(recording)
    return store


def in_turn(store: SqlReportStore, ranks: list[Rank], at: datetime) -> list[str]:
    taken = []
    with store.begin() as records:
        while (recording := records.next_in_turn(ranks, at)) is not None:
            taken.append(recording.recording_sid)
            records.save_recording(
                Recording(recording.recording_sid, "CA1", "where", AT, AT, RecordingState.FAILED)
            )
    return taken


def test_workers_take_them_in_turn(full: SqlReportStore) -> None:
    assert in_turn(full, list(Rank), AT) == [
        "RE-short",
        "RE-long",
        "RE-details",
        "RE-earlier",
        "RE-limited",
    ]
    assert in_turn(full, list(Rank), AT + timedelta(minutes=2)) == ["RE-paused"]


def test_a_worker_that_is_kept_free_takes_only_what_it_is_for(full: SqlReportStore) -> None:
    assert in_turn(full, [Rank.PLACE_NOW], AT) == ["RE-short", "RE-long"]
