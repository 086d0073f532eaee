"""What callers say in many ways is understood as they mean it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.fields.lexicon import load_lexicons
from tests.fields.cases import CLOSED, OPENED, Case, cases

LEXICONS = load_lexicons(Path("prompts"))


@pytest.mark.parametrize(
    "case",
    [each for each in cases() if not (each.is_held_out or each.is_unseen)],
    ids=lambda each: each.name,
)
def test_a_call_is_understood(case: Case) -> None:
    answers = list(case.answers(LEXICONS))
    assert answers, "it asks for nothing"
    assert [each for each in answers if not each.is_right] == []


def test_a_third_of_the_calls_is_held_out() -> None:
    closed = [each for each in cases() if each.folder not in OPENED | CLOSED]
    held_out = [each for each in closed if each.is_held_out]
    assert len(closed) / 5 < len(held_out) < len(closed) / 2
