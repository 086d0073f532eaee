"""The page of the map: each view reads, has `incident_map` decide what is marked and `plot` how it
is drawn, and renders it."""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from flask import Blueprint, Response, abort, render_template, request, send_file

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.incident_map import HOURS, USUAL_HOURS, MapPage, map_page_of
from dashboard.parts import View, add_pages, names_of, part
from dashboard.plot import Plot, plot
from dashboard.tiles import FOLDER, SERVED, VERSION
from reports.ports import Records

MAP: Final = "incident_map"
LEAFLET: Final = "leaflet"
KEPT: Final = 24 * 60 * 60
"""Seconds for which a browser does not ask for the script again."""
MOST_INCIDENTS: Final = 200
MOST_REPORTS: Final = 300
"""That are marked, the last ones: more cannot be told apart on a map."""


class IncidentMap:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def incident_map(self) -> str:
        page = self._page()
        return render_template(
            "incident_map.html",
            page=page,
            drawn=partial(self._drawn, page),
            hours=HOURS,
            tiles=self._desk.tiles,
            version=VERSION,
        )

    def incident_map_part(self) -> Response:
        page = self._page()
        return part("_incident_map.html", page.version, page=page, drawn=partial(self._drawn, page))

    def leaflet(self, name: str) -> Response:
        if name not in SERVED:
            abort(404)
        return send_file(
            io.BytesIO((FOLDER / name).read_bytes()),
            mimetype=mimetypes.guess_type(name)[0],
            etag=f"{VERSION}-{name}",
            max_age=KEPT,
        )

    def _drawn(self, page: MapPage) -> Plot | None:
        return plot(page.pins, self._desk.reader.names.gazetteer)

    def _page(self) -> MapPage:
        hours = _wanted_hours()
        now = self._desk.clock()
        since = now - timedelta(hours=hours)
        with self._desk.store.read() as records:
            dockets = records.dockets(since=since, limit=MOST_INCIDENTS + 1)
            inside = [each for docket in dockets for each in docket.references]
            loose = self._loose(records, since)
            found = {each.report.reference: each for each in records.dossiers_of([*inside, *loose])}
            names = names_of(records)
        return map_page_of(
            dockets[:MOST_INCIDENTS],
            [found[each] for each in loose[:MOST_REPORTS]],
            found,
            self._desk,
            names,
            hours=hours,
            since=since,
            more=len(dockets) > MOST_INCIDENTS or len(loose) > MOST_REPORTS,
            today=local_day(now, self._desk),
        )

    def _loose(self, records: Records, since: datetime) -> list[str]:
        """References of open reports that are in no incident."""
        filed = [each for each, _ in records.filed_since(since, MOST_REPORTS + 1)]
        inside = records.incident_of(filed)
        return [each for each in filed if each not in inside]


def _wanted_hours() -> int:
    wanted = request.args.get("hours", USUAL_HOURS, type=int)
    return wanted if wanted in HOURS else USUAL_HOURS


def add_map(blueprint: Blueprint, desk: Desk) -> None:
    here = IncidentMap(desk)
    views: Mapping[str, View] = {
        "/incidents/map": here.incident_map,
        "/incidents/map/part": here.incident_map_part,
        "/incidents/map/leaflet/<path:name>": here.leaflet,
    }
    add_pages(blueprint, views, {})
