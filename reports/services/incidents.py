"""What organizers do with reports that speak of the same thing: they put them together, take them
apart, and say what is true of it and what they go by. Every act is kept with who and when, and can
be undone with one press as long as no later one builds on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from reports.model import (
    Docket,
    IncidentAct,
    IncidentActKind,
    Judgement,
    Move,
    Verdict,
    Verification,
    advance,
)
from reports.ports import Records, ReportStore
from reports.services.review import NoSuchReport

LONGEST_INSTEAD: Final = 200
LONGEST_NOTE: Final = 500
MOST_AT_ONCE: Final = 200
"""Reports that one press puts together or takes apart."""
TOLD_OF_EACH: Final = 10
"""Reports of an incident that are told apart from all of another."""
SAYS_HOW: Final = frozenset([Verdict.CONFIRMED, Verdict.FALSE_ALARM, Verdict.NOT_ENFORCEMENT])
"""Verdicts that nobody gives without saying how they know."""


class NoSuchIncident(LookupError):
    """There is no incident of that id, or nothing was done there that could be undone."""


class IsRehearsal(ValueError):
    """Nobody called: what somebody rehearsed is of no incident. `str()`: its reference."""


class NothingNamed(ValueError):
    """Neither reports nor incidents, or too many."""


@dataclass
class MovedMeanwhile(RuntimeError):
    """A report is in an incident that whoever pressed did not see it in. Nothing was done."""

    reference: str
    incident_id: int | None
    by: IncidentAct | None


@dataclass
class JudgedApart(RuntimeError):
    """Of two incidents people said that different things are true. Nothing was done."""

    incident_ids: tuple[int, int]


@dataclass
class VerdictStands(RuntimeError):
    """Nothing would be left that a verdict is about: it has to be undone first."""

    incident_id: int
    by: IncidentAct


@dataclass
class BuiltUpon(RuntimeError):
    """What is to be undone is what a later act goes by: that has to be undone first."""

    later: IncidentAct


class EvidenceMissing(ValueError):
    """A verdict without how it is known. `str()`: 'how', 'instead' or 'note', which is missing."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a press."""

    act: IncidentAct | None
    """None: it was so already, and nothing was done."""
    incident_id: int | None
    """Where those are now that it was about; None: in none."""
    by: IncidentAct | None = None
    """Who did it before, when nothing was left to do."""


# --- Putting together -----------------------------------------------------------------------------


def merge(
    store: ReportStore,
    *,
    references: Collection[str] = (),
    incidents: Collection[int] = (),
    who: str,
    at: datetime,
) -> Done:
    """Puts reports and incidents together into one: the one of them of which something is said to
    be true, else the oldest, else a new one. One report alone founds an incident.

    Raises:
        NothingNamed, NoSuchReport, IsRehearsal, NoSuchIncident, MovedMeanwhile, JudgedApart.
    """
    if not 0 < len(references) + len(incidents) <= MOST_AT_ONCE:
        raise NothingNamed
    with store.begin() as records:
        records.hold_incidents()
        _all_there(records, references)
        dockets = [_docket(records, each) for each in sorted(set(incidents))]
        inside = records.incident_of(references)
        others = set(inside.values()) - set(incidents)
        if len(others | set(incidents)) > 1 and others:
            moved = next(each for each, of in sorted(inside.items()) if of in others)
            raise MovedMeanwhile(moved, inside[moved], records.last_moves([moved]).get(moved))
        dockets += [_docket(records, each) for each in others]
        into = _survivor([each for each in dockets if each.references])
        moving = {ref: inside.get(ref) for ref in references}
        moving |= {ref: each.incident.incident_id for each in dockets for ref in each.references}
        incident_id = None if into is None else into.incident.incident_id
        if incident_id is not None and all(of == incident_id for of in moving.values()):
            return Done(None, incident_id, _last_mover(records, moving))
        if incident_id is None:
            incident_id = records.add_incident(at)
        moves = tuple(
            Move(ref, of, incident_id) for ref, of in sorted(moving.items()) if of != incident_id
        )
        act = _add(records, IncidentAct(incident_id, at, who, IncidentActKind.MERGED, moves))
    return Done(act, incident_id)


def _survivor(dockets: Sequence[Docket]) -> Docket | None:
    """Raises:
    JudgedApart
    """
    judged = [each for each in dockets if each.incident.verdict is not Verdict.UNVERIFIED]
    for one, other in pairwise(judged):
        if one.incident.verdict is not other.incident.verdict:
            raise JudgedApart((one.incident.incident_id, other.incident.incident_id))
    return min(judged or dockets, key=lambda each: each.incident.incident_id, default=None)


# --- Taking apart ---------------------------------------------------------------------------------


def split(
    store: ReportStore,
    *,
    incident_id: int,
    references: Collection[str],
    who: str,
    at: datetime,
) -> Done:
    """Takes reports out of an incident. They are never suggested again to be the same as those that
    are left in it.

    Raises:
        NothingNamed, NoSuchIncident, MovedMeanwhile, VerdictStands.
    """
    if not references:
        raise NothingNamed
    with store.begin() as records:
        records.hold_incidents()
        docket = _docket(records, incident_id)
        elsewhere = sorted(set(references) - set(docket.references))
        if elsewhere:
            _all_there(records, elsewhere)
            moved = records.last_moves(elsewhere)
            if all(each in moved and moved[each].incident_id == incident_id for each in references):
                return Done(None, None, moved[elsewhere[0]])
            now = records.incident_of(elsewhere).get(elsewhere[0])
            raise MovedMeanwhile(elsewhere[0], now, moved.get(elsewhere[0]))
        left = [ref for ref in docket.references if ref not in references]
        if not left:
            _refuse_if_judged(docket)
        act = _add(
            records,
            IncidentAct(
                incident_id,
                at,
                who,
                IncidentActKind.SPLIT,
                moves=tuple(Move(ref, incident_id, None) for ref in sorted(set(references))),
                apart=_pairs(references, left),
            ),
        )
    return Done(act, None)


def tell_apart(
    store: ReportStore,
    *,
    reference: str,
    others: Collection[str] = (),
    incidents: Collection[int] = (),
    who: str,
    at: datetime,
) -> Done:
    """Says of a report that it is not the same as others, or as those of incidents: it is not
    suggested again.

    Raises:
        NothingNamed, NoSuchReport, IsRehearsal, NoSuchIncident, MovedMeanwhile.
    """
    with store.begin() as records:
        records.hold_incidents()
        _all_there(records, [reference, *others])
        members = [ref for each in incidents for ref in _docket(records, each).references]
        rest = {*others, *members} - {reference}
        if not 0 < len(rest) <= MOST_AT_ONCE:
            raise NothingNamed
        inside = records.incident_of([reference, *rest])
        own = inside.get(reference)
        if own is not None and own in {inside.get(each) for each in rest}:
            raise MovedMeanwhile(reference, own, records.last_moves([reference]).get(reference))
        told = {frozenset(pair) for pair in records.told_apart([reference])}
        new = [each for each in rest if frozenset((reference, each)) not in told]
        if not new:
            return Done(None, own)
        act = _add(
            records,
            IncidentAct(
                next(iter(sorted(incidents)), own),
                at,
                who,
                IncidentActKind.APART,
                apart=_pairs([reference], new),
            ),
        )
    return Done(act, own)


def tell_incidents_apart(
    store: ReportStore, *, incident_id: int, others: Collection[int], who: str, at: datetime
) -> Done:
    """Says of an incident that it is not the same as others: that is not suggested again, as long
    as reports are left in both that were there when it was said.

    Raises:
        NothingNamed, NoSuchIncident, MovedMeanwhile.
    """
    rest = sorted({*others} - {incident_id})
    if not 0 < len(rest) <= MOST_AT_ONCE:
        raise NothingNamed
    with store.begin() as records:
        records.hold_incidents()
        own = _docket(records, incident_id).references
        theirs = [_docket(records, each).references for each in rest]
        for emptied, references in zip((incident_id, *rest), (own, *theirs), strict=True):
            if not references:
                raise _emptied(records, emptied)
        told = {frozenset(pair) for pair in records.told_apart(own)}
        pairs = [
            pair
            for references in theirs
            # One pair is enough to keep two apart. Several hold when reports are taken out, and of
            # hundreds each with each would be a great many.
            for pair in (
                *_pairs(own[:TOLD_OF_EACH], references),
                *_pairs(own, references[:TOLD_OF_EACH]),
            )
            if frozenset(pair) not in told
        ]
        if not pairs:
            return Done(None, incident_id)
        act = IncidentAct(
            incident_id, at, who, IncidentActKind.APART, apart=tuple(sorted(set(pairs)))
        )
        act = _add(records, act)
    return Done(act, incident_id)


def _emptied(records: Records, incident_id: int) -> MovedMeanwhile | NoSuchIncident:
    """Of an incident without reports: where they went."""
    for act in reversed(_docket(records, incident_id).acts):
        for move in act.moves if act.undone_at is None else ():
            if move.before == incident_id:
                return MovedMeanwhile(
                    move.reference, records.incident_of([move.reference]).get(move.reference), act
                )
    return NoSuchIncident(incident_id)


def _pairs(ones: Iterable[str], others: Iterable[str]) -> tuple[tuple[str, str], ...]:
    rest = list(others)
    found = {(min(one, other), max(one, other)) for one in ones for other in rest}
    return tuple(sorted(found))


# --- What is true of it ---------------------------------------------------------------------------


def set_verdict(
    store: ReportStore, *, incident_id: int, judgement: Judgement, who: str, at: datetime
) -> Done:
    """A named person says what is true of an incident and what they go by. Another may say the same
    by other evidence; saying all of it again changes nothing.

    Raises:
        NoSuchIncident, EvidenceMissing.
    """
    judgement = _complete(judgement)
    with store.begin() as records:
        records.hold_incidents()
        docket = _docket(records, incident_id)
        if not docket.references:
            raise NoSuchIncident(incident_id)
        now, judged = docket.incident.verdict, docket.incident.judged
        if judged is not None and judged.judgement == judgement and judged.who == who:
            return Done(None, incident_id, judged)
        if judgement.verdict is Verdict.UNVERIFIED and now is Verdict.UNVERIFIED:
            return Done(None, incident_id, judged)
        if judgement.verdict is not now:
            advance(now, judgement.verdict)
        act = IncidentAct(incident_id, at, who, IncidentActKind.JUDGED, judgement=judgement)
        act = _add(records, act)
    return Done(act, incident_id)


def _complete(judgement: Judgement) -> Judgement:
    """Raises:
    EvidenceMissing
    """
    instead = " ".join(judgement.instead.split())[:LONGEST_INSTEAD]
    note = " ".join(judgement.note.split())[:LONGEST_NOTE]
    if judgement.verdict in SAYS_HOW and judgement.how is None:
        raise EvidenceMissing("how")
    if judgement.how is Verification.OTHER and not note:
        raise EvidenceMissing("note")
    if judgement.verdict is not Verdict.NOT_ENFORCEMENT:
        instead = ""
    elif not instead:
        raise EvidenceMissing("instead")
    how = judgement.how if judgement.verdict is not Verdict.UNVERIFIED else None
    return Judgement(judgement.verdict, how, instead, note)


# --- Undoing --------------------------------------------------------------------------------------


def undo(store: ReportStore, *, act_id: int, who: str, at: datetime) -> Done:
    """Takes back an act. What is taken back already stays so.

    Raises:
        NoSuchIncident, BuiltUpon, VerdictStands.
    """
    with store.begin() as records:
        records.hold_incidents()
        act = records.incident_act(act_id)
        if act is None:
            raise NoSuchIncident(act_id)
        if act.undone_at is not None:
            return Done(None, act.incident_id, act)
        _refuse_if_built_upon(records, act)
        records.undo_incident_act(act, who, at)
        if act.kind is IncidentActKind.MERGED and act.incident_id is not None:
            docket = _docket(records, act.incident_id)
            if not docket.references:
                # The transaction is undone with it.
                _refuse_if_judged(docket)
    return Done(act, act.incident_id)


def _refuse_if_built_upon(records: Records, act: IncidentAct) -> None:
    """Raises:
    BuiltUpon
    """
    last = records.last_moves([move.reference for move in act.moves])
    later = [each for each in last.values() if each.act_id != act.act_id]
    if act.kind is IncidentActKind.JUDGED and act.incident_id is not None:
        judged = _docket(records, act.incident_id).incident.judged
        if judged is not None and judged.act_id != act.act_id:
            later.append(judged)
    if later:
        raise BuiltUpon(max(later, key=lambda each: each.act_id or 0))


def _refuse_if_judged(docket: Docket) -> None:
    """Raises:
    VerdictStands
    """
    incident = docket.incident
    if incident.judged is not None and incident.verdict is not Verdict.UNVERIFIED:
        raise VerdictStands(incident.incident_id, incident.judged)


# --- What all of them need ------------------------------------------------------------------------


def _all_there(records: Records, references: Iterable[str]) -> None:
    """Raises:
    NoSuchReport, IsRehearsal
    """
    for reference in references:
        report = records.report(reference)
        if report is None:
            raise NoSuchReport(reference)
        call = records.call(report.call_sid)
        if call is not None and call.is_rehearsal:
            raise IsRehearsal(reference)


def _docket(records: Records, incident_id: int) -> Docket:
    """Raises:
    NoSuchIncident
    """
    docket = records.docket(incident_id)
    if docket is None:
        raise NoSuchIncident(incident_id)
    return docket


def _last_mover(records: Records, references: Iterable[str]) -> IncidentAct | None:
    moved = records.last_moves(references).values()
    return max(moved, key=lambda act: act.act_id or 0, default=None)


def _add(records: Records, act: IncidentAct) -> IncidentAct:
    return replace(act, act_id=records.add_incident_act(act))
