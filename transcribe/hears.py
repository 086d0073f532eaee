"""How far a machine is trusted with each language: `hears.toml` beside what is said in it.

    smallest = "none"          # the smallest Whisper that writes it well enough: tiny, base, small,
                               # medium, large; none: no Whisper does, only an engine named for it
    least_confidence = 0.5     # share of the words likely right below which a person must listen
    script = "LATIN"           # whose letters it is written in, as Unicode names them; optional
    [listens]                  # words for the fields of a report, see reports.fields.lexicon

What no file says anything of is as `UNLISTED` has it. docs/decisions/0018 says where the numbers
come from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from unicodedata import name

SIZES: Final = ("tiny", "base", "small", "medium", "large")
"""Of Whisper, each better than the one before (Radford et al., 2022, table 1)."""
SCRIPTS: Final = frozenset(
    {name(chr(code), "").partition(" ")[0] for code in range(0x3000) if chr(code).isalpha()}
)
NONE: Final = "none"
FILE: Final = "hears.toml"


class BadHears(ValueError):
    """A `hears.toml` is not as it should be. `str()` lists all that is wrong, a line each."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is asked of a machine in one language."""

    smallest: str
    least_confidence: float
    script: str | None = None
    """As the names of its letters in Unicode begin."""


UNLISTED: Final = Hearing(smallest="small", least_confidence=0.5)
"""Of a language that nobody set anything for: `base` makes too much up in most."""


@dataclass(frozen=True, slots=True)
class Hears:
    """By code of the language, without region or script."""

    languages: Mapping[str, Hearing] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, language: str) -> Hearing:
        return self.languages.get(language, UNLISTED)

    def trusts(self, language: str, model: str) -> bool:
        """Whether that Whisper may write out the language. One whose name tells no size was made by
        somebody for a purpose: it is trusted with what any Whisper is."""
        smallest, size = self.of(language).smallest, size_of(model)
        if smallest == NONE:
            return False
        return size is None or SIZES.index(size) >= SIZES.index(smallest)


def size_of(model: str) -> str | None:
    """Of a Whisper by the name of its model, such as 'large-v3-turbo'; None: it does not tell."""
    parts = re.split(r"[^a-z]+", Path(model).name.lower())
    if "turbo" in parts:
        return "large"
    return next((size for size in SIZES if size in parts), None)


def load_hears(folder: Path) -> Hears:
    """Every `hears.toml` in the folders of a folder of languages.

    Raises:
        BadHears: with everything that is wrong in any of them.
    """
    found: dict[str, Hearing] = {}
    wrong: list[str] = []
    for file in sorted(folder.glob(f"*/{FILE}")):
        where = f"{file.parent.name}/{FILE}"
        try:
            says = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            wrong.append(f"{where}: {error}")
            continue
        problems = list(_problems(says))
        if problems:
            wrong += [f"{where}: {problem}" for problem in problems]
        else:
            found[file.parent.name] = Hearing(
                says["smallest"], float(says["least_confidence"]), says.get("script")
            )
    if wrong:
        raise BadHears("\n".join(wrong))
    return Hears(MappingProxyType(found))


def _problems(says: Mapping[str, Any]) -> list[str]:
    needed = {"smallest", "least_confidence"}
    known = {*needed, "script", "listens"}
    problems = [f"{key} is missing" for key in sorted(needed - says.keys())]
    problems += [
        f"{key} is nothing that is known here; {', '.join(sorted(known))} are"
        for key in sorted(says.keys() - known)
    ]
    if "smallest" in says and says["smallest"] not in (*SIZES, NONE):
        problems.append(f"smallest: one of {', '.join((*SIZES, NONE))}")
    if "script" in says and says["script"] not in SCRIPTS:
        problems.append(f"script: one of {', '.join(sorted(SCRIPTS))}")
    least = says.get("least_confidence", 0.0)
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        problems.append("least_confidence: a number from 0 to 1")
    return problems
