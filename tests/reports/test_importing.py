"""What the provider recorded and nobody told us of: which of it is taken in, how often, by how much
at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from keeping.sealing import Keyring, generate_key
from reports.model import CallState
from reports.ports import (
    HeldCall,
    HeldRecording,
    Job,
    ProviderUnavailable,
    Urgency,
)
from reports.questions import WHAT
from reports.services.calls import end_call, number_context, receive_call
from reports.services.importing import LOOK_BACK, MOST_AT_ONCE, NOW, WEBHOOK_WAIT, import_recordings
from reports.store import SqlReportStore

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
CALLER = "+16125550142"
SEALER = Keyring.parse(generate_key())


@dataclass
class Provider:
    """A telephone company that remembers."""

    held: list[HeldRecording] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)
    away_after: int | None = None
    """So many calls are looked up before it goes away."""
    looked_up: list[str] = field(default_factory=list)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    def recordings_between(self, since: datetime, until: datetime) -> Sequence[HeldRecording]:
        self.asked.append((since, until))
        if self.away_after is not None and self.away_after < 0:
            raise ProviderUnavailable
        found = [each for each in self.held if since <= each.made_at <= until]
        return sorted(found, key=lambda each: each.made_at, reverse=True)

    def call_to_hotline(self, call_sid: str) -> HeldCall | None:
        if self.away_after is not None and len(self.looked_up) >= self.away_after:
            raise ProviderUnavailable
        self.looked_up.append(call_sid)
        if call_sid in self.foreign:
            return None
        made_at = next(each.made_at for each in self.held if each.call_sid == call_sid)
        return HeldCall(CALLER, made_at - timedelta(seconds=30), made_at + timedelta(seconds=20))

    def holds(self, count: int, *, made_at: datetime = AT - timedelta(hours=1)) -> None:
        """So many more recordings, each of a call of its own, a second apart."""
        for _ in range(count):
            number = len(self.held)
            second = timedelta(seconds=number)
            self.held.append(
                HeldRecording(f"RE{number:032x}", f"CA{number:032x}", 12.0, made_at + second)
            )


@dataclass
class Queue:
    asked: list[tuple[Job, str]] = field(default_factory=list)

    def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
        self.asked.append((job, subject))
        return True

    def subjects(self, job: Job) -> list[str]:
        return [subject for asked, subject in self.asked if asked is job]


def look(store: SqlReportStore, provider: Provider, until: str = NOW) -> Queue:
    queue = Queue()
    import_recordings(store, queue, SEALER, provider, until=until, clock=lambda: AT)
    return queue


def test_a_recording_nobody_told_us_of_becomes_a_report(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(1)
    queue = look(store, provider)
    (held,) = provider.held
    with store.read() as records:
        call = records.call(held.call_sid)
        recording = records.recording(held.recording_sid)
        report = records.report_of_call(held.call_sid)
    assert call is not None
    assert recording is not None
    assert report is not None
    assert call.started_at == held.made_at - timedelta(seconds=30)
    assert call.ended_at == held.made_at + timedelta(seconds=20)
    assert call.state is CallState.COMPLETED
    assert call.caller_number is not None
    context = number_context(held.call_sid)
    assert SEALER.unseal(call.caller_number, context).decode() == CALLER
    assert call.caller_hash == SEALER.fingerprint(CALLER)
    assert (recording.question, recording.seconds, recording.announced_at) == (WHAT, 12.0, AT)
    assert report.filed_at == report.changed_at == AT, "news, for pages that ask what is new"
    assert set(queue.subjects(Job.ALERT_ON_CALL)) == {report.reference}
    assert queue.subjects(Job.FETCH_RECORDING) == [held.recording_sid]


def test_looking_again_changes_nothing(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(3)
    look(store, provider)
    with store.read() as records:
        before = records.dossiers()
    again = look(store, provider)
    with store.read() as records:
        assert records.dossiers() == before
    assert again.asked == []
    assert len(provider.looked_up) == 3, "what is known costs the provider nothing"


def test_two_recordings_of_a_call_are_one_report(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(1)
    (first,) = provider.held
    provider.held.append(
        HeldRecording("RE" + "f" * 32, first.call_sid, 9.0, first.made_at + timedelta(seconds=15))
    )
    look(store, provider)
    with store.read() as records:
        assert records.count_reports() == 1
        assert len(records.recordings_of(first.call_sid)) == 2


def test_what_may_still_be_announced_is_left_to_the_webhooks(store: SqlReportStore) -> None:
    provider = Provider()
    length = timedelta(seconds=12)
    provider.holds(1, made_at=AT - WEBHOOK_WAIT - length + timedelta(seconds=1))
    assert look(store, provider).asked == []
    provider.held.clear()
    provider.holds(1, made_at=AT - WEBHOOK_WAIT - length)
    assert look(store, provider).asked != []


def test_a_call_that_goes_on_is_not_ended(store: SqlReportStore) -> None:
    class StillTalking(Provider):
        def call_to_hotline(self, call_sid: str) -> HeldCall | None:
            return HeldCall(None, None, None)

    provider = StillTalking()
    provider.holds(1)
    look(store, provider)
    with store.read() as records:
        call = records.call(provider.held[0].call_sid)
    assert call is not None
    assert call.state is CallState.IN_PROGRESS
    assert call.started_at == provider.held[0].made_at, "as near as can be known"
    assert call.caller_number is None


def test_a_call_whose_end_alone_we_were_told_of_gets_its_beginning(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(1)
    (held,) = provider.held
    ended = held.made_at + timedelta(minutes=2)
    end_call(store, Queue(), call_sid=held.call_sid, at=ended)
    look(store, provider)
    with store.read() as records:
        call = records.call(held.call_sid)
    assert call is not None
    assert call.state is CallState.COMPLETED
    assert call.started_at == held.made_at - timedelta(seconds=30)
    assert call.ended_at == ended
    assert call.caller_hash == SEALER.fingerprint(CALLER)


def test_a_notice_of_a_call_that_comes_again_later_does_not_move_its_beginning(
    store: SqlReportStore,
) -> None:
    for minutes in (0, 5):
        receive_call(
            store,
            SEALER,
            call_sid="CA" + "0" * 32,
            caller=CALLER,
            at=AT + timedelta(minutes=minutes),
        )
    with store.read() as records:
        call = records.call("CA" + "0" * 32)
    assert call is not None
    assert call.started_at == AT


# --- How much, and how far back -------------------------------------------------------------------


def test_the_last_made_come_first_and_the_rest_is_another_job(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(2 * MOST_AT_ONCE + 5)
    rounds = 0
    until: str | None = NOW
    while until is not None:
        queue = look(store, provider, until)
        rounds += 1
        fetched = queue.subjects(Job.FETCH_RECORDING)
        assert len(fetched) <= MOST_AT_ONCE
        if rounds == 1:
            newest = [each.recording_sid for each in reversed(provider.held)]
            assert fetched == newest[:MOST_AT_ONCE]
        (until,) = queue.subjects(Job.IMPORT_RECORDINGS) or (None,)
    assert rounds == 3
    with store.read() as records:
        assert records.count_reports() == len(provider.held)
    assert len(provider.looked_up) == len(provider.held)


def test_what_is_not_ours_stands_in_nobodys_way(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(1)
    ours = provider.held[0].call_sid
    provider.holds(MOST_AT_ONCE + 3)
    provider.foreign = {each.call_sid for each in provider.held[1:]}
    first = look(store, provider)
    assert first.subjects(Job.FETCH_RECORDING) == []
    (until,) = first.subjects(Job.IMPORT_RECORDINGS)
    second = look(store, provider, until)
    assert second.subjects(Job.IMPORT_RECORDINGS) == []
    with store.read() as records:
        assert [each.call.call_sid for each in records.dossiers()] == [ours]


def test_more_of_one_second_than_fit_do_not_make_a_circle(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(MOST_AT_ONCE + 1)
    provider.held = [
        HeldRecording(each.recording_sid, each.call_sid, 1.0, AT - timedelta(hours=1))
        for each in provider.held
    ]
    provider.foreign = {each.call_sid for each in provider.held}
    (first,) = look(store, provider).subjects(Job.IMPORT_RECORDINGS)
    (second,) = look(store, provider, first).subjects(Job.IMPORT_RECORDINGS)
    assert int(second) < int(first)
    assert look(store, provider, second).asked == []


def test_only_the_last_days_are_asked_for(store: SqlReportStore) -> None:
    provider = Provider()
    provider.holds(1, made_at=AT - LOOK_BACK - timedelta(seconds=1))
    assert look(store, provider).asked == []
    assert provider.asked == [(AT - LOOK_BACK, AT)]


@pytest.mark.parametrize("away_after", [-1, 0, 2])
def test_a_provider_that_goes_away_leaves_what_was_taken_in(
    store: SqlReportStore, away_after: int
) -> None:
    provider = Provider(away_after=away_after)
    provider.holds(4)
    look(store, provider)
    with store.read() as records:
        assert records.count_reports() == max(0, away_after)
    provider.away_after = None
    look(store, provider)
    with store.read() as records:
        assert records.count_reports() == 4
