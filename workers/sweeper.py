"""Asks the queue again for whatever the database says stands still: nothing is lost with Redis."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from oncall.alerts import Alerter
from oncall.roster import Roster
from oncall.waiting import LONGEST
from reports.model import NotificationKind
from reports.ports import AudioStore, Job, JobQueue, Records, ReportStore
from reports.pressure import Limits
from reports.services.importing import NOW
from reports.services.pressure import forget_callers, watch_flood
from reports.services.reconciling import LONGEST_CALL
from reports.services.rehearsals import A_DAY, SWEEPER, delete_rehearsals
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
"""How long after a report was filed somebody is asked next: longer than any clock runs, and a
night."""
SOON = timedelta(seconds=5)
"""Between two looks at reports that nobody has taken up."""
ASK_AGAIN = timedelta(seconds=30)
"""From asking for somebody to be told to looking whether they were."""
LOOK_BACK = timedelta(seconds=30)
"""What changed so long before the last look is looked at again: a time is taken before the
transaction that writes it is committed."""
SPEECH = frozenset([Job.TRANSCRIBE_RECORDING, Job.TRANSLATE_RECORDING, Job.WRITE_SPOKEN_NOTE])
"""What waits for a worker that has an engine."""
KEEP_CALLERS = timedelta(days=30)
"""How long callers can be recognised, where nothing else is set."""
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
        limits: Callable[[], Limits] = Limits,
        keep_callers: Callable[[], timedelta] = lambda: KEEP_CALLERS,
        alerter: Alerter,
        audio: AudioStore | None = None,
    ) -> None:
        """`erases`: whether the provider's API deletes recordings. One that does not is asked
        when a recording was stored, and not each minute from then on. `limits`, `keep_callers`: as
        they are set now. `audio`: where the recordings of rehearsals are deleted a day later; None:
        somebody else looks after that."""
        self._store = store
        self._queue = queue
        self._run = run
        self._clock = clock
        self._erases = erases
        self._limits = limits
        self._keep_callers = keep_callers
        self._alerter = alerter
        self._audio = audio
        self._unanswered: dict[str, tuple[datetime, datetime | None]] = {}
        """By reference: when a report that nobody took up last changed, and when others are asked
        if it does not change."""
        self._last_soon: datetime | None = None
        self._last_seldom: datetime | None = None
        self._last_forgotten: datetime | None = None
        self._last_import: datetime | None = None

    def sweep(self) -> int:
        """One look. Returns how much was asked for."""
        at = self._clock()
        seldom = self._last_seldom is None or at - self._last_seldom >= SELDOM
        importing = self._last_import is None or at - self._last_import >= IMPORTING
        with self._store.read() as records:
            roster = self._alerter.roster(records)
            found = [*untold(records, roster, at, self._alerter), *stalled(records, at)]
            if self._last_soon is None or at - self._last_soon >= SOON:
                found += self._changed(records, roster, at)
                found += self._overdue(records, roster, at)
                self._last_soon = at
            if seldom:
                self._last_seldom = at
                found += endless(records, at)
                if self._erases:
                    found += unerased(records, at)
        if importing:
            # At the start too: the line may have been down until now.
            self._last_import = at
            found.append(Stalled(Job.IMPORT_RECORDINGS, NOW))
        for item in found:
            if not self._queue.put(item.job, item.subject, item.urgency):
                self._do_here(item)
        self._alerter.bundle(at)
        if seldom:
            self._tidy(at)
        return len(found)

    def _changed(self, records: Records, roster: Roster, at: datetime) -> Iterable[Stalled]:
        """Reports in which people had a hand, where others should hear of it."""
        since = STILL_NEWS if self._last_soon is None else at - self._last_soon + LOOK_BACK
        for dossier in records.dossiers_of(records.moved(at - since)):
            if self._alerter.is_due(records, roster, dossier, at):
                yield Stalled(Job.ALERT_ON_CALL, dossier.report.reference)

    def _overdue(self, records: Records, roster: Roster, at: datetime) -> Iterable[Stalled]:
        """Reports that nobody has taken up: where others are to be asked, or hear of what changed.
        What did not change is not read again before its time."""
        waiting = records.waiting(at - STILL_WAITING)
        known, self._unanswered = self._unanswered, {}
        unread = []
        for reference, changed_at in waiting:
            kept = known.get(reference)
            if kept is None or kept[0] != changed_at or (kept[1] is not None and kept[1] <= at):
                unread.append(reference)
            else:
                self._unanswered[reference] = kept
        for dossier in records.dossiers_of(unread):
            report = dossier.report
            is_due = self._alerter.is_due(records, roster, dossier, at)
            next_look = self._alerter.next_look(dossier)
            if next_look is not None and next_look <= at:
                next_look = None  # everybody was asked
            if is_due:
                next_look = at + ASK_AGAIN  # the queue may lose it
                yield Stalled(Job.ALERT_ON_CALL, report.reference)
            self._unanswered[report.reference] = (report.changed_at, next_look)

    def _tidy(self, at: datetime) -> None:
        """After what is due: a flood that nobody's call can end, and callers of long ago."""
        watch_flood(self._store, at=at, limits=self._limits())
        if self._last_forgotten is None or at - self._last_forgotten >= HOURLY:
            self._last_forgotten = at
            forget_callers(self._store, at=at, keep=self._keep_callers())
        if self._audio is not None:
            delete_rehearsals(
                self._store, self._audio, who=None, by=SWEEPER, at=at, begun_before=at - A_DAY
            )

    def _do_here(self, item: Stalled) -> None:
        if item.job in SPEECH:
            return
        try:
            self._run(item.job, item.subject)
        except Exception as error:
            log.error("%s failed in the sweeper: %s", item.job, type(error).__name__)


def untold(records: Records, roster: Roster, at: datetime, alerter: Alerter) -> Iterable[Stalled]:
    """Reports of which something is due to be told."""
    for kind, since in (
        (NotificationKind.ALERT, at - NEVER_TOO_LATE),
        (NotificationKind.UPDATE, at - STILL_NEWS),
    ):
        for dossier in records.dossiers_of(records.untold(kind, since)):
            if alerter.is_due(records, roster, dossier, at):
                yield Stalled(Job.ALERT_ON_CALL, dossier.report.reference)


def endless(records: Records, at: datetime) -> Iterable[Stalled]:
    """Calls whose end we were never told."""
    for call in records.calls_in_progress(at - LONGEST_CALL):
        yield Stalled(Job.CLOSE_CALL, call.call_sid)
