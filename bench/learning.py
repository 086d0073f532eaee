"""Weighs what words speak for by the written calls of `tests/cases`: `reports/fields/learnt.py`.

    python -m bench.learning               # writes prompts/learnt.json anew
    python -m bench.learning --left-out    # says how well each set is guessed by all the others

Softmax regression by stochastic gradient descent in a fixed order: the same calls and lexicons give
the same weights. Calls that are held out (`tests/fields/cases.py`) are not learnt from. Lexicons
know the words of every set, so what `--left-out` prints is better than what strangers would get.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reports.fields.learnt import BIAS, NONE, Learnt, features, scale, shares
from reports.fields.lexicon import LEARNT, Lexicon, load_lexicons
from tests.fields.cases import NONE as SAYS_NONE
from tests.fields.cases import Case, cases

FILE: Final = Path("prompts") / LEARNT
FIELDS: Final = ("kind", "first_hand", "still_there")
EPOCHS: Final = 25
STEP: Final = 0.5
SLOWER: Final = 0.3
"""By which steps get shorter with each epoch."""
BIAS_STEP: Final = 0.3
FEATURE_STEP: Final = 3.0
"""How fast the weights of the bias and of the rest move, beside each other."""
ENOUGH: Final = 0.01
"""A class that is missed by less teaches nothing."""
TIMES: Final = 2
"""Calls that a feature has to stand in."""
UNIT: Final = 100
"""Weights are written as whole hundredths."""
LEAST: Final = 0.3
"""A feature none of whose weights is as large is left out."""


@dataclass(frozen=True)
class Example:
    """A call as it is learnt from."""

    folder: str
    given: Sequence[str]
    """Its features, in order."""
    classes: Mapping[str, str]
    """By field: of those that the case speaks of."""


def examples(lexicons: Mapping[str, Lexicon], of: Sequence[Case]) -> list[Example]:
    return [
        Example(
            case.folder,
            sorted(features(case.told(lexicons).passages)),
            {name: _class(case.says[name]) for name in FIELDS if name in case.says},
        )
        for case in of
    ]


def _class(said: object) -> str:
    if said == SAYS_NONE:
        return NONE
    return str(said).lower()


def learnt_from(those: Sequence[Example]) -> Learnt:
    often = Counter(feature for each in those for feature in each.given)
    known = sorted(feature for feature, count in often.items() if count >= TIMES)
    classes = {
        name: tuple(sorted({each.classes[name] for each in those if name in each.classes}))
        for name in FIELDS
        if any(name in each.classes for each in those)
    }
    rows: dict[str, list[float]] = {feature: [] for feature in (BIAS, *known)}
    for name, names in classes.items():
        weighed = _weighed([each for each in those if name in each.classes], known, name, names)
        for feature, row in weighed.items():
            rows[feature] += row
    kept = {
        feature: [round(each * UNIT) / UNIT for each in row]
        for feature, row in rows.items()
        if feature == BIAS or max(map(abs, row)) >= LEAST
    }
    return Learnt(classes, kept)


def _weighed(
    those: Sequence[Example], known: Sequence[str], name: str, names: Sequence[str]
) -> Mapping[str, list[float]]:
    weights = {feature: [0.0] * len(names) for feature in (BIAS, *known)}
    bias = weights[BIAS]
    # Each call as the rows of weights that it has.
    calls = [
        (
            [weights[feature] for feature in each.given if feature in weights],
            scale(len(each.given)),
            names.index(each.classes[name]),
        )
        for each in those
    ]
    order = random.Random(1)  # no secret: an order that is the same each time
    for epoch in range(EPOCHS):
        order.shuffle(calls)
        step = STEP / (1 + SLOWER * epoch)
        for rows, by, wanted in calls:
            sums = [by * sum(column) for column in zip(*rows, strict=True)] or [0.0] * len(names)
            found = shares([each + own for each, own in zip(sums, bias, strict=True)])
            for at, share in enumerate(found):
                missed = (at == wanted) - share
                if abs(missed) > ENOUGH:
                    bias[at] += step * BIAS_STEP * missed
                    move = step * FEATURE_STEP * missed * by
                    for row in rows:
                        row[at] += move
    return weights


def left_out(every: Sequence[Example]) -> None:
    """Prints of each set how many are guessed by what was learnt from the others."""
    for folder in dict.fromkeys(each.folder for each in every):
        model = learnt_from([each for each in every if each.folder != folder])
        right: Counter[str] = Counter()
        asked: Counter[str] = Counter()
        for each in (one for one in every if one.folder == folder):
            for name, shared in model.likely_of(each.given).items():
                if name in each.classes:
                    asked[name] += 1
                    right[name] += max(shared, key=lambda one: shared[one]) == each.classes[name]
        of = ", ".join(f"{name} {right[name] / asked[name]:.2f}" for name in FIELDS if asked[name])
        print(f"{folder or 'our own'}: {of}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--left-out", action="store_true", help="each set by all the others")
    wants_left_out = parser.parse_args().left_out
    every = examples(load_lexicons(Path("prompts")), [c for c in cases() if not c.is_held_out])
    if wants_left_out:
        left_out(every)
        return
    model = learnt_from(every)
    rows = ",\n".join(
        f"{json.dumps(feature, ensure_ascii=False)}:{json.dumps(whole, separators=(',', ':'))}"
        for feature, row in sorted(model.weights.items())
        if (whole := [round(each * UNIT) for each in row])
    )
    classes = json.dumps({name: list(of) for name, of in model.classes.items()})
    FILE.write_text(
        f'{{"unit": {UNIT}, "classes": {classes}, "weights": {{\n{rows}\n}}}}\n', encoding="utf-8"
    )
    print(f"{len(every)} calls, {len(model.weights)} features: {FILE}")


if __name__ == "__main__":
    main()
