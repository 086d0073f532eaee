"""The line is down: callers are recorded at the provider, and nothing is lost by it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.fallback import FALLBACK
from preflight import check
from providers.twilio import RebasedHttpClient
from reports.model import CallState, NotificationKind, RecordingState
from reports.ports import Job, Urgency
from reports.services.calls import number_context
from reports.services.importing import NOW
from simulator import Faults
from simulator.caller import PhoneCall
from simulator.exchange import HotlineNumber
from simulator.faults import FOREVER
from simulator.spoken import spoken_call
from tests.stories.conftest import ACCOUNT, CALLER, HOTLINE, ORGANIZER, TOKEN, Line
from workers import jobs
from workers.sweeper import Sweeper

DEPLOY = Path("deploy").absolute()
CALL = spoken_call("en-lake-bloomington")
SOON = 4 * 60
"""Seconds after which no webhook comes any more."""


class QuietFiles(SimpleHTTPRequestHandler):
    """Any host of static files: it knows GET alone."""

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Where the fallback lies: at a host that is up when we are not."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(DEPLOY)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{FALLBACK}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def covered(line: Line, elsewhere: str) -> Line:
    """The line, its number set up as the documentation says."""
    line.network.configure(
        voice_url=f"{line.settings.public_url}/voice/incoming#rc=2&rp=5xx,ct,rt",
        voice_fallback_url=elsewhere,
        voice_fallback_method="GET",
    )
    return line


def breaks(line: Line) -> None:
    """It is reached, and answers nothing but errors."""

    def broken(_: object, start_response: object) -> Iterable[bytes]:
        start_response("500 Internal Server Error", [("Content-Length", "0")])  # type: ignore[operator]
        return [b""]

    line.web.app = broken


def a_message(line: Line, number: str | None = CALLER, to: str = HOTLINE) -> PhoneCall:
    """Somebody calls, hears what there is to hear, says what they see and presses nothing."""
    return line.network.caller(number).dials(to).says(CALL.what.path)


# --- An outage ------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["nobody answers", "errors"])
def test_who_calls_while_the_line_is_down_is_heard_when_it_is_up(covered: Line, way: str) -> None:
    line, whole = covered, covered.web.app
    line.goes_down() if way == "nobody answers" else breaks(line)
    began = datetime.now(UTC).replace(microsecond=0)

    call = line.caller.dials()
    assert call.listens_to == "voice"
    assert "You are being recorded" in call.heard
    assert "Esta llamada se graba" in call.heard
    assert call.seconds < 25, "nobody waits longer for the tone"
    call.says(CALL.what.path)
    assert call.is_over
    assert "Volunteers will look at your report" in call.heard
    assert "Gracias" in call.heard
    line.network.waits_until_quiet()
    assert line.dossiers == []
    assert line.texts == ()

    if way == "errors":
        line.web.app = whole
    else:
        line.comes_up()
    line.time_passes(3600)
    dossier = line.dossier
    assert dossier.call.call_sid == call.sid
    assert dossier.call.state is CallState.COMPLETED
    assert began <= dossier.call.started_at <= datetime.now(UTC), "when they called, not just now"
    assert dossier.call.ended_at is not None
    assert dossier.call.ended_at - dossier.call.started_at < timedelta(minutes=5)
    assert dossier.report.filed_at > dossier.call.started_at + timedelta(minutes=59)
    assert line.states() == {"what": RecordingState.TRANSCRIBED}
    assert dossier.call.caller_number is not None
    context = number_context(call.sid)
    assert line.adapters.sealer.unseal(dossier.call.caller_number, context) == CALLER.encode()
    assert dossier.call.caller_hash == line.adapters.sealer.fingerprint(CALLER)
    assert len(line.texts) == 2
    assert line.texts[0].body.startswith("UNVERIFIED · when not said · called 60 min ago")
    assert not line.network.recordings, "the provider's copy is deleted once ours is safe"


def test_an_outage_of_many_callers_makes_one_report_each_and_no_more(
    covered: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.services.importing.MOST_AT_ONCE", 2)
    line = covered
    line.goes_down()
    calls = [a_message(line, f"+161255501{n}") for n in range(50, 57)]
    line.network.waits_until_quiet()
    line.comes_up()
    line.time_passes(SOON)
    for _ in range(3):
        line.time_passes(SOON)
    assert {each.call.call_sid for each in line.dossiers} == {call.sid for call in calls}
    assert len(line.dossiers) == len(calls)
    assert all(len(each.recordings) == 1 for each in line.dossiers)
    told = [notice.kind for each in line.dossiers for notice in each.notifications]
    assert told.count(NotificationKind.ALERT) == len(calls)
    assert told.count(NotificationKind.REMINDER) <= len(calls)


def test_who_says_nothing_into_the_fallback_leaves_no_report(covered: Line) -> None:
    line = covered
    line.goes_down()
    call = line.caller.dials().waits()
    assert call.is_over
    assert "Nothing was recorded" in call.heard
    line.comes_up()
    line.time_passes(SOON)
    assert line.dossiers == []


def test_who_hangs_up_on_the_fallback_while_speaking_is_heard(covered: Line) -> None:
    line = covered
    line.goes_down()
    line.caller.dials().hangs_up_while_saying(CALL.what.path)
    line.network.waits_until_quiet()
    line.comes_up()
    line.time_passes(SOON)
    assert line.states() == {"what": RecordingState.TRANSCRIBED}


def test_a_withheld_number_stays_withheld(covered: Line) -> None:
    line = covered
    line.goes_down()
    a_message(line, number=None)
    line.network.waits_until_quiet()
    line.comes_up()
    line.time_passes(SOON)
    assert line.dossier.call.caller_number is None
    assert line.dossier.call.caller_hash is None


def test_a_line_that_is_up_again_before_they_hang_up_knows_who_called_and_when(
    covered: Line,
) -> None:
    line = covered
    line.goes_down()
    began = datetime.now(UTC).replace(microsecond=0)
    call = line.caller.dials()
    line.comes_up()
    line.clock.ahead += timedelta(minutes=10)
    call.says(CALL.what.path)  # whose end we are told of, and of nothing else
    line.network.waits_until_quiet()
    with line.adapters.store.read() as records:
        known = records.call(call.sid)
    assert known is not None
    assert known.caller_hash is None
    line.time_passes(SOON)
    assert line.dossier.call.state is CallState.COMPLETED
    assert line.dossier.call.caller_hash == line.adapters.sealer.fingerprint(CALLER)
    assert line.dossier.call.started_at < began + timedelta(minutes=5)


def test_a_line_that_goes_down_in_the_middle_of_a_call_has_both_halves(covered: Line) -> None:
    line = covered
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#")
    line.network.waits_until_quiet()
    line.goes_down()
    call.presses("4#")
    assert call.listens_to == "voice"
    assert "You are being recorded" in call.heard
    call.says(CALL.what.path)
    line.network.waits_until_quiet()
    line.comes_up()
    line.time_passes(SOON)
    assert line.dossier.call.language == "en"
    assert line.states() == {
        "where": RecordingState.TRANSCRIBED,
        "what": RecordingState.TRANSCRIBED,
    }
    assert len(line.texts) == 2


def test_a_caller_recorded_while_the_database_was_away_is_taken_in(
    covered: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = covered

    def away(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(type(line.adapters.store), "begin", away)
        a_message(line)
        line.network.waits_until_quiet()
    assert line.dossiers == []
    line.time_passes(SOON)
    assert line.states() == {"what": RecordingState.TRANSCRIBED}
    assert line.dossier.call.caller_hash == line.adapters.sealer.fingerprint(CALLER)
    assert len(line.texts) == 2


# --- When to look, and when not to ----------------------------------------------------------------


def test_webhooks_get_their_time_before_the_list_is_believed(covered: Line) -> None:
    line = covered
    line.goes_down()
    a_message(line)
    line.network.waits_until_quiet()
    line.comes_up()
    line.time_passes(60)
    assert line.dossiers == [], "a callback that is tried again may still come"
    line.time_passes(SOON)
    assert len(line.dossiers) == 1


def test_the_list_is_looked_at_from_the_start_and_then_every_few_minutes(line: Line) -> None:
    asked: list[datetime] = []

    class Queue:
        def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
            assert (job, subject) == (Job.IMPORT_RECORDINGS, NOW)
            asked.append(line.clock())
            return True

    alerter = line.adapters.alerter
    sweeper = Sweeper(
        line.adapters.store, Queue(), lambda job, subject: None, line.clock, alerter=alerter
    )
    for _ in range(10):
        sweeper.sweep()
        line.clock.ahead += timedelta(minutes=1)
    first, *later = asked
    assert len(later) == 4
    assert later[0] - first >= timedelta(minutes=2)


def test_a_line_without_a_queue_looks_all_the_same(covered: Line) -> None:
    line = covered
    line.goes_down()
    a_message(line)
    line.network.waits_until_quiet()
    line.comes_up()
    line.clock.ahead += timedelta(seconds=SOON)

    class Away:
        def put(self, job: Job, subject: str, urgency: Urgency = Urgency.REST) -> bool:
            return False

    Sweeper(
        line.adapters.store,
        Away(),
        lambda job, subject: jobs.WORK[job](subject),
        line.clock,
        alerter=line.adapters.alerter,
    ).sweep()
    assert [each.state for each in line.dossier.recordings] == [RecordingState.ANNOUNCED]


def test_a_provider_that_is_away_is_asked_again(covered: Line) -> None:
    line = covered
    line.goes_down()
    a_message(line)
    line.network.waits_until_quiet()
    line.comes_up()
    line.network.suffers(Faults(recordings_down=FOREVER))
    line.time_passes(SOON)
    assert line.dossiers == []
    line.network.recovers()
    line.time_passes(SOON)
    assert line.states() == {"what": RecordingState.TRANSCRIBED}


def test_a_call_on_a_line_that_is_well_is_not_doubled_by_looking(covered: Line) -> None:
    line = covered
    line.network.suffers(Faults(recordings_down=FOREVER))  # so that it stays in the list
    line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#").hangs_up()
    line.network.waits_until_quiet()
    line.works()
    line.network.suffers(Faults(media_missing=FOREVER))
    for _ in range(3):
        line.time_passes(SOON)
    assert [recording.question for recording in line.dossier.recordings] == ["where"]
    assert len(line.network.recordings) == 1


# --- Whose recordings -----------------------------------------------------------------------------


def test_what_an_organizer_recorded_when_the_line_called_them_is_nobodys_report(
    covered: Line,
) -> None:
    line = covered
    organizer = line.network.phone(ORGANIZER).keeps_ringing()
    studio = f'<Response><Record action="{line.settings.public_url}/healthz"/></Response>'
    account(line).calls.create(to=ORGANIZER, from_=HOTLINE, twiml=studio)
    line.network.waits_until(lambda: organizer.is_ringing)
    organizer.picks_up().hangs_up_while_saying(CALL.what.path)
    line.network.waits_until_quiet()
    assert len(line.network.recordings) == 1
    line.time_passes(SOON)
    assert line.dossiers == []
    assert len(line.network.recordings) == 1, "and it is left alone"


def test_what_was_said_to_another_number_of_the_account_is_nobodys_report(
    covered: Line,
) -> None:
    line = covered
    other = "+16125550101"
    exchange = line.network.exchange
    exchange.numbers.append(HotlineNumber(exchange.new_sid("PN"), other, datetime.now(UTC)))
    line.goes_down()
    theirs = a_message(line, to=other)
    ours = a_message(line)
    line.network.waits_until_quiet()
    line.comes_up()
    line.time_passes(SOON)
    assert line.dossier.call.call_sid == ours.sid != theirs.sid
    (left,) = line.network.recordings
    assert left.call_sid == theirs.sid


def account(line: Line) -> Client:
    client: TwilioHttpClient = RebasedHttpClient(line.network.api_url)
    return Client(ACCOUNT, TOKEN, http_client=client)


# --- What the number is set to --------------------------------------------------------------------


def test_a_webhook_with_overrides_for_its_connection_is_signed_as_without(covered: Line) -> None:
    call = covered.caller.dials()
    assert not covered.network.failures
    assert not call.is_over
    assert call.listens_to == "keys"


@pytest.mark.parametrize(
    ("fallback", "said"),
    [
        (None, "PROBLEM  fallback: not set"),
        ("{here}/voice/incoming", "PROBLEM  fallback: lies on this line"),
        ("https://bins.example.org/EH1", "ok       fallback: https://bins.example.org/EH1"),
    ],
)
def test_the_check_says_what_callers_hear_when_the_line_is_down(
    line: Line, tmp_path: Path, fallback: str | None, said: str
) -> None:
    here = line.settings.public_url
    line.network.configure(
        voice_url=f"{here}/voice/incoming#rc=2&rp=5xx,ct,rt",
        voice_fallback_url=None if fallback is None else fallback.format(here=here),
    )
    hears_nothing = tmp_path / "nothing.toml"
    hears_nothing.touch()
    settings = line.settings.model_copy(
        update={"speech_engine": "scripted", "speech_model": str(hears_nothing)}
    )
    findings = {finding.name: str(finding) for finding in check(settings)}
    assert findings["fallback"].startswith(said)
    assert findings["voice webhook"].startswith("ok "), "with its overrides, too"
    assert findings["voice webhook"].endswith("#rc=2&rp=5xx,ct,rt")
