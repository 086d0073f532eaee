"""What suits a machine is measured, and taken at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import BadSettings, load_speech_settings
from simulator.spoken import line_sound, spoken_call
from transcribe.tuning import (
    Candidate,
    Measured,
    best,
    best_batch,
    candidates,
    measure,
    save,
    with_batches,
)

WHERE = spoken_call("en-lake-bloomington").where.path


def measured(model: str, threads: int, late: float, a_minute: float) -> Measured:
    candidate = Candidate("faster-whisper", model, threads)
    return Measured(candidate, 1.0, 0.2, late, a_minute, 400.0)


def test_the_largest_model_that_is_in_time_is_taken_with_the_threads_that_do_most() -> None:
    chosen = best(
        [
            measured("tiny", 2, -3.0, 200),
            measured("small", 1, -0.5, 30),
            measured("small", 2, -0.9, 25),
            measured("medium", 2, 4.0, 8),
        ]
    )
    assert chosen is not None
    assert chosen.candidate == Candidate("faster-whisper", "small", 1)


def test_where_all_are_too_slow_it_is_the_least_slow() -> None:
    chosen = best([measured("small", 1, 3.0, 9), measured("tiny", 2, 1.0, 5)])
    assert chosen is not None
    assert chosen.candidate.model == "tiny"
    assert best([]) is None


def test_only_what_needs_no_download_is_tried(tmp_path: Path) -> None:
    (tmp_path / "small.pt").touch()
    tried = candidates(tmp_path, cores=4)
    assert Candidate("openai-whisper", "small", 4) in tried
    assert {each.model for each in tried if each.engine == "faster-whisper"} == {"base"}
    assert {each.threads for each in tried} == {1, 2, 4}


def test_the_profile_is_taken_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no .env is
    for name in ("SPEECH_ENGINE", "SPEECH_MODEL", "SPEECH_THREADS", "STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert load_speech_settings().speech_engine == "openai-whisper"
    save(measured("small", 1, -1, 30), 4, tmp_path / "var", "2026-01-15")
    tuned = load_speech_settings()
    assert (tuned.speech_engine, tuned.speech_model, tuned.speech_threads) == (
        "faster-whisper",
        "small",
        1,
    )
    assert tuned.speech_batch == 4
    monkeypatch.setenv("SPEECH_MODEL", "tiny")
    assert load_speech_settings().speech_model == "tiny"
    assert load_speech_settings().speech_engine == "openai-whisper", "as if it were not there"


def test_a_profile_that_is_damaged_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var/speech.toml").write_text("speech_engine = ")
    with pytest.raises(BadSettings, match=r"speech\.toml: .*delete it, or tune anew"):
        load_speech_settings()


@pytest.mark.whisper
@pytest.mark.timeout(120)
def test_a_candidate_is_measured_for_real() -> None:
    cache = Path("var/test-cache")
    found = measure(Candidate("faster-whisper", "base", 1), [WHERE, WHERE], "en", cache)
    assert isinstance(found, Measured)
    assert 0 < found.share < 20
    assert found.a_minute > 0
    assert found.memory > 50


def long_message(batch: int, share: float) -> Measured:
    candidate = Candidate("faster-whisper", "base", 1, batch)
    return Measured(candidate, 1.0, share, -9.0, 2, 400.0)


def test_a_larger_batch_has_to_be_worth_its_memory() -> None:
    chosen = best_batch([long_message(1, 0.1), long_message(4, 0.0705), long_message(8, 0.07)])
    assert chosen is not None
    assert chosen.candidate.batch == 4
    assert best_batch([]) is None


def test_an_engine_that_hears_one_piece_at_a_time_has_no_batch_to_try() -> None:
    assert with_batches(Candidate("openai-whisper", "base", 1)) == []
    tried = with_batches(Candidate("faster-whisper", "base", 2))
    assert [each.batch for each in tried] == [1, 2, 4, 8]
    assert {each.threads for each in tried} == {2}


@pytest.mark.whisper
@pytest.mark.timeout(120)
def test_a_batch_is_measured_on_one_long_message() -> None:
    candidate = Candidate("faster-whisper", "base", 1, 4)
    found = measure(candidate, [WHERE], "en", Path("var/test-cache"), as_one=True)
    assert isinstance(found, Measured)
    assert 0 < found.share < 5


def test_what_cannot_be_loaded_says_so(tmp_path: Path) -> None:
    silence = line_sound("silence").path
    found = measure(Candidate("faster-whisper", str(tmp_path), 1), [silence], "en", tmp_path)
    assert isinstance(found, str)
