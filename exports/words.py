"""The words that whatever leaves is written in: `[export]` in `prompts/<language>/tells.toml`, and
`packet.txt` beside it, which an attorney reads first."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from exports.redaction import Cover
from reports.fields.activity import Activity
from reports.fields.appearance import Agency, Look
from reports.fields.equipment import Equipment
from reports.model import Verdict, Verification

TELLS: Final = "tells.toml"
PACKET: Final = "packet.txt"
BRIEF: Final = (
    *("unverified", "confirmed", "partly_confirmed", "second_hand", "reference", "more"),
    *("incident", "one_caller", "callers", "at_most"),
    *("size", "activity", "location", "uniform", "time", "equipment"),
    *("officers", "one_officer", "many_officers", "about", "range"),
    *("vehicles", "one_vehicle", "detained", "one_detained", "many_detained", "place_not_known"),
    *("place_said", "place_or", "block", "heading", "towards", "claimed", "claimed_unsure"),
    *("written_on", "seen", "seen_about", "called", "still_there", "left", "times"),
    *("tinted", "unmarked", "research_note"),
)
"""What `brief` says, and the note beside rows for research, by name."""
COLOURS: Final = (
    *("gray", "silver", "black", "white", "blue", "red", "green", "brown", "tan", "gold"),
    *("maroon", "yellow", "orange", "purple", "dark", "camouflage"),
)
VEHICLES: Final = ("car", "suv", "van", "truck", "pickup", "bus", "motorcycle")
COMPASS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
COLUMNS: Final = (
    *("date", "hours", "city", "area", "grid", "verdict", "first_hand", "still_there"),
    *("officers_low", "officers_high", "detained_low", "detained_high", "vehicles"),
    *("vehicle_types", "agencies", "activities", "looks", "equipment", "alike"),
)
"""Of rows for research, in this order, whatever is known; a new one is added at the end."""
TABLES: Final[Mapping[str, Iterable[str]]] = {
    "covers": tuple(Cover),
    "activities": tuple(Activity),
    "agencies": tuple(Agency),
    "looks": tuple(Look),
    "carried": tuple(Equipment),
    "vehicle_types": VEHICLES,
    "colours": COLOURS,
    "compass": COMPASS,
    "columns": COLUMNS,
    "verdicts": tuple(Verdict),
    "evidence": tuple(Verification),
}
"""What has a word for each of some values: tables of `[export]`."""
PACKET_WORDS: Final = (
    *("audio", "no_audio", "pictures_bare", "pictures_original", "nothing_covered", "covered"),
    *("uncovered", "no_stamp", "stamped", "stamp_failed", "no_text", "machine", "rival"),
    *("translation", "correction", "struck", "judged", "lost", "changed"),
    *("not_copied", "incident", "its_reports", "a_report", "hearsay", "happened"),
    *("known_by", "instead", "note", "note_of"),
    *("heard", "merged", "moved", "split", "apart", "judged_so", "undone"),
)
"""What `packet` says beside `packet.txt`, by name: `[export.packet]`."""
PLACEHOLDERS: Final = frozenset(
    [
        *("references", "who", "why", "at", "software", "head", "audio", "pictures", "covered"),
        *("stamp", "incident"),
    ]
)
"""What is filled in in `packet.txt`."""


class BadWords(ValueError):
    """Something is missing or wrong. `str()` lists all of it, a line each."""


@dataclass(frozen=True, slots=True)
class Words:
    """What leaves is written with these. `{…}` is filled in."""

    brief: Mapping[str, str]
    tables: Mapping[str, Mapping[str, str]]
    packet: Mapping[str, str]
    packet_text: str

    @property
    def covers(self) -> Mapping[Cover, str]:
        """What is read instead of what is covered."""
        return {cover: self.tables["covers"][cover] for cover in Cover}

    def of(self, table: str, value: str) -> str | None:
        """The word for a value; None: there is none, and nothing is said of it."""
        return self.tables[table].get(value)


def load_words(prompts: Path, language: str) -> Words:
    """Raises:
    BadWords
    """
    file, packet = prompts / language / TELLS, prompts / language / PACKET
    wrong: list[str] = []
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("export", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadWords(f"{file}: {error}") from None
    try:
        text = packet.read_text(encoding="utf-8")
    except OSError as error:
        text = ""
        wrong.append(f"{packet}: {error.strerror}")
    else:
        wrong += _misfit(packet, text)
    wrong += _missing(file, "export", table, BRIEF)
    for name, values in {**TABLES, "packet": PACKET_WORDS}.items():
        wrong += _missing(file, f"export.{name}", table.get(name, {}), values)
    if wrong:
        raise BadWords("\n".join(wrong))
    return Words(
        brief={name: table[name] for name in BRIEF},
        tables={name: table[name] for name in TABLES},
        packet=table["packet"],
        packet_text=text,
    )


def _missing(file: Path, name: str, table: Mapping[str, Any], wanted: Iterable[str]) -> list[str]:
    return [
        f"{file}: [{name}] {each} is missing"
        for each in wanted
        if not isinstance(table.get(each), str) or not table[each].strip()
    ]


def _misfit(file: Path, text: str) -> list[str]:
    try:
        found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        return [f"{file}: {error}"]
    return [
        *(f"{file}: {{{name}}} is not filled in" for name in sorted(found - PLACEHOLDERS)),
        *(f"{file}: {{{name}}} is missing" for name in sorted(PLACEHOLDERS - found)),
    ]
