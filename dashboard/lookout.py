"""Looking at the list of reports once for all the pages that are open on it.

Every open page asks every few seconds whether its list has changed. On the worst day that is ten
organizers and two hundred long reports, which take a tenth of a second to read and to lay out. So a
list is kept for as long as the database says that nothing changed, at most for `LONGEST`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.catalogue import OVERLAP
from dashboard.filters import Query, Show
from dashboard.inbox import Inbox
from reports.ports import Records, ReportStore

AT_LEAST = timedelta(seconds=1)
"""For so long all pages get the same list, however much is going on."""
LONGEST = timedelta(seconds=15)
"""Then it is read anew in any case: at midnight today's times get a date."""
MOST = 32
"""Lists that are kept: one for each set of filters that pages are open on."""


@dataclass(frozen=True, slots=True)
class Look:
    """A list as it was seen at an instant."""

    inbox: Inbox
    version: str
    at: datetime
    count: int
    """Reports that there were."""


class Lookout:
    """Keeps the last look at each list that is asked for."""

    def __init__(
        self,
        store: ReportStore,
        clock: Callable[[], datetime],
        read: Callable[[Records, Query, bool], Inbox],
    ) -> None:
        """`read`: reads a list, thoroughly or not: whatever the times of changes say."""
        self._store = store
        self._clock = clock
        self._read = read
        self._last: OrderedDict[Query, Look] = OrderedDict()

    def look(self, query: Query) -> Look:
        """The list as it is now, or as good as now."""
        now = self._clock()
        last = self._last.get(query)
        if last is not None and now - last.at < AT_LEAST:
            return last
        is_old = last is None or now - last.at >= LONGEST
        with self._store.read() as records:
            if last is not None and not is_old and not _changed(records, last):
                return last
            count = records.count_reports()
            inbox = self._read(records, query, is_old)
        return self._keep(query, Look(inbox, inbox.version, now, count))

    def look_anew(self, query: Query) -> Look:
        """The list as it is now: for somebody who opens the page, or did something with it."""
        now = self._clock()
        with self._store.read() as records:
            count = records.count_reports()
            inbox = self._read(records, query, True)
        return self._keep(query, Look(inbox, inbox.version, now, count))

    def _keep(self, query: Query, look: Look) -> Look:
        self._last[query] = look
        self._last.move_to_end(query)
        if len(self._last) > MOST:
            self._last.popitem(last=False)
        return look


def _changed(records: Records, last: Look) -> bool:
    return (
        not last.inbox.progress.is_done
        or last.inbox.query.show is Show.REHEARSAL
        or records.count_reports() != last.count
        or bool(records.changes(since=last.at - OVERLAP))
    )
