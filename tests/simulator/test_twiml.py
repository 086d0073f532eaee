"""What Twilio would run is read with Twilio's defaults; what it would not is an error."""

from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from simulator import TwimlError, read_twiml
from twiml.reading import Dial as ReadDial
from twiml.reading import Gather as ReadGather
from twiml.reading import Hangup, Number, Pause, Play, Record, Redirect, Reject, Say

PAGE = "https://line.example/voice/menu?step=2"


def test_a_gather_without_attributes_has_twilios_defaults() -> None:
    (gather,) = read_twiml("<Response><Gather/></Response>", PAGE)

    assert gather == ReadGather(
        action=PAGE,
        method="POST",
        timeout=5,
        finish_on_key="#",
        num_digits=None,
        action_on_empty_result=False,
        prompts=(),
    )


def test_a_record_without_attributes_has_twilios_defaults() -> None:
    (record,) = read_twiml("<Response><Record/></Response>", PAGE)

    assert record == Record(
        action=PAGE,
        method="POST",
        timeout=5,
        finish_on_key=frozenset("1234567890*#"),
        max_length=3600,
        play_beep=True,
        trim=True,
        status_callback=None,
        status_method="POST",
        status_events=frozenset({"completed"}),
    )


def test_relative_urls_resolve_against_the_document() -> None:
    verbs = read_twiml(
        "<Response><Play>beep.wav</Play><Redirect>../end</Redirect></Response>", PAGE
    )

    assert verbs == (
        Play("https://line.example/voice/beep.wav", "", 1),
        Redirect("https://line.example/end", "POST"),
    )


def test_what_the_sdk_writes_is_read_back() -> None:
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=8, action="/digit", action_on_empty_result=True)
    gather.say("Marque uno", language="es-MX", voice="Polly.Mia", loop=2)
    gather.pause(length=2)
    response.append(gather)
    dial = Dial(timeout=20, action="/dialled")
    dial.number("+16125550110", url="/whisper")
    response.append(dial)
    response.hangup()

    read_gather, read_dial, hangup = read_twiml(str(response), PAGE)

    assert isinstance(read_gather, ReadGather)
    assert read_gather.prompts == (Say("Marque uno", "es-MX", "Polly.Mia", 2), Pause(2))
    assert read_gather.action_on_empty_result
    assert isinstance(read_dial, ReadDial)
    assert read_dial.timeout == 20
    assert read_dial.numbers == (
        Number(
            number="+16125550110",
            url="https://line.example/whisper",
            method="POST",
            status_callback=None,
            status_method="POST",
            status_events=frozenset({"completed"}),
        ),
    )
    assert hangup == Hangup()


def test_a_voice_of_one_language_speaks_it() -> None:
    (say,) = read_twiml('<Response><Say voice="Google.vi-VN-Standard-A">Xin</Say></Response>', PAGE)

    assert isinstance(say, Say)
    assert say.language == "vi-VN"


def test_speech_marks_inside_a_say_are_read_as_their_words() -> None:
    (say,) = read_twiml(
        '<Response><Say>One <break time="1s"/><emphasis level="strong">two</emphasis></Say>'
        "</Response>",
        PAGE,
    )

    assert isinstance(say, Say)
    assert say.text == "One two"


def test_a_bare_number_is_dialled_as_an_american_one() -> None:
    (dial,) = read_twiml("<Response><Dial>612-555-0110</Dial></Response>", PAGE)

    assert isinstance(dial, ReadDial)
    assert [number.number for number in dial.numbers] == ["+16125550110"]


def test_a_call_may_be_rejected_as_busy() -> None:
    assert read_twiml('<Response><Reject reason="busy"/></Response>', PAGE) == (Reject("busy"),)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<Speak>Hello</Speak>", "<Speak> may not stand here"),
        ("<say>Hello</say>", "<say> may not stand here"),
        ('<Say lang="es-MX">Hola</Say>', "no attribute 'lang'"),
        ('<Gather numdigits="1"/>', "no attribute 'numdigits'"),
        ("<Gather><Record/></Gather>", "<Record> may not stand here"),
        ("<Record>Speak now</Record>", "stray text in <Record>"),
        ("Hello", "stray text"),
        ("<Gather>Press 1</Gather>", "stray text in <Gather>"),
        ("<Say/>", "nothing to say"),
        (f"<Say>{'a' * 4097}</Say>", "more than one <Say> may hold"),
        ('<Say language="so-SO">Waad mahadsan tahay</Say>', "no voice of Twilio's speaks"),
        ('<Say voice="Siri">Hello</Say>', "none of Twilio's"),
        ('<Say language="es-MX" voice="Google.en-US-Neural2-A">Hola</Say>', "does not speak"),
        ('<Say loop="-1">Hello</Say>', "not a whole number"),
        ("<Play/>", "either a URL or digits"),
        ("<Play>ftp://line.example/a.wav</Play>", "http or https"),
        ('<Gather numDigits="0"/>', "numDigits='0'"),
        ('<Gather numDigits="one"/>', "numDigits='one'"),
        ('<Gather timeout="2.5"/>', "timeout='2.5'"),
        ('<Gather method="PUT"/>', "method='PUT'"),
        ('<Gather finishOnKey="x"/>', "no telephone key"),
        ('<Gather actionOnEmptyResult="yes"/>', "actionOnEmptyResult='yes'"),
        ('<Gather action="not a url"/>', "is not a URL"),
        ('<Gather action=""/>', "is not a URL"),
        ('<Gather input="speech"/>', "keys, not speech"),
        ('<Record maxLength="1"/>', "maxLength='1'"),
        ('<Record maxLength="14401"/>', "more than 14400"),
        ('<Record trim="true"/>', "trim='true'"),
        ('<Record recordingStatusCallbackEvent="done"/>', "absent, completed, in-progress"),
        ('<Record transcribe="true"/>', "does not transcribe"),
        ("<Redirect/>", "is not a URL"),
        ('<Hangup reason="busy"/>', "no attribute 'reason'"),
        ("<Say>Hello</Say><Reject/>", "comes first"),
        ('<Reject reason="later"/>', "reason='later'"),
        ("<Dial/>", "one number or up to ten"),
        ("<Dial>call me</Dial>", "not a telephone number"),
        ("<Dial><Client>joey</Client></Dial>", "does not dial a <Client>"),
        ('<Dial record="record-from-answer">+16125550110</Dial>', "does not heed 'record'"),
        ("<Enqueue>support</Enqueue>", "does not run <Enqueue>"),
    ],
)
def test_what_twilio_would_not_run_as_written_is_an_error(body: str, complaint: str) -> None:
    with pytest.raises(TwimlError, match=r"in ") as error:
        read_twiml(f"<Response>{body}</Response>", PAGE)

    assert complaint in error.value.what
    assert PAGE in error.value.where
    assert error.value.code == 12200


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<Response>",
        "<html/>",
        '<!DOCTYPE r [<!ENTITY e "x">]><Response><Say>&e;</Say></Response>',
    ],
)
def test_what_is_no_twiml_at_all_is_error_12100(document: str) -> None:
    with pytest.raises(TwimlError, match=r"in ") as error:
        read_twiml(document, PAGE)

    assert error.value.code == 12100
