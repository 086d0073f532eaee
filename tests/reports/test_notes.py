"""What organizers write on reports: sealed, only ever added, and told to whom it mentions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from reports.custody import Deed, report_subject
from reports.model import Call, Organizer, Report
from reports.services.notes import (
    LONGEST_NOTE,
    NoSuchNote,
    NoteTooLong,
    NothingWritten,
    Piece,
    WrittenByAnother,
    pieces_of,
    withdraw_note,
    write_note,
)
from reports.services.review import NoSuchReport
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
EVERYBODY = ("ana", "ben", "c.ortiz")


@pytest.fixture
def line(store: SqlReportStore) -> SqlReportStore:
    with store.begin() as records:
        for number in (1, 2):
            records.add_call(Call(f"CA{number}", AT))
            records.add_report(Report(f"100{number}", f"CA{number}", filed_at=AT, changed_at=AT))
        for username in EVERYBODY:
            records.put_organizer(Organizer(username, username.title(), "hash", AT))
    return store


def writes(line: SqlReportStore, body: str, reference: str = "1001", who: str = "ana") -> int:
    return write_note(line, reference=reference, body=body, who=who, at=AT)


def unseen(line: SqlReportStore, username: str) -> set[str]:
    with line.read() as records:
        return set(records.unseen_mentions(username))


# --- Whom a note mentions


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ("@ben can you go?", ["ben"]),
        ("Ask @Ben.", ["ben"]),
        ("@ben, @c.ortiz: look", ["ben", "c.ortiz"]),
        ("(@c.ortiz)", ["c.ortiz"]),
        ("@c.ortiz.", ["c.ortiz"]),
        ("write to help@ben or ana@ben.example", []),
        ("@benjamin", []),
        ("@ben-smith", []),
        ("@nobody", []),
        ("@@ben", []),
        ("@", []),
    ],
)
def test_a_username_after_an_at_sign_mentions_somebody(body: str, mentioned: list[str]) -> None:
    pieces = list(pieces_of(body, EVERYBODY))
    assert [piece.username for piece in pieces if piece.username] == mentioned
    assert "".join(piece.text for piece in pieces) == body


def test_a_note_is_cut_where_somebody_is_mentioned() -> None:
    assert list(pieces_of("Ask @Ben. Now", EVERYBODY)) == [
        Piece("Ask "),
        Piece("@Ben", "ben"),
        Piece(". Now"),
    ]


# --- Writing


def test_notes_stand_in_the_order_in_which_they_were_written(line: SqlReportStore) -> None:
    first, second = writes(line, " The van is white.\r\nTwo doors. "), writes(line, "Gone.")
    with line.read() as records:
        notes = records.notes_of("1001")
        assert records.notes_of("1002") == []
    assert [each.note_id for each in notes] == [first, second]
    assert [each.body for each in notes] == ["The van is white.\nTwo doors.", "Gone."]
    assert {(each.who, each.at, each.withdrawn_at) for each in notes} == {("ana", AT, None)}


def test_what_they_say_stands_nowhere_in_plain(line: SqlReportStore, engine: Engine) -> None:
    withdraw_note(line, reference="1001", note_id=writes(line, "a plain note"), who="ana", at=LATER)
    with engine.connect() as connection:
        bodies = [
            bytes(each) for each in connection.execute(sa.text("SELECT body FROM notes")).scalars()
        ]
        logged = connection.execute(sa.text("SELECT detail FROM custody_entries")).scalars().all()
    assert bodies
    assert not any(b"plain" in body for body in bodies)
    assert logged
    assert not any("plain" in detail for detail in logged)


def test_the_custody_log_tells_of_it_by_a_keyed_hash(line: SqlReportStore) -> None:
    note_id = writes(line, "the same")
    other = writes(line, "the same")
    withdraw_note(line, reference="1001", note_id=note_id, who="ana", at=LATER)
    with line.read() as records:
        told = records.custody_of([report_subject("1001")])
    assert [(entry.deed, entry.who, entry.at) for entry in told] == [
        (Deed.NOTE_WRITTEN, "ana", AT),
        (Deed.NOTE_WRITTEN, "ana", AT),
        (Deed.NOTE_WITHDRAWN, "ana", LATER),
    ]
    assert [entry.detail["note"] for entry in told] == [str(note_id), str(other), str(note_id)]
    assert len({entry.detail["fingerprint"] for entry in told}) == 1


@pytest.mark.parametrize(
    ("body", "refused"),
    [(" \r\n ", NothingWritten), ("a" * (LONGEST_NOTE + 1), NoteTooLong)],
)
def test_a_note_says_something_and_is_no_book(
    line: SqlReportStore, body: str, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        writes(line, body)
    with line.read() as records:
        assert records.notes_of("1001") == []


def test_a_note_is_of_a_report(line: SqlReportStore) -> None:
    with pytest.raises(NoSuchReport):
        writes(line, "Hello", reference="9999")


# --- Withdrawing


def test_a_note_that_is_withdrawn_stays(line: SqlReportStore) -> None:
    note_id = writes(line, "It was another street.")
    assert withdraw_note(line, reference="1001", note_id=note_id, who="ana", at=LATER)
    assert not withdraw_note(line, reference="1001", note_id=note_id, who="ana", at=LATER)
    with line.read() as records:
        [note] = records.notes_of("1001")
        told = records.custody_of([report_subject("1001")])
    assert (note.body, note.withdrawn_at) == ("It was another street.", LATER)
    assert len(told) == 2, "the second press did nothing"


def test_nobody_withdraws_what_another_wrote(line: SqlReportStore) -> None:
    note_id = writes(line, "Mine.")
    with pytest.raises(WrittenByAnother):
        withdraw_note(line, reference="1001", note_id=note_id, who="ben", at=LATER)
    with pytest.raises(NoSuchNote):
        withdraw_note(line, reference="1002", note_id=note_id, who="ana", at=LATER)
    with line.read() as records:
        assert [each.withdrawn_at for each in records.notes_of("1001")] == [None]


# --- Being mentioned


def test_who_is_mentioned_has_it_waiting_until_they_saw_it(line: SqlReportStore) -> None:
    writes(line, "@ben can you go?")
    writes(line, "@ben and @c.ortiz", reference="1002")
    writes(line, "@ben again", reference="1002")
    assert unseen(line, "ben") == {"1001", "1002"}
    assert unseen(line, "c.ortiz") == {"1002"}
    assert unseen(line, "ana") == set()
    with line.begin() as records:
        records.see_mentions("ben", LATER, "1002")
    assert unseen(line, "ben") == {"1001"}
    assert unseen(line, "c.ortiz") == {"1002"}, "what one saw another did not"
    with line.begin() as records:
        records.see_mentions("ben", LATER)
        mentions = records.mentions_of("ben")
    assert unseen(line, "ben") == set()
    assert [each.note.reference for each in mentions] == ["1002", "1002", "1001"]
    assert {each.seen_at for each in mentions} == {LATER}


def test_who_mentions_themselves_is_not_told(line: SqlReportStore) -> None:
    writes(line, "@ana was here")
    assert unseen(line, "ana") == set()


def test_a_note_that_was_withdrawn_calls_nobody(line: SqlReportStore) -> None:
    note_id = writes(line, "@ben can you go?")
    withdraw_note(line, reference="1001", note_id=note_id, who="ana", at=LATER)
    assert unseen(line, "ben") == set()
    with line.read() as records:
        assert records.mentions_of("ben") == []
