"""Words that are set at the desk: what can be said, what was recorded, what held at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.settings import Change, standing
from reports.wording import (
    LONGEST_SAY,
    LONGEST_TEXT,
    Chosen,
    Fault,
    Unsayable,
    as_of,
    check,
    digits_in,
    name_of,
    needed,
    place_of,
    recorded,
    same_words,
    seconds_to_say,
    tidy,
    wording,
)

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
HERE = ("en", "where")
TEXTS = st.text(max_size=60)
BRACED = st.text(alphabet="ab {}!:.[]0", max_size=12)


def minutes(count: int) -> datetime:
    return AT + timedelta(minutes=count)


# --- What can be said


@given(st.one_of(TEXTS, BRACED), st.sampled_from(["where", "text_added", "text_help"]))
def test_what_is_found_sayable_can_be_said(text: str, prompt: str) -> None:
    try:
        check(prompt, text)
    except Unsayable:
        return
    assert text.strip()
    filled = text.format(**dict.fromkeys(needed(prompt), "4821")) if needed(prompt) else text
    assert "{" not in filled.replace("{{", "")
    assert ("4821" in filled) >= bool(needed(prompt))


@given(TEXTS)
def test_tidy_words_stay_as_they_are(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert not {"\n", "\r", "\t", "\0", "\x1b"} & set(once)


def test_what_joins_letters_unseen_is_left() -> None:
    zwnj, zwsp, nbsp = "\u200c", "\u200b", "\u00a0"
    text = f"a{zwnj}b{zwsp}c{nbsp}!"
    assert tidy(f" {text} \r\n") == text


@pytest.mark.parametrize(
    ("prompt", "text", "fault"),
    [
        ("where", "", Fault.EMPTY),
        ("where", "x" * (LONGEST_SAY + 1), Fault.TOO_LONG),
        ("text_help", "x" * (LONGEST_TEXT + 1), Fault.TOO_LONG),
        ("where", "{reference}", Fault.UNKNOWN),
        ("where", "}", Fault.BRACES),
        ("text_added", "added", Fault.LACKS),
        ("text_added", "{reference} {0}", Fault.UNKNOWN),
        ("text_added", "{reference.__class__}", Fault.UNKNOWN),
        ("text_added", "{reference!r}", Fault.UNKNOWN),
    ],
)
def test_what_cannot_be_said_is_named(prompt: str, text: str, fault: Fault) -> None:
    with pytest.raises(Unsayable) as refused:
        check(prompt, text)
    assert refused.value.fault is fault


def test_a_custom_question_named_like_a_text_is_none() -> None:
    assert needed("text_of_my_own") == frozenset()
    assert needed("added") == frozenset()


def test_seconds_and_digits() -> None:
    assert seconds_to_say("x" * 150) == 10
    assert seconds_to_say("現" * 50) == 10
    assert digits_in("Press 1, or 2. In danger call 9 1 1.") == ("1", "2", "9")


# --- What was recorded


def test_only_what_says_the_same_words_is_heard() -> None:
    choices = [Chosen(1, *HERE, "Where is it?", "aa"), Chosen(2, *HERE, "Say where.", "bb")]
    assert recorded(choices, {HERE: "Where is it?"}) == {HERE: "aa"}
    assert recorded(choices, {HERE: "say where"}) == {HERE: "bb"}
    assert recorded(choices, {HERE: "Where?"}) == {}
    assert recorded(choices, {}) == {}


def test_who_chose_none_afterwards_hears_none() -> None:
    none = Chosen(2, *HERE, None, None)
    choices = [Chosen(1, *HERE, "Where?", "aa"), none, Chosen(3, *HERE, "Say where.", "bb")]
    assert recorded(choices, {HERE: "Where?"}) == {}
    assert recorded(choices, {HERE: "Say where."}) == {HERE: "bb"}
    assert recorded(reversed(choices), {HERE: "Say where."}) == {HERE: "bb"}


@given(
    st.lists(st.sampled_from([None, "Where?", "where", "Say where.", "Go on, say."]), max_size=8),
    st.sampled_from(["Where?", "Say where.", "Nothing like it."]),
)
def test_never_is_a_recording_heard_that_says_other_words(
    chosen: Sequence[str | None], said: str
) -> None:
    choices = [
        Chosen(number, *HERE, words, None if words is None else f"sound of {words}")
        for number, words in enumerate(chosen)
    ]
    heard = recorded(choices, {HERE: said}).get(HERE)
    if heard is not None:
        assert same_words(heard.removeprefix("sound of "), said)


def test_a_key_is_heard_and_a_letter_that_looks_like_a_quote() -> None:
    assert not same_words("Press # now", "Press now")
    assert not same_words("ba'an", "baan")
    assert same_words("¿Dónde? Diga…", "dónde diga")
    assert same_words("caf\u00e9", "cafe\u0301")


# --- What was set


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Changes one after the other, some undone later on."""
    made = []
    for number in range(draw(st.integers(0, 6))):
        begun = number * 10
        undone = draw(st.none() | st.integers(begun, 80))
        made.append(
            Change(
                name_of(*draw(st.sampled_from([HERE, ("es", "where")]))),
                draw(st.none() | st.sampled_from(["Where?", "Say where.", "", "{x}"])),
                minutes(begun),
                "ana",
                undone_at=None if undone is None else minutes(undone),
                undone_by=None if undone is None else "ana",
                change_id=number,
            )
        )
    return made


@given(histories(), st.integers(0, 80))
def test_what_held_at_an_instant_is_what_was_known_by_then(
    history: list[Change], minute: int
) -> None:
    at = minutes(minute)
    known_then = [
        Change(each.name, each.value, each.at, each.who, change_id=each.change_id)
        for each in history
        if each.at <= at and (each.undone_at is None or each.undone_at > at)
    ]
    then = {name: change.value for name, change in standing(as_of(history, at)).items()}
    assert then == {name: change.value for name, change in standing(known_then).items()}


@given(histories())
def test_whatever_was_set_all_that_holds_can_be_said(history: list[Change]) -> None:
    found = wording(history, ())
    for (_, prompt), text in found.words.items():
        check(prompt, text)
    assert not found.unsayable & found.words.keys()


def test_names_of_words_and_of_others() -> None:
    assert place_of(name_of("es-MX", "text_added")) == ("es-MX", "text_added")
    for other in ("languages_off", "setup:phone", "words:en", "words::where", "words:en:"):
        assert place_of(other) is None
