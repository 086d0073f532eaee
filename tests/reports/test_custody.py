"""The custody log: nothing in it can be changed, taken out or put elsewhere without being found."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from reports.custody import (
    NOTHING,
    TOLERANCE,
    BadHead,
    Break,
    Deed,
    Entry,
    Flaw,
    Head,
    Illegible,
    Occurrence,
    canonical,
    chained,
    cut,
    fitting_hash,
    head_of,
    line_of,
    reached,
    row_of,
    verify,
)
from reports.model import Act, ActKind, Call, Recording, Report, Transcript, TranscriptKind
from reports.ports import StoreBusy
from reports.store import SqlReportStore, custody_entries

AT = datetime(2026, 1, 15, 14, 10, 0, 123456, tzinfo=UTC)
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
STORED = Occurrence(
    AT, "system:fetches", Deed.RECORDING_STORED, "recording:RE1", {"sha256": SHA256, "size": "8"}
)
HEARD = Occurrence(AT + timedelta(minutes=1), "ana", Deed.RECORDING_HEARD, "recording:RE1", {})
JUDGED = Occurrence(
    AT + timedelta(minutes=2), "ana", Deed.VERDICT_SET, "report:4821", {"after": "confirmed"}
)

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="+"), min_size=1, max_size=20
)
details = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), texts, max_size=3)
occurrences = st.builds(
    Occurrence,
    at=st.integers(0, 240).map(lambda seconds: AT + timedelta(seconds=seconds)),
    who=texts,
    deed=st.sampled_from(Deed),
    subject=st.from_regex(r"[a-z]{1,9}:[A-Za-z0-9]{1,9}", fullmatch=True),
    detail=details,
)
logs = st.lists(occurrences, min_size=1, max_size=8).map(lambda done: chained(NOTHING, done))
OTHER_DAY = timedelta(days=1)


# --- The chain ------------------------------------------------------------------------------------


def test_an_entry_is_hashed_in_the_form_that_is_written_down() -> None:
    (entry,) = chained(NOTHING, [STORED])
    form = (
        '{"at":"2026-01-15T14:10:00.123456Z","deed":"recording_stored",'
        f'"detail":{{"sha256":"{SHA256}","size":"8"}},"number":1,"previous":"{"0" * 64}",'
        '"subject":"recording:RE1","who":"system:fetches"}'
    )
    assert entry.hash == hashlib.sha256(form.encode()).hexdigest()


def test_what_people_write_stands_in_the_form_as_it_is() -> None:
    assert canonical({"why": 'ñ "–" \n\x01'}) == '{"why":"ñ \\"–\\" \\n\\u0001"}'


@given(logs)
def test_a_log_that_nobody_touched_holds(log: tuple[Entry, ...]) -> None:
    assert verify(log) == []
    assert verify(log, heads=[reached(entry) for entry in log]) == []
    for place in range(len(log)):
        assert verify(log[place:], after=reached(log[place - 1]) if place else NOTHING) == []


@given(logs)
def test_an_entry_comes_back_from_its_row_as_it_was(log: tuple[Entry, ...]) -> None:
    assert tuple(line_of(row_of(entry)) for entry in log) == log


@given(logs, st.data())
def test_any_change_of_an_entry_is_found(log: tuple[Entry, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    entry = log[place]
    changes: dict[str, object] = {
        "number": entry.number + data.draw(st.integers(1, 9)),
        "at": entry.at + timedelta(microseconds=data.draw(st.integers(1, 9))),
        "who": data.draw(texts.filter(lambda who: who != entry.who)),
        "deed": data.draw(st.sampled_from(Deed).filter(lambda deed: deed != entry.deed)),
        "subject": entry.subject + "x",
        "detail": data.draw(details.filter(lambda detail: detail != entry.detail)),
        "previous": "1" + entry.previous[1:] if entry.previous[0] != "1" else "2" * 64,
        "hash": "1" + entry.hash[1:] if entry.hash[0] != "1" else "2" * 64,
    }
    field = data.draw(st.sampled_from(sorted(changes)))
    changed = replace(entry, **{field: changes[field]})  # type: ignore[arg-type]
    assert first(verify([*log[:place], changed, *log[place + 1 :]])).number == changed.number


@given(logs, st.data())
def test_who_also_mends_the_hash_is_found_by_the_next_entry_or_by_a_head_kept_elsewhere(
    log: tuple[Entry, ...], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    changed = replace(log[place], subject=log[place].subject + "x")
    changed = replace(changed, hash=fitting_hash(changed))
    forged = [*log[:place], changed, *log[place + 1 :]]
    if place < len(log) - 1:
        assert first(verify(forged)) == Break(place + 2, Flaw.PREVIOUS)
    assert Break(place + 1, Flaw.HEAD) in verify(forged, heads=[reached(log[place])])


@given(logs, st.data())
def test_an_entry_taken_out_is_found_and_the_end_by_a_head_kept_elsewhere(
    log: tuple[Entry, ...], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    left = (*log[:place], *log[place + 1 :])
    if place < len(log) - 1:
        assert first(verify(left)).number == place + 2
    else:
        assert verify(left) == [], "nothing in the log says how long it was"
        end = reached(left[-1]) if left else NOTHING
        assert cut(end, [reached(log[-1])]) == [Break(len(log), Flaw.CUT)]


@given(logs.filter(lambda log: len(log) > 1), st.data())
def test_two_entries_that_change_places_are_found(
    log: tuple[Entry, ...], data: st.DataObject
) -> None:
    one, other = data.draw(
        st.lists(st.integers(0, len(log) - 1), min_size=2, max_size=2, unique=True)
    )
    swapped = list(log)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert first(verify(swapped)).number == max(one, other) + 1
    renumbered = [replace(entry, number=place) for place, entry in enumerate(swapped, 1)]
    assert first(verify(renumbered)).number == min(one, other) + 1


@given(logs)
def test_a_log_written_anew_from_its_first_entry_is_found_by_a_head_kept_elsewhere(
    log: tuple[Entry, ...],
) -> None:
    told = [Occurrence(e.at, e.who, e.deed, e.subject + "x", e.detail) for e in log]
    forged = chained(NOTHING, told)
    assert verify(forged) == [], "by itself it is as good as the other"
    assert verify(forged, heads=[reached(log[-1])]) == [Break(len(log), Flaw.HEAD)]


def test_clocks_that_differ_a_little_are_no_flaw_and_a_day_is() -> None:
    soon, late = (replace(HEARD, at=STORED.at - by) for by in (TOLERANCE, OTHER_DAY))
    assert verify(chained(NOTHING, [STORED, soon])) == []
    assert verify(chained(NOTHING, [STORED, late])) == [Break(2, Flaw.TIME)]


@pytest.mark.parametrize(
    "written",
    [
        {"at": "yesterday"},
        {"at": "2026-01-15T14:10:00Z"},
        {"at": "2026-01-15T14:10:00.123456"},
        {"at": b"\x00"},
        {"deed": "nothing"},
        {"detail": "no JSON"},
        {"detail": '{"size": "8"}'},
        {"detail": '{"size":"8","size":"8"}'},
        {"detail": '{"size":8}'},
        {"detail": "[" * 100_000},
        {"detail": '["size"]'},
        {"who": None},
    ],
)
def test_a_row_that_somebody_wrote_over_is_named_and_the_rest_is_still_looked_at(
    written: dict[str, object],
) -> None:
    log = chained(NOTHING, [STORED, HEARD, JUDGED])
    rows = [row_of(entry) for entry in log]
    rows[1] |= written
    lines = [line_of(row) for row in rows]
    assert isinstance(lines[1], Illegible)
    assert [(each.number, each.flaw) for each in verify(lines)] == [(2, Flaw.ILLEGIBLE)]


@pytest.mark.parametrize(
    "unfit",
    [
        {"at": AT.replace(tzinfo=None)},
        {"who": ""},
        {"who": "x" * 65},
        {"subject": "RE1"},
        {"subject": "recording:" + "x" * 100},
        {"detail": {"Size": "8"}},
        {"detail": {"reason": "x" * 201}},
        {"detail": {"reason": "she called from +16125550142"}},
        {"detail": {"reason": "\ud800"}},
    ],
)
def test_what_does_not_fit_the_log_is_refused_before_anything_is_written(
    unfit: dict[str, object],
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # which one, the log does not care
        replace(STORED, **unfit)  # type: ignore[arg-type]


def test_a_head_can_be_copied_by_hand() -> None:
    head = reached(chained(NOTHING, [STORED])[0])
    assert head_of(f" {head}\n") == Head(1, head.hash)
    assert head_of(f"{str(head)[:20].upper()}…") == Head(1, str(head.hash)[:18])
    for wrong in ("", "1", "1:", "1:abc", f"one:{head.hash}", f"1:{head.hash}0", "1:" + "g" * 64):
        with pytest.raises(BadHead, match="custody head"):
            head_of(wrong)


def first(breaks: Sequence[Break]) -> Break:
    assert breaks, "nothing was found"
    return breaks[0]


# --- The store ------------------------------------------------------------------------------------


def log_of(store: SqlReportStore) -> list[Entry]:
    with store.read() as records:
        lines = records.custody(after=0, at_most=1000)
        head = records.custody_head()
    entries = [line for line in lines if isinstance(line, Entry)]
    assert entries[-1].number == head.number
    assert entries[-1].hash == head.hash
    assert len(entries) == len(lines)
    return entries


def tell(store: SqlReportStore, occurred: Occurrence) -> None:
    with store.begin() as records:
        records.append_custody(
            occurred.at, occurred.who, occurred.deed, occurred.subject, occurred.detail
        )


def test_the_log_begins_with_the_table_and_goes_on_in_order(store: SqlReportStore) -> None:
    now = datetime.now(UTC)
    tell(store, replace(STORED, at=now))
    with store.begin() as records:
        records.append_custody(now, "ana", Deed.RECORDING_HEARD, "recording:RE1", {"as": "played"})
        records.append_custody(now, "ben", Deed.RECORDING_HEARD, "recording:RE2", {})
    log = log_of(store)
    assert [entry.deed for entry in log] == [
        Deed.LOG_BEGUN,
        Deed.RECORDING_STORED,
        Deed.RECORDING_HEARD,
        Deed.RECORDING_HEARD,
    ]
    assert verify(log) == []
    with store.read() as records:
        assert records.custody(after=1, at_most=2) == log[1:3]
        assert records.custody_of(["recording:RE1"]) == log[1:3]
        assert records.custody_of(["recording:RE1"], since=now + OTHER_DAY) == []


def test_what_is_undone_was_never_told_and_what_is_told_was_done(store: SqlReportStore) -> None:
    def breaks() -> None:
        with store.begin() as records:
            records.add_call(Call("CA1", AT))
            records.append_custody(AT, "ana", Deed.VERDICT_SET, "report:4821", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    assert len(log_of(store)) == 1


def test_who_only_reads_tells_nothing(store: SqlReportStore) -> None:
    with store.read() as records, pytest.raises(RuntimeError):
        records.append_custody(AT, "ana", Deed.VERDICT_SET, "report:4821", {})


def test_acts_and_transcripts_are_told_by_whoever_writes_them(store: SqlReportStore) -> None:
    made = Transcript("RE1", "es", 0.9, (), "engine", "model", AT)
    with store.begin() as records:
        records.add_call(Call("CA1", AT))
        records.add_report(Report("4821", "CA1", AT, AT))
        records.add_recording(Recording("RE1", "CA1", "where", AT, AT))
        records.add_act(Act("4821", AT, "ana", ActKind.VERDICT, "unverified", "confirmed"))
        records.add_act(Act("4821", AT, "ana", ActKind.HEARD_AS, "", "es"), "recording:RE1")
        records.add_act(Act("4821", AT, "ana", ActKind.CORRECTED, "", "RE1"))
        records.add_transcript(made)
        records.add_transcript(replace(made, kind=TranscriptKind.CORRECTION, made_by="ana"))
    told = [(e.who, e.deed, e.subject, dict(e.detail)) for e in log_of(store)[1:]]
    words = told[3][3]["sha256"]
    assert len(words) == 64
    assert told == [
        (
            "ana",
            Deed.VERDICT_SET,
            "report:4821",
            {"before": "unverified", "after": "confirmed"},
        ),
        ("ana", Deed.LANGUAGE_SET, "recording:RE1", {"after": "es"}),
        (
            "system:speech",
            Deed.TRANSCRIPT_MADE,
            "recording:RE1",
            {"kind": "machine", "sha256": words, "transcript": told[2][3]["transcript"]},
        ),
        (
            "ana",
            Deed.TRANSCRIPT_CORRECTED,
            "recording:RE1",
            {"kind": "correction", "sha256": words, "transcript": told[3][3]["transcript"]},
        ),
    ]


@pytest.mark.parametrize("kind", ActKind)
def test_of_every_kind_of_act_it_is_known_what_the_log_says(
    store: SqlReportStore, kind: ActKind
) -> None:
    with store.begin() as records:
        records.add_call(Call("CA1", AT))
        records.add_report(Report("4821", "CA1", AT, AT))
        records.add_act(Act("4821", AT, "ana", kind, "a", "b"))
    assert len(log_of(store)) == (1 if kind is ActKind.CORRECTED else 2)


def test_many_at_once_make_one_chain(store: SqlReportStore) -> None:
    rounds, people = 10, 6
    with store.begin() as records:
        for person in range(people):
            records.add_call(Call(f"CA{person}", AT))

    def writes(person: int) -> None:
        for _ in range(rounds):
            with store.begin() as records:
                # Rows are held in no common order, before and after the log is told.
                records.call(f"CA{person}")
                records.append_custody(
                    datetime.now(UTC), f"p{person}", Deed.RECORDING_HEARD, "recording:RE1", {}
                )
                records.call(f"CA{(person + 1) % people}" if person % 2 else f"CA{person}")

    threads = [threading.Thread(target=writes, args=(person,)) for person in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = log_of(store)
    assert len(log) == 1 + rounds * people
    assert verify(log) == []


def test_who_has_only_so_much_patience_is_told_and_nothing_is_written(
    engine: Engine, store: SqlReportStore
) -> None:
    first = sa.select(custody_entries).where(custody_entries.c.number == 1)
    with engine.begin() as other:
        other.execute(first.with_for_update())
        with pytest.raises(StoreBusy), store.begin(patience=0.05) as records:
            records.append_custody(AT, "ana", Deed.RECORDING_HEARD, "recording:RE1", {})
    assert len(log_of(store)) == 1
    tell(store, STORED)
    assert len(log_of(store)) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE custody_entries SET who = 'nobody' WHERE number = 2",
        "DELETE FROM custody_entries WHERE number = 2",
        "DELETE FROM custody_entries",
        "INSERT INTO custody_entries SELECT number + 5, at, who, deed, subject, detail, previous,"
        " hash FROM custody_entries WHERE number = 2",
        "INSERT INTO custody_entries SELECT number, at, 'nobody', deed, subject, detail, previous,"
        " hash FROM custody_entries WHERE number = 2",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(
    engine: Engine, store: SqlReportStore, statement: str
) -> None:
    tell(store, STORED)
    before = log_of(store)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert log_of(store) == before


def test_nor_can_an_entry_be_replaced_or_all_be_thrown_away(
    engine: Engine, store: SqlReportStore
) -> None:
    tell(store, STORED)
    before = log_of(store)
    statement = (
        "INSERT OR REPLACE INTO custody_entries SELECT number, at, 'nobody', deed, subject, detail,"
        " previous, hash FROM custody_entries WHERE number = 2"
        if engine.dialect.name == "sqlite"
        else "TRUNCATE custody_entries"
    )
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert log_of(store) == before


def without_guards(engine: Engine, *statements: str) -> None:
    """As somebody does who owns the database."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for name in ("unchanged", "kept", "at_the_end"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS custody_entries_{name}")
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE custody_entries SET who = 'nobody' WHERE number = 2", (2, Flaw.HASH)),
        ("UPDATE custody_entries SET detail = '{}' WHERE number = 2", (2, Flaw.HASH)),
        ("UPDATE custody_entries SET detail = 'x' WHERE number = 2", (2, Flaw.ILLEGIBLE)),
        ("DELETE FROM custody_entries WHERE number = 2", (3, Flaw.NUMBER)),
    ],
)
def test_whoever_owns_the_database_can_change_it_and_is_found(
    engine: Engine, store: SqlReportStore, statement: str, found: tuple[int, Flaw]
) -> None:
    now = datetime.now(UTC)
    for occurred in (STORED, HEARD, JUDGED):
        tell(store, replace(occurred, at=now))
    without_guards(engine, statement)
    with store.read() as records:
        wrong = first(verify(records.custody(after=0, at_most=100)))
    assert (wrong.number, wrong.flaw) == found


def test_a_log_that_was_tampered_with_goes_on_all_the_same(
    engine: Engine, store: SqlReportStore
) -> None:
    tell(store, replace(STORED, at=datetime.now(UTC)))
    without_guards(engine, "UPDATE custody_entries SET at = 'x', hash = 'y' WHERE number = 2")
    tell(store, replace(HEARD, at=datetime.now(UTC)))
    with store.read() as records:
        assert records.custody_head().number == 3
        assert [each.number for each in verify(records.custody(after=0, at_most=100))] == [2]
        assert verify(records.custody(after=2, at_most=1), Head(2, "y")) == []


def test_the_table_holds_every_value_as_it_is_hashed(engine: Engine, store: SqlReportStore) -> None:
    tell(store, STORED)
    with engine.connect() as connection:
        row = connection.execute(
            sa.select(custody_entries).where(custody_entries.c.number == 2)
        ).one()
    form = (
        f'{{"at":"{row.at}","deed":"{row.deed}","detail":{row.detail},"number":2,'
        f'"previous":"{row.previous}","subject":"{row.subject}","who":"{row.who}"}}'
    )
    assert hashlib.sha256(form.encode()).hexdigest() == row.hash
