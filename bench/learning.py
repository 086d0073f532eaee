"""Weighs what words speak for by the written calls of `tests/cases`: `reports/fields/learnt.py`,
`reports/fields/headcount.py`.

    python -m bench.learning               # writes prompts/learnt.json anew
    python -m bench.learning --left-out    # says how well each set is guessed by all the others

Log-linear models, as likely as can be under a penalty for large weights (L-BFGS, from nothing: the
same calls and lexicons give the same weights). Calls that are held out (`tests/fields/cases.py`)
are not learnt from. What rules are worth is learnt only from calls that were written after them.
Lexicons know the words of the older sets, so what `--left-out` prints of those is better than what
strangers would get.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import torch

from reports.fields import headcount
from reports.fields.counted import around, between, counted_in
from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.headcount import RELATIONS, STRONG, Reading, ruled
from reports.fields.learnt import BIAS, NONE, Headcounts, Learnt, Weights, features, scale
from reports.fields.lexicon import LEARNT, Lexicon, load_lexicons
from reports.fields.understood import by_rules
from tests.fields.cases import AFTER_RULES, Case, cases, names
from tests.fields.cases import NONE as SAYS_NONE

FILE: Final = Path("prompts") / LEARNT
FIELDS: Final = ("kind", "first_hand", "still_there")
STEPS: Final = 100
"""Of L-BFGS at the most."""
PENALTY: Final = 1 / 60
"""Half of it is what the square of a weight costs, beside the likelihood of a call."""
COUNT_PENALTY: Final = 0.5
"""The same, of counts."""
PLAIN: Final = frozenset(["", "sixteenth", "seventeenth", "eighteenth", "twentieth"])
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
COUNT_LEAST: Final = 0.03
"""The same, of counts."""
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


@dataclass(frozen=True)
class CountedCall:
    """A call as counting is learnt from it."""

    folder: str
    members: Sequence[Sequence[str]]
    """What stands around each that may count."""
    pairs: Mapping[tuple[int, int], Sequence[str]]
    readings: Sequence[Reading]
    rules: Mapping[str, Sequence[Sequence[str]]]
    """By field and reading: what rules say of it; nothing of calls that were there before them."""
    wanted: Mapping[str, Count | None]
    """By field: of those that the case speaks of."""


def counted_calls(
    lexicons: Mapping[str, Lexicon], of: Sequence[Case], models: Mapping[int, Learnt]
) -> list[CountedCall]:
    """`models`: for each part of the calls what was learnt from the others."""
    return [_counted_call(case, lexicons, models[_part(case)]) for case in of]


def _part(case: Case) -> int:
    return sha256(case.name.encode()).digest()[1] % PARTS


def _counted_call(case: Case, lexicons: Mapping[str, Lexicon], model: Learnt) -> CountedCall:
    told = case.told(lexicons)
    counted = counted_in(told.passages)
    readings = headcount.readings(told.passages, counted, model.likely(told.passages))
    rules: Mapping[str, Finding[Count] | None] | None = None
    if case.folder in AFTER_RULES:
        rules = by_rules(told, names())
    return CountedCall(
        case.folder,
        [around(each) for each in counted],
        {
            (at, to): between(counted[at], counted[to])
            for at, to in {pair[:2] for reading in readings for pair in reading.pairs}
        },
        readings,
        {
            name: [() if rules is None else ruled(reading, rules[name]) for reading in readings]
            for name in headcount.FIELDS
        },
        {name: _count(case.says[name]) for name in headcount.FIELDS if name in case.says},
    )


def _count(said: Any) -> Count | None:
    if said == SAYS_NONE:
        return None
    if said == "many":
        return headcount.MANY
    low, high = said if isinstance(said, list) else (said, said)
    return Count(low, high)


def headcounts_from(those: Sequence[CountedCall]) -> Headcounts:
    """What speaks for and against ways to count."""
    weights: dict[str, list[float]] = {}
    pairs: dict[str, list[float]] = {}
    for field, name in enumerate(headcount.FIELDS):
        asked = [each for each in those if name in each.wanted]
        for feature, weight in _weighed_counts(asked, name).items():
            if abs(weight) < COUNT_LEAST:
                continue
            relation, _, plain = feature.partition(" ")
            if relation == OWN:
                weights.setdefault(plain, [0.0] * len(headcount.FIELDS))[field] = weight
            else:
                row = pairs.setdefault(plain, [0.0] * len(headcount.FIELDS) * len(RELATIONS))
                row[field * len(RELATIONS) + int(relation)] = weight
    return Headcounts.made_from(
        {feature: _rounded(row) for feature, row in sorted(weights.items())},
        {feature: _rounded(row) for feature, row in sorted(pairs.items())},
        UNIT,
    )


OWN: Final = "own"
"""Before features that are of no two."""


def _weighed_counts(those: Sequence[CountedCall], name: str) -> Mapping[str, float]:
    often: Counter[str] = Counter()
    for call in those:
        seen = {f"{OWN} {feature}" for member in call.members for feature in member}
        for reading, rules in zip(call.readings, call.rules[name], strict=True):
            seen.update(_own(reading, rules))
            seen.update(_of_pairs(call, reading))
        often.update(seen)
    number = {
        feature: at
        for at, feature in enumerate(sorted(f for f, count in often.items() if count >= TIMES))
    }
    members, chosen, others = _Rows(), _Rows(), _Rows()
    call_of: list[int] = []
    right: list[bool] = []
    for at, call in enumerate(those):
        begin = members.count
        for member in call.members:
            columns = [number.get(f"{OWN} {feature}", -1) for feature in member]
            members.add([column for column in columns if column >= 0])
        wanted = call.wanted[name]
        for reading, rules in zip(call.readings, call.rules[name], strict=True):
            chosen.add([begin + member for member in reading.members])
            own = [number[f] for f in _own(reading, rules) if f in number]
            strong = {f"{OWN} {feature}" for feature in (*reading.strong, *rules)}
            values = [STRONG if f in strong else 1.0 for f in _own(reading, rules) if f in number]
            beside = [number[f] for f in _of_pairs(call, reading) if f in number]
            others.add([*own, *beside], [*values, *[1.0] * len(beside)])
            call_of.append(at)
            right.append(
                reading.value is wanted
                if wanted is None or reading.value is None
                else reading.value.bounds == wanted.bounds
            )
    of, known = torch.tensor(call_of), torch.tensor(right)
    worth = torch.tensor([_worth(each.folder) for each in those])
    can_be = torch.zeros(len(those)).index_add(0, of, known.float()) > 0
    matrices = members.matrix(len(number)), chosen.matrix(members.count), others.matrix(len(number))
    weights = torch.zeros((len(number), 1), requires_grad=True)

    def cost() -> torch.Tensor:
        each, which, rest = matrices
        scores = (which @ (each @ weights) + rest @ weights)[:, 0]
        every = _logs(scores, of, len(those))
        those_right = _logs(scores.masked_fill(~known, -1e4), of, len(those))
        missed = ((every - those_right) * worth)[can_be].sum()
        return missed + COUNT_PENALTY / 2 * (weights**2).sum()

    found = _least(weights, cost)[:, 0].tolist()
    return {feature: found[at] for feature, at in number.items()}


def _own(reading: Reading, rules: Sequence[str]) -> list[str]:
    return [f"{OWN} {feature}" for feature in (*reading.features, *reading.strong, *rules)]


def _of_pairs(call: CountedCall, reading: Reading) -> list[str]:
    return [
        f"{relation} {feature}"
        for at, to, relation in reading.pairs
        for feature in call.pairs[at, to]
    ]


def _logs(scores: torch.Tensor, of: torch.Tensor, count: int) -> torch.Tensor:
    """The logarithm of the sum of powers, by call."""
    most = torch.full((count,), -1e9).scatter_reduce(0, of, scores.detach(), "amax")
    powers = torch.exp(scores - most[of])
    return torch.log(torch.zeros(count).index_add(0, of, powers)) + most


def whole_learnt(lexicons: Mapping[str, Lexicon], of: Sequence[Case]) -> Learnt:
    """All that is learnt from calls."""
    every = examples(lexicons, of)
    models = {
        part: learnt_from(
            [each for each, case in zip(every, of, strict=True) if _part(case) != part]
        )
        for part in range(PARTS)
    }
    whole = learnt_from(every)
    counts = headcounts_from(counted_calls(lexicons, of, models))
    return Learnt(whole.classes, whole.weights, UNIT, counts)


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
    model = whole_learnt(lexicons, those)
    FILE.write_text(written(model), encoding="utf-8")
    print(f"{len(those)} calls, {len(model.weights)} features: {FILE}")


def written(model: Learnt) -> str:
    """As `load_learnt` reads it, a feature a line."""
    counts = model.headcounts or Headcounts.made_from({}, {}, UNIT)
    classes = json.dumps({name: list(of) for name, of in model.classes.items()})
    return "\n".join(
        [
            f'{{"unit": {UNIT}, "classes": {classes},',
            f'"weights": {_table(model.weights)},',
            f'"headcounts": {{"weights": {_table(counts.weights)},',
            f'"pairs": {_table(counts.pair_rows())}}}}}',
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
