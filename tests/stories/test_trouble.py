"""What may go wrong around a call, and that nothing is lost by it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests
from twilio.request_validator import RequestValidator

from reports.model import CallState, NotificationKind, NotificationState, Rank, RecordingState
from reports.services.recordings import claim_next, lease_for, try_again
from simulator import Faults
from simulator.caller import PhoneCall
from simulator.faults import FOREVER
from simulator.spoken import spoken_call
from tests.stories.conftest import ORGANIZER, TOKEN, Line
from workers.queues import QueueName

CALL = spoken_call("en-lake-bloomington")


def a_report(line: Line) -> PhoneCall:
    """A caller who says where and hangs up."""
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#")
    return call.presses("4#").hangs_up()


# --- Webhooks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(doubled=frozenset({"recording", "call", "message"})), id="twice"),
        pytest.param(Faults(reordered=frozenset({"recording", "call"})), id="in another order"),
        pytest.param(Faults(late={"recording": 0.3, "call": 0.1}), id="late"),
    ],
)
def test_webhooks_that_come_as_they_like_make_one_report(line: Line, faults: Faults) -> None:
    line.network.suffers(faults)
    a_report(line)
    line.works()
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert len(line.dossier.recordings) == 1
    assert len(line.dossier.transcripts) == 1
    assert line.dossier.call.state is CallState.COMPLETED
    assert len(line.texts) == 2


def test_a_recording_whose_status_callback_is_lost_is_fetched_all_the_same(line: Line) -> None:
    line.network.suffers(Faults(lost=frozenset({"recording"})))
    a_report(line)
    line.works()
    assert line.states() == {"where": RecordingState.ANNOUNCED}
    line.time_passes(20)
    assert line.states() == {"where": RecordingState.TRANSCRIBED}


def test_a_call_whose_end_we_are_never_told_is_ended(line: Line) -> None:
    line.network.suffers(Faults(lost=frozenset({"call"})))
    a_report(line)
    line.works()
    assert [dossier.call.state for dossier in line.dossiers] == [CallState.IN_PROGRESS]
    line.time_passes(16 * 60)
    assert [dossier.call.state for dossier in line.dossiers] == [CallState.COMPLETED]


def test_a_forged_webhook_is_refused_and_leaves_nothing(line: Line) -> None:
    url = f"{line.settings.public_url}/voice/incoming"
    form = {"CallSid": "CA" + "0" * 32, "From": "+16125550199"}
    right = RequestValidator(TOKEN).compute_signature(url, form)
    elsewhere = RequestValidator(TOKEN).compute_signature(
        "http://evil.example/voice/incoming", form
    )
    for headers in (
        {},
        {"X-Twilio-Signature": "nonsense"},
        {"X-Twilio-Signature": RequestValidator("other token").compute_signature(url, form)},
        {"X-Twilio-Signature": elsewhere, "Host": "evil.example"},
    ):
        answer = requests.post(url, data=form, headers=headers, timeout=5)
        assert answer.status_code == 403
    changed = {**form, "From": "+16125550198"}
    signed = {"X-Twilio-Signature": right}
    assert requests.post(url, data=changed, headers=signed, timeout=5).status_code == 403
    with line.adapters.store.read() as records:
        assert records.call(form["CallSid"]) is None
    assert requests.post(url, data=form, headers=signed, timeout=5).status_code == 200


def test_repeated_parameters_and_bodies_that_are_no_form_are_signed_too(line: Line) -> None:
    base = f"{line.settings.public_url}/voice/status"
    repeated = [("CallSid", "CA" + "1" * 32), ("CallStatus", "ringing"), ("X", "a"), ("X", "b")]
    as_lists = {"CallSid": ["CA" + "1" * 32], "CallStatus": ["ringing"], "X": ["a", "b"]}
    validator = RequestValidator(TOKEN)
    signature = validator.compute_signature(base, _Repeated(as_lists))
    for form, status in ((repeated, 204), ([*repeated, ("X", "c")], 403)):
        answer = requests.post(
            base, data=form, headers={"X-Twilio-Signature": signature}, timeout=5
        )
        assert answer.status_code == status

    body = json.dumps({"some": "event"})
    url = f"{base}?bodySHA256={validator.compute_hash(body)}"
    headers = {
        "X-Twilio-Signature": validator.compute_signature(url, {}),
        "Content-Type": "application/json",
    }
    assert requests.post(url, data=body, headers=headers, timeout=5).status_code == 204
    assert requests.post(url, data=body + " ", headers=headers, timeout=5).status_code == 403
    unhashed = {**headers, "X-Twilio-Signature": validator.compute_signature(base, {})}
    assert requests.post(base, data=body, headers=unhashed, timeout=5).status_code == 403


class _Repeated(dict[str, list[str]]):
    """What the validator takes for a form with repeated parameters."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def test_a_line_whose_database_is_away_still_records_the_caller(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(type(line.adapters.store), "begin", away)
        call = line.caller.dials()
        assert call.listens_to == "voice", "asked to speak, not hung up on"
        assert "After the tone" in call.heard
        call.says(CALL.what.path)
        line.network.waits_until_quiet()
    assert call.is_over
    assert line.dossiers == []
    assert len(line.network.recordings) == 1, "the provider has it, and is not told to delete it"


# --- Media ------------------------------------------------------------------------------------


def test_media_that_are_not_there_yet_are_asked_for_again(line: Line) -> None:
    line.network.suffers(Faults(media_missing=3))
    a_report(line)
    line.works()
    assert line.states() == {"where": RecordingState.ANNOUNCED}
    for pause in (1, 2, 4):
        line.time_passes(pause + 0.5)
    assert line.states() == {"where": RecordingState.TRANSCRIBED}


def test_media_that_never_come_are_told_to_the_organizer_and_may_be_tried_again(
    line: Line,
) -> None:
    line.network.suffers(Faults(media_missing=FOREVER))
    a_report(line)
    line.works()
    assert len(line.texts) == 1, "the alert went out without the audio"
    for _ in range(16):
        line.time_passes(5 * 60)
    assert line.states() == {"where": RecordingState.FAILED}
    assert "place: no audio could be had" in line.texts[-1].body
    (recording,) = line.dossier.recordings
    assert recording.reason == "the provider does not have it"
    line.network.recovers()
    try_again(
        line.adapters.store,
        line.adapters.queue,
        recording_sid=recording.recording_sid,
        at=line.clock(),
    )
    line.works()
    assert line.states() == {"where": RecordingState.TRANSCRIBED}


@pytest.mark.parametrize("media", ["html", "oversize"])
def test_what_is_no_audio_is_refused_and_not_deleted_there(line: Line, media: str) -> None:
    line.network.suffers(Faults(media=media))  # type: ignore[arg-type]
    a_report(line)
    line.works()
    line.time_passes(120)
    assert line.states() == {"where": RecordingState.FAILED}
    assert len(line.network.recordings) == 1
    assert len(line.texts) == 2


def test_the_provider_being_away_for_an_hour_loses_nothing(line: Line) -> None:
    line.network.suffers(Faults(recordings_down=FOREVER, messages_down=FOREVER))
    a_report(line)
    line.works()
    assert line.states() == {"where": RecordingState.ANNOUNCED}
    assert line.texts == ()
    for _ in range(10):
        line.time_passes(5 * 60)
    (alert,) = line.dossier.notifications
    assert alert.state is NotificationState.PENDING
    assert alert.reason
    line.network.recovers()
    line.time_passes(5 * 60)
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert len(line.texts) == 2
    line.time_passes(90)
    assert not line.network.recordings


# --- Workers and queues -----------------------------------------------------------------------


def test_redis_emptied_at_every_step_loses_nothing(line: Line) -> None:
    a_report(line)
    line.network.waits_until_quiet()
    for _ in range(8):
        line.loses_redis_contents()
        line.clock.ahead += timedelta(seconds=20)
        line.sweeps()
        for queue in QueueName:
            line.works_one(queue)
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert len(line.texts) == 2
    assert not line.network.recordings


def test_a_transcription_that_breaks_is_tried_again_apart_from_the_others(line: Line) -> None:
    line.speech.outcomes = [MemoryError()]
    line.apart.outcomes = ["Lake and Bloomington"]
    a_report(line)
    line.works()
    assert line.states() == {"where": RecordingState.STORED}
    line.time_passes(30)
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert line.fields.place.value == "Lake and Bloomington"
    assert (len(line.speech.languages), len(line.apart.languages)) == (1, 1)


def test_what_breaks_there_too_is_left_to_a_person(line: Line) -> None:
    line.speech.outcomes = [MemoryError()]
    line.apart.outcomes = [MemoryError()]
    a_report(line)
    line.works()
    line.time_passes(30)
    assert line.states() == {"where": RecordingState.NEEDS_LISTENER}
    assert "place: please listen" in line.texts[-1].body


def test_what_kills_whoever_is_at_it_is_not_tried_a_third_time(line: Line) -> None:
    """Nothing comes back from them: no error, no word."""
    a_report(line)
    line.works_one(QueueName.FETCHES)
    for _ in range(2):
        taken = claim_next(line.adapters.store, ranks=Rank, worker="dead", at=line.clock())
        assert taken is not None
        line.clock.ahead += lease_for(taken)
    line.time_passes(1)
    assert line.states() == {"where": RecordingState.NEEDS_LISTENER}
    assert not line.speech.languages
    assert not line.apart.languages


# --- Alerts -----------------------------------------------------------------------------------


def test_an_alert_that_the_provider_does_not_take_is_sent_again(line: Line) -> None:
    line.network.suffers(Faults(messages_down=2))
    a_report(line)
    line.works()
    assert any(told.attempts == 1 and told.reason for told in line.dossier.notifications)
    for _ in range(4):
        line.time_passes(3)
    assert len(line.texts) == 2
    states = {told.state for told in line.dossier.notifications}
    assert states == {NotificationState.DELIVERED}


def test_an_alert_that_does_not_arrive_is_shown_as_failed(line: Line) -> None:
    line.network.suffers(Faults(undelivered=frozenset({ORGANIZER})))
    a_report(line)
    line.works()
    alert = line.dossier.notifications[0]
    assert alert.kind is NotificationKind.ALERT
    assert alert.state is NotificationState.FAILED
    assert alert.reason == "not delivered (code 30003)"


def test_an_organizer_who_opted_out_is_shown_as_such(line: Line) -> None:
    line.network.suffers(Faults(opted_out=frozenset({ORGANIZER})))
    a_report(line)
    line.works()
    alert = line.dossier.notifications[0]
    assert alert.state is NotificationState.FAILED
    assert alert.reason is not None
    assert "21610" in alert.reason


def test_an_alert_of_which_nobody_says_that_it_arrived_is_shown_as_failed(line: Line) -> None:
    line.network.suffers(Faults(lost=frozenset({"message"})))
    a_report(line)
    line.works()
    assert {told.state for told in line.dossier.notifications} == {NotificationState.SENDING}
    line.time_passes(16 * 60)
    first = [each for each in line.dossier.notifications if each.kind is NotificationKind.ALERT]
    assert {told.reason for told in first} == {"nobody said that it arrived"}


def test_the_update_waits_a_little_for_the_keys_and_not_for_ever(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#")
    line.works()
    assert len(line.texts) == 1
    line.time_passes(9)
    assert len(line.texts) == 2
    assert "something" in line.texts[1].body
    call.presses("4#").presses("1").hangs_up()
    line.works()
    assert len(line.texts) == 2
