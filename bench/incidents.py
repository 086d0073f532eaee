"""`python -m bench.incidents`: whether reports that speak of the same are suggested together.

Made waves of 500 reports in the Twin Cities (`bench/wave.py`): 40 incidents, some of them blocks
apart at the same time, or at the same corner hours later; 15 % of the places misheard, cars and
plates as people give them, rumours, and reports that nobody else calls about. What is said goes
through the line's own understanding. Counted are pairs of reports: precision is the share of the
suggested pairs that are right, recall the share of the right pairs that are suggested. The points
(`reports/incidents/likeness.py`) were settled on the seeds up to 3 and never on `UNSEEN`.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bench.wave import Said, Wave
from places.gazetteer import load_gazetteer
from reports.fields.lexicon import Lexicon, load_lexicons
from reports.fields.names import Names
from reports.fields.plainly import told_from
from reports.fields.understood import understand
from reports.incidents import Sighting, Suggestion, sighting_of, suggest
from reports.model import Answer, Call, Dossier, Report

SEEN, UNSEEN = (1, 2, 3), (4, 5)
GOAL = 0.9
MANY = 5000


@dataclass(frozen=True, slots=True)
class Score:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


class Hearer:
    """What is said becomes what is compared, as on the line."""

    def __init__(self) -> None:
        self.gazetteer = load_gazetteer(Path("places/twin_cities"))
        self._names = Names(self.gazetteer)
        self._lexicons: dict[str, Lexicon] = dict(load_lexicons(Path("prompts")))

    def sighting(self, said: Said) -> Sighting:
        given = {"words": said.words, "lang": said.language, "keys": said.keys}
        understood = understand(told_from(given, self._lexicons, said.at), self._names)
        call = Call(
            said.reference,
            said.at,
            caller_hash=said.caller,
            answers=tuple(Answer(name, digits, said.at) for name, digits in said.keys.items()),
        )
        report = Report(said.reference, said.reference, said.at, said.at)
        return sighting_of(Dossier(report, call, (), (), (), ()), understood)


def score(wave: Sequence[Said], suggested: Sequence[Suggestion]) -> Score:
    group_of = {reference: at for at, each in enumerate(suggested) for reference in each.references}
    wanted = Counter(said.incident for said in wave if said.incident is not None)
    right = sum(count * (count - 1) // 2 for count in wanted.values())
    incident_of = {said.reference: said.incident for said in wave}
    given = hits = 0
    for each in suggested:
        for one, other in combinations(each.references, 2):
            given += 1
            hits += incident_of[one] is not None and incident_of[one] == incident_of[other]
    assert len(group_of) == sum(len(each.references) for each in suggested)
    return Score(hits / given if given else 1.0, hits / right)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.incidents", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=[*SEEN, *UNSEEN])
    given = parser.parse_args(arguments)
    hearer = Hearer()
    print(
        f"{'seed':>12}{'precision':>11}{'recall':>8}{'F1':>7}{'groups':>8}{'understood':>12}{'suggested':>11}"
    )
    worst = 1.0
    for seed in given.seeds:
        wave = Wave(hearer.gazetteer, seed).reports()
        began = time.perf_counter()
        sightings = [hearer.sighting(said) for said in wave]
        heard = time.perf_counter()
        suggested = suggest(sightings)
        ended = time.perf_counter()
        found = score(wave, suggested)
        worst = min(worst, found.f1)
        name = f"{seed}" if seed in SEEN else f"{seed}, unseen"
        print(
            f"{name:>12}{found.precision:>11.3f}{found.recall:>8.3f}{found.f1:>7.3f}{len(suggested):>8}"
            f"{heard - began:>10.2f} s{ended - heard:>9.2f} s"
        )
    print(f"The worst F1 is {worst:.3f}; wanted is {GOAL}.")
    many = [hearer.sighting(said) for said in Wave(hearer.gazetteer, 6).reports(MANY, 400)]
    began = time.perf_counter()
    suggest(many)
    print(f"{MANY} reports at once: {time.perf_counter() - began:.2f} s.")


if __name__ == "__main__":
    main()
