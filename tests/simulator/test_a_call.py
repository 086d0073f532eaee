"""A caller dials the line, hears it, presses keys, speaks and hangs up."""

from __future__ import annotations

from simulator import PhoneNetwork, Sound
from tests.simulator.conftest import CALLER, HOTLINE, Line


def test_a_caller_hears_the_greeting_and_reports_what_they_see(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    line.answers("/voice", '<Gather numDigits="1" action="/menu"><Say>Press 2.</Say></Gather>')
    line.answers(
        "/menu",
        '<Say language="es-MX">Diga.</Say><Record action="/said" recordingStatusCallback="/kept"/>',
    )
    line.answers("/said", "<Say>Thank you.</Say><Hangup/>")

    call = network.caller(CALLER).dials().presses("2").says(speech, then="#")

    assert "thank you" in call.heard
    assert call.status == "completed"
    network.waits_until_quiet()
    assert line.paths == ["/voice", "/menu", "/said", "/kept", "/status"]
    assert all(asked.signed for asked in line.asked)
    first = line.asked_at("/voice")[0]
    assert first["From"] == CALLER
    assert first["To"] == HOTLINE
    assert first["CallStatus"] == "ringing"
    assert line.asked_at("/menu")[0]["Digits"] == "2"
    assert line.asked_at("/said")[0]["Digits"] == "#"
    assert line.asked_at("/said")[0]["RecordingDuration"] == "3"
    assert line.asked_at("/kept")[0]["RecordingStatus"] == "completed"
    assert line.asked_at("/status")[0]["CallStatus"] == "completed"
    assert int(line.asked_at("/status")[0]["CallDuration"]) == -int(-call.seconds // 1)
