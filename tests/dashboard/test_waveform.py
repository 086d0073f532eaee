"""The shape of a recording: when somebody speaks, and where nobody does."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from dashboard.sound import NotPlayable, playable
from dashboard.waveform import MARGIN, MOST, Waveform, Waveforms, waveform_of
from reports.custody import Deed
from reports.model import RecordingState
from tests.dashboard.conftest import Browser
from tests.dashboard.stories import Stories, mu_law_wave

RATE = 8000


def noise(seconds: float, level: float) -> NDArray[np.float64]:
    return np.random.default_rng(7).normal(0, level, int(seconds * RATE))


def wave_of(*pieces: NDArray[np.float64]) -> bytes:
    wave = io.BytesIO()
    soundfile.write(wave, np.concatenate(pieces), RATE, format="WAV", subtype="PCM_16")
    return wave.getvalue()


def test_it_is_high_where_it_is_loud() -> None:
    shape = waveform_of(wave_of(noise(1, 0.01), noise(1, 0.1)))
    assert shape.seconds == 2
    assert len(shape.levels) == 20
    assert max(shape.levels) == 100
    assert max(shape.levels[:10]) < 20 < min(shape.levels[10:])


def test_a_long_pause_between_words_may_be_left_out_but_for_its_ends() -> None:
    shape = waveform_of(wave_of(noise(2, 0.1), noise(4, 0.001), noise(2, 0.1)))
    [silence] = shape.silences
    assert silence == pytest.approx((2 + MARGIN, 6 - MARGIN), abs=0.1)


def test_a_breath_is_no_silence() -> None:
    assert waveform_of(wave_of(noise(2, 0.1), noise(0.8, 0.001), noise(2, 0.1))).silences == ()


def test_a_whisper_in_a_quiet_room_is_no_silence() -> None:
    shape = waveform_of(
        wave_of(noise(2, 0.1), noise(2, 0.001), noise(2, 0.004), noise(2, 0.001), noise(2, 0.1))
    )
    assert [round(end - start) for start, end in shape.silences] == [1, 1]
    assert all(not (start < 5 < end) for start, end in shape.silences)


def test_where_voices_cannot_be_told_from_the_street_nothing_is_left_out() -> None:
    assert waveform_of(wave_of(noise(2, 0.1), noise(3, 0.05), noise(2, 0.1))).silences == ()


def test_nothing_but_silence_is_a_flat_line() -> None:
    shape = waveform_of(wave_of(np.zeros(2 * RATE)))
    assert (set(shape.levels), shape.silences) == ({0}, ())


def test_a_file_without_a_second_of_sound_has_no_shape() -> None:
    assert waveform_of(wave_of(np.zeros(0))) == Waveform(0, (), ())


def test_an_hour_has_no_more_values_than_fit_a_screen() -> None:
    assert len(waveform_of(wave_of(noise(100, 0.1))).levels) == MOST


def test_what_is_no_sound_has_no_shape() -> None:
    with pytest.raises(NotPlayable):
        waveform_of(b"<html>not found</html>")


def test_those_that_nobody_looks_at_any_more_are_forgotten_first() -> None:
    kept = Waveforms(most=2)
    shape = Waveform(1, (1,), ())
    kept.put("one", shape)
    kept.put("two", shape)
    kept.get("one")
    kept.put("three", shape)
    assert [kept.get(each) for each in ("one", "two", "three")] == [shape, None, shape]


# --- On the page


def test_who_looks_at_a_page_sees_the_shape_and_stands_in_no_log(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    page = ana.get("/r/4821").text
    assert 'data-waveform="/r/4821/audio/RE4821what/waveform"' in page
    before = page.count("was given")
    shape = ana.get("/r/4821/audio/RE4821what/waveform").json
    assert shape is not None
    assert shape["seconds"] == pytest.approx(8)
    assert len(shape["levels"]) == 80
    assert ana.get("/r/4821").text.count("was given") == before
    with stories.store.read() as records:
        told = records.custody_of(["recording:RE4821what"])
    assert Deed.RECORDING_HEARD not in {entry.deed for entry in told}


def test_the_shape_is_there_a_second_time_without_the_sound_being_opened(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    first = ana.get("/r/4821/audio/RE4821what/waveform").json
    stories.audio.delete("RE4821what")
    assert ana.get("/r/4821/audio/RE4821what/waveform").json == first


def test_a_shape_is_shown_by_the_rule_by_which_its_sound_is_played(
    ana: Browser, stranger: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    stories.english_earlier("3107")
    assert stranger.get("/r/4821/audio/RE4821what/waveform").status_code == 401
    assert ana.get("/r/4821/audio/RE4821what/waveform").status_code == 200
    assert ana.get("/r/3107/audio/RE4821what/waveform").status_code == 404, "of another report"


def test_what_is_not_here_yet_or_cannot_be_read_has_no_shape(
    ana: Browser, stories: Stories
) -> None:
    stories.alert_that_failed("6644")
    assert ana.get("/r/6644/audio/RE6644where/waveform").status_code == 404
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", audio=b"no sound", state=RecordingState.NEEDS_LISTENER)
    assert ana.get("/r/1001/audio/RE1001where/waveform").status_code == 404


def test_a_telephone_companys_mu_law_has_one_too() -> None:
    assert len(waveform_of(playable(mu_law_wave())).levels) == 80
