"""Asks the queue again for whatever the database says stands still: nothing is lost with Redis."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from oncall.escalation import messages_due
from oncall.waiting import LONGEST, Wait
from reports.model import Dossier, Handling, NotificationKind
from reports.ports import Job, JobQueue, Records, ReportStore
from reports.pressure import Limits
from reports.services.importing import NOW
from reports.services.pressure import forget_callers, watch_flood
from reports.services.reconciling import LONGEST_CALL
from reports.services.sweeping import Stalled, stalled, unerased

log = logging.getLogger(__name__)

PAUSE = timedelta(seconds=1)
"""Between two sweeps: as exact as the update's grace for keys needs it."""
SELDOM = timedelta(minutes=1)
"""Between two looks at what has time."""
HOURLY = timedelta(hours=1)
"""Between two times of forgetting who called long ago."""
IMPORTING = timedelta(minutes=2)
"""Between two looks at what the provider holds and we were never told of."""
STILL_NEWS = timedelta(minutes=30)
"""How long after a report was filed an update on its place is worth a text."""
STILL_WAITING = 2 * LONGEST
"""How long after a report was filed somebody is told that nobody has taken it up: longer than any
clock runs, and a night."""
NEVER_TOO_LATE = timedelta(days=7)
"""A first alert is sent however late; what is older than this was lost before we were here."""


class Sweeper:
    """Looks at the database and asks; `run` does a job here and now when no queue can be reached.

    So an alert still goes out while Redis is down. Transcripts wait for it.
    """

    def __init__(
        self,
        store: ReportStore,
        queue: JobQueue,
        run: Callable[[Job, str], None],
        clock: Callable[[], datetime],
        *,
        erases: bool = True,
        limits: Limits | None = None,
        keep_callers: timedelta = timedelta(days=30),
        wait_of: Callable[[Dossier], Wait | None] = lambda _: None,
    ) -> None:
        """`erases`: whether the provider's API deletes recordings. One that does not is asked
        when a recording was stored, and not each minute from then on. `wait_of`: for somebody to
        take a report up."""
        self._store = store
        self._queue = queue
        self._run = run
        self._clock = clock
        self._erases = erases
        self._limits = limits or Limits()
        self._keep_callers = keep_callers
        self._wait_of = wait_of
        self._last_seldom: datetime | None = None
        self._last_forgotten: datetime | None = None
        self._last_import: datetime | None = None

    def sweep(self) -> int:
        """One look. Returns how much was asked for."""
        at = self._clock()
        seldom = self._last_seldom is None or at - self._last_seldom >= SELDOM
        importing = self._last_import is None or at - self._last_import >= IMPORTING
        with self._store.read() as records:
            found = [*untold(records, at), *stalled(records, at)]
            if seldom:
                self._last_seldom = at
                found += endless(records, at)
                found += overdue(records, at, self._wait_of)
                if self._erases:
                    found += unerased(records, at)
        if importing:
            # At the start too: the line may have been down until now.
            self._last_import = at
            found.append(Stalled(Job.IMPORT_RECORDINGS, NOW))
        for item in found:
            if not self._queue.put(item.job, item.subject, item.urgency):
                self._do_here(item)
        if seldom:
            self._tidy(at)
        return len(found)

    def _tidy(self, at: datetime) -> None:
        """After what is due: a flood that nobody's call can end, and callers of long ago."""
        watch_flood(self._store, at=at, limits=self._limits)
        if self._last_forgotten is None or at - self._last_forgotten >= HOURLY:
            self._last_forgotten = at
            forget_callers(self._store, at=at, keep=self._keep_callers)

    def _do_here(self, item: Stalled) -> None:
        if item.job in (Job.TRANSCRIBE_RECORDING, Job.TRANSLATE_RECORDING):
            return
        try:
            self._run(item.job, item.subject)
        except Exception as error:
            log.error("%s failed in the sweeper: %s", item.job, type(error).__name__)


def untold(records: Records, at: datetime) -> Iterable[Stalled]:
    """Reports of which something is due to be told."""
    for kind, since in (
        (NotificationKind.ALERT, at - NEVER_TOO_LATE),
        (NotificationKind.UPDATE, at - STILL_NEWS),
    ):
        for dossier in records.dossiers_of(records.untold(kind, since)):
            if kind in messages_due(dossier, at):
                yield Stalled(Job.ALERT_ON_CALL, dossier.report.reference)


def overdue(
    records: Records, at: datetime, wait_of: Callable[[Dossier], Wait | None]
) -> Iterable[Stalled]:
    """Reports that nobody has taken up in time, and of which nobody was told again."""
    kind = NotificationKind.REMINDER
    waiting = records.untold(kind, at - STILL_WAITING, handling=Handling.NEW)
    for dossier in records.dossiers_of(waiting):
        if kind in messages_due(dossier, at, wait_of(dossier)):
            yield Stalled(Job.ALERT_ON_CALL, dossier.report.reference)


def endless(records: Records, at: datetime) -> Iterable[Stalled]:
    """Calls whose end we were never told."""
    for call in records.calls_in_progress(at - LONGEST_CALL):
        yield Stalled(Job.CLOSE_CALL, call.call_sid)
