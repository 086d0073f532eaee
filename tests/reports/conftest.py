"""A store over each database that the line is tried on."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from migrations import upgrade
from reports.store import SqlReportStore, connect, custody_entries, metadata
from tests.keys import SEALER
from tests.stored import migrated_engine


def _postgresql_programs() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


POSTGRESQL = _postgresql_programs()
DATABASES = ("sqlite", "postgresql") if POSTGRESQL else ("sqlite",)

AS_MIGRATED = {custody_entries.name: (custody_entries.c.number > 1,)}
"""Which rows a database has beside those that its migrations leave in it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if POSTGRESQL is None:
        terminalreporter.write_line(
            "PostgreSQL is not installed: the store was tried on SQLite only.", yellow=True
        )


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL of the tests' own, on a socket in a folder of theirs."""
    programs = _postgresql_programs()
    if programs is None:
        pytest.fail("PostgreSQL is not installed; `make test` installs it when it may")
    # Not in pytest's own folders: those are closed to every other user.
    folder = Path(tempfile.mkdtemp(prefix="line-pg-"))
    as_user: list[str] = []
    if Path("/proc/self").owner() == "root":
        # PostgreSQL refuses to run as root: it runs as the user that its package made.
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run(str(programs / "initdb"), "-D", str(data), "-U", "line", "--auth=trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    run(*control, "-o", options, "start")
    try:
        yield f"postgresql://line@/postgres?host={folder}"
    finally:
        run(*control[:3], "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_postgresql_url(postgresql_url: str) -> str:
    """A database in it that the migrations have been through."""
    server = sa.engine.make_url(postgresql_url)
    engine = connect(postgresql_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE DATABASE migrated")
    engine.dispose()
    url = server.set(database="migrated").render_as_string(hide_password=False)
    engine = connect(url)
    upgrade(engine, SEALER)
    engine.dispose()
    return url


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = migrated_engine(tmp_path / "line.db")
    else:
        engine = connect(request.getfixturevalue("migrated_postgresql_url"))
        with engine.begin() as connection:
            # It has served other tests; its own triggers would keep what those told the log.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table).where(*AS_MIGRATED.get(table.name, ())))
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> SqlReportStore:
    return SqlReportStore(engine, SEALER)
