"""The clock of a family: in their list, on the report, and before nothing that goes on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from reports.model import Handling
from reports.services.review import handle
from tests.dashboard.conftest import API_TOKEN, Browser, Clock
from tests.dashboard.stories import Stories, segment


def a_family(stories: Stories, reference: str, minutes_ago: float) -> None:
    stories.call(reference, minutes_ago, keys={"when": "3"})
    stories.recording(reference, "family", heard=[segment("They took my brother.", 0, 2)])


def order(page: str) -> list[str]:
    return re.findall(r"<li id=row-(\d+) ", page)


def read(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_their_list_has_who_is_due_first_on_top_with_how_long_they_wait(
    ana: Browser, stories: Stories
) -> None:
    a_family(stories, "1001", 12)
    a_family(stories, "1002", 42)
    a_family(stories, "1003", 90)
    handle(stories.store, reference="1003", to=Handling.ACKNOWLEDGED, who="ana", at=stories.now)
    page = ana.get("/?show=families").text
    assert order(page) == ["1002", "1001", "1003"]
    assert "Overdue since 6:29 AM" in read(page)
    assert "Due at 6:59 AM" in read(page)
    assert len(re.findall(r"<p class=(?:waits|overdue)", page)) == 2, (
        "who was taken up waits no more"
    )


def test_they_never_stand_before_what_goes_on(ana: Browser, stories: Stories) -> None:
    a_family(stories, "1002", 600)
    stories.spanish_happening_now("4821")
    page = ana.get("/?show=open").text
    assert order(page) == ["4821", "1002"]
    assert "1 family waits, 1 overdue" in read(page)


def test_a_family_that_pressed_no_key_for_it_is_in_their_list(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1004", 5, keys={})
    stories.recording(
        "1004", "what", heard=[segment("I need help, ICE took my husband, where is he?", 0, 4)]
    )
    page = ana.get("/?show=families").text
    assert order(page) == ["1004"]
    assert "Due at 7:06 AM" in read(page)


def test_the_report_has_the_clock_until_somebody_takes_it_up(
    ana: Browser, stories: Stories
) -> None:
    a_family(stories, "1002", 42)
    assert "Overdue: waiting 42 min, was due at 6:29 AM" in read(ana.get("/r/1002").text)
    ana.acts("1002", "handling", to="acknowledged")
    assert 'class="clock' not in ana.get("/r/1002").text


def test_the_clock_runs_out_on_an_open_list(ana: Browser, stories: Stories, clock: Clock) -> None:
    a_family(stories, "1001", 29)
    before = ana.get("/inbox?show=families")
    assert "Overdue" not in before.text
    clock.passes(minutes=2)
    after = ana.get("/inbox?show=families")
    assert "Overdue" in after.text
    assert after.headers["ETag"] != before.headers["ETag"]


def test_the_api_tells_of_the_clock(ana: Browser, stories: Stories) -> None:
    a_family(stories, "1002", 42)
    a_family(stories, "1003", 42)
    handle(stories.store, reference="1003", to=Handling.ACKNOWLEDGED, who="ana", at=stories.now)
    stories.spanish_happening_now("4821")
    waiting = {
        reference: ana.get(
            f"/api/reports/{reference}", Authorization=f"Bearer {API_TOKEN}"
        ).get_json()["waiting"]
        for reference in ("1002", "1003", "4821")
    }
    assert waiting["1002"]["overdue"] is True
    assert waiting["1002"]["since"] < waiting["1002"]["due"]
    assert waiting["1003"] is None, "somebody took them up"
    now = waiting["4821"]
    within = datetime.fromisoformat(now["due"]) - datetime.fromisoformat(now["since"])
    assert within == timedelta(minutes=5)
