"""What is due to be told of a report at an instant. Pure.

Two messages, so that a phone at 6 a.m. is not buried: the alert goes out on the first recording or
key that makes a report urgent, the update once the place is text. A third only where nobody takes
a report up: each priority may have a clock for that (`oncall.waiting`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from oncall.waiting import Wait
from reports.model import (
    CallState,
    Dossier,
    Medium,
    NotificationKind,
    Recording,
    RecordingState,
)
from reports.questions import ADDITION, OFFICERS, PERSON, STILL_THERE, WHERE

KEYS_GRACE = timedelta(seconds=8)
"""How long the update waits, the place known, for the caller to press how many officers and whether
they are still there: two texts that say all are better than three."""

SETTLED = frozenset(RecordingState) - {RecordingState.ANNOUNCED, RecordingState.STORED}


def messages_due(
    dossier: Dossier, at: datetime, wait: Wait | None = None
) -> tuple[NotificationKind, ...]:
    """What should have been told by now and was never meant to be; `wait`: for somebody to take the
    report up.

    Of a limited or blocked call nothing, unless a person says otherwise: whoever calls the line a
    hundred times must not ring a volunteer's phone a hundred times. It stands in the inbox.
    """
    if not dossier.call.admission.alerts:
        return ()
    meant = {notification.kind for notification in dossier.notifications}
    due = []
    if NotificationKind.ALERT not in meant and alert_is_due(dossier):
        due.append(NotificationKind.ALERT)
    if NotificationKind.UPDATE not in meant and update_is_due(dossier, at):
        due.append(NotificationKind.UPDATE)
    if NotificationKind.ADDITION not in meant and _was_added_to(dossier):
        due.append(NotificationKind.ADDITION)
    # Who is told only now, the line having been down, is not told twice in one breath.
    again = NotificationKind.ALERT in meant and NotificationKind.REMINDER not in meant
    if again and wait is not None and wait.is_overdue(at):
        due.append(NotificationKind.REMINDER)
    return tuple(due)


def _was_added_to(dossier: Dossier) -> bool:
    """In a later call, or by text message to a report that was not begun by one or was named."""
    by_text = any(
        dossier.call.medium is not Medium.TEXT or message.mentions == dossier.report.reference
        for message in dossier.texts
    )
    return by_text or dossier.recording(ADDITION) is not None


def alert_is_due(dossier: Dossier) -> bool:
    """As soon as anything was recorded or a person was asked for, or the call is over; not on other
    keys alone while the caller is about to speak, for they may hang up over nothing."""
    wants_somebody = dossier.call.answer(PERSON) is not None
    over = dossier.call.state is not CallState.IN_PROGRESS
    return bool(dossier.recordings) or wants_somebody or over


def update_is_due(dossier: Dossier, at: datetime) -> bool:
    """Once it is known what can be known of the place, and the two keys that follow it are pressed,
    passed over, or have been waited for long enough."""
    if dossier.call.medium is Medium.TEXT:
        # Where it is often comes in a second message, and a third soon after.
        return len(dossier.texts) > 1 and at - dossier.texts[1].at >= KEYS_GRACE
    told_by = _tells_the_place(dossier)
    if told_by is None or told_by.state not in SETTLED:
        return False
    keys_known = all(dossier.call.answer(question) for question in (OFFICERS, STILL_THERE))
    over = dossier.call.state is not CallState.IN_PROGRESS
    return keys_known or over or at - told_by.changed_at >= KEYS_GRACE


def _tells_the_place(dossier: Dossier) -> Recording | None:
    """The answer to 'where', or, of a caller who chose no language, all there is."""
    where = dossier.recording(WHERE)
    if where is None and dossier.call.language is None and dossier.recordings:
        return dossier.recordings[-1]
    return where
