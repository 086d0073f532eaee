"""How many people of one sort a call speaks of, when all of its words are weighed.

Rules find what they were written for, and people count in ever new ways: 'three round back, two on
the stoop, and what I took for the meter reader is with them'. So each number and each single person
that a call names may count or not, alone or added to others, and every such reading is weighed
against the others and against none: by the words around what it counts, by what stands between two
that it adds, and by what the rules say. What each of these speaks for was learnt from written
calls (`bench/learning.py`): a log-linear model over readings, whose likelihood is that of all the
readings of the right value together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import exp
from typing import Final, NamedTuple

from reports.fields.counting import Number
from reports.fields.counts import Count, counted_run, noun_of, number_runs
from reports.fields.finding import CORRECTION, Finding
from reports.fields.learnt import WIDTH, Headcounts, unpacked
from reports.fields.lexicon import Mark
from reports.fields.said import Passage, Stop

FIELDS: Final = ("officers", "detained")
"""What is counted; the order of weights."""
RELATIONS: Final = ("+", "-", "x", "<", ">")
"""How a count belongs to another: added, the end of a range, so many each; and of what is not
counted, the number that stands before, and the one behind."""
PERSONS: Final = ("people", "officers", "captives", "one_person", "person", "more")
"""The lexicon's kinds whose marks may stand for one."""
NOUNS: Final = frozenset(["people", "officers", "others", "vehicle", "captives", *PERSONS[3:5]])
TELLING: Final = frozenset(["officers", "vehicle", "taken", "held", "agency", "people", "look"])
"""Kinds that tell something from an earlier sentence, too."""
VALUED: Final = frozenset(["held", "taken", "presence"])
"""Kinds whose values speak for different things."""
NONE_FIELDS: Final = ("kind", "first_hand", "still_there")
TAKINGS: Final = ("held", "taken", "restrained")
"""The lexicon's kinds that say that somebody is taken, whoever it is: 'la están jalando'."""
FEW: Final = 12
"""Words that say too little of what they mean where there are fewer: what rules find is taken."""
MOST_TAKINGS: Final = 2
"""Of such words in an answer that are weighed at the most: all say the same."""
MOST: Final = 10
"""People and numbers that are weighed at the most: a call that has more is no report."""
ORDINALS: Final = range(2, 13)
"""'A third one', 'the fifth', that may be one person more."""
AROUND: Final = 7
"""Words on either side that speak for or against."""
WITHIN: Final = 45
"""Words between two numbers that may be added."""
PERSON_WITHIN: Final = 16
"""The same, of a number and a person, or two persons."""
BETWEEN: Final = 8
"""Words between two counts up to which each of them speaks."""
EACH_AROUND: Final = 8
"""Words around two counts within which 'each' is looked for."""
MOST_TIMES: Final = 4
MOST_ADDED: Final = 5
"""Of what is counted, the likeliest of which are added to each other, once it is known how likely
they are."""
MANY_KINDS: Final = ("many_alone", "many")
MOST_MANY: Final = 4
LIKELY: Final = 0.75
"""How likely a reading is at the least that is taken."""
STANDS: Final = 0.2
"""The same, of one that rules found."""
SURE_RULE: Final = 0.9
"""How sure rules are of what stands whatever else is likely: 36 of 36 were right."""
SURE: Final = 0.9
"""How likely a reading is at the least that leaves little doubt."""
CONFIDENCE, LESS = 0.75, 0.6
"""Of what was found so: how sure where little doubt is left, and where some is."""
STRONG: Final = 3
"""How much more what is said of a reading as a whole weighs than one word does."""

MANY: Final = Count(None, None)


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, or one person, that may count."""

    passage: Passage
    first: int
    last: int
    count: Count
    sort: str
    """N: a number; R: a range; A: one that may be an article; O: an ordinal; S: one person; H: a
    word that says that one was taken."""
    kind: str
    noun: Mark | None = None
    ordinal: int = 0

    @property
    def is_number(self) -> bool:
        return self.sort not in "SH"

    @property
    def end(self) -> int:
        """Where it ends with its noun."""
        return self.last if self.noun is None else self.noun.last


class Reading(NamedTuple):
    """A way to understand the call."""

    value: Count | None
    """None: it does not say how many."""
    members: tuple[int, ...] = ()
    """Of what is counted."""
    pairs: tuple[tuple[int, int, int], ...] = ()
    """Two of what is counted, and the number of their relation."""
    features: Sequence[str] = ()
    """What else speaks for or against it."""
    strong: Sequence[str] = ()
    """The same, of what weighs more."""
    span: tuple[Passage, int, int] | None = None
    """The words, where no number says it."""


def counted_in(passages: Sequence[Passage]) -> list[Counted]:
    """All that may count, in order; numbers go before persons where there is too much."""
    every = [each for passage in passages for each in passage.once(_counted_in)]
    if len(every) > MOST:
        numbers = [each for each in every if each.is_number][:MOST]
        persons = [each for each in every if not each.is_number][: MOST - len(numbers)]
        every = [each for each in every if each in numbers or each in persons]
    return every


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
    for mark in passage.of(*PERSONS):
        word = passage.tokens[mark.last - 1].plain
        several = mark.kind in PERSONS[:3] and (word.endswith("s") or word in _SEVERAL)
        if not several and used.isdisjoint(range(mark.first, mark.last)):
            add(mark.first, mark.last, Count(1, 1), "S", mark.kind, None)
    takings = [m for m in passage.of(*TAKINGS) if used.isdisjoint(range(m.first, m.last))]
    for mark in takings[:MOST_TAKINGS]:
        add(mark.first, mark.last, Count(1, 1), "H", mark.kind, None)
    return sorted(found, key=lambda each: each.first)


_SEVERAL: Final = frozenset(
    ["people", "men", "women", "ice", "police", "gente", "policia", "migra", "dhs", "children"]
)
"""Nouns that are of several without an s, or of nobody in particular."""


def around(one: Counted) -> list[str]:
    """What stands around it, that may speak for or against its counting."""
    passage, first, last, sort = one.passage, one.first, one.last, one.sort
    words, stops, marks = passage.once(_laid_out)
    size = _size(one.count.high or 0)
    found = [
        f"k:{one.kind}",
        f"v:{sort}{size}",
        f"w:{words[last - 1]}",
        f"l:{passage.lexicon.language}{sort}",
        f"s:{sort}{stops[first - 1]}{stops[last - 1]}",
        f"s-{stops[first - 1]}",
        f"s+{stops[last - 1]}",
        "begins" if first < 3 else "later",
    ]
    crossed = ""
    for at in range(1, 4):
        if stops[first - at] >= Stop.SENTENCE:
            crossed = "|"
        word = f"-{at}:{crossed}{words[first - at]}"
        found += (word, sort + word) if at < 3 else (word,)
    crossed = ""
    for at in range(3):
        if stops[last - 1 + at] >= Stop.SENTENCE:
            crossed = "|"
        word = f"+{at}:{crossed}{words[last + at]}"
        found += (word, sort + word) if at < 2 else (word,)
    for at in range(first - 1, max(-1, first - 1 - AROUND), -1):
        if stops[at] >= Stop.SENTENCE:
            break
        found.append(f"b:{words[at]}")
    for at in range(last, min(len(passage.tokens), last + AROUND)):
        if stops[at - 1] >= Stop.SENTENCE:
            break
        found.append(f"a:{words[at]}")
    found += (
        f"--:{words[first - 2]} {words[first - 1]}",
        f"++:{words[last]} {words[last + 1]}",
        f"-+:{words[first - 1]} {words[last]}",
    )
    found += set(_marks_around(one, marks))
    if one.noun is None:
        found.append(f"n-{sort}")
    else:
        noun, behind = one.noun, words[one.noun.last]
        found += (
            f"n:{noun.kind}",
            f"n:{noun.kind}:{sort}{size}",
            f"nw:{words[noun.last - 1]}",
            f"n+:{behind}",
            f"n++:{words[noun.last + 1]}",
            f"nk+:{noun.kind}:{behind}",
            f"-n:{words[first - 1]}:{noun.kind}",
            f"ns{stops[noun.last - 1]}",
        )
        found += {f"n>{mark.kind}" for mark in marks if 0 <= mark.first - noun.last <= 1}
    return found


def _marks_around(one: Counted, marks: Sequence[Mark]) -> Iterator[str]:
    passage, first, last, sort = one.passage, one.first, one.last, one.sort
    begins, ends = passage.once(_sentences)[first]
    nearest, behind = "", False
    for mark in marks:
        kind = mark.kind
        if mark.last <= first:
            same = mark.last > begins
            if same:
                gap = first - mark.last
                if gap == 0:
                    yield f"<0:{kind}:{mark.value}" if kind in VALUED else f"<0:{kind}"
                    yield f"{sort}<0:{kind}"
                if gap <= 2:
                    yield f"<2:{kind}"
                yield f"<:{kind}"
            elif kind in TELLING:
                yield f"far:{kind}"
            if kind in NOUNS:
                nearest = f"{kind}{same}"
        elif mark.first >= last:
            if mark.first >= ends:
                break
            gap = mark.first - last
            if gap == 0:
                yield f">0:{kind}:{mark.value}" if kind in VALUED else f">0:{kind}"
                yield f"{sort}>0:{kind}"
            if gap <= 2:
                yield f">2:{kind}"
            yield f">:{kind}"
            yield f"{sort}>:{kind}"
            if not behind and (kind in NOUNS or kind in VALUED):
                behind = True
                yield f"next:{kind}"
        else:
            yield f"in:{kind}:{mark.value}" if kind in VALUED else f"in:{kind}"
    if nearest:
        yield f"near:{nearest}"
        yield f"{sort}near:{nearest}"


def _size(count: int) -> str:
    for most, name in ((1, "1"), (2, "2"), (8, "3"), (20, "9")):
        if count <= most:
            return name
    return "21"


def _laid_out(passage: Passage) -> tuple[Sequence[str], Sequence[int], Sequence[Mark]]:
    """Words and stops with room at the end, which is the room before the beginning, too; marks in
    the order of their words."""
    room = 4
    words = [token.plain for token in passage.tokens] + ["$"] * room
    stops = [int(token.stop) for token in passage.tokens] + [int(Stop.SENTENCE)] * room
    return words, stops, passage.marks


def _sentences(passage: Passage) -> Sequence[tuple[int, int]]:
    """Of each word, where its sentence begins and ends."""
    found: list[tuple[int, int]] = []
    begins = 0
    for at, token in enumerate(passage.tokens):
        if token.stop >= Stop.SENTENCE or at + 1 == len(passage.tokens):
            found += [(begins, at + 1)] * (at + 1 - begins)
            begins = at + 1
    return found


def between(one: Counted, other: Counted) -> list[str]:
    """What stands between two, that may speak for how they belong together."""
    words, _, marks = one.passage.once(_laid_out)
    end = one.end if one.end <= other.first else one.last
    gap = other.first - end
    same = not one.passage.parted(end - 1, other.first)
    low, high = one.count.high or 0, other.count.high or 0
    size = "<" if high < low else "=" if high == low else ">"
    found = [
        f"same{same}",
        f"gap{min(6, max(0, gap) // 2)}{same}",
        f"{one.kind}>{other.kind}",
        size,
        f"{size}{same}",
        f"-1:{words[other.first - 1]}",
        f"n{one.noun.kind if one.noun else '-'}{other.noun.kind if other.noun else '-'}",
    ]
    spoken = range(end if gap <= BETWEEN else other.first - BETWEEN // 2, other.first)
    found += {f"b:{words[at]}" for at in spoken}
    found += {f"a:{word}" for word in words[other.last : other.last + 3]}
    kinds: set[str] = set()
    for mark in marks:
        if mark.first >= end and mark.last <= other.first:
            kinds.add(f"k:{mark.kind}")
        if mark.last == other.first:
            kinds.add(f"<:{mark.kind}")
        if mark.first == other.last:
            kinds.add(f">:{mark.kind}")
        if mark.first > other.last:
            break
    found += kinds
    return found


def readings(
    passages: Sequence[Passage],
    counted: Sequence[Counted],
    shares: Mapping[str, Mapping[str, float]],
    added: Sequence[int] | None = None,
) -> list[Reading]:
    """Every way to read them; `shares`: what the whole sounds like, by field; `added`: of what is
    counted, in order, what may be added to each other, None for all."""
    those = _Those(counted)
    found = [_none(passages, shares), *_of_many(passages)]
    for at, one in enumerate(counted):
        strong = ("single", f"single{one.kind}")
        if one.sort == "H":
            found.append(Reading(one.count, (at,), strong=strong))
        else:
            found.append(those.reading(one.count, (at,), (), strong))
    pairs = [
        pair
        for pair in combinations(range(len(counted)) if added is None else added, 2)
        if pair in those.near
    ]
    ahead: dict[int, list[int]] = {}
    for at, to in pairs:
        ahead.setdefault(at, []).append(to)
    for at, to in pairs:
        low, high = counted[at].count, counted[to].count
        found.append(those.reading(_added(low, high), (at, to), ((at, to, _PLUS),), ("2",)))
        least, most = low.high or 0, high.high or 0
        if least < most <= 2 * least and counted[at].is_number:
            value = Count(low.low, most, is_about=True)
            found.append(those.reading(value, (at, to), ((at, to, _UP_TO),), ("range",)))
        if 1 < min(least, most) <= MOST_TIMES and _is_each(counted[at], counted[to]):
            value = Count((low.low or 0) * (high.low or 0), least * most)
            found.append(those.reading(value, (at, to), ((at, to, _TIMES),), ("times",)))
        for then in ahead.get(to, ()):
            value = _added(_added(low, high), counted[then].count)
            both = ((at, to, _PLUS), (to, then, _PLUS))
            found.append(those.reading(value, (at, to, then), both, ("3",)))
    return found


_PLUS, _UP_TO, _TIMES, _BEHIND, _BEFORE = range(len(RELATIONS))


def _added(one: Count, other: Count) -> Count:
    low, high = (one.low or 0) + (other.low or 0), (one.high or 0) + (other.high or 0)
    return Count(low, high, is_about=one.is_about or other.is_about)


def _is_each(one: Counted, other: Counted) -> bool:
    first, last = one.first - EACH_AROUND, other.last + EACH_AROUND
    return any(first <= mark.first <= last for mark in one.passage.of("each"))


class _Those:
    """What is counted in a call, and what each number says of readings that leave it out."""

    def __init__(self, counted: Sequence[Counted]) -> None:
        self._counted = counted
        self._numbers = [at for at, each in enumerate(counted) if each.is_number]
        self._plain = [at for at in self._numbers if not counted[at].ordinal]
        self.near = {
            (at, to)
            for at, to in combinations(range(len(counted)), 2)
            if _are_near(counted[at], counted[to])
        }
        self._before = [
            max((n for n in self._numbers if n < at), default=-1) for at in range(len(counted))
        ]
        self._behind = [
            min((n for n in self._numbers if n > at), default=-1) for at in range(len(counted))
        ]
        self._sums = {
            _added(counted[at].count, counted[to].count).bounds: (at, to)
            for at, to in combinations(self._plain, 2)
        }

    def reading(
        self,
        value: Count,
        members: tuple[int, ...],
        pairs: tuple[tuple[int, int, int], ...],
        strong: tuple[str, ...],
    ) -> Reading:
        counted, first, last = self._counted, members[0], members[-1]
        before, behind = self._before[first], self._behind[last]
        if (before, first) in self.near:
            pairs = (*pairs, (before, first, _BEHIND))
        else:
            strong = (*strong, "none before")
        if (last, behind) in self.near:
            pairs = (*pairs, (last, behind, _BEFORE))
        else:
            strong = (*strong, "none behind")
        left_out = 0
        if len(members) > 1:
            others = [at for at in self._numbers if at not in members]
            left_out = min(2, sum(first < at < last for at in others))
            if value.low == value.high:
                bounds = value.bounds
                if any(counted[at].count.bounds == bounds for at in others if at in self._plain):
                    strong = (*strong, "is said")
                for at in members:
                    if ordinal := counted[at].ordinal:
                        fits = ordinal == value.high
                        strong = (*strong, "as its ordinal" if fits else "not its ordinal")
        else:
            if first not in self._sums.get(value.bounds, (first,)):
                strong = (*strong, "is a sum")
            if any(
                counted[at].ordinal == (value.high or 0) + 1 for at in self._numbers if at > first
            ):
                strong = (*strong, "one more behind")
        return Reading(value, members, pairs, _LEFT_OUT[left_out], strong)


_LEFT_OUT: Final = tuple((f"left out {count}",) for count in range(3))


def _are_near(one: Counted, other: Counted) -> bool:
    """Whether one may be added to the other."""
    if one.passage is not other.passage or "H" in (one.sort, other.sort):
        return False
    within = WITHIN if one.is_number and other.is_number else PERSON_WITHIN
    return 0 <= other.first - one.last <= within


def _none(passages: Sequence[Passage], shares: Mapping[str, Mapping[str, float]]) -> Reading:
    features: list[str] = []
    for name in NONE_FIELDS:
        if name in shares:
            best = max(shares[name], key=lambda each: shares[name][each])
            features.append(f"none {name}:{best}")
            if shares[name][best] > SURE:
                features.append(f"none {name}!{best}")
    kinds = {mark.kind for passage in passages for mark in passage.marks}
    features += (f"none {kind}" for kind in kinds)
    words: set[str] = set()
    for passage in passages:
        plain = [token.plain for token in passage.tokens]
        words.update(plain, map(" ".join, pairwise(plain)))
    features += (f"none: {word}" for word in words)  # 'They let her go.'
    return Reading(None, features=features, strong=("none",))


def _of_many(passages: Sequence[Passage]) -> Iterator[Reading]:
    marks = [(passage, mark) for passage in passages for mark in passage.of(*MANY_KINDS)]
    for passage, many in marks[:MOST_MANY]:
        words, _, every = passage.once(_laid_out)
        begin = max(0, many.first - 3)
        features = [f"many {many.kind}"]
        features += {f"many {word}" for word in words[begin : many.last + 4]}
        for mark in every:
            if 0 <= mark.first - many.last <= 2:
                features.append(f"many>{mark.kind}")
            if 0 <= many.first - mark.last <= 2:
                features.append(f"many<{mark.kind}")
        yield Reading(
            MANY, features=features, strong=("many",), span=(passage, many.first, many.last)
        )


def ruled(reading: Reading, rule: Finding[Count] | None) -> Sequence[str]:
    """What rules say of a reading: they weigh more than a word does, too."""
    if rule is None:
        return ("rule none, none",) if reading.value is None else ("rule none, some",)
    surely = (
        "sure" if rule.confidence >= SURE_RULE else "likely" if rule.confidence > LESS else "less"
    )
    if reading.value is None:
        says = "rule some, none"
    else:
        says = "rule same" if reading.value.bounds == rule.value.bounds else "rule other"
    return says, f"{says}, {surely}"


def weighed_counts(
    passages: Sequence[Passage],
    rules: Mapping[str, Finding[Count] | None],
    shares: Mapping[str, Mapping[str, float]],
    learnt: Headcounts,
) -> Mapping[str, Finding[Count] | None]:
    """What is counted, by field of `FIELDS`: what rules found, unless all words together speak for
    another reading. `shares`: what the whole sounds like, by field."""
    if sum(len(passage.tokens) for passage in passages) < FEW:
        return rules
    counted = counted_in(passages)
    members = [learnt.weights.summed(around(each)) for each in counted]
    likeliest = sorted(
        range(len(counted)), key=lambda at: -max(unpacked(members[at], len(FIELDS)))
    )[:MOST_ADDED]
    back = {at for at, each in enumerate(counted) if _is_taken_back(each)}
    every = [
        each
        for each in readings(passages, counted, shares, sorted(likeliest))
        if back.isdisjoint(each.members)
    ]
    if len(every) == 1 and not any(rules.values()):
        return rules
    # Few ways to be are there, and each of many readings is in one of them.
    known: dict[Sequence[str], int] = {}

    def strongly(features: Sequence[str]) -> int:
        if (summed := known.get(features)) is None:
            summed = known[features] = STRONG * learnt.weights.summed(features)
        return summed

    pairs: dict[tuple[int, int], Sequence[int]] = {}
    wholes: list[Sequence[int]] = []
    for reading in every:
        whole = strongly(reading.strong) + learnt.weights.summed(reading.features)
        for at in reading.members:
            whole += members[at]
        for one, other, relation in reading.pairs:
            if (beside := pairs.get((one, other))) is None:
                said = learnt.pairs.summed(between(counted[one], counted[other]))
                beside = pairs[one, other] = unpacked(said, len(RELATIONS), 2 * WIDTH)
            whole += beside[relation]
        wholes.append(unpacked(whole, len(FIELDS)))
    found: dict[str, Finding[Count] | None] = {}
    for field, name in enumerate(FIELDS):
        rule = rules[name]
        scores: list[float] = []
        for reading, own in zip(every, wholes, strict=True):
            judged = unpacked(strongly(ruled(reading, rule)), len(FIELDS))
            scores.append((own[field] + judged[field]) / learnt.unit)
        found[name] = _settled(counted, every, scores, rule)
    return found


def _is_taken_back(one: Counted) -> bool:
    """'Five, no, wait …', and what comes then may not have been made out."""
    return one.is_number and any(
        0 <= mark.first - one.end <= 1 and mark.last - mark.first > 1
        for mark in one.passage.of(CORRECTION)
    )


def _settled(
    counted: Sequence[Counted],
    every: Sequence[Reading],
    scores: Sequence[float],
    rule: Finding[Count] | None,
) -> Finding[Count] | None:
    most = max(scores)
    powers = [exp(score - most) for score in scores]
    whole = sum(powers)
    likely: dict[tuple[int | None, int | None] | None, float] = {}
    for reading, power in zip(every, powers, strict=True):
        key = None if reading.value is None else reading.value.bounds
        likely[key] = likely.get(key, 0.0) + power / whole
    best = max(likely, key=lambda each: likely[each])
    if rule is not None and (
        rule.confidence >= SURE_RULE or likely.get(rule.value.bounds, 0.0) >= STANDS
    ):
        return rule
    if best is None or likely[best] < LIKELY:
        return None
    of_it = [
        (power, reading)
        for power, reading in zip(powers, every, strict=True)
        if reading.value is not None and reading.value.bounds == best
    ]
    _, reading = max(of_it, key=lambda each: each[0])
    confidence = CONFIDENCE if likely[best] >= SURE else LESS
    return _finding(counted, reading, confidence)


def _finding(counted: Sequence[Counted], reading: Reading, confidence: float) -> Finding[Count]:
    value = reading.value or MANY
    if reading.span is not None:
        return Finding(value, *reading.span, confidence)
    those = [counted[at] for at in reading.members]
    first, last = those[0].first, max(each.end for each in those)
    return Finding(value, those[0].passage, first, last, confidence)
