"""The people of the group: who is told of reports, how each is reached, and who is on call when.

Frozen and pure, as `reports.model`. A shift is said in times of day, as people make rosters; which
instants those are in the group's zone, `oncall.roster` decides. Shifts are never changed: one is
taken off and another put on, so that who was on call at an instant can be asked afterwards.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from reports.pin_tries import PinTries


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, over midnight if the first is the later."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """Reads '22:00-06:30'.

        Raises:
            ValueError: it is not written so.
        """
        times = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", text)
        if times is None:
            raise ValueError("write two times of day, such as 22:00-06:30")
        return cls(time.fromisoformat(times[1]), time.fromisoformat(times[2]))

    def hold(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the instant lies in them; the end does not."""
        now = at.astimezone(zone).time().replace(tzinfo=None)
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the group tells, by their name or an alias."""

    person_id: str
    """A short handle, as a username is; it stands in logs and in who did what."""
    name: str
    changed_at: datetime
    changed_by: str
    languages: tuple[str, ...] = ()
    """Codes of those that they understand."""
    username: str | None = None
    """Of their account at the desk, if they have one."""
    is_emergency: bool = False
    """Told when nobody else answers, at any hour."""
    observes: bool = False
    """Goes and documents when asked to."""
    areas: tuple[str, ...] = ()
    """Where they observe, as the gazetteer names it; none: anywhere."""
    pin_hash: str | None = None
    """Keyed, of the digits by which they are known at the telephone."""
    left_at: datetime | None = None
    """From then on they are told nothing."""
    feed_epoch: int = 0
    """Addresses of their calendar that were made under another one show nothing any more."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach a person."""

    reach_id: str
    person_id: str
    channel: str
    """Such as 'sms', as in `Channel.name`."""
    address: bytes
    """Sealed, see `address_context`."""
    address_hash: str
    """Keyed: whoever calls or writes from there is that person."""
    quiet: QuietHours | None = None
    """In which it is not used, but for what is going on while they are on shift."""


_KEY_BYTES: Final = {"p256dh": 65, "auth": 16}
"""Of a browser's keys (RFC 8291, section 3.1 and 3.2)."""


def read_subscription(text: str) -> dict[str, Any]:
    """A browser's subscription to notifications, as `PushSubscription.toJSON()` writes it
    (https://www.w3.org/TR/push-api/#dom-pushsubscription-tojson), with what counts of it.

    Raises:
        ValueError: it is none, or not of an https address.
    """
    try:
        given = json.loads(text)
        endpoint, keys = str(given["endpoint"]), {each: given["keys"][each] for each in _KEY_BYTES}
        there = urlsplit(endpoint)
        for name, length in _KEY_BYTES.items():
            raw = base64.urlsafe_b64decode(keys[name] + "=" * (-len(keys[name]) % 4))
            if len(raw) != length:
                raise ValueError(name)
    except (KeyError, TypeError, RecursionError, binascii.Error) as wrong:
        raise ValueError("no subscription") from wrong
    if there.scheme != "https" or not there.hostname or there.username is not None:
        raise ValueError("no https address")
    return {"endpoint": endpoint, "keys": keys}


def address_context(reach_id: str) -> str:
    """What a sealed address belongs to."""
    return f"reach:{reach_id}:address"


class Duty(StrEnum):
    PRIMARY = "primary"
    BACKUP = "backup"
    LISTENER = "listener"
    """Hears reports in the languages that they understand."""


@dataclass(frozen=True, slots=True)
class Shift:
    """From one time of day to another in the group's zone, once or each week."""

    person_id: str
    duty: Duty
    first_on: date
    """The first day on which it begins."""
    begins: time
    ends: time
    """On the next day if it is no later than `begins`."""
    made_at: datetime
    made_by: str
    weekdays: frozenset[int] = frozenset()
    """0 for Monday; none: only once, on `first_on`."""
    last_on: date | None = None
    """The last day on which it may begin; None: until it is taken off."""
    removed_at: datetime | None = None
    removed_by: str | None = None
    shift_id: int | None = None
    """None while it is not in the database."""

    def comes_on(self, day: date) -> bool:
        """Whether it begins on that day."""
        if not self.weekdays:
            return day == self.first_on
        return (
            day.weekday() in self.weekdays
            and self.first_on <= day
            and (self.last_on is None or day <= self.last_on)
        )

    def stood(self, at: datetime) -> bool:
        """Whether it stood in the roster at an instant."""
        return self.made_at <= at and (self.removed_at is None or at < self.removed_at)


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody else takes one turn of a shift, or, where `person_id` is None, whoever has it cannot
    and nobody has taken it yet. Only ever added: the last that stands for a turn counts."""

    shift_id: int
    on: date
    """The day on which that turn begins."""
    person_id: str | None
    at: datetime
    who: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    cover_id: int | None = None
    """None while it is not in the database."""

    def stood(self, at: datetime) -> bool:
        return self.at <= at and (self.undone_at is None or at < self.undone_at)


class People(Protocol):
    """The rows of people and roster as one transaction sees them; see `reports.ports.Records`."""

    def person(self, person_id: str) -> Person | None: ...
    def everybody(self) -> Sequence[Person]:
        """By name, those who left among them."""

    def put_person(self, person: Person) -> None: ...
    def pin_tries(self, person_id: str) -> PinTries | None:
        """None: no wrong one since the last right one."""

    def put_pin_tries(self, tries: PinTries) -> None: ...
    def forget_pin_tries(self, person_id: str) -> None: ...
    def reaches(self, person_id: str | None = None) -> Sequence[Reach]:
        """Of one person, or of all, in the order in which they were given."""

    def reached_at(self, address_hash: str) -> Sequence[Person]:
        """Who has that address, and did not leave."""

    def add_reach(self, reach: Reach) -> bool:
        """False: that person has that address by that channel already."""

    def set_quiet(self, reach_id: str, quiet: QuietHours | None) -> bool:
        """False: there is no such reach."""

    def remove_reach(self, reach_id: str) -> None: ...
    def add_shift(self, shift: Shift) -> int:
        """Its id."""

    def shift(self, shift_id: int) -> Shift | None:
        """Held until the commit where something is about to be written."""

    def remove_shift(self, shift_id: int, at: datetime, who: str) -> bool:
        """Takes it off from then on. False: there is none, or it was."""

    def shifts(self) -> Sequence[Shift]:
        """Those that were taken off among them, in the order in which they were made."""

    def add_cover(self, cover: Cover) -> int:
        """Its id."""

    def undo_cover(self, cover_id: int, at: datetime, who: str) -> bool: ...
    def covers(self) -> Sequence[Cover]:
        """In the order in which they were made."""
