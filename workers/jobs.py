"""What RQ calls: each job takes one id, calls one use case and knows nothing else.

RQ finds these functions by name, so what they need is handed to the process once, by `equip`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from oncall.alerts import Alerter
from reports.model import Rank, Recording
from reports.ports import (
    AudioStore,
    Channel,
    Job,
    JobQueue,
    PhoneProvider,
    ReportStore,
    Sealer,
    Transcriber,
)
from reports.services import (
    attachments,
    importing,
    notices,
    reconciling,
    recordings,
    spoken_notes,
    texts,
    trials,
)
from workers.worker import ending_after

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a worker process works with. `transcriber` is None where nothing is written out."""

    worker: str
    store: ReportStore
    queue: JobQueue
    sealer: Sealer
    audio: AudioStore
    provider: PhoneProvider
    channels: Mapping[str, Channel]
    alerter: Alerter
    compose: notices.Compose
    caller_texts: texts.CallerTexts
    clock: Callable[[], datetime]
    trial_words: str
    """What a test message says."""
    transcriber: Transcriber | None = None
    apart: Transcriber | None = None
    """Writes out, apart from all others, what failed before."""
    ranks: frozenset[Rank] = frozenset(Rank)
    """Of the recordings that are written out here."""


class NotEquipped(RuntimeError):
    """A job came to a process that was not made for it."""


_equipment: Equipment | None = None


def equip(equipment: Equipment | None) -> None:
    """Hands this process what its jobs work with."""
    global _equipment  # RQ's functions can be given nothing else
    _equipment = equipment


def alert_on_call(reference: str) -> None:
    tools = _tools()
    tools.alerter.alert(reference, tools.clock())


def send_notification(notification_id: str) -> None:
    tools = _tools()
    notices.send_notification(
        tools.store,
        tools.sealer,
        tools.channels,
        notification_id=notification_id,
        clock=tools.clock,
        compose=tools.compose,
    )


def send_trial(trial_id: str) -> None:
    tools = _tools()
    trials.send_trial(
        tools.store,
        tools.sealer,
        tools.channels,
        trial_id=trial_id,
        words=tools.trial_words,
        clock=tools.clock,
    )


def fetch_recording(recording_sid: str) -> None:
    tools = _tools()
    with _putting_down(tools, recording_sid):
        recordings.store_recording(
            tools.store,
            tools.queue,
            tools.provider,
            tools.audio,
            recording_sid=recording_sid,
            worker=tools.worker,
            clock=tools.clock,
        )


def erase_at_provider(recording_sid: str) -> None:
    tools = _tools()
    recordings.erase_at_provider(
        tools.store, tools.provider, tools.audio, recording_sid=recording_sid, clock=tools.clock
    )


def close_call(call_sid: str) -> None:
    tools = _tools()
    reconciling.close_call(
        tools.store, tools.queue, tools.provider, call_sid=call_sid, clock=tools.clock
    )


def fetch_attachment(media_sid: str) -> None:
    tools = _tools()
    attachments.store_attachment(
        tools.store,
        tools.queue,
        tools.provider,
        tools.audio,
        media_sid=media_sid,
        clock=tools.clock,
    )


def erase_attachment(media_sid: str) -> None:
    tools = _tools()
    attachments.erase_attachment(
        tools.store, tools.provider, tools.audio, media_sid=media_sid, clock=tools.clock
    )


def text_caller(call_sid: str) -> None:
    tools = _tools()
    texts.text_caller(
        tools.store,
        tools.sealer,
        tools.provider,
        tools.caller_texts,
        call_sid=call_sid,
        clock=tools.clock,
    )


def import_recordings(until: str) -> None:
    tools = _tools()
    importing.import_recordings(
        tools.store, tools.queue, tools.sealer, tools.provider, until=until, clock=tools.clock
    )


def transcribe_recording(_recording_sid: str) -> None:
    """Writes out one recording: not the one that asked, but the one whose turn it is. There are as
    many who ask as there are recordings that wait."""
    tools = _tools()
    transcriber, apart = _transcribers(tools)
    recording = recordings.claim_next(
        tools.store, ranks=tools.ranks, worker=tools.worker, at=tools.clock()
    )
    if recording is None:
        return
    with _putting_down(tools, recording.recording_sid), _in_time(recording):
        recordings.transcribe_recording(
            tools.store,
            tools.queue,
            tools.audio,
            transcriber,
            apart,
            recording=recording,
            clock=tools.clock,
        )


def translate_recording(recording_sid: str) -> None:
    tools = _tools()
    transcriber, _ = _transcribers(tools)
    with _putting_down(tools, recording_sid):
        recordings.translate_recording(
            tools.store,
            tools.audio,
            transcriber,
            recording_sid=recording_sid,
            worker=tools.worker,
            clock=tools.clock,
        )


def keep_spoken_note(recording_sid: str) -> None:
    tools = _tools()
    spoken_notes.keep_spoken_note(
        tools.store,
        tools.queue,
        tools.provider,
        tools.audio,
        recording_sid=recording_sid,
        clock=tools.clock,
    )


def write_spoken_note(recording_sid: str) -> None:
    tools = _tools()
    transcriber, apart = _transcribers(tools)
    note = spoken_notes.claim_spoken_note(
        tools.store, recording_sid=recording_sid, at=tools.clock()
    )
    if note is None:
        return
    with ending_after(spoken_notes.time_limit(note) * note.attempts):
        spoken_notes.write_spoken_note(
            tools.store, tools.audio, transcriber, apart, note=note, clock=tools.clock
        )


def _in_time(recording: Recording) -> AbstractContextManager[None]:
    """A second try has the time of the first, and that of the process that it starts."""
    return ending_after(recordings.time_limit(recording) * recording.attempts)


WORK: Mapping[Job, Callable[[str], None]] = {
    Job.ALERT_ON_CALL: alert_on_call,
    Job.SEND_NOTIFICATION: send_notification,
    Job.SEND_TRIAL: send_trial,
    Job.FETCH_RECORDING: fetch_recording,
    Job.ERASE_AT_PROVIDER: erase_at_provider,
    Job.CLOSE_CALL: close_call,
    Job.FETCH_ATTACHMENT: fetch_attachment,
    Job.ERASE_ATTACHMENT: erase_attachment,
    Job.TEXT_CALLER: text_caller,
    Job.IMPORT_RECORDINGS: import_recordings,
    Job.TRANSCRIBE_RECORDING: transcribe_recording,
    Job.TRANSLATE_RECORDING: translate_recording,
    Job.KEEP_SPOKEN_NOTE: keep_spoken_note,
    Job.WRITE_SPOKEN_NOTE: write_spoken_note,
}


def _transcribers(tools: Equipment) -> tuple[Transcriber, Transcriber]:
    if tools.transcriber is None or tools.apart is None:
        raise NotEquipped("this worker has no speech engine")
    return tools.transcriber, tools.apart


def _tools() -> Equipment:
    if _equipment is None:
        raise NotEquipped("`equip` was not called in this process")
    return _equipment


@contextmanager
def _putting_down(tools: Equipment, recording_sid: str) -> Iterator[None]:
    """Whatever went wrong, the recording may soon be taken up again."""
    try:
        yield
    except Exception:
        recordings.put_down(
            tools.store, recording_sid=recording_sid, worker=tools.worker, at=tools.clock()
        )
        raise
