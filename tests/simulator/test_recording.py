"""Record: what ends a recording, what is kept of it, and who is told."""

from __future__ import annotations

import pytest

from simulator import Beeped, PhoneNetwork, Sound, Spoke, WrongMoment
from tests.simulator.conftest import CALLER, Line

ALL_EVENTS = (
    'recordingStatusCallback="/kept" recordingStatusCallbackEvent="in-progress completed absent"'
)


def test_silence_ends_a_recording_and_is_trimmed_off(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", '<Record action="/said" timeout="4"/>')
    line.answers("/said", "<Hangup/>")

    call = network.caller(CALLER).dials().says(Sound.silence(1) + speech)

    (said,) = line.asked_at("/said")
    assert "Digits" not in said
    assert said["RecordingDuration"] == "3"
    assert call.seconds == pytest.approx(1 + 1 + 3 + 4, abs=0.1)
    (spoke,) = call.heard.recordings
    assert spoke.ended_by == "silence"
    assert network.recording(spoke.recording_sid).seconds == pytest.approx(3.4, abs=0.05)


def test_silence_is_kept_where_the_line_wants_it(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", '<Record action="/said" timeout="4" trim="do-not-trim"/>')
    line.answers("/said", "<Hangup/>")

    network.caller(CALLER).dials().says(speech)

    assert line.asked_at("/said")[0]["RecordingDuration"] == "7"


def test_the_recording_begins_a_second_after_the_beep(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", f"<Say>{'a' * 30}</Say><Record/>")

    call = network.caller(CALLER).dials()

    assert Beeped(2.0) in call.heard
    assert call.seconds == pytest.approx(3)
    assert call.listens_to == "voice"


def test_without_a_beep_it_begins_at_once(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Record playBeep="false"/>')

    assert network.caller(CALLER).dials().seconds == 0


def test_a_caller_who_says_nothing_leaves_no_recording(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", f'<Record action="/said" {ALL_EVENTS}/><Say>Are you there?</Say>')

    call = network.caller(CALLER).dials().waits()
    network.waits_until_quiet()

    assert "are you there" in call.heard
    assert line.asked_at("/said") == []
    assert [asked["RecordingStatus"] for asked in line.asked_at("/kept")] == [
        "in-progress",
        "absent",
    ]
    assert call.heard.recordings == ()
    assert network.recordings == ()


def test_hanging_up_while_speaking_keeps_what_was_said(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", f'<Record action="/said" {ALL_EVENTS}/>')
    line.answers("/said", "<Say>Nobody hears this.</Say><Redirect>/never</Redirect>")

    call = network.caller(CALLER).dials().hangs_up_while_saying(speech, after=2)
    network.waits_until_quiet()

    (said,) = line.asked_at("/said")
    assert said["Digits"] == "hangup"
    assert said["CallStatus"] == "completed"
    assert said["RecordingDuration"] == "2"
    assert "nobody hears" not in call.heard
    begins, *between, ends = line.paths
    assert (begins, ends) == ("/voice", "/status")
    assert sorted(between) == ["/kept", "/kept", "/said"], (
        "what is told beside the call has no order"
    )
    assert line.asked_at("/kept")[1]["RecordingStatus"] == "completed"
    assert line.asked_at("/kept")[1]["RecordingSid"] == said["RecordingSid"]


def test_hanging_up_without_a_word_leaves_no_recording(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", f'<Record action="/said" {ALL_EVENTS}/>')

    network.caller(CALLER).dials().hangs_up(after=2)
    network.waits_until_quiet()

    assert "/said" not in line.paths
    assert line.asked_at("/kept")[-1]["RecordingStatus"] == "absent"


def test_only_the_completed_event_is_told_by_default(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", '<Record action="/said" recordingStatusCallback="/kept"/>')
    line.answers("/said", '<Record action="/end" recordingStatusCallback="/kept"/>')

    network.caller(CALLER).dials().says(speech).waits()
    network.waits_until_quiet()

    (kept,) = line.asked_at("/kept")
    assert kept["RecordingStatus"] == "completed"
    assert kept["RecordingSource"] == "RecordVerb"
    assert kept["RecordingChannels"] == "1"
    assert kept["RecordingUrl"] == line.asked_at("/said")[0]["RecordingUrl"]


def test_a_recording_is_cut_at_its_greatest_length(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Record action="/said" maxLength="10"/>')
    line.answers("/said", "<Hangup/>")

    call = network.caller(CALLER).dials().says(Sound.tone(300, 30))

    assert line.asked_at("/said")[0]["RecordingDuration"] == "10"
    (spoke,) = call.heard.recordings
    assert spoke.ended_by == "length"


def test_a_long_pause_ends_the_recording_though_the_caller_speaks_on(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", '<Record action="/said" timeout="3"/>')
    line.answers("/said", "<Hangup/>")

    network.caller(CALLER).dials().says(speech + Sound.silence(4) + speech)

    assert line.asked_at("/said")[0]["RecordingDuration"] == "3"


def test_only_the_finish_keys_end_a_recording(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", '<Record action="/said" finishOnKey="#"/>')
    line.answers("/said", "<Hangup/>")

    call = network.caller(CALLER).dials().says(speech, then="5")

    assert "Digits" not in line.asked_at("/said")[0]
    (spoke,) = [event for event in call.heard if isinstance(event, Spoke)]
    assert spoke.ended_by == "silence"


def test_any_key_ends_a_recording_by_default(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", '<Record action="/said"/>')
    line.answers("/said", "<Hangup/>")

    network.caller(CALLER).dials().says(speech, then="5")

    assert line.asked_at("/said")[0]["Digits"] == "5"


def test_what_is_kept_is_what_was_said(line: Line, network: PhoneNetwork) -> None:
    said = Sound.tone(440, 1.0)
    line.answers("/voice", '<Record action="/said" trim="do-not-trim"/>')
    line.answers("/said", "<Hangup/>")

    call = network.caller(CALLER).dials().says(said, then="#")

    kept = network.recording(call.heard.recordings[0].recording_sid)
    assert (kept.samples == said.samples).all()


def test_speaking_where_nothing_records_is_a_mistake(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", "<Gather/>")

    with pytest.raises(WrongMoment, match="listens for keys"):
        network.caller(CALLER).dials().says(speech)
