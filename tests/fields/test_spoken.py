"""The spoken calls: their words as they are written, and as Whisper makes them out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reports.fields.location import Location
from reports.fields.said import Passage, passage_of, tokens_of, tokens_of_segments
from reports.fields.understood import Told, understand
from simulator.spoken import SpokenCall, Utterance, spoken_calls
from tests.fields.cases import AT, CASES, Answer, answers_of, names
from tests.reader import READER
from transcribe.audio import decode
from transcribe.engines import load_engine

WANTED: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    (CASES / "spoken" / "calls.toml").read_text(encoding="utf-8")
)
CACHE = Path("var/test-cache")
NEVER_WRONG = frozenset(["location", "officers", "still_there"])
"""What a misheard word may lose, and never turn into something else."""


def answers(call: SpokenCall, where: Passage, what: Passage) -> list[Answer]:
    told = Told(AT, (where, what))
    return list(answers_of(WANTED[call.id], told, understand(told, names())))


def test_every_spoken_call_says_what_is_to_be_understood() -> None:
    assert {call.id for call in spoken_calls()} == set(WANTED)


@pytest.mark.parametrize("call", spoken_calls(), ids=lambda call: call.id)
def test_as_it_is_written(call: SpokenCall) -> None:
    lexicon = READER.lexicons[call.language]

    def passage(question: str, said: Utterance) -> Passage:
        return passage_of(question, lexicon, tokens_of(said.words))

    found = answers(call, passage("where", call.where), passage("what", call.what))
    assert [each for each in found if not each.is_right] == []


@pytest.mark.whisper
@pytest.mark.timeout(600)
def test_as_whisper_makes_it_out_nothing_is_wrong_and_little_is_lost() -> None:
    engine = load_engine("faster-whisper", "base", cache_dir=CACHE)

    def passage(call: SpokenCall, question: str, said: Utterance) -> Passage:
        (segments,) = engine.hear([decode(said.path.read_bytes())], call.language)
        lexicon = READER.lexicons[call.language]
        return passage_of(question, lexicon, tokens_of_segments(segments), question)

    found = {
        call.id: answers(call, passage(call, "where", call.where), passage(call, "what", call.what))
        for call in spoken_calls()
    }
    wrong = [
        (id, each)
        for id, all_of_it in found.items()
        for each in all_of_it
        if each.field in NEVER_WRONG and not each.is_right and not _is_open(each.found)
    ]
    assert wrong == []
    every = [each for all_of_it in found.values() for each in all_of_it]
    right = sum(each.is_right for each in every)
    print(f"as written out by base: {right} of {len(every)} answers right")  # noqa: T201
    assert right / len(every) > 0.7


def _is_open(found: Any) -> bool:
    """Nothing was understood, or less than was said."""
    if isinstance(found, Location):
        return len(found.candidates) != 1 or len(found.streets) == 1
    return found is None
