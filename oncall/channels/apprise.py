"""Whatever Apprise reaches by one URL: ntfy, Matrix, Signal's REST API and a hundred more
(https://github.com/caronc/apprise/wiki).

The URL is the address, with whatever token stands in it: sealed as every address, and never shown.
Apprise says yes or no and not why, so a no is tried again like a service that is away.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from reports.ports import ChannelRefused, ChannelUnavailable, SentMessage

if TYPE_CHECKING:
    from apprise import NotifyBase

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 8.0
LOCAL: Final = frozenset(
    {"dbus", "qt", "kde", "glib", "gnome", "macosx", "windows", "syslog", "blink1", "file"}
)
"""Schemas that reach this machine and nobody."""

# Apprise logs URLs and bodies, and the library beneath it paths with tokens in them.
logging.getLogger("apprise").disabled = True
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class AppriseChannel:
    """`reports.ports.Channel` for URLs of Apprise."""

    name = "apprise"
    heeds_stop = False

    def __init__(
        self,
        *,
        title: str,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`title`: stands above every message."""
        self._title = title
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self.patience = connect_seconds + answer_seconds

    def send(self, address: str, body: str, notification_id: str) -> SentMessage:
        service = self._service(address)
        try:
            taken = service.notify(title=self._title, body=body, body_format="text")
        except Exception as failure:
            # A hundred plugins: what each may raise nobody knows, and its text may hold the URL.
            raise ChannelUnavailable(
                f"the service could not be reached ({type(failure).__name__})"
            ) from None
        if not taken:
            raise ChannelUnavailable("the service did not take it")
        return SentMessage(notification_id, final=True)

    def sent_before(self, address: str, body: str, since: datetime) -> Sequence[SentMessage]:
        """Cannot be asked: sent again, for twice is better than never."""
        del address, body, since
        return ()

    def _service(self, address: str) -> NotifyBase:
        """Raises: ChannelRefused."""
        # A hundred plugins take a moment, which only who sends should pay.
        from apprise import Apprise, AppriseAsset

        asset = AppriseAsset(
            app_id=self._title,
            app_desc="",
            app_url="",
            image_url_mask="",
            image_url_logo="",
            async_mode=False,
            secure_logging=True,
            # The body is told as it is, not what might be hidden in it.
            interpret_escapes=False,
            interpret_emojis=False,
            http_redirects=False,
            plugin_paths=[],
        )
        scheme = address.partition(":")[0].lower()
        try:
            service = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
        except Exception:
            service = None
        if service is None or scheme in LOCAL:
            raise ChannelRefused("that is no address that Apprise knows")
        service.socket_connect_timeout = self._connect_seconds
        service.socket_read_timeout = self._answer_seconds
        # Whoever sends holds a lease: nothing waits, and nothing is tried twice, in here.
        service.request_rate_per_sec = 0
        service.retry = 0
        return service
