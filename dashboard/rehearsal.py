"""The page on which people rehearse: a telephone in the browser that calls the line.

Nobody calls: `reports.services.rehearsals` begins the call, and the line's own webhooks are asked
in this process (`Desk.rehearsal_line`), with what the browser says was pressed and spoken. A text
message is a form, and works without script.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from dashboard.desk import Desk
from dashboard.fingerprint import fingerprint
from dashboard.inbox import Row, local_day, row_of
from dashboard.parts import View, add_pages, names_of, part
from dashboard.permissions import Permission, may
from dashboard.phone import KEYS, Ask, NotASound, Spoken, Step, seconds_of, steps_of, tone
from reports.model import Call
from reports.services.calls import RehearsalOver
from reports.services.rehearsals import (
    NotFictional,
    begin_rehearsal,
    delete_rehearsals,
    new_recording,
    own_rehearsal,
    take_in,
)

SPOKEN: Final = "go_on_in_rehearsal"
"""The view to which a recording is brought."""
NUMBERS: Final = tuple(f"+161255501{last}" for last in (42, 17, 58, 63, 91))
"""Nobody's (555-0100 to 555-0199)."""
LONGEST_TYPED: Final = 2000
LONGEST_TEXT: Final = 1600
"""Characters that providers take in one message."""
SEALED_FOR: Final = 60 * 60
"""Seconds for which a step may be gone on from: longer than any call takes."""
INCOMING: Final = "/voice/incoming"
STATUS: Final = "/voice/status"
"""What a telephone company is told to ask when a call rings, and tells when it is over."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was rehearsed lately, as the list shows it."""

    rows: tuple[Row, ...]
    today: str
    """Times of today are shown without a date."""

    @property
    def version(self) -> str:
        return fingerprint(self)


class Rehearsal:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def rehearsal(self) -> str:
        with self._desk.store.read() as records:
            reached = any(
                person.username == g.organizer.username and person.left_at is None
                for person in records.people.everybody()
            )
        return render_template(
            "rehearsal.html",
            able=self._desk.rehearsal_line is not None,
            numbers=NUMBERS,
            languages=[each for each in self._desk.spoken if each.voiced],
            reached=reached,
            longest_typed=LONGEST_TYPED,
            longest_text=LONGEST_TEXT,
            writes=self._desk.rehearsal_texts is not None,
            made=self._made(),
        )

    def rehearsals_part(self) -> Response:
        made = self._made()
        return part("_rehearsed.html", made.version, made=made)

    def _made(self) -> Made:
        with self._desk.store.read() as records:
            made = records.rehearsals(self._whose())
            names = names_of(records)
        return Made(
            tuple(row_of(each, self._desk, names) for each in made),
            local_day(self._desk.clock(), self._desk),
        )

    def text_in_rehearsal(self) -> ResponseReturnValue:
        """The line is written to, and what it answers is shown."""
        if self._desk.rehearsal_texts is None:
            abort(404)
        body = request.form.get("body", "").replace("\0", "").replace("\r\n", "\n").strip()
        if not body:
            flash("", "rehearsed_nothing")
            return redirect(url_for(".rehearsal", _anchor="writing"), 303)
        try:
            came = self._desk.rehearsal_texts(
                who=g.organizer.username,
                number=request.form.get("number", ""),
                body=body[:LONGEST_TEXT],
                tells="tells" in request.form,
            )
        except NotFictional:
            abort(400)
        # The line's own words alone: what was written stands in no cookie.
        flash(json.dumps({"answer": came.answer, "reference": came.reference}), "rehearsed_text")
        return redirect(url_for(".rehearsal", _anchor="writing"), 303)

    def call_in_rehearsal(self) -> Response:
        """The line is called, and answers."""
        before = request.form.get("before") or None
        if before is not None and before not in self._desk.language_names:
            abort(400)
        try:
            call = begin_rehearsal(
                self._desk.store,
                self._desk.queue,
                self._desk.sealer,
                who=g.organizer.username,
                number=request.form.get("number", ""),
                before=before,
                tells="tells" in request.form,
                at=self._desk.clock(),
            )
        except NotFictional:
            abort(400)
        sealed = _seal().dumps({"call": call.call_sid})
        return jsonify(call=sealed, steps=self._asks(call, INCOMING, {"CallStatus": "ringing"}))

    def go_on_in_rehearsal(self) -> Response:
        """Keys were pressed, something was said, or nothing was to be done."""
        told = _unsealed("to")
        ask = Ask(told["to"], told.get("recording_status"))
        try:
            call = own_rehearsal(self._desk.store, call_sid=told["call"], who=g.organizer.username)
        except RehearsalOver:
            return jsonify(steps=[{"do": "end"}])
        digits = request.form.get("digits", "")
        if not KEYS.fullmatch(digits):
            abort(400)
        ended = "ended" in request.form
        form = {"Digits": digits, "CallStatus": "completed" if ended else "in-progress"}
        if ask.recording_status is None:
            return jsonify(steps=self._asks(call, ask.to, form))
        return jsonify(steps=self._hears(call, ask, form))

    def hang_up_in_rehearsal(self) -> Response:
        """The call is over; what came of it."""
        call_sid = _unsealed("call")["call"]
        with self._desk.store.read() as records:
            call = records.call(call_sid)
            if call is None or call.rehearsed_by != g.organizer.username:
                abort(404)
        self._line(STATUS, {"CallSid": call_sid, "CallStatus": "completed"})
        with self._desk.store.read() as records:
            report = records.report_of_call(call_sid)
        reference = None if report is None else report.reference
        return jsonify(
            reference=reference,
            address=reference and url_for(".report", reference=reference),
        )

    def delete_rehearsals(self) -> ResponseReturnValue:
        delete_rehearsals(
            self._desk.store,
            self._desk.audio,
            who=self._whose(),
            by=g.organizer.username,
            at=self._desk.clock(),
        )
        flash("", "rehearsals_deleted")
        return redirect(url_for(".rehearsal"), 303)

    def _whose(self) -> str | None:
        """Whose rehearsals somebody may delete; None: everybody's."""
        may_all = may(g.organizer.role, Permission.MANAGE)
        return None if may_all else str(g.organizer.username)

    def _hears(self, call: Call, ask: Ask, form: Mapping[str, str]) -> list[Step]:
        """What was said is kept first, and then the line is told of it."""
        assert ask.recording_status is not None  # noqa: S101  # of who records
        typed = request.form.get("typed", "").strip()[:LONGEST_TYPED] or None
        brought = request.files.get("sound")
        sound = tone() if typed else b"" if brought is None else brought.read()
        try:
            seconds = seconds_of(sound)
        except NotASound:
            abort(400)
        desk = self._desk
        recording_sid = new_recording(desk.audio, sound)
        recorded = {"RecordingSid": recording_sid, "RecordingDuration": str(max(round(seconds), 1))}
        steps = self._asks(call, ask.to, {**form, **recorded})
        kept = take_in(
            desk.store,
            desk.queue,
            recording_sid=recording_sid,
            sound=sound,
            seconds=seconds,
            typed=typed,
            who=g.organizer.username,
            at=desk.clock(),
        )
        if not kept:
            desk.audio.delete(recording_sid)
            abort(500)
        told = {"CallSid": call.call_sid, "RecordingStatus": "completed", **recorded}
        self._line(ask.recording_status, told)
        return steps

    def _asks(self, call: Call, path: str, form: Mapping[str, str]) -> list[Step]:
        answer = self._line(path, {"CallSid": call.call_sid, **form})

        def seal(ask: Ask) -> str:
            return _seal().dumps({"call": call.call_sid, **asdict(ask)})

        return steps_of(answer, path, seal, self._spoken())

    def _line(self, path: str, form: Mapping[str, str]) -> str:
        if self._desk.rehearsal_line is None:
            abort(404)
        return self._desk.rehearsal_line(path, form)

    def _spoken(self) -> dict[str, Spoken]:
        """What is heard in the recorded prompts."""
        with self._desk.store.read() as records:
            return {
                take.sha256: Spoken(take.words, take.language)
                for language in self._desk.spoken
                for take in records.prompt_takes(language.code)
            }


def add_rehearsal(blueprint: Blueprint, desk: Desk) -> None:
    """Puts the page on a blueprint."""
    here = Rehearsal(desk)
    views: Mapping[str, View] = {
        "/rehearsal": here.rehearsal,
        "/rehearsal/made": here.rehearsals_part,
    }
    acts: Mapping[str, View] = {
        "/rehearsal/texts": here.text_in_rehearsal,
        "/rehearsal/calls": here.call_in_rehearsal,
        "/rehearsal/calls/step": here.go_on_in_rehearsal,
        "/rehearsal/calls/over": here.hang_up_in_rehearsal,
        "/rehearsal/delete": here.delete_rehearsals,
    }
    add_pages(blueprint, views, acts)


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="rehearsal")


def _unsealed(name: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = _seal().loads(request.form.get(name, ""), max_age=SEALED_FOR)
    except BadSignature:
        abort(400)
    if name not in told:
        abort(400)
    return told
