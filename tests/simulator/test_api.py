"""Twilio's own SDK, unmodified, cannot tell this network's API from Twilio's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from simulator import PhoneNetwork, Sound, read_sound
from simulator.rest import segments
from tests.simulator.conftest import ACCOUNT, CALLER, HOTLINE, ORGANIZER, TOKEN, Line


class Rewriting(TwilioHttpClient):  # type: ignore[misc]
    """Sends what is meant for api.twilio.com elsewhere."""

    def __init__(self, api_url: str) -> None:
        super().__init__(pool_connections=False)
        self._api_url = api_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        url = url.replace("https://api.twilio.com", self._api_url)
        return super().request(method, url, *args, **kwargs)


def client_of(network: PhoneNetwork, token: str = TOKEN) -> Client:
    return Client(ACCOUNT, token, http_client=Rewriting(network.api_url))


def record(line: Line, network: PhoneNetwork, times: int = 1) -> list[str]:
    """So many calls, each leaving a second of sound; their RecordingSids."""
    line.answers("/voice", '<Record action="/said"/>')
    line.answers("/said", "<Hangup/>")
    sids = []
    for _ in range(times):
        call = network.caller(CALLER).dials().says(Sound.tone(300, 1), then="#")
        sids.append(call.heard.recordings[0].recording_sid)
    return sids


def test_the_account_is_there(network: PhoneNetwork) -> None:
    account = client_of(network).api.accounts(ACCOUNT).fetch()

    assert account.sid == ACCOUNT
    assert account.status == "active"


def test_a_wrong_token_is_refused(network: PhoneNetwork) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client_of(network, "somebody else's").api.accounts(ACCOUNT).fetch()

    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_the_numbers_tell_where_they_lead(line: Line, network: PhoneNetwork) -> None:
    (number,) = client_of(network).incoming_phone_numbers.list(phone_number=HOTLINE)

    assert number.phone_number == HOTLINE
    assert number.voice_url == f"{line.url}/voice"
    assert number.status_callback == f"{line.url}/status"
    assert number.sms_url == f"{line.url}/sms"


def test_a_number_can_be_led_elsewhere(line: Line, network: PhoneNetwork) -> None:
    line.answers("/elsewhere", "<Say>Here.</Say>")
    client = client_of(network)
    (number,) = client.incoming_phone_numbers.list()

    updated = number.update(
        voice_url=f"{line.url}/elsewhere",
        voice_fallback_url=f"{line.url}/fallback.xml",
        voice_fallback_method="GET",
    )

    assert updated.voice_url == f"{line.url}/elsewhere"
    assert updated.voice_fallback_url == f"{line.url}/fallback.xml"
    assert updated.voice_fallback_method == "GET"
    assert updated.status_callback == f"{line.url}/status"
    assert "here" in network.caller(CALLER).dials().heard


def test_a_message_is_sent_and_arrives(line: Line, network: PhoneNetwork) -> None:
    client = client_of(network)

    sent = client.messages.create(
        to=ORGANIZER,
        from_=HOTLINE,
        body="A report came in.",
        status_callback=f"{line.url}/sent",
        validity_period=600,
    )
    network.waits_until_quiet()

    assert sent.status == "queued"
    assert client.messages(sent.sid).fetch().status == "delivered"
    assert [text.body for text in network.inbox(ORGANIZER)] == ["A report came in."]
    statuses = line.asked_at("/sent")
    assert [asked["MessageStatus"] for asked in statuses] == ["queued", "sent", "delivered"]
    assert {asked["MessageSid"] for asked in statuses} == {sent.sid}
    assert all(asked.signed for asked in line.asked)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"to": "", "from_": HOTLINE, "body": "x"}, 21604),
        ({"to": "555", "from_": HOTLINE, "body": "x"}, 21211),
        ({"to": ORGANIZER, "from_": "", "body": "x"}, 21603),
        ({"to": ORGANIZER, "from_": "+16125550199", "body": "x"}, 21606),
        ({"to": ORGANIZER, "from_": HOTLINE, "body": ""}, 21602),
        ({"to": ORGANIZER, "from_": HOTLINE, "body": "x" * 1601}, 21617),
        ({"to": ORGANIZER, "from_": HOTLINE, "body": "x", "validity_period": 36001}, 21624),
        ({"to": ORGANIZER, "from_": HOTLINE, "body": "x", "status_callback": "/sent"}, 21609),
    ],
)
def test_a_message_twilio_would_refuse_is_refused(
    network: PhoneNetwork, details: dict[str, Any], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client_of(network).messages.create(**details)

    assert (refused.value.status, refused.value.code) == (400, code)
    assert network.inbox(ORGANIZER) == ()


def test_whoever_texts_stop_gets_nothing_until_they_text_start(
    line: Line, network: PhoneNetwork
) -> None:
    client = client_of(network)
    organizer = network.phone(ORGANIZER).texts("Stop")

    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=ORGANIZER, from_=HOTLINE, body="x")
    organizer.texts("START")
    client.messages.create(to=ORGANIZER, from_=HOTLINE, body="y")

    assert refused.value.code == 21610
    assert [text.body for text in organizer.inbox] == ["y"]
    assert [asked["Body"] for asked in line.asked_at("/sms")] == ["Stop", "START"]


def test_the_line_may_reply_to_a_text(line: Line, network: PhoneNetwork) -> None:
    line.answers("/sms", "<Message>You are on call.</Message>")

    organizer = network.phone(ORGANIZER).texts("who is on call?")

    assert [text.body for text in organizer.inbox] == ["You are on call."]


def test_a_call_can_be_looked_up(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Pause length='7'/>")
    placed = network.caller(CALLER).dials()
    client = client_of(network)

    call = client.calls(placed.sid).fetch()

    assert (call.status, call.duration, call.direction) == ("completed", "7", "inbound")
    assert call.end_time - call.start_time == timedelta(seconds=7)
    assert [each.sid for each in client.calls.list(from_=CALLER)] == [placed.sid]
    assert client.calls.list(from_=ORGANIZER) == []


def test_a_recording_is_fetched_deleted_and_gone(line: Line, network: PhoneNetwork) -> None:
    (sid,) = record(line, network)
    client = client_of(network)

    recording = client.recordings(sid).fetch()
    deleted = client.recordings(sid).delete()

    assert recording.status == "completed"
    assert recording.source == "RecordVerb"
    assert recording.duration == "1"
    assert recording.media_url == line.asked_at("/said")[0]["RecordingUrl"]
    assert deleted
    for look in (client.recordings(sid).fetch, client.recordings(sid).delete):
        with pytest.raises(TwilioRestException) as missing:
            look()
        assert (missing.value.status, missing.value.code) == (404, 20404)
    assert client.recordings.list() == []
    assert network.recordings == ()


def test_the_media_is_a_wav_for_whoever_has_the_token(line: Line, network: PhoneNetwork) -> None:
    record(line, network)
    url = line.asked_at("/said")[0]["RecordingUrl"]

    fetched = requests.get(f"{url}.wav", auth=(ACCOUNT, TOKEN), timeout=5)
    bare = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5)
    stranger = requests.get(f"{url}.wav", timeout=5)
    mp3 = requests.get(f"{url}.mp3", auth=(ACCOUNT, TOKEN), timeout=5)

    assert fetched.headers["Content-Type"] == "audio/x-wav"
    assert read_sound(fetched.content).seconds == pytest.approx(1, abs=0.3)
    assert bare.content == fetched.content
    assert stranger.status_code == 401
    assert mp3.status_code == 406
    assert mp3.json()["more_info"].endswith(str(mp3.json()["code"]))


def test_recordings_are_listed_newest_first_page_by_page(line: Line, network: PhoneNetwork) -> None:
    sids = record(line, network, times=5)
    client = client_of(network)

    listed = client.recordings.list(page_size=2)
    page = client.recordings.page(page_size=2)

    assert [recording.sid for recording in listed] == sids[::-1]
    assert page.next_page_url is not None
    assert page.previous_page_url is None
    assert [recording.sid for recording in client.recordings.list(limit=3)] == sids[:1:-1]


def test_recordings_are_listed_by_call_and_date(line: Line, network: PhoneNetwork) -> None:
    first, _second = record(line, network, times=2)
    client = client_of(network)
    call_sid = str(client.recordings(first).fetch().call_sid)
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    def found(**filters: Any) -> int:
        return len(client.recordings.list(**filters))

    assert [each.sid for each in client.recordings.list(call_sid=call_sid)] == [first]
    assert [each.sid for each in client.calls(call_sid).recordings.list()] == [first]
    assert found(date_created_after=now - hour) == 2
    assert found(date_created_after=now + hour) == 0
    assert found(date_created_before=now + hour) == 2
    assert found(date_created_before=now - hour) == 0
    assert found(date_created=now) == 2
    assert found(date_created=now - 24 * hour) == 0


def test_what_is_not_there_is_error_20404(network: PhoneNetwork) -> None:
    base = f"{network.api_url}/2010-04-01/Accounts"
    for path in (f"/{ACCOUNT}/Conferences.json", "/AC00000000000000000000000000000000.json"):
        answer = requests.get(base + path, auth=(ACCOUNT, TOKEN), timeout=5)
        assert answer.status_code == 404
        assert answer.json()["code"] == 20404
        assert set(answer.json()) == {"code", "message", "more_info", "status"}


@pytest.mark.parametrize(
    ("body", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("á" * 70, 1), ("á" * 71, 2), ("€" * 80, 1), ("[" * 81, 2)],
)
def test_a_message_is_counted_in_segments(body: str, count: int) -> None:
    assert segments(body) == count


def test_sids_look_like_twilios(line: Line, network: PhoneNetwork) -> None:
    (sid,) = record(line, network)
    message = client_of(network).messages.create(to=ORGANIZER, from_=HOTLINE, body="x")

    assert re.fullmatch("RE[0-9a-f]{32}", sid)
    assert re.fullmatch("SM[0-9a-f]{32}", str(message.sid))
