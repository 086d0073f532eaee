"""How streets are written: 'EAST LAKE STREET', 'Lake St. E' and 'E Lake St' are the Lake St, E."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from places.gazetteer import number_of, ordinal

SIDES: Final = {
    "N": "North",
    "S": "South",
    "E": "East",
    "W": "West",
    "NE": "Northeast",
    "NW": "Northwest",
    "SE": "Southeast",
    "SW": "Southwest",
}
TYPES: Final = {
    "St": "Street",
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    "Dr": "Drive",
    "Pkwy": "Parkway",
    "Hwy": "Highway",
    "Ln": "Lane",
    "Pl": "Place",
    "Ter": "Terrace",
    "Ct": "Court",
    "Cir": "Circle",
    "Sq": "Square",
    "Trl": "Trail",
    "Plz": "Plaza",
    "Aly": "Alley",
    "Cv": "Cove",
    "Cres": "Crescent",
    "Way": "Way",
    "Mall": "Mall",
}
"""The types that names end with, as the gazetteer writes them, and in full."""

_SIDES: Final = {
    spelling.casefold(): side for side, word in SIDES.items() for spelling in (side, word)
}
_TYPES: Final = {
    **{spelling.casefold(): short for short, word in TYPES.items() for spelling in (short, word)},
    "str": "St",
    "av": "Ave",
    "aven": "Ave",
    "boul": "Blvd",
    "pky": "Pkwy",
    "pwy": "Pkwy",
    "parkwy": "Pkwy",
    "terr": "Ter",
    "plza": "Plz",
    "tr": "Trl",
    "crt": "Ct",
    "circ": "Cir",
}
_NUMBER: Final = re.compile(r"(\d+)(st|nd|rd|th)?", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_APOSTROPHES: Final = frozenset("'’ʼ`´")


@dataclass(frozen=True, slots=True)
class StreetName:
    """A name in its parts."""

    name: str
    """As `Street.name`: with its type and without its side."""
    side: str = ""
    names: tuple[str, ...] = ()
    """How else it may be said: in full, and with its side."""


def key(name: str) -> str:
    """What names are compared by: without accents, capitals, apostrophes and punctuation."""
    parts = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    kept = (c for c in parts if not unicodedata.combining(c) and c not in _APOSTROPHES)
    words = "".join(c if c.isalnum() else " " for c in kept).split()
    return " ".join("st" if word == "saint" else word for word in words)


def tidy(text: str) -> str:
    """On one line, without what parts names in a gazetteer."""
    return " ".join("".join(c if c.isprintable() and c != "|" else " " for c in text).split())


def street_name(text: str) -> StreetName:
    """The parts of a name. What is but a side or a type, as in 'Avenue N', is left in the name."""
    words = [word.rstrip(".,") for word in tidy(text).split()]
    words = [word for word in words if word]
    side, leads = "", False
    if len(words) > 1 and words[-1].casefold() in _SIDES and not _is_type(words[:-1]):
        side = _SIDES[words.pop().casefold()]
    elif len(words) > 1 and words[0].casefold() in _SIDES and not _is_type(words[1:]):
        side, leads = _SIDES[words.pop(0).casefold()], True
    if text.isupper() or text.islower():
        words = [_WORD.sub(lambda match: match.group().capitalize(), word) for word in words]
    kind = _TYPES.get(words[-1].casefold()) if len(words) > 1 else None
    if kind is not None:
        words[-1] = kind
    words = [_numbered(word, bare=len(words) == 2 and at == 0) for at, word in enumerate(words)]
    name = " ".join(words)
    if number_of(name) is not None:  # it is found by that
        return StreetName(name, side)
    return StreetName(name, side, tuple(_also(words, kind, side, leads)))


def _is_type(words: list[str]) -> bool:
    return len(words) == 1 and words[0].casefold() in _TYPES


def _numbered(word: str, bare: bool) -> str:
    """'04TH' is 4th; before a type a bare number is one, too."""
    match = _NUMBER.fullmatch(word)
    return ordinal(int(match[1])) if match and (match[2] or bare) else word


def _also(words: list[str], kind: str | None, side: str, leads: bool) -> list[str]:
    full = " ".join(words if kind is None else [*words[:-1], TYPES[kind]])
    said = [full] if kind is not None and kind != TYPES[kind] else []
    if side and leads:  # 'East Lake Street', and 'East Lake'
        said += [f"{SIDES[side]} {full}"]
        said += [f"{SIDES[side]} {' '.join(words[:-1])}"] if kind is not None else []
    elif side:
        said += [f"{full} {SIDES[side]}"]
    return said
