"""The roster as a calendar to subscribe to (RFC 5545), by an address that is its own key.

The address says whose it is and under which `feed_epoch` it was made, and is signed: a new epoch
ends all that were made before. A calendar has names and times; no number, no address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from itsdangerous import BadSignature, URLSafeSerializer

from oncall.roster import Roster, Turn, past_turns, turns
from reports.people import Person

BACK: Final = timedelta(weeks=8)
AHEAD: Final = timedelta(weeks=26)

Words = Callable[[Turn, Person | None], str]
"""What a turn is called, given who has it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an address shows."""

    person_id: str
    epoch: int
    is_all: bool
    """Everybody's turns, not that person's alone."""


class Feeds:
    """Makes addresses and reads them."""

    def __init__(self, secret: str) -> None:
        self._papers = URLSafeSerializer(secret, salt="roster feed")

    def token(self, person: Person, *, is_all: bool) -> str:
        return str(self._papers.dumps([person.person_id, person.feed_epoch, is_all]))

    def read(self, token: str) -> Scope | None:
        """None: nobody here made it."""
        try:
            person_id, epoch, is_all = self._papers.loads(token)
        except BadSignature:
            return None
        return Scope(person_id, epoch, is_all)


def scoped(roster: Roster, scope: Scope, now: datetime) -> Person | None:
    """Whose calendar it is; None: they left, or have a new address."""
    for person in roster.here(now):
        if (person.person_id, person.feed_epoch) == (scope.person_id, scope.epoch):
            return person
    return None


def calendar_of(
    roster: Roster, only: Person | None, now: datetime, host: str, words: Words
) -> bytes:
    """`only`: of that person; `host`: of the line, which makes the ids its own."""
    calendar = Calendar()
    calendar.add("prodid", "-//Witness Line//Roster//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for turn in (*past_turns(roster, now - BACK, now), *turns(roster, now, now + AHEAD)):
        if only is None or turn.person_id == only.person_id:
            event = Event()
            event.add("uid", f"turn-{turn.shift.shift_id}-{turn.on:%Y%m%d}@{host}")
            event.add("dtstamp", now)
            event.add("dtstart", turn.begins.astimezone(roster.zone))
            event.add("dtend", turn.ends.astimezone(roster.zone))
            who = None if turn.person_id is None else roster.person(turn.person_id)
            event.add("summary", words(turn, who))
            # A shift says when somebody is on call, not that they can do nothing else.
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
