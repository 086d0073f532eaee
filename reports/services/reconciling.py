"""What the provider knows of a call and we were never told, because its webhooks got lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from reports.ports import JobQueue, PhoneProvider, ProviderUnavailable, ReportStore
from reports.questions import WHAT
from reports.services.calls import end_call
from reports.services.recordings import announce_recording

log = logging.getLogger(__name__)

LONGEST_CALL = timedelta(minutes=15)
"""A call of every question at its slowest takes under ten. What is longer has lost its end."""


def close_call(
    store: ReportStore,
    queue: JobQueue,
    provider: PhoneProvider,
    *,
    call_sid: str,
    clock: Callable[[], datetime],
) -> None:
    """Ends a call that is over, taking in the recordings of it that were never announced here."""
    try:
        if not provider.call_is_over(call_sid):
            return
        held = provider.recordings_of_call(call_sid)
    except ProviderUnavailable:
        log.warning("the provider could not be asked about call %s", call_sid)
        return
    with store.read() as records:
        known = {recording.recording_sid for recording in records.recordings_of(call_sid)}
    for recording_sid, seconds in held:
        if recording_sid not in known:
            announce_recording(
                store,
                queue,
                recording_sid=recording_sid,
                call_sid=call_sid,
                # Which question it answers is lost with the webhook: heard as an account of it all.
                question=WHAT,
                seconds=seconds,
                at=clock(),
                ready=True,
            )
    end_call(store, queue, call_sid=call_sid, at=clock())
