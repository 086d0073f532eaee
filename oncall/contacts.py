"""Whom to tell of a report at an instant, tier by tier, and by what. Pure.

Quiet hours silence a way to reach a person. Who is on shift has said that they may be woken: what
is going on reaches them all the same; so does everything the emergency list, which is asked last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from oncall.roster import Roster, Watch, listeners_of, watch
from reports.fields.priority import Priority
from reports.model import Tier
from reports.people import Person, Reach, address_context

VOICE: Final = "voice"
"""The channel that rings: for the gravest alone."""
WAKING: Final = frozenset([Priority.P1, Priority.P2])
"""What reaches who is on shift in quiet hours."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach one person."""

    channel: str
    address: bytes
    """Sealed, in `context`."""
    context: str
    address_hash: str
    person: str | None = None
    """Their handle; None: a number that stands in the settings."""

    @property
    def key(self) -> tuple[str, str]:
        """Nobody is told twice of the same thing by this."""
        return self.channel, self.address_hash


Ladder = Mapping[Tier, tuple[Contact, ...]]
"""By tier, in the order in which they are asked."""


def ladder(
    roster: Roster,
    always: Sequence[Contact],
    channels: Collection[str],
    *,
    language: str | None,
    priority: Priority,
    at: datetime,
) -> Ladder:
    """Everybody who may be told of a report in that language and of that priority.

    `always`: the numbers of the settings, who are first where nobody is on shift, and asked last in
    any case. `channels`: those that there are here.
    """
    now = watch(roster, at)
    rungs = {
        Tier.FIRST: (*now.primary, *listeners_of(now, language)),
        Tier.BACKUP: now.backup,
        Tier.EVERYBODY: tuple(_everybody(roster, at)),
        Tier.EMERGENCY: tuple(one for one in roster.here(at) if one.is_emergency),
    }
    found: dict[Tier, tuple[Contact, ...]] = {}
    for tier, people in rungs.items():
        found[tier] = tuple(
            dict.fromkeys(
                _contact(reach)
                for person in people
                for reach in roster.reaches
                if reach.person_id == person.person_id
                and reach.channel in channels
                and _may_be_used(reach, person, tier, now, priority, at, roster)
            )
        )
    if not found[Tier.FIRST]:
        found[Tier.FIRST] = tuple(always)
    found[Tier.EMERGENCY] = tuple(dict.fromkeys((*found[Tier.EMERGENCY], *always)))
    return MappingProxyType(found)


def own(roster: Roster, username: str | None, channels: Collection[str]) -> Ladder:
    """Only who rehearses, by what can be read: nobody is rung, and nobody else is asked."""
    theirs = tuple(
        dict.fromkeys(
            _contact(reach)
            for person in roster.people
            for reach in roster.reaches
            if username is not None
            and person.username == username
            and person.left_at is None
            and reach.person_id == person.person_id
            and reach.channel in channels
            and reach.channel != VOICE
        )
    )
    return MappingProxyType({tier: theirs if tier is Tier.FIRST else () for tier in Tier})


def _everybody(roster: Roster, at: datetime) -> Iterator[Person]:
    """Who takes shifts, or is no mere observer."""
    on_roster = {shift.person_id for shift in roster.shifts if shift.removed_at is None}
    for person in roster.here(at):
        if not person.observes or person.person_id in on_roster:
            yield person


def _may_be_used(
    reach: Reach,
    person: Person,
    tier: Tier,
    now: Watch,
    priority: Priority,
    at: datetime,
    roster: Roster,
) -> bool:
    if reach.channel == VOICE and priority is not Priority.P1:
        return False
    if tier is Tier.EMERGENCY or reach.quiet is None or not reach.quiet.hold(at, roster.zone):
        return True
    return person in now.everybody and priority in WAKING


def _contact(reach: Reach) -> Contact:
    return Contact(
        channel=reach.channel,
        address=reach.address,
        context=address_context(reach.reach_id),
        address_hash=reach.address_hash,
        person=reach.person_id,
    )
