"""What is done with several reports of the list at once, and undone at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from dashboard.auth import safe_next
from dashboard.desk import Desk
from reports.model import Handling, Verdict
from reports.services.several import Outcome, handle_several, judge_several, undo_several

NAMED: Final = 12
"""References that are told one by one: a cookie holds what is told, and is small."""
ACTS: Final = frozenset({Handling.ACKNOWLEDGED, Handling.CLOSED})


class Several:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def act_on_several(self) -> ResponseReturnValue:
        references = request.form.getlist("r")
        kind, _, to = request.form.get("do", "").partition(":")
        at, who = self._desk.clock(), g.organizer.username
        try:
            if kind == "verdict":
                outcome = judge_several(
                    self._desk.store, references=references, verdict=Verdict(to), who=who, at=at
                )
            elif kind == "handling" and Handling(to) in ACTS:
                outcome = handle_several(
                    self._desk.store, references=references, to=Handling(to), who=who, at=at
                )
            else:
                abort(400)
        except ValueError:  # a state that there is not
            abort(400)
        if references:
            self._tell("several", outcome, did=kind, to=to, at=at.isoformat())
        else:
            flash("", "none_selected")
        return _back()

    def undo_several(self) -> ResponseReturnValue:
        try:
            done_at = datetime.fromisoformat(request.form.get("at", ""))
        except ValueError:
            abort(400)
        if done_at.tzinfo is None:
            abort(400)
        outcome = undo_several(
            self._desk.store,
            done_at=done_at.astimezone(UTC),
            who=g.organizer.username,
            at=self._desk.clock(),
        )
        self._tell("several_undone", outcome)
        return _back()

    def _tell(self, kind: str, outcome: Outcome, **more: Any) -> None:
        told = {
            "done": _told(outcome.done),
            "left": _told(outcome.left),
            **more,
        }
        flash(json.dumps(told), kind)


def _told(references: Sequence[str]) -> dict[str, Any]:
    return {"count": len(references), "named": references[:NAMED]}


def _back() -> ResponseReturnValue:
    return redirect(safe_next(request.form.get("next")), 303)


def add_several(blueprint: Blueprint, desk: Desk) -> None:
    """Puts what is done on a blueprint."""
    here = Several(desk)
    blueprint.add_url_rule("/several", "act_on_several", here.act_on_several, methods=["POST"])
    blueprint.add_url_rule("/several/undo", "undo_several", here.undo_several, methods=["POST"])
