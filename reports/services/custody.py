"""The custody log at work: an access is written down before it is given, and all of it is verified.

What is stored, written out, corrected, judged and deleted is told to the log by whoever does it, in
the same transaction.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reports.custody import (
    NOTHING,
    Deed,
    Entry,
    Evidence,
    Head,
    Kept,
    Line,
    Told,
    attachment_subject,
    cut,
    reached,
    recording_subject,
    report_subject,
    told_by,
    verify,
)
from reports.model import Dossier
from reports.ports import AudioNotFound, AudioStore, Records, ReportStore

ONE_ACCESS = timedelta(minutes=10)
"""A player asks for a recording in many parts, and again to go back: that is one access."""
PATIENCE = 5.0
"""Seconds that an access waits to be written down. Then it is not given: whoever wanted it is there
to ask again, and no report waits for it."""
ENTRIES_AT_ONCE = 1000
ROWS_AT_ONCE = 100
"""So many are held in memory at a time."""
LATELY = 1000
"""Entries that `python app.py check` looks at."""


# --- Access ---------------------------------------------------------------------------------------


def note_access(
    store: ReportStore,
    *,
    deed: Deed,
    subject: str,
    how: str,
    sha256: str | None,
    who: str,
    at: datetime,
) -> None:
    """Writes down that somebody is given a recording, or what came with a text. `how`: 'played' or
    'original', which is noted anew.

    Raises:
        StoreBusy: it could not be written down: it must not be given.
    """

    def is_noted(records: Records) -> bool:
        return any(
            (entry.deed, entry.who, entry.detail.get("how")) == (deed, who, how)
            for entry in records.custody_of([subject], since=at - ONE_ACCESS)
        )

    with store.read() as records:
        # Most requests end here, and keep nobody from writing.
        if is_noted(records):
            return
    with store.begin(patience=PATIENCE) as records:
        if not is_noted(records):
            records.append_custody(at, who, deed, subject, {"how": how, "sha256": sha256 or ""})


def subjects_of(dossier: Dossier) -> tuple[str, ...]:
    """All of a report that the log may tell of."""
    return (
        report_subject(dossier.report.reference),
        *(recording_subject(each.recording_sid) for each in dossier.recordings),
        *(attachment_subject(each.media_sid) for each in dossier.attachments),
    )


def custody_of(records: Records, dossiers: Sequence[Dossier]) -> dict[str, tuple[Entry, ...]]:
    """What the log tells of each of these reports, by their reference."""
    reference_of = {
        subject: dossier.report.reference
        for dossier in dossiers
        for subject in subjects_of(dossier)
    }
    told: dict[str, list[Entry]] = defaultdict(list)
    for entry in records.custody_of(reference_of):
        told[reference_of[entry.subject]].append(entry)
    return {reference: tuple(entries) for reference, entries in told.items()}


# --- Verifying ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a log goes, and how much was wrong."""

    entries: int
    since: datetime | None
    """Of the first entry that can be read; None: there is none."""
    until: datetime | None
    head: Head
    looked_at: int
    """Recordings, attachments and transcripts that were compared."""
    problems: int


def verify_lately(records: Records, entries: int = LATELY) -> list[str]:
    """What is wrong with the last entries, a sentence each."""
    head = records.custody_head()
    before = max(head.number - entries - 1, 0)
    lines = list(records.custody(after=before, at_most=entries + 1))
    known = reached(lines.pop(0)) if lines and before else NOTHING
    return [str(each) for each in verify(lines, after=known)]


def verify_all(
    store: ReportStore,
    audio: AudioStore | None,
    heads: Sequence[Head],
    *,
    on_problem: Callable[[str], None],
    on_progress: Callable[[int], None],
) -> Extent:
    """Walks the whole log, then all that it tells of; with `audio`, the files too. `heads` were
    kept elsewhere. `on_problem` is told each thing that is wrong, the first break of the chain
    first; `on_progress` how many entries and rows were looked at since it was last told."""
    problems = 0

    def say(found: Iterable[object]) -> None:
        nonlocal problems
        for each in found:
            problems += 1
            on_problem(str(each))

    end, entries = NOTHING, 0
    since: datetime | None = None
    until: datetime | None = None
    while True:
        with store.read() as records:
            lines = records.custody(after=end.number, at_most=ENTRIES_AT_ONCE)
            if not lines:
                break
            say(verify(lines, after=end, heads=heads))
            say(_gone(records, lines))
        legible = [line for line in lines if isinstance(line, Entry)]
        if legible:
            since, until = since or legible[0].at, legible[-1].at
        entries += len(lines)
        end = reached(lines[-1])
        on_progress(len(lines))
    say(cut(end, heads))
    looked_at = 0
    for found, wrong in _compared(store, audio):
        looked_at += found
        say(wrong)
        on_progress(found)
    return Extent(entries, since, until, end, looked_at, problems)


def _gone(records: Records, lines: Iterable[Line]) -> Iterator[str]:
    """Of what these entries tell, what is not kept any more, and of which nobody said so."""
    told = [one for one in map(_told, lines) if one is not None]
    for evidence in Evidence:
        those = [one for one in told if one.evidence is evidence and _is_id(evidence, one.id)]
        kept = records.is_kept(evidence, [one.id for one in those]) if those else frozenset()
        for one in those:
            if one.id not in kept and not _deleted(records, one.entry.subject):
                yield f"{one}: the log tells of it (entry {one.entry.number}), and it is not there"


def _told(line: Line) -> Told | None:
    return told_by(line) if isinstance(line, Entry) else None


def _is_id(evidence: Evidence, written: str) -> bool:
    """Whatever an entry was made to say is looked for, if it can be."""
    number = written.isascii() and written.isdecimal() and len(written) < 10
    return number if evidence is Evidence.TRANSCRIPT else bool(written)


def _deleted(records: Records, subject: str) -> bool:
    return any(entry.deed is Deed.DELETED for entry in records.custody_of([subject]))


def _compared(store: ReportStore, audio: AudioStore | None) -> Iterator[tuple[int, list[str]]]:
    """How many were compared, and what is wrong with them, some at a time."""
    for evidence in Evidence:
        after = ""
        while True:
            with store.read() as records:
                # The rows first: an entry that comes in between is one too many, not one too few.
                kept = records.kept(evidence, after, ROWS_AT_ONCE)
                entries = records.custody_of({each.subject for each in kept})
            if not kept:
                break
            hashes = {
                (told.evidence, told.id): told.sha256
                for told in map(told_by, entries)
                if told is not None
            }
            wrong = [f"{each}: {why}" for each in kept for why in _wrong(each, hashes, audio)]
            yield len(kept), wrong
            after = kept[-1].id


def _wrong(
    kept: Kept, hashes: dict[tuple[Evidence, str], str], audio: AudioStore | None
) -> Iterator[str]:
    told = hashes.get((kept.evidence, kept.id))
    if told is None:
        yield "it is kept, and the log does not tell of it"
    elif told != kept.sha256:
        if kept.evidence is Evidence.TRANSCRIPT:
            yield "its words are not those that the log tells of"
        else:
            yield "its row has another SHA-256 than the log tells of"
    if audio is None or kept.evidence is Evidence.TRANSCRIPT:
        return
    try:
        sha256 = hashlib.sha256(audio.get(kept.id)).hexdigest()
    except AudioNotFound:
        yield "its file is missing"
    except Exception as error:  # whatever a store stumbles over: what was altered, or a bucket away
        yield f"its file cannot be read ({type(error).__name__})"
    else:
        if sha256 not in (kept.sha256, told):
            yield "its file was changed"
        elif sha256 != kept.sha256:
            yield "its file is what the log tells of: the row was changed"
        elif told is not None and sha256 != told:
            yield "its file and its row were changed alike"
