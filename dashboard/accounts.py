"""Organizers' accounts: who may log in, and what is a good enough name and password."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from reports.model import Organizer, Role
from reports.ports import ReportStore

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024
"""So that nobody has the server hash a book."""
LONGEST_DISPLAY_NAME = 128
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


class AccountRefused(ValueError):
    """An account, or a change of one, that cannot be. `str()` says what to do instead; `fault` is a
    code for it, for which the pages have words."""

    def __init__(self, message: str, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault


def add_organizer(
    store: ReportStore,
    username: str,
    display_name: str,
    password: str,
    at: datetime,
    hasher: PasswordHasher | None = None,
    role: Role = Role.ADMIN,
) -> Organizer:
    """A new person who may log in; without further word the first, who lets in the others.

    Raises:
        AccountRefused: the name or password will not do, or the name is taken.
    """
    organizer = new_organizer(username, display_name, password, at, hasher, role)
    with store.begin() as records:
        if records.organizer(organizer.username) is not None:
            raise AccountRefused(
                f"There is already an organizer called {organizer.username}.", "taken"
            )
        records.put_organizer(organizer)
    return organizer


def new_organizer(
    username: str,
    display_name: str,
    password: str,
    at: datetime,
    hasher: PasswordHasher | None,
    role: Role,
) -> Organizer:
    """As an account would be; whether the name is taken, the database knows.

    Raises:
        AccountRefused: the name or password will not do.
    """
    username = canonical_username(username)
    if not _USERNAME.fullmatch(username):
        raise AccountRefused(
            "A username has 1 to 32 letters a to z, digits, dots, dashes or underscores,"
            " and begins with a letter or digit.",
            "username",
        )
    return Organizer(
        username=username,
        display_name=canonical_name(display_name),
        password_hash=hash_password(password, hasher),
        created_at=at,
        role=role,
    )


def canonical_name(display_name: str) -> str:
    """Raises: AccountRefused."""
    display_name = display_name.strip()
    if (
        not display_name
        or len(display_name) > LONGEST_DISPLAY_NAME
        or not display_name.isprintable()
    ):
        raise AccountRefused(
            f"The name that others see has 1 to {LONGEST_DISPLAY_NAME} characters on one line.",
            "display_name",
        )
    return display_name


def change_password(
    store: ReportStore, username: str, password: str, hasher: PasswordHasher | None = None
) -> Organizer:
    """A new password, which ends every session that was begun under the old one.

    Raises:
        AccountRefused: there is no such organizer, or the password will not do.
    """
    username = canonical_username(username)
    encoded = hash_password(password, hasher)
    with store.begin() as records:
        known = records.organizer(username)
        if known is None:
            raise AccountRefused(f"There is no organizer called {username}.")
        changed = replace(known, password_hash=encoded, session_epoch=known.session_epoch + 1)
        records.put_organizer(changed)
    return changed


def hash_password(password: str, hasher: PasswordHasher | None = None) -> str:
    """Argon2id in its own encoded form.

    Raises:
        AccountRefused: too short or too long.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise AccountRefused(
            f"A password has {SHORTEST_PASSWORD} characters or more; a few words are good.",
            "short",
        )
    if len(password) > LONGEST_PASSWORD:
        raise AccountRefused(f"A password has at most {LONGEST_PASSWORD} characters.", "long")
    return encode_password(hasher or PasswordHasher(), password)


def encode_password(hasher: PasswordHasher, password: str) -> str:
    """As `hash_password`, of a password that was good enough when it was chosen."""
    return hasher.hash(_canonical_password(password))


def password_matches(hasher: PasswordHasher, encoded: str, password: str) -> bool:
    """Whether `password` is the one that `encoded` was made of."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return hasher.verify(encoded, _canonical_password(password))
    except (VerificationError, InvalidHashError):
        return False


def canonical_username(typed: str) -> str:
    """Telephones begin what is typed with a capital and end it with a space."""
    return typed.strip().lower()


def _canonical_password(password: str) -> str:
    """The same password from every keyboard (NIST SP 800-63B, section 5.1.1.2: NFKC)."""
    return unicodedata.normalize("NFKC", password)
