"""Notifications in a real browser. The service that carries them cannot be reached from here, so
the browser is given a subscription in its place, and what would arrive Chromium hands to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from dashboard import Desk
from oncall.channels.push import PushKey
from reports.people import Person, Reach, address_context, read_subscription
from tests.dashboard.chromium import IN_A_BROWSER, PHONE, assert_fits
from tests.dashboard.conftest import log_in
from tests.dashboard.stories import MORNING
from tests.oncall.push_office import PushOffice

pytestmark = IN_A_BROWSER

KEY = PushKey("a secret of the tests").public
SUBSCRIPTION = PushOffice(port=443).subscription().replace("localhost:443", "fcm.googleapis.com")
SUBSCRIBES = f"""
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async ({{ applicationServerKey, userVisibleOnly }}) => {{
    if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error("not as asked");
    return {SUBSCRIPTION};
}};
"""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    with desk.store.begin() as records:
        records.people.put_person(Person("ana", "Ana F", MORNING, "ana", username="ana"))
    return replace(desk, push_key=KEY)


@pytest.fixture
def phone(opens: Callable[..., Page]) -> Page:
    page = opens(viewport=PHONE, permissions=["notifications"])
    page.add_init_script(SUBSCRIBES)
    return log_in(page)


def reaches(desk: Desk) -> list[Reach]:
    with desk.store.read() as records:
        return list(records.people.reaches())


def test_a_browser_is_told_of_reports_from_then_on(phone: Page, desk: Desk) -> None:
    phone.goto("/people/ana")
    assert_fits(phone)
    phone.get_by_role("button", name="Notify me in this browser").click()
    expect(phone.get_by_text("They are reached there from now on.")).to_be_visible()
    expect(phone.locator("#reaches")).to_contain_text("Notification in a browser")
    expect(phone.locator("#reaches")).to_contain_text("fcm.googleapis.com")
    assert "a-browser" not in phone.content()
    (reach,) = reaches(desk)
    address = desk.sealer.unseal(reach.address, address_context(reach.reach_id)).decode()
    assert read_subscription(address) == read_subscription(SUBSCRIPTION)


def test_who_forbids_notifications_is_told_what_to_do(
    opens: Callable[..., Page], desk: Desk
) -> None:
    page = opens(permissions=[])
    page.add_init_script('Notification.requestPermission = async () => "denied";')
    log_in(page).goto("/people/ana")
    page.get_by_role("button", name="Notify me in this browser").click()
    expect(page.get_by_text("Allow notifications in its settings")).to_be_visible()
    assert reaches(desk) == []


def test_a_browser_that_cannot_be_reached_says_so(phone: Page, desk: Desk) -> None:
    phone.add_init_script(
        'PushManager.prototype.subscribe = async () => { throw new Error("no service"); };'
    )
    phone.goto("/people/ana")
    phone.get_by_role("button", name="Notify me in this browser").click()
    expect(phone.get_by_text("Look whether it is connected")).to_be_visible()
    assert reaches(desk) == []


def test_without_a_key_and_to_others_nothing_is_offered(phone: Page, desk: Desk) -> None:
    with desk.store.begin() as records:
        records.people.put_person(Person("sam", "Sam", MORNING, "ana"))
    phone.goto("/people/sam")
    expect(phone.get_by_role("heading", name="Sam")).to_be_visible()
    assert phone.get_by_role("button", name="Notify me in this browser").count() == 0


def delivers(page: Page, address: str, said: dict[str, str]) -> CDPSession:
    """As a push service would, once it has carried it."""
    chromium = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    chromium.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(told["registrations"]),
    )
    chromium.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    chromium.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": address,
            "registrationId": found[-1]["registrationId"],
            "data": json.dumps(said),
        },
    )
    return chromium


SHOWN = """async () => {
    const worker = await navigator.serviceWorker.ready;
    const shown = await worker.getNotifications();
    return shown.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
}"""


def test_an_alert_is_shown_without_its_links_and_once(phone: Page, address: str) -> None:
    phone.goto("/people/ana")
    phone.get_by_role("button", name="Notify me in this browser").click()
    expect(phone.get_by_text("They are reached there from now on.")).to_be_visible()
    said = {
        "title": "Witness Line",
        "body": f"Report 4821 · Lake St & Bloomington · {address}/r/4821 · {address}/ack/x.y",
        "tag": "5f0c",
    }
    for _ in range(2):
        delivers(phone, address, said)
    phone.wait_for_function(f"({SHOWN})().then(shown => shown.length > 0)")
    assert phone.evaluate(SHOWN) == [
        {
            "title": "Witness Line",
            "body": "Report 4821 · Lake St & Bloomington",
            "tag": "5f0c",
            "data": f"{address}/ack/x.y",
        }
    ]


def test_the_script_that_shows_them_stands_at_the_root(phone: Page) -> None:
    answer = phone.request.get("/service-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text() == Path("dashboard/static/service-worker.js").read_text(encoding="utf-8")
