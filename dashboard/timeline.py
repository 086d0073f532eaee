"""What happened to a report, from the first ring to the last act. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dashboard.desk import Desk
from reports.model import (
    Act,
    ActKind,
    Block,
    CallerTextState,
    Dossier,
    Note,
    NotificationKind,
    NotificationState,
    RecordingState,
    TranscriptKind,
)
from reports.questions import PERSON


class Happened(StrEnum):
    CALLED = "called"
    HUNG_UP = "hung_up"
    FILED = "filed"
    RECORDED = "recorded"
    STORED = "stored"
    WRITTEN = "written"
    TRANSLATED = "translated"
    CORRECTED = "corrected"
    HEARD_AS = "heard_as"
    FIELD_SET = "field_set"
    """A person said what a field is; `about` names it."""
    FIELD_TAKEN_BACK = "field_taken_back"
    NOTE_WRITTEN = "note_written"
    NOTE_WITHDRAWN = "note_withdrawn"
    UNWRITTEN = "unwritten"
    """No words came of it: `detail` is the recording's state."""
    ERASED_AT_PROVIDER = "erased_at_provider"
    MESSAGE_SENT = "message_sent"
    MESSAGE_DELIVERED = "message_delivered"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_ACKNOWLEDGED = "message_acknowledged"
    HANDLED = "handled"
    JUDGED = "judged"
    NUMBER_SHOWN = "number_shown"
    BLOCKED = "blocked"
    """The caller was; `until` when."""
    UNBLOCKED = "unblocked"
    ADMITTED = "admitted"
    PERSON_WANTED = "person_wanted"
    WROTE = "wrote"
    TEXTED = "texted"
    NOT_TEXTED = "not_texted"
    TALK_BEGUN = "talk_begun"
    TALK_ENDED = "talk_ended"


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    what: Happened
    about: str | None = None
    """The question of a recording, the kind of a message, or a field."""
    who: str | None = None
    before: str | None = None
    after: str | None = None
    detail: str | None = None
    """The channel of a message, the engine of a transcript, the state of a recording."""
    reason: str | None = None
    until: datetime | None = None


def timeline(
    dossier: Dossier,
    desk: Desk,
    names: Mapping[str, str],
    blocks: Sequence[Block] = (),
    notes: Sequence[Note] = (),
) -> tuple[Event, ...]:
    """The last first; `names`: what organizers are called, by username; `blocks`: those that were
    made from this report, which say why; `notes`: those that organizers wrote on it."""
    events = [
        *_of_the_call(dossier),
        *_of_recordings(dossier, desk),
        *_of_texts(dossier),
        *_of_messages(dossier, names),
        *_of_acts(dossier, names, {block.at: block for block in blocks}),
        *_of_settled(dossier, names),
        *_of_notes(notes, names),
    ]
    events.sort(key=lambda event: event.at)
    return tuple(reversed(events))


def _of_the_call(dossier: Dossier) -> Iterator[Event]:
    yield Event(dossier.call.started_at, Happened.CALLED)
    yield Event(dossier.report.filed_at, Happened.FILED)
    wanted = dossier.call.answer(PERSON)
    if wanted is not None:
        yield Event(wanted.at, Happened.PERSON_WANTED)
    for talk in dossier.bridges:
        yield Event(talk.since, Happened.TALK_BEGUN)
        if talk.until is not None:
            yield Event(talk.until, Happened.TALK_ENDED)
    if dossier.call.ended_at is not None:
        yield Event(dossier.call.ended_at, Happened.HUNG_UP)


def _of_recordings(dossier: Dossier, desk: Desk) -> Iterator[Event]:
    title_of = {}
    for tape in dossier.recordings:
        title = title_of[tape.recording_sid] = desk.question_title(tape.question)
        yield Event(tape.announced_at, Happened.RECORDED, title)
        if tape.stored_at is not None:
            yield Event(tape.stored_at, Happened.STORED, title)
        if tape.erased_at_provider_at is not None and not dossier.is_rehearsal:
            yield Event(tape.erased_at_provider_at, Happened.ERASED_AT_PROVIDER, title)
        if tape.state in (
            RecordingState.NO_SPEECH,
            RecordingState.NEEDS_LISTENER,
            RecordingState.FAILED,
        ):
            yield Event(
                tape.changed_at,
                Happened.UNWRITTEN,
                title,
                detail=tape.state,
                reason=tape.reason,
            )
    for made in dossier.transcripts:
        # A correction is somebody's act, and told of as such.
        if made.kind is not TranscriptKind.CORRECTION:
            translated = made.kind is TranscriptKind.TRANSLATION
            yield Event(
                made.made_at,
                Happened.TRANSLATED if translated else Happened.WRITTEN,
                title_of[made.recording_sid],
                detail=made.engine,
            )


def _of_texts(dossier: Dossier) -> Iterator[Event]:
    for message in dossier.texts:
        if message.message_sid != dossier.call.call_sid:
            yield Event(message.at, Happened.WROTE)
    text = dossier.caller_text
    if text is not None and text.sent_at is not None:
        yield Event(text.sent_at, Happened.TEXTED)
    elif text is not None and text.state is CallerTextState.FAILED:
        yield Event(text.changed_at, Happened.NOT_TEXTED, reason=text.reason)


def _of_messages(dossier: Dossier, names: Mapping[str, str]) -> Iterator[Event]:
    for told in dossier.notifications:
        kind: NotificationKind = told.kind
        if told.sent_at is not None:
            yield Event(told.sent_at, Happened.MESSAGE_SENT, kind, detail=told.channel)
        if told.delivered_at is not None:
            yield Event(told.delivered_at, Happened.MESSAGE_DELIVERED, kind, detail=told.channel)
        if told.state is NotificationState.FAILED:
            yield Event(
                told.changed_at,
                Happened.MESSAGE_FAILED,
                kind,
                detail=told.channel,
                reason=told.reason,
            )
        if told.acknowledged_at is not None:
            who = told.acknowledged_by
            yield Event(
                told.acknowledged_at,
                Happened.MESSAGE_ACKNOWLEDGED,
                kind,
                who=None if who is None else names.get(who, who),
                detail=told.channel,
            )


_ACTS: Mapping[ActKind, Happened] = {
    ActKind.HANDLING: Happened.HANDLED,
    ActKind.VERDICT: Happened.JUDGED,
    ActKind.NUMBER_SHOWN: Happened.NUMBER_SHOWN,
    ActKind.BLOCKED: Happened.BLOCKED,
    ActKind.UNBLOCKED: Happened.UNBLOCKED,
    ActKind.ADMITTED: Happened.ADMITTED,
    ActKind.CORRECTED: Happened.CORRECTED,
    ActKind.HEARD_AS: Happened.HEARD_AS,
}


def _of_acts(
    dossier: Dossier, names: Mapping[str, str], block_made_at: Mapping[datetime, Block]
) -> Iterator[Event]:
    for act in dossier.acts:
        block = block_made_at.get(act.at) if act.kind is ActKind.BLOCKED else None
        yield Event(
            act.at,
            _ACTS[act.kind],
            who=names.get(act.who, act.who),
            before=act.before,
            after=act.after,
            reason=None if block is None else block.reason,
            until=_until(act),
        )


def _of_settled(dossier: Dossier, names: Mapping[str, str]) -> Iterator[Event]:
    for each in dossier.settled:
        yield Event(
            each.at,
            Happened.FIELD_TAKEN_BACK if each.withdrawn else Happened.FIELD_SET,
            each.field,
            who=names.get(each.who, each.who),
            reason=each.why or None,
        )


def _of_notes(notes: Sequence[Note], names: Mapping[str, str]) -> Iterator[Event]:
    """What they say stands in its own place."""
    for note in notes:
        who = names.get(note.who, note.who)
        yield Event(note.at, Happened.NOTE_WRITTEN, who=who)
        if note.withdrawn_at is not None:
            yield Event(note.withdrawn_at, Happened.NOTE_WITHDRAWN, who=who)


def _until(act: Act) -> datetime | None:
    """Until when a block that was made holds."""
    return datetime.fromisoformat(act.after) if act.kind is ActKind.BLOCKED else None
