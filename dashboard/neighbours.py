"""What the page of a report shows of other open reports near it in place and time. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.desk import Desk
from dashboard.incident_page import Member, member_of
from reports.incidents import Nearby
from reports.model import Dossier, Handling

MOST_NEIGHBOURS: Final = 5


@dataclass(frozen=True)
class Neighbour:
    member: Member
    nearby: Nearby

    @property
    def minutes(self) -> int:
        """Between the two, whichever was first."""
        return round(abs(self.nearby.apart.total_seconds()) / 60)

    @property
    def was_before(self) -> bool:
        return self.nearby.apart.total_seconds() < 0


def neighbours_of(
    found: Sequence[Nearby], dossiers: Mapping[str, Dossier], desk: Desk
) -> tuple[Neighbour, ...]:
    """`dossiers`: of what was found, by reference. What somebody closed meanwhile is left out."""
    near = [
        Neighbour(member_of(dossiers[each.reference], desk), each)
        for each in found
        if each.reference in dossiers
        and dossiers[each.reference].report.handling is not Handling.CLOSED
    ]
    return tuple(near[:MOST_NEIGHBOURS])
