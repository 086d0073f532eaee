"""The benchmark of hearing measures what it says it does."""

from __future__ import annotations

from struct import unpack_from

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import ggml
from bench.hearing import LEAST_NOISE, SHORT, Clip, nobody, reliability, short_messages, whispered
from bench.noises import Wave
from simulator.spoken import spoken_call
from transcribe.audio import RATE, decode, seconds
from transcribe.speech import speech, voice


def clip(length: float, language: str = "en") -> Clip:
    return Clip(np.zeros(int(length * RATE), np.float32), language, "word")


def test_words_that_are_as_often_right_as_was_said_are_off_by_nothing() -> None:
    table, off = reliability([(0.75, True)] * 3 + [(0.75, False)])
    assert table[7] == (4, 0.75, 0.75)
    assert off == 0


def test_one_that_is_always_sure_and_right_half_the_time_is_off_by_half() -> None:
    _, off = reliability([(1.0, True), (1.0, False)])
    assert off == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_every_word_is_in_one_bin(pairs: list[tuple[float, bool]]) -> None:
    table, off = reliability(pairs)
    assert sum(count for count, _, _ in table) == len(pairs)
    assert 0 <= off <= 1 + 1e-9


@given(st.lists(st.floats(1, 20), min_size=3, max_size=20))
def test_short_messages_are_short_and_not_too_short(lengths: list[float]) -> None:
    clips = [*map(clip, lengths), clip(10.0)]
    messages = short_messages(clips)
    assert len(messages) == 50
    assert all(SHORT[0] - 0.01 <= seconds(each.sound) <= SHORT[1] + 0.01 for each in messages)


def test_more_than_a_minute_is_tried_in_which_nobody_speaks() -> None:
    sounds = nobody()
    assert sum(seconds(sound) for _, sound in sounds) >= LEAST_NOISE
    assert {"babble", "tone ring-back", "music melody", "silence digital"} <= {
        name for name, _ in sounds
    }


def comes_again(wave: Wave) -> float:
    """How much of the loudest tenths of a second comes again a period of a voice later, 0 to 1."""
    frames = wave[: len(wave) // 800 * 800].reshape(-1, 800)
    loud = frames[np.argsort((frames**2).sum(axis=1))[-10:]]
    best = [
        max(float(frame[lag:] @ frame[:-lag]) for lag in range(25, 100)) / float(frame @ frame)
        for frame in loud
    ]
    return float(np.mean(best))


def test_a_whisper_is_speech_without_a_voice_and_as_long() -> None:
    sound = decode(spoken_call("en-lake-bloomington").where.path.read_bytes())
    made = whispered(sound)
    assert len(made) == pytest.approx(len(sound) / 2, abs=1)
    assert speech(voice(np.repeat(made, 2).astype(np.float32)), len(made) / 8_000)
    assert comes_again(made) < 0.75 * comes_again(sound[::2].astype(np.float64))


def test_whisper_cpp_is_told_the_sizes_and_the_tensors() -> None:
    dims = {name: index + 1 for index, name in enumerate(ggml.SIZES)}
    assert unpack_from("<I11i", ggml.header(dims)) == (0x67676D6C, *range(1, 11), ggml.FLOAT16)
    raw = ggml.tensor("decoder.ln.weight", np.ones((2, 3)))
    assert unpack_from("<3i2i", raw) == (2, 17, ggml.FLOAT16, 3, 2)
    assert raw[20:37] == b"decoder.ln.weight"
    assert len(raw) == 37 + 6 * 2
    column = ggml.tensor("encoder.conv1.bias", np.ones(4))
    assert unpack_from("<3i2i", column) == (2, 18, ggml.FLOAT32, 1, 4)
