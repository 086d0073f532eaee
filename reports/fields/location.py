"""Where it is: what of the caller's words names a place, and which places that may be.

Words are kept as they are. A place is settled only where one alone is meant: two streets that cross
once, a landmark with one name. Else all that it may be are candidates, and a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from places.gazetteer import SAME_PLACE, Area, Landmark, Point, Street
from reports.fields.counting import Number
from reports.fields.finding import Finding, taken_back
from reports.fields.heading import HEADING, TOWARDS, going_spans
from reports.fields.mentions import (
    are_joined,
    do_cross,
    do_meet,
    house_behind,
    house_of,
    is_along,
    is_behind_preposition,
    is_name,
    is_numbered,
    is_where,
    mentions,
)
from reports.fields.names import CITY, SCHOOL, Mention, Names, Place
from reports.fields.plain import plain
from reports.fields.said import Passage, Stop
from reports.questions import WHERE

PASSING: Final = "passing"
"""The lexicon's kind for 'I live', 'I work', 'on my way to'."""
PASSING_BEHIND: Final = "passing_behind"
"""The same, where it stands behind the place: 'Karmel ayaan ka shaqeeyaa'."""
HERE: Final = "right_here"
"""The lexicon's kind for 'here': where it stands before a place, the caller is there now."""
DENIED: Final = "denied_place"
"""The lexicon's kind for 'not the one in', 'it is not at' before a place."""
DENIED_BEHIND: Final = "denied_place_behind"
"""The same, where it stands behind the place."""
ANY_OF: Final = "any_of"
"""The lexicon's kind for 'a', 'every' before what there are several of."""
CALLER_AT: Final = "caller_at"
"""The lexicon's kind for 'I am in', where it need not happen."""
BESIDE: Final = "beside"
"""The lexicon's kind for 'near', 'across from', 'by': what follows is what it is near."""
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
OTHER: Final = "more"
"""The lexicon's kind for 'another'."""
BETWEEN: Final = "between"
"""The lexicon's kind for 'between'."""
APART: Final = 12
"""Words between two streets that cross, at the most, of which nothing says that they do."""
UNJOINED: Final = 0.8
"""How sure it is that they do, as a share of what it is of others."""
PARTS: Final = 3
"""Words between a landmark and a part of it at the most."""
WITHIN: Final = 600.0
"""Metres between the two."""
STATION: Final = "station"
"""The kind of a landmark that is one, and the lexicon's for words that say so: 'light rail'."""
OTHER_STATION: Final = "other_station"
"""The lexicon's kind for 'gas station'."""
STATION_WITHIN: Final = 5
"""Words between these and its name at the most."""
SIDE_WITHIN: Final = 2
"""Words between two streets and their side of town at the most: '42nd and Lyndale, in north'."""
SAID_WITHIN: Final = 4
"""Words between these and the place at the most."""
IN_ITS_TOWN: Final = 2
"""Words between a street and its town at the most, where the one that crosses it comes then."""
JUST_BEHIND: Final = 1
"""Words between a place and what says behind it how it is meant at the most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant."""

    name: str
    city: str
    point: Point | None
    near: str = ""
    """Of a landmark: its nearest crossing."""
    kind: str = ""
    """Of a landmark."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where it is, as far as the words say."""

    words: str
    streets: tuple[str, ...] = ()
    """One, or two that cross."""
    number: int | None = None
    """Of a house, or the hundred of a block."""
    landmark: str | None = None
    area: str | None = None
    city: str | None = None
    candidates: tuple[Candidate, ...] = ()
    """None: it stands in no list. One: this is it."""
    middle: Point | None = None
    """Of the area."""


def location_said(passages: Sequence[Passage], names: Names) -> Finding[Location] | None:
    """Where it is: what was said at 'where' before the rest; None where no place is named."""
    ordered = sorted(passages, key=lambda passage: passage.question != WHERE)
    heard = [(passage, mentions(passage, names)) for passage in ordered]
    town = _town(heard)
    found = [each for passage, named in heard for each in _located(passage, named, names, town)]
    # 'They're not at Lake and Cedar any more' says where they were.
    if there := [each for each in found if not _is_denied(each.passage, each)]:
        found = there
        heard = [
            (one, [each for each in named if not _is_denied(one, each)]) for one, named in heard
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
        apart = (each for one, named in heard for each in _crossings_apart(one, named, names, town))
        # 'Thomas Avenue, out by Hamline' is by no university.
        best = next((each for each in apart if not best.value.landmark or _has(each, best)), best)
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


def _is_denied(passage: Passage, place: Mention | Finding[Location]) -> bool:
    """Whether it is said not to be there: 'not the Target, the library across from it'."""
    return (
        place.first in passage.ending(DENIED)
        and not passage.parted(place.first - 1, place.first, Stop.COMMA)
    ) or (
        place.last in passage.beginning(DENIED_BEHIND)
        and not passage.parted(place.last - 1, place.last, Stop.COMMA)
    )


def _town(heard: Sequence[tuple[Passage, Sequence[Mention]]]) -> str | None:
    """The one that is named, if only one is."""
    towns = {
        area.city
        for passage, mentioned in heard
        for mention in mentioned
        if not mention.streets and is_name(passage, mention)
        for area in mention.areas
        if area.kind == CITY
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
    return finding.confidence < _confidence(100, len(_apart(finding.value.candidates)))


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
    hints = [
        places[0].point
        for places in mentioned
        if len(places) == 1 and isinstance(places[0], Area | Landmark) and places[0].point
    ]
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
                area.city for _, mention in named for area in mention.areas if area.kind == CITY
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


def _located(
    passage: Passage, mentioned: Sequence[Mention], names: Names, town: str | None
) -> Iterator[Finding[Location]]:
    crossed: set[int] = set()
    # 'Thomas Avenue in St. Paul, at Snelling', 'es la Nicollet, pero de Burnsville, con la 13',
    # 'Reservoir Boulevard in Columbia Heights, 40th'.
    around = [
        (one, other)
        for one, city, other in zip(mentioned, mentioned[1:], mentioned[2:], strict=False)
        if city.areas and not city.streets and 0 <= city.first - one.last <= IN_ITS_TOWN
        if one.streets and other.streets
        if not passage.parted(one.last - 1, city.first)
        if are_joined(passage, city.last, other.first)
        or (one.has_type and other.first == city.last and is_numbered(passage, other))
    ]
    for one, other in around:
        if (crossing := _crossing(passage, one, other, names, town)) is not None:
            yield crossing
            crossed |= {one.first, other.first}
    for one, other in _tightest(passage, _joined(passage, mentioned)):
        crossing = _crossing(passage, one, other, names, town)
        if crossing is not None and not _is_in_town(passage, one, other, crossing):
            yield crossing
            crossed |= {one.first, other.first}
    if not mentioned:
        return
    going = going_spans(passage)
    houses = {m.first: house_of(passage, m) for m in mentioned if m.streets}
    for mention in mentioned:
        house = houses.get(mention.first)
        if house is None and mention.streets and is_name(passage, mention):
            behind = house_behind(passage, mention)
            # 'We're on Fremont, 3309 Fremont Avenue.'
            house = None if behind in houses.values() else behind
        if mention.first in crossed or (house is None and not is_name(passage, mention)):
            continue
        # 'They went towards Franklin' says where they are not.
        if any(first <= mention.first < last for first, last in going):
            continue
        if house is not None:
            yield _street(passage, mention, house, names)
        elif after := _station(passage, mention, names) or _school(passage, mention, names):
            yield _landmark(passage, after)
        elif mention.landmarks and not (mention.has_type or is_along(passage, mention)):
            yield _landmark(passage, mention)
        elif mention.areas and not (mention.has_type or is_along(passage, mention)):
            yield _area(passage, mention)
        elif (
            mention.has_type
            or mention.last - mention.first > 1
            or is_behind_preposition(passage, mention)
        ):
            yield _street(passage, mention, None, names)


def _joined(passage: Passage, mentioned: Sequence[Mention]) -> Iterator[tuple[Mention, Mention]]:
    """Two streets of which words say that they cross, and not that it is not at the second."""
    for one, other in pairwise(mentioned):
        # 'Richfield, on Penn' is a city, and a street in it.
        settled = not (one.areas or other.areas)
        if (
            one.streets
            and other.streets
            and not _is_denied(passage, other)
            and (
                are_joined(passage, one.last, other.first)
                or (settled and do_meet(passage, one.last, other.first))
                or _are_typed(passage, one, other)
            )
        ):
            yield one, other


def _tightest(
    passage: Passage, joined: Iterator[tuple[Mention, Mention]]
) -> Sequence[tuple[Mention, Mention]]:
    """Of pairs that have a street in common the one that stands closer together: 'to Richfield, and
    at 66th and Penn'; but 'on Clinton, between 36th and 37th'."""
    kept: list[tuple[Mention, Mention]] = []
    for pair in joined:
        if kept and kept[-1][1] is pair[0]:
            before, gap = _gap(passage, *kept[-1]), _gap(passage, *pair)
            if before < gap or kept[-1][0].last in passage.beginning(BETWEEN):
                continue
            if gap < before:
                kept.pop()
        kept.append(pair)
    return kept


def _gap(passage: Passage, one: Mention, other: Mention) -> tuple[bool, int]:
    """Whether a comma stands between two, and how many words."""
    return passage.parted(one.last - 1, other.first, Stop.COMMA), other.first - one.last


def _are_typed(passage: Passage, one: Mention, other: Mention) -> bool:
    """Two streets with their types, one behind the other: '4th Avenue South, 35th Street', 'la
    calle 38, el Avenida Chicago'."""
    gap = other.first - one.last
    article = passage.beginning("definite", "street_article")
    return (
        one.has_type
        and other.has_type
        and (gap == 0 or (gap == 1 and one.last in article))
        and not passage.parted(one.last - 1, other.first)
    )


def _station(passage: Passage, mention: Mention, names: Names) -> Mention | None:
    """The station that is called after a street, or another place, if one is spoken of: 'the light
    rail at Lake Street', 'la estación de la 38'."""
    others = {at for m in passage.of(OTHER_STATION) for at in range(m.first, m.last)}
    near = any(
        mark.first not in others
        and mark.first - mention.last <= STATION_WITHIN
        and mention.first - mark.last <= STATION_WITHIN
        and not passage.parted(min(mark.first, mention.first), max(mark.first, mention.first))
        for mark in passage.of(STATION)
    )
    # A part of town is more than its station, and a mall has one of its own.
    if not near or not (mention.streets or (mention.landmarks and mention.areas)):
        return None
    called = [names.street_in_full(street) for street in mention.streets]
    called.append(" ".join(passage.plain[mention.first : mention.last]))
    stations = [
        place
        for name in dict.fromkeys(called)
        for place in names.landmarks(f"{name} station")
        if place.kind == STATION
    ]
    only = tuple(dict.fromkeys(stations))
    return replace(mention, places=only, has_type=False) if len(only) == 1 else None


def _school(passage: Passage, mention: Mention, names: Names) -> Mention | None:
    """The school that is called after a part of town, if one is spoken of: 'Bancroft, the
    elementary school'."""
    if mention.landmarks or mention.streets or any(each.kind == CITY for each in mention.areas):
        return None
    leading = passage.ending("definite", "street_article")
    if not any(
        mark.first == mention.last or (mark.first == mention.last + 1 and mark.first in leading)
        for mark in passage.of(SCHOOL)
    ):
        return None
    words = " ".join(passage.plain[mention.first : mention.last])
    schools = names.landmarks(f"{words} {SCHOOL}")
    return replace(mention, places=schools) if len(schools) == 1 else None


def _crossings_apart(
    passage: Passage, mentioned: Sequence[Mention], names: Names, town: str | None
) -> Iterator[Finding[Location]]:
    """Two streets that are known to cross, each named as where it is, in one sentence: 'going up
    Penn, I just passed Lowry'."""
    if sum(bool(mention.streets) for mention in mentioned) < 2:
        return
    going = going_spans(passage)
    named = [
        mention
        for mention in mentioned
        if mention.streets
        and is_where(passage, mention)
        and not _is_denied(passage, mention)
        and not any(first <= mention.first < last for first, last in going)
    ]
    for one, other in pairwise(named):
        if other.first - one.last > APART:
            continue
        # 'One on Robert and another on Payne.'
        if any(one.last <= mark.first < other.first for mark in passage.of(OTHER)):
            continue
        if passage.parted(one.last - 1, other.first) and not _goes_on(passage, one, other):
            continue
        crossing = _crossing(passage, one, other, names, town)
        if crossing is None:
            continue
        candidates = crossing.value.candidates
        # 'Penn, in Richfield' is a city, and a street in it.
        settled = all(
            each.has_type or len(each.streets) == len(each.places) for each in (one, other)
        )
        if all(each.point for each in candidates) or (
            settled and len(candidates) == 1 and do_cross(passage, other)
        ):
            yield replace(crossing, confidence=round(crossing.confidence * UNJOINED, 2))


def _goes_on(passage: Passage, one: Mention, other: Mention) -> bool:
    """Whether the next sentence begins with what a street is near: 'I'm on Lake. Right by
    Bloomington.'"""
    marks = passage.of("crosses", "crosses_known", BESIDE, "street_article", "definite")
    says = {at for mark in marks for at in range(mark.first, mark.last)}
    between = range(one.last, other.first)
    return bool(between) and says.issuperset(between)


def _has(crossing: Finding[Location], other: Finding[Location]) -> bool:
    """Whether the words of another are some of a crossing's."""
    return (
        crossing.passage is other.passage
        and crossing.first <= other.first
        and other.last <= crossing.last
    )


def _is_in_town(
    passage: Passage, one: Mention, other: Mention, crossing: Finding[Location]
) -> bool:
    """'Richfield, by Portland' is a street in a city, unless a street of the city's name is known
    to cross it: 'Bloomington at 26th'."""
    ands = passage.beginning("and")
    towns = {
        area.city
        for each in (one, other)
        if not each.has_type
        for area in each.areas
        if area.kind == CITY
    }
    return not any(at in ands for at in range(one.last, other.first)) and all(
        each.point is None and each.city in towns for each in crossing.value.candidates
    )


def _crossing(
    passage: Passage, one: Mention, other: Mention, names: Names, town: str | None
) -> Finding[Location] | None:
    """Of two streets; of several the one in the `town` that is named, even if a better known one
    lies in another: 'in Burnsville, at 42 and Nicollet'."""
    # 'Cuarto por cuarto.'
    if passage.plain[one.first : one.last] == passage.plain[other.first : other.last]:
        return None
    inside = [[each for each in some.streets if each.city == town] for some in (one, other)]
    found = names.gazetteer.crossings(*inside) or names.gazetteer.crossings(
        one.streets, other.streets
    )
    # Of streets that may be meant by a number, those that are known to meet.
    found = tuple(crossing for crossing in found if crossing.point is not None) or found
    if not found:
        return None
    if (side := _side_of_town(passage, one, other)) is not None:
        on_it = (each for each in found if side in (each.first.side, each.second.side))
        found = tuple(on_it) or found
    signs = [names.gazetteer.signs(crossing) for crossing in found]
    candidates = tuple(
        dict.fromkeys(
            Candidate(" & ".join(sign), crossing.city, crossing.point)
            for sign, crossing in zip(signs, found, strict=True)
        )
    )
    apart, first = len(_apart(candidates)), found[0]
    streets = signs[0] if apart == 1 else (first.first.name, first.second.name)
    location = Location(
        passage.words(one.first, other.last),
        streets=streets,
        city=found[0].city if len({crossing.city for crossing in found}) == 1 else None,
        candidates=candidates,
    )
    confidence = _confidence(min(one.likeness, other.likeness), apart)
    return Finding(location, passage, one.first, other.last, confidence)


def _side_of_town(passage: Passage, one: Mention, other: Mention) -> str | None:
    """Which is said with two streets that cross, if it is not whither somebody goes."""
    going = [mark.last for mark in passage.of(HEADING)]
    return next(
        (
            mark.value
            for mark in passage.of("side")
            if one.first <= mark.first <= other.last + SIDE_WITHIN
            and not passage.parted(other.last - 1, mark.first)
            and not any(0 <= mark.first - last <= SIDE_WITHIN for last in going)
        ),
        None,
    )


def _apart(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Each crossing once: what lies on the border of two cities stands in the lists of both."""
    found: list[Candidate] = []
    for each in candidates:
        if not any(_are_one(each, other) for other in found):
            found.append(each)
    return tuple(found)


def _are_one(one: Candidate, other: Candidate) -> bool:
    return (
        one.name == other.name
        and one.point is not None
        and other.point is not None
        and one.point.metres(other.point) <= SAME_PLACE
    )


def _once(finding: Finding[Location]) -> Finding[Location]:
    """A crossing that is left in the lists of several cities is in the first of them."""
    location = finding.value
    left = _apart(location.candidates) if len(location.streets) == 2 else ()  # they cross
    if len(left) != 1 or len(location.candidates) == 1:
        return finding
    return replace(finding, value=replace(location, candidates=left, city=left[0].city))


def _landmark(passage: Passage, mention: Mention) -> Finding[Location]:
    words = passage.words(mention.first, mention.last)
    only = mention.landmarks[0] if len(mention.landmarks) == 1 else None
    candidates = tuple(
        Candidate(each.name, each.city, each.point, each.near, each.kind)
        for each in mention.landmarks
    )
    location = Location(
        words,
        landmark=only.name if only else words,
        city=only.city if only else None,
        candidates=candidates,
    )
    confidence = _confidence(mention.likeness, len(candidates))
    return Finding(location, passage, mention.first, mention.last, confidence)


def _area(passage: Passage, mention: Mention) -> Finding[Location]:
    words = passage.words(mention.first, mention.last)
    only = mention.areas[0] if len(mention.areas) == 1 else None
    location = Location(
        words,
        area=only.name if only else words,
        city=only.city if only else None,
        middle=only.point if only else None,
    )
    confidence = _confidence(mention.likeness, 1)
    return Finding(location, passage, mention.first, mention.last, confidence)


def _street(
    passage: Passage, mention: Mention, number: Number | None, names: Names
) -> Finding[Location]:
    first, last = mention.first, mention.last
    if number is not None:
        first, last = min(first, number.first), max(last, number.last)
    cities = {street.city for street in mention.streets}
    location = Location(
        passage.words(first, last),
        streets=(_signed(mention.streets[0]),),
        number=None if number is None else number.value,
        city=next(iter(cities)) if len(cities) == 1 else None,
        candidates=tuple(
            Candidate(
                _signed(each),
                each.city,
                None if number is None else names.gazetteer.address(each, number.value),
            )
            for each in mention.streets
        ),
    )
    return Finding(location, passage, first, last, _confidence(mention.likeness, 1))


def _signed(street: Street) -> str:
    """A numbered avenue as its signs have it; of a street one would have to know from where on."""
    numbered = street.name[:1].isdigit()
    has_side = numbered and street.axis == "ns" and street.side
    return f"{street.name} {street.side}" if has_side else street.name


def _confidence(likeness: float, candidates: int) -> float:
    return round(0.95 * likeness / 100 / (1 if candidates <= 1 else 1.5), 2)
