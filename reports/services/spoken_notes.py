"""A spoken note's way: announced by the provider, fetched and sealed, erased there, written out.

As of a recording (`reports.services.recordings`), work is begun by claiming the row, so that what a
worker leaves that dies is taken up by another. Its audio is kept, whatever a machine makes of it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from reports.model import Note, RecordingState
from reports.ports import (
    AudioStore,
    Job,
    JobQueue,
    MediaMissing,
    MediaRefused,
    PhoneProvider,
    ProviderRefused,
    ProviderUnavailable,
    ReportStore,
    Transcribed,
    Transcriber,
)
from reports.services.recordings import (
    FETCH_LEASE,
    LEASE_MARGIN,
    MISSING_FOR,
    UNREACHABLE_FOR,
    ReadBackFailed,
    pause_after,
)
from reports.services.review import NoSuchReport
from reports.spoken_notes import SpokenNote, SpokenState

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
LONGEST: Final = 180
"""Seconds of a spoken note."""
NO_WORDS: Final = "no words were made out"
FAILED_TWICE: Final = "the machine failed on it twice"


def announce_spoken_note(
    store: ReportStore,
    queue: JobQueue,
    *,
    recording_sid: str,
    reference: str,
    who: str,
    language: str,
    seconds: float | None,
    at: datetime,
) -> None:
    """Notes that the provider holds one. The end of the recording says so, and its status callback:
    either may come first, or twice.

    Raises:
        NoSuchReport
    """
    with store.begin() as records:
        report = records.report(reference)
        if report is None:
            raise NoSuchReport(reference)
        records.spoken_notes.add(
            SpokenNote(
                recording_sid=recording_sid,
                reference=reference,
                who=who,
                at=at,
                changed_at=at,
                language=language,
                seconds=seconds,
            )
        )
        records.touch(report.call_sid, at)
    queue.put(Job.KEEP_SPOKEN_NOTE, recording_sid)


def keep_spoken_note(
    store: ReportStore,
    queue: JobQueue,
    provider: PhoneProvider,
    audio: AudioStore,
    *,
    recording_sid: str,
    clock: Clock,
) -> None:
    """Fetches its audio, seals and reads it back, has it written out, and deletes the provider's
    copy. Of one that is here already only the last; the sweeper asks until it is done."""
    note = _claimed(store, recording_sid, SpokenState.ANNOUNCED, clock(), lambda _: FETCH_LEASE)
    if note is not None:
        if not _fetch(store, provider, audio, note, clock):
            return
        queue.put(Job.WRITE_SPOKEN_NOTE, recording_sid)
    _erase(store, provider, audio, recording_sid, clock)


def claim_spoken_note(store: ReportStore, *, recording_sid: str, at: datetime) -> SpokenNote | None:
    """Takes one up that waits to be written out; None: it does not, or another is at it."""
    return _claimed(
        store,
        recording_sid,
        SpokenState.STORED,
        at,
        lambda note: timedelta(seconds=2 * time_limit(note)) + LEASE_MARGIN,
    )


def time_limit(note: SpokenNote) -> float:
    """Seconds after which whoever writes it out hangs."""
    return 60.0 + 10.0 * (note.seconds or LONGEST)


def write_spoken_note(
    store: ReportStore,
    audio: AudioStore,
    transcriber: Transcriber,
    apart: Transcriber,
    *,
    note: SpokenNote,
    clock: Clock,
) -> None:
    """Has one that was claimed written out, as a note in the name of who spoke it.

    Where that has failed before it is tried once more `apart` from all others; after that, and
    where no words are made out, people hear it on the report's page.
    """
    heard = None
    if note.attempts <= 2:
        hearing = transcriber if note.attempts == 1 else apart
        heard = hearing.transcribe(audio.get(note.recording_sid), note.language)
    words = "" if heard is None else _words(heard)
    at = clock()
    with store.begin() as records:
        held = records.spoken_notes.get(note.recording_sid)
        if held is None or held.state is not SpokenState.STORED:
            return
        held = replace(held, changed_at=at, attempts=0, next_attempt_at=None)
        if heard is not None:
            held = replace(held, seconds=heard.seconds or held.seconds)
        if words:
            # What is spoken mentions nobody: no machine tells an @ from a word.
            note_id = records.add_note(Note(held.reference, words, held.who, at), ())
            held = replace(held, state=SpokenState.WRITTEN, note_id=note_id, reason=None)
        else:
            reason = FAILED_TWICE if heard is None else NO_WORDS
            held = replace(held, state=SpokenState.UNWRITTEN, reason=reason)
        records.spoken_notes.save(held)
        report = records.report(held.reference)
        if report is not None:
            records.touch(report.call_sid, at)


def _words(heard: Transcribed) -> str:
    if heard.state is not RecordingState.TRANSCRIBED or heard.heard is None:
        return ""
    believed = (each.text.strip() for each in heard.heard.segments if each.struck is None)
    return " ".join(believed).strip()


def _fetch(
    store: ReportStore, provider: PhoneProvider, audio: AudioStore, note: SpokenNote, clock: Clock
) -> bool:
    """Whether it is here now."""
    try:
        media = provider.fetch_recording(note.recording_sid)
    except MediaRefused as refusal:
        _change(store, note, clock(), state=SpokenState.FAILED, reason=str(refusal))
        log.error("spoken note %s could not be had", note.recording_sid)
        return False
    except (MediaMissing, ProviderUnavailable) as failure:
        _later(store, note, clock(), missing=isinstance(failure, MediaMissing))
        return False
    sha256 = hashlib.sha256(media).hexdigest()
    audio.put(note.recording_sid, media)
    if hashlib.sha256(audio.get(note.recording_sid)).hexdigest() != sha256:
        raise ReadBackFailed("the audio store gave back other bytes than it was given")
    at = clock()
    _change(store, note, at, state=SpokenState.STORED, stored_at=at, sha256=sha256)
    return True


def _later(store: ReportStore, note: SpokenNote, at: datetime, *, missing: bool) -> None:
    reason = "the provider does not have it" if missing else "the provider is away"
    if at - note.at > (MISSING_FOR if missing else UNREACHABLE_FOR):
        _change(store, note, at, state=SpokenState.FAILED, reason=reason)
        log.error("spoken note %s could not be had", note.recording_sid)
        return
    with store.begin() as records:
        held = records.spoken_notes.get(note.recording_sid)
        if held is not None and held.state is SpokenState.ANNOUNCED:
            again = at + pause_after(held.attempts)
            records.spoken_notes.save(replace(held, next_attempt_at=again, reason=reason))


def _erase(
    store: ReportStore,
    provider: PhoneProvider,
    audio: AudioStore,
    recording_sid: str,
    clock: Clock,
) -> None:
    with store.read() as records:
        note = records.spoken_notes.get(recording_sid)
    if note is None or note.stored_at is None or note.erased_at_provider_at is not None:
        return
    if hashlib.sha256(audio.get(recording_sid)).hexdigest() != note.sha256:
        raise ReadBackFailed("our copy is not what arrived; the provider's is kept")
    try:
        provider.erase_recording(recording_sid)
    except (ProviderUnavailable, ProviderRefused):
        log.warning("spoken note %s is still at the provider", recording_sid)
        return
    with store.begin() as records:
        held = records.spoken_notes.get(recording_sid)
        if held is not None:
            records.spoken_notes.save(replace(held, erased_at_provider_at=clock()))


def _claimed(
    store: ReportStore,
    recording_sid: str,
    state: SpokenState,
    at: datetime,
    lease: Callable[[SpokenNote], timedelta],
) -> SpokenNote | None:
    with store.begin() as records:
        note = records.spoken_notes.get(recording_sid)
        if note is None or note.state is not state:
            return None
        if note.next_attempt_at is not None and at < note.next_attempt_at:
            return None
        taken = replace(note, attempts=note.attempts + 1, next_attempt_at=at + lease(note))
        records.spoken_notes.save(taken)
    return taken


def _change(
    store: ReportStore,
    note: SpokenNote,
    at: datetime,
    *,
    state: SpokenState,
    stored_at: datetime | None = None,
    sha256: str | None = None,
    reason: str | None = None,
) -> None:
    """From announced to what comes next, with nothing tried yet."""
    with store.begin() as records:
        held = records.spoken_notes.get(note.recording_sid)
        if held is None or held.state is not SpokenState.ANNOUNCED:
            return
        records.spoken_notes.save(
            replace(
                held,
                state=state,
                changed_at=at,
                stored_at=stored_at,
                sha256=sha256,
                reason=reason,
                attempts=0,
                next_attempt_at=None,
            )
        )
        report = records.report(held.reference)
        if report is not None:
            records.touch(report.call_sid, at)
