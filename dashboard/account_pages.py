"""The accounts of all, for admins; and the page on which somebody who was invited makes theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.accounts import AccountRefused
from dashboard.administering import (
    InvitationOver,
    LastAdmin,
    NoSuchPerson,
    accept_invitation,
    change_role,
    end_sessions,
    invite,
    open_invitation,
    reset_second_factor,
    restore,
    revoke_invitation,
    suspend,
)
from dashboard.auth import sign_in
from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.me import square
from dashboard.parts import View, add_pages, names_of
from dashboard.sessions import live_sessions
from reports.model import Role
from reports.ports import AccountRecords


class Accounts:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def accounts(self) -> str:
        return self._accounts()

    def _accounts(self, problem: str | None = None) -> str:
        desk, now = self._desk, self._desk.clock()
        with desk.store.read() as records:
            return render_template(
                "accounts.html",
                people=records.organizers(),
                with_factor=records.with_second_factor(),
                last_seen=records.last_seen(),
                last_acts=records.last_account_acts(),
                sessions=live_sessions(records, now),
                invitations=[one for one in records.invitations() if one.holds(now)],
                acts=records.account_acts(),
                names=names_of(records),
                roles=list(Role),
                problem=problem,
                today=local_day(now, desk),
            )

    def invite(self) -> ResponseReturnValue:
        """The page with the link on it: in this answer alone."""
        role = _wanted_role()
        try:
            with self._desk.store.begin() as records:
                invitation, token = invite(
                    records, request.form.get("name", ""), role, **self._by_whom()
                )
        except AccountRefused as refused:
            return self._accounts(refused.fault), 400
        base = self._desk.public_url or request.host_url.rstrip("/")
        link = base + url_for(".join", token=token)
        return render_template(
            "invitation.html",
            invitation=invitation,
            link=link,
            square=square(link),
            today=local_day(self._desk.clock(), self._desk),
        )

    def invitation_over(self) -> ResponseReturnValue:
        """Whoever comes back to the address of a shown link finds the page without it."""
        return redirect(url_for(".accounts"))

    def revoke_invitation(self, invitation_id: str) -> ResponseReturnValue:
        with self._desk.store.begin() as records:
            revoke_invitation(records, invitation_id, **self._by_whom())
        flash("revoked", "accounts")
        return redirect(url_for(".accounts"), 303)

    def change_role(self, username: str) -> ResponseReturnValue:
        role = _wanted_role()
        return self._do(lambda records, by: change_role(records, username, role, **by), "role")

    def suspend(self, username: str) -> ResponseReturnValue:
        return self._do(lambda records, by: suspend(records, username, **by), "suspended")

    def restore(self, username: str) -> ResponseReturnValue:
        return self._do(lambda records, by: restore(records, username, **by), "restored")

    def reset_factor(self, username: str) -> ResponseReturnValue:
        return self._do(lambda records, by: reset_second_factor(records, username, **by), "reset")

    def end_sessions(self, username: str) -> ResponseReturnValue:
        return self._do(lambda records, by: end_sessions(records, username, **by), "ended")

    def _do(
        self, what: Callable[[AccountRecords, Mapping[str, Any]], object], done: str
    ) -> ResponseReturnValue:
        try:
            with self._desk.store.begin() as records:
                what(records, self._by_whom())
        except NoSuchPerson:
            abort(404)
        except LastAdmin:
            return self._accounts("last_admin"), 409
        flash(done, "accounts")
        return redirect(url_for(".accounts"), 303)

    def _by_whom(self) -> Mapping[str, Any]:
        return {"who": g.organizer.username, "at": self._desk.clock()}

    # Whoever was invited

    def join(self, token: str) -> ResponseReturnValue:
        return self._join(token)

    def accept_invitation(self, token: str) -> ResponseReturnValue:
        desk, form = self._desk, request.form
        try:
            with desk.store.begin() as records:
                person = accept_invitation(
                    records,
                    token,
                    form.get("username", ""),
                    form.get("password", ""),
                    desk.clock(),
                    desk.hasher,
                )
        except InvitationOver:
            return self._join(token)
        except AccountRefused as refused:
            return self._join(token, refused.fault)
        sign_in(desk, person)
        flash("joined", "factor")
        return redirect(url_for(".second_factor"), 303)

    def _join(self, token: str, problem: str | None = None) -> ResponseReturnValue:
        now: datetime = self._desk.clock()
        try:
            with self._desk.store.read() as records:
                invitation = open_invitation(records, token, now)
        except InvitationOver:
            return render_template("join.html", invitation=None), 404
        page = render_template(
            "join.html",
            invitation=invitation,
            problem=problem,
            username=request.form.get("username", ""),
            today=local_day(now, self._desk),
        )
        return page, 200 if problem is None else 400


def add_accounts(blueprint: Blueprint, desk: Desk) -> None:
    here = Accounts(desk)
    person = "/people/accounts/<username>"
    views: Mapping[str, View] = {
        "/people/accounts": here.accounts,
        "/people/accounts/invitations": here.invitation_over,
        "/join/<token>": here.join,
    }
    acts: Mapping[str, View] = {
        "/people/accounts/invitations": here.invite,
        "/people/accounts/invitations/<invitation_id>/revoke": here.revoke_invitation,
        f"{person}/role": here.change_role,
        f"{person}/suspend": here.suspend,
        f"{person}/restore": here.restore,
        f"{person}/second-factor": here.reset_factor,
        f"{person}/sessions": here.end_sessions,
        "/join/<token>": here.accept_invitation,
    }
    add_pages(blueprint, views, acts)


def _wanted_role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
