"""What the caller saw, in their words."""

from __future__ import annotations

from reports.fields.words import spoken
from reports.model import Dossier, Field, Medium, WrittenSource
from reports.questions import WHAT


def account(dossier: Dossier) -> Field[str]:
    """What was said at 'what do you see'; of a report by text message, what was written."""
    if dossier.call.medium is not Medium.TEXT:
        return spoken(dossier, WHAT)
    written = [message for message in dossier.texts if message.body.strip()]
    if not written:
        return Field()
    return Field(
        value="\n".join(message.body.strip() for message in written),
        source=WrittenSource(written[0].message_sid),
        confidence=1.0,
    )
