"""What the use cases need of the world, as Protocols. Adapters stand elsewhere and are wired in
`app.py` and `workers/__main__.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reports.accounts import (
    AccountAct,
    Authenticator,
    Invitation,
    Passkey,
    RecoveryCode,
    Session,
)
from reports.custody import Deed, Entry, Evidence, Head, Kept, Line
from reports.model import (
    Act,
    Answer,
    Attachment,
    AttachmentState,
    Block,
    Bridge,
    Call,
    CallerText,
    CallerTextState,
    Docket,
    Dossier,
    Flood,
    Handling,
    Handover,
    HandoverReading,
    IncidentAct,
    Mention,
    Note,
    Notification,
    NotificationKind,
    NotificationState,
    Organizer,
    PromptChoice,
    PromptTake,
    Rank,
    Recording,
    RecordingState,
    Report,
    Segment,
    Settlement,
    Sound,
    TextMessage,
    Transcript,
)
from reports.observing import Observing
from reports.people import People
from reports.settings import SettingsRecords
from reports.spoken_notes import SpokenNotes

Samples = NDArray[np.float32]
"""Sound: 16,000 samples a second, one channel, each between -1 and 1."""


# --- The database ---------------------------------------------------------------------------------


class AccountRecords(Protocol):
    """The rows of people who may log in, as `Records` has them."""

    def organizer(self, username: str) -> Organizer | None: ...
    def organizers(self) -> Sequence[Organizer]: ...
    def put_organizer(self, organizer: Organizer) -> None: ...

    def add_session(self, session: Session) -> bool: ...
    def session(self, session_hash: str) -> Session | None: ...
    def save_session(self, session: Session) -> None: ...
    def sessions_seen(self, since: datetime, username: str | None = None) -> Sequence[Session]:
        """Those that nobody ended and that were seen since then, the last seen first; of one
        person, or of all."""

    def last_seen(self) -> Mapping[str, datetime]:
        """Username -> when they were last here, of all who ever were."""

    def add_invitation(self, invitation: Invitation) -> bool: ...
    def invitation(self, invitation_id: str) -> Invitation | None: ...
    def invitation_by(self, token_hash: str) -> Invitation | None: ...
    def save_invitation(self, invitation: Invitation) -> None: ...
    def invitations(self, limit: int = 100) -> Sequence[Invitation]:
        """The last made first."""

    def authenticator(self, username: str) -> Authenticator | None: ...
    def put_authenticator(self, authenticator: Authenticator) -> None: ...
    def remove_authenticator(self, username: str) -> None: ...

    def add_passkey(self, passkey: Passkey) -> bool: ...
    def passkey(self, credential_id: str) -> Passkey | None: ...
    def passkeys_of(self, username: str) -> Sequence[Passkey]:
        """In the order in which they were added."""

    def save_passkey(self, passkey: Passkey) -> None: ...
    def remove_passkey(self, credential_id: str) -> None: ...

    def recovery_codes(self, username: str) -> Sequence[RecoveryCode]: ...
    def put_recovery_codes(self, username: str, codes: Sequence[RecoveryCode]) -> None:
        """In the place of all that there were."""

    def save_recovery_code(self, code: RecoveryCode) -> None: ...

    def with_second_factor(self) -> frozenset[str]:
        """Usernames of those who have a passkey, or an authenticator that counts."""

    def add_account_act(self, act: AccountAct) -> None: ...
    def account_acts(self, limit: int = 100) -> Sequence[AccountAct]:
        """The last done first."""

    def last_account_acts(self) -> Mapping[str, AccountAct]:
        """What each is about -> the last act about it."""


class Records(AccountRecords, Protocol):
    """The rows as one transaction sees them.

    In `ReportStore.begin` a row that is read is also held against others until the commit, so that
    read, decide, save is safe; in `ReportStore.read` nothing is held and nothing may be written.
    Every `add_…` returns False, and changes nothing, when the row is there already: webhooks come
    twice.
    """

    @property
    def people(self) -> People: ...
    @property
    def observing(self) -> Observing: ...

    @property
    def spoken_notes(self) -> SpokenNotes: ...

    @property
    def settings(self) -> SettingsRecords: ...

    def call(self, call_sid: str) -> Call | None: ...
    def add_call(self, call: Call) -> bool: ...
    def save_call(self, call: Call) -> None:
        """Writes all but the answers."""

    def put_answer(self, call_sid: str, answer: Answer) -> None:
        """The last answer to a question is the one that counts."""

    def calls_in_progress(self, started_before: datetime) -> Sequence[Call]: ...
    def calls_of(self, caller_hash: str | None, since: datetime) -> int:
        """How many calls that caller began at an instant or later; None: all withheld numbers."""

    def calls_let_in(self, since: datetime, at_most: int) -> int:
        """How many calls began at an instant or later and were neither limited nor blocked; who
        only wants to know whether they are many asks for no more than `at_most`."""

    def is_trusted(self, caller_hash: str) -> bool:
        """Whether a person confirmed a report of that caller."""

    def forget_callers(self, before: datetime, at: datetime) -> int:
        """Takes the hash, and the sealed number unless a call back was granted, from calls begun
        before an instant, and the hash from blocks that ended before it. Callers whom a block names
        that holds `at` keep theirs. Returns how many rows were changed."""

    def count_callers(self, before: datetime, at: datetime) -> int:
        """How many calls and text messages `forget_callers` would change."""

    def last_language(self, caller_hash: str, since: datetime) -> str | None:
        """What the same caller chose last, in a call begun since an instant."""

    def languages_by_use(self, since: datetime) -> Sequence[str]:
        """The languages chosen in calls begun since an instant, the most used first."""

    def add_bridge(self, bridge: Bridge) -> bool: ...
    def end_bridges(self, call_sid: str, at: datetime) -> int:
        """Ends those of a call that are not. Returns how many."""

    def bridges_since(self, since: datetime) -> Sequence[Bridge]:
        """Those that began since an instant and are not ended."""

    def recording(self, recording_sid: str) -> Recording | None: ...
    def add_recording(self, recording: Recording) -> bool: ...
    def save_recording(self, recording: Recording) -> None: ...
    def recordings_of(self, call_sid: str) -> Sequence[Recording]:
        """In the order in which they were announced."""

    def recordings_in(
        self,
        states: Iterable[RecordingState],
        *,
        limited: bool | None = None,
        at_most: int | None = None,
    ) -> Sequence[Recording]:
        """In the order in which they were announced. `limited`: only those of calls that were
        limited or blocked (True), or were not (False)."""

    def next_in_turn(self, ranks: Iterable[Rank], at: datetime) -> Recording | None:
        """Of those of these ranks that wait to be written out, and may be tried at an instant, the
        one whose turn is first."""

    def recordings_to_erase(self) -> Sequence[Recording]:
        """Stored here and still held by the provider."""

    def recordings_to_translate(self) -> Sequence[Recording]:
        """Those of which English is wanted, in the order in which they were announced."""

    def add_transcript(self, transcript: Transcript) -> None:
        """Whatever `transcript_id` it has: the database gives it one. The custody log tells of it,
        with the hash of its words."""

    def transcripts_of(self, recording_sid: str) -> Sequence[Transcript]:
        """In the order in which they were made."""

    def text_message(self, message_sid: str) -> TextMessage | None: ...
    def add_text_message(self, message: TextMessage) -> bool: ...
    def texts_of(self, call_sid: str) -> Sequence[TextMessage]:
        """In the order in which they came."""

    def last_text_from(self, sender_hash: str) -> TextMessage | None: ...
    def last_call_from(self, caller_hash: str) -> Call | None:
        """The last call that rang, or text messages that began."""

    def language_of_caller(self, caller_hash: str) -> str | None:
        """Of their last call, or text messages, of which one is known."""

    def attachment(self, media_sid: str) -> Attachment | None: ...
    def add_attachment(self, attachment: Attachment) -> bool: ...
    def save_attachment(self, attachment: Attachment) -> None: ...
    def attachments_in(self, states: Iterable[AttachmentState]) -> Sequence[Attachment]:
        """In the order in which they were announced."""

    def attachments_to_erase(self) -> Sequence[Attachment]:
        """Stored here and still held by the provider."""

    def caller_text(self, call_sid: str) -> CallerText | None: ...
    def add_caller_text(self, text: CallerText) -> bool: ...
    def save_caller_text(self, text: CallerText) -> None: ...
    def caller_texts_in(self, states: Iterable[CallerTextState]) -> Sequence[CallerText]: ...

    def opt_out(self, caller_hash: str, at: datetime) -> None:
        """Whoever has this number wants no text from us; said again, nothing changes."""

    def opt_in(self, caller_hash: str) -> bool:
        """Takes that back. False: there was nothing to take back."""

    def has_opted_out(self, caller_hash: str) -> bool: ...

    def report(self, reference: str) -> Report | None: ...
    def report_of_call(self, call_sid: str) -> Report | None:
        """The earlier report that the call adds to, else the one that it made itself."""

    def add_report(self, report: Report) -> bool: ...
    def save_report(self, report: Report) -> None: ...
    def touch(self, call_sid: str, at: datetime) -> None:
        """Notes that something about the call's report changed, so that pages and readers of the
        API take it up. A call without a report: nothing happens."""

    def count_reports(self) -> int:
        """Rehearsals aside, as everywhere but in `rehearsals` and where one is named."""

    def add_act(self, act: Act, subject: str | None = None) -> None:
        """The custody log has it too; `subject`: what was done with what, if not the report."""

    def acts_by(self, who: str, at: datetime) -> Sequence[Act]:
        """What somebody did at an instant, in order."""

    def acts_of(self, references: Iterable[str]) -> Sequence[Act]:
        """What anybody did with these reports, in order."""

    def add_settlement(self, settlement: Settlement) -> int:
        """Its id, whatever `settlement_id` it has. The custody log has it too."""

    def settlements_of(self, references: Iterable[str]) -> Sequence[Settlement]:
        """All that was ever settled of these reports, in order."""

    def add_note(self, note: Note, mentioned: Iterable[str]) -> int:
        """Its id, whatever `note_id` it has; `mentioned`: usernames. The custody log has it too."""

    def note(self, note_id: int) -> Note | None: ...

    def notes_of(self, reference: str) -> Sequence[Note]:
        """All that was ever written on a report, in order."""

    def standing_notes(self) -> Mapping[str, Sequence[int]]:
        """The ids of those that nobody withdrew, in order, by the reports they are on; rehearsals
        are left out."""

    def notes_on(self, references: Iterable[str]) -> Sequence[Note]:
        """Those on these reports that nobody withdrew, in order."""

    def withdraw_note(self, note: Note, at: datetime) -> None:
        """The custody log has it too."""

    def mentions_of(self, username: str, limit: int = 200) -> Sequence[Mention]:
        """In notes that nobody withdrew, the last first."""

    def unseen_mentions(self, username: str) -> frozenset[str]:
        """The references of the reports in which they have not seen yet that they are mentioned."""

    def see_mentions(self, username: str, at: datetime, reference: str | None = None) -> None:
        """They have seen them; None: of all reports."""

    def append_custody(
        self, at: datetime, who: str, deed: Deed, subject: str, detail: Mapping[str, str]
    ) -> None:
        """Has the custody log say it, with all else of this transaction or not at all. It gets its
        number and hash at the end of the transaction, so that whoever holds the log waits for
        nobody.

        Raises:
            ValueError: it would not fit the log, or holds a telephone number.
        """

    def custody(self, after: int, at_most: int) -> Sequence[Line]:
        """The log after an entry's number, in order."""

    def custody_head(self) -> Head:
        """How far the log goes."""

    def custody_of(self, subjects: Iterable[str], since: datetime | None = None) -> Sequence[Entry]:
        """What was done with any of these, in order, since an instant; what is illegible is left
        out."""

    def last_custody(self, deed: Deed, kind: str, at_most: int) -> Sequence[Entry]:
        """Where something of a kind, such as 'export', was done with, the last first; what is
        illegible is left out."""

    def kept(self, evidence: Evidence, after: str, at_most: int) -> Sequence[Kept]:
        """What is kept of a kind, in the order of its ids, after one of them ('' before all)."""

    def count_kept(self) -> int: ...
    def is_kept(self, evidence: Evidence, ids: Iterable[str]) -> frozenset[str]:
        """Those of these ids that are kept."""

    def dossier(self, reference: str) -> Dossier | None: ...
    def dossiers(
        self,
        *,
        since: datetime | None = None,
        limited: bool | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> Sequence[Dossier]:
        """The last filed first; `since`: only those that changed at that instant or later;
        `limited`: only those of calls that were limited or blocked (True), or were not (False)."""

    def dossiers_of(self, references: Sequence[str]) -> Sequence[Dossier]:
        """Of those references that there are, in the order in which they were filed."""

    def rehearsals(self, who: str | None = None) -> Sequence[Dossier]:
        """What came of rehearsals, of one person or of all, the last filed first. It stands in
        nothing else that is listed or counted here."""

    def rehearsal_calls(
        self, who: str | None = None, before: datetime | None = None
    ) -> Sequence[Call]:
        """Rehearsals, of one person or of all, begun before an instant, the first begun first."""

    def remove_rehearsals(self, call_sids: Sequence[str]) -> None:
        """With all that hangs on them; a call among them stays. The custody log is told by who
        asks."""

    def changes(self, since: datetime | None = None) -> Mapping[str, datetime]:
        """When each report changed last, by its reference, the last filed first; `since`: only of
        those that changed at that instant or later."""

    def untold(
        self, kind: NotificationKind, filed_after: datetime, handling: Handling | None = None
    ) -> Sequence[str]:
        """References of reports filed after an instant about which no message of that kind was
        ever meant, but for those of limited and blocked calls, which nobody is told of;
        `handling`: only those that are so far."""

    def same_caller(self, references: Sequence[str], limit: int) -> Mapping[str, Sequence[str]]:
        """Of each of those reports, the other reports by the same number: the last filed first, no
        more than `limit`. A report without any is left out."""

    def count_limited(self) -> int:
        """Reports of limited and blocked calls that nobody has closed."""

    def hold_incidents(self) -> None:
        """Until the commit nobody else changes any incident: two people who press at once have
        their turns, and the second sees what the first did."""

    def add_incident(self, at: datetime) -> int:
        """Its id: 1, 2, 3 …, which people can say to each other."""

    def add_incident_act(self, act: IncidentAct) -> int:
        """Its id, whatever `act_id` it has. Notes the change at the incidents and reports that it
        concerns, so that pages and readers of the API take it up. The custody log has it too."""

    def undo_incident_act(self, act: IncidentAct, who: str, at: datetime) -> None:
        """From then on it counts no more. Notes the change likewise."""

    def incident_act(self, act_id: int) -> IncidentAct | None: ...
    def last_moves(self, references: Iterable[str]) -> Mapping[str, IncidentAct]:
        """Of each of these reports the last act that moved it and was not undone."""

    def incident_of(self, references: Iterable[str]) -> Mapping[str, int]:
        """Of those of these reports that are in one."""

    def docket(self, incident_id: int) -> Docket | None: ...
    def dockets(
        self, *, since: datetime | None = None, limit: int = 100, offset: int = 0
    ) -> Sequence[Docket]:
        """Of incidents that have reports, the last changed first; `since`: only those that changed
        at that instant or later."""

    def told_apart(self, references: Iterable[str]) -> Sequence[tuple[str, str]]:
        """Pairs that a person said are not the same, one of them at the least among these."""

    def filed_since(
        self, since: datetime, at_most: int, also: Iterable[str] = ()
    ) -> Sequence[tuple[str, datetime]]:
        """References of reports that nobody has closed, nor are of limited or blocked calls, and
        when they last changed: the last filed first. `also`: these in any case."""

    def add_handover(self, handover: Handover) -> int:
        """Its id, whatever `handover_id` it has. The words are sealed."""

    def handover(self, handover_id: int) -> Handover | None: ...
    def handovers(self, limit: int) -> Sequence[Handover]:
        """The last written first."""

    def add_handover_reading(self, reading: HandoverReading) -> bool: ...
    def handover_readings(self, handover_ids: Iterable[int]) -> Sequence[HandoverReading]:
        """Of these, in the order in which they were read."""

    def add_block(self, block: Block) -> bool: ...
    def block(self, block_id: str) -> Block | None: ...
    def save_block(self, block: Block) -> None: ...
    def blocks(self, limit: int = 200) -> Sequence[Block]:
        """The last made first."""

    def blocks_of(self, caller_hash: str) -> Sequence[Block]:
        """The last made first."""

    def add_flood(self, flood: Flood) -> None: ...
    def flood(self) -> Flood | None:
        """The last change of flood mode, None before the first."""

    def notification(self, notification_id: str) -> Notification | None: ...
    def add_notification(self, notification: Notification) -> bool: ...
    def save_notification(self, notification: Notification) -> None: ...
    def told_since(self, recipient_hash: str, since: datetime) -> Sequence[Notification]:
        """What was sent to a recipient since an instant, the last first."""

    def first_words_to(self, recipient_hash: str, since: datetime) -> Sequence[str]:
        """References of the reports of which that address was meant to have the first word by
        itself, or with others, since an instant: the last first."""

    def moved(self, since: datetime) -> Sequence[str]:
        """References of reports that changed at an instant or later and that people had a hand in:
        taken up, judged, a field set, or put into an incident."""

    def waiting(self, filed_after: datetime) -> Sequence[tuple[str, datetime]]:
        """References of reports filed after an instant that nobody took up or judged, and when each
        last changed; those of limited and blocked calls are left out."""

    def notifications_in(self, states: Iterable[NotificationState]) -> Sequence[Notification]: ...

    def prompt_take(self, take_id: str) -> PromptTake | None: ...
    def add_prompt_take(self, take: PromptTake) -> bool: ...
    def remove_prompt_take(self, take_id: str) -> None:
        """Only a draft: the database refuses it of one that was ever chosen."""

    def prompt_takes(self, language: str) -> Sequence[PromptTake]:
        """Drafts among them, in the order in which they were made."""

    def is_prompt_sound(self, sha256: str) -> bool:
        """Whether any take sounds like that."""

    def add_prompt_choice(self, choice: PromptChoice) -> None: ...
    def prompt_choices(self, language: str) -> Sequence[PromptChoice]:
        """In the order in which they were made."""

    def current_takes(self, said: Mapping[tuple[str, str], str]) -> Mapping[tuple[str, str], str]:
        """(language, prompt) -> SHA-256 of what callers hear there; only of prompts of which these
        words were recorded (see `reports.wording.recorded`)."""


class StoreBusy(RuntimeError):
    """Others write, and it takes too long, or the database cannot be written: try again later."""


class ReportStore(Protocol):
    def begin(self, patience: float | None = None) -> AbstractContextManager[Records]:
        """A transaction: committed when the block ends, undone when it raises. `patience`: seconds
        to wait for others who write; None, as long as it takes.

        Raises:
            StoreBusy: that long was not enough.
        """

    def read(self) -> AbstractContextManager[Records]:
        """A look: consistent, holding nobody up."""


# --- The queue ------------------------------------------------------------------------------------


class Job(StrEnum):
    """What a worker can be asked to do; each takes one id and nothing else."""

    ALERT_ON_CALL = "alert_on_call"
    SEND_NOTIFICATION = "send_notification"
    SEND_TRIAL = "send_trial"
    FETCH_RECORDING = "fetch_recording"
    ERASE_AT_PROVIDER = "erase_at_provider"
    CLOSE_CALL = "close_call"
    FETCH_ATTACHMENT = "fetch_attachment"
    ERASE_ATTACHMENT = "erase_attachment"
    TEXT_CALLER = "text_caller"
    IMPORT_RECORDINGS = "import_recordings"
    TRANSCRIBE_RECORDING = "transcribe_recording"
    TRANSLATE_RECORDING = "translate_recording"
    KEEP_SPOKEN_NOTE = "keep_spoken_note"
    WRITE_SPOKEN_NOTE = "write_spoken_note"


class Urgency(StrEnum):
    URGENT = "urgent"
    REST = "rest"


class JobQueue(Protocol):
    """Never raises for a queue that is away: the database knows what is to be done, and the sweeper
    asks again."""

    def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
        """Asks for `job` on the row with id `subject`. The same that waits already is not asked
        for again. False: the queue could not be reached."""


# --- Audio ----------------------------------------------------------------------------------------


class AudioNotFound(LookupError):
    """No audio is kept under that key."""


class AudioStore(Protocol):
    """Keeps bytes, sealed: those of recordings and of what came with texts under their RecordingSid
    or MediaSid, those of prompts under their SHA-256."""

    def put(self, key: str, audio: bytes) -> None: ...
    def get(self, key: str) -> bytes:
        """Raises:
        AudioNotFound: nothing is kept under `key`.
        """

    def delete(self, key: str) -> None: ...


class Sealer(Protocol):
    """Encryption at rest and the keyed hash."""

    def seal(self, clear: bytes, context: str) -> bytes:
        """Encrypts; `context` (what it belongs to) must be the same to `unseal`."""

    def unseal(self, sealed: bytes, context: str) -> bytes: ...
    def fingerprint(self, text: str) -> str:
        """The same text, the same fingerprint; nothing can be read from it without the key."""


# --- The telephone --------------------------------------------------------------------------------


class ProviderUnavailable(RuntimeError):
    """The provider did not answer, or not as it should: try again later."""


class ProviderRefused(RuntimeError):
    """The provider understood and said no: trying again is no use. `str()` is safe to show."""


class MediaMissing(LookupError):
    """The provider has no such recording (yet)."""


class MediaRefused(ValueError):
    """What came is not what was announced, or more than the limit. `str()` is safe to show."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    provider_id: str
    final: bool = False
    """Nobody will ever say more of it: that it was taken is as good as its arrival."""


@dataclass(frozen=True, slots=True)
class HeldRecording:
    """A recording as the provider lists it."""

    recording_sid: str
    call_sid: str
    seconds: float
    made_at: datetime


@dataclass(frozen=True, slots=True)
class HeldCall:
    """A call that somebody made to the hotline, as the provider remembers it."""

    caller: str | None
    """Their number in E.164, None when it was withheld."""
    started_at: datetime | None
    ended_at: datetime | None
    """None while it goes on."""


class PhoneLog(Protocol):
    """What the telephone company remembers. Each method may raise `ProviderUnavailable`."""

    def recordings_between(self, since: datetime, until: datetime) -> Sequence[HeldRecording]:
        """The messages that the account holds, made in that time, the last made first."""

    def call_to_hotline(self, call_sid: str) -> HeldCall | None:
        """None: there is no such call, or it is none that somebody made to the hotline, such as
        one of ours to an organizer."""


class PhoneProvider(PhoneLog, Protocol):
    """The telephone company's API. Each method may raise `ProviderUnavailable`."""

    @property
    def patience(self) -> float:
        """Seconds after which a text or a call that is asked for counts as not answered."""

    def fetch_recording(self, recording_sid: str) -> bytes:
        """The audio file as the provider has it.

        Raises:
            MediaMissing, MediaRefused, ProviderUnavailable.
        """

    def erase_recording(self, recording_sid: str) -> None:
        """Deletes it at the provider; one that is not there counts as deleted."""

    def fetch_attachment(self, message_sid: str, media_sid: str, content_type: str) -> bytes:
        """What came with a text message, as the provider has it.

        Raises:
            MediaMissing, MediaRefused, ProviderUnavailable.
        """

    def erase_attachment(self, message_sid: str, media_sid: str) -> None:
        """Deletes it at the provider; one that is not there counts as deleted."""

    def send_text(
        self, to: str, body: str, *, valid_seconds: int, status_url: str | None
    ) -> SentMessage:
        """Raises:
        ProviderRefused: the number cannot be texted.
        """

    def place_call(self, to: str, *, url: str, status_url: str, ring_seconds: int) -> str:
        """Rings a number and asks `url` what to say once somebody, or a machine, picks up; says at
        `status_url` how it ended. Returns the call's id.

        Raises:
            ProviderRefused: the number cannot be called.
        """

    def texts_sent(self, to: str, body: str, *, since: datetime) -> Sequence[SentMessage]:
        """The texts with that body which `send_text` had sent there since then, the last first,
        without those that failed; `final`: it arrived. Empty, too, where the provider lists none.
        """

    def calls_placed(self, to: str, *, since: datetime) -> Sequence[SentMessage]:
        """The calls that `place_call` had placed to that number since then, the last first, without
        those that reached nobody."""

    def recordings_of_call(self, call_sid: str) -> Sequence[tuple[str, float]]:
        """(RecordingSid, seconds) of what the provider holds of a call."""

    def call_is_over(self, call_sid: str) -> bool:
        """Whether it has ended, or the provider knows no such call."""


# --- Speech ---------------------------------------------------------------------------------------


class SpeechEngine(Protocol):
    """A model with its weights in memory."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages that it was trained on, without region or script."""

    @property
    def translates(self) -> bool:
        """Whether it can write in English what is said in another language."""

    def likely_languages(self, samples: Samples) -> Mapping[str, float]:
        """How likely (0 to 1) each of its languages is spoken, by the first 30 seconds."""

    def hear(
        self, sounds: Sequence[Samples], language: str, *, into_english: bool = False
    ) -> tuple[tuple[Segment, ...], ...]:
        """What is said in each of some sounds of at most 30 s, in order, each by its own seconds;
        `into_english`: what it means in English."""


@dataclass(frozen=True, slots=True)
class Detected:
    """The language that a machine thinks most likely, and how likely (0 to 1)."""

    language: str
    probability: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine made of a sound, judged: what is not believed is struck out."""

    language: str
    language_probability: float
    """How likely the engine thinks that language, 0 to 1."""
    segments: tuple[Segment, ...]
    engine: str
    model: str


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What the pipeline says of a recording: words, or why there are none."""

    state: RecordingState
    """`transcribed`, `no_speech` or `needs_listener`."""
    seconds: float
    heard: Heard | None = None
    rival: Heard | None = None
    """The same in another language, heard worse: which one it is, is in doubt."""
    reason: str | None = None
    sound: Sound | None = None
    """None: there was no sound to be had."""
    detected: Detected | None = None
    """None: it was not asked."""


class Transcriber(Protocol):
    def transcribe(self, audio: bytes, language: str | None) -> Transcribed:
        """From the bytes of an audio file in the language that the caller chose, None if they chose
        none; whatever is wrong with the bytes is a `needs_listener`."""

    def translates(self, language: str) -> bool:
        """Whether it can write in English what is said in that language."""

    def translate(self, audio: bytes, language: str) -> Heard | None:
        """What is said, in English; None: nothing that can be believed came of it."""


# --- Telling people -------------------------------------------------------------------------------


class ChannelUnavailable(RuntimeError):
    """Try again later. `str()` is safe to show."""


class ChannelRefused(RuntimeError):
    """Trying again is no use. `str()` is safe to show."""


class Channel(Protocol):
    """A way to reach an organizer. None logs an address, a body or an id of its own."""

    @property
    def name(self) -> str: ...
    @property
    def heeds_stop(self) -> bool:
        """Whether who wrote STOP from that address is sent nothing more."""

    @property
    def patience(self) -> float:
        """Seconds after which it gives up. To ask whether it was sent, and then to send, takes less
        than `services.notices.SEND_LEASE`."""

    def send(self, address: str, body: str, notification_id: str) -> SentMessage:
        """Brings the body to the address. The same id again is the same message again, as far as
        those who carry it can tell.

        Raises:
        ChannelUnavailable, ChannelRefused.
        """

    def sent_before(self, address: str, body: str, since: datetime) -> Sequence[SentMessage]:
        """What of these words it brought to that address since then: asked when nobody knows what
        became of an earlier attempt. Empty, too, where that cannot be known, or does not matter.

        Raises:
        ChannelUnavailable.
        """
