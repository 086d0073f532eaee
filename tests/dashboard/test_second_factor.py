"""A code beside the password."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from dashboard import Desk, install
from dashboard.attempts import WITH_CODE
from tests.dashboard.conftest import Browser, Clock

PAGE = "/me/second-factor"


def sets_up(person: Browser, clock: Clock) -> pyotp.TOTP:
    person.sends("/me/authenticator", from_page=PAGE)
    shown = re.search(r'id="secret">([^<]+)<', person.get(PAGE).text)
    assert shown is not None
    app = pyotp.TOTP(shown[1].replace(" ", ""))
    answer = person.sends("/me/authenticator/confirm", from_page=PAGE, code=app.at(clock.now))
    assert answer.status_code == 303
    clock.passes(seconds=60)
    return app


def gets_codes(person: Browser) -> list[str]:
    page = person.sends("/me/codes", from_page=PAGE).text
    shown = re.search(r'<textarea id="codes"[^>]*>([^<]+)<', page)
    assert shown is not None
    return html.unescape(shown[1]).split()


def types(person: Browser, code: str) -> int:
    return person.sends("/login/code", from_page="/login/code", code=code).status_code


def test_the_password_alone_opens_nothing_any_more(
    ana: Browser, stranger: Browser, clock: Clock
) -> None:
    app = sets_up(ana, clock)
    assert stranger.logs_in().location.startswith("/login/code")
    assert stranger.get("/").status_code == 303
    assert types(stranger, "000000") == 401
    assert stranger.get("/").status_code == 303
    assert types(stranger, app.at(clock.now)) == 303
    assert stranger.get("/").status_code == 200


def test_a_code_counts_once(ana: Browser, app: Flask, clock: Clock) -> None:
    authenticator = sets_up(ana, clock)
    code = authenticator.at(clock.now)
    for status in (303, 401):
        somebody = Browser(app.test_client())
        somebody.logs_in()
        assert types(somebody, code) == status


@pytest.mark.parametrize(("seconds", "status"), [(-30, 303), (30, 303), (-90, 401), (90, 401)])
def test_a_telephone_whose_clock_is_a_little_off_is_taken(
    ana: Browser, stranger: Browser, clock: Clock, seconds: int, status: int
) -> None:
    authenticator = sets_up(ana, clock)
    clock.passes(minutes=5)
    stranger.logs_in()
    assert types(stranger, authenticator.at(clock.now.timestamp() + seconds)) == status


def test_an_authenticator_counts_only_once_it_has_shown_a_right_code(
    ana: Browser, stranger: Browser
) -> None:
    ana.sends("/me/authenticator", from_page=PAGE)
    wrong = ana.sends("/me/authenticator/confirm", from_page=PAGE, code="000000")
    assert wrong.status_code == 400
    assert "not right" in wrong.text
    assert stranger.logs_in().location == "/"


def test_the_secret_stands_sealed_in_the_database(ana: Browser, desk: Desk, clock: Clock) -> None:
    app = sets_up(ana, clock)
    with desk.store.read() as records:
        kept = records.authenticator("ana")
    assert kept is not None
    assert app.secret.encode() not in kept.secret


def test_a_recovery_code_stands_in_once(ana: Browser, app: Flask, clock: Clock) -> None:
    sets_up(ana, clock)
    codes = gets_codes(ana)
    assert len(set(codes)) == 10
    for status in (303, 401):
        somebody = Browser(app.test_client())
        somebody.logs_in()
        assert types(somebody, codes[0].upper()) == status
    assert "9 of them are left" in ana.get(PAGE).text


def test_new_recovery_codes_end_the_old(ana: Browser, stranger: Browser, clock: Clock) -> None:
    sets_up(ana, clock)
    old, new = gets_codes(ana), gets_codes(ana)
    stranger.logs_in()
    assert types(stranger, old[0]) == 401
    assert types(stranger, new[0]) == 303


def test_guessing_codes_is_slowed_down(ana: Browser, stranger: Browser, clock: Clock) -> None:
    app = sets_up(ana, clock)
    stranger.logs_in()
    for _ in range(WITH_CODE.free + 2):
        clock.passes(seconds=1)
        types(stranger, "000000")
    assert types(stranger, app.at(clock.now)) == 429
    clock.passes(seconds=30)
    assert types(stranger, app.at(clock.now)) == 303


def test_a_password_given_long_ago_has_to_be_given_again(
    ana: Browser, stranger: Browser, clock: Clock
) -> None:
    sets_up(ana, clock)
    stranger.logs_in()
    clock.passes(minutes=11)
    assert stranger.get("/login/code").location == "/login"


def test_whoever_takes_it_away_gives_the_password(
    ana: Browser, stranger: Browser, clock: Clock
) -> None:
    sets_up(ana, clock)
    where = "/me/authenticator/remove"
    assert ana.sends(where, from_page=PAGE, password="not this one").status_code == 400
    assert stranger.logs_in().location.startswith("/login/code")
    assert ana.sends(where, from_page=PAGE, password="a few plain words").status_code == 303
    assert stranger.logs_in().location == "/"


def test_where_everybody_must_have_one_nothing_else_can_be_done_before(
    desk: Desk, clock: Clock
) -> None:
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, replace(desk, second_factor_required=True))
    ana = Browser(app.test_client())
    ana.logs_in()
    for path in ("/", "/r/4821", "/me", "/people/accounts"):
        assert ana.get(path).location == PAGE, path
    assert ana.get("/inbox").status_code == 401
    assert "asks everybody" in ana.get(PAGE).text
    sets_up(ana, clock)
    assert ana.get("/").status_code == 200
