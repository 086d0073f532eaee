"""Slowing down those who guess passwords.

Failures are counted by username and by address, in the memory of the process and for at most
`CAPACITY` of each: nothing that a stranger does can fill a disk or a table. With several web
processes each counts for itself, so a guesser has that many times the tries, which still are few.

Nobody is locked out by others: the wait by username is short, and it never holds up an address
from which that person has logged in before. So a stranger who keeps failing on an organizer's name
on the worst morning cannot keep that organizer from the reports.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

CAPACITY = 4096
FORGET_AFTER = timedelta(hours=1)
"""A count without a further failure for so long starts again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """So many failures are free; the wait after the next is 1 s, then doubles up to `longest`."""

    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        if failures <= self.free:
            return timedelta(0)
        return min(timedelta(seconds=2 ** min(failures - self.free - 1, 20)), self.longest)


WITH_USERNAME = Patience(free=5, longest=timedelta(seconds=30))
WITH_ADDRESS = Patience(free=10, longest=timedelta(minutes=5))
"""More are free than by username: a group may sit behind one address."""
WITH_CODE = Patience(free=5, longest=timedelta(minutes=5))
"""By username, for codes of six digits: fewer than a thousandth are guessed in a day."""


@dataclass(frozen=True, slots=True)
class Failures:
    count: int
    last: datetime


class Attempts:
    """Who failed to log in, how often and when. Safe to share between threads."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        capacity: int = CAPACITY,
        with_username: Patience = WITH_USERNAME,
    ) -> None:
        self._clock = clock
        self._with_username = with_username
        self._capacity = capacity
        self._lock = threading.Lock()
        self._by_username: OrderedDict[str, Failures] = OrderedDict()
        self._by_address: OrderedDict[str, Failures] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def wait(self, username: str, address: str) -> timedelta:
        """How long until another try is looked at; zero: now."""
        now = self._clock()
        with self._lock:
            waits = [self._left(self._by_address.get(address), WITH_ADDRESS, now)]
            if (username, address) not in self._known:
                waits.append(self._left(self._by_username.get(username), self._with_username, now))
        return max(waits)

    def failed(self, username: str, address: str) -> None:
        now = self._clock()
        with self._lock:
            self._count(self._by_username, username, now)
            self._count(self._by_address, address, now)

    def succeeded(self, username: str, address: str) -> None:
        with self._lock:
            self._by_username.pop(username, None)
            self._by_address.pop(address, None)
            self._known[username, address] = None
            self._known.move_to_end((username, address))
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)

    def _count(self, failures: OrderedDict[str, Failures], key: str, now: datetime) -> None:
        before = failures.pop(key, None)
        fresh = before is None or now - before.last > FORGET_AFTER
        failures[key] = Failures(1 if before is None or fresh else before.count + 1, now)
        while len(failures) > self._capacity:
            failures.popitem(last=False)

    @staticmethod
    def _left(failures: Failures | None, patience: Patience, now: datetime) -> timedelta:
        if failures is None or now - failures.last > FORGET_AFTER:
            return timedelta(0)
        return max(failures.last + patience.wait(failures.count) - now, timedelta(0))
