"""What is believed of what an engine heard, by evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model import Segment, Span, Word
from transcribe.hears import Hearing
from transcribe.quality import disbelief, judge

SAID = Segment("They are at Lake and Bloomington", 0.5, 3.0, (), -0.3, 0.02, 1.1)
ASKED = Hearing(smallest="base", least_confidence=0.0, script="LATIN")
SPANS = (Span(0.4, 3.1),)


def test_words_under_which_there_is_a_voice_are_believed() -> None:
    judged = judge([SAID], SPANS, ASKED)
    assert judged.doubt is None
    assert judged.segments == (SAID,)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"start": 10.0, "end": 14.0}, "no voice"),
        ({"text": "thank you for watching " * 20}, "more words than"),
        ({"log_probability": -1.4}, "does not trust"),
        ({"compression": 3.1}, "repeats itself"),
        ({"text": "go go go go go go go go"}, "repeats itself"),
        ({"text": "Спасибо за просмотр"}, "another language's letters"),
        ({"text": "Oh", "words": (Word("Oh", 0.5, 0.7, 0.02, 0.03),)}, "does not trust"),
    ],
)
def test_what_there_is_no_evidence_for_is_struck_out_and_says_why(
    changed: dict[str, object], why: str
) -> None:
    segment = replace(SAID, **changed)  # type: ignore[arg-type]
    judged = judge([segment], SPANS, ASKED)
    (struck,) = judged.segments
    assert struck.text == segment.text, "it is kept to be seen"
    assert struck.struck is not None
    assert why in struck.struck
    assert not judged.believed
    assert judged.doubt


def test_an_invented_sentence_does_not_take_the_true_one_along() -> None:
    invented = replace(SAID, text="Thanks for watching!", start=20.0, end=22.0)
    judged = judge([SAID, invented], SPANS, ASKED)
    assert judged.believed == (SAID,)
    assert len(judged.segments) == 2


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("CYRILLIC", "Они у церкви на Lake Street"),
        ("ARABIC", "هم عند Lake Street والشرطة هنا"),
        ("ETHIOPIC", "ፖሊስ እዚህ አለ"),
        ("LATIN", "Están en la calle Lake, señor"),
        ("LATIN", "Họ đang ở đường Lake"),
        (None, "Спасибо"),
    ],
)
def test_a_language_in_its_own_letters_is_believed(script: str | None, text: str) -> None:
    assert disbelief(replace(SAID, text=text), SPANS, script) is None


def test_a_transcript_that_the_machine_is_unsure_of_goes_to_a_person_as_it_is() -> None:
    mumbled = replace(SAID, words=(Word("They", 0.5, 1.0, 0.9, 0.3), Word(" are", 1, 2, 0.9, 0.4)))
    judged = judge([mumbled], SPANS, replace(ASKED, least_confidence=0.5))
    assert judged.believed == (mumbled,)
    assert judged.doubt is not None
    assert "unsure" in judged.doubt
    assert judge([mumbled], SPANS, replace(ASKED, least_confidence=0.3)).doubt is None


def test_people_in_fear_say_things_again_and_again() -> None:
    assert disbelief(replace(SAID, text="help help help they are here"), SPANS, None) is None


def test_much_speech_without_words_goes_to_a_person_with_what_was_heard() -> None:
    judged = judge([SAID], (*SPANS, Span(5.0, 15.0)), ASKED)
    assert judged.believed == (SAID,)
    assert judged.doubt is not None


@given(
    st.lists(
        st.builds(
            Segment,
            text=st.text(max_size=60),
            start=st.floats(0, 50),
            end=st.floats(0, 60),
            words=st.just(()),
            log_probability=st.floats(-3, 0),
            no_speech=st.floats(0, 1),
            compression=st.floats(0, 5),
        ),
        max_size=5,
    ),
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.01, 5)), max_size=5),
)
def test_nothing_is_added_to_what_was_heard_and_nothing_taken_away(
    segments: list[Segment], voices: list[tuple[float, float]]
) -> None:
    spans = tuple(Span(start, start + length) for start, length in voices)
    judged = judge(segments, spans, ASKED)
    assert [replace(one, struck=None) for one in judged.segments] == segments
    assert judged.doubt is not None or judged.believed
