"""The pages on which somebody looks at what would leave, and has it leave. What it holds, and that
it is written down first: `exports`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from flask import Blueprint, abort, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.parts import RehearsalStays, View, add_pages, ids_of
from exports.bagging import NotBagged
from exports.packet import Wanted
from exports.redaction import Choices, Cover, Piece, ReasonMissing
from exports.research import SMALL
from exports.services import (
    LONGEST_PERIOD,
    ChangedMeanwhile,
    Demand,
    Exporter,
    Form,
    IsRehearsal,
    Kind,
    Leaving,
    NoSuchReports,
    Period,
    Preview,
    exports_made,
)
from exports.words import COLUMNS
from reports.ports import StoreBusy
from reports.services.custody import PATIENCE

log = logging.getLogger(__name__)

LISTED = 200
"""Exports on the page of what has left."""
USUAL_DAYS = 30
"""Of rows for research, unless somebody says which."""
ROWS_SHOWN = 50
MOST_WORDS = 100
"""That a person has covered beside what fields mark."""

Chosen = TypeVar("Chosen", Kind, Form)


@dataclass(frozen=True, slots=True)
class ExportForm:
    """What somebody wrote into the form."""

    why: str = ""
    also: str = ""
    uncover: frozenset[str] = frozenset()
    uncover_why: str = ""


class Exports:
    """The views."""

    def __init__(self, desk: Desk, exporter: Exporter) -> None:
        self._desk = desk
        self._exporter = exporter

    def exports(self) -> str:
        """What has left."""
        with self._desk.store.read() as records:
            left = exports_made(records, LISTED)
            names = {each.username: each.display_name for each in records.organizers()}
        today = local_day(self._desk.clock(), self._desk)
        since = date.fromisoformat(today) - timedelta(days=USUAL_DAYS)
        return render_template(
            "exports.html", left=left, names=names, today=today, since=since.isoformat()
        )

    def export_report(self, reference: str, kind: str) -> ResponseReturnValue:
        """What would leave of a report."""
        return self._look(Demand(_chosen(Kind, kind), (reference,)))

    def leave_report(self, reference: str, kind: str) -> ResponseReturnValue:
        return self._leave(Demand(_chosen(Kind, kind), (reference,)))

    def export_incident(self, incident_id: str, kind: str) -> ResponseReturnValue:
        """What would leave of all reports of an incident."""
        return self._look(_of_incident(incident_id, kind))

    def leave_incident(self, incident_id: str, kind: str) -> ResponseReturnValue:
        return self._leave(_of_incident(incident_id, kind))

    def export_several(self, kind: str) -> ResponseReturnValue:
        """What would leave of several reports, or of those of a period."""
        return self._look(self._several(kind))

    def leave_several(self, kind: str) -> ResponseReturnValue:
        return self._leave(self._several(kind))

    def _several(self, kind: str) -> Demand:
        wanted = _chosen(Kind, kind)
        if wanted is Kind.RESEARCH and not request.args.getlist("ref"):
            return Demand(wanted, period=self._period())
        return Demand(wanted, tuple(request.args.getlist("ref")))

    def _period(self) -> Period:
        today = date.fromisoformat(local_day(self._desk.clock(), self._desk))
        until = _day("until", today)
        since = _day("since", until - timedelta(days=USUAL_DAYS))
        if not timedelta() <= until - since <= LONGEST_PERIOD:
            abort(400)
        return Period(since, until)

    def _look(self, demand: Demand) -> ResponseReturnValue:
        return self._page(self._preview(demand), ExportForm())

    def _leave(self, demand: Demand) -> ResponseReturnValue:
        form = _form()
        demand = _as_wanted(demand, form)
        try:
            preview = self._exporter.preview(demand)
        except NoSuchReports:
            abort(404)
        except IsRehearsal:
            raise RehearsalStays from None
        except ReasonMissing:
            still = replace(demand, choices=replace(demand.choices, uncovered=frozenset()))
            return self._page(self._preview(still), form, "uncover_why_missing"), 400
        if request.form.get("do") != "leave":
            return self._page(preview, form)
        try:
            leaving = self._exporter.leave(
                demand,
                who=g.organizer.username,
                why=form.why,
                seen=request.form.get("seen", ""),
            )
        except ReasonMissing:
            return self._page(preview, form, "why_missing"), 400
        except ChangedMeanwhile:
            return self._page(self._preview(demand), form, "changed"), 409
        except NotBagged as failed:
            log.error("a packet was not put together: %s", type(failed.__cause__).__name__)
            return self._page(preview, form, "not_made"), 500
        except StoreBusy:
            log.error("an export could not be written down, and was not given")
            raise ServiceUnavailable(retry_after=round(PATIENCE)) from None
        return self._given(leaving, preview)

    def _given(self, leaving: Leaving, preview: Preview) -> ResponseReturnValue:
        if leaving.kind is Kind.BRIEF:
            with leaving.body:
                return render_template("brief.html", text=leaving.text, back=_back(preview))
        return send_file(
            leaving.body,
            mimetype=leaving.mimetype,
            as_attachment=True,
            download_name=leaving.name,
        )

    def _preview(self, demand: Demand) -> Preview:
        try:
            return self._exporter.preview(demand)
        except NoSuchReports:
            abort(404)
        except IsRehearsal:
            raise RehearsalStays from None

    def _page(self, preview: Preview, form: ExportForm, problem: str | None = None) -> str:
        labels = self._exporter.maker.words.covers
        return render_template(
            "export.html",
            preview=preview,
            demand=preview.demand,
            form=form,
            problem=problem,
            back=_back(preview),
            texts=[(name, _shown(pieces, labels)) for name, pieces in preview.texts],
            rows=[] if preview.table is None else preview.table.rows[:ROWS_SHOWN],
            columns=COLUMNS,
            small=SMALL,
            labels=labels,
            stamped=self._exporter.bagger.stamp is not None,
        )


def add_exports(blueprint: Blueprint, desk: Desk) -> None:
    """Puts the pages of what leaves on a blueprint."""
    here = Exports(desk, desk.exporter)
    views: Mapping[str, View] = {
        "/exports": here.exports,
        "/r/<reference>/export/<kind>": here.export_report,
        "/incidents/<incident_id>/export/<kind>": here.export_incident,
        "/export/<kind>": here.export_several,
    }
    acts: Mapping[str, View] = {
        "/r/<reference>/export/<kind>": here.leave_report,
        "/incidents/<incident_id>/export/<kind>": here.leave_incident,
        "/export/<kind>": here.leave_several,
    }
    add_pages(blueprint, views, acts)


def _form() -> ExportForm:
    return ExportForm(
        why=request.form.get("why", ""),
        also=request.form.get("also", ""),
        uncover=frozenset(request.form.getlist("uncover")),
        uncover_why=request.form.get("uncover_why", ""),
    )


def _as_wanted(demand: Demand, form: ExportForm) -> Demand:
    """As the form has it: its words stand in its body, and in no address."""
    lines = (line.strip() for line in form.also.splitlines())
    return replace(
        demand,
        choices=Choices(
            also=tuple(dict.fromkeys(line for line in lines if line))[:MOST_WORDS],
            uncovered=form.uncover,
            why=form.uncover_why,
        ),
        wanted=Wanted(
            audio="audio" in request.form,
            original_pictures="original_pictures" in request.form,
        ),
        form=_chosen(Form, request.form.get("form", Form.CSV)),
    )


def _shown(
    pieces: tuple[Piece, ...], labels: Mapping[Cover, str]
) -> list[tuple[str, Cover | None]]:
    return [
        (piece.text if piece.cover is None else labels[piece.cover], piece.cover)
        for piece in pieces
    ]


def _of_incident(incident_id: str, kind: str) -> Demand:
    (wanted,) = ids_of([incident_id])
    return Demand(_chosen(Kind, kind), incident=wanted)


def _back(preview: Preview) -> str:
    """To the report or the incident, or to the page of what has left."""
    if preview.demand.incident is not None:
        return url_for(".incident", incident_id=preview.demand.incident)
    references = preview.demand.references
    if len(references) == 1:
        return url_for(".report", reference=references[0])
    return url_for(".exports")


def _chosen(kinds: type[Chosen], wanted: str) -> Chosen:
    try:
        return kinds(wanted)
    except ValueError:
        abort(404)


def _day(name: str, usual: date) -> date:
    written = request.args.get(name)
    if not written:
        return usual
    try:
        return date.fromisoformat(written)
    except ValueError:
        abort(400)
