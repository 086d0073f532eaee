"""A TOML file with what it takes to say where in it something is wrong."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class TomlFile:
    path: Path
    lines: tuple[str, ...]
    table: dict[str, Any]

    @classmethod
    def read(cls, path: Path, wrong: list[str]) -> TomlFile | None:
        """The file, or None with the reason added to `wrong`."""
        try:
            text = path.read_text(encoding="utf-8")
            return cls(path, tuple(text.splitlines()), tomllib.loads(text))
        except FileNotFoundError:
            wrong.append(f"{path}: is missing")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            wrong.append(f"{path}: {error}")
        return None

    def at(
        self,
        problem: str,
        table: str | None = None,
        index: int | None = None,
        *,
        key: str | None = None,
    ) -> str:
        """'file:line: [table] problem'. `index` counts the tables of that name, from 0; the line is
        that of `key` where it stands there, else that of the table."""
        line = self._line(table, index, key)
        where = f"{self.path}:{line}" if line else str(self.path)
        named = (
            "" if table is None else f"[{table}] " if index is None else f"{table} {index + 1}: "
        )
        return f"{where}: {named}{problem}"

    def _line(self, table: str | None, index: int | None, key: str | None) -> int:
        """Counted from 1; 0: nowhere. tomllib does not say where it found what."""
        header = re.compile(r"\s*\[{1,2}\s*([\w.-]+)\s*\]{1,2}")
        current: str | None = None
        seen, found = -1, 0
        for number, line in enumerate(self.lines, start=1):
            if opened := header.match(line):
                current = opened[1]
                seen += current == table
                if current == table and index in (None, seen):
                    found = found or number
            here = current == table and (table is None or index in (None, seen))
            if here and key is not None and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
                return number
        return found
