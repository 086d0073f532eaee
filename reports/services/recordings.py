"""A recording's way: announced by the provider, fetched and sealed, written out, erased there.

Work is begun by claiming the row: `attempts` is counted up and `next_attempt_at` set to the end of
the lease before anything slow starts. So a worker that dies without a word leaves a row that says
when somebody else may take it up, and how often it has been tried.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from reports.custody import SYSTEM, Deed, recording_subject
from reports.fields import happening_now, rank_of, turn_of, urgency_of
from reports.model import (
    Rank,
    Recording,
    RecordingState,
    Transcript,
    TranscriptKind,
    TranslationState,
    advance,
)
from reports.ports import (
    AudioStore,
    Heard,
    Job,
    JobQueue,
    MediaMissing,
    MediaRefused,
    PhoneProvider,
    ProviderRefused,
    ProviderUnavailable,
    Records,
    ReportStore,
    Transcribed,
    Transcriber,
    Urgency,
)
from reports.services.calls import file_report, known_call

log = logging.getLogger(__name__)

FETCH_LEASE = timedelta(minutes=4)
"""Longer than the provider and the audio store may take together."""
LEASE_MARGIN = timedelta(seconds=30)
TRANSLATE_ATTEMPTS = 2
MISSING_FOR = timedelta(hours=1)
"""How long media that the provider does not have are asked for before that is said aloud."""
UNREACHABLE_FOR = timedelta(days=2)
"""How long an unreachable provider is tried. Twilio keeps recordings until they are deleted."""
LONGEST_PAUSE = timedelta(minutes=5)

Clock = Callable[[], datetime]


class ReadBackFailed(RuntimeError):
    """What the audio store gave back is not what was put there."""


def announce_recording(
    store: ReportStore,
    queue: JobQueue,
    *,
    recording_sid: str,
    call_sid: str,
    question: str,
    seconds: float | None,
    at: datetime,
    ready: bool,
) -> str:
    """Notes that the provider holds a recording, and returns the report's reference.

    The `action` of a recording hints at it as soon as the caller stops speaking (`ready` False);
    the status callback is the authority that it can be fetched (`ready`). Either may come first, or
    twice. Whoever comes first files the report and has the alert sent.

    Of a limited or blocked call nothing is asked for here: the sweeper takes those up, a few at a
    time, so that a thousand pranks never stand in a queue before a witness.
    """
    with store.begin() as records:
        call = known_call(records, call_sid, at)
        report = file_report(records, call, at)
        added = records.add_recording(
            Recording(
                recording_sid=recording_sid,
                call_sid=call_sid,
                question=question,
                announced_at=at,
                changed_at=at,
                seconds=seconds,
            )
        )
        records.touch(call_sid, at)
    if added and call.tells:
        queue.put(Job.ALERT_ON_CALL, report.reference)
    if ready and call.presses:
        queue.put(Job.FETCH_RECORDING, recording_sid)
    return report.reference


def miss_recording(
    store: ReportStore, queue: JobQueue, *, recording_sid: str, at: datetime
) -> None:
    """The provider says that nothing was recorded after all."""
    with store.begin() as records:
        recording = records.recording(recording_sid)
        if recording is None or recording.state is not RecordingState.ANNOUNCED:
            return
        settle(records, recording, RecordingState.FAILED, at, reason="nothing was recorded")
        report = records.report_of_call(recording.call_sid)
    if report is not None:
        queue.put(Job.ALERT_ON_CALL, report.reference)


def store_recording(
    store: ReportStore,
    queue: JobQueue,
    provider: PhoneProvider,
    audio: AudioStore,
    *,
    recording_sid: str,
    worker: str,
    clock: Clock,
) -> None:
    """Fetches the audio, seals and reads it back; then asks for the transcript and the erasure."""
    recording = _claim(store, recording_sid, _is_announced, worker, clock(), FETCH_LEASE)
    if recording is None:
        return
    try:
        media = provider.fetch_recording(recording_sid)
    except MediaRefused as refusal:
        _give_up_fetching(store, queue, recording_sid, clock(), str(refusal))
        return
    except MediaMissing:
        _fetch_later(store, queue, recording, clock(), MISSING_FOR, "the provider does not have it")
        return
    except ProviderUnavailable:
        _fetch_later(store, queue, recording, clock(), UNREACHABLE_FOR, "the provider is away")
        return
    sha256 = hashlib.sha256(media).hexdigest()
    audio.put(recording_sid, media)
    if hashlib.sha256(audio.get(recording_sid)).hexdigest() != sha256:
        raise ReadBackFailed("the audio store gave back other bytes than it was given")
    at = clock()
    with store.begin() as records:
        held = records.recording(recording_sid)
        if held is None or held.state is not RecordingState.ANNOUNCED:
            return
        held = replace(held, stored_at=at, sha256=sha256, size=len(media))
        held = settle(records, held, RecordingState.STORED, at, reason=None)
        records.append_custody(
            at,
            f"{SYSTEM}{Job.FETCH_RECORDING}",
            Deed.RECORDING_STORED,
            recording_subject(recording_sid),
            {"sha256": sha256, "size": str(len(media))},
        )
        wanted = urgency(held)
        call = records.call(held.call_sid)
    if call is None or call.presses:
        queue.put(Job.TRANSCRIBE_RECORDING, recording_sid, wanted)
    queue.put(Job.ERASE_AT_PROVIDER, recording_sid)


def claim_next(
    store: ReportStore, *, ranks: Iterable[Rank], worker: str, at: datetime
) -> Recording | None:
    """Takes up the recording whose turn it is, of these ranks; None: none waits."""
    with store.begin() as records:
        recording = records.next_in_turn(ranks, at)
        if recording is None:
            return None
        return _take(records, recording, worker, at + lease_for(recording))


def transcribe_recording(
    store: ReportStore,
    queue: JobQueue,
    audio: AudioStore,
    transcriber: Transcriber,
    apart: Transcriber,
    *,
    recording: Recording,
    clock: Clock,
) -> None:
    """Has a recording that was claimed written out.

    Where that has failed before, or killed whoever was at it, it is tried once more `apart` from
    all others; after that a person must listen.
    """
    recording_sid = recording.recording_sid
    with store.read() as records:
        call = records.call(recording.call_sid)
    language = recording.language or (None if call is None else call.language)
    if recording.attempts == 1:
        outcome = transcriber.transcribe(audio.get(recording_sid), language)
    elif recording.attempts == 2:
        outcome = _apart(apart, audio.get(recording_sid), language) or _given_up(recording)
    else:
        outcome = _given_up(recording)
    at = clock()
    with store.begin() as records:
        held = records.recording(recording_sid)
        if held is None or held.state is not RecordingState.STORED:
            return
        held = _with_outcome(records, held, outcome, at)
        if _worth_translating(records, held, outcome, transcriber):
            held = replace(held, translation=TranslationState.WANTED)
        settle(records, held, outcome.state, at, reason=outcome.reason)
        report = records.report_of_call(held.call_sid)
    if report is not None:
        queue.put(Job.ALERT_ON_CALL, report.reference)
    if held.translation is TranslationState.WANTED:
        queue.put(Job.TRANSLATE_RECORDING, recording_sid)


def _apart(apart: Transcriber, audio: bytes, language: str | None) -> Transcribed | None:
    try:
        return apart.transcribe(audio, language)
    except Exception as error:
        log.error("not written out apart from the others either: %s", type(error).__name__)
        return None


def _given_up(recording: Recording) -> Transcribed:
    return Transcribed(
        state=RecordingState.NEEDS_LISTENER,
        seconds=recording.seconds or 0.0,
        reason="the machine failed on it twice",
    )


def time_limit(recording: Recording) -> float:
    """Seconds after which whoever writes it out hangs, and is put an end to."""
    return 60.0 + 10.0 * _length(recording)


def lease_for(recording: Recording) -> timedelta:
    """Past all that it may take, so that two never work on it."""
    return timedelta(seconds=2 * time_limit(recording)) + LEASE_MARGIN


def _length(recording: Recording) -> float:
    """Seconds; while nobody has counted, by the bytes, of which the telephone's code has the
    fewest."""
    return recording.seconds or (recording.size or 0) / 8_000


def _worth_translating(
    records: Records, recording: Recording, outcome: Transcribed, transcriber: Transcriber
) -> bool:
    """Not what pranks leave behind: thousands of them would stand before a witness's."""
    call = records.call(recording.call_sid)
    return (
        outcome.heard is not None
        and transcriber.translates(outcome.heard.language)
        and (call is None or call.presses)
    )


def translate_recording(
    store: ReportStore,
    audio: AudioStore,
    transcriber: Transcriber,
    *,
    recording_sid: str,
    worker: str,
    clock: Clock,
) -> None:
    """Has what was said in another language written in English beside it."""
    recording = _claim(store, recording_sid, _wants_english, worker, clock())
    if recording is None:
        return
    with store.read() as records:
        written = [
            one
            for one in records.transcripts_of(recording_sid)
            if one.kind is TranscriptKind.MACHINE
        ]
    heard = None
    if written and recording.attempts <= TRANSLATE_ATTEMPTS:
        heard = transcriber.translate(audio.get(recording_sid), written[-1].language)
    at = clock()
    with store.begin() as records:
        held = records.recording(recording_sid)
        if held is None or held.translation is not TranslationState.WANTED:
            return
        if heard is not None:
            records.add_transcript(
                _transcript(recording_sid, heard, TranscriptKind.TRANSLATION, at)
            )
        came = TranslationState.FAILED if heard is None else TranslationState.MADE
        records.save_recording(
            replace(
                held,
                translation=advance(TranslationState.WANTED, came),
                attempts=0,
                next_attempt_at=None,
                claimed_by=None,
            )
        )
        records.touch(held.call_sid, at)


def _with_outcome(
    records: Records, recording: Recording, outcome: Transcribed, at: datetime
) -> Recording:
    """Adds what was heard; the better of two goes last, for the last one counts."""
    for heard, kind in (
        (outcome.rival, TranscriptKind.RIVAL),
        (outcome.heard, TranscriptKind.MACHINE),
    ):
        if heard is not None:
            records.add_transcript(_transcript(recording.recording_sid, heard, kind, at))
    detected = outcome.detected
    return replace(
        recording,
        seconds=outcome.seconds or recording.seconds,
        sound=outcome.sound,
        detected=None if detected is None else detected.language,
        detected_probability=None if detected is None else detected.probability,
    )


def _transcript(recording_sid: str, heard: Heard, kind: TranscriptKind, at: datetime) -> Transcript:
    return Transcript(
        recording_sid=recording_sid,
        language=heard.language,
        language_probability=heard.language_probability,
        segments=heard.segments,
        engine=heard.engine,
        model=heard.model,
        made_at=at,
        kind=kind,
    )


def erase_at_provider(
    store: ReportStore,
    provider: PhoneProvider,
    audio: AudioStore,
    *,
    recording_sid: str,
    clock: Clock,
) -> None:
    """Deletes the provider's copy, once more made sure that ours is whole.

    A provider that is away is asked again by the sweeper: until then the row says 'not erased'.
    """
    with store.read() as records:
        recording = records.recording(recording_sid)
    if (
        recording is None
        or recording.stored_at is None
        or recording.erased_at_provider_at is not None
    ):
        return
    if hashlib.sha256(audio.get(recording_sid)).hexdigest() != recording.sha256:
        raise ReadBackFailed("our copy is not what arrived; the provider's is kept")
    try:
        provider.erase_recording(recording_sid)
    except (ProviderUnavailable, ProviderRefused):
        log.warning("recording %s is still at the provider", recording_sid)
        return
    at = clock()
    with store.begin() as records:
        held = records.recording(recording_sid)
        if held is not None and held.erased_at_provider_at is None:
            records.save_recording(replace(held, erased_at_provider_at=at))
            records.append_custody(
                at,
                f"{SYSTEM}{Job.ERASE_AT_PROVIDER}",
                Deed.ERASED_AT_PROVIDER,
                recording_subject(recording_sid),
                {},
            )
            records.touch(held.call_sid, at)


def try_again(
    store: ReportStore, queue: JobQueue, *, recording_sid: str, at: datetime
) -> Recording | None:
    """A person asks for another try: at fetching what failed, at writing out what a machine could
    not. Returns the recording as it now stands, None when there is nothing to try again."""
    with store.begin() as records:
        recording = records.recording(recording_sid)
        if recording is None:
            return None
        if recording.state is RecordingState.FAILED:
            again, job = RecordingState.ANNOUNCED, Job.FETCH_RECORDING
        elif recording.state is RecordingState.NEEDS_LISTENER:
            again, job = RecordingState.STORED, Job.TRANSCRIBE_RECORDING
            recording = replace(recording, translation=None)
        else:
            return None
        recording = settle(records, recording, again, at, reason=None)
        wanted = urgency(recording)
    queue.put(job, recording_sid, wanted)
    return recording


def release_claims(store: ReportStore, *, worker: str, at: datetime) -> int:
    """What a worker of that name had begun and left, when it was killed, may be taken up at once.

    Called when a worker starts: there is only ever one of a name. Returns how many there were.
    """
    with store.begin() as records:
        left = [
            recording
            for recording in (
                *records.recordings_in((RecordingState.ANNOUNCED, RecordingState.STORED)),
                *records.recordings_to_translate(),
            )
            if recording.claimed_by == worker
        ]
        for recording in left:
            records.save_recording(replace(recording, claimed_by=None, next_attempt_at=at))
    return len(left)


def put_down(store: ReportStore, *, recording_sid: str, worker: str, at: datetime) -> None:
    """The work failed in a way that nobody foresaw: it may be taken up again after a pause."""
    with store.begin() as records:
        recording = records.recording(recording_sid)
        if recording is None or recording.claimed_by != worker:
            return
        records.save_recording(
            replace(
                recording,
                claimed_by=None,
                next_attempt_at=at + pause_after(recording.attempts),
            )
        )


def pause_after(attempts: int) -> timedelta:
    """1 s, 2 s, 4 s … up to `LONGEST_PAUSE` after that many tries."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 20)), LONGEST_PAUSE)


def _is_announced(recording: Recording) -> bool:
    return recording.state is RecordingState.ANNOUNCED


def _wants_english(recording: Recording) -> bool:
    return recording.translation is TranslationState.WANTED


def _claim(
    store: ReportStore,
    recording_sid: str,
    waits: Callable[[Recording], bool],
    worker: str,
    at: datetime,
    lease: timedelta | None = None,
) -> Recording | None:
    with store.begin() as records:
        recording = records.recording(recording_sid)
        if recording is None or not waits(recording):
            log.info("recording %s waits for nothing", recording_sid)
            return None
        if recording.claimed_by is not None and not _due(recording, at):
            log.info("recording %s is in other hands", recording_sid)
            return None
        return _take(records, recording, worker, at + (lease or lease_for(recording)))


def _take(records: Records, recording: Recording, worker: str, until: datetime) -> Recording:
    taken = replace(
        recording, attempts=recording.attempts + 1, claimed_by=worker, next_attempt_at=until
    )
    records.save_recording(taken)
    return taken


def _due(recording: Recording, at: datetime) -> bool:
    return recording.next_attempt_at is None or recording.next_attempt_at <= at


def settle(
    records: Records,
    recording: Recording,
    to: RecordingState,
    at: datetime,
    *,
    reason: str | None,
) -> Recording:
    """Moves on to another state, in which nothing has been tried yet."""
    if to is RecordingState.STORED:
        rank = _rank(records, recording)
        recording = replace(recording, rank=rank, turn_at=turn_of(rank, at, _length(recording)))
    settled = replace(
        recording,
        state=advance(recording.state, to),
        changed_at=at,
        reason=reason,
        attempts=0,
        next_attempt_at=None,
        claimed_by=None,
    )
    records.save_recording(settled)
    records.touch(settled.call_sid, at)
    return settled


def _give_up_fetching(
    store: ReportStore, queue: JobQueue, recording_sid: str, at: datetime, reason: str
) -> None:
    with store.begin() as records:
        held = records.recording(recording_sid)
        if held is None or held.state is not RecordingState.ANNOUNCED:
            return
        settle(records, held, RecordingState.FAILED, at, reason=reason)
        report = records.report_of_call(held.call_sid)
    log.error("recording %s could not be had", recording_sid)
    if report is not None:
        queue.put(Job.ALERT_ON_CALL, report.reference)


def _fetch_later(
    store: ReportStore,
    queue: JobQueue,
    recording: Recording,
    at: datetime,
    patience: timedelta,
    reason: str,
) -> None:
    if at - recording.changed_at > patience:
        _give_up_fetching(store, queue, recording.recording_sid, at, reason)
        return
    with store.begin() as records:
        held = records.recording(recording.recording_sid)
        if held is None or held.state is not RecordingState.ANNOUNCED:
            return
        records.save_recording(
            replace(
                held,
                claimed_by=None,
                next_attempt_at=at + pause_after(held.attempts),
                reason=reason,
            )
        )
        records.touch(held.call_sid, at)


def urgency(recording: Recording) -> Urgency:
    """In which queue a recording waits to be written out."""
    return urgency_of(recording.rank or Rank.EARLIER)


def _rank(records: Records, recording: Recording) -> Rank:
    call = records.call(recording.call_sid)
    return rank_of(
        recording.question,
        call is None or happening_now(call).value is not False,
        alerts=call is None or call.presses,
    )
