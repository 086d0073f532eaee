"""Telephone companies that speak Twilio's protocol and are not Twilio: by what differs in them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass


def twilio_sid(prefix: str) -> str:
    """Two letters and 32 hexadecimal digits, as Twilio names everything."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True)
class Company:
    """Twilio, unless it says otherwise."""

    new_sid: Callable[[str], str] = twilio_sid
    """Twilio's two letters for a kind of thing -> an id for one."""
    sign: Callable[[str, Mapping[str, str], bytes], Mapping[str, str]] | None = None
    """(URL, form, body as it is sent) -> the headers that say it was this company; None: Twilio's,
    with the account's auth token."""
    names_recordings: bool = True
    """Whether the `action` of a Record is told the recording's SID, and not its URL alone."""
    erases: bool = True
    """Whether its API deletes recordings; one that does not knows no such address."""
    understands: Callable[[bytes], bytes] = bytes
    """A document in its own dialect -> what Twilio would write for it."""
