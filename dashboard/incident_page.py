"""What the pages of incidents show: those that stand, those that are suggested, and one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.covering import Covering
from dashboard.desk import Desk
from dashboard.facts import Facts, Standing, facts_of
from dashboard.fingerprint import fingerprint
from dashboard.observers_page import FoundShown, Observed, RequestShown
from places.gazetteer import Gazetteer
from reports.fields.location import Location
from reports.fields.priority import Priority
from reports.incidents import (
    SAW,
    Event,
    Glance,
    Sighting,
    Suggestion,
    Telling,
    Together,
    Why,
    callers,
    glance,
    history,
    sighting_of,
    together,
)
from reports.model import (
    ActKind,
    Docket,
    Dossier,
    Handling,
    Incident,
    Report,
    Verdict,
)
from reports.services.observing import FOUND_BY


@dataclass(frozen=True, slots=True)
class Member:
    """A report of an incident, or one that may be of it."""

    report: Report
    called_at: datetime
    place: str | None
    """In the caller's words."""
    is_hearsay: bool
    language: str | None
    pictures: int = 0
    """That came with it, and can be looked at."""
    observer: str | None = None
    """Who made it, of those who were asked to look."""


@dataclass(frozen=True)
class Card:
    """An incident at a glance."""

    incident: Incident
    judged_by: str | None
    references: tuple[str, ...]
    callers: int
    """Independent ones who saw it."""
    hearsay: int
    glance: Glance
    priority: Priority
    """Of the most urgent of its reports."""
    held_by: tuple[str, ...]
    """Who has its reports: their names."""
    is_closed: bool
    """All of its reports are."""
    area: str | None
    """The part of town, or else the city, that it is in or near to."""

    @property
    def version(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True)
class Reason:
    """Why something is suggested."""

    what: str | int
    """The reference of a report, or the id of an incident."""
    member: Member | None
    """None: it is an incident."""
    why: Why


@dataclass(frozen=True)
class Proposal:
    """What may be one incident."""

    suggestion: Suggestion
    reasons: tuple[Reason, ...]
    """Of what is loose, and of incidents where there are several."""
    glance: Glance

    @property
    def key(self) -> str:
        """The same for as long as it is of the same."""
        parts = (self.suggestion.incidents, self.suggestion.references, self.suggestion.hearsay)
        return fingerprint(parts)

    @property
    def version(self) -> str:
        return fingerprint((self.key, self.suggestion.callers, self.reasons, self.glance))


@dataclass(frozen=True)
class IncidentList:
    proposals: tuple[Proposal, ...]
    cards: tuple[Card, ...]
    older: int | None
    newer: int | None
    today: str
    hidden: int = 0
    """Incidents that are not among those that somebody wants to see."""
    areas: tuple[str, ...] = ()
    """Those that can be chosen."""

    @property
    def version(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True)
class IncidentPage:
    card: Card | None
    """None: all its reports were moved away."""
    incident: Incident
    judged_by: str | None
    members: tuple[Member, ...]
    together: tuple[Together, ...]
    events: tuple[Event, ...]
    """The last first."""
    proposals: tuple[Proposal, ...]
    moved_to: int | None
    """Where its reports went."""
    elsewhere: Mapping[str, int]
    """In which incidents those are by now from which it was told apart."""
    today: str
    requests: tuple[RequestShown, ...] = ()
    """To observers, the last first."""
    found: tuple[FoundShown, ...] = ()
    """What they sent in."""

    def told_from(self, event: Event) -> tuple[tuple[int | None, tuple[str, ...]], ...]:
        """Of an event that told it apart: from which reports, by the incidents that these are in
        by now; None: in none."""
        by_incident: dict[int | None, list[str]] = {}
        for each in event.others:
            by_incident.setdefault(self.elsewhere.get(each), []).append(each)
        return tuple((incident, tuple(those)) for incident, those in by_incident.items())

    @property
    def version(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True)
class Kin:
    """What a report's page says of its incident, and of what may be the same."""

    card: Card | None
    proposal: Proposal | None
    today: str
    observer: str | None = None
    """Who made the report, of those who were asked to look."""

    @property
    def version(self) -> str:
        return fingerprint(self)

    @property
    def named(self) -> frozenset[str]:
        """The reports that are listed as perhaps the same."""
        reasons = () if self.proposal is None else self.proposal.reasons
        return frozenset(each.what for each in reasons if isinstance(each.what, str))


def telling_of(dossier: Dossier, desk: Desk) -> Telling:
    understanding = desk.reader.understanding(dossier)
    return Telling(sighting_of(dossier, understanding), understanding)


def card_of(
    docket: Docket, dossiers: Mapping[str, Dossier], desk: Desk, names: Mapping[str, str]
) -> Card | None:
    """None of one without reports. `dossiers`: those of its reports, by reference."""
    own = [dossiers[each] for each in docket.references]
    tellings = [telling_of(each, desk) for each in own]
    if not tellings:
        return None
    seen = glance(tellings)
    witnesses = [each.sighting for each in tellings if _is_witness(each.sighting)]
    return Card(
        incident=docket.incident,
        judged_by=_judged_by(docket.incident, names),
        references=docket.references,
        callers=callers(witnesses),
        hearsay=len(tellings) - len(witnesses),
        glance=seen,
        priority=priority_of(own, desk),
        held_by=holders(own, names),
        is_closed=all(each.report.handling is Handling.CLOSED for each in own),
        area=area_of(seen.place, desk.reader.names.gazetteer),
    )


NEARBY = 1200.0
"""Metres from the middle of a part of town within which something is in it, or next to it."""


def area_of(place: Location | None, gazetteer: Gazetteer) -> str | None:
    """What is said of it; else the part of town whose middle is the nearest, if that is near."""
    if place is None:
        return None
    if place.area is not None:
        return place.area
    only = place.candidates[0] if len(place.candidates) == 1 else None
    if only is None or only.point is None:
        return place.city
    near = [
        (only.point.metres(area.point), area.name)
        for area in gazetteer.areas
        if area.kind == "neighbourhood" and area.city == only.city and area.point is not None
    ]
    metres, name = min(near, default=(NEARBY, only.city))
    return name if metres < NEARBY else only.city


def priority_of(dossiers: Iterable[Dossier], desk: Desk) -> Priority:
    """Of the most urgent of one report, or more."""
    return min(desk.reader.read(each).rank.priority for each in dossiers)


def holders(dossiers: Iterable[Dossier], names: Mapping[str, str]) -> tuple[str, ...]:
    """What those are called who took up reports that are not closed, each once. `names`: by
    username."""
    held = (_holder(each) for each in dossiers)
    return tuple(dict.fromkeys(names.get(who, who) for who in held if who is not None))


def _holder(dossier: Dossier) -> str | None:
    if dossier.report.handling not in (Handling.ACKNOWLEDGED, Handling.IN_REVIEW):
        return None
    acts = [act for act in dossier.acts if act.kind is ActKind.HANDLING]
    return acts[-1].who if acts else None


def _is_witness(sighting: Sighting) -> bool:
    return sighting.part in SAW


def _judged_by(incident: Incident, names: Mapping[str, str]) -> str | None:
    if incident.judged is None or incident.verdict is Verdict.UNVERIFIED:
        return None
    return names.get(incident.judged.who, incident.judged.who)


def proposal_of(
    suggestion: Suggestion,
    dossiers: Mapping[str, Dossier],
    members: Iterable[str],
    desk: Desk,
) -> Proposal:
    """`members`: the references of the reports of its incidents."""
    loose = (*suggestion.references, *suggestion.hearsay)
    tellings = [telling_of(dossiers[each], desk) for each in (*members, *loose)]
    return Proposal(
        suggestion=suggestion,
        reasons=tuple(
            Reason(
                what,
                member_of(dossiers[what], desk) if isinstance(what, str) else None,
                why,
            )
            for what, why in suggestion.why.items()
        ),
        glance=glance(tellings),
    )


def member_of(dossier: Dossier, desk: Desk) -> Member:
    return Member(
        report=dossier.report,
        called_at=dossier.call.started_at,
        place=_in_words(facts_of(Covering.of_counting(dossier, desk.reader).dossier(dossier))),
        is_hearsay=not _is_witness(telling_of(dossier, desk).sighting),
        language=desk.language_name(dossier.call.language),
        pictures=sum(
            each.is_picture and each.stored_at is not None for each in dossier.attachments
        ),
    )


LONGEST_WORDS = 200


def _in_words(facts: Facts) -> str | None:
    for fact in (facts.place, facts.account):
        if fact.standing is Standing.KNOWN:
            return str(fact.value)[:LONGEST_WORDS]
    return None


def incident_page_of(
    docket: Docket,
    dossiers: Mapping[str, Dossier],
    proposals: Sequence[Proposal],
    desk: Desk,
    names: Mapping[str, str],
    today: str,
    incident_of: Callable[[Iterable[str]], Mapping[str, int]],
    observed: Observed,
) -> IncidentPage:
    """`incident_of`: in which incidents reports are."""
    own = [dossiers[each] for each in docket.references]
    called = {FOUND_BY: "The line", **observed.people, **names}
    events = history(docket, own, lambda who: called.get(who, who), observed.dispatches)
    return IncidentPage(
        card=card_of(docket, dossiers, desk, names),
        incident=docket.incident,
        judged_by=_judged_by(docket.incident, names),
        members=tuple(
            replace(member_of(each, desk), observer=observed.name_of(each)) for each in own
        ),
        together=together(telling_of(each, desk) for each in own),
        events=events[::-1],
        proposals=tuple(proposals),
        moved_to=_moved_to(docket),
        elsewhere=incident_of({each for event in events for each in event.others}),
        today=today,
        requests=observed.requests(names, desk.clock()),
        found=observed.found(own),
    )


def _moved_to(docket: Docket) -> int | None:
    if docket.references:
        return None
    here = docket.incident.incident_id
    for act in reversed(docket.acts):
        for move in act.moves:
            if act.undone_at is None and move.before == here:
                return move.after
    return None
