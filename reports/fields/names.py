"""The names of a gazetteer, as they are found among words: as they stand, and alike to what was
heard, by letters and by sound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise, takewhile
from typing import Final

from jellyfish import metaphone
from rapidfuzz import fuzz, process

from places.gazetteer import Area, Gazetteer, Landmark, Street
from reports.fields.lexicon import MOST_WORDS, Lexicon
from reports.fields.said import Passage, tokens_of

STREET: Final = "street"
LANDMARK: Final = "landmark"
AREA: Final = "area"
CITY: Final = "city"
"""The kind of an area that is one."""
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
ARTICLES: Final = frozenset(["the", "el", "la", "los", "las"])
"""That a name is as well said without."""
JOINS: Final = frozenset(["and", "y", "iyo", "con", "at"])
"""That stand between two streets in a landmark's alias."""
ALONE: Final = 90.0
"""Of 100: of words behind 'at' or 'near' alone."""
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
LEAD: Final = 4.0
"""By so much the most alike has to lead."""
SHORTEST: Final = 4
"""Letters of what is compared at the least: less is alike to anything."""
NEAREST: Final = 8
"""Names that are most alike by letters, of which the sound is looked at."""
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

    @cached_property
    def streets(self) -> tuple[Street, ...]:
        return tuple(place for place in self.places if isinstance(place, Street))

    @cached_property
    def landmarks(self) -> tuple[Landmark, ...]:
        return tuple(place for place in self.places if isinstance(place, Landmark))

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        return tuple(place for place in self.places if isinstance(place, Area))


@dataclass(frozen=True)
class Names:
    """The names of a gazetteer, ready to be found among words."""

    gazetteer: Gazetteer
    _lengths: dict[tuple[str, int, float], Sequence[str]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _crossed: dict[tuple[Street, ...], dict[str, bool | None]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Makes what names are looked up in now, so that no call waits for it."""
        _ = self._lexicon, self._sounding, self._pieces, self._before_numbers

    @cached_property
    def _named(self) -> Mapping[str, Mapping[str, tuple[Place, ...]]]:
        found: dict[str, dict[str, list[Place]]] = {STREET: {}, LANDMARK: {}, AREA: {}}
        known = self.gazetteer
        streets = {phrase for street in known.streets for phrase in _phrases(street)}
        everything = ((STREET, known.streets), (LANDMARK, known.landmarks), (AREA, known.areas))
        for kind, places in everything:
            for place in places:
                for phrase in _phrases(place):
                    if kind != STREET and _is_crossing(phrase, streets):
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

    @cached_property
    def _sounding(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The same names of each kind by how they sound."""
        found: dict[str, dict[str, list[str]]] = {}
        for kind, names in self._joined.items():
            of_kind = found.setdefault(kind, {})
            for one in names:
                of_kind.setdefault(self._sounds[one], []).append(one)
        return found

    @cached_property
    def _pieces(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The same names of each kind by each of their pieces: of what is `ALONE` alike to a name
        at least one stands in what was heard, for there is one more than letters may differ."""
        found: dict[str, dict[str, list[str]]] = {}
        for kind, names in self._joined.items():
            of_kind = found.setdefault(kind, {})
            for one in names:
                for piece in set(_pieces(one, int(len(one) * (200 - 2 * ALONE) / ALONE) + 1)):
                    of_kind.setdefault(piece, []).append(one)
        return found

    @cached_property
    def _piece_lengths(self) -> Mapping[str, Sequence[int]]:
        return {kind: sorted({*map(len, pieces)}) for kind, pieces in self._pieces.items()}

    def landmarks(self, name: str) -> tuple[Landmark, ...]:
        """Those that are called so, in plain words."""
        places = self._named[LANDMARK].get(name, ())
        return tuple(place for place in places if isinstance(place, Landmark))

    def street_in_full(self, street: Street) -> str:
        """In plain words: 'lake street' of Lake St."""
        words = [token.plain for token in tokens_of(street.name)]
        return " ".join([*words[:-1], TYPES.get(words[-1], words[-1])])

    def exact(self, passage: Passage) -> Sequence[Mention]:
        """What is named as the gazetteer has it."""
        return passage.once(self._exact)

    def _exact(self, passage: Passage) -> Sequence[Mention]:
        return [
            *(
                Mention(mark.first, mark.last, self._named[mark.kind][mark.value])
                for mark in self._lexicon.marks(passage.plain)
            ),
            *self._numbered(passage),
        ]

    def _numbered(self, passage: Passage) -> Iterator[Mention]:
        """Names that have a number where it is said in words: 'County Road forty-two'."""
        plain = passage.plain
        if self._before_numbers.isdisjoint(plain):
            return
        for number in passage.numbers:
            if number.is_ordinal or plain[number.first][0].isdigit():
                continue
            if number.first == 0 or plain[number.first - 1] not in self._before_numbers:
                continue
            begin = max(0, number.first - MOST_WORDS)
            at, more = number.first - begin, number.last - number.first - 1
            for mark in self._lexicon.marks([*plain[begin : number.first], number.digits]):
                if mark.first < at < mark.last:
                    places = self._named[mark.kind][mark.value]
                    yield Mention(begin + mark.first, begin + mark.last + more, places)

    @cached_property
    def _before_numbers(self) -> frozenset[str]:
        """Words that stand before a number in names: 'highway', 'road'."""
        words = (phrase.split() for names in self._named.values() for phrase in names)
        return frozenset(
            one
            for each in words
            for one, other in pairwise(each)
            if other.isdigit() and len(one) >= SHORTEST
        )

    def alike(
        self, words: Sequence[str], kind: str, least: float
    ) -> tuple[float, tuple[Place, ...]]:
        """The places of a kind whose name is most alike to words, and how alike (0 to 100); (0, ())
        where none is, or two are as much."""
        heard = "".join(words)
        if len(heard) < SHORTEST:
            return 0.0, ()
        sound = metaphone(heard)
        if not self._has_near(kind, heard, sound, least):
            return 0.0, ()
        near = process.extract(
            heard,
            self._as_long(kind, len(heard), SOUNDS),
            scorer=fuzz.ratio,
            score_cutoff=SOUNDS,
            limit=4,
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

    def _has_near(self, kind: str, heard: str, sound: str, least: float) -> bool:
        """Whether there is one to look for: mostly not, and that is soon known."""
        if any(fuzz.ratio(heard, name) >= SOUNDS for name in self._sounding[kind].get(sound, ())):
            return True
        names = (
            self._as_long(kind, len(heard), least) if least < ALONE else self._sharing(kind, heard)
        )
        return process.extractOne(heard, names, scorer=fuzz.ratio, score_cutoff=least) is not None

    def _sharing(self, kind: str, heard: str) -> Sequence[str]:
        """Names of a kind that may be `ALONE` alike to what was heard, by their pieces."""
        pieces = self._pieces[kind]
        return [
            name
            for length in self._piece_lengths[kind]
            for at in range(len(heard) - length + 1)
            for name in pieces.get(heard[at : at + length], ())
        ]

    def _as_long(self, kind: str, letters: int, least: float) -> Sequence[str]:
        """Names of a kind that may be so much alike to one of so many letters: by far longer and
        shorter ones cannot."""
        if (kind, letters, least) not in self._lengths:
            shortest = letters * least / (200 - least)
            longest = letters * (200 - least) / least
            self._lengths[kind, letters, least] = tuple(
                name for name in self._joined[kind] if shortest <= len(name) <= longest
            )
        return self._lengths[kind, letters, least]

    def alike_across(
        self, words: Sequence[str], across: tuple[Street, ...]
    ) -> tuple[float, tuple[Place, ...]]:
        """As `alike`, among the streets alone that are known to cross some: of so few, less alike
        is enough."""
        heard = "".join(words)
        if len(heard) < SHORTEST:
            return 0.0, ()
        sound = metaphone(heard)
        least = ACROSS - SAME_SOUND
        near = process.extract(
            heard,
            self._as_long(STREET, len(heard), least),
            scorer=fuzz.ratio,
            score_cutoff=least,
            limit=None,
        )
        crossing = (
            (name, score, meet)
            for name, score, _ in near
            if (meet := self._may_meet(name, across)) is not None
        )
        scored = sorted(
            (
                (
                    score
                    + (SAME_SOUND if self._sounds[name] == sound else 0)
                    - (0 if meet else UNKNOWN_TO_MEET),
                    name,
                )
                for name, score, meet in islice(crossing, NEAREST)
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

    def _may_meet(self, name: str, streets: tuple[Street, ...]) -> bool | None:
        """Whether a street of that name is known to cross one of some; None: it cannot."""
        known = self._crossed.setdefault(streets, {})
        if name not in known:
            others = [each for each in self._joined[STREET][name] if isinstance(each, Street)]
            meets = self.gazetteer.crossings(others, streets)
            may = bool(meets) and len(name) >= SHORTEST
            known[name] = any(crossing.point for crossing in meets) if may else None
        return known[name]


def _pieces(name: str, number: int) -> Iterator[str]:
    """A name in so many pieces, about as long as each other."""
    ends = [len(name) * at // number for at in range(number + 1)]
    return (name[begin:end] for begin, end in pairwise(ends))


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
        if isinstance(place, Landmark) and len(words) > 2 and words[0] in ARTICLES:
            # 'Del Cub de la Lake.'
            yield " ".join(words[1:])
        if isinstance(place, Landmark) and place.kind == SCHOOL:
            own = list(takewhile(lambda word: word not in SCHOOL_WORDS, words))
            if own and own != words:
                yield " ".join([*own, "school"])
                kind_too = list(takewhile(lambda word: word != SCHOOL, words))
                if kind_too != own and own[0] not in ARTICLES:  # 'Richfield High'
                    yield " ".join(kind_too)
                yield " ".join(["escuela", *own])
        if isinstance(place, Street) and words[-1] in TYPES:
            yield " ".join([*words[:-1], TYPES[words[-1]]])
            if len(words) > 1:
                yield " ".join(words[:-1])


def _is_street(words: Sequence[str], streets: Collection[str]) -> bool:
    """By its name, or its number."""
    return " ".join(words) in streets or (bool(words) and words[0][:1].isdigit())
