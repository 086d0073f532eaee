"""A recording is heard by a process of its own, which may end as badly as it likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.model import RecordingState
from simulator.spoken import line_sound, spoken_call
from transcribe.apart import ApartTranscriber, FailedApart, Order, limit, smaller
from transcribe.engines.scripted import fingerprint
from transcribe.pipeline import part_with_speech
from workers.tether import tethered

SPOKEN = spoken_call("en-lake-bloomington").where.path.read_bytes()


def hearing(folder: Path, answer: str) -> ApartTranscriber:
    """One that hears in our sample call what is said here."""
    script = folder / "answers.toml"
    sha256 = fingerprint(part_with_speech(SPOKEN))
    script.write_text(f'[[answer]]\nsha256 = "{sha256}"\n{answer}\n')
    order = Order("scripted", str(script), str(folder), str(Path("prompts").absolute()))
    return ApartTranscriber(order, tethered)


def test_what_it_hears_comes_back_whole(tmp_path: Path) -> None:
    outcome = hearing(tmp_path, 'text = "Lake and Bloomington"').transcribe(SPOKEN, "en")
    assert outcome.state is RecordingState.TRANSCRIBED
    assert outcome.heard is not None
    assert outcome.heard.segments[0].text == "Lake and Bloomington"
    assert outcome.heard.segments[0].words
    assert outcome.sound is not None
    assert outcome.sound.speech_seconds > 1


def test_where_nobody_speaks_it_says_so(tmp_path: Path) -> None:
    outcome = hearing(tmp_path, 'text = "x"').transcribe(line_sound("tone").path.read_bytes(), "en")
    assert outcome.state is RecordingState.NO_SPEECH
    assert outcome.reason


@pytest.mark.parametrize("order", ["no-such-engine", "scripted"])
def test_a_process_that_ends_badly_is_a_failure_and_nothing_worse(
    tmp_path: Path, order: str
) -> None:
    apart = ApartTranscriber(Order(order, str(tmp_path / "none"), str(tmp_path), "prompts"))
    with pytest.raises(FailedApart, match="ended with"):
        apart.transcribe(SPOKEN, "en")


def test_a_process_that_hangs_is_ended(tmp_path: Path) -> None:
    willing = hearing(tmp_path, 'text = "x"')
    with pytest.raises(FailedApart, match="no end"):
        ApartTranscriber(willing.order, tethered, limit=lambda _: 0.05).transcribe(SPOKEN, "en")


def test_a_long_message_may_take_longer() -> None:
    assert limit(b"x" * 8_000) < limit(b"x" * 80_000)


def test_a_smaller_model_is_taken_where_its_weights_are_at_hand(tmp_path: Path) -> None:
    assert smaller("openai-whisper", "base", tmp_path) == "base"
    (tmp_path / "tiny.pt").touch()
    assert smaller("openai-whisper", "base", tmp_path) == "tiny"
    assert smaller("faster-whisper", "base", tmp_path) == "base", "which reads other files"
    assert smaller("openai-whisper", "large-v3", tmp_path) == "base", "installed with the line"
    assert smaller("openai-whisper", "my-own", tmp_path) == "my-own"
