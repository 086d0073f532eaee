"""Nobody but the provider may speak to the webhooks: the X-Twilio-Signature guard.

https://www.twilio.com/docs/usage/security#validating-requests. The signature is over the URL as the
provider called it, so it is built from PUBLIC_URL and what the request line says, never from the
Host header, which the other side writes.
"""

from __future__ import annotations

from flask import Request
from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"


class SignatureGuard:
    """Tells the provider's requests from everybody else's."""

    def __init__(self, public_url: str, auth_token: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._validator = RequestValidator(auth_token)

    def admits(self, request: Request) -> bool:
        """Whether the request is signed as the provider signs: over the form's parameters, every
        repetition of them included, or over the SHA-256 of any other body."""
        signature = request.headers.get(HEADER)
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
