"""Every page for everybody: no violation of WCAG 2.2 AA that axe can find, nothing wider than a
small telephone or than a window at twice the size, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from dashboard import Desk
from dashboard.administering import invite
from dashboard.permissions import NEEDS, OPEN_TO_ALL
from oncall.dispatching import Request
from oncall.links import AnswerLinks
from reports.model import Handover, Role
from reports.people import Duty, Person, Reach, Shift, address_context
from reports.services.incidents import merge
from tests.dashboard.chromium import IN_A_BROWSER, SMALL, assert_fits
from tests.dashboard.conftest import Clock, log_in
from tests.dashboard.stories import MORNING, Stories
from tests.keys import SEALER

WCAG: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PAGES: Final[Mapping[str, str]] = {
    "inbox": "/?show=all",
    "search": "/search",
    "report": "/r/4300",
    "plain_report": "/r/4300/fields/location",
    "export_report": "/r/4300/export/brief",
    "incidents": "/incidents",
    "incident": "/incidents/1",
    "export_incident": "/incidents/1/export/packet",
    "export_several": "/export/research",
    "exports": "/exports",
    "incident_map": "/incidents/map",
    "handover": "/handover",
    "handover_note": "/handover/1",
    "mentions": "/mentions",
    "blocklist": "/blocklist",
    "prompt_languages": "/prompts",
    "prompts_of": "/prompts/so",
    "prompt_words": "/prompts/en/when/words",
    "changed_prompts": "/settings/words",
    "roster": "/roster",
    "roster_then": "/roster/then?on={on}&at=08:00",
    "new_shift": "/roster/new",
    "roster_shift": "/roster/shifts/1",
    "roster_turn": "/roster/turns/1/{on}",
    "people": "/people",
    "new_person": "/people/new",
    "person": "/people/ana",
    "accounts": "/people/accounts",
    "me": "/me",
    "second_factor": "/me/second-factor",
    "login": "/login",
    "person_trials": "/people/ana/tests",
    "ask_observers": "/incidents/1/observers",
    "ask_observers_of_report": "/r/4821/observers",
    "rehearsal": "/rehearsal",
    "settings": "/settings",
    "setting_area": "/settings/clocks",
    "call_script": "/settings/script",
    "setup": "/setup",
    "join": "/join/{invitation}",
    "ack": "/ack/{answer}",
    "observe": "/observe/{asked}",
}
"""View -> where it is seen with something on it."""
NO_PAGES: Final = frozenset(
    {
        # Parts of pages, and what is no page at all
        *("inbox_part", "report_part", "incidents_part", "incident_part", "incident_map_part"),
        *("audio", "attachment", "original", "attachment_original", "waveform", "prompt_sound"),
        *("note_audio", "person_trials_part", "setup_part", "rehearsals_part"),
        *("leaflet", "live_inbox", "roster_feed", "service_worker", "static"),
        # They lead to another page
        *("hide_number", "forget_opinion", "login_code"),
        *("codes_over", "invitation_over"),
    }
)


def test_every_page_is_looked_at(app: Flask) -> None:
    shown = {
        rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.") and "GET" in (rule.methods or ())
    }
    assert shown <= NEEDS.keys() | OPEN_TO_ALL
    assert shown == PAGES.keys() | NO_PAGES


@dataclass(frozen=True)
class World:
    on: str
    invitation: str
    answer: str
    asked: str

    def path(self, view: str) -> str:
        return PAGES[view].format(
            on=self.on, invitation=self.invitation, answer=self.answer, asked=self.asked
        )


@pytest.fixture
def world(desk: Desk, stories: Stories, clock: Clock) -> World:
    """Something of everything."""
    stories.whole_morning()
    stories.spanish_with_everything("4300")
    stories.limited_prank("9001")
    now = clock()
    merge(desk.store, references=["4300", "4821"], who="ana", at=now)
    with desk.store.begin() as records:
        for handle, name in (("ana", "Ana F"), ("sam", "Sam Berg")):
            records.people.put_person(
                Person(handle, name, MORNING, "ana", languages=("en",), observes=True)
            )
            sealed = SEALER.seal(b"+16125550151", address_context(handle))
            reach = Reach(handle, handle, "sms", sealed, SEALER.fingerprint(handle))
            records.people.add_reach(reach)
        day = (now + timedelta(days=2)).date()
        records.people.add_shift(Shift("ana", Duty.PRIMARY, day, time(22), time(6), MORNING, "ana"))
        records.add_handover(Handover(now, "ana", "UNVERIFIED 4821 waits."))
        _, invitation = invite(records, "Kim", Role.REVIEWER, "ana", now)
        told = records.dossier("6644")
    assert told is not None
    asked = desk.dispatcher.send(Request("Vans.", ("sam",), "p", incident_id=1), "ana", now)
    links = AnswerLinks("a secret of the tests", "http://localhost")
    link = links.link(told.notifications[0].notification_id)
    return World(
        on=day.isoformat(),
        invitation=invitation,
        answer=link.rpartition("/")[2],
        asked=desk.dispatcher.links.token(asked.asks[0].ask_id),
    )


OPEN: Final = ("login", "join", "ack", "observe")


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("window", "scheme"),
    [
        pytest.param(SMALL, "light", id="a small phone, light"),
        pytest.param({"width": 640, "height": 450}, "dark", id="a desktop at 200 %, dark"),
    ],
)
def test_whoever_uses_it_can(
    opens: Callable[..., Page], world: World, window: dict[str, int], scheme: str
) -> None:
    page = opens(viewport=window, color_scheme=scheme)
    problems = []
    for view in (*OPEN, *(each for each in PAGES if each not in OPEN)):
        if view == next(each for each in PAGES if each not in OPEN):
            log_in(page)
        answer = page.goto(world.path(view))
        assert answer is not None
        assert answer.status == 200, view
        try:
            assert_fits(page)
        except AssertionError as wrong:
            problems.append(f"{view}: {wrong}")
        for found in Axe().run(page, options=dict(WCAG)).response["violations"]:
            places = "; ".join(node["html"][:120] for node in found["nodes"][:4])
            problems.append(f"{view}: {found['id']}: {found['help']}: {places}")
    assert problems == []


pytestmark = IN_A_BROWSER[1:]
