"""A line that has taken calls is brought up to date, and nothing that it holds is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Engine

from migrations import alembic_config, upgrade
from reports.model import Act, ActKind, Admission, Block
from reports.store import SqlReportStore, connect, metadata
from tests.reports.conftest import DATABASES

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
FIRST = "0001"


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

    store = SqlReportStore(empty)
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
