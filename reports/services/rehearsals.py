"""Calls that nobody makes: somebody at the desk rehearses, and the line answers as it would.

A rehearsal is made here and nowhere else, for a person who has logged in. What the telephone
company says makes calls, and never one of these: their ids are known by how they begin.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from reports.custody import SYSTEM, Deed, recording_subject, report_subject
from reports.model import (
    REHEARSED,
    Call,
    CallState,
    Recording,
    RecordingState,
    Segment,
    Transcript,
    Word,
)
from reports.ports import AudioStore, Job, JobQueue, Records, ReportStore, Sealer
from reports.services.calls import RehearsalOver, end_call, number_context
from reports.services.recordings import ReadBackFailed, settle
from reports.services.texts import CallerTexts, IncomingText, Rehearsing, Reply, receive_text

A_DAY: Final = timedelta(days=1)
"""Then a rehearsal deletes itself."""
EARLIER: Final = timedelta(hours=1)
"""How long before a caller who comes back is taken to have called."""
SWEEPER: Final = f"{SYSTEM}sweeper"
TYPED: Final = "typed"
"""The engine of a transcript that somebody typed in a rehearsal, instead of speaking."""
IN_REHEARSAL: Final = "in rehearsal"
"""And its model."""
SURE: Final = 1.0
"""Nobody has to guess at what was typed."""
_FICTIONAL = re.compile(r"\+1[2-9]\d{2}55501\d{2}")


class NotFictional(ValueError):
    """A number that somebody may have: only 555-0100 to 555-0199 are nobody's
    (https://nationalnanpa.com/number_resource_info/555_numbers.html)."""


def begin_rehearsal(
    store: ReportStore,
    queue: JobQueue,
    sealer: Sealer,
    *,
    who: str,
    number: str,
    before: str | None,
    tells: bool,
    at: datetime,
) -> Call:
    """A call that rings as if from `number`; `before`: the language that the caller chose in an
    earlier call, None: they never called. `tells`: who rehearses wants the alert too.

    One person makes one call at a time: another that they left open ends.

    Raises:
        NotFictional
    """
    if not _FICTIONAL.fullmatch(number):
        raise NotFictional
    with store.read() as records:
        left = [
            call.call_sid
            for call in records.rehearsal_calls(who)
            if call.state is CallState.IN_PROGRESS
        ]
    for call_sid in left:
        end_call(store, queue, call_sid=call_sid, at=at)
    call_sid = _new_sid()
    call = Call(
        call_sid=call_sid,
        started_at=at,
        caller_number=sealer.seal(number.encode(), number_context(call_sid)),
        # Of this call alone: nobody who ever calls is taken for the same caller.
        caller_hash=sealer.fingerprint(f"rehearsal:{call_sid}"),
        rehearsed_by=who,
        rehearsal_tells=tells,
    )
    with store.begin() as records:
        if before is not None:
            records.add_call(_earlier(call, before))
        records.add_call(call)
    return call


def _earlier(call: Call, language: str) -> Call:
    """What a caller who comes back did then: chose their language and hung up."""
    then = call.started_at - EARLIER
    return replace(
        call,
        call_sid=_new_sid(),
        started_at=then,
        state=CallState.ABANDONED,
        ended_at=then,
        language=language,
        caller_number=None,
        rehearsal_tells=False,
    )


@dataclass(frozen=True, slots=True)
class RehearsedText:
    """What came of a text message that was rehearsed."""

    answer: str
    """What the line writes back; '' where it keeps silent."""
    reference: str | None
    """Of the report that it began or added to; None: of none."""


def rehearse_text(
    store: ReportStore,
    queue: JobQueue,
    sealer: Sealer,
    *,
    who: str,
    number: str,
    body: str,
    tells: bool,
    language_of: Callable[[str], str | None],
    texts: CallerTexts,
    at: datetime,
) -> RehearsedText:
    """A text message as if from `number`, which the line takes as it takes any; `language_of` and
    `texts` as in `reports.services.texts`.

    Raises:
        NotFictional
    """
    if not _FICTIONAL.fullmatch(number):
        raise NotFictional
    message_sid = _new_sid()
    reply = receive_text(
        store,
        queue,
        sealer,
        incoming=IncomingText(message_sid, number, body),
        language_of=language_of,
        at=at,
        rehearsing=Rehearsing(who, tells),
    )
    with store.read() as records:
        taken = records.text_message(message_sid)
        report = None if taken is None else records.report_of_call(taken.call_sid)
    answer = ""
    if isinstance(reply, Reply):
        answer = texts.say(reply.text, reply.language, reply.reference)
    return RehearsedText(answer, None if report is None else report.reference)


def own_rehearsal(store: ReportStore, *, call_sid: str, who: str) -> Call:
    """A rehearsal that goes on, of the one who asks.

    Raises:
        RehearsalOver
    """
    with store.read() as records:
        call = records.call(call_sid)
    if call is None or call.rehearsed_by != who or call.state is not CallState.IN_PROGRESS:
        raise RehearsalOver
    return call


def new_recording(audio: AudioStore, sound: bytes) -> str:
    """Keeps what was spoken, before anybody is told of it. Returns its id.

    Raises:
        ReadBackFailed
    """
    recording_sid = _new_sid()
    audio.put(recording_sid, sound)
    if audio.get(recording_sid) != sound:
        raise ReadBackFailed("the audio store gave back other bytes than it was given")
    return recording_sid


def take_in(
    store: ReportStore,
    queue: JobQueue,
    *,
    recording_sid: str,
    sound: bytes,
    seconds: float,
    typed: str | None,
    who: str,
    at: datetime,
) -> bool:
    """What was announced is stored here from the beginning, and no telephone company has it.
    `typed`: the words, of who cannot speak. False: it was not announced, and is not kept."""
    with store.begin() as records:
        held = records.recording(recording_sid)
        if held is None or held.state is not RecordingState.ANNOUNCED:
            return False
        sha256 = hashlib.sha256(sound).hexdigest()
        held = replace(
            held,
            seconds=seconds,
            stored_at=at,
            erased_at_provider_at=at,
            sha256=sha256,
            size=len(sound),
        )
        held = settle(records, held, RecordingState.STORED, at, reason=None)
        records.append_custody(
            at,
            who,
            Deed.RECORDING_STORED,
            recording_subject(recording_sid),
            {"sha256": sha256, "size": str(len(sound))},
        )
        if typed:
            _write_down(records, held, typed, at)
        call = records.call(held.call_sid)
        report = records.report_of_call(held.call_sid)
    if not typed:
        queue.put(Job.TRANSCRIBE_RECORDING, recording_sid)
    if report is not None and call is not None and call.tells:
        queue.put(Job.ALERT_ON_CALL, report.reference)
    return True


def _write_down(records: Records, held: Recording, typed: str, at: datetime) -> None:
    call = records.call(held.call_sid)
    seconds = held.seconds or 0.0
    words = typed.split()
    each = seconds / max(len(words), 1)
    records.add_transcript(
        Transcript(
            recording_sid=held.recording_sid,
            language=(None if call is None else call.language) or "en",
            language_probability=SURE,
            segments=(
                Segment(
                    text=typed,
                    start=0.0,
                    end=seconds,
                    words=tuple(
                        Word(f" {word}", place * each, (place + 1) * each, SURE)
                        for place, word in enumerate(words)
                    ),
                    log_probability=0.0,
                    no_speech=0.0,
                    compression=1.0,
                ),
            ),
            engine=TYPED,
            model=IN_REHEARSAL,
            made_at=at,
        )
    )
    settle(records, held, RecordingState.TRANSCRIBED, at, reason=None)


def delete_rehearsals(
    store: ReportStore,
    audio: AudioStore,
    *,
    who: str | None,
    by: str,
    at: datetime,
    begun_before: datetime | None = None,
) -> int:
    """Deletes rehearsals with all that came of them, the recordings' files too; `who`: of one
    person, None: of all. The custody log keeps that it was done, and by whom. Returns how many
    calls there were."""
    with store.read() as records:
        calls = records.rehearsal_calls(who, begun_before)
        kept = {
            each.recording_sid for call in calls for each in records.recordings_of(call.call_sid)
        }
    if not calls:
        return 0
    for recording_sid in kept:
        audio.delete(recording_sid)
    with store.begin() as records:
        calls = records.rehearsal_calls(who, begun_before)
        stored: list[str] = []
        for call in calls:
            report = records.report_of_call(call.call_sid)
            recorded = [each.recording_sid for each in records.recordings_of(call.call_sid)]
            stored += recorded
            subjects = [recording_subject(each) for each in recorded]
            if report is not None and report.call_sid == call.call_sid:
                subjects.append(report_subject(report.reference))
            for subject in subjects:
                records.append_custody(at, by, Deed.DELETED, subject, {"why": "rehearsal"})
        records.remove_rehearsals([call.call_sid for call in calls])
    for recording_sid in set(stored) - kept:
        audio.delete(recording_sid)  # came meanwhile
    return len(calls)


def _new_sid() -> str:
    return REHEARSED + secrets.token_hex(16)
