"""A shift ends: what is open is drafted for the next one, signed, and read."""

from __future__ import annotations

import html
import re

import pytest

from dashboard import Desk
from reports.model import (
    ActKind,
    Flood,
    FloodMode,
    Handling,
    Judgement,
    Verdict,
    Verification,
)
from reports.services.incidents import merge, set_verdict
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import CALLER, Stories, segment
from tests.dashboard.test_incidents import OTHER, THIRD, ben, seen, text

__all__ = ["ben"]


@pytest.fixture
def night(stories: Stories, desk: Desk, clock: Clock) -> None:
    """Incident 1 to be checked and Ana's, 2 confirmed, 3 a drill; a report that nobody has, an
    alert that failed, one in Hmong, a family."""
    seen(
        stories,
        "4001",
        50,
        what="I see them arresting a man, plate K L V four one two.",
        still_there="1",
    )
    seen(stories, "4002", 40, number=OTHER)
    seen(stories, "4003", 35, "They are at Franklin and Chicago.", number=THIRD)
    seen(stories, "4004", 30, "They are at 38th and Nicollet.", number="+16125550153")
    seen(stories, "4005", 20, "They are at Lake and Cedar.", number="+16125550154")
    stories.alert_that_failed("6644")
    stories.hmong_needs_a_listener("5590")
    stories.call("4010", 45, keys={"when": "3"}, number="+16125550155")
    stories.recording("4010", "what", heard=[segment("They took my brother.", 0, 3)])
    stories.act("4002", ActKind.HANDLING, Handling.NEW, Handling.ACKNOWLEDGED, minutes_ago=9)
    for references in (["4001", "4002"], ["4003"], ["4004"]):
        merge(desk.store, references=references, who="ana", at=clock())
    judged = {
        2: Judgement(Verdict.CONFIRMED, Verification.ON_SCENE),
        3: Judgement(Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "a fire drill"),
    }
    for incident_id, judgement in judged.items():
        set_verdict(desk.store, incident_id=incident_id, judgement=judgement, who="ana", at=clock())


def drafted(browser: Browser) -> str:
    page = browser.get("/handover").text
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def part_of(draft: str, heading: str) -> list[str]:
    after = draft.split(heading)[1].splitlines()[1:]
    lines = []
    for line in after:
        if not line.startswith("- "):
            break
        lines.append(line.removeprefix("- "))
    return lines


def signed(browser: Browser, words: str) -> str:
    answer = browser.sends("/handover", from_page="/handover", words=words)
    assert answer.status_code == 303
    return str(answer.location)


def test_a_quiet_night_is_drafted_too(ana: Browser) -> None:
    draft = drafted(ana)
    assert part_of(draft, "OPEN INCIDENTS") == ["none"]
    assert part_of(draft, "CONFIRMED SINCE") == ["none"]
    assert "FAMILIES" not in draft
    assert "Nobody has written one yet" in text(ana.get("/handover").text)


@pytest.mark.usefixtures("night")
def test_what_is_open_is_drafted_by_how_urgent_it_is_and_says_what_nobody_confirmed(
    ana: Browser,
) -> None:
    draft = drafted(ana)
    first, second = part_of(draft, "OPEN INCIDENTS")
    assert first.startswith("UNVERIFIED #1, P1: E Lake St & Bloomington Ave, Minneapolis;")
    assert "2 independent callers" in first
    assert "with Ana Fuentes" in first
    assert second.startswith("#2, P2: E Franklin Ave & Chicago Ave, Minneapolis;")
    assert "nobody has it" in second
    assert "#3" not in draft
    reports = part_of(draft, "OPEN REPORTS, IN NO INCIDENT")
    assert all(each.startswith("UNVERIFIED ") for each in reports)
    assert {re.search(r"\d{4}", each)[0] for each in reports} == {"4005", "6644", "5590", "4010"}  # type: ignore[index]
    assert [re.search(r"P\d", each)[0] for each in reports] == sorted(  # type: ignore[index]
        re.search(r"P\d", each)[0]  # type: ignore[index]
        for each in reports
    )
    assert part_of(draft, "ALERTS THAT REACHED NOBODY") == ["UNVERIFIED 6644"]
    assert part_of(draft, "CONFIRMED SINCE") == ["#2, by Ana Fuentes, 6:41 AM"]
    assert part_of(draft, "WHO HAS WHAT") == ["Ana Fuentes: UNVERIFIED #1"]
    (family,) = part_of(draft, "FAMILIES THAT WAIT")
    assert family.startswith("UNVERIFIED 4010, since 5:56 AM, OVERDUE; nobody has it")
    assert part_of(draft, "A LISTENER IS NEEDED") == ["Hmong: UNVERIFIED 5590"]


@pytest.mark.usefixtures("night")
def test_no_number_no_plate_and_no_word_of_a_caller_is_in_it(ana: Browser) -> None:
    draft = drafted(ana)
    for private in ("KLV", CALLER, "5550142", "brother", "They're at"):
        assert private not in draft


def test_flood_mode_stands_first(ana: Browser, desk: Desk, clock: Clock) -> None:
    assert "FLOOD" not in drafted(ana)
    with desk.store.begin() as records:
        records.add_flood(Flood(clock(), FloodMode.ON, True, "ana", 12))
    assert drafted(ana).startswith("FLOOD MODE IS ON since 6:41 AM")


@pytest.mark.usefixtures("night")
def test_a_draft_is_signed_as_it_is(ana: Browser) -> None:
    draft = drafted(ana)
    page = ana.get(signed(ana, draft)).text
    assert "Handover by Ana Fuentes, 6:41 AM" in text(page)
    assert "Kept, with your name" in text(page)
    kept = re.search(r'<p class="handover-words"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert kept is not None
    assert html.unescape(kept[1]).strip() == "\n".join(
        line.rstrip() for line in draft.strip().splitlines()
    )


def test_the_next_person_is_told_on_the_inbox_until_they_have_read_it(
    ana: Browser, ben: Browser
) -> None:
    where = signed(ana, "All quiet. <b>Ben</b> has the van.")
    assert "Handover by" not in text(ana.get("/").text)
    assert "Handover by Ana Fuentes, 6:41 AM" in text(ben.get("/").text)
    page = ben.get(where).text
    assert "&lt;b&gt;Ben" in page
    assert "Nobody has read it yet" in text(page)
    assert ben.sends(f"{where}/read", from_page=where).location == "/"
    assert "Handover by" not in text(ben.get("/").text)
    assert "Read by Ben Ito" in text(ana.get("/handover").text)


def test_after_two_days_nobody_is_told_any_more(ana: Browser, ben: Browser, clock: Clock) -> None:
    signed(ana, "All quiet.")
    clock.passes(hours=49)
    assert ben.logs_in("ben").status_code == 303
    assert "Handover by" not in text(ben.get("/").text)
    assert "Handover by Ana Fuentes" in text(ben.get("/handover").text)


def test_what_was_confirmed_is_told_since_the_last_handover(
    ana: Browser, stories: Stories, clock: Clock, desk: Desk
) -> None:
    seen(stories, "4001", 20)
    stories.act("4001", ActKind.VERDICT, Verdict.UNVERIFIED, Verdict.CONFIRMED, minutes_ago=5)
    assert part_of(drafted(ana), "CONFIRMED SINCE") == ["4001, by Ana Fuentes, 6:36 AM"]
    signed(ana, "4001 is confirmed.")
    clock.passes(minutes=10)
    draft = drafted(ana)
    assert part_of(draft, "CONFIRMED SINCE") == ["none"]
    assert "CONFIRMED SINCE 6:41 AM" in draft


@pytest.mark.usefixtures("night")
def test_what_is_private_is_not_kept_and_what_was_written_stays_in_the_form(
    ana: Browser,
) -> None:
    for words, said in (
        ("Call 612-555-0142 at ten.", "there is a telephone number in it"),
        ("Watch for KLV 412.", "there is a plate in it"),
        ("   ", "nothing is written"),
    ):
        answer = ana.sends("/handover", from_page="/handover", words=words)
        assert answer.status_code == 409
        assert said in text(answer.text)
        assert words.strip() in answer.text
    assert "Nobody has written one yet" in text(ana.get("/handover").text)


def test_what_is_not_there_is_not_found(ana: Browser) -> None:
    assert ana.get("/handover/7").status_code == 404
    assert ana.get("/handover/x").status_code == 404
    assert ana.sends("/handover/7/read", from_page="/handover").status_code == 404


def test_a_day_with_many_reports_lists_the_most_urgent(ana: Browser, stories: Stories) -> None:
    for number in range(45):
        stories.call(str(4100 + number), 5, keys={"when": "1"}, number=None)
    lines = part_of(drafted(ana), "OPEN REPORTS, IN NO INCIDENT")
    assert len(lines) == 41
    assert lines[-1] == "and 5 more, less urgent"
