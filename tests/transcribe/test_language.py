"""Which language a recording is heard in: the caller's choice beside what it sounds like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.language import UNCLEAR, UNTRUSTED, Choice, choose

TRUSTED = frozenset({"en", "es", "pt"})
OFFERED = frozenset({"en", "es", "so", "hmn"})


def chosen(hint: str | None, **likely: float) -> Choice:
    return choose(hint, likely, trusted=TRUSTED, offered=OFFERED, detectable=TRUSTED - {"pt"})


def test_the_callers_choice_counts_though_it_sounds_a_little_like_another() -> None:
    assert chosen("es", en=0.6, es=0.3) == Choice("es")


def test_where_the_sound_speaks_loudly_against_it_both_are_tried() -> None:
    assert chosen("en", es=0.95, en=0.02) == Choice("en", rival="es")


def test_a_rival_that_no_machine_here_can_write_is_not_tried() -> None:
    assert chosen("en", so=0.95, en=0.02) == Choice("en")


def test_nobody_contradicts_who_chose_a_language_that_the_detector_hardly_knows() -> None:
    assert chosen("pt", es=0.95, pt=0.02) == Choice("pt")


def test_a_language_that_no_machine_can_be_trusted_with_goes_to_a_person() -> None:
    """Though it sounds like another: Whisper takes Somali for anything."""
    assert chosen("so", en=0.97) == Choice(reason=UNTRUSTED)
    assert chosen("hmn") == Choice(reason=UNTRUSTED)


def test_who_chose_nothing_is_first_looked_for_among_the_languages_that_the_line_speaks() -> None:
    assert chosen(None, es=0.55, pt=0.40) == Choice("es")
    assert chosen(None, es=0.35, pt=0.60) == Choice("es"), "no other is offered, and none is sure"


def test_another_language_counts_when_it_is_as_good_as_certain() -> None:
    assert chosen(None, pt=0.92, es=0.05) == Choice("pt")
    assert chosen(None, fr=0.92, es=0.05) == Choice(reason=UNTRUSTED)


def test_what_sounds_like_nothing_in_particular_goes_to_a_person() -> None:
    assert chosen(None, en=0.1, es=0.1, pt=0.3) == Choice(reason=UNCLEAR)
    assert chosen(None) == Choice(reason=UNCLEAR), "an engine that detects none"
    assert chosen(None, so=0.7, en=0.2) == Choice(reason=UNTRUSTED)


@given(
    st.none() | st.sampled_from(["en", "es", "so", "hmn", "xx"]),
    st.dictionaries(st.sampled_from(["en", "es", "pt", "so", "fr"]), st.floats(0, 1)),
)
def test_nothing_is_heard_in_a_language_that_is_not_trusted(
    hint: str | None, likely: dict[str, float]
) -> None:
    choice = chosen(hint, **likely)
    assert choice.language is None or choice.language in TRUSTED
    assert choice.rival is None or choice.rival in TRUSTED - {choice.language}
    assert (choice.language is None) == (choice.reason is not None)


@pytest.mark.parametrize("hint", sorted(TRUSTED))
def test_a_trusted_choice_is_always_heard(hint: str) -> None:
    assert chosen(hint, en=0.9, es=0.05).language == hint
