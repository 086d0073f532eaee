"""Nobody but the provider may speak to the webhooks: signatures over URL and form.

Twilio's (https://www.twilio.com/docs/usage/security#validating-requests), and the same under other
names. SignalWire's compatibility API signs like that with the project's *signing key*, which is not
its API token, and sends X-SignalWire-Signature
(https://signalwire.com/docs/compatibility-api/guides/webhook-security). Somleng sends Twilio's own
header, with the account's auth token
(https://github.com/somleng/somleng-switch, components/app/app/models/twiml_endpoint.rb).

The signature is over the URL as the provider called it, so it is built from PUBLIC_URL and what the
request line says, never from the Host header, which the other side writes.
"""

from __future__ import annotations

from typing import Protocol

from flask import Request
from twilio.request_validator import RequestValidator

TWILIO_HEADER = "X-Twilio-Signature"
SIGNALWIRE_HEADER = "X-SignalWire-Signature"


class Guard(Protocol):
    """Tells the provider's requests from everybody else's."""

    def admits(self, request: Request) -> bool:
        """Whether the request is signed as the provider signs."""


class SignatureGuard:
    """A `Guard` for who signs as Twilio does, in whichever header."""

    def __init__(self, public_url: str, key: str, header: str = TWILIO_HEADER) -> None:
        self._public_url = public_url.rstrip("/")
        self._validator = RequestValidator(key)
        self._header = header

    def admits(self, request: Request) -> bool:
        """Whether the request is signed as the provider signs: over the form's parameters, every
        repetition of them included, or over the SHA-256 of any other body."""
        signature = request.headers.get(self._header)
        if not signature:
            return False
        url = self._public_url + _request_target(request)
        if request.mimetype == "application/x-www-form-urlencoded":
            return bool(self._validator.validate(url, request.form, signature))
        body = request.get_data(as_text=True)
        if body:
            # A body that is no form is signed by its hash in the URL; one without is nobody's.
            return "bodySHA256" in request.args and bool(
                self._validator.validate(url, body, signature)
            )
        return bool(self._validator.validate(url, {}, signature))


def _request_target(request: Request) -> str:
    """Path and query just as they were asked, escapes and all."""
    target: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    if not target.startswith("/"):
        # A request line in absolute form: its host is the other side's word and does not count.
        target = request.full_path if request.query_string else request.path
    return target
