"""The read API, for other programs of the group. Described in `docs/openapi.yaml`, served by it."""

from __future__ import annotations

import hmac
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from dashboard.callers import OTHER_REPORTS
from dashboard.covering import Covering
from dashboard.desk import Desk
from dashboard.document import document_of
from dashboard.inbox import clock_of
from dashboard.incident_document import incident_document
from reports.custody import API, Deed, Entry, recording_subject
from reports.model import Docket, Dossier, Recording
from reports.ports import AudioNotFound, Records, StoreBusy
from reports.services.custody import PATIENCE, custody_of, note_access

NAME = "api"
PREFIX = "/api/"
DESCRIPTION = Path(__file__).resolve().parent.parent / "docs" / "openapi.yaml"
USUAL_LIMIT = 50
HIGHEST_LIMIT = 200


class Refused(Exception):
    """A request that cannot be answered, and how the answer says so."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Api:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def reports(self) -> Response:
        since = _since(request.args.get("since"))
        limit = _whole_number("limit", USUAL_LIMIT, lowest=1, highest=HIGHEST_LIMIT)
        offset = _whole_number("cursor", 0, lowest=0, highest=10**9)
        read_at = self._desk.clock()
        with self._desk.store.read() as records:
            dossiers = records.dossiers(since=since, limit=limit + 1, offset=offset)
            others = records.same_caller(
                [dossier.report.reference for dossier in dossiers[:limit]], OTHER_REPORTS
            )
            custody = custody_of(records, dossiers[:limit])
        return jsonify(
            reports=[
                self._document(
                    dossier,
                    others.get(dossier.report.reference, ()),
                    custody.get(dossier.report.reference, ()),
                )
                for dossier in dossiers[:limit]
            ],
            read_at=read_at.isoformat(),
            next_cursor=str(offset + limit) if len(dossiers) > limit else None,
        )

    def report(self, reference: str) -> Response:
        dossier = self._dossier(reference)
        with self._desk.store.read() as records:
            others = records.same_caller([reference], OTHER_REPORTS)
            custody = custody_of(records, [dossier])
        document = self._document(dossier, others.get(reference, ()), custody.get(reference, ()))
        return jsonify(document)

    def _document(
        self, dossier: Dossier, same_caller: Sequence[str], custody: Sequence[Entry]
    ) -> dict[str, Any]:
        reading = self._desk.reader.read(dossier)
        return document_of(
            dossier,
            reading,
            Covering.of_all(dossier, self._desk.reader),
            clock_of(dossier, reading.rank, self._desk),
            same_caller,
            custody,
        )

    def incidents(self) -> Response:
        since = _since(request.args.get("since"))
        limit = _whole_number("limit", USUAL_LIMIT, lowest=1, highest=HIGHEST_LIMIT)
        offset = _whole_number("cursor", 0, lowest=0, highest=10**9)
        read_at = self._desk.clock()
        with self._desk.store.read() as records:
            dockets = records.dockets(since=since, limit=limit + 1, offset=offset)
            found = self._incident_documents(records, dockets[:limit])
        return jsonify(
            incidents=found,
            read_at=read_at.isoformat(),
            next_cursor=str(offset + limit) if len(dockets) > limit else None,
        )

    def incident(self, incident: str) -> Response:
        with self._desk.store.read() as records:
            is_id = incident.isascii() and incident.isdecimal() and len(incident) < 10
            docket = records.docket(int(incident)) if is_id else None
            if docket is None:
                raise Refused(404, "no_such_incident", "There is no incident of that id.")
            (found,) = self._incident_documents(records, [docket])
        return jsonify(found)

    def _incident_documents(
        self, records: Records, dockets: Sequence[Docket]
    ) -> list[dict[str, Any]]:
        references = [reference for docket in dockets for reference in docket.references]
        dossiers = {each.report.reference: each for each in records.dossiers_of(references)}
        return [incident_document(docket, dossiers, self._desk) for docket in dockets]

    def recording(self, reference: str, recording_sid: str) -> Response:
        """Byte for byte as the telephone company delivered it."""
        recording = next(
            (
                recording
                for recording in self._dossier(reference).recordings
                if recording.recording_sid == recording_sid and recording.playable
            ),
            None,
        )
        if recording is None:
            raise Refused(404, "no_such_recording", "The report has no such audio (yet).")
        try:
            audio = self._desk.audio.get(recording_sid)
        except AudioNotFound:
            raise Refused(404, "audio_lost", "The audio is not where it was put.") from None
        self._note_hearing(recording)
        return send_file(io.BytesIO(audio), mimetype="audio/wav", etag=recording.sha256 or False)

    def _note_hearing(self, recording: Recording) -> None:
        try:
            note_access(
                self._desk.store,
                deed=Deed.RECORDING_HEARD,
                subject=recording_subject(recording.recording_sid),
                how="original",
                sha256=recording.sha256,
                who=API,
                at=self._desk.clock(),
            )
        except StoreBusy:
            raise Refused(
                503,
                "access_not_noted",
                "Audio is given only with a note of it, which could not be written: ask again.",
            ) from None

    def description(self) -> Response:
        return send_file(DESCRIPTION, mimetype="application/yaml")

    def _dossier(self, reference: str) -> Dossier:
        with self._desk.store.read() as records:
            dossier = records.dossier(reference)
        if dossier is None:
            raise Refused(404, "no_such_report", "There is no report of that reference.")
        return dossier


def api(desk: Desk) -> Blueprint:
    """The blueprint: whoever bears the token may read, nobody may write."""
    blueprint = Blueprint(NAME, __name__, url_prefix=PREFIX.rstrip("/"))
    here = Api(desk)
    views: Mapping[str, Callable[..., Response]] = {
        "/reports": here.reports,
        "/reports/<reference>": here.report,
        "/reports/<reference>/recordings/<recording_sid>.wav": here.recording,
        "/incidents": here.incidents,
        "/incidents/<incident>": here.incident,
        "/openapi.yaml": here.description,
    }
    for path, view in views.items():
        blueprint.add_url_rule(path, view.__name__, view, methods=["GET"])

    @blueprint.before_request
    def guard() -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(token.strip().encode(), desk.api_token.encode())
        if scheme.lower() != "bearer" or not right:
            raise Refused(401, "token_needed", "Send 'Authorization: Bearer' and the API token.")

    @blueprint.errorhandler(Refused)
    def refuse(refused: Refused) -> ResponseReturnValue:
        response = error(refused.status, refused.code, refused.message)
        if refused.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        if refused.status == 503:
            response.headers["Retry-After"] = str(round(PATIENCE))
        return response

    return blueprint


def error(status: int, code: str, message: str) -> Response:
    """How every error under `PREFIX` is told."""
    response = jsonify(error={"code": code, "message": message})
    response.status_code = status
    return response


def _since(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Refused(
            400,
            "bad_since",
            "'since' is an instant with its zone, such as 2026-03-01T06:30:00Z"
            " (write + as %2B in an address).",
        )
    return at


def _whole_number(name: str, usual: int, *, lowest: int, highest: int) -> int:
    written = request.args.get(name)
    if written is None:
        return usual
    if not (written.isascii() and written.isdecimal() and lowest <= int(written) <= highest):
        raise Refused(400, f"bad_{name}", f"'{name}' is a whole number, {lowest} to {highest}.")
    return int(written)
