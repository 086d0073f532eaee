"""Telling open lists that they changed, at once: server-sent events (HTML, section 9.2).

Only the version of the list is sent; the page then asks for its part as ever. A stream holds one of
the web server's few threads, which callers need more: so there are few, each ends by itself after
some minutes, and whoever gets none asks every few seconds instead, as does whoever's is refused. A
stream ends with the login that it was opened under, and is no sign that anybody is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from threading import BoundedSemaphore, Event
from typing import Any, Final

from flask import Blueprint, Response, session
from flask.typing import ResponseReturnValue

from dashboard.auth import signed_in_by
from dashboard.desk import Desk
from dashboard.filters import Query, Show
from dashboard.lookout import Lookout
from dashboard.parts import wanted_list

STREAMS: Final = 2
"""At once, of a process that has eight threads."""
LONGEST: Final = timedelta(minutes=4)
EVERY: Final = timedelta(seconds=1)
"""How often a stream looks whether its list changed. All look at the same."""
QUIET: Final = timedelta(seconds=15)
"""After so long without news something is sent all the same: so it shows that nobody listens."""
AGAIN: Final = timedelta(seconds=2)
"""When the page opens the next stream after one that ended."""

Wait = Callable[[float], object]


class Streams:
    def __init__(self, desk: Desk, lookout: Lookout, wait: Wait | None = None) -> None:
        """`wait`: lets seconds pass."""
        self._desk = desk
        self._lookout = lookout
        self._wait = wait or Event().wait
        self._free = BoundedSemaphore(STREAMS)

    def live_inbox(self) -> ResponseReturnValue:
        query = wanted_list(Show.OPEN)
        if not self._free.acquire(blocking=False):
            # The one answer after which a browser does not try again by itself.
            return Response(status=204)
        response = Response(self._events(query, dict(session)), mimetype="text/event-stream")
        # However it ends, also before it has begun.
        response.call_on_close(self._free.release)
        # A proxy that keeps it until it is whole would keep it for minutes.
        response.headers["X-Accel-Buffering"] = "no"
        return response

    def _events(self, query: Query, claims: Mapping[str, Any]) -> Iterator[str]:
        """`claims`: of the session; there is none any more while this goes on."""
        clock = self._desk.clock
        began = told_at = clock()
        told = None
        yield f"retry: {AGAIN // timedelta(milliseconds=1)}\n\n"
        while clock() - began < LONGEST:
            if signed_in_by(self._desk, claims) is None:
                # The page asks once more, and is led to the login.
                yield "event: over\ndata: login\n\n"
                return
            version = self._lookout.look(query).version
            if version != told:
                told, told_at = version, clock()
                yield f"event: version\ndata: {version}\n\n"
            elif clock() - told_at >= QUIET:
                told_at = clock()
                yield ": still here\n\n"
            self._wait(EVERY.total_seconds())


def add_streams(blueprint: Blueprint, streams: Streams) -> None:
    """Puts the address on a blueprint."""
    blueprint.add_url_rule("/live/inbox", "live_inbox", streams.live_inbox, methods=["GET"])
