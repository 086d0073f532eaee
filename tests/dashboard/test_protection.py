"""What stands between the reports and everybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response
from werkzeug.routing import Rule

import dashboard
from dashboard.pages import BY_THE_PAGE_ITSELF
from dashboard.permissions import OPEN_TO_ALL
from dashboard.site import CONTENT_SECURITY_POLICY
from tests.dashboard.conftest import Browser
from tests.dashboard.stories import Stories, segment

HERE = Path(dashboard.__file__).parent
KNOWN_OPEN = {
    *("dashboard.login", "dashboard.enter", "dashboard.static"),
    # By a link that is signed, for one act: see test_taking_up.py.
    *("dashboard.ack", "dashboard.answer_ack"),
    "dashboard.service_worker",  # a script, the same for all
    *("dashboard.observe", "dashboard.answer_observe"),  # likewise: see test_observers.py
    "dashboard.roster_feed",  # a calendar has no login: its address is signed, see test_roster.py
    "dashboard.login_code",  # sends to the login whoever has not given a password just now
    "dashboard.enter_code",
    "dashboard.passkey_login",
    "dashboard.join",  # who has the link of an invitation
    "dashboard.accept_invitation",
}


def filled(rule: Rule) -> str:
    path = rule.rule.replace("<reference>", "4821").replace("<recording_sid>", "RE4821where")
    return path.replace("<int:note_id>", "1")


def test_every_page_but_the_login_refuses_a_stranger(app: Flask, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    stranger = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/login").text)
    assert token is not None
    guarded = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.") and rule.endpoint not in KNOWN_OPEN
        for method in (rule.methods or set()) - {"OPTIONS"}
    ]
    assert len(guarded) >= 10
    for rule, method in guarded:
        form = {"csrf_token": token[1], "to": "confirmed"} if method == "POST" else None
        answer = stranger.open(filled(rule), method=method, data=form)
        if rule.endpoint in BY_THE_PAGE_ITSELF:
            assert answer.status_code == 401, rule
        else:
            assert answer.status_code == 303, rule
            assert answer.location.startswith("/login"), rule
        assert b"Orchard" not in answer.data


def test_nothing_was_added_to_what_is_open_to_all() -> None:
    assert {f"dashboard.{view}" for view in OPEN_TO_ALL} == KNOWN_OPEN


def test_every_form_wants_its_token(app: Flask, ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    forms = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.") and "POST" in (rule.methods or set())
    ]
    assert len(forms) >= 6
    for rule in forms:
        answer = ana.client.post(filled(rule), data={"to": "confirmed"})
        assert answer.status_code == 400, rule
        assert "The form had expired" in answer.text
    with stories.store.read() as records:
        report = records.report("4821")
    assert report is not None
    assert report.verdict == "unverified"


def test_the_webhooks_of_others_want_no_token_and_keep_their_headers(app: Flask) -> None:
    voice = Blueprint("voice", __name__)
    voice.add_url_rule(
        "/voice", "answer", lambda: Response("<Response/>", mimetype="text/xml"), methods=["POST"]
    )
    app.register_blueprint(voice)
    answer = app.test_client().post("/voice")
    assert answer.status_code == 200
    assert "Content-Security-Policy" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/", "/inbox", "/r/4821", "/r/4821/audio/RE4821where", "/nowhere", "/api/reports"]
)
def test_every_answer_says_what_a_browser_may_do(ana: Browser, stories: Stories, path: str) -> None:
    stories.spanish_happening_now("4821")
    headers = ana.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_over_https_browsers_are_told_to_stay_there(make_app: Callable[..., Flask]) -> None:
    client = make_app(SESSION_COOKIE_SECURE=True).test_client()
    headers = client.get("/login").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert "Secure" in headers["Set-Cookie"]


def test_forms_work_over_https_where_no_referrer_is_sent(make_app: Callable[..., Flask]) -> None:
    client = make_app(SESSION_COOKIE_SECURE=True).test_client()
    page = client.get("/login", base_url="https://localhost").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post(
        "/login",
        base_url="https://localhost",
        data={"csrf_token": token[1], "username": "ana", "password": "a few plain words"},
    )
    assert answer.status_code == 303


def test_what_a_caller_says_is_text_and_never_markup(ana: Browser, stories: Stories) -> None:
    stories.call("6666", 1, language="<tt>", keys={"when": "1"})
    stories.recording(
        "6666",
        "where",
        heard=[segment('<script>alert("1")</script> \'"><img src=x>', 0, 2, ["<img"])],
        language='en" onload="x',
        reason="<i>reason</i>",
    )
    for path in ("/", "/inbox", "/r/6666", "/r/6666/part"):
        page = ana.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'onload="x' not in page
        assert "<tt>" not in page
        assert "&lt;script&gt;alert" in page


def test_pages_carry_no_script_style_or_address_of_others() -> None:
    for template in HERE.glob("templates/*.html"):
        text = template.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template
        assert not re.search(r"\sstyle=\"|<style|\son[a-z]+=\"", text), template
        assert not re.search(r"(src|href|action)=\"(https?:)?//", text), template
    for asset in HERE.glob("static/*.*"):
        assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", asset.read_text())


def test_people_read_no_word_that_stands_in_a_script() -> None:
    for script in HERE.glob("static/*.js"):
        code = re.sub(r"//.*", "", script.read_text())
        assert not re.findall(r"[\"'`][A-Z][a-z]+ [a-z]+", code), script


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "There is nothing here"),
        ("/r/0000", 404, "There is nothing here"),
        ("/r/4821/verdict", 405, "That cannot be done here"),
        ("/?show=everything", 400, "That request was not understood"),
    ],
)
def test_errors_look_like_the_other_pages(
    ana: Browser, stories: Stories, path: str, status: int, words: str
) -> None:
    stories.spanish_happening_now("4821")
    answer = ana.get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert "style.css" in answer.text


def test_a_fault_tells_nothing_of_the_inside(
    make_app: Callable[..., Flask], stories: Stories, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    stories.spanish_happening_now("4821")
    browser = Browser(app.test_client())
    browser.logs_in()

    def broken(_key: str) -> bytes:
        raise OSError("the disk at /secret/place is gone")

    monkeypatch.setattr(stories.audio, "get", broken)
    answer = browser.get("/r/4821/audio/RE4821where")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_assets_may_be_kept_by_the_browser(app: Flask) -> None:
    answer = app.test_client().get("/assets/style.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["ETag"]
    answer.close()


def test_a_page_names_the_content_of_its_assets_so_that_each_is_asked_for_once(app: Flask) -> None:
    client = app.test_client()
    named = re.findall(r'(?:href|src)="(/assets/[^"]+)"', client.get("/login").text)
    assert named
    for address in named:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"], address
        answer.close()


def test_an_asset_of_another_release_is_asked_for_again(app: Flask) -> None:
    answer = app.test_client().get("/assets/style.css?v=0123abcd")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    answer.close()
    assert app.test_client().get("/assets/no-such.css?v=0123abcd").status_code == 404
