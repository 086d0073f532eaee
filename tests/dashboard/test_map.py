"""The map of incidents: what is marked on it, and what it may load from where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from dashboard import Desk, Tiles, install
from reports.model import ActKind, Handling, Judgement, Verdict, Verification
from reports.services.incidents import merge, set_verdict
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import CALLER, Stories
from tests.dashboard.test_incidents import OTHER, THIRD, seen, text

TILES = Tiles("https://tiles.example.org:8443/{z}/{x}/{y}.png", "© <b>Somebody</b>")


@pytest.fixture
def with_tiles(desk: Desk) -> Browser:
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret", SESSION_COOKIE_HTTPONLY=True)
    install(app, replace(desk, tiles=TILES))
    browser = Browser(app.test_client())
    assert browser.logs_in().status_code == 303
    return browser


def test_the_list_of_incidents_leads_to_the_map_which_says_what_to_do_while_it_is_empty(
    ana: Browser,
) -> None:
    assert 'href="/incidents/map"' in ana.get("/incidents").text
    page = ana.get("/incidents/map").text
    assert "Nothing in the last 12 hours" in text(page)
    assert "Look 72 hours back" in text(page)
    assert "<figure" not in page


def test_an_incident_and_a_report_in_none_are_marked_by_how_urgent_they_are(
    ana: Browser, desk: Desk, stories: Stories, clock: Clock
) -> None:
    seen(stories, "4001", 12, what="I see them arresting a man. I see six agents.")
    seen(stories, "4002", 6, number=OTHER)
    seen(stories, "4003", 5, "They are at Franklin and Chicago.", number=THIRD)
    merge(desk.store, references=["4001", "4002"], who="ana", at=clock())
    page = ana.get("/incidents/map").text
    assert 'data-name="Incident 1"' in page
    assert 'data-name="Report 4003"' in page
    assert "Report 4001" not in page
    assert 'data-lat="44.9484" data-lon="-93.2524"' in page
    words = text(page)
    assert words.index("Incident 1 P1: now") < words.index("Report 4003 P2: now")
    assert "2 independent callers" in words
    assert "Unverified" in words
    assert '<a id="dot-report-4003" href="/r/4003"' in page
    assert "Bloomington Ave</text>" in page
    assert ">N</text>" in page
    assert "500 m</text>" in page or "200 m</text>" in page


def test_without_a_place_it_stands_in_the_list_all_the_same(ana: Browser, stories: Stories) -> None:
    seen(stories, "4001", 12, "I don't know where this is.")
    page = ana.get("/incidents/map").text
    assert "Not on the map" in text(page)
    assert "Report 4001" in text(page)
    assert "data-lat" not in page


def test_a_part_of_town_is_marked_as_somewhere_in_it(ana: Browser, stories: Stories) -> None:
    seen(stories, "4001", 12, "Somewhere in Phillips.", "I see four agents.")
    page = ana.get("/incidents/map").text
    assert "Somewhere in: Phillips" in text(page)
    assert "sign p2 about" in page


def test_how_far_back_it_looks_is_chosen(ana: Browser, stories: Stories) -> None:
    seen(stories, "4001", 60 * 5)
    assert "Report 4001" not in ana.get("/incidents/map?hours=3").text
    assert "Report 4001" in ana.get("/incidents/map?hours=12").text
    usual = ana.get("/incidents/map?hours=9999").text
    assert 'hours=12" aria-current="page"' in usual


def test_what_was_no_alarm_has_a_sign_of_its_own_and_what_is_closed_has_none(
    ana: Browser, desk: Desk, stories: Stories, clock: Clock
) -> None:
    seen(stories, "4001", 12)
    seen(stories, "4002", 6, "They are at Franklin and Chicago.", number=OTHER)
    merge(desk.store, references=["4001"], who="ana", at=clock())
    drill = Judgement(Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "a fire drill")
    set_verdict(desk.store, incident_id=1, judgement=drill, who="ana", at=clock())
    stories.act("4002", ActKind.HANDLING, Handling.NEW, Handling.CLOSED, minutes_ago=1)
    page = ana.get("/incidents/map").text
    assert 'data-sign="no_alarm"' in page
    assert "Not enforcement, says Ana Fuentes" in text(page)
    assert "4002" not in page


def test_no_number_no_plate_and_no_word_of_a_caller_is_on_it(
    ana: Browser, stories: Stories
) -> None:
    what = "Plate K L V four one two, call me at six one two five five five zero one four two."
    seen(stories, "4001", 12, what=what)
    page = ana.get("/incidents/map").text
    for private in ("KLV", CALLER, "5550142", "five five five", "They're at"):
        assert private not in page


def test_its_part_is_sent_when_something_changed_and_else_not(
    ana: Browser, stories: Stories
) -> None:
    first = ana.get("/incidents/map/part")
    again = ana.get("/incidents/map/part", If_None_Match=first.headers["ETag"])
    assert again.status_code == 304
    seen(stories, "4001", 1)
    news = ana.get("/incidents/map/part", If_None_Match=first.headers["ETag"])
    assert "Report 4001" in news.text


def test_pictures_come_from_the_groups_server_alone_and_to_this_page_alone(
    with_tiles: Browser, ana: Browser
) -> None:
    page = with_tiles.get("/incidents/map")
    policy = page.headers["Content-Security-Policy"]
    assert "img-src 'self' https://tiles.example.org:8443;" in policy
    assert policy.count("tiles.example.org") == 1
    assert (
        "tiles.example.org" not in with_tiles.get("/incidents").headers["Content-Security-Policy"]
    )
    assert "&lt;b&gt;Somebody" in page.text
    assert "leaflet.js" in page.text
    plain = ana.get("/incidents/map")
    assert "leaflet" not in plain.text
    assert "tiles" not in plain.headers["Content-Security-Policy"]


def test_the_script_of_the_map_is_served_to_who_is_logged_in_and_nothing_else_of_its_package(
    with_tiles: Browser, stranger: Browser
) -> None:
    script = with_tiles.get("/incidents/map/leaflet/leaflet.js")
    assert script.status_code == 200
    assert "javascript" in script.headers["Content-Type"]
    assert "no-store" not in script.headers["Cache-Control"]
    assert with_tiles.get("/incidents/map/leaflet/images/layers.png").status_code == 200
    for other in ("leaflet-src.js", "../__init__.py", "images/../../__init__.py", "nothing.js"):
        assert with_tiles.get(f"/incidents/map/leaflet/{other}").status_code == 404
    assert stranger.get("/incidents/map/leaflet/leaflet.js").status_code == 303


def test_a_day_with_hundreds_of_reports_says_that_not_all_are_shown(
    ana: Browser, stories: Stories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.mapping.MOST_REPORTS", 2)
    for number in range(3):
        seen(stories, str(4001 + number), number + 1)
    page = text(ana.get("/incidents/map").text)
    assert "There are more than a map can show" in page
    assert "Report 4003" not in page
