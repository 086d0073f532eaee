"""Every address of the line is closed to strangers but those that are listed here."""

from __future__ import annotations

import hashlib
import re

import pytest
from flask import Flask
from itsdangerous import Signer, URLSafeSerializer, URLSafeTimedSerializer
from werkzeug.routing import Rule

from app import create_app
from config import Settings

OPEN = {
    "/login",
    "/login/code",  # who gave no password just now is sent to the login
    "/login/passkey",  # an answer to a question that nobody was asked is refused
    "/join/<token>",  # an invitation: nobody has the link but who was sent it
    "/assets/<path:filename>",  # style and scripts, the same for all
    "/voice/prompts/<sha256>.wav",  # what every caller hears; the provider's player shows no papers
    "/ack/<token>",  # a signed link, for one act: see the test below
    "/observe/<token>",  # likewise, an observer's answer
    "/roster/<token>.ics",  # calendars bear no login: the address is signed, and can be made anew
    "/service-worker.js",  # a script, the same for all; browsers look for a newer one by themselves
    "/healthz",  # says that the web answers, and nothing else
}


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


def doors(app: Flask, *, voice: bool) -> list[tuple[str, str, str]]:
    """(the rule, an address that it matches, a method) of all that the provider, or else people
    and programs, may ask for."""
    return [
        (rule.rule, address(rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/voice/", "/sms/")) is voice
        for method in sorted(rule.methods or ())
    ]


def address(rule: Rule) -> str:
    built = rule.build(dict.fromkeys(rule.arguments, "1"))
    assert built is not None
    return built[1]


@pytest.mark.parametrize("headers", [{}, {"X-Twilio-Signature": "bm90IGhpcyBoYW5kd3JpdGluZw=="}])
def test_nobody_but_the_provider_reaches_a_webhook(app: Flask, headers: dict[str, str]) -> None:
    closed = [door for door in doors(app, voice=True) if door[0] not in OPEN]
    assert {"/voice/incoming", "/voice/status", "/sms/incoming"} <= {rule for rule, _, _ in closed}
    for rule, path, method in closed:
        form = {"CallSid": "CA0123456789"} if method == "POST" else None
        answer = app.test_client().open(path, method=method, data=form, headers=headers)
        assert answer.status_code == 403, (rule, method)


def test_nobody_reads_or_does_anything_without_logging_in(app: Flask) -> None:
    stranger = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/login").text)
    assert token is not None
    closed = [door for door in doors(app, voice=False) if door[0] not in OPEN]
    assert {"/", "/r/<reference>", "/api/reports"} <= {rule for rule, _, _ in closed}
    for rule, path, method in closed:
        # With a form's token in hand: it is the login that is missing and nothing else.
        form = {"csrf_token": token[1]} if method == "POST" else None
        answer = stranger.open(path, method=method, data=form)
        sent_to_login = answer.status_code == 303 and answer.location.startswith("/login")
        assert answer.status_code == 401 or sent_to_login, (rule, method, answer.status)


def test_a_recording_is_played_back_to_who_has_the_ticket_for_it_alone(app: Flask) -> None:
    forged = URLSafeTimedSerializer("not the line's secret", salt="playback").dumps("RE" + "0" * 32)
    answer = app.test_client().get(f"/voice/playback/{forged}.wav")
    assert answer.status_code == 403


def test_a_report_is_taken_up_by_who_has_the_link_for_it_alone(app: Flask) -> None:
    forged = Signer("not the line's secret", salt="answer", digest_method=hashlib.sha256)
    stranger = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/login").text)
    assert token is not None
    path = f"/ack/{forged.sign('n1').decode()}"
    form = {"csrf_token": token[1], "answer": "have_it"}
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data=form).status_code == 404


def test_a_calendar_is_shown_to_who_has_its_address_alone(app: Flask) -> None:
    forged = URLSafeSerializer("not the line's secret", salt="roster feed").dumps(["ana", 0, True])
    answer = app.test_client().get(f"/roster/{forged}.ics")
    assert answer.status_code == 404
    assert b"VCALENDAR" not in answer.data


def test_what_is_open_is_there(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules()} >= OPEN


def test_whoever_asks_is_told_that_the_web_answers_and_nothing_else(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    assert len(answer.data) < 20
