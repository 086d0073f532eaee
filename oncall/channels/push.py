"""Notifications in an organizer's browser, also while no page of ours is open (Web Push, RFC 8030).

The address is the subscription that the browser gave, as JSON. What is sent is sealed for that
browser (RFC 8291), so that the service in between carries it unread, and signed with the line's own
key (VAPID, RFC 8292), which follows from its secret: there is nothing more to set up.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException, b64urlencode
from pywebpush import WebPushException, webpush

from reports.people import read_subscription
from reports.ports import ChannelRefused, ChannelUnavailable, SentMessage

KEEP_SECONDS: Final = 600
"""For so long the service keeps it for a browser that is off: older is old news."""
ANSWER_SECONDS: Final = 8.0
SERVICES: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""Of the common browsers, with all that stands below them: an address is typed by a browser, but a
person could type one too, and our own network is nobody's to knock at."""
ORDER: Final = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
"""Of the curve P-256 (SEC 2, 2.4.2): private keys are below it."""

# It logs the addresses of browsers.
logging.getLogger("pywebpush").disabled = True


class PushKey:
    """The line's own key, by which push services know it again.

    >>> PushKey("a secret").public == PushKey("a secret").public != PushKey("another").public
    True
    """

    def __init__(self, secret: str) -> None:
        derived = HKDF(hashes.SHA256(), 48, salt=None, info=b"web push").derive(secret.encode())
        number = int.from_bytes(derived, "big") % (ORDER - 1) + 1
        self.vapid = Vapid02()
        self.vapid.private_key = ec.derive_private_key(number, ec.SECP256R1())

    @property
    def public(self) -> str:
        """What a browser subscribes with: the point, uncompressed, in base64url."""
        key = self.vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return str(b64urlencode(key))


class PushChannel:
    """`reports.ports.Channel` for subscriptions of browsers."""

    name = "push"
    heeds_stop = False

    def __init__(
        self,
        key: PushKey,
        *,
        title: str,
        public_url: str,
        services: tuple[str, ...] = SERVICES,
        answer_seconds: float = ANSWER_SECONDS,
        trust: Path | None = None,
    ) -> None:
        """`title`: stands above every message; `services`: hosts that may be sent to; `trust`: who
        vouches for them, by default whom browsers trust."""
        self._key = key
        self._title = title
        self._contact = public_url
        self._services = services
        self._trust = trust
        self.patience = answer_seconds

    def send(self, address: str, body: str, notification_id: str) -> SentMessage:
        try:
            subscription = read_subscription(address)
        except ValueError:
            raise ChannelRefused("that is no browser's address for notifications") from None
        host = urlsplit(subscription["endpoint"]).hostname or ""
        if not any(host == each or host.endswith(f".{each}") for each in self._services):
            raise ChannelRefused("that push service is none that the line knows")
        said = {"title": self._title, "body": body, "tag": notification_id}
        with requests.Session() as session:
            session.max_redirects = 0
            if self._trust is not None:
                # The environment's own would go before it.
                session.trust_env, session.verify = False, str(self._trust)
            try:
                webpush(
                    subscription,
                    json.dumps(said, ensure_ascii=False),
                    vapid_private_key=self._key.vapid,
                    vapid_claims={"sub": self._contact},
                    # The same message again takes the place of the first, there and on the screen.
                    headers={"Urgency": "high", "Topic": notification_id[:32]},
                    ttl=KEEP_SECONDS,
                    timeout=self.patience,
                    requests_session=session,
                )
            except VapidException:
                raise ChannelRefused(
                    "push services take nothing from a line whose PUBLIC_URL is not https"
                ) from None
            except WebPushException as failure:
                raise _said(failure) from None
            except (requests.RequestException, OSError) as failure:
                raise ChannelUnavailable(
                    f"the push service could not be reached ({type(failure).__name__})"
                ) from None
            except ValueError:
                raise ChannelRefused("the browser's keys are none") from None
        return SentMessage(notification_id, final=True)

    def sent_before(self, address: str, body: str, since: datetime) -> Sequence[SentMessage]:
        """Cannot be asked: sent again, it takes the place of the first on the screen."""
        del address, body, since
        return ()


def _said(failure: WebPushException) -> ChannelRefused | ChannelUnavailable:
    """What a push service's answer means (RFC 8030, section 7.3; RFC 8292, section 4.2)."""
    status = None if failure.response is None else failure.response.status_code
    if status in (404, 410):
        return ChannelRefused("that browser takes notifications no more")
    if status is not None and 400 <= status < 500 and status not in (408, 429):
        return ChannelRefused(f"the push service refused it (status {status})")
    return ChannelUnavailable(f"the push service did not take it (status {status or 'unknown'})")
