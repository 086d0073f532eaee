"""Means to tell those on call what is due: writes the intents, then has each sent."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oncall.briefs import Tells, brief, bundle_brief
from oncall.contacts import VOICE, Contact, ladder, own
from oncall.escalation import (
    BUNDLE_WAIT,
    BURST,
    FEW,
    Due,
    Picture,
    goes_with_others,
    messages_due,
    standing,
)
from oncall.roster import Roster
from oncall.waiting import Clocks
from reports.fields.reading import Reader, Reading
from reports.incidents import callers, sighting_of
from reports.model import Dossier, Notification, NotificationKind, NotificationState, advance
from reports.ports import Job, JobQueue, Records, ReportStore, Sealer
from reports.services.notices import recipient_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerter:
    """Tells those on call. `always`: the numbers of the settings; `channels`: the names of those by
    which people are told here."""

    store: ReportStore
    queue: JobQueue
    sealer: Sealer
    always: Sequence[Contact]
    channels: Collection[str]
    tells: Tells
    reader: Reader
    clocks_now: Callable[[], Clocks]
    """The clocks as they are set now."""
    public_url: str

    @property
    def clocks(self) -> Clocks:
        return self.clocks_now()

    def alert(self, reference: str, at: datetime) -> list[str]:
        """Writes a notification for each message that is due and each person who should have it,
        and asks for them to be sent. Asked twice, it tells once. Returns the ids of those that are
        to be sent now."""
        meant: list[str] = []
        with self.store.begin() as records:
            report = records.report(reference)  # holds it: two workers do not both decide
            dossier = records.dossier(reference)
            if report is None or dossier is None:
                return []
            changed = False
            for due in self._due(records, self.roster(records), dossier, at):
                told = self._notification(records, dossier, due, at)
                if told is not None and records.add_notification(told):
                    changed = True
                    if told.state is NotificationState.PENDING:
                        meant.append(told.notification_id)
            for told in self._released(records, dossier, at):
                changed = True
                meant.append(told.notification_id)
                records.save_notification(told)
            if changed:
                records.touch(dossier.call.call_sid, at)
        for notification_id in meant:
            self.queue.put(Job.SEND_NOTIFICATION, notification_id)
        return meant

    def roster(self, records: Records) -> Roster:
        return Roster.of(records.people, self.clocks.zone)

    def is_due(self, records: Records, roster: Roster, dossier: Dossier, at: datetime) -> bool:
        """Whether there is anything to tell of a report."""
        return bool(self._due(records, roster, dossier, at))

    def next_look(self, dossier: Dossier) -> datetime | None:
        """When the next people are asked, if nothing about the report changes; None: never."""
        now = standing(dossier, self.reader.read(dossier), self.clocks)
        return None if now is None else now.next_at

    def next_asked(self, records: Records, dossier: Dossier) -> tuple[Due, ...]:
        """Whom that next look asks, or reminds, as things stand."""
        at = self.next_look(dossier)
        if at is None:
            return ()
        due = self._due(records, self.roster(records), dossier, at)
        asking = (NotificationKind.ALERT, NotificationKind.REMINDER)
        return tuple(each for each in due if each.kind in asking)

    def bundle(self, at: datetime) -> list[str]:
        """Has what is held go out, as one message to each address. Returns the new ids."""
        sent: list[str] = []
        with self.store.read() as records:
            if not self._overdue(records.notifications_in((NotificationState.HELD,)), at):
                return []
        with self.store.begin() as records:
            held = self._overdue(records.notifications_in((NotificationState.HELD,)), at)
            for told in held:
                sent.append(self._bundle(records, told, at))
        for notification_id in sent:
            self.queue.put(Job.SEND_NOTIFICATION, notification_id)
        return sent

    # What is due

    def _due(
        self, records: Records, roster: Roster, dossier: Dossier, at: datetime
    ) -> tuple[Due, ...]:
        reading = self.reader.read(dossier)
        rungs = (
            own(roster, dossier.call.rehearsed_by, self.channels)
            if dossier.is_rehearsal
            else ladder(
                roster,
                self.always,
                self.channels,
                language=dossier.call.language,
                priority=reading.rank.priority,
                at=at,
            )
        )
        picture = self._picture(records, roster, dossier, reading)
        return messages_due(dossier, picture, rungs, self.clocks, at)

    def _picture(
        self, records: Records, roster: Roster, dossier: Dossier, reading: Reading
    ) -> Picture:
        people = {
            person.username: person.person_id
            for person in roster.people
            if person.username is not None
        }
        docket = None
        if dossier.incident is not None:
            docket = records.docket(dossier.incident.incident_id)
        if docket is None:
            return Picture(reading, people=people)
        together = records.dossiers_of(docket.references)
        return Picture(
            reading,
            callers=callers(
                sighting_of(each, self.reader.understanding(each)) for each in together
            ),
            corroboration_told=any(
                told.kind is NotificationKind.CORROBORATED
                for each in together
                for told in each.notifications
            ),
            people=people,
        )

    # Writing it down

    def _notification(
        self, records: Records, dossier: Dossier, due: Due, at: datetime
    ) -> Notification | None:
        """None: it would ring a telephone that has rung often enough."""
        contact = due.contact
        reading = self.reader.read(dossier)
        is_held = due.kind is NotificationKind.ALERT and self._is_held(
            records, dossier, reading, contact.address_hash, at
        )
        if is_held and contact.channel == VOICE:
            return None
        notification_id = uuid.uuid4().hex
        address = self.sealer.unseal(contact.address, contact.context)
        return Notification(
            notification_id=notification_id,
            reference=dossier.report.reference,
            kind=due.kind,
            channel=contact.channel,
            recipient=self.sealer.seal(address, recipient_context(notification_id)),
            recipient_hash=contact.address_hash,
            body=brief(
                dossier,
                due.kind,
                self.tells,
                self.public_url,
                reading,
                tier=due.tier,
                about=self._name(records, due),
            ),
            created_at=at,
            changed_at=at,
            state=NotificationState.HELD if is_held else NotificationState.PENDING,
            next_attempt_at=at + BUNDLE_WAIT if is_held else None,
            person=contact.person,
            tier=due.tier,
            about=due.about,
        )

    def _name(self, records: Records, due: Due) -> str:
        """What is told instead of what is written down: of a person what they are called."""
        if due.kind is not NotificationKind.TAKEN_UP:
            return due.about
        person = records.people.person(due.about)
        if person is not None:
            return person.name
        organizer = records.organizer(due.about)
        return due.about if organizer is None else organizer.display_name

    def _is_held(
        self,
        records: Records,
        dossier: Dossier,
        reading: Reading,
        address_hash: str,
        at: datetime,
    ) -> bool:
        if dossier.is_rehearsal:
            return False
        recent = records.first_words_to(address_hash, at - BURST)
        if len(recent) < FEW:
            return False
        place = self._place(dossier)
        same_place = place is not None and any(
            self._place(other) == place for other in records.dossiers_of(recent)
        )
        return goes_with_others(len(recent), reading.rank.priority, same_place=same_place)

    def _released(self, records: Records, dossier: Dossier, at: datetime) -> Iterator[Notification]:
        """What was held before its words were known, and is too grave to wait for others."""
        reading = self.reader.read(dossier)
        for told in dossier.notifications:
            if told.state is NotificationState.HELD and not self._is_held(
                records, dossier, reading, told.recipient_hash, at
            ):
                yield replace(
                    told,
                    state=advance(told.state, NotificationState.PENDING),
                    body=brief(
                        dossier, told.kind, self.tells, self.public_url, reading, tier=told.tier
                    ),
                    next_attempt_at=None,
                    changed_at=at,
                )

    def _place(self, dossier: Dossier) -> str | None:
        location = self.reader.understanding(dossier).location.value
        if location is None or len(location.candidates) != 1:
            return None
        return str(location.candidates[0].name)

    # What goes out together

    @staticmethod
    def _overdue(held: Sequence[Notification], at: datetime) -> list[tuple[Notification, ...]]:
        """Of each address whose oldest has waited long enough, all that is held."""
        by_address: dict[tuple[str, str], list[Notification]] = defaultdict(list)
        for told in held:
            by_address[told.channel, told.recipient_hash].append(told)
        return [
            tuple(together)
            for together in by_address.values()
            if any(told.next_attempt_at is None or told.next_attempt_at <= at for told in together)
        ]

    def _bundle(self, records: Records, held: Sequence[Notification], at: datetime) -> str:
        dossiers = {
            each.report.reference: each
            for each in records.dossiers_of([told.reference for told in held])
        }
        ranks = {name: self.reader.read(each).rank for name, each in dossiers.items()}
        first = min(held, key=lambda told: ranks[told.reference].priority)
        notification_id = uuid.uuid4().hex
        places = Counter(self._place(dossiers[told.reference]) for told in held)
        address = self.sealer.unseal(first.recipient, recipient_context(first.notification_id))
        records.add_notification(
            replace(
                first,
                notification_id=notification_id,
                kind=NotificationKind.BUNDLE,
                recipient=self.sealer.seal(address, recipient_context(notification_id)),
                body=bundle_brief(places, self.tells, self.public_url),
                created_at=at,
                changed_at=at,
                state=NotificationState.PENDING,
                next_attempt_at=None,
                about=notification_id,
            )
        )
        for told in held:
            records.save_notification(
                replace(
                    told,
                    state=advance(told.state, NotificationState.BUNDLED),
                    bundled_in=notification_id,
                    next_attempt_at=None,
                    changed_at=at,
                )
            )
            records.touch(dossiers[told.reference].call.call_sid, at)
        return notification_id
