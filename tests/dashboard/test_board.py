"""Incidents on the board, and which of them are shown."""

from __future__ import annotations

import re

import pytest

from dashboard import Desk
from reports.model import ActKind, Handling, Judgement, Verdict, Verification
from reports.services.incidents import merge, set_verdict
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import Stories
from tests.dashboard.test_incidents import OTHER, THIRD, seen, text


@pytest.fixture
def four(stories: Stories, desk: Desk, clock: Clock) -> None:
    """Incident 1 to be checked, 2 confirmed and over, 3 a drill, 4 graver than 1."""
    seen(stories, "4001", 12, still_there="1")
    seen(stories, "4002", 9, "They are at Franklin and Chicago.", number=OTHER, still_there="2")
    seen(stories, "4003", 8, "They are at 38th and Nicollet.", number=THIRD)
    seen(
        stories,
        "4004",
        30,
        "They are at Lake and Cedar.",
        "I see them arresting a man. I see six agents.",
        number="+16125550153",
    )
    for reference in ("4001", "4002", "4003", "4004"):
        merge(desk.store, references=[reference], who="ana", at=clock())
    judged = {
        2: Judgement(Verdict.CONFIRMED, Verification.ON_SCENE),
        3: Judgement(Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "a fire drill"),
    }
    for incident_id, judgement in judged.items():
        set_verdict(desk.store, incident_id=incident_id, judgement=judgement, who="ana", at=clock())


def columns(page: str) -> dict[str, list[str]]:
    """The incidents of each column, in order."""
    found = re.findall(r'<section id="column-(\w+)"(.*?)</section>', page, re.DOTALL)
    return {name: re.findall(r'href="/incidents/(\d+)"', inside) for name, inside in found}


def listed(page: str) -> list[str]:
    return re.findall(r'<article id="incident-(\d+)"', page)


@pytest.mark.usefixtures("four")
def test_each_incident_stands_in_the_column_of_what_is_true_of_it_the_gravest_first(
    ana: Browser,
) -> None:
    assert columns(ana.get("/incidents?view=board").text) == {
        "to_check": ["4", "1"],
        "confirmed": ["2"],
        "settled": ["3"],
    }


@pytest.mark.usefixtures("four")
def test_a_card_says_what_whoever_decides_needs(ana: Browser, stories: Stories) -> None:
    stories.act("4001", ActKind.HANDLING, Handling.NEW, Handling.ACKNOWLEDGED, minutes_ago=1)
    page = ana.get("/incidents?view=board").text
    card = re.search(r'<article id="card-1".*?</article>', page, re.DOTALL)
    assert card is not None
    said = " ".join(re.sub(r"<[^>]+>", " ", card[0]).split())
    for wanted in (
        "P2",
        "Unverified",
        "E Lake St & Bloomington Ave".replace("&", "&amp;"),
        "1 independent caller",
        "still there, as of",
        "12 min. ago",
        "With Ana Fuentes",
    ):
        assert wanted in said
    assert "Nobody has it" in text(page)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("now=1", ["4", "1"]),
        ("verdict=confirmed", ["2"]),
        ("verdict=settled", ["3"]),
        ("area=Phillips", []),
        ("verdict=to_check&now=1", ["4", "1"]),
    ],
)
def test_what_is_wanted_stands_in_the_address_and_holds_for_list_and_board(
    ana: Browser, asked: str, shown: list[str]
) -> None:
    page = ana.get(f"/incidents?{asked}").text
    assert sorted(listed(page)) == sorted(shown)
    assert f"/incidents/part?{asked.split('&')[0]}" in page
    on_board = columns(ana.get(f"/incidents?view=board&{asked}").text)
    assert [each for column in on_board.values() for each in column] == shown


@pytest.mark.usefixtures("four")
def test_a_part_of_town_is_chosen_from_those_there_are(ana: Browser) -> None:
    page = ana.get("/incidents").text
    areas = re.findall(r'<option value="([^"]+)"', page.split('name="area"')[1])
    assert len(areas) >= 2
    for area in areas:
        assert listed(ana.get(f"/incidents?area={area}").text)


@pytest.mark.usefixtures("four")
def test_where_nothing_is_like_that_it_says_how_many_others_there_are(ana: Browser) -> None:
    page = text(ana.get("/incidents?area=Nowhere&view=board").text)
    assert "No incident is like that" in page
    assert "There are 4 others. Show all" in page


def test_an_empty_board_says_what_to_do(ana: Browser, stories: Stories) -> None:
    assert "No incident yet" in text(ana.get("/incidents?view=board").text)
    seen(stories, "4001", 12)
    seen(stories, "4002", 6, number=OTHER)
    page = text(ana.get("/incidents?view=board").text)
    assert "1 suggestion of what may be the same waits in the list. To the list" in page


@pytest.mark.usefixtures("four")
def test_the_board_is_live(ana: Browser, desk: Desk, clock: Clock) -> None:
    first = ana.get("/incidents/part?view=board")
    etag = first.headers["ETag"]
    again = ana.get("/incidents/part?view=board", If_None_Match=etag)
    assert again.status_code == 304
    judgement = Judgement(Verdict.CONFIRMED, Verification.ON_SCENE)
    set_verdict(desk.store, incident_id=1, judgement=judgement, who="ana", at=clock())
    news = ana.get("/incidents/part?view=board", If_None_Match=etag)
    assert columns(news.text)["confirmed"] == ["1", "2"]


@pytest.mark.parametrize("asked", ["view=pie", "verdict=perhaps"])
def test_what_nobody_offers_is_refused(ana: Browser, asked: str) -> None:
    assert ana.get(f"/incidents?{asked}").status_code == 400
