"""What the pages of people show. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from oncall.roster import Roster
from reports.people import Person, QuietHours, Reach, address_context, read_subscription
from reports.ports import Sealer
from reports.services.people import ChannelName
from reports.services.trials import OPTED_OUT
from reports.settings import Trial

TELEPHONES: Final = frozenset({ChannelName.SMS, ChannelName.VOICE})


@dataclass(frozen=True, slots=True)
class ReachLine:
    reach_id: str
    channel: str
    shown: str
    """The address, or the little of it that others see; '': nothing of it can be shown."""
    is_whole: bool
    quiet: QuietHours | None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A way to reach somebody, and the last test message by it."""

    reach: ReachLine
    person_id: str
    trial: Trial | None
    is_here: bool
    """This line has that channel."""

    @property
    def has_opted_out(self) -> bool:
        """The last could not be sent, because they wrote STOP."""
        return self.trial is not None and self.trial.reason == OPTED_OUT


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: Person
    channels: tuple[str, ...]
    next_turn: datetime | None
    """When they are on call next; before now: they are."""


def reach_lines(
    reaches: Iterable[Reach], sealer: Sealer, *, is_whole: bool
) -> tuple[ReachLine, ...]:
    """`is_whole`: with the addresses."""
    lines = []
    for reach in reaches:
        try:
            address = sealer.unseal(reach.address, address_context(reach.reach_id)).decode()
        except ValueError:
            address = ""
        is_shown = is_whole and reach.channel != ChannelName.PUSH
        shown = address if is_shown else covered(reach.channel, address)
        lines.append(ReachLine(reach.reach_id, reach.channel, shown, is_whole, reach.quiet))
    return tuple(lines)


def covered(channel: str, address: str) -> str:
    """What somebody else sees of an address: enough to tell two apart, too little to use it.

    >>> covered("sms", "+16125550110"), covered("email", "ana@example.org")
    ('…10', '…@example.org')
    >>> covered("apprise", "ntfy://ntfy.example.org/secret")
    'ntfy://…'
    """
    if channel in TELEPHONES:
        return f"…{address[-2:]}" if address else ""
    if channel == ChannelName.EMAIL and "@" in address:
        return f"…@{address.rpartition('@')[2]}"
    if channel == ChannelName.PUSH:
        return _service_of(address)
    if channel == ChannelName.APPRISE and "://" in address:
        return f"{address.partition('://')[0]}://…"
    return ""


def _service_of(address: str) -> str:
    """Through whom a browser is reached; the rest of its address is of no use to anybody."""
    try:
        return urlsplit(read_subscription(address)["endpoint"]).hostname or ""
    except ValueError:
        return ""


def person_rows(
    roster: Roster, next_turns: Iterable[tuple[str | None, datetime]]
) -> tuple[PersonRow, ...]:
    """Everybody by name; `next_turns`: who has a turn and when it begins, the first first."""
    first: dict[str | None, datetime] = {}
    for person_id, begins in next_turns:
        first.setdefault(person_id, begins)
    return tuple(
        PersonRow(
            person,
            tuple(
                dict.fromkeys(
                    each.channel for each in roster.reaches if each.person_id == person.person_id
                )
            ),
            first.get(person.person_id),
        )
        for person in roster.people
    )
