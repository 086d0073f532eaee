"""What Twilio says of recordings and calls, read through its SDK from the simulated network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from providers import twilio
from providers.twilio import TwilioProvider
from reports.ports import ProviderUnavailable
from simulator import Faults, PhoneNetwork, Sound
from simulator.exchange import WITHHELD
from simulator.faults import FOREVER
from simulator.leg import Leg

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a token of nobody's"
HOTLINE = "+16125550100"
CALLER = "+16125550142"
ORGANIZER = "+16125550110"
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def network() -> Iterator[PhoneNetwork]:
    with PhoneNetwork(account_sid=ACCOUNT, auth_token=TOKEN, hotline=HOTLINE) as network:
        yield network


@pytest.fixture
def provider(network: PhoneNetwork) -> TwilioProvider:
    return TwilioProvider(
        account_sid=ACCOUNT, auth_token=TOKEN, api_url=network.api_url, from_number=HOTLINE
    )


def a_call(network: PhoneNetwork, **details: object) -> Leg:
    """One that is over and took 40 seconds."""
    whole = {"from_": CALLER, "to": HOTLINE, "direction": "inbound", **details}
    leg = network.exchange.new_leg(**whole)
    leg.created, leg.clock, leg.status = NOW - HOUR, 40.0, "completed"
    return leg


def recorded(network: PhoneNetwork, leg: Leg, made_at: datetime, seconds: float = 7.0) -> str:
    exchange = network.exchange
    sid = exchange.new_sid("RE")
    exchange.keep_recording(sid, leg, Sound.tone(300, seconds))
    exchange.recordings[sid] = replace(exchange.recordings[sid], created=made_at)
    return sid


def test_recordings_of_a_time_come_whole_page_after_page(
    network: PhoneNetwork, provider: TwilioProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "LARGEST_PAGE", 2)
    leg = a_call(network)
    moments = [NOW - HOUR * hours for hours in (50, 26, 25, 3, 2, 1, 0)]
    sids = [recorded(network, leg, moment) for moment in moments]
    held = provider.recordings_between(NOW - HOUR * 26, NOW - HOUR)
    assert [each.recording_sid for each in held] == sids[5:0:-1], "the last made first"
    assert [each.made_at for each in held] == moments[5:0:-1]
    assert {each.call_sid for each in held} == {leg.sid}
    assert {each.seconds for each in held} == {7.0}


def test_a_call_to_the_hotline_is_remembered_with_who_and_when(
    network: PhoneNetwork, provider: TwilioProvider
) -> None:
    call = provider.call_to_hotline(a_call(network).sid)
    assert call is not None
    assert call.caller == CALLER
    assert call.started_at == NOW - HOUR
    assert call.ended_at == NOW - HOUR + timedelta(seconds=40)


def test_a_withheld_number_is_none_and_a_call_that_goes_on_has_no_end(
    network: PhoneNetwork, provider: TwilioProvider
) -> None:
    leg = a_call(network, from_=WITHHELD)
    leg.status = "in-progress"
    call = provider.call_to_hotline(leg.sid)
    assert call is not None
    assert call.caller is None
    assert call.ended_at is None


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"to": "+16125550101"}, id="to another number"),
        pytest.param(
            {"from_": HOTLINE, "to": ORGANIZER, "direction": "outbound-api"}, id="to an organizer"
        ),
        pytest.param(
            {"from_": CALLER, "to": ORGANIZER, "direction": "outbound-dial"}, id="connected"
        ),
        pytest.param(
            {"from_": ORGANIZER, "to": HOTLINE, "direction": "outbound-api"}, id="of ours to us"
        ),
    ],
)
def test_other_calls_are_nobodys_to_the_hotline(
    network: PhoneNetwork, provider: TwilioProvider, details: dict[str, object]
) -> None:
    assert provider.call_to_hotline(a_call(network, **details).sid) is None


def test_a_call_that_nobody_knows_is_none(provider: TwilioProvider) -> None:
    assert provider.call_to_hotline("CA" + "0" * 32) is None


@pytest.mark.parametrize("outage", ["unavailable", "closed", "throttled"])
def test_a_provider_that_is_away_says_so(
    network: PhoneNetwork, provider: TwilioProvider, outage: str
) -> None:
    network.suffers(Faults(recordings_down=FOREVER, outage=outage))  # type: ignore[arg-type]
    with pytest.raises(ProviderUnavailable):
        provider.recordings_between(NOW - HOUR, NOW)


def test_the_fallback_is_what_the_number_has(
    network: PhoneNetwork, provider: TwilioProvider
) -> None:
    assert provider.hotline_fallback() is None
    network.configure(voice_fallback_url="https://bins.example.org/fallback.xml")
    assert provider.hotline_fallback() == "https://bins.example.org/fallback.xml"
