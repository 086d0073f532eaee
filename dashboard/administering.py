"""What an admin does about the accounts of others, each written down with who and when."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher

from dashboard.accounts import AccountRefused, canonical_name, new_organizer
from dashboard.permissions import Permission, may
from dashboard.sessions import end_sessions_of, fresh_token, hash_of
from reports.accounts import AccountAct, AccountActKind, Invitation
from reports.model import Organizer, Role
from reports.ports import AccountRecords

INVITATION_HOLDS: Final = timedelta(days=3)


class NoSuchPerson(LookupError):
    """Nobody has that username."""


class LastAdmin(ValueError):
    """Nobody would be left who can let others in."""


class InvitationOver(LookupError):
    """There is no such link, or it was used, taken back, or is too old."""


def change_role(records: AccountRecords, username: str, role: Role, who: str, at: datetime) -> bool:
    """Whether it was another before.

    Raises:
        NoSuchPerson, LastAdmin.
    """
    person = _person(records, username)
    if person.role is role:
        return False
    if not may(role, Permission.ADMIN):
        _leaves_an_admin(records, person)
    records.put_organizer(replace(person, role=role))
    _note(records, at, who, username, AccountActKind.ROLE_CHANGED, person.role, role)
    return True


def suspend(records: AccountRecords, username: str, who: str, at: datetime) -> None:
    """Raises: NoSuchPerson, LastAdmin."""
    person = _person(records, username)
    if person.suspended_at is not None:
        return
    _leaves_an_admin(records, person)
    end_sessions_of(records, username, who, at)
    records.put_organizer(replace(person, suspended_at=at))
    _note(records, at, who, username, AccountActKind.SUSPENDED)


def restore(records: AccountRecords, username: str, who: str, at: datetime) -> None:
    """Raises: NoSuchPerson."""
    person = _person(records, username)
    if person.suspended_at is not None:
        records.put_organizer(replace(person, suspended_at=None))
        _note(records, at, who, username, AccountActKind.RESTORED)


def reset_second_factor(records: AccountRecords, username: str, who: str, at: datetime) -> None:
    """For somebody who lost it: nothing but the password is left, and all sessions end.

    Raises:
        NoSuchPerson
    """
    _person(records, username)
    records.remove_authenticator(username)
    for passkey in records.passkeys_of(username):
        records.remove_passkey(passkey.credential_id)
    records.put_recovery_codes(username, ())
    end_sessions_of(records, username, who, at)
    _note(records, at, who, username, AccountActKind.FACTOR_RESET)


def end_sessions(records: AccountRecords, username: str, who: str, at: datetime) -> None:
    """Raises: NoSuchPerson."""
    _person(records, username)
    if end_sessions_of(records, username, who, at):
        _note(records, at, who, username, AccountActKind.SESSIONS_ENDED)


def invite(
    records: AccountRecords, display_name: str, role: Role, who: str, at: datetime
) -> tuple[Invitation, str]:
    """The invitation, and what its link ends in: told once.

    Raises:
        AccountRefused: the name will not do.
    """
    token = fresh_token()
    name = canonical_name(display_name)
    invitation = Invitation(
        secrets.token_hex(8), hash_of(token), name, role, who, at, at + INVITATION_HOLDS
    )
    records.add_invitation(invitation)
    _note(records, at, who, name, AccountActKind.INVITED, after=role)
    return invitation, token


def revoke_invitation(records: AccountRecords, invitation_id: str, who: str, at: datetime) -> bool:
    """Whether it held until now."""
    known = records.invitation(invitation_id)
    if known is None or not known.holds(at):
        return False
    records.save_invitation(replace(known, revoked_at=at, revoked_by=who))
    _note(records, at, who, known.display_name, AccountActKind.INVITATION_REVOKED)
    return True


def open_invitation(records: AccountRecords, token: str, at: datetime) -> Invitation:
    """Raises: InvitationOver."""
    known = records.invitation_by(hash_of(token))
    if known is None or not known.holds(at):
        raise InvitationOver
    return known


def accept_invitation(
    records: AccountRecords,
    token: str,
    username: str,
    password: str,
    at: datetime,
    hasher: PasswordHasher,
) -> Organizer:
    """Raises: InvitationOver, AccountRefused."""
    invitation = open_invitation(records, token, at)
    person = new_organizer(username, invitation.display_name, password, at, hasher, invitation.role)
    if records.organizer(person.username) is not None:
        raise AccountRefused(f"There is already an organizer called {person.username}.", "taken")
    records.put_organizer(person)
    records.save_invitation(replace(invitation, used_at=at, used_by=person.username))
    _note(records, at, person.username, person.username, AccountActKind.JOINED, after=person.role)
    return person


def _person(records: AccountRecords, username: str) -> Organizer:
    person = records.organizer(username)
    if person is None:
        raise NoSuchPerson(username)
    return person


def _leaves_an_admin(records: AccountRecords, but: Organizer) -> None:
    if but.role is Role.ADMIN and not any(
        one.role is Role.ADMIN and one.suspended_at is None and one.username != but.username
        for one in records.organizers()
    ):
        raise LastAdmin(but.username)


def _note(
    records: AccountRecords,
    at: datetime,
    who: str,
    about: str,
    kind: AccountActKind,
    before: str = "",
    after: str = "",
) -> None:
    records.add_account_act(AccountAct(at, who, about, kind, before, after))
