"""Sends people out to observe: a person presses, and each who is to be asked is meant a message
before any is sent. The sending, its second tries and its refusals are those of all messages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from oncall.briefs import Carries
from oncall.contacts import Contact
from oncall.links import AnswerLinks
from oncall.observing import (
    HEEDS_STOP,
    Observer,
    ObserverWords,
    contacts_of,
    observers,
    with_safety,
)
from oncall.roster import Roster
from reports.custody import Deed, incident_subject
from reports.model import Notification, NotificationKind
from reports.observing import Ask, Dispatch, DispatchEnd, Said
from reports.ports import Job, JobQueue, Records, ReportStore, Sealer
from reports.services.handovers import refuse_private
from reports.services.incidents import NoSuchIncident
from reports.services.notices import recipient_context
from reports.services.observing import (
    incidents_behind,
    languages_of,
    messages_to,
    put_into,
    standing_incident,
    touch_incident,
)
from reports.services.review import NoSuchReport

LINK_ID: Final = 32
"""Characters of the id of an ask."""


class NothingAsked(ValueError):
    """The request has no words, or too many. `str()`: 'empty' or 'long'. Nothing was sent."""


class NobodyAsked(ValueError):
    """Of those who were chosen nobody can be asked now. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a person presses Send on."""

    words: str
    people: tuple[str, ...]
    """Ids of those who are to be asked."""
    press: str
    """Of the form: pressed twice, it is sent once."""
    incident_id: int | None = None
    reference: str | None = None
    """A report, which founds an incident if it is in none; one of the two is there."""
    place: str | None = None
    """As the gazetteer names it, for channels that may carry no more."""
    plates: frozenset[str] = frozenset()
    """That callers told: none of them goes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatcher:
    """`channels`: the names of those by which people are reached here; `carries_now`: what
    each may be given, as it is set; `takes_texts`: whether a text of ours can be answered."""

    store: ReportStore
    queue: JobQueue
    sealer: Sealer
    channels: Collection[str]
    carries_now: Callable[[], Mapping[str, Carries]]
    words: ObserverWords
    links: AnswerLinks
    zone: ZoneInfo
    takes_texts: bool

    @property
    def room(self) -> int:
        """Characters that a request may have as a person writes it."""
        return self.words.room(len(self.links.link("0" * LINK_ID)))

    def observers(
        self,
        records: Records,
        incident_id: int | None,
        areas: Sequence[str],
        languages: Sequence[str],
        at: datetime,
    ) -> tuple[Observer, ...]:
        """Who can be asked to look at an incident; None: at what is none yet."""
        roster = self._roster(records)
        return observers(
            roster,
            self.channels,
            areas=areas,
            languages=languages,
            opted_out=self._opted_out(records, roster),
            asked=self._dispatches(records, incident_id),
            at=at,
        )

    def send(self, request: Request, who: str, at: datetime) -> Dispatch:
        """Asks the people of a request, and whoever can be asked of them; sent already, it finds
        what was sent.

        Raises:
            NothingAsked, PrivateInside, NobodyAsked, NoSuchIncident, NoSuchReport.
        """
        words = "\n".join(line.rstrip() for line in request.words.strip().splitlines())
        meant: list[Notification] = []
        with self.store.begin() as records:
            records.hold_incidents()
            known = records.observing.dispatch_pressed(request.press)
            if known is not None:
                return known
            if not words or len(words) > self.room:
                raise NothingAsked("long" if words else "empty")
            refuse_private(words, request.plates)
            incident_id, reference = self._about(records, request, who, at)
            asks = self._asks(records, incident_id, request.people, at)
            if not asks:
                raise NobodyAsked
            dispatch = Dispatch(request.press, incident_id, reference, words, who, at, asks)
            dispatch_id = records.observing.add_dispatch(dispatch)
            if dispatch_id is None:
                raise LookupError("a request that could neither be added nor found")
            dispatch = replace(dispatch, dispatch_id=dispatch_id)
            for ask in asks:
                meant += self._requests(records, dispatch, ask, request.place, at)
            for told in meant:
                records.add_notification(told)
            self._note(records, dispatch, who, at, Deed.OBSERVERS_ASKED, asked=str(len(asks)))
        self._queue(meant)
        return dispatch

    def end(self, dispatch_id: int, who: str, at: datetime) -> Dispatch | None:
        """Ends a request and tells those who may still go, or are there; None: there is none such.
        Ended already, it stays so."""
        meant: list[Notification] = []
        with self.store.begin() as records:
            dispatch = records.observing.dispatch(dispatch_id)
            if dispatch is None or dispatch.end is not None:
                return dispatch
            end = DispatchEnd(dispatch_id, at, who)
            end_id = records.observing.add_dispatch_end(end)
            for ask in dispatch.asks:
                if ask.said not in (Said.NOT_COMING, Said.DONE):
                    meant += self._words_to(records, dispatch, ask, "over", f"over:{end_id}", at)
            for told in meant:
                records.add_notification(told)
            self._note(records, dispatch, who, at, Deed.OBSERVING_ENDED, after="ended")
            dispatch = records.observing.dispatch(dispatch_id)
        self._queue(meant)
        return dispatch

    def go_on(self, dispatch_id: int, who: str, at: datetime) -> Dispatch | None:
        """Undoes the end of a request, and tells whom it was told to; None: there is none such."""
        meant: list[Notification] = []
        with self.store.begin() as records:
            dispatch = records.observing.dispatch(dispatch_id)
            end = None if dispatch is None else dispatch.end
            if dispatch is None or end is None or end.end_id is None:
                return dispatch
            records.observing.undo_dispatch_end(end.end_id, at, who)
            dossier = records.dossier(dispatch.reference)
            told_over = {
                told.person
                for told in (() if dossier is None else dossier.notifications)
                if told.about == f"over:{end.end_id}"
            }
            for ask in dispatch.asks:
                if ask.person_id in told_over:
                    about = f"on:{end.end_id}"
                    meant += self._words_to(records, dispatch, ask, "goes_on", about, at)
            for told in meant:
                records.add_notification(told)
            self._note(records, dispatch, who, at, Deed.OBSERVING_ENDED, after="undone")
            dispatch = records.observing.dispatch(dispatch_id)
        self._queue(meant)
        return dispatch

    # What it is about

    @staticmethod
    def _about(records: Records, request: Request, who: str, at: datetime) -> tuple[int, str]:
        """The incident, and the report of it with which the messages are kept.

        Raises:
            NoSuchIncident, NoSuchReport.
        """
        if request.incident_id is None:
            reference = request.reference or ""
            if records.report(reference) is None:
                raise NoSuchReport(reference)
            return put_into(records, None, reference, who, at), reference
        incident_id = standing_incident(records, request.incident_id)
        docket = records.docket(incident_id)
        if docket is None or not docket.references:
            raise NoSuchIncident(request.incident_id)
        return incident_id, docket.references[0]

    @staticmethod
    def _dispatches(records: Records, incident_id: int | None) -> Sequence[Dispatch]:
        docket = None if incident_id is None else records.docket(incident_id)
        if docket is None:
            return ()
        return records.observing.dispatches_of(incidents_behind(records, docket))

    def _asks(
        self, records: Records, incident_id: int, people: Collection[str], at: datetime
    ) -> tuple[Ask, ...]:
        there = self.observers(records, incident_id, (), (), at)
        return tuple(
            Ask(uuid.uuid4().hex, 0, each.person.person_id)
            for each in there
            if each.person.person_id in people and each.can_be_asked
        )

    # The messages

    def _requests(
        self, records: Records, dispatch: Dispatch, ask: Ask, place: str | None, at: datetime
    ) -> Iterator[Notification]:
        roster = self._roster(records)
        stopped = self._opted_out(records, roster)
        codes = languages_of(records, ask.person_id)
        for contact in contacts_of(ask.person_id, roster, self.channels, stopped, at):
            by_text = contact.channel == "sms" and self.takes_texts
            body = self.words.request(
                dispatch.words,
                codes,
                self.carries_now().get(contact.channel, Carries.NOTHING),
                place,
                None if by_text else self.links.link(ask.ask_id),
            )
            yield self._message(dispatch, contact, NotificationKind.OBSERVE, ask.ask_id, body, at)

    def _words_to(
        self, records: Records, dispatch: Dispatch, ask: Ask, words: str, about: str, at: datetime
    ) -> Iterator[Notification]:
        """To where somebody was asked, if that was sent."""
        code = self.words.language(languages_of(records, ask.person_id))
        reads = self.words.reads[code]
        for told in messages_to(records, dispatch, ask):
            if told.sent_at is None:
                continue
            context = recipient_context(told.notification_id)
            contact = Contact(
                told.channel, told.recipient, context, told.recipient_hash, ask.person_id
            )
            body = with_safety(reads[words], reads["safety"])
            yield self._message(dispatch, contact, NotificationKind.OBSERVED, about, body, at)

    def _message(
        self,
        dispatch: Dispatch,
        contact: Contact,
        kind: NotificationKind,
        about: str,
        body: str,
        at: datetime,
    ) -> Notification:
        notification_id = uuid.uuid4().hex
        address = self.sealer.unseal(contact.address, contact.context)
        return Notification(
            notification_id=notification_id,
            reference=dispatch.reference,
            kind=kind,
            channel=contact.channel,
            recipient=self.sealer.seal(address, recipient_context(notification_id)),
            recipient_hash=contact.address_hash,
            body=body,
            created_at=at,
            changed_at=at,
            person=contact.person,
            about=about,
        )

    def _note(
        self,
        records: Records,
        dispatch: Dispatch,
        who: str,
        at: datetime,
        deed: Deed,
        **detail: str,
    ) -> None:
        named = {"dispatch": str(dispatch.dispatch_id), **detail}
        records.append_custody(at, who, deed, incident_subject(dispatch.incident_id), named)
        touch_incident(records, dispatch, at)

    def _queue(self, meant: Sequence[Notification]) -> None:
        for told in meant:
            self.queue.put(Job.SEND_NOTIFICATION, told.notification_id)

    def _roster(self, records: Records) -> Roster:
        return Roster.of(records.people, self.zone)

    @staticmethod
    def _opted_out(records: Records, roster: Roster) -> frozenset[str]:
        hashes = {each.address_hash for each in roster.reaches if each.channel in HEEDS_STOP}
        return frozenset(each for each in hashes if records.has_opted_out(each))
