"""Places from a table, CSV as cities and spreadsheets write it, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from places.columns import WANTED, Kind, columns
from places.found import BadRow, BadSource, Found, Noted, Refused

DELIMITERS = ",;\t|"


def places_of_table(file: Path, city: str | None) -> Iterator[Found]:
    """Raises:
    BadSource: it has no columns by which places could be known.
    """
    # What is no UTF-8 is refused row by row: one name need not stop a city.
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        head = opened.readline()
        delimiter = max(DELIMITERS, key=head.count)
        opened.seek(0)
        rows = csv.reader(opened, delimiter=delimiter)
        header = next(rows, [])
        found = columns(header)
        kind = found.kind
        missing: list[str] = []
        if kind is None:
            missing.append("; or ".join(f"{what} (for {each})" for each, what in WANTED.items()))
        if not found.has_point:
            missing.append("lat and lon (or x and y in degrees, or a WKT point)")
        if city is None and "city" not in found:
            missing.append("city (or say --city NAME)")
        if missing or kind is None:
            lines = "\n".join(f"  missing: {each}" for each in missing)
            raise BadSource(
                f"{file.name}: its columns are {', '.join(header) or 'none'}\n"
                f"  found: {found or 'none that are known'}\n{lines}"
            )
        with_name = ", and landmarks where there is a name" if "name" in found else ""
        yield Noted(f"{kind}{with_name if kind is Kind.ADDRESSES else ''}, by {found}")
        while True:
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Refused(f"line {rows.line_num}", str(error))
                continue
            if not any(cells):
                continue
            where = f"line {rows.line_num}"
            if len(cells) != len(header):
                yield Refused(where, f"{len(cells)} cells, and not {len(header)}")
                continue
            row = dict(zip(header, cells, strict=True))
            try:
                if any("\ufffd" in cell for cell in cells):
                    raise BadRow("letters that are no UTF-8: save the file as UTF-8")
                yield from found.places(row, found.point(row), city)
            except BadRow as bad:
                yield Refused(where, str(bad))
