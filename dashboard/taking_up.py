"""The page behind the link in an alert: somebody has it, or passes it on, without logging in.

The link is the permission, for this one act. So it tells a reference and a time and nothing of a
caller, and only a button acts: whoever previews a link asks for it and presses nothing.
"""

from __future__ import annotations

from enum import StrEnum

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from oncall.links import GOOD_FOR
from reports.model import Handling, Notification, Report
from reports.services.answers import Answer, receive_answer


class Standing(StrEnum):
    """What the link is good for."""

    OPEN = "open"
    YOURS = "yours"
    """It was used: they have it."""
    PASSED_ON = "passed_on"
    OTHERS = "others"
    CLOSED = "closed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


STATUS = {Standing.EXPIRED: 410, Standing.UNKNOWN: 404}
"""Of the page; others are 200."""


class TakingUp:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ack(self, token: str) -> ResponseReturnValue:
        return self._page(token)

    def answer_ack(self, token: str) -> ResponseReturnValue:
        given = request.form.get("answer", "")
        if given not in set(Answer):
            abort(400)
        standing, told, _ = self._standing(token)
        if standing is Standing.OPEN and told is not None:
            receive_answer(
                self._desk.store,
                self._desk.queue,
                notification_id=told.notification_id,
                answer=Answer(given),
                at=self._desk.clock(),
            )
        return self._page(token)

    def _page(self, token: str) -> ResponseReturnValue:
        standing, _, report = self._standing(token)
        page = render_template(
            "taking_up.html",
            standing=standing,
            token=token,
            reference=None if report is None else report.reference,
            at=None if report is None else report.filed_at.astimezone(self._desk.zone),
            zone=self._desk.zone,
        )
        return page, STATUS.get(standing, 200)

    def _standing(self, token: str) -> tuple[Standing, Notification | None, Report | None]:
        """Of an old link nothing is told, not even whose it was."""
        notification_id = self._desk.answer_links.notification_of(token)
        if notification_id is None:
            return Standing.UNKNOWN, None, None
        with self._desk.store.read() as records:
            told = records.notification(notification_id)
            report = None if told is None else records.report(told.reference)
        if told is None or report is None:
            return Standing.UNKNOWN, None, None
        if self._desk.clock() - told.created_at > GOOD_FOR:
            return Standing.EXPIRED, None, None
        if told.passed_on_at is not None:
            return Standing.PASSED_ON, told, report
        if report.handling is Handling.CLOSED:
            return Standing.CLOSED, told, report
        if told.acknowledged_at is not None:
            return Standing.YOURS, told, report
        if report.handling is not Handling.NEW:
            return Standing.OTHERS, told, report
        return Standing.OPEN, told, report


def add_taking_up(blueprint: Blueprint, desk: Desk) -> None:
    """Puts the page on a blueprint."""
    taking_up = TakingUp(desk)
    blueprint.add_url_rule("/ack/<token>", "ack", taking_up.ack, methods=["GET"])
    blueprint.add_url_rule("/ack/<token>", "answer_ack", taking_up.answer_ack, methods=["POST"])
