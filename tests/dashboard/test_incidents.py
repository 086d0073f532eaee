"""Incidents at the desk: suggested with why, put together, taken apart and undone with one press
each, and judged with evidence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from dashboard import Desk, add_organizer
from reports.model import Docket, Verdict
from reports.services.incidents import merge
from tests.dashboard.conftest import PASSWORD, QUICK, Browser, Clock
from tests.dashboard.stories import CALLER, MORNING, PRANKSTER, Stories, segment

OTHER = "+16125550151"
THIRD = "+16125550152"


@pytest.fixture
def ben(app: Flask, desk: Desk) -> Browser:
    add_organizer(desk.store, "ben", "Ben Ito", PASSWORD, MORNING, QUICK)
    browser = Browser(app.test_client())
    assert browser.logs_in("ben").status_code == 303
    return browser


def seen(
    stories: Stories,
    reference: str,
    minutes_ago: float,
    where: str = "They're at Lake and Bloomington.",
    what: str = "I see four agents and a gray Tahoe.",
    number: str | None = CALLER,
    **keys: str,
) -> str:
    stories.call(reference, minutes_ago, keys={"when": "1", **keys}, number=number)
    stories.recording(reference, "where", heard=[segment(where, 0, 3)])
    stories.recording(reference, "what", heard=[segment(what, 0, 3)])
    return reference


@pytest.fixture
def three(stories: Stories) -> tuple[str, str, str]:
    """Reports of one corner by two callers."""
    return (
        seen(stories, "4001", 12, still_there="1"),
        seen(
            stories,
            "4002",
            6,
            "It's by Mercado Central.",
            "There's six agents in a gray S U V, plate K L V four one two.",
            OTHER,
        ),
        seen(stories, "4003", 2, what="They left now.", number=CALLER, still_there="2"),
    )


def text(page: str) -> str:
    """As a person reads it."""
    main = page[page.index("<main") : page.index("</main")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def merged(ana: Browser, *references: str, incident: int | None = None) -> Any:
    form: dict[str, Any] = {"ref": list(references)}
    if incident is not None:
        form["incident"] = str(incident)
    return ana.sends("/incidents", from_page="/incidents", **form)


def docket(desk: Desk, incident_id: int = 1) -> Docket:
    with desk.store.read() as records:
        found = records.docket(incident_id)
    assert found is not None
    return found


def test_an_empty_list_says_what_to_do(ana: Browser) -> None:
    page = text(ana.get("/incidents").text)
    assert "No incident yet" in page
    assert "one press" in page


def test_reports_of_one_corner_are_suggested_with_why_and_nothing_is_done(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    page = text(ana.get("/incidents").text)
    assert "These may be the same" in page
    assert "2 independent callers" in page
    assert "the same place" in page or "m apart" in page
    assert "minutes apart" in page
    assert "Unverified" in page
    with desk.store.read() as records:
        assert records.dockets() == []


def test_one_press_puts_them_together_and_one_takes_it_back(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    answer = merged(ana, *three)
    assert answer.status_code == 303
    assert answer.location == "/incidents/1"
    assert docket(desk).references == three
    page = ana.get("/incidents/1").text
    assert "Put together: reports 4001, 4002, 4003" in text(page)
    undo = re.search(r'action="(/incidents/acts/\d+/undo)"', page)
    assert undo is not None
    assert "These may be the same" not in text(ana.get("/incidents").text)

    answer = ana.sends(undo[1], from_page="/incidents/1", back="1")
    assert answer.location == "/incidents/1"
    assert docket(desk).references == ()
    page = text(ana.get("/incidents/1").text)
    assert "Undone." in page
    assert "Ana Fuentes undid that" in page
    assert "These may be the same" in text(ana.get("/incidents").text)


def test_the_page_of_an_incident_says_what_its_reports_say_and_where_they_do_not_agree(
    ana: Browser, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    page = text(ana.get("/incidents/1").text)
    assert "2 independent callers" in page
    assert "Officers they do not agree: listen 4 4001 6 4002" in page
    assert "gone, as of" in page
    assert "Mercado Central, Minneapolis" in page
    assert "KLV412" in page
    assert "Report 4001 came in" in page
    assert "Nobody has confirmed this" in page


def test_the_page_of_a_report_says_what_may_be_the_same_and_puts_it_together(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    page = text(ana.get("/r/4002").text)
    assert "This may be the same as" in page
    assert "Report 4001" in page
    answer = ana.sends("/incidents", from_page="/r/4002", ref=[*three], **{"from": "4002"})
    assert answer.location == "/r/4002"
    page = text(ana.get("/r/4002").text)
    assert "Put together" in page
    assert "Part of incident 1 : 2 independent callers" in page
    assert docket(desk).references == three


def test_hearsay_joins_and_counts_for_nobody(
    ana: Browser, stories: Stories, three: tuple[str, ...]
) -> None:
    heard = "I heard on Facebook that they are at Lake and Bloomington. I did not see it."
    seen(stories, "4004", 1, "I don't know.", heard, THIRD)
    assert "2 independent callers, and 1 who was told" in text(ana.get("/incidents").text)
    merged(ana, *three, "4004")
    page = text(ana.get("/incidents/1").text)
    assert "2 independent callers, and 1 who was told" in page
    assert "Hearsay" in page


def test_a_prank_by_a_limited_caller_is_suggested_to_nothing(
    ana: Browser, stories: Stories, three: tuple[str, ...]
) -> None:
    stories.limited_prank("9001")
    assert "9001" not in ana.get("/incidents").text
    assert PRANKSTER not in ana.get("/incidents").text


def test_what_is_taken_out_is_not_suggested_again(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    answer = ana.sends("/incidents/1/split", from_page="/incidents/1", ref="4002")
    assert answer.location == "/incidents/1"
    assert "Taken out: 4002" in text(ana.get("/incidents/1").text)
    assert docket(desk).references == ("4001", "4003")
    assert "These may be the same" not in text(ana.get("/incidents").text)
    assert "This may be the same" not in text(ana.get("/r/4002").text)


def test_not_the_same_is_one_press_too(ana: Browser, three: tuple[str, ...]) -> None:
    ana.sends("/incidents/apart", from_page="/incidents", ref="4002", other=["4001", "4003"])
    page = ana.get("/incidents").text
    assert "Kept apart" in text(page)
    assert "Report 4002" not in page
    undo = re.search(r'action="(/incidents/acts/\d+/undo)"', page)
    assert undo is not None
    ana.sends(undo[1], from_page="/incidents")
    assert "Report 4002" in ana.get("/incidents").text


def test_two_incidents_that_are_not_the_same_are_told_apart_with_one_press_and_not_suggested_again(
    ana: Browser, three: tuple[str, ...]
) -> None:
    merged(ana, "4001")
    merged(ana, "4002", "4003")
    page = ana.get("/incidents/2").text
    assert "These may be the same" in text(page)
    assert re.findall(r'action="(/incidents/\d+/apart)"', page) == ["/incidents/1/apart"]
    apart = ana.sends("/incidents/1/apart", from_page="/incidents/2", incident="2", back="2")
    assert apart.location == "/incidents/2"
    page = ana.get("/incidents/2").text
    assert "Kept apart" in text(page)
    assert "These may be the same" not in text(page)
    assert "Ana Fuentes said that it is not the same as incident 1 ( 4001 )" in text(page)
    assert "not the same as incident 2 ( 4002 , 4003 )" in text(ana.get("/incidents/1").text)
    for path in ("/incidents", "/r/4001"):
        assert "may be the same" not in text(ana.get(path).text)
    undo = re.search(r'action="(/incidents/acts/\d+/undo)"', page)
    assert undo is not None
    ana.sends(undo[1], from_page="/incidents/2", back="2")
    assert "These may be the same" in text(ana.get("/incidents/2").text)


def test_of_two_who_press_at_once_the_second_sees_what_happened(
    ana: Browser, ben: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    answer = ben.sends("/incidents", from_page="/incidents", ref=[*three])
    assert answer.location == "/incidents/1"
    page = text(ben.get("/incidents/1").text)
    assert "Nothing was left to do: Ana Fuentes has put them together already" in page
    with desk.store.read() as records:
        assert len(records.dockets()) == 1


def test_who_presses_upon_what_is_no_more_is_told_who_was_faster(
    ana: Browser, ben: Browser, desk: Desk, stories: Stories, three: tuple[str, ...]
) -> None:
    seen(stories, "4005", 1, number=THIRD)
    merged(ana, "4001", "4003")
    merged(ben, "4002")
    answer = merged(ana, "4005", "4002", incident=1)
    assert answer.status_code == 303
    page = text(ana.get("/incidents").text)
    assert "meanwhile Ben Ito has report 4002 in incident 2" in page
    assert docket(desk).references == ("4001", "4003")


def test_a_report_is_added_by_its_number(
    ana: Browser, desk: Desk, stories: Stories, three: tuple[str, ...]
) -> None:
    seen(stories, "4006", 3, "Somewhere.", "Somebody shouts.", THIRD)
    answer = ana.sends("/incidents", from_page="/r/4006", ref="4006", also=" 4001, 4002")
    assert answer.location == "/incidents/1"
    assert docket(desk).references == ("4001", "4002", "4006")
    ana.sends("/incidents", from_page="/r/4003", ref="4003", also="7777")
    assert "there is no report 7777" in text(ana.get("/incidents").text)


# --- Verdicts


def judges(browser: Browser, **form: str) -> Any:
    return browser.sends("/incidents/1/verdict", from_page="/incidents/1", **form)


def test_a_verdict_says_who_when_and_how_and_its_reports_show_it(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    judges(ana, to="confirmed", how="on_scene", note="our observer at the corner")
    page = text(ana.get("/incidents/1").text)
    assert "Confirmed by Ana Fuentes, 6:41 AM : seen on the scene: our observer" in page
    assert "Confirmed by Ana Fuentes, of incident 1" in text(ana.get("/r/4002").text)
    assert "Confirmed by Ana Fuentes" in text(ana.get("/").text)
    with desk.store.read() as records:
        assert {each.verdict for each in records.dossiers()} == {Verdict.CONFIRMED}


def test_of_what_was_no_enforcement_is_said_what_it_was(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    judges(ana, to="not_enforcement", how="photo")
    assert "No verdict was kept: say what it was instead." in text(ana.get("/incidents/1").text)
    judges(ana, to="confirmed")
    assert "No verdict was kept: say how you know." in text(ana.get("/incidents/1").text)
    assert docket(desk).incident.verdict is Verdict.UNVERIFIED
    judges(ana, to="not_enforcement", how="photo", instead="a fire drill")
    page = text(ana.get("/incidents/1").text)
    assert "Unverified Not enforcement, says Ana Fuentes, 6:41 AM : a photo or film, it was" in page
    assert "a fire drill" in page


def test_a_verdict_stands_in_the_way_of_taking_all_of_it_back(
    ana: Browser, ben: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    judges(ben, to="confirmed", how="second_source")
    ana.sends("/incidents/acts/1/undo", from_page="/incidents/1", back="1")
    assert "Ben Ito gave a verdict on incident 1" in text(ana.get("/incidents/1").text)
    assert docket(desk).references == three
    ana.sends("/incidents/acts/2/undo", from_page="/incidents/1", back="1")
    ana.sends("/incidents/acts/1/undo", from_page="/incidents/1", back="1")
    assert docket(desk).references == ()


def test_what_a_later_act_builds_upon_says_whose_it_is(
    ana: Browser, ben: Browser, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    ben.sends("/incidents/1/split", from_page="/incidents/1", ref="4002")
    ana.sends("/incidents/acts/1/undo", from_page="/incidents/1", back="1")
    assert "Ben Ito has taken reports out since then. Undo that first." in text(
        ana.get("/incidents/1").text
    )


# --- The list


def test_what_stands_is_listed_with_where_last_heard_and_whether_it_goes_on(
    ana: Browser, three: tuple[str, ...]
) -> None:
    merged(ana, *three)
    page = text(ana.get("/incidents").text)
    assert "Incident 1" in page
    assert "2 independent callers, 3 reports" in page
    assert "Last heard 6:38 AM" in page
    assert "gone, as of 6:38 AM" in page
    assert "Incident 1" in text(ana.get("/").text), "the list of reports names it too"


def test_the_list_and_the_page_are_live(ana: Browser, desk: Desk, three: tuple[str, ...]) -> None:
    for path in ("/incidents/part", "/incidents/1/part"):
        if path == "/incidents/1/part":
            merge(desk.store, references=three, who="ana", at=MORNING)
        first = ana.get(path)
        etag = first.headers["ETag"]
        assert ana.get(path, If_None_Match=etag).status_code == 304
    merge(desk.store, references=["4002"], who="ana", at=MORNING)
    assert ana.get("/incidents/part", If_None_Match=etag).status_code == 200


def test_what_is_a_day_old_is_suggested_no_more(
    ana: Browser, clock: Clock, three: tuple[str, ...]
) -> None:
    clock.passes(hours=25)
    ana.logs_in()
    assert "These may be the same" not in ana.get("/incidents").text


def test_long_lists_have_pages(ana: Browser, desk: Desk, stories: Stories) -> None:
    for number in range(52):
        reference = f"{5000 + number}"
        stories.call(reference, 2000 + number, keys={})
        at = MORNING + timedelta(seconds=number)
        merge(desk.store, references=[reference], who="ana", at=at)
    page = ana.get("/incidents").text
    assert page.count('class="card incident"') == 50
    assert "Show older" in page
    assert ana.get("/incidents?page=2").text.count('class="card incident"') == 2


@pytest.mark.parametrize("path", ["/incidents/7", "/incidents/x", "/incidents/99999999999/part"])
def test_what_is_not_there_is_not_found(ana: Browser, path: str) -> None:
    assert ana.get(path).status_code == 404


def test_an_incident_whose_reports_went_elsewhere_says_where(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, "4001")
    merged(ana, "4002")
    ana.sends("/incidents", from_page="/incidents", incident=["1", "2"])
    assert docket(desk, 1).references == ("4001", "4002")
    page = text(ana.get("/incidents/2").text)
    assert "they are in incident 1" in page
    assert "from incident 2" in text(ana.get("/incidents/1").text)


def test_a_report_is_put_into_an_incident_by_its_number_and_that_is_undone(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, "4001")
    answer = ana.sends(
        "/incidents", from_page="/r/4002", ref="4002", into=" #1", **{"from": "4002"}
    )
    assert answer.location == "/r/4002"
    assert docket(desk).references == ("4001", "4002")
    page = ana.get("/r/4002").text
    assert "Put together: report 4002" in text(page)
    undo = re.search(r'action="(/incidents/acts/\d+/undo)"', page)
    assert undo is not None
    ana.sends(undo[1], from_page="/r/4002", **{"from": "4002"})
    assert docket(desk).references == ("4001",)


def test_two_incidents_are_made_one_by_number_and_that_is_undone(
    ana: Browser, desk: Desk, three: tuple[str, ...]
) -> None:
    merged(ana, "4001")
    merged(ana, "4002", "4003")
    answer = ana.sends("/incidents", from_page="/incidents/2", incident="2", into="1")
    assert answer.location == "/incidents/1"
    assert docket(desk).references == three
    page = ana.get("/incidents/1").text
    assert "from incident 2" in text(page)
    undo = re.search(r'action="(/incidents/acts/\d+/undo)"', page)
    assert undo is not None
    ana.sends(undo[1], from_page="/incidents/1", back="1")
    assert docket(desk, 2).references == ("4002", "4003")


@pytest.mark.parametrize("into", ["9", "x", "99999999999"])
def test_of_an_incident_that_is_not_there_it_is_said_and_nothing_is_done(
    ana: Browser, desk: Desk, three: tuple[str, ...], into: str
) -> None:
    merged(ana, "4001")
    before = docket(desk)
    ana.sends("/incidents", from_page="/incidents/1", incident="1", into=into)
    page = text(ana.get("/incidents/1").text)
    assert f"there is no incident {into}." in page
    assert docket(desk).references == before.references


def test_a_report_number_that_nobody_has_is_said_on_the_page_of_the_incident(
    ana: Browser, three: tuple[str, ...]
) -> None:
    merged(ana, "4001")
    answer = ana.sends("/incidents", from_page="/incidents/1", incident="1", also="7777")
    assert answer.location == "/incidents/1"
    assert "there is no report 7777" in text(ana.get("/incidents/1").text)
