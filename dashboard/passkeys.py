"""Passkeys (https://www.w3.org/TR/webauthn-2/): what a browser is asked, and whether its answer is
right. The private key stays in the telephone, computer or security key."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from reports.accounts import AccountAct, AccountActKind, Passkey
from reports.model import Organizer
from reports.ports import AccountRecords, Sealer

NAME: Final = "Witness Line"
LONGEST_NAME: Final = 64


class NotAccepted(ValueError):
    """What the browser sent is no passkey of this site, or not the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whose passkeys they are: browsers give them to no other."""

    rp_id: str
    origin: str


def site_of(public_url: str) -> Site | None:
    """None where there can be no passkeys: an address of numbers is no name (WebAuthn, 5.1.2)."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Site(host, f"{parts.scheme}://{parts.netloc}") if host else None
    return None


def creation_options(
    site: Site, organizer: Organizer, known: list[Passkey], challenge: bytes, sealer: Sealer
) -> str:
    """What `navigator.credentials.create` is given, as JSON."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.rp_id,
            rp_name=NAME,
            # Opaque, and the same each time: a device keeps one passkey of an account.
            user_id=sealer.fingerprint(f"passkeys:{organizer.username}").encode()[:64],
            user_name=organizer.username,
            user_display_name=organizer.display_name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_described(known),
        )
    )


def request_options(site: Site, challenge: bytes, known: list[Passkey] | None = None) -> str:
    """What `navigator.credentials.get` is given, as JSON; `known`: only these."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.rp_id,
            challenge=challenge,
            allow_credentials=None if known is None else _described(known),
            user_verification=UserVerificationRequirement.PREFERRED,
        )
    )


def add_passkey(
    records: AccountRecords,
    site: Site,
    answer: str,
    challenge: bytes,
    username: str,
    name: str,
    at: datetime,
) -> Passkey:
    """Raises: NotAccepted."""
    try:
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotAccepted(type(error).__name__) from None
    passkey = Passkey(
        bytes_to_base64url(verified.credential_id),
        username,
        name.strip()[:LONGEST_NAME],
        verified.credential_public_key,
        verified.sign_count,
        at,
    )
    if not records.add_passkey(passkey):
        raise NotAccepted("it is there already")
    records.add_account_act(
        AccountAct(at, username, username, AccountActKind.FACTOR_ADDED, after="passkey")
    )
    return passkey


def use_passkey(
    records: AccountRecords,
    site: Site,
    answer: str,
    challenge: bytes,
    asked_at: datetime,
    at: datetime,
) -> tuple[Passkey, bool]:
    """Whose answer it is, and whether the device made sure who holds it. An answer counts once: the
    passkey must not have been used since its question was asked.

    Raises:
        NotAccepted
    """
    try:
        passkey = records.passkey(str(json.loads(answer)["id"]))
        if passkey is None:
            raise NotAccepted("nobody's")
        if passkey.used_at is not None and passkey.used_at >= asked_at:
            raise NotAccepted("answered before")
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except NotAccepted:
        raise
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotAccepted(type(error).__name__) from None
    used = replace(passkey, sign_count=verified.new_sign_count, used_at=at)
    records.save_passkey(used)
    return used, verified.user_verified


def remove_passkey(
    records: AccountRecords, username: str, credential_id: str, at: datetime
) -> bool:
    known = records.passkey(credential_id)
    if known is None or known.username != username:
        return False
    records.remove_passkey(credential_id)
    records.add_account_act(
        AccountAct(at, username, username, AccountActKind.FACTOR_REMOVED, before="passkey")
    )
    return True


def _described(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known
    ]
