"""Where it is: as yet the caller's own words for it."""

from __future__ import annotations

from reports.fields.words import spoken
from reports.model import Dossier, Field
from reports.questions import WHERE


def place(dossier: Dossier) -> Field[str]:
    """What was said at 'where'."""
    return spoken(dossier, WHERE)
