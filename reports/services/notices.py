"""A message to an organizer: meant, sent, arrived or not. The row is written before the sending.

A worker may die, or a provider fall silent, between the provider's taking a message and the row's
saying so. So before every attempt but the first the channel is asked whether it has the message.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from reports.model import (
    CallerText,
    Dossier,
    Notification,
    NotificationKind,
    NotificationState,
    advance,
)
from reports.ports import (
    Channel,
    ChannelRefused,
    ChannelUnavailable,
    Job,
    JobQueue,
    Records,
    ReportStore,
    Sealer,
    SentMessage,
)
from reports.services.trials import settle_trial

log = logging.getLogger(__name__)

Compose = Callable[[Notification, Dossier], str]
"""What of a message a channel is handed, just before it is sent."""

OPTED_OUT = "opted out"
"""Why somebody is sent nothing who wrote STOP; shown on the report's page."""

UNKNOWN = "it could not be learned whether it was sent"
"""Why somebody waits whom an earlier attempt may have told. Where it cannot be learned the next
time either, it is sent: a text that comes twice is better than one that never comes."""

SEND_LEASE = timedelta(seconds=30)
"""Longer than a channel takes to be asked and to send. A worker that dies within it may have sent
the message."""
HEARD_OF = timedelta(seconds=5)
"""After so long a message is in the provider's list, if it was sent."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""By which the provider's clock may be behind ours."""
WORD_WAIT = timedelta(minutes=15)
"""How long the channel may take to say that a message arrived: longer than it is valid for."""
KEEP_TRYING = timedelta(hours=1)
LONGEST_PAUSE = timedelta(seconds=30)
LONGEST_ID = 64
"""Characters of a channel's own id of a message that are kept."""


def recipient_context(notification_id: str) -> str:
    """What the sealed address of a notification belongs to."""
    return f"notification:{notification_id}:recipient"


def as_written(notification: Notification, _dossier: Dossier) -> str:
    """The whole body."""
    return notification.body


def send_notification(
    store: ReportStore,
    sealer: Sealer,
    channels: Mapping[str, Channel],
    *,
    notification_id: str,
    clock: Callable[[], datetime],
    compose: Compose = as_written,
) -> None:
    """One attempt at sending; what fails is tried again by the sweeper, and shown meanwhile."""
    notification = _begin(store, notification_id, clock())
    if notification is None:
        return
    address = sealer.unseal(notification.recipient, recipient_context(notification_id)).decode()
    channel = channels.get(notification.channel)
    try:
        if channel is None:
            raise ChannelRefused(f"there is no channel {notification.channel}")
        with store.read() as records:
            stopped = channel.heeds_stop and records.has_opted_out(notification.recipient_hash)
            dossier = records.dossier(notification.reference)
            over = _is_over(records, notification)
        if stopped:
            raise ChannelRefused(OPTED_OUT)
        if over:
            raise ChannelRefused("the request is over")
        if dossier is None:
            raise ChannelRefused("there is no report")
        body = compose(notification, dossier)
        sent = _sent_before(store, channel, notification, address, body)
        if sent is None:
            sent = channel.send(address, body, notification_id)
    except ChannelRefused as refusal:
        _settle(store, notification_id, NotificationState.FAILED, clock(), str(refusal))
        return
    except ChannelUnavailable as failure:
        _later(store, notification, clock(), str(failure))
        return
    at = clock()
    with store.begin() as records:
        held = records.notification(notification_id)
        if held is None or held.state is not NotificationState.SENDING:
            return  # the word that it arrived was faster
        taken = replace(
            held,
            provider_id=sent.provider_id[:LONGEST_ID],
            sent_at=at,
            reason=None,
            next_attempt_at=at + WORD_WAIT,
        )
        _save(records, _arrived(taken, at) if sent.final else taken, at)


def _is_over(records: Records, notification: Notification) -> bool:
    """Whether it would send somebody out for nothing."""
    if notification.kind is not NotificationKind.OBSERVE:
        return False
    dispatch = records.observing.asked(notification.about)
    return dispatch is not None and dispatch.end is not None


def learn_how_it_ended(
    store: ReportStore,
    *,
    notification_id: str,
    delivered: bool | None,
    code: str | None,
    at: datetime,
    provider_id: str | None = None,
) -> None:
    """The channel's word on a message: `delivered` True or False; None says nothing new.

    `code` is the channel's error code, shown to people, such as Twilio's 30003
    (https://www.twilio.com/docs/api/errors). `provider_id`, where the word names it, is noted of a
    message that was sent by a worker which could not say so any more.
    """
    if delivered is None:
        return
    to = NotificationState.DELIVERED if delivered else NotificationState.FAILED
    reason = None if delivered else f"not delivered (code {code or 'unknown'})"
    if not settle_trial(store, trial_id=notification_id, reason=reason, at=at):
        _settle(store, notification_id, to, at, reason, provider_id)


def release_sending(store: ReportStore, *, at: datetime) -> int:
    """What a worker had in hand when it was killed is taken up as soon as the channel can know of
    it, and not only when its lease ends: seconds count.

    Called when the worker that sends starts. Returns how many there were.
    """
    with store.begin() as records:
        left = [
            told
            for told in records.notifications_in((NotificationState.SENDING,))
            if told.provider_id is None
        ]
        for told in left:
            records.save_notification(replace(told, next_attempt_at=due_again(told, at)))
    return len(left)


def due_again(left: Notification | CallerText, at: datetime) -> datetime:
    """When what was left in hand may be asked after."""
    ends = left.next_attempt_at or at
    return min(ends, max(at, ends - SEND_LEASE + HEARD_OF))


def tell_again(store: ReportStore, queue: JobQueue, *, reference: str, at: datetime) -> int:
    """A person asks for what could not be delivered of a report to be sent again. Returns how many
    messages that is."""
    with store.begin() as records:
        dossier = records.dossier(reference)
        failed = [
            told
            for told in (dossier.notifications if dossier else ())
            if told.state is NotificationState.FAILED
        ]
        for told in failed:
            again = replace(
                told,
                state=advance(told.state, NotificationState.PENDING),
                # Patience, too, begins anew.
                created_at=at,
                attempts=0,
                next_attempt_at=None,
                provider_id=None,
                reason=None,
            )
            _save(records, again, at)
    for told in failed:
        queue.put(Job.SEND_NOTIFICATION, told.notification_id)
    return len(failed)


def _begin(store: ReportStore, notification_id: str, at: datetime) -> Notification | None:
    with store.begin() as records:
        held = records.notification(notification_id)
        if held is None or held.state not in (NotificationState.PENDING, NotificationState.SENDING):
            log.info("notification %s is not waiting to be sent", notification_id)
            return None
        due = held.next_attempt_at is None or held.next_attempt_at <= at
        if not due:
            log.info("notification %s is not due", notification_id)
            return None
        if held.state is NotificationState.SENDING:
            if held.provider_id is not None:
                reason = "nobody said that it arrived"
                _save(records, _failed(held, reason), at)
                return None
            # A worker died with it in hand.
            held = replace(held, state=advance(held.state, NotificationState.PENDING))
        held = replace(
            held,
            state=advance(held.state, NotificationState.SENDING),
            attempts=held.attempts + 1,
            next_attempt_at=at + SEND_LEASE,
        )
        _save(records, held, at)
    return held


def _sent_before(
    store: ReportStore, channel: Channel, notification: Notification, address: str, body: str
) -> SentMessage | None:
    """What an earlier attempt sent, None if nothing did.

    Raises:
        ChannelUnavailable: that could not be learned, the first time.
    """
    if notification.attempts == 1:
        return None
    since = notification.created_at - CLOCKS_DIFFER
    try:
        found = channel.sent_before(address, body, since)
    except ChannelUnavailable as failure:
        if notification.reason == UNKNOWN:
            log.warning("notification %s may be sent twice", notification.notification_id)
            return None
        raise ChannelUnavailable(UNKNOWN) from failure
    with store.read() as records:
        others = {
            told.provider_id
            for told in records.told_since(notification.recipient_hash, since)
            if told.notification_id != notification.notification_id
        }
    return next((one for one in found if one.provider_id[:LONGEST_ID] not in others), None)


def _later(store: ReportStore, notification: Notification, at: datetime, reason: str) -> None:
    if at - notification.created_at > KEEP_TRYING:
        _settle(store, notification.notification_id, NotificationState.FAILED, at, reason)
        return
    pause = min(timedelta(seconds=2 ** min(notification.attempts - 1, 10)), LONGEST_PAUSE)
    with store.begin() as records:
        held = records.notification(notification.notification_id)
        if held is None or held.state is not NotificationState.SENDING:
            return
        again = replace(
            held,
            state=advance(held.state, NotificationState.PENDING),
            next_attempt_at=at + pause,
            reason=reason,
        )
        _save(records, again, at)


def _settle(
    store: ReportStore,
    notification_id: str,
    to: NotificationState,
    at: datetime,
    reason: str | None,
    provider_id: str | None = None,
) -> None:
    with store.begin() as records:
        held = records.notification(notification_id)
        if held is None or held.state is not NotificationState.SENDING:
            return
        if held.provider_id is None and provider_id is not None:
            held = replace(held, provider_id=provider_id[:LONGEST_ID], sent_at=at)
        if to is NotificationState.FAILED:
            log.error("notification %s could not be delivered", notification_id)
            settled = _failed(held, reason)
        else:
            settled = _arrived(held, at)
        _save(records, settled, at)


def _arrived(held: Notification, at: datetime) -> Notification:
    return replace(
        held,
        state=advance(held.state, NotificationState.DELIVERED),
        delivered_at=at,
        reason=None,
        next_attempt_at=None,
    )


def _failed(held: Notification, reason: str | None) -> Notification:
    return replace(
        held,
        state=advance(held.state, NotificationState.FAILED),
        reason=reason,
        next_attempt_at=None,
    )


def _save(records: Records, notification: Notification, at: datetime) -> None:
    records.save_notification(replace(notification, changed_at=at))
    report = records.report(notification.reference)
    if report is not None:
        records.touch(report.call_sid, at)
