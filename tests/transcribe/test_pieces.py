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
    found = pieces(np.zeros(0, np.float32), spans, 0.0, at + behind)
    assert found[0].start == 0.0
    assert found[-1].end == at + behind
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(piece.seconds <= LONGEST_PIECE + 1e-6 for piece in found)
    assert all(piece.seconds >= LONGEST_PIECE / 2 - 1e-6 for piece in found[:-1])


def test_it_is_cut_in_the_longest_pause() -> None:
    spans = [Span(0, 15), Span(16, 19), Span(22, 24), Span(25, 45)]
    first, second = pieces(np.zeros(0, np.float32), spans, 0.0, 45.0)
    assert (first.end, second.start) == (20.5, 20.5)


def test_who_speaks_without_a_pause_is_cut_where_it_is_quietest() -> None:
    sound = np.ones(50 * RATE, np.float32)
    sound[24 * RATE : 25 * RATE] = 0.01
    first, second = pieces(sound, [Span(0, 50)], 0.0, 50.0)
    assert 24 <= first.end == second.start <= 25


def test_a_soft_voice_beside_a_loud_one_is_heard_by_itself() -> None:
    loud = decode(spoken_call("en-lake-bloomington").where.path.read_bytes())
    pause = np.zeros(2 * RATE, np.float32)
    message = np.concatenate([loud, pause, loud * 10 ** (-40 / 20)])
    given_to_it: list[float] = []

    def answer(samples: Samples, language: str | None) -> Answer:
        if language is None:
            return Answer("")
        given_to_it.append(seconds(samples))
        whole = len(given_to_it) == 1
        # As Whisper: of the whole, only what is loud.
        said = "they are at lake and bloomington" if whole else "two of them are left"
        return Answer(said, lasts=seconds(loud) if whole else None)

    outcome = SpeechPipeline(ScriptedEngine(answer), HEARS).transcribe_sound(message, "en")
    assert outcome.heard is not None
    first, second = outcome.heard.segments
    assert second.text == "two of them are left"
    assert first.end <= seconds(loud) + 0.1 < second.start
    assert len(given_to_it) == 2


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
    assert len(given_to_it) >= seconds(message) / LONGEST_PIECE
    assert max(given_to_it) <= LONGEST_PIECE
    assert outcome.heard is not None
    segments = outcome.heard.segments
    assert len(segments) == len(given_to_it)
    for one, other in pairwise(segments):
        assert one.end == pytest.approx(other.start)
        assert other.words[0].start == other.start
    assert segments[-1].end == pytest.approx(seconds(message), abs=3)
