"""Who comes to the desk by telephone: known by the number that calls and by the PIN, never by the
number alone, which anybody can forge.

A PIN is compared and forgotten: neither it nor a wrong one stands anywhere. Wrong ones are counted
by person, in the database, whatever calls and processes they come by (`reports.pin_tries`).
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime

from reports.model import Admission, Attestation, Call, Role
from reports.people import Person
from reports.pin_tries import after_wrong
from reports.ports import Records, ReportStore, Sealer
from reports.roles import ByPhone, may_by_phone
from reports.services.people import PIN_DIGITS, pin_hash

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """Somebody who gave their PIN, and what they may do now."""

    person: Person
    may: frozenset[ByPhone]

    @property
    def who(self) -> str:
        """As what they do is noted: by their account or, without one, by their handle."""
        return self.person.username or self.person.person_id


def may_be_asked(records: Records, call: Call | None, at: datetime) -> bool:
    """Whether that call is asked for a PIN: it comes from a number of somebody who has one, and
    nothing speaks against it."""
    return bool(_known(records, call, at))


def enter(
    store: ReportStore, sealer: Sealer, *, call_sid: str, pin: str, at: datetime
) -> AtTheDesk | None:
    """Who gave that PIN in that call; None: nobody who may come in. What cannot be a PIN is not
    counted as a wrong one."""
    if not (pin.isascii() and pin.isdecimal() and len(pin) == PIN_DIGITS):
        return None
    with store.begin() as records:
        call = records.call(call_sid)
        if call is not None and call.caller_hash is not None:
            for person in records.people.reached_at(call.caller_hash):
                # Held, so that wrong ones that come at once are all counted.
                records.people.person(person.person_id)
        people = _known(records, call, at)
        # Each is compared, however early one fits.
        fitting = [
            person
            for person in people
            if hmac.compare_digest(
                pin_hash(sealer, person.person_id, pin).encode(), (person.pin_hash or "").encode()
            )
        ]
        if not fitting:
            for person in people:
                before = records.people.pin_tries(person.person_id)
                records.people.put_pin_tries(after_wrong(person.person_id, before, at))
            if people:
                log.warning("call %s: a wrong PIN", call_sid)
            return None
        entered = fitting[0]
        records.people.forget_pin_tries(entered.person_id)
        return _at_the_desk(records, entered)


def still_at_the_desk(records: Records, person_id: str) -> AtTheDesk | None:
    """Somebody who gave their PIN a while ago; None: they may not any more."""
    person = records.people.person(person_id)
    if person is None or person.left_at is not None or person.pin_hash is None:
        return None
    return _at_the_desk(records, person)


def _known(records: Records, call: Call | None, at: datetime) -> list[Person]:
    """Those with a PIN who have the number that calls, and whose door is not shut."""
    if (
        call is None
        or call.caller_hash is None
        or call.admission is Admission.BLOCKED
        or call.attestation is Attestation.FAILED
    ):
        return []
    found = []
    for person in records.people.reached_at(call.caller_hash):
        tries = records.people.pin_tries(person.person_id)
        is_shut = tries is not None and tries.is_shut(at)
        if person.pin_hash is not None and not is_shut and _is_welcome(records, person):
            found.append(person)
    return found


def _at_the_desk(records: Records, person: Person) -> AtTheDesk | None:
    if not _is_welcome(records, person):
        return None
    return AtTheDesk(person, may_by_phone(_role(records, person)))


def _is_welcome(records: Records, person: Person) -> bool:
    """Whoever's account is suspended, or gone, does not come in by another door."""
    if person.username is None:
        return True
    organizer = records.organizer(person.username)
    return organizer is not None and organizer.suspended_at is None


def _role(records: Records, person: Person) -> Role | None:
    organizer = None if person.username is None else records.organizer(person.username)
    return None if organizer is None else organizer.role
