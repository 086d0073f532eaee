"""Asking observers at the desk: who is offered, what is drafted, and what is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from dashboard import Desk, add_organizer
from reports.model import NotificationKind, Role
from reports.people import Person, QuietHours, Reach, address_context
from tests.dashboard.conftest import PASSWORD, QUICK, Browser, QueueInMemory
from tests.dashboard.stories import MORNING, Stories
from tests.dashboard.test_incidents import merged, seen, text
from tests.keys import SEALER

SAFETY = "Observe and record only. Keep your distance. Do not interfere."
OTHER = "+16125550151"


def somebody(
    desk: Desk, handle: str, *languages: str, areas: tuple[str, ...] = (), **more: Any
) -> None:
    number = more.get("number", f"+161255501{70 + len(handle)}")
    at = MORNING - timedelta(days=1)
    person = Person(handle, handle.capitalize(), at, "ana", languages, observes=True, areas=areas)
    with desk.store.begin() as records:
        records.people.put_person(person)
        sealed = SEALER.seal(number.encode(), address_context(f"r-{handle}"))
        hashed = SEALER.fingerprint(number)
        quiet = more.get("quiet")
        records.people.add_reach(Reach(f"r-{handle}", handle, "sms", sealed, hashed, quiet))
        if more.get("stopped"):
            records.opt_out(hashed, at)


@pytest.fixture
def incident(ana: Browser, stories: Stories) -> str:
    """Of two reports of a corner in Minneapolis, one with a plate and a number in its words."""
    seen(stories, "4001", 12, still_there="1")
    words = "There's six agents in a gray S U V, plate K L V four one two, call 612 555 0142."
    seen(stories, "4002", 6, "It's by Mercado Central.", words, OTHER)
    merged(ana, "4001", "4002")
    return "/incidents/1/observers"


def asks(browser: Browser, path: str, **form: Any) -> Any:
    given = {"words": "Vans at Lake St", "press": "p1", "person": ["luz"], **form}
    return browser.sends(path, from_page="/incidents/1", **given)


def checked(page: str) -> list[str]:
    return re.findall(r'value="(\w+)" aria-describedby="about-\w+" checked', page)


def test_where_nobody_observes_the_page_says_what_to_do(ana: Browser, incident: str) -> None:
    page = ana.get(incident).text
    assert "Nobody observes yet" in page
    assert "Open somebody" in page


def test_the_draft_tells_what_where_when_and_how_many_and_nothing_of_a_caller(
    ana: Browser, desk: Desk, incident: str
) -> None:
    somebody(desk, "luz", "es")
    page = ana.get(incident).text
    drafted = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert drafted is not None
    assert drafted[1].startswith("UNVERIFIED")
    assert "Mercado Central" in drafted[1]
    assert "4 to 6 officers" in drafted[1] or "4–6 officers" in drafted[1]
    assert not [each for each in ("KLV", "412", "555", "0142") if each in drafted[1]]
    assert len(drafted[1]) <= desk.dispatcher.room <= 480
    assert SAFETY in text(page)


def test_those_who_fit_are_ticked_and_the_others_stand_below_with_why_not(
    ana: Browser, desk: Desk, incident: str
) -> None:
    somebody(desk, "luz", "en", areas=("Minneapolis",))
    somebody(desk, "kim", "en", areas=("Duluth",))
    somebody(desk, "omar", "so")
    somebody(desk, "stefan", "en", stopped=True)
    somebody(desk, "nightly", "en", quiet=QuietHours.parse("00:00-23:59"))
    page = ana.get(incident).text
    assert checked(page) == ["luz"]
    shown = text(page)
    assert "Stefan opted out" in shown
    assert "Nightly in quiet hours" in shown
    assert shown.index("Luz") < shown.index("Others") < shown.index("Kim")
    assert shown.index("Others") < shown.index("Omar")
    for person in ("stefan", "nightly"):
        assert asks(ana, incident, person=[person]).status_code == 409
    assert asks(ana, incident, person=["kim"]).status_code == 303, "a person may choose anybody"


def test_what_is_refused_says_why_and_loses_nothing(
    ana: Browser, desk: Desk, queue: QueueInMemory, incident: str
) -> None:
    somebody(desk, "luz", "en")
    somebody(desk, "kim", "en")
    before = len(queue.asked)
    for words, why in (
        ("Vans, call 612-555-0142", "there is a telephone number in the text"),
        ("Gray SUV KLV 412", "there is a plate in the text"),
        ("   ", "the text is empty"),
        ("x" * 481, "the text is too long"),
    ):
        answer = asks(ana, incident, words=words, person=["kim"])
        assert answer.status_code == 409
        assert why in answer.text
        assert words in answer.text
        assert checked(answer.text) == ["kim"]
        assert 'value="p1"' in answer.text
    answer = asks(ana, incident, person=[])
    assert "nobody who can be asked is chosen" in answer.text
    assert len(queue.asked) == before


def test_of_a_report_in_no_incident_sending_founds_one_and_looking_does_not(
    ana: Browser, desk: Desk, stories: Stories
) -> None:
    seen(stories, "4001", 12)
    somebody(desk, "luz", "en")
    assert ana.get("/r/4001/observers").status_code == 200
    with desk.store.read() as records:
        assert records.dockets() == []
    answer = ana.sends(
        "/r/4001/observers", from_page="/r/4001/observers", words="Vans", press="p", person="luz"
    )
    assert answer.location == "/incidents/1"
    page = text(ana.get("/incidents/1").text)
    assert "1 person is asked" in page
    assert "Luz : about to be sent, no answer yet" in page
    with desk.store.read() as records:
        (dossier,) = records.dossiers()
    (told,) = [n for n in dossier.notifications if n.kind is NotificationKind.OBSERVE]
    assert told.body.endswith(SAFETY)
    assert "Request to observe" not in text(ana.get("/r/4001").text), "it is not sent yet"
    assert ana.get("/r/4001/observers").location == "/incidents/1/observers"


def test_who_is_asked_is_not_asked_twice(ana: Browser, desk: Desk, incident: str) -> None:
    somebody(desk, "luz", "en")
    asks(ana, incident)
    page = ana.get(incident).text
    assert "asked already" in page
    assert checked(page) == []
    assert asks(ana, incident, press="p2").status_code == 409


def test_what_was_asked_of_an_incident_goes_where_its_reports_go(
    ana: Browser, desk: Desk, stories: Stories, incident: str
) -> None:
    somebody(desk, "luz", "en")
    seen(stories, "4003", 3, "Somewhere else.", "Two cars.", "+16125550153")
    merged(ana, "4003")
    asks(ana, "/incidents/2/observers")
    ana.sends("/incidents", from_page="/incidents/1", incident=["1", "2"])
    assert "Ana Fuentes asked Luz to go and see" in text(ana.get("/incidents/1").text)


def test_a_viewer_sees_and_asks_nobody(app: Flask, desk: Desk, ana: Browser, incident: str) -> None:
    somebody(desk, "luz", "en")
    asks(ana, incident)
    add_organizer(desk.store, "vic", "Vic Stone", PASSWORD, MORNING, QUICK, role=Role.VIEWER)
    vic = Browser(app.test_client())
    assert vic.logs_in("vic").status_code == 303
    page = vic.get("/incidents/1").text
    assert "Luz" in page
    assert "Ask observers" not in page
    assert "End the request" not in page
    assert vic.get(incident).status_code == 403
