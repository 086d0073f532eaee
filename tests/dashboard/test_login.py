"""Logging in, staying logged in, and not."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher
from flask import Flask

from dashboard import Desk, add_organizer, change_password
from dashboard.attempts import WITH_USERNAME
from dashboard.auth import safe_next
from dashboard.sessions import IDLE, LONGEST
from tests.dashboard.conftest import PASSWORD, QUICK, Browser, Clock
from tests.dashboard.stories import MORNING, Stories


def test_an_organizer_logs_in_and_sees_the_reports(stranger: Browser) -> None:
    answer = stranger.logs_in()
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Ana Fuentes" in stranger.get("/").text


def test_a_telephone_that_writes_a_capital_and_a_space_does_not_matter(stranger: Browser) -> None:
    assert stranger.logs_in(username="Ana ").status_code == 303


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(stranger: Browser) -> None:
    wrong = stranger.logs_in(password="not the password")
    unknown = stranger.logs_in(username="bob", password="not the password")
    assert wrong.status_code == unknown.status_code == 401

    def told(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    assert told(wrong.text) == told(unknown.text)
    assert stranger.get("/").status_code == 303


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, encoded: str, password: str) -> Any:
        checked.append(encoded.rsplit("$", 2)[0])
        return verify(self, encoded, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    browser = Browser(app.test_client())
    browser.logs_in(password="not the password")
    browser.logs_in(username="bob", password="not the password")
    assert len(checked) == 2
    assert checked[0] == checked[1], "both under the same parameters"


def test_the_password_stands_in_no_page_that_comes_back(stranger: Browser) -> None:
    assert "my other secret" not in stranger.logs_in(password="my other secret").text


def test_guessing_is_slowed_down_and_the_page_says_for_how_long(
    stranger: Browser, clock: Clock
) -> None:
    for _ in range(WITH_USERNAME.free + 2):
        clock.passes(seconds=1)
        stranger.logs_in(password="not the password")
    held_up = stranger.logs_in()
    assert held_up.status_code == 429
    assert held_up.headers["Retry-After"] == "2"
    assert "wait 2 seconds" in held_up.text
    clock.passes(seconds=2)
    assert stranger.logs_in().status_code == 303


def test_an_old_hash_is_made_anew_at_the_next_login(desk: Desk, stranger: Browser) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2)
    add_organizer(desk.store, "sam", "Sam Berg", PASSWORD, MORNING, weaker)
    stranger.logs_in(username="sam")
    with desk.store.read() as records:
        sam = records.organizer("sam")
    assert sam is not None
    assert not QUICK.check_needs_rehash(sam.password_hash)
    assert sam.session_epoch == 0, "the same password: no session ends"
    assert stranger.get("/").status_code == 200


def test_logging_in_leaves_nothing_of_the_session_before(stranger: Browser) -> None:
    stranger.get("/login")
    with stranger.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    stranger.logs_in()
    with stranger.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_logging_out_ends_it(ana: Browser) -> None:
    answer = ana.sends("/logout", from_page="/")
    assert answer.status_code == 303
    assert ana.get("/").status_code == 303
    assert "You are logged out" in ana.get(answer.location).text


def test_a_link_cannot_log_anybody_out(ana: Browser) -> None:
    assert ana.get("/logout").status_code == 405
    assert ana.get("/").status_code == 200


def test_a_session_ends_when_nothing_is_done_for_long(ana: Browser, clock: Clock) -> None:
    clock.passes(seconds=IDLE.total_seconds() - 60)
    assert ana.get("/").status_code == 200
    clock.passes(seconds=IDLE.total_seconds() - 60)
    assert ana.get("/").status_code == 200, "what was done in between counts"
    clock.passes(seconds=IDLE.total_seconds() + 1)
    assert ana.get("/").status_code == 303


def test_the_page_that_asks_by_itself_keeps_nobody_logged_in(ana: Browser, clock: Clock) -> None:
    for _ in range(5):
        clock.passes(seconds=IDLE.total_seconds() / 4)
        last = ana.get("/inbox").status_code
    assert last == 401


def test_a_session_ends_after_a_long_shift_in_any_case(ana: Browser, clock: Clock) -> None:
    for _ in range(int(LONGEST / IDLE * 2)):
        clock.passes(seconds=IDLE.total_seconds() / 2)
        assert ana.get("/").status_code == 200
    clock.passes(seconds=1)
    assert ana.get("/").status_code == 303


def test_a_new_password_ends_the_sessions_of_the_old_one(desk: Desk, ana: Browser) -> None:
    change_password(desk.store, "ana", "quite another one", QUICK)
    assert ana.get("/").status_code == 303
    assert ana.logs_in().status_code == 401
    assert ana.logs_in(password="quite another one").status_code == 303


def test_whoever_had_to_log_in_comes_back_to_where_they_were_going(
    stranger: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    sent = stranger.get("/r/4821").location
    assert parse_qs(urlsplit(sent).query) == {"next": ["/r/4821"]}
    wanted = parse_qs(urlsplit(sent).query)["next"][0]
    assert stranger.logs_in(next=wanted).location == "/r/4821"


def test_a_button_pressed_after_the_session_ended_leads_back_to_its_report(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    page = ana.get("/r/4821").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    clock.passes(seconds=IDLE.total_seconds() + 1)
    answer = ana.client.post("/r/4821/verdict", data={"csrf_token": token, "to": "confirmed"})
    assert parse_qs(urlsplit(answer.location).query) == {"next": ["/r/4821"]}


@pytest.mark.parametrize("path", ["/", "/r/4821", "/?show=now&page=2", "/r/4821#tape"])
def test_a_path_here_is_a_place_to_go_next(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        None,
        "",
        "inbox",
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "/\t/elsewhere.example",
        "/r/1\r\nSet-Cookie: a=b",
    ],
)
def test_another_site_is_not(elsewhere: str | None) -> None:
    assert safe_next(elsewhere) == "/"
