"""Callers' words as the database has them: sealed, all of them.

A number that somebody speaks is words like any other, in any language and any spelling, so none of
the words stand there in plain, and no rule has to find the number first. What cannot be opened is
shown as covered and never stops a report.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from reports.custody import written_instant
from reports.model import Segment, Word
from reports.ports import Sealer

log = logging.getLogger(__name__)

COVERED: Final = "•••"
"""Stands for words that are not to be read here, or cannot be."""
UNOPENED: Final = "these words cannot be opened: their data key is missing, or they were altered"


def words_context(recording_sid: str, kind: str, made_at: datetime) -> str:
    """What the sealed words of a transcript belong to."""
    return f"recording:{recording_sid}:words:{kind}:{written_instant(made_at)}"


def body_context(message_sid: str) -> str:
    """What the sealed words of a text message belong to."""
    return f"text:{message_sid}:body"


def alert_context(notification_id: str) -> str:
    """What the sealed words of a message to an organizer belong to: it tells the place as the
    caller did."""
    return f"notification:{notification_id}:body"


def note_context(reference: str, who: str, at: datetime) -> str:
    """What a sealed note of an organizer belongs to."""
    return f"report:{reference}:note:{who}:{written_instant(at)}"


def handover_context(who: str, at: datetime) -> str:
    """What the sealed words of a note from one shift to the next belong to."""
    return f"handover:{who}:{written_instant(at)}"


def dispatch_context(press: str) -> str:
    """What the sealed words of a request to observe belong to."""
    return f"dispatch:{press}:words"


def plain_segments(segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """As they are sealed, and as the custody log hashes them."""
    return [dataclasses.asdict(segment) for segment in segments]


def segments_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Segment, ...]:
    return tuple(
        Segment(**{**segment, "words": tuple(Word(**word) for word in segment["words"])})
        for segment in stored
    )


@dataclass(frozen=True)
class Seals:
    """Seals words on their way into the database, and opens them on their way out."""

    sealer: Sealer

    def segments_in(self, segments: Sequence[Mapping[str, Any]], context: str) -> bytes:
        written = json.dumps(list(segments), separators=(",", ":"))
        return self.sealer.seal(written.encode(), context)

    def segments_out(self, sealed: bytes, context: str) -> list[dict[str, Any]]:
        """The very same that were sealed; where they cannot be opened, one that is struck out and
        says so."""
        opened = self._opened(sealed, context)
        if opened is None:
            unopened = Segment(COVERED, 0.0, 0.0, (), 0.0, 0.0, 1.0, struck=UNOPENED)
            return plain_segments([unopened])
        segments: list[dict[str, Any]] = json.loads(opened)
        return segments

    def text_in(self, text: str, context: str) -> bytes:
        return self.sealer.seal(text.encode(), context)

    def text_out(self, sealed: bytes, context: str) -> str:
        opened = self._opened(sealed, context)
        return COVERED if opened is None else opened.decode()

    def _opened(self, sealed: bytes, context: str) -> bytes | None:
        try:
            return self.sealer.unseal(sealed, context)
        except ValueError as error:  # as all that is wrong with a sealed text
            log.error("words of %s could not be opened: %s", context, type(error).__name__)
            return None
