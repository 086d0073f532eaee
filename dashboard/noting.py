"""An organizer writes a note on a report, or withdraws it; and sees where others mention them."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.notes import shown_mentions
from dashboard.parts import add_pages, names_of
from dashboard.sound import NotPlayable, playable
from reports.ports import AudioNotFound, StoreBusy
from reports.services.notes import (
    NoSuchNote,
    NoteTooLong,
    NothingWritten,
    WrittenByAnother,
    withdraw_note,
    write_note,
)
from reports.services.review import NoSuchReport

log = logging.getLogger(__name__)


class Noting:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def write_note(self, reference: str) -> ResponseReturnValue:
        body = request.form.get("note", "")
        try:
            write_note(self._desk.store, reference=reference, body=body, **self._by_whom())
        except NoSuchReport:
            abort(404)
        except NoteTooLong:
            abort(400)
        except NothingWritten:
            return _back(reference, "note_missing")
        return _back(reference, "note_written")

    def withdraw_note(self, reference: str, note_id: int) -> ResponseReturnValue:
        try:
            withdraw_note(self._desk.store, reference=reference, note_id=note_id, **self._by_whom())
        except NoSuchNote:
            abort(404)
        except WrittenByAnother:
            abort(403)
        return _back(reference, "note_withdrawn")

    def note_audio(self, reference: str, recording_sid: str) -> Response:
        """What somebody said by telephone, for the player."""
        with self._desk.store.read() as records:
            spoken = records.spoken_notes.get(recording_sid)
        if spoken is None or spoken.reference != reference or not spoken.playable:
            abort(404)
        try:
            wave = playable(self._desk.audio.get(recording_sid))
        except (AudioNotFound, NotPlayable):
            abort(404)
        return send_file(io.BytesIO(wave), mimetype="audio/wav", etag=spoken.sha256 or False)

    def mentions(self) -> str:
        """Those that are new are so for this once."""
        with self._desk.store.read() as records:
            names = names_of(records)
            mentions = shown_mentions(records.mentions_of(g.organizer.username), names)
        if any(each.is_new for each in mentions):
            self._see(None)
        today = local_day(self._desk.clock(), self._desk)
        return render_template("mentions.html", mentions=mentions, today=today)

    def saw(self, reference: str) -> None:
        """Whoever opened a report has seen that they are mentioned there."""
        with self._desk.store.read() as records:
            is_new = reference in records.unseen_mentions(g.organizer.username)
        if is_new:
            self._see(reference)

    def _see(self, reference: str | None) -> None:
        try:
            with self._desk.store.begin() as records:
                records.see_mentions(g.organizer.username, self._desk.clock(), reference)
        except StoreBusy:
            log.warning("that mentions were seen could not be written down: they stay new")

    def _by_whom(self) -> Mapping[str, Any]:
        return {"who": g.organizer.username, "at": self._desk.clock()}


def add_noting(blueprint: Blueprint, noting: Noting) -> None:
    add_pages(
        blueprint,
        {
            "/mentions": noting.mentions,
            "/r/<reference>/notes/<recording_sid>.wav": noting.note_audio,
        },
        {
            "/r/<reference>/notes": noting.write_note,
            "/r/<reference>/notes/<int:note_id>/withdraw": noting.withdraw_note,
        },
    )


def _back(reference: str, what: str) -> ResponseReturnValue:
    flash(reference, what)
    return redirect(url_for(".report", reference=reference, _anchor="desk-notes"), 303)
