"""The nouns of the line and the states each may be in.

Everything here is frozen and pure: a change of state makes a new value, and `advance` is the one
place that says which changes are legal. Times are aware and in UTC. Durations are in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from reports.observing import Finding


class IllegalTransition(ValueError):
    """A state was asked to follow another that it may not follow."""


class Medium(StrEnum):
    """By which a report reached the line."""

    VOICE = "voice"
    TEXT = "text"


class CallState(StrEnum):
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    """Ended before anything was said or pressed that makes a report."""


class RecordingState(StrEnum):
    ANNOUNCED = "announced"
    """The provider says it exists; we do not hold the audio yet."""
    STORED = "stored"
    """Encrypted, hashed, read back: ours."""
    TRANSCRIBED = "transcribed"
    NO_SPEECH = "no_speech"
    NEEDS_LISTENER = "needs_listener"
    """A machine cannot be trusted with it: a person must hear it."""
    FAILED = "failed"
    """The audio could not be had. The report says so; a person may have it tried again."""


class Rank(StrEnum):
    """Which recordings are written out before others, from the first to the last."""

    PLACE_NOW = "place_now"
    """Where something is that may be happening now."""
    DETAILS_NOW = "details_now"
    EARLIER = "earlier"
    LIMITED = "limited"
    """Of a caller of whom nobody is told by itself."""


class TranslationState(StrEnum):
    """Of a recording's machine translation into English."""

    WANTED = "wanted"
    MADE = "made"
    FAILED = "failed"


class AttachmentState(StrEnum):
    ANNOUNCED = "announced"
    """The provider says it exists; we do not hold it yet."""
    STORED = "stored"
    """Encrypted, hashed, read back: ours."""
    REFUSED = "refused"
    """Of a kind, or a size, that is not taken: never fetched, and left at the provider."""
    FAILED = "failed"
    """It could not be had."""


class CallerTextState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """Handed to the provider, which has not answered."""
    SENT = "sent"
    FAILED = "failed"


class Handling(StrEnum):
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in_review"
    CLOSED = "closed"


class Verdict(StrEnum):
    UNVERIFIED = "unverified"
    CONFIRMED = "confirmed"
    FALSE_ALARM = "false_alarm"
    NOT_ENFORCEMENT = "not_enforcement"
    UNABLE_TO_VERIFY = "unable_to_verify"


class NotificationState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """Handed to a channel; the provider has not said how it ended."""
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"
    """Not sent by itself: there are many, and it is to go out with others, as one message."""
    BUNDLED = "bundled"
    """It went out in another, `bundled_in`, and that one says what became of it."""


class Tier(StrEnum):
    """Who is told, one after the other, until somebody answers."""

    FIRST = "first"
    """Who is on shift as primary, and who hears the language."""
    BACKUP = "backup"
    EVERYBODY = "everybody"
    EMERGENCY = "emergency"


class NotificationKind(StrEnum):
    ALERT = "alert"
    """The first word of a report: keys only, no transcript."""
    UPDATE = "update"
    """The one that follows, with the place in the caller's words."""
    ADDITION = "addition"
    """Somebody added to the report in a later call."""
    REMINDER = "reminder"
    """Nobody has taken the report up in time."""
    TAKEN_UP = "taken_up"
    """Somebody has it: for the others who were told."""
    VERDICT = "verdict"
    """A named person said what is true of it."""
    LEFT = "left"
    """They are not there any more, as somebody says."""
    CORROBORATED = "corroborated"
    """A third independent caller speaks of the same."""
    BUNDLE = "bundle"
    """The first word of several reports at once, where there are many."""
    OBSERVE = "observe"
    """Somebody is asked to go and see: `about` is the id of the ask."""
    OBSERVED = "observed"
    """To who was asked: that they need not go any more, or shall after all."""


class Admission(StrEnum):
    """How a call was let in, from the gentlest to the strictest. Each leads to a recorder."""

    NORMAL = "normal"
    FLOOD = "flood"
    """The whole line is flooded: a short script; told of like any other."""
    LIMITED = "limited"
    """Too many calls from there: a short script, and nobody is rung or texted for it by itself."""
    BLOCKED = "blocked"
    """A person blocked the caller: as limited."""

    @property
    def short(self) -> bool:
        """Whether the caller hears the short script."""
        return self is not Admission.NORMAL

    @property
    def alerts(self) -> bool:
        """Whether people are rung and texted for it without anybody's doing."""
        return self in (Admission.NORMAL, Admission.FLOOD)


class Attestation(StrEnum):
    """What the telephone companies say of the number that calls (STIR/SHAKEN, ATIS-1000074).

    Shown to people, and never a ground for refusing anything: many honest calls have none.
    """

    FULL = "full"
    """The caller's company knows them, and that the number is theirs."""
    PARTIAL = "partial"
    """It knows them, and not whether the number is theirs."""
    GATEWAY = "gateway"
    """It only knows from which other network the call came."""
    FAILED = "failed"
    """What was said of the number could not be proven."""


class FloodMode(StrEnum):
    AUTO = "auto"
    """Flooded when many call, and no longer when few do."""
    ON = "on"
    OFF = "off"


State = (
    CallState
    | RecordingState
    | TranslationState
    | AttachmentState
    | CallerTextState
    | Handling
    | Verdict
    | NotificationState
)

# By kind of state first: members of different enumerations with the same text are equal.
_LEGAL: Mapping[type[State], Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        CallState: {
            CallState.IN_PROGRESS: frozenset({CallState.COMPLETED, CallState.ABANDONED}),
            CallState.COMPLETED: frozenset(),
            # A recording may be announced after the status callback that ended the call.
            CallState.ABANDONED: frozenset({CallState.COMPLETED}),
        },
        RecordingState: {
            RecordingState.ANNOUNCED: frozenset({RecordingState.STORED, RecordingState.FAILED}),
            RecordingState.STORED: frozenset(
                {
                    RecordingState.TRANSCRIBED,
                    RecordingState.NO_SPEECH,
                    RecordingState.NEEDS_LISTENER,
                }
            ),
            # A person heard that it is in another language, and has it written out anew.
            RecordingState.TRANSCRIBED: frozenset({RecordingState.STORED}),
            # Likewise; or they heard more in it than the machine did, and wrote it down.
            RecordingState.NO_SPEECH: frozenset(
                {RecordingState.STORED, RecordingState.TRANSCRIBED}
            ),
            # Likewise; or another try, once whatever stopped the machine or the provider is mended.
            RecordingState.NEEDS_LISTENER: frozenset(
                {RecordingState.STORED, RecordingState.TRANSCRIBED}
            ),
            RecordingState.FAILED: frozenset({RecordingState.ANNOUNCED}),
        },
        TranslationState: {
            TranslationState.WANTED: frozenset({TranslationState.MADE, TranslationState.FAILED}),
            # Of other words: somebody corrected them, or the recording was written out again.
            TranslationState.MADE: frozenset({TranslationState.WANTED}),
            TranslationState.FAILED: frozenset({TranslationState.WANTED}),
        },
        AttachmentState: {
            AttachmentState.ANNOUNCED: frozenset(
                {AttachmentState.STORED, AttachmentState.REFUSED, AttachmentState.FAILED}
            ),
            AttachmentState.STORED: frozenset(),
            AttachmentState.REFUSED: frozenset(),
            AttachmentState.FAILED: frozenset(),
        },
        CallerTextState: {
            CallerTextState.PENDING: frozenset({CallerTextState.SENDING, CallerTextState.FAILED}),
            CallerTextState.SENDING: frozenset(
                {CallerTextState.PENDING, CallerTextState.SENT, CallerTextState.FAILED}
            ),
            CallerTextState.SENT: frozenset(),
            CallerTextState.FAILED: frozenset(),
        },
        # People may take back what they did: each can follow every other.
        Handling: {one: frozenset(Handling) - {one} for one in Handling},
        Verdict: {one: frozenset(Verdict) - {one} for one in Verdict},
        NotificationState: {
            NotificationState.PENDING: frozenset({NotificationState.SENDING}),
            # Or its words made it too grave to wait for others.
            NotificationState.HELD: frozenset(
                {NotificationState.BUNDLED, NotificationState.PENDING}
            ),
            NotificationState.BUNDLED: frozenset(),
            NotificationState.SENDING: frozenset(
                {
                    NotificationState.PENDING,
                    NotificationState.DELIVERED,
                    NotificationState.FAILED,
                }
            ),
            NotificationState.DELIVERED: frozenset(),
            NotificationState.FAILED: frozenset({NotificationState.PENDING}),
        },
    }
)

S = TypeVar(
    "S",
    CallState,
    RecordingState,
    TranslationState,
    AttachmentState,
    CallerTextState,
    Handling,
    Verdict,
    NotificationState,
)


def advance(now: S, to: S) -> S:
    """The state `to`, if it may follow `now`.

    Raises:
        IllegalTransition: it may not; also when both are the same.
    """
    if to not in _LEGAL[type(now)][now]:
        raise IllegalTransition(f"{type(now).__name__} {now} may not become {to}")
    return to


# --- The call -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """The keys pressed at one question of the script ('' when the caller pressed none)."""

    question: str
    digits: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One telephone call, or what somebody wrote in text messages: then `call_sid` is the first
    one's MessageSid, and the call is complete from the beginning.

    `caller_number` is sealed (see `keeping.sealing`) and `caller_hash` is keyed: the number itself
    stands nowhere in the database. Both are None when the caller withheld it.
    """

    call_sid: str
    started_at: datetime
    state: CallState = CallState.IN_PROGRESS
    ended_at: datetime | None = None
    language: str | None = None
    """BCP-47 code that the caller chose; None while not chosen, or never."""
    caller_number: bytes | None = None
    caller_hash: str | None = None
    medium: Medium = Medium.VOICE
    admission: Admission = Admission.NORMAL
    attestation: Attestation | None = None
    """None: nobody said anything of the number."""
    check_passed: bool | None = None
    """Whether they pressed the digits that they were told, in a flood; None: not asked."""
    adds_to: str | None = None
    """The reference of the earlier report that the caller called to add to."""
    rehearsed_by: str | None = None
    """The username of who rehearses: nobody called. Said when the row is made and never after, so
    that no call becomes a rehearsal, nor a rehearsal a call. None: it is a call."""
    rehearsal_tells: bool = False
    """Whether they want the alert of their rehearsal themselves."""
    answers: tuple[Answer, ...] = ()

    @property
    def is_rehearsal(self) -> bool:
        return self.rehearsed_by is not None

    @property
    def tells(self) -> bool:
        """Whether anybody is told of it without anybody's doing; of a rehearsal who rehearses."""
        return self.admission.alerts and (not self.is_rehearsal or self.rehearsal_tells)

    @property
    def presses(self) -> bool:
        """Whether it is worth people's nights and machines' minutes: others are asked where nobody
        takes it up, and it is written out before what has time."""
        return self.admission.alerts and not self.is_rehearsal

    def answer(self, question: str) -> Answer | None:
        """What was pressed at `question`, None when it was not reached."""
        return next((given for given in self.answers if given.question == question), None)


REHEARSED: Final = "rehearsal-"
"""How the ids of rehearsals begin, of calls and recordings: no telephone company's do."""


def is_rehearsal_sid(sid: str) -> bool:
    return sid.startswith(REHEARSED)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Somebody on shift pressed the key and talks, or talked, with a caller."""

    call_sid: str
    """Of the caller."""
    person_hash: str
    """Keyed, of the number that was rung."""
    since: datetime
    until: datetime | None = None
    """None while they talk."""


# --- What was recorded ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds from the start of the recording."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a sound is, in dBFS: 0 is as loud as can be, -120 nothing at all."""

    peak: float
    rms: float


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was pressed (DTMF), as it is heard in a recording."""

    span: Span
    digit: str
    """0 to 9, A to D, * or #."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What can be said of a recording by measuring it."""

    level: Level
    clipped: float
    """Share of the samples, 0 to 1, that were cut off at a ceiling, wherever that lies."""
    noise: float
    """dBFS of what is heard between the voices; -120 if nothing is."""
    snr: float | None
    """dB by which the voices are louder than that; None without a voice."""
    speech_seconds: float
    """Seconds in which there may be a voice."""
    keys: tuple[Key, ...]
    """In order."""
    beeps: tuple[Span, ...]
    """Where there is nothing but a steady tone, or two: the beep of a recorder, a busy line."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of a call, keyed by the provider's RecordingSid."""

    recording_sid: str
    call_sid: str
    question: str
    """The id of the script's question that it answers, such as 'where'."""
    announced_at: datetime
    changed_at: datetime
    """When it last changed state."""
    state: RecordingState = RecordingState.ANNOUNCED
    seconds: float | None = None
    stored_at: datetime | None = None
    sha256: str | None = None
    """Of the bytes as the provider delivered them, hexadecimal."""
    size: int | None = None
    """Of the same bytes."""
    erased_at_provider_at: datetime | None = None
    reason: str | None = None
    """Why it is in `no_speech`, `needs_listener` or `failed`; a short phrase for people."""
    attempts: int = 0
    """How often the work that its state waits for has been begun."""
    next_attempt_at: datetime | None = None
    """Not before this; None: at once."""
    claimed_by: str | None = None
    """The worker at work on it."""
    rank: Rank | None = None
    """None while it does not wait to be written out, nor did."""
    turn_at: datetime | None = None
    """When it is due to be written out: those with the earliest turn go first."""
    language: str | None = None
    """BCP-47 code of what a person who listened said it is; None: nobody did."""
    detected: str | None = None
    """The language that a machine thinks most likely, whatever was chosen; None: none was asked."""
    detected_probability: float | None = None
    sound: Sound | None = None
    """None while it was not measured."""
    translation: TranslationState | None = None
    """Of its words into English; None: none is wanted."""

    @property
    def playable(self) -> bool:
        return self.stored_at is not None


@dataclass(frozen=True, slots=True)
class Word:
    """A word as heard: seconds from the start of the recording, probability 0 to 1.

    `text` begins with the space that stands before it, where the language writes one.
    """

    text: str
    start: float
    end: float
    probability: float
    """As the engine itself has it: it trusts itself too much."""
    confidence: float | None = None
    """The same made honest: of words with 0.8, eight in ten are right. None: not worked out, or a
    person wrote it."""

    @property
    def sureness(self) -> float:
        """The best there is to say how likely it is right, 0 to 1."""
        return self.probability if self.confidence is None else self.confidence


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech: seconds from the start of the recording.

    `log_probability` is the mean over its tokens (at most 0), `no_speech` the probability (0 to 1)
    that it holds none, `compression` the gzip ratio of its text: Whisper's own measures (Radford et
    al., 'Robust Speech Recognition via Large-Scale Weak Supervision', 2022, section 4.5).
    """

    text: str
    start: float
    end: float
    words: tuple[Word, ...]
    log_probability: float
    no_speech: float
    compression: float
    struck: str | None = None
    """Why it is not believed, a short phrase for people; kept to be seen, and counted nowhere."""

    @property
    def confidence(self) -> float | None:
        """Share of its words that are likely right, 0 to 1; None where no word was timed."""
        return mean_sureness((self,))


def mean_sureness(segments: Iterable[Segment]) -> float | None:
    """Share of the words that are likely right, 0 to 1; None where no word was timed."""
    words = [word.sureness for segment in segments for word in segment.words]
    return sum(words) / len(words) if words else None


class TranscriptKind(StrEnum):
    MACHINE = "machine"
    """What the caller said, as a machine heard it."""
    RIVAL = "rival"
    """The same in another language: which one it is, is in doubt, and this was the worse try."""
    TRANSLATION = "translation"
    """A machine's, into English. It stands beside the caller's words and never for them."""
    CORRECTION = "correction"
    """What a person made of it, having listened."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was made of one recording. Never changed: another try is another transcript, and so is
    a correction."""

    recording_sid: str
    language: str
    """BCP-47 code of the text."""
    language_probability: float
    """How likely that was spoken, 0 to 1, as the engine detects it beside what the caller chose."""
    segments: tuple[Segment, ...]
    engine: str
    """Empty of a correction, as is the model."""
    model: str
    made_at: datetime
    kind: TranscriptKind = TranscriptKind.MACHINE
    made_by: str | None = None
    """The username of who corrected it; None: a machine made it."""
    transcript_id: int | None = None
    """None while it is not in the database."""

    @property
    def believed(self) -> tuple[Segment, ...]:
        """The segments that were not struck out."""
        return tuple(segment for segment in self.segments if segment.struck is None)

    @property
    def text(self) -> str:
        """What is believed."""
        return " ".join(segment.text.strip() for segment in self.believed).strip()

    @property
    def confidence(self) -> float | None:
        """Share of the believed words that are likely right; None where there are none timed."""
        return mean_sureness(self.believed)


def last_of(transcripts: Sequence[Transcript]) -> Transcript | None:
    """Of the transcripts of one recording, in the order in which they were made, the one that
    counts: the last that a person wrote down or, where none did, that a machine did."""
    for kind in (TranscriptKind.CORRECTION, TranscriptKind.MACHINE):
        for one in reversed(transcripts):
            if one.kind is kind:
                return one
    return None


# --- What was written -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One text message to the line, word for word, keyed by the provider's MessageSid."""

    message_sid: str
    call_sid: str
    """What it belongs to: the texts of one person about one thing, or a call that it adds to."""
    at: datetime
    body: str
    sender_hash: str | None = None
    """Keyed, as a call's `caller_hash`."""
    mentions: str | None = None
    """The reference of a report that it begins with. Not always the one that it belongs to: it may
    as well be the number of a house."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or sound that came with a text message, keyed by the provider's MediaSid."""

    media_sid: str
    message_sid: str
    call_sid: str
    content_type: str
    """As the provider said it, such as 'image/jpeg'."""
    announced_at: datetime
    changed_at: datetime
    state: AttachmentState = AttachmentState.ANNOUNCED
    stored_at: datetime | None = None
    sha256: str | None = None
    """Of the bytes as the provider delivered them, hexadecimal."""
    size: int | None = None
    """Of the same bytes."""
    erased_at_provider_at: datetime | None = None
    reason: str | None = None
    """Why it is not stored (yet); a short phrase for people."""
    attempts: int = 0
    next_attempt_at: datetime | None = None
    """Not before this; None: at once."""

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_sound(self) -> bool:
        return self.content_type.startswith("audio/")


@dataclass(frozen=True, slots=True)
class CallerText:
    """The reference by text message to a caller who asked for it: the intent, then what came of it.

    One a call. The number stays sealed in the call's row.
    """

    call_sid: str
    asked_at: datetime
    changed_at: datetime
    state: CallerTextState = CallerTextState.PENDING
    attempts: int = 0
    next_attempt_at: datetime | None = None
    provider_id: str | None = None
    """MessageSid, once the provider has taken it."""
    sent_at: datetime | None = None
    reason: str | None = None
    """Why it was not sent (yet); a short phrase for people, without addresses."""


# --- The report -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """What an organizer vets: known to people by its `reference`, four digits or more."""

    reference: str
    call_sid: str
    filed_at: datetime
    changed_at: datetime
    """When anything about it last changed: call, recording, transcript, review or notification."""
    handling: Handling = Handling.NEW
    verdict: Verdict = Verdict.UNVERIFIED


SPOKEN: Final = "spoken"
"""Of a number that was shown: it was spoken, or written, in the message."""


class ActKind(StrEnum):
    HANDLING = "handling"
    VERDICT = "verdict"
    NUMBER_SHOWN = "number_shown"
    """They had the caller's number shown to them: nothing changes, and before and after are empty.
    Or, where after is `SPOKEN`, the numbers in the message."""
    BLOCKED = "blocked"
    """They blocked the caller: after is until when."""
    UNBLOCKED = "unblocked"
    """They undid a block that was made from this report: before is until when it had to hold."""
    ADMITTED = "admitted"
    """They had a limited call told of like any other: from one admission to another."""
    CORRECTED = "corrected"
    """They wrote down what is said in a recording: before and after are empty, for the words stand
    in the transcripts."""
    HEARD_AS = "heard_as"
    """They said which language a recording is in: from one code, or none, to another."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a named person did with a report, and when. Only ever added."""

    reference: str
    at: datetime
    who: str
    kind: ActKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a named person says that one field of a report is, or that they say nothing of it any
    more. Only ever added: the last of a field counts."""

    reference: str
    field: str
    """As `reports.fields.settled` names it."""
    value: Any
    """Plain, ready for JSON; None or an empty list: there is nothing, whatever was pressed or
    heard."""
    who: str
    at: datetime
    why: str = ""
    withdrawn: bool = False
    """They took back what was settled: keys and words count again."""
    settlement_id: int | None = None
    """None while it is not in the database."""


@dataclass(frozen=True, slots=True)
class Note:
    """What an organizer wrote on a report, for the other organizers: it stays among them. Only ever
    added; whoever wrote it may withdraw it, and it stays, as withdrawn."""

    reference: str
    body: str
    who: str
    at: datetime
    withdrawn_at: datetime | None = None
    note_id: int | None = None
    """None while it is not in the database."""


@dataclass(frozen=True, slots=True)
class Mention:
    """That a note names an organizer by their username, who may want to read it."""

    note: Note
    username: str
    seen_at: datetime | None = None


# --- The incident ---------------------------------------------------------------------------------


class Verification(StrEnum):
    """What a named person goes by who says what is true of an incident."""

    ON_SCENE = "on_scene"
    """They, or somebody they sent, saw it."""
    PHOTO = "photo"
    """Or a film, that was looked at with its place and time."""
    SECOND_SOURCE = "second_source"
    """That has nothing to do with the first."""
    OTHER = "other"
    """The note says what."""


class IncidentActKind(StrEnum):
    MERGED = "merged"
    """They put reports into it, out of no incident or out of others."""
    SPLIT = "split"
    """They took reports out of it, and said with it that they are not the same as those left."""
    APART = "apart"
    """They said of reports that they are not the same, and moved none."""
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Move:
    """A report from one incident to another; None: in none."""

    reference: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody says is true of an incident, and what they go by."""

    verdict: Verdict
    how: Verification | None = None
    instead: str = ""
    """What it was, of what was no enforcement: a fire drill, the local police at a crash."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class IncidentAct:
    """What a named person did with an incident, and when. Only ever added; whoever undoes it is
    noted beside it, and then it counts no more."""

    incident_id: int | None
    """None: two reports were told apart that are in none."""
    at: datetime
    who: str
    kind: IncidentActKind
    moves: tuple[Move, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    """References of reports that are not of one incident."""
    judgement: Judgement | None = None
    undone_by: str | None = None
    undone_at: datetime | None = None
    act_id: int | None = None
    """None while it is not in the database."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What several reports speak of, as people put it together. Which reports those are, the last
    moves say that nobody undid."""

    incident_id: int
    created_at: datetime
    changed_at: datetime
    judged: IncidentAct | None = None
    """The last judgement that nobody undid."""

    @property
    def judgement(self) -> Judgement:
        if self.judged is None or self.judged.judgement is None:
            return Judgement(Verdict.UNVERIFIED)
        return self.judged.judgement

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict


@dataclass(frozen=True, slots=True)
class Docket:
    """An incident with all that hangs on it."""

    incident: Incident
    references: tuple[str, ...]
    """Of its reports, in the order in which they were filed; none: they were all moved away."""
    acts: tuple[IncidentAct, ...]
    """In order; those of other incidents too, that moved reports out of it or into it, or told its
    reports apart from others."""


# --- From one shift to the next -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handover:
    """What somebody wrote for the next shift, and signed. Only ever added."""

    at: datetime
    who: str
    words: str
    handover_id: int | None = None
    """None while it is not in the database."""


@dataclass(frozen=True, slots=True)
class HandoverReading:
    """Somebody says that they have read it."""

    handover_id: int
    who: str
    at: datetime


# --- Floods and pranks ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """A caller whom a person blocked: by the keyed hash of their number, for a time."""

    block_id: str
    caller_hash: str | None
    """None once the block is long over: then nobody can be recognised by it any more."""
    reference: str
    """The report that it was made from."""
    reason: str
    """A short phrase for people."""
    who: str
    at: datetime
    expires_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at an instant."""
        return self.undone_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True)
class Flood:
    """A change of flood mode. Only ever added: the last one says what holds."""

    at: datetime
    mode: FloodMode
    is_on: bool
    who: str | None
    """Who switched it; None: it switched itself."""
    calls: int
    """How many had called in the minutes before it."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one person about one report: the intent to tell is written before telling."""

    notification_id: str
    reference: str
    kind: NotificationKind
    channel: str
    recipient: bytes
    """Sealed address in the channel, such as a telephone number."""
    recipient_hash: str
    """Keyed: one kind of message about a report and one thing goes to one recipient once."""
    body: str
    created_at: datetime
    changed_at: datetime
    state: NotificationState = NotificationState.PENDING
    attempts: int = 0
    next_attempt_at: datetime | None = None
    provider_id: str | None = None
    """The channel's own id of the message, such as a MessageSid, once it has taken it."""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    reason: str | None = None
    """Why the last attempt failed; a short phrase for people, without addresses."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    person: str | None = None
    """Handle of who is told; None: a number that stands in the settings."""
    tier: Tier | None = None
    """As which they are told it, of a first word; None of what follows it."""
    about: str = ""
    """What exactly, where one kind may be told more than once: the verdict, who has it."""
    bundled_in: str | None = None
    passed_on_at: datetime | None = None
    """When whoever was told said that somebody else should take it up."""
    answered_with: str | None = None
    """The id of the call or text that they answered with: the same a second time answers nothing
    else."""


# --- What a report says ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeySource:
    """A key pressed at a question of the script."""

    question: str
    digits: str


@dataclass(frozen=True, slots=True)
class WordsSource:
    """Words of a recording, from `start` to `end` seconds of it."""

    recording_sid: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ClockSource:
    """The time of the call itself."""


@dataclass(frozen=True, slots=True)
class WrittenSource:
    """Text messages, from the one named on."""

    message_sid: str


Source = KeySource | WordsSource | ClockSource | WrittenSource
V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Field(Generic[V_co]):
    """One value of a report, where it came from and how sure it is (0 to 1).

    A value of None with a source says that the caller was asked and did not know.
    """

    value: V_co | None = None
    source: Source | None = None
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class ReportFields:
    """What is known so far. Worked out anew from keys and transcripts, see `reports.fields`."""

    happening_now: Field[bool]
    place: Field[str]
    """In the caller's words."""
    officers: Field[int]
    still_there: Field[bool]
    seen_at: Field[datetime]
    callback_allowed: Field[bool]
    account: Field[str]
    """What the caller saw, in the caller's words."""


# --- Everything about one report ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dossier:
    """A report with all that hangs on it: what its page shows and what alerts are decided from."""

    report: Report
    call: Call
    recordings: tuple[Recording, ...]
    transcripts: tuple[Transcript, ...]
    notifications: tuple[Notification, ...]
    acts: tuple[Act, ...]
    texts: tuple[TextMessage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    caller_text: CallerText | None = None
    bridges: tuple[Bridge, ...] = ()
    incident: Incident | None = None
    settled: tuple[Settlement, ...] = ()
    """All that people ever settled of its fields, in order."""
    finding: Finding | None = None
    """It is what an observer found who was asked to look; None: it is a caller's."""

    @property
    def is_rehearsal(self) -> bool:
        """Nobody called: somebody rehearses."""
        return self.call.is_rehearsal

    @property
    def verdict(self) -> Verdict:
        """What is said of the report itself; as long as nobody says anything, what is said of its
        incident."""
        if self.report.verdict is Verdict.UNVERIFIED and self.incident is not None:
            return self.incident.verdict
        return self.report.verdict

    @property
    def judged(self) -> Act | IncidentAct | None:
        """Who said so, and when; None while nobody did."""
        if self.report.verdict is not Verdict.UNVERIFIED:
            kind = ActKind.VERDICT
            return next((act for act in reversed(self.acts) if act.kind is kind), None)
        if self.verdict is Verdict.UNVERIFIED or self.incident is None:
            return None
        return self.incident.judged

    def recording(self, question: str) -> Recording | None:
        """The last recording that answers `question`."""
        return next((r for r in reversed(self.recordings) if r.question == question), None)

    def transcript(self, recording_sid: str) -> Transcript | None:
        """What counts as said in a recording."""
        return last_of([one for one in self.transcripts if one.recording_sid == recording_sid])

    def translation(self, recording_sid: str) -> Transcript | None:
        """The last into English that a machine made of a recording."""
        return next(
            (
                one
                for one in reversed(self.transcripts)
                if one.recording_sid == recording_sid and one.kind is TranscriptKind.TRANSLATION
            ),
            None,
        )


class Role(StrEnum):
    """What each may do: `reports.roles`."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ORGANIZER = "organizer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Organizer:
    """A person who may log in. `password_hash` is argon2's own encoded form."""

    username: str
    display_name: str
    password_hash: str
    created_at: datetime
    session_epoch: int = 0
    """Sessions begun under another epoch are over: a new password ends them all."""
    role: Role = Role.VIEWER
    suspended_at: datetime | None = None
    """Since when they may not log in."""


# --- What callers hear ----------------------------------------------------------------------------


class TakeSource(StrEnum):
    UPLOAD = "upload"
    MICROPHONE = "microphone"
    """Of an organizer's browser."""
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True)
class PromptTake:
    """A prompt as somebody spoke it. A draft until it is chosen for the first time."""

    take_id: str
    language: str
    prompt: str
    sha256: str
    """Of the sound in telephone quality, hexadecimal; it is kept under it."""
    seconds: float
    made_at: datetime
    made_by: str
    """A username, or what stands for whoever called by telephone."""
    source: TakeSource
    words: str
    """What `says.toml` had to be said then: the words may have changed since."""


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """From then on callers hear that take at the prompt; None: no recording. The last one counts,
    and none is ever taken away."""

    language: str
    prompt: str
    take_id: str | None
    at: datetime
    who: str
