"""What the page of one report shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.alerts import Alerting, alerting_of
from dashboard.callers import Caller
from dashboard.desk import Desk
from dashboard.facts import UNSURE_BELOW, Facts, facts_of
from dashboard.fingerprint import fingerprint
from dashboard.inbox import judge_of
from dashboard.timeline import Event, timeline
from reports.model import (
    Attachment,
    Call,
    CallState,
    Dossier,
    Medium,
    Recording,
    Report,
    Segment,
    TextMessage,
    Transcript,
)


@dataclass(frozen=True, slots=True)
class SpokenWord:
    text: str
    space: str
    """What stands before it: nothing in languages that leave none."""
    unsure: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of speech, seconds from the start of the recording."""

    start: float
    end: float
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A transcript as it is shown."""

    transcript: Transcript
    language: str
    lines: tuple[Line, ...]
    unsure_words: int


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording with its player and what was made of it, the last transcript first."""

    recording: Recording
    title: str
    texts: tuple[Text, ...]

    @property
    def player_version(self) -> str:
        """Once the audio is here it never changes, so a page never replaces what plays."""
        return fingerprint((self.recording.recording_sid, self.recording.sha256))

    @property
    def version(self) -> str:
        tape = self.recording
        return fingerprint((tape.state, tape.reason, tape.erased_at_provider_at, self.texts))


@dataclass(frozen=True, slots=True)
class Note:
    """A text message with what came with it."""

    message: TextMessage
    attachments: tuple[Attachment, ...]
    perhaps_of: str | None
    """Another report's reference, with which it begins; or the number of a house."""

    @property
    def version(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True, slots=True)
class DossierPage:
    report: Report
    call: Call
    judged_by: str | None
    language: str | None
    on_the_line: bool
    facts: Facts
    tapes: tuple[Tape, ...]
    notes: tuple[Note, ...]
    alerting: Alerting
    events: tuple[Event, ...]
    caller: Caller
    blocked_by: str | None
    """Who made the block that is in force."""
    today: str

    @property
    def version(self) -> str:
        return fingerprint(self)

    @property
    def was_written(self) -> bool:
        return self.call.medium is Medium.TEXT

    @property
    def may_show_number(self) -> bool:
        """The caller said yes, and did not withhold the number."""
        return self.facts.callback_allowed.value is True and self.call.caller_number is not None


def page_of(
    dossier: Dossier, desk: Desk, names: Mapping[str, str], today: str, caller: Caller
) -> DossierPage:
    """`names`: what organizers are called, by username; `today`: their date, ISO 8601."""
    return DossierPage(
        report=dossier.report,
        call=dossier.call,
        judged_by=judge_of(dossier, names),
        language=desk.language_name(dossier.call.language),
        on_the_line=dossier.call.state is CallState.IN_PROGRESS,
        facts=facts_of(dossier),
        tapes=tuple(_tape(recording, dossier, desk) for recording in dossier.recordings),
        notes=tuple(_note(message, dossier) for message in dossier.texts),
        alerting=alerting_of(dossier.notifications),
        events=timeline(dossier, desk, names, caller.made_here),
        caller=caller,
        blocked_by=None if caller.block is None else names.get(caller.block.who, caller.block.who),
        today=today,
    )


def _note(message: TextMessage, dossier: Dossier) -> Note:
    return Note(
        message=message,
        attachments=tuple(
            each for each in dossier.attachments if each.message_sid == message.message_sid
        ),
        perhaps_of=None if message.mentions == dossier.report.reference else message.mentions,
    )


def _tape(recording: Recording, dossier: Dossier, desk: Desk) -> Tape:
    return Tape(
        recording=recording,
        title=desk.question_title(recording.question),
        texts=tuple(
            _text(transcript, desk)
            for transcript in reversed(dossier.transcripts)
            if transcript.recording_sid == recording.recording_sid
        ),
    )


def _text(transcript: Transcript, desk: Desk) -> Text:
    lines = tuple(_line(segment) for segment in transcript.segments)
    return Text(
        transcript=transcript,
        language=desk.language_names.get(transcript.language, transcript.language),
        lines=lines,
        unsure_words=sum(word.unsure for line in lines for word in line.words),
    )


def _line(segment: Segment) -> Line:
    if not segment.words:
        # An engine that times no words: of the text as a whole nothing is known to be unsure.
        words: tuple[SpokenWord, ...] = (SpokenWord(segment.text.strip(), "", unsure=False),)
    else:
        words = tuple(
            SpokenWord(
                text=word.text.strip(),
                space=" " if word.text[:1].isspace() else "",
                unsure=word.probability < UNSURE_BELOW,
            )
            for word in segment.words
        )
    return Line(segment.start, segment.end, words)
