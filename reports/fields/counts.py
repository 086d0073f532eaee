"""How many officers were seen.

A number counts whom the noun behind it names. One that is of a street, a car, a clock or a plate
counts nobody; where it is not clear whom it counts, it counts nobody either: a wrong count costs
more than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from reports.fields.contact import numbers_said
from reports.fields.counting import Number
from reports.fields.finding import CORRECTION, Finding, taken_back
from reports.fields.lexicon import Mark
from reports.fields.plates import plates
from reports.fields.said import Passage, Stop

MOST: Final = 500
"""Whoever counts more means something else."""
REACH: Final = 2
"""Words between a number and its noun at the most."""
LOOKS_WITHIN: Final = 2
"""Words between a count and how those look at the most."""
CORRECTED_WITHIN: Final = 3
"""Words between 'no, wait' and a count at the most: 'they have to wait' corrects nothing."""
ASIDE: Final = 6
"""Words said by the way between 'I see' and a count at the most."""
LOOKS_BEHIND: Final = 5
"""Words between one person and how they look at the most."""
EACH_WITHIN: Final = 3
"""Words between a count and 'in each' at the most."""
TAKEN_WITHIN: Final = 6
"""Words behind 'they took' within which those who are counted are those who were taken."""
CLOSE: Final = 1.5
"""Times a count, up to which a second one behind it says how sure the first was."""
MORE_WITHIN: Final = 2
"""Words between 'other' and a count that is to be added at the most."""
MOST_EACH: Final = 20
"""Vehicles with so many in each at the most."""
SURE: Final = 0.9
"""By a noun that means nobody but officers."""
LIKELY: Final = 0.75
"""By one such as 'men', or by 'there are five' alone."""
LESS: Final = 0.6
"""By how the words go on alone: 'eran tres en una Tahoe'."""
DOUBT: Final = 0.15
"""Less sure, where two counts do not agree."""
LEAST: Final = 0.6
"""Less sure than that it is better to have none: two of three were wrong."""

OFFICERS: Final = "officers"
PEOPLE: Final = "people"
OTHERS: Final = "others"
"""The lexicon's kinds: nouns of officers, of people who may be some, of anything else counted."""


@dataclass(frozen=True, slots=True)
class Count:
    """From `low` to `high`; the same where the caller counted, None and None for 'many'."""

    low: int | None
    high: int | None
    is_about: bool = False
    """'Maybe five', 'like ten'."""

    @property
    def is_many(self) -> bool:
        return self.low is None

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        return self.low, self.high


def counted_run(passage: Passage, run: Sequence[Number]) -> Count:
    """What numbers that stand for one count say: 'four or five', 'maybe five'."""
    about = any(
        mark.last == run[0].first or mark.first == run[-1].last for mark in passage.of("about")
    )
    values = [number.value for number in run]
    return Count(min(values), max(values), is_about=about)


def officers_counted(passages: Sequence[Passage]) -> Finding[Count] | None:
    """How many officers the caller says there are; the last of what they correct."""
    found = [each for passage in passages for each in _all_counted(passage)]
    if not found:
        alone = (
            each
            for find in (_many, _driver_and_passenger, _only_one, _lone_person)
            for passage in passages
            for each in find(passage)
        )
        return next(alone, None)
    back = taken_back(found, CORRECTED_WITHIN)
    left = [each for each in found if each not in back and not _is_left_open(each)]
    if not left:
        return None
    total = next((each for each in left if _is_total(each)), None) or _sum_of_parts(left)
    surest = max(each.confidence for each in left)
    sure = [each for each in left if each.confidence >= surest or _is_more(each)]
    settled = total or settled_counts(left if _is_more(sure[0]) else sure)
    if settled.confidence < LEAST:
        return None
    before = dict.fromkeys(each.value for each in back if each.value != settled.value)
    return replace(settled, before=tuple(before))


def may_be_told_of(found: Finding[Count], passages: Sequence[Passage]) -> bool:
    """Whether a count that somebody passes on is of officers, and neither of those who are said to
    be taken nor of people of whom nothing else tells what they are."""
    if found.value.high == 1:
        return False  # 'A policeman told him'
    passage, before = found.passage, True
    for other in passages:
        before = before and other is not passage
        for mark in other.of("taken", "held"):
            if mark.value in ("has", "none"):
                continue
            if before or (other is passage and mark.first < found.last):
                return False
            # 'Fifty people were taken'
            passive = mark.value == "taken" and other is passage
            if passive and not passage.parted(found.last - 1, mark.first):
                return False
    people = [mark for mark in passage.of(PEOPLE) if found.first <= mark.first < found.last]
    return not people or any(
        mark.last <= people[0].first or people[0].last <= mark.first
        for other in passages
        for mark in other.of(OFFICERS, "look", "equipment")
    )


def settled_counts(found: Sequence[Finding[Count]]) -> Finding[Count]:
    """One of several: 'three more' are added, a smaller one is part of a larger before it, and two
    that grow without a word of correction are the range between them."""
    kept = found[0]
    for other in found[1:]:
        if _is_more(other):
            kept = replace(
                other,
                value=Count(
                    (kept.value.low or 0) + (other.value.low or 0),
                    (kept.value.high or 0) + (other.value.high or 0),
                    is_about=kept.value.is_about or other.value.is_about,
                ),
                confidence=_less(kept, other),
            )
        elif (other.value.high or 0) > (kept.value.high or 0):
            # 'Eight of them … nine', but two and four are rather of two places.
            is_close = (other.value.high or 0) <= CLOSE * (kept.value.high or 0)
            kept = replace(
                other,
                value=Count(kept.value.low, other.value.high, is_about=True),
                confidence=_less(kept, other) - (0 if is_close else DOUBT),
            )
    return kept


def _sum_of_parts(found: Sequence[Finding[Count]]) -> Finding[Count] | None:
    """'Three agents … one woman, two men': what was said first, where the rest is as many."""
    first, *rest = found
    parts = sum(each.value.high or 0 for each in rest)
    is_sum = len(rest) > 1 and parts == first.value.high == first.value.low
    return first if is_sum else None


def _is_total(found: Finding[Count]) -> bool:
    """'Four in all', 'that makes four'."""
    return any(0 <= mark.first - found.last <= 1 for mark in found.passage.of("total")) or _is_sum(
        found.passage, found.first
    )


def _is_sum(passage: Passage, first: int) -> bool:
    return any(0 <= first - mark.last <= 1 for mark in passage.of("makes"))


def _is_left_open(found: Finding[Count]) -> bool:
    """'Five, no, wait …', and what comes then was not made out."""
    return any(
        0 <= mark.first - found.last <= 1 and mark.last - mark.first > 1
        for mark in found.passage.of(CORRECTION)
    )


def _less(one: Finding[Count], other: Finding[Count]) -> float:
    return max(0.0, min(one.confidence, other.confidence) - DOUBT)


def _is_more(found: Finding[Count]) -> bool:
    """'Three more', 'y en el otro van dos', '… and two deputies'."""
    more = found.passage.of("more")
    return any(found.first - MORE_WITHIN <= mark.first <= found.last for mark in more) or (
        found.confidence >= SURE
        and any(mark.last == found.first for mark in found.passage.of("and"))
    )


def _all_counted(passage: Passage) -> list[Finding[Count]]:
    """What is counted together goes before each of its parts."""
    runs = number_runs(passage)
    together = list(_here_and_there(passage, runs))
    parts = [
        each
        for each in _counted(passage, runs)
        if not any(whole.first <= each.first < whole.last for whole in together)
    ]
    return sorted([*together, *parts], key=lambda each: each.first)


def _here_and_there(passage: Passage, runs: Sequence[Sequence[Number]]) -> Iterator[Finding[Count]]:
    """'Two in the alley, four on the steps and one in the car': of one sentence, added up."""
    parts = passage.beginning("part")  # 'in the morning'
    places = passage.beginning("whereabouts").keys() - parts.keys()
    nouns = passage.of(PEOPLE, OFFICERS, OTHERS, "vehicle", "captives")
    more = passage.of("more")
    numbered = {each.first for run in runs for each in run}
    # '… and another in the car.'
    others = [
        [Number(mark.first, mark.last, 1)]
        for mark in more
        if not {mark.first - 1, mark.last} & numbered
        and not passage.tokens[mark.first].plain.endswith("s")
    ]
    runs = sorted([*runs, *others], key=lambda run: run[0].first)
    sentence: list[tuple[Sequence[Number], int]] = []
    for run in [*runs, None]:
        if sentence and (run is None or passage.parted(sentence[0][0][0].first, run[0].first)):
            if len(sentence) > 1:
                yield _added_up(passage, sentence)
            sentence = []
        if run is None:
            break
        noun = noun_of(passage, run[-1])
        ends = run[-1].last if noun is None else noun.last
        ends = next((mark.last for mark in more if mark.first == ends), ends)
        if (stays := passage.beginning("staying").get(ends)) is not None:
            ends = stays.last  # '… and one who stayed below'
        if noun is not None and (noun.kind == OTHERS or _is_bystanding(passage, noun)):
            continue
        if run[-1].value > MOST_EACH or not any(
            at in places and not passage.parted(run[-1].first, at, Stop.COMMA)
            for at in (ends, ends + 1)
        ):
            continue
        before = [mark for mark in nouns if mark.last <= run[0].first]
        near = before and not passage.parted(before[-1].last - 1, run[0].first)
        if not sentence and near and before[-1].kind in (OTHERS, "vehicle", "captives"):
            continue  # 'Three cars, two in front and one behind'
        if run[0].first in passage.ending("not_counted_behind"):
            continue
        if any(
            mark.first < run[0].first <= mark.first + TAKEN_WITHIN
            and not passage.parted(mark.first, run[0].first)
            for mark in passage.of("taken")
        ):
            continue
        sentence.append((run, min(ends + 1, len(passage.tokens))))


def _added_up(passage: Passage, parts: Sequence[tuple[Sequence[Number], int]]) -> Finding[Count]:
    lows = [min(each.value for each in run) for run, _ in parts]
    highs = [max(each.value for each in run) for run, _ in parts]
    first, last = parts[0][0][0].first, parts[-1][1]
    # 'Four: two at the door, two in the car.'
    whole = next((each for each in lows if each * 2 == sum(lows)), None)
    if whole is not None and len(parts) > 2:
        return Finding(Count(whole, whole), passage, first, last, LIKELY)
    return Finding(Count(sum(lows), sum(highs)), passage, first, last, LIKELY)


def _counted(passage: Passage, runs: Sequence[Sequence[Number]]) -> Iterator[Finding[Count]]:
    reached = 0
    for index, run in enumerate(runs):
        noun = noun_of(passage, run[-1])
        confidence = _confidence(passage, run, noun)
        if confidence is None or run[0].first < reached:
            continue
        last = noun.last if noun is not None else run[-1].last
        count = counted_run(passage, run)
        following = runs[index + 1][0] if index + 1 < len(runs) else None
        if following is not None and _is_or_more(passage, count, last, following):
            count = replace(count, high=following.value, is_about=True)
            last = reached = following.last
        if noun is not None and (one := _one_more(passage, noun)) is not None:
            count, last = replace(count, low=_plus(count.low), high=_plus(count.high)), one
        times = _in_each(passage, run[0].first, last)
        if times is not None and not _is_sum(passage, run[0].first):
            count = replace(count, low=(count.low or 0) * times, high=(count.high or 0) * times)
        yield Finding(count, passage, run[0].first, last, confidence)


def _is_or_more(passage: Passage, count: Count, last: int, following: Number) -> bool:
    """'Three agents, could have been four', 'ten agents, twelve perhaps'."""
    high = count.high or 0
    if not high < following.value <= 2 * high or following.is_article:
        return False
    noun = noun_of(passage, following)
    if noun is not None and noun.kind == OTHERS:
        return False
    said = any(
        0 <= mark.first - last <= 1 and 0 <= following.first - mark.last <= 1
        for mark in passage.of("or")
    )
    perhaps = following.first == last and following.last in passage.beginning("about")
    # 'Must be twenty agents, twenty-five.'
    ends = following.last == len(passage.tokens) or passage.parted(
        following.last - 1, following.last
    )
    close = following.first == last and ends and following.value <= high * CLOSE
    return (said or perhaps or close) and not passage.parted(last - 1, following.first)


def _plus(count: int | None) -> int | None:
    return None if count is None else count + 1


def _one_more(passage: Passage, noun: Mark) -> int | None:
    """'Two men and a woman': where the one more ends."""
    joint = next((mark for mark in passage.of("and") if mark.first == noun.last), None)
    if joint is None or passage.parted(noun.first, joint.first, Stop.COMMA):
        return None
    nouns = passage.beginning(PEOPLE, OFFICERS)
    another = passage.beginning("more").get(joint.last)
    if another is not None and another.first in passage.beginning("whose"):
        # '… and another one sitting in the truck', not '… and another car'
        last = next((n.last for n in passage.numbers if n.first == another.last), another.last)
        things = passage.beginning(OTHERS, "vehicle", "captives").keys()
        stands = last in passage.beginning("break", "staying") or _ends(passage, last)
        return last if stands and last not in things else None
    for at in (joint.last, joint.last + 1, joint.last + 2):
        single = at == joint.last or at in passage.ending("single")
        if at == joint.last + 2:
            # 'Two Border Patrol guys and one city cop'
            single = joint.last in passage.beginning("single") and at in passage.beginning(OFFICERS)
            single = single and at - 1 not in nouns.keys() | passage.beginning(OTHERS).keys()
        person = nouns.get(at)
        if (
            person is not None
            and single
            and not _is_bystanding(passage, person)
            and not any(
                number.first <= at < number.last or (number.last == at and not number.is_article)
                for number in passage.numbers
            )
        ):
            return person.last
    return None


def _in_each(passage: Passage, first: int, last: int) -> int | None:
    """'Two cars, three men in each': how many times."""
    if not any(
        max(mark.first - last, first - mark.last) <= EACH_WITHIN
        and not passage.parted(min(mark.last, first), max(first, mark.first), Stop.COMMA)
        for mark in passage.of("each")
    ):
        return None
    vehicles = passage.beginning("vehicle")
    before = [number for number in passage.numbers if number.last <= first]
    for number in reversed(before):
        beside = range(number.last, number.last + 4)
        if 1 < number.value <= MOST_EACH and any(at in vehicles for at in beside):
            return number.value
    return None


def dictated_words(passage: Passage) -> set[int]:
    """Words that are of a telephone number or a plate."""
    spans = [*numbers_said([passage]), *passage.once(plates)]
    # 'The plate ends in 881. Two guys inside.'
    people = passage.beginning("people", "officers")
    counted = {
        number.first
        for number in passage.numbers
        if number.last in people and number.first and passage.parted(number.first - 1, number.first)
    }
    return {at for each in spans for at in range(each.first, each.last)} - counted


def number_runs(passage: Passage) -> Sequence[Sequence[Number]]:
    """Numbers that may count people; together are 'four or five' and 'between four and five'."""
    return passage.once(_runs)


def _runs(passage: Passage) -> tuple[list[Number], ...]:
    return tuple(_runs_of(passage))


def _runs_of(passage: Passage) -> Iterator[list[Number]]:
    either = passage.beginning("or")
    between = passage.ending("between")
    both = passage.beginning("and")
    run: list[Number] = []
    is_aloud = False
    # 'One by one' counts nobody.
    words = passage.once(dictated_words) | {
        at for mark in passage.of("idiom") for at in range(mark.first, mark.last)
    }
    for number in passage.numbers:
        if number.is_ordinal or not 0 < number.value <= MOST or number.first in words:
            continue
        if run and run[-1].last == number.first and number.value > run[-1].value:
            if _is_counted_on(passage, run, number):
                run = [number]
                continue
            if number.value == run[-1].value + 1:
                is_aloud |= run[0].value == 1 or len(run) > 1
                if is_aloud:
                    run = [number]  # they count: 'one, two, three, four, five officers'
                    continue
            # 'And in the lot there are five, seven in all.'
            is_total = number.last in passage.beginning("total")
            # 'Terminal 2, saddex ICE ah'.
            alike = _is_in_digits(passage, number) == _is_in_digits(passage, run[-1])
            joins = alike and not (number.is_article or is_total)
            if number.value <= 2 * run[-1].value and joins:
                run.append(number)  # 'six, seven people', 'thirty, forty'
                continue
        # 'Subieron a ocho a una van' is no range.
        joined = run and run[-1].last == number.first - 1 and not number.is_article
        if joined and (
            run[-1].last in either or (run[-1].last in both and run[0].first in between)
        ):
            run.append(number)
            continue
        if run:
            yield run
        run, is_aloud = [number], False
    if run:
        yield run


def _is_in_digits(passage: Passage, number: Number) -> bool:
    return passage.tokens[number.first].plain[0].isdigit()


def _is_counted_on(passage: Passage, run: Sequence[Number], number: Number) -> bool:
    """'I see two… three.', but not 'Twelve… thirteen?', where they guess."""
    behind = passage.tokens[number.last - 1].stop
    return (
        number.value == run[-1].value + 1
        and passage.tokens[number.first - 1].stop is Stop.SENTENCE
        and behind is not Stop.QUESTION
    )


def noun_of(passage: Passage, number: Number) -> Mark | None:
    """What a number counts: the first noun behind it in the same breath."""
    breaks = passage.beginning("break")
    nouns = passage.beginning(PEOPLE, OFFICERS, OTHERS)
    # 'Tres patrullas de migración' counts cars.
    of = passage.beginning("of")
    others = {other.first for other in passage.numbers}
    # 'Seven or so of them.'
    first = next((m.last for m in passage.of("about") if m.first == number.last), number.last)
    for at in range(first, min(first + REACH + 1, len(passage.tokens))):
        noun = nouns.get(at)
        if at in others or passage.tokens[at - 1].stop is Stop.COMMA:
            return None  # 'at seven fifteen, two guys'
        if passage.tokens[at - 1].stop >= Stop.SENTENCE or (at in breaks and noun is None):
            return None
        if noun is not None:
            # 'ICE agents' and 'police cars': the last noun of those that follow each other.
            while (
                (behind := nouns.get(noun.last)) is not None
                and behind.first not in of
                and not passage.parted(noun.first, behind.first, Stop.COMMA)
            ):
                noun = behind
            return noun
    return None


def _is_of_a_clock(passage: Passage, number: Number) -> bool:
    """'Serían diez para las ocho', 'it was like ten minutes to eight'."""
    of_clock = [*passage.of("clock_ahead"), *passage.of("clock_from")]
    hours = {number.first for number in passage.numbers}
    return any(
        mark.first in (number.first, number.last) and mark.last in hours for mark in of_clock
    )


def _confidence(passage: Passage, run: Sequence[Number], noun: Mark | None) -> float | None:
    """None: it does not count officers, as far as one can say."""
    first = run[0]
    counted = noun is not None and noun.kind != OTHERS and noun.first == run[-1].last
    # 'Son las ocho ocho': what follows an hour is as little.
    begins = next((n.first for n in passage.numbers if n.last == first.first), first.first)
    behind = any(mark.last in (begins, first.first) for mark in passage.of("not_counted_behind"))
    if behind and not counted and not _answers(passage, run):  # 'at six', but not 'at six men'
        return None
    if _is_of_a_clock(passage, first):
        return None
    # 'Ya lo tenían dos hombres': whom they took is said before the verb.
    said_so = first.first in passage.ending("there_are") or any(
        mark.value == "one" and mark.last == first.first for mark in passage.of("held")
    )
    if not said_so and any(
        mark.first < first.first <= mark.first + TAKEN_WITHIN
        and not passage.parted(mark.first, first.first)
        for mark in passage.of("taken")
    ):
        return None
    if noun is not None:
        if noun.kind == OTHERS or _is_bystanding(passage, noun) or _is_of_things(passage, noun):
            return None
        if any(run[-1].last <= mark.first < noun.first for mark in passage.of("own")):
            return None  # 'two of my guys'
        own = first.first in passage.ending("own")
        if noun.kind == PEOPLE and own and not said_so:
            return None  # 'I got eleven guys up top'
        if run[-1].is_article:
            if noun.first != run[-1].last:
                return None
            aboard = noun.last in passage.beginning("aboard")
            return LIKELY if noun.kind == OFFICERS or aboard else None
        return SURE if noun.kind == OFFICERS or _is_of_officers(passage, noun) else LIKELY
    if run[-1].is_article:
        return None
    if _is_sum(passage, first.first) and number_runs(passage)[0][0].first < first.first:
        return SURE
    there = any(
        mark.last <= first.first <= mark.last + 2
        and not passage.parted(mark.last - 1, first.first, Stop.COMMA)
        for mark in passage.of("there_are")
    )
    corrected = first.first in passage.ending(CORRECTION)
    if corrected and _corrects_a_count(passage, first):
        return LIKELY
    # 'I can see two… three.'
    counted_on = any(
        n.first == begins and n.value == first.value - 1 for n in passage.numbers
    ) and begins in passage.ending("there_are")
    if counted_on or _is_aside(passage, first):
        there = True
    if there and _is_of_vehicles(passage, first):
        return None
    ends = passage.tokens[run[-1].last - 1].stop > Stop.NONE
    at_end = run[-1].last == len(passage.tokens)
    # 'I see eight in green uniforms.'
    looks = any(
        0 <= mark.first - run[-1].last <= LOOKS_WITHIN
        and not passage.parted(run[-1].last - 1, mark.first, Stop.COMMA)
        for mark in passage.of("look")
    )
    between = len(run) > 1 and first.first in passage.ending("between")
    if (there or corrected or between) and (ends or at_end or looks):
        # 'Los agentes eran seis.'
        theirs = any(
            mark.last == first.first and mark.first in passage.ending(OFFICERS)
            for mark in passage.of("there_are")
        )
        return SURE if theirs else LIKELY
    # 'Some men, five or six.'
    named = first.first in passage.ending(PEOPLE, OFFICERS)
    if _is_aboard(passage, run) or (named and (ends or at_end) and not behind):
        return LIKELY
    about = first.first in passage.ending("about")
    told_of = any(
        mark.last <= first.first and not passage.parted(mark.last - 1, first.first)
        for mark in passage.of(OFFICERS)
    )
    if about and told_of and ends and not behind:
        return LESS  # 'unos de la Border Patrol, como ocho, …'
    if run[-1].last in passage.beginning("look"):
        return LESS  # 'dos de civil'
    if looks and first.first in passage.ending("all_of"):
        return LESS  # 'los cuatro con máscara'
    if _answers(passage, run):
        return LESS
    if run[-1].last in passage.beginning("total"):
        return SURE
    if any(first.first in (mark.last, mark.first - len(run)) for mark in passage.of("more")):
        # 'And two more', 'otros dos', and of whom was said before.
        theirs = any(
            mark.kind == OFFICERS and other[-1].last < first.first
            for other in number_runs(passage)
            if (mark := noun_of(passage, other[-1])) is not None
        )
        return LIKELY if theirs else LESS
    goes_on = run[-1].last in passage.beginning("break")
    return LESS if there and goes_on else None


def _corrects_a_count(passage: Passage, number: Number) -> bool:
    """'Three dudes no four', whatever goes on behind it."""
    back = passage.ending(CORRECTION)[number.first]
    earlier = [run[-1] for run in number_runs(passage) if run[-1].last <= back.first]
    wrong = earlier[-1] if earlier else None
    if wrong is None or wrong.is_article or abs(wrong.value - number.value) > wrong.value:
        return False
    noun = noun_of(passage, wrong)
    last = wrong.last if noun is None else noun.last
    is_people = noun is not None and noun.kind != OTHERS
    behind = noun_of(passage, number)
    return is_people and last == back.first and (behind is None or behind.kind != OTHERS)


def _is_aside(passage: Passage, number: Number) -> bool:
    """'I can see, through the peephole, three.'"""
    return any(
        mark.last < number.first <= mark.last + ASIDE
        and not passage.parted(mark.last - 1, number.first - 1)
        and passage.tokens[mark.last - 1].stop is Stop.COMMA
        and passage.tokens[number.first - 1].stop > Stop.NONE
        and not passage.parted(mark.last, number.first - 2, Stop.COMMA)
        for mark in passage.of("there_are")
    )


def _is_of_vehicles(passage: Passage, number: Number) -> bool:
    """'The cars outside, I counted fourteen'."""
    nouns = [
        mark
        for mark in passage.of(PEOPLE, OFFICERS, "vehicle")
        if mark.last <= number.first and not passage.parted(mark.last - 1, number.first)
    ]
    return bool(
        nouns
        and nouns[-1].kind == "vehicle"
        and nouns[-1].value.endswith("+")
        and nouns[-1].first in passage.ending("definite_many")
    )


def _answers(passage: Passage, run: Sequence[Number]) -> bool:
    """'There are agents here. Twelve, thirteen?': a sentence of nothing but how many."""
    first, last = run[0].first, run[-1].last
    if (about := passage.ending("about").get(first)) is not None:
        first = about.first  # 'Like twelve?'
    if first == 0 or not (_begins(passage, first) and _ends(passage, last)):
        return False
    before = [
        mark
        for mark in passage.of(PEOPLE, OFFICERS, "vehicle", "captives")
        if _is_last_sentence(passage, mark.first, first)
    ]
    digits = {number.first for number in passage.numbers if number.last == first}
    return bool(before) and before[-1].kind in (PEOPLE, OFFICERS) and not digits


def _is_aboard(passage: Passage, run: Sequence[Number]) -> bool:
    """'A black Tahoe with two in it', 'four in the Tahoe'."""
    vehicles = passage.of("vehicle")
    last = run[-1].last
    inside = any(
        mark.first == last
        and any(
            0 <= car.first - mark.last <= 3 and not passage.parted(last, car.first)
            for car in vehicles
        )
        for mark in passage.of("inside")
    )
    ends = last == len(passage.tokens) or passage.tokens[last - 1].stop > Stop.NONE
    aboard = ends or last in passage.beginning("aboard")
    return inside or (
        aboard
        and any(
            mark.last == run[0].first
            and any(car.last in (mark.first, mark.first - 1) for car in vehicles)
            for mark in passage.of("with")
        )
    )


def _is_of_things(passage: Passage, noun: Mark) -> bool:
    """'A line of cars, eight of them', 'kids on board, fourteen of them', 'five of them, all
    Explorers'."""
    of = _of_whom(passage, noun)
    if of is None:
        return False
    behind = any(
        0 <= mark.first - noun.last <= 1 and mark.value.endswith("+")
        for mark in passage.of("vehicle")
    )
    if of.kind == "captives":
        return passage.tokens[of.last - 1].plain.endswith(("s", "n"))  # several of them
    return behind or (of.kind == "vehicle" and of.value.endswith("+"))


def _is_of_officers(passage: Passage, noun: Mark) -> bool:
    """'ICE on the ground, eight of them.'"""
    of = _of_whom(passage, noun)
    return of is not None and of.kind == OFFICERS


def _of_whom(passage: Passage, noun: Mark) -> Mark | None:
    """The noun that 'of them' stands for: the last one before it in the sentence, or itself."""
    if noun.kind != PEOPLE or noun.last - noun.first < 2:
        return None
    if noun.last not in passage.ending("them"):
        return None
    nouns = [
        mark
        for mark in passage.of(PEOPLE, OFFICERS, "vehicle", "captives")
        if mark.last <= noun.first and not passage.parted(mark.last - 1, noun.first)
    ]
    return nouns[-1] if nouns else noun


def _is_bystanding(passage: Passage, noun: Mark) -> bool:
    if noun.kind != PEOPLE:
        return False
    if noun.last in passage.ending("them"):
        return False  # 'six of them on the sidewalk'
    joints = passage.beginning("and").keys()  # '… and everybody is running'
    return any(
        0 <= mark.first - noun.last <= 2
        and not passage.parted(noun.first, mark.first, Stop.COMMA)
        and joints.isdisjoint(range(noun.last, mark.first))
        for mark in passage.of("bystanding")
    )


def _only_one(passage: Passage) -> Iterator[Finding[Count]]:
    """'Just the one', 'uno solo'."""
    others = passage.beginning(OTHERS, "vehicle")
    for mark in passage.of("only_one"):
        if mark.last in others:
            continue  # 'only the one car'
        yield Finding(Count(1, 1), passage, mark.first, mark.last, LESS)


def _driver_and_passenger(passage: Passage) -> Iterator[Finding[Count]]:
    """'Just driver and passenger', of whom nobody says that they were stopped."""
    for pair in passage.of("driver_and_passenger"):
        if not any(
            not passage.parted(min(pair.first, mark.first), max(pair.last, mark.last) - 1)
            for mark in _takings(passage)
        ):
            yield Finding(Count(2, 2), passage, pair.first, pair.last, LESS)


def _lone_person(passage: Passage) -> Iterator[Finding[Count]]:
    """'There's a man in a vest', 'One guy.': where nobody is said to be more."""
    if any(passage.tokens[mark.last - 1].plain.endswith("s") for mark in passage.of(OFFICERS)):
        return
    single, ours = passage.ending("single"), passage.ending("mine")
    taken = _takings(passage)
    for person in passage.of(PEOPLE):
        first = person.first - 1 if person.first in single else person.first
        begins, ends = _begins(passage, first), _ends(passage, person.last)
        if person.first in ours or passage.tokens[person.last - 1].plain.endswith("s"):
            continue
        if any(
            not passage.parted(min(person.first, mark.first), max(person.last, mark.last) - 1)
            or (begins and mark.last <= first and _is_last_sentence(passage, mark.first, first))
            for mark in taken
        ):
            continue
        said = begins and ends and any(n.first == first and n.value == 1 for n in passage.numbers)
        looks = (first < person.first or begins) and any(
            0 <= mark.first - person.last <= LOOKS_BEHIND
            and not passage.parted(person.last - 1, mark.first, Stop.COMMA)
            for mark in passage.of("look")
        )
        if said or looks:
            yield Finding(Count(1, 1), passage, first, person.last, LESS)


def _takings(passage: Passage) -> Sequence[Mark]:
    """Words that say that somebody was taken, or stopped."""
    return [mark for mark in passage.of("taken", "held") if mark.value not in ("has", "none")]


def _begins(passage: Passage, first: int) -> bool:
    """Whether a sentence begins there."""
    return first == 0 or passage.tokens[first - 1].stop >= Stop.SENTENCE


def _ends(passage: Passage, last: int) -> bool:
    """Whether a sentence ends before that word."""
    return last == len(passage.tokens) or passage.tokens[last - 1].stop >= Stop.SENTENCE


def _is_last_sentence(passage: Passage, at: int, first: int) -> bool:
    """Whether a word is of the sentence before the one that begins at `first`."""
    return first > 0 and not passage.parted(at, first - 1)


def _many(passage: Passage) -> Iterator[Finding[Count]]:
    things = passage.beginning(OTHERS, "vehicle")
    for many in passage.of("many_alone"):
        if any(
            at in things and not passage.parted(many.first, at, Stop.COMMA)
            for at in (many.last, many.last + 1)
        ):
            continue  # 'so many cars'
        yield Finding(Count(None, None), passage, many.first, many.last, LIKELY)
    for many in passage.of("many"):
        for noun in passage.of(OFFICERS):
            first, last = min(many.first, noun.first), max(many.last, noun.last)
            gap = max(many.first, noun.first) - min(many.last, noun.last)
            if 0 <= gap <= REACH and not passage.parted(first, last - 1, Stop.COMMA):
                yield Finding(Count(None, None), passage, first, last, LIKELY)
        if passage.of(OFFICERS) and _begins(passage, many.first) and _ends(passage, many.last):
            yield Finding(Count(None, None), passage, many.first, many.last, LESS)
