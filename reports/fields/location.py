"""Where it is: what of the caller's words names a place, and which places that may be.

Words are kept as they are. A place is settled only where one alone is meant: two streets that cross
once, a landmark with one name. Else all that it may be are candidates, and a person chooses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, takewhile
from typing import Final

from jellyfish import metaphone
from rapidfuzz import fuzz, process

from places.gazetteer import Area, Gazetteer, Landmark, Point, Street
from reports.fields.counting import SPOKEN, Number
from reports.fields.finding import Finding, taken_back
from reports.fields.heading import going_spans
from reports.fields.lexicon import MOST_WORDS, Lexicon
from reports.fields.said import Passage, Stop, tokens_of
from reports.questions import WHERE

STREET: Final = "street"
LANDMARK: Final = "landmark"
AREA: Final = "area"
TYPES: Final[Mapping[str, str]] = {
    "st": "street",
    "ave": "avenue",
    "blvd": "boulevard",
    "rd": "road",
    "dr": "drive",
    "pkwy": "parkway",
    "hwy": "highway",
    "ln": "lane",
    "pl": "place",
    "ter": "terrace",
}
"""How the types that names end with are said."""
SCHOOL: Final = "school"
SCHOOL_WORDS: Final = frozenset(
    ["elementary", "middle", "high", "community", "dual", "school", "academy", "magnet", "college"]
)
"""That stand behind a school's own name, and are mostly left out when it is spoken of."""
JOINS: Final = frozenset(["and", "y", "iyo", "con", "at"])
"""That stand between two streets in a landmark's alias."""
LIKENESS: Final = 82.0
"""Of 100: of words that stand beside a street, or before 'street', and are taken for one."""
SOUNDS: Final = 74.0
"""The same, of words that sound alike by their consonants (Metaphone)."""
ACROSS: Final = 72.0
"""The same, of streets that are known to cross the one beside."""
UNKNOWN_TO_MEET: Final = 6.0
"""Taken from it, where the list of places does not say whether the two meet."""
SAME_SOUND: Final = 14.0
"""Added to it, of words that sound alike."""
SOUND_BONUS: Final = LIKENESS - SOUNDS
"""With it, what is 74 alike and sounds so is as good as what is 82 alike."""
ALONE: Final = 90.0
"""The same, of words behind 'at' or 'near' alone."""
PASSING: Final = "passing"
"""The lexicon's kind for 'I live', 'I work', 'on my way to'."""
NOW_AT: Final = "now_at"
"""The lexicon's kind for 'now they are'."""
CLOSE: Final = 5000.0
"""Metres from a part of town, or a landmark, within which something is still there."""
CLEARLY: Final = 1000.0
"""Metres by which anything else has to be farther than twice as far."""
BETWEEN: Final = 6
"""Words between two streets at the most, all of which say that they meet."""
SAID_WITHIN: Final = 4
"""Words between these and the place at the most."""
LEAD: Final = 4.0
"""By so much the most alike has to lead."""
SHORTEST: Final = 4
"""Letters of what is compared at the least: less is alike to anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant."""

    name: str
    city: str
    point: Point | None
    near: str = ""
    """Of a landmark: its nearest crossing."""


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


Place = Street | Landmark | Area


@dataclass(frozen=True)
class Mention:
    """Words that name places, all that they may mean: `first` up to `last` and without it."""

    first: int
    last: int
    places: tuple[Place, ...]
    likeness: float = 100.0
    has_type: bool = False
    """It is said to be a street: 'Park Avenue', not 'the park'."""

    @property
    def streets(self) -> tuple[Street, ...]:
        return tuple(place for place in self.places if isinstance(place, Street))

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        return tuple(place for place in self.places if isinstance(place, Landmark))

    @property
    def areas(self) -> tuple[Area, ...]:
        return tuple(place for place in self.places if isinstance(place, Area))


@dataclass(frozen=True)
class Names:
    """The names of a gazetteer, ready to be found among words."""

    gazetteer: Gazetteer
    _lengths: dict[tuple[str, int], Sequence[str]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _crossed: dict[tuple[Street, ...], Mapping[str, bool]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def _named(self) -> Mapping[str, Mapping[str, tuple[Place, ...]]]:
        found: dict[str, dict[str, list[Place]]] = {STREET: {}, LANDMARK: {}, AREA: {}}
        known = self.gazetteer
        streets = {phrase for street in known.streets for phrase in _phrases(street)}
        everything = ((STREET, known.streets), (LANDMARK, known.landmarks), (AREA, known.areas))
        for kind, places in everything:
            for place in places:
                for phrase in _phrases(place):
                    if kind == LANDMARK and _is_crossing(phrase, streets):
                        continue  # 'Lake and Cedar' is the corner before the station there
                    found[kind].setdefault(phrase, []).append(place)
        return {
            kind: {phrase: tuple(dict.fromkeys(places)) for phrase, places in names.items()}
            for kind, names in found.items()
        }

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon.of(
            "", {kind: {name: [name] for name in names} for kind, names in self._named.items()}
        )

    @cached_property
    def _joined(self) -> Mapping[str, Mapping[str, tuple[Place, ...]]]:
        """Names without the gaps between their words, for comparing what was misheard."""
        found: dict[str, dict[str, tuple[Place, ...]]] = {}
        for kind, names in self._named.items():
            joined: dict[str, tuple[Place, ...]] = {}
            for phrase, places in names.items():
                one = phrase.replace(" ", "")
                joined[one] = tuple(dict.fromkeys((*joined.get(one, ()), *places)))
            found[kind] = joined
        return found

    @cached_property
    def _sounds(self) -> Mapping[str, str]:
        return {one: metaphone(one) for names in self._joined.values() for one in names}

    def exact(self, words: Sequence[str]) -> list[Mention]:
        """What is named as the gazetteer has it."""
        return [
            Mention(mark.first, mark.last, self._named[mark.kind][mark.value])
            for mark in self._lexicon.marks(words)
        ]

    def alike(
        self, words: Sequence[str], kind: str, least: float
    ) -> tuple[float, tuple[Place, ...]]:
        """The places of a kind whose name is most alike to words, and how alike (0 to 100); (0, ())
        where none is, or two are as much."""
        heard = "".join(words)
        if len(heard) < SHORTEST:
            return 0.0, ()
        sound = metaphone(heard)
        near = process.extract(
            heard, self._as_long(kind, len(heard)), scorer=fuzz.ratio, score_cutoff=SOUNDS, limit=4
        )
        scored = sorted(
            (
                (score + (SOUND_BONUS if self._sounds[name] == sound else 0.0), name)
                for name, score, _ in near
            ),
            reverse=True,
        )
        if not scored or scored[0][0] < least:
            return 0.0, ()
        best, name = scored[0]
        places = self._joined[kind][name]
        rivals = [score for score, other in scored[1:] if self._joined[kind][other] != places]
        if rivals and best - rivals[0] < LEAD:
            return 0.0, ()
        return min(best, 99.0), places

    def _as_long(self, kind: str, letters: int) -> Sequence[str]:
        """Names of a kind that may be alike enough to one of so many letters: by far longer and
        shorter ones cannot."""
        if (kind, letters) not in self._lengths:
            shortest = letters * SOUNDS / (200 - SOUNDS)
            longest = letters * (200 - SOUNDS) / SOUNDS
            self._lengths[kind, letters] = tuple(
                name for name in self._joined[kind] if shortest <= len(name) <= longest
            )
        return self._lengths[kind, letters]

    def alike_across(
        self, words: Sequence[str], across: tuple[Street, ...]
    ) -> tuple[float, tuple[Place, ...]]:
        """As `alike`, among the streets alone that are known to cross some: of so few, less alike
        is enough."""
        heard = "".join(words)
        if len(heard) < SHORTEST:
            return 0.0, ()
        sound = metaphone(heard)
        known = self._across(across)
        near = process.extract(
            heard, known.keys(), scorer=fuzz.ratio, score_cutoff=ACROSS - SAME_SOUND, limit=8
        )
        scored = sorted(
            (
                (
                    score
                    + (SAME_SOUND if self._sounds[name] == sound else 0)
                    - (0 if known[name] else UNKNOWN_TO_MEET),
                    name,
                )
                for name, score, _ in near
            ),
            reverse=True,
        )
        if not scored or scored[0][0] < ACROSS:
            return 0.0, ()
        best, name = scored[0]
        places = self._joined[STREET][name]
        rivals = [
            score for score, other in scored[1:] if not set(self._joined[STREET][other]) & {*places}
        ]
        if rivals and best - rivals[0] < LEAD:
            return 0.0, ()
        return min(best, 95.0), places

    def _across(self, streets: tuple[Street, ...]) -> Mapping[str, bool]:
        """Names of the streets that may cross some, and whether they are known to."""
        if streets not in self._crossed:
            found: dict[str, bool] = {}
            for name, places in self._joined[STREET].items():
                others = [place for place in places if isinstance(place, Street)]
                meets = self.gazetteer.crossings(others, streets)
                if meets and len(name) >= SHORTEST:
                    found[name] = any(crossing.point is not None for crossing in meets)
            self._crossed[streets] = found
        return self._crossed[streets]


def _is_crossing(phrase: str, streets: Collection[str]) -> bool:
    words = phrase.split()
    return any(
        word in JOINS and _is_street(words[:at], streets) and _is_street(words[at + 1 :], streets)
        for at, word in enumerate(words)
    )


def _phrases(place: Place) -> Iterator[str]:
    # Of a chain, 'Target (Quarry)', each is a 'Target'.
    chain = place.name.partition(" (")[0]
    for name in dict.fromkeys((place.name, chain, *place.names)):
        words = [token.plain for token in tokens_of(name)]
        if not words or len(words) > MOST_WORDS:
            continue
        yield " ".join(words)
        if isinstance(place, Landmark) and place.kind == SCHOOL:
            own = list(takewhile(lambda word: word not in SCHOOL_WORDS, words))
            if own and own != words:
                yield " ".join([*own, "school"])
                yield " ".join(["escuela", *own])
        if isinstance(place, Street) and words[-1] in TYPES:
            yield " ".join([*words[:-1], TYPES[words[-1]]])
            if len(words) > 1:
                yield " ".join(words[:-1])


def location_said(passages: Sequence[Passage], names: Names) -> Finding[Location] | None:
    """Where it is: what was said at 'where' before the rest; None where no place is named."""
    ordered = sorted(passages, key=lambda passage: passage.question != WHERE)
    found = [each for passage in ordered for each in _located(passage, names)]
    if not found:
        return None
    whole = [each for each in found if len(each.value.streets) == 2]
    back = taken_back(whole)
    best = max((each for each in found if each not in back), key=_worth)
    best = replace(best, before=tuple(each.value for each in back))
    city = next((each.value.city for each in found if each.value.city and each.value.area), None)
    best = best if city is None else _within(best, city)
    mentioned = (
        [mention.places for passage in ordered for mention in _mentions(passage, names)]
        if len(best.value.candidates) > 1
        else []
    )
    return _narrowed(best, mentioned)


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


def _worth(finding: Finding[Location]) -> tuple[bool, ...]:
    """Where it is said to be now before where it was, and where the caller lives or works last.
    Else a crossing before a landmark, that before a house or a street, an area alone last."""
    location = finding.value
    return (
        not _is_before(finding, PASSING),
        len(location.streets) == 2 and _is_before(finding, NOW_AT),
        len(location.streets) == 2,
        location.landmark is not None,
        bool(location.streets) and location.number is not None,
        bool(location.streets),
    )


def _is_before(finding: Finding[Location], kind: str) -> bool:
    """Whether words of a kind stand before a place, in the same breath."""
    passage = finding.passage
    return any(
        0 <= finding.first - mark.last <= SAID_WITHIN
        and not passage.parted(mark.last - 1, finding.first, Stop.COMMA)
        for mark in passage.of(kind)
    )


def _within(finding: Finding[Location], city: str) -> Finding[Location]:
    """Of candidates in several cities those in the one that the caller names."""
    inside = tuple(each for each in finding.value.candidates if each.city == city)
    if not inside or finding.value.city is not None:
        return finding
    only = inside[0].name if len(inside) == 1 and finding.value.landmark else finding.value.landmark
    value = replace(finding.value, candidates=inside, city=city, landmark=only)
    return replace(finding, value=value)


def _located(passage: Passage, names: Names) -> Iterator[Finding[Location]]:
    mentions = _mentions(passage, names)
    crossed: set[int] = set()
    # 'Thomas Avenue in St. Paul, at Snelling.'
    around = [
        (one, other)
        for one, town, other in zip(mentions, mentions[1:], mentions[2:], strict=False)
        if town.areas and 0 <= town.first - one.last <= 1 and one.streets and other.streets
        if not passage.parted(one.last - 1, town.first, Stop.COMMA)
        if _joined(passage, town.last, other.first)
    ]
    for one, other in around:
        if (crossing := _crossing(passage, one, other, names)) is not None:
            yield crossing
            crossed |= {one.first, other.first}
    for one, other in pairwise(mentions):
        # 'Richfield, on Penn' is a city, and a street in it.
        settled = not (one.areas or other.areas)
        if (
            one.streets
            and other.streets
            and (
                _joined(passage, one.last, other.first)
                or (settled and _meet(passage, one.last, other.first))
            )
        ):
            crossing = _crossing(passage, one, other, names)
            if crossing is not None:
                yield crossing
                crossed |= {one.first, other.first}
    going = going_spans(passage)
    for mention in mentions:
        house = _house(passage, mention) if mention.streets else None
        if mention.first in crossed or (house is None and not _is_name(passage, mention)):
            continue
        # 'They went towards Franklin' says where they are not.
        if any(first <= mention.first < last for first, last in going):
            continue
        if house is not None:
            yield _street(passage, mention, names)
        elif mention.landmarks and not mention.has_type:
            yield _landmark(passage, mention)
        elif mention.areas and not mention.has_type:
            yield _area(passage, mention)
        elif (
            mention.has_type
            or mention.last - mention.first > 1
            or _behind_preposition(passage, mention)
        ):
            yield _street(passage, mention, names)


def _mentions(passage: Passage, names: Names) -> list[Mention]:
    words = [token.plain for token in passage.tokens]
    # A Ford Explorer is no Ford Parkway, and 'Dakota del Norte' no Dakota Avenue.
    others = [
        *(mark for mark in passage.of("vehicle") if mark.value != "none"),
        *(mark for mark in passage.of("plate_state") if mark.last - mark.first > 1),
    ]
    taken = {at for mark in others for at in range(mark.first, mark.last)}
    exact = [m for m in names.exact(words) if not taken.issuperset(range(m.first, m.last))]
    found = [*_typed(passage, exact), *_numbered(passage, names.gazetteer)]
    known = _longest(found)
    known = _longest([*known, *_beside(passage, known, names)])
    if misheard := list(_misheard_streets(passage, known, names)):
        known = _longest([*known, *misheard])
        known = _longest([*known, *_beside(passage, known, names)])
    return _longest([*known, *_misheard_places(passage, known, names)])


def _beside(passage: Passage, known: Sequence[Mention], names: Names) -> Iterator[Mention]:
    """What stands beside a street as another that crosses it, if one does: '28 and Lake', 'la Leic
    con la Grand'."""
    numbers = {(number.first, number.last): number for number in passage.numbers}
    said = passage.once(_said_words)
    for mention in known:
        if not mention.streets:
            continue
        for first, last in _spans_beside(passage, mention):
            if not _free(passage, known, first, last):
                continue
            if (number := numbers.get((first, last))) is not None:
                nouns = passage.of("people", "officers", "others")
                starts = {each.first for each in passage.numbers} | {each.first for each in nouns}
                if last in starts:
                    continue  # 'On Lake at seven twenty-six', 'on Lake and forty people'
                streets = names.gazetteer.number(number.value, None)
                meets = names.gazetteer.crossings(streets, mention.streets)
                if any(crossing.point is not None for crossing in meets):
                    yield Mention(first, last, streets)
            elif not said.issuperset(range(first, last)) and not any(
                at < last and first < until for at, until in numbers
            ):
                words = _plain(passage, first, last)
                likeness, places = names.alike_across(words, mention.streets)
                if places:
                    yield Mention(first, last, places, likeness)


def _spans_beside(passage: Passage, mention: Mention) -> Iterator[tuple[int, int]]:
    """Words that a joining word parts from a street, the longest first."""
    gaps, joins = range(1, BETWEEN + 1), passage.once(_joins)
    behind, ahead = list[int](), list[int]()
    if not joins.isdisjoint(range(mention.last, mention.last + BETWEEN)):
        behind = [mention.last + gap for gap in gaps if mention.last + gap < len(passage.tokens)]
    if not joins.isdisjoint(range(mention.first - BETWEEN, mention.first)):
        ahead = [mention.first - gap for gap in gaps if mention.first > gap]
    begins = [at for at in behind if _joined(passage, mention.last, at)]
    ends = [at for at in ahead if _joined(passage, at, mention.first)]
    for length in (3, 2, 1):
        yield from ((at, at + length) for at in begins if at + length <= len(passage.tokens))
        yield from ((at - length, at) for at in ends if at >= length)


def _longest(found: Sequence[Mention]) -> list[Mention]:
    """Of those that overlap the longest; in order. What the same words may mean is together."""
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
    articles = {mark.last: mark for mark in passage.of("street_article")}
    for mention in found:
        if not mention.streets:
            yield mention
            continue
        if (article := articles.get(mention.first)) is not None:
            # 'La Washburn' is a school, and in 'la Washburn y la 53' an avenue.
            yield replace(mention, first=article.first)
        last_word = passage.tokens[mention.last - 1].plain
        if (mark := behind.get(mention.last)) is not None and not passage.parted(
            mention.first, mention.last, Stop.COMMA
        ):
            yield _sided(passage, replace(mention, last=mark.last, has_type=True))
        elif (mark := ahead.get(mention.first)) is not None:
            yield replace(mention, first=mark.first, has_type=True)
        else:
            has_type = last_word in TYPES or last_word in TYPES.values()
            yield _sided(passage, replace(mention, has_type=has_type)) if has_type else mention


def _sided(passage: Passage, mention: Mention) -> Mention:
    """With the 'South' behind 'Columbus Avenue'."""
    side = next((each for each in passage.of("side") if each.first == mention.last), None)
    return mention if side is None else replace(mention, last=side.last)


def _is_name(passage: Passage, mention: Mention) -> bool:
    """Whether it can be nothing but a name: a common word, such as 'park' or 'como', is none unless
    something says so."""
    token = passage.tokens[mention.first]
    if mention.last - mention.first > 1 or mention.has_type:
        return True
    starts = mention.first == 0 or passage.tokens[mention.first - 1].stop >= Stop.SENTENCE
    is_word = any(
        (mark.first, mark.last) == (mention.first, mention.last) for mark in passage.marks
    )
    if passage.once(_has_no_capitals):
        # Some recognisers write none: then what stands before it has to say so.
        return not is_word and _behind_preposition(passage, mention)
    return token.text[:1].isupper() and not (starts and is_word)


def _has_no_capitals(passage: Passage) -> bool:
    return not any(token.text[:1].isupper() for token in passage.tokens)


def _numbered(passage: Passage, gazetteer: Gazetteer) -> Iterator[Mention]:
    """'38th Street', 'la calle 38', and '38th' alone, which may be a street or an avenue."""
    types = passage.of("street_type")
    behind = {mark.first: mark for mark in types}
    ahead = {mark.last: mark for mark in types}
    articles = {mark.last: mark for mark in passage.of("street_article")}
    # 'Veinticuatro la docena.'
    counted = passage.lexicon.language in SPOKEN
    dozens = {mark.first for mark in passage.of("number")} if counted else set()
    for number in passage.numbers:
        if number.first in dozens:
            continue
        named = number.is_ordinal or number.first in articles
        mark = behind.get(number.last) if named else None
        first, last = number.first, number.last
        if mark is not None:
            last = mark.last
        elif (mark := ahead.get(number.first)) is not None:
            first = mark.first
        elif (article := articles.get(number.first)) is not None:
            # 'La treinta y cinco' is as well what a highway is called.
            first = article.first
        elif not number.is_ordinal:
            continue
        streets = gazetteer.number(number.value, None if mark is None else mark.value)
        side = next((each for each in passage.of("side") if each.first == last), None)
        on_it = tuple(street for street in streets if side and street.side == side.value)
        if side is not None and on_it:  # '26th Avenue North'
            streets, last = on_it, side.last
        if streets:
            yield Mention(first, last, streets, has_type=mark is not None)


def _joined(passage: Passage, last: int, first: int) -> bool:
    """Whether 'and', 'at' or 'con la' stands between two streets, and nothing that parts them."""
    if not 0 < first - last <= BETWEEN or passage.parted(last - 1, first):
        return False
    joins, types = passage.once(_joins), passage.once(_types)
    between = range(last, first)
    return any(at in joins for at in between) and all(at in joins or at in types for at in between)


def _meet(passage: Passage, last: int, first: int) -> bool:
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


def _said_words(passage: Passage) -> frozenset[int]:
    """Words that some field listens for: of these alone no name is made that was misheard."""
    return frozenset(at for mark in passage.marks for at in range(mark.first, mark.last))


def _behind_preposition(passage: Passage, mention: Mention) -> bool:
    return any(mark.first < mention.first <= mark.last + 1 for mark in passage.of("preposition"))


def _free(passage: Passage, known: Sequence[Mention], first: int, last: int) -> bool:
    """Whether words may be a name that was misheard: no known one is among them, no pause, and not
    all of them are words like any other."""
    if first < 0 or last > len(passage.tokens) or passage.parted(first, last - 1, Stop.COMMA):
        return False
    if any(mention.first < last and first < mention.last for mention in known):
        return False
    if passage.once(_joins).intersection(range(first, last)):
        return False
    # 'And like' is no 'and Lake'.
    common = {at for mark in passage.of("filler", "correction") for at in range(*mark[:2])}
    return not common.issuperset(range(first, last))


def _misheard_streets(
    passage: Passage, known: Sequence[Mention], names: Names
) -> Iterator[Mention]:
    """Words beside a street, or before 'street', that are alike to a street's name. 'Aquí en la
    avenida 22' names no Aquila Avenue."""
    leading = {at for mark in passage.of("preposition") for at in range(mark.first, mark.last)}
    types = {mark.first: mark for mark in passage.of("street_type")}
    joins = passage.of("crosses")
    beside_end = {mark.last for mark in joins for m in known if m.streets and m.last == mark.first}
    beside_begin = {
        mark.first for mark in joins for m in known if m.streets and m.first == mark.last
    }

    # 'Nicolette and 26.'
    counted = {number.first for number in passage.numbers if not number.is_article}
    before_number = {mark.first for mark in passage.of("and") if mark.last in counted}

    for length in (3, 2, 1):
        spans = [
            *((first, first + length, LIKENESS) for first in beside_end),
            *((last - length, last, LIKENESS) for last in beside_begin),
            *((last - length, last, LIKENESS) for last in types),
            *((last - length, last, ALONE) for last in before_number - beside_begin),
        ]
        for first, last, least in dict.fromkeys(spans):
            if _free(passage, known, first, last) and leading.isdisjoint(range(first, last)):
                likeness, places = names.alike(_plain(passage, first, last), STREET, least)
                if places:
                    mark = types.get(last)
                    end = mark.last if mark is not None else last
                    yield Mention(first, end, places, likeness, has_type=mark is not None)


def _is_street(words: Sequence[str], streets: Collection[str]) -> bool:
    """By its name, or its number."""
    return " ".join(words) in streets or (bool(words) and words[0][:1].isdigit())


def _misheard_places(passage: Passage, known: Sequence[Mention], names: Names) -> Iterator[Mention]:
    """Words behind 'at' that are alike to a landmark's or an area's name."""
    ends = {mark.last for mark in passage.of("preposition")}
    joins = {mark.first for mark in passage.of("crosses", "break")}
    said = passage.once(_said_words)
    for length in (4, 3, 2, 1):
        for first in ends:
            last = first + length
            if said.issuperset(range(first, last)) or last - 1 in joins:
                continue
            if _free(passage, known, first, last):
                for kind in (LANDMARK, AREA):
                    likeness, places = names.alike(_plain(passage, first, last), kind, ALONE)
                    if places:
                        yield Mention(first, first + length, places, likeness)


def _plain(passage: Passage, first: int, last: int) -> list[str]:
    return [token.plain for token in passage.tokens[first:last]]


def _crossing(
    passage: Passage, one: Mention, other: Mention, names: Names
) -> Finding[Location] | None:
    found = names.gazetteer.crossings(one.streets, other.streets)
    # Of streets that may be meant by a number, those that are known to meet.
    found = tuple(crossing for crossing in found if crossing.point is not None) or found
    if not found:
        return None
    signs = [names.gazetteer.signs(crossing) for crossing in found]
    candidates = tuple(
        dict.fromkeys(
            Candidate(" & ".join(sign), crossing.city, crossing.point)
            for sign, crossing in zip(signs, found, strict=True)
        )
    )
    streets = signs[0] if len(candidates) == 1 else (one.streets[0].name, other.streets[0].name)
    location = Location(
        passage.words(one.first, other.last),
        streets=streets,
        city=found[0].city if len({crossing.city for crossing in found}) == 1 else None,
        candidates=candidates,
    )
    confidence = _confidence(min(one.likeness, other.likeness), len(candidates))
    return Finding(location, passage, one.first, other.last, confidence)


def _landmark(passage: Passage, mention: Mention) -> Finding[Location]:
    words = passage.words(mention.first, mention.last)
    only = mention.landmarks[0] if len(mention.landmarks) == 1 else None
    candidates = tuple(
        Candidate(each.name, each.city, each.point, each.near) for each in mention.landmarks
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


def _street(passage: Passage, mention: Mention, names: Names) -> Finding[Location]:
    number = _house(passage, mention)
    first = mention.first if number is None else number.first
    cities = {street.city for street in mention.streets}
    location = Location(
        passage.words(first, mention.last),
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
    return Finding(location, passage, first, mention.last, _confidence(mention.likeness, 1))


def _signed(street: Street) -> str:
    """A numbered avenue as its signs have it; of a street one would have to know from where on."""
    numbered = street.name[:1].isdigit()
    return f"{street.name} {street.side}" if numbered and street.axis == "ns" else street.name


def _house(passage: Passage, mention: Mention) -> Number | None:
    """'2400 Bloomington', '2700 block of Park Avenue', 'forty-two fourteen Cedar'."""
    block = {at for mark in passage.of("block") for at in range(mark.first, mark.last)}
    for number in (*_in_pairs(passage), *passage.numbers):
        if number.is_ordinal or number.value < 100:
            continue
        between = range(number.last, mention.first)
        if len(between) <= 3 and number.last <= mention.first and block.issuperset(between):
            return number
    return None


def _in_pairs(passage: Passage) -> Iterator[Number]:
    """House numbers said by two digits at a time."""
    for one, other in pairwise(passage.numbers):
        if (
            one.last == other.first
            and not (one.is_ordinal or other.is_ordinal)
            and not passage.parted(one.first, other.first, Stop.COMMA)
            and 10 <= one.value <= 99
            and len(other.digits) == 2
        ):
            yield Number(one.first, other.last, one.value * 100 + other.value)


def _confidence(likeness: float, candidates: int) -> float:
    return round(0.95 * likeness / 100 / (1 if candidates <= 1 else 1.5), 2)
