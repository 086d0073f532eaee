"""How soon a person has to look at it.

Where it is not known whether it goes on, it counts as going on: to look too soon costs minutes, too
late a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from reports.fields.activity import Activity
from reports.fields.first_hand import FirstHand
from reports.fields.kind import Kind
from reports.fields.understood import Told, Understanding
from reports.questions import EARLIER, FAMILY_TAKEN, NOW, WHEN


class Priority(StrEnum):
    P1 = "P1"
    """Now, first-hand, and somebody is detained or force is used."""
    P2 = "P2"
    """Now."""
    P3 = "P3"
    """Over, or the family of somebody who was taken: a queue and a clock of their own."""
    P4 = "P4"
    """Rumour, and the rest."""


FAMILY: Final = "family"
"""The ground of a P3 that is of the family of somebody who was taken."""
RECENT: Final = timedelta(hours=1)
"""What began longer ago is taken to be over, unless somebody says that it goes on."""
GRAVE: Final = frozenset([Activity.DETAINING, Activity.FORCE])
ELSEWHERE: Final = frozenset([Kind.RUMOUR, Kind.QUESTION, Kind.NOT_FOR_US, Kind.PRANK])


@dataclass(frozen=True, slots=True)
class Ranked:
    """A priority, and the grounds for it by name, in order."""

    priority: Priority
    grounds: tuple[str, ...]


def ranked(told: Told, understood: Understanding) -> Ranked:
    """Of a report, by what people settled before its keys before its words."""
    kind = None if understood.kind is None else understood.kind.value
    pressed = told.keys.get(WHEN)
    if pressed == FAMILY_TAKEN:
        return Ranked(Priority.P3, (FAMILY,))
    if kind in ELSEWHERE:
        return Ranked(Priority.P4, (str(kind),))
    now = _now(pressed, understood, told.at)
    taken = understood.detained
    grave = (taken is not None and taken.value.high != 0) or any(
        each.value in GRAVE for each in understood.activities
    )
    first_hand = understood.first_hand.value
    if kind is Kind.HELP and not (pressed == NOW or understood.still_there.value):
        family = any(each.value == "family" for each in understood.needs) or grave
        return Ranked(Priority.P3, (FAMILY,)) if family else Ranked(Priority.P4, ("help",))
    if kind is Kind.SILENT and pressed != NOW:
        return Ranked(Priority.P4, ("silent",))
    if not now:
        return Ranked(Priority.P3, ("over",))
    if first_hand is FirstHand.TOLD:
        return Ranked(Priority.P4, ("told",))
    if first_hand is FirstHand.SAW and grave:
        return Ranked(Priority.P1, ("now", "first_hand", "detaining_or_force"))
    return Ranked(Priority.P2, ("now",))


def _now(pressed: str | None, understood: Understanding, at: datetime) -> bool:
    """Whether nobody says that it is over."""
    settled = understood.still_there.settled
    if settled is not None and settled.value is not None:
        return settled.value
    if settled is None and understood.still_there.pressed is not None:
        return understood.still_there.pressed.value
    if pressed == EARLIER:
        return False
    # Who pressed 'now' and then says that they left saw them leave.
    if settled is None and understood.still_there.said is not None:
        return understood.still_there.said.value
    if pressed == NOW and not understood.seen_at.is_settled:
        return True
    seen_at = understood.seen_at.value
    return seen_at is None or seen_at.at + seen_at.within >= at - RECENT
