"""What each role may do, is offered, and is told when it may not."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from dashboard import Desk, add_organizer
from dashboard.permissions import MAY, NEEDS, OPEN_TO_ALL, Permission, may_use
from reports.model import Role
from reports.services.incidents import merge
from reports.services.people import About, add_person
from tests.dashboard.conftest import PASSWORD, QUICK, Browser, Clock
from tests.dashboard.stories import MORNING, Stories


def logged_in(app: Flask, desk: Desk, role: Role) -> Browser:
    add_organizer(desk.store, role.value, f"A {role}", PASSWORD, MORNING, QUICK, role)
    browser = Browser(app.test_client())
    assert browser.logs_in(username=role.value).status_code == 303
    return browser


def test_every_view_says_what_it_asks_for_and_nothing_else_is_listed(app: Flask) -> None:
    views = {
        rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.")
    }
    assert views == NEEDS.keys() | OPEN_TO_ALL
    assert not NEEDS.keys() & OPEN_TO_ALL


def test_a_view_that_says_nothing_is_for_nobody() -> None:
    assert not any(may_use(role, "a_view_of_tomorrow") for role in Role)


def test_each_role_may_do_all_that_the_one_before_it_may() -> None:
    for less, more in zip(list(Role), list(Role)[1:], strict=False):
        assert MAY[less] < MAY[more]
    assert MAY[Role.ADMIN] == frozenset(Permission)


@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_offered_that_would_be_refused(
    app: Flask, desk: Desk, stories: Stories, clock: Clock, role: Role
) -> None:
    stories.spanish_happening_now("4821")
    stories.spanish_happening_now("4822")
    merge(desk.store, references=["4821", "4822"], who="ana", at=clock())
    add_person(
        desk.store, person_id="ana", about=About(name="Ana", username="ana"), who="ana", at=clock()
    )
    somebody = logged_in(app, desk, role)
    paths = [
        *("/", "/r/4821", "/incidents", "/incidents/1", "/blocklist", "/prompts", "/prompts/so"),
        *("/incidents/map", "/handover", "/mentions", "/roster", "/people", "/people/ana"),
    ]
    offered = set()
    if role in (Role.ORGANIZER, Role.ADMIN):
        paths += ["/settings", "/settings/script", "/people/ana/tests"]
        paths += [f"/settings/{area}" for area in ("languages", "channels", "clocks", "flood")]
    if role is Role.ADMIN:
        paths += ["/settings/retention", "/setup"]
    for path in paths:
        answer = somebody.get(path)
        assert answer.status_code == 200, path
        addresses = app.url_map.bind("localhost")
        for method, target in [
            *(
                ("POST", one)
                for one in re.findall(r'method="post"[^>]*action="([^"]+)"', answer.text)
            ),
            *(("GET", one) for one in re.findall(r'(?:href|src)="(/[^"#]*)', answer.text)),
        ]:
            try:
                endpoint, _ = addresses.match(target.partition("?")[0], method=method)
            except HTTPException:
                pytest.fail(f"{path} offers {method} {target}, which is nowhere")
            view = endpoint.partition(".")[2]
            if view not in OPEN_TO_ALL:
                offered.add(view)
                assert may_use(role, view), f"{path} offers {role} {view}"
    assert ("judge" in offered) is (role is not Role.VIEWER)
    assert ("exports" in offered) is (role in (Role.ORGANIZER, Role.ADMIN))
    assert ("block" in offered) is (role in (Role.ORGANIZER, Role.ADMIN))


def test_whoever_tries_anyway_is_told_whom_to_ask(app: Flask, desk: Desk, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    viewer = logged_in(app, desk, Role.VIEWER)
    answer = viewer.sends("/r/4821/verdict", from_page="/", to="confirmed")
    assert answer.status_code == 403
    assert "reviewing is for reviewers" in answer.text
    assert "ask Ana Fuentes" in answer.text
    with desk.store.read() as records:
        report = records.report("4821")
    assert report is not None
    assert report.verdict == "unverified"


def test_a_viewer_hears_and_a_reviewer_exports_nothing(
    app: Flask, desk: Desk, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    assert logged_in(app, desk, Role.VIEWER).get("/r/4821/audio/RE4821where").status_code == 200
    reviewer = logged_in(app, desk, Role.REVIEWER)
    assert reviewer.get("/r/4821/export/brief").status_code == 403
    assert reviewer.get("/r/4821/audio/RE4821where/original").status_code == 403
