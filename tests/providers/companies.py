"""The telephone companies beside Twilio, as their documentation describes them, and what each signs
with: keys made here."""

from __future__ import annotations

import base64
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from urllib.parse import urlencode
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from twilio.request_validator import RequestValidator

from simulator import Company

PROJECT = "720796a0-8ee9-4350-83bd-2d07a3121f1e"
"""SignalWire's id of an account in its own examples; a UUID like all of these companies'."""
SIGNING_KEY = "PSK_made-for-these-tests"
API_TOKEN = "PT_an-api-token-that-signs-nothing"


def uuid_sid(prefix: str) -> str:
    del prefix
    return str(uuid4())


def call_control_sid(prefix: str) -> str:
    """Telnyx's: v3, a colon and 54 characters for a call, a UUID for all else."""
    return f"v3:{token_urlsafe(40)}"[:57] if prefix == "CA" else str(uuid4())


def signed_by_signalwire(
    url: str, form: Mapping[str, str], body: bytes = b"", key: str = SIGNING_KEY
) -> dict[str, str]:
    """https://signalwire.com/docs/compatibility-api/guides/webhook-security"""
    del body
    return {"X-SignalWire-Signature": RequestValidator(key).compute_signature(url, form)}


@dataclass(frozen=True)
class TelnyxKey:
    """A pair like the one of which Telnyx keeps the private half."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> str:
        """As the portal shows it."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    def headers(self, body: bytes, at: float | None = None) -> dict[str, str]:
        """https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks"""
        stamp = str(int(time.time() if at is None else at))
        signature = self.private.sign(stamp.encode() + b"|" + body)
        return {
            "telnyx-timestamp": stamp,
            "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
        }

    def signs(self, url: str, form: Mapping[str, str], body: bytes) -> dict[str, str]:
        del url, form
        return self.headers(body)


TEXML: Mapping[str, Mapping[str, str]] = {
    "Response": {},
    "Say": {"voice": r"(Polly\..+|alice)", "language": r".+", "loop": r"\d+"},
    "Play": {"loop": r"\d+"},
    "Pause": {"length": r"\d+"},
    "Redirect": {"method": r"GET|POST"},
    "Hangup": {},
    "Gather": {
        "action": r"https?://.+",
        "finishOnKey": r"[0-9*#]*",
        "input": r"dtmf",
        "numDigits": r"\d+",
        "timeout": r"\d+",
    },
    "Record": {
        "action": r"https?://.+",
        "channels": r"single",
        "finishOnKey": r"[0-9*#]+",
        "format": r"wav",
        "maxLength": r"\d+",
        "method": r"GET|POST",
        "playBeep": r"true|false",
        "recordingStatusCallback": r"https?://.+",
        "recordingStatusCallbackEvent": r"(in-progress|completed)( (in-progress|completed))?",
        "recordingStatusCallbackMethod": r"GET|POST",
    },
}
"""Of https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs what our line may
use: verb -> attribute -> values. `timeout` of Record is not: it has the caller transcribed."""


def texml_understood(document: bytes) -> bytes:
    """TeXML -> TwiML, for the simulator knows no `channels` and `format`.

    Raises AssertionError for what does not stand in Telnyx's pages.
    """
    root = ET.fromstring(document)
    for verb in root.iter():
        known = TEXML[verb.tag]
        for name, value in verb.attrib.items():
            assert re.fullmatch(known[name], value), (verb.tag, name, value)
    for record in root.iter("Record"):
        del record.attrib["channels"], record.attrib["format"]
        # The simulator hears silence without being told to; Telnyx records on.
        record.set("timeout", record.attrib["maxLength"])
    return ET.tostring(root)


def cxml_understood(document: bytes) -> bytes:
    """cXML -> TwiML: Google's voices have another name there
    (https://signalwire.com/docs/compatibility-api/cxml/reference/voice/say)."""
    assert b'"Google.' not in document
    return document.replace(b'voice="gcloud.', b'voice="Google.')


def signalwire() -> Company:
    return Company(
        new_sid=uuid_sid,
        sign=signed_by_signalwire,
        names_recordings=False,
        understands=cxml_understood,
    )


def somleng() -> Company:
    """Its signatures are Twilio's, with the account's token."""
    return Company(new_sid=uuid_sid, names_recordings=False, erases=False)


def telnyx(key: TelnyxKey) -> Company:
    return Company(new_sid=call_control_sid, sign=key.signs, understands=texml_understood)


# Requests as the documentation has them, their numbers replaced by fictional ones.

SIGNALWIRE_CALL = {
    "AccountSid": PROJECT,
    "ApiVersion": "2010-04-01",
    "CallSid": "43bb71ee-553f-4074-bb20-8e2747647cce",
    "CallStatus": "ringing",
    "Direction": "inbound",
    "From": "+16125550142",
    "To": "+16125550100",
}
"""https://signalwire.com/docs/compatibility-api/cxml/reference/voice#request-parameters"""

SOMLENG_CALL = {
    "Caller": "+16125550142",
    "Called": "+16125550100",
    "From": "+16125550142",
    "To": "+16125550100",
    "CallSid": "9ba13b9f-b2be-462c-b53f-036fb6f22d11",
    "Direction": "inbound",
    "AccountSid": PROJECT,
    "ApiVersion": "2010-04-01",
    "CallStatus": "ringing",
}
"""https://github.com/somleng/somleng-switch, app/call_controllers/call_controller.rb"""

TELNYX_CALL = {
    "AccountSid": "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
    "CallInitiatedAt": "2024-01-15T10:30:26.028Z",
    "CallSid": "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ",
    "CallSidLegacy": "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ",
    "CallStatus": "ringing",
    "CallbackSource": "call-progress-events",
    "ConnectionId": "1234567890",
    "From": "+16125550142",
    "SequenceNumber": "0",
    "Timestamp": "2024-01-15T10:30:00Z",
    "To": "+16125550100",
}
"""https://developers.telnyx.com/api-reference/callbacks/texml-call-ringing"""

TELNYX_RECORDING = {
    "AccountSid": "cb6cfbbc-eb00-41af-a3f3-0d7b32009e4b",
    "CallSid": "v2:qiaymU9Ij90xJRRkYGWHOIx_41EVJPrzlny2zC67hwL1wVIUnnMrqQ",
    "CallSidLegacy": "v2:qiaymU9Ij90xJRRkYGWHOIx_41EVJPrzlny2zC67hwL1wVIUnnMrqQ",
    "ConnectionId": "1234567890",
    "RecordingChannels": "1",
    "RecordingDuration": "5",
    "RecordingSid": "35094891-3290-4142-b2c2-b2eda57534cf",
    "RecordingSource": "DialVerb",
    "RecordingStatus": "completed",
    "RecordingUrl": "https://recording.com/your-recording-url",
}
"""https://developers.telnyx.com/api-reference/callbacks/texml-recording-completed"""


TELNYX_TEXT = "ac012cbf-5e09-46af-a69a-7c0e2d90993c"


def telnyx_delivery(status: str, code: str | None = None) -> dict[str, object]:
    """https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks"""
    return {
        "data": {
            "event_type": "message.finalized",
            "id": "4ee8c3a6-4995-4309-a3c6-38e3db9ea4be",
            "occurred_at": "2019-12-09T21:32:14.148+00:00",
            "payload": {
                "errors": [] if code is None else [{"code": code, "title": "Not routable"}],
                "id": TELNYX_TEXT,
                "to": [{"phone_number": "+16125550110", "status": status}],
                "type": "SMS",
            },
            "record_type": "event",
        }
    }


def form(params: Mapping[str, str]) -> bytes:
    return urlencode(params).encode()
