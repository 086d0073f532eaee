"""Small networks that read a call and say what speaks for each thing that may count.

Each looks at each word among those around it: a table of what words mean (near for words that mean
the same, in English and Spanish alike, also for those that no written call has), what the lexicon
marks, what stands behind, what may count; then `LAYERS` times three places together, each time
further apart. From that and the call as a whole it says how much speaks for each that may count,
for each relation of two, and for none. Made by `bench/counting.py`; here it is tables and products
of matrices (numpy), some tenths of a millisecond a call.

A residual network of dilated convolutions, as in Bai, Kolter and Koltun, 'An empirical evaluation
of generic convolutional and recurrent networks for sequence modeling' (arXiv:1803.01271), but
looking ahead as well as back. What counts is the mean of several that began to learn from other
weights: where they err they mostly err apart (Lakshminarayanan, Pritzel and Blundell, 'Simple and
scalable predictive uncertainty estimation using deep ensembles', arXiv:1612.01474). They lie one
behind another in the first axis of every array, so that all are asked at once: where the first
alone is not sure, and of a long call, to be read in time, the first `FEW` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from reports.fields.sheet import NOTHING, Pair, Sheet

Matrix = NDArray[np.float32]
"""Its first axis is of the networks."""
FIELDS: Final = ("officers", "detained")
"""What is counted; the order of all that is said of counts."""
RELATIONS: Final = ("+", "-", "x", "<", ">")
"""How a count belongs to another: added, the end of a range, so many each; and of what is not
counted, the number that stands before, and the one behind."""
LAYERS: Final = 4
APART: Final = tuple(2**layer for layer in range(LAYERS))
"""Words between the three places that a layer sees together."""
LONG: Final = 180
"""Words of a call that is read by few networks."""
FEW: Final = 2
"""Networks that read it."""
SMALL: Final = 1e-5
"""Added to what is divided by."""


class Layer(NamedTuple):
    """Three places seen together, and brought to one size."""

    weights: Matrix
    """Rows: of the place before, the place itself, the place behind."""
    bias: Matrix
    gain: Matrix
    shift: Matrix


class Head(NamedTuple):
    """From what was read to what speaks for something."""

    weights: Matrix
    whole: Matrix
    """What the whole call adds; no rows where nothing."""
    bias: Matrix
    out: Matrix
    out_bias: Matrix
    tables: Sequence[Matrix]
    """What plain facts add, by their number."""


@dataclass(frozen=True)
class Networks:
    """Several that learnt the same; made by `Networks.of` and `load_networks`."""

    words: Mapping[str, int]
    """The row of each word in its table, from 1; row 0 of each table is of what is not known, and
    of nothing."""
    marks: Mapping[str, int]
    kinds: Mapping[str, int]
    """Of what may count."""
    nouns: Mapping[str, int]
    remarks: Mapping[str, int]
    """What is said of a reading as a whole."""
    classes: Sequence[tuple[str, str]]
    """Fields and classes of what a call sounds like as a whole, in the order of their columns."""
    word_table: Matrix
    mark_table: Matrix
    stop_table: Matrix
    kind_table: Matrix
    """Of what may count, at its words."""
    remark_table: Matrix
    """By field."""
    layers: Sequence[Layer]
    place: Head
    pair: Head
    call: Head

    @classmethod
    def of(cls, those: Sequence[Networks]) -> Networks:
        """All of them together.

        Raises:
            ValueError: they do not know the same words.
        """
        if any(each.words != those[0].words for each in those):
            raise ValueError("networks that do not know the same words")
        return _made(np.concatenate, those)

    def __len__(self) -> int:
        return len(self.word_table)

    @cached_property
    def _first(self) -> Networks:
        return _made(lambda parts: parts[0][:1], [self])

    @cached_property
    def _few(self) -> Networks:
        return _made(lambda parts: parts[0][:FEW], [self])

    @cached_property
    def _said(self) -> Mapping[str, Sequence[float]]:
        said = self.remark_table.mean(axis=0).tolist()
        return {name: said[at] for name, at in self.remarks.items()}

    def remark(self, name: str) -> Sequence[float]:
        """What it says for a reading, by field."""
        return self._said.get(name, _NOTHING)

    def in_turn(self, sheet: Sheet) -> Sequence[Networks]:
        """Those to ask of it, until some are sure."""
        if len(self) <= FEW:
            return (self,)
        return (self._few,) if len(sheet.words) > LONG else (self._first, self)

    def read(self, sheet: Sheet) -> Read:
        """What stands at each place among what is around it."""
        stops = np.array(sheet.stops)
        rows = self.word_table[:, [self.words.get(word, 0) for word in sheet.words]]
        rows += self.stop_table[:, stops]
        rows += self._marked(sheet)
        kinds = np.zeros(len(stops), np.intp)
        for place in sheet.places:
            kinds[place.first : place.last + 1] = self.kinds.get(place.kind, 0)
        rows += self.kind_table[:, kinds]
        real = (stops != NOTHING)[:, None].astype(np.float32)
        np.maximum(rows, 0, out=rows)
        rows *= real
        for layer, apart in zip(self.layers, APART, strict=True):
            count, length, columns = rows.shape
            roomy = np.zeros((count, length + 2 * apart, columns), np.float32)
            roomy[:, apart:-apart] = rows
            before, behind = roomy[:, :length], roomy[:, 2 * apart :]
            seen = np.concatenate([before, rows, behind], axis=2) @ layer.weights
            seen += layer.bias
            np.maximum(seen, 0, out=seen)
            seen += rows
            rows = _evened(seen, layer)
            rows *= real
        spoken = rows[:, stops != NOTHING]
        if not spoken.shape[1]:
            spoken = np.zeros((len(self), 1, rows.shape[2]), np.float32)
        whole = np.concatenate([spoken.mean(axis=1), spoken.max(axis=1)], axis=1)
        return Read(self, sheet, rows, whole[:, None])

    def _marked(self, sheet: Sheet) -> Matrix:
        is_in = np.zeros((len(sheet.words), self.mark_table.shape[1]), np.float32)
        known = [(at, self.marks[name]) for at, name in sheet.marks if name in self.marks]
        if known:
            at, which = zip(*known, strict=True)
            is_in[at, which] = 1.0
        marked: Matrix = is_in @ self.mark_table
        return marked


_NOTHING: Final = (0.0,) * len(FIELDS)


@dataclass(frozen=True)
class Read:
    """A call that networks read; what speaks for something is a number by field of `FIELDS`, the
    mean of what each says."""

    networks: Networks
    """Those that read it."""
    sheet: Sheet
    rows: Matrix
    """What stands at each place."""
    whole: Matrix
    """The mean of all of them, and the most of each column."""

    @cached_property
    def places(self) -> NDArray[np.float32]:
        """What speaks for each that may count."""
        if not self.sheet.places:
            return np.zeros((0, len(FIELDS)), np.float32)
        *at, begins, ends, kinds, nouns, sizes = zip(*self.sheet.places, strict=True)
        kind_of, noun_of = self.networks.kinds, self.networks.nouns
        facts = [
            [kind_of.get(kind, 0) for kind in kinds],
            [noun_of.get(kind, 0) for kind in nouns],
            sizes,
        ]
        seen = [self.rows[:, list(each)] for each in at]
        seen.append(self._means(np.array(begins), np.array(ends)))
        return _through(self.networks.place, seen, facts, self.whole)

    def pairs(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """What speaks for each relation of `RELATIONS` of each of these."""
        shape = (len(pairs), len(RELATIONS), len(FIELDS))
        if not pairs:
            return np.zeros(shape, np.float32)
        ones = [self.sheet.places[pair.one] for pair in pairs]
        others = [self.sheet.places[pair.other] for pair in pairs]
        ends = np.array([place.first for place in others])
        begins = np.minimum([place.behind for place in ones], ends)
        facts = [
            [place.size for place in ones],
            [place.size for place in others],
            [pair.order for pair in pairs],
            [pair.gap for pair in pairs],
        ]
        seen = [self.rows[:, [place.first for place in ones]], self.rows[:, ends]]
        seen.append(self._means(begins, ends))
        return _through(self.networks.pair, seen, facts).reshape(shape)

    def _means(self, begins: NDArray[np.intp], ends: NDArray[np.intp]) -> Matrix:
        """From each place up to another and without it; 0 of nothing."""
        apart = np.maximum(ends - begins, 1)[:, None]
        sums = self._sums[:, ends] - self._sums[:, begins]
        means: Matrix = (sums / apart).astype(np.float32)
        return means

    @cached_property
    def _sums(self) -> Matrix:
        """Of the rows up to each."""
        nothing = np.zeros_like(self.rows[:, :1])
        return np.concatenate([nothing, self.rows.cumsum(axis=1)], axis=1)

    def none(self, shares: Mapping[str, Mapping[str, float]]) -> Sequence[float]:
        """What speaks for counting nobody. `shares`: what the whole sounds like."""
        sounds = [shares.get(name, {}).get(of, 0.0) for name, of in self.networks.classes]
        given = np.tile(np.array(sounds, np.float32), (len(self.networks), 1, 1))
        found: Sequence[float] = _through(self.networks.call, [self.whole, given], ())[0].tolist()
        return found


def _evened(rows: Matrix, layer: Layer) -> Matrix:
    """Each row with mean 0 and variance 1, then as large as was learnt."""
    columns = rows.shape[2]
    # Of so few, `mean` takes longer to begin than to add.
    rows = rows - np.add.reduce(rows, axis=2, keepdims=True) / columns
    size = np.einsum("mij,mij->mi", rows, rows) / columns
    rows *= (1 / np.sqrt(size + SMALL))[:, :, None]
    rows *= layer.gain
    rows += layer.shift
    return rows


def _through(
    head: Head,
    seen: Sequence[Matrix],
    facts: Iterable[Sequence[int]],
    whole: Matrix | None = None,
) -> NDArray[np.float32]:
    hidden: Matrix = np.concatenate(seen, axis=2) @ head.weights
    hidden += head.bias if whole is None else head.bias + whole @ head.whole
    for table, which in zip(head.tables, facts, strict=True):
        hidden += table[:, list(which)]
    np.maximum(hidden, 0, out=hidden)
    found: NDArray[np.float32] = (hidden @ head.out + head.out_bias).mean(axis=0)
    return found


_Make = Callable[[Sequence[Matrix]], Matrix]


def _made(make: _Make, those: Sequence[Networks]) -> Networks:
    """Each array made of what these have in its place."""
    parts: dict[str, Any] = {name: make([getattr(e, name) for e in those]) for name in _TABLES}
    for name in _HEADS:
        heads: list[Head] = [getattr(each, name) for each in those]
        made: dict[str, Any] = {part: make([getattr(e, part) for e in heads]) for part in _HEAD}
        tables = [make(every) for every in zip(*(head.tables for head in heads), strict=True)]
        parts[name] = Head(**made, tables=tables)
    layers = [
        Layer(*map(make, zip(*every, strict=True)))
        for every in zip(*(each.layers for each in those), strict=True)
    ]
    return replace(those[0], layers=layers, **parts)


def load_networks(file: Path) -> Networks:
    """As `written` wrote them. From then on numpy multiplies on one core: its products are small,
    and a second thread takes longer to wait for than it saves.

    Raises:
        OSError, ValueError, KeyError: it is not what was written.
    """
    ThreadpoolController().select(prefix=_NUMPY).limit(limits=1)
    given = _arrays(file)
    if not given:
        raise ValueError("it has no arrays in it")
    names = {name: _lines(given[name]) for name in _NAMES}
    tables = {name: given[name].astype(np.float32) for name in _TABLES[1:]}
    tables["word_table"] = given["word_table"].astype(np.float32)
    tables["word_table"] *= given["word_sizes"].astype(np.float32)
    layers = [_layer(given, f"layer{at}") for at in range(LAYERS)]
    heads = {name: _head(given, name) for name in _HEADS}
    numbered = {name: {each: at for at, each in enumerate(of, 1)} for name, of in names.items()}
    classes = [
        (field, of) for field, _, of in (each.partition(":") for each in _lines(given["classes"]))
    ]
    parts: dict[str, Any] = {**numbered, **tables, **heads}
    return Networks(classes=classes, layers=layers, **parts)


def _arrays(file: Path) -> Mapping[str, NDArray[Any]]:
    with file.open("rb") as opened:
        try:
            with np.load(opened, allow_pickle=False) as given:
                return dict(given)
        except (BadZipFile, EOFError) as error:
            raise ValueError(f"it was broken off, or has no arrays in it: {error}") from error


def written(networks: Networks) -> Mapping[str, NDArray[Any]]:
    """The arrays of a file, by name: words as whole numbers of 8 bits and a size each, all else
    with half of the digits."""
    rows = networks.word_table
    sizes = np.maximum(np.abs(rows).max(axis=2, keepdims=True), SMALL) / 127
    half = np.float16
    found: dict[str, NDArray[Any]] = {
        "word_table": np.round(rows / sizes).astype(np.int8),
        "word_sizes": sizes.astype(np.float32),
        "classes": _bytes(":".join(each) for each in networks.classes),
    }
    found |= {name: _bytes(getattr(networks, name)) for name in _NAMES}
    found |= {name: getattr(networks, name).astype(half) for name in _TABLES[1:]}
    for at, layer in enumerate(networks.layers):
        found |= {f"layer{at}.{part}": getattr(layer, part).astype(half) for part in _LAYER}
    for name in _HEADS:
        head = getattr(networks, name)
        found |= {f"{name}.{part}": getattr(head, part).astype(half) for part in _HEAD}
        found |= {f"{name}.table{at}": each.astype(half) for at, each in enumerate(head.tables)}
    return found


_NUMPY: Final = ["libscipy_openblas", "libopenblas"]
"""What numpy multiplies with; what engines multiply with stays as it is."""
_NAMES: Final = ("words", "marks", "kinds", "nouns", "remarks")
_TABLES: Final = ("word_table", "mark_table", "stop_table", "kind_table", "remark_table")
_HEADS: Final = ("place", "pair", "call")
_LAYER: Final = ("weights", "bias", "gain", "shift")
_HEAD: Final = ("weights", "whole", "bias", "out", "out_bias")


def _bytes(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def _lines(given: NDArray[np.uint8]) -> list[str]:
    text = given.tobytes().decode()
    return text.split("\n") if text else []


def _layer(given: Mapping[str, NDArray[Any]], name: str) -> Layer:
    return Layer(*(given[f"{name}.{part}"].astype(np.float32) for part in _LAYER))


def _head(given: Mapping[str, NDArray[Any]], name: str) -> Head:
    parts = {part: given[f"{name}.{part}"].astype(np.float32) for part in _HEAD}
    tables: list[Matrix] = []
    while (table := f"{name}.table{len(tables)}") in given:
        tables.append(given[table].astype(np.float32))
    return Head(**parts, tables=tables)
