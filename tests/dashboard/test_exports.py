"""What organizers see before something leaves, and that it stays written down."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dashboard import Desk, install
from exports.bagging import StampFailed
from reports.custody import Deed
from reports.model import TranscriptKind, Verdict
from reports.services.review import judge
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import Stories, segment

SAID = "Four ICE agents took Maria Lopez, she has no papers, call 612-555-0142"


@pytest.fixture
def reference(stories: Stories) -> str:
    stories.call("4821", 3, language="en", keys={"when": "1", "officers": "4"})
    stories.recording(
        "4821", "where", heard=[segment("At Lake and Bloomington, by the laundromat", 0, 4)]
    )
    stories.recording("4821", "what", heard=[segment(SAID, 0, 7)])
    return "4821"


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def mark_of(page: str, words: str) -> str:
    found = re.search(rf'value="([0-9a-f]+)"[^>]*>\s*<span>Leave <q[^>]*>{words}</q>', page)
    assert found is not None
    return found[1]


def leaves(who: Browser, path: str, why: str = "For the hearing", **form: str) -> TestResponse:
    """As a person does: they look, choose, look again, and have it leave."""
    looked = who.sends(path, from_page=path, do="look", **form)
    given = who.sends(path, from_page=path, do="leave", why=why, seen=seen(looked.text), **form)
    given.get_data()
    given.close()
    return given


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


# --- The brief ------------------------------------------------------------------------------------


def test_the_page_of_a_report_says_what_can_leave(ana: Browser, reference: str) -> None:
    page = ana.get(f"/r/{reference}").text
    assert "What leaves" in page
    for kind in ("brief", "packet", "research"):
        assert f'href="/r/4821/export/{kind}"' in page


def test_a_brief_is_looked_at_then_shown_to_be_copied(ana: Browser, reference: str) -> None:
    looked = ana.get("/r/4821/export/brief")
    assert "UNVERIFIED · ref 4821\nSize: 4 officers" in looked.text
    assert "Location: E Lake St &amp; Bloomington Ave, Minneapolis" in looked.text
    given = leaves(ana, "/r/4821/export/brief")
    assert given.status_code == 200
    assert 'data-copy="text"' in given.text
    text = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", given.text, re.DOTALL)
    assert text is not None
    assert text[1].startswith("UNVERIFIED · ref 4821\nSize: 4 officers")


def test_a_verdict_stands_in_it(ana: Browser, desk: Desk, reference: str) -> None:
    judge(desk.store, reference=reference, verdict=Verdict.CONFIRMED, who="ana", at=desk.clock())
    assert "Confirmed · ref 4821" in ana.get("/r/4821/export/brief").text


def test_without_saying_what_for_nothing_leaves(ana: Browser, desk: Desk, reference: str) -> None:
    refused = leaves(ana, "/r/4821/export/brief", why=" ")
    assert refused.status_code == 400
    assert "Nothing has left: say what it is for." in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert "Nothing has left." in ana.get("/exports").text


def test_who_has_nothing_to_change_looks_once(ana: Browser, reference: str) -> None:
    for kind in ("brief", "packet", "research"):
        path = f"/r/4821/export/{kind}"
        version = seen(ana.get(path).text)
        # What is ticked beside it is seen without being shown again.
        form = {"form": "json", "original_pictures": "on"}
        given = ana.sends(path, from_page=path, do="leave", why="For us", seen=version, **form)
        assert given.status_code == 200, kind
        given.close()


def test_several_reports_are_one_brief(ana: Browser, stories: Stories, reference: str) -> None:
    stories.call("3107", 2, language="en", keys={"officers": "6"})
    given = leaves(ana, "/export/brief?ref=4821&ref=3107")
    assert "ref 4821, 3107\nSize: 4–6 officers" in given.text


# --- The packet -----------------------------------------------------------------------------------


def unzipped(answer: TestResponse) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    return {
        name.partition("/")[2]: archive.read(name).decode("utf-8-sig", errors="replace")
        for name in archive.namelist()
    }


def test_what_will_leave_is_shown_with_what_is_covered(ana: Browser, reference: str) -> None:
    page = ana.get("/r/4821/export/packet").text
    assert (
        'Four ICE agents took <strong class="covered">[name]</strong>, she has '
        '<strong class="covered">[status]</strong>, call <strong class="covered">[number]</strong>'
    ) in page
    assert "Leave <q" in page
    assert ">Maria Lopez</q>" in page
    assert "once, in 4821, What (1)" in page
    assert "Always covered" in page  # the number


def test_a_packet_is_downloaded(ana: Browser, desk: Desk, reference: str) -> None:
    given = leaves(ana, "/r/4821/export/packet", audio="on")
    files = unzipped(given)
    assert given.headers["Content-Disposition"] == (
        "attachment; filename=packet-4821-2026-03-02.zip"
    )
    assert given.headers["Cache-Control"] == "no-store"
    kept = desk.audio.get("RE4821what")
    archive = zipfile.ZipFile(io.BytesIO(given.data))
    assert (
        archive.read("packet-4821-2026-03-02/data/reports/4821/recordings/what-RE4821what.wav")
        == kept
    )
    assert "Put together by Ana Fuentes" in files["README.txt"]
    for name, text in files.items():
        if name.endswith((".txt", ".json", ".jsonl")):
            assert not re.search("maria|lopez|no papers|0142", text, re.IGNORECASE), name


def test_a_person_covers_and_uncovers(ana: Browser, reference: str) -> None:
    path = "/r/4821/export/packet"
    maria = mark_of(ana.get(path).text, "Maria Lopez")
    form = {"uncover": maria, "uncover_why": "The attorney's client", "also": "laundromat\nICE"}
    looked = ana.sends(path, from_page=path, do="look", **form)
    assert "took Maria Lopez, she has" in looked.text
    assert 'by the <strong class="covered">[hidden]</strong>' in looked.text
    assert f'value="{maria}" checked' in looked.text
    files = unzipped(leaves(ana, path, **form))
    text = files["data/reports/4821/report.txt"]
    assert "Four [hidden] agents took Maria Lopez, she has [status]" in text
    assert "because: The attorney's client" in files["README.txt"]
    assert not any("recordings/" in name for name in files)  # the box was not ticked


def test_nothing_is_uncovered_without_saying_why(ana: Browser, reference: str) -> None:
    path = "/r/4821/export/packet"
    maria = mark_of(ana.get(path).text, "Maria Lopez")
    for do in ("look", "leave"):
        refused = ana.sends(path, from_page=path, do=do, uncover=maria, why="x", seen="0" * 64)
        assert refused.status_code == 400
        assert "Nothing was made readable: say why." in refused.text
        assert "took Maria Lopez" not in refused.text


def test_what_came_in_meanwhile_is_looked_at_first(
    ana: Browser, desk: Desk, reference: str
) -> None:
    path = "/r/4821/export/packet"
    before = seen(ana.sends(path, from_page=path, do="look").text)
    with desk.store.begin() as records:
        (machine,) = records.transcripts_of("RE4821what")
        words = (segment("They took Pedro Alvarez, too", 0, 3),)
        records.add_transcript(replace(machine, segments=words, kind=TranscriptKind.CORRECTION))
    refused = ana.sends(path, from_page=path, do="leave", why="For the hearing", seen=before)
    assert refused.status_code == 409
    assert "what would leave is not what you were shown" in refused.text
    assert 'They took <strong class="covered">[name]</strong>, too' in refused.text


def test_no_time_stamp_is_said_where_it_left(desk: Desk, reference: str) -> None:
    def away(_: bytes) -> bytes:
        raise StampFailed("ConnectionError")

    exporter = replace(desk.exporter, bagger=replace(desk.exporter.bagger, stamp=away))
    app = Flask("a line with a time-stamping service")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, replace(desk, exporter=exporter))
    browser = Browser(app.test_client())
    browser.logs_in()
    assert "A time-stamping service will be asked" in browser.get("/r/4821/export/packet").text
    files = unzipped(leaves(browser, "/r/4821/export/packet"))
    assert "NO independent proof of the date" in files["README.txt"]
    assert "No time stamp: ConnectionError." in browser.get("/exports").text


def test_words_of_callers_stand_in_no_address(ana: Browser, reference: str) -> None:
    for kind in ("brief", "packet", "research"):
        page = ana.get(f"/r/4821/export/{kind}").text
        assert '<form method="post"' in page
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page)
        assert not any(re.search("maria|lopez|papers", each, re.IGNORECASE) for each in addresses)


# --- Research -------------------------------------------------------------------------------------


def test_rows_of_a_period_are_looked_at_and_downloaded(
    ana: Browser, stories: Stories, reference: str
) -> None:
    stories.call("3107", 60 * 24 * 40, language="en", keys={"officers": "6"})
    path = "/export/research?since=2026-03-01&until=2026-03-02"
    page = ana.get(path).text
    assert "Rows: 1." in page
    assert "Rows with fewer than 5 alike: 1." in page
    given = leaves(ana, path, form="csv")
    assert given.mimetype == "text/csv"
    (row,) = rows_of(given)
    assert (row["date"], row["city"], row["officers_low"]) == ("2026-03-02", "Minneapolis", "4")
    assert "laundromat" not in given.text


def test_rows_as_json(ana: Browser, reference: str) -> None:
    given = leaves(ana, "/export/research", form="json")
    assert given.mimetype == "application/json"
    assert len(json.loads(given.text)["rows"]) == 1


def test_a_row_of_one_report(ana: Browser, reference: str) -> None:
    assert len(rows_of(leaves(ana, "/r/4821/export/research", form="csv"))) == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/export/research?since=yesterday", 400),
        ("/export/research?since=2026-03-02&until=2026-03-01", 400),
        ("/export/research?since=2020-01-01&until=2026-03-01", 400),
        ("/export/gossip?ref=4821", 404),
        ("/export/brief", 404),
        ("/export/packet?ref=4821&ref=9999", 404),
        ("/r/9999/export/brief", 404),
    ],
)
def test_what_cannot_be_asked_for(ana: Browser, reference: str, path: str, status: int) -> None:
    assert ana.get(path).status_code == status


# --- What has left --------------------------------------------------------------------------------


def test_the_page_of_exports_says_who_has_what_since_when_and_why(
    ana: Browser, clock: Clock, reference: str
) -> None:
    given = leaves(ana, "/r/4821/export/packet", why="For Tuesday's hearing")
    clock.passes(minutes=5)
    leaves(ana, "/export/research")
    page = ana.get("/exports").text
    assert page.index("Rows for research</h3>") < page.index("packet</h3>")
    assert "Ana Fuentes, " in page
    assert "For Tuesday&#39;s hearing" in page
    assert "Report 4821." in page
    assert "Without recordings." in page
    assert hashlib.sha256(given.data).hexdigest() in page


def test_the_report_says_that_it_left(ana: Browser, reference: str) -> None:
    leaves(ana, "/r/4821/export/brief")
    assert "Ana Fuentes exported it" in ana.get("/r/4821").text


def test_names_in_a_reason_are_covered_in_the_log(ana: Browser, reference: str) -> None:
    leaves(ana, "/r/4821/export/brief", why="Maria Lopez asked for it")
    page = ana.get("/exports").text
    assert "[name] asked for it" in page
    assert "Maria" not in page


def test_it_is_written_down_before_the_first_byte(ana: Browser, desk: Desk, reference: str) -> None:
    """Whoever hangs up in the middle has had it all the same."""
    path = "/r/4821/export/packet"
    version = seen(ana.sends(path, from_page=path, do="look").text)
    page = ana.get(path).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = ana.client.post(
        path,
        data={"csrf_token": token[1], "do": "leave", "why": "For the hearing", "seen": version},
        buffered=False,
    )
    with desk.store.read() as records:
        assert len(records.last_custody(Deed.EXPORTED, "export", 10)) == 1
    answer.close()


def test_strangers_get_nothing(stranger: Browser, desk: Desk, reference: str) -> None:
    for path in ("/exports", "/r/4821/export/brief", "/export/research"):
        assert stranger.get(path).status_code == 303
    posted = stranger.sends(
        "/r/4821/export/packet", from_page="/login", do="leave", why="x", seen="0" * 64
    )
    assert posted.location == "/login?next=/r/4821"
    with desk.store.read() as records:
        assert records.last_custody(Deed.EXPORTED, "export", 10) == []


def test_without_the_forms_token_nothing_leaves(ana: Browser, reference: str) -> None:
    form = {"do": "leave", "why": "x", "seen": "0" * 64}
    assert ana.client.post("/r/4821/export/packet", data=form).status_code == 400
