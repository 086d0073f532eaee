"""The pages of incidents: each view reads, has `incident_page` decide what to show, and renders it.
Nothing is put together but by a person who presses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.incident_board import Column, Narrowing, board
from dashboard.incident_board import View as Look
from dashboard.incident_page import (
    Card,
    IncidentList,
    IncidentPage,
    Kin,
    Proposal,
    card_of,
    incident_page_of,
    proposal_of,
)
from dashboard.neighbours import MOST_NEIGHBOURS, Neighbour, neighbours_of
from dashboard.observers_page import Observed, requests_told
from dashboard.parts import LAST_PAGE, View, add_pages, ids_of, names_of, part, wanted_page
from reports.incidents import Suggestion, nearby, sighting_of
from reports.model import Docket, Dossier, IncidentAct, Judgement, Verdict, Verification
from reports.ports import Records
from reports.services.incidents import (
    BuiltUpon,
    Done,
    EvidenceMissing,
    IsRehearsal,
    JudgedApart,
    MovedMeanwhile,
    NoSuchIncident,
    NothingNamed,
    VerdictStands,
    merge,
    set_verdict,
    split,
    tell_apart,
    tell_incidents_apart,
    undo,
)
from reports.services.observing import incidents_behind
from reports.services.review import NoSuchReport
from reports.services.suggesting import Suggester

PAGE: Final = 50
"""Incidents on one page of the list."""
MOST: Final = 200
"""Incidents, the last changed, that are looked through for the board and for what is wanted."""
ASKED: Final = frozenset({"view", "now", "verdict", "area", "page"})
"""What the address of the list says."""


class Incidents:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._suggester = Suggester(desk.reader.understanding)

    # What is shown

    def incidents(self) -> str:
        return render_template("incidents.html", **self._looked_at())

    def incidents_part(self) -> Response:
        shown = self._looked_at()
        return part("_incidents.html", shown["list"].version, **shown)

    def _looked_at(self) -> dict[str, Any]:
        """As the address says: the view, what is wanted, and what there is of it."""
        view, wanted = _wanted_view(), _wanted()
        with self._desk.store.read() as records:
            listed = (
                self._narrowed(records, wanted)
                if view is Look.BOARD or wanted.is_any
                else self._listed(records, wanted_page())
            )
        asked = {name: value for name, value in request.args.items() if value and name in ASKED}
        return {
            "list": listed,
            "view": view,
            "wanted": wanted,
            "board": board(listed.cards) if view is Look.BOARD else None,
            "asked": asked,
        }

    def _narrowed(self, records: Records, wanted: Narrowing) -> IncidentList:
        """Of the incidents that changed last, those that are wanted."""
        names = names_of(records)
        dockets = records.dockets(limit=MOST)
        dossiers = _dossiers(records, (ref for each in dockets for ref in each.references))
        found = [card_of(each, dossiers, self._desk, names) for each in dockets]
        cards = [card for card in found if card is not None]
        kept = tuple(card for card in cards if wanted.keeps(card))
        return IncidentList(
            proposals=tuple(self._proposals(records, self._suggestions(records))),
            cards=kept,
            older=None,
            newer=None,
            today=local_day(self._desk.clock(), self._desk),
            hidden=len(cards) - len(kept),
            areas=_areas(cards),
        )

    def incident(self, incident_id: str) -> str:
        return render_template("incident.html", page=self._page(incident_id))

    def incident_part(self, incident_id: str) -> Response:
        page = self._page(incident_id)
        return part("_incident.html", page.version, page=page)

    def _listed(self, records: Records, page: int) -> IncidentList:
        names = names_of(records)
        dockets = records.dockets(limit=PAGE + 1, offset=(page - 1) * PAGE)
        suggested = self._suggestions(records) if page == 1 else ()
        proposals = self._proposals(records, suggested)
        dossiers = _dossiers(records, (ref for each in dockets[:PAGE] for ref in each.references))
        cards = [card_of(each, dossiers, self._desk, names) for each in dockets[:PAGE]]
        shown = tuple(card for card in cards if card is not None)
        return IncidentList(
            proposals=tuple(proposals),
            cards=shown,
            areas=_areas(shown),
            older=page + 1 if len(dockets) > PAGE and page < LAST_PAGE else None,
            newer=page - 1 if page > 1 else None,
            today=local_day(self._desk.clock(), self._desk),
        )

    def _page(self, incident_id: str) -> IncidentPage:
        with self._desk.store.read() as records:
            docket = _docket(records, incident_id)
            wanted = [
                each
                for each in self._suggestions(records)
                if docket.incident.incident_id in each.incidents
            ]
            return incident_page_of(
                docket,
                _dossiers(records, docket.references),
                self._proposals(records, wanted),
                self._desk,
                names_of(records),
                local_day(self._desk.clock(), self._desk),
                records.incident_of,
                _observed(records, docket),
            )

    def kin(self, records: Records, dossier: Dossier) -> Kin:
        """What the page of a report shows of it."""
        reference, incident = dossier.report.reference, dossier.incident
        suggested = [
            each
            for each in self._suggestions(records)
            if reference in (*each.references, *each.hearsay)
            or (incident is not None and incident.incident_id in each.incidents)
        ]
        card: Card | None = None
        docket = None if incident is None else records.docket(incident.incident_id)
        if docket is not None:
            dossiers = _dossiers(records, docket.references)
            card = card_of(docket, dossiers, self._desk, names_of(records))
        return Kin(
            card=card,
            proposal=next(iter(self._proposals(records, suggested)), None),
            today=local_day(self._desk.clock(), self._desk),
            observer=Observed(people=_people(records)).name_of(dossier),
        )

    def near(self, records: Records, dossier: Dossier, kin: Kin) -> tuple[Neighbour, ...]:
        """What else was seen near a report, of which `kin` was just asked: what may be the same is
        listed as that."""
        if dossier.is_rehearsal:
            return ()
        here = sighting_of(dossier, self._desk.reader.understanding(dossier))
        others = [each for each in self._suggester.sightings if each.reference not in kin.named]
        found = nearby(here, others, most=2 * MOST_NEIGHBOURS)
        dossiers = _dossiers(records, (each.reference for each in found)) if found else {}
        return neighbours_of(found, dossiers, self._desk)

    def _suggestions(self, records: Records) -> Sequence[Suggestion]:
        return self._suggester.suggestions(records, self._desk.clock())

    def _proposals(self, records: Records, suggested: Sequence[Suggestion]) -> list[Proposal]:
        members = {
            incident_id: docket.references
            for each in suggested
            for incident_id in each.incidents
            if (docket := records.docket(incident_id)) is not None
        }
        inside = [ref for references in members.values() for ref in references]
        loose = [ref for each in suggested for ref in (*each.references, *each.hearsay)]
        dossiers = _dossiers(records, (*inside, *loose))
        return [
            proposal_of(
                each,
                dossiers,
                [ref for incident_id in each.incidents for ref in members.get(incident_id, ())],
                self._desk,
            )
            for each in suggested
        ]

    # What is done

    def merge(self) -> ResponseReturnValue:
        """Reports and incidents that the form names; 'also' and 'into' as people write them, for
        whatever nobody suggests."""
        also = request.form.get("also", "").replace(",", " ").split()
        references = [*request.form.getlist("ref"), *also]
        incidents = ids_of(request.form.getlist("incident"))
        into = request.form.get("into", "").strip().removeprefix("#").strip()
        if into:
            if not _is_there(self._desk, into):
                _tell("no_such_incident", incident=into[:12])
                return redirect(self._back(next(iter(incidents), None)), 303)
            incidents += ids_of([into])
        return self._done(
            "merged",
            lambda by: merge(self._desk.store, references=references, incidents=incidents, **by),
            incident_id=next(iter(incidents), None),
            fallback=references,
        )

    def split(self, incident_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([incident_id])
        return self._done(
            "split",
            lambda by: split(
                self._desk.store,
                incident_id=wanted,
                references=request.form.getlist("ref"),
                **by,
            ),
            incident_id=wanted,
        )

    def tell_apart(self) -> ResponseReturnValue:
        return self._done(
            "apart",
            lambda by: tell_apart(
                self._desk.store,
                reference=request.form.get("ref", ""),
                others=request.form.getlist("other"),
                incidents=ids_of(request.form.getlist("incident")),
                **by,
            ),
        )

    def tell_incidents_apart(self, incident_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([incident_id])
        return self._done(
            "apart",
            lambda by: tell_incidents_apart(
                self._desk.store,
                incident_id=wanted,
                others=ids_of(request.form.getlist("incident")),
                **by,
            ),
        )

    def judge_incident(self, incident_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([incident_id])
        form = request.form
        try:
            judgement = Judgement(
                Verdict(form.get("to", "")),
                Verification(form["how"]) if form.get("how") else None,
                form.get("instead", ""),
                form.get("note", ""),
            )
        except ValueError:
            abort(400)
        return self._done(
            "judged",
            lambda by: set_verdict(self._desk.store, incident_id=wanted, judgement=judgement, **by),
            incident_id=wanted,
        )

    def undo_act(self, act_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([act_id])
        return self._done("undone", lambda by: undo(self._desk.store, act_id=wanted, **by))

    def _done(
        self,
        what: str,
        do: Callable[[Mapping[str, Any]], Done],
        incident_id: int | None = None,
        fallback: Sequence[str] = (),
    ) -> ResponseReturnValue:
        """Does it, and says what came of it on the page to go on with."""
        try:
            done = do({"who": g.organizer.username, "at": self._desk.clock()})
        except NothingNamed:
            abort(400)
        except (NoSuchReport, NoSuchIncident) as missing:
            if not fallback or isinstance(missing, NoSuchIncident):
                abort(404)
            _tell("no_such_report", reference=str(missing)[:12])
        except IsRehearsal as rehearsed:
            _tell("rehearsed", reference=str(rehearsed))
        except MovedMeanwhile as moved:
            _tell(
                "moved_meanwhile",
                reference=moved.reference,
                incident=moved.incident_id,
                who=self._who(moved.by),
            )
        except JudgedApart as apart:
            _tell("judged_apart", incidents=apart.incident_ids)
        except VerdictStands as stands:
            _tell("verdict_stands", incident=stands.incident_id, who=self._who(stands.by))
        except BuiltUpon as built:
            _tell("built_upon", who=self._who(built.later), kind=str(built.later.kind))
        except EvidenceMissing as missing_evidence:
            _tell("evidence_missing", what=str(missing_evidence))
        else:
            if done.act is None:
                _tell("already", did=what, who=self._who(done.by))
            else:
                references = [move.reference for move in done.act.moves]
                _tell(what, act=done.act.act_id, references=references)
            incident_id = done.incident_id if what == "merged" else incident_id
        return redirect(self._back(incident_id), 303)

    def _back(self, incident_id: int | None) -> str:
        """The page that the form stood on, if it names it, else the incident's."""
        report, incident = (request.form.get(name, "") for name in ("from", "back"))
        if report.isdecimal():
            return url_for(".report", reference=report)
        if incident:
            return url_for(".incident", incident_id=ids_of([incident])[0])
        if incident_id is not None:
            return url_for(".incident", incident_id=incident_id)
        return url_for(".incidents")

    def _who(self, act: IncidentAct | None) -> str | None:
        """The name of who did, or undid, it."""
        if act is None:
            return None
        with self._desk.store.read() as records:
            names = names_of(records)
        who = act.undone_by or act.who
        return names.get(who, who)


def _wanted_view() -> Look:
    try:
        return Look(request.args.get("view", Look.LIST))
    except ValueError:
        abort(400)


def _wanted() -> Narrowing:
    column = request.args.get("verdict", "")
    try:
        return Narrowing(
            now=bool(request.args.get("now")),
            column=Column(column) if column else None,
            area=request.args.get("area", ""),
        )
    except ValueError:
        abort(400)


def _areas(cards: Iterable[Card]) -> tuple[str, ...]:
    return tuple(sorted({card.area for card in cards if card.area is not None}))


def _tell(category: str, **what: Any) -> None:
    """What came of a press, for the next page: codes, for which its template has the words."""
    flash(json.dumps(what), category)


def _is_there(desk: Desk, written: str) -> bool:
    """Whether there is an incident of a number that somebody typed."""
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        return False
    with desk.store.read() as records:
        return records.docket(int(written)) is not None


def _docket(records: Records, incident_id: str) -> Docket:
    (wanted,) = ids_of([incident_id])
    docket = records.docket(wanted)
    if docket is None:
        abort(404)
    return docket


def _observed(records: Records, docket: Docket) -> Observed:
    """What observers were asked of an incident, and of those that were put into it."""
    dispatches = records.observing.dispatches_of(incidents_behind(records, docket))
    told = requests_told(records.dossiers_of(list({each.reference for each in dispatches})))
    return Observed(dispatches, told, _people(records))


def _people(records: Records) -> Mapping[str, str]:
    return {each.person_id: each.name for each in records.people.everybody()}


def _dossiers(records: Records, references: Iterable[str]) -> Mapping[str, Dossier]:
    wanted = list(dict.fromkeys(references))
    return {each.report.reference: each for each in records.dossiers_of(wanted)}


def add_incidents(blueprint: Blueprint, here: Incidents) -> None:
    blueprint.add_app_template_filter(json.loads, "told")
    views: Mapping[str, View] = {
        "/incidents": here.incidents,
        "/incidents/part": here.incidents_part,
        "/incidents/<incident_id>": here.incident,
        "/incidents/<incident_id>/part": here.incident_part,
    }
    acts: Mapping[str, View] = {
        "/incidents": here.merge,
        "/incidents/apart": here.tell_apart,
        "/incidents/acts/<act_id>/undo": here.undo_act,
        "/incidents/<incident_id>/split": here.split,
        "/incidents/<incident_id>/apart": here.tell_incidents_apart,
        "/incidents/<incident_id>/verdict": here.judge_incident,
    }
    add_pages(blueprint, views, acts)
