"""The browsers in which somebody is logged in: listed, and ended from anywhere.

The cookie holds a random token; the database holds its hash, whose session it is, when it began and
was last seen, and roughly which browser it is. Nobody is logged in whose session is not there.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from reports.accounts import Session
from reports.model import Organizer
from reports.ports import AccountRecords

IDLE: Final = timedelta(hours=4)
LONGEST: Final = timedelta(hours=14)
"""A night shift and the handing over."""

_BROWSERS: Final = (
    # Each also calls itself all that come after it.
    ("firefox", ("firefox/", "fxios/")),
    ("edge", ("edg/", "edga/", "edgios/")),
    ("opera", ("opr/",)),
    ("samsung", ("samsungbrowser/",)),
    ("chrome", ("chrome/", "crios/", "chromium/")),
    ("safari", ("safari/",)),
)
_SYSTEMS: Final = (
    ("android", ("android",)),
    ("iphone", ("iphone",)),
    ("ipad", ("ipad",)),
    ("windows", ("windows",)),
    ("mac", ("mac os x", "macintosh")),
    ("chromeos", ("cros ",)),
    ("linux", ("linux",)),
)


def browser_of(user_agent: str) -> tuple[str, str]:
    """Codes of browser and system, each empty where it is none of those known."""
    said = user_agent.lower()

    def first(known: Sequence[tuple[str, Sequence[str]]]) -> str:
        return next((code for code, marks in known if any(mark in said for mark in marks)), "")

    return first(_BROWSERS), first(_SYSTEMS)


def hash_of(token: str) -> str:
    """As the database keeps what opens something. The token is 256 random bits: no salt or slow
    hash makes it harder to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def fresh_token() -> str:
    return secrets.token_urlsafe(32)


def begin_session(
    records: AccountRecords, organizer: Organizer, user_agent: str, at: datetime
) -> str:
    """The token for the cookie."""
    token = fresh_token()
    browser, system = browser_of(user_agent)
    began = Session(
        hash_of(token), organizer.username, organizer.session_epoch, at, at, browser, system
    )
    records.add_session(began)
    return token


def is_live(session: Session, organizer: Organizer, now: datetime) -> bool:
    """Whether whoever has its token is logged in."""
    return (
        session.ended_at is None
        and organizer.suspended_at is None
        and session.epoch == organizer.session_epoch
        and now - session.seen_at <= IDLE
        and now - session.began_at <= LONGEST
    )


def live_sessions(
    records: AccountRecords, now: datetime, username: str | None = None
) -> list[Session]:
    """Of one person, or of all; the last seen first."""
    people = {one.username: one for one in records.organizers()}
    return [
        one
        for one in records.sessions_seen(now - IDLE, username)
        if one.username in people and is_live(one, people[one.username], now)
    ]


def end_session(records: AccountRecords, session: Session, who: str, at: datetime) -> None:
    records.save_session(replace(session, ended_at=at, ended_by=who))


def end_sessions_of(
    records: AccountRecords, username: str, who: str, at: datetime, but: str | None = None
) -> int:
    """All of somebody's, but the one with that hash. How many there were."""
    ended = [one for one in live_sessions(records, at, username) if one.session_hash != but]
    for one in ended:
        end_session(records, one, who, at)
    return len(ended)
