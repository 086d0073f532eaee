"""Notes that organizers speak on a report by telephone: what is known of each until it is written
out, and its sound for good. Frozen and pure, as `reports.model`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class SpokenState(StrEnum):
    ANNOUNCED = "announced"
    """The provider has it, we do not yet."""
    STORED = "stored"
    """Encrypted, hashed, read back: ours."""
    WRITTEN = "written"
    """It stands as a note, whose id it has."""
    UNWRITTEN = "unwritten"
    """No machine made words of it: a person must hear it."""
    FAILED = "failed"
    """Its audio could not be had."""


@dataclass(frozen=True, slots=True)
class SpokenNote:
    """One, keyed by the provider's RecordingSid; its audio is kept under it."""

    recording_sid: str
    reference: str
    who: str
    """The username of who spoke it."""
    at: datetime
    """When we first heard of it."""
    changed_at: datetime
    language: str
    """That they were spoken to in: BCP-47."""
    state: SpokenState = SpokenState.ANNOUNCED
    seconds: float | None = None
    stored_at: datetime | None = None
    sha256: str | None = None
    """Of the bytes as the provider delivered them, hexadecimal."""
    erased_at_provider_at: datetime | None = None
    reason: str | None = None
    """Why it is not further; a short phrase for people."""
    attempts: int = 0
    """How often the work that its state waits for has been begun."""
    next_attempt_at: datetime | None = None
    """Not before this; None: at once."""
    note_id: int | None = None
    """Of the note that it became."""

    @property
    def playable(self) -> bool:
        return self.stored_at is not None


class SpokenNotes(Protocol):
    """The rows as one transaction sees them; see `reports.ports.Records`."""

    def add(self, note: SpokenNote) -> bool:
        """False: it is there already."""

    def get(self, recording_sid: str) -> SpokenNote | None: ...
    def save(self, note: SpokenNote) -> None: ...
    def of_report(self, reference: str) -> Sequence[SpokenNote]:
        """In the order in which they were spoken."""

    def in_states(self, states: Iterable[SpokenState]) -> Sequence[SpokenNote]: ...
    def to_erase(self) -> Sequence[SpokenNote]:
        """Stored here and still held by the provider."""
