"""Nobody takes a report up: the desk shows who was told, and when, and who is asked next."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard import Desk
from oncall.alerts import Alerter
from reports.model import Notification, NotificationState
from reports.people import Duty, Person, Reach, Shift, address_context
from reports.services.answers import Answer, receive_answer
from reports.services.notices import OPTED_OUT
from tests.dashboard.chromium import IN_A_BROWSER, PHONE, assert_fits
from tests.dashboard.conftest import API_TOKEN, DESKTOP, Browser, Clock
from tests.dashboard.stories import MORNING, Stories
from tests.keys import SEALER

REPORT = "4821"
NUMBERS = {"sam": "+16125550111", "kaw": "+16125550112", "lul": "+16125550113"}
EVERYBODY_ASKED = "Everybody was asked, nobody answered. Call somebody."


@pytest.fixture
def roster(desk: Desk) -> None:
    """Sam is on shift, Lul hears Somali, Kaw is the backup."""
    with desk.store.begin() as records:
        for handle, name, languages in (
            ("sam", "Sam", ("en",)),
            ("lul", "Lul", ("so",)),
            ("kaw", "Kaw", ()),
        ):
            records.people.put_person(Person(handle, name, MORNING, "ana", languages=languages))
            address = SEALER.seal(NUMBERS[handle].encode(), address_context(f"{handle}-sms"))
            fingerprint = SEALER.fingerprint(NUMBERS[handle])
            reach = Reach(f"{handle}-sms", handle, "sms", address, fingerprint)
            records.people.add_reach(reach)
        for handle, duty in (
            ("sam", Duty.PRIMARY),
            ("kaw", Duty.BACKUP),
            ("lul", Duty.LISTENER),
        ):
            whole_week = frozenset(range(7))
            shift = Shift(
                handle, duty, date(2020, 1, 1), time(0), time(0), MORNING, "ana", whole_week
            )
            records.people.add_shift(shift)


@pytest.fixture
def tells(
    desk: Desk, alerter: Alerter, clock: Clock, stories: Stories, roster: None
) -> Callable[..., None]:
    """The line tells whom it is time to tell of a report, so many minutes from now, and all of it
    arrives."""
    stories.call(REPORT, 0, language="so", keys={"when": "1", "still_there": "1"})

    def tell(minutes: float = 0) -> None:
        at = clock() + timedelta(minutes=minutes)
        alerter.alert(REPORT, at)
        with desk.store.begin() as records:
            for told in records.notifications_in((NotificationState.PENDING,)):
                records.save_notification(
                    replace(
                        told,
                        state=NotificationState.DELIVERED,
                        sent_at=at,
                        delivered_at=at,
                    )
                )

    return tell


def told(desk: Desk, person: str) -> Notification:
    with desk.store.read() as records:
        dossier = records.dossier(REPORT)
    assert dossier is not None
    return next(each for each in dossier.notifications if each.person == person)


def asking(page: str) -> str:
    found = re.search(r'<div id="asking".*?</div>', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def badges(page: str) -> str:
    found = re.search(r"<li id=row-\d+ .*?<p>(.*?)<h2>", page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_before_anybody_is_told_there_is_nothing_to_see(
    ana: Browser, stories: Stories, roster: None
) -> None:
    stories.call(REPORT, 0, language="en", keys={"when": "1"})
    assert asking(ana.get("/r/4821").text) == ""


def test_the_desk_sees_who_was_told_as_what_and_who_is_asked_next(
    ana: Browser, tells: Callable[..., None]
) -> None:
    tells()
    shown = asking(ana.get("/r/4821").text)
    assert shown.startswith("Told, and nobody has taken it up")
    assert "Sam , on shift · text, 6:41 AM · arrived" in shown
    assert "Lul , hears the language · text, 6:41 AM · arrived" in shown
    assert "Next, at 6:46 AM : Kaw (backup)" in shown
    assert EVERYBODY_ASKED not in shown


def test_until_its_time_is_over_the_list_does_not_shout(
    ana: Browser, tells: Callable[..., None], clock: Clock
) -> None:
    tells()
    assert "nobody took it up" not in badges(ana.get("/").text)
    clock.passes(minutes=6)
    assert "Told 2, nobody took it up" in badges(ana.get("/").text)


def test_when_everybody_was_asked_only_a_person_can_help(
    ana: Browser, tells: Callable[..., None], clock: Clock
) -> None:
    tells()
    for _ in range(4):
        clock.passes(minutes=6)
        tells()
    page = ana.get("/r/4821").text
    shown = asking(page)
    assert EVERYBODY_ASKED in shown
    assert '<p role="alert"><strong>Everybody was asked' in page
    assert "Kaw , backup" in shown
    assert "Sam , reminded" in shown
    assert "Next, at" not in shown
    assert "Nobody answers" in badges(ana.get("/").text)


def test_what_did_not_reach_somebody_says_why(
    ana: Browser, tells: Callable[..., None], desk: Desk
) -> None:
    tells()
    failed = NotificationState.FAILED
    with desk.store.begin() as records:
        for person, reason in (("sam", OPTED_OUT), ("lul", "not delivered (code 30003)")):
            records.save_notification(replace(told(desk, person), state=failed, reason=reason))
    shown = asking(ana.get("/r/4821").text)
    assert "Sam , on shift · text, 6:41 AM · opted out of texts" in shown
    assert "failed: not delivered (code 30003)" in shown


def test_who_passes_it_on_is_shown_as_such(
    ana: Browser, tells: Callable[..., None], desk: Desk, clock: Clock
) -> None:
    tells()
    sam = told(desk, "sam").notification_id
    receive_answer(desk.store, desk.queue, notification_id=sam, answer=Answer.PASS_ON, at=clock())
    shown = asking(ana.get("/r/4821").text)
    assert "Sam , on shift · text, 6:41 AM · passed it on" in shown


def test_once_somebody_has_it_the_list_is_quiet(
    ana: Browser, tells: Callable[..., None], clock: Clock
) -> None:
    tells()
    clock.passes(minutes=6)
    ana.acts(REPORT, "handling", to="acknowledged")
    page = ana.get("/r/4821").text
    assert asking(page) == ""
    found = re.search(r'<section id="asked".*?</section>', page, re.DOTALL)
    assert found is not None
    assert "Who was told" in found[0]
    assert "Lul" in found[0]
    assert "nobody took it up" not in badges(ana.get("/").text)


def test_the_api_says_whom_and_as_what_and_no_number(
    stranger: Browser, tells: Callable[..., None], desk: Desk, clock: Clock
) -> None:
    tells()
    sam = told(desk, "sam").notification_id
    receive_answer(desk.store, desk.queue, notification_id=sam, answer=Answer.PASS_ON, at=clock())
    answer = stranger.get("/api/reports/4821", Authorization=f"Bearer {API_TOKEN}")
    body: Any = answer.json
    by_person = {each["person"]: each for each in body["notifications"]}
    assert by_person["sam"]["tier"] == "first"
    assert by_person["sam"]["passed_on_at"] is not None
    assert by_person["lul"]["passed_on_at"] is None
    assert "16125550111" not in answer.text


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
class TestInABrowser:
    pytestmark = IN_A_BROWSER

    def test_it_fits(
        self,
        size: dict[str, int],
        page: Page,
        tells: Callable[..., None],
        tmp_path: Path,
    ) -> None:
        for minutes in (0, 6, 12, 18):
            tells(minutes)
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_fits(page, "/r/4821")
        top = page.locator("#asking-heading").bounding_box()
        assert top is not None
        assert top["y"] < size["height"], "seen without scrolling"
        assert EVERYBODY_ASKED in page.locator("#asking [role=alert]").inner_text()
        page.screenshot(path=tmp_path / "report.png")
        assert_fits(page, "/")
