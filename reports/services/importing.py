"""Messages that the provider recorded while we were down, and of which nobody ever told us.

They come from the document in `ivr.fallback`, or from the recorder of a line whose database was
away. The last made are taken in first: those may still be happening.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from reports.ports import (
    HeldCall,
    HeldRecording,
    Job,
    JobQueue,
    PhoneLog,
    ProviderUnavailable,
    ReportStore,
    Sealer,
)
from reports.questions import WHAT
from reports.services.calls import end_call, receive_call
from reports.services.recordings import announce_recording

log = logging.getLogger(__name__)

NOW: Final = "now"
"""The `until` that begins with the last made."""
LOOK_BACK = timedelta(days=7)
"""How long the line may have been down. Twilio keeps recordings until they are deleted."""
WEBHOOK_WAIT = timedelta(minutes=2)
"""How long the provider may take to tell us of a recording itself, and so to which question it is
the answer. It tries again for 15 s at most
(https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides), but a file takes
longer."""
MOST_AT_ONCE = 50
"""Calls looked up in one go; the rest is another job, so that fetching gets its turn between."""


def import_recordings(
    store: ReportStore,
    queue: JobQueue,
    sealer: Sealer,
    provider: PhoneLog,
    *,
    until: str,
    clock: Callable[[], datetime],
) -> None:
    """Files a report of each recording of a call to the hotline that we do not know.

    `until`: made at that second (since 1970) at the latest, or `NOW`. What is older than the
    `MOST_AT_ONCE` looked at is asked of the queue. A provider that is away is asked again by the
    sweeper.
    """
    at = clock()
    latest = at if until == NOW else datetime.fromtimestamp(int(until), UTC)
    try:
        held = provider.recordings_between(at - LOOK_BACK, latest)
        unknown = _unknown(store, held, at)
        for recording in unknown[:MOST_AT_ONCE]:
            call = provider.call_to_hotline(recording.call_sid)
            if call is not None:
                _take_in(store, queue, sealer, recording, call, clock)
    except ProviderUnavailable:
        log.warning("the provider could not be asked for what it recorded")
        return
    if len(unknown) > MOST_AT_ONCE:
        rest = int(unknown[MOST_AT_ONCE].made_at.timestamp())
        # Never the same second again: the job would ask for itself for ever.
        queue.put(Job.IMPORT_RECORDINGS, str(min(rest, int(latest.timestamp()) - 1)))


def _unknown(
    store: ReportStore, held: Sequence[HeldRecording], at: datetime
) -> list[HeldRecording]:
    old = [
        recording
        for recording in held
        if recording.made_at + timedelta(seconds=recording.seconds) + WEBHOOK_WAIT <= at
    ]
    with store.read() as records:
        return [
            each
            for each in old
            if records.recording(each.recording_sid) is None
            and records.spoken_notes.get(each.recording_sid) is None
        ]


def _take_in(
    store: ReportStore,
    queue: JobQueue,
    sealer: Sealer,
    recording: HeldRecording,
    call: HeldCall,
    clock: Callable[[], datetime],
) -> None:
    """Each step may have been done before, by us or by a webhook: it then changes nothing."""
    receive_call(
        store,
        sealer,
        call_sid=recording.call_sid,
        caller=call.caller,
        at=call.started_at or recording.made_at,
    )
    announce_recording(
        store,
        queue,
        recording_sid=recording.recording_sid,
        call_sid=recording.call_sid,
        # They were asked for everything at once; or the question is lost with the webhook.
        question=WHAT,
        seconds=recording.seconds,
        at=clock(),
        ready=True,
    )
    if call.ended_at is not None:
        end_call(store, queue, call_sid=recording.call_sid, at=clock(), ended_at=call.ended_at)
    log.info("recording %s was taken in from the provider's list", recording.recording_sid)
