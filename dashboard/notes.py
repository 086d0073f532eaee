"""What the pages show of organizers' notes, and of who is mentioned in them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.covering import Covering
from reports.model import Mention, Note
from reports.services.notes import Piece, pieces_of
from reports.spoken_notes import SpokenNote


@dataclass(frozen=True, slots=True)
class ShownPiece:
    text: str
    name: str | None
    """What whoever is mentioned is called; None: nobody is."""


@dataclass(frozen=True, slots=True)
class ShownNote:
    note_id: int
    reference: str
    username: str
    who: str
    """What the writer is called."""
    at: datetime
    withdrawn_at: datetime | None
    pieces: tuple[ShownPiece, ...]
    spoken: SpokenNote | None = None
    """What it was written out from."""


@dataclass(frozen=True, slots=True)
class ShownMention:
    note: ShownNote
    is_new: bool


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A note that was spoken by telephone and does not stand as words, not yet or never."""

    spoken: SpokenNote
    who: str
    """What the speaker is called."""


def unwritten_of(spoken: Sequence[SpokenNote], names: Mapping[str, str]) -> tuple[Unwritten, ...]:
    return tuple(
        Unwritten(each, names.get(each.who, each.who)) for each in spoken if each.note_id is None
    )


def shown_note(
    note: Note,
    names: Mapping[str, str],
    covering: Covering,
    spoken: Sequence[SpokenNote] = (),
) -> ShownNote:
    """`names`: what organizers are called, by username; `covering`: a number that somebody wrote
    into a note is covered like one that a caller spoke; `spoken`: notes of the same report that
    were spoken by telephone."""
    return ShownNote(
        note_id=note.note_id or 0,
        reference=note.reference,
        username=note.who,
        who=names.get(note.who, note.who),
        at=note.at,
        withdrawn_at=note.withdrawn_at,
        pieces=tuple(_shown(piece, names) for piece in pieces_of(covering.text(note.body), names)),
        spoken=next((each for each in spoken if each.note_id == note.note_id), None),
    )


def shown_mentions(
    mentions: Iterable[Mention], names: Mapping[str, str]
) -> tuple[ShownMention, ...]:
    """The last first."""
    covering = Covering()
    return tuple(
        ShownMention(shown_note(each.note, names, covering), is_new=each.seen_at is None)
        for each in mentions
    )


def _shown(piece: Piece, names: Mapping[str, str]) -> ShownPiece:
    return ShownPiece(piece.text, None if piece.username is None else names[piece.username])
