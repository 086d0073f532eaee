"""Text messages with what came with them, as they are shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.fingerprint import fingerprint
from reports.model import Attachment, AttachmentState, Dossier, TextMessage

FIRST_WORDS = 120
"""Characters of a text in the list; the report's page has them all."""
PICTURES = frozenset({"image/jpeg", "image/jpg", "image/png", "image/gif", "image/webp"})
"""What browsers show. HEIC few do: it is there to be downloaded."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A picture or sound that came with a text."""

    attachment: Attachment

    @property
    def stored(self) -> bool:
        return self.attachment.state is AttachmentState.STORED

    @property
    def shown(self) -> bool:
        """Whether a browser can show it as a picture."""
        return self.stored and self.attachment.content_type in PICTURES

    @property
    def player_version(self) -> str:
        """Once it is here it never changes, so a page never replaces what plays."""
        return fingerprint((self.attachment.media_sid, self.attachment.sha256))

    @property
    def version(self) -> str:
        one = self.attachment
        return fingerprint((one.state, one.reason, one.erased_at_provider_at))


@dataclass(frozen=True, slots=True)
class Written:
    """One text message."""

    message: TextMessage
    enclosed: tuple[Enclosed, ...]
    elsewhere: str | None
    """The reference of another report that its first number may mean."""


def written_of(dossier: Dossier) -> tuple[Written, ...]:
    """In the order in which they came."""
    return tuple(
        Written(
            message,
            tuple(
                Enclosed(attachment)
                for attachment in dossier.attachments
                if attachment.message_sid == message.message_sid
            ),
            None if message.mentions == dossier.report.reference else message.mentions,
        )
        for message in dossier.texts
    )


def first_words(dossier: Dossier) -> str | None:
    """Of the first text that has any; None: nothing was written."""
    for message in dossier.texts:
        words = " ".join(message.body.split())
        if words:
            return words if len(words) <= FIRST_WORDS else words[: FIRST_WORDS - 1].rstrip() + "…"
    return None
