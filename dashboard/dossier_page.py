"""What the page of one report shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from dashboard.alerts import Alerting, alerting_of
from dashboard.callers import Caller
from dashboard.covering import COVER, IN_WORDS, Covering
from dashboard.custody import Given, given
from dashboard.desk import Desk
from dashboard.facts import UNSURE_BELOW, Facts, facts_of
from dashboard.fingerprint import fingerprint
from dashboard.inbox import RunningClock, clock_of, judge_of, rehearser_of
from dashboard.incident_page import Kin
from dashboard.neighbours import Neighbour
from dashboard.notes import ShownNote, Unwritten, shown_note, unwritten_of
from dashboard.settling import SETTLEABLE, Attempt, FieldForm, form_of
from dashboard.timeline import Event, timeline
from dashboard.unanswered import Asking
from dashboard.understood import UnderstoodPage, understood_of
from reports.custody import Entry
from reports.fields.reading import Reading
from reports.model import (
    Attachment,
    Call,
    CallState,
    Dossier,
    Medium,
    Recording,
    RecordingState,
    Report,
    Segment,
    Sound,
    TextMessage,
    Transcript,
    TranscriptKind,
    Verdict,
)
from reports.model import Note as WrittenNote
from reports.spoken_notes import SpokenNote

LIKELY_LANGUAGE = 0.5
"""Probability from which on people are told that it sounds like another language."""
NOISY = 10.0
"""dB of the voices above the noise, below which words are hard to make out."""
CLIPPED = 0.01
"""Share of the sound that is cut off, above which it is distorted."""
QUIET = -45.0
"""dBFS RMS, below which the volume has to be turned up."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    text: str
    space: str
    """What stands before it: nothing in languages that leave none."""
    unsure: bool
    start: float
    end: float
    """Seconds from the start of the recording."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of speech, seconds from the start of the recording."""

    start: float
    end: float
    words: tuple[SpokenWord, ...]
    struck: str | None
    """Why it is not believed."""


@dataclass(frozen=True, slots=True)
class Text:
    """A transcript as it is shown."""

    transcript: Transcript
    language: str
    lines: tuple[Line, ...]
    unsure_words: int
    made_by: str | None
    """The name of who wrote it down; None: a machine."""
    editable: str
    """What is believed, a line a stretch of speech."""

    @property
    def right_in_ten(self) -> int | None:
        """How many words in ten are likely right, of what a machine wrote out; None: it cannot be
        said, as of a translation."""
        sureness = self.transcript.confidence
        if self.transcript.kind in (TranscriptKind.CORRECTION, TranscriptKind.TRANSLATION):
            return None
        return None if sureness is None else round(10 * sureness)


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording with its player and what was made of it."""

    recording: Recording
    title: str
    text: Text | None
    """What counts as said."""
    english: Text | None
    others: tuple[Text, ...]
    """Earlier ones, and the same in another language; the last first."""
    sounds_like: str | None
    """The language that it sounds like, where that is another than the one it was heard in."""
    faults: tuple[str, ...]
    """Of its sound: 'noisy', 'clipped', 'quiet'."""
    hear_as: tuple[tuple[str, str], ...]
    """Code and name of the languages that it may be written out in."""

    @property
    def player_version(self) -> str:
        """Once the audio is here it never changes, so a page never replaces what plays."""
        return fingerprint((self.recording.recording_sid, self.recording.sha256))

    @property
    def version(self) -> str:
        tape = self.recording
        shown = (self.text, self.english, self.others, self.sounds_like, self.faults, tape.sound)
        return fingerprint((tape.state, tape.reason, tape.translation, shown))

    @property
    def form_version(self) -> str:
        """Of the forms for putting right what the machine made of it."""
        return fingerprint((self.correctable, self.text, self.hear_as))

    @property
    def correctable(self) -> bool:
        """Whether there is something to put right, and no machine at work on it."""
        return self.recording.playable and self.recording.state is not RecordingState.STORED


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
class Spoken:
    """That a number stands in the message, and what the caller says of calling."""

    may_call: bool | None
    """By key or by words, of which a no counts more than a yes; None: not said."""
    call_when: str | None
    """In the caller's words."""


@dataclass(frozen=True, slots=True)
class DossierPage:
    report: Report
    rehearsed_by: str | None
    """The name of who rehearsed it; None: somebody called."""
    call: Call
    verdict: Verdict
    """Of the report, or else of its incident."""
    judged_by: str | None
    language: str | None
    on_the_line: bool
    facts: Facts
    understood: UnderstoodPage
    forms: tuple[FieldForm, ...]
    """Of the fields that a person may settle."""
    clock: RunningClock | None
    """Of a report that waits to be taken up, and has a clock."""
    spoken: Spoken | None
    """A telephone number in the message; None: there is none."""
    second_reader: str | None
    """Who may be asked for a second opinion."""
    tapes: tuple[Tape, ...]
    notes: tuple[Note, ...]
    alerting: Alerting
    asking: Asking | None
    """Who was told, and who is asked next."""
    events: tuple[Event, ...]
    caller: Caller
    blocked_by: str | None
    """Who made the block that is in force."""
    custody: tuple[Given, ...]
    """What the log tells of it."""
    kin: Kin
    near: tuple[Neighbour, ...]
    """Other open reports near it in place and time."""
    desk_notes: tuple[ShownNote, ...]
    unwritten_notes: tuple[Unwritten, ...]
    """What organizers wrote on it."""
    today: str

    @property
    def version(self) -> str:
        return fingerprint(self)

    @property
    def was_written(self) -> bool:
        return self.call.medium is Medium.TEXT

    @property
    def may_show_number(self) -> bool:
        """The caller said yes, nobody says that they did not, and they did not withhold it."""
        allowed = self.facts.callback_allowed.value is True and not self.must_not_call
        return allowed and self.call.caller_number is not None

    @property
    def must_not_call(self) -> bool:
        """Somebody settled that the caller is not to be called."""
        line = next((each for each in self.understood.lines if each.name == "callback"), None)
        return line is not None and line.settled is not None and False in line.settled.values

    def form(self, name: str) -> FieldForm | None:
        """Of a field; None: people do not settle it."""
        return next((each for each in self.forms if each.name == name), None)

    @property
    def to_add(self) -> tuple[FieldForm, ...]:
        """Of fields of which nothing is understood."""
        there = {line.name for line in self.understood.lines}
        return tuple(each for each in self.forms if each.name not in there)


def _without_numbers(form: FieldForm, covering: Covering) -> FieldForm:
    """What has a number in it stands in no form, covered or not: nobody is to keep covers."""
    if form.name not in IN_WORDS or form.attempt is not None:
        return form
    kept = {
        name: values
        for name, values in form.given.items()
        if all(covering.text(value) == value for value in values)
    }
    return replace(form, given=kept)


def page_of(
    dossier: Dossier,
    desk: Desk,
    names: Mapping[str, str],
    today: str,
    caller: Caller,
    custody: Sequence[Entry],
    kin: Kin,
    covering: Covering,
    near: Sequence[Neighbour] = (),
    notes: Sequence[WrittenNote] = (),
    attempt: Attempt | None = None,
    asking: Asking | None = None,
    spoken_notes: Sequence[SpokenNote] = (),
) -> DossierPage:
    """`names`: what organizers are called, by username; `today`: their date, ISO 8601; `custody`:
    what the log tells of the report; `kin`: what speaks of the same; `covering`: what covers the
    numbers in its words; `near`: what else was seen there; `notes`: of organizers; `attempt`: what
    somebody sent for a field that could not be kept; `asking`: who was told; `spoken_notes`: of
    organizers, by telephone."""
    reading = desk.reader.read(dossier)
    number_spoken = covering.covers(dossier)
    lines = {each.transcript_id: covering.text(lines_of(each)) for each in dossier.transcripts}
    dossier = covering.dossier(dossier)
    return DossierPage(
        report=dossier.report,
        rehearsed_by=rehearser_of(dossier, names),
        call=dossier.call,
        verdict=dossier.verdict,
        judged_by=judge_of(dossier, names),
        language=desk.language_name(dossier.call.language),
        on_the_line=dossier.call.state is CallState.IN_PROGRESS,
        facts=facts_of(dossier),
        understood=understood_of(reading, covering, names),
        forms=tuple(
            _without_numbers(
                form_of(name, dossier, reading.understanding, desk.zone, names, attempt), covering
            )
            for name in SETTLEABLE
        ),
        clock=clock_of(dossier, reading.rank, desk),
        spoken=_spoken(reading, covering) if number_spoken else None,
        second_reader=None if desk.second_reader is None else desk.second_reader.name,
        tapes=tuple(
            _tape(recording, dossier, desk, names, lines) for recording in dossier.recordings
        ),
        notes=tuple(_note(message, dossier) for message in dossier.texts),
        alerting=alerting_of(dossier.notifications),
        asking=asking,
        events=timeline(dossier, desk, names, caller.made_here, notes),
        caller=caller,
        blocked_by=None if caller.block is None else names.get(caller.block.who, caller.block.who),
        custody=tuple(given(entry, dossier, desk, names) for entry in custody),
        kin=kin,
        near=tuple(near),
        desk_notes=tuple(shown_note(each, names, covering, spoken_notes) for each in notes),
        unwritten_notes=unwritten_of(spoken_notes, names),
        today=today,
    )


def _spoken(reading: Reading, covering: Covering) -> Spoken:
    found = reading.understanding
    when = None if found.call_when is None else covering.text(found.call_when.value)
    said = found.callback.said
    # A no counts more than a yes, by key or by words.
    refused = found.callback.value is False or (said is not None and not said.value)
    return Spoken(False if refused else found.callback.value, when)


def _note(message: TextMessage, dossier: Dossier) -> Note:
    return Note(
        message=message,
        attachments=tuple(
            each for each in dossier.attachments if each.message_sid == message.message_sid
        ),
        perhaps_of=None if message.mentions == dossier.report.reference else message.mentions,
    )


def lines_of(transcript: Transcript) -> str:
    """What is believed, as people put it right: a line a stretch of speech."""
    return "\n".join(segment.text.strip() for segment in transcript.believed)


def _tape(
    recording: Recording,
    dossier: Dossier,
    desk: Desk,
    names: Mapping[str, str],
    lines: Mapping[int | None, str],
) -> Tape:
    """`lines`: of each transcript, for whoever puts it right."""

    def text(one: Transcript) -> Text:
        return _text(one, desk, names, lines[one.transcript_id])

    sid = recording.recording_sid
    said, english = dossier.transcript(sid), dossier.translation(sid)
    heard_in = said.language if said else recording.language or dossier.call.language
    return Tape(
        recording=recording,
        title=desk.question_title(recording.question),
        text=None if said is None else text(said),
        english=None if english is None else text(english),
        others=tuple(
            text(one)
            for one in reversed(dossier.transcripts)
            if one.recording_sid == sid and one not in (said, english)
        ),
        sounds_like=_sounds_like(recording, heard_in, desk),
        faults=() if recording.sound is None else _faults(recording.sound),
        hear_as=tuple(
            (code, desk.language_names.get(code, code))
            for code in desk.written_out
            if recording.playable and code != _primary(heard_in)
        ),
    )


def _sounds_like(recording: Recording, heard_in: str | None, desk: Desk) -> str | None:
    likely = recording.detected_probability or 0.0
    if likely < LIKELY_LANGUAGE or recording.detected == _primary(heard_in):
        return None
    return desk.language_name(recording.detected)


def _primary(language: str | None) -> str | None:
    return language and language.partition("-")[0].lower()


def _faults(sound: Sound) -> tuple[str, ...]:
    found = {
        "noisy": sound.snr is not None and sound.snr < NOISY,
        "clipped": sound.clipped > CLIPPED,
        "quiet": sound.level.rms < QUIET,
    }
    return tuple(fault for fault, there in found.items() if there)


def _text(transcript: Transcript, desk: Desk, names: Mapping[str, str], editable: str) -> Text:
    lines = tuple(_line(segment) for segment in transcript.segments)
    return Text(
        transcript=transcript,
        language=desk.language_names.get(transcript.language, transcript.language),
        lines=lines,
        unsure_words=sum(
            word.unsure for line in lines if line.struck is None for word in line.words
        ),
        made_by=transcript.made_by and names.get(transcript.made_by, transcript.made_by),
        editable=editable,
    )


def _line(segment: Segment) -> Line:
    if not segment.words:
        # An engine that times no words: of the text as a whole nothing is known to be unsure.
        words: tuple[SpokenWord, ...] = (
            SpokenWord(segment.text.strip(), "", False, segment.start, segment.end),
        )
    else:
        words = tuple(
            SpokenWord(
                text=word.text.strip(),
                space=" " if word.text[:1].isspace() else "",
                unsure=word.sureness < UNSURE_BELOW,
                start=word.start,
                end=word.end,
            )
            for word, behind in zip_longest(segment.words, segment.words[1:])
            # A number is covered once, however many words it has.
            if word.text.strip() != COVER
            or behind is None
            or not behind.text.strip().startswith(COVER)
        )
    return Line(segment.start, segment.end, words, segment.struck)
