"""Which reports of the last day may be of one incident: worked out when it is read, never stored,
and never done without a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from reports.fields.understood import Understanding
from reports.incidents import Sighting, Standing, Suggestion, sighting_of, suggest
from reports.model import Dossier
from reports.ports import Records

WINDOW: Final = timedelta(hours=24)
"""What was filed before it is suggested no more, and can still be put together by hand."""
MOST: Final = 1000
"""Open reports that are compared, the last filed."""
MOST_INCIDENTS: Final = 200


@dataclass
class Suggester:
    """Remembers what each report says until it changes, and what it suggested last."""

    understanding: Callable[[Dossier], Understanding]
    _sightings: dict[str, tuple[datetime, Sighting]] = field(default_factory=dict)
    _last: tuple[object, tuple[Suggestion, ...]] = (None, ())

    def suggestions(self, records: Records, at: datetime) -> tuple[Suggestion, ...]:
        """Of the open reports of the day before an instant, and the incidents of that day."""
        standing = [
            Standing(docket.incident.incident_id, frozenset(docket.references))
            for docket in records.dockets(since=at - WINDOW, limit=MOST_INCIDENTS)
        ]
        inside = {reference for each in standing for reference in each.references}
        filed = records.filed_since(at - WINDOW, MOST, inside)
        # What is in an incident that nothing happened to in a day is not suggested to another.
        elsewhere = records.incident_of(reference for reference, _ in filed).keys() - inside
        filed = [each for each in filed if each[0] not in elsewhere]
        apart = records.told_apart([reference for reference, _ in filed])
        asked = (tuple(filed), tuple(standing), tuple(apart))
        if self._last[0] != asked:
            sightings = self._known(records, dict(filed))
            self._last = (asked, suggest(sightings, standing, apart))
        return self._last[1]

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Those that the last suggestions were made of."""
        return tuple(sighting for _, sighting in self._sightings.values())

    def _known(self, records: Records, changed_at: dict[str, datetime]) -> list[Sighting]:
        known = {
            reference: self._sightings[reference]
            for reference, at in changed_at.items()
            if reference in self._sightings and self._sightings[reference][0] == at
        }
        new = [reference for reference in changed_at if reference not in known]
        for dossier in records.dossiers_of(new):
            reference = dossier.report.reference
            sighting = sighting_of(dossier, self.understanding(dossier))
            known[reference] = (changed_at[reference], sighting)
        self._sightings = known
        return [sighting for _, sighting in known.values()]
