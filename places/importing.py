"""Other people's lists of places, made a folder of ours, with their licences.

The folder is there whole or not at all: it is written under another name beside it.
"""

from __future__ import annotations

import csv
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from places.extracts import places_of_extract
from places.found import Found, Noted, PassedOver, Refused
from places.gathered import Gathered
from places.gazetteer import (
    COLUMNS,
    Area,
    Gazetteer,
    Houses,
    Landmark,
    Source,
    Street,
    load_gazetteer,
    pair,
    read_streets,
)
from places.geojson import places_of_geojson
from places.merging import Streets, merge_named, merge_streets, owned
from places.street_names import tidy
from places.tables import places_of_table

Reader = Callable[[Path, str | None], Iterator[Found]]
READERS: Final[tuple[tuple[str, Reader], ...]] = (
    (r"\.(csv|tsv|txt)$", places_of_table),
    (r"\.(geojson|json)$", places_of_geojson),
    (r"(\.osm(\.gz|\.bz2)?|\.pbf)$", places_of_extract),
)
"""By how a file's name ends."""
SHOWN: Final = 10
"""Rows of no use that are named; the others are counted."""
EVERY: Final = 100_000
"""Rows after which it is said how far it is."""
LICENCE_MISSING: Final = """\
--licence is missing. Whoever made these places says how they may be used, and what has to be said
with them; it is kept with the places and shown. It stands where the file was downloaded, such as
  --licence "© OpenStreetMap contributors, ODbL 1.0"
  --licence "City of Minneapolis, open data, no warranty"
  --licence "CC0: our own list\""""
LOOKED_FOR: Final = """\
Looked for: in CSV, columns for two streets, for house number and street, or for a name, with lat
and lon; in GeoJSON, Points, LineStrings and Polygons with such properties; in an extract of
OpenStreetMap, ways with highway and name, addr:housenumber with addr:street, named places."""


class ImportRefused(ValueError):
    """Nothing was imported. `str()` says why, and how to mend it."""


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how."""

    files: Sequence[Path]
    to: Path
    licence: str
    when: str
    city: str | None = None
    base: Path | None = None
    replace: bool = False
    dry_run: bool = False


@dataclass
class _Counted:
    """Of one file."""

    used: int = 0
    passed_over: int = 0
    refused: int = 0
    shown: list[Refused] = field(default_factory=list)


def import_places(order: Order, say: Callable[[str], None]) -> Gazetteer:
    """What it is that was written.

    Raises:
        ImportRefused, BadSource, BadGazetteer: nothing was written.
    """
    _check(order)
    base = load_gazetteer(order.base) if order.base else Gazetteer()
    beside = order.to.resolve()
    hidden = beside.with_name(f".{beside.name}.{secrets.token_hex(4)}")
    hidden.mkdir()
    try:
        work = hidden / "work.sqlite"
        gathered = Gathered(work, _cities(order, base))
        try:
            sources = [_read(file, order, gathered, say) for file in order.files]
            if not any(source.rows for source in sources):
                raise ImportRefused(f"nothing was found that is a place.\n{LOOKED_FOR}")
            say("Putting together …")
            _write(hidden, order.base, base, gathered, [s for s in sources if s.rows])
        finally:
            gathered.close()
        work.unlink()
        written = load_gazetteer(hidden)  # what cannot be read back is not put in its place
        if not order.dry_run:
            _put(hidden, beside)
        return written
    except sqlite3.Error as error:
        raise ImportRefused(f"there may be no room on the disk: {error}") from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _check(order: Order) -> None:
    if not tidy(order.licence):
        raise ImportRefused(LICENCE_MISSING)
    for file in order.files:
        _reader(file)
    if not order.to.resolve().parent.is_dir():
        raise ImportRefused(f"{order.to.parent} is no folder: make it first")
    if order.dry_run or not order.to.exists():
        return
    if not order.replace:
        raise ImportRefused(f"{order.to} is there already: name another, or say --replace")
    others = (
        {each.name for each in order.to.iterdir()} - COLUMNS.keys() if order.to.is_dir() else {"it"}
    )
    if others:
        raise ImportRefused(
            f"{order.to} is not replaced: {', '.join(sorted(others))} is nothing of a gazetteer"
        )


def _reader(file: Path) -> Reader:
    for ending, reader in READERS:
        if re.search(ending, file.name, re.IGNORECASE):
            return reader
    raise ImportRefused(
        f"{file.name}: wanted .csv, .tsv, .geojson, .json, .osm, .osm.gz, .osm.bz2 or .pbf"
    )


def _cities(order: Order, base: Gazetteer) -> list[str]:
    """How cities are written: as the base has them, before all."""
    named: list[Street | Landmark | Area] = [*base.every_street, *base.landmarks, *base.areas]
    return [*([order.city] if order.city else []), *dict.fromkeys(place.city for place in named)]


def _read(file: Path, order: Order, gathered: Gathered, say: Callable[[str], None]) -> Source:
    say(f"{file.name} ({file.stat().st_size / 2**20:.1f} MiB)")
    counted = _Counted()
    for number, found in enumerate(_reader(file)(file, order.city), start=1):
        match found:
            case Noted(text):
                say(f"  {text}")
            case PassedOver():
                counted.passed_over += 1
            case Refused(where, why):
                counted.refused += 1
                if counted.refused <= SHOWN:
                    say(f"  not taken: {where}: {why}")
            case _:
                counted.used += 1
                gathered.add(found)
        if number % EVERY == 0:
            say(f"  {number:,} so far")
    if counted.refused > SHOWN:
        say(f"  … and {counted.refused - SHOWN:,} more")
    say(
        f"  {counted.used:,} of use, {counted.refused:,} not taken"
        + (f", {counted.passed_over:,} no places" if counted.passed_over else "")
    )
    return Source(file.name, tidy(order.licence), order.when, counted.used)


def _write(
    folder: Path,
    base_folder: Path | None,
    base: Gazetteer,
    gathered: Gathered,
    sources: Sequence[Source],
) -> None:
    rows = read_streets(base_folder) if base_folder else ()
    merged = merge_streets(base, rows, gathered.pieces)
    names = owned(base)
    _table(
        folder,
        "streets.csv",
        (
            (s.name, s.city, "|".join(s.names), s.axis, s.at, s.begin, s.end, s.side)
            for at, s in enumerate(merged.streets)
            if at in merged.with_row
        ),
    )
    landmarks = merge_named(base.landmarks, gathered.landmarks, names)
    _table(folder, "landmarks.csv", map(_landmark, landmarks))
    areas = merge_named(base.areas, gathered.areas, names)
    _table(folder, "areas.csv", map(_area, areas))
    for name in ("grids.csv", "sides.csv"):
        if base_folder and (base_folder / name).exists():
            shutil.copyfile(base_folder / name, folder / name)
        else:
            _table(folder, name, ())
    gathered.mean(merged.meant)
    _table(folder, "crossings.csv", _corners(base, gathered, merged))
    _table(folder, "addresses.csv", chain(_known_houses(base), _houses(base, gathered, merged)))
    _table(folder, "sources.csv", map(astuple, (*base.sources, *sources)))


def _table(folder: Path, name: str, rows: Iterable[Iterable[object]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS[name])
        writer.writerows(rows)


def _landmark(place: Landmark) -> tuple[object, ...]:
    point = place.point
    return (
        *(place.name, place.city, "|".join(place.names), place.kind, place.near),
        *((point.lat, point.lon) if point else ("", "")),
    )


def _area(place: Area) -> tuple[object, ...]:
    point = place.point
    return (
        *(place.name, place.city, "|".join(place.names), place.kind),
        *((point.lat, point.lon) if point else ("", "")),
    )


def _corners(base: Gazetteer, gathered: Gathered, merged: Streets) -> Iterator[tuple[object, ...]]:
    """What was surveyed goes before what is made by hand, which is less exact of a winding street;
    and what was imported earlier before what is imported now."""
    imported = base.met if base.sources else {}
    surveyed: set[tuple[str, str, str]] = set()
    for at, cross, points in gathered.corners():
        one, other = merged.streets[at], merged.streets[cross]
        if one.city != other.city or pair(one, other) in imported:
            continue
        surveyed.add(pair(one, other))
        for point in points:
            yield one.sign, other.sign, one.city, point.lat, point.lon
    for known, points in base.met.items():
        city, first, second = known
        for point in () if known in surveyed else points:
            yield first, second, city, point.lat, point.lon


def _known_houses(base: Gazetteer) -> Iterator[tuple[object, ...]]:
    for (city, sign), parts in base.houses.items():
        for part in parts:
            for number, lat, lon in zip(part.numbers, part.lats, part.lons, strict=True):
                yield sign, part.side, city, number, lat, lon


def _houses(base: Gazetteer, gathered: Gathered, merged: Streets) -> Iterator[tuple[object, ...]]:
    for at, piece, number, point in gathered.houses():
        street, side = merged.streets[at], gathered.pieces[piece].name.side
        part = _part(base, street.city, street.sign, side)
        if part is None or not part.has(number):
            yield street.sign, side, street.city, number, point.lat, point.lon


def _part(base: Gazetteer, city: str, sign: str, side: str) -> Houses | None:
    parts = base.houses.get((city, sign), ())
    return next((part for part in parts if part.side == side), None)


def _put(hidden: Path, to: Path) -> None:
    if not to.exists():
        hidden.rename(to)
        return
    old = hidden.with_name(f"{hidden.name}.old")
    to.rename(old)
    try:
        hidden.rename(to)
    except BaseException:
        old.rename(to)
        raise
    shutil.rmtree(old)
