"""Who is named is covered before anything leaves, at the beginning of a sentence too, where every
word has a capital."""

from __future__ import annotations

import pytest

from reports.fields.private import Private, private_said
from reports.fields.said import Stop, passage_of, tokens_of
from tests.fields.cases import cases
from tests.reader import READER

MOST_ANNOYING = 40
"""One word in so many calls, at the most, that begins a sentence and is marked for no reason."""


def names_in(words: str, language: str = "en") -> list[str]:
    passage = passage_of("what", READER.lexicons[language], tokens_of(words))
    marked = private_said([passage], READER.names, None)
    return [each.words for each in marked if each.value is Private.NAME]


@pytest.mark.parametrize(
    ("language", "words", "name"),
    [
        ("en", "Yesenia needs a lawyer.", "Yesenia"),
        ("en", "They are gone. Osvaldo got arrested.", "Osvaldo"),
        ("en", "Guadalupe's been taken.", "Guadalupe's"),
        ("es", "Maribel fue detenida.", "Maribel"),
        ("es", "Ya se fueron. Lupita dijo que venían.", "Lupita"),
        ("so", "Cabdiraxmaan ayaa la xiray.", "Cabdiraxmaan"),
    ],
)
def test_who_does_something_at_the_beginning_of_a_sentence_is_named(
    language: str, words: str, name: str
) -> None:
    assert names_in(words, language) == [name]


def test_two_words_with_capitals_at_the_beginning_are_a_name() -> None:
    assert names_in("Marcus Bellweather, he lives upstairs.") == ["Marcus", "Bellweather"]


@pytest.mark.parametrize(
    "words",
    [
        "Agents took him. Police said nothing. Everybody was scared. They went in.",
        "Thirteen officers are here. Eleven were masked.",
        "Lake was closed. Bloomington has agents. Powderhorn is full of them.",
        "It's bad. That's all. There's four. Nobody's here.",
        "Dispatchers said so, and other dispatchers said so too.",
    ],
)
def test_what_begins_a_sentence_and_is_nobody_is_not(words: str) -> None:
    assert names_in(words) == []


def test_few_words_are_marked_for_no_reason_in_what_callers_say() -> None:
    annoying = []
    for case in cases():
        if case.language not in READER.lexicons:
            continue
        passage = passage_of("what", READER.lexicons[case.language], tokens_of(case.says["words"]))
        named = [mark.last for mark in passage.of("named")]
        annoying += [
            (case.name, each.words)
            for each in private_said([passage], READER.names, None)
            if each.value is Private.NAME
            and each.first not in named
            and (each.first == 0 or passage.tokens[each.first - 1].stop == Stop.SENTENCE)
            and not any(each.words in wanted for wanted in case.says.get("private", ()))
        ]
    assert len(annoying) <= len(cases()) / MOST_ANNOYING, annoying
