"""What a person who listened knows better than the machine: the words, or the language they are in.

Nothing is overwritten: each correction is another version beside the others.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reports.correction import corrected
from reports.custody import recording_subject
from reports.model import (
    Act,
    ActKind,
    Recording,
    RecordingState,
    Transcript,
    TranscriptKind,
    last_of,
)
from reports.ports import Job, JobQueue, Records, ReportStore, Urgency
from reports.services.recordings import settle, urgency

LONGEST_TEXT = 20_000
"""Characters: half an hour of hurried speech."""
UNKNOWN = "und"
"""The language of words when nobody said it: 'undetermined' in BCP-47."""


class NothingWritten(ValueError):
    """A correction without words, or with more than anybody can have said."""


class NoSuchVersion(LookupError):
    """There is no such transcript of that recording."""


class NotYet(RuntimeError):
    """A machine is at work on the recording, or it is not here: nothing to be corrected yet."""


def correct(
    store: ReportStore,
    queue: JobQueue,
    *,
    recording_sid: str,
    text: str,
    of: int | None,
    who: str,
    at: datetime,
) -> bool:
    """Keeps what a named person says is said, a line a stretch of speech, as the version that
    counts. `of`: the id of the transcript that they corrected. False: they changed nothing.

    Raises:
        NothingWritten, NoSuchVersion, NotYet.
    """
    text = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    if not text or len(text) > LONGEST_TEXT:
        raise NothingWritten
    with store.begin() as records:
        recording = records.recording(recording_sid)
        report = None if recording is None else records.report_of_call(recording.call_sid)
        if recording is None or report is None:
            raise NoSuchVersion(recording_sid)
        if recording.state in (RecordingState.ANNOUNCED, RecordingState.STORED):
            raise NotYet(recording_sid)
        written = records.transcripts_of(recording_sid)
        basis = next((one for one in written if one.transcript_id == of), None)
        if of is not None and basis is None:
            raise NoSuchVersion(str(of))
        if basis is not None and basis == last_of(written) and _lines(basis) == text:
            return False
        records.add_transcript(
            Transcript(
                recording_sid=recording_sid,
                language=_language(records, recording, basis),
                language_probability=1.0,
                segments=corrected(
                    text, () if basis is None else basis.segments, recording.seconds or 0.0
                ),
                engine="",
                model="",
                made_at=at,
                kind=TranscriptKind.CORRECTION,
                made_by=who,
            )
        )
        if recording.state is not RecordingState.TRANSCRIBED:
            settle(records, recording, RecordingState.TRANSCRIBED, at, reason=None)
        records.add_act(Act(report.reference, at, who, ActKind.CORRECTED, "", recording_sid))
        records.touch(recording.call_sid, at)
    queue.put(Job.ALERT_ON_CALL, report.reference)
    return True


def hear_as(
    store: ReportStore,
    queue: JobQueue,
    *,
    recording_sid: str,
    language: str,
    who: str,
    at: datetime,
) -> None:
    """A named person says in which language a recording is, and has it written out anew.

    Raises:
        NoSuchVersion, NotYet.
    """
    with store.begin() as records:
        recording = records.recording(recording_sid)
        report = None if recording is None else records.report_of_call(recording.call_sid)
        if recording is None or report is None:
            raise NoSuchVersion(recording_sid)
        if recording.stored_at is None or recording.state is RecordingState.STORED:
            raise NotYet(recording_sid)
        before = recording.language or ""
        recording = settle(
            records,
            replace(recording, language=language, translation=None),
            RecordingState.STORED,
            at,
            reason=None,
        )
        records.add_act(
            Act(report.reference, at, who, ActKind.HEARD_AS, before, language),
            recording_subject(recording_sid),
        )
        asked: Urgency = urgency(recording)
    queue.put(Job.TRANSCRIBE_RECORDING, recording_sid, asked)


def _lines(transcript: Transcript) -> str:
    return "\n".join(" ".join(one.text.split()) for one in transcript.believed)


def _language(records: Records, recording: Recording, basis: Transcript | None) -> str:
    if basis is not None:
        return basis.language
    call = records.call(recording.call_sid)
    return recording.language or (call and call.language) or UNKNOWN
