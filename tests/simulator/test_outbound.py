"""The line calls people: outbound calls, dialling on from a call, whispers and refusals."""

from __future__ import annotations

import pytest

from simulator import NetworkRefused, PhoneNetwork, Rang
from tests.simulator.conftest import CALLER, HOTLINE, ORGANIZER, Line
from tests.simulator.test_api import client_of

WHISPER = '<Dial timeout="20" action="/dialled"><Number url="/whisper">+16125550110</Number></Dial>'


def place(network: PhoneNetwork, line: Line, **more: str | list[str]) -> str:
    call = client_of(network).calls.create(
        to=ORGANIZER,
        from_=HOTLINE,
        url=f"{line.url}/alert",
        status_callback=f"{line.url}/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        **more,
    )
    return str(call.sid)


def progress(line: Line) -> list[str]:
    return [asked["CallStatus"] for asked in line.asked_at("/progress")]


def test_an_organizer_answers_and_presses_to_acknowledge(line: Line, network: PhoneNetwork) -> None:
    network.phone(ORGANIZER).answers("1")
    line.answers("/alert", '<Gather numDigits="1" action="/ack"><Say>A report.</Say></Gather>')
    line.answers("/ack", "<Say>Thank you.</Say>")

    place(network, line)
    network.waits_until_quiet()

    assert progress(line) == ["queued", "ringing", "in-progress", "completed"]
    (asked,) = line.asked_at("/ack")
    assert asked["Digits"] == "1"
    assert asked["Direction"] == "outbound-api"
    assert asked["To"] == ORGANIZER
    assert all(asked.signed for asked in line.asked)


def test_nobody_answers(line: Line, network: PhoneNetwork) -> None:
    network.phone(ORGANIZER).does_not_answer()

    sid = place(network, line)
    network.waits_until_quiet()

    assert progress(line) == ["queued", "ringing", "no-answer"]
    assert client_of(network).calls(sid).fetch().status == "no-answer"
    assert line.asked_at("/alert") == []


def test_the_phone_is_busy(line: Line, network: PhoneNetwork) -> None:
    network.phone(ORGANIZER).is_busy()

    place(network, line)
    network.waits_until_quiet()

    assert progress(line)[-1] == "busy"


def test_a_machine_answers_and_presses_nothing(line: Line, network: PhoneNetwork) -> None:
    network.phone(ORGANIZER).has_a_machine_answer()
    line.answers("/alert", '<Gather numDigits="1" action="/ack"/>')

    place(network, line, machine_detection="Enable")
    network.waits_until_quiet()

    assert line.asked_at("/alert")[0]["AnsweredBy"] == "machine_start"
    assert line.asked_at("/ack") == []


def test_a_phone_in_somebodys_hand_rings_until_it_is_picked_up(
    line: Line, network: PhoneNetwork
) -> None:
    organizer = network.phone(ORGANIZER).keeps_ringing()
    line.answers("/alert", '<Gather numDigits="1" action="/ack"><Say>A report.</Say></Gather>')
    line.answers("/ack", "<Say>Thank you.</Say>")

    place(network, line)
    network.waits_until(lambda: organizer.is_ringing)
    call = organizer.picks_up().presses("1")

    assert "a report" in call.heard
    assert "thank you" in call.heard
    assert not organizer.is_ringing


def test_a_ringing_phone_can_be_refused(line: Line, network: PhoneNetwork) -> None:
    organizer = network.phone(ORGANIZER).keeps_ringing()

    place(network, line)
    network.waits_until(lambda: organizer.is_ringing)
    organizer.declines()
    network.waits_until_quiet()

    assert progress(line)[-1] == "busy"
    with pytest.raises(NetworkRefused):
        organizer.picks_up()


def test_the_line_may_end_a_call_it_placed(line: Line, network: PhoneNetwork) -> None:
    organizer = network.phone(ORGANIZER).keeps_ringing()
    line.answers("/alert", "<Gather/>")
    sid = place(network, line)
    network.waits_until(lambda: organizer.is_ringing)
    call = organizer.picks_up()

    client_of(network).calls(sid).update(status="completed")

    assert call.looks_again().is_over


def test_twiml_may_come_with_the_call_itself(network: PhoneNetwork) -> None:
    organizer = network.phone(ORGANIZER).keeps_ringing()

    client_of(network).calls.create(
        to=ORGANIZER, from_=HOTLINE, twiml="<Response><Say>A report.</Say></Response>"
    )
    network.waits_until(lambda: organizer.is_ringing)

    assert "a report" in organizer.picks_up().heard


def test_a_caller_is_connected_once_the_organizer_accepts(
    line: Line, network: PhoneNetwork
) -> None:
    network.phone(ORGANIZER).answers("1", rings=8, talks=45)
    line.answers("/voice", WHISPER)
    line.answers("/whisper", '<Gather numDigits="1" action="/accept"/><Hangup/>')
    line.answers("/accept", "<Say>Connecting.</Say>")
    line.answers("/dialled", "<Say>Goodbye.</Say>")

    call = network.caller(CALLER).dials()
    assert call.listens_to == "somebody"
    call.waits()

    (dialled,) = line.asked_at("/dialled")
    assert dialled["DialCallStatus"] == "completed"
    assert dialled["DialBridged"] == "true"
    assert int(dialled["DialCallDuration"]) >= 45
    assert line.asked_at("/accept")[0]["ParentCallSid"] == call.sid
    assert "connecting" not in call.heard
    assert "goodbye" in call.heard


def test_an_organizer_who_does_not_accept_is_not_connected(
    line: Line, network: PhoneNetwork
) -> None:
    network.phone(ORGANIZER).answers()
    line.answers("/voice", WHISPER)
    line.answers("/whisper", '<Gather numDigits="1" action="/accept"/><Hangup/>')
    line.answers("/dialled", "<Say>Nobody is free.</Say>")

    call = network.caller(CALLER).dials()

    assert line.asked_at("/dialled")[0]["DialBridged"] == "false"
    assert "nobody is free" in call.heard


def test_a_dialled_phone_that_rings_out_is_no_answer(line: Line, network: PhoneNetwork) -> None:
    network.phone(ORGANIZER).does_not_answer()
    line.answers("/voice", WHISPER)
    line.answers("/dialled", "<Say>Nobody is free.</Say>")

    call = network.caller(CALLER).dials()

    assert line.asked_at("/dialled")[0]["DialCallStatus"] == "no-answer"
    assert Rang(20.0, ORGANIZER, "no-answer", 20.0) in call.heard
    assert line.asked_at("/whisper") == []


def test_without_an_action_the_call_goes_on_after_the_dial(
    line: Line, network: PhoneNetwork
) -> None:
    network.phone(ORGANIZER).is_busy()
    line.answers("/voice", "<Dial>+16125550110</Dial><Say>Please call again.</Say>")

    assert "please call again" in network.caller(CALLER).dials().heard


def test_a_caller_who_hangs_up_ends_the_connection(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Dial action="/dialled">+16125550110</Dial>')

    network.caller(CALLER).dials().hangs_up(after=12)
    network.waits_until_quiet()

    (dialled,) = line.asked_at("/dialled")
    assert dialled["DialCallStatus"] == "completed"
    assert dialled["CallStatus"] == "completed"
    assert {call.status for call in network.calls} == {"completed"}
