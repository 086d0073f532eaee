"""A test message to somebody who is told of reports: by the same channels as an alert, tried once.

The row is written before anything is sent, so that what became of it can be said in any case.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from reports.people import address_context
from reports.ports import (
    Channel,
    ChannelRefused,
    ChannelUnavailable,
    Job,
    JobQueue,
    ReportStore,
    Sealer,
)
from reports.settings import Trial, TrialState

log = logging.getLogger(__name__)

A_MINUTE: Final = timedelta(minutes=1)
MOST_A_MINUTE: Final = 3
"""Test messages that one person asks for, and that go one way, in a minute."""
TRIAL_NEWS: Final = timedelta(minutes=10)
"""A test message that could not be sent for this long is not sent any more."""
LONGEST_ID: Final = 64
LONGEST_REASON: Final = 200
OPTED_OUT: Final = "opted out"
"""Why somebody is sent nothing who wrote STOP."""


class NoSuchReach(LookupError):
    """That person has no such way to be reached (any more)."""


class TooMany(RuntimeError):
    """So many were asked for in the last minute that this one has to wait."""


def ask_for_trial(
    store: ReportStore,
    queue: JobQueue,
    *,
    person_id: str,
    reach_id: str,
    who: str,
    at: datetime,
) -> Trial:
    """Raises:
    NoSuchReach, TooMany.
    """
    trial_id = uuid.uuid4().hex
    with store.begin() as records:
        reaches = records.people.reaches(person_id)
        reach = next((one for one in reaches if one.reach_id == reach_id), None)
        if reach is None:
            raise NoSuchReach(reach_id)
        lately = records.settings.trials_since(at - A_MINUTE)
        for same in (
            [one for one in lately if one.who == who],
            [one for one in lately if one.reach_id == reach_id],
        ):
            if len(same) >= MOST_A_MINUTE:
                raise TooMany
        trial = Trial(
            trial_id=trial_id,
            reach_id=reach_id,
            person_id=person_id,
            channel=reach.channel,
            who=who,
            at=at,
            changed_at=at,
        )
        records.settings.add_trial(trial)
    queue.put(Job.SEND_TRIAL, trial_id)
    return trial


def send_trial(
    store: ReportStore,
    sealer: Sealer,
    channels: Mapping[str, Channel],
    *,
    trial_id: str,
    words: str,
    clock: Callable[[], datetime],
) -> None:
    """One attempt and no more: whoever waits for it hears at once why it failed, and asks again."""
    at = clock()
    with store.begin() as records:
        trial = records.settings.trial(trial_id)
        if trial is None or trial.state is not TrialState.PENDING or at - trial.at > TRIAL_NEWS:
            log.info("test message %s is not waiting to be sent", trial_id)
            return
        reaches = records.people.reaches(trial.person_id)
        reach = next((one for one in reaches if one.reach_id == trial.reach_id), None)
        stopped = reach is not None and records.has_opted_out(reach.address_hash)
        trial = replace(trial, state=TrialState.SENDING, changed_at=at)
        records.settings.save_trial(trial)
    channel = channels.get(trial.channel)
    try:
        if reach is None:
            raise ChannelRefused("that way to reach them was taken away")
        if channel is None:
            raise ChannelRefused(f"this line has no channel {trial.channel}")
        if stopped and channel.heeds_stop:
            raise ChannelRefused(OPTED_OUT)
        address = sealer.unseal(reach.address, address_context(reach.reach_id)).decode()
        sent = channel.send(address, words, trial_id)
    except (ChannelRefused, ChannelUnavailable) as failure:
        settle_trial(store, trial_id=trial_id, reason=str(failure), at=clock())
        return
    with store.begin() as records:
        held = records.settings.trial(trial_id)
        if held is not None and held.state is TrialState.SENDING:
            state = TrialState.DELIVERED if sent.final else TrialState.SENDING
            records.settings.save_trial(
                replace(
                    held,
                    state=state,
                    provider_id=sent.provider_id[:LONGEST_ID],
                    changed_at=clock(),
                )
            )


def settle_trial(store: ReportStore, *, trial_id: str, reason: str | None, at: datetime) -> bool:
    """The channel's word on a test message: that it arrived (`reason` None), or why not. False:
    there is no test message of that id."""
    with store.read() as records:
        if records.settings.trial(trial_id) is None:
            return False
    with store.begin() as records:
        held = records.settings.trial(trial_id)
        if held is not None and held.state is TrialState.SENDING:
            state = TrialState.DELIVERED if reason is None else TrialState.FAILED
            cut = None if reason is None else reason[:LONGEST_REASON]
            records.settings.save_trial(replace(held, state=state, reason=cut, changed_at=at))
    return True
