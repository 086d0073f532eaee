"""Logging in and out, and who is asking.

The session is Flask's signed cookie. It says who, since when, when last seen and under which
`session_epoch`; whatever else is true of the person is read from the database at each request. It
ends after `IDLE` without a request by the person (the page's own polling does not count), after
`LONGEST` in any case, and at once when the password changes.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from dashboard.accounts import canonical_username, encode_password, password_matches
from dashboard.attempts import Attempts
from dashboard.desk import Desk
from reports.model import Organizer

IDLE = timedelta(hours=4)
LONGEST = timedelta(hours=14)
"""A night shift and the handing over."""
SEEN_STEP = timedelta(minutes=1)
"""How exactly 'last seen' is kept: not every request needs another cookie."""


class Login:
    """The login page and what it does."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._attempts = Attempts(desk.clock)
        # Checked when there is no such person: an unknown name takes as long as a known one.
        self._nobody = desk.hasher.hash(secrets.token_hex())

    def form(self) -> ResponseReturnValue:
        if signed_in(self._desk) is not None:
            return redirect(safe_next(request.args.get("next")))
        return self._page()

    def enter(self) -> ResponseReturnValue:
        username = canonical_username(request.form.get("username", ""))
        password = request.form.get("password", "")
        address = request.remote_addr or ""
        wait = self._attempts.wait(username, address)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            return self._page("wait", username, seconds), 429, {"Retry-After": str(seconds)}
        organizer = self._check(username, password)
        if organizer is None:
            self._attempts.failed(username, address)
            return self._page("wrong", username), 401
        self._attempts.succeeded(username, address)
        sign_in(organizer, self._desk.clock())
        return redirect(safe_next(request.form.get("next")), 303)

    def leave(self) -> ResponseReturnValue:
        session.clear()
        return redirect(url_for(".login", left=1), 303)

    def _check(self, username: str, password: str) -> Organizer | None:
        with self._desk.store.read() as records:
            organizer = records.organizer(username)
        encoded = self._nobody if organizer is None else organizer.password_hash
        if not password_matches(self._desk.hasher, encoded, password) or organizer is None:
            return None
        if self._desk.hasher.check_needs_rehash(encoded):
            self._rehash(self._desk.hasher, organizer, password)
        return organizer

    def _rehash(self, hasher: PasswordHasher, checked: Organizer, password: str) -> None:
        """Keeps the password under today's parameters, unless it was changed in between."""
        renewed = replace(checked, password_hash=encode_password(hasher, password))
        with self._desk.store.begin() as records:
            if records.organizer(checked.username) == checked:
                records.put_organizer(renewed)

    def _page(self, problem: str | None = None, username: str = "", seconds: int = 0) -> str:
        return render_template(
            "login.html",
            problem=problem,
            username=username,
            seconds=seconds,
            next=safe_next(request.values.get("next")),
            left="left" in request.args,
        )


def add_login(blueprint: Blueprint, desk: Desk) -> None:
    """Puts the login page on a blueprint."""
    login = Login(desk)
    blueprint.add_url_rule("/login", "login", login.form, methods=["GET"])
    blueprint.add_url_rule("/login", "enter", login.enter, methods=["POST"])
    blueprint.add_url_rule("/logout", "leave", login.leave, methods=["POST"])


def sign_in(organizer: Organizer, at: datetime) -> None:
    """Begins a session: nothing of the one before, its CSRF token included, lives on."""
    session.clear()
    session.update(
        who=organizer.username,
        epoch=organizer.session_epoch,
        began=at.timestamp(),
        seen=at.timestamp(),
    )


def signed_in(desk: Desk, *, by_hand: bool = True) -> Organizer | None:
    """Who is asking, None when nobody is logged in (any more).

    `by_hand`: the person did something; False for what the page does by itself.
    """
    organizer = signed_in_by(desk, session)
    now = desk.clock()
    if organizer is not None and by_hand and now - _instant(session["seen"]) > SEEN_STEP:
        session["seen"] = now.timestamp()
    return organizer


def signed_in_by(desk: Desk, claims: Mapping[str, Any]) -> Organizer | None:
    """Whose login a session's claims are of, None when it is over."""
    username = claims.get("who")
    if not isinstance(username, str) or not _current(claims, desk.clock()):
        return None
    with desk.store.read() as records:
        organizer = records.organizer(username)
    if organizer is None or organizer.session_epoch != claims.get("epoch"):
        return None
    return organizer


def _current(claims: Mapping[str, Any], now: datetime) -> bool:
    return now - _instant(claims["seen"]) <= IDLE and now - _instant(claims["began"]) <= LONGEST


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def safe_next(wanted: str | None) -> str:
    """`wanted` if it is a path on this site, '/' otherwise."""
    if not wanted or not wanted.startswith("/") or not wanted.isprintable() or "\\" in wanted:
        return "/"
    parts = urlsplit(wanted)
    # '//elsewhere' is an address on another host.
    if parts.scheme or parts.netloc or wanted.startswith("//"):
        return "/"
    return wanted


def to_login() -> Response:
    """Where somebody is sent who must log in first; afterwards they come back to a page."""
    if request.method == "GET":
        back = request.full_path.rstrip("?")
    elif request.view_args and "reference" in request.view_args:
        back = url_for(".report", reference=request.view_args["reference"])
    else:
        back = "/"
    return redirect(url_for(".login", next=back), 303)
