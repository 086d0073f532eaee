"""A short name for a value: two that differ have, in practice, different ones."""

from __future__ import annotations

import hashlib


def fingerprint(value: object) -> str:
    """Sixteen hexadecimal digits of `repr(value)`: for frozen dataclasses, all that they hold."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
