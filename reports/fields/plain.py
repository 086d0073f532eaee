"""Words as they are compared: without accents, capitals and apostrophes."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from sys import intern
from typing import Final

APOSTROPHES: Final = frozenset("'’ʼ`´")


DISTINCT: Final = frozenset(["sí", "we're"])
"""Words that mean something else without it: 'si' is whether, and 'were' is over."""


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    # A word is one object wherever it stands (`sys.intern`): tables that are asked for it find it
    # without comparing letters.
    if text.casefold().replace("’", "'") in DISTINCT:
        return intern(text.casefold().replace("’", "'"))
    parts = unicodedata.normalize("NFKD", text.casefold())
    return intern(
        "".join(c for c in parts if not unicodedata.combining(c) and c not in APOSTROPHES)
    )
