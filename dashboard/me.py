"""One's own account: password, second factor, sessions, language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import segno
from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from dashboard.accounts import AccountRefused, hash_password, password_matches
from dashboard.attempts import Attempts
from dashboard.auth import fresh_challenge, own_session_hash, sign_in, taken_challenge
from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.locales import COOKIE, page_languages
from dashboard.parts import View, add_pages
from dashboard.passkeys import (
    NotAccepted,
    add_passkey,
    creation_options,
    remove_passkey,
    site_of,
)
from dashboard.second_factor import (
    Confirmed,
    address_of,
    begin_authenticator,
    codes_left,
    confirm_authenticator,
    remove_authenticator,
    renew_codes,
    secret_of,
)
from dashboard.sessions import end_session, end_sessions_of, live_sessions
from reports.accounts import AccountAct, AccountActKind
from reports.model import Organizer
from reports.ports import AccountRecords

A_YEAR = 365 * 24 * 60 * 60
"""In seconds: how long a browser keeps the language."""


def square(text: str) -> str:
    """A QR code as SVG, black on white in any light, so that a camera reads it."""
    drawn: str = segno.make(text, error="m").svg_inline(scale=5, border=4, light="#fff")
    return drawn


class Me:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._attempts = Attempts(desk.clock)
        self._site = site_of(desk.public_url)

    def me(self) -> str:
        return self._me()

    def _me(self, problem: str | None = None, seconds: int = 0) -> str:
        desk, now, username = self._desk, self._desk.clock(), g.organizer.username
        with desk.store.read() as records:
            sessions = live_sessions(records, now, username)
            has_factor = username in records.with_second_factor()
        return render_template(
            "me.html",
            sessions=sessions,
            mine=own_session_hash(),
            has_factor=has_factor,
            languages=page_languages(),
            problem=problem,
            seconds=seconds,
            today=local_day(now, desk),
        )

    def own_password(self) -> ResponseReturnValue:
        """Ends every other session: somebody else may know the old one."""
        desk, form = self._desk, request.form
        wrong = self._password_wrong(form.get("old", ""))
        if wrong is not None:
            return wrong
        try:
            encoded = hash_password(form.get("new", ""), desk.hasher)
        except AccountRefused as refused:
            return self._me(refused.fault), 400
        with desk.store.begin() as records:
            person = _there(records.organizer(g.organizer.username))
            changed = _with_password(person, encoded)
            records.put_organizer(changed)
            self._note(records, AccountActKind.PASSWORD_CHANGED)
        sign_in(desk, changed)
        flash("password", "me")
        return redirect(url_for(".me"), 303)

    def own_language(self) -> ResponseReturnValue:
        code = request.form.get("language", "")
        if code not in page_languages():
            abort(400)
        answer = redirect(url_for(".me"), 303)
        answer.set_cookie(
            COOKIE, code, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
        )
        return answer

    def end_own_session(self) -> ResponseReturnValue:
        desk, wanted = self._desk, request.form.get("session", "")
        with desk.store.begin() as records:
            one = records.session(wanted)
            if one is None or one.username != g.organizer.username:
                abort(404)
            if one.ended_at is None:
                end_session(records, one, one.username, desk.clock())
        flash("ended", "me")
        return redirect(url_for(".me"), 303)

    def end_other_sessions(self) -> ResponseReturnValue:
        desk, username = self._desk, g.organizer.username
        with desk.store.begin() as records:
            end_sessions_of(records, username, username, desk.clock(), own_session_hash())
        flash("ended", "me")
        return redirect(url_for(".me"), 303)

    # The second factor

    def second_factor(self) -> str:
        return self._second_factor()

    def _second_factor(self, problem: str | None = None) -> str:
        desk, organizer = self._desk, g.organizer
        with desk.store.read() as records:
            app = records.authenticator(organizer.username)
            keys = list(records.passkeys_of(organizer.username))
            left = codes_left(records, organizer.username)
        options = secret = drawn = None
        if self._site is not None:
            challenge = fresh_challenge(desk)
            options = creation_options(self._site, organizer, keys, challenge, desk.sealer)
        confirmed = app is not None and app.confirmed_at is not None
        if app is not None and not confirmed:
            secret = secret_of(desk.sealer, app)
            drawn = square(address_of(secret, organizer.username))
        return render_template(
            "second_factor.html",
            app=app if confirmed else None,
            secret=secret,
            square=drawn,
            keys=keys,
            options=options,
            left=left,
            problem=problem,
            required=desk.second_factor_required and not confirmed and not keys,
            today=local_day(desk.clock(), desk),
        )

    def begin_authenticator(self) -> ResponseReturnValue:
        desk = self._desk
        try:
            with desk.store.begin() as records:
                begin_authenticator(records, desk.sealer, g.organizer.username, desk.clock())
        except Confirmed:
            flash("there_already", "factor")
        return redirect(url_for(".second_factor", _anchor="app"), 303)

    def confirm_authenticator(self) -> ResponseReturnValue:
        desk, username, address = self._desk, g.organizer.username, request.remote_addr or ""
        if self._attempts.wait(username, address):
            return self._second_factor("wait"), 429
        with desk.store.begin() as records:
            right = confirm_authenticator(
                records, desk.sealer, username, request.form.get("code", ""), desk.clock()
            )
        if not right:
            self._attempts.failed(username, address)
            return self._second_factor("code_wrong"), 400
        flash("app", "factor")
        return self._to_codes()

    def remove_authenticator(self) -> ResponseReturnValue:
        wrong = self._password_wrong(request.form.get("password", ""), on_factor=True)
        if wrong is not None:
            return wrong
        with self._desk.store.begin() as records:
            remove_authenticator(records, g.organizer.username, self._desk.clock())
        flash("removed", "factor")
        return redirect(url_for(".second_factor"), 303)

    def add_passkey(self) -> ResponseReturnValue:
        desk, asked = self._desk, taken_challenge(self._desk)
        if self._site is None:
            abort(404)
        if asked is None:
            return self._second_factor("passkey_late"), 400
        try:
            with desk.store.begin() as records:
                add_passkey(
                    records,
                    self._site,
                    request.form.get("credential", ""),
                    asked[0],
                    g.organizer.username,
                    request.form.get("name", ""),
                    desk.clock(),
                )
        except NotAccepted:
            return self._second_factor("passkey_wrong"), 400
        flash("passkey", "factor")
        return self._to_codes()

    def remove_passkey(self) -> ResponseReturnValue:
        wrong = self._password_wrong(request.form.get("password", ""), on_factor=True)
        if wrong is not None:
            return wrong
        with self._desk.store.begin() as records:
            there = remove_passkey(
                records,
                g.organizer.username,
                request.form.get("passkey", ""),
                self._desk.clock(),
            )
        if not there:
            abort(404)
        flash("removed", "factor")
        return redirect(url_for(".second_factor"), 303)

    def _to_codes(self) -> ResponseReturnValue:
        """To the factors; whoever has no recovery codes yet is reminded there."""
        session.pop("challenge", None)
        return redirect(url_for(".second_factor"), 303)

    def renew_codes(self) -> ResponseReturnValue:
        """The page with ten codes on it: in this answer alone."""
        desk, username = self._desk, g.organizer.username
        with desk.store.begin() as records:
            if username not in records.with_second_factor():
                abort(400)
            codes = renew_codes(records, desk.sealer, username, desk.clock())
        return render_template("codes.html", codes=codes)

    def codes_over(self) -> ResponseReturnValue:
        """Whoever comes back to the address of shown codes finds the page without them."""
        return redirect(url_for(".second_factor"))

    def _password_wrong(
        self, password: str, *, on_factor: bool = False
    ) -> ResponseReturnValue | None:
        """The page that says so, None where the password is right."""
        desk, organizer, address = self._desk, g.organizer, request.remote_addr or ""
        page = self._second_factor if on_factor else self._me
        wait = self._attempts.wait(organizer.username, address)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            return page("wait"), 429, {"Retry-After": str(seconds)}
        if not password_matches(desk.hasher, organizer.password_hash, password):
            self._attempts.failed(organizer.username, address)
            return page("password_wrong"), 400
        self._attempts.succeeded(organizer.username, address)
        return None

    def _note(self, records: AccountRecords, kind: AccountActKind) -> None:
        who = g.organizer.username
        records.add_account_act(AccountAct(self._desk.clock(), who, who, kind))


def add_me(blueprint: Blueprint, desk: Desk) -> None:
    here = Me(desk)
    views: Mapping[str, View] = {
        "/me": here.me,
        "/me/second-factor": here.second_factor,
        "/me/codes": here.codes_over,
    }
    acts: Mapping[str, View] = {
        "/me/password": here.own_password,
        "/me/language": here.own_language,
        "/me/sessions/end": here.end_own_session,
        "/me/sessions/others": here.end_other_sessions,
        "/me/authenticator": here.begin_authenticator,
        "/me/authenticator/confirm": here.confirm_authenticator,
        "/me/authenticator/remove": here.remove_authenticator,
        "/me/passkeys": here.add_passkey,
        "/me/passkeys/remove": here.remove_passkey,
        "/me/codes": here.renew_codes,
    }
    add_pages(blueprint, views, acts)


def _there(person: Organizer | None) -> Organizer:
    if person is None:
        abort(404)
    return person


def _with_password(person: Organizer, encoded: str) -> Organizer:
    return replace(person, password_hash=encoded, session_epoch=person.session_epoch + 1)
