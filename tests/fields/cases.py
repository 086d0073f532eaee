"""The written calls of `tests/cases`: what callers say, and what is to be understood of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from places.gazetteer import load_gazetteer
from reports.fields.lexicon import Lexicon
from reports.fields.location import Location, Names
from reports.fields.plainly import told_from
from reports.fields.understood import Understanding, understand

CASES = Path(__file__).parents[1] / "cases"
AT = datetime.fromisoformat("2026-01-15T08:10:00-06:00")
NONE = "none"
FIELDS = ("officers", "still_there", "first_hand", "seen_at", "location")
NAMES = Names(load_gazetteer(Path("places/twin_cities")))


@dataclass(frozen=True)
class Case:
    name: str
    language: str
    says: Mapping[str, Any]

    @property
    def is_held_out(self) -> bool:
        """A third, that nobody looks at while rules are written."""
        return sha256(self.name.encode()).digest()[0] % 3 == 0

    def understood(self, lexicons: Mapping[str, Lexicon]) -> Understanding:
        given = {"words": self.says["words"], "lang": self.language, "keys": self.says.get("keys")}
        return understand(told_from(given, lexicons, AT), NAMES)

    def answers(self, lexicons: Mapping[str, Lexicon]) -> Iterator[tuple[str, Any, Any, bool]]:
        """(field, what is wanted, what was understood, whether that is right) of each field that
        the case speaks of; None where nothing is wanted or understood."""
        found = self.understood(lexicons)
        for name in FIELDS:
            if name in self.says:
                wanted = None if self.says[name] == NONE else self.says[name]
                value = getattr(found, name).value
                yield name, wanted, value, self._is_right(name, wanted, value)

    def _is_right(self, name: str, wanted: Any, value: Any) -> bool:
        if wanted is None or value is None:
            return wanted is value
        if name == "officers":
            if wanted == "many":
                return bool(value.is_many)
            low, high = wanted if isinstance(wanted, list) else (wanted, wanted)
            return (value.low, value.high) == (low, high)
        if name == "location":
            return wanted in _names_of(value)
        if name == "seen_at":
            instant = datetime.fromisoformat(wanted).replace(tzinfo=AT.tzinfo)
            within = timedelta(minutes=self.says.get("within_minutes", 5))
            return bool(abs(value.at - instant) <= within)
        return bool(value == wanted)


def _names_of(location: Location) -> set[str]:
    """What a case may call it: the one candidate, or all that is known where there are several."""
    if len(location.candidates) == 1:
        return {location.candidates[0].name}
    if location.streets:
        return {" & ".join(location.streets)}
    return {name for name in (location.landmark, location.area) if name}


def cases() -> list[Case]:
    return [
        Case(f"{file.stem}-{name}", file.stem, says)
        for file in sorted(CASES.glob("*.toml"))
        for name, says in tomllib.loads(file.read_text(encoding="utf-8")).items()
    ]


__all__ = ["AT", "CASES", "FIELDS", "Case", "cases"]
