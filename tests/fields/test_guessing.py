"""What few words say is guessed from all of them, and a guess is told to be one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.learning import Example, learnt_from
from reports.fields.first_hand import FirstHand
from reports.fields.guessing import GUESSED, weighed
from reports.fields.kind import Kind
from reports.fields.learnt import BIAS, Learnt, Weights, features, load_learnt
from reports.fields.lexicon import LEARNT, BadLexicon, Lexicon, load_lexicons
from reports.fields.plainly import plainly, told_from
from reports.fields.said import passage_of, tokens_of
from reports.fields.understood import Understanding, understand
from tests.fields.cases import AT, names
from tests.reader import READER

BRIDGE = (
    "Linda, dear, it is Carol. We are one short for bridge on Friday because of the hip, so bring"
    " the neighbor and those lemon bars."
)


def understood(words: str, lexicon: Lexicon | None = None, **keys: str) -> Understanding:
    lexicons = READER.lexicons if lexicon is None else {"en": lexicon}
    told = told_from({"words": words, "lang": "en", "keys": keys}, lexicons, AT)
    return understand(told, names())


def sounding_like(**shares: int) -> Lexicon:
    """Of a lexicon that knows no word, and takes every call for the same."""
    classes = tuple(shares)
    return Lexicon("en", learnt=Learnt({"kind": classes}, Weights({BIAS: [*shares.values()]}), 1))


def test_what_no_words_say_is_guessed_and_says_so() -> None:
    found = understood(BRIDGE, sounding_like(prank=0, not_for_us=4)).kind
    assert found is not None
    assert found.value is Kind.NOT_FOR_US
    told = plainly(understood(BRIDGE, sounding_like(prank=4, not_for_us=0)))["kind"]
    assert told["value"] == "prank"
    (source,) = told["sources"]
    assert (source["guessed"], source["words"], source["confidence"]) == (True, "", GUESSED)


def test_of_a_few_words_nothing_is_guessed() -> None:
    found = understood("What about Friday?", sounding_like(prank=9, report=0)).kind
    assert found is None or found.value is not Kind.PRANK


def test_who_pressed_when_it_happens_is_not_guessed_to_speak_of_something_else() -> None:
    assert understood(BRIDGE, sounding_like(prank=9, report=0), when="1").kind is None


def test_a_family_is_never_guessed_away() -> None:
    words = "They took my husband this morning at work and I do not know where he is, please help."
    lexicon = replace(READER.lexicons["en"], learnt=sounding_like(prank=9, help=0).learnt)
    found = understood(words, lexicon).kind
    assert found is not None
    assert found.value is Kind.HELP


def test_words_that_were_found_go_before_a_guess_that_is_little_likelier() -> None:
    words = "I see four agents outside."
    passage = passage_of("what", Lexicon("en"), tokens_of(words))
    found = understood(words).first_hand.said
    assert found is not None
    near = {"saw": 0.4, "told": 0.6}
    far = {"saw": 0.1, "told": 0.9}
    hands = {str(each): each for each in FirstHand}
    assert weighed(found, near, hands, [passage]) is found
    guess = weighed(found, far, hands, [passage])
    assert guess is not None
    assert (guess.value, guess.is_guess) == (FirstHand.TOLD, True)


def test_nothing_is_guessed_where_nothing_was_learnt(tmp_path: Path) -> None:
    assert load_learnt(tmp_path / LEARNT) is None
    found = understood(BRIDGE, Lexicon("en")).first_hand.said
    assert found is None or not found.is_guess


def test_what_was_learnt_and_cannot_be_read_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / LEARNT).write_text(json.dumps({"unit": 100}))
    with pytest.raises(BadLexicon, match=LEARNT):
        load_lexicons(tmp_path)


def test_what_words_speak_for_is_learnt_from_calls() -> None:
    those = [
        Example("", sorted(given), {"kind": kind})
        for given, kind in (({"pizza", "please"}, "not_for_us"), ({"agents", "please"}, "report"))
        for _ in range(5)
    ]
    model = learnt_from(those)
    shares = model.likely_of({"agents"})["kind"]
    assert shares["report"] > 0.8
    assert learnt_from(those) == model, "the same calls, the same weights"


def test_the_weights_that_are_shipped_know_the_kinds_there_are() -> None:
    model = load_learnt(Path("prompts") / LEARNT)
    assert model is not None
    assert set(model.classes["kind"]) == {str(each) for each in Kind}
    assert {len(row) for row in model.weights.values()} == {sum(map(len, model.classes.values()))}


@given(st.text(max_size=200))
def test_whatever_is_said_the_shares_are_of_one(words: str) -> None:
    passage = passage_of("what", READER.lexicons["es"], tokens_of(words))
    model = READER.lexicons["es"].learnt
    assert model is not None
    assert features([passage])
    for shares in model.likely([passage]).values():
        assert sum(shares.values()) == pytest.approx(1)
