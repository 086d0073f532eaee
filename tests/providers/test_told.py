"""What requests tell, in each provider's words."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.told import CALL_SID, RECORDING_SID, Outcome, Recorded, outcome, recorded
from tests.providers.companies import (
    PROJECT,
    SIGNALWIRE_CALL,
    SOMLENG_CALL,
    TELNYX_CALL,
    TELNYX_RECORDING,
    TELNYX_TEXT,
    telnyx_delivery,
)

TWILIO_SID = "CA" + "0123456789abcdef" * 2
UUID = "19e436af-5688-4307-b03b-bdb2b42b8142"


@pytest.mark.parametrize(
    "sid",
    [
        TWILIO_SID,
        SIGNALWIRE_CALL["CallSid"],
        SOMLENG_CALL["CallSid"],
        TELNYX_CALL["CallSid"],
        TELNYX_RECORDING["CallSid"],
    ],
)
def test_every_providers_id_of_a_call_is_one(sid: str) -> None:
    assert CALL_SID.fullmatch(sid)


@pytest.mark.parametrize("sid", ["", "CA1", "../../etc/passwd", "CA 0123456789", "v3:" + "a" * 62])
def test_what_is_no_id_of_a_call_is_none(sid: str) -> None:
    assert not CALL_SID.fullmatch(sid)


@pytest.mark.parametrize("sid", ["v3:0123456789abcdef", "RE_0123456789abcdef", "a" * 65, "a/b" * 5])
def test_audio_is_kept_under_no_such_id(sid: str) -> None:
    assert not RECORDING_SID.fullmatch(sid)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"RecordingSid": "RE" + "0" * 32, "RecordingUrl": "x"}, Recorded(True, "RE" + "0" * 32)),
        ({}, Recorded(False, None)),
        ({"RecordingSid": "", "RecordingUrl": ""}, Recorded(False, None)),
        # SignalWire
        (
            {
                "RecordingUrl": "https://example.signalwire.com/api/laml/2010-04-01/Accounts/"
                f"{PROJECT}/Recordings/{UUID}.wav",
                "RecordingDuration": "4",
            },
            Recorded(True, UUID),
        ),
        # Somleng
        (
            {
                "RecordingUrl": f"https://api.somleng.org/2010-04-01/Accounts/{PROJECT}/Calls/"
                f"{UUID}/Recordings/{UUID}",
            },
            Recorded(True, UUID),
        ),
        # A store's link tells that something was said, and not the id under which to ask for it.
        (
            {"RecordingUrl": f"https://s3.example.org/bucket/{UUID}.wav?X-Amz-Expires=600"},
            Recorded(True, None),
        ),
        ({"RecordingUrl": "https://example.org/Recordings/..%2f..%2fsecret"}, Recorded(True, None)),
        ({"RecordingSid": "no id"}, Recorded(True, None)),
    ],
)
def test_what_is_told_after_a_recording(form: dict[str, str], told: Recorded) -> None:
    assert recorded(form) == told


@pytest.mark.parametrize(
    ("form", "document", "told"),
    [
        ({"MessageStatus": "delivered"}, None, Outcome(True)),
        (
            {"MessageStatus": "delivered", "MessageSid": "SM" + "0" * 32},
            None,
            Outcome(True, message_id="SM" + "0" * 32),
        ),
        ({"MessageStatus": "sent"}, None, Outcome(None)),
        (
            {"MessageStatus": "undelivered", "ErrorCode": "30003"},
            None,
            Outcome(False, "30003"),
        ),
        ({}, telnyx_delivery("delivered"), Outcome(True, None, TELNYX_TEXT)),
        ({}, telnyx_delivery("sent"), Outcome(None, None, TELNYX_TEXT)),
        ({}, telnyx_delivery("delivery_unconfirmed"), Outcome(None, None, TELNYX_TEXT)),
        ({}, telnyx_delivery("delivery_failed", "40001"), Outcome(False, "40001", TELNYX_TEXT)),
        ({}, telnyx_delivery("sending_failed"), Outcome(False, None, TELNYX_TEXT)),
        ({}, None, Outcome(None)),
        ({}, {"data": "nonsense"}, Outcome(None)),
        ({}, {"data": {"payload": {"to": []}}}, Outcome(None)),
        ({}, ["a", "list"], Outcome(None)),
    ],
)
def test_what_is_told_of_a_text(form: dict[str, str], document: Any, told: Outcome) -> None:
    assert outcome(form, document) == told
