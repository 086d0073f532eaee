"""How calls begin and end, and what happens when the line does not answer as it should."""

from __future__ import annotations

import re
import time

import pytest
from flask import Response, request
from twilio.request_validator import RequestValidator

from simulator import NetworkRefused, PhoneNetwork, Sound, Tunnel
from simulator.script import MOST_DOCUMENTS
from tests.simulator.conftest import ACCOUNT, CALLER, HOTLINE, TOKEN, Line


def test_the_line_is_told_who_calls_as_twilio_tells_it(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Hangup/>")

    call = network.caller(CALLER).dials()

    (asked,) = line.asked_at("/voice")
    assert re.fullmatch("CA[0-9a-f]{32}", asked["CallSid"])
    assert asked["CallSid"] == call.sid
    assert asked["From"] == asked["Caller"] == CALLER
    assert asked["To"] == asked["Called"] == HOTLINE
    assert asked["AccountSid"] == ACCOUNT
    assert asked["ApiVersion"] == "2010-04-01"
    assert asked["Direction"] == "inbound"
    assert asked["CallStatus"] == "ringing"
    assert asked["FromCity"] == asked["CallerCity"] == "MINNEAPOLIS"
    assert asked["StirVerstat"] == "TN-Validation-Passed-A"


def test_a_withheld_number_is_anonymous(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Hangup/>")

    network.caller().dials()

    (asked,) = line.asked_at("/voice")
    assert asked["From"] == "anonymous"
    assert asked["FromCity"] == ""
    assert "StirVerstat" not in asked


def test_after_the_first_answer_the_call_is_in_progress(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Say>Hello</Say><Redirect>/more</Redirect>")
    line.answers("/more", "<Hangup/>")

    network.caller(CALLER).dials()

    assert line.asked_at("/more")[0]["CallStatus"] == "in-progress"


def test_a_rejected_call_is_never_answered(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Reject reason="busy"/>')

    call = network.caller(CALLER).dials()
    network.waits_until_quiet()

    assert call.status == "busy"
    assert line.asked_at("/status")[0]["CallStatus"] == "busy"
    assert line.asked_at("/status")[0]["CallDuration"] == "0"


def test_a_caller_may_hang_up_in_the_middle_of_the_greeting(
    line: Line, network: PhoneNetwork
) -> None:
    line.answers("/voice", f"<Say>{'a' * 300}</Say><Redirect>/more</Redirect>")

    call = network.caller(CALLER).dials(hangs_up_after=8)

    assert call.is_over
    assert call.heard.prompts[0].cut_short
    assert call.seconds == pytest.approx(8)
    assert line.asked_at("/more") == []


def test_a_caller_may_hang_up_in_the_middle_of_what_follows_a_key(
    line: Line, network: PhoneNetwork
) -> None:
    line.answers("/voice", '<Gather numDigits="1" action="/more"/>')
    line.answers("/more", f"<Say>{'a' * 300}</Say><Record/>")

    call = network.caller(CALLER).dials().presses("1", hangs_up_after=5)

    assert call.is_over
    assert call.seconds == pytest.approx(5.3)


def test_hanging_up_twice_does_no_harm(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Gather/>")

    network.caller(CALLER).dials().hangs_up().hangs_up()
    network.waits_until_quiet()

    assert len(line.asked_at("/status")) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("broken", status=500), 11200),
        (Response("moved", status=302), 11200),
        (Response("<Response/>", mimetype="text/plain"), 12300),
        (Response("not XML", mimetype="text/xml"), 12100),
        (Response("", mimetype="text/xml"), 12100),
        (Response("<Response><Shout/></Response>", mimetype="text/xml"), 12200),
    ],
)
def test_a_line_that_answers_wrongly_ends_the_call_with_an_apology(
    line: Line, network: PhoneNetwork, answer: Response, code: int
) -> None:
    line.answers("/voice", answer)

    call = network.caller(CALLER).dials()

    assert call.is_over
    assert "application error" in call.heard
    (failure,) = network.failures
    assert failure.code == code
    assert failure.where.startswith(f"{line.url}/voice")


def test_a_fallback_is_asked_when_the_line_fails(line: Line, network: PhoneNetwork) -> None:
    network.configure(voice_fallback_url=f"{line.url}/fallback")
    line.answers("/voice", Response("broken", status=503))
    line.answers("/fallback", "<Say>Leave a message.</Say><Record/>")

    call = network.caller(CALLER).dials()

    assert "leave a message" in call.heard
    assert call.listens_to == "voice"
    (asked,) = line.asked_at("/fallback")
    assert asked["ErrorCode"] == "11200"
    assert asked["ErrorUrl"] == f"{line.url}/voice"


def test_a_fallback_that_lies_with_a_host_of_files_is_asked_by_get(
    line: Line, network: PhoneNetwork
) -> None:
    network.configure(
        voice_url="http://127.0.0.1:9/voice",
        voice_fallback_url=f"{line.url}/fallback.xml",
        voice_fallback_method="GET",
    )
    line.answers("/fallback.xml", "<Say>Leave a message.</Say>")

    call = network.caller(CALLER).dials()

    assert "leave a message" in call.heard
    # The call's status callback may have come by now too.
    (asked,) = [each for each in line.asked if each.path == "/fallback.xml"]
    assert asked.method == "GET"
    assert asked.params["ErrorUrl"] == "http://127.0.0.1:9/voice"
    assert asked.signed


def test_what_follows_the_hash_of_a_webhook_is_neither_sent_nor_signed(
    line: Line, network: PhoneNetwork
) -> None:
    network.configure(voice_url=f"{line.url}/voice?a=b#rc=2&rp=5xx,ct,rt")
    line.answers("/voice", "<Redirect>/more</Redirect>")
    line.answers("/more", "<Hangup/>")

    network.caller(CALLER).dials()

    assert not network.failures
    assert line.asked_at("/voice")[0]["a"] == "b"
    assert all(asked.signed for asked in line.asked)


def test_a_line_nobody_answers_at_is_an_error(network: PhoneNetwork) -> None:
    network.configure(voice_url="http://127.0.0.1:9/voice", status_url=None)

    call = network.caller(CALLER).dials()

    assert call.is_over
    assert network.failures[0].code == 11200


def test_a_line_that_sends_callers_in_circles_is_stopped(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Redirect>/voice</Redirect>")

    call = network.caller(CALLER).dials()

    assert call.is_over
    assert len(line.asked) <= MOST_DOCUMENTS + 1
    assert "documents" in network.failures[0].what


def test_a_number_that_leads_nowhere_cannot_be_called(network: PhoneNetwork) -> None:
    with pytest.raises(NetworkRefused, match="leads to no line"):
        network.caller(CALLER).dials("+16125550199")


def test_a_recorded_prompt_plays_as_long_as_it_is(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Play>/hello.wav</Play>")
    line.answers("/hello.wav", Response(Sound.tone(300, 6).to_wav(), mimetype="audio/wav"))

    call = network.caller(CALLER).dials()

    (prompt,) = call.heard.prompts
    assert prompt.audio == f"{line.url}/hello.wav"
    assert prompt.seconds == pytest.approx(6)
    assert all(asked.signed for asked in line.asked)


@pytest.mark.parametrize(
    "answer",
    [
        Response("gone", status=404),
        Response("<html/>", mimetype="text/html"),
        Response(b"noise", mimetype="audio/wav"),
    ],
)
def test_a_missing_prompt_is_an_error_and_the_call_goes_on(
    line: Line, network: PhoneNetwork, answer: Response
) -> None:
    line.answers("/voice", '<Play>/hello.wav</Play><Gather numDigits="1"/>')
    line.answers("/hello.wav", answer)

    call = network.caller(CALLER).dials()

    assert call.listens_to == "keys"
    assert len(network.failures) == 1


def test_requests_are_signed_for_the_public_address_behind_a_proxy(line: Line) -> None:
    tunnel = Tunnel("https://line.example", line.url)
    seen: dict[str, str] = {}

    def page(params: dict[str, str]) -> Response:
        signature = request.headers["X-Twilio-Signature"]
        seen["host"] = request.host
        seen["scheme"] = request.headers["X-Forwarded-Proto"]
        seen["signed"] = str(
            RequestValidator(TOKEN).validate("https://line.example/voice", params, signature)
        )
        return Response("<Response/>", mimetype="text/xml")

    line.answers("/voice", page)
    with PhoneNetwork(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        hotline=HOTLINE,
        voice_url="https://line.example/voice",
        tunnel=tunnel,
    ) as network:
        network.caller(CALLER).dials()

    assert seen == {"host": "line.example", "scheme": "https", "signed": "True"}


def test_a_call_takes_real_time_when_the_network_keeps_pace(line: Line) -> None:
    line.answers("/voice", "<Pause length='5'/>")
    with PhoneNetwork(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        hotline=HOTLINE,
        voice_url=f"{line.url}/voice",
        pace=0.02,
    ) as network:
        began = time.monotonic()
        call = network.caller(CALLER).dials()

    assert call.seconds == pytest.approx(5)
    assert time.monotonic() - began >= 0.1
