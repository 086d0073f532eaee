"""Words as they are compared: without accents, capitals and apostrophes."""

from __future__ import annotations

import unicodedata
from typing import Final

APOSTROPHES: Final = frozenset("'’ʼ`´")


def plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c) and c not in APOSTROPHES)
