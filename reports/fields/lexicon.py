"""The words that fields listen for, in one language: `[listens]` in its `hears.toml`.

    [listens]
    officer = ["agent|agents", "(the) cops"]      # a kind, and its phrases
    [listens.presence]
    here = ["still here", "they|theyre (are) (all) still here"]   # a kind with values

In a phrase `a|b` is either word and `(a)` one that may be left out. Accents, capitals and
apostrophes do not matter. At each word the longest phrase of a kind counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from reports.fields.plain import plain

FILE: Final = "hears.toml"
TABLE: Final = "listens"
MOST_WORDS: Final = 9
"""Of a phrase: a longer one is a mistake."""


KINDS: Final = frozenset(
    [
        "about",
        "ago",
        "and",
        "and_half",
        "article",
        "between",
        "block",
        "break",
        "bystanding",
        "clock_ahead",
        "clock_at",
        "clock_behind",
        "correction",
        "crosses",
        "day",
        "filler",
        "half_of_day",
        "knows",
        "length",
        "many",
        "more",
        "not_counted_behind",
        "number",
        "number_and",
        "oclock",
        "officers",
        "or",
        "others",
        "part",
        "people",
        "preposition",
        "presence",
        "side",
        "some",
        "street_article",
        "street_type",
        "taken",
        "there_are",
        "unit",
        "unsure",
    ]
)
"""That some field reads: another one is a slip."""


class BadLexicon(ValueError):
    """A lexicon is not as it should be. `str()` lists all that is wrong, a line each."""


class Mark(NamedTuple):
    """Words that the lexicon knows: from `first` up to `last` and without it."""

    first: int
    last: int
    kind: str
    value: str


@dataclass(frozen=True)
class Lexicon:
    """Of one language, by its code without region; empty for one that nobody wrote one for."""

    language: str
    _root: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    _numbers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @classmethod
    def of(cls, language: str, table: Mapping[str, Any]) -> Lexicon:
        """Raises:
        BadLexicon: with everything that is wrong in the table.
        """
        wrong: list[str] = []
        root: dict[str, Any] = {}
        for kind, value, phrase in _phrases(table, wrong):
            for words in _spelt_out(phrase):
                if not words or len(words) > MOST_WORDS:
                    wrong.append(f"{kind}: “{phrase}” has no words, or more than {MOST_WORDS}")
                    continue
                node = root
                for word in words:
                    node = node.setdefault(word, {})
                node.setdefault("", []).append((kind, value))
        if wrong:
            raise BadLexicon("\n".join(wrong))
        return cls(language, root)

    def marks(self, words: Sequence[str]) -> tuple[Mark, ...]:
        """All that is known of plain words, in order; of each kind the longest at each word."""
        found: list[Mark] = []
        for first in range(len(words)):
            node = self._root.get(words[first])
            if node is None:
                continue
            longest: dict[str, Mark] = {}
            last = first + 1
            while node is not None:
                for kind, value in node.get("", ()):
                    longest[kind] = Mark(first, last, kind, value)
                node = node.get(words[last]) if last < len(words) else None
                last += 1
            found += longest.values()
        return tuple(found)


def load_lexicons(folder: Path) -> Mapping[str, Lexicon]:
    """Of every language in a folder of languages whose `hears.toml` has one, by its code.

    Raises:
        BadLexicon: with everything that is wrong in any of them.
    """
    found: dict[str, Lexicon] = {}
    wrong: list[str] = []
    for file in sorted(folder.glob(f"*/{FILE}")):
        where = f"{file.parent.name}/{FILE}"
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get(TABLE, {})
            wrong += [f"{where}: no field listens for {kind}" for kind in table.keys() - KINDS]
            found[file.parent.name] = Lexicon.of(file.parent.name, table)
        except (OSError, tomllib.TOMLDecodeError) as error:
            wrong.append(f"{where}: {error}")
        except BadLexicon as bad:
            wrong += [f"{where}: {line}" for line in str(bad).splitlines()]
    if wrong:
        raise BadLexicon("\n".join(wrong))
    return MappingProxyType(found)


def _phrases(table: Mapping[str, Any], wrong: list[str]) -> Iterator[tuple[str, str, str]]:
    """(kind, value, phrase): a kind without values has the value ''."""
    for kind, given in table.items():
        values = given if isinstance(given, dict) else {"": given}
        for value, phrases in values.items():
            name = f"{kind}.{value}" if value else kind
            if not isinstance(phrases, list) or not all(isinstance(each, str) for each in phrases):
                wrong.append(f"{name}: a list of phrases")
                continue
            for phrase in phrases:
                yield kind, value, phrase


def _spelt_out(phrase: str) -> Iterator[tuple[str, ...]]:
    slots: list[tuple[str, ...]] = []
    for slot in phrase.split():
        optional = slot.startswith("(") and slot.endswith(")")
        words = tuple(plain(word) for word in slot.strip("()").split("|"))
        slots.append((*words, "") if optional else words)
    for choice in product(*slots):
        yield tuple(word for word in choice if word)
