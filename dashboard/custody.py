"""What the custody log tells of a report, as its page lists it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.desk import Desk
from reports.custody import API, SYSTEM, Deed, Entry, recording_subject
from reports.model import Dossier


@dataclass(frozen=True, slots=True)
class Given:
    """An entry of the log."""

    number: int
    at: datetime
    who: str | None
    """What the person is called; None: no person did it."""
    by_api: bool
    """Whoever bears the API's token did it."""
    deed: Deed
    about: str | None
    """What the recording answers; None: it is about something else."""
    how: str | None
    """'played', 'shown' or 'original', of an access; 'spoken' of numbers in the message."""
    sha256: str | None
    """Of the file that it is about, or of what was set."""


def given(entry: Entry, dossier: Dossier, desk: Desk, names: Mapping[str, str]) -> Given:
    titles = {
        recording_subject(each.recording_sid): desk.question_title(each.question)
        for each in dossier.recordings
    }
    by_person = not entry.who.startswith(SYSTEM)
    return Given(
        number=entry.number,
        at=entry.at,
        who=names.get(entry.who, entry.who) if by_person else None,
        by_api=entry.who == API,
        deed=entry.deed,
        about=titles.get(entry.subject),
        how=entry.detail.get("how") or _which_number(entry),
        sha256=entry.detail.get("sha256"),
    )


def _which_number(entry: Entry) -> str | None:
    return entry.detail.get("after") if entry.deed is Deed.NUMBER_SEEN else None
