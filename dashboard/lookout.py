"""Looking at the list of reports once for all the pages that are open on it.

Every open page asks every few seconds whether its list has changed. On the worst day that is ten
organizers and two hundred long reports, which take a tenth of a second to read and to lay out. So a
list is kept for as long as the database says that nothing changed, at most for `LONGEST`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.inbox import Inbox, Show
from reports.ports import Records, ReportStore

AT_LEAST = timedelta(seconds=1)
"""For so long all pages get the same list, however much is going on."""
LONGEST = timedelta(seconds=15)
"""Then it is read anew in any case: at midnight today's times get a date."""
OVERLAP = timedelta(seconds=30)
"""What changed so long before the last look counts as changed since: a time is taken before the
transaction that writes it is committed, and clocks of two machines differ."""


@dataclass(frozen=True, slots=True)
class Look:
    """A list as it was seen at an instant."""

    inbox: Inbox
    version: str
    at: datetime
    count: int
    """Reports that there were."""


class Lookout:
    """Keeps the last look at the first page of each list."""

    def __init__(
        self,
        store: ReportStore,
        clock: Callable[[], datetime],
        read: Callable[[Records, Show], Inbox],
    ) -> None:
        self._store = store
        self._clock = clock
        self._read = read
        self._last: dict[Show, Look] = {}

    def look(self, show: Show) -> Look:
        """The list as it is now, or as good as now."""
        now = self._clock()
        last = self._last.get(show)
        if last is not None and now - last.at < AT_LEAST:
            return last
        with self._store.read() as records:
            if last is not None and now - last.at < LONGEST and not _changed(records, last):
                return last
            count = records.count_reports()
            inbox = self._read(records, show)
        look = self._last[show] = Look(inbox, inbox.version, now, count)
        return look


def _changed(records: Records, last: Look) -> bool:
    return records.count_reports() != last.count or bool(
        records.dossiers(since=last.at - OVERLAP, limit=1)
    )
