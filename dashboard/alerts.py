"""How the telling went: whether anybody knows of a report."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from reports.model import Handling, Notification, NotificationKind, NotificationState, Report
from reports.ports import Records

RECENT_FAILURES = 50
"""So many undelivered messages, the last ones, are looked at for the warning in the inbox."""


class Alerting(StrEnum):
    """The best that became of any of a report's alerts, from nothing to somebody's answer."""

    NONE = "none"
    FAILED = "failed"
    """None of them reached anybody, and none is under way."""
    WAITING = "waiting"
    RETRYING = "retrying"
    SENT = "sent"
    """The provider has taken it and not said how it ended."""
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"


_ORDER = tuple(Alerting)


def alerting_of(notifications: Iterable[Notification]) -> Alerting:
    """Where a report's alerts stand, all of them together; whichever message somebody answered."""
    notifications = tuple(notifications)
    if any(told.acknowledged_at is not None for told in notifications):
        return Alerting.ACKNOWLEDGED
    return max(
        (_of_one(told) for told in notifications if told.kind is NotificationKind.ALERT),
        key=_ORDER.index,
        default=Alerting.NONE,
    )


def _of_one(alert: Notification) -> Alerting:
    match alert.state:
        case NotificationState.DELIVERED:
            return Alerting.DELIVERED
        case NotificationState.SENDING | NotificationState.BUNDLED:
            return Alerting.SENT
        case NotificationState.FAILED:
            return Alerting.FAILED
        case NotificationState.HELD:
            return Alerting.WAITING
        case NotificationState.PENDING:
            return Alerting.WAITING if alert.reason is None else Alerting.RETRYING


def untold_reports(records: Records) -> tuple[Report, ...]:
    """Reports of which nobody could be told and that nobody has taken up, the last filed first."""
    failed = sorted(
        (
            told
            for told in records.notifications_in((NotificationState.FAILED,))
            if told.kind is NotificationKind.ALERT
        ),
        key=lambda told: told.changed_at,
        reverse=True,
    )
    untold = []
    for reference in dict.fromkeys(told.reference for told in failed[:RECENT_FAILURES]):
        report = records.report(reference)
        if report is None or report.handling is not Handling.NEW:
            continue
        dossier = records.dossier(reference)
        if (
            dossier
            and not dossier.is_rehearsal
            and alerting_of(dossier.notifications) is Alerting.FAILED
        ):
            untold.append(report)
    return tuple(sorted(untold, key=lambda report: report.filed_at, reverse=True))
