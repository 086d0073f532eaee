"""Which of the places that a caller names is the one where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from places.gazetteer import Area, Landmark, Point, Street
from reports.fields.finding import Finding, taken_back
from reports.fields.heading import TOWARDS
from reports.fields.located import (
    BESIDE,
    confidence_of,
    crossings_apart,
    each_once,
    is_denied,
    located,
)
from reports.fields.location import Candidate, Location
from reports.fields.mentions import is_name, mentions
from reports.fields.names import CITY, Mention, Names, Place
from reports.fields.plain import plain
from reports.fields.said import Passage, Stop
from reports.questions import WHERE

PASSING: Final = "passing"
"""The lexicon's kind for 'I live', 'I work', 'on my way to'."""
PASSING_BEHIND: Final = "passing_behind"
"""The same, where it stands behind the place: 'Karmel ayaan ka shaqeeyaa'."""
HERE: Final = "right_here"
"""The lexicon's kind for 'here': where it stands before a place, the caller is there now."""
ANY_OF: Final = "any_of"
"""The lexicon's kind for 'a', 'every' before what there are several of."""
CALLER_AT: Final = "caller_at"
"""The lexicon's kind for 'I am in', where it need not happen."""
COMING: Final = "coming_from"
"""The lexicon's kind for 'from'."""
HELD_AT: Final = "held_at"
"""The lexicon's kind for 'they have him in', 'the jail in'."""
DETENTION: Final = "detention"
"""The kind of a landmark where people are held: it is told of where somebody was taken from
elsewhere."""
PARK: Final = "park"
"""The kind of a landmark that streets lead along: a park, a lake, a trail."""
NOW_AT: Final = "now_at"
"""The lexicon's kind for 'now they are'."""
CLOSE: Final = 5000.0
"""Metres from a part of town, or a landmark, within which something is still there."""
CLEARLY: Final = 1000.0
"""Metres by which anything else has to be farther than twice as far."""
PARTS: Final = 3
"""Words between a landmark and a part of it at the most."""
WITHIN: Final = 600.0
"""Metres between the two."""
SAID_WITHIN: Final = 4
"""Words between these and the place at the most."""
JUST_BEHIND: Final = 1
"""Words between a place and what says behind it how it is meant at the most."""


def location_said(passages: Sequence[Passage], names: Names) -> Finding[Location] | None:
    """Where it is: what was said at 'where' before the rest; None where no place is named."""
    ordered = sorted(passages, key=lambda passage: passage.question != WHERE)
    heard = [(passage, mentions(passage, names)) for passage in ordered]
    town = _town(heard)
    found = [each for passage, named in heard for each in located(passage, named, names, town)]
    # 'They're not at Lake and Cedar any more' says where they were.
    if there := [each for each in found if not is_denied(each.passage, each)]:
        found = there
        heard = [
            (one, [each for each in named if not is_denied(one, each)]) for one, named in heard
        ]
    if not found:
        return None
    whole = [each for each in found if len(each.value.streets) == 2]
    back = taken_back(whole)
    left = [each for each in found if each not in back]
    around = _Around.of(heard)
    found = [one for one in found if not any(_is_inside(other, one) for other in found)]
    found = [each for each in found if not (_is_any(each, around) or _is_called(each))]
    if not found:
        return None
    left = [each for each in left if each in found] or found
    listed = _listed(left)
    best = max(listed, key=lambda each: _worth(each, listed, around))
    if not best.value.number and len(best.value.streets) < 2:
        apart = (each for one, named in heard for each in crossings_apart(one, named, names, town))
        # 'Thomas Avenue, out by Hamline' is by no university; 'on Nicollet … my sister lives at
        # 27th and Pillsbury' is on Nicollet.
        likely = (
            each
            for each in apart
            if (not best.value.landmark or _has(each, best))
            and (is_passing(best) or not is_passing(each))
        )
        best = next(likely, best)
    if best.value.area is not None:
        # 'I work at Grand and Snelling, St. Paul': the city says no more than the corner in it.
        there = [each for each in left if each.value.city == best.value.city]
        best = max(there, key=lambda each: (len(each.value.streets), each is best))
    if back:
        best = replace(best, before=tuple(each.value for each in back))
    # 'He lives in Burnsville, but they got him in Eagan, by the Cub.'
    for city in dict.fromkeys(
        each.value.city for each in _meant([e for e in found if e.value.area])
    ):
        best = best if city is None else _within(best, city)
    if len(best.value.candidates) < 2:
        return best
    return _once(_narrowed(best, [mention.places for _, named in heard for mention in named]))


def _town(heard: Sequence[tuple[Passage, Sequence[Mention]]]) -> str | None:
    """The one that is named, if only one is."""
    towns = {
        area.city
        for passage, mentioned in heard
        for mention in mentioned
        if not mention.streets and is_name(passage, mention)
        for area in mention.areas
        if _is_city(area)
    }
    return next(iter(towns)) if len(towns) == 1 else None


def _listed(found: Sequence[Finding[Location]]) -> Sequence[Finding[Location]]:
    """Without what lies elsewhere than in the one city that was named: none of a chain's houses
    that are known does not, as in 'Coon Rapids, at the Menards', and what was misheard is a name of
    the city's own that is in no list."""
    areas = [each for each in found if each.value.city and each.value.area is not None]
    towns = {each.value.city: each for each in _meant(areas)}
    if len(towns) != 1:
        return found
    ((city, named),) = towns.items()
    if is_passing(named):
        return found
    return [
        each
        for each in found
        if not each.value.candidates
        or any(one.city == city for one in each.value.candidates)
        or not (_is_misheard(each) or all(_is_of_chain(each, one) for one in each.value.candidates))
    ]


def _meant(found: Sequence[Finding[Location]]) -> Sequence[Finding[Location]]:
    """Without those where the caller lives or works, if there are others."""
    return [each for each in found if not is_passing(each)] or found


def _is_misheard(finding: Finding[Location]) -> bool:
    return finding.confidence < confidence_of(100, len(each_once(finding.value.candidates)))


def _is_of_chain(finding: Finding[Location], candidate: Candidate) -> bool:
    """Whether a chain alone was named, as 'Target' in 'Target (Quarry)'."""
    chain, is_one, _ = candidate.name.partition(" (")
    return bool(is_one) and f"{plain(chain)} ".startswith(f"{plain(finding.value.words)} ")


def _narrowed(
    finding: Finding[Location], mentioned: Sequence[tuple[Place, ...]]
) -> Finding[Location]:
    """Of a chain's houses the one on the street that is named, and of corners the one that lies in
    the part of town, or by the landmark, that is."""
    location = finding.value
    candidates = location.candidates
    streets = {place.name for places in mentioned for place in places if isinstance(place, Street)}
    points = [(places[0], point) for places in mentioned if (point := _point_of(places))]
    # 'St. Paul, the Cub at Sun Ray': a town says less than what is in it.
    hints = [point for place, point in points if not _is_city(place)]
    hints = hints or [point for _, point in points]
    kept = tuple(each for each in candidates if any(name in each.near for name in streets))
    if not kept and hints:
        far = [
            (min(each.point.metres(hint) for hint in hints), each)
            for each in candidates
            if each.point is not None
        ]
        far.sort(key=lambda each: each[0])
        if far and far[0][0] < CLOSE and (len(far) == 1 or far[1][0] > 2 * far[0][0] + CLEARLY):
            kept = (far[0][1],)
    if len(kept) != 1:
        return finding
    only = kept[0]
    is_crossing = len(location.streets) == 2  # of two streets
    value = replace(
        location,
        candidates=kept,
        city=only.city,
        landmark=only.name if location.landmark else None,
        streets=tuple(only.name.split(" & ")) if is_crossing else location.streets,
    )
    return replace(finding, value=value)


def _point_of(places: Sequence[Place]) -> Point | None:
    """Where a landmark or a part of town is; of several of one name where all of them are."""
    points = [each.point for each in places if isinstance(each, Area | Landmark) and each.point]
    if not points or len(points) < len(places):
        return None
    return points[0] if all(points[0].metres(each) < WITHIN for each in points) else None


def _is_city(place: Place) -> bool:
    return isinstance(place, Area) and place.kind == CITY


@dataclass(frozen=True, slots=True)
class _Around:
    """What else is named."""

    places: Sequence[tuple[Place, ...]]
    streets: frozenset[str]
    cities: frozenset[str]
    areas: frozenset[tuple[int, int]]
    """Where one word names a part of town, whatever else is called so."""

    @classmethod
    def of(cls, heard: Sequence[tuple[Passage, Sequence[Mention]]]) -> _Around:
        named = [(passage, mention) for passage, mentioned in heard for mention in mentioned]
        return cls(
            [mention.places for _, mention in named],
            frozenset(street.name for _, mention in named for street in mention.streets),
            frozenset(
                area.city for _, mention in named for area in mention.areas if _is_city(area)
            ),
            frozenset(
                (id(passage), mention.first)
                for passage, mention in named
                if mention.areas and mention.last - mention.first == 1
            ),
        )


def _worth(
    finding: Finding[Location], found: Sequence[Finding[Location]], around: _Around
) -> tuple[bool, ...]:
    """Where it is said to be now before where it was, what it is only near last, and behind other
    places where the caller lives or works, where somebody is held, and a chain of which nobody says
    which house. Else a crossing before a house, that before a landmark or a street, an area
    alone last."""
    location = finding.value
    is_area = (id(finding.passage), finding.first) in around.areas and any(
        each.value.streets and len(each.value.candidates) == 1 for each in found
    )
    return (
        not any(_is_beside(finding, other) for other in found),
        not (is_passing(finding) or _is_town_of_passing(finding, found)),
        not any(_is_left_for(finding, other) for other in found),
        not _is_of_held(finding, found),
        not _is_vague(finding, around),
        len(location.streets) == 2 and _is_before(finding, NOW_AT),
        len(location.streets) == 2,
        bool(location.streets) and location.number is not None,
        location.landmark is not None and not is_area,
        bool(location.streets),
        location.landmark is not None,
    )


def _is_inside(inner: Finding[Location], finding: Finding[Location]) -> bool:
    """Whether a landmark behind one that is so wide that it lies at no crossing is a part of it:
    'at the airport, in Terminal 1'."""
    passage = finding.passage
    if inner.passage is not passage or not finding.last <= inner.first <= finding.last + PARTS:
        return False
    part, whole = _only(inner), _only(finding)
    if part is None or whole is None or whole.near or not (part.point and whole.point):
        return False
    leading = passage.of("crosses_known", "definite", "preposition")
    words = {at for mark in leading for at in range(mark.first, mark.last)}
    return (
        words.issuperset(range(finding.last, inner.first))
        and not any(finding.last <= mark.first < inner.first for mark in passage.of(BESIDE))
        and not passage.parted(finding.last - 1, inner.first)
        and part.point.metres(whole.point) <= WITHIN
    )


def _only(finding: Finding[Location]) -> Candidate | None:
    """Of a landmark that is one."""
    location = finding.value
    is_one = location.landmark is not None and len(location.candidates) == 1
    return location.candidates[0] if is_one else None


def _is_detention(finding: Finding[Location]) -> bool:
    return any(each.kind == DETENTION for each in finding.value.candidates)


def _is_called(finding: Finding[Location]) -> bool:
    """'I called the jail.'"""
    return _is_detention(finding) and _is_before(finding, PASSING)


def _is_of_held(finding: Finding[Location], found: Sequence[Finding[Location]]) -> bool:
    """Whether somebody is held there, and other places are elsewhere: 'taken in Eagan, and nobody
    answers at Whipple'."""
    return (_is_detention(finding) or _is_before(finding, HELD_AT)) and any(
        other.value.city != finding.value.city
        and not (is_passing(other) or _is_before(other, CALLER_AT))
        for other in found
    )


def _is_beside(finding: Finding[Location], other: Finding[Location]) -> bool:
    """Whether it is only what another is near, that was named before it: 'a hotel in Bloomington
    near the airport', 'on Maryland, near the lake'."""
    if finding.value.landmark is None or finding.passage is not other.passage:
        return False
    if _is_wide_of(finding, other):
        return True
    city = other.value.city if other.value.area is not None else None
    wide = bool(other.value.streets) and all(e.kind == PARK for e in finding.value.candidates)
    elsewhere = city is not None and all(e.city != city for e in finding.value.candidates)
    return (
        (wide or elsewhere)
        and other.last <= finding.first
        and any(
            other.last <= mark.first < finding.first <= mark.last
            for mark in finding.passage.of(BESIDE)
        )
        and not finding.passage.parted(other.last - 1, finding.first)
    )


def _is_wide_of(finding: Finding[Location], other: Finding[Location]) -> bool:
    """Whether it is so wide that it lies at no crossing, and the street by it is named then: 'the
    lot by the airport, on Post Road'."""
    passage, only = finding.passage, _only(finding)
    return (
        only is not None
        and not only.near
        and bool(other.value.streets)
        and 0 <= other.first - finding.last <= JUST_BEHIND
        and not passage.parted(finding.last - 1, other.first)
        # An article may be of both.
        and any(first in passage.ending(BESIDE) for first in (finding.first, finding.first + 1))
    )


def _is_vague(finding: Finding[Location], around: _Around) -> bool:
    """Whether a chain alone was named, and nothing says which of its houses."""
    candidates = finding.value.candidates
    if not candidates or not all(_is_of_chain(finding, each) for each in candidates):
        return False
    inside = [each for each in candidates if each.city in around.cities]
    if len(inside) == 1:
        return False
    if len(candidates) > 1:
        return len(_narrowed(finding, around.places).value.candidates) != 1
    # Of a chain of which one house is known others may be meant.
    return around.streets.isdisjoint(candidates[0].near.split(" & "))


def _is_any(finding: Finding[Location], around: _Around) -> bool:
    """Whether it is any house of a chain: 'a Target', 'every Walmart'."""
    return finding.first in finding.passage.ending(ANY_OF) and _is_vague(finding, around)


def _is_before(finding: Finding[Location], kind: str) -> bool:
    """Whether words of a kind stand before a place, in the same breath."""
    passage = finding.passage
    return any(
        # An article may be of both.
        mark.first < finding.first
        and -1 <= finding.first - mark.last <= SAID_WITHIN
        and not passage.parted(mark.first, finding.first, Stop.COMMA)
        for mark in passage.of(kind)
    )


def _is_behind(finding: Finding[Location], kind: str) -> bool:
    """Whether words of a kind stand behind a place, in the same breath."""
    passage = finding.passage
    return any(
        0 <= mark.first - finding.last <= JUST_BEHIND
        and not passage.parted(finding.last - 1, mark.first, Stop.COMMA)
        for mark in passage.of(kind)
    )


def is_passing(finding: Finding[Location]) -> bool:
    """Whether the caller lives or works there, or came by: but 'I work here at Karmel' is where
    they are."""
    if _is_behind(finding, PASSING_BEHIND):
        return True
    return _is_before(finding, PASSING) and not _is_before(finding, HERE)


def _is_town_of_passing(finding: Finding[Location], found: Sequence[Finding[Location]]) -> bool:
    """Whether it is the part of town where a place is at which the caller lives or works: 'I work
    at the Target in Bloomington'."""
    passage = finding.passage
    return finding.value.area is not None and any(
        other.passage is passage
        and other.value.area is None
        and 0 <= finding.first - other.last <= SAID_WITHIN
        and not passage.parted(other.last - 1, finding.first)
        and not any(other.last <= mark.first < finding.first for mark in passage.of(NOW_AT))
        # 'A boy on Lake told me that in Worthington …' is no part of Worthington.
        and (
            finding.first not in passage.ending(PASSING_BEHIND)
            or passage.parted(finding.first - 1, finding.first, Stop.COMMA)
        )
        and is_passing(other)
        for other in found
    )


def _is_left_for(finding: Finding[Location], other: Finding[Location]) -> bool:
    """Whether somebody went from there to another: 'from 26th and Nicollet to 24th and 3rd'."""
    passage = finding.passage
    return (
        other.passage is passage
        and finding.first in passage.ending(COMING)
        and finding.last in passage.beginning(TOWARDS)
        and 0 < other.first - finding.last <= JUST_BEHIND + 1
    )


def _within(finding: Finding[Location], city: str) -> Finding[Location]:
    """Of candidates in several cities those in the one that the caller names."""
    inside = tuple(each for each in finding.value.candidates if each.city == city)
    if not inside or finding.value.city is not None:
        return finding
    only = inside[0].name if len(inside) == 1 and finding.value.landmark else finding.value.landmark
    value = replace(finding.value, candidates=inside, city=city, landmark=only)
    return replace(finding, value=value)


def _has(crossing: Finding[Location], other: Finding[Location]) -> bool:
    """Whether the words of another are some of a crossing's."""
    return (
        crossing.passage is other.passage
        and crossing.first <= other.first
        and other.last <= crossing.last
    )


def _once(finding: Finding[Location]) -> Finding[Location]:
    """A crossing that is left in the lists of several cities is in the first of them."""
    location = finding.value
    left = each_once(location.candidates) if len(location.streets) == 2 else ()  # they cross
    if len(left) != 1 or len(location.candidates) == 1:
        return finding
    return replace(finding, value=replace(location, candidates=left, city=left[0].city))
