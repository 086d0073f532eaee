"""What is believed of what an engine heard, by evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model import Segment
from reports.ports import Heard
from transcribe.quality import believe, disbelief
from transcribe.speech import Span

SAID = Segment("They are at Lake and Bloomington", 0.5, 3.0, (), -0.3, 0.02, 1.1)
SPANS = (Span(0.4, 3.1),)


def heard(*segments: Segment, probability: float = 0.95) -> Heard:
    return Heard("en", probability, segments)


def test_words_under_which_there_is_a_voice_are_believed() -> None:
    believed = believe(heard(SAID), SPANS, chosen=True)
    assert believed.doubt is None
    assert believed.heard == heard(SAID)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"start": 10.0, "end": 14.0}, "no voice"),
        ({"text": "thank you for watching " * 20}, "more words than"),
        ({"log_probability": -1.4}, "does not trust"),
        ({"compression": 3.1}, "repeats itself"),
        ({"text": "go go go go go go go go"}, "repeats itself"),
    ],
)
def test_what_there_is_no_evidence_for_is_not(changed: dict[str, object], why: str) -> None:
    segment = replace(SAID, **changed)  # type: ignore[arg-type]
    said = disbelief(segment, SPANS)
    assert said is not None
    assert why in said
    alone = believe(heard(segment), SPANS, chosen=True)
    assert alone.heard is None
    assert alone.doubt


def test_an_invented_sentence_does_not_take_the_true_one_along() -> None:
    invented = replace(SAID, text="Thanks for watching!", start=20.0, end=22.0)
    believed = believe(heard(SAID, invented), SPANS, chosen=True)
    assert believed.heard == heard(SAID)


def test_people_in_fear_say_things_again_and_again() -> None:
    assert disbelief(replace(SAID, text="help help help they are here"), SPANS) is None


def test_a_guessed_language_must_be_sure() -> None:
    unsure = believe(heard(SAID, probability=0.3), SPANS, chosen=False)
    assert unsure.heard is None
    assert unsure.doubt is not None
    assert believe(heard(SAID, probability=0.3), SPANS, chosen=True).doubt is None


def test_much_speech_without_words_goes_to_a_person_with_what_was_heard() -> None:
    believed = believe(heard(SAID), (*SPANS, Span(5.0, 15.0)), chosen=True)
    assert believed.heard == heard(SAID)
    assert believed.doubt is not None


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
def test_nothing_is_added_to_what_was_heard(
    segments: list[Segment], voices: list[tuple[float, float]]
) -> None:
    spans = tuple(Span(start, start + length) for start, length in voices)
    believed = believe(heard(*segments), spans, chosen=True)
    kept = () if believed.heard is None else believed.heard.segments
    assert set(kept) <= set(segments)
    assert believed.doubt is not None or kept
