"""What a call names that may count people: numbers, ordinals, single persons, and words that say
that somebody was taken; and what stands around each and between two, which speaks for and against
it (`headcount.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reports.fields.counting import Number
from reports.fields.counts import Count, counted_run, noun_of, number_runs
from reports.fields.lexicon import Mark
from reports.fields.said import Passage, Stop

PERSONS: Final = ("people", "officers", "captives", "one_person", "person", "more")
"""The lexicon's kinds whose marks may stand for one."""
NOUNS: Final = frozenset(["people", "officers", "others", "vehicle", "captives", *PERSONS[3:5]])
"""Kinds of what can be counted at all."""
TELLING: Final = frozenset(["officers", "vehicle", "taken", "held", "agency", "people", "look"])
"""Kinds that tell something from an earlier sentence, too."""
VALUED: Final = frozenset(["held", "taken", "presence"])
"""Kinds whose values speak for different things."""
TAKINGS: Final = ("held", "taken", "restrained")
"""The lexicon's kinds that say that somebody is taken, whoever it is: 'la están jalando'."""
MOST_TAKINGS: Final = 2
"""Of such words in an answer that are weighed at the most: all say the same."""
MOST: Final = 10
"""People and numbers that are weighed at the most: a call that has more is no report."""
ORDINALS: Final = range(2, 13)
"""'A third one', 'the fifth', that may be one person more."""
AROUND: Final = 7
"""Words on either side that speak for or against."""
BETWEEN: Final = 8
"""Words between two counts up to which each of them speaks."""


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


def counted_in(passages: Sequence[Passage]) -> list[Counted]:
    """All that may count, in order; numbers go before persons where there is too much."""
    # Not kept with the passage, which each of them names: such circles wait for the collector.
    every = [each for passage in passages for each in _counted_in(passage)]
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
    words, stops, marks = passage.once(laid_out)
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


def laid_out(passage: Passage) -> tuple[Sequence[str], Sequence[int], Sequence[Mark]]:
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
    words, _, marks = one.passage.once(laid_out)
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
