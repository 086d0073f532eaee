"""What somebody has beside a password: an authenticator's codes (RFC 6238), and recovery codes for
when that is lost. Passkeys: `dashboard.passkeys`."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final

import pyotp

from reports.accounts import AccountAct, AccountActKind, Authenticator, RecoveryCode
from reports.ports import AccountRecords, Sealer

STEP: Final = 30
"""Seconds that a code is shown for."""
SKEW: Final = 1
"""Steps by which a telephone's clock may be off."""
ISSUER: Final = "Witness Line"
CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None of which is taken for another; ten of them are 49 random bits."""
_HALF: Final = 5


class Confirmed(ValueError):
    """An authenticator counts already: take it away first."""


def begin_authenticator(
    records: AccountRecords, sealer: Sealer, username: str, at: datetime
) -> str:
    """A fresh secret, which counts once a code of it was typed.

    Raises:
        Confirmed
    """
    known = records.authenticator(username)
    if known is not None and known.confirmed_at is not None:
        raise Confirmed(username)
    secret = pyotp.random_base32()
    sealed = sealer.seal(secret.encode(), _context(username))
    records.put_authenticator(Authenticator(username, sealed, at))
    return secret


def secret_of(sealer: Sealer, authenticator: Authenticator) -> str:
    return sealer.unseal(authenticator.secret, _context(authenticator.username)).decode()


def address_of(secret: str, username: str) -> str:
    """What an authenticator reads from the square."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def confirm_authenticator(
    records: AccountRecords, sealer: Sealer, username: str, code: str, at: datetime
) -> bool:
    """Whether the code was right: from then on it counts."""
    known = records.authenticator(username)
    if known is None or known.confirmed_at is not None:
        return False
    step = _step_of(secret_of(sealer, known), code, at)
    if step is None:
        return False
    records.put_authenticator(replace(known, confirmed_at=at, last_step=step))
    _note(records, at, username, AccountActKind.FACTOR_ADDED, "authenticator")
    return True


def code_is_right(
    records: AccountRecords, sealer: Sealer, username: str, code: str, at: datetime
) -> bool:
    """Whether it is a code of now, or a recovery code; either counts once."""
    typed = canonical_code(code)
    records.organizer(username)  # held: two who type the same code have their turns
    known = records.authenticator(username)
    if known is not None and known.confirmed_at is not None:
        step = _step_of(secret_of(sealer, known), typed, at)
        if step is not None:
            if known.last_step is not None and step <= known.last_step:
                return False
            records.put_authenticator(replace(known, last_step=step))
            return True
    wanted = _hash_of(sealer, username, typed)
    for one in records.recovery_codes(username):
        if one.code_hash == wanted and one.used_at is None:
            records.save_recovery_code(replace(one, used_at=at))
            _note(records, at, username, AccountActKind.CODE_USED)
            return True
    return False


def renew_codes(
    records: AccountRecords, sealer: Sealer, username: str, at: datetime
) -> tuple[str, ...]:
    """Ten new ones in the place of all others, to be shown once."""
    codes = tuple(_fresh_code() for _ in range(CODES))
    records.put_recovery_codes(
        username,
        [
            RecoveryCode(_hash_of(sealer, username, canonical_code(code)), username, at)
            for code in codes
        ],
    )
    _note(records, at, username, AccountActKind.CODES_RENEWED)
    return codes


def codes_left(records: AccountRecords, username: str) -> int:
    return sum(one.used_at is None for one in records.recovery_codes(username))


def remove_authenticator(records: AccountRecords, username: str, at: datetime) -> None:
    if records.authenticator(username) is not None:
        records.remove_authenticator(username)
        _note(records, at, username, AccountActKind.FACTOR_REMOVED, "authenticator")


def canonical_code(typed: str) -> str:
    """As it is however somebody writes it."""
    return "".join(typed.lower().split()).replace("-", "")


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code it is."""
    totp, now, typed = pyotp.TOTP(secret), int(at.timestamp()) // STEP, canonical_code(code)
    for step in range(now - SKEW, now + SKEW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _fresh_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def _hash_of(sealer: Sealer, username: str, code: str) -> str:
    return sealer.fingerprint(f"recovery code:{username}:{code}")


def _context(username: str) -> str:
    return f"organizer:{username}:authenticator"


def _note(
    records: AccountRecords, at: datetime, who: str, kind: AccountActKind, after: str = ""
) -> None:
    records.add_account_act(AccountAct(at, who, who, kind, after=after))
