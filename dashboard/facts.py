"""What is known of a report, as people are shown it: a value with its source, or why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from reports.fields import family_taken, report_fields
from reports.model import Call, Dossier, Field, KeySource, RecordingState, Source, WordsSource
from reports.questions import (
    CALLBACK,
    DO_NOT_KNOW,
    FAMILY,
    OFFICERS,
    STILL_THERE,
    WHAT,
    WHEN,
    WHERE,
)

UNSURE_BELOW = 0.5
"""Words that were heard with less probability are marked as unsure."""


class Standing(StrEnum):
    """Why a fact has the value that it has, or none."""

    KNOWN = "known"
    DOES_NOT_KNOW = "does_not_know"
    """The caller was asked and pressed the key for it."""
    UNREADABLE = "unreadable"
    """Keys were pressed that mean nothing here."""
    UNANSWERED = "unanswered"
    """Asked; no key was pressed."""
    NOT_ASKED = "not_asked"
    FAMILY_TAKEN = "family_taken"
    """Not when, but that a family member was taken is what the caller said."""
    COMING = "coming"
    """Recorded; the audio is not here yet."""
    UNWRITTEN = "unwritten"
    """The audio is here, the words are not yet."""
    NO_SPEECH = "no_speech"
    NEEDS_LISTENER = "needs_listener"
    FAILED = "failed"


Value = bool | int | str | datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known. `question` is the one whose answer it is."""

    name: str
    question: str
    standing: Standing
    value: Value | None = None
    source: Source | None = None
    confidence: float = 0.0
    digits: str = ""
    """The keys pressed, '' for none."""
    reason: str | None = None
    """Why a recording gave no words."""
    recording_sid: str | None = None
    """The recording to listen to."""
    playable: bool = False

    @property
    def unsure(self) -> bool:
        return self.standing is Standing.KNOWN and self.confidence < UNSURE_BELOW

    @property
    def words(self) -> WordsSource | None:
        """The seconds to play, when the value was spoken."""
        return self.source if isinstance(self.source, WordsSource) else None


@dataclass(frozen=True, slots=True)
class Facts:
    """In the order in which organizers ask for them."""

    happening_now: Fact
    place: Fact
    still_there: Fact
    officers: Fact
    seen_at: Fact
    account: Fact
    callback_allowed: Fact


def facts_of(dossier: Dossier) -> Facts:
    """All facts of a report."""
    fields = report_fields(dossier)
    call = dossier.call
    return Facts(
        happening_now=_when(fields.happening_now, call),
        place=_spoken("place", WHERE, fields.place, dossier),
        still_there=_pressed("still_there", STILL_THERE, fields.still_there, call),
        officers=_pressed("officers", OFFICERS, fields.officers, call),
        seen_at=_timed(fields.seen_at, call),
        account=_spoken("account", FAMILY if family_taken(call) else WHAT, fields.account, dossier),
        callback_allowed=_pressed("callback_allowed", CALLBACK, fields.callback_allowed, call),
    )


def _pressed(name: str, question: str, field: Field[bool] | Field[int], call: Call) -> Fact:
    answer = call.answer(question)
    digits = "" if answer is None else answer.digits
    if field.value is not None:
        standing = Standing.KNOWN
    elif answer is None:
        standing = Standing.NOT_ASKED
    elif not digits:
        standing = Standing.UNANSWERED
    elif digits == DO_NOT_KNOW and isinstance(field.source, KeySource):
        standing = Standing.DOES_NOT_KNOW
    else:
        standing = Standing.UNREADABLE
    return Fact(
        name, question, standing, field.value, field.source, field.confidence, digits=digits
    )


def _when(field: Field[bool], call: Call) -> Fact:
    fact = _pressed("happening_now", WHEN, field, call)
    return replace(fact, standing=Standing.FAMILY_TAKEN) if family_taken(call) else fact


def _timed(field: Field[datetime], call: Call) -> Fact:
    standing = Standing.NOT_ASKED if field.value is None else Standing.KNOWN
    answer = call.answer(WHEN)
    digits = "" if answer is None else answer.digits
    return Fact(
        "seen_at", WHEN, standing, field.value, field.source, field.confidence, digits=digits
    )


_WITHOUT_WORDS = {
    RecordingState.ANNOUNCED: Standing.COMING,
    RecordingState.STORED: Standing.UNWRITTEN,
    RecordingState.TRANSCRIBED: Standing.NO_SPEECH,
    RecordingState.NO_SPEECH: Standing.NO_SPEECH,
    RecordingState.NEEDS_LISTENER: Standing.NEEDS_LISTENER,
    RecordingState.FAILED: Standing.FAILED,
}


def _spoken(name: str, question: str, field: Field[str], dossier: Dossier) -> Fact:
    recording = dossier.recording(question)
    if recording is None:
        standing = Standing.NOT_ASKED if field.value is None else Standing.KNOWN
        return Fact(name, question, standing, field.value, field.source, field.confidence)
    known = field.value is not None
    return Fact(
        name,
        question,
        Standing.KNOWN if known else _WITHOUT_WORDS[recording.state],
        field.value,
        field.source,
        field.confidence,
        reason=recording.reason,
        recording_sid=recording.recording_sid,
        playable=recording.playable,
    )
