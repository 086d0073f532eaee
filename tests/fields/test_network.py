"""The networks that weigh counts say what they learnt to say, however they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from bench.counting import Batch, Example, Known, Learner
from reports.fields.counted import Counted, counted_in, pair_of, sheet_of
from reports.fields.counts import Count
from reports.fields.headcount import pairs_in, readings, scored
from reports.fields.lexicon import COUNTS, BadLexicon, load_lexicons
from reports.fields.network import FEW, FIELDS, LONG, Networks, load_networks, written
from reports.fields.said import Passage, passage_of, tokens_of
from tests.reader import READER

CALLS = (
    "Three agents at the door of number twelve and two more in the alley. They took my neighbor.",
    "Se llevaron a mi tío, eran como cinco o seis. Un carro gris en la Lake.",
    "There's a bunch of them, I can't count.",
    "No.",
)
SHARES = {"kind": {"report": 0.75, "help": 0.25}}


def counted(words: str) -> tuple[list[Passage], list[Counted]]:
    language = "es" if "llevaron" in words else "en"
    said = [passage_of("what", READER.lexicons[language], tokens_of(words))]
    return said, counted_in(said)


def example(words: str) -> Example:
    said, those = counted(words)
    every = readings(those)
    return Example(
        "",
        sheet_of(said, those),
        [pair_of(those, at, to) for at, to in pairs_in(every)],
        every,
        {name: [()] * len(every) for name in FIELDS},
        SHARES,
        {"officers": Count(5, 5), "detained": None},
    )


@pytest.fixture(scope="module")
def learner() -> Learner:
    """With weights by chance."""
    torch.manual_seed(7)
    those = [example(words) for words in CALLS]
    words = sorted({word for each in those for word in each.sheet.words if word} - {"alley"})
    made = Learner(Known.of(those * 4, words), torch.randn(len(words), 20), width=16).eval()
    for weights in made.parameters():
        torch.nn.init.normal_(weights, 0.0, 0.2)
    for table in (made.own, made.remark):  # nothing of what is not known
        torch.nn.init.zeros_(table.weight[0].detach())
    return made


def said_by(members: Sequence[Networks], words: str) -> np.ndarray:
    said, those = counted(words)
    read = Networks.of(members).read(sheet_of(said, those))
    return np.array(scored(readings(those), those, read, read.none(SHARES)))


@pytest.mark.parametrize("words", CALLS)
def test_it_says_what_it_learnt_to_say(learner: Learner, words: str) -> None:
    batch = Batch([example(each) for each in (*CALLS, words)], learner.known)
    with torch.no_grad():
        learnt = learner(batch).numpy()[batch.of.numpy() == len(CALLS)]
    assert said_by([learner.taught()], words) == pytest.approx(learnt, abs=1e-4)


@pytest.mark.parametrize("words", CALLS)
def test_it_says_nearly_the_same_from_its_file(
    learner: Learner, words: str, tmp_path: Path
) -> None:
    network = learner.taught()
    np.savez_compressed(tmp_path / COUNTS, allow_pickle=False, **written(network))
    kept = load_networks(tmp_path / COUNTS)
    assert kept.words == network.words
    assert kept.classes == network.classes
    assert said_by([kept], words) == pytest.approx(said_by([network], words), abs=0.2)


@pytest.mark.parametrize("words", CALLS)
def test_what_several_say_is_the_mean_of_it(learner: Learner, words: str) -> None:
    one = learner.taught()
    other = another(one)
    mean = (said_by([one], words) + said_by([other], words)) / 2
    assert said_by([one, other], words) == pytest.approx(mean, abs=1e-4)


def another(one: Networks) -> Networks:
    """That knows the same and means other things."""
    return replace(one, word_table=-one.word_table, remark_table=one.remark_table + 1)


def test_the_first_is_asked_alone_then_all_and_of_a_long_call_the_first_few(
    learner: Learner,
) -> None:
    one = learner.taught()
    networks = Networks.of([one] * FEW + [another(one)])
    short, long = counted(CALLS[0]), counted(" ".join([CALLS[0]] * LONG))
    assert [len(each) for each in networks.in_turn(sheet_of(*short))] == [1, FEW + 1]
    assert [len(each) for each in networks.in_turn(sheet_of(*long))] == [FEW]
    assert [len(each) for each in Networks.of([one]).in_turn(sheet_of(*short))] == [1]


def test_networks_that_know_other_words_are_not_put_together(learner: Learner) -> None:
    one = learner.taught()
    with pytest.raises(ValueError, match="the same words"):
        Networks.of([one, replace(one, words={"alley": 1})])


def test_what_no_word_of_a_call_is_known_of_is_read_all_the_same(learner: Learner) -> None:
    network = replace(learner.taught(), words={}, marks={}, kinds={}, nouns={})
    assert np.isfinite(said_by([network], CALLS[0])).all()


@pytest.mark.parametrize("broken", [b"no network", b"PK\x03\x04, and then the disk was full", b""])
def test_a_file_that_is_none_is_said_at_the_start(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "learnt.json").write_text('{"unit": 1, "classes": {}, "weights": {}}', "utf-8")
    (tmp_path / COUNTS).write_bytes(broken)
    with pytest.raises(BadLexicon, match=COUNTS):
        load_lexicons(tmp_path)


def test_numpy_stays_on_one_core() -> None:
    """A second one takes longer to wait for than it saves, and another call needs it."""
    load_networks(Path("prompts") / COUNTS)
    numpys = [each for each in threadpool_info() if "numpy" in each["filepath"]]
    assert numpys
    assert {each["num_threads"] for each in numpys} == {1}
