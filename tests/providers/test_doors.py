"""Whom each provider's line lets in: right, forged, altered and replayed, as documented."""

from __future__ import annotations

import base64
import time
from datetime import timedelta

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from tests.providers.companies import (
    API_TOKEN,
    SIGNALWIRE_CALL,
    SIGNING_KEY,
    SOMLENG_CALL,
    TELNYX_CALL,
    TELNYX_RECORDING,
    TelnyxKey,
    form,
    signed_by_signalwire,
    telnyx_delivery,
)
from tests.providers.conftest import PUBLIC_URL
from tests.stories.conftest import Clock

INCOMING = "/voice/incoming"
FORM = "application/x-www-form-urlencoded"


def of(provider: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("app", [provider], indirect=True)


def post(
    app: Flask, path: str, body: bytes, headers: dict[str, str], kind: str = FORM
) -> TestResponse:
    return app.test_client().post(path, data=body, headers=headers, content_type=kind)


# --- SignalWire -----------------------------------------------------------------------------------


@of("signalwire")
def test_signalwire_is_let_in_by_its_signing_key(app: Flask) -> None:
    headers = signed_by_signalwire(PUBLIC_URL + INCOMING, SIGNALWIRE_CALL)
    answer = post(app, INCOMING, form(SIGNALWIRE_CALL), headers)
    assert answer.status_code == 200
    assert f'action="{PUBLIC_URL}/voice/language/language/1"' in answer.text


@of("signalwire")
def test_the_api_token_signs_nothing_for_signalwire(app: Flask) -> None:
    headers = signed_by_signalwire(PUBLIC_URL + INCOMING, SIGNALWIRE_CALL, key=API_TOKEN)
    assert post(app, INCOMING, form(SIGNALWIRE_CALL), headers).status_code == 403


@of("signalwire")
def test_a_signature_of_signalwires_is_good_for_one_address_and_one_form(app: Flask) -> None:
    headers = signed_by_signalwire(PUBLIC_URL + INCOMING, SIGNALWIRE_CALL)
    other = {**SIGNALWIRE_CALL, "From": "+16125550143"}
    assert post(app, INCOMING, form(other), headers).status_code == 403
    assert post(app, "/voice/status", form(SIGNALWIRE_CALL), headers).status_code == 403
    assert post(app, f"{INCOMING}?a=b", form(SIGNALWIRE_CALL), headers).status_code == 403


@of("signalwire")
def test_twilios_header_is_not_signalwires(app: Flask) -> None:
    signature = RequestValidator(API_TOKEN).compute_signature(
        PUBLIC_URL + INCOMING, SIGNALWIRE_CALL
    )
    headers = {"X-Twilio-Signature": signature}
    assert post(app, INCOMING, form(SIGNALWIRE_CALL), headers).status_code == 403


# --- Somleng --------------------------------------------------------------------------------------


@of("somleng")
def test_somleng_signs_as_twilio_does(app: Flask) -> None:
    signature = RequestValidator(API_TOKEN).compute_signature(PUBLIC_URL + INCOMING, SOMLENG_CALL)
    headers = {"X-Twilio-Signature": signature}
    answer = post(app, INCOMING, form(SOMLENG_CALL), headers)
    assert answer.status_code == 200
    assert "<Gather" in answer.text
    altered = {**SOMLENG_CALL, "Caller": "+16125550143"}
    assert post(app, INCOMING, form(altered), headers).status_code == 403
    forged = RequestValidator(SIGNING_KEY).compute_signature(PUBLIC_URL + INCOMING, SOMLENG_CALL)
    headers = {"X-Twilio-Signature": forged}
    assert post(app, INCOMING, form(SOMLENG_CALL), headers).status_code == 403


# --- Telnyx ---------------------------------------------------------------------------------------


@of("telnyx")
def test_telnyx_is_let_in_by_its_public_key(app: Flask, key: TelnyxKey) -> None:
    body = form(TELNYX_CALL)
    answer = post(app, INCOMING, body, key.headers(body))
    assert answer.status_code == 200
    assert "<Gather" in answer.text


@of("telnyx")
def test_what_somebody_else_signed_is_refused(app: Flask) -> None:
    body = form(TELNYX_CALL)
    assert post(app, INCOMING, body, TelnyxKey().headers(body)).status_code == 403


@of("telnyx")
def test_what_was_altered_on_the_way_is_refused(app: Flask, key: TelnyxKey) -> None:
    body = form(TELNYX_CALL)
    headers = key.headers(body)
    for altered in (
        form({**TELNYX_CALL, "From": "+16125550143"}),
        body + b"&Digits=1",
        body[:-1],
        b"",
    ):
        assert post(app, INCOMING, altered, headers).status_code == 403
    later = {**headers, "telnyx-timestamp": str(int(headers["telnyx-timestamp"]) + 1)}
    assert post(app, INCOMING, body, later).status_code == 403


@of("telnyx")
@pytest.mark.parametrize("minutes", [-60, -5.5, 5.5, 60])
def test_a_request_of_another_time_is_a_replay(app: Flask, key: TelnyxKey, minutes: float) -> None:
    body = form(TELNYX_CALL)
    headers = key.headers(body, at=time.time() + minutes * 60)
    assert post(app, INCOMING, body, headers).status_code == 403


@of("telnyx")
@pytest.mark.parametrize("minutes", [-4.5, 4.5])
def test_a_clock_may_be_somewhat_off(app: Flask, key: TelnyxKey, minutes: float) -> None:
    body = form(TELNYX_CALL)
    headers = key.headers(body, at=time.time() + minutes * 60)
    assert post(app, INCOMING, body, headers).status_code == 200


@of("telnyx")
def test_what_was_let_in_once_is_not_let_in_later(app: Flask, key: TelnyxKey, clock: Clock) -> None:
    body = form(TELNYX_CALL)
    headers = key.headers(body)
    assert post(app, INCOMING, body, headers).status_code == 200
    clock.ahead = timedelta(minutes=6)
    assert post(app, INCOMING, body, headers).status_code == 403


@of("telnyx")
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("telnyx-timestamp", ""),
        ("telnyx-timestamp", "today"),
        ("telnyx-timestamp", "-1"),
        ("telnyx-timestamp", "99999999999999999999"),
        ("telnyx-timestamp", "１７００００００００"),
        ("telnyx-signature-ed25519", ""),
        ("telnyx-signature-ed25519", "no base64 at all"),
        ("telnyx-signature-ed25519", base64.b64encode(b"too short").decode()),
    ],
)
def test_nonsense_is_refused_and_breaks_nothing(
    app: Flask, key: TelnyxKey, header: str, value: str
) -> None:
    body = form(TELNYX_CALL)
    headers = {**key.headers(body), header: value.encode().decode("latin-1")}
    assert post(app, INCOMING, body, headers).status_code == 403
    del headers[header]
    assert post(app, INCOMING, body, headers).status_code == 403


@of("telnyx")
def test_telnyx_hears_a_200_of_what_was_taken(app: Flask, key: TelnyxKey) -> None:
    """Anything else and it asks its failover address
    (https://developers.telnyx.com/api-reference/callbacks/texml-recording-completed)."""
    body = form(TELNYX_RECORDING)
    answer = post(app, "/voice/recording-status/where/1", body, key.headers(body))
    assert answer.status_code == 200
    assert answer.data == b""


@of("telnyx")
def test_what_became_of_a_text_comes_as_json_and_is_signed_too(app: Flask, key: TelnyxKey) -> None:
    client = app.test_client()
    told = app.json.dumps(telnyx_delivery("delivered")).encode()
    path = "/voice/message-status/no-such-message"
    answer = client.post(
        path, data=told, headers=key.headers(told), content_type="application/json"
    )
    assert answer.status_code == 200
    answer = client.post(
        path, data=told + b" ", headers=key.headers(told), content_type="application/json"
    )
    assert answer.status_code == 403
