"""Places that the words of an answer name, each by itself: two streets that cross, a house, a
landmark, a part of town. Which of them is where it happens is said in `whereabouts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from places.gazetteer import SAME_PLACE, Crossing, Street
from reports.fields.counting import Number
from reports.fields.finding import Finding
from reports.fields.heading import HEADING, going_spans
from reports.fields.location import Candidate, Location
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
)
from reports.fields.names import CITY, SCHOOL, Mention, Names
from reports.fields.said import Passage, Stop

DENIED: Final = "denied_place"
"""The lexicon's kind for 'not the one in', 'it is not at' before a place."""
DENIED_BEHIND: Final = "denied_place_behind"
"""The same, where it stands behind the place."""
BESIDE: Final = "beside"
"""The lexicon's kind for 'near', 'across from', 'by': what follows is what it is near."""
OTHER: Final = "more"
"""The lexicon's kind for 'another'."""
BETWEEN: Final = "between"
"""The lexicon's kind for 'between'."""
APART: Final = 12
"""Words between two streets that cross, at the most, of which nothing says that they do."""
UNJOINED: Final = 0.8
"""How sure it is that they do, as a share of what it is of others."""
STATION: Final = "station"
"""The kind of a landmark that is one, and the lexicon's for words that say so: 'light rail'."""
OTHER_STATION: Final = "other_station"
"""The lexicon's kind for 'gas station'."""
STATION_WITHIN: Final = 5
"""Words between these and its name at the most."""
SIDE_WITHIN: Final = 2
"""Words between two streets and their side of town at the most: '42nd and Lyndale, in north'."""
IN_ITS_TOWN: Final = 2
"""Words between a street and its town at the most, where the one that crosses it comes then."""
TOWN_BEHIND: Final = 1
"""Words between two streets that cross and their town at the most."""


def is_denied(passage: Passage, place: Mention | Finding[Location]) -> bool:
    """Whether it is said not to be there: 'not the Target, the library across from it'."""
    return (
        place.first in passage.ending(DENIED)
        and not passage.parted(place.first - 1, place.first, Stop.COMMA)
    ) or (
        place.last in passage.beginning(DENIED_BEHIND)
        and not passage.parted(place.last - 1, place.last, Stop.COMMA)
    )


def located(
    passage: Passage, mentioned: Sequence[Mention], names: Names, town: str | None
) -> Iterator[Finding[Location]]:
    """All of them, those that cross first. `town`: the one that is named, if only one is."""
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
    houses = {m.first: house_of(passage, m) for m in mentioned if m.streets}
    for one, other in _tightest(passage, _joined(passage, mentioned)):
        crossing = _crossing(passage, one, other, names, town)
        if crossing is not None and not _is_in_town(passage, one, other, crossing):
            if (house := houses[one.first]) and one.last in passage.beginning(BETWEEN):
                # '3108 Bloomington, between Lake and 32nd.'
                streets = tuple(e.first for e in _crossings(one, other, names, town))
                only = replace(one, places=tuple(dict.fromkeys(streets)))
                yield _street(passage, only, house, names)
            else:
                yield _in_its_town(crossing, mentioned)
            crossed |= {one.first, other.first}
    if not mentioned:
        return
    going = going_spans(passage)
    for mention in mentioned:
        house = houses.get(mention.first)
        if house is None and mention.streets and is_name(passage, mention):
            behind = house_behind(passage, mention)
            # 'We're on Fremont, 3309 Fremont Avenue.'
            house = None if behind in houses.values() else behind
        if mention.first in crossed or (house is None and not is_name(passage, mention)):
            continue
        # 'They went towards Franklin' says where they are not.
        if _is_gone_to(mention, going):
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


def _is_gone_to(mention: Mention, going: Sequence[tuple[int, int]]) -> bool:
    """Whether it is in words that name whither somebody went, its article or not."""
    return any(mention.first < last and first < mention.last for first, last in going)


def _joined(passage: Passage, mentioned: Sequence[Mention]) -> Iterator[tuple[Mention, Mention]]:
    """Two streets of which words say that they cross, and not that it is not at the second."""
    for one, other in pairwise(mentioned):
        # 'Richfield, on Penn' is a city, and a street in it.
        settled = not (one.areas or other.areas)
        if (
            one.streets
            and other.streets
            and not is_denied(passage, other)
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


def _gap(passage: Passage, one: Mention, other: Mention) -> tuple[bool, int, float]:
    """Whether a comma stands between two, how many words, and how unlike the names they sound: 'the
    guard at 34th and Columbus' is at no Girard."""
    parted = passage.parted(one.last - 1, other.first, Stop.COMMA)
    return parted, other.first - one.last, -min(one.likeness, other.likeness)


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


def crossings_apart(
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
        and not is_denied(passage, mention)
        and not _is_gone_to(mention, going)
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


def _in_its_town(crossing: Finding[Location], mentioned: Sequence[Mention]) -> Finding[Location]:
    """As it is, or where it may lie in a town of which no such corner is known, and that town is
    named behind it, there, and in no list: '35W at 95th, in Blaine' is not in Bloomington."""
    passage, candidates = crossing.passage, crossing.value.candidates
    town = next(
        (
            area.city
            for mention in mentioned
            for area in mention.areas
            if area.kind == CITY
            and not mention.streets
            and 0 <= mention.first - crossing.last <= TOWN_BEHIND
            and not passage.parted(crossing.last - 1, mention.first)
        ),
        None,
    )
    if town is None or any(each.point or each.city == town for each in candidates):
        return crossing
    return replace(crossing, value=replace(crossing.value, city=town, candidates=()))


def _crossings(
    one: Mention, other: Mention, names: Names, town: str | None
) -> tuple[Crossing, ...]:
    """That two streets may have; in the `town` that is named, even if a better known one lies in
    another: 'in Burnsville, at 42 and Nicollet'."""
    inside = [[each for each in some.streets if each.city == town] for some in (one, other)]
    found = names.gazetteer.crossings(*inside) or names.gazetteer.crossings(
        one.streets, other.streets
    )
    # Of streets that may be meant by a number, those that are known to meet.
    return tuple(crossing for crossing in found if crossing.point is not None) or tuple(found)


def _crossing(
    passage: Passage, one: Mention, other: Mention, names: Names, town: str | None
) -> Finding[Location] | None:
    """Of two streets, see `_crossings`."""
    # 'Cuarto por cuarto.'
    if passage.plain[one.first : one.last] == passage.plain[other.first : other.last]:
        return None
    found = _crossings(one, other, names, town)
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
    apart, first = len(each_once(candidates)), found[0]
    streets = signs[0] if apart == 1 else (first.first.name, first.second.name)
    location = Location(
        passage.words(one.first, other.last),
        streets=streets,
        city=found[0].city if len({crossing.city for crossing in found}) == 1 else None,
        candidates=candidates,
    )
    confidence = confidence_of(min(one.likeness, other.likeness), apart)
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


def each_once(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
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
    confidence = confidence_of(mention.likeness, len(candidates))
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
    confidence = confidence_of(mention.likeness, 1)
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
    return Finding(location, passage, first, last, confidence_of(mention.likeness, 1))


def _signed(street: Street) -> str:
    """A numbered avenue as its signs have it; of a street one would have to know from where on."""
    numbered = street.name[:1].isdigit()
    has_side = numbered and street.axis == "ns" and street.side
    return f"{street.name} {street.side}" if has_side else street.name


def confidence_of(likeness: float, candidates: int) -> float:
    """How sure a place is whose name is so alike (0 to 100), of so many that may be meant."""
    return round(0.95 * likeness / 100 / (1 if candidates <= 1 else 1.5), 2)
