"""What understands reports in tests: the lexicons and the places that the repository ships."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from places.gazetteer import load_gazetteer
from reports.fields.lexicon import load_lexicons
from reports.fields.names import Names
from reports.fields.reading import Reader

READER = Reader(
    lexicons=load_lexicons(Path("prompts")),
    names=Names(load_gazetteer(Path("places/twin_cities"))),
    zone=ZoneInfo("America/Chicago"),
)
