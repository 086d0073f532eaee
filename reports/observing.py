"""People who are asked to go and see: a request to observe, whom it was sent to, what each
answered, and what they found.

Frozen and pure, as `reports.model`. An answer is never written over: the last one counts, and all
of them stand in the timeline of the incident.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

LONGEST_AWAY: Final = 240
"""Minutes: who says that they need longer has mistyped."""
OPEN_FOR: Final = timedelta(hours=24)
"""So long after it was sent a request may be answered, if nobody ended it."""
AFTERWARDS: Final = timedelta(hours=1)
"""So long after a request, or an observer's part in it, is over they may still send what they
found."""


class Said(StrEnum):
    """What an observer answers."""

    COMING = "coming"
    """Yes, in some minutes if they say so."""
    NOT_COMING = "not_coming"
    HERE = "here"
    """They are on the scene."""
    DONE = "done"
    """They have left it."""


@dataclass(frozen=True, slots=True)
class ObserverAnswer:
    ask_id: str
    at: datetime
    said: Said
    minutes: int | None = None
    """Until they are there, counted from `at`."""
    said_with: str | None = None
    """The id of the text that said it: the same a second time answers nothing else."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One person who is asked."""

    ask_id: str
    dispatch_id: int
    person_id: str
    answers: tuple[ObserverAnswer, ...] = ()
    """In order."""

    @property
    def answer(self) -> ObserverAnswer | None:
        """The one that counts."""
        return self.answers[-1] if self.answers else None

    @property
    def said(self) -> Said | None:
        return None if self.answer is None else self.answer.said

    @property
    def there_by(self) -> datetime | None:
        """When they mean to be there, of who is on their way."""
        answer = self.answer
        if answer is None or answer.said is not Said.COMING or answer.minutes is None:
            return None
        return answer.at + timedelta(minutes=answer.minutes)


@dataclass(frozen=True, slots=True)
class DispatchEnd:
    """Somebody ended a request; undone, it goes on."""

    dispatch_id: int
    at: datetime
    who: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    end_id: int | None = None
    """None while it is not in the database."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A request to observe, as a person pressed that it be sent."""

    press: str
    """Of the form that it was sent with: pressed twice, it is sent once."""
    incident_id: int
    reference: str
    """The report of the incident with which its messages are kept."""
    words: str
    """As whoever sent it left them, without what is added to each message."""
    who: str
    at: datetime
    asks: tuple[Ask, ...] = ()
    ends: tuple[DispatchEnd, ...] = ()
    """All that ever were, in order."""
    dispatch_id: int | None = None
    """None while it is not in the database."""

    @property
    def end(self) -> DispatchEnd | None:
        """That which nobody undid."""
        return next((each for each in reversed(self.ends) if each.undone_at is None), None)

    def is_open(self, at: datetime) -> bool:
        """Whether it can be answered."""
        return self.end is None and at - self.at <= OPEN_FOR

    def takes(self, ask: Ask, at: datetime) -> bool:
        """Whether what that person sends in is something found: not of who said no, and not for
        long after it is over."""
        if ask.said is Said.NOT_COMING or at - self.at > OPEN_FOR:
            return False
        if self.end is not None:
            return ask.said is not None and at - self.end.at <= AFTERWARDS
        answer = ask.answer
        return answer is None or answer.said is not Said.DONE or at - answer.at <= AFTERWARDS


@dataclass(frozen=True, slots=True)
class Finding:
    """That a call, or text messages, are what an observer found. Its report is of the incident that
    they were asked to look at, and its words and pictures are kept as those of any report."""

    call_sid: str
    ask_id: str
    dispatch_id: int
    person_id: str


def of_those(
    dispatches: Iterable[Dispatch], person_ids: Collection[str]
) -> tuple[tuple[Dispatch, Ask], ...]:
    """What these people were asked, the last first."""
    found = [
        (dispatch, ask)
        for dispatch in dispatches
        for ask in dispatch.asks
        if ask.person_id in person_ids
    ]
    return tuple(sorted(found, key=lambda each: each[0].at, reverse=True))


class Observing(Protocol):
    """The rows of requests to observe as one transaction sees them; see `reports.ports.Records`."""

    def dispatch(self, dispatch_id: int) -> Dispatch | None:
        """Held until the commit where something is about to be written."""

    def dispatch_pressed(self, press: str) -> Dispatch | None:
        """That which was sent with a form."""

    def add_dispatch(self, dispatch: Dispatch) -> int | None:
        """With its asks, whatever `dispatch_id` they have. Its id; None: it was sent already."""

    def dispatches_of(self, incident_ids: Iterable[int]) -> Sequence[Dispatch]:
        """In the order in which they were sent."""

    def dispatches_to(self, person_ids: Iterable[str], since: datetime) -> Sequence[Dispatch]:
        """Those sent to any of these people since an instant, the last first."""

    def asked(self, ask_id: str) -> Dispatch | None:
        """The request that an ask is of."""

    def add_observer_answer(self, answer: ObserverAnswer) -> bool:
        """False: that text has answered it already."""

    def add_dispatch_end(self, end: DispatchEnd) -> int:
        """Its id."""

    def undo_dispatch_end(self, end_id: int, at: datetime, who: str) -> bool:
        """False: there is none, or it was undone."""

    def add_finding(self, finding: Finding) -> bool: ...
    def findings_of(self, dispatch_ids: Iterable[int]) -> Sequence[Finding]: ...
    def findings_in(self, call_sids: Iterable[str]) -> Sequence[Finding]:
        """Those of these calls."""
