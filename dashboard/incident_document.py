"""An incident as the API gives it: plain values, ready for JSON. What it says: `docs/openapi.yaml`.
What its reports say stands in theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.covering import Covering
from dashboard.desk import Desk
from dashboard.incident_page import card_of, telling_of
from reports.fields.location import Location
from reports.incidents import together
from reports.model import Docket, Dossier, Incident, IncidentAct

Document = dict[str, Any]


def incident_document(docket: Docket, dossiers: Mapping[str, Dossier], desk: Desk) -> Document:
    """`dossiers`: those of its reports, by reference."""
    incident = docket.incident
    card = card_of(docket, dossiers, desk, {})
    said = together(telling_of(dossiers[each], desk) for each in docket.references)
    return {
        "incident": incident.incident_id,
        "created_at": _instant(incident.created_at),
        "changed_at": _instant(incident.changed_at),
        "verdict": incident.verdict.value,
        "evidence": _evidence(incident),
        "reports": list(docket.references),
        "callers": 0 if card is None else card.callers,
        "hearsay": 0 if card is None else card.hearsay,
        "place": None if card is None else _place(card.glance.place),
        "first_seen": None if card is None else _instant(card.glance.first_seen),
        "last_heard": None if card is None else _instant(card.glance.last_heard),
        "still_there": None if card is None else card.glance.still_there,
        "disagree": [each.name for each in said if not each.agree],
        "acts": [_act(act) for act in docket.acts],
    }


def _place(location: Location | None) -> str | None:
    """As the gazetteer has it, where one alone is meant, else in the caller's words."""
    if location is None:
        return None
    only = location.candidates[0].name if len(location.candidates) == 1 else None
    said = only or location.landmark or " & ".join(location.streets) or location.words
    return Covering().text(said)


def _evidence(incident: Incident) -> Document | None:
    if incident.judged is None:
        return None
    judgement = incident.judgement
    return {
        "who": incident.judged.who,
        "at": _instant(incident.judged.at),
        "how": None if judgement.how is None else judgement.how.value,
        "instead": judgement.instead or None,
        "note": judgement.note or None,
    }


def _act(act: IncidentAct) -> Document:
    return {
        "act": act.act_id,
        "at": _instant(act.at),
        "who": act.who,
        "kind": act.kind.value,
        "moves": [
            {"report": move.reference, "before": move.before, "after": move.after}
            for move in act.moves
        ],
        "apart": [list(pair) for pair in act.apart],
        "verdict": None if act.judgement is None else act.judgement.verdict.value,
        "undone_by": act.undone_by,
        "undone_at": None if act.undone_at is None else _instant(act.undone_at),
    }


def _instant(at: datetime) -> str:
    return at.isoformat()
