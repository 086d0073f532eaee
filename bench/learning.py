"""Weighs what words speak for by the written calls of `tests/cases`: `reports/fields/learnt.py`.

    python -m bench.learning               # writes prompts/learnt.json anew
    python -m bench.learning --left-out    # says how well each set is guessed by all the others

Log-linear models, as likely as can be under a penalty for large weights (L-BFGS, from nothing: the
same calls and lexicons give the same weights). Calls that are held out (`tests/fields/cases.py`)
are not learnt from. What counts is learnt by `bench/counting.py`. Lexicons know the words of the
older sets, so what `--left-out` prints of those is better than what strangers would get.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import torch

from reports.fields.learnt import BIAS, NONE, Learnt, Weights, features, scale
from reports.fields.lexicon import LEARNT, Lexicon, load_lexicons
from tests.fields.cases import NONE as SAYS_NONE
from tests.fields.cases import Case, cases

FILE: Final = Path("prompts") / LEARNT
FIELDS: Final = ("kind", "first_hand", "still_there")
STEPS: Final = 100
"""Of L-BFGS at the most."""
PENALTY: Final = 1 / 60
"""Half of it is what the square of a weight costs, beside the likelihood of a call."""
PLAIN: Final = frozenset(
    ["", "sixteenth", "seventeenth", "eighteenth", "twentieth", "twentysecond"]
)
"""Sets that speak as most people do, and our own (""). In others writers looked for what is rarely
said."""
PLAIN_WEIGHT: Final = 2.0
"""What such a call weighs, beside one of the others."""
TIMES: Final = 2
"""Calls that a feature has to stand in."""
UNIT: Final = 100
"""Weights are written as whole hundredths."""
LEAST: Final = 0.3
"""A feature none of whose weights is as large is left out."""
PARTS: Final = 5
"""Into which calls are parted, so that what one sounds like is guessed from the others."""


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
    """What calls sound like as a whole."""
    often = Counter(feature for each in those for feature in each.given)
    known = [BIAS, *sorted(feature for feature, count in often.items() if count >= TIMES)]
    number = {feature: at for at, feature in enumerate(known)}
    classes: dict[str, tuple[str, ...]] = {}
    found: list[torch.Tensor] = []
    for name in FIELDS:
        asked = [each for each in those if name in each.classes]
        if asked:
            classes[name] = tuple(sorted({each.classes[name] for each in asked}))
            found.append(_weighed(asked, number, name, classes[name]))
    table = torch.cat(found, dim=1).tolist()
    kept = {
        feature: _rounded(row)
        for feature, row in zip(known, table, strict=True)
        if feature == BIAS or max(map(abs, row)) >= LEAST
    }
    return Learnt(classes, Weights(kept), UNIT)


def _rounded(row: Iterable[float]) -> list[int]:
    return [round(each * UNIT) for each in row]


def _weighed(
    those: Sequence[Example], number: Mapping[str, int], name: str, classes: Sequence[str]
) -> torch.Tensor:
    """Weights by feature and class."""
    rows = _Rows()
    for each in those:
        # What is not known counts for the length, as it will when calls are guessed.
        by = scale(len(each.given))
        known = [number[feature] for feature in each.given if feature in number]
        rows.add([number[BIAS], *known], [1.0, *[by] * len(known)])
    given = rows.matrix(len(number))
    wanted = torch.tensor([classes.index(each.classes[name]) for each in those])
    worth = torch.tensor([_worth(each.folder) for each in those])
    weights = torch.zeros((len(number), len(classes)), requires_grad=True)

    def cost() -> torch.Tensor:
        missed = torch.nn.functional.cross_entropy(given @ weights, wanted, reduction="none")
        return (missed * worth).sum() + PENALTY / 2 * (weights**2).sum()

    return _least(weights, cost)


def _worth(folder: str) -> float:
    return PLAIN_WEIGHT if folder in PLAIN else 1.0


class _Rows:
    """Of a matrix most of which is nought."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.count = 0

    def add(self, columns: Sequence[int], values: Sequence[float] | None = None) -> None:
        self.rows += [self.count] * len(columns)
        self.columns += columns
        self.values += [1.0] * len(columns) if values is None else values
        self.count += 1

    def matrix(self, width: int) -> torch.Tensor:
        at = torch.tensor([self.rows, self.columns], dtype=torch.long).reshape(2, -1)
        return torch.sparse_coo_tensor(
            at, torch.tensor(self.values), (max(1, self.count), width), check_invariants=False
        ).coalesce()


def _least(weights: torch.Tensor, cost: Callable[[], torch.Tensor]) -> torch.Tensor:
    """The weights that cost least."""
    search = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        search.zero_grad()
        now = cost()
        now.backward()  # type: ignore[no-untyped-call]
        return now

    search.step(step)  # type: ignore[no-untyped-call]
    return weights.detach()


def parted_shares(
    lexicons: Mapping[str, Lexicon], calls: Sequence[Case], others: Sequence[Case]
) -> Sequence[Mapping[str, Mapping[str, float]]]:
    """What each of the calls, then each of the others sounds like, guessed from the calls that are
    not in its part."""
    every = examples(lexicons, calls)
    models = {
        part: learnt_from(
            [each for each, case in zip(every, calls, strict=True) if _part(case) != part]
        )
        for part in range(PARTS)
    }
    return [models[_part(each)].likely(each.told(lexicons).passages) for each in [*calls, *others]]


def _part(case: Case) -> int:
    return sha256(case.name.encode()).digest()[1] % PARTS


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
    lexicons = load_lexicons(Path("prompts"))
    those = [case for case in cases() if not case.is_held_out]
    if wants_left_out:
        left_out(examples(lexicons, those))
        return
    model = learnt_from(examples(lexicons, those))
    FILE.write_text(written(model), encoding="utf-8")
    print(f"{len(those)} calls, {len(model.weights)} features: {FILE}")


def written(model: Learnt) -> str:
    """As `load_learnt` reads it, a feature a line."""
    classes = json.dumps({name: list(of) for name, of in model.classes.items()})
    return "\n".join(
        [
            f'{{"unit": {UNIT}, "classes": {classes},',
            f'"weights": {_table(model.weights)}}}',
            "",
        ]
    )


def _table(weights: Mapping[str, Sequence[int]]) -> str:
    rows = ",\n".join(
        f"{json.dumps(feature, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
        for feature, row in sorted(weights.items())
        if any(row)
    )
    return f"{{\n{rows}\n}}"


if __name__ == "__main__":
    main()
