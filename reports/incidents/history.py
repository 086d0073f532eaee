"""What happened to an incident: which reports of it came in, and what people did. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reports.model import Docket, Dossier, IncidentAct, IncidentActKind, Judgement


class Happened(StrEnum):
    HEARD = "heard"
    """A report of it came in."""
    MERGED = "merged"
    SPLIT = "split"
    APART = "apart"
    JUDGED = "judged"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    what: Happened
    who: str | None = None
    references: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Reports that are not of it, as somebody said: all that they told apart, where by now all or
    none of them are of it."""
    came_from: tuple[int, ...] = ()
    """Other incidents that they were in."""
    went_to: int | None = None
    """Another incident that they were put into."""
    judgement: Judgement | None = None
    act_id: int | None = None
    """Of an act that can be undone."""
    undone: datetime | None = None
    """When that was done which this undid."""


def history(
    docket: Docket, dossiers: Iterable[Dossier], name_of: Callable[[str], str]
) -> tuple[Event, ...]:
    """The first first. `dossiers`: those of its reports; `name_of`: what an organizer is called, by
    username."""
    events = [
        *(
            Event(each.call.started_at, Happened.HEARD, references=(each.report.reference,))
            for each in dossiers
        ),
        *(event for act in docket.acts for event in _of_act(act, docket, name_of)),
    ]
    events.sort(key=lambda event: event.at)
    return tuple(events)


def _of_act(act: IncidentAct, docket: Docket, name_of: Callable[[str], str]) -> Iterator[Event]:
    here = docket.incident.incident_id
    moved = [move for move in act.moves if here in (move.before, move.after)]
    told = {each for pair in act.apart for each in pair}
    others = told - {*docket.references} or told
    went = {move.after for move in moved if move.before == here} - {None}
    came = {move.before for move in moved if move.before is not None} - {here}
    yield Event(
        at=act.at,
        what=Happened(act.kind),
        who=name_of(act.who),
        references=tuple(move.reference for move in moved),
        others=tuple(sorted(others)) if act.kind is IncidentActKind.APART else (),
        came_from=tuple(sorted(came)),
        went_to=next(iter(went), None),
        judgement=act.judgement,
        act_id=act.act_id if act.undone_at is None else None,
    )
    if act.undone_at is not None and act.undone_by is not None:
        yield Event(
            at=act.undone_at,
            what=Happened.UNDONE,
            who=name_of(act.undone_by),
            judgement=act.judgement,
            undone=act.at,
        )
