"""Means to tell those on call what is due: writes the intents, then has each sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oncall.briefs import Tells, brief
from oncall.escalation import messages_due
from oncall.waiting import Clocks
from reports.fields.reading import Reader
from reports.model import Notification
from reports.ports import Job, JobQueue, ReportStore, Sealer
from reports.services.notices import recipient_context


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person on call is reached."""

    channel: str
    address: str


def alert_on_call(
    store: ReportStore,
    queue: JobQueue,
    sealer: Sealer,
    *,
    reference: str,
    contacts: Sequence[Contact],
    tells: Tells,
    reader: Reader,
    clocks: Clocks,
    public_url: str,
    at: datetime,
) -> list[str]:
    """Writes a notification for each message that is due and each person who should have it, and
    asks for them to be sent. Asked twice, it tells once. Returns the new notifications' ids."""
    meant: list[str] = []
    with store.begin() as records:
        report = records.report(reference)  # holds the report: two workers do not both decide
        dossier = records.dossier(reference)
        if report is None or dossier is None:
            return []
        reading = reader.read(dossier)
        for kind in messages_due(dossier, at, clocks.wait_of(dossier, reading.rank)):
            body = brief(dossier, kind, tells, public_url, reading)
            for contact in contacts:
                notification_id = uuid.uuid4().hex
                notification = Notification(
                    notification_id=notification_id,
                    reference=reference,
                    kind=kind,
                    channel=contact.channel,
                    recipient=sealer.seal(
                        contact.address.encode(), recipient_context(notification_id)
                    ),
                    recipient_hash=sealer.fingerprint(contact.address),
                    body=body,
                    created_at=at,
                    changed_at=at,
                )
                if records.add_notification(notification):
                    meant.append(notification_id)
        if meant:
            records.touch(dossier.call.call_sid, at)
    for notification_id in meant:
        queue.put(Job.SEND_NOTIFICATION, notification_id)
    return meant
