"""What the caller saw, in their words."""

from __future__ import annotations

from reports.fields.words import spoken
from reports.model import Dossier, Field
from reports.questions import WHAT


def account(dossier: Dossier) -> Field[str]:
    """What was said at 'what do you see'."""
    return spoken(dossier, WHAT)
