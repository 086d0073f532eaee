"""A file instead of people's phones: for rehearsals and the demonstration.

It tells that there is something to look at and nothing else (`CHANNELS_CARRY` lets it carry no
more): what lies in a file is read by whoever finds it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from reports.ports import ChannelRefused, ChannelUnavailable, SentMessage

LONGEST_NAME = 64


class ConsoleChannel:
    """`reports.ports.Channel` for names that stand before what they are told, a line each."""

    name = "console"
    heeds_stop = False
    patience = 1.0

    def __init__(self, file: Path) -> None:
        self._file = file

    def send(self, address: str, body: str, notification_id: str) -> SentMessage:
        if not address.isprintable() or not 0 < len(address) <= LONGEST_NAME:
            raise ChannelRefused("that is no name for the console")
        line = f"{notification_id} {address}: {' '.join(body.split())}\n"
        try:
            # Of this user alone, like all that the line keeps.
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "r+", encoding="utf-8") as told:
                fcntl.flock(told, fcntl.LOCK_EX | fcntl.LOCK_NB)
                told.seek(0)
                # Sent again, because whoever sent it first died, it stands there once.
                if not any(each.startswith(f"{notification_id} ") for each in told):
                    told.write(line)
        except OSError as failure:
            raise ChannelUnavailable(
                f"the console could not be written ({type(failure).__name__})"
            ) from failure
        return SentMessage(notification_id, final=True)

    def sent_before(self, address: str, body: str, since: datetime) -> Sequence[SentMessage]:
        """Nothing: sent again, it stands there once."""
        del address, body, since
        return ()
