"""What the desk by telephone is done with, and how it knows from one request to the next who is
there and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

from ivr.desk_script import Place
from reports.fields.priority import Priority
from reports.model import Dossier

GOOD_FOR: Final = 3600
"""Seconds from one step to the next; a call back is one."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Who is there, and where they stand."""

    person_id: str
    place: Place


@dataclass(frozen=True, slots=True)
class PhoneDesk:
    secret: str = field(repr=False)
    """Signs the tickets."""
    language: str
    """The organizers', in which notes are taken to be spoken."""
    words: Mapping[str, str]
    """What is said here, by name, in the organizers' language."""
    outcomes: Mapping[str, str]
    """What is said to who takes a report up."""
    verdicts: Mapping[str, str]
    questions: Mapping[str, str]
    """The script's questions by id, in a word or two."""
    read_out: Callable[[Dossier, datetime, str | None], str]
    """A report for the ear, at an instant; with the name of who has it."""
    priority: Callable[[Dossier], Priority]
    without_numbers: Callable[[str], str]

    def ticket(self, call_sid: str, stand: Stand) -> str:
        """What stands for the PIN in the rest of that call."""
        place = stand.place
        told = [call_sid, stand.person_id, list(place.trail), place.at, place.misses]
        return str(self._signer.dumps(told))

    def stand(self, ticket: str, call_sid: str) -> Stand | None:
        """None: it is none, or of another call, or old."""
        try:
            of_call, person_id, trail, at, misses = self._signer.loads(ticket, max_age=GOOD_FOR)
        except BadSignature:
            return None
        if of_call != call_sid:
            return None
        return Stand(person_id, Place(tuple(trail), at, misses))

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="desk by telephone")
