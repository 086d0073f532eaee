"""Nobody but the provider may speak to the webhooks: signatures over a time and the body.

Telnyx sends two headers with each request, of TeXML and of messages alike: `telnyx-timestamp`, Unix
seconds, and `telnyx-signature-ed25519`, base64 of the Ed25519 signature over `timestamp|body` by a
key of its own, whose public half stands in the account's portal
(https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks,
https://developers.telnyx.com/api-reference/callbacks/texml-call-initiated).

The URL is not signed. Who could read a request of the provider's could send it to another of our
addresses until its time is up; that takes breaking TLS.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:  # the settings come this way too, and are read by who serves no page
    from flask import Request

SIGNATURE_HEADER = "telnyx-signature-ed25519"
TIME_HEADER = "telnyx-timestamp"
TOLERANCE = timedelta(minutes=5)
"""How far the request's time and ours may be apart: room for a clock that is somewhat off."""


class NoPublicKey(ValueError):
    """It is not the base64 of an Ed25519 public key."""


def read_public_key(text: str) -> Ed25519PublicKey:
    """The key as Telnyx's portal shows it: base64 of its 32 bytes.

    Raises:
        NoPublicKey.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise NoPublicKey("base64 of an Ed25519 public key, 44 characters") from error


class StampedGuard:
    """A `Guard` for who signs time and body. What was signed too long ago is a replay."""

    def __init__(self, public_key: str, clock: Callable[[], datetime]) -> None:
        """Raises:
        NoPublicKey.
        """
        self._key = read_public_key(public_key)
        self._clock = clock

    def admits(self, request: Request) -> bool:
        """Whether the request is signed, and just now."""
        stamp = request.headers.get(TIME_HEADER, "")
        # Ten digits until the year 2286; what is longer would overflow below.
        if not re.fullmatch(r"[0-9]{1,10}", stamp):
            return False
        if abs(self._clock() - datetime.fromtimestamp(int(stamp), UTC)) > TOLERANCE:
            return False
        try:
            signature = base64.b64decode(request.headers.get(SIGNATURE_HEADER, ""), validate=True)
            # Read before anybody parses the form; Flask keeps the bytes for that.
            self._key.verify(signature, stamp.encode() + b"|" + request.get_data())
        except (binascii.Error, InvalidSignature, ValueError):
            return False
        return True
