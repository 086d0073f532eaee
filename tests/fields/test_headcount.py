"""Who counts is weighed by all that a caller says, and rules that are sure of it stand."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.counting import Example, learnt_from
from reports.fields import counted as counted_module
from reports.fields import headcount
from reports.fields.counted import counted_in, pair_of, sheet_of
from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.guessing import networks_of
from reports.fields.headcount import pairs_in, readings, weighed_counts
from reports.fields.network import Networks
from reports.fields.plainly import told_from
from reports.fields.said import Passage, passage_of, tokens_of
from reports.fields.understood import Understanding, by_rules, understand
from tests.fields.cases import AT, names
from tests.reader import READER

ROOT = Path(__file__).parents[2]
TWO_GROUPS = (
    "I am at Lake and Chicago. I can see three of them by the front door and then two more in the"
    " alley. Nobody has been taken."
)
NONE = {"officers": None, "detained": None}


def passage(words: str, language: str = "en") -> Passage:
    return passage_of("what", READER.lexicons[language], tokens_of(words))


def understood(words: str, language: str = "en") -> Understanding:
    told = told_from({"words": words, "lang": language}, READER.lexicons, AT)
    return understand(told, names())


def values(words: str, language: str = "en") -> set[tuple[int | None, int | None] | None]:
    """What a call may be read to count."""
    said = [passage(words, language)]
    every = readings(counted_in(said))
    return {None if each.value is None else each.value.bounds for each in every}


@pytest.mark.parametrize(
    ("language", "words", "officers"),
    [
        ("en", TWO_GROUPS, 5),
        (
            "en",
            "They pulled over a van on Portland. Two of them are at the driver door and one more is"
            " standing in the street with a rifle.",
            3,
        ),
        (
            "es",
            "Aquí en la Lake con la Chicago hay tres agentes en la puerta y luego llegaron otros"
            " dos por el callejón. No se han llevado a nadie.",
            5,
        ),
    ],
)
def test_groups_that_are_told_apart_are_added(language: str, words: str, officers: int) -> None:
    found = understood(words, language).officers.said
    assert found is not None
    assert found.value.bounds == (officers, officers)


def test_a_total_that_is_said_is_not_added_to_its_parts() -> None:
    words = (
        "Estoy en la Portland con la 38. Hay dos de la migra en la puerta y otro en la camioneta,"
        " son tres. Se llevaron a mi tío y a mi primo hace diez minutos, ya se fueron."
    )
    found = understood(words, "es")
    assert found.officers.said is not None
    assert found.officers.said.value.bounds == (3, 3)
    assert found.detained is not None
    assert found.detained.value.bounds == (2, 2)


def test_the_words_that_were_counted_are_shown() -> None:
    found = understood(TWO_GROUPS).officers.said
    assert found is not None
    assert "three of them" in found.words
    assert "two more" in found.words


def test_every_way_to_count_is_weighed_and_so_is_none() -> None:
    assert {None, (3, 3), (2, 2), (5, 5)} <= values(TWO_GROUPS)
    assert (2, 3) in values("I see two of them by the car, or it may have been three of them.")
    assert (8, 8) in values("Two cars came and there are four agents in each of them right now.")
    assert (None, None) in values("There are a bunch of them all over the parking lot here.")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Three agents came in the kitchen and they took Fabio and his son."),
        ("en", "They had Rudy and Rudy's wife up against the trailer, cuffed. They took them."),
        ("es", "Se llevaron a mi tía y a Nayeli en una van blanca."),
        ("es", "Se llevaron a Beto y a Nayeli en una van blanca."),
        ("en", "They came behind the counter and took Chuy and the new kid."),
        ("en", "The painter and his helper got put in a gray Suburban, they took them."),
        ("es", "Al salir agarraron al parrillero y a su ayudante en el break."),
        ("es", "A Natividad y a su hermana me las quitaron hoy, las agarraron en el correo."),
    ],
)
def test_who_is_called_by_name_may_be_one_of_two(language: str, words: str) -> None:
    assert (2, 2) in values(words, language)


@pytest.mark.parametrize(
    "words",
    [
        "Two are down the hall and another's holding the elevator with his foot.",
        "One’s by the bus bench, his buddy's across the street, and a third guy is in the Tahoe.",
    ],
)
def test_who_is_named_with_is_may_count(words: str) -> None:
    assert (3, 3) in values(words)


def test_groups_that_have_a_word_of_their_own_may_count() -> None:
    assert (3, 3) in values("Veo a un trío de enmascarados junto a una Tahoe.", "es")
    assert (20, 20) in values("Tienen cerrada la Lake, una veintena de agentes a pie.", "es")
    assert (6, 6) in values("It is three cars and two agents in every car, in the church lot.")


def test_the_plainest_words_say_that_somebody_was_taken() -> None:
    """And not the first: 'la Lake' takes nobody, and 'hay' says little."""
    words = "Hay tres carros aquí en la Lake con la Chicago. Sacaron a una señora en pijama."
    takings = [each for each in counted_in([passage(words, "es")]) if each.sort == "H"]
    assert [each.passage.words(each.first, each.last) for each in takings] == ["Hay", "Sacaron a"]


def test_where_much_may_count_what_is_likelier_to_is_weighed() -> None:
    words = (
        "A van, a truck, a car and a bus at 12, 14, 16 and 18 Lake, my mom, my dad, my aunt and my"
        " uncle saw a bunch of them take my brother and two officers hold him."
    )
    counted = counted_in([passage(words)])
    found = {each.passage.words(each.first, each.last) for each in counted}
    assert len(counted) == counted_module.MOST
    assert "two" in found
    assert any(each.sort == "M" for each in counted)


def test_what_belongs_to_somebody_is_not_one_of_two() -> None:
    found = counted_in([passage("They took the driver and his keys and my neighbor's phone.")])
    assert not any(each.kind == "name" for each in found)


def test_a_name_counts_nobody_where_nobody_is_taken() -> None:
    assert not any(
        each.kind == "name" for each in counted_in([passage("I saw Fabio and his son.")])
    )


def test_a_sum_behind_a_number_is_no_end_of_a_range() -> None:
    assert (7, 7) in values(
        "Se ven dos en la calle y en el parking hay cinco, siete en total.", "es"
    )


def test_what_people_are_put_into_is_no_end_of_a_range() -> None:
    found = values("Yo vi que subieron a ocho a una van blanca, para que avise por favor.", "es")
    assert (8, 8) in found
    assert (1, 8) not in found


def test_a_third_one_is_one_more() -> None:
    assert (3, 3) in values("Two agents had her by the elbows and a third one held the door.")


def test_what_rules_are_sure_of_stands_where_no_reading_has_it() -> None:
    said = [passage(TWO_GROUPS)]
    learnt = said[0].lexicon.learnt
    assert learnt is not None
    assert learnt.networks is not None
    sure = Finding(Count(9, 9), said[0], 0, 1, headcount.SURE_RULE)
    doubted = replace(sure, confidence=headcount.LESS)
    weighed = weighed_counts(said, {**NONE, "officers": sure}, {}, learnt.networks)
    assert weighed["officers"] is sure
    weighed = weighed_counts(said, {**NONE, "officers": doubted}, {}, learnt.networks)
    assert weighed["officers"] is not doubted


def test_what_rules_are_sure_of_gives_way_to_a_reading_that_is_likelier() -> None:
    said = [passage(TWO_GROUPS)]
    networks = networks_of(said)
    assert networks is not None
    sure = Finding(Count(3, 3), said[0], 9, 12, headcount.SURE_RULE)
    found = weighed_counts(said, {**NONE, "officers": sure}, {}, networks)["officers"]
    assert found is not None
    assert found.value.bounds == (5, 5)


@pytest.mark.parametrize("confidence", [headcount.LESS, headcount.SURE_RULE])
def test_the_same_words_never_count_officers_and_who_was_taken(confidence: float) -> None:
    said = [passage(TWO_GROUPS)]
    networks = networks_of(said)
    assert networks is not None
    five = Finding(Count(5, 5), said[0], 9, 21, confidence)
    weighed = weighed_counts(said, {"officers": five, "detained": five}, {}, networks)
    assert weighed == {"officers": five, "detained": None}


def test_what_is_taken_back_counts_nobody_even_if_what_comes_then_was_not_made_out() -> None:
    words = "Hay muchos oficiales, creo que son cinco, no, espere, aiseis. Paran a la gente aquí."
    found = understood(words, "es").officers.said
    assert found is not None
    assert found.value.is_many, "many were said, and five was taken back"


def test_few_words_are_left_to_rules() -> None:
    words = "They took my neighbor away."
    told = told_from({"words": words}, READER.lexicons, AT)
    rules = by_rules(told, names())
    found = understood(words).detained
    assert isinstance(found, Finding)
    assert found == rules["detained"]


def test_whom_a_number_counts_is_learnt_without_being_told_which_one_it_is() -> None:
    def call(counts: str, others: str) -> Example:
        said = [passage(f"On the corner I can see {counts} and {others} over there now.")]
        counted = counted_in(said)
        every = readings(counted)
        return Example(
            "",
            sheet_of(said, counted),
            [pair_of(counted, at, to) for at, to in pairs_in(every)],
            every,
            {name: [()] * len(every) for name in NONE},
            {},
            {"officers": Count(4, 4), "detained": None},
        )

    calls = [call("four goons", "six pigeons"), call("six pigeons", "four goons")] * 16
    words = sorted({word for each in calls for word in each.sheet.words if word})
    threads = torch.get_num_threads()
    network = learnt_from(calls, words, torch.eye(len(words)), rounds=60)
    torch.set_num_threads(threads)
    said = [passage("On the corner I can see six goons and four pigeons over there now.")]
    found = weighed_counts(said, NONE, {}, Networks.of([network]))["officers"]
    assert found is not None
    assert found.value.bounds == (6, 6)


@settings(deadline=None)  # how long it takes is measured by bench.understanding
@given(st.text(alphabet="abc 123,.?", max_size=60), st.sampled_from(["en", "es", "so"]))
def test_whatever_is_said_it_is_weighed(words: str, language: str) -> None:
    number = " four agents and two more, or five of them, took my brother and a third one"
    understood(words + number + words, language)


def test_the_same_words_are_understood_alike_in_every_process() -> None:
    """Order within sets hangs on the process: nothing that is understood may."""
    words = (
        "Treinta años repartí cartas por la Grand Avenue. Un muchacho con la bolsa del correo,"
        " uniformado, ¡cartero él!, y un agente revisándole el gafete. Uno, sí, el otro se quedó en"
        " el volante. Le devolvieron todo y siguió su ruta."
    )
    printed = {
        subprocess.run(
            [sys.executable, "app.py", "understand", "--lang", "es", "--at", AT.isoformat()],
            input=words,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
