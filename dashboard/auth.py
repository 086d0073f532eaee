"""Logging in and out, and who is asking.

Flask's signed cookie holds a token and nothing else of the person: whose session it is, and whether
it still counts, the database says at each request (`dashboard.sessions`). It ends after `IDLE`
without a request by the person (the page's own polling does not count), after `LONGEST` in any
case, and at once when the password changes, the account is suspended or somebody ends it.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from dashboard.accounts import canonical_username, encode_password, password_matches
from dashboard.attempts import WITH_CODE, Attempts
from dashboard.desk import Desk
from dashboard.passkeys import NotAccepted, request_options, site_of, use_passkey
from dashboard.second_factor import code_is_right
from dashboard.sessions import begin_session, end_session, hash_of, is_live
from reports.accounts import Session
from reports.model import Organizer
from reports.ports import StoreBusy

SEEN_STEP = timedelta(minutes=1)
"""How exactly 'last seen' is kept: not every request needs another row written."""
PENDING = timedelta(minutes=10)
"""Between the password and the second factor, or a passkey's question and its answer."""
SEEN_PATIENCE = 0.5
"""Seconds that a page waits for others who write, to say that somebody was here."""


class Login:
    """The login page and what it does."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._attempts = Attempts(desk.clock)
        self._codes = Attempts(desk.clock, with_username=WITH_CODE)
        self._site = site_of(desk.public_url)

    @cached_property
    def _nobody(self) -> str:
        """Checked when there is no such person: an unknown name takes as long as a known one."""
        return self._desk.hasher.hash(secrets.token_hex())

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
        if organizer.suspended_at is not None:
            return self._page("suspended", username), 403
        if self._has_second_factor(username):
            return self._half_way(organizer)
        sign_in(self._desk, organizer)
        return redirect(safe_next(request.form.get("next")), 303)

    # The second factor

    def _has_second_factor(self, username: str) -> bool:
        with self._desk.store.read() as records:
            return username in records.with_second_factor()

    def _half_way(self, organizer: Organizer) -> ResponseReturnValue:
        """The password was right; nothing is opened by that alone."""
        session.clear()
        session.update(
            pending=organizer.username,
            pending_epoch=organizer.session_epoch,
            pending_at=self._desk.clock().timestamp(),
        )
        return redirect(url_for(".login_code", next=safe_next(request.form.get("next"))), 303)

    def _pending(self) -> Organizer | None:
        """Whose password was right just now."""
        username, at = session.get("pending"), session.get("pending_at")
        if not isinstance(username, str) or not isinstance(at, float):
            return None
        if self._desk.clock() - datetime.fromtimestamp(at, UTC) > PENDING:
            return None
        with self._desk.store.read() as records:
            organizer = records.organizer(username)
        if organizer is None or organizer.suspended_at is not None:
            return None
        return organizer if organizer.session_epoch == session.get("pending_epoch") else None

    def login_code(self) -> ResponseReturnValue:
        organizer = self._pending()
        return redirect(url_for(".login"), 303) if organizer is None else self._second(organizer)

    def enter_code(self) -> ResponseReturnValue:
        organizer = self._pending()
        if organizer is None:
            return redirect(url_for(".login"), 303)
        username, address = organizer.username, request.remote_addr or ""
        wait = self._codes.wait(username, address)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            return self._second(organizer, "wait", seconds), 429, {"Retry-After": str(seconds)}
        desk = self._desk
        with desk.store.begin() as records:
            right = code_is_right(
                records, desk.sealer, username, request.form.get("code", ""), desk.clock()
            )
        if not right:
            self._codes.failed(username, address)
            return self._second(organizer, "wrong"), 401
        self._codes.succeeded(username, address)
        sign_in(desk, organizer)
        return redirect(safe_next(request.form.get("next")), 303)

    def _second(self, organizer: Organizer, problem: str | None = None, seconds: int = 0) -> str:
        with self._desk.store.read() as records:
            app = records.authenticator(organizer.username)
            keys = list(records.passkeys_of(organizer.username))
        options = None
        if self._site is not None and keys:
            options = request_options(self._site, fresh_challenge(self._desk), keys)
        return render_template(
            "login_code.html",
            problem=problem,
            seconds=seconds,
            has_app=app is not None and app.confirmed_at is not None,
            options=options,
            next=safe_next(request.values.get("next")),
        )

    def passkey_login(self) -> ResponseReturnValue:
        """A passkey: alone where the device made sure who holds it, else after the password."""
        desk, now, address = self._desk, self._desk.clock(), request.remote_addr or ""
        wait = self._codes.wait("", address)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            return self._page("wait", "", seconds), 429, {"Retry-After": str(seconds)}
        pending, asked = self._pending(), taken_challenge(desk)
        if self._site is None or asked is None:
            return self._page("passkey_late"), 400
        challenge, asked_at = asked
        answer = request.form.get("credential", "")
        try:
            with desk.store.begin() as records:
                used, verified = use_passkey(records, self._site, answer, challenge, asked_at, now)
                organizer = records.organizer(used.username)
        except NotAccepted:
            self._codes.failed("", address)
            return self._page("passkey_wrong"), 401
        if organizer is None or organizer.suspended_at is not None:
            return self._page("suspended"), 403
        if not verified and (pending is None or pending.username != organizer.username):
            return self._page("passkey_alone"), 401
        sign_in(desk, organizer)
        return redirect(safe_next(request.form.get("next")), 303)

    def leave(self) -> ResponseReturnValue:
        mine = own_session_hash()
        with self._desk.store.begin() as records:
            here = None if mine is None else records.session(mine)
            if here is not None and here.ended_at is None:
                end_session(records, here, here.username, self._desk.clock())
        session.clear()
        return redirect(url_for(".login", left=1), 303)

    def _check(self, username: str, password: str) -> Organizer | None:
        with self._desk.store.read() as records:
            organizer = records.organizer(username)
        nobody = self._nobody  # made the first time, whoever asks
        encoded = nobody if organizer is None else organizer.password_hash
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
        options = None
        if self._site is not None:
            options = request_options(self._site, fresh_challenge(self._desk))
        return render_template(
            "login.html",
            options=options,
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
    blueprint.add_url_rule("/login/code", "login_code", login.login_code, methods=["GET"])
    blueprint.add_url_rule("/login/code", "enter_code", login.enter_code, methods=["POST"])
    blueprint.add_url_rule("/login/passkey", "passkey_login", login.passkey_login, methods=["POST"])
    blueprint.add_url_rule("/logout", "leave", login.leave, methods=["POST"])


def fresh_challenge(desk: Desk) -> bytes:
    """What a passkey is to sign; the cookie keeps it until the answer comes."""
    challenge = secrets.token_bytes(32)
    session["challenge"] = challenge.hex()
    session["challenge_at"] = desk.clock().timestamp()
    return challenge


def taken_challenge(desk: Desk) -> tuple[bytes, datetime] | None:
    """The last one and when it was made, if that is not too long ago; not to be asked for twice."""
    written, at = session.pop("challenge", None), session.pop("challenge_at", None)
    if not isinstance(written, str) or not isinstance(at, float):
        return None
    made = datetime.fromtimestamp(at, UTC)
    return None if desk.clock() - made > PENDING else (bytes.fromhex(written), made)


def sign_in(desk: Desk, organizer: Organizer) -> None:
    """Begins a session: nothing of the one before, its CSRF token included, lives on."""
    session.clear()
    with desk.store.begin() as records:
        session["session"] = begin_session(
            records, organizer, request.user_agent.string, desk.clock()
        )


def own_session_hash() -> str | None:
    """Of the session that this request belongs to."""
    return _session_hash(session)


def _session_hash(claims: Mapping[str, Any]) -> str | None:
    token = claims.get("session")
    return hash_of(token) if isinstance(token, str) else None


def signed_in(desk: Desk, *, by_hand: bool = True) -> Organizer | None:
    """Who is asking, None when nobody is logged in (any more).

    `by_hand`: the person did something; False for what the page does by itself.
    """
    found = _live(desk, session)
    if found is None:
        return None
    here, organizer = found
    if by_hand and desk.clock() - here.seen_at > SEEN_STEP:
        _note_seen(desk, here.session_hash, desk.clock())
    return organizer


def signed_in_by(desk: Desk, claims: Mapping[str, Any]) -> Organizer | None:
    """Whose login a session's claims are of, None when it is over."""
    found = _live(desk, claims)
    return None if found is None else found[1]


def _live(desk: Desk, claims: Mapping[str, Any]) -> tuple[Session, Organizer] | None:
    mine = _session_hash(claims)
    if mine is None:
        return None
    with desk.store.read() as records:
        here = records.session(mine)
        organizer = None if here is None else records.organizer(here.username)
    if here is None or organizer is None or not is_live(here, organizer, desk.clock()):
        return None
    return here, organizer


def _note_seen(desk: Desk, mine: str, now: datetime) -> None:
    """Who reads waits for nobody who writes: the next page says it then."""
    with suppress(StoreBusy), desk.store.begin(patience=SEEN_PATIENCE) as records:
        here = records.session(mine)
        if here is not None and here.ended_at is None:
            records.save_session(replace(here, seen_at=now))


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
