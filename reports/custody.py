"""The chain of custody: who did what with which evidence, each entry bound to the one before it.

An entry's `hash` is the SHA-256, in lower-case hexadecimal, of its canonical form. That is the JSON
object of all its other fields, as RFC 8785 (JSON Canonicalization Scheme) writes it: UTF-8, no
space, members in the order of their names, in strings nothing escaped but `"`, `\\` and what is
below U+0020:

    {"at":"2026-01-15T14:10:00.123456Z","deed":"recording_stored","detail":{"sha256":"…"},
    "number":2,"previous":"…","subject":"recording:RE…","who":"system:fetches"}

(on one line). `at` is in UTC with six decimals and `Z`; `number` counts 1, 2, 3 …; `previous` is
the hash of the entry before, of the first 64 zeros; all values but `number` are strings. The form
holds for as long as there are logs: another form would be another log.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from reports.model import (
    Act,
    ActKind,
    IncidentAct,
    Move,
    Note,
    Settlement,
    Transcript,
    TranscriptKind,
)

TOLERANCE = timedelta(minutes=5)
"""By how much an entry may be older than the one before it: clocks of several machines differ, and
who waits for others has looked at the clock before."""
LONGEST_WHO: Final = 64
LONGEST_SUBJECT: Final = 100
LONGEST_VALUE: Final = 200
"""Characters of one value of `detail`."""
SHORTEST_HEAD: Final = 16
"""Hexadecimal digits of a hash that was kept elsewhere."""
SYSTEM: Final = "system:"
"""How `who` begins where no person acted; a username has no colon."""
API: Final = f"{SYSTEM}api"
"""Whoever bears the API's token."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SUBJECT = re.compile(r"[a-z][a-z_]*:\S+")
_NUMBER = re.compile(r"\+\d{7,}")
"""A telephone number as the line writes them."""


class Deed(StrEnum):
    LOG_BEGUN = "log_begun"
    RECORDING_STORED = "recording_stored"
    RECORDING_HEARD = "recording_heard"
    """A person, or a program of the group's, had the audio played or downloaded it."""
    ATTACHMENT_STORED = "attachment_stored"
    ATTACHMENT_SEEN = "attachment_seen"
    """As of a recording; pictures, and sounds that came with text messages."""
    ERASED_AT_PROVIDER = "erased_at_provider"
    TRANSCRIPT_MADE = "transcript_made"
    TRANSCRIPT_CORRECTED = "transcript_corrected"
    LANGUAGE_SET = "language_set"
    """A person said which language a recording is in, and had it written out anew."""
    NUMBER_SEEN = "number_seen"
    """A person was shown the caller's number or, where `detail` has after: spoken, the numbers in
    the message."""
    VERDICT_SET = "verdict_set"
    HANDLING_SET = "handling_set"
    CALLER_BLOCKED = "caller_blocked"
    CALLER_UNBLOCKED = "caller_unblocked"
    CALL_ADMITTED = "call_admitted"
    """A person had a limited call told of like any other."""
    EXPORTED = "exported"
    INCIDENT_MERGED = "incident_merged"
    INCIDENT_SPLIT = "incident_split"
    OBSERVERS_ASKED = "observers_asked"
    """A person had people asked to go and see; `detail` says how many."""
    OBSERVING_ENDED = "observing_ended"
    """They ended that; `after` 'ended', or 'undone': it goes on."""
    FIELD_SET = "field_set"
    """A person said what a field of the report is; `after` 'set', or 'withdrawn': they took back
    what was said."""
    NOTE_WRITTEN = "note_written"
    NOTE_WITHDRAWN = "note_withdrawn"
    REHEARSED = "rehearsed"
    """Nobody called: somebody rehearses, and this came of it. It is deleted within a day."""
    DELETED = "deleted"
    """What could be had before is gone; `detail` says why, and how much it was."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What somebody did, before it has its place in the log.

    Raises:
        ValueError: it would not fit the log, or holds a telephone number.
    """

    at: datetime
    who: str
    """A username, or 'system:' and what of it."""
    deed: Deed
    subject: str
    """What it was done with: 'recording:RE…', 'report:4821'."""
    detail: Mapping[str, str]
    """Hashes, counts, codes and reasons; never a number, or a word, of a caller."""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an entry of the log wants a time with its zone")
        if not 0 < len(self.who) <= LONGEST_WHO:
            raise ValueError("an entry of the log wants who did it")
        if len(self.subject) > LONGEST_SUBJECT or not _SUBJECT.fullmatch(self.subject):
            raise ValueError("the subject of an entry is a kind, a colon and an id")
        for name, value in self.detail.items():
            if not _NAME.fullmatch(name) or len(value) > LONGEST_VALUE:
                raise ValueError(f"the detail {name!r} does not fit an entry of the log")
            value.encode()
            if _NUMBER.search(value):
                raise ValueError(f"the detail {name!r} holds a telephone number")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. Never changed, never removed."""

    number: int
    at: datetime
    who: str
    deed: Deed
    subject: str
    detail: Mapping[str, str]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Illegible:
    """A row of the log that is no entry: somebody has written over it."""

    number: int
    why: str


Line = Entry | Illegible


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log goes: the number and the hash of its last entry."""

    number: int
    hash: str | None
    """None: the last entry is illegible. Of a head that was kept elsewhere, its beginning at
    least."""
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.number}:{self.hash or 'illegible'}"


NOTHING = Head(0, "0" * 64)
"""Before the first entry."""


class BadHead(ValueError):
    """What was given as the head of a log is none. `str()` says what it should be."""


def head_of(written: str) -> Head:
    """A head as `str` writes it, of whose hash at least the beginning is there.

    Raises:
        BadHead
    """
    found = re.fullmatch(
        rf"(\d{{1,9}}):([0-9a-f]{{{SHORTEST_HEAD},64}})…?", written.strip().lower()
    )
    if found is None:
        raise BadHead(
            f"{written.strip()[:80]!r} is no head of a custody log: wanted its number, a colon and"
            f" at least {SHORTEST_HEAD} digits of its hash, as `custody head` prints them"
        )
    return Head(int(found[1]), found[2])


def heads_of(lines: Iterable[str]) -> tuple[Head, ...]:
    """The heads that a file keeps: one at the beginning of each line, but for empty ones and those
    that begin with #.

    Raises:
        BadHead
    """
    written = (line.split() for line in lines if not line.startswith("#"))
    return tuple(head_of(words[0]) for words in written if words)


# --- The canonical form ---------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """JSON as RFC 8785 has it, of objects with plain names, strings and whole numbers. Other
    numbers are written as Python does, which is enough to tell whether something was changed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def written_instant(at: datetime) -> str:
    """2026-01-15T14:10:00.123456Z"""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def fitting_hash(entry: Entry) -> str:
    """What the entry's hash has to be, going by all else that it says."""
    return sha256_of(
        {
            "number": entry.number,
            "at": written_instant(entry.at),
            "who": entry.who,
            "deed": str(entry.deed),
            "subject": entry.subject,
            "detail": dict(entry.detail),
            "previous": entry.previous,
        }
    )


def chained(head: Head, occurrences: Iterable[Occurrence]) -> tuple[Entry, ...]:
    """The entries that follow a head."""
    entries: list[Entry] = []
    for number, occurred in enumerate(occurrences, head.number + 1):
        entry = Entry(
            number=number,
            at=occurred.at.astimezone(UTC),
            who=occurred.who,
            deed=occurred.deed,
            subject=occurred.subject,
            detail=MappingProxyType(
                {name: str(value) for name, value in sorted(occurred.detail.items())}
            ),
            previous=entries[-1].hash if entries else head.hash or "",
            hash="",
        )
        entries.append(replace(entry, hash=fitting_hash(entry)))
    return tuple(entries)


# --- As it is kept --------------------------------------------------------------------------------


def row_of(entry: Entry) -> dict[str, Any]:
    """Every value as it is hashed, so that nobody needs this program to check a row."""
    return {
        "number": entry.number,
        "at": written_instant(entry.at),
        "who": entry.who,
        "deed": str(entry.deed),
        "subject": entry.subject,
        "detail": canonical(dict(entry.detail)),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def line_of(row: Mapping[str, Any]) -> Line:
    """What a row says: whatever stands there, it is no error."""
    number = row["number"]
    texts = {name: row[name] for name in row if name != "number"}
    for name, value in texts.items():
        if not isinstance(value, str):
            return Illegible(number, f"{name} is no text")
    try:
        at = datetime.fromisoformat(texts["at"])
        detail = json.loads(texts["detail"])
        deed = Deed(texts["deed"])
    except (ValueError, RecursionError) as error:
        return Illegible(number, f"not to be read: {type(error).__name__}")
    if not isinstance(detail, dict) or not all(isinstance(v, str) for v in detail.values()):
        return Illegible(number, "detail is no object of texts")
    if (
        at.tzinfo is None
        or written_instant(at) != texts["at"]
        or canonical(detail) != texts["detail"]
    ):
        return Illegible(number, "not in the form in which entries are written")
    return Entry(
        number=number,
        at=at.astimezone(UTC),
        who=texts["who"],
        deed=deed,
        subject=texts["subject"],
        detail=MappingProxyType(detail),
        previous=texts["previous"],
        hash=texts["hash"],
    )


# --- What is verified -----------------------------------------------------------------------------


class Flaw(StrEnum):
    ILLEGIBLE = "it cannot be read"
    HASH = "its hash does not fit what it says"
    NUMBER = "entries are missing before it"
    PREVIOUS = "it does not follow on the entry before it"
    TIME = "it is older than the entry before it"
    HEAD = "its hash is not the one that was kept elsewhere: the log was written anew"
    CUT = "it is missing, and was there when its hash was kept elsewhere: the end was cut off"


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and why."""

    number: int
    flaw: Flaw
    detail: str = ""

    def __str__(self) -> str:
        return f"entry {self.number}: {self.flaw}" + (f" ({self.detail})" if self.detail else "")


def verify(lines: Iterable[Line], after: Head = NOTHING, heads: Sequence[Head] = ()) -> list[Break]:
    """Everything that is wrong with a stretch of the log that should follow `after`; the first one
    says where it begins. `heads` were kept elsewhere."""
    found: list[Break] = []
    for line in lines:
        if line.number != after.number + 1:
            found.append(Break(line.number, Flaw.NUMBER, f"after {after.number}"))
        if isinstance(line, Illegible):
            found.append(Break(line.number, Flaw.ILLEGIBLE, line.why))
        else:
            found += _breaks(line, after, heads)
        after = reached(line)
    return found


def _breaks(entry: Entry, after: Head, heads: Sequence[Head]) -> list[Break]:
    flaws = {
        Flaw.HASH: entry.hash != fitting_hash(entry),
        Flaw.PREVIOUS: after.hash is not None and entry.previous != after.hash,
        Flaw.TIME: after.at is not None and entry.at < after.at - TOLERANCE,
        Flaw.HEAD: any(
            head.number == entry.number and not entry.hash.startswith(head.hash or "")
            for head in heads
        ),
    }
    return [Break(entry.number, flaw) for flaw, there in flaws.items() if there]


def reached(line: Line) -> Head:
    """How far the log goes with this line."""
    if isinstance(line, Illegible):
        return Head(line.number, None)
    return Head(line.number, line.hash, line.at)


def cut(end: Head, heads: Iterable[Head]) -> list[Break]:
    """Of heads that were kept elsewhere, those that the log ends before."""
    return [Break(head.number, Flaw.CUT) for head in heads if head.number > end.number]


# --- What it tells of, as it is kept --------------------------------------------------------------


class Evidence(StrEnum):
    RECORDING = "recording"
    ATTACHMENT = "attachment"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file, or a transcript, as its row has it."""

    evidence: Evidence
    id: str
    subject: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.evidence} {self.id}"


@dataclass(frozen=True, slots=True)
class Told:
    """A file, or a transcript, as the log tells of it."""

    evidence: Evidence
    id: str
    sha256: str
    entry: Entry

    def __str__(self) -> str:
        return f"{self.evidence} {self.id}"


def told_by(entry: Entry) -> Told | None:
    """What an entry says that was kept from then on."""
    sha256 = entry.detail.get("sha256", "")
    _, _, sid = entry.subject.partition(":")
    match entry.deed:
        case Deed.RECORDING_STORED:
            return Told(Evidence.RECORDING, sid, sha256, entry)
        case Deed.ATTACHMENT_STORED:
            return Told(Evidence.ATTACHMENT, sid, sha256, entry)
        case Deed.TRANSCRIPT_MADE | Deed.TRANSCRIPT_CORRECTED:
            transcript_id = entry.detail.get("transcript", "")
            return Told(Evidence.TRANSCRIPT, transcript_id, sha256, entry)
    return None


# --- What is told ---------------------------------------------------------------------------------


def recording_subject(recording_sid: str) -> str:
    return f"recording:{recording_sid}"


def attachment_subject(media_sid: str) -> str:
    return f"attachment:{media_sid}"


def report_subject(reference: str) -> str:
    return f"report:{reference}"


def incident_subject(incident_id: int) -> str:
    return f"incident:{incident_id}"


_DEED_OF_ACT: Final[Mapping[ActKind, Deed | None]] = MappingProxyType(
    {
        ActKind.HANDLING: Deed.HANDLING_SET,
        ActKind.VERDICT: Deed.VERDICT_SET,
        ActKind.NUMBER_SHOWN: Deed.NUMBER_SEEN,
        ActKind.BLOCKED: Deed.CALLER_BLOCKED,
        ActKind.UNBLOCKED: Deed.CALLER_UNBLOCKED,
        ActKind.ADMITTED: Deed.CALL_ADMITTED,
        # The transcript that it made says so, with its hash.
        ActKind.CORRECTED: None,
        ActKind.HEARD_AS: Deed.LANGUAGE_SET,
    }
)


def of_act(act: Act, subject: str | None = None) -> Occurrence | None:
    """What the log says of an act; `subject`: what it was done with, if not the report."""
    deed = _DEED_OF_ACT[act.kind]
    if deed is None:
        return None
    changed = {"before": act.before, "after": act.after}
    return Occurrence(
        at=act.at,
        who=act.who,
        deed=deed,
        subject=subject or report_subject(act.reference),
        detail={name: value for name, value in changed.items() if value},
    )


def of_settlement(settlement: Settlement, settlement_id: int) -> Occurrence:
    """What the log says of a field that somebody settled: which, and a hash of what they said. What
    it is stays out of the log, which cannot forget: it may be a plate, or somebody's words."""
    said = {
        "settlement": settlement_id,
        "field": settlement.field,
        "value": settlement.value,
        "why": settlement.why,
        "withdrawn": settlement.withdrawn,
    }
    detail = {
        "field": settlement.field,
        "settlement": str(settlement_id),
        "after": "withdrawn" if settlement.withdrawn else "set",
        "sha256": sha256_of(said),
    }
    subject = report_subject(settlement.reference)
    return Occurrence(settlement.at, settlement.who, Deed.FIELD_SET, subject, detail)


def of_note(note: Note, note_id: int, fingerprint: str) -> Occurrence:
    """What the log says of a note, or of its being withdrawn: which, and `fingerprint`, a keyed
    hash of what it says. A plain one would tell a short note to whoever tries all that it may be.
    """
    return Occurrence(
        at=note.withdrawn_at or note.at,
        who=note.who,
        deed=Deed.NOTE_WRITTEN if note.withdrawn_at is None else Deed.NOTE_WITHDRAWN,
        subject=report_subject(note.reference),
        detail={"note": str(note_id), "fingerprint": fingerprint},
    )


def of_incident_act(act: IncidentAct) -> Iterator[Occurrence]:
    """What the log says of an act with an incident: of each report where it went, and which verdict
    was given. What people wrote with it stays out of the log, which cannot forget."""
    for move in act.moves:
        yield _moved(move, act.who, act.at)
    if act.judgement is not None and act.incident_id is not None:
        detail = {"after": str(act.judgement.verdict)}
        if act.judgement.how is not None:
            detail["how"] = str(act.judgement.how)
        subject = incident_subject(act.incident_id)
        yield Occurrence(act.at, act.who, Deed.VERDICT_SET, subject, detail)


def of_undone(act: IncidentAct, who: str, at: datetime) -> Iterator[Occurrence]:
    """The same, of an act that somebody took back."""
    for move in act.moves:
        yield _moved(replace(move, before=move.after, after=move.before), who, at)
    if act.judgement is not None and act.incident_id is not None:
        subject = incident_subject(act.incident_id)
        detail = {"undone": str(act.judgement.verdict)}
        yield Occurrence(at, who, Deed.VERDICT_SET, subject, detail)


def _moved(move: Move, who: str, at: datetime) -> Occurrence:
    deed = Deed.INCIDENT_SPLIT if move.after is None else Deed.INCIDENT_MERGED
    named = {"before": move.before, "after": move.after}
    detail = {name: str(incident) for name, incident in named.items() if incident is not None}
    return Occurrence(at, who, deed, report_subject(move.reference), detail)


def of_transcript(
    transcript: Transcript, transcript_id: int, segments: Sequence[Mapping[str, Any]]
) -> Occurrence:
    """`segments`: as they are kept."""
    corrected = transcript.kind is TranscriptKind.CORRECTION
    return Occurrence(
        at=transcript.made_at,
        who=transcript.made_by or f"{SYSTEM}speech",
        deed=Deed.TRANSCRIPT_CORRECTED if corrected else Deed.TRANSCRIPT_MADE,
        subject=recording_subject(transcript.recording_sid),
        detail={
            "transcript": str(transcript_id),
            "kind": transcript.kind,
            "sha256": words_hash(transcript.language, segments),
        },
    )


def words_hash(language: str, segments: Sequence[Mapping[str, Any]]) -> str:
    """Of a transcript's words, their times and what was thought of them, as they are kept."""
    return sha256_of({"language": language, "segments": list(segments)})
