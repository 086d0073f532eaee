"""What is measured of a sound, and what is said of a call in which nobody speaks: tones, keys,
music, noise, a click, silence, each also as a telephone carries it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench.noises import (
    LINE,
    NOBODY,
    PAIRS,
    TONES,
    Wave,
    as_sent,
    nothing,
    pressed,
    tone,
)
from reports.model import Sound, Span
from reports.ports import Samples
from simulator.spoken import line_sound, spoken_calls
from transcribe.audio import FLOOR, RATE, decode, seconds
from transcribe.sound import keys_in, measure_sound, why_no_speech
from transcribe.speech import NoSpeech, speech, voice

SHARED = Path("../shared/audio")
ALL = pytest.mark.parametrize(
    ("why", "wave"),
    [pytest.param(why, wave, id=f"{why.name} {name}") for why, name, wave in NOBODY],
)


@ALL
@pytest.mark.parametrize("loudness", [1.0, 0.3, 0.1])
def test_what_is_heard_when_nobody_speaks_has_a_name(
    why: NoSpeech, wave: Wave, loudness: float
) -> None:
    assert why_no_speech(as_sent(wave, loudness)) is why
    assert why_no_speech(np.repeat(wave * loudness, 2).astype(np.float32)) is why


@ALL
def test_keys_are_heard_where_keys_were_pressed_and_nowhere_else(why: NoSpeech, wave: Wave) -> None:
    heard = "".join(key.digit for key in keys_in(as_sent(wave)))
    of = {
        id(TONES["keys"]): "0123456789*#",
        id(TONES["one key"]): "5",
        id(TONES["a key held"]): "#",
    }
    assert heard == of.get(id(wave), "")


def test_the_shared_sounds_of_a_line_have_their_names() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared recordings are not here")
    names = {
        "dtmf_8": NoSpeech.TONE,
        "ringback_18": NoSpeech.TONE,
        "silence_5": NoSpeech.SILENCE,
        "white_10": NoSpeech.NOISE,
    }
    for name, why in names.items():
        assert why_no_speech(decode((SHARED / f"{name}.wav").read_bytes())) is why, name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("silence", NoSpeech.SILENCE),
        ("street-noise", NoSpeech.NOISE),
        ("tone", NoSpeech.TONE),
    ],
)
def test_our_own_sounds_of_a_line_have_their_names(name: str, why: NoSpeech) -> None:
    samples = decode(line_sound(name).path.read_bytes())
    assert not speech(voice(samples), seconds(samples))
    assert why_no_speech(samples) is why


def test_soft_speech_that_nobody_made_out_is_no_click_and_no_tone() -> None:
    for call in spoken_calls():
        samples = decode(call.where.path.read_bytes())
        for loudness in (1.0, 0.1, 0.005):
            said = why_no_speech((samples * loudness).astype(np.float32))
            assert said in {NoSpeech.NOISE, NoSpeech.SILENCE}, (call.id, loudness)


def of_a_call(samples: Samples) -> Sound:
    return measure_sound(samples, speech(voice(samples), seconds(samples)))


@pytest.mark.parametrize("snr", [None, 20, 10])
def test_in_what_callers_say_there_is_speech_and_neither_keys_nor_beeps(snr: float | None) -> None:
    for call in spoken_calls():
        samples = decode(call.where.path.read_bytes())
        own = of_a_call(samples).snr
        assert own is not None
        if snr is not None:
            loudness = float(np.std(samples)) * 10 ** (-snr / 20)
            noise = np.random.default_rng(2).normal(0, loudness, len(samples))
            samples = (samples + noise).astype(np.float32)
        sound = of_a_call(samples)
        assert sound.speech_seconds > 0.6 * call.where.seconds, call.id
        assert (sound.keys, sound.beeps, sound.clipped) == ((), (), 0.0), call.id
        assert sound.snr is not None
        if snr is not None:
            both = -10 * np.log10(10 ** (-snr / 10) + 10 ** (-own / 10))
            assert sound.snr == pytest.approx(both, abs=3), call.id


def test_in_real_speech_there_are_no_keys_and_no_beeps() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared recordings are not here")
    files = [file for file in sorted(SHARED.glob("*.wav")) if file.stem.split("_")[0] not in SOUNDS]
    assert files, "they are called otherwise"
    for file in files:
        sound = measure_sound(decode(file.read_bytes()), ())
        assert (sound.keys, sound.beeps, sound.clipped) == ((), (), 0.0), file.name


SOUNDS = {"dtmf", "ringback"}


@pytest.mark.parametrize("length", [0.05, 0.07, 0.1, 0.4])
@pytest.mark.parametrize("hiss", [0.0, 0.01])
def test_keys_before_and_after_what_is_said_are_heard(length: float, hiss: float) -> None:
    spoken = spoken_calls()[0].where
    said, _ = soundfile.read(spoken.path)
    wave = np.concatenate([pressed("19", length), said, nothing(0.1), pressed("0#", length)])
    sound = of_a_call(as_sent(wave + np.random.default_rng(3).normal(0, hiss, len(wave))))
    assert [key.digit for key in sound.keys] == ["1", "9", "0", "#"]
    assert sound.beeps == ()
    starts = [key.span.start for key in sound.keys]
    after = 2 * (length + 0.1) + spoken.seconds + 0.1
    expected = [0, length + 0.1, after, after + length + 0.1]
    assert starts == pytest.approx(expected, abs=0.04)
    assert all(key.span.seconds == pytest.approx(length, abs=0.06) for key in sound.keys)


def test_the_same_key_twice_is_two_keys() -> None:
    keys = keys_in(as_sent(pressed("11199", on=0.08, off=0.06)))
    assert [key.digit for key in keys] == ["1", "1", "1", "9", "9"]


@pytest.mark.parametrize("louder", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("off", [0.985, 1.0, 1.015])
def test_a_key_may_be_a_little_off(louder: float, off: float) -> None:
    low, high = PAIRS["6"]
    wave = tone(low * off, length=0.1) + louder * tone(high * off, length=0.1)
    assert [key.digit for key in keys_in(as_sent(wave))] == ["6"]


@pytest.mark.parametrize("off", [0.965, 1.035])
def test_what_is_further_off_is_no_key(off: float) -> None:
    low, high = PAIRS["6"]
    assert keys_in(as_sent(tone(low * off, high, length=0.2))) == ()
    assert keys_in(as_sent(tone(low, high * off, length=0.2))) == ()


def test_a_beep_before_the_words_is_shown_where_it_is() -> None:
    said, _ = soundfile.read(spoken_calls()[0].where.path)
    wave = np.concatenate([nothing(0.5), tone(1400, length=0.5), nothing(0.3), said])
    (beep,) = of_a_call(as_sent(wave)).beeps
    assert (beep.start, beep.end) == pytest.approx((0.5, 1.0), abs=0.05)


def test_a_busy_line_is_so_many_beeps() -> None:
    beeps = measure_sound(as_sent(TONES["busy"]), ()).beeps
    assert len(beeps) == 5
    assert all(beep.seconds == pytest.approx(0.5, abs=0.05) for beep in beeps)


@pytest.mark.parametrize(("gain", "ceiling"), [(2.0, 1.0), (4.0, 0.5), (2.0, 0.3)])
def test_a_voice_that_was_too_loud_is_clipped_wherever_the_ceiling_is(
    gain: float, ceiling: float
) -> None:
    for call in spoken_calls()[::5]:
        said, _ = soundfile.read(call.what.path)
        loud = said * (gain / np.quantile(np.abs(said), 0.999))
        share = float(np.mean(np.abs(loud) >= 1))
        clipped = measure_sound(as_sent(np.clip(loud, -1, 1) * ceiling), ()).clipped
        assert clipped == pytest.approx(share, rel=0.5), call.id


def test_a_loud_tone_or_noise_is_not_clipped() -> None:
    for why, name, wave in NOBODY:
        if why is not NoSpeech.SILENCE:
            loud = as_sent(wave, 0.9 / float(np.abs(wave).max()))
            assert measure_sound(loud, ()).clipped < 0.002, name


@pytest.mark.parametrize("level", [-20.0, -35.0, -50.0])
def test_the_noise_is_measured_between_the_voices(level: float) -> None:
    noise = np.random.default_rng(4).normal(0, 10 ** (level / 20), 10 * RATE)
    voices = (Span(2.0, 4.0), Span(6.0, 9.0))
    for span in voices:
        at = slice(round(span.start * RATE), round(span.end * RATE))
        noise[at] += 0.3 * np.sin(2 * np.pi * 200 * np.arange(at.stop - at.start) / RATE)
    sound = measure_sound(noise.astype(np.float32), voices)
    assert sound.noise == pytest.approx(level, abs=1)
    assert sound.snr == pytest.approx(20 * np.log10(0.3 / np.sqrt(2)) - level, abs=1.5)
    assert sound.speech_seconds == pytest.approx(5.0)


def test_of_nothing_there_is_nothing_to_say() -> None:
    sound = measure_sound(np.zeros(0, np.float32), ())
    assert sound == Sound(sound.level, 0.0, FLOOR, None, 0.0, (), ())
    assert (sound.level.peak, sound.level.rms) == (FLOOR, FLOOR)
    assert why_no_speech(np.zeros(0, np.float32)) is NoSpeech.SILENCE


def test_an_offset_is_neither_loud_nor_clipped() -> None:
    sound = measure_sound(np.full(RATE, 0.3, np.float32), ())
    assert sound.level.rms < -100
    assert sound.noise < -100
    assert sound.clipped == 0


sounds = st.one_of(
    arrays(np.float32, st.integers(0, 3000), elements=st.floats(width=32, allow_nan=False)),
    arrays(np.float32, st.integers(0, 9000), elements=st.floats(-1, 1, width=32)),
).filter(lambda samples: bool(np.isfinite(samples).all()))
some_spans: st.SearchStrategy[Sequence[Span]] = st.lists(
    st.tuples(st.floats(-1, 2), st.floats(0.01, 1)).map(lambda at: Span(at[0], at[0] + at[1])),
    max_size=1,
)


def in_range(sound: Sound, length: float) -> None:
    for loudness in (sound.level.peak, sound.level.rms, sound.noise):
        assert FLOOR <= loudness <= 6.1  # a sound of offsets swings by 2
    assert sound.level.rms <= sound.level.peak + 0.01
    assert 0 <= sound.clipped <= 1
    assert sound.snr is None or -30 <= sound.snr <= -FLOOR + 6.1
    assert 0 <= sound.speech_seconds <= length + 0.001
    for span in (*(key.span for key in sound.keys), *sound.beeps):
        assert 0 <= span.start <= span.end <= length


@given(sounds, some_spans)
@settings(deadline=None)
def test_whatever_the_sound_is_the_figures_are_in_range(
    samples: Samples, spans: Sequence[Span]
) -> None:
    in_range(measure_sound(samples, spans), seconds(samples))
    assert why_no_speech(samples) in NoSpeech


MAKERS: list[Callable[[int], Wave]] = [
    lambda length: tone(697, 1209, length=length / LINE),
    lambda length: tone(1000, length=length / LINE, loudness=1.0),
    lambda length: np.sign(tone(300, length=length / LINE)),
    lambda length: nothing(length / LINE) + 0.5,
]


@given(st.sampled_from(MAKERS), st.integers(1, 5000))
@settings(deadline=None)
def test_however_short_it_is_the_figures_are_in_range(
    make: Callable[[int], Wave], length: int
) -> None:
    samples = as_sent(make(length))
    in_range(measure_sound(samples, (Span(0, seconds(samples)),)), seconds(samples))
    assert why_no_speech(samples) in NoSpeech
