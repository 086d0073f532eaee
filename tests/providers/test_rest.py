"""What each provider's API is asked, and what is made of its answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask, Response, jsonify, redirect, request
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as BaseResponse

from providers.signalwire import SignalWireProvider
from providers.somleng import SomlengProvider
from providers.telnyx import TelnyxProvider
from providers.twilio import TwilioProvider
from reports.ports import (
    MediaMissing,
    MediaRefused,
    ProviderRefused,
    ProviderUnavailable,
    SentMessage,
)
from simulator import Faults, PhoneNetwork, read_sound
from simulator.spoken import spoken_call
from tests.providers.companies import API_TOKEN, PROJECT, TelnyxKey, telnyx
from tests.providers.telnyx_office import APPLICATION, Quiet, TelnyxOffice, open_office

HOTLINE = "+16125550100"
ORGANIZER = "+16125550110"
HOUR = timedelta(hours=1)
CALL_SID = "43bb71ee-553f-4074-bb20-8e2747647cce"
RECORDING_SID = "19e436af-5688-4307-b03b-bdb2b42b8142"
WAV = spoken_call("en-lake-bloomington").where.path.read_bytes()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- Telnyx ---------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Iterator[TelnyxOffice]:
    network = PhoneNetwork(
        account_sid=PROJECT, auth_token=API_TOKEN, hotline=HOTLINE, company=telnyx(TelnyxKey())
    )
    with network, open_office(network, PROJECT, API_TOKEN) as office:
        yield office


def of(office: TelnyxOffice, account_sid: str = PROJECT, key: str = API_TOKEN) -> TelnyxProvider:
    return TelnyxProvider(
        account_sid=account_sid, api_key=key, api_url=office.base, from_number=HOTLINE
    )


def recorded(office: TelnyxOffice) -> str:
    """A recording that the office keeps."""
    exchange = office.network.exchange
    leg = exchange.new_leg(from_="+16125550142", to=HOTLINE, direction="inbound")
    sound = read_sound(spoken_call("en-lake-bloomington").where.path)
    exchange.keep_recording(RECORDING_SID, leg, sound)
    return leg.sid


def test_a_recording_is_fetched_by_its_link_and_the_key_stays_at_home(office: TelnyxOffice) -> None:
    recorded(office)
    assert of(office).fetch_recording(RECORDING_SID)[:4] == b"RIFF"
    (asked, stored) = office.asked
    assert asked == (
        "GET",
        f"/v2/texml/Accounts/{PROJECT}/Recordings/{RECORDING_SID}.json",
        f"Bearer {API_TOKEN}",
    )
    assert stored == ("GET", f"/store/{RECORDING_SID}.wav", None)


def test_a_link_that_has_expired_is_asked_for_anew(office: TelnyxOffice) -> None:
    recorded(office)
    provider = of(office)
    permission, office.permission = office.permission, "of eleven minutes ago"
    with pytest.raises(ProviderUnavailable, match="store said 403"):
        provider.fetch_recording(RECORDING_SID)
    office.permission = permission
    assert provider.fetch_recording(RECORDING_SID)[:4] == b"RIFF"


def test_a_call_by_its_id_with_a_colon_in_it(office: TelnyxOffice) -> None:
    call_sid = recorded(office)
    assert call_sid.startswith("v3:")
    provider = of(office)
    ((sid, seconds),) = provider.recordings_of_call(call_sid)
    assert sid == RECORDING_SID
    assert seconds > 0
    leg = office.network.exchange.legs[call_sid]
    for status, over in (("in-progress", False), ("completed", True), ("no-answer", True)):
        leg.status = status  # type: ignore[assignment]
        assert provider.call_is_over(call_sid) is over
    assert provider.call_is_over("v3:nobody-knows-this-call") is True


def test_somebody_is_rung_by_the_application_of_the_hotlines_number(office: TelnyxOffice) -> None:
    call_sid = of(office).place_call(
        ORGANIZER,
        url="https://line.example.org/voice/alert/n1/1",
        status_url="https://line.example.org/voice/alert-status/n1",
        ring_seconds=25,
    )
    assert call_sid
    (asked,) = office.said
    assert asked["ApplicationSid"] == APPLICATION
    assert (asked["To"], asked["From"]) == (ORGANIZER, HOTLINE)
    assert asked["Url"] == "https://line.example.org/voice/alert/n1/1"
    assert asked["StatusCallback"] == "https://line.example.org/voice/alert-status/n1"
    office.refuses = (422, "10015")
    with pytest.raises(ProviderRefused, match=r"422 \(code 10015\)"):
        of(office).place_call(ORGANIZER, url="https://x", status_url="https://y", ring_seconds=25)


def test_what_is_deleted_twice_is_deleted(office: TelnyxOffice) -> None:
    recorded(office)
    provider = of(office)
    provider.erase_recording(RECORDING_SID)
    assert not office.network.exchange.recordings
    provider.erase_recording(RECORDING_SID)
    with pytest.raises(MediaMissing):
        provider.fetch_recording(RECORDING_SID)


@pytest.mark.parametrize("of_ours", [True, False])
def test_under_another_account_nothing_is_taken_for_deleted_or_over(
    office: TelnyxOffice, of_ours: bool
) -> None:
    """There everything is a 404, under the account's other id too."""
    call_sid = recorded(office)
    other = of(office, account_sid=office.user if of_ours else str(uuid4()))
    with pytest.raises(ProviderRefused, match="organization_id"):
        other.erase_recording(RECORDING_SID)
    for ask in (
        lambda: other.fetch_recording(RECORDING_SID),
        lambda: other.call_is_over(call_sid),
        lambda: other.recordings_of_call(call_sid),
    ):
        with pytest.raises(ProviderUnavailable, match="organization_id"):
            ask()
    with pytest.raises(ProviderRefused, match="organization_id"):
        other.hotline_webhooks()


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ((400, "10002"), ProviderRefused),
        ((422, "40300"), ProviderRefused),
        ((401, "10009"), ProviderUnavailable),
        ((403, "10010"), ProviderUnavailable),
        ((429, "10011"), ProviderUnavailable),
        ((500, "10007"), ProviderUnavailable),
        ((302, "10007"), ProviderUnavailable),
    ],
)
def test_an_error_is_told_by_its_code_and_never_in_words(
    office: TelnyxOffice, error: tuple[int, str], raised: type[Exception]
) -> None:
    office.refuses = error
    with pytest.raises(raised) as told:
        of(office).send_text(ORGANIZER, "UNVERIFIED", valid_seconds=600, status_url=None)
    assert str(told.value) == f"the provider answered {error[0]} (code {error[1]})"


def test_a_text_is_sent(office: TelnyxOffice) -> None:
    sent = of(office).send_text(
        ORGANIZER, "UNVERIFIED · Lake", valid_seconds=600, status_url="https://line.example.org/x"
    )
    assert sent.provider_id
    assert office.said == [
        {
            "from": HOTLINE,
            "to": ORGANIZER,
            "text": "UNVERIFIED · Lake",
            "webhook_url": "https://line.example.org/x",
        }
    ]


def test_a_number_that_is_not_the_accounts_is_none(office: TelnyxOffice) -> None:
    provider = TelnyxProvider(
        account_sid=PROJECT, api_key=API_TOKEN, api_url=office.base, from_number="+16125550101"
    )
    assert provider.hotline_webhooks() is None


@pytest.mark.parametrize(
    ("link", "body", "raised"),
    [
        ("http://recordings.example.org/1.wav", None, ProviderUnavailable),
        ("file:///etc/passwd", None, ProviderUnavailable),
        (None, None, MediaMissing),
        ("here", b"<Error/>", MediaRefused),
    ],
)
def test_not_every_link_is_followed(
    link: str | None, body: bytes | None, raised: type[Exception]
) -> None:
    app = Flask("telnyx")

    @app.get("/v2/texml/Accounts/<account>/Recordings/<sid>.json")
    def recording(account: str, sid: str) -> Response:
        del account, sid
        return jsonify(media_url=f"{request.host_url}media" if link == "here" else link)

    @app.get("/media")
    def media() -> Response:
        return Response(body)

    with serving(app) as base, pytest.raises(raised):
        TelnyxProvider(
            account_sid=PROJECT, api_key=API_TOKEN, api_url=f"{base}/v2", from_number=HOTLINE
        ).fetch_recording(RECORDING_SID)


def test_a_telnyx_that_is_away_is_tried_again() -> None:
    provider = TelnyxProvider(
        account_sid=PROJECT, api_key=API_TOKEN, api_url="http://127.0.0.1:9", from_number=HOTLINE
    )
    for ask in (
        lambda: provider.fetch_recording(RECORDING_SID),
        lambda: provider.erase_recording(RECORDING_SID),
        lambda: provider.call_is_over(CALL_SID),
        lambda: provider.recordings_of_call(CALL_SID),
        provider.hotline_webhooks,
    ):
        with pytest.raises(ProviderUnavailable, match="could not be reached"):
            ask()


def test_whom_telnyx_rang_already_is_not_rung_again_and_its_texts_cannot_be_asked_for(
    office: TelnyxOffice,
) -> None:
    provider = of(office)
    began = datetime.now(UTC)
    exchange = office.network.exchange
    rung = exchange.new_leg(from_=HOTLINE, to=ORGANIZER, direction="outbound-api")
    rung.status = "in-progress"
    missed = exchange.new_leg(from_=HOTLINE, to=ORGANIZER, direction="outbound-api")
    missed.status = "no-answer"
    exchange.new_leg(from_=HOTLINE, to="+16125550111", direction="outbound-api")
    assert provider.calls_placed(ORGANIZER, since=began) == [SentMessage(rung.sid)]
    assert provider.calls_placed(ORGANIZER, since=began + timedelta(hours=1)) == []
    provider.send_text(ORGANIZER, "UNVERIFIED · Lake", valid_seconds=600, status_url=None)
    assert provider.texts_sent(ORGANIZER, "UNVERIFIED · Lake", since=began) == ()
    office.refuses = (503, "10016")
    with pytest.raises(ProviderUnavailable):
        provider.calls_placed(ORGANIZER, since=began)


# --- What Twilio sent already ---------------------------------------------------------------------


@pytest.fixture
def twilio() -> Iterator[tuple[PhoneNetwork, TwilioProvider]]:
    network = PhoneNetwork(account_sid=PROJECT, auth_token=API_TOKEN, hotline=HOTLINE)
    with network:
        yield (
            network,
            TwilioProvider(
                account_sid=PROJECT,
                auth_token=API_TOKEN,
                api_url=network.api_url,
                from_number=HOTLINE,
            ),
        )


def test_a_text_is_found_by_where_it_went_its_words_and_when(
    twilio: tuple[PhoneNetwork, TwilioProvider],
) -> None:
    network, provider = twilio
    began = datetime.now(UTC)

    def send(to: str, body: str) -> str:
        sent = provider.send_text(to, body, valid_seconds=600, status_url=None)
        return sent.provider_id

    mine = send(ORGANIZER, "UNVERIFIED · Lake")
    send(ORGANIZER, "UNVERIFIED · Cedar")
    send("+16125550111", "UNVERIFIED · Lake")
    network.suffers(Faults(undelivered=frozenset({ORGANIZER})))
    send(ORGANIZER, "UNVERIFIED · Lake")
    network.waits_until_quiet()
    found = provider.texts_sent(ORGANIZER, "UNVERIFIED · Lake", since=began)
    assert found == [SentMessage(mine, final=True)], "and it arrived"
    assert provider.texts_sent(ORGANIZER, "UNVERIFIED · Lake", since=began + HOUR) == []


def test_what_stands_before_a_text_of_an_account_on_trial_hides_it_not(
    twilio: tuple[PhoneNetwork, TwilioProvider],
) -> None:
    """https://www.twilio.com/docs/usage/tutorials/how-to-use-your-free-trial-account"""
    _network, provider = twilio
    began = datetime.now(UTC)
    said = "Sent from your Twilio trial account - UNVERIFIED · Lake"
    sent = provider.send_text(ORGANIZER, said, valid_seconds=600, status_url=None)
    (found,) = provider.texts_sent(ORGANIZER, "UNVERIFIED · Lake", since=began)
    assert found.provider_id == sent.provider_id


def test_a_call_is_found_that_somebody_took_or_still_may(
    twilio: tuple[PhoneNetwork, TwilioProvider],
) -> None:
    network, provider = twilio
    began = datetime.now(UTC)

    def ring() -> str:
        return provider.place_call(
            ORGANIZER, url="http://localhost:1/x", status_url="http://localhost:1", ring_seconds=25
        )

    network.phone(ORGANIZER).is_busy()
    ring()
    network.waits_until_quiet()
    assert provider.calls_placed(ORGANIZER, since=began) == []
    network.phone(ORGANIZER).answers()
    taken = ring()
    network.waits_until_quiet()
    assert provider.calls_placed(ORGANIZER, since=began) == [SentMessage(taken)]
    assert provider.calls_placed("+16125550111", since=began) == []


def test_a_list_that_is_away_is_asked_again(
    twilio: tuple[PhoneNetwork, TwilioProvider],
) -> None:
    network, provider = twilio
    network.suffers(Faults(messages_down=1))
    with pytest.raises(ProviderUnavailable):
        provider.texts_sent(ORGANIZER, "UNVERIFIED", since=datetime.now(UTC))
    assert provider.texts_sent(ORGANIZER, "UNVERIFIED", since=datetime.now(UTC)) == []


# --- SignalWire -----------------------------------------------------------------------------------


def test_signalwire_is_asked_at_its_space() -> None:
    """https://signalwire.com/docs/compatibility-api/rest/overview"""
    app = Flask("signalwire")
    account = f"/api/laml/2010-04-01/Accounts/{PROJECT}"
    asked: list[tuple[str, str]] = []

    @app.before_request
    def admit() -> tuple[str, int] | None:
        asked.append((request.method, request.path))
        given = request.authorization
        known = given is not None and (given.username, given.password) == (PROJECT, API_TOKEN)
        return None if known else ("", 401)

    @app.get(f"{account}/Recordings/<sid>.wav")
    def media(sid: str) -> Response:
        del sid
        return Response(WAV, mimetype="audio/x-wav")

    @app.get(f"{account}/Recordings.json")
    def listed() -> Response:
        assert request.args["CallSid"] == CALL_SID
        one = {
            "sid": RECORDING_SID,
            "call_sid": CALL_SID,
            "duration": "4",
            "date_created": "Tue, 25 Sept 2018 23:00:00 +0000",
            "status": "completed",
        }
        # As if the filter were not heeded, for its page could not be read.
        others = {**one, "sid": str(uuid4()), "call_sid": str(uuid4())}
        return jsonify(recordings=[others, one], uri=request.path, next_page_uri=None, page=0)

    @app.delete(f"{account}/Recordings/<sid>.json")
    def delete(sid: str) -> Response:
        del sid
        return Response(status=204)

    @app.get(f"{account}/IncomingPhoneNumbers.json")
    def numbers() -> Response:
        found = [
            {"sid": "1", "phone_number": "+16125550199", "voice_url": "https://other.example.org"},
            {"sid": "2", "phone_number": HOTLINE, "voice_application_sid": CALL_SID},
        ]
        return jsonify(incoming_phone_numbers=found, uri=request.path, next_page_uri=None)

    @app.get(f"{account}/Applications/{CALL_SID}.json")
    def application() -> Response:
        return jsonify(
            sid=CALL_SID, voice_url="https://line.example.org/voice/incoming", status_callback=""
        )

    @app.get(f"{account}/Messages.json")
    def messages() -> Response:
        assert (request.args["To"], request.args["From"]) == (ORGANIZER, HOTLINE)
        one = {
            "sid": RECORDING_SID,
            "from": HOTLINE,
            "to": ORGANIZER,
            "body": "UNVERIFIED · Lake",
            "status": "sent",
            "date_created": "Tue, 25 Sep 2018 23:00:00 +0000",
        }
        return jsonify(messages=[one], uri=request.path, next_page_uri=None, page=0)

    with serving(app) as base:
        provider = SignalWireProvider(
            account_sid=PROJECT,
            auth_token=API_TOKEN,
            api_url=f"{base}/api/laml",
            from_number=HOTLINE,
        )
        assert provider.fetch_recording(RECORDING_SID) == WAV
        assert provider.recordings_of_call(CALL_SID) == [(RECORDING_SID, 4.0)]
        provider.erase_recording(RECORDING_SID)
        assert provider.hotline_webhooks() == ("https://line.example.org/voice/incoming", None)
        since = datetime(2018, 9, 25, 22, 59, tzinfo=UTC)
        found = provider.texts_sent(ORGANIZER, "UNVERIFIED · Lake", since=since)
        assert found == [SentMessage(RECORDING_SID)], "not known to have arrived"
    assert ("DELETE", f"{account}/Recordings/{RECORDING_SID}.json") in asked


# --- Somleng --------------------------------------------------------------------------------------


@contextmanager
def somleng(kept: dict[str, bytes]) -> Iterator[SomlengProvider]:
    """As its source has it: https://github.com/somleng/somleng, config/routes.rb."""
    app, store = Flask("somleng"), Flask("store")
    account = f"/2010-04-01/Accounts/{PROJECT}"

    @store.get("/<sid>")
    def stored(sid: str) -> Response | tuple[str, int]:
        # A store that is shown two permissions at once takes neither.
        return ("", 400) if request.authorization else Response(kept[sid])

    with serving(store) as files:

        @app.get(f"{account}/Recordings/<sid>.wav")
        def media(sid: str) -> BaseResponse | tuple[str, int]:
            # Another host as far as credentials go.
            elsewhere = files.replace("127.0.0.1", "localhost")
            return redirect(f"{elsewhere}/{sid}") if sid in kept else ("", 404)

        @app.get(f"{account}/Calls/<call>/Recordings.json")
        def of_call(call: str) -> Response | tuple[str, int]:
            if call != CALL_SID:
                return "<!DOCTYPE html><p>Not found</p>", 404
            recordings = [{"sid": sid, "call_sid": call, "duration": "7"} for sid in kept]
            return jsonify(
                recordings=recordings,
                uri=request.path,
                page=0,
                page_size=50,
                first_page_uri=request.path,
                previous_page_uri=None,
                next_page_uri=None,
            )

        @app.get(f"{account}/Messages.json")
        def messages() -> Response:
            # Of everybody, whatever is asked for.
            made = [
                {
                    "sid": f"{to}",
                    "from": HOTLINE,
                    "to": to,
                    "body": "UNVERIFIED · Lake",
                    "status": "sent",
                    "date_created": "Tue, 25 Sep 2018 23:00:00 +0000",
                }
                for to in ("+16125550111", ORGANIZER)
            ]
            return jsonify(messages=made, uri=request.path, next_page_uri=None, page=0)

        with serving(app) as base:
            yield SomlengProvider(
                account_sid=PROJECT, auth_token=API_TOKEN, api_url=base, from_number=HOTLINE
            )


def test_somleng_redirects_to_its_store() -> None:
    with somleng({RECORDING_SID: WAV}) as provider:
        assert provider.fetch_recording(RECORDING_SID) == WAV
        with pytest.raises(MediaMissing):
            provider.fetch_recording(CALL_SID)


def test_somlengs_recordings_are_listed_under_their_call() -> None:
    with somleng({RECORDING_SID: WAV}) as provider:
        assert provider.recordings_of_call(CALL_SID) == [(RECORDING_SID, 7.0)]
        with pytest.raises(ProviderUnavailable):
            provider.recordings_of_call(PROJECT)


def test_somleng_lists_the_texts_of_everybody_and_no_calls() -> None:
    since = datetime(2018, 9, 25, 22, 59, tzinfo=UTC)
    with somleng({}) as provider:
        found = provider.texts_sent(ORGANIZER, "UNVERIFIED · Lake", since=since)
        assert found == [SentMessage(ORGANIZER)]
        assert provider.calls_placed(ORGANIZER, since=since) == (), "it cannot be asked"


def test_what_somleng_does_not_delete_is_not_said_to_be_deleted() -> None:
    with somleng({RECORDING_SID: WAV}) as provider:
        assert not provider.erases
        with pytest.raises(ProviderRefused, match="deletes no recordings"):
            provider.erase_recording(RECORDING_SID)


def test_what_is_not_there_counts_as_deleted_at_somleng_too() -> None:
    with somleng({}) as provider:
        provider.erase_recording(RECORDING_SID)


def test_of_a_failure_its_kind_is_said_and_no_address() -> None:
    provider = SomlengProvider(
        account_sid=PROJECT, auth_token=API_TOKEN, api_url="http://127.0.0.1:9", from_number=HOTLINE
    )
    with pytest.raises(ProviderUnavailable) as told:
        provider.recordings_of_call(CALL_SID)
    assert str(told.value) == "the provider could not be reached (ConnectionError)"
