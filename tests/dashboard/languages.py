"""What the pages say, gathered; and a made language in which every word that was marked shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = "dashboard"
MADE: Final = "ar"
"""A language that is written from right to left: the made one goes by its code."""
LANGUAGES: Final = {"en": "English", MADE: "العربية"}
BEGIN, END = "⟦", "⟧"
KEPT = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+[^>]*>")
"""Of a message: what stands for something, and what is not words."""


@cache
def marked() -> tuple[str | tuple[str, ...], ...]:
    """All messages; those with a number as (one, many)."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(
        ROOT / PAGES,
        method_map=[(pattern.removeprefix(f"{PAGES}/"), how) for pattern, how in methods],
        options_map={key.removeprefix(f"{PAGES}/"): each for key, each in options.items()},
    )
    return tuple(dict.fromkeys(message for _, _, message, _, _ in found))


def spanish() -> Catalog:
    path = ROOT / "dashboard" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as text:
        return read_po(text, locale="es")


def wrapped(message: str) -> str:
    """With each of its words in brackets, and nothing that stands for something else."""

    def pieces() -> Iterator[str]:
        at = 0
        for kept in KEPT.finditer(message):
            yield words(message[at : kept.start()])
            yield kept[0]
            at = kept.end()
        yield words(message[at:])

    def words(piece: str) -> str:
        return f"{BEGIN}{piece}{END}" if piece.strip() else piece

    return "".join(pieces())


def write_made(catalogues: Path) -> None:
    made = Catalog(locale=MADE)
    for message in marked():
        if isinstance(message, str):
            made.add(message, wrapped(message))
        else:
            one, many = message
            forms = (wrapped(one), *(wrapped(many) for _ in range(made.num_plurals - 1)))
            made.add(message, forms)
    path = catalogues / MADE / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as text:
        write_po(text, made)
