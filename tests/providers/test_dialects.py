"""What each provider is told of the documents that callers hear: nothing that its pages do not
have, and nothing less than the caller needs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import get_args

import pytest

from config import ACCOUNTS, APIS
from ivr.dialects import DIALECTS, SIGNALWIRE, SOMLENG, TELNYX, TWILIO, Company, Dialect
from preflight import PARTICULARS

BASE = "https://line.example.org"
OTHERS = [SIGNALWIRE, TELNYX, SOMLENG]


def response(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'


# As `ivr.twiml` writes them for Twilio.
ASKED = response(
    '<Gather action="/voice/answer/when/1" actionOnEmptyResult="true" finishOnKey="#" input="dtmf"'
    ' method="POST" numDigits="1" timeout="4">'
    '<Say language="en-US" voice="Polly.Joanna">Is it happening now?</Say></Gather>'
)
RECORDED = response(
    '<Say language="es-MX" voice="Polly.Mia">¿Dónde?</Say>'
    '<Record action="/voice/recorded/where/1" finishOnKey="#" maxLength="60" method="POST"'
    ' playBeep="true" recordingStatusCallback="/voice/recording-status/where/1"'
    ' recordingStatusCallbackEvent="completed absent" recordingStatusCallbackMethod="POST"'
    ' timeout="5" trim="do-not-trim" />'
    '<Redirect method="POST">/voice/recorded/where/1</Redirect>'
)
FINISHED = response('<Say language="en-US" voice="Polly.Joanna">Goodbye.</Say><Hangup />')
EVERY = [ASKED, RECORDED, FINISHED]


def read(dialect: Dialect, text: str) -> ET.Element:
    return ET.fromstring(dialect.rewritten(text, BASE))


def only(parent: ET.Element, tag: str) -> ET.Element:
    (found,) = parent.iter(tag)
    return found


def test_twilio_is_told_what_was_written_to_the_letter() -> None:
    for text in EVERY:
        assert TWILIO.rewritten(text, BASE) == text
        assert TWILIO.left_out(text) == ()


@pytest.mark.parametrize("dialect", OTHERS, ids=lambda each: each.company)
def test_everything_that_is_said_is_said_in_every_dialect(dialect: Dialect) -> None:
    for text in EVERY:
        before = [say.text for say in ET.fromstring(text).iter("Say")]
        assert [say.text for say in read(dialect, text).iter("Say")] == before


@pytest.mark.parametrize("dialect", OTHERS, ids=lambda each: each.company)
def test_every_address_is_whole(dialect: Dialect) -> None:
    for text in EVERY:
        for verb in read(dialect, text).iter():
            for name in ("action", "recordingStatusCallback"):
                assert verb.get(name, BASE).startswith(BASE)
            if verb.tag == "Redirect":
                assert (verb.text or "").startswith(f"{BASE}/voice/")


def test_what_is_left_out_can_be_said() -> None:
    assert SIGNALWIRE.left_out(RECORDED) == ()
    assert TELNYX.left_out(RECORDED) == ("Record timeout", "Record trim")
    assert SOMLENG.left_out(RECORDED) == (
        "Record recordingStatusCallbackEvent",
        "Record trim",
    )
    assert TELNYX.left_out(ASKED) == ("Gather actionOnEmptyResult", "Gather method")
    pausing = response("<Gather action='/a'><Say>One</Say><Pause/></Gather><Pause/>")
    assert SIGNALWIRE.left_out(pausing) == ()
    assert TELNYX.left_out(pausing) == ("Pause in Gather",)
    assert SOMLENG.left_out(pausing) == ("Pause in Gather", "Pause")


# --- Recordings -----------------------------------------------------------------------------------


def test_telnyx_does_not_listen_in_to_hear_the_caller_fall_silent() -> None:
    record = only(read(TELNYX, RECORDED), "Record")
    assert "timeout" not in record.attrib
    assert "transcription" not in record.attrib
    assert record.get("finishOnKey") == "#"
    assert int(record.get("maxLength", "0")) > 0, "and still comes to an end"


def test_telnyx_records_the_caller_alone_and_uncut() -> None:
    record = only(read(TELNYX, RECORDED), "Record")
    assert record.get("channels") == "single"
    assert record.get("format") == "wav"
    assert "trim" not in record.attrib, "do-not-trim is no word of Telnyx's, but what it does"
    assert record.get("recordingStatusCallbackEvent") == "completed"


def test_signalwire_must_be_told_not_to_cut_silence_off() -> None:
    record = only(read(SIGNALWIRE, RECORDED), "Record")
    assert record.get("trim") == "do-not-trim"
    assert record.get("recordingStatusCallbackEvent") == "completed absent"


def test_somleng_is_told_where_a_recording_is_announced() -> None:
    record = only(read(SOMLENG, RECORDED), "Record")
    assert record.get("recordingStatusCallback", "").startswith(f"{BASE}/voice/recording-status/")
    assert "trim" not in record.attrib


# --- Keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", [SIGNALWIRE, SOMLENG], ids=lambda each: each.company)
def test_who_presses_nothing_is_asked_for_at_the_action(dialect: Dialect) -> None:
    told = read(dialect, ASKED)
    assert only(told, "Gather").get("actionOnEmptyResult") == "true"
    assert [verb.tag for verb in told] == ["Gather"]


def test_who_presses_nothing_is_not_hung_up_on_by_telnyx() -> None:
    told = read(TELNYX, ASKED)
    gather, redirect = told
    assert (gather.tag, redirect.tag) == ("Gather", "Redirect")
    assert redirect.text == gather.get("action")
    assert redirect.get("method") == "POST"
    assert "actionOnEmptyResult" not in gather.attrib


def test_telnyx_goes_on_after_each_of_several_menus() -> None:
    asked = "<Gather action='/{}' actionOnEmptyResult='true'/>"
    told = read(TELNYX, response(f"{asked.format('a')}<Say>Or</Say>{asked.format('b')}"))
    assert [verb.tag for verb in told] == ["Gather", "Redirect", "Say", "Gather", "Redirect"]
    assert [verb.text for verb in told.iter("Redirect")] == [f"{BASE}/a", f"{BASE}/b"]


def test_who_need_not_press_anything_is_let_go_by_telnyx() -> None:
    last = "<Gather action='/voice/finished/1' actionOnEmptyResult='false'/><Hangup/>"
    assert [verb.tag for verb in read(TELNYX, response(last))] == ["Gather", "Hangup"]


def test_where_who_is_rung_is_asked_is_found_by_signalwire() -> None:
    ringing = (
        "<Dial action='/voice/rung/when/1' callerId='+16125550100' timeout='25'>"
        "<Number url='/voice/whisper/es'>+16125550110</Number></Dial>"
    )
    told = read(SIGNALWIRE, response(ringing))
    assert only(told, "Dial").get("action") == f"{BASE}/voice/rung/when/1"
    assert only(told, "Number").get("url") == f"{BASE}/voice/whisper/es"
    assert only(told, "Number").text == "+16125550110"


def test_a_pause_that_would_end_the_call_is_none() -> None:
    told = read(SOMLENG, response("<Say>One</Say><Pause length='1'/><Say>Two</Say>"))
    assert [say.text for say in told] == ["One", "Two"]
    told = read(
        TELNYX, response("<Gather action='/a'><Say>One</Say><Pause/><Say>Two</Say></Gather>")
    )
    assert [say.text for say in only(told, "Gather")] == ["One", "Two"]


# --- Voices and recorded prompts ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        (SIGNALWIRE, "Polly.Mia", "Polly.Mia"),
        (SIGNALWIRE, "Google.es-US-Standard-A", "gcloud.es-US-Standard-A"),
        (TELNYX, "Polly.Mia-Neural", "Polly.Mia-Neural"),
        (TELNYX, "Google.es-US-Standard-A", "alice"),
        (SOMLENG, "Polly.Mia", "Polly.Mia"),
        (SOMLENG, "Google.es-US-Standard-A", None),
    ],
)
def test_a_voice_that_is_not_there_makes_room_for_one_of_the_language(
    dialect: Dialect, written: str, said: str | None
) -> None:
    say = only(
        read(dialect, response(f'<Say voice="{written}" language="es-MX">Hola</Say>')), "Say"
    )
    assert say.get("voice") == said
    assert say.get("language") == "es-MX"


@pytest.mark.parametrize("dialect", OTHERS, ids=lambda each: each.company)
def test_recorded_prompts_are_found(dialect: Dialect) -> None:
    told = read(dialect, response("<Gather action='/a'><Play>/prompts/hmn/1.wav</Play></Gather>"))
    assert only(told, "Play").text == f"{BASE}/prompts/hmn/1.wav"
    told = read(dialect, response("<Play>https://media.example.org/1.wav</Play>"))
    assert only(told, "Play").text == "https://media.example.org/1.wav"


@pytest.mark.parametrize("dialect", OTHERS, ids=lambda each: each.company)
def test_words_are_not_mistaken_for_markup(dialect: Dialect) -> None:
    told = read(dialect, response("<Say>¿Lake &amp; Bloomington? &lt;4&gt;</Say>"))
    assert only(told, "Say").text == "¿Lake & Bloomington? <4>"


def test_every_provider_that_can_be_set_has_a_dialect() -> None:
    known = set(get_args(Company))
    assert {name: each.company for name, each in DIALECTS.items()} == {name: name for name in known}
    assert known == ACCOUNTS.keys() == PARTICULARS.keys()
    # SignalWire's is another for every Space.
    assert known == APIS.keys() | {"signalwire"}
