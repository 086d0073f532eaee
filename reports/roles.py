"""What each role may do, whichever way somebody comes: by the pages or by telephone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from reports.model import Role


class Permission(StrEnum):
    OWN = "own"
    """One's own account: password, second factor, sessions, leaving."""
    READ = "read"
    HEAR = "hear"
    """Recordings and pictures, as the page plays and shows them."""
    REVIEW = "review"
    """Take up, judge, correct, settle fields, have told again."""
    SHOW_NUMBER = "show_number"
    EXPORT = "export"
    """Have something leave, originals included."""
    MANAGE = "manage"
    """Floods, blocks, prompts, which reports are one incident."""
    ADMIN = "admin"
    """Accounts and settings."""


P = Permission
_VIEWER = frozenset({P.OWN, P.READ, P.HEAR})
_REVIEWER = _VIEWER | {P.REVIEW}
_ORGANIZER = _REVIEWER | {P.SHOW_NUMBER, P.EXPORT, P.MANAGE}

MAY: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.REVIEWER: _REVIEWER,
        Role.ORGANIZER: _ORGANIZER,
        Role.ADMIN: _ORGANIZER | {P.ADMIN},
    }
)


def may(role: Role, permission: Permission) -> bool:
    return permission in MAY[role]


class ByPhone(StrEnum):
    """What can be done at the desk by telephone."""

    HEAR = "hear"
    TAKE_UP = "take_up"
    JUDGE = "judge"
    CALL_BACK = "call_back"
    NOTE = "note"


_BY_PHONE: Final[Mapping[ByPhone, Permission]] = MappingProxyType(
    {
        ByPhone.HEAR: Permission.HEAR,
        ByPhone.TAKE_UP: Permission.REVIEW,
        ByPhone.JUDGE: Permission.REVIEW,
        ByPhone.NOTE: Permission.REVIEW,
        ByPhone.CALL_BACK: Permission.SHOW_NUMBER,
    }
)
_WITHOUT_ACCOUNT: Final = frozenset({ByPhone.HEAR, ByPhone.TAKE_UP})
"""Of people who are told of reports and answer them, as they may by text and by the link."""


def may_by_phone(role: Role | None) -> frozenset[ByPhone]:
    """What somebody may do who gave their PIN; `role` None: they have no account."""
    if role is None:
        return _WITHOUT_ACCOUNT
    return frozenset(what for what, needed in _BY_PHONE.items() if may(role, needed))
