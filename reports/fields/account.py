"""What the caller saw, in their words."""

from __future__ import annotations

from reports.fields.presence import family_taken
from reports.fields.words import spoken
from reports.model import Dossier, Field, Medium, WrittenSource
from reports.questions import FAMILY, WHAT


def account(dossier: Dossier) -> Field[str]:
    """What was said at 'what do you see', or by a family of whom somebody was taken; of a report by
    text message, what was written."""
    if dossier.call.medium is not Medium.TEXT:
        return spoken(dossier, FAMILY if family_taken(dossier.call) else WHAT)
    written = [message for message in dossier.texts if message.body.strip()]
    if not written:
        return Field()
    return Field(
        value="\n".join(message.body.strip() for message in written),
        source=WrittenSource(written[0].message_sid),
        confidence=1.0,
    )
