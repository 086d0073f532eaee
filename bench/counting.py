"""Teaches the networks that weigh counts (`reports/fields/network.py`) by the written calls and
sentences of `tests/cases`.

    python -m bench.counting                          # writes prompts/counts.npz anew
    python -m bench.counting --without SET,SET        # learns from all others, and says how well
                                                      # those are counted; writes nothing

No call says which of its words count whom. The likelihood of the right *value* is learnt: of all
readings of it together. Calls that are held out are not learnt from; what rules are worth is learnt
only from what was written after them. Each on one core, with one seed: the same calls give the same
networks on the same machine. Needs what requirements-learn.txt installs.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning import PLAIN, PLAIN_WEIGHT, parted_shares
from bench.meanings import meanings
from bench.understanding import Tally
from reports.fields.counted import counted_in, pair_of, sheet_of
from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.headcount import Reading, pairs_in, readings, ruled
from reports.fields.lexicon import COUNTS, Lexicon, load_lexicons
from reports.fields.network import (
    APART,
    FIELDS,
    RELATIONS,
    SMALL,
    Head,
    Layer,
    Matrix,
    Networks,
    written,
)
from reports.fields.sheet import GAPS, NOTHING, ORDERS, SIZES, Pair, Sheet
from reports.fields.understood import by_rules
from tests.fields.cases import AFTER_RULES, SENTENCES, Case, cases, names, sentences
from tests.fields.cases import NONE as SAYS_NONE

FILE: Final = Path("prompts") / COUNTS
SEEDS: Final = (1, 2, 3, 4)
"""One for each network."""
ROUNDS: Final = 14
"""How often every call is learnt from."""
BATCH: Final = 32
RATE: Final = 2e-3
"""How far a step goes."""
WARM: Final = 100
"""Steps up to which they grow."""
LEAST_RATE: Final = 0.3
"""Of `RATE`, at the end."""
AVERAGED: Final = 0.6
"""From this part of the steps on what is kept of a network is the mean of what it was at each
(Izmailov et al., arXiv:1803.05407)."""
DECAY: Final = 0.01
LOST: Final = 0.3
"""Part of what is seen that is left out by chance, so that nothing hangs on one of it."""
LOST_WORDS: Final = 0.15
WIDTH: Final = 96
"""Columns of a place."""
MEANING, OWN, MARKED, FACT = 64, 32, 24, 8
"""Columns of what a word means, of what is learnt of it alone, of marks, and of each plain fact."""
OFTEN: Final = 4
"""Times that a word has to stand in calls to be learnt of alone."""
TIMES: Final = 2
"""Calls that a remark has to be true of."""
STRONG: Final = 3.0
"""How much faster remarks are learnt than words."""
SENTENCE_WEIGHT: Final = 0.7
"""What a sentence weighs beside a call."""


@dataclass(frozen=True)
class Example:
    """A call as counting is learnt from it."""

    folder: str
    sheet: Sheet
    pairs: Sequence[Pair]
    readings: Sequence[Reading]
    rules: Mapping[str, Sequence[Sequence[str]]]
    """By field and reading: what rules say of it; nothing of calls that were there before them."""
    shares: Mapping[str, Mapping[str, float]]
    wanted: Mapping[str, Count | None]
    """By field: of those that the case speaks of."""

    @property
    def worth(self) -> float:
        """What it weighs."""
        if self.folder == SENTENCES:
            return SENTENCE_WEIGHT
        return PLAIN_WEIGHT if self.folder in PLAIN else 1.0

    def is_right(self, name: str) -> list[bool]:
        """By reading."""
        if name not in self.wanted:
            return [False] * len(self.readings)
        wanted = _bounds(self.wanted[name])
        return [_bounds(each.value) == wanted for each in self.readings]


def _bounds(count: Count | None) -> tuple[int | None, int | None] | None:
    return None if count is None else count.bounds


def example_of(
    case: Case, lexicons: Mapping[str, Lexicon], shares: Mapping[str, Mapping[str, float]]
) -> Example:
    """`shares`: what it sounds like as a whole, guessed from others."""
    told = case.told(lexicons)
    counted = counted_in(told.passages)
    every = readings(counted)
    rules: Mapping[str, Finding[Count] | None] | None = None
    if case.folder in AFTER_RULES:
        rules = by_rules(told, names())
    return Example(
        case.folder,
        sheet_of(told.passages, counted),
        [pair_of(counted, at, to) for at, to in pairs_in(every)],
        every,
        {
            name: [() if rules is None else ruled(reading, rules[name]) for reading in every]
            for name in FIELDS
        },
        shares,
        {name: _count(case.says[name]) for name in FIELDS if name in case.says},
    )


def _count(said: Any) -> Count | None:
    if said == SAYS_NONE:
        return None
    if said == "many":
        return Count(None, None)
    low, high = said if isinstance(said, list) else (said, said)
    return Count(low, high)


@dataclass(frozen=True)
class Known:
    """Names that have a row in a table, numbered from 1 (`Network`)."""

    words: Mapping[str, int]
    marks: Mapping[str, int]
    kinds: Mapping[str, int]
    nouns: Mapping[str, int]
    remarks: Mapping[str, int]
    classes: Sequence[tuple[str, str]]
    own: Mapping[str, int]
    """Of `words` those that are learnt of alone."""

    @classmethod
    def of(cls, those: Sequence[Example], words: Sequence[str]) -> Known:
        often = Counter(word for each in those for word in each.sheet.words)
        remarks = Counter(remark for each in those for remark in _remarks(each))
        classes = {(f, of) for each in those for f in each.shares for of in each.shares[f]}
        places = [place for each in those for place in each.sheet.places]
        return cls(
            _numbered(words),
            _numbered({name for each in those for _, name in each.sheet.marks}),
            _numbered({place.kind for place in places}),
            _numbered({place.noun_kind for place in places}),
            _numbered({remark for remark, count in remarks.items() if count >= TIMES}),
            sorted(classes),
            _numbered({word for word in words if often[word] >= OFTEN}),
        )


def _numbered(these: Sequence[str] | set[str]) -> Mapping[str, int]:
    return {each: at for at, each in enumerate(sorted(these), 1)}


def _remarks(example: Example) -> set[str]:
    own = {remark for reading in example.readings for remark in reading.remarks}
    return own.union(*(says for name in FIELDS for says in example.rules[name]))


class Batch:
    """Several calls as numbers; places and readings of all in a row."""

    def __init__(self, those: Sequence[Example], known: Known) -> None:
        self.size = len(those)
        length = max(len(each.sheet.words) for each in those)
        shape = (self.size, length)
        self.words, self.own, self.kinds = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
        self.stops = torch.full(shape, NOTHING)
        marks: list[tuple[int, int, int]] = []
        places: list[tuple[int, ...]] = []
        pairs: list[tuple[int, ...]] = []
        members: list[tuple[int, int]] = []
        relations: list[tuple[int, int, int]] = []
        remarks: list[tuple[int, int, int]] = []
        self.none: list[tuple[int, int]] = []
        of: list[int] = []
        for at, each in enumerate(those):
            sheet = each.sheet
            end = len(sheet.words)
            self.words[at, :end] = torch.tensor([known.words.get(w, 0) for w in sheet.words])
            self.own[at, :end] = torch.tensor([known.own.get(w, 0) for w in sheet.words])
            self.stops[at, :end] = torch.tensor(sheet.stops)
            marks += {(at, p, known.marks[m]) for p, m in sheet.marks if m in known.marks}
            first_place, first_pair = len(places), len(pairs)
            for place in sheet.places:
                kind, noun = known.kinds.get(place.kind, 0), known.nouns.get(place.noun_kind, 0)
                self.kinds[at, place.first : place.last + 1] = kind
                spots = (
                    place.first,
                    place.last,
                    place.noun,
                    place.behind,
                    place.begins,
                    place.ends,
                )
                places.append((at, *spots, kind, noun, place.size))
            number = {(pair.one, pair.other): first_pair + n for n, pair in enumerate(each.pairs)}
            for pair in each.pairs:
                one, other = sheet.places[pair.one], sheet.places[pair.other]
                begin = min(one.behind, other.first)
                facts = (one.size, other.size, pair.order, pair.gap)
                pairs.append((at, one.first, other.first, begin, *facts))
            for reading_at, reading in enumerate(each.readings):
                row = len(of)
                of.append(at)
                members += [(row, first_place + member) for member in reading.members]
                relations += [(row, number[a, b], by) for a, b, by in reading.pairs]
                if reading.value is None:
                    self.none.append((row, at))
                for field, name in enumerate(FIELDS):
                    says = (*reading.remarks, *each.rules[name][reading_at])
                    remarks += [(row, field, known.remarks.get(remark, 0)) for remark in says]
        self.marks, self.places = _table(marks, 3), _table(places, 10)
        self.pairs, self.members = _table(pairs, 8), _table(members, 2)
        self.relations, self.remarks = _table(relations, 3), _table(remarks, 3)
        self.of = torch.tensor(of)
        self.sounds = torch.tensor(
            [[each.shares.get(f, {}).get(c, 0.0) for f, c in known.classes] for each in those]
        ).reshape(self.size, len(known.classes))
        self.right = torch.tensor(
            [[right for each in those for right in each.is_right(name)] for name in FIELDS]
        )
        self.worth = torch.tensor([each.worth for each in those])


def _table(rows: Sequence[tuple[int, ...]], columns: int) -> Tensor:
    return torch.tensor(rows, dtype=torch.long).reshape(-1, columns)


class Learner(nn.Module):
    """The network while it learns; `taught` is what it became."""

    def __init__(self, known: Known, rows: Tensor, width: int = WIDTH) -> None:
        """`rows`: what the words of `known` mean, from 1 on."""
        super().__init__()
        self.known = known
        self.rows = torch.cat([torch.zeros(1, rows.shape[1]), rows])
        self.meaning = nn.Linear(rows.shape[1], MEANING)
        self.own = nn.Embedding(len(known.own) + 1, OWN, padding_idx=0)
        self.stop = nn.Embedding(NOTHING + 1, FACT)
        self.mark = nn.Embedding(len(known.marks) + 1, MARKED)
        self.at_kind = nn.Embedding(len(known.kinds) + 1, FACT)
        self.enter = nn.Linear(MEANING + OWN + FACT + MARKED + FACT, width)
        self.layers = nn.ModuleList(nn.Linear(3 * width, width) for _ in APART)
        self.even = nn.ModuleList(nn.LayerNorm(width, eps=SMALL) for _ in APART)
        self.kind = nn.Embedding(len(known.kinds) + 1, FACT)
        self.noun = nn.Embedding(len(known.nouns) + 1, FACT)
        self.size = nn.Embedding(len(SIZES) + 1, FACT)
        self.order = nn.Embedding(ORDERS, FACT)
        self.gap = nn.Embedding(GAPS, FACT)
        self.place = nn.Linear(5 * width + 3 * FACT + 2 * width, width)
        self.place_out = nn.Linear(width, len(FIELDS))
        self.pair = nn.Linear(3 * width + 4 * FACT, width)
        self.pair_out = nn.Linear(width, len(RELATIONS) * len(FIELDS))
        self.call = nn.Linear(2 * width + len(known.classes), width)
        self.call_out = nn.Linear(width, len(FIELDS))
        self.remark = nn.Embedding(len(known.remarks) + 1, len(FIELDS), padding_idx=0)
        self.lose = nn.Dropout(LOST)
        for table, spread in ((self.own, 0.1), (self.mark, 0.3), (self.remark, 0.0)):
            nn.init.normal_(table.weight, 0.0, spread)

    def forward(self, batch: Batch) -> Tensor:
        """What speaks for each reading, by field."""
        read, whole = self.read(batch)
        of = batch.places
        spots = [read[of[:, 0], of[:, at]] for at in range(1, 5)]
        sums = functional.pad(read.cumsum(1), (0, 0, 1, 0))
        spots.append(_means(sums, of[:, 0], of[:, 5], of[:, 6]))
        facts = [self.kind(of[:, 7]), self.noun(of[:, 8]), self.size(of[:, 9])]
        places = self._through(self.place, self.place_out, [*spots, *facts, whole[of[:, 0]]])
        scores = torch.zeros(len(batch.of), len(FIELDS))
        scores = scores.index_add(0, batch.members[:, 0], places[batch.members[:, 1]])
        of = batch.pairs
        between = _means(sums, of[:, 0], of[:, 3], of[:, 2])
        spots = [read[of[:, 0], of[:, 1]], read[of[:, 0], of[:, 2]], between]
        facts = [self.size(of[:, 4]), self.size(of[:, 5]), self.order(of[:, 6]), self.gap(of[:, 7])]
        pairs = self._through(self.pair, self.pair_out, [*spots, *facts])
        pairs = pairs.reshape(-1, len(RELATIONS), len(FIELDS))
        related = pairs[batch.relations[:, 1], batch.relations[:, 2]]
        scores = scores.index_add(0, batch.relations[:, 0], related)
        calls = self._through(self.call, self.call_out, [whole, batch.sounds])
        none = torch.tensor(batch.none)
        scores = scores.index_add(0, none[:, 0], calls[none[:, 1]])
        row, field, remark = batch.remarks.T
        said = torch.zeros_like(scores).index_put(
            (row, field), STRONG * self.remark.weight[remark, field], accumulate=True
        )
        return scores + said

    def read(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What stands at each place, and of each call the mean and the most of it."""
        real = (batch.stops != NOTHING)[..., None]
        at, place, mark = batch.marks.T
        marked = torch.zeros(*batch.words.shape, MARKED)
        marked = marked.index_put((at, place), self.mark(mark), accumulate=True)
        means, own = self.rows[batch.words], self.own(batch.own)
        if self.training:
            means = means * (torch.rand(*batch.words.shape, 1) > LOST_WORDS)
            own = own * (torch.rand(*batch.words.shape, 1) > LOST_WORDS)
        given = [self.meaning(means), own, self.stop(batch.stops), marked]
        seen = self.lose(torch.cat([*given, self.at_kind(batch.kinds)], -1))
        read = functional.relu(self.enter(seen)) * real
        for layer, even, apart in zip(self.layers, self.even, APART, strict=True):
            kept = self.lose(read)
            before = functional.pad(kept, (0, 0, apart, 0))[:, : kept.shape[1]]
            behind = functional.pad(kept, (0, 0, 0, apart))[:, apart:]
            together = functional.relu(layer(torch.cat([before, kept, behind], -1)))
            read = even(read + together) * real
        mean = read.sum(1) / real.sum(1).clamp(min=1)
        least = torch.finfo(read.dtype).min
        most = read.masked_fill(~real, least).amax(1)
        most = most.masked_fill(~real.any(1), 0.0)
        return read, torch.cat([mean, most], -1)

    def _through(self, hidden: nn.Linear, out: nn.Linear, seen: Sequence[Tensor]) -> Tensor:
        found: Tensor = out(functional.relu(hidden(self.lose(torch.cat(list(seen), -1)))))
        return found

    def cost(self, batch: Batch) -> Tensor:
        """How unlikely the right values are, of those that any reading has."""
        scores = self(batch)
        missed = torch.zeros(())
        for field in range(len(FIELDS)):
            right = batch.right[field]
            can_be = torch.zeros(batch.size).index_add(0, batch.of, right.float()) > 0
            every = _logs(scores[:, field], batch.of, batch.size)
            those = _logs(scores[:, field].masked_fill(~right, -1e4), batch.of, batch.size)
            missed = missed + ((every - those) * batch.worth)[can_be].sum()
        return missed / batch.size

    def taught(self) -> Networks:
        """As it is used: all that is the same for a word or a plain fact is worked out."""
        known, enter = self.known, self.enter.weight
        bounds = np.cumsum([MEANING, OWN, FACT, MARKED, FACT])[:-1].tolist()
        means, own, stop, mark, kind = torch.tensor_split(enter, bounds, dim=1)
        words = self.rows @ self.meaning.weight.T @ means.T
        for word, at in known.own.items():
            words[known.words[word]] += self.own.weight[at] @ own.T
        bias = self.enter.bias + self.meaning.bias @ means.T
        marks = self.mark.weight @ mark.T
        marks[0] = 0.0
        layers = [
            Layer(_array(layer.weight.T), _row(layer.bias), _row(even.weight), _row(even.bias))
            for layer, even in zip(self.layers, self.even, strict=True)
            if isinstance(layer, nn.Linear) and isinstance(even, nn.LayerNorm)
        ]
        size = self.size.weight
        return Networks(
            known.words,
            known.marks,
            known.kinds,
            known.nouns,
            known.remarks,
            known.classes,
            _array(words),
            _array(marks),
            _array(self.stop.weight @ stop.T + bias),
            _array(self.at_kind.weight @ kind.T),
            _array(STRONG * self.remark.weight),
            layers,
            _head(self.place, self.place_out, 5, [self.kind.weight, self.noun.weight, size]),
            _head(self.pair, self.pair_out, 3, [size, size, self.order.weight, self.gap.weight]),
            _head(self.call, self.call_out, None, []),
        )


def _means(sums: Tensor, call: Tensor, begins: Tensor, ends: Tensor) -> Tensor:
    """From each place up to another and without it; `sums`: up to each place, by call."""
    return (sums[call, ends] - sums[call, begins]) / (ends - begins).clamp(min=1)[:, None]


def _head(hidden: nn.Linear, out: nn.Linear, spots: int | None, facts: Sequence[Tensor]) -> Head:
    """`spots`: how many places are seen, before plain facts and then the whole; None: all."""
    width = hidden.out_features
    end = hidden.in_features if spots is None else spots * width
    parts = torch.tensor_split(
        hidden.weight, [end + FACT * at for at in range(len(facts) + 1)], dim=1
    )
    tables = [_array(fact @ part.T) for fact, part in zip(facts, parts[1:], strict=False)]
    weights, whole = parts[0].T, parts[-1].T
    return Head(
        _array(weights),
        _array(whole),
        _row(hidden.bias),
        _array(out.weight.T),
        _row(out.bias),
        tables,
    )


def _array(tensor: Tensor) -> Matrix:
    """As that of one network."""
    return np.ascontiguousarray(tensor.detach().numpy())[None]


def _row(tensor: Tensor) -> Matrix:
    return _array(tensor[None])


def _logs(scores: Tensor, of: Tensor, count: int) -> Tensor:
    """The logarithm of the sum of powers, by call."""
    most = torch.full((count,), -1e9).scatter_reduce(0, of, scores.detach(), "amax")
    powers = torch.exp(scores - most[of])
    return torch.log(torch.zeros(count).index_add(0, of, powers)) + most


def learnt_from(
    those: Sequence[Example],
    words: Sequence[str],
    rows: Tensor,
    rounds: int = ROUNDS,
    seed: int = SEEDS[0],
) -> Networks:
    """One. `words`, in order, and what each means. On one core."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    chance = random.Random(seed)
    learner = Learner(Known.of(those, words), rows)
    kept = torch.optim.swa_utils.AveragedModel(learner)
    steps = torch.optim.AdamW(learner.parameters(), lr=RATE, weight_decay=DECAY)
    # Calls of about a length together: what is shorter than the longest is filled up.
    every = rounds * -(-len(those) // BATCH)
    step = 0
    for _ in range(rounds):
        spread = sorted(those, key=lambda each: len(each.sheet.words) + 12 * chance.random())
        batches = [spread[at : at + BATCH] for at in range(0, len(spread), BATCH)]
        chance.shuffle(batches)
        for batch in batches:
            for group in steps.param_groups:
                group["lr"] = RATE * min(1.0, step / WARM) * max(LEAST_RATE, 1 - step / every)
            steps.zero_grad()
            learner.cost(Batch(batch, learner.known)).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
            steps.step()
            step += 1
            if step > AVERAGED * every:
                kept.update_parameters(learner)
    learner.load_state_dict(kept.module.state_dict())
    with torch.no_grad():
        return learner.eval().taught()


def networks_of(lexicons: Mapping[str, Lexicon], of: Sequence[Case]) -> Networks:
    """Learnt from these calls, and sentences."""
    short = sentences()
    shares = parted_shares(lexicons, of, short)
    those = [
        example_of(case, lexicons, share) for case, share in zip([*of, *short], shares, strict=True)
    ]
    tokens = [
        token
        for case in [*of, *short]
        for passage in case.told(lexicons).passages
        for token in passage.tokens
    ]
    words, rows = meanings(tokens)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        learning = [pool.submit(learnt_from, those, words, rows, seed=seed) for seed in SEEDS]
        return Networks.of([each.result() for each in learning])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", default="", help="sets that are not learnt from, and counted")
    without = [name for name in parser.parse_args().without.split(",") if name]
    torch.set_num_threads(1)
    lexicons = load_lexicons(Path("prompts"))
    every = [case for case in cases() if not case.is_held_out]
    networks = networks_of(lexicons, [case for case in every if case.folder not in without])
    if not without:
        np.savez_compressed(FILE, allow_pickle=False, **written(networks))
        print(f"{len(every)} calls, {len(networks.words)} words: {FILE}")
        return
    taught = {
        language: replace(each, learnt=each.learnt and replace(each.learnt, networks=networks))
        for language, each in lexicons.items()
    }
    for language in ("en", "es", "so"):
        for name in FIELDS:
            tally = Tally()
            for case in every:
                if case.folder in without and case.language == language:
                    for answer in case.answers(taught):
                        if answer.field == name:
                            tally.count(answer)
            print(f"{language} {name}: {tally.precision:.3f} {tally.recall:.3f} of {tally.asked}")


if __name__ == "__main__":
    main()
