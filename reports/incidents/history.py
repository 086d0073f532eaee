"""What happened to an incident: which reports of it came in, and what people did. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reports.model import Docket, Dossier, IncidentAct, IncidentActKind, Judgement
from reports.observing import Dispatch, ObserverAnswer


class Happened(StrEnum):
    HEARD = "heard"
    """A report of it came in."""
    MERGED = "merged"
    SPLIT = "split"
    APART = "apart"
    JUDGED = "judged"
    UNDONE = "undone"
    ASKED = "asked"
    """Observers were asked to go and see."""
    ANSWERED = "answered"
    """One of them answered."""
    ENDED = "ended"
    """The request is over."""
    RESUMED = "resumed"
    """It goes on after all."""


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
    observers: tuple[str, ...] = ()
    """What those are called who were asked, who answered, or who made the report."""
    answer: ObserverAnswer | None = None
    pictures: int = 0
    """That came with the report of an observer."""


def history(
    docket: Docket,
    dossiers: Iterable[Dossier],
    name_of: Callable[[str], str],
    dispatches: Iterable[Dispatch] | None = None,
) -> tuple[Event, ...]:
    """The first first. `dossiers`: those of its reports; `name_of`: what an organizer is called, by
    username, or an observer, by handle; `dispatches`: what observers were asked, None where that,
    and who they are, is not to be told."""
    events = [
        *(
            event
            for each in dossiers
            for event in _heard(each, None if dispatches is None else name_of)
        ),
        *(event for each in dispatches or () for event in _of_dispatch(each, name_of)),
        *(event for act in docket.acts for event in _of_act(act, docket, name_of)),
    ]
    events.sort(key=lambda event: event.at)
    return tuple(events)


def _heard(dossier: Dossier, name_of: Callable[[str], str] | None) -> Iterator[Event]:
    """That it came in; of what an observer found each message that they sent."""
    references = (dossier.report.reference,)
    if dossier.finding is None or name_of is None:
        yield Event(dossier.call.started_at, Happened.HEARD, references=references)
        return
    observers = (name_of(dossier.finding.person_id),)
    if not dossier.texts:
        at = dossier.call.started_at
        yield Event(at, Happened.HEARD, references=references, observers=observers)
    for text in dossier.texts:
        yield Event(
            text.at,
            Happened.HEARD,
            references=references,
            observers=observers,
            pictures=sum(
                each.is_picture and each.message_sid == text.message_sid
                for each in dossier.attachments
            ),
        )


def _of_dispatch(dispatch: Dispatch, name_of: Callable[[str], str]) -> Iterator[Event]:
    yield Event(
        dispatch.at,
        Happened.ASKED,
        who=name_of(dispatch.who),
        observers=tuple(name_of(ask.person_id) for ask in dispatch.asks),
    )
    for ask in dispatch.asks:
        for answer in ask.answers:
            observers = (name_of(ask.person_id),)
            yield Event(answer.at, Happened.ANSWERED, observers=observers, answer=answer)
    for end in dispatch.ends:
        yield Event(end.at, Happened.ENDED, who=name_of(end.who))
        if end.undone_at is not None and end.undone_by is not None:
            yield Event(end.undone_at, Happened.RESUMED, who=name_of(end.undone_by))


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
