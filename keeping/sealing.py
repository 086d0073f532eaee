"""Encryption at rest, and fingerprints of what must not be stored in the clear.

A sealed text is, byte for byte::

    1            the version of this format
    1            the length n of the key's id
    n            the key's id, ASCII
    12           a random nonce
    the rest     AES-256-GCM: the ciphertext and its 16-byte tag

All that stands before the nonce, and the context (what the text belongs to), is authenticated with
it: a sealed text moved to another row, or a header changed, is refused. With random 96-bit nonces a
key is good for 2**32 seals (NIST SP 800-38D, section 8.3), more calls than a line will ever take.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reports.ports import Sealer

VERSION = 1
SECRET_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
FINGERPRINT_HEX_DIGITS = 32

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Unsealable(ValueError):
    """A sealed text that cannot be opened. `str()` is safe to show."""


class UnknownKey(Unsealable):
    """Sealed with a key that is not, or no longer, in the keyring."""


class Altered(Unsealable):
    """Not as it was sealed: damaged, tampered with, or put in another's place."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A secret of 32 bytes and the name by which sealed texts call it."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.id):
            raise ValueError(
                "The id of a data key is 1 to 32 letters, digits, dashes or underscores."
            )
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(
                f"The data key {self.id!r} has {len(self.secret)} bytes; it must have"
                f" {SECRET_BYTES}, in base64."
            )

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose alone (HKDF-SHA-256, RFC 5869)."""
        info = f"witness-line {purpose} {VERSION}".encode()
        return HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(self.secret)


def generate_key() -> str:
    """A new data key, written as `Keyring.parse` reads it."""
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return f"k{secrets.token_hex(3)}:{secret}"


class Keyring(Sealer):
    """The data keys, the newest first.

    The first seals; each unseals what it sealed. To rotate, put a new key in front. Fingerprints
    are made with the *last*, the oldest, so that they stay the same when a key is added; take the
    last away and every fingerprint made so far matches nothing any more.
    """

    def __init__(self, keys: Sequence[DataKey]) -> None:
        """Raises:
        ValueError: there is no key, or two have the same id.
        """
        if not keys:
            raise ValueError("There is no data key: at least one is needed.")
        if len({key.id for key in keys}) < len(keys):
            raise ValueError("Two data keys have the same id.")
        self._sealing_id = keys[0].id
        self._ciphers = {key.id: AESGCM(key.derive("seal")) for key in keys}
        self._fingerprint_key = keys[-1].derive("fingerprint")

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Reads `id:base64,id:base64,…`, the newest key first.

        Raises:
            ValueError: says in a sentence what is wrong, and shows nothing of a secret.
        """
        return cls([_parse_key(part.strip()) for part in text.split(",") if part.strip()])

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._ciphers)})"

    def seal(self, clear: bytes, context: str) -> bytes:
        key_id = self._sealing_id.encode()
        header = bytes([VERSION, len(key_id)]) + key_id
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = self._ciphers[self._sealing_id]
        return header + nonce + cipher.encrypt(nonce, clear, header + context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Raises:
        UnknownKey: no key of that id is here.
        Altered: the text, or the context, is not what was sealed.
        """
        header, key_id = _read_header(sealed)
        if key_id not in self._ciphers:
            raise UnknownKey(f"Sealed with the data key {key_id!r}, which is not in the keyring.")
        nonce_ends = len(header) + NONCE_BYTES
        nonce, encrypted = sealed[len(header) : nonce_ends], sealed[nonce_ends:]
        try:
            return self._ciphers[key_id].decrypt(nonce, encrypted, header + context.encode())
        except InvalidTag:
            raise Altered("The sealed text, or what it belongs to, was altered.") from None

    def fingerprint(self, text: str) -> str:
        """32 hex digits (128 bits) of HMAC-SHA-256 under the oldest key."""
        digest = hmac.new(self._fingerprint_key, text.encode(), hashlib.sha256).hexdigest()
        return digest[:FINGERPRINT_HEX_DIGITS]


def _parse_key(part: str) -> DataKey:
    key_id, colon, secret = part.partition(":")
    if not colon:
        raise ValueError("A data key is written id:base64, and one of them has no colon.")
    try:
        return DataKey(key_id, base64.b64decode(secret, validate=True))
    except binascii.Error:
        raise ValueError("What follows the colon of a data key must be base64.") from None


def _read_header(sealed: bytes) -> tuple[bytes, str]:
    """The header as it stands and the key id in it."""
    if len(sealed) < 2 or sealed[0] != VERSION:
        raise Altered("The sealed text is of no version that is known here.")
    header = sealed[: 2 + sealed[1]]
    key_id = header[2:].decode("ascii", errors="replace")
    if not _KEY_ID.fullmatch(key_id) or len(sealed) < len(header) + NONCE_BYTES + TAG_BYTES:
        raise Altered("The sealed text is cut short or was altered.")
    return header, key_id
