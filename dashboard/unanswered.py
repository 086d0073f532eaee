"""Who has been told of a report, when and by what, and who is asked next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oncall.escalation import Due, is_exhausted, standing
from oncall.roster import Roster, listeners_of, watch
from oncall.waiting import Clocks, is_waiting
from reports.fields.reading import Reading
from reports.model import Dossier, Notification, NotificationKind, NotificationState, Tier
from reports.services.notices import OPTED_OUT

_TELLING = (NotificationKind.ALERT, NotificationKind.REMINDER)
_REACHED = (NotificationState.DELIVERED, NotificationState.BUNDLED)


class As(StrEnum):
    """As what somebody is asked."""

    FIRST = "first"
    LISTENER = "listener"
    """On shift to hear the language, and for nothing else."""
    BACKUP = "backup"
    EVERYBODY = "everybody"
    EMERGENCY = "emergency"
    REMINDER = "reminder"


class Became(StrEnum):
    """What became of a message."""

    ON_ITS_WAY = "on_its_way"
    RETRYING = "retrying"
    WITH_OTHERS = "with_others"
    """It goes out, or went, as one message with others."""
    ARRIVED = "arrived"
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    PASSED_ON = "passed_on"
    """They say that somebody else should take it up."""
    TAKEN_UP = "taken_up"


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one person."""

    name: str | None
    """None: a number that stands in the settings."""
    as_what: As
    channel: str
    at: datetime
    """When it was sent, or else meant."""
    became: Became
    reason: str | None


@dataclass(frozen=True, slots=True)
class Next:
    """Who is asked next."""

    as_what: As
    names: tuple[str | None, ...]
    """Each once; None: a number that stands in the settings."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """How it stands with the telling of a report."""

    told: tuple[Told, ...]
    """The first first."""
    waits: bool
    """Nobody has taken it up."""
    exhausted: bool
    """Everybody was asked, and nobody answers."""
    next: Next | None


def asking_of(
    dossier: Dossier, reading: Reading, clocks: Clocks, roster: Roster, coming: Sequence[Due]
) -> Asking | None:
    """None: nobody was told, or meant to be. `coming`: what is told next, if nothing changes."""
    told = sorted(
        (each for each in dossier.notifications if each.kind in _TELLING),
        key=lambda each: each.created_at,
    )
    if not told:
        return None
    language = dossier.call.language
    now = standing(dossier, reading, clocks)
    following = None
    if now is not None and now.next_at is not None and coming:
        first = coming[0]
        as_what = As.REMINDER if first.tier is None else As(first.tier)
        names = dict.fromkeys(_name(roster, due.contact.person) for due in coming)
        following = Next(as_what, tuple(names), now.next_at)
    return Asking(
        told=tuple(_told(each, roster, language) for each in told),
        waits=is_waiting(dossier),
        exhausted=is_exhausted(dossier),
        next=following,
    )


def _told(told: Notification, roster: Roster, language: str | None) -> Told:
    return Told(
        name=_name(roster, told.person),
        as_what=_as_what(told, roster, language),
        channel=told.channel,
        at=told.sent_at or told.created_at,
        became=_became(told),
        reason=told.reason,
    )


def _name(roster: Roster, person_id: str | None) -> str | None:
    if person_id is None:
        return None
    person = roster.person(person_id)
    return person_id if person is None else person.name


def _as_what(told: Notification, roster: Roster, language: str | None) -> As:
    if told.kind is NotificationKind.REMINDER:
        return As.REMINDER
    tier = told.tier or Tier.FIRST
    if tier is Tier.FIRST and told.person is not None:
        then = watch(roster, told.created_at)
        listening = {person.person_id for person in listeners_of(then, language)}
        if told.person in listening - {person.person_id for person in then.primary}:
            return As.LISTENER
    return As(tier)


def _became(told: Notification) -> Became:
    if told.acknowledged_at is not None:
        return Became.TAKEN_UP
    if told.passed_on_at is not None:
        return Became.PASSED_ON
    match told.state:
        case NotificationState.DELIVERED:
            return Became.ARRIVED
        case NotificationState.FAILED:
            return Became.OPTED_OUT if told.reason == OPTED_OUT else Became.FAILED
        case NotificationState.HELD | NotificationState.BUNDLED:
            return Became.WITH_OTHERS
        case NotificationState.PENDING:
            return Became.ON_ITS_WAY if told.reason is None else Became.RETRYING
        case NotificationState.SENDING:
            return Became.ON_ITS_WAY


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What a line of the list says of a report that nobody takes up in time."""

    people: int
    """So many were told."""
    exhausted: bool


def unanswered_of(dossier: Dossier, *, is_overdue: bool) -> Unanswered | None:
    """None: somebody has it, there is time yet, or nobody was reached, which the list says
    elsewhere. `is_overdue`: its clock has run out."""
    if not is_waiting(dossier):
        return None
    exhausted = is_exhausted(dossier)
    people = {
        each.person or each.recipient_hash
        for each in dossier.notifications
        if each.kind is NotificationKind.ALERT
        and (each.state in _REACHED or each.sent_at is not None)
    }
    if exhausted or (is_overdue and people):
        return Unanswered(len(people), exhausted)
    return None
