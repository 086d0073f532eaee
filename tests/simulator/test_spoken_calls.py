"""The sample calls: what the manifest promises is what the recordings are."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.sound import read_wav
from simulator.spoken import AUDIO, line_sounds, spoken_calls

UTTERANCES = [said for call in spoken_calls() for said in (call.where, call.what)]
RECORDINGS = [(said.path, said.seconds) for said in (*UTTERANCES, *line_sounds())]
SPEECH = [said.path for said in UTTERANCES]

every_recording = pytest.mark.parametrize(
    ("path", "seconds"), RECORDINGS, ids=[path.stem for path, _ in RECORDINGS]
)


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
    ids = [one.id for one in (*spoken_calls(), *line_sounds())]
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


@pytest.mark.parametrize("call", spoken_calls(), ids=lambda call: call.id)
def test_a_caller_says_where_briefly_and_what_at_more_length(call: object) -> None: ...
