"""Whole calls through companies that are not Twilio: the same callers, the same organizer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from preflight import _provider
from reports.model import CallState, NotificationState, RecordingState
from simulator import Company, PhoneNetwork
from simulator.spoken import spoken_call
from tests.providers.companies import (
    API_TOKEN,
    PROJECT,
    SIGNING_KEY,
    TelnyxKey,
    signalwire,
    somleng,
    telnyx,
)
from tests.providers.telnyx_office import TelnyxOffice, open_office
from tests.stories.conftest import CALLER, HOTLINE, ORGANIZER, Line, running_line

EN = spoken_call("en-lake-bloomington")
ES = spoken_call("es-cedar-riverside")


def network_of(company: Company) -> PhoneNetwork:
    return PhoneNetwork(account_sid=PROJECT, auth_token=API_TOKEN, hotline=HOTLINE, company=company)


@contextmanager
def telnyx_line(folder: Path, redis_url: str) -> Iterator[tuple[Line, TelnyxOffice]]:
    key = TelnyxKey()
    network = network_of(telnyx(key))
    with (
        open_office(network, PROJECT, API_TOKEN) as office,
        running_line(
            network,
            folder,
            redis_url,
            provider="telnyx",
            telnyx_public_key=key.public,
            twilio_api_url=office.base,
        ) as line,
    ):
        yield line, office


@pytest.fixture
def office() -> list[TelnyxOffice]:
    """Telnyx's, once its line runs."""
    return []


@pytest.fixture(params=["signalwire", "telnyx", "somleng"])
def line(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    redis_server: str,
    monkeypatch: pytest.MonkeyPatch,
    office: list[TelnyxOffice],
) -> Iterator[Line]:
    monkeypatch.chdir(tmp_path)  # where no .env is
    if request.param == "telnyx":
        with telnyx_line(tmp_path, redis_server) as (running, its_office):
            office.append(its_office)
            yield running
        return
    company = signalwire() if request.param == "signalwire" else somleng()
    with running_line(
        network_of(company),
        tmp_path,
        redis_server,
        provider=request.param,
        signalwire_signing_key=SIGNING_KEY,
    ) as running:
        yield running


def test_a_caller_reports_and_the_organizer_is_told(line: Line) -> None:
    line.speech.outcomes = ["corner of Lake and Bloomington", "five men in vests"]
    call = line.caller.dials().presses("1").presses("1")
    call.says(EN.where.path, then="#").presses("4#").presses("1")
    call.says(EN.what.path, then="#").presses("1").waits()
    line.works()
    assert call.is_over
    assert not line.network.failures
    assert ", ".join(line.dossier.report.reference) in call.heard.text
    assert line.dossier.call.state is CallState.COMPLETED
    assert line.fields.happening_now.value is True
    assert line.fields.officers.value == 4
    assert line.fields.place.value == "corner of Lake and Bloomington"
    assert line.fields.account.value == "five men in vests"
    alert, update = (text.body for text in line.texts)
    assert alert.startswith("UNVERIFIED · happening now · English")
    assert 'update · "corner of Lake and Bloomington"' in update


@pytest.mark.parametrize("line", ["signalwire", "telnyx"], indirect=True)
def test_the_providers_copies_are_deleted(line: Line) -> None:
    line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#").hangs_up()
    line.works()
    assert not line.network.recordings
    (recording,) = line.dossier.recordings
    assert recording.erased_at_provider_at is not None


@pytest.mark.parametrize("line", ["somleng"], indirect=True)
def test_a_copy_that_the_provider_keeps_is_said_to_be_there_and_asked_for_once(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#").hangs_up()
    line.works()
    line.time_passes(3600)
    line.time_passes(3600)
    assert len(line.network.recordings) == 1
    (recording,) = line.dossier.recordings
    assert recording.state is RecordingState.TRANSCRIBED
    assert recording.erased_at_provider_at is None
    assert caplog.text.count("is still at the provider") == 1


def test_who_hangs_up_while_speaking_is_heard(line: Line) -> None:
    line.speech.outcomes = ["Lake and"]
    line.caller.dials().presses("2").presses("1").hangs_up_while_saying(ES.where.path, after=2.0)
    line.works()
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert line.dossier.call.state is CallState.COMPLETED
    assert line.fields.place.value == "Lake and"


def test_who_presses_nothing_is_recorded_in_whatever_language(line: Line) -> None:
    call = line.caller.dials().waits().waits()
    assert "Después del tono" in call.heard
    call.says(ES.what.path, then="#")
    line.works()
    assert line.states() == {"what": RecordingState.TRANSCRIBED}
    assert ", ".join(line.dossier.report.reference) in call.heard.text
    assert "language not known" in line.texts[0].body


def test_silence_after_keys_is_still_a_report(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").waits()
    call.presses("3#").presses("1").waits().waits().waits().waits()
    line.works()
    assert call.is_over
    assert line.dossier.recordings == ()
    assert "3 officers · still there" in line.texts[0].body


def test_a_call_whose_end_nobody_told_is_asked_after(line: Line) -> None:
    line.network.configure(status_url=None)
    call = line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#")
    call.hangs_up()
    line.works()
    states = [line.dossier.call.state]
    line.time_passes(16 * 60)
    states.append(line.dossier.call.state)
    assert states == [CallState.IN_PROGRESS, CallState.COMPLETED]


def test_what_the_provider_holds_can_be_looked_through(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#")
    call.hangs_up()
    line.network.waits_until_quiet()
    provider, now = line.adapters.provider, line.clock()
    (held,) = provider.recordings_between(now - timedelta(hours=1), now + timedelta(minutes=1))
    assert held.call_sid == call.sid
    assert held.seconds > 0
    assert provider.recordings_between(now - timedelta(hours=2), now - timedelta(hours=1)) == []
    remembered = provider.call_to_hotline(call.sid)
    assert remembered is not None
    assert remembered.caller == CALLER
    assert remembered.started_at is not None
    assert provider.call_to_hotline(call.sid[::-1]) is None


@pytest.mark.parametrize("line", ["telnyx", "somleng"], indirect=True)
def test_nobody_is_rung_who_could_not_be_asked_first(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("0")
    call.presses("1").says(EN.where.path, then="#").hangs_up()
    line.works()
    assert ORGANIZER not in {leg.to for leg in line.network.exchange.legs.values()}
    assert line.states() == {"where": RecordingState.TRANSCRIBED}


@pytest.mark.parametrize("line", ["signalwire"], indirect=True)
def test_who_is_asked_first_is_rung(line: Line) -> None:
    line.caller.dials().presses("1").presses("0")
    assert ORGANIZER in {leg.to for leg in line.network.exchange.legs.values()}


def test_the_preflight_names_the_provider_and_finds_its_webhooks(line: Line) -> None:
    line.network.configure(
        voice_fallback_url="https://bins.example.org/EH1",
        sms_url=f"{line.settings.public_url}/sms/incoming",
    )
    findings = list(_provider(line.settings, line.adapters))
    assert all(finding.well for finding in findings), [str(each) for each in findings]
    assert findings[0].name.startswith(f"provider {line.settings.provider} 127.0.0.1:")
    assert len(findings[0].said) > len("answers"), "what must be known of it is said"
    names = [finding.name for finding in findings[1:]]
    assert names == ["voice webhook", "status callback", "fallback", "messaging webhook"]
    line.network.configure(voice_url="https://elsewhere.example.org/")
    (wrong,) = (each for each in _provider(line.settings, line.adapters) if not each.well)
    assert wrong.name == "voice webhook"


def test_no_address_of_the_lines_names_a_caller(line: Line) -> None:
    line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#").hangs_up()
    line.works()
    assert line.network.webhooks
    assert not [each.url for each in line.network.webhooks if "5550142" in each.url]


@pytest.mark.parametrize("line", ["telnyx"], indirect=True)
def test_what_telnyx_tells_of_a_text_is_taken_in(line: Line, office: list[TelnyxOffice]) -> None:
    line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#").hangs_up()
    line.works()
    (telnyx_office,) = office
    said = telnyx_office.said[0]
    assert said["from"] == HOTLINE
    assert said["webhook_url"].startswith(f"{line.settings.public_url}/voice/message-status/")
    told = [each.state for each in line.dossier.notifications]
    assert told
    assert NotificationState.FAILED not in told
