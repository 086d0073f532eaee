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
from itertools import combinations, pairwise
from math import exp
from typing import Final, NamedTuple

from reports.fields.counted import Counted, around, between, counted_in, laid_out
from reports.fields.counts import Count
from reports.fields.finding import CORRECTION, Finding
from reports.fields.learnt import WIDTH, Headcounts, unpacked
from reports.fields.said import Passage, Stop

FIELDS: Final = ("officers", "detained")
"""What is counted; the order of weights."""
RELATIONS: Final = ("+", "-", "x", "<", ">")
"""How a count belongs to another: added, the end of a range, so many each; and of what is not
counted, the number that stands before, and the one behind."""
NONE_FIELDS: Final = ("kind", "first_hand", "still_there")
"""What a call sounds like as a whole says that it may count nobody, too."""
FEW: Final = 12
"""Words that say too little of what they mean where there are fewer: what rules find is taken."""
WITHIN: Final = 45
"""Words between two numbers that may be added."""
PERSON_WITHIN: Final = 16
"""The same, of a number and a person, or two persons."""
EACH_AROUND: Final = 8
"""Words around two counts within which 'each' is looked for."""
MOST_TIMES: Final = 4
"""Times that as many are in each at the most."""
MOST_ADDED: Final = 5
"""Of what is counted, the likeliest of which are added to each other, once it is known how likely
they are."""
MANY_KINDS: Final = ("many_alone", "many")
"""The lexicon's kinds for 'a bunch of them'."""
MOST_MANY: Final = 4
"""Of such words that are weighed at the most."""
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
    whole = those.totals if added is not None else ()
    pairs = [
        pair
        for pair in combinations(range(len(counted)) if added is None else added, 2)
        if pair in those.near and pair[1] not in whole
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
        self.totals = {at for at in self._numbers if self._is_total(at)}
        self._sums = {
            _added(counted[at].count, counted[to].count).bounds: (at, to)
            for at, to in combinations(self._plain, 2)
        }

    def _is_total(self, at: int) -> bool:
        """'Two at the door and another in the van, that makes three.': of one sentence, and as many
        as were named one after the other before it."""
        one, many = self._counted[at], 0
        says_so = one.first in one.passage.ending("makes", "there_are")
        if not says_so or one.passage.tokens[one.end - 1].stop < Stop.COMMA:
            return False
        for before in range(at - 1, -1, -1):
            other = self._counted[before]
            if other.sort == "H":
                continue
            if other.passage is not one.passage or one.passage.parted(other.first, one.first):
                break
            many += other.count.high or 0
            if many >= (one.count.high or 0):
                return many == one.count.low == one.count.high and before < at - 1
        return False

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
        words, _, every = passage.once(laid_out)
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
