"""What a request tells, in whichever provider's words. Pure.

Ids: Twilio writes two letters and 32 digits (https://www.twilio.com/docs/glossary/what-is-a-sid),
SignalWire and Somleng UUIDs (https://signalwire.com/docs/compatibility-api/rest/recordings/retrieve-recording,
https://www.somleng.org/docs/twilio_api/), Telnyx UUIDs for recordings and for calls the id of call
control, such as v3:9X2v…-aiQ, some 57 characters
(https://developers.telnyx.com/api-reference/callbacks/texml-call-initiated).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

CALL_SID: Final = re.compile(r"[A-Za-z0-9:_-]{10,64}")
"""Ids of calls. The database has room for 64 characters."""
RECORDING_SID: Final = re.compile(r"[A-Za-z0-9-]{10,64}")
"""Ids of recordings: audio is kept under them, and `keeping.audio` takes no other characters."""

_NOT_SENT: Final = frozenset({"undelivered", "failed", "canceled"})
_NOT_SENT_BY_TELNYX: Final = frozenset({"sending_failed", "delivery_failed", "expired"})
LONGEST_CODE: Final = 32


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the request after a Record tells. `sid` is None where only its status callback says."""

    spoke: bool
    sid: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a text. `delivered` None: it is still on its way, or nobody knows."""

    delivered: bool | None
    code: str | None = None
    message_id: str | None = None
    """The provider's own, where it is told."""


def recorded(form: Mapping[str, str]) -> Recorded:
    """What the `action` of a Record tells.

    Twilio names the recording. SignalWire and Somleng give its URL alone, which ends in its id
    (https://signalwire.com/docs/compatibility-api/cxml/reference/voice/record#record_action,
    https://github.com/somleng/somleng-switch, workflows/execute_record.rb).

    >>> recorded({"RecordingUrl": "https://example.org/Recordings/19e436af-5688-4307-b03b-b.wav"})
    Recorded(spoke=True, sid='19e436af-5688-4307-b03b-b')
    """
    named, url = form.get("RecordingSid", ""), form.get("RecordingUrl", "")
    if RECORDING_SID.fullmatch(named):
        return Recorded(spoke=True, sid=named)
    path, _, last = urlsplit(url).path.rpartition("/")
    last = re.sub(r"\.(wav|mp3|json)$", "", last)
    # Only behind 'Recordings': a link to a store of files ends in a name of the store's.
    ours = path.endswith("/Recordings") and RECORDING_SID.fullmatch(last)
    return Recorded(spoke=bool(named or url), sid=last if ours else None)


def outcome(form: Mapping[str, str], document: Any) -> Outcome:
    """What a message's status callback tells, in Twilio's form or in Telnyx's JSON.

    https://www.twilio.com/docs/messaging/api/message-resource#message-status-values,
    https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks: events with one
    status a recipient, and we write to one.
    """
    if "MessageStatus" in form:
        status = form["MessageStatus"]
        delivered = True if status in ("delivered", "read") else None
        return Outcome(
            False if status in _NOT_SENT else delivered,
            form.get("ErrorCode"),
            form.get("MessageSid") or None,
        )
    try:
        payload = document["data"]["payload"]
        status = payload["to"][0]["status"]
        errors = payload.get("errors") or [{}]
        code = str(errors[0].get("code") or "")[:LONGEST_CODE] or None
        message_id = str(payload.get("id") or "") or None
    except (AttributeError, IndexError, KeyError, TypeError):
        return Outcome(None)
    delivered = True if status == "delivered" else None
    return Outcome(False if status in _NOT_SENT_BY_TELNYX else delivered, code, message_id)
