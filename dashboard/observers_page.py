"""What the pages show of people who are asked to observe. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from oncall.observing import Observer
from reports.model import Dossier, Notification, NotificationKind, NotificationState
from reports.observing import Dispatch, Said


class Sending(StrEnum):
    """The best that became of any of the messages to one person."""

    FAILED = "failed"
    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"


_ORDER = tuple(Sending)


@dataclass(frozen=True)
class AskedPerson:
    """Whom a request was sent to, and what they answered."""

    name: str
    sending: Sending
    reason: str | None
    """Why it was not sent."""
    said: Said | None
    said_at: datetime | None
    minutes: int | None
    there_by: datetime | None


@dataclass(frozen=True)
class RequestShown:
    """A request to observe."""

    dispatch_id: int
    words: str
    who: str
    at: datetime
    people: tuple[AskedPerson, ...]
    ended_by: str | None
    ended_at: datetime | None
    is_open: bool
    """Whether it is still answered."""


@dataclass(frozen=True)
class FoundShown:
    """What an observer sent in, as far as it can be looked at here."""

    reference: str
    name: str
    at: datetime
    pictures: tuple[str, ...]
    """Ids of those that are stored."""


@dataclass(frozen=True)
class Observed:
    """What there is to show of an incident."""

    dispatches: Sequence[Dispatch] = ()
    told: Sequence[Notification] = ()
    """By which people were asked."""
    people: Mapping[str, str] = field(default_factory=dict)
    """What they are called, by their handles."""

    def requests(self, names: Mapping[str, str], at: datetime) -> tuple[RequestShown, ...]:
        """The last first. `names`: of organizers, by username."""
        return tuple(
            RequestShown(
                dispatch_id=each.dispatch_id or 0,
                words=each.words,
                who=names.get(each.who, each.who),
                at=each.at,
                people=tuple(self._people(each)),
                ended_by=None if each.end is None else names.get(each.end.who, each.end.who),
                ended_at=None if each.end is None else each.end.at,
                is_open=each.is_open(at),
            )
            for each in reversed(self.dispatches)
        )

    def _people(self, dispatch: Dispatch) -> Iterable[AskedPerson]:
        for ask in dispatch.asks:
            told = [each for each in self.told if each.about == ask.ask_id]
            sending, reason = sending_of(told)
            answer = ask.answer
            yield AskedPerson(
                name=self.people.get(ask.person_id, ask.person_id),
                sending=sending,
                reason=reason,
                said=ask.said,
                said_at=None if answer is None else answer.at,
                minutes=None if answer is None else answer.minutes,
                there_by=ask.there_by,
            )

    def found(self, dossiers: Iterable[Dossier]) -> tuple[FoundShown, ...]:
        """Of the reports of the incident those that its observers made."""
        return tuple(
            FoundShown(
                reference=each.report.reference,
                name=self.name_of(each) or "",
                at=each.call.started_at,
                pictures=tuple(
                    file.media_sid
                    for file in each.attachments
                    if file.is_picture and file.stored_at is not None
                ),
            )
            for each in dossiers
            if each.finding is not None
        )

    def name_of(self, dossier: Dossier) -> str | None:
        """Of the observer who made a report; None: a caller did."""
        if dossier.finding is None:
            return None
        return self.people.get(dossier.finding.person_id, dossier.finding.person_id)


def sending_of(told: Iterable[Notification]) -> tuple[Sending, str | None]:
    """How far the messages to one person are, and why not."""
    states = [(_of_one(each), each.reason) for each in told]
    return max(states, key=lambda state: _ORDER.index(state[0]), default=(Sending.WAITING, None))


def _of_one(told: Notification) -> Sending:
    match told.state:
        case NotificationState.DELIVERED:
            return Sending.DELIVERED
        case NotificationState.FAILED:
            return Sending.FAILED
        case NotificationState.SENDING if told.sent_at is not None:
            return Sending.SENT
        case _:
            return Sending.WAITING


def requests_told(dossiers: Iterable[Dossier]) -> tuple[Notification, ...]:
    """The messages by which people were asked."""
    return tuple(
        told
        for each in dossiers
        for told in each.notifications
        if told.kind is NotificationKind.OBSERVE
    )


@dataclass(frozen=True)
class AskPage:
    """The page on which somebody asks observers."""

    incident_id: int | None
    reference: str | None
    """A report that is in no incident."""
    observers: tuple[Observer, ...]
    words: str
    chosen: frozenset[str]
    press: str
    room: int
    safety: str
    wrong: str
    """Why nothing was sent, a code; empty: nothing is wrong."""

    @property
    def fitting(self) -> tuple[Observer, ...]:
        return tuple(each for each in self.observers if each.fits)

    @property
    def others(self) -> tuple[Observer, ...]:
        return tuple(each for each in self.observers if not each.fits)
