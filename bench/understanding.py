"""What is understood of the written calls of `tests/cases`, and how fast.

    python -m bench.understanding [--held-out]

For each field and language: of how many calls that ask for it the answer is right, wrong, missing
or invented; then precision (right of all that was answered) and recall (right of all that was to be
answered). A place with several candidates, a part of town where a corner is wanted, or one street
of two, is no answer. A wrong or invented answer costs as much as
COST missing ones. With `--held-out` only the calls that nobody looked at while rules were written;
without it the short calls of `tests/cases/places`, too.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import nan
from pathlib import Path
from statistics import mean

from reports.fields.lexicon import load_lexicons
from reports.fields.location import Location
from reports.fields.priority import ranked
from reports.fields.understood import understand
from tests.fields.cases import FIELDS, Answer, Case, cases, names, places
from wiring import keep_what_is_loaded

COST = 5
"""A wrong address sends people to another street."""
SETS = frozenset(
    ["activity", "agency", "look", "vest_words", "equipment", "evidence", "needs", "vehicles"]
)
"""Fields of several values: each is counted."""
ROUNDS = 3
SLOWEST = 0.05
"""Seconds that one report may take."""


@dataclass
class Tally:
    right: int = 0
    wrong: int = 0
    missing: int = 0
    invented: int = 0

    @property
    def asked(self) -> int:
        return self.right + self.wrong + self.missing

    @property
    def precision(self) -> float:
        answered = self.right + self.wrong + self.invented
        return self.right / answered if answered else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.asked if self.asked else 1.0

    @property
    def cost(self) -> int:
        return COST * (self.wrong + self.invented) + self.missing

    def count(self, answer: Answer) -> None:
        wanted, found = answer.wanted, answer.found
        if answer.field in SETS - {"vehicles"}:
            these, those = set(wanted or ()), set(found or ())
            self.right += len(these & those)
            self.missing += len(these - those)
            self.invented += len(those - these)
        elif answer.is_right:
            self.right += wanted is not None
        elif wanted is None:
            self.invented += 1
        elif found is None or (isinstance(found, Location) and is_vague(found, wanted)):
            self.missing += 1
        else:
            self.wrong += 1


def is_vague(found: Location, wanted: str) -> bool:
    """Whether a place is not settled, or is less than what is wanted and does not contradict it:
    the part of town alone, or one of the two streets."""
    if len(found.candidates) > 1 or not (found.streets or found.landmark):
        return True
    return len(found.streets) == 1 and found.streets[0] in wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held-out", action="store_true", help="only those that nobody looked at")
    held_out = parser.parse_args().held_out
    every = cases()
    measured = [case for case in every if case.is_held_out or not held_out]
    lexicons = load_lexicons(Path("prompts"))
    answers = [(case, answer) for case in measured for answer in case.answers(lexicons)]
    which = "held out" if held_out else "all, most of which rules were written on"
    print(f"{len(measured)} of {len(every)} written calls ({which}); a mistake costs {COST}.")
    for language in ("all", *sorted({case.language for case in measured})):
        print(f"\n{language:12} asked right wrong missing invented  precision recall  cost")
        for field in FIELDS:
            tally = Tally()
            for case, answer in answers:
                if answer.field == field and language in ("all", case.language):
                    tally.count(answer)
            if tally.asked or tally.invented:
                print(
                    f"{field:12} {tally.asked:5} {tally.right:5} {tally.wrong:5}"
                    f" {tally.missing:7} {tally.invented:8}"
                    f"      {tally.precision:.2f}   {tally.recall:.2f} {tally.cost:5}"
                )
    print(f"\nKind, macro-F1: {macro_f1(each for _, each in answers if each.field == 'kind'):.2f}")
    if not held_out:
        told = Tally()
        for case in places():
            for answer in case.answers(lexicons):
                told.count(answer)
        print(f"Places of short calls: {told.precision:.2f} {told.recall:.2f} of {told.asked}")
    speed(every)


def macro_f1(answers: Iterable[Answer]) -> float:
    """Mean over the kinds of the harmonic mean of precision and recall."""
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for answer in answers:
        wanted[answer.wanted] += 1
        if answer.found is not None:
            found[answer.found] += 1
        right[answer.wanted] += answer.is_right
    scores = [2 * right[kind] / (wanted[kind] + found[kind]) for kind in wanted]
    return mean(scores) if scores else nan


def speed(every: Iterable[Case]) -> None:
    """Reports a second on one core, from plain words to fields and priority."""
    lexicons = load_lexicons(Path("prompts"))
    texts = list(every)
    took: list[float] = []
    keep_what_is_loaded()  # as every process of the line does
    for _ in range(ROUNDS):
        for case in texts:
            begun = time.perf_counter()
            told = case.told(lexicons)
            ranked(told, understand(told, names()))
            took.append(time.perf_counter() - begun)
    long = " ".join(case.says["words"] for case in texts[:20])
    begun = time.perf_counter()
    told = Case("long", "en", {"words": long}).told(lexicons)
    understand(told, names())
    longest = time.perf_counter() - begun
    print(
        f"{len(took) / sum(took):.0f} reports a second on one core; the slowest took"
        f" {1000 * max(took):.1f} ms, one of {len(long.split())} words {1000 * longest:.0f} ms"
        f" (limit {1000 * SLOWEST:.0f} ms)."
    )


if __name__ == "__main__":
    main()
