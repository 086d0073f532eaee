"""A second opinion is another reader's, and only what the caller said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinions.chat import ChatReader
from reports.fields.said import Passage, passage_of, tokens_of
from reports.fields.second import FIELDS, NoOpinion, believed
from tests.opinions.model_house import ModelHouse, model_house
from tests.reader import READER

SAID = "Son cinco agentes, están en la esquina de la Lake. Se llevaron a un señor."
TASK = Path("prompts/second_opinion.txt").read_text(encoding="utf-8")


@pytest.fixture
def house() -> Iterator[ModelHouse]:
    with model_house() as house:
        yield house


def passage(words: str = SAID) -> Passage:
    return passage_of("what", READER.lexicons["es"], tokens_of(words), "RE1")


def reader(house: ModelHouse) -> ChatReader:
    return ChatReader(house.url, "small-model", TASK)


def test_what_brings_the_callers_own_words_is_shown_where_it_stands(house: ModelHouse) -> None:
    house.answers({"field": "officers", "value": 5, "words": "cinco agentes"})
    ((field, finding),) = reader(house).read([passage()])
    assert (field, finding.value, finding.words) == ("officers", "5", "cinco agentes")
    (asked,) = house.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["model"] == "small-model"
    assert asked["messages"][1]["content"].startswith("Son cinco agentes")


def test_what_nobody_said_is_thrown_away(house: ModelHouse) -> None:
    house.answers(
        {"field": "officers", "value": "12", "words": "doce agentes"},
        {"field": "equipment", "value": "rifles", "words": ""},
        {"field": "name", "value": "señor", "words": "un señor"},
        {"field": "detained", "value": "1", "words": "se LLEVARON a un senor"},
    )
    found = list(reader(house).read([passage()]))
    assert [(name, each.words) for name, each in found] == [("detained", "Se llevaron a un señor")]


@pytest.mark.parametrize(
    ("says", "status", "why"),
    [
        ("no JSON", 200, "not of the form"),
        ('{"answers": "none"}', 200, "a list"),
        ('{"other": []}', 200, "not of the form"),
        ("{}", 500, "status 500"),
        ("x" * 300_000, 200, "too much"),
    ],
)
def test_a_model_that_babbles_gives_no_opinion(
    house: ModelHouse, says: str, status: int, why: str
) -> None:
    house.says, house.status = says, status
    with pytest.raises(NoOpinion, match=why):
        reader(house).read([passage()])


def test_a_model_that_is_away_gives_no_opinion() -> None:
    with pytest.raises(NoOpinion, match="could not be asked"):
        ChatReader("http://127.0.0.1:9/v1", "away", TASK).read([passage()])


def test_nobody_waits_for_one_that_thinks_too_long(
    house: ModelHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opinions.chat.TIMEOUT", (1.0, 0.1))
    house.thinks = 0.5
    with pytest.raises(NoOpinion, match="did not answer within"):
        reader(house).read([passage()])


def test_nobody_is_asked_about_silence(house: ModelHouse) -> None:
    with pytest.raises(NoOpinion, match="nothing was said"):
        reader(house).read([passage("")])
    assert house.asked == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
ANSWERS = st.lists(
    st.fixed_dictionaries(
        {"field": st.sampled_from(FIELDS) | ANYTHING, "value": ANYTHING, "words": ANYTHING}
    )
    | ANYTHING
)


@given(ANSWERS)
def test_whatever_it_answers_only_the_callers_words_are_cited(answers: list[object]) -> None:
    said = passage()
    for name, finding in believed(answers, [said]):
        assert name in FIELDS
        assert finding.words in SAID.replace(",", "").replace(".", "")
