"""What stands still too long, read from the database alone: lose every queue and it is all here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from reports.model import (
    Attachment,
    AttachmentState,
    CallerText,
    CallerTextState,
    Notification,
    NotificationState,
    Recording,
    RecordingState,
)
from reports.ports import Job, Records, Urgency
from reports.services.recordings import urgency
from reports.services.trials import TRIAL_NEWS
from reports.settings import TrialState
from reports.spoken_notes import SpokenNote, SpokenState

HINT_WAIT = timedelta(seconds=15)
"""How long after a recording was first heard of its status callback may take."""
QUEUE_WAIT = timedelta(seconds=5)
"""How long a row may wait for a worker before the queue is asked again. Asking for what waits
there already changes nothing, so this may be short."""

SPOKEN_JOBS: Final[Mapping[SpokenState, Job]] = MappingProxyType(
    {
        SpokenState.ANNOUNCED: Job.KEEP_SPOKEN_NOTE,
        SpokenState.STORED: Job.WRITE_SPOKEN_NOTE,
    }
)
"""What is asked for of a spoken note that is not done with."""
LIMITED_AT_ONCE = 20
"""So many recordings of limited and blocked calls are asked for at a time. Nobody else asks for
them, so no more of them ever stand in a queue before a witness's: thousands wait here."""


@dataclass(frozen=True, slots=True)
class Stalled:
    job: Job
    subject: str
    urgency: Urgency = Urgency.REST


def stalled(records: Records, at: datetime) -> list[Stalled]:
    """What should be asked of the queue again, the longest waiting first."""
    found: list[Stalled] = []
    for recording in _at_work(records, RecordingState.ANNOUNCED):
        if _waits(recording, recording.changed_at + HINT_WAIT, at):
            found.append(Stalled(Job.FETCH_RECORDING, recording.recording_sid))
    for recording in _at_work(records, RecordingState.STORED):
        if _waits(recording, recording.changed_at + QUEUE_WAIT, at):
            found.append(
                Stalled(Job.TRANSCRIBE_RECORDING, recording.recording_sid, urgency(recording))
            )
    found.extend(
        Stalled(Job.TRANSLATE_RECORDING, recording.recording_sid)
        for recording in records.recordings_to_translate()
        if _waits(recording, recording.changed_at + QUEUE_WAIT, at)
    )
    found.extend(
        Stalled(Job.SEND_NOTIFICATION, notification.notification_id)
        for notification in records.notifications_in(
            (NotificationState.PENDING, NotificationState.SENDING)
        )
        if _unsent(notification, at)
    )
    found.extend(
        Stalled(Job.SEND_TRIAL, trial.trial_id)
        for trial in records.settings.trials_since(at - TRIAL_NEWS)
        if trial.state is TrialState.PENDING and trial.at + QUEUE_WAIT <= at
    )
    found.extend(
        Stalled(Job.FETCH_ATTACHMENT, attachment.media_sid)
        for attachment in records.attachments_in((AttachmentState.ANNOUNCED,))
        if _waited(attachment, attachment.announced_at, at)
    )
    found.extend(
        Stalled(Job.TEXT_CALLER, text.call_sid)
        for text in records.caller_texts_in((CallerTextState.PENDING, CallerTextState.SENDING))
        if _waited(text, text.asked_at, at)
    )
    found.extend(
        Stalled(SPOKEN_JOBS[note.state], note.recording_sid)
        for note in records.spoken_notes.in_states(SPOKEN_JOBS)
        if _waited(note, note.changed_at, at)
    )
    return found


def _at_work(records: Records, state: RecordingState) -> Iterator[Recording]:
    """Recordings that work waits for; of limited and blocked calls the oldest few."""
    yield from records.recordings_in((state,), limited=False)
    yield from records.recordings_in((state,), limited=True, at_most=LIMITED_AT_ONCE)


def unerased(records: Records, at: datetime) -> list[Stalled]:
    """What the provider still holds of what is safe here. Asked seldom: it can wait, and a provider
    that is away should not be asked for each of a thousand recordings every second."""
    return (
        [
            Stalled(Job.ERASE_AT_PROVIDER, recording.recording_sid)
            for recording in records.recordings_to_erase()
            if recording.stored_at is not None and recording.stored_at + QUEUE_WAIT <= at
        ]
        + [
            Stalled(Job.ERASE_ATTACHMENT, attachment.media_sid)
            for attachment in records.attachments_to_erase()
            if attachment.stored_at is not None and attachment.stored_at + QUEUE_WAIT <= at
        ]
        + [
            Stalled(Job.KEEP_SPOKEN_NOTE, note.recording_sid)
            for note in records.spoken_notes.to_erase()
            if note.stored_at is not None and note.stored_at + QUEUE_WAIT <= at
        ]
    )


def _waits(recording: Recording, first: datetime, at: datetime) -> bool:
    """Due for a try, and none under way: a claim sets `next_attempt_at` to the end of its lease."""
    return (recording.next_attempt_at or first) <= at


def _waited(row: Attachment | CallerText | SpokenNote, since: datetime, at: datetime) -> bool:
    return (row.next_attempt_at or since + QUEUE_WAIT) <= at


def _unsent(notification: Notification, at: datetime) -> bool:
    if notification.next_attempt_at is None:
        return (
            notification.state is NotificationState.PENDING
            and notification.created_at + QUEUE_WAIT <= at
        )
    return notification.next_attempt_at <= at
