"""Passkeys in a real browser, with a security key that Chromium plays."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import CDPSession, Page, expect
from werkzeug.serving import make_server

from dashboard import Desk, install
from tests.dashboard.chromium import IN_A_BROWSER, PHONE, SMALL, assert_fits
from tests.dashboard.conftest import log_in

pytestmark = IN_A_BROWSER
HOME = re.compile(r"^[^?]+//[^/]+/$")
"""The list of reports, and not a login that leads there."""


@pytest.fixture
def app(desk: Desk) -> Flask:
    """At a name, for which there can be passkeys."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret", SESSION_COOKIE_SAMESITE="Lax", PORT=port)
    install(app, replace(desk, public_url=f"http://localhost:{port}"))
    return app


@pytest.fixture
def address(app: Flask, chromium: Chromium) -> Iterator[str]:
    server = make_server("127.0.0.1", app.config["PORT"], app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def has_key(page: Page, *, verifies: bool = True) -> CDPSession:
    """https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/"""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": verifies,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devtools


def adds_passkey(page: Page) -> None:
    page.goto("/me/second-factor")
    page.get_by_label("A name for it").fill("My telephone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey counts from now on")).to_be_visible()


def opens_more(page: Page) -> None:
    """Where a telephone has what does not fit its one line."""
    if page.viewport_size == PHONE:
        page.get_by_text("More", exact=True).click()


def logs_out(page: Page) -> None:
    opens_more(page)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out")).to_be_visible()


def test_a_passkey_is_made_and_then_is_enough_to_log_in(opens: Callable[..., Page]) -> None:
    page = log_in(opens(viewport=PHONE))
    has_key(page)
    adds_passkey(page)
    logs_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(HOME)
    opens_more(page)
    expect(page.get_by_role("link", name="Ana Fuentes")).to_be_visible()


def test_a_key_that_asks_for_nothing_goes_with_the_password(
    opens: Callable[..., Page], desk: Desk
) -> None:
    page = log_in(opens())
    has_key(page, verifies=False)
    adds_passkey(page)
    logs_out(page)
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("a few plain words")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(HOME)
    with desk.store.read() as records:
        (kept,) = records.passkeys_of("ana")
    assert kept.name == "My telephone"
    assert kept.used_at is not None
    assert kept.sign_count > 0


def test_an_answer_that_was_given_before_opens_nothing(opens: Callable[..., Page]) -> None:
    page = log_in(opens())
    has_key(page)
    adds_passkey(page)
    logs_out(page)
    kept = page.context.cookies()
    sent: list[str] = []
    page.on(
        "request",
        lambda asked: sent.append(asked.post_data or "") if "passkey" in asked.url else None,
    )
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(HOME)
    (form,) = [one for one in sent if one]
    page.context.clear_cookies()
    page.context.add_cookies([{**one} for one in kept])  # type: ignore[typeddict-item]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    again = page.request.post("/login/passkey", data=form, headers=headers, max_redirects=0)
    assert again.status == 401


def test_who_calls_it_off_is_told_so_and_can_go_on(opens: Callable[..., Page]) -> None:
    page = log_in(opens())
    page.goto("/me/second-factor")
    page.evaluate(
        "() => { navigator.credentials.create = async () => {"
        " throw new DOMException('', 'NotAllowedError') } }"
    )
    page.get_by_label("A name for it").fill("My telephone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Nothing was chosen, or it took too long")).to_be_visible()


@pytest.mark.parametrize("path", ["/me", "/me/second-factor", "/people/accounts"])
def test_the_pages_of_accounts_fit_a_small_screen(opens: Callable[..., Page], path: str) -> None:
    page = log_in(opens(viewport=SMALL))
    page.goto("/me/second-factor")
    page.get_by_role("button", name="Set up an authenticator").click()
    assert_fits(page, path)
