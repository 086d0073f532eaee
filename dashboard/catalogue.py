"""All reports in a few words each, kept in memory: what lists are made of and what is searched.

The database has callers' words sealed, so it can neither search them nor sort by what they say.
Each web process reads every report once, the newest first, and from then on those that changed.
What is more than a request may wait for is read in the background, at half speed: callers' webhooks
are answered by the same process.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final

from dashboard.filters import Entry, entry_of
from dashboard.search import Text, text_of
from oncall.waiting import Clocks
from reports.fields.reading import Reader
from reports.model import Dossier, Note
from reports.ports import Records, ReportStore

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
"""Reports that a request reads by itself: as many as a page lists."""
BATCH: Final = 20
"""Reports that are read in the background in one go."""
KEPT: Final = 400
"""Reports that are kept whole: those of the pages that are open."""
LARGEST: Final = 48_000_000
"""Characters of words that are kept to be searched; of the oldest reports beyond that, none are."""
OVERLAP: Final = timedelta(seconds=30)
"""What changed so long before the last look counts as changed since: a time is taken before the
transaction that writes it is committed, and clocks of two machines differ."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far all reports are read."""

    read: int
    total: int

    @property
    def is_done(self) -> bool:
        return self.read >= self.total


def _by_a_thread(work: Callable[[], None]) -> None:
    Thread(target=work, name="catalogue", daemon=True).start()


class Catalogue:
    """Keeps entries, words to search, and the reports of open pages. Shared by threads."""

    def __init__(
        self,
        store: ReportStore,
        reader: Reader,
        clocks: Callable[[], Clocks],
        language_name: Callable[[str | None], str | None],
        spawn: Callable[[Callable[[], None]], None] = _by_a_thread,
    ) -> None:
        """`clocks`: as they are set now; `language_name`: what organizers know a language by;
        `spawn`: has something done in the background."""
        self._store = store
        self._reader = reader
        self._clocks = clocks
        self._language_name = language_name
        self._spawn = spawn
        self._lock = Lock()
        self._entries: dict[str, Entry] = {}
        self._texts: dict[str, Text] = {}
        self._noted: dict[str, tuple[int, ...]] = {}
        """The ids of the notes that are among the words."""
        self._size = 0
        self._whole: OrderedDict[str, Dossier] = OrderedDict()
        self._unread: dict[str, None] = {}
        self._since: datetime | None = None
        self._read_by = clocks()
        self._is_reading = False

    # --- What it knows

    def entries(self) -> list[Entry]:
        """Of all reports that were read so far."""
        with self._lock:
            return list(self._entries.values())

    def texts(self) -> list[tuple[Entry, Text]]:
        """Of all reports whose words are kept, with the words."""
        with self._lock:
            return [(self._entries[reference], text) for reference, text in self._texts.items()]

    def progress(self) -> Progress:
        with self._lock:
            waiting = sum(reference not in self._entries for reference in self._unread)
            return Progress(len(self._entries), len(self._entries) + waiting)

    def dossiers(self, records: Records, references: Sequence[str]) -> list[Dossier]:
        """These reports, as they were when they were last caught up with; those that are gone are
        left out."""
        with self._lock:
            known = {each: self._whole[each] for each in references if each in self._whole}
        missing = [each for each in references if each not in known]
        if missing:
            found = records.dossiers_of(missing)
            known |= {each.report.reference: each for each in found}
            with self._lock:
                for each in found:
                    self._keep_whole(each)
        return [known[each] for each in references if each in known]

    def catch_up_notes(self, records: Records) -> None:
        """Takes up what organizers noted and withdrew: for who searches, as no list shows it."""
        standing = records.standing_notes()
        with self._lock:
            stale = [
                reference
                for reference in self._texts
                if tuple(standing.get(reference, ())) != self._noted[reference]
            ]
            self._unread |= dict.fromkeys(stale[AT_ONCE:])
        self._take_up(records, stale[:AT_ONCE], self._reader)

    # --- Catching up

    def read_ahead(self) -> None:
        """Begins to read before anybody asks: the first who looks after a start waits less."""
        with self._store.read() as records:
            newest = list(records.changes())
        with self._lock:
            self._unread |= dict.fromkeys(each for each in newest if each not in self._entries)
            begins = bool(self._unread) and not self._is_reading
            self._is_reading = self._is_reading or begins
        if begins:
            self._spawn(self._read_on)

    def catch_up(self, records: Records, at: datetime, *, thoroughly: bool) -> None:
        """Takes up what changed. `thoroughly`: whatever the times say, nothing is believed to be
        as it was but what no list shows."""
        clocks = self._clocks()
        with self._lock:
            if clocks != self._read_by:
                # When each is due was worked out by other clocks.
                self._read_by = clocks
                self._entries.clear()
            since, known, unread = self._since, self._entries.copy(), set(self._unread)
        overlap = None if since is None else since - OVERLAP
        if thoroughly or overlap is None or records.count_reports() != len(known.keys() | unread):
            changes = records.changes()
            stale = [
                reference
                for place, (reference, changed_at) in enumerate(changes.items())
                # What the background has before it nobody waits for, but for the newest.
                if (reference not in known and (place < AT_ONCE or reference not in unread))
                or (reference in known and known[reference].changed_at != changed_at)
                or (overlap is not None and changed_at >= overlap)
            ]
            self._forget(known.keys() - changes.keys(), whole=thoroughly)
        else:
            stale = list(records.changes(since=overlap))
        self._take_up(records, stale[:AT_ONCE], self._reader)
        with self._lock:
            self._since = at
            self._unread |= dict.fromkeys(stale[AT_ONCE:])
            begins = bool(self._unread) and not self._is_reading
            self._is_reading = self._is_reading or begins
        if begins:
            self._spawn(self._read_on)

    def _forget(self, gone: Iterable[str], *, whole: bool) -> None:
        with self._lock:
            if whole:
                self._whole.clear()
            for reference in gone:
                self._entries.pop(reference, None)
                self._whole.pop(reference, None)
                self._unread.pop(reference, None)
                self._drop_text(reference)

    def _take_up(self, records: Records, references: Sequence[str], reader: Reader) -> None:
        clocks = self._clocks()
        notes: dict[str, list[Note]] = defaultdict(list)
        for note in records.notes_on(references) if references else ():
            notes[note.reference].append(note)
        for dossier in records.dossiers_of(references):
            reference = dossier.report.reference
            entry = entry_of(dossier, reader, clocks)
            language = self._language_name(dossier.call.language)
            text = text_of(dossier, reader, language, notes[reference])
            with self._lock:
                self._unread.pop(reference, None)
                self._entries[reference] = entry
                self._drop_text(reference)
                self._texts[reference] = text
                self._noted[reference] = tuple(each.note_id or 0 for each in notes[reference])
                self._size += len(text)
                if reader is self._reader:
                    self._keep_whole(dossier)
                self._make_room()

    def _keep_whole(self, dossier: Dossier) -> None:
        self._whole[dossier.report.reference] = dossier
        self._whole.move_to_end(dossier.report.reference)
        while len(self._whole) > KEPT:
            self._whole.popitem(last=False)

    def _make_room(self) -> None:
        if self._size <= LARGEST:
            return
        oldest = sorted(self._texts, key=lambda each: self._entries[each].filed_at)
        for reference in oldest[: len(oldest) // 10 + 1]:
            self._drop_text(reference)

    def _drop_text(self, reference: str) -> None:
        dropped = self._texts.pop(reference, None)
        self._noted.pop(reference, None)
        if dropped is not None:
            self._size -= len(dropped)

    def _read_on(self) -> None:
        """What the background does, until nothing is left or the database fails; the next who
        catches up has it begin again."""
        # A reader of its own: what the others remember is of open pages, and worth more.
        reader = Reader(self._reader.lexicons, self._reader.names, self._reader.zone)
        pause = Event()
        try:
            while True:
                with self._lock:
                    batch = list(self._unread)[:BATCH]
                    if not batch:
                        return
                began = monotonic()
                with self._store.read() as records:
                    self._take_up(records, batch, reader)
                with self._lock:
                    for reference in batch:  # those that are gone, too
                        self._unread.pop(reference, None)
                pause.wait(monotonic() - began)
        except Exception as error:
            log.error("reports could not be read on: %s", type(error).__name__)
        finally:
            with self._lock:
                self._is_reading = False
