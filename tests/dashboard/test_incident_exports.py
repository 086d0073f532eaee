"""A whole incident leaves: one brief of what its reports say together, a packet with what people
did with it, and rows. It is unverified until somebody confirms the incident."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest

from dashboard import Desk
from reports.custody import Deed
from reports.model import Judgement, Verdict, Verification
from reports.services.incidents import merge, set_verdict, split
from reports.services.review import judge
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import Stories
from tests.dashboard.test_exports import leaves, seen, unzipped
from tests.dashboard.test_incidents import OTHER
from tests.dashboard.test_incidents import seen as saw

LONGEST = 480
CONFIRMED = Judgement(
    Verdict.CONFIRMED, Verification.ON_SCENE, note="Maria Lopez {was} there, call 612-555-0142"
)


@pytest.fixture
def incident(stories: Stories, desk: Desk, clock: Clock) -> int:
    """Two callers of one corner, one of them twice, and one who was told."""
    saw(stories, "4001", 12, still_there="1")
    words = "There's six agents in a gray S U V, plate K L V four one two. They took Maria Lopez."
    saw(stories, "4002", 6, "It's by Mercado Central.", words, OTHER)
    saw(stories, "4003", 2, what="They left now.", still_there="2")
    heard = "I heard on Facebook that there are thirty agents. I did not see it."
    saw(stories, "4004", 1, what=heard, number=None)
    four = ["4001", "4002", "4003", "4004"]
    done = merge(desk.store, references=four, who="ana", at=clock())
    assert done.incident_id is not None
    return done.incident_id


def brief(ana: Browser, incident: int) -> str:
    page = ana.get(f"/incidents/{incident}/export/brief").text
    found = re.search(r'<pre[^>]*id="brief"[^>]*>(.*?)</pre>', page, re.S)
    assert found is not None
    return html.unescape(found[1])


def test_its_page_says_what_can_leave(ana: Browser, incident: int) -> None:
    page = ana.get(f"/incidents/{incident}").text
    assert "What leaves" in page
    for kind in ("brief", "packet", "research"):
        assert f'href="/incidents/1/export/{kind}"' in page
        looked = ana.get(f"/incidents/1/export/{kind}").text
        assert '<a href="/incidents/1">Incident 1</a>' in looked
        assert "Incident 1, all of its reports: 4001, 4002, 4003, 4004." in looked


def test_its_brief_says_what_those_who_saw_it_say_together(ana: Browser, incident: int) -> None:
    head, *lines = brief(ana, incident).splitlines()
    assert head == "UNVERIFIED · incident 1 · 2 independent callers"
    assert [line.partition(":")[0] for line in lines] == [
        *("Size", "Activity", "Location", "Time", "Equipment")
    ]
    assert lines[0].startswith("Size: 4–6 officers")  # and not the thirty of hearsay
    assert "E Lake St & Bloomington Ave" in lines[2]
    assert lines[3].endswith("gone by then")


def test_nothing_of_who_called_is_in_it_and_it_fits_three_messages(
    ana: Browser, incident: int, stories: Stories, desk: Desk, clock: Clock
) -> None:
    for number in range(20):
        words = f"{number} officers with rifles and a ram, a red Ford van, a white bus, they arrest"
        saw(stories, f"50{number:02}", 3, what=words, number=f"+161255501{number:02}")
    references = [f"50{number:02}" for number in range(20)]
    merge(desk.store, references=references, incidents=[incident], who="ana", at=clock())
    text = brief(ana, incident)
    assert "22 independent callers" in text
    assert len(text) <= LONGEST
    for private in ("Maria", "Lopez", "KLV", "412", "5550", "4001"):
        assert private not in text


def test_where_a_number_is_not_known_callers_are_counted_at_the_most(
    ana: Browser, incident: int, stories: Stories, desk: Desk, clock: Clock
) -> None:
    saw(stories, "4005", 1, number=None)
    merge(desk.store, references=["4005"], incidents=[incident], who="ana", at=clock())
    assert "UNVERIFIED · incident 1 · at most 3 independent callers" in brief(ana, incident)


def test_confirmed_reports_do_not_confirm_it_and_its_verdict_does(
    ana: Browser, incident: int, desk: Desk, clock: Clock
) -> None:
    for reference in ("4001", "4002", "4003", "4004"):
        judge(desk.store, reference=reference, verdict=Verdict.CONFIRMED, who="ana", at=clock())
    assert brief(ana, incident).startswith("UNVERIFIED · incident 1")
    set_verdict(desk.store, incident_id=incident, judgement=CONFIRMED, who="ana", at=clock())
    assert brief(ana, incident).startswith("Confirmed · incident 1 · 2 independent callers")


def test_of_hearsay_alone_it_says_so(
    ana: Browser, stories: Stories, desk: Desk, clock: Clock
) -> None:
    heard = "I heard on Facebook that there are thirty agents. I did not see it."
    saw(stories, "4004", 1, what=heard)
    merge(desk.store, references=["4004"], who="ana", at=clock())
    head = brief(ana, 1).splitlines()[0]
    assert head == "UNVERIFIED · second-hand · incident 1"


def test_its_packet_has_its_own_record_with_what_is_private_in_notes_covered(
    ana: Browser, incident: int, desk: Desk, clock: Clock
) -> None:
    split(desk.store, incident_id=incident, references=["4004"], who="ana", at=clock())
    clock.now += timedelta(minutes=1)
    set_verdict(desk.store, incident_id=incident, judgement=CONFIRMED, who="ana", at=clock())
    path = f"/incidents/{incident}/export/packet"
    looked = ana.get(path).text
    assert "What Ana Fuentes wrote of the incident on" in looked
    assert "the verdict on the incident with its evidence" in looked
    given = leaves(ana, path)
    assert "packet-incident-1-2026-03-02.zip" in given.headers["Content-Disposition"]
    files = unzipped(given)
    text, plain = (files[f"data/incident/incident-1.{kind}"] for kind in ("txt", "json"))
    text = text.replace("\r\n", "\n")
    assert text.startswith("Confirmed · incident 1 · 2 independent callers\nSize:")
    assert "Confirmed, said Ana Fuentes on 2026-03-02" in text
    assert "How it is known: seen on the scene." in text
    assert "Note: [name] {was} there, call [number]" in text
    for line in ("Report 4003 came in.", "put in 4001, 4002, 4003, 4004.", "took out 4004."):
        assert line in text
    record = json.loads(plain)
    assert (record["verdict"], record["how"], record["callers"]) == ("confirmed", "on_scene", 2)
    assert [each["reference"] for each in record["reports"]] == ["4001", "4002", "4003"]
    officers = next(each for each in record["together"] if each["field"] == "officers")
    assert [each["reports"] for each in officers["stated"]] == [["4001"], ["4002"]]
    assert [each["what"] for each in record["history"]] == [
        *("heard", "heard", "heard", "merged", "split", "judged")
    ]
    assert '"subject":"incident:1"' in files["data/custody.jsonl"]  # the verdict
    for name, content in files.items():
        assert "Lopez" not in content, name
    assert "data/reports/4001/report.txt" in files
    assert "data/reports/4004/report.txt" not in files
    assert "data\\incident\\incident-1.txt" in files["README.txt"]
    assert files["data/incident/incident-1.txt"].count("KLV") == 0


def test_a_packet_of_reports_speaks_of_no_incident(ana: Browser, incident: int) -> None:
    files = unzipped(leaves(ana, "/r/4001/export/packet"))
    assert not any(name.startswith("data/incident") for name in files)
    assert "incident-" not in files["README.txt"]


def test_its_rows_are_those_of_all_its_reports(ana: Browser, incident: int) -> None:
    rows = leaves(ana, f"/incidents/{incident}/export/research").text.splitlines()
    assert len(rows) == 1 + 4


def test_that_it_left_stands_in_the_log_of_each_report_and_on_the_page(
    ana: Browser, incident: int, desk: Desk
) -> None:
    leaves(ana, f"/incidents/{incident}/export/brief", why="For the observers on shift")
    with desk.store.read() as records:
        told = records.custody_of([f"report:{each}" for each in ("4001", "4002", "4003", "4004")])
        told = (*told, *records.custody_of(["incident:1"]))
        (left,) = records.last_custody(Deed.EXPORTED, "export", 9)
    assert [each.deed for each in told].count(Deed.EXPORTED) == 4 + 1
    assert (left.detail["incident"], left.detail["reports"]) == ("1", "4")
    page = ana.get("/exports").text
    assert "Incident 1. Reports 4001, 4002, 4003, 4004." in " ".join(page.split())
    assert "For the observers on shift" in page


@pytest.mark.parametrize("kind", ["brief", "packet"])
def test_nothing_leaves_if_the_incident_changed_since_it_was_shown(
    ana: Browser, incident: int, desk: Desk, clock: Clock, kind: str
) -> None:
    path = f"/incidents/{incident}/export/{kind}"
    shown = seen(ana.get(path).text)
    set_verdict(desk.store, incident_id=incident, judgement=CONFIRMED, who="ana", at=clock())
    refused = ana.sends(path, from_page=path, do="leave", why="For us", seen=shown)
    assert refused.status_code == 409
    assert "is not what you were shown" in refused.text
    assert "Nothing has left." in ana.get("/exports").text


@pytest.mark.parametrize("path", ["/incidents/99/export/brief", "/incidents/x/export/brief"])
def test_what_is_no_incident_or_has_no_reports_has_nothing_to_leave(
    ana: Browser, incident: int, desk: Desk, clock: Clock, path: str
) -> None:
    assert ana.get(path).status_code == 404
    assert ana.get("/incidents/1/export/everything").status_code == 404
    all_of_them = ["4001", "4002", "4003", "4004"]
    split(desk.store, incident_id=incident, references=all_of_them, who="ana", at=clock())
    assert ana.get("/incidents/1/export/brief").status_code == 404
    assert "What leaves" not in ana.get("/incidents/1").text
