"""What the provider's forms hold, read once and for all: Twilio's names stop here.

https://www.twilio.com/docs/voice/twiml#request-parameters
"""

from __future__ import annotations

from flask import abort, request

from ivr.told import CALL_SID, RECORDING_SID

CALLS = frozenset({"CallSid", "ParentCallSid"})
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Values of CallStatus after which nothing more comes of a call."""


def sid(name: str) -> str:
    """A SID from the form. Signed requests have one; whatever else is a 400, not a row."""
    found = request.form.get(name, "")
    shape = CALL_SID if name in CALLS else RECORDING_SID
    if not shape.fullmatch(found):
        abort(400, f"{name} is missing or no SID")
    return found


def digits() -> str:
    return request.form.get("Digits", "")


def call_ended() -> bool:
    """Whether the request is the last word of a call: nobody hears what is answered."""
    return request.form.get("CallStatus") in ENDED


def seconds() -> float | None:
    try:
        return float(request.form.get("RecordingDuration", ""))
    except ValueError:
        return None
