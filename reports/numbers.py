"""Telephone numbers as a telephone company writes them."""

from __future__ import annotations

import re
from typing import Final

WITHHELD: Final = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "+266696687", "+86282452253"}
)
"""What stands in From when there is no number: words, or a word spelt on the keys of a telephone
('anonymous', 'unavailable'; https://support.twilio.com/hc/en-us/articles/223179988)."""


def caller_number(said: str | None) -> str | None:
    """The caller's number in E.164, None when it is withheld or no number.

    >>> caller_number("+16125550142"), caller_number("Anonymous"), caller_number("+266696687")
    ('+16125550142', None, None)
    """
    number = (said or "").strip()
    if number.lower() in WITHHELD or not re.fullmatch(r"\+?\d{3,15}", number):
        return None
    return number
