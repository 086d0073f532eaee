"""How many people of one sort a call speaks of, when all of its words are weighed.

Rules find what they were written for, and people count in ever new ways: 'three round back, two on
the stoop, and what I took for the meter reader is with them'. So each number and each single person
that a call names may count or not, alone or added to others, and every such reading is weighed
against the others and against none: by what small networks say for what it counts and for how two
that it adds belong together (`network.py`), and by what the rules say. That was learnt from written
calls (`bench/counting.py`), by the likelihood of all the readings of the right value together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import exp
from typing import Final, NamedTuple

from reports.fields.counted import MANY, Counted, counted_in, pair_of, sheet_of
from reports.fields.counts import Count
from reports.fields.finding import CORRECTION, Finding
from reports.fields.network import FIELDS, RELATIONS, Networks, Read
from reports.fields.said import Passage, Stop

FEW: Final = 12
"""Words that say too little of what they mean where there are fewer: what rules find is taken."""
WITHIN: Final = 45
"""Words between two numbers that may be added."""
PERSON_WITHIN: Final = 16
"""The same, of a number and a person, or two persons."""
MORE: Final = "more"
"""The lexicon's kind for 'another' and 'more', beside what is added."""
MORE_BEFORE, MORE_BEHIND = 2, 1
"""Words before and behind it within which it stands."""
EACH_AROUND: Final = 8
"""Words around two counts within which 'each' is looked for."""
ALONE: Final = frozenset("HM")
"""Sorts of what may count that are added to nothing: that one was taken, and that they are many."""
MOST_TIMES: Final = 4
"""Times that as many are in each at the most."""
MOST_ADDED: Final = 6
"""Of what is counted, the likeliest of which are added to each other, once it is known how likely
they are."""
LIKELY: Final = 0.75
"""How likely a reading is at the least that is taken, whoever found it."""
BOTH: Final = 0.6
"""The same, of the likeliest, where rules are sure of it, too: of 14 such below 0.9 that nothing
was learnt from 13 were right."""
CLEAR: Final = 0.98
"""How likely what the first network takes must be for each field for the others not to be asked."""
SURE_RULE: Final = 0.9
"""How sure rules are of what stands if no reading has it."""
SURE: Final = 0.97
"""How likely a reading is at the least that leaves little doubt: of 96 that no rule found 88 were
right, of 72 that were less likely 58."""
CONFIDENCE, LESS = 0.75, 0.6
"""Of what was found so: how sure where little doubt is left, and where some is."""


class Reading(NamedTuple):
    """A way to understand the call."""

    value: Count | None
    """None: it does not say how many."""
    members: tuple[int, ...] = ()
    """Of what is counted."""
    pairs: tuple[tuple[int, int, int], ...] = ()
    """Two of what is counted, and the number of their relation."""
    remarks: Sequence[str] = ()
    """What else is to be said of it."""


def readings(counted: Sequence[Counted], added: Sequence[int] | None = None) -> list[Reading]:
    """Every way to read them; `added`: of what is counted, in order, what may be added to each
    other, None for all."""
    those = _Those(counted)
    found = [Reading(None, remarks=("none",))]
    for at, one in enumerate(counted):
        remarks = ("single", f"single{one.kind}")
        if one.sort in ALONE:
            found.append(Reading(one.count, (at,), remarks=remarks))
        else:
            found.append(those.reading(one.count, (at,), (), remarks))
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
        self._more = {at for at, each in enumerate(counted) if _is_more(each)}
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
            if other.sort in ALONE:
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
        remarks: tuple[str, ...],
    ) -> Reading:
        counted, first, last = self._counted, members[0], members[-1]
        before, behind = self._before[first], self._behind[last]
        if (before, first) in self.near:
            pairs = (*pairs, (before, first, _BEHIND))
        else:
            remarks = (*remarks, "none before")
        if (last, behind) in self.near:
            pairs = (*pairs, (last, behind, _BEFORE))
        else:
            remarks = (*remarks, "none behind")
        left_out = 0
        if len(members) > 1:
            others = [at for at in self._numbers if at not in members]
            left_out = min(2, sum(first < at < last for at in others))
            if value.low == value.high:
                bounds = value.bounds
                if any(counted[at].count.bounds == bounds for at in others if at in self._plain):
                    remarks = (*remarks, "is said")
                remarks = (*remarks, *self._beside(members))
                for at in members:
                    if ordinal := counted[at].ordinal:
                        fits = ordinal == value.high
                        remarks = (*remarks, "as its ordinal" if fits else "not its ordinal")
        else:
            if first not in self._sums.get(value.bounds, (first,)):
                remarks = (*remarks, "is a sum")
            if any(
                counted[at].ordinal == (value.high or 0) + 1 for at in self._numbers if at > first
            ):
                remarks = (*remarks, "one more behind")
        return Reading(value, members, pairs, (*remarks, _LEFT_OUT[left_out]))

    def _beside(self, members: tuple[int, ...]) -> Iterator[str]:
        """What is said of each that is added to another: that they are more, or only as many."""
        for at, to in pairwise(members):
            if to in self._more:
                yield "more"
            elif {at, to} <= set(self._plain):
                same = self._counted[at].count.bounds == self._counted[to].count.bounds
                yield "as many" if same else "others"


_LEFT_OUT: Final = tuple(f"left out {count}" for count in range(3))


def _is_more(one: Counted) -> bool:
    """'Otros dos', 'two more of them', 'another agent'."""
    first, end = one.first - MORE_BEFORE, one.end + MORE_BEHIND
    return any(first <= mark.first < end for mark in one.passage.of(MORE))


def _are_near(one: Counted, other: Counted) -> bool:
    """Whether one may be added to the other."""
    if one.passage is not other.passage or {one.sort, other.sort} & ALONE:
        return False
    within = WITHIN if one.is_number and other.is_number else PERSON_WITHIN
    return 0 <= other.first - one.last <= within


def ruled(reading: Reading, rule: Finding[Count] | None) -> Sequence[str]:
    """What rules say of a reading."""
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
    networks: Networks,
) -> Mapping[str, Finding[Count] | None]:
    """What is counted, by field of `FIELDS`: what rules found, unless all words together speak for
    another reading. `shares`: what the whole sounds like, by field."""
    if sum(len(passage.tokens) for passage in passages) < FEW:
        return rules
    counted = counted_in(passages)
    if not counted and not any(rules.values()):
        return rules
    sheet = sheet_of(passages, counted)
    nobody = {
        at for at, each in enumerate(counted) if _is_taken_back(each) or _is_callers_own(each)
    }
    found: dict[str, _Settled] = {}
    likeliest: Sequence[int] | None = None
    every: Sequence[Reading] = ()
    for asked in networks.in_turn(sheet):
        read = asked.read(sheet)
        if (those := _likeliest_to_count(read)) != likeliest:
            likeliest, every = those, readings(counted, those)
            every = [each for each in every if nobody.isdisjoint(each.members)]
        scores = scored(every, counted, read, read.none(shares))
        for field, name in enumerate(FIELDS):
            judged = _judged(every, scores, read, field, rules[name])
            found[name] = _settled(counted, every, judged, rules[name])
        if all(each.surely >= CLEAR for each in found.values()):
            break
    surest = max(found.values(), key=lambda each: each.likely)
    return {
        name: None if each is not surest and each.is_of(surest) else each.finding
        for name, each in found.items()
    }


def _likeliest_to_count(read: Read) -> Sequence[int]:
    """Of what may count, `MOST_ADDED` at the most, in order."""
    likely = [max(speaks) for speaks in read.places.tolist()]
    return sorted(sorted(range(len(likely)), key=lambda at: -likely[at])[:MOST_ADDED])


def _judged(
    every: Sequence[Reading],
    scores: Sequence[Sequence[float]],
    read: Read,
    field: int,
    rule: Finding[Count] | None,
) -> Sequence[float]:
    """By reading, all that speaks for it."""
    return [
        score[field] + sum(read.networks.remark(each)[field] for each in ruled(reading, rule))
        for reading, score in zip(every, scores, strict=True)
    ]


def pairs_in(every: Sequence[Reading]) -> Sequence[tuple[int, int]]:
    """Of what is counted each two that a reading says anything of, once."""
    return list(dict.fromkeys(pair[:2] for reading in every for pair in reading.pairs))


def scored(
    every: Sequence[Reading], counted: Sequence[Counted], read: Read, none: Sequence[float]
) -> list[list[float]]:
    """By reading and field, all that speaks for it but what rules say."""
    places = read.places.tolist()
    those = pairs_in(every)
    pairs = read.pairs([pair_of(counted, at, to) for at, to in those]).tolist()
    beside = dict(zip(those, pairs, strict=True))
    scores: list[list[float]] = []
    for reading in every:
        said = [places[at] for at in reading.members]
        said += [beside[at, to][relation] for at, to, relation in reading.pairs]
        said += [read.networks.remark(each) for each in reading.remarks]
        if reading.value is None:
            said.append(none)
        scores.append([sum(field) for field in zip(*said, strict=True)])
    return scores


def _is_taken_back(one: Counted) -> bool:
    """'Five, no, wait …', and what comes then may not have been made out."""
    return one.is_number and any(
        0 <= mark.first - one.end <= 1 and mark.last - mark.first > 1
        for mark in one.passage.of(CORRECTION)
    )


def _is_callers_own(one: Counted) -> bool:
    """'I put my son on the bus': whom callers take somewhere themselves."""
    return any(mark.first <= one.first <= mark.last for mark in one.passage.of("own_taking"))


@dataclass(frozen=True, slots=True)
class _Settled:
    """What one field is taken to be."""

    finding: Finding[Count] | None
    surely: float
    """How likely the likeliest value is, be it that nobody counts."""
    likely: float = 0.0
    members: frozenset[int] = frozenset()
    """Of the likeliest reading of its value."""

    def is_of(self, other: _Settled) -> bool:
        """Whether the same words would count twice: 'took the driver and passenger away'."""
        return other.finding is not None and not self.members.isdisjoint(other.members)


def _settled(
    counted: Sequence[Counted],
    every: Sequence[Reading],
    scores: Sequence[float],
    rule: Finding[Count] | None,
) -> _Settled:
    most = max(scores)
    powers = [exp(score - most) for score in scores]
    whole = sum(powers)
    likely: dict[tuple[int | None, int | None] | None, float] = {}
    for reading, power in zip(every, powers, strict=True):
        key = None if reading.value is None else reading.value.bounds
        likely[key] = likely.get(key, 0.0) + power / whole
    best = max(likely, key=lambda each: likely[each])
    surely = likely[best]
    if rule is not None:
        same = _likeliest(every, powers, rule.value.bounds)
        if same is None and rule.confidence >= SURE_RULE:
            return _Settled(rule, surely)
        agree = rule.value.bounds == best and rule.confidence >= SURE_RULE
        if same is not None and likely[rule.value.bounds] >= (BOTH if agree else LIKELY):
            return _Settled(rule, surely, likely[rule.value.bounds], frozenset(same.members))
    taken = None if best is None else _likeliest(every, powers, best)
    if taken is None or surely < LIKELY:
        return _Settled(None, surely)
    confidence = CONFIDENCE if surely >= SURE else LESS
    finding = _finding(counted, taken, confidence)
    return _Settled(finding, surely, surely, frozenset(taken.members))


def _likeliest(
    every: Sequence[Reading], powers: Sequence[float], bounds: tuple[int | None, int | None]
) -> Reading | None:
    """Of a value."""
    of_it = [
        (power, at)
        for at, (power, reading) in enumerate(zip(powers, every, strict=True))
        if reading.value is not None and reading.value.bounds == bounds
    ]
    return every[max(of_it)[1]] if of_it else None


def _finding(counted: Sequence[Counted], reading: Reading, confidence: float) -> Finding[Count]:
    value = reading.value or MANY
    those = [counted[at] for at in reading.members]
    first, last = those[0].first, max(each.end for each in those)
    return Finding(value, those[0].passage, first, last, confidence)
