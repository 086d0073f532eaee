"""Organizers write on a report, for each other, and mention each other. What they write stays among
them: nothing that leaves has it. It is sealed as callers' words are, for it tells of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reports.model import Note
from reports.ports import ReportStore
from reports.services.review import NoSuchReport

LONGEST_NOTE: Final = 2000
"""Characters."""
_MENTION: Final = re.compile(r"(?<![\w@./-])@([a-z0-9][a-z0-9._-]{0,31})", re.IGNORECASE)
"""A username after an @ that no other word goes before: an e-mail address mentions nobody."""
_AT_THE_END: Final = "._-"
"""What may be of a username, and at its end is more likely the sentence's."""


class NothingWritten(ValueError):
    """A note of nothing but space."""


class NoteTooLong(ValueError):
    """More than `LONGEST_NOTE` characters."""


class NoSuchNote(LookupError):
    """There is none of that id on that report."""


class WrittenByAnother(PermissionError):
    """Nobody withdraws what somebody else wrote."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Of a note: text, or, where somebody is mentioned, the text that does it."""

    text: str
    username: str | None = None


def pieces_of(body: str, usernames: Collection[str]) -> Iterator[Piece]:
    """A note, with those marked whom it mentions; put together they are the note."""
    done = 0
    for found in _MENTION.finditer(body):
        username = _known(found[1].lower(), usernames)
        if username is None:
            continue
        end = found.start() + 1 + len(username)
        if found.start() > done:
            yield Piece(body[done : found.start()])
        yield Piece(body[found.start() : end], username)
        done = end
    if done < len(body):
        yield Piece(body[done:])


def _known(written: str, usernames: Collection[str]) -> str | None:
    """'ana' of 'ana' and of 'ana.', unless there is somebody called 'ana.'."""
    while written and written not in usernames:
        if written[-1] not in _AT_THE_END:
            return None
        written = written[:-1]
    return written or None


def write_note(store: ReportStore, *, reference: str, body: str, who: str, at: datetime) -> int:
    """Returns the note's id. Whoever mentions themselves is not told of it.

    Raises:
        NothingWritten, NoteTooLong, NoSuchReport
    """
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise NothingWritten
    if len(body) > LONGEST_NOTE:
        raise NoteTooLong
    with store.begin() as records:
        if records.report(reference) is None:
            raise NoSuchReport(reference)
        usernames = {each.username for each in records.organizers()}
        mentioned = {piece.username for piece in pieces_of(body, usernames) if piece.username}
        return records.add_note(Note(reference, body, who, at), sorted(mentioned - {who}))


def withdraw_note(
    store: ReportStore, *, reference: str, note_id: int, who: str, at: datetime
) -> bool:
    """The note stays, as withdrawn. False: it was so already.

    Raises:
        NoSuchNote, WrittenByAnother
    """
    with store.begin() as records:
        note = records.note(note_id)
        if note is None or note.reference != reference:
            raise NoSuchNote(note_id)
        if note.who != who:
            raise WrittenByAnother(note_id)
        if note.withdrawn_at is not None:
            return False
        records.withdraw_note(note, at)
        return True
