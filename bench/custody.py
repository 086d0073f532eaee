"""`python -m bench.custody`: what the custody log costs.

Entries appended, each in a transaction of its own, beside rows of another table that are chained to
nothing, in turns on the same SQLite, so that the ratio holds when the machine's speed drifts; then
how fast a long log is verified, beside merely reading it.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice, repeat
from pathlib import Path

from sqlalchemy.engine import Engine

from keeping.sealing import Keyring, generate_key
from migrations import upgrade
from reports.custody import Deed, Occurrence, chained, reached, row_of
from reports.model import Flood, FloodMode
from reports.ports import Records
from reports.services.custody import ENTRIES_AT_ONCE, verify_all
from reports.store import SqlReportStore, connect, custody_entries

HEARD = Occurrence(
    datetime.now(UTC),
    "ana",
    Deed.RECORDING_HEARD,
    "recording:RE0123456789abcdef0123456789abcdef",
    {"how": "played", "sha256": "0" * 64},
)
FLOOD = Flood(HEARD.at, FloodMode.AUTO, False, "ana", 0)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.custody", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--appends", type=int, default=300, help="in a round")
    parser.add_argument("--entries", type=int, default=200_000, help="of the log to be verified")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="line-bench-") as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'line.db'}")
        upgrade(engine)
        store = SqlReportStore(engine, Keyring.parse(generate_key()))
        _appends(store, given.rounds, given.appends)
        _fill(engine, store, given.entries)
        _verifies(store)
        engine.dispose()


def _appends(store: SqlReportStore, rounds: int, appends: int) -> None:
    chain, plain = [], []
    for _ in range(rounds):
        chain.append(_rate(store, _append, appends))
        plain.append(_rate(store, lambda records: records.add_flood(FLOOD), appends))
    ratio = statistics.median(ours / theirs for ours, theirs in zip(chain, plain, strict=True))
    print(
        f"entries appended {statistics.median(chain):,.0f} a second, plain rows"
        f" {statistics.median(plain):,.0f}: {ratio:.2f} of their rate"
    )


def _append(records: Records) -> None:
    records.append_custody(HEARD.at, HEARD.who, HEARD.deed, HEARD.subject, HEARD.detail)


def _rate(store: SqlReportStore, write: Callable[[Records], None], times: int) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        with store.begin() as records:
            write(records)
    return times / (time.perf_counter() - begun)


def _fill(engine: Engine, store: SqlReportStore, entries: int) -> None:
    with store.read() as records:
        head = records.custody_head()
    more = repeat(HEARD, max(entries - head.number, 0))
    with engine.begin() as connection:
        while some := chained(head, islice(more, ENTRIES_AT_ONCE)):
            connection.execute(custody_entries.insert(), [row_of(entry) for entry in some])
            head = reached(some[-1])


def _verifies(store: SqlReportStore) -> None:
    begun = time.perf_counter()
    after = read = 0
    while True:
        with store.read() as records:
            lines = records.custody(after=after, at_most=ENTRIES_AT_ONCE)
        if not lines:
            break
        after, read = lines[-1].number, read + len(lines)
    reading = time.perf_counter() - begun
    begun = time.perf_counter()
    extent = verify_all(store, None, (), on_problem=print, on_progress=lambda _looked_at: None)
    verifying = time.perf_counter() - begun
    if extent.problems or extent.entries != read:
        raise SystemExit("the log does not hold")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{read:,} entries verified, {read / verifying:,.0f} a second, read only"
        f" {read / reading:,.0f}: {reading / verifying:.2f} of that rate;"
        f" {memory:,.0f} MiB at most"
    )


if __name__ == "__main__":
    main()
