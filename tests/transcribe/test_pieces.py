"""A long message is heard in pieces, and comes back whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model import Span
from reports.ports import Samples
from simulator.spoken import spoken_call
from transcribe.audio import RATE, decode, seconds
from transcribe.engines.scripted import Answer, ScriptedEngine
from transcribe.hears import load_hears
from transcribe.pipeline import SpeechPipeline
from transcribe.speech import LONGEST_PIECE, pieces

HEARS = load_hears(Path("prompts"))


@given(st.lists(st.tuples(st.floats(0.01, 40), st.floats(0.1, 90)), max_size=30), st.floats(0, 5))
def test_pieces_are_all_of_it_and_none_is_long(
    voices: list[tuple[float, float]], behind: float
) -> None:
    spans: list[Span] = []
    at = 0.0
    for pause, length in voices:
        spans.append(Span(at + pause, at + pause + length))
        at = spans[-1].end
    found = pieces(spans, 0.0, at + behind)
    assert found[0].start == 0.0
    assert found[-1].end == at + behind
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(piece.seconds <= LONGEST_PIECE + 1e-6 for piece in found)
    assert all(piece.seconds >= LONGEST_PIECE / 2 - 1e-6 for piece in found[:-1])


def test_it_is_cut_in_the_longest_pause() -> None:
    spans = [Span(0, 70), Span(71, 90), Span(95, 110), Span(112, 200)]
    first, second = pieces(spans, 0.0, 200.0)
    assert (first.end, second.start) == (92.5, 92.5)


def test_what_is_said_late_in_a_long_message_stands_at_its_second() -> None:
    once = decode(spoken_call("en-lake-bloomington").where.path.read_bytes())
    message = np.tile(np.append(once, np.zeros(2 * RATE, np.float32)), 20)
    given_to_it: list[float] = []

    def answer(samples: Samples, language: str | None) -> Answer:
        if language is not None:
            given_to_it.append(seconds(samples))
        return Answer("lake street and bloomington " * 4)

    engine = ScriptedEngine(answer)
    outcome = SpeechPipeline(engine, HEARS).transcribe_sound(message, "en")
    assert len(given_to_it) == 2
    assert max(given_to_it) <= LONGEST_PIECE
    assert outcome.heard is not None
    first, second = outcome.heard.segments
    assert first.end == pytest.approx(second.start)
    assert second.words[0].start == second.start
    assert second.end > 150
