"""Rows for research: one a report, by the day, a block of hours and an area. Pure.

Nothing of a caller is in them: no words, no language, no reference that a caller was told. Places
are areas, or squares of about a kilometre; rows are sorted by what they say, not as they came.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from exports.brief import Known
from exports.redaction import Redaction
from exports.words import COLUMNS, Words
from reports.fields import family_taken, report_fields
from reports.fields.counts import Count
from reports.fields.kind import Kind
from reports.fields.location import Location
from reports.fields.understood import Understood

HOURS: Final = 3
"""Of a block of the day."""
GRID: Final = 2
"""Decimals of degrees: squares of about 1.1 by 0.8 km at 45° north."""
SMALL: Final = 5
"""So few rows alike, and whoever was there may know whom they are about."""
ABOUT_ENFORCEMENT: Final = frozenset({None, Kind.REPORT, Kind.RUMOUR})
"""The kinds that rows are made of; what people in need said is nobody's data."""

Cell = str | int | bool | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[Row, ...]
    left_out: int
    """Reports that no row was made of: of families, of who sought help, of pranks."""

    @property
    def small(self) -> int:
        """How many rows have few like them."""
        return sum(int(row["alike"] or 0) < SMALL for row in self.rows)


def table_of(known: Sequence[Known], redaction: Redaction, words: Words, zone: ZoneInfo) -> Table:
    """The rows of reports, in an order that says nothing of how they came in."""
    counted = [each for each in known if _counts(each)]
    rows = [_row(each, redaction, words, zone) for each in counted]
    alike = Counter(_cell(row) for row in rows)
    whole = [{**row, "alike": alike[_cell(row)]} for row in rows]
    whole.sort(key=lambda row: [str(row[column]) for column in COLUMNS])
    return Table(tuple(whole), len(known) - len(counted))


def as_csv(table: Table) -> str:
    """As RFC 4180 has it: every cell in quotes, lines that end with CR LF."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table.rows:
        writer.writerow([_defused(_plain(row[column])) for column in COLUMNS])
    return written.getvalue()


def as_json(table: Table, words: Words) -> str:
    document = {
        "note": words.brief["research_note"].format(small=table.small, limit=SMALL),
        "left_out": table.left_out,
        "columns": {column: words.tables["columns"][column] for column in COLUMNS},
        "rows": [{column: row[column] for column in COLUMNS} for row in table.rows],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""What spreadsheets take for more than text
(https://owasp.org/www-community/attacks/CSV_Injection). The quote is the cover itself."""


def _defused(cell: str) -> str:
    """A cell that no spreadsheet works out: what starts like a formula has a quote before it."""
    return f"'{cell}" if cell.lstrip(" \u00a0\u200b\ufeff").startswith(STARTS_A_FORMULA) else cell


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _counts(known: Known) -> bool:
    kind = known.understanding.kind
    is_of_family = family_taken(known.dossier.call)
    return not is_of_family and (None if kind is None else kind.value) in ABOUT_ENFORCEMENT


def _cell(row: Row) -> tuple[Cell, ...]:
    """What makes rows alike: when and where."""
    return tuple(row[column] for column in ("date", "hours", "city", "area", "grid"))


def _row(known: Known, redaction: Redaction, words: Words, zone: ZoneInfo) -> dict[str, Cell]:
    understanding = known.understanding
    at = _seen_at(known).astimezone(zone)
    begins = at.hour // HOURS * HOURS
    place = _coarse(understanding.location.value)
    officers = _count(understanding.officers)
    detained = None if understanding.detained is None else understanding.detained.value
    present = understanding.still_there.value
    first_hand = understanding.first_hand.value

    def named(name: str | None) -> str | None:
        return name and redaction.asked_for.text(name, words.covers)

    return {
        "date": at.date().isoformat(),
        "hours": f"{begins:02}:00 to {begins + HOURS:02}:00",
        "city": named(place.city),
        "area": named(place.area),
        "grid": place.grid,
        "verdict": known.dossier.verdict.value,
        "first_hand": None if first_hand is None else first_hand.value,
        "still_there": None if "still_there" in understanding.conflicts else present,
        "officers_low": None if officers is None else officers.low,
        "officers_high": None if officers is None else officers.high,
        "detained_low": None if detained is None else detained.low,
        "detained_high": None if detained is None else detained.high,
        "vehicles": len(understanding.vehicles),
        "vehicle_types": _listed(each.value.type for each in understanding.vehicles),
        "agencies": _listed(each.value.agency for each in understanding.agencies),
        "activities": _listed(each.value for each in understanding.activities),
        "looks": _listed(each.value.look for each in understanding.appearance),
        "equipment": _listed(each.value for each in understanding.equipment),
    }


def _seen_at(known: Known) -> datetime:
    moment = known.understanding.seen_at.value
    if moment is not None:
        return moment.at
    return report_fields(known.dossier).seen_at.value or known.dossier.call.started_at


def _count(officers: Understood[Count]) -> Count | None:
    """Where the keys and the words do not agree, from the one to the other."""
    counts = [each for each in officers.standing if each.low is not None and each.high is not None]
    lows = [count.low for count in counts if count.low is not None]
    highs = [count.high for count in counts if count.high is not None]
    return Count(min(lows), max(highs)) if lows and highs else None


@dataclass(frozen=True, slots=True)
class _Coarse:
    city: str | None = None
    area: str | None = None
    grid: str | None = None


def _coarse(location: Location | None) -> _Coarse:
    """Never a street: an area, or a square, where it is clear which."""
    if location is None:
        return _Coarse()
    cities = {each.city for each in location.candidates}
    city = location.city or (next(iter(cities)) if len(cities) == 1 else None)
    only = location.candidates[0] if len(location.candidates) == 1 else None
    point = None if only is None else only.point
    return _Coarse(city, location.area, None if point is None else _grid(point.lat, point.lon))


def _grid(lat: float, lon: float) -> str:
    """The middle of its square, as '44.95 N 93.25 W': without a sign, which begins formulas."""
    north, east = "N" if lat >= 0 else "S", "E" if lon >= 0 else "W"
    return f"{abs(lat):.{GRID}f} {north} {abs(lon):.{GRID}f} {east}"


def _listed(values: Iterable[str | None]) -> str | None:
    """Each once, in alphabetical order, apart by '; '."""
    return "; ".join(sorted({str(value) for value in values if value})) or None
