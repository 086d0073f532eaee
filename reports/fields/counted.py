"""What a call names that may count people: numbers, ordinals, single persons, words that say that
somebody was taken, and that they were many; and how it is laid out for the networks that say what
speaks for each (`network.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reports.fields.counting import Number
from reports.fields.counts import Count, counted_run, noun_of, number_runs
from reports.fields.lexicon import Mark
from reports.fields.plain import plain
from reports.fields.said import Passage, Stop, sentence_at
from reports.fields.sheet import GAPS, NOTHING, ROOM, SIZES, Pair, Place, Sheet

PERSONS: Final = ("people", "officers", "captives", "one_person", "person", "more")
"""The lexicon's kinds whose marks may stand for one."""
VALUED: Final = frozenset(["held", "taken", "presence"])
"""Kinds whose values speak for different things."""
TAKINGS: Final = ("held", "restrained", "taken")
"""The lexicon's kinds that say that somebody is taken, whoever it is: 'la están jalando'; the
plainest first."""
NO_TAKING: Final = "none"
"""What the first of them says of 'se subieron'."""
HAS: Final = "has"
"""What it says of 'they have', which says the least."""
MOST_TAKINGS: Final = 2
"""Of such words in an answer that are weighed at the most: all say the same."""
MOST: Final = 14
"""People and numbers that are weighed at the most: a call that has more is no report."""
ORDINALS: Final = range(2, 13)
"""'A third one', 'the fifth', that may be one person more."""
SEVERAL: Final = 3
SOME: Final = "five"
"""The word that stands for every plain number from `SEVERAL` on: how many they are says little of
who they are, and what is learnt of one number is true of the next."""
NAME: Final = "name"
"""What is counted where a name stands for one of two."""
ONE_PERSON: Final = ("one_person", "person", "captives")
"""The lexicon's kinds for somebody beside whom a name stands for another."""
JUST_BEHIND: Final = 1
"""Words between 'they took' and a name at the most."""
GAP_OF_PAIR: Final = 3
"""Words from an 'and' up to the second of two at the most: 'Chuy and the new kid'."""
CLITIC: Final = "'s"
"""That stands for 'is' or 'has': 'another's holding the elevator'."""
PAIR: Final = "pair"
"""The lexicon's kind for 'both of our cooks', 'la pareja'."""
MANY: Final = Count(None, None)
MANY_KINDS: Final = ("many_alone", "many")
"""The lexicon's kinds for 'a bunch of them'."""
MOST_MANY: Final = 4
"""Of such words in an answer that are weighed at the most."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, or one person, that may count."""

    passage: Passage
    first: int
    last: int
    count: Count
    sort: str
    """N: a number; R: a range; A: one that may be an article; O: an ordinal; P: a word for two; S:
    one person; H: a word that says that one was taken; M: one that says that they are many."""
    kind: str
    noun: Mark | None = None
    ordinal: int = 0

    @property
    def is_number(self) -> bool:
        return self.sort not in "SHM"

    @property
    def end(self) -> int:
        """Where it ends with its noun."""
        return self.last if self.noun is None else self.noun.last


def counted_in(passages: Sequence[Passage]) -> list[Counted]:
    """All that may count, in order; where there is too much, what is likelier to."""
    # Not kept with the passage, which each of them names: such circles wait for the collector.
    every = [each for passage in passages for each in _counted_in(passage)]
    if len(every) > MOST:
        likely = sorted(range(len(every)), key=lambda at: _rank(every[at]))[:MOST]
        every = [every[at] for at in sorted(likely)]
    return every


def _rank(one: Counted) -> int:
    """The less, the likelier it counts."""
    if one.sort == "A" and one.noun is None:
        return 2  # 'Una camioneta', mostly
    if one.is_number or one.sort == "M":
        return 0
    return 3 if one.sort == "H" or one.kind == NAME else 1


def _counted_in(passage: Passage) -> list[Counted]:
    found: list[Counted] = []
    used: set[int] = set()

    def add(first: int, last: int, count: Count, sort: str, kind: str, of: Number | None) -> None:
        noun = None if of is None else noun_of(passage, of)
        ordinal = of.value if of is not None and sort == "O" else 0
        found.append(Counted(passage, first, last, count, sort, kind, noun, ordinal))
        used.update(range(first, last))
        if noun is not None:
            used.update(range(noun.first, noun.last))

    for run in number_runs(passage):
        sort = "A" if run[-1].is_article else "R" if len(run) > 1 else "N"
        add(run[0].first, run[-1].last, counted_run(passage, run), sort, sort, run[-1])
    for number in passage.numbers:
        if (
            number.is_ordinal
            and number.value in ORDINALS
            and used.isdisjoint(range(number.first, number.last))
        ):
            add(number.first, number.last, Count(1, 1), "O", "O", number)
    for mark in passage.of(PAIR):
        if used.isdisjoint(range(mark.first, mark.last)):
            add(mark.first, mark.last, Count(2, 2), "P", mark.kind, None)
    # 'Una muchacha' is one, not two.
    articles = {each.last for each in found if each.sort == "A" and each.noun is None}
    for mark in passage.of(*PERSONS):
        word = passage.tokens[mark.last - 1].plain
        several = mark.kind in PERSONS[:3] and (word.endswith("s") or word in _SEVERAL)
        is_counted = several or mark.first in articles
        if not is_counted and used.isdisjoint(range(mark.first, mark.last)):
            add(mark.first, mark.last, Count(1, 1), "S", mark.kind, None)
    for at, kind in (*_named(passage), *_shortened(passage)):
        if at not in used:
            add(at, at + 1, Count(1, 1), "S", kind, None)
    takings = [m for m in _takings(passage) if used.isdisjoint(range(m.first, m.last))]
    for mark in takings[:MOST_TAKINGS]:
        add(mark.first, mark.last, Count(1, 1), "H", mark.kind, None)
    for mark in passage.of(*MANY_KINDS)[:MOST_MANY]:
        add(mark.first, mark.last, MANY, "M", mark.kind, None)
    return sorted(found, key=lambda each: each.first)


def _takings(passage: Passage) -> Sequence[Mark]:
    """Words that say that somebody is taken, the plainest first, each word once."""
    found: list[Mark] = []
    told: set[int] = set()
    every = [mark for mark in passage.of(*TAKINGS) if mark.value != NO_TAKING]
    for mark in sorted(every, key=lambda mark: (mark.value == HAS, TAKINGS.index(mark.kind))):
        if told.isdisjoint(range(mark.first, mark.last)):
            found.append(mark)
            told.update(range(mark.first, mark.last))
    return found


_SEVERAL: Final = frozenset(
    ["people", "men", "women", "ice", "police", "gente", "policia", "migra", "dhs", "children"]
)
"""Nouns that are of several without an s, or of nobody in particular."""


def _shortened(passage: Passage) -> Iterator[tuple[int, str]]:
    """Where somebody is named with 'is' or 'has' behind, and as what."""
    for at, token in enumerate(passage.tokens):
        stem, clitic = token.text[: -len(CLITIC)], token.text[-len(CLITIC) :].replace("’", "'")
        if clitic == CLITIC:
            kinds = [mark.kind for mark in passage.lexicon.marks((plain(stem),))]
            if kind := next((kind for kind in PERSONS if kind in kinds), None):
                yield at, kind


def _named(passage: Passage) -> Sequence[tuple[int, str]]:
    """Where a word that is not known is of one of two who may have been taken: 'they took Fabio and
    his son', 'al parrillero y a su ayudante'. Only in sentences that say that somebody was."""
    takings = _takings(passage)
    if not takings:
        return ()
    persons, ands = passage.beginning(*ONE_PERSON), passage.beginning("and")
    numbers = {number.first for number in passage.numbers}
    ends = {mark.last for mark in passage.of(*ONE_PERSON)}
    behind = {mark.last + gap for mark in takings for gap in range(JUST_BEHIND + 1)}
    names = [at for at in range(1, len(passage.tokens)) if _may_be_name(passage, at)]
    found = set[int]()
    for at in names:
        if at + 1 in ands and not passage.parted(at, at + 1):
            others = range(at + 2, at + 2 + GAP_OF_PAIR)
            if any(other in persons or other in numbers for other in others):
                found.add(at)
            elif at in behind and (other := next((o for o in others if o in names), None)):
                found |= {at, other}
        # 'He and Beto', 'a mi tía y a Nayeli'.
        elif any(at - gap in ands and at - gap in ends for gap in range(1, GAP_OF_PAIR + 1)):
            found.add(at)
    told = [sentence_at(passage, mark.first) for mark in takings]
    return [(at, NAME) for at in sorted(found) if any(first <= at < last for first, last in told)]


def _may_be_name(passage: Passage, at: int) -> bool:
    """Whether a word is not known, begins no sentence, and has a capital or is somebody's: 'and his
    helper', but not 'and his keys'."""
    token = passage.tokens[at]
    return (
        at not in passage.marked
        and token.text.rstrip(".,").isalpha()
        and not token.text.isupper()
        and passage.tokens[at - 1].stop < Stop.SENTENCE
        and (
            token.text[:1].isupper()
            or (at in passage.ending("whose") and not token.plain.endswith("s"))
        )
    )


def sheet_of(passages: Sequence[Passage], counted: Sequence[Counted]) -> Sheet:
    """`counted`: what may count in these passages."""
    words: list[str] = [""] * ROOM
    stops: list[int] = [NOTHING] * ROOM
    marks: list[tuple[int, str]] = []
    begins: dict[int, int] = {}
    for passage in passages:
        begin = begins[id(passage)] = len(words)
        words += passage.plain
        stops += passage.stops
        for mark in passage.marks:
            for name in _names(mark):
                marks += [(begin + at, name) for at in range(mark.first, mark.last)]
        words += [""] * ROOM
        stops += [NOTHING] * ROOM
    places = [_place(each, begins[id(each.passage)]) for each in counted]
    for each, place in zip(counted, places, strict=True):
        if each.sort == "N" and (each.count.high or 0) >= SEVERAL:
            words[place.first : place.last + 1] = [SOME] * (place.last + 1 - place.first)
    return Sheet(words, stops, marks, places)


def _names(mark: Mark) -> Sequence[str]:
    if mark.kind in VALUED:
        return mark.kind, f"{mark.kind}:{mark.value}"
    return (mark.kind,)


def _place(one: Counted, begin: int) -> Place:
    last, end = max(one.first + 1, one.last), max(one.first + 1, one.end)
    first_of_sentence, behind_sentence = sentence_at(one.passage, one.first)
    return Place(
        begin + one.first,
        begin + last - 1,
        begin + end - 1,
        begin + end,
        begin + first_of_sentence,
        begin + behind_sentence,
        one.kind,
        "" if one.noun is None else one.noun.kind,
        sum((one.count.high or 0) > most for most in SIZES),
    )


def pair_of(counted: Sequence[Counted], at: int, to: int) -> Pair:
    """What is known of two, beside their words."""
    one, other = counted[at], counted[to]
    low, high = one.count.high or 0, other.count.high or 0
    order = 1 + (high > low) - (high < low)
    return Pair(at, to, order, min(max(0, other.first - one.end) // 2, GAPS - 1))
