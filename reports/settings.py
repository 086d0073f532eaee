"""What is set at the desk while the line runs, and test messages to those who are told of reports.

Frozen and pure, as `reports.model`. A setting's value is written as the environment writes it, and
read by the same rules. Changes are only ever added: of each setting the last that nobody undid
counts, and where there is none, what the environment says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Setting(StrEnum):
    """What can be set at the desk; what each means: `config.Settings`."""

    LANGUAGES_OFF = "languages_off"
    LANGUAGE_ORDER = "language_order"
    QUESTIONS_OFF = "questions_off"
    CHANNELS_CARRY = "channels_carry"
    TAKE_UP_WITHIN = "take_up_within"
    QUIET_HOURS = "quiet_hours"
    CALLER_CALLS_AN_HOUR = "caller_calls_an_hour"
    WITHHELD_CALLS_AN_HOUR = "withheld_calls_an_hour"
    FLOOD_CALLS = "flood_calls"
    FLOOD_CHECK = "flood_check"
    RETAIN_CALLER_DAYS = "retain_caller_days"


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody set something."""

    name: str
    """A `Setting`, or something of the set-up (`of_setup`)."""
    value: str | None
    """None: as the environment has it."""
    at: datetime
    who: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    change_id: int | None = None
    """None while it is not in the database."""


def standing(changes: Iterable[Change]) -> Mapping[str, Change]:
    """By name the change that counts, of changes in the order in which they were made."""
    return {change.name: change for change in changes if change.undone_at is None}


def last_hand(changes: Iterable[Change]) -> Mapping[str, tuple[str, datetime]]:
    """By name who had a hand in it last, and when: set it, or undid what somebody set."""
    found: dict[str, tuple[str, datetime]] = {}
    for change in changes:
        acts = [(change.who, change.at)]
        if change.undone_at is not None and change.undone_by is not None:
            acts.append((change.undone_by, change.undone_at))
        for who, at in acts:
            if change.name not in found or at >= found[change.name][1]:
                found[change.name] = (who, at)
    return found


def of_setup(step: str) -> str:
    """The name under which something of the set-up is kept, such as that a step was passed over."""
    return f"setup:{step}"


class TrialState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """Handed to the channel, or about to be."""
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Trial:
    """A test message to one person by one of their ways: written before it is sent. The address
    stands in the reach alone, so that it is forgotten with it."""

    trial_id: str
    reach_id: str
    person_id: str
    channel: str
    who: str
    """Who asked for it."""
    at: datetime
    changed_at: datetime
    state: TrialState = TrialState.PENDING
    provider_id: str | None = None
    reason: str | None = None
    """Why it failed; a short phrase for people, without addresses."""


class SettingsRecords(Protocol):
    """The rows of settings as one transaction sees them; see `reports.ports.Records`."""

    def changes(self) -> Sequence[Change]:
        """In the order in which they were made."""

    def edition(self) -> tuple[int, int]:
        """Another after each change, and after each undoing of one."""

    def change(self, change_id: int) -> Change | None: ...
    def add_change(self, change: Change) -> int:
        """Its id."""

    def undo_change(self, change_id: int, at: datetime, who: str) -> bool:
        """False: there is none, or it was undone."""

    def trial(self, trial_id: str) -> Trial | None:
        """Held until the commit where something is about to be written."""

    def add_trial(self, trial: Trial) -> bool: ...
    def save_trial(self, trial: Trial) -> None: ...
    def trials_since(self, since: datetime) -> Sequence[Trial]:
        """Asked for at an instant or later, the last first."""

    def trials_of(self, person_id: str) -> Sequence[Trial]:
        """The last first."""

    def last_trials(self) -> Mapping[str, Trial]:
        """Of each reach the last."""

    def last_sent(self) -> Sequence[Sent]:
        """Of each channel the last message, of a report or a test, that arrived, and the last that
        did not."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How the last message by a channel ended so."""

    channel: str
    arrived: bool
    at: datetime
    reason: str | None = None
