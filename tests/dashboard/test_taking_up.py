"""The page behind the link in an alert: one act without logging in, and nothing of the caller."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser as Chromium

from dashboard import Desk
from reports.model import Handling, Notification, NotificationKind
from reports.services.review import handle
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import Stories


@pytest.fixture
def link(desk: Desk, stories: Stories, clock: Clock) -> str:
    """To a report of which Ana was told."""
    stories.spanish_happening_now("4821")
    at = clock()
    told = Notification(
        *("n1", "4821", NotificationKind.REMINDER, "email", b"sealed", "ab", "the brief", at, at),
        person="ana",
    )
    with desk.store.begin() as records:
        assert records.add_notification(told)
    return f"/ack/{desk.answer_links.token('n1')}"


def handling(desk: Desk) -> Handling:
    with desk.store.read() as records:
        report = records.report("4821")
    assert report is not None
    return report.handling


def test_it_tells_which_report_and_when_and_nothing_of_the_caller(
    stranger: Browser, link: str
) -> None:
    page = stranger.get(link).text
    assert "Report 4821" in page
    assert "America/Chicago" in page
    for private in ("Spanish", "Orchard", "officers", "555", "UNVERIFIED", "unverified"):
        assert private not in page
    assert "<audio" not in page


def test_looking_at_it_does_nothing(stranger: Browser, link: str, desk: Desk) -> None:
    stranger.get(link)
    assert stranger.client.head(link).status_code == 200
    assert handling(desk) is Handling.NEW


def test_its_button_takes_the_report_up_in_the_persons_name(
    stranger: Browser, link: str, desk: Desk
) -> None:
    page = stranger.sends(link, from_page=link, answer="have_it")
    assert "You have it. Thank you." in page.text
    with desk.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    assert [(act.who, act.after) for act in dossier.acts] == [("ana", Handling.ACKNOWLEDGED)]
    assert "<button" not in stranger.get(link).text


def test_a_form_without_its_token_or_with_another_answer_does_nothing(
    stranger: Browser, link: str, desk: Desk
) -> None:
    assert stranger.client.post(link, data={"answer": "have_it"}).status_code == 400
    assert stranger.sends(link, from_page=link, answer="close").status_code == 400
    assert handling(desk) is Handling.NEW


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (Handling.ACKNOWLEDGED, "Somebody else has it already"),
        (Handling.IN_REVIEW, "Somebody else has it already"),
        (Handling.CLOSED, "It is closed already"),
    ],
)
def test_what_others_did_meanwhile_is_said(
    stranger: Browser, link: str, desk: Desk, clock: Clock, to: Handling, words: str
) -> None:
    handle(desk.store, reference="4821", to=to, who="bo", at=clock())
    page = stranger.get(link).text
    assert words in page
    assert "<button" not in page


def test_after_a_day_the_link_is_good_for_nothing(
    stranger: Browser, link: str, clock: Clock, desk: Desk
) -> None:
    clock.passes(hours=23, minutes=59)
    assert stranger.get(link).status_code == 200
    clock.passes(minutes=2)
    answer = stranger.get(link)
    assert answer.status_code == 410
    assert "more than a day old" in answer.text
    assert "4821" not in answer.text
    assert handling(desk) is Handling.NEW


@pytest.mark.parametrize("path", ["/ack/n1", "/ack/n1.signed-by-nobody"])
def test_what_we_did_not_sign_is_no_link(stranger: Browser, link: str, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 404
    assert "not whole" in answer.text
    assert "4821" not in answer.text


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_on_a_phone_the_buttons_are_large_and_work_by_keyboard(
    chromium: Chromium, address: str, link: str, desk: Desk, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 640})
    page.goto(address + link)
    button = page.get_by_role("button", name="I have it")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_text("You have it. Thank you.").wait_for()
    assert handling(desk) is Handling.ACKNOWLEDGED
    page.close()
