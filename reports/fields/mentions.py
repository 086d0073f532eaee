"""Which of a caller's words name places, and which places that may be: streets with their types and
numbers, what was misheard beside them, and houses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from places.gazetteer import Gazetteer, number_of
from reports.fields.counting import SPOKEN, Number
from reports.fields.lexicon import Mark
from reports.fields.names import (
    ALONE,
    AREA,
    ARTICLES,
    CITY,
    LANDMARK,
    LIKENESS,
    STREET,
    TYPES,
    Mention,
    Names,
    Place,
)
from reports.fields.plain import APOSTROPHES
from reports.fields.said import Passage, Stop, tokens_of

LEAST_BEHIND: Final = 1300
"""Of a house whose number is said behind its street: less is as well what a clock shows."""
MOST_BEHIND: Final = 9999
LEAST_SAID: Final = 100
"""The same, where something says that it is a house's."""
SAID_BEHIND: Final = 5
"""Words between a street and such a number at the most."""
HOURS: Final = 12
"""Of a clock, as it is told."""
TEENS: Final = 20
"""Below it English says of a street that it is the fourth, and never that it is four."""
BETWEEN: Final = 6
"""Words between two streets at the most, all of which say that they meet."""


def mentions(passage: Passage, names: Names) -> list[Mention]:
    # A Ford Explorer is no Ford Parkway, and 'Dakota del Norte' no Dakota Avenue.
    others = [
        *(mark for mark in passage.of("vehicle") if mark.value != "none"),
        *(mark for mark in passage.of("plate_state") if mark.last - mark.first > 1),
    ]
    taken = {at for mark in others for at in range(mark.first, mark.last)}
    # Nor does 'the U-Haul' stand at 'the U'.
    longer = {mark.first: mark.last for mark in others}
    exact = [
        m
        for m in names.exact(passage)
        if not taken.issuperset(range(m.first, m.last))
        and m.last >= longer.get(m.last - 1, 0)
        and not passage.parted(m.first, m.last - 1)
        and not _is_common(passage, m)
    ]
    exact = [each for each in exact if not _runs_over(passage, each, exact)]
    exact = _without_towns_streets(passage, exact)
    found = [*_typed(passage, exact), *_numbered(passage, names.gazetteer)]
    known = _longest(found)
    known = _longest([*known, *_beside(passage, known, names)])
    if misheard := list(_misheard_streets(passage, known, names)):
        known = _longest([*known, *misheard])
        known = _longest([*known, *_beside(passage, known, names)])
    return _longest([*known, *_misheard_places(passage, known, names)])


def _runs_over(passage: Passage, mention: Mention, found: Sequence[Mention]) -> bool:
    """Whether a comma parts its words, behind which a landmark begins: 'Cedar, Riverside Plaza'."""
    return passage.parted(mention.first, mention.last - 1, Stop.COMMA) and any(
        other.landmarks
        and mention.first < other.first < mention.last < other.last
        and not passage.parted(other.first, other.last - 1, Stop.COMMA)
        for other in found
    )


def _without_towns_streets(passage: Passage, found: list[Mention]) -> list[Mention]:
    """Without streets that are called like a city where that is meant: 'in Bloomington, by 34th',
    but not 'in Bloomington and Lake'."""
    said = passage.ending("in_town")
    if not said:
        return found
    towns = {
        (mention.first, mention.last)
        for mention in found
        if mention.first in said and any(area.kind == CITY for area in mention.areas)
        if passage.tokens[mention.last - 1].stop >= Stop.COMMA
        or mention.last not in passage.beginning("crosses", "street_type")
    }
    return [each for each in found if not (each.streets and (each.first, each.last) in towns)]


def _is_common(passage: Passage, mention: Mention) -> bool:
    """Whether it is a word that mostly means what it says, such as 'church', and nothing says that
    it is a street; 'la Lake y como a las tres', but not 'la como'."""
    common = passage.beginning("common", "ordinary").get(mention.first)
    return (
        common is not None
        and common.last == mention.last
        and passage.tokens[mention.first].text.islower()
        and mention.last not in passage.beginning("street_type")
        and (common.kind == "common" or mention.first not in passage.ending("definite"))
    )


def _beside(passage: Passage, known: Sequence[Mention], names: Names) -> Iterator[Mention]:
    """What stands beside a street as another that crosses it, if one does: '28 and Lake', 'la Leic
    con la Grand'."""
    streets, joins = [mention for mention in known if mention.streets], passage.once(_joins)
    if not streets or not joins:
        return
    numbers = {(number.first, number.last): number for number in passage.numbers}
    said = passage.marked
    # 'The gas at 34th' is no 'Texas at 34th'.
    definite = passage.beginning("definite") if passage.lexicon.language == "en" else {}
    for mention in streets:
        begins, ends = _gaps_beside(passage, mention)
        yield from _numbers_beside(passage, known, mention, (begins, ends), names.gazetteer)
        for first, last in _spans_beside(passage, begins, ends):
            if (
                not said.issuperset(range(first, last))
                and first not in definite
                and not any(at < last and first < until for at, until in numbers)
                and _free(passage, known, first, last)
            ):
                words = passage.plain[first:last]
                likeness, places = names.alike_across(words, mention.streets)
                if places:
                    yield Mention(first, last, places, likeness)


def _numbers_beside(
    passage: Passage,
    known: Sequence[Mention],
    mention: Mention,
    gaps: tuple[Sequence[int], Sequence[int]],
    gazetteer: Gazetteer,
) -> Iterator[Mention]:
    """Numbers beside a street that are known to cross it, whatever else is called so: '28 and
    Lake', 'Lyndale y 36'."""
    begins, ends = gaps
    nouns = passage.of("people", "officers", "others")
    starts = {each.first for each in passage.numbers} | {each.first for each in nouns}
    stops = {each.last for each in passage.numbers}
    for number in passage.numbers:
        if number.first in begins:
            # 'On Lake at seven twenty-six', 'on Lake and forty people'
            is_counted = number.last in starts and not passage.parted(number.last - 1, number.last)
        elif number.last in ends:
            # 'At seven forty, at Nicollet and 86th'
            is_counted = passage.parted(number.last - 1, number.last, Stop.COMMA) or (
                number.first in stops and not passage.parted(number.first - 1, number.first)
            )
        else:
            continue
        # 'Four on this side of Lake and four on the other.'
        is_counted |= (
            number.value < TEENS
            and passage.lexicon.language == "en"
            and not (number.is_ordinal or passage.plain[number.first][0].isdigit())
        )
        if is_counted or any(
            each.first < number.last
            and number.first < each.last
            and (each.has_type or (each.first, each.last) != (number.first, number.last))
            for each in known
        ):
            continue
        numbered = gazetteer.number(number.value, None)
        meets = gazetteer.crossings(numbered, mention.streets)
        if any(crossing.point is not None for crossing in meets):
            yield Mention(number.first, number.last, numbered)


def _gaps_beside(passage: Passage, mention: Mention) -> tuple[Sequence[int], Sequence[int]]:
    """Where what a joining word parts from a street may begin behind it, and end before it."""
    joining = passage.once(_joins) | passage.once(_types)
    begins, ends = list[int](), list[int]()
    # As far as nothing but such words stands between.
    at = mention.last
    while at in joining and at + 1 < len(passage.tokens):
        at += 1
        if are_joined(passage, mention.last, at):
            begins.append(at)
    at = mention.first
    while at > 1 and at - 1 in joining:
        at -= 1
        if are_joined(passage, at, mention.first):
            ends.append(at)
    return begins, ends


def _spans_beside(
    passage: Passage, begins: Sequence[int], ends: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Words between such gaps, the longest first."""
    for length in (3, 2, 1):
        yield from ((at, at + length) for at in begins if at + length <= len(passage.tokens))
        yield from ((at - length, at) for at in ends if at >= length)


def _longest(found: Sequence[Mention]) -> list[Mention]:
    """Of those that overlap the longest; in order. What the same words may mean is together."""
    if len(found) < 2:
        return list(found)
    together: dict[tuple[int, int], Mention] = {}
    for mention in sorted(found, key=lambda each: -each.likeness):
        same = together.get((mention.first, mention.last))
        if same is not None:
            places = tuple(dict.fromkeys((*same.places, *mention.places)))
            has_type = same.has_type or mention.has_type
            mention = replace(same, places=places, has_type=has_type)
        together[mention.first, mention.last] = mention
    kept: list[Mention] = []
    for mention in sorted(
        together.values(), key=lambda m: (m.first - m.last, -m.likeness, m.first)
    ):
        if all(mention.last <= other.first or other.last <= mention.first for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.first)


def _typed(passage: Passage, found: Sequence[Mention]) -> Iterator[Mention]:
    """Streets with the word that says they are one, before or behind."""
    types = passage.of("street_type")
    behind = {mark.first: mark for mark in types}
    ahead = {mark.last: mark for mark in types}
    articles = passage.ending("street_article")
    for mention in found:
        if not mention.streets:
            # 'Mound Street' is another street, and not in Mound.
            mark = behind.get(mention.last)
            if mark is None or mention.landmarks or not _is_type(passage, mention, mark):
                yield mention
            continue
        article = articles.get(mention.first)
        last_word = passage.tokens[mention.last - 1].plain
        if (mark := behind.get(mention.last)) is not None and not passage.parted(
            mention.first, mention.last, Stop.COMMA
        ):
            if places := tuple(each for each in mention.places if _may_be(each, mark.value)):
                first = mention.first if article is None else article.first
                typed = replace(mention, first=first, last=mark.last, places=places, has_type=True)
                yield _sided(passage, typed)
            continue
        if article is not None:
            # 'La Washburn' is a school, and in 'la Washburn y la 53' an avenue.
            yield replace(mention, first=article.first)
        mark = ahead.get(mention.first)
        # 'Eat Street, Nicollet and 26th.'
        if mark is not None and not passage.parted(mark.first, mention.first, Stop.COMMA):
            yield replace(mention, first=mark.first, has_type=True)
        else:
            has_type = last_word in TYPES or last_word in TYPES.values()
            yield _sided(passage, replace(mention, has_type=has_type)) if has_type else mention


def _is_type(passage: Passage, mention: Mention, mark: Mark) -> bool:
    """Whether the type behind a name is its own, and not the next one's: 'en Richfield, calle
    66'."""
    is_name = passage.tokens[mark.first].text[:1].isupper()
    return is_name and not passage.parted(mention.first, mention.last, Stop.COMMA)


def _may_be(place: Place, kind: str) -> bool:
    """Whether a place may be of a type that was said: a street and an avenue of one number are two,
    where of those with names the type is often mistaken."""
    number = number_of(place.name)
    return number is None or number[1] == kind


def _sided(passage: Passage, mention: Mention) -> Mention:
    """With the 'South' behind 'Columbus Avenue'."""
    side = next((each for each in passage.of("side") if each.first == mention.last), None)
    # 'Concord Street, South St. Paul.'
    is_its = side is not None and not passage.parted(mention.first, side.first, Stop.COMMA)
    return replace(mention, last=side.last) if side is not None and is_its else mention


def is_name(passage: Passage, mention: Mention) -> bool:
    """Whether it can be nothing but a name: a common word, such as 'park' or 'como', is none unless
    something says so."""
    token = passage.tokens[mention.first]
    if _is_other_name(passage, mention):
        return False
    if mention.last - mention.first > 1 or mention.has_type:
        return True
    if token.text[0].isdigit():
        return _is_highway(passage, mention)
    starts = mention.first == 0 or passage.tokens[mention.first - 1].stop >= Stop.SENTENCE
    if passage.once(_has_no_capitals):
        # Some recognisers write none: then what stands before it has to say so.
        return is_behind_preposition(passage, mention) and not _is_word(passage, mention)
    return token.text[:1].isupper() and not (starts and _is_word(passage, mention))


def _is_highway(passage: Passage, mention: Mention) -> bool:
    """Whether a number alone is one that somebody is on: 'on 94 westbound', but not 'on 94
    people'."""
    counted = passage.beginning("people", "officers", "others", "unit", "vehicle")
    return mention.last not in counted and is_along(passage, mention)


def _may_be_name(passage: Passage, mention: Mention) -> bool:
    """Whether nothing but a preposition is missing to one that is written without capitals."""
    return (
        passage.once(_has_no_capitals)
        and not _is_word(passage, mention)
        and not _is_other_name(passage, mention)
    )


def _is_other_name(passage: Passage, mention: Mention) -> bool:
    """Whether its words are called something else, too, that is more likely meant: 'Texas',
    'Sherburne County', 'Cold Spring'."""
    if mention.has_type or mention.last - mention.first > 1:
        return False
    first, last = mention.first, mention.last
    if first in passage.ending("titled") and not passage.parted(first - 1, first, Stop.COMMA):
        return True
    if not mention.streets and not mention.landmarks and _has_name_behind(passage, mention):
        return True
    if not mention.streets:
        return False
    if first in passage.ending("held_at"):
        return True  # 'they have him in Sherburne'
    if last in passage.ending("other_city") and not _may_be_crossed(passage, last):
        return True  # 'they flew in from Chicago'
    if first in passage.beginning("jail") and not is_along(passage, mention):
        return True
    state = passage.beginning("plate_state").get(first)
    if state is not None and state.last == last and not is_along(passage, mention):
        return True
    if last in passage.beginning("county") and not passage.parted(first, last):
        return True
    return _has_name_before(passage, first)


def _may_be_crossed(passage: Passage, last: int) -> bool:
    """Whether what joins two streets stands behind one, and then a name or an article."""
    at = last + 1
    if last not in passage.once(_joins) or at >= len(passage.tokens):
        return False
    return at in passage.beginning("street_article") or not passage.tokens[at].text[0].islower()


def _has_name_behind(passage: Passage, mention: Mention) -> bool:
    """Whether a part of town is the first word of another name: 'Sheridan Hills', unless that is
    known."""
    at = mention.last
    if at >= len(passage.tokens) or any(each.kind == CITY for each in mention.areas):
        return False
    word = passage.tokens[at].text
    return (
        word[:1].isupper()
        and not word.isupper()
        and word[1:2] not in APOSTROPHES
        and at not in passage.marked
        and not passage.parted(at - 1, at, Stop.COMMA)
    )


def _has_name_before(passage: Passage, first: int) -> bool:
    """Whether a word with a capital stands before a name as a part of it: not one that begins a
    sentence, nor one that is known."""
    if first < 2 or passage.parted(first - 1, first, Stop.COMMA):
        return False
    before, further = passage.tokens[first - 1], passage.tokens[first - 2]
    return (
        before.text[:1].isupper()
        and not before.text.isupper()
        and further.stop < Stop.SENTENCE
        and first - 1 not in passage.marked
    )


def _is_word(passage: Passage, mention: Mention) -> bool:
    """Whether the lexicon knows it, too."""
    return any((mark.first, mark.last) == (mention.first, mention.last) for mark in passage.marks)


def _has_no_capitals(passage: Passage) -> bool:
    """Such as 'I'm' and 'ICE' are none."""
    words = [token.text for token in passage.tokens]
    return all(map(str.isupper, words)) or not any(
        word[0].isupper() and not word.isupper() and word[1:2] not in APOSTROPHES for word in words
    )


def _numbered(passage: Passage, gazetteer: Gazetteer) -> Iterator[Mention]:
    """'38th Street', 'la calle 38', and '38th' alone, which may be a street or an avenue."""
    types = passage.of("street_type")
    behind = {mark.first: mark for mark in types}
    ahead = {mark.last: mark for mark in types}
    articles = passage.ending("street_article")
    # 'Veinticuatro la docena.'
    counted = passage.lexicon.language in SPOKEN
    # 'My cleaning on the twenty-second.'
    joins = passage.once(_joins)
    dated = {
        mark.last
        for mark in (passage.of("definite") if passage.lexicon.language == "en" else ())
        if mark.first - 1 not in joins and mark.first not in joins
    }
    dozens = passage.beginning("number") if counted else set()
    # 'A las siete y cuarto.'
    clock = {at for mark in passage.of("clock_behind") for at in range(mark.first, mark.last)}
    for number in passage.numbers:
        if (
            number.first in dozens
            or number.first in clock
            or (number.is_ordinal and number.first in dated and number.last not in behind)
            or _is_else(passage, number, articles.get(number.first))
        ):
            continue
        named = number.is_ordinal or number.first in articles
        mark = behind.get(number.last) if named else None
        first, last = number.first, number.last
        if mark is not None:
            last = mark.last
        elif (mark := ahead.get(number.first)) is not None and not passage.parted(
            mark.first, number.first, Stop.COMMA
        ):
            first = mark.first
        elif (article := articles.get(number.first)) is not None:
            # 'La treinta y cinco' is as well what a highway is called.
            first = article.first
        elif not number.is_ordinal:
            continue
        # 'La 4th Avenue' is as long as 'la 4th', which may be a street.
        if mark is not None and (article := articles.get(first)) is not None:
            first = article.first
        streets = gazetteer.number(number.value, None if mark is None else mark.value)
        for side in passage.of("side"):
            on_it = tuple(street for street in streets if street.side == side.value)
            if on_it and side.first == last:  # '26th Avenue North'
                streets, last = on_it, side.last
            elif mark is not None and side.value in "NS" and _is_ahead(passage, side, first):
                streets, first = on_it or streets, side.first  # 'South 6th Street'
        if streets:
            yield Mention(first, last, streets, has_type=mark is not None)


def _is_ahead(passage: Passage, side: Mark, first: int) -> bool:
    """Whether a side of town belongs to the street behind it: '4th Avenue South, 35th Street' lies
    on no South 35th."""
    ends_other = side.first in passage.ending("street_type")
    return side.last == first and not (ends_other or passage.parted(first - 1, first, Stop.COMMA))


def _is_else(passage: Passage, number: Number, article: Mark | None) -> bool:
    """Whether a number with an article is no street's: 'a la una', 'la tercera vez'."""
    if number.last in passage.beginning("street_type", "side"):
        return False
    first = number.first if article is None else article.first
    if (
        article is not None
        and number.value <= HOURS
        and any(
            mark.first < article.first and mark.last == article.last
            for mark in passage.of("clock_at")
        )
    ):
        return True
    word = passage.plain[number.first]
    if not number.is_ordinal or word[0].isdigit() or passage.parted(first, number.last - 1):
        return False
    if number.last == len(passage.tokens) or passage.tokens[number.last - 1].stop > Stop.NONE:
        return False
    return number.last not in passage.beginning("crosses", "crosses_known", "preposition", "break")


def are_joined(passage: Passage, last: int, first: int) -> bool:
    """Whether 'and', 'at' or 'con la' stands between two streets, and nothing that parts them."""
    if not 0 < first - last <= BETWEEN or passage.parted(last - 1, first):
        return False
    joins, types = passage.once(_joins), passage.once(_types)
    pauses = passage.beginning("filler")  # 'and like 34th'
    between = range(last, first)
    return any(at in joins for at in between) and all(
        at in joins or at in types or at in pauses for at in between
    )


def do_meet(passage: Passage, last: int, first: int) -> bool:
    """The same, of two that are known: 'Lake, on Cedar', 'donde cruza la Arcade'."""
    if not 0 < first - last <= BETWEEN or passage.parted(last - 1, first):
        return False
    weak = {at for mark in passage.of("crosses_known") for at in range(mark.first, mark.last)}
    types, between = passage.once(_types), range(last, first)
    return any(at in weak for at in between) and all(at in weak or at in types for at in between)


def _joins(passage: Passage) -> frozenset[int]:
    return frozenset(at for mark in passage.of("crosses") for at in range(mark.first, mark.last))


def _types(passage: Passage) -> frozenset[int]:
    marks = passage.of("street_type", "street_article")
    return frozenset(at for mark in marks for at in range(mark.first, mark.last))


def is_along(passage: Passage, mention: Mention) -> bool:
    """Whether what names a street, and may name a part of town or a landmark too, is said to be the
    street: 'on Hiawatha', 'sobre Johnson'."""
    return bool(mention.streets) and mention.first in passage.ending("along")


def do_cross(passage: Passage, mention: Mention) -> bool:
    """Whether words before a street say that it crosses another, such as 'just passed'."""
    marks = passage.of("crosses", "crosses_known")
    return any(mark.first < mention.first <= mark.last for mark in marks)


def is_numbered(passage: Passage, mention: Mention) -> bool:
    """Whether it is a street by its number: '40th'."""
    return any(number.first == mention.first for number in passage.numbers)


def is_where(passage: Passage, mention: Mention) -> bool:
    """Whether a name is said to be where it is: a word such as 'at' stands before it, or it is what
    a sentence begins with."""
    if not (is_name(passage, mention) or _may_be_name(passage, mention)):
        return False
    first = mention.first
    pausing = passage.once(_pauses)
    while first - 1 in pausing:
        first -= 1
    if first == 0 or passage.tokens[first - 1].stop >= Stop.SENTENCE:
        return True
    leading = passage.of("preposition", "crosses", "crosses_known", "along")
    return any(mark.first < first <= mark.last for mark in leading)


def is_behind_preposition(passage: Passage, mention: Mention) -> bool:
    return any(mark.first < mention.first <= mark.last + 1 for mark in passage.of("preposition"))


def _free(passage: Passage, known: Sequence[Mention], first: int, last: int) -> bool:
    """Whether words may be a name that was misheard: no known one is among them, no pause, and not
    all of them are words like any other."""
    if first < 0 or last > len(passage.tokens) or passage.parted(first, last - 1, Stop.COMMA):
        return False
    for mention in known:
        if mention.first < last and first < mention.last:
            return False
    if not passage.once(_joins).isdisjoint(range(first, last)):
        return False
    if any(word[0].isdigit() for word in passage.plain[first:last]):
        return False  # 'at 10:40' is at no Highway 100
    # 'And like' is no 'and Lake', 'caps ICE at Rice' no 'Case at Rice', a bakery no Baker Street.
    return not passage.once(_ordinary).issuperset(range(first, last))


def _ordinary(passage: Passage) -> frozenset[int]:
    marks = passage.of("filler", "correction", "officers", "common", "ordinary")
    return frozenset(at for mark in marks for at in range(mark.first, mark.last))


def _pauses(passage: Passage) -> frozenset[int]:
    marks = passage.of("filler", "correction", "officers")
    return frozenset(at for mark in marks for at in range(mark.first, mark.last))


def _misheard_streets(
    passage: Passage, known: Sequence[Mention], names: Names
) -> Iterator[Mention]:
    """Words beside a street, or before 'street', that are alike to a street's name. 'Aquí en la
    avenida 22' names no Aquila Avenue."""
    leading = {at for mark in passage.of("preposition") for at in range(mark.first, mark.last)}
    types = passage.beginning("street_type")
    joins = passage.of("crosses")
    streets = [mention for mention in known if mention.streets]
    beside_end = {mark.last for mark in joins for m in streets if m.last == mark.first}
    beside_begin = {mark.first for mark in joins for m in streets if m.first == mark.last}

    # 'Nicolette and 26.'
    counted = {number.first for number in passage.numbers if not number.is_article}
    before_number = {mark.first for mark in passage.of("and") if mark.last in counted}

    if not (beside_end or beside_begin or types or before_number):
        return
    spoken = {at for each in passage.numbers for at in range(each.first, each.last)}
    for length in (3, 2, 1):
        spans = [
            *((first, first + length, LIKENESS) for first in beside_end),
            *((last - length, last, LIKENESS) for last in beside_begin),
            *((last - length, last, LIKENESS) for last in types),
            *((last - length, last, ALONE) for last in before_number - beside_begin),
        ]
        for first, last, least in dict.fromkeys(spans):
            at = range(first, last)
            # 'Cedar and 140th' is no 'Cedar and 10th'.
            if not (leading.isdisjoint(at) and spoken.isdisjoint(at)):
                continue
            if _free(passage, known, first, last):
                likeness, places = names.alike(passage.plain[first:last], STREET, least)
                mark = types.get(last)
                if mark is not None:  # 'up to drive' is no Upton Avenue
                    places = tuple(each for each in places if each.name.endswith(f" {mark.value}"))
                if places:
                    end = mark.last if mark is not None else last
                    yield Mention(first, end, places, likeness, has_type=mark is not None)


def _misheard_places(passage: Passage, known: Sequence[Mention], names: Names) -> Iterator[Mention]:
    """Words behind 'at' that are alike to a landmark's or an area's name."""
    joins = passage.beginning("crosses", "break")
    said, count = passage.marked, len(passage.tokens)
    # Behind such a word, and where some word is none of ours within reach.
    ends = [
        first
        for first in passage.ending("preposition")
        if not said.issuperset(range(first, min(first + 4, count)))
    ]
    for length in (4, 3, 2, 1):
        for first in ends:
            last = first + length
            if said.issuperset(range(first, last)) or last - 1 in joins:
                continue
            if _free(passage, known, first, last):
                for kind in (LANDMARK, AREA):
                    words = passage.plain[first:last]
                    likeness, places = names.alike(words, kind, ALONE)
                    if places and not _is_part(words, places):
                        yield Mention(first, first + length, places, likeness)


def _is_part(words: Sequence[str], places: Sequence[Place]) -> bool:
    """Whether words are some of a name's: what was left out was not misheard. 'The light rail' is
    no 'VA light rail'."""
    names = (name for place in places for name in (place.name, *place.names))
    wholes = ({token.plain for token in tokens_of(name)} - ARTICLES for name in names)
    return any({*words} < whole for whole in wholes)


def house_of(passage: Passage, mention: Mention) -> Number | None:
    """'2400 Bloomington', '2700 block of Park Avenue', 'forty-two fourteen Cedar'."""
    # '1415 East 22nd Street', too.
    kinds = ("block", "side") if mention.has_type else ("block",)
    block = {at for mark in passage.of(*kinds) for at in range(mark.first, mark.last)}
    # '3128, uh, it's Pleasant Avenue.'
    pauses = passage.of("filler", "definite") if mention.has_type else ()
    paused = block.union(at for mark in pauses for at in range(mark.first, mark.last))
    for number in (*_in_pairs(passage), *passage.numbers):
        if number.is_ordinal or number.value < 100:
            continue
        between = range(number.last, mention.first)
        leading = paused if number.value >= LEAST_BEHIND else block
        if len(between) <= 3 and number.last <= mention.first and leading.issuperset(between):
            return number
    return None


def house_behind(passage: Passage, mention: Mention) -> Number | None:
    """'On Bryant, thirty-five forty-one', 'en la Blaisdell, en el 3010': not what is counted
    there."""
    leading = passage.of("preposition", "definite", "spelling_gap")
    between = {at for mark in leading for at in range(mark.first, mark.last)}
    counted = {each.first for each in passage.of("people", "officers", "others", "unit")}
    plates = {at for mark in passage.of("plate") for at in range(mark.first, mark.last + 1)}
    said = {at for at in passage.ending("house_number") if at - 1 not in plates}
    for number in (*_in_pairs(passage), *passage.numbers):
        gap = range(mention.last, number.first)
        # 'On Central Avenue in Columbia Heights, number 4020.'
        if (
            number.first in said
            and LEAST_SAID <= number.value <= MOST_BEHIND
            and 0 < len(gap) <= SAID_BEHIND
            and not passage.parted(mention.last - 1, number.first)
        ):
            return number
        if (
            LEAST_BEHIND <= number.value <= MOST_BEHIND
            and number.first >= mention.last
            and len(gap) <= 2
            and between.issuperset(gap)
            and not number.is_ordinal
            and number.last not in counted
            and passage.parted(mention.last - 1, number.first, Stop.COMMA)
            and not passage.parted(mention.last - 1, number.first)
            and not passage.parted(number.first, number.last - 1, Stop.COMMA)
        ):
            return number
    return None


def _in_pairs(passage: Passage) -> Iterator[Number]:
    """House numbers said by two digits at a time."""
    ors = passage.beginning("or")
    noughts = {m.first for m in passage.of("digit") if m.value == "0" and m.first not in ors}
    for one, other in pairwise(passage.numbers):
        if (
            one.last == other.first
            and not (one.is_ordinal or other.is_ordinal)
            and not passage.parted(one.first, other.first, Stop.COMMA)
            and 10 <= one.value <= 99
            and len(other.digits) == 2
        ) or (
            other.first - one.last == 1
            and one.last in noughts
            and not passage.parted(one.first, other.first, Stop.COMMA)
            and 10 <= one.value <= 99
            and other.value <= 9
        ):
            yield Number(one.first, other.last, one.value * 100 + other.value)
