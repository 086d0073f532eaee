"""What belongs to the account of a person who may log in: their sessions and second factors, the
link that invited them, and what was done about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reports.model import Role


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody logged in."""

    session_hash: str
    """SHA-256 of what the browser's cookie holds, hexadecimal: nobody logs in with it."""
    username: str
    epoch: int
    """`Organizer.session_epoch` when it began."""
    began_at: datetime
    seen_at: datetime
    browser: str
    system: str
    """Codes such as 'firefox' and 'android'; empty where the browser does not say it plainly."""
    ended_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link with which one person makes themselves an account."""

    invitation_id: str
    token_hash: str
    """SHA-256 of what the link ends in, hexadecimal."""
    display_name: str
    role: Role
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it still lets somebody in."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Authenticator:
    """An app that shows six digits (RFC 6238). It counts once a first code of it was typed."""

    username: str
    secret: bytes
    """Sealed."""
    begun_at: datetime
    confirmed_at: datetime | None = None
    last_step: int | None = None
    """The last step of 30 s whose code was used: neither it nor an earlier one is taken again."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key of somebody's telephone, computer or security key (WebAuthn, level 2)."""

    credential_id: str
    """base64url, without padding."""
    username: str
    name: str
    """What its owner calls it."""
    public_key: bytes
    sign_count: int
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """Stands in for a second factor that was lost, once."""

    code_hash: str
    """The keyed hash of username and code."""
    username: str
    made_at: datetime
    used_at: datetime | None = None


class AccountActKind(StrEnum):
    INVITED = "invited"
    INVITATION_REVOKED = "invitation_revoked"
    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    FACTOR_RESET = "factor_reset"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES_RENEWED = "codes_renewed"
    CODE_USED = "code_used"


@dataclass(frozen=True, slots=True)
class AccountAct:
    """What somebody did about an account; rows are only added."""

    at: datetime
    who: str
    about: str
    """A username; of an invitation, the name that others will see."""
    kind: AccountActKind
    before: str = ""
    after: str = ""
