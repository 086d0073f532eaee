"""Which reports are suggested to be of one incident. A person decides: nothing is done here.

Reports that are alike grow into groups (`groups.py`). What holds for a whole group keeps chains
from forming: its corners lie close together, it has no long lull, and no two of it were told apart
by a person. Points are whole numbers and ties go by time and reference, so that the order in which
the reports are given changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reports.incidents.comparing import candidates
from reports.incidents.groups import Group, grown
from reports.incidents.likeness import ENOUGH, Likeness, callers, likeness
from reports.incidents.sighting import Part, Sighting


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident that a person made."""

    incident_id: int
    references: frozenset[str]


@dataclass(frozen=True, slots=True)
class Why:
    """What a report, or one of an incident, is most like of the others."""

    other: str
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be one incident: some that stand, and reports that are in none."""

    incidents: tuple[int, ...]
    references: tuple[str, ...]
    """Of witnesses that are in no incident."""
    hearsay: tuple[str, ...]
    """Of who was told of it, that are in none."""
    callers: int
    """Independent witnesses, those of the incidents among them."""
    why: Mapping[str | int, Why] = field(hash=False)
    """Of each report, and of each incident where there are several."""


def suggest(
    sightings: Iterable[Sighting],
    incidents: Collection[Standing] = (),
    apart: Iterable[tuple[str, str]] = (),
) -> tuple[Suggestion, ...]:
    """That of which the last call came last stands first. `sightings` are those of the reports in
    `incidents` too; `apart`: pairs that a person said are not the same."""
    wave = _Wave(
        sightings,
        {reference: each.incident_id for each in incidents for reference in each.references},
        apart,
    )
    groups = [group for group in wave.groups() if wave.founds(group.members[0])]
    told = wave.told([group for group in groups if wave.stands(group)])
    found = [(group, told[group.members[0]]) for group in groups]
    news = [(group, heard) for group, heard in found if wave.is_news(group, heard)]
    news.sort(key=lambda each: wave.last_call(*each), reverse=True)
    return tuple(wave.suggestion(group, heard) for group, heard in news)


class _Wave:
    """Sightings in the order of when they were seen, and how alike those are that were compared."""

    def __init__(
        self,
        sightings: Iterable[Sighting],
        incident_of: Mapping[str, int],
        apart: Iterable[tuple[str, str]],
    ) -> None:
        self._incident_of = incident_of
        self._known = sorted(
            (each for each in sightings if each.part is not Part.NONE or self._is_in(each)),
            key=lambda each: (each.seen_at, each.reference),
        )
        place = {sighting.reference: at for at, sighting in enumerate(self._known)}
        self._founds = [each.part is Part.WITNESS or self._is_in(each) for each in self._known]
        self._points = {
            (one, other): likeness(self._known[one], self._known[other]).points
            for one, other in candidates(self._known)
        }
        self._apart = {
            (place[one], place[other])
            for pair in apart
            for one, other in (pair, pair[::-1])
            if one in place and other in place
        }

    def _is_in(self, sighting: Sighting) -> bool:
        return sighting.reference in self._incident_of

    def founds(self, at: int) -> bool:
        """A witness; and what a person put into an incident is part of it, whatever it sounds
        like."""
        return self._founds[at]

    def groups(self) -> list[Group]:
        together: dict[int, list[int]] = defaultdict(list)
        for at, sighting in enumerate(self._known):
            if self._is_in(sighting):
                together[self._incident_of[sighting.reference]].append(at)
        points = {
            (one, other): points
            for (one, other), points in self._points.items()
            if self._founds[one] and self._founds[other]
        }
        return grown(self._known, points, together.values(), self._apart)

    def stands(self, group: Group) -> bool:
        """Whether hearsay can join it."""
        return len(group.members) > 1 or self._is_in(self._known[group.members[0]])

    def told(self, groups: Sequence[Group]) -> Mapping[int, list[int]]:
        """By the first member of each group, the hearsay that is most like it."""
        group_of = {at: group for group in groups for at in group.members}
        found: dict[int, list[int]] = defaultdict(list)
        pairs: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for pair, points in self._points.items():
            for at, other in (pair, pair[::-1]):
                if not self._founds[at] and other in group_of:
                    pairs[at][group_of[other].members[0]].append(points)
        for at, likened in sorted(pairs.items()):
            best, first = max((sum(each) // len(each), -first) for first, each in likened.items())
            is_apart = any((at, other) in self._apart for other in group_of[-first].members)
            if best >= ENOUGH and not is_apart:
                found[-first].append(at)
        return found

    def is_news(self, group: Group, heard: Sequence[int]) -> bool:
        """Whether there is something to put together."""
        within = self._within(group)
        loose = sum(not self._is_in(self._known[at]) for at in group.members) + len(heard)
        return len(within) + loose > 1

    def last_call(self, group: Group, heard: Sequence[int]) -> tuple[object, ...]:
        return max(
            (self._known[at].called_at, self._known[at].reference)
            for at in (*group.members, *heard)
        )

    def suggestion(self, group: Group, heard: Sequence[int]) -> Suggestion:
        members = [self._known[at] for at in group.members]
        told = [self._known[at] for at in heard]
        loose = [each for each in members if not self._is_in(each)]
        why: dict[str | int, Why] = {
            each.reference: _why([each], [one for one in members if one is not each])
            for each in (*loose, *told)
        }
        within = self._within(group)
        if len(within) > 1:
            for incident_id, own in within.items():
                why[incident_id] = _why(own, [each for each in members if each not in own])
        return Suggestion(
            incidents=tuple(sorted(within)),
            references=tuple(each.reference for each in loose),
            hearsay=tuple(each.reference for each in told),
            callers=callers(each for each in members if each.part is Part.WITNESS),
            why=why,
        )

    def _within(self, group: Group) -> Mapping[int, list[Sighting]]:
        """The incidents of a group, with their sightings."""
        found: dict[int, list[Sighting]] = defaultdict(list)
        for at in group.members:
            if self._is_in(self._known[at]):
                found[self._incident_of[self._known[at].reference]].append(self._known[at])
        return found


def _why(ones: Sequence[Sighting], others: Sequence[Sighting]) -> Why:
    return max(
        (Why(other.reference, likeness(one, other)) for one in ones for other in others),
        key=lambda each: (each.likeness.points, each.other),
    )
