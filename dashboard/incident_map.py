"""What the map shows: incidents, and reports that are in none. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dashboard.desk import Desk
from dashboard.fingerprint import fingerprint
from dashboard.inbox import judge_of
from dashboard.incident_page import Card, card_of, priority_of, telling_of
from dashboard.plot import Pin
from places.gazetteer import Point
from reports.fields.location import Location
from reports.fields.priority import Priority
from reports.incidents import SAW, Glance, Part, glance
from reports.model import Docket, Dossier, Verdict

HOURS: Final = (3, 12, 24, 72)
"""Back from now, of which one is shown."""
USUAL_HOURS: Final = 12
NO_ALARM: Final = frozenset([Verdict.FALSE_ALARM, Verdict.NOT_ENFORCEMENT])


class Sign(StrEnum):
    """How something is drawn, each in a shape of its own."""

    P1 = "p1"
    P2 = "p2"
    P3 = "p3"
    P4 = "p4"
    NO_ALARM = "no_alarm"
    """A named person said that it was none, or no enforcement."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An incident, or a report that is in none."""

    incident_id: int | None
    reference: str | None
    sign: Sign
    verdict: Verdict
    judged_by: str | None
    callers: int
    hearsay: int
    glance: Glance
    point: Point | None
    """None: it is not known where it is, or several places may be meant."""
    is_about: bool
    """The point is the middle of an area."""

    @property
    def key(self) -> str:
        return f"incident-{self.incident_id}" if self.incident_id else f"report-{self.reference}"

    @property
    def label(self) -> str:
        """As people call it: reports have four digits or more, incidents fewer for a long time."""
        return f"#{self.incident_id}" if self.incident_id else str(self.reference)

    @property
    def version(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True)
class MapPage:
    hours: int
    marks: tuple[Mark, ...]
    """The most urgent and last heard first."""
    more: bool
    """There are more than are shown."""
    today: str

    @property
    def placed(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.point is not None)

    @property
    def unplaced(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.point is None)

    @property
    def pins(self) -> tuple[Pin, ...]:
        return tuple(
            Pin(mark.key, mark.label, mark.point) for mark in self.marks if mark.point is not None
        )

    @property
    def version(self) -> str:
        return fingerprint(self)


def map_page_of(
    dockets: Iterable[Docket],
    loose: Iterable[Dossier],
    dossiers: Mapping[str, Dossier],
    desk: Desk,
    names: Mapping[str, str],
    *,
    hours: int,
    since: datetime,
    more: bool,
    today: str,
) -> MapPage:
    """`loose`: reports that are in no incident; `dossiers`: those of the incidents' reports."""
    cards = [card_of(each, dossiers, desk, names) for each in dockets]
    marks = [
        *(_of_incident(card) for card in cards if card is not None),
        *(_of_report(each, desk, names) for each in loose),
    ]
    return MapPage(
        hours=hours,
        marks=_in_order(mark for mark in marks if mark.glance.last_heard >= since),
        more=more,
        today=today,
    )


def _in_order(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    signs: Sequence[Sign] = list(Sign)
    return tuple(
        sorted(
            marks,
            key=lambda mark: (signs.index(mark.sign), -mark.glance.last_heard.timestamp()),
        )
    )


def _of_incident(card: Card) -> Mark:
    point, is_about = spot_of(card.glance.place)
    return Mark(
        incident_id=card.incident.incident_id,
        reference=None,
        sign=sign_of(card.priority, card.incident.verdict),
        verdict=card.incident.verdict,
        judged_by=card.judged_by,
        callers=card.callers,
        hearsay=card.hearsay,
        glance=card.glance,
        point=point,
        is_about=is_about,
    )


def _of_report(dossier: Dossier, desk: Desk, names: Mapping[str, str]) -> Mark:
    telling = telling_of(dossier, desk)
    seen = glance([telling])
    point, is_about = spot_of(seen.place)
    part = telling.sighting.part
    return Mark(
        incident_id=None,
        reference=dossier.report.reference,
        sign=sign_of(priority_of([dossier], desk), dossier.verdict),
        verdict=dossier.verdict,
        judged_by=judge_of(dossier, names),
        callers=int(part is Part.WITNESS),
        hearsay=int(part not in SAW),
        glance=seen,
        point=point,
        is_about=is_about,
    )


def sign_of(priority: Priority, verdict: Verdict) -> Sign:
    return Sign.NO_ALARM if verdict in NO_ALARM else Sign(priority.lower())


def spot_of(place: Location | None) -> tuple[Point | None, bool]:
    """Where it is drawn, and whether that is but the middle of an area. A whole city, a street
    alone, and a place that may be one of several, are drawn nowhere."""
    if place is None:
        return None, False
    if len(place.candidates) == 1:
        return place.candidates[0].point, False
    if place.candidates or place.streets or place.area is None or place.area == place.city:
        return None, False
    return place.middle, place.middle is not None
