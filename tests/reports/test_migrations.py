"""A line that has taken calls is brought up to date, and nothing that it holds is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Engine

from migrations import alembic_config, upgrade
from reports.custody import Deed, Entry, verify
from reports.model import Act, ActKind, Admission, Block, Organizer, Role, Segment, Word
from reports.ports import Sealer
from reports.sealed import plain_segments
from reports.services.custody import verify_all
from reports.store import SqlReportStore, connect, metadata
from reports.tables import UtcDateTime
from tests.keys import SEALER
from tests.reports.conftest import DATABASES

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
FIRST = "0001"
BEFORE_CUSTODY = "0006"
BEFORE_SEALS = "0008"
BEFORE_ROLES = "0010"
SAID = tuple(
    Segment(text, 0.1, 1.5, (Word(text, 0.1, 1.5, 0.9),), -0.1, 0.0, 1.0)
    for text in ("Calle Ñandú", " call 612-555-0142", " five five five oh one four two")
)
SEGMENTS = json.loads(json.dumps(plain_segments(SAID)))


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database that no migration has touched."""
    if request.param == "sqlite":
        return connect(f"sqlite:///{tmp_path / 'line.db'}")
    url = request.getfixturevalue("postgresql_url")
    engine = connect(url)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    return engine


def test_a_line_with_reports_takes_the_step_to_floods(empty: Engine) -> None:
    with empty.connect() as connection, connection.begin():
        command.upgrade(alembic_config(connection), FIRST)
    rows = {
        "calls": {"call_sid": "CA1", "started_at": AT, "state": "completed", "caller_hash": "ab"},
        "answers": {"call_sid": "CA1", "question": "when", "digits": "1", "at": AT},
        "reports": {
            "reference": "4821",
            "call_sid": "CA1",
            "filed_at": AT,
            "changed_at": AT,
            "handling": "new",
            "verdict": "unverified",
        },
        "acts": {
            "reference": "4821",
            "at": AT,
            "who": "ana",
            "kind": "verdict",
            "before": "unverified",
            "after": "confirmed",
        },
    }
    with empty.begin() as connection:
        for table, row in rows.items():
            connection.execute(sa.insert(metadata.tables[table]).values(**row).inline())

    upgrade(empty)

    store = SqlReportStore(empty, SEALER)
    with store.begin() as records:
        dossier = records.dossier("4821")
        assert dossier is not None
        assert dossier.call.admission is Admission.NORMAL
        assert dossier.call.answer("when") is not None
        assert [act.who for act in dossier.acts] == ["ana"]
        assert records.add_block(Block("b1", "ab", "4821", "pranks", "ana", AT, AT))
        records.add_act(Act("4821", AT, "ana", ActKind.BLOCKED, "", AT.isoformat()))
    with pytest.raises(sa.exc.IntegrityError), empty.begin() as connection:
        connection.execute(metadata.tables["acts"].update().values(kind=sa.literal("whatever")))
    empty.dispose()


def _insert(engine: Engine, rows: list[tuple[str, dict[str, object]]]) -> None:
    """Into tables as they are just now."""
    now = sa.MetaData()
    now.reflect(engine)
    with engine.begin() as connection:
        for table, row in rows:
            columns = now.tables[table].c
            typed = {
                name: sa.bindparam(
                    name,
                    type_=UtcDateTime() if isinstance(value, datetime) else columns[name].type,
                )
                for name, value in row.items()
            }
            connection.execute(sa.insert(now.tables[table]).values(typed), row)


def _seal_step(engine: Engine, move: Callable[..., None], to: str, sealer: Sealer | None) -> None:
    with engine.connect() as connection, connection.begin():
        move(alembic_config(connection, sealer), to)


A_CALL: list[tuple[str, dict[str, object]]] = [
    ("calls", {"call_sid": "CA1", "started_at": AT, "state": "completed"}),
    (
        "recordings",
        {
            "recording_sid": "RE1",
            "call_sid": "CA1",
            "question": "what",
            "announced_at": AT,
            "changed_at": AT,
            "state": "transcribed",
            "attempts": 0,
        },
    ),
    *(
        (
            "transcripts",
            {
                "recording_sid": "RE1",
                "language": "en",
                "language_probability": 0.9,
                "segments": SEGMENTS,
                "engine": "engine",
                "model": "model",
                "made_at": AT,
                "kind": kind,
            },
        )
        for kind in ("machine", "translation", "correction")
    ),
    (
        "text_messages",
        {"message_sid": "SM1", "call_sid": "CA1", "at": AT, "body": "call +1 612 555 0142"},
    ),
    (
        "reports",
        {
            "reference": "4821",
            "call_sid": "CA1",
            "filed_at": AT,
            "changed_at": AT,
            "handling": "new",
            "verdict": "unverified",
        },
    ),
    (
        "notifications",
        {
            "notification_id": "n1",
            "reference": "4821",
            "kind": "update",
            "channel": "sms",
            "recipient": b"sealed",
            "recipient_hash": "ab",
            "body": "five five five oh one four two",
            "created_at": AT,
            "changed_at": AT,
            "state": "delivered",
            "attempts": 1,
        },
    ),
]


def test_words_that_stood_there_in_plain_are_sealed_and_not_a_letter_is_lost(
    empty: Engine, tmp_path: Path
) -> None:
    _seal_step(empty, command.upgrade, BEFORE_SEALS, None)
    _insert(empty, A_CALL)

    upgrade(empty, SEALER)

    with SqlReportStore(empty, SEALER).read() as records:
        written = records.transcripts_of("RE1")
        assert [one.kind for one in written] == ["machine", "translation", "correction"]
        assert all(one.segments == SAID for one in written)
        (text,) = records.texts_of("CA1")
        assert text.body == "call +1 612 555 0142"
        told = records.notification("n1")
        assert told is not None
        assert told.body == "five five five oh one four two"
    empty.dispose()
    for file in tmp_path.glob("line.db*"):
        held = file.read_bytes()
        assert not any(words in held for words in (b"555-0142", b"555 0142", b"oh one four"))


def test_without_the_data_key_nothing_is_changed(empty: Engine) -> None:
    _seal_step(empty, command.upgrade, BEFORE_SEALS, None)
    _insert(empty, A_CALL)

    with pytest.raises(LookupError, match="no data key"):
        upgrade(empty)

    upgrade(empty, SEALER)
    with SqlReportStore(empty, SEALER).read() as records:
        assert len(records.transcripts_of("RE1")) == 3
    empty.dispose()


def test_the_step_back_gives_the_words_in_plain(empty: Engine) -> None:
    _seal_step(empty, command.upgrade, BEFORE_SEALS, None)
    _insert(empty, A_CALL)
    upgrade(empty, SEALER)

    _seal_step(empty, command.downgrade, BEFORE_SEALS, SEALER)

    with empty.connect() as connection:
        plain = sa.table("transcripts", sa.column("segments", sa.JSON))
        assert connection.execute(sa.select(plain)).scalars().all() == [SEGMENTS] * 3
        body = connection.execute(sa.text("SELECT body FROM text_messages")).scalar_one()
        assert body == "call +1 612 555 0142"
    empty.dispose()


def test_whoever_had_an_account_before_there_were_roles_becomes_admin(empty: Engine) -> None:
    _seal_step(empty, command.upgrade, BEFORE_ROLES, SEALER)
    account = {"display_name": "Ana", "password_hash": "hash", "session_epoch": 3}
    _insert(empty, [("organizers", {"username": "ana", **account, "created_at": AT})])

    upgrade(empty, SEALER)

    with SqlReportStore(empty, SEALER).read() as records:
        assert records.organizers() == [Organizer("ana", "Ana", "hash", AT, 3, Role.ADMIN)]
    _seal_step(empty, command.downgrade, BEFORE_ROLES, SEALER)
    empty.dispose()


def test_what_was_stored_before_there_was_a_log_is_in_it(empty: Engine) -> None:
    with empty.connect() as connection, connection.begin():
        command.upgrade(alembic_config(connection), BEFORE_CUSTODY)
    recording = {"call_sid": "CA1", "question": "where", "announced_at": AT, "changed_at": AT}
    stored = {"state": "transcribed", "stored_at": AT, "sha256": "ab" * 32, "size": 8}
    rows: list[tuple[str, dict[str, object]]] = [
        ("calls", {"call_sid": "CA1", "started_at": AT, "state": "completed"}),
        ("recordings", {"recording_sid": "RE1", **recording, **stored, "attempts": 0}),
        ("recordings", {"recording_sid": "RE2", **recording, "state": "announced", "attempts": 0}),
        ("text_messages", {"message_sid": "SM1", "call_sid": "CA1", "at": AT, "body": "vans"}),
        (
            "attachments",
            {
                "media_sid": "ME1",
                "message_sid": "SM1",
                "call_sid": "CA1",
                "content_type": "image/jpeg",
                "announced_at": AT,
                "changed_at": AT,
                **stored,
                "state": "stored",
                "attempts": 0,
            },
        ),
        (
            "transcripts",
            {
                "recording_sid": "RE1",
                "language": "es",
                "language_probability": 0.9,
                "segments": SEGMENTS,
                "engine": "engine",
                "model": "model",
                "made_at": AT,
                "kind": "machine",
            },
        ),
    ]
    _insert(empty, rows)

    upgrade(empty, SEALER)

    store = SqlReportStore(empty, SEALER)
    with store.read() as records:
        log = [e for e in records.custody(after=0, at_most=100) if isinstance(e, Entry)]
    assert verify(log) == []
    assert [(entry.deed, entry.subject) for entry in log] == [
        (Deed.LOG_BEGUN, "log:custody"),
        (Deed.RECORDING_STORED, "recording:RE1"),
        (Deed.ATTACHMENT_STORED, "attachment:ME1"),
        (Deed.TRANSCRIPT_MADE, "recording:RE1"),
    ]
    assert log[1].detail == {"sha256": "ab" * 32, "size": "8", "stored_at": AT.isoformat()}
    problems: list[str] = []
    extent = verify_all(
        store, None, (), on_problem=problems.append, on_progress=lambda _looked_at: None
    )
    assert problems == []
    assert (extent.entries, extent.looked_at) == (4, 3)
    empty.dispose()
