"""How many people were taken, or are being held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from reports.fields.counting import Number
from reports.fields.counts import Count, counted_run, number_runs
from reports.fields.finding import CORRECTION, Finding, taken_back
from reports.fields.lexicon import Mark
from reports.fields.marked import marked, spoken
from reports.fields.said import Passage, Stop

HELD: Final = "held"
"""The lexicon's kind. Its values: `takes`, whom it takes stands behind it; `taken`, who it is
stands before it, or behind; `before`, it stands before it alone; `one`, it says so itself ('lo
subieron'); `has`, one is held if a `restrained` follows."""
RESTRAINED: Final = "restrained"
ONE_PERSON: Final = "one_person"
"""The lexicon's kind for words for one: 'him', 'my husband', 'a guy'."""
PERSON: Final = "person"
"""The lexicon's kind for nouns of one person, of whom a word before says who: 'cook'."""
WHOSE: Final = "whose"
"""The lexicon's kind for such words: 'a', 'my'."""
PERSONAL: Final = "personal"
"""The lexicon's kind for what stands before people alone who something is done to: 'a'."""
CAPTIVES: Final = "captives"
"""The lexicon's kind for nouns of those who may be taken."""
VEHICLE: Final = "vehicle"
FOCUS: Final = "focus"
"""The lexicon's kind for what stands between who is taken and the verb: 'ayay'."""
STRESSED: Final = 6
"""Words between somebody and such a word at the most."""
BETWEEN: Final = 2
"""Words between 'my' and 'neighbour' at the most."""
REACH: Final = 5
"""Words between taking and who is taken at the most."""
SURE: Final = 0.8
LIKELY: Final = 0.7
LESS: Final = 0.6
"""Of whom a family looks for."""


def detained_counted(passages: Sequence[Passage]) -> Finding[Count] | None:
    """The last of what they correct; None: nobody is said to be, or how many is not."""
    found = [each for passage in passages for each in _counted(passage)]
    if not found:
        return None
    back = taken_back(found)
    # 'Three people, two men and a woman.'
    left = [each for each in found if each not in back]
    settled = max(left, key=lambda each: (each.confidence, each.value.high or 0))
    before = dict.fromkeys(each.value for each in back if each.value != settled.value)
    return replace(settled, before=tuple(before))


def one_sought(passages: Sequence[Passage]) -> Finding[Count] | None:
    """Of a family that looks for somebody who was taken, and says no more of it: the first of
    theirs whom they speak of. None where they do not know whether anybody was."""
    if any(spoken(each, HELD) and not marked(each, HELD) for each in passages):
        return None
    for passage in passages:
        theirs = passage.beginning("mine")
        for mark in passage.once(_persons):
            if mark.first in theirs:
                return Finding(Count(1, 1), passage, mark.first, mark.last, LESS)
    return None


def _counted(passage: Passage) -> Iterator[Finding[Count]]:
    clocks = passage.ending("not_counted_behind")
    runs = [run for run in number_runs(passage) if run[0].first not in clocks]
    seen: set[int] = set()
    for held in marked(passage, HELD):
        for found in _held(passage, held, runs):
            if found.first not in seen:
                seen.add(found.first)
                yield found
                yield from _corrected(passage, found, runs)
                break


def _corrected(
    passage: Passage, found: Finding[Count], runs: Sequence[Sequence[Number]]
) -> Iterator[Finding[Count]]:
    """'They took two, no, three.'"""
    for mark in passage.of(CORRECTION):
        if 0 <= mark.first - found.last <= 1:
            for run in runs:
                last = _captives(passage, run)
                if last is not None and 0 <= run[0].first - mark.last <= 1:
                    yield Finding(counted_run(passage, run), passage, run[0].first, last, SURE)


def _held(
    passage: Passage, held: Mark, runs: Sequence[Sequence[Number]]
) -> Iterator[Finding[Count]]:
    """Whom a verb is about, the likeliest first."""
    if held.value in ("one", "takes"):
        yield from _fronted(passage, held, runs)
    if held.value == "one":
        yield Finding(Count(1, 1), passage, held.first, held.last, LIKELY)
    if held.value in ("taken", "before"):
        yield from _ahead(passage, held, runs)
        yield from _of_the_sentence_before(passage, held)
    for found in _behind(passage, held, runs) if held.value != "before" else ():
        if held.value != "has" or any(
            0 <= mark.first - found.last <= REACH and not passage.parted(found.last - 1, mark.first)
            for mark in passage.of(RESTRAINED)
        ):
            yield found


def _fronted(
    passage: Passage, held: Mark, runs: Sequence[Sequence[Number]]
) -> Iterator[Finding[Count]]:
    """'A los dos se les llevaron', 'a mis dos primos se los llevaron'."""
    whom = passage.ending(PERSONAL)
    for run in runs:
        first, last = run[0].first, _captives(passage, run)
        if last is None and first in passage.ending("all_of"):
            last = run[-1].last
        if (
            last is not None
            and (first in whom or first - 1 in whom)
            and 0 <= held.first - last <= 2
            and not passage.parted(first, held.first, Stop.COMMA)
        ):
            yield Finding(counted_run(passage, run), passage, first, held.last, SURE)


def _of_the_sentence_before(passage: Passage, held: Mark) -> Iterator[Finding[Count]]:
    """'They beat up a boy! Thrown to the ground …': whom it is about was said already."""
    at = held.first
    if at not in passage.beginning(RESTRAINED):
        return
    if at == 0 or passage.tokens[at - 1].stop < Stop.SENTENCE:
        return
    before = [
        mark
        for mark in passage.once(_persons)
        if mark.last <= at and not passage.parted(mark.first, at - 1)
    ]
    counted = {number.last for number in passage.numbers}
    if len(before) == 1 and before[0].first not in counted:
        yield Finding(Count(1, 1), passage, before[0].first, held.last, LESS)


def _behind(
    passage: Passage, held: Mark, runs: Sequence[Sequence[Number]]
) -> Iterator[Finding[Count]]:
    def near(first: int) -> bool:
        # The last word of 'tienen a' may be the first of 'a uno'.
        return -1 <= first - held.last <= REACH and not passage.parted(held.last - 1, first)

    persons = [mark for mark in passage.once(_persons) if near(mark.first)]
    persons = [mark for mark in persons if not _is_of_a_thing(passage, mark)]
    for run in runs:
        if near(run[0].first) and not (persons and persons[0].first < run[0].first):
            last = _captives(passage, run)
            if last is not None:
                count = counted_run(passage, run)
                extra, last = _and_others(passage, last, runs)
                extra += _is_named_before(passage, held.last, run[0].first)
                if extra:
                    count = replace(
                        count, low=(count.low or 0) + extra, high=(count.high or 0) + extra
                    )
                yield Finding(count, passage, run[0].first, last, SURE)
    if persons:
        one = persons[0]
        others, last = _and_others(passage, one.last, runs)
        many = 1 + others
        many += _is_named_before(passage, held.last, one.first)
        yield Finding(Count(many, many), passage, one.first, last, LIKELY)


def _and_others(passage: Passage, last: int, runs: Sequence[Sequence[Number]]) -> tuple[int, int]:
    """'A dos chavos y a una señora', 'two men and three women': how many more, and where they
    end."""
    both, many = passage.beginning("and"), 0
    persons = {mark.first: mark for mark in passage.once(_persons)}
    whom, whose = passage.beginning(PERSONAL), passage.beginning(WHOSE)
    counted = {run[0].first: run for run in runs if not run[0].is_article and len(run) == 1}
    listed, until = _listed(passage, last, persons)
    if until in both:
        many, last = listed, until
    while (joint := both.get(last)) is not None and not passage.parted(last - 1, joint.last):
        at = joint.last
        behind = number_at = whom[at].last if at in whom else at
        if number_at in whose and number_at not in counted:
            number_at = whose[number_at].last  # 'and her two kids'
        if (run := counted.get(number_at)) is not None:
            ends = _captives(passage, run)
            if ends is None:
                break
            many, last = many + run[0].value, ends
        elif (person := persons.get(at, persons.get(behind))) is not None and not _is_of_a_thing(
            passage, person
        ):
            many, last = many + 1, person.last
        elif (noun := passage.beginning(PERSON).get(at)) is not None and not _is_of_a_thing(
            passage, noun
        ):
            many, last = many + 1, noun.last  # 'the driver and passenger'
        else:
            break
    return many, last


def _listed(passage: Passage, last: int, persons: Mapping[int, Mark]) -> tuple[int, int]:
    """'The dad, the mom and …': how many stand behind commas, and where they end. 'My brother, a
    cook, …' is one."""
    many, whom = 0, passage.beginning(PERSONAL)
    first = next((mark.first for mark in persons.values() if mark.last == last), last - 1)
    word = passage.tokens[first].plain
    while passage.tokens[last - 1].stop is Stop.COMMA:
        at = whom[last].last if last in whom and last not in persons else last
        is_like = last < len(passage.tokens) and (
            passage.tokens[last].plain == word or {last, first} <= whom.keys()
        )
        if not is_like or at not in persons:
            break
        many, last = many + 1, persons[at].last
    return many, last


def _is_named_before(passage: Passage, first: int, last: int) -> bool:
    """'They took Beto and another fella.'"""
    return (
        first == last - 2
        and last in passage.ending("and")
        and passage.tokens[first].text[:1].isupper()
        and first not in passage.marked
    )


def _ahead(
    passage: Passage, held: Mark, runs: Sequence[Sequence[Number]]
) -> Iterator[Finding[Count]]:
    for run in reversed(runs):
        last = _captives(passage, run)
        if (
            last is not None
            and 0 <= held.first - last <= REACH
            and not passage.parted(run[0].first, held.first, Stop.SENTENCE)
        ):
            yield Finding(counted_run(passage, run), passage, run[0].first, held.last, SURE)
    # 'Wiil … ayay qabteen': what is stressed before the verb is whom it takes, however far.
    stress = next(
        (
            mark.first
            for mark in reversed(passage.of(FOCUS))
            if 0 <= held.first - mark.first <= REACH
        ),
        None,
    )
    for mark in reversed(passage.once(_persons)):
        # The last word of 'naag bay' is the first of 'bay wataan'.
        near = -1 <= held.first - mark.last <= 2
        before = stress is not None and -1 <= stress - mark.last <= STRESSED
        if (near or before) and not passage.parted(mark.first, held.first, Stop.COMMA):
            if any(mark.last <= each.first < held.first for each in passage.of("many")):
                continue
            # 'A man and his wife were taken.'
            ends = {**passage.ending(PERSON), **{m.last: m for m in passage.once(_persons)}}
            joins = passage.ending("and")
            # 'My mom and dad were taken.'
            others, last = _and_others(passage, mark.last, runs)
            count, first = 1 + (others if last <= held.first else 0), mark.first
            while (joint := joins.get(first)) and (other := ends.get(joint.first)):
                count, first = count + 1, other.first
            yield Finding(Count(count, count), passage, first, held.last, LIKELY)


def _persons(passage: Passage) -> tuple[Mark, ...]:
    """Words for one, in order: 'him', 'my downstairs neighbour'."""
    found = {mark.first: mark for mark in passage.of(ONE_PERSON)}
    whose, idioms = passage.ending(WHOSE), passage.of("idiom")
    joints = passage.beginning("and").keys()
    for noun in passage.of(PERSON):
        for at in range(noun.first, noun.first - BETWEEN - 1, -1):
            if (mark := whose.get(at)) is not None:
                longer = found.get(mark.first)
                if not joints.isdisjoint(range(at, noun.first)):
                    break  # 'my mom and dad' are two
                if not passage.parted(mark.first, noun.first, Stop.COMMA) and (
                    longer is None or longer.last < noun.last
                ):
                    found[mark.first] = Mark(mark.first, noun.last, ONE_PERSON, "")
                break
    return tuple(
        mark
        for _, mark in sorted(found.items())
        if not any(idiom.first <= mark.first < idiom.last for idiom in idioms)
    )


def _captives(passage: Passage, run: Sequence[Number]) -> int | None:
    """Where what numbers count ends, if it is people; None if it is something else."""
    last = run[-1].last
    nouns = passage.beginning("people", CAPTIVES, "others", "officers")
    # 'Se llevaron a mis dos ayudantes': whatever they are, they are people.
    whom = passage.ending(PERSONAL)
    if (run[0].first in whom or run[0].first - 1 in whom) and not (
        last in nouns or last in passage.beginning(VEHICLE)
    ):
        return last
    captives = passage.beginning("people", CAPTIVES)
    for at in range(last, min(last + 3, len(passage.tokens))):
        if passage.tokens[at - 1].stop > Stop.NONE:
            break
        if at in captives:
            return captives[at].last
        if at in nouns or at in passage.beginning(VEHICLE):
            return None
    # 'They took three.', 'they got three already'
    alone = (
        last == len(passage.tokens)
        or passage.tokens[last - 1].stop > Stop.NONE
        or (run[0].first in passage.ending(HELD) and last in passage.beginning("by_now"))
    )
    return last if alone and not run[-1].is_article else None


def _is_of_a_thing(passage: Passage, mark: Mark) -> bool:
    """'Her car' is not her."""
    things, people = passage.beginning("others", VEHICLE), passage.beginning(CAPTIVES, "people")
    return mark.last in things and mark.last not in people
