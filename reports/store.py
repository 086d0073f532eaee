"""Tables, their mapping to the domain's frozen values, and the store over both.

Works on any database that SQLAlchemy speaks; SQLite (write-ahead log) and PostgreSQL are tried in
the tests. In `begin` every row read is held: by `SELECT … FOR UPDATE`, on SQLite by being the only
writer (`BEGIN IMMEDIATE`, https://www.sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

import dataclasses
import fcntl
import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from reports.accounts import (
    AccountAct,
    AccountActKind,
    Authenticator,
    Invitation,
    Passkey,
    RecoveryCode,
    Session,
)
from reports.custody import (
    NOTHING,
    Deed,
    Entry,
    Evidence,
    Head,
    Kept,
    Line,
    Occurrence,
    chained,
    line_of,
    of_act,
    of_incident_act,
    of_note,
    of_settlement,
    of_transcript,
    of_undone,
    recording_subject,
    row_of,
    words_hash,
    written_instant,
)
from reports.model import (
    Act,
    ActKind,
    Admission,
    Answer,
    Attachment,
    AttachmentState,
    Attestation,
    Block,
    Bridge,
    Call,
    CallerText,
    CallerTextState,
    CallState,
    Docket,
    Dossier,
    Flood,
    FloodMode,
    Handling,
    Handover,
    HandoverReading,
    Incident,
    IncidentAct,
    IncidentActKind,
    Judgement,
    Key,
    Level,
    Medium,
    Mention,
    Move,
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
    Role,
    Settlement,
    Sound,
    Span,
    TakeSource,
    TextMessage,
    Tier,
    Transcript,
    TranscriptKind,
    TranslationState,
    Verdict,
    Verification,
)
from reports.observing_rows import SqlObserving
from reports.people_rows import SqlPeople
from reports.ports import Sealer, StoreBusy
from reports.questions import CALLBACK, YES
from reports.sealed import (
    Seals,
    alert_context,
    body_context,
    handover_context,
    note_context,
    plain_segments,
    segments_of,
    words_context,
)
from reports.settings_rows import SqlSettings
from reports.spoken_note_rows import SqlSpokenNotes
from reports.tables import Rows, UtcDateTime
from reports.tables import columns as _columns
from reports.tables import metadata as metadata  # all tables are in it from here on
from reports.tables import plain as _plain
from reports.tables import states as _states
from reports.tables import words as _words
from reports.wording import Chosen, recorded

SQLITE_BUSY_SECONDS = 15
"""How long a writer waits for another before it gives up. Transactions here take milliseconds."""
ASK_AGAIN = 0.01
"""Seconds between two tries of a writer who does not want to wait for ever."""


_SID = sa.String(64)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("call_sid", _SID, primary_key=True),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("state", _states(CallState, "state"), nullable=False, index=True),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("language", sa.String(35)),
    sa.Column("caller_number", sa.LargeBinary),
    sa.Column("caller_hash", sa.String(64), index=True),
    sa.Column(
        "medium",
        _words(Medium, length=16),
        nullable=False,
        server_default=Medium.VOICE.value,
    ),
    # No foreign key: two tables that point at each other cannot be filled in any order.
    sa.Column("adds_to", sa.String(12), index=True),
    sa.Column(
        "admission",
        _states(Admission, "admission"),
        nullable=False,
        server_default=Admission.NORMAL.value,
    ),
    sa.Column("attestation", _states(Attestation, "attestation")),
    sa.Column("check_passed", sa.Boolean),
    sa.Column("rehearsed_by", sa.String(64)),
    sa.Column("rehearsal_tells", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_calls_started_at", "started_at"),
    # How many calls a caller, and all callers, made lately is asked while somebody's call rings.
    sa.Index("ix_calls_of_caller", "caller_hash", "started_at"),
    sa.Index("ix_calls_let_in", "started_at", "admission"),
    sa.Index("ix_calls_rehearsed_by", "rehearsed_by"),
)
bridges = sa.Table(
    "bridges",
    metadata,
    sa.Column("call_sid", _SID, sa.ForeignKey("calls.call_sid"), primary_key=True),
    sa.Column("person_hash", sa.String(64), primary_key=True),
    sa.Column("since", UtcDateTime, primary_key=True),
    sa.Column("until", UtcDateTime),
)
LIMITED = frozenset(Admission) - frozenset(each for each in Admission if each.alerts)
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("call_sid", _SID, sa.ForeignKey("calls.call_sid"), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("digits", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
recordings = sa.Table(
    "recordings",
    metadata,
    sa.Column("recording_sid", _SID, primary_key=True),
    sa.Column("call_sid", _SID, sa.ForeignKey("calls.call_sid"), nullable=False, index=True),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("announced_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("state", _states(RecordingState, "state"), nullable=False, index=True),
    sa.Column("seconds", sa.Float),
    sa.Column("stored_at", UtcDateTime),
    sa.Column("sha256", sa.String(64)),
    sa.Column("size", sa.Integer),
    sa.Column("erased_at_provider_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("claimed_by", sa.String(64)),
    sa.Column("rank", _states(Rank, "rank")),
    sa.Column("turn_at", UtcDateTime),
    sa.Column("language", sa.String(35)),
    sa.Column("detected", sa.String(35)),
    sa.Column("detected_probability", sa.Float),
    sa.Column("sound", sa.JSON(none_as_null=True)),
    sa.Column("translation", _states(TranslationState, "translation"), index=True),
    sa.Index("ix_recordings_in_turn", "state", "turn_at"),
)
transcripts = sa.Table(
    "transcripts",
    metadata,
    sa.Column("transcript_id", sa.Integer, primary_key=True),
    sa.Column(
        "recording_sid",
        _SID,
        sa.ForeignKey("recordings.recording_sid"),
        nullable=False,
        index=True,
    ),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("language_probability", sa.Float, nullable=False),
    # Sealed, see `reports.sealed`; as are the bodies of text messages and notifications.
    sa.Column("segments", sa.LargeBinary, nullable=False),
    sa.Column("engine", sa.String(64), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("kind", _states(TranscriptKind, "kind"), nullable=False),
    sa.Column("made_by", sa.String(64)),
)
text_messages = sa.Table(
    "text_messages",
    metadata,
    sa.Column("message_sid", _SID, primary_key=True),
    sa.Column("call_sid", _SID, sa.ForeignKey("calls.call_sid"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("sender_hash", sa.String(64), index=True),
    sa.Column("mentions", sa.String(12)),
)
attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("media_sid", _SID, primary_key=True),
    sa.Column(
        "message_sid",
        _SID,
        sa.ForeignKey("text_messages.message_sid"),
        nullable=False,
        index=True,
    ),
    sa.Column("call_sid", _SID, sa.ForeignKey("calls.call_sid"), nullable=False, index=True),
    sa.Column("content_type", sa.String(100), nullable=False),
    sa.Column("announced_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("state", _states(AttachmentState, "state"), nullable=False, index=True),
    sa.Column("stored_at", UtcDateTime),
    sa.Column("sha256", sa.String(64)),
    sa.Column("size", sa.Integer),
    sa.Column("erased_at_provider_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
)
caller_texts = sa.Table(
    "caller_texts",
    metadata,
    sa.Column("call_sid", _SID, sa.ForeignKey("calls.call_sid"), primary_key=True),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("state", _states(CallerTextState, "state"), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("provider_id", sa.String(64)),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
)
opt_outs = sa.Table(
    "opt_outs",
    metadata,
    sa.Column("caller_hash", sa.String(64), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
reports = sa.Table(
    "reports",
    metadata,
    sa.Column("reference", sa.String(12), primary_key=True),
    sa.Column("call_sid", _SID, sa.ForeignKey("calls.call_sid"), nullable=False, unique=True),
    sa.Column("filed_at", UtcDateTime, nullable=False, index=True),
    sa.Column("changed_at", UtcDateTime, nullable=False, index=True),
    sa.Column("handling", _states(Handling, "handling"), nullable=False),
    sa.Column("verdict", _states(Verdict, "verdict"), nullable=False),
)
acts = sa.Table(
    "acts",
    metadata,
    sa.Column("act_id", sa.Integer, primary_key=True),
    sa.Column(
        "reference", sa.String(12), sa.ForeignKey("reports.reference"), nullable=False, index=True
    ),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("kind", _states(ActKind, "kind"), nullable=False),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("after", sa.String(64), nullable=False),
)
settlements = sa.Table(
    "settlements",
    metadata,
    sa.Column("settlement_id", sa.Integer, primary_key=True),
    sa.Column(
        "reference", sa.String(12), sa.ForeignKey("reports.reference"), nullable=False, index=True
    ),
    sa.Column("field", sa.String(32), nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("why", sa.String(500), nullable=False),
)
notes = sa.Table(
    "notes",
    metadata,
    sa.Column("note_id", sa.Integer, primary_key=True),
    sa.Column(
        "reference", sa.String(12), sa.ForeignKey("reports.reference"), nullable=False, index=True
    ),
    # Sealed, see `reports.sealed`: who writes on a report writes what callers said.
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("withdrawn_at", UtcDateTime),
)
mentions = sa.Table(
    "mentions",
    metadata,
    sa.Column("note_id", sa.Integer, sa.ForeignKey("notes.note_id"), primary_key=True),
    sa.Column("username", sa.String(64), primary_key=True, index=True),
    sa.Column("seen_at", UtcDateTime),
)
handovers = sa.Table(
    "handovers",
    metadata,
    sa.Column("handover_id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("words", sa.LargeBinary, nullable=False),
)
handover_readings = sa.Table(
    "handover_readings",
    metadata,
    sa.Column("handover_id", sa.Integer, sa.ForeignKey("handovers.handover_id"), primary_key=True),
    sa.Column("who", sa.String(64), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
notifications = sa.Table(
    "notifications",
    metadata,
    sa.Column("notification_id", sa.String(64), primary_key=True),
    sa.Column(
        "reference", sa.String(12), sa.ForeignKey("reports.reference"), nullable=False, index=True
    ),
    sa.Column("kind", _states(NotificationKind, "kind"), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("recipient", sa.LargeBinary, nullable=False),
    sa.Column("recipient_hash", sa.String(64), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("state", _states(NotificationState, "state"), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("provider_id", sa.String(64)),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
    sa.Column("acknowledged_by", sa.String(64)),
    sa.Column("acknowledged_at", UtcDateTime),
    sa.Column("person", sa.String(64), index=True),
    sa.Column("tier", _words(Tier, 16)),
    sa.Column("about", sa.String(64), nullable=False, server_default=""),
    sa.Column("bundled_in", sa.String(64)),
    sa.Column("passed_on_at", UtcDateTime),
    sa.Column("answered_with", sa.String(64)),
    sa.UniqueConstraint("reference", "kind", "about", "channel", "recipient_hash"),
    # Asked for at every text that comes in.
    sa.Index("ix_notifications_of_recipient", "recipient_hash", "sent_at"),
)
incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("incident_id", sa.Integer, primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False, index=True),
)
incident_acts = sa.Table(
    "incident_acts",
    metadata,
    sa.Column("act_id", sa.Integer, primary_key=True),
    sa.Column("incident_id", sa.Integer, sa.ForeignKey("incidents.incident_id"), index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("kind", _states(IncidentActKind, "kind"), nullable=False),
    sa.Column("undone_by", sa.String(64)),
    sa.Column("undone_at", UtcDateTime),
)
incident_moves = sa.Table(
    "incident_moves",
    metadata,
    sa.Column("act_id", sa.Integer, sa.ForeignKey("incident_acts.act_id"), primary_key=True),
    sa.Column(
        "reference",
        sa.String(12),
        sa.ForeignKey("reports.reference"),
        primary_key=True,
        index=True,
    ),
    sa.Column("before", sa.Integer, sa.ForeignKey("incidents.incident_id"), index=True),
    sa.Column("after", sa.Integer, sa.ForeignKey("incidents.incident_id"), index=True),
)
incident_apart = sa.Table(
    "incident_apart",
    metadata,
    sa.Column("act_id", sa.Integer, sa.ForeignKey("incident_acts.act_id"), primary_key=True),
    sa.Column("one", sa.String(12), sa.ForeignKey("reports.reference"), primary_key=True),
    sa.Column(
        "other", sa.String(12), sa.ForeignKey("reports.reference"), primary_key=True, index=True
    ),
    sa.Index("ix_incident_apart_one", "one"),
)
incident_judgements = sa.Table(
    "incident_judgements",
    metadata,
    sa.Column("act_id", sa.Integer, sa.ForeignKey("incident_acts.act_id"), primary_key=True),
    sa.Column("verdict", _states(Verdict, "verdict"), nullable=False),
    sa.Column("how", _states(Verification, "how")),
    sa.Column("instead", sa.String(200), nullable=False),
    sa.Column("note", sa.String(500), nullable=False),
)
blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("block_id", sa.String(64), primary_key=True),
    sa.Column("caller_hash", sa.String(64), index=True),
    sa.Column(
        "reference", sa.String(12), sa.ForeignKey("reports.reference"), nullable=False, index=True
    ),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("undone_by", sa.String(64)),
    sa.Column("undone_at", UtcDateTime),
)
floods = sa.Table(
    "floods",
    metadata,
    sa.Column("flood_id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("mode", _states(FloodMode, "mode"), nullable=False),
    sa.Column("is_on", sa.Boolean, nullable=False),
    sa.Column("who", sa.String(64)),
    sa.Column("calls", sa.Integer, nullable=False),
)
organizers = sa.Table(
    "organizers",
    metadata,
    sa.Column("username", sa.String(64), primary_key=True),
    sa.Column("display_name", sa.String(128), nullable=False),
    sa.Column("password_hash", sa.String(256), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("session_epoch", sa.Integer, nullable=False),
    sa.Column("role", _states(Role, "role"), nullable=False),
    sa.Column("suspended_at", UtcDateTime),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session_hash", sa.String(64), primary_key=True),
    sa.Column(
        "username", sa.String(64), sa.ForeignKey("organizers.username"), nullable=False, index=True
    ),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("began_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
    sa.Column("browser", sa.String(32), nullable=False),
    sa.Column("system", sa.String(32), nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("ended_by", sa.String(64)),
)
invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("invitation_id", sa.String(64), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("display_name", sa.String(128), nullable=False),
    sa.Column("role", _states(Role, "role"), nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
    sa.Column("used_by", sa.String(64)),
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("revoked_by", sa.String(64)),
)
authenticators = sa.Table(
    "authenticators",
    metadata,
    sa.Column("username", sa.String(64), sa.ForeignKey("organizers.username"), primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("begun_at", UtcDateTime, nullable=False),
    sa.Column("confirmed_at", UtcDateTime),
    sa.Column("last_step", sa.Integer),
)
passkeys = sa.Table(
    "passkeys",
    metadata,
    # An id has at most 1023 bytes (WebAuthn, 4): so many letters of base64url.
    sa.Column("credential_id", sa.String(1364), primary_key=True),
    sa.Column(
        "username", sa.String(64), sa.ForeignKey("organizers.username"), nullable=False, index=True
    ),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
)
recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column(
        "username", sa.String(64), sa.ForeignKey("organizers.username"), nullable=False, index=True
    ),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
)
account_acts = sa.Table(
    "account_acts",
    metadata,
    sa.Column("act_id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("about", sa.String(128), nullable=False, index=True),
    sa.Column("kind", _states(AccountActKind, "kind"), nullable=False),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("after", sa.String(64), nullable=False),
)
prompt_takes = sa.Table(
    "prompt_takes",
    metadata,
    sa.Column("take_id", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("prompt", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("source", _states(TakeSource, "source"), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Index("ix_prompt_takes_language_prompt", "language", "prompt"),
)
prompt_choices = sa.Table(
    "prompt_choices",
    metadata,
    sa.Column("choice_id", sa.Integer, primary_key=True),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("prompt", sa.String(64), nullable=False),
    sa.Column("take_id", sa.String(64), sa.ForeignKey("prompt_takes.take_id")),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Index("ix_prompt_choices_language_prompt", "language", "prompt"),
)
# All as text, as it is hashed: whatever somebody writes there by hand can be read, and told of.
# Migration 0007 has the database refuse to change or remove a row.
custody_entries = sa.Table(
    "custody_entries",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("deed", sa.String(32), nullable=False),
    sa.Column("subject", sa.String(100), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

_OF_REPORT = (notes, settlements, acts, notifications, blocks)
"""Tables whose rows hang on a rehearsed report; what is rehearsed is in no incident."""
_OF_CALL = (recordings, bridges, answers, text_messages, reports)
"""Tables whose rows hang on a rehearsed call, in the order in which they can go; what is written in
rehearsal has no attachments, and nobody who rehearses is texted."""


# --- Mapping --------------------------------------------------------------------------------------

T = TypeVar("T")


def _words_context(columns: RowMapping | Mapping[str, Any]) -> str:
    return words_context(columns["recording_sid"], columns["kind"], columns["made_at"])


def _note_context(columns: RowMapping | Mapping[str, Any]) -> str:
    return note_context(columns["reference"], columns["who"], columns["at"])


def _recording(row: RowMapping) -> Recording:
    return Recording(**{**row, "sound": _sound_in(row["sound"])})


def _recording_columns(recording: Recording) -> dict[str, Any]:
    sound = None if recording.sound is None else dataclasses.asdict(recording.sound)
    return {**_columns(recording), "sound": sound}


def _sound_in(stored: Mapping[str, Any] | None) -> Sound | None:
    if stored is None:
        return None
    return Sound(
        **{
            **stored,
            "level": Level(**stored["level"]),
            "keys": tuple(Key(Span(**key["span"]), key["digit"]) for key in stored["keys"]),
            "beeps": tuple(Span(**beep) for beep in stored["beeps"]),
        }
    )


def _choice(row: RowMapping) -> PromptChoice:
    return PromptChoice(**{name: row[name] for name in row if name != "choice_id"})


def _act(row: RowMapping) -> Act:
    return Act(**{name: row[name] for name in row if name != "act_id"})


def _line(row: RowMapping) -> Line:
    return line_of({**row})


def _flood(row: RowMapping) -> Flood:
    return Flood(**{name: row[name] for name in row if name != "flood_id"})


class SqlRecords(Rows):
    """`reports.ports.Records` over one connection in a transaction."""

    def __init__(self, connection: Connection, seals: Seals, *, hold: bool) -> None:
        super().__init__(connection, hold=hold)
        self._seals = seals
        self.people = SqlPeople(connection, hold=hold)
        self.spoken_notes = SqlSpokenNotes(connection, hold=hold)
        self.observing = SqlObserving(connection, seals, hold=hold)
        self.settings = SqlSettings(connection, hold=hold)
        self._occurred: list[Occurrence] = []

    # Calls

    def _call(self, row: RowMapping) -> Call:
        return Call(**row, answers=self._answers([row["call_sid"]])[row["call_sid"]])

    def _answers(self, call_sids: Sequence[str]) -> dict[str, tuple[Answer, ...]]:
        given: dict[str, tuple[Answer, ...]] = defaultdict(tuple)
        query = sa.select(answers).where(answers.c.call_sid.in_(call_sids)).order_by(answers.c.at)
        for row in self._connection.execute(query):
            given[row.call_sid] += (Answer(row.question, row.digits, row.at),)
        return given

    def call(self, call_sid: str) -> Call | None:
        return self._one(calls, call_sid, self._call)

    def add_call(self, call: Call) -> bool:
        return self._add(calls, _columns(call, without=frozenset({"answers"})))

    def save_call(self, call: Call) -> None:
        self._save(calls, _columns(call, without=frozenset({"answers"})))

    def put_answer(self, call_sid: str, answer: Answer) -> None:
        if self._add(answers, {"call_sid": call_sid, **_columns(answer)}):
            return
        self._connection.execute(
            answers.update()
            .where(answers.c.call_sid == call_sid, answers.c.question == answer.question)
            .values(digits=answer.digits, at=answer.at)
        )

    def calls_in_progress(self, started_before: datetime) -> Sequence[Call]:
        query = sa.select(calls).where(
            calls.c.state == CallState.IN_PROGRESS, calls.c.started_at < started_before, _IS_CALL
        )
        return self._many(query, self._call)

    def calls_of(self, caller_hash: str | None, since: datetime) -> int:
        # `IS NULL` where there is no number: SQLAlchemy writes it so of None.
        theirs = (calls.c.caller_hash == caller_hash) & _IS_CALL
        rang = (calls.c.started_at >= since) & (calls.c.medium == Medium.VOICE)
        return self._count(sa.select(calls.c.call_sid).where(theirs, rang))

    def calls_let_in(self, since: datetime, at_most: int) -> int:
        return self._count(
            sa.select(calls.c.call_sid)
            .where(
                calls.c.started_at >= since,
                calls.c.admission.not_in(LIMITED),
                calls.c.medium == Medium.VOICE,
                _IS_CALL,
            )
            .order_by(calls.c.started_at.desc())
            .limit(at_most)
        )

    def _count(self, query: sa.Select[Any]) -> int:
        counted = sa.select(sa.func.count()).select_from(query.subquery())
        return self._connection.execute(counted).scalar_one()

    def is_trusted(self, caller_hash: str) -> bool:
        confirmed = (
            sa.select(reports.c.reference)
            .join(calls, calls.c.call_sid == reports.c.call_sid)
            .where(calls.c.caller_hash == caller_hash, reports.c.verdict == Verdict.CONFIRMED)
            .limit(1)
        )
        return self._connection.execute(confirmed).first() is not None

    def forget_callers(self, before: datetime, at: datetime) -> int:
        return sum(
            self._connection.execute(table.update().where(which).values({column: None})).rowcount
            for table, column, which in self._callers_before(before, at)
        )

    def count_callers(self, before: datetime, at: datetime) -> int:
        return sum(
            self._count(sa.select(table).where(which))
            for table, column, which in self._callers_before(before, at)
            if table is not blocks and column != "caller_number"
        )

    def _callers_before(
        self, before: datetime, at: datetime
    ) -> tuple[tuple[sa.Table, str, sa.ColumnElement[bool]], ...]:
        """What callers before an instant can be recognised by: columns, and the rows that hold it
        and should not."""
        held = sa.select(blocks.c.caller_hash).where(
            blocks.c.caller_hash.is_not(None),
            blocks.c.undone_at.is_(None),
            blocks.c.expires_at > at,
        )
        old = (calls.c.started_at < before) & (
            calls.c.caller_hash.is_(None) | calls.c.caller_hash.not_in(held)
        )
        granted = sa.exists().where(
            answers.c.call_sid == calls.c.call_sid,
            answers.c.question == CALLBACK,
            answers.c.digits == YES,
        )
        return (
            # The number first: afterwards nothing says any more whose it was.
            (calls, "caller_number", old & calls.c.caller_number.is_not(None) & ~granted),
            (calls, "caller_hash", old & calls.c.caller_hash.is_not(None)),
            (
                text_messages,
                "sender_hash",
                (text_messages.c.at < before)
                & text_messages.c.sender_hash.is_not(None)
                & text_messages.c.sender_hash.not_in(held),
            ),
            (
                blocks,
                "caller_hash",
                blocks.c.caller_hash.is_not(None)
                & ((blocks.c.expires_at < before) | (blocks.c.undone_at < before)),
            ),
        )

    def last_language(self, caller_hash: str, since: datetime) -> str | None:
        query = (
            sa.select(calls.c.language)
            .where(
                calls.c.caller_hash == caller_hash,
                calls.c.started_at >= since,
                calls.c.language.is_not(None),
            )
            .order_by(calls.c.started_at.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none()

    def languages_by_use(self, since: datetime) -> Sequence[str]:
        query = (
            sa.select(calls.c.language)
            .where(calls.c.started_at >= since, calls.c.language.is_not(None), _IS_CALL)
            .group_by(calls.c.language)
            .order_by(sa.func.count().desc(), calls.c.language)
        )
        return list(self._connection.execute(query).scalars())

    def add_bridge(self, bridge: Bridge) -> bool:
        return self._add(bridges, _columns(bridge))

    def end_bridges(self, call_sid: str, at: datetime) -> int:
        done = self._connection.execute(
            bridges.update()
            .where(bridges.c.call_sid == call_sid, bridges.c.until.is_(None))
            .values(until=at)
        )
        return int(done.rowcount)

    def bridges_since(self, since: datetime) -> Sequence[Bridge]:
        query = sa.select(bridges).where(bridges.c.until.is_(None), bridges.c.since >= since)
        return self._many(query, _plain(Bridge))

    # Recordings

    def recording(self, recording_sid: str) -> Recording | None:
        return self._one(recordings, recording_sid, _recording)

    def add_recording(self, recording: Recording) -> bool:
        return self._add(recordings, _recording_columns(recording))

    def save_recording(self, recording: Recording) -> None:
        self._save(recordings, _recording_columns(recording))

    def recordings_of(self, call_sid: str) -> Sequence[Recording]:
        return self._recordings(recordings.c.call_sid == call_sid)

    def recordings_in(
        self,
        states: Iterable[RecordingState],
        *,
        limited: bool | None = None,
        at_most: int | None = None,
    ) -> Sequence[Recording]:
        wanted: sa.ColumnElement[bool] = recordings.c.state.in_(list(states))
        if limited is not None:
            of_limited = sa.exists().where(
                calls.c.call_sid == recordings.c.call_sid,
                calls.c.admission.in_(LIMITED) | ~_IS_CALL,
            )
            wanted = wanted & (of_limited if limited else ~of_limited)
            # What is rehearsed is here from the beginning: no telephone company is asked for it.
            of_rehearsal = sa.exists().where(calls.c.call_sid == recordings.c.call_sid, ~_IS_CALL)
            wanted = wanted & ((recordings.c.state != RecordingState.ANNOUNCED) | ~of_rehearsal)
        return self._recordings(wanted, at_most)

    def next_in_turn(self, ranks: Iterable[Rank], at: datetime) -> Recording | None:
        query = (
            sa.select(recordings)
            .where(
                recordings.c.state == RecordingState.STORED,
                recordings.c.rank.in_(list(ranks)),
                recordings.c.next_attempt_at.is_(None) | (recordings.c.next_attempt_at <= at),
            )
            .order_by(recordings.c.turn_at)
            .limit(1)
        )
        if self._hold:
            # One that another worker is just about to take is passed over, not waited for.
            query = query.with_for_update(skip_locked=True)
        return next(iter(self._many(query, _recording)), None)

    def recordings_to_erase(self) -> Sequence[Recording]:
        return self._recordings(
            recordings.c.stored_at.is_not(None) & recordings.c.erased_at_provider_at.is_(None)
        )

    def _recordings(
        self, condition: sa.ColumnElement[bool], at_most: int | None = None
    ) -> list[Recording]:
        query = sa.select(recordings).where(condition).order_by(recordings.c.announced_at)
        return self._many(query.limit(at_most), _recording)

    def recordings_to_translate(self) -> Sequence[Recording]:
        return self._recordings(recordings.c.translation == TranslationState.WANTED)

    def add_transcript(self, transcript: Transcript) -> None:
        columns = _columns(transcript, without=frozenset({"transcript_id"}))
        segments = plain_segments(transcript.segments)
        columns["segments"] = self._seals.segments_in(segments, _words_context(columns))
        added = transcripts.insert().values(**columns).returning(transcripts.c.transcript_id)
        transcript_id = self._connection.execute(added).scalar_one()
        self._occurs(of_transcript(transcript, transcript_id, segments))

    def transcripts_of(self, recording_sid: str) -> Sequence[Transcript]:
        query = (
            sa.select(transcripts)
            .where(transcripts.c.recording_sid == recording_sid)
            .order_by(transcripts.c.transcript_id)
        )
        return self._many(query, self._transcript)

    def _transcript(self, row: RowMapping) -> Transcript:
        return Transcript(**{**row, "segments": segments_of(self._segments(row))})

    def _segments(self, row: RowMapping) -> list[dict[str, Any]]:
        return self._seals.segments_out(row["segments"], _words_context(row))

    # Text messages

    def text_message(self, message_sid: str) -> TextMessage | None:
        return self._one(text_messages, message_sid, self._text_message)

    def add_text_message(self, message: TextMessage) -> bool:
        body = self._seals.text_in(message.body, body_context(message.message_sid))
        return self._add(text_messages, {**_columns(message), "body": body})

    def _text_message(self, row: RowMapping) -> TextMessage:
        body = self._seals.text_out(row["body"], body_context(row["message_sid"]))
        return TextMessage(**{**row, "body": body})

    def texts_of(self, call_sid: str) -> Sequence[TextMessage]:
        return self._texts(text_messages.c.call_sid == call_sid)

    def last_text_from(self, sender_hash: str) -> TextMessage | None:
        query = (
            sa.select(text_messages)
            .where(text_messages.c.sender_hash == sender_hash)
            .order_by(text_messages.c.at.desc())
            .limit(1)
        )
        return next(iter(self._many(query, self._text_message)), None)

    def last_call_from(self, caller_hash: str) -> Call | None:
        query = (
            sa.select(calls)
            .where(calls.c.caller_hash == caller_hash)
            .order_by(calls.c.started_at.desc())
            .limit(1)
        )
        return next(iter(self._many(query, self._call)), None)

    def language_of_caller(self, caller_hash: str) -> str | None:
        query = (
            sa.select(calls.c.language)
            .where(calls.c.caller_hash == caller_hash, calls.c.language.is_not(None))
            .order_by(calls.c.started_at.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none()

    def _texts(self, condition: sa.ColumnElement[bool]) -> list[TextMessage]:
        query = sa.select(text_messages).where(condition).order_by(text_messages.c.at)
        return self._many(query, self._text_message)

    def attachment(self, media_sid: str) -> Attachment | None:
        return self._one(attachments, media_sid, _plain(Attachment))

    def add_attachment(self, attachment: Attachment) -> bool:
        return self._add(attachments, _columns(attachment))

    def save_attachment(self, attachment: Attachment) -> None:
        self._save(attachments, _columns(attachment))

    def attachments_in(self, states: Iterable[AttachmentState]) -> Sequence[Attachment]:
        return self._attachments(attachments.c.state.in_(list(states)))

    def attachments_to_erase(self) -> Sequence[Attachment]:
        return self._attachments(
            attachments.c.stored_at.is_not(None) & attachments.c.erased_at_provider_at.is_(None)
        )

    def _attachments(self, condition: sa.ColumnElement[bool]) -> list[Attachment]:
        query = (
            sa.select(attachments)
            .where(condition)
            .order_by(attachments.c.announced_at, attachments.c.media_sid)
        )
        return self._many(query, _plain(Attachment))

    def caller_text(self, call_sid: str) -> CallerText | None:
        return self._one(caller_texts, call_sid, _plain(CallerText))

    def add_caller_text(self, text: CallerText) -> bool:
        return self._add(caller_texts, _columns(text))

    def save_caller_text(self, text: CallerText) -> None:
        self._save(caller_texts, _columns(text))

    def caller_texts_in(self, states: Iterable[CallerTextState]) -> Sequence[CallerText]:
        query = (
            sa.select(caller_texts)
            .where(caller_texts.c.state.in_(list(states)))
            .order_by(caller_texts.c.asked_at)
        )
        return self._many(query, _plain(CallerText))

    def opt_out(self, caller_hash: str, at: datetime) -> None:
        self._add(opt_outs, {"caller_hash": caller_hash, "at": at})

    def opt_in(self, caller_hash: str) -> bool:
        done = self._connection.execute(
            opt_outs.delete().where(opt_outs.c.caller_hash == caller_hash)
        )
        return done.rowcount > 0

    def has_opted_out(self, caller_hash: str) -> bool:
        query = sa.select(sa.exists().where(opt_outs.c.caller_hash == caller_hash))
        return bool(self._connection.execute(query).scalar_one())

    # Reports

    def report(self, reference: str) -> Report | None:
        return self._one(reports, reference, _plain(Report))

    def report_of_call(self, call_sid: str) -> Report | None:
        adds_to = self._connection.execute(
            sa.select(calls.c.adds_to).where(calls.c.call_sid == call_sid)
        ).scalar_one_or_none()
        if adds_to is not None:
            return self.report(adds_to)
        return self._one(reports, call_sid, _plain(Report), by="call_sid")

    def add_report(self, report: Report) -> bool:
        return self._add(reports, _columns(report))

    def save_report(self, report: Report) -> None:
        self._save(reports, _columns(report))

    def touch(self, call_sid: str, at: datetime) -> None:
        added_to = sa.select(calls.c.adds_to).where(calls.c.call_sid == call_sid)
        self._connection.execute(
            reports.update()
            .where(
                (reports.c.call_sid == call_sid)
                | (reports.c.reference == added_to.scalar_subquery())
            )
            .values(changed_at=at)
        )

    def count_reports(self) -> int:
        # Every open page asks: to count all, and the few, is quicker than to count the rest.
        every = sa.select(reports.c.reference)
        return self._count(every) - self._count(every.where(_is_rehearsal()))

    def add_act(self, act: Act, subject: str | None = None) -> None:
        self._connection.execute(acts.insert().values(**_columns(act)))
        occurred = of_act(act, subject)
        if occurred is not None:
            self._occurs(occurred)

    def acts_by(self, who: str, at: datetime) -> Sequence[Act]:
        return self._acts((acts.c.who == who) & (acts.c.at == at))

    def acts_of(self, references: Iterable[str]) -> Sequence[Act]:
        return self._acts(acts.c.reference.in_(list(references)))

    def _acts(self, condition: sa.ColumnElement[bool]) -> Sequence[Act]:
        return self._many(sa.select(acts).where(condition).order_by(acts.c.act_id), _act)

    def add_settlement(self, settlement: Settlement) -> int:
        columns = _columns(settlement, without=frozenset({"settlement_id"}))
        added = settlements.insert().values(**columns).returning(settlements.c.settlement_id)
        settlement_id = int(self._connection.execute(added).scalar_one())
        self._occurs(of_settlement(settlement, settlement_id))
        return settlement_id

    def settlements_of(self, references: Iterable[str]) -> Sequence[Settlement]:
        query = (
            sa.select(settlements)
            .where(settlements.c.reference.in_(list(references)))
            .order_by(settlements.c.settlement_id)
        )
        return self._many(query, _plain(Settlement))

    def add_note(self, note: Note, mentioned: Iterable[str]) -> int:
        columns = _columns(note, without=frozenset({"note_id"}))
        columns["body"] = self._seals.text_in(note.body, _note_context(columns))
        added = notes.insert().values(**columns).returning(notes.c.note_id)
        note_id = int(self._connection.execute(added).scalar_one())
        for username in mentioned:
            self._connection.execute(mentions.insert().values(note_id=note_id, username=username))
        self._occurs(of_note(note, note_id, self._note_fingerprint(note)))
        return note_id

    def note(self, note_id: int) -> Note | None:
        query = sa.select(notes).where(notes.c.note_id == note_id)
        return next(iter(self._many(query, self._note)), None)

    def notes_of(self, reference: str) -> Sequence[Note]:
        query = sa.select(notes).where(notes.c.reference == reference).order_by(notes.c.note_id)
        return self._many(query, self._note)

    def standing_notes(self) -> Mapping[str, Sequence[int]]:
        query = (
            sa.select(notes.c.reference, notes.c.note_id)
            .join(reports, reports.c.reference == notes.c.reference)
            .where(notes.c.withdrawn_at.is_(None), ~_is_rehearsal())
            .order_by(notes.c.note_id)
        )
        standing: dict[str, list[int]] = defaultdict(list)
        for reference, note_id in self._connection.execute(query):
            standing[reference].append(note_id)
        return standing

    def notes_on(self, references: Iterable[str]) -> Sequence[Note]:
        query = (
            sa.select(notes)
            .where(notes.c.reference.in_(list(references)), notes.c.withdrawn_at.is_(None))
            .order_by(notes.c.note_id)
        )
        return self._many(query, self._note)

    def withdraw_note(self, note: Note, at: datetime) -> None:
        assert note.note_id is not None  # noqa: S101  # it comes from the database
        self._connection.execute(
            notes.update().where(notes.c.note_id == note.note_id).values(withdrawn_at=at)
        )
        withdrawn = dataclasses.replace(note, withdrawn_at=at)
        self._occurs(of_note(withdrawn, note.note_id, self._note_fingerprint(note)))

    def mentions_of(self, username: str, limit: int = 200) -> Sequence[Mention]:
        query = (
            sa.select(notes, mentions.c.username, mentions.c.seen_at)
            .join_from(mentions, notes)
            .where(mentions.c.username == username, notes.c.withdrawn_at.is_(None))
            .order_by(notes.c.note_id.desc())
            .limit(limit)
        )
        return self._many(query, self._mention)

    def unseen_mentions(self, username: str) -> frozenset[str]:
        query = (
            sa.select(notes.c.reference)
            .join_from(mentions, notes)
            .where(
                mentions.c.username == username,
                mentions.c.seen_at.is_(None),
                notes.c.withdrawn_at.is_(None),
            )
        )
        return frozenset(self._connection.execute(query).scalars())

    def see_mentions(self, username: str, at: datetime, reference: str | None = None) -> None:
        seen = mentions.update().where(
            mentions.c.username == username, mentions.c.seen_at.is_(None)
        )
        if reference is not None:
            here = sa.select(notes.c.note_id).where(notes.c.reference == reference)
            seen = seen.where(mentions.c.note_id.in_(here))
        self._connection.execute(seen.values(seen_at=at))

    def _note(self, row: RowMapping) -> Note:
        names = [field.name for field in dataclasses.fields(Note)]
        body = self._seals.text_out(row["body"], _note_context(row))
        return Note(**{**{name: row[name] for name in names}, "body": body})

    def _mention(self, row: RowMapping) -> Mention:
        return Mention(self._note(row), row["username"], row["seen_at"])

    def _note_fingerprint(self, note: Note) -> str:
        # Never that of the same text alone: a note may be nothing but a number.
        return self._seals.sealer.fingerprint(f"note:{note.body}")

    def dossier(self, reference: str) -> Dossier | None:
        report = self.report(reference)
        return None if report is None else self._dossiers([report])[0]

    def dossiers(
        self,
        *,
        since: datetime | None = None,
        limited: bool | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> Sequence[Dossier]:
        query = (
            sa.select(reports)
            .where(~_is_rehearsal())
            .order_by(reports.c.filed_at.desc(), reports.c.reference)
        )
        if limited is not None:
            query = query.where(_is_limited() if limited else ~_is_limited())
        if since is not None:
            query = query.where(reports.c.changed_at >= since)
        return self._dossiers(self._many(query.limit(limit).offset(offset), _plain(Report)))

    def dossiers_of(self, references: Sequence[str]) -> Sequence[Dossier]:
        query = (
            sa.select(reports)
            .where(reports.c.reference.in_(references))
            .order_by(reports.c.filed_at)
        )
        return self._dossiers(self._many(query, _plain(Report))) if references else []

    def _dossiers(self, wanted: Sequence[Report]) -> list[Dossier]:
        """All that hangs on these reports, in one query a table however many they are."""
        own_sids = [report.call_sid for report in wanted]
        references = [report.reference for report in wanted]
        reference_of = dict(zip(own_sids, references, strict=True))
        adding = sa.select(calls.c.call_sid, calls.c.adds_to).where(calls.c.adds_to.in_(references))
        reference_of |= {row.call_sid: row.adds_to for row in self._connection.execute(adding)}
        sids = list(reference_of)
        given = self._answers(own_sids)
        call_of = {
            row["call_sid"]: Call(**row, answers=given[row["call_sid"]])
            for row in self._connection.execute(
                sa.select(calls).where(calls.c.call_sid.in_(own_sids))
            ).mappings()
        }
        recorded = _grouped(
            self._recordings(recordings.c.call_sid.in_(sids)),
            lambda recording: reference_of[recording.call_sid],
        )
        report_of_recording = {
            recording.recording_sid: reference
            for reference, those in recorded.items()
            for recording in those
        }
        written = _grouped(
            self._many(
                sa.select(transcripts)
                .join(recordings, recordings.c.recording_sid == transcripts.c.recording_sid)
                .where(recordings.c.call_sid.in_(sids))
                .order_by(transcripts.c.transcript_id),
                self._transcript,
            ),
            lambda transcript: report_of_recording[transcript.recording_sid],
        )
        wrote = _grouped(
            self._texts(text_messages.c.call_sid.in_(sids)), lambda message: message.call_sid
        )
        attached = _grouped(
            self._attachments(attachments.c.call_sid.in_(sids)), lambda each: each.call_sid
        )
        texted = {
            row["call_sid"]: CallerText(**row)
            for row in self._connection.execute(
                sa.select(caller_texts).where(caller_texts.c.call_sid.in_(sids))
            ).mappings()
        }
        told = _grouped(
            self._many(
                sa.select(notifications)
                .where(notifications.c.reference.in_(references))
                .order_by(notifications.c.created_at),
                self._notification,
            ),
            lambda notification: notification.reference,
        )
        done = _grouped(
            self.acts_of(references),
            lambda act: act.reference,
        )
        talked = _grouped(
            self._many(
                sa.select(bridges).where(bridges.c.call_sid.in_(sids)).order_by(bridges.c.since),
                _plain(Bridge),
            ),
            lambda bridge: reference_of[bridge.call_sid],
        )
        part_of = self._incidents_of(references)
        settled = _grouped(self.settlements_of(references), lambda each: each.reference)
        found = {each.call_sid: each for each in self.observing.findings_in(own_sids)}
        return [
            Dossier(
                report=report,
                call=call_of[report.call_sid],
                recordings=tuple(recorded[report.reference]),
                transcripts=tuple(written[report.reference]),
                notifications=tuple(told[report.reference]),
                acts=tuple(done[report.reference]),
                texts=tuple(wrote[report.call_sid]),
                attachments=tuple(attached[report.call_sid]),
                caller_text=texted.get(report.call_sid),
                bridges=tuple(talked[report.reference]),
                incident=part_of.get(report.reference),
                settled=tuple(settled[report.reference]),
                finding=found.get(report.call_sid),
            )
            for report in wanted
        ]

    # Rehearsals

    def rehearsals(self, who: str | None = None) -> Sequence[Dossier]:
        query = (
            sa.select(reports)
            .join(calls, calls.c.call_sid == reports.c.call_sid)
            .where(~_IS_CALL)
            .order_by(reports.c.filed_at.desc(), reports.c.reference)
        )
        if who is not None:
            query = query.where(calls.c.rehearsed_by == who)
        return self._dossiers(self._many(query, _plain(Report)))

    def rehearsal_calls(
        self, who: str | None = None, before: datetime | None = None
    ) -> Sequence[Call]:
        query = sa.select(calls).where(~_IS_CALL).order_by(calls.c.started_at)
        if who is not None:
            query = query.where(calls.c.rehearsed_by == who)
        if before is not None:
            query = query.where(calls.c.started_at < before)
        return self._many(query, self._call)

    def remove_rehearsals(self, call_sids: Sequence[str]) -> None:
        # Whatever is asked for, nothing but what was rehearsed is removed.
        found = sa.select(calls.c.call_sid).where(calls.c.call_sid.in_(call_sids), ~_IS_CALL)
        sids = list(self._connection.execute(found).scalars())
        of_report = list(
            self._connection.execute(
                sa.select(reports.c.reference).where(reports.c.call_sid.in_(sids))
            ).scalars()
        )
        noted = sa.select(notes.c.note_id).where(notes.c.reference.in_(of_report))
        recorded = sa.select(recordings.c.recording_sid).where(recordings.c.call_sid.in_(sids))
        for table, condition in (
            (mentions, mentions.c.note_id.in_(noted)),
            *((each, each.c.reference.in_(of_report)) for each in _OF_REPORT),
            (transcripts, transcripts.c.recording_sid.in_(recorded)),
            *((each, each.c.call_sid.in_(sids)) for each in _OF_CALL),
            (calls, calls.c.call_sid.in_(sids)),
        ):
            self._connection.execute(table.delete().where(condition))

    def changes(self, since: datetime | None = None) -> Mapping[str, datetime]:
        query = (
            sa.select(reports.c.reference, reports.c.changed_at)
            .where(~_is_rehearsal())
            .order_by(reports.c.filed_at.desc(), reports.c.reference)
        )
        if since is not None:
            query = query.where(reports.c.changed_at >= since)
        return {row.reference: row.changed_at for row in self._connection.execute(query)}

    def untold(
        self, kind: NotificationKind, filed_after: datetime, handling: Handling | None = None
    ) -> Sequence[str]:
        meant = sa.exists().where(
            notifications.c.reference == reports.c.reference, notifications.c.kind == kind
        )
        query = (
            sa.select(reports.c.reference)
            .where(reports.c.filed_at > filed_after, ~meant, ~_is_limited(), ~_is_rehearsal())
            .order_by(reports.c.filed_at)
        )
        if handling is not None:
            query = query.where(reports.c.handling == handling)
        return list(self._connection.execute(query).scalars())

    def same_caller(self, references: Sequence[str], limit: int) -> dict[str, Sequence[str]]:
        asked, of_asked = reports.alias(), calls.alias()
        place = (
            sa.func.row_number()
            .over(
                partition_by=asked.c.reference,
                order_by=(reports.c.filed_at.desc(), reports.c.reference),
            )
            .label("place")
        )
        ranked = (
            sa.select(asked.c.reference.label("of"), reports.c.reference, place)
            .join(of_asked, of_asked.c.call_sid == asked.c.call_sid)
            .join(calls, calls.c.caller_hash == of_asked.c.caller_hash)
            .join(reports, reports.c.call_sid == calls.c.call_sid)
            .where(asked.c.reference.in_(references), reports.c.reference != asked.c.reference)
            .subquery()
        )
        others: dict[str, list[str]] = defaultdict(list)
        query = sa.select(ranked).where(ranked.c.place <= limit).order_by(ranked.c.place)
        for row in self._connection.execute(query):
            others[row.of].append(row.reference)
        return dict(others)

    # Incidents

    def hold_incidents(self) -> None:
        # SQLite has but one writer.
        if self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql("LOCK TABLE incidents IN SHARE ROW EXCLUSIVE MODE")

    def add_incident(self, at: datetime) -> int:
        added = incidents.insert().values(created_at=at, changed_at=at)
        added_id = self._connection.execute(added.returning(incidents.c.incident_id)).scalar_one()
        return int(added_id)

    def add_incident_act(self, act: IncidentAct) -> int:
        parts = frozenset({"act_id", "moves", "apart", "judgement"})
        added = incident_acts.insert().values(**_columns(act, without=parts))
        act_id = int(self._connection.execute(added.returning(incident_acts.c.act_id)).scalar_one())
        for move in act.moves:
            self._connection.execute(
                incident_moves.insert().values(act_id=act_id, **_columns(move))
            )
        for one, other in act.apart:
            self._connection.execute(
                incident_apart.insert().values(act_id=act_id, one=one, other=other)
            )
        if act.judgement is not None:
            self._connection.execute(
                incident_judgements.insert().values(act_id=act_id, **_columns(act.judgement))
            )
        self._note_change(act, act.at)
        for occurred in of_incident_act(act):
            self._occurs(occurred)
        return act_id

    def undo_incident_act(self, act: IncidentAct, who: str, at: datetime) -> None:
        done = self._connection.execute(
            incident_acts.update()
            .where(incident_acts.c.act_id == act.act_id, incident_acts.c.undone_at.is_(None))
            .values(undone_by=who, undone_at=at)
        )
        if done.rowcount != 1:
            raise LookupError("no act of an incident to undo")
        self._note_change(act, at)
        for occurred in of_undone(act, who, at):
            self._occurs(occurred)

    def _note_change(self, act: IncidentAct, at: datetime) -> None:
        concerned = {act.incident_id, *(move.before for move in act.moves)} - {None}
        self._connection.execute(
            incidents.update()
            .where(incidents.c.incident_id.in_(sorted(filter(None, concerned))))
            .values(changed_at=at)
        )
        moved = {move.reference for move in act.moves}
        inside = {row["reference"] for row in self._members(_now_in(concerned))}
        told = {reference for pair in act.apart for reference in pair}
        self._connection.execute(
            reports.update()
            .where(reports.c.reference.in_(sorted(moved | inside | told)))
            .values(changed_at=at)
        )

    def incident_act(self, act_id: int) -> IncidentAct | None:
        return next(iter(self._incident_acts(incident_acts.c.act_id == act_id)), None)

    def last_moves(self, references: Iterable[str]) -> Mapping[str, IncidentAct]:
        moved = self._members(_last_moves.c.reference.in_(list(references)))
        ids = {row["act_id"] for row in moved}
        acts_of = {each.act_id: each for each in self._incident_acts(_act_in(ids))}
        return {row["reference"]: acts_of[row["act_id"]] for row in moved}

    def incident_of(self, references: Iterable[str]) -> Mapping[str, int]:
        moved = self._members(
            _last_moves.c.reference.in_(list(references)) & incident_moves.c.after.is_not(None)
        )
        return {row["reference"]: row["after"] for row in moved}

    def _members(self, condition: sa.ColumnElement[bool]) -> Sequence[RowMapping]:
        """Of reports the last moves that nobody undid."""
        query = (
            sa.select(incident_moves)
            .join(
                _last_moves,
                (incident_moves.c.act_id == _last_moves.c.act_id)
                & (incident_moves.c.reference == _last_moves.c.reference),
            )
            .where(condition)
        )
        return self._connection.execute(query).mappings().all()

    def _incident_acts(self, condition: sa.ColumnElement[bool]) -> list[IncidentAct]:
        """In order."""
        query = sa.select(incident_acts).where(condition).order_by(incident_acts.c.act_id)
        rows = self._connection.execute(query).mappings().all()
        ids = [row["act_id"] for row in rows]

        def of(table: sa.Table) -> Iterable[RowMapping]:
            parts = sa.select(table).where(table.c.act_id.in_(ids)).order_by(*table.primary_key)
            return self._connection.execute(parts).mappings() if ids else ()

        moves: dict[int, list[Move]] = defaultdict(list)
        for row in of(incident_moves):
            moves[row["act_id"]].append(Move(row["reference"], row["before"], row["after"]))
        apart: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for row in of(incident_apart):
            apart[row["act_id"]].append((row["one"], row["other"]))
        judged = {
            row["act_id"]: Judgement(**{name: row[name] for name in row if name != "act_id"})
            for row in of(incident_judgements)
        }
        return [
            IncidentAct(
                **row,
                moves=tuple(moves[row["act_id"]]),
                apart=tuple(apart[row["act_id"]]),
                judgement=judged.get(row["act_id"]),
            )
            for row in rows
        ]

    def docket(self, incident_id: int) -> Docket | None:
        query = sa.select(incidents).where(incidents.c.incident_id == incident_id)
        return next(iter(self._dockets(query)), None)

    def dockets(
        self, *, since: datetime | None = None, limit: int = 100, offset: int = 0
    ) -> Sequence[Docket]:
        inside = (
            sa.select(incident_moves.c.after)
            .join(
                _last_moves,
                (incident_moves.c.act_id == _last_moves.c.act_id)
                & (incident_moves.c.reference == _last_moves.c.reference),
            )
            .where(incident_moves.c.after.is_not(None))
        )
        query = (
            sa.select(incidents)
            .where(incidents.c.incident_id.in_(inside))
            .order_by(incidents.c.changed_at.desc(), incidents.c.incident_id.desc())
            .limit(limit)
            .offset(offset)
        )
        if since is not None:
            query = query.where(incidents.c.changed_at >= since)
        return self._dockets(query)

    def _dockets(self, query: sa.Select[Any]) -> list[Docket]:
        rows = self._connection.execute(query).mappings().all()
        ids = [row["incident_id"] for row in rows]
        if not ids:
            return []
        moved = sa.select(incident_moves.c.act_id).where(
            incident_moves.c.before.in_(ids) | incident_moves.c.after.in_(ids)
        )
        members = {row["reference"]: row["after"] for row in self._members(_now_in(ids))}
        told = sa.select(incident_apart.c.act_id).where(
            incident_apart.c.one.in_(list(members)) | incident_apart.c.other.in_(list(members))
        )
        acts_of = self._incident_acts(
            incident_acts.c.incident_id.in_(ids)
            | incident_acts.c.act_id.in_(moved)
            | (incident_acts.c.act_id.in_(told) & (incident_acts.c.kind == IncidentActKind.APART))
        )
        inside: dict[int, list[str]] = defaultdict(list)
        filed = sa.select(reports.c.reference).where(reports.c.reference.in_(list(members)))
        for reference in self._connection.execute(
            filed.order_by(reports.c.filed_at, reports.c.reference)
        ).scalars():
            inside[members[reference]].append(reference)
        return [
            Docket(
                incident=_incident(row, acts_of),
                references=tuple(inside[row["incident_id"]]),
                acts=tuple(
                    act
                    for act in acts_of
                    if _concerns(act, row["incident_id"], inside[row["incident_id"]])
                ),
            )
            for row in rows
        ]

    def _incidents_of(self, references: Sequence[str]) -> Mapping[str, Incident]:
        """Of those of these reports that are in one."""
        member_of = self.incident_of(references)
        if not member_of:
            return {}
        ids = set(member_of.values())
        judged = self._incident_acts(
            incident_acts.c.incident_id.in_(ids) & (incident_acts.c.kind == IncidentActKind.JUDGED)
        )
        query = sa.select(incidents).where(incidents.c.incident_id.in_(ids))
        found = {
            row["incident_id"]: _incident(row, judged)
            for row in self._connection.execute(query).mappings()
        }
        return {reference: found[of] for reference, of in member_of.items()}

    def told_apart(self, references: Iterable[str]) -> Sequence[tuple[str, str]]:
        among = list(references)
        query = (
            sa.select(incident_apart.c.one, incident_apart.c.other)
            .join(incident_acts, incident_acts.c.act_id == incident_apart.c.act_id)
            .where(
                incident_acts.c.undone_at.is_(None),
                incident_apart.c.one.in_(among) | incident_apart.c.other.in_(among),
            )
            .distinct()
            .order_by(incident_apart.c.one, incident_apart.c.other)
        )
        return [(row.one, row.other) for row in self._connection.execute(query)]

    def filed_since(
        self, since: datetime, at_most: int, also: Iterable[str] = ()
    ) -> Sequence[tuple[str, datetime]]:
        is_open = (
            (reports.c.filed_at >= since) & (reports.c.handling != Handling.CLOSED) & ~_is_limited()
        )
        query = (
            sa.select(reports.c.reference, reports.c.changed_at)
            .where(is_open | reports.c.reference.in_(list(also)), ~_is_rehearsal())
            .order_by(reports.c.filed_at.desc(), reports.c.reference)
            .limit(at_most)
        )
        return [(row.reference, row.changed_at) for row in self._connection.execute(query)]

    def count_limited(self) -> int:
        return self._count(
            sa.select(reports.c.reference).where(
                reports.c.handling != Handling.CLOSED, _is_limited(), ~_is_rehearsal()
            )
        )

    # Floods and pranks

    def add_block(self, block: Block) -> bool:
        return self._add(blocks, _columns(block))

    def block(self, block_id: str) -> Block | None:
        return self._one(blocks, block_id, _plain(Block))

    def save_block(self, block: Block) -> None:
        self._save(blocks, _columns(block))

    def blocks(self, limit: int = 200) -> Sequence[Block]:
        query = sa.select(blocks).order_by(blocks.c.at.desc(), blocks.c.block_id).limit(limit)
        return self._many(query, _plain(Block))

    def blocks_of(self, caller_hash: str) -> Sequence[Block]:
        query = (
            sa.select(blocks)
            .where(blocks.c.caller_hash == caller_hash)
            .order_by(blocks.c.at.desc(), blocks.c.block_id)
        )
        return self._many(query, _plain(Block))

    def add_flood(self, flood: Flood) -> None:
        self._connection.execute(floods.insert().values(**_columns(flood)))

    def flood(self) -> Flood | None:
        last = sa.select(floods).order_by(floods.c.flood_id.desc()).limit(1)
        row = self._connection.execute(last).mappings().first()
        return None if row is None else _flood(row)

    # Notifications

    def notification(self, notification_id: str) -> Notification | None:
        return self._one(notifications, notification_id, self._notification)

    def add_notification(self, notification: Notification) -> bool:
        return self._add(notifications, self._notification_columns(notification))

    def save_notification(self, notification: Notification) -> None:
        self._save(notifications, self._notification_columns(notification))

    def _notification(self, row: RowMapping) -> Notification:
        body = self._seals.text_out(row["body"], alert_context(row["notification_id"]))
        return Notification(**{**row, "body": body})

    def _notification_columns(self, notification: Notification) -> dict[str, Any]:
        context = alert_context(notification.notification_id)
        body = self._seals.text_in(notification.body, context)
        return {**_columns(notification), "body": body}

    def told_since(self, recipient_hash: str, since: datetime) -> Sequence[Notification]:
        query = (
            sa.select(notifications)
            .where(
                notifications.c.recipient_hash == recipient_hash,
                notifications.c.sent_at >= since,
                ~_tells_of_rehearsal(),
            )
            .order_by(notifications.c.sent_at.desc(), notifications.c.created_at.desc())
        )
        return self._many(query, self._notification)

    def first_words_to(self, recipient_hash: str, since: datetime) -> Sequence[str]:
        query = (
            sa.select(notifications.c.reference)
            .where(
                notifications.c.recipient_hash == recipient_hash,
                notifications.c.created_at >= since,
                notifications.c.kind.in_([NotificationKind.ALERT, NotificationKind.BUNDLE]),
                notifications.c.state.not_in([NotificationState.HELD, NotificationState.BUNDLED]),
                ~_tells_of_rehearsal(),
            )
            .order_by(notifications.c.created_at.desc())
        )
        return list(dict.fromkeys(self._connection.execute(query).scalars()))

    def moved(self, since: datetime) -> Sequence[str]:
        in_an_incident = sa.exists().where(
            incident_moves.c.reference == reports.c.reference,
            incident_moves.c.after.is_not(None),
        )
        is_settled = sa.exists().where(settlements.c.reference == reports.c.reference)
        query = sa.select(reports.c.reference).where(
            reports.c.changed_at >= since,
            ~_is_rehearsal(),
            sa.or_(
                reports.c.handling != Handling.NEW,
                reports.c.verdict != Verdict.UNVERIFIED,
                in_an_incident,
                is_settled,
            ),
        )
        return list(self._connection.execute(query).scalars())

    def waiting(self, filed_after: datetime) -> Sequence[tuple[str, datetime]]:
        query = (
            sa.select(reports.c.reference, reports.c.changed_at)
            .where(
                reports.c.filed_at > filed_after,
                reports.c.handling == Handling.NEW,
                reports.c.verdict == Verdict.UNVERIFIED,
                ~_is_limited(),
                ~_is_rehearsal(),
            )
            .order_by(reports.c.filed_at)
        )
        return [(row[0], row[1]) for row in self._connection.execute(query)]

    def notifications_in(self, states: Iterable[NotificationState]) -> Sequence[Notification]:
        query = (
            sa.select(notifications)
            .where(notifications.c.state.in_(list(states)))
            .order_by(notifications.c.created_at)
        )
        return self._many(query, self._notification)

    # Organizers

    def organizer(self, username: str) -> Organizer | None:
        return self._one(organizers, username, _plain(Organizer))

    def organizers(self) -> Sequence[Organizer]:
        return self._many(sa.select(organizers).order_by(organizers.c.username), _plain(Organizer))

    def put_organizer(self, organizer: Organizer) -> None:
        if not self._add(organizers, _columns(organizer)):
            self._save(organizers, _columns(organizer))

    # Their accounts

    def add_session(self, session: Session) -> bool:
        return self._add(sessions, _columns(session))

    def session(self, session_hash: str) -> Session | None:
        return self._one(sessions, session_hash, _plain(Session))

    def save_session(self, session: Session) -> None:
        self._save(sessions, _columns(session))

    def sessions_seen(self, since: datetime, username: str | None = None) -> Sequence[Session]:
        query = (
            sa.select(sessions)
            .where(sessions.c.ended_at.is_(None), sessions.c.seen_at >= since)
            .order_by(sessions.c.seen_at.desc(), sessions.c.session_hash)
        )
        if username is not None:
            query = query.where(sessions.c.username == username)
        return self._many(query, _plain(Session))

    def last_seen(self) -> Mapping[str, datetime]:
        query = sa.select(
            sessions.c.username, sa.func.max(sessions.c.seen_at).label("seen_at")
        ).group_by(sessions.c.username)
        rows = self._connection.execute(query)
        return {row.username: row.seen_at for row in rows}

    def add_invitation(self, invitation: Invitation) -> bool:
        return self._add(invitations, _columns(invitation))

    def invitation(self, invitation_id: str) -> Invitation | None:
        return self._one(invitations, invitation_id, _plain(Invitation))

    def invitation_by(self, token_hash: str) -> Invitation | None:
        return self._one(invitations, token_hash, _plain(Invitation), by="token_hash")

    def save_invitation(self, invitation: Invitation) -> None:
        self._save(invitations, _columns(invitation))

    def invitations(self, limit: int = 100) -> Sequence[Invitation]:
        query = (
            sa.select(invitations)
            .order_by(invitations.c.made_at.desc(), invitations.c.invitation_id)
            .limit(limit)
        )
        return self._many(query, _plain(Invitation))

    def authenticator(self, username: str) -> Authenticator | None:
        return self._one(authenticators, username, _plain(Authenticator))

    def put_authenticator(self, authenticator: Authenticator) -> None:
        if not self._add(authenticators, _columns(authenticator)):
            self._save(authenticators, _columns(authenticator))

    def remove_authenticator(self, username: str) -> None:
        self._connection.execute(
            authenticators.delete().where(authenticators.c.username == username)
        )

    def add_passkey(self, passkey: Passkey) -> bool:
        return self._add(passkeys, _columns(passkey))

    def passkey(self, credential_id: str) -> Passkey | None:
        return self._one(passkeys, credential_id, _plain(Passkey))

    def passkeys_of(self, username: str) -> Sequence[Passkey]:
        query = (
            sa.select(passkeys)
            .where(passkeys.c.username == username)
            .order_by(passkeys.c.added_at, passkeys.c.credential_id)
        )
        return self._many(query, _plain(Passkey))

    def save_passkey(self, passkey: Passkey) -> None:
        self._save(passkeys, _columns(passkey))

    def remove_passkey(self, credential_id: str) -> None:
        self._connection.execute(passkeys.delete().where(passkeys.c.credential_id == credential_id))

    def recovery_codes(self, username: str) -> Sequence[RecoveryCode]:
        query = (
            sa.select(recovery_codes)
            .where(recovery_codes.c.username == username)
            .order_by(recovery_codes.c.code_hash)
        )
        return self._many(query, _plain(RecoveryCode))

    def put_recovery_codes(self, username: str, codes: Sequence[RecoveryCode]) -> None:
        self._connection.execute(
            recovery_codes.delete().where(recovery_codes.c.username == username)
        )
        for code in codes:
            self._connection.execute(recovery_codes.insert().values(**_columns(code)))

    def save_recovery_code(self, code: RecoveryCode) -> None:
        self._save(recovery_codes, _columns(code))

    def with_second_factor(self) -> frozenset[str]:
        confirmed = sa.select(authenticators.c.username).where(
            authenticators.c.confirmed_at.is_not(None)
        )
        either = confirmed.union(sa.select(passkeys.c.username))
        return frozenset(self._connection.execute(either).scalars())

    def add_account_act(self, act: AccountAct) -> None:
        self._connection.execute(account_acts.insert().values(**_columns(act)))

    def account_acts(self, limit: int = 100) -> Sequence[AccountAct]:
        query = sa.select(account_acts).order_by(account_acts.c.act_id.desc()).limit(limit)
        return self._many(query, _account_act)

    def last_account_acts(self) -> Mapping[str, AccountAct]:
        last = sa.select(sa.func.max(account_acts.c.act_id)).group_by(account_acts.c.about)
        query = sa.select(account_acts).where(account_acts.c.act_id.in_(last))
        return {act.about: act for act in self._many(query, _account_act)}

    # What callers hear

    def prompt_take(self, take_id: str) -> PromptTake | None:
        return self._one(prompt_takes, take_id, _plain(PromptTake))

    def add_prompt_take(self, take: PromptTake) -> bool:
        return self._add(prompt_takes, _columns(take))

    def remove_prompt_take(self, take_id: str) -> None:
        self._connection.execute(prompt_takes.delete().where(prompt_takes.c.take_id == take_id))

    def prompt_takes(self, language: str) -> Sequence[PromptTake]:
        query = (
            sa.select(prompt_takes)
            .where(prompt_takes.c.language == language)
            .order_by(prompt_takes.c.made_at, prompt_takes.c.take_id)
        )
        return self._many(query, _plain(PromptTake))

    def is_prompt_sound(self, sha256: str) -> bool:
        query = sa.select(prompt_takes.c.take_id).where(prompt_takes.c.sha256 == sha256).limit(1)
        return self._connection.execute(query).first() is not None

    # From one shift to the next

    def add_handover(self, handover: Handover) -> int:
        columns = _columns(handover, without=frozenset({"handover_id"}))
        columns["words"] = self._seals.text_in(
            handover.words, handover_context(handover.who, handover.at)
        )
        added = handovers.insert().values(**columns).returning(handovers.c.handover_id)
        return int(self._connection.execute(added).scalar_one())

    def handover(self, handover_id: int) -> Handover | None:
        query = sa.select(handovers).where(handovers.c.handover_id == handover_id)
        return next(iter(self._many(query, self._handover)), None)

    def handovers(self, limit: int) -> Sequence[Handover]:
        query = sa.select(handovers).order_by(handovers.c.handover_id.desc()).limit(limit)
        return self._many(query, self._handover)

    def _handover(self, row: RowMapping) -> Handover:
        context = handover_context(row["who"], row["at"])
        return Handover(**{**row, "words": self._seals.text_out(row["words"], context)})

    def add_handover_reading(self, reading: HandoverReading) -> bool:
        return self._add(handover_readings, _columns(reading))

    def handover_readings(self, handover_ids: Iterable[int]) -> Sequence[HandoverReading]:
        query = (
            sa.select(handover_readings)
            .where(handover_readings.c.handover_id.in_(list(handover_ids)))
            .order_by(handover_readings.c.at, handover_readings.c.who)
        )
        return self._many(query, _plain(HandoverReading))

    def add_prompt_choice(self, choice: PromptChoice) -> None:
        self._connection.execute(prompt_choices.insert().values(**_columns(choice)))

    def prompt_choices(self, language: str) -> Sequence[PromptChoice]:
        query = (
            sa.select(prompt_choices)
            .where(prompt_choices.c.language == language)
            .order_by(prompt_choices.c.choice_id)
        )
        return self._many(query, _choice)

    def current_takes(self, said: Mapping[tuple[str, str], str]) -> Mapping[tuple[str, str], str]:
        last = (
            sa.select(sa.func.max(prompt_choices.c.choice_id))
            .group_by(prompt_choices.c.language, prompt_choices.c.prompt)
            .scalar_subquery()
        )
        chosen = self._chosen(prompt_choices.c.choice_id.in_(last))
        found = dict(recorded(chosen, said))
        takes = {(one.language, one.prompt) for one in chosen if one.words is not None}
        if aside := takes & said.keys() - found.keys():
            # Few: their words were changed since. What was chosen before may say these.
            languages, prompts = ({place[part] for place in aside} for part in (0, 1))
            earlier = self._chosen(
                prompt_choices.c.language.in_(languages), prompt_choices.c.prompt.in_(prompts)
            )
            found |= recorded(earlier, {place: said[place] for place in aside})
        return found

    def _chosen(self, *which: sa.ColumnElement[bool]) -> Sequence[Chosen]:
        query = (
            sa.select(
                prompt_choices.c.choice_id,
                prompt_choices.c.language,
                prompt_choices.c.prompt,
                prompt_takes.c.words,
                prompt_takes.c.sha256,
            )
            .outerjoin(prompt_takes, prompt_choices.c.take_id == prompt_takes.c.take_id)
            .where(*which)
        )
        return [Chosen(*row) for row in self._connection.execute(query)]

    # Custody

    def append_custody(
        self, at: datetime, who: str, deed: Deed, subject: str, detail: Mapping[str, str]
    ) -> None:
        self._occurs(Occurrence(at, who, deed, subject, detail))

    def _occurs(self, occurred: Occurrence) -> None:
        if not self._hold:
            raise RuntimeError("who only reads writes nothing into the custody log")
        self._occurred.append(occurred)

    def write_custody(self) -> None:
        """Chains what occurred in this transaction to the log, at the end of it."""
        if not self._occurred:
            return
        # The first entry is what writers take turns for: it is always there, and never changes.
        # The last one is looked for afterwards: meanwhile another may have come.
        first = sa.select(custody_entries.c.number).where(custody_entries.c.number == 1)
        self._connection.execute(first.with_for_update()).first()
        entries = chained(self.custody_head(), self._occurred)
        self._connection.execute(custody_entries.insert(), [row_of(entry) for entry in entries])
        self._occurred.clear()

    def custody(self, after: int, at_most: int) -> Sequence[Line]:
        query = (
            sa.select(custody_entries)
            .where(custody_entries.c.number > after)
            .order_by(custody_entries.c.number)
            .limit(at_most)
        )
        return self._many(query, _line)

    def custody_head(self) -> Head:
        last = sa.select(custody_entries).order_by(custody_entries.c.number.desc()).limit(1)
        # As it stands there, whatever it is: a log that was tampered with goes on all the same.
        heads = self._many(last, lambda row: Head(row["number"], str(row["hash"])))
        return next(iter(heads), NOTHING)

    def custody_of(self, subjects: Iterable[str], since: datetime | None = None) -> Sequence[Entry]:
        query = (
            sa.select(custody_entries)
            .where(custody_entries.c.subject.in_(list(subjects)))
            .order_by(custody_entries.c.number)
        )
        if since is not None:
            query = query.where(custody_entries.c.at >= written_instant(since))
        return [line for line in self._many(query, _line) if isinstance(line, Entry)]

    def last_custody(self, deed: Deed, kind: str, at_most: int) -> Sequence[Entry]:
        query = (
            sa.select(custody_entries)
            .where(
                custody_entries.c.deed == str(deed),
                custody_entries.c.subject.startswith(f"{kind}:", autoescape=True),
            )
            .order_by(custody_entries.c.number.desc())
            .limit(at_most)
        )
        return [line for line in self._many(query, _line) if isinstance(line, Entry)]

    def kept(self, evidence: Evidence, after: str, at_most: int) -> Sequence[Kept]:
        table, key = _EVIDENCE[evidence]
        query = sa.select(table).where(_is_kept(table)).order_by(key).limit(at_most)
        if evidence is Evidence.TRANSCRIPT:
            return self._many(
                query.where(key > int(after or 0)),
                lambda row: Kept(
                    evidence,
                    str(row["transcript_id"]),
                    recording_subject(row["recording_sid"]),
                    words_hash(row["language"], self._segments(row)),
                ),
            )
        return self._many(
            query.where(key > after),
            lambda row: Kept(
                evidence, row[key.name], f"{evidence}:{row[key.name]}", row["sha256"] or ""
            ),
        )

    def count_kept(self) -> int:
        return sum(
            self._count(sa.select(key).where(_is_kept(table))) for table, key in _EVIDENCE.values()
        )

    def is_kept(self, evidence: Evidence, ids: Iterable[str]) -> frozenset[str]:
        table, key = _EVIDENCE[evidence]
        wanted = [int(each) if evidence is Evidence.TRANSCRIPT else each for each in ids]
        query = sa.select(key).where(key.in_(wanted), _is_kept(table))
        return frozenset(str(each) for each in self._connection.execute(query).scalars())


def _account_act(row: RowMapping) -> AccountAct:
    return AccountAct(**{name: value for name, value in row.items() if name != "act_id"})


_EVIDENCE: Mapping[Evidence, tuple[sa.Table, sa.Column[Any]]] = {
    Evidence.RECORDING: (recordings, recordings.c.recording_sid),
    Evidence.ATTACHMENT: (attachments, attachments.c.media_sid),
    Evidence.TRANSCRIPT: (transcripts, transcripts.c.transcript_id),
}


def _is_kept(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.stored_at.is_not(None) if "stored_at" in table.c else sa.true()


_last_moves = (
    sa.select(incident_moves.c.reference, sa.func.max(incident_moves.c.act_id).label("act_id"))
    .join(incident_acts, incident_acts.c.act_id == incident_moves.c.act_id)
    .where(incident_acts.c.undone_at.is_(None))
    .group_by(incident_moves.c.reference)
    .subquery()
)
"""Of each report that ever moved, the last act that moved it and was not undone."""


def _now_in(incident_ids: Iterable[int | None]) -> sa.ColumnElement[bool]:
    return incident_moves.c.after.in_([each for each in incident_ids if each is not None])


def _act_in(act_ids: Iterable[int]) -> sa.ColumnElement[bool]:
    return incident_acts.c.act_id.in_(list(act_ids))


def _incident(row: RowMapping, acts_of: Iterable[IncidentAct]) -> Incident:
    judged = [
        act
        for act in acts_of
        if act.kind is IncidentActKind.JUDGED
        and act.incident_id == row["incident_id"]
        and act.undone_at is None
    ]
    return Incident(**row, judged=judged[-1] if judged else None)


def _concerns(act: IncidentAct, incident_id: int, members: Collection[str]) -> bool:
    moved = {at for move in act.moves for at in (move.before, move.after)}
    if incident_id in {act.incident_id, *moved}:
        return True
    told = {reference for pair in act.apart for reference in pair}
    return act.kind is IncidentActKind.APART and not told.isdisjoint(members)


def _is_limited() -> sa.ColumnElement[bool]:
    """Of a report: that its call was limited or blocked."""
    return sa.exists().where(calls.c.call_sid == reports.c.call_sid, calls.c.admission.in_(LIMITED))


_IS_CALL = calls.c.rehearsed_by.is_(None)
"""Of a call: that somebody called, and nobody rehearses."""


def _is_rehearsal() -> sa.ColumnElement[bool]:
    """Of a report. Who rehearses are few, and found once by their index: SQLite takes it for a
    comparison, and not for IS NOT NULL."""
    return reports.c.call_sid.in_(sa.select(calls.c.call_sid).where(calls.c.rehearsed_by > ""))


def _tells_of_rehearsal() -> sa.ColumnElement[bool]:
    """Of a notification."""
    return (
        sa.exists()
        .where(
            reports.c.reference == notifications.c.reference,
            calls.c.call_sid == reports.c.call_sid,
            ~_IS_CALL,
        )
        .correlate(notifications)
    )


def _grouped(values: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return groups


def _writers_turn(engine: Engine) -> Callable[[float | None], AbstractContextManager[None]]:
    """A queue for those who want to write, where the database has none.

    SQLite lets one write and has the others ask again after ever longer naps, up to a tenth of a
    second each, while a caller waits. Here they stand in line for a lock that the kernel hands on
    at once and takes back from a process that dies (https://man7.org/linux/man-pages/man2/
    flock.2.html). SQLite's own lock still holds whoever does not come this way.
    """
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        return lambda _patience: nullcontext()
    lock = f"{database}.turn"

    @contextmanager
    def turn(patience: float | None) -> Iterator[None]:
        # Opened anew each time: threads that shared one descriptor would not exclude each other.
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if patience is None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            else:
                _lock_within(descriptor, patience)
            yield
        finally:
            os.close(descriptor)

    return turn


def _lock_within(descriptor: int, seconds: float) -> None:
    """Asks again and again: the kernel's line has no end to its waiting.

    Raises:
        StoreBusy
    """
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise StoreBusy("others write") from None
            time.sleep(ASK_AGAIN)


# --- The store ------------------------------------------------------------------------------------


def connect(url: str) -> Engine:
    """An engine for any SQLAlchemy URL.

    A bare `postgresql://` is read as psycopg 3, the driver that `requirements.txt` brings.
    """
    parsed = sa.engine.make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        parsed,
        # A server may have gone away in the meantime; a file has not.
        pool_pre_ping=parsed.get_backend_name() != "sqlite",
        # An error's text is logged, and must not hold what callers said.
        hide_parameters=True,
    )
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    return engine


def _tune_sqlite(engine: Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver's own notion of when to begin is switched off; `_begin` says it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit that was answered survives a power cut. NORMAL would not promise that.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is forgotten, and was plain before it was sealed, is overwritten in the file.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        patience = options.get("patience", SQLITE_BUSY_SECONDS)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
        writes = options.get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


@contextmanager
def _giving_up(patience: float | None) -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        if patience is None:
            raise
        raise StoreBusy(type(error.orig).__name__) from error


class SqlReportStore:
    """`reports.ports.ReportStore` over SQLAlchemy."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        """`sealer`: seals what callers said and wrote, and opens it."""
        self._engine = engine
        self._seals = Seals(sealer)
        self._turn = _writers_turn(engine)

    @contextmanager
    def begin(self, patience: float | None = None) -> Iterator[SqlRecords]:
        with _giving_up(patience), self._engine.connect() as connection, self._turn(patience):
            if patience is not None:
                connection.execution_options(patience=patience)
            with connection.begin():
                if patience is not None and connection.dialect.name == "postgresql":
                    wait = f"SET LOCAL lock_timeout = {round(patience * 1000)}"
                    connection.exec_driver_sql(wait)
                records = SqlRecords(connection, self._seals, hold=True)
                yield records
                records.write_custody()

    @contextmanager
    def read(self) -> Iterator[SqlRecords]:
        with (
            self._engine.connect().execution_options(writes=False) as connection,
            connection.begin(),
        ):
            yield SqlRecords(connection, self._seals, hold=False)
