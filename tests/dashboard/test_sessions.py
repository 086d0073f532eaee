"""Where somebody is logged in."""

from __future__ import annotations

import pytest

from dashboard import Desk
from dashboard.sessions import browser_of
from tests.dashboard.conftest import Browser


@pytest.mark.parametrize(
    ("agent", "known"),
    [
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0",
            ("firefox", "android"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            ("safari", "iphone"),
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            ("edge", "windows"),
        ),
        ("curl/8.5", ("", "")),
    ],
)
def test_a_browser_is_told_roughly(agent: str, known: tuple[str, str]) -> None:
    assert browser_of(agent) == known


def test_the_database_holds_nothing_that_a_thief_could_log_in_with(
    desk: Desk, ana: Browser
) -> None:
    with ana.client.session_transaction() as session:
        token = session["session"]
    with desk.store.read() as records:
        (here,) = records.sessions_seen(desk.clock())
        assert records.session(token) is None
    assert token not in repr(here)


def test_a_cookie_of_a_session_that_was_left_opens_nothing(ana: Browser) -> None:
    with ana.client.session_transaction() as session:
        kept = dict(session)
    ana.sends("/logout", from_page="/")
    with ana.client.session_transaction() as session:
        session.update(kept)
    assert ana.get("/").status_code == 303
