"""The sample calls: what the manifest promises is what the recordings are."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.sound import read_wav
from simulator.spoken import (
    AUDIO,
    LineSound,
    SpokenCall,
    Utterance,
    line_sound,
    line_sounds,
    spoken_call,
    spoken_calls,
)

UTTERANCES = [said for call in spoken_calls() for said in (call.where, call.what)]
EVERYTHING: list[Utterance | LineSound] = [*UTTERANCES, *line_sounds()]
RECORDINGS = [(said.path, said.seconds) for said in EVERYTHING]
SPEECH = [said.path for said in UTTERANCES]

every_recording = pytest.mark.parametrize(
    ("path", "seconds"), RECORDINGS, ids=[path.stem for path, _ in RECORDINGS]
)
every_call = pytest.mark.parametrize("call", spoken_calls(), ids=lambda call: call.id)


class WavFormat(NamedTuple):
    coding: int
    channels: int
    rate: int
    bytes_a_second: int
    frame: int
    bits: int


def chunks(path: Path) -> dict[bytes, bytes]:
    content, found, position = path.read_bytes(), {}, 12
    while position < len(content):
        name, size = struct.unpack_from("<4sI", content, position)
        found[name] = content[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    return found


def heard(path: Path) -> NDArray[np.float64]:
    return read_wav(path.read_bytes()).samples / 32768


def dbfs(samples: NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2))))


def test_at_least_seven_callers_speak_each_language() -> None:
    languages = [call.language for call in spoken_calls()]
    assert set(languages) == {"en", "es"}
    assert languages.count("en") >= 7
    assert languages.count("es") >= 7


def test_the_callers_of_a_language_do_not_all_have_one_voice() -> None:
    for language in ("en", "es"):
        voices = {call.voice for call in spoken_calls() if call.language == language}
        assert len(voices) >= 3


def test_every_recording_is_listed_once_and_every_listed_recording_is_there() -> None:
    listed = [path for path, _ in RECORDINGS]
    assert len(set(listed)) == len(listed)
    assert set(listed) == set(AUDIO.iterdir())


def test_every_id_names_one_call() -> None:
    ids = [call.id for call in spoken_calls()] + [sound.id for sound in line_sounds()]
    assert len(set(ids)) == len(ids)


@every_recording
def test_a_recording_is_coded_as_a_telephone_line_carries_it(path: Path, seconds: float) -> None:
    found = chunks(path)
    assert WavFormat(*struct.unpack_from("<HHIIHH", found[b"fmt "])) == WavFormat(
        coding=7, channels=1, rate=8000, bytes_a_second=8000, frame=1, bits=8
    )
    assert struct.unpack("<I", found[b"fact"]) == (len(found[b"data"]),)


@every_recording
def test_a_recording_lasts_as_long_as_the_manifest_says(path: Path, seconds: float) -> None:
    assert read_wav(path.read_bytes()).seconds == pytest.approx(seconds, abs=0.01)


@every_recording
def test_no_recording_is_clipped(path: Path, seconds: float) -> None:
    assert np.abs(heard(path)).max() < 0.9


@pytest.mark.parametrize("path", SPEECH, ids=[path.stem for path in SPEECH])
def test_a_caller_is_as_loud_as_callers_are(path: Path) -> None:
    assert -27 < dbfs(heard(path)) < -17


@pytest.mark.parametrize("path", SPEECH, ids=[path.stem for path in SPEECH])
def test_nothing_is_heard_that_a_telephone_would_not_pass(path: Path) -> None:
    power = np.abs(np.fft.rfft(heard(path))) ** 2
    hertz = np.fft.rfftfreq(len(heard(path)), 1 / 8000)
    outside = power[(hertz < 200) | (hertz > 3700)].sum()
    assert outside / power.sum() < 0.01


@every_call
def test_a_caller_says_where_briefly_and_then_what_at_more_length(call: SpokenCall) -> None:
    assert 4 <= call.where.seconds <= 9
    assert 8 <= call.what.seconds <= 25
    assert call.seconds == call.where.seconds + call.what.seconds


@every_call
def test_the_place_is_among_the_words_spoken(call: SpokenCall) -> None:
    assert 1 <= len(call.where.place_words) <= 3
    for word in call.where.place_words:
        assert word in call.where.words


@every_call
def test_a_caller_presses_keys_that_the_line_asks_for(call: SpokenCall) -> None:
    assert call.keys.when in {"1", "2"}
    assert call.keys.officers == "*" or call.keys.officers.isdecimal()
    assert call.keys.still_there in {"1", "2"}
    assert call.keys.callback in {"1", ""}


@every_call
def test_words_are_without_the_marks_by_which_they_are_spoken(call: SpokenCall) -> None:
    for said in (call.where, call.what):
        assert not set("[]{}") & set(said.words)
        assert "  " not in said.words


def test_some_callers_do_not_know_how_many_and_some_saw_them_leave() -> None:
    assert {"*"} < {call.keys.officers for call in spoken_calls()}
    assert {call.keys.still_there for call in spoken_calls()} == {"1", "2"}
    assert {call.keys.when for call in spoken_calls()} == {"1", "2"}


def test_only_fictional_phone_numbers_are_spoken() -> None:
    digits = {"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
    digits |= {"six": "6", "seven": "7", "eight": "8", "nine": "9"}
    for said in UTTERANCES:
        words = re.findall(r"\w+", said.words.lower())
        spelled = "".join(digits.get(word, word if word.isdecimal() else " ") for word in words)
        for number in re.findall(r"\d{7,}", spelled):
            assert re.fullmatch(r"(612|651)55501\d\d", number)


def test_silence_is_so_faint_that_nobody_is_there() -> None:
    assert dbfs(heard(line_sound("silence").path)) < -60


def test_the_street_is_heard_though_nobody_speaks() -> None:
    street = line_sound("street-noise")
    assert dbfs(heard(street.path)) > -40
    assert street.language is None
    assert street.words == ""


def test_a_fax_calls_at_1100_hertz() -> None:
    samples = heard(line_sound("tone").path)
    loudest = np.abs(np.fft.rfft(samples)).argmax() * 8000 / len(samples)
    assert loudest == pytest.approx(1100, abs=2)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_caller_cut_off_mid_sentence_is_still_speaking_at_the_end(language: str) -> None:
    cut_off = line_sound(f"mid-sentence-{language}")
    assert cut_off.language == language
    assert cut_off.words[-1].isalpha()
    assert dbfs(heard(cut_off.path)[-1600:]) > -35


def test_an_unknown_call_is_refused_by_naming_those_there_are() -> None:
    with pytest.raises(KeyError, match="en-lake-bloomington"):
        spoken_call("en-nowhere")
    with pytest.raises(KeyError, match="silence"):
        line_sound("en-lake-bloomington")
