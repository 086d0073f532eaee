"""Nothing leaves before the custody log says so."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from exports.bagging import Bagger
from exports.packet import Maker, Wanted
from exports.redaction import Choices, ReasonMissing
from exports.services import (
    ChangedMeanwhile,
    Demand,
    Exporter,
    Form,
    Kind,
    Leaving,
    NoSuchReports,
    Period,
    exports_made,
)
from reports.custody import Deed, Entry, Flaw, fitting_hash, verify
from reports.model import Dossier, Organizer, TranscriptKind, Verdict
from reports.ports import ReportStore, StoreBusy
from reports.questions import FAMILY_TAKEN
from reports.services.custody import subjects_of
from reports.services.review import judge
from reports.store import SqlReportStore
from tests.exports.sayings import CALLED, WORDS, ZONE, a_report, segment
from tests.exports.test_packet import MP3, WAVE, Shelf, repaint
from tests.keys import SEALER
from tests.reader import READER
from tests.stored import migrated_engine

WHERE = "At Lake and Bloomington, by the laundromat"
WHAT = "Four ICE agents took my neighbor Maria Lopez, she has no papers, call 612-555-0142"


@dataclass
class Clock:
    now: datetime = CALLED + timedelta(hours=2)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlReportStore]:
    engine = migrated_engine(tmp_path / "line.db")
    store = SqlReportStore(engine, SEALER)
    with store.begin() as records:
        records.put_organizer(Organizer("ana", "Ana Fuentes", "", CALLED))
    yield store
    engine.dispose()


@pytest.fixture
def exporter(store: SqlReportStore, tmp_path: Path) -> Exporter:
    shelf = Shelf({"RE4821where": WAVE, "RE4821what": MP3})
    return Exporter(
        store=store,
        understanding=READER.understanding,
        maker=Maker(WORDS, ZONE, str.capitalize, "Witness Line 0.1.0"),
        bagger=Bagger(shelf, tmp_path / "workspace", repaint),
        clock=Clock(),
    )


def keep(store: ReportStore, dossier: Dossier) -> str:
    """Puts a report into the database as calls do."""
    with store.begin() as records:
        records.add_call(replace(dossier.call, answers=()))
        for answer in dossier.call.answers:
            records.put_answer(dossier.call.call_sid, answer)
        for recording in dossier.recordings:
            records.add_recording(recording)
        for transcript in dossier.transcripts:
            records.add_transcript(transcript)
        records.add_report(dossier.report)
    return dossier.report.reference


@pytest.fixture
def reference(store: SqlReportStore) -> str:
    return keep(store, a_report(where=WHERE, what=WHAT, keys={"officers": "4", "when": "1"}))


def leave(exporter: Exporter, demand: Demand, why: str = "For the hearing") -> Leaving:
    seen = exporter.preview(demand).version
    return exporter.leave(demand, who="ana", why=why, seen=seen)


def read(leaving: Leaving) -> str:
    with leaving.body as body:
        return body.read().decode()


def logged(store: ReportStore, *subjects: str) -> Sequence[Entry]:
    with store.read() as records:
        return [entry for entry in records.custody_of(subjects) if entry.deed is Deed.EXPORTED]


# --- What is written down -------------------------------------------------------------------------


def test_who_what_and_why_stand_in_the_log_with_the_hash_of_what_left(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    text = read(leave(exporter, Demand(Kind.BRIEF, (reference,))))
    with store.read() as records:
        (left,) = exports_made(records, 10)
    assert (left.who, left.at) == ("ana", CALLED + timedelta(hours=2))
    assert left.detail["kind"] == "brief"
    assert left.detail["why"] == "For the hearing"
    assert left.detail["references"] == "4821"
    assert left.detail["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert left.detail["bytes"] == str(len(text.encode()))


def test_the_report_itself_says_what_left_of_it(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    leave(exporter, Demand(Kind.BRIEF, (reference,))).body.close()
    (entry,) = logged(store, "report:4821", "recording:RE4821what")
    assert (entry.subject, entry.detail["kind"]) == ("report:4821", "brief")


def test_of_a_packet_each_recording_says_so_too(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    leave(exporter, Demand(Kind.PACKET, (reference,))).body.close()
    subjects = ["recording:RE4821where", "recording:RE4821what"]
    assert [entry.subject for entry in logged(store, *subjects)] == subjects
    without = Demand(Kind.PACKET, (reference,), wanted=Wanted(audio=False))
    leave(exporter, without).body.close()
    assert len(logged(store, *subjects)) == 2
    with store.read() as records:
        assert [each.detail["audio"] for each in exports_made(records, 9)] == ["no", "yes"]


@pytest.mark.parametrize("why", ["", "  \n "])
def test_without_a_reason_nothing_leaves(
    exporter: Exporter, store: SqlReportStore, reference: str, why: str
) -> None:
    with pytest.raises(ReasonMissing):
        leave(exporter, Demand(Kind.BRIEF, (reference,)), why)
    with store.read() as records:
        assert exports_made(records, 10) == []


def test_names_and_numbers_in_a_reason_do_not_stay_in_the_log_for_ever(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    why = "Maria Lopez asked, +16125550142"
    leave(exporter, Demand(Kind.BRIEF, (reference,)), why).body.close()
    with store.read() as records:
        (left,) = exports_made(records, 10)
    assert left.detail["why"] == "[name] asked, [number]"


def test_a_long_reason_is_cut(exporter: Exporter, store: SqlReportStore, reference: str) -> None:
    leave(exporter, Demand(Kind.BRIEF, (reference,)), "so " * 500).body.close()
    with store.read() as records:
        assert len(exports_made(records, 10)[0].detail["why"]) == 200


def test_the_log_holds_after_all_of_it(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    for demand in (
        Demand(Kind.BRIEF, (reference,)),
        Demand(Kind.PACKET, (reference,)),
        Demand(Kind.RESEARCH, period=Period(date(2026, 3, 1), date(2026, 3, 31))),
    ):
        leave(exporter, demand).body.close()
    with store.read() as records:
        breaks = verify(records.custody(after=0, at_most=1000))
    # The log begins when the test runs, and the story is older.
    assert [each for each in breaks if each.flaw is not Flaw.TIME] == []


@dataclass(frozen=True)
class Full:
    """A database that takes nothing more."""

    store: ReportStore
    kept: list[str] = field(default_factory=list)

    def read(self) -> object:
        return self.store.read()

    def begin(self, patience: float | None = None) -> object:
        raise StoreBusy


def test_what_cannot_be_written_down_does_not_leave(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    full = replace(exporter, store=Full(store))  # type: ignore[arg-type]
    with pytest.raises(StoreBusy):
        leave(full, Demand(Kind.PACKET, (reference,)))
    assert list(exporter.bagger.workspace.iterdir()) == []


# --- What was looked at is what leaves ------------------------------------------------------------


def test_what_has_changed_since_it_was_looked_at_does_not_leave(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    demand = Demand(Kind.PACKET, (reference,))
    seen = exporter.preview(demand).version
    with store.begin() as records:
        (machine,) = records.transcripts_of("RE4821what")
        words = (segment("They took Pedro Alvarez as well"),)
        records.add_transcript(replace(machine, segments=words, kind=TranscriptKind.CORRECTION))
    with pytest.raises(ChangedMeanwhile):
        exporter.leave(demand, who="ana", why="For the hearing", seen=seen)
    with store.read() as records:
        assert exports_made(records, 10) == []


@pytest.mark.parametrize("kind", [Kind.BRIEF, Kind.PACKET, Kind.RESEARCH])
def test_a_verdict_in_between_is_to_be_seen_first(
    exporter: Exporter, store: SqlReportStore, reference: str, kind: Kind
) -> None:
    demand = Demand(kind, (reference,))
    seen = exporter.preview(demand).version
    judge(store, reference=reference, verdict=Verdict.CONFIRMED, who="ana", at=CALLED)
    with pytest.raises(ChangedMeanwhile):
        exporter.leave(demand, who="ana", why="For the hearing", seen=seen)


@pytest.mark.parametrize("references", [(), ("4821", "9999"), tuple(map(str, range(51)))])
def test_reports_that_there_are_not(
    exporter: Exporter, reference: str, references: tuple[str, ...]
) -> None:
    with pytest.raises(NoSuchReports):
        exporter.preview(Demand(Kind.BRIEF, references))


# --- What is covered ------------------------------------------------------------------------------


def test_a_brief_says_what_is_known_and_nothing_private(exporter: Exporter, reference: str) -> None:
    text = read(leave(exporter, Demand(Kind.BRIEF, (reference,))))
    assert text.startswith("UNVERIFIED · ref 4821\nSize: 4 officers")
    assert "Location: E Lake St & Bloomington Ave, Minneapolis" in text
    assert "caller said ICE" in text
    assert "Time: seen 2026-03-02 06:41 CST" in text
    assert not any(secret in text for secret in ("Maria", "papers", "555-0142", "5550142"))


def test_the_preview_counts_what_is_covered(exporter: Exporter, reference: str) -> None:
    preview = exporter.preview(Demand(Kind.PACKET, (reference,)))
    said = {(each.cover, each.words) for each in preview.hidden}
    assert {("name", "Maria Lopez"), ("status", "no papers"), ("number", "612-555-0142")} <= said
    name, pieces = preview.texts[-1]
    assert name == "4821, What (1)"
    assert "".join(piece.text for piece in pieces) == WHAT


def test_what_only_another_version_names_is_covered_too(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    with store.begin() as records:
        (machine,) = records.transcripts_of("RE4821what")
        translated = (segment("My friend Pedro Alvarez was there"),)
        struck = (segment("His name is Esteban Quiroga", struck="no voice under it"),)
        records.add_transcript(
            replace(machine, segments=translated, kind=TranscriptKind.TRANSLATION)
        )
        records.add_transcript(replace(machine, segments=struck, kind=TranscriptKind.RIVAL))
    with leave(exporter, Demand(Kind.PACKET, (reference,))).body as body:
        archive = zipfile.ZipFile(body)
        texts = [
            archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith((".txt", ".json", ".jsonl"))
        ]
    assert any("was there" in text for text in texts)
    for text in texts:
        # Four digits would be met by chance in a checksum.
        names = ("Maria", "Pedro", "Alvarez", "Esteban", "Quiroga", "no papers")
        for secret in (*names, "555-0142", "5550142"):
            assert secret not in text


def test_what_is_uncovered_is_logged_with_its_reason_and_without_its_words(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    packet = Demand(Kind.PACKET, (reference,))
    maria = next(each for each in exporter.preview(packet).hidden if each.words == "Maria Lopez")
    choices = Choices(
        also=("laundromat",), uncovered=frozenset({maria.mark_id}), why="Maria is the client"
    )
    demand = replace(packet, choices=choices)
    assert [each.words for each in exporter.preview(demand).uncovered] == ["Maria Lopez"]
    with leave(exporter, demand).body as body:
        archive = zipfile.ZipFile(body)
        (report,) = [name for name in archive.namelist() if name.endswith("report.txt")]
        text = archive.read(report).decode()
        (first,) = [name for name in archive.namelist() if name.endswith("README.txt")]
        assert "uncovered 1 of them, because: [name] is the client" in archive.read(first).decode()
    assert "Maria Lopez" in text
    assert "laundromat" not in text
    with store.read() as records:
        (left,) = exports_made(records, 1)
    assert left.detail["uncovered"] == "1"
    assert left.detail["uncovered_why"] == "[name] is the client"
    assert left.detail["also_covered"] == "1"
    assert "laundromat" not in json.dumps(dict(left.detail))


# --- The packet's custody -------------------------------------------------------------------------


def test_a_packet_has_the_custody_of_its_reports_and_their_hashes_hold(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    other = keep(store, a_report("3107", what="A van"))
    judge(store, reference=reference, verdict=Verdict.CONFIRMED, who="ana", at=CALLED)
    with store.read() as records:
        dossier = records.dossier(reference)
        assert dossier is not None
        known = records.custody_of(subjects_of(dossier))
    with leave(exporter, Demand(Kind.PACKET, (reference,))).body as body:
        archive = zipfile.ZipFile(body)
        (name,) = [name for name in archive.namelist() if name.endswith("custody.jsonl")]
        lines = [json.loads(line) for line in archive.read(name).decode().splitlines()]
    assert [line["number"] for line in lines] == [entry.number for entry in known]
    assert not any(other in line["subject"] for line in lines)
    for line, entry in zip(lines, known, strict=True):
        assert line["hash"] == entry.hash == fitting_hash(entry)
        # As the README says: SHA-256 of all but the hash, as RFC 8785 writes it.
        rest = {key: value for key, value in line.items() if key != "hash"}
        text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == line["hash"]


# --- Research -------------------------------------------------------------------------------------


def test_rows_of_a_period_are_those_of_its_days(
    exporter: Exporter, store: SqlReportStore, reference: str
) -> None:
    keep(store, a_report("3001", at=datetime(2026, 3, 1, 5, 59, tzinfo=CALLED.tzinfo)))
    keep(store, a_report("3002", at=datetime(2026, 3, 1, 6, 0, tzinfo=CALLED.tzinfo)))
    keep(store, a_report("3003", at=datetime(2026, 3, 3, 5, 59, tzinfo=CALLED.tzinfo)))
    keep(store, a_report("3004", at=datetime(2026, 3, 3, 6, 0, tzinfo=CALLED.tzinfo)))
    period = Period(date(2026, 3, 1), date(2026, 3, 2))  # midnight is at 6 in UTC
    text = read(leave(exporter, Demand(Kind.RESEARCH, period=period)))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["date"] for row in rows] == ["2026-03-01", "2026-03-02", "2026-03-02"]
    with store.read() as records:
        (left,) = exports_made(records, 1)
    assert (left.detail["since"], left.detail["until"]) == ("2026-03-01", "2026-03-02")
    assert left.detail["reports"] == "3"


def test_rows_as_json(exporter: Exporter, store: SqlReportStore, reference: str) -> None:
    keep(store, a_report("3107", keys={"when": FAMILY_TAKEN}))
    period = Period(date(2026, 3, 2), date(2026, 3, 2))
    leaving = leave(exporter, Demand(Kind.RESEARCH, period=period, form=Form.JSON))
    assert leaving.name == "research-2026-03-02.json"
    document = json.loads(read(leaving))
    assert document["left_out"] == 1
    (row,) = document["rows"]
    assert (row["city"], row["officers_low"], row["agencies"]) == ("Minneapolis", 4, "ice")


def test_there_may_be_no_rows(exporter: Exporter) -> None:
    period = Period(date(2026, 3, 2), date(2026, 3, 2))
    assert read(leave(exporter, Demand(Kind.RESEARCH, period=period))).count("\r\n") == 1
