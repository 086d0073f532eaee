"""What organizers record, with whatever they have, becomes prompts that go together."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
import soxr

from sounds.decoding import Sound
from sounds.prompts import (
    LOUDEST,
    LOUDNESS,
    MARGIN,
    TELEPHONE_RATE,
    Fault,
    PromptSound,
    Unusable,
    loudness,
    telephone_quality,
    true_peak,
)

SPOKEN = Path("simulator/spoken/audio")
LONGEST = 30.0


def spoken(name: str = "en-karmel-mall-where") -> tuple[Sound, int]:
    sound, rate = soundfile.read(SPOKEN / f"{name}.wav", dtype="float32")
    return sound, rate


def file(sound: Sound, rate: int, kind: str = "WAV", subtype: str | None = None) -> bytes:
    made = BytesIO()
    soundfile.write(made, sound, rate, format=kind, subtype=subtype)
    return made.getvalue()


def browser_file(sound: Sound, rate: int, kind: str, codec: str) -> bytes:
    """As a browser's MediaRecorder writes it."""
    made = BytesIO()
    at_48 = soxr.resample(sound, rate, 48_000).astype(np.float32)
    with av.open(made, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(at_48[None, :], format="flt", layout="mono")
        frame.sample_rate = 48_000
        frame.time_base = Fraction(1, 48_000)
        frame.pts = 0
        packets = [*stream.encode(frame), *stream.encode(None)]
        container.mux(packets)
    return made.getvalue()


def heard(prompt: PromptSound) -> Sound:
    """What the telephone plays, after a look at its form."""
    with soundfile.SoundFile(BytesIO(prompt.wave)) as wave:
        assert (wave.format, wave.subtype) == ("WAV", "PCM_16")
        assert (wave.samplerate, wave.channels) == (TELEPHONE_RATE, 1)
        sound: Sound = wave.read(dtype="float32")
    assert prompt.seconds == pytest.approx(len(sound) / TELEPHONE_RATE)
    return sound


def fault(audio: bytes, longest: float = LONGEST) -> Fault:
    with pytest.raises(Unusable) as unusable:
        telephone_quality(audio, longest)
    return unusable.value.fault


def noise(seconds: float, level: float, rate: int = 8_000) -> Sound:
    made = np.random.default_rng(38).normal(0, level, int(seconds * rate))
    return made.astype(np.float32)


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in SPOKEN.glob("e[ns]-*-where.wav")), ids=str
)
@pytest.mark.parametrize("gain", [0.08, 1.0])
def test_loud_or_soft_all_voices_come_out_alike(name: str, gain: float) -> None:
    sound, rate = spoken(name)
    prompt = heard(telephone_quality(file(sound * gain, rate, subtype="FLOAT"), LONGEST))
    assert loudness(prompt, TELEPHONE_RATE) == pytest.approx(LOUDNESS, abs=1.2)
    assert true_peak(prompt, TELEPHONE_RATE) <= LOUDEST + 0.05


@pytest.mark.parametrize(
    ("kind", "rate"), [("WAV", 8_000), ("FLAC", 44_100), ("MP3", 44_100), ("OGG", 48_000)]
)
def test_whatever_file_it_was_it_sounds_the_same(kind: str, rate: int) -> None:
    sound, spoken_rate = spoken()
    expected = telephone_quality(file(sound, spoken_rate), LONGEST)
    resampled = soxr.resample(sound, spoken_rate, rate).astype(np.float32)
    prompt = telephone_quality(file(resampled, rate, kind), LONGEST)
    assert prompt.seconds == pytest.approx(expected.seconds, abs=0.06)
    assert loudness(heard(prompt), TELEPHONE_RATE) == pytest.approx(LOUDNESS, abs=1)


@pytest.mark.parametrize(("kind", "codec"), [("webm", "libopus"), ("mp4", "aac")])
def test_what_browsers_record_is_understood(kind: str, codec: str) -> None:
    sound, rate = spoken()
    expected = telephone_quality(file(sound, rate), LONGEST)
    prompt = telephone_quality(browser_file(sound, rate, kind, codec), LONGEST)
    assert prompt.seconds == pytest.approx(expected.seconds, abs=0.1)
    assert loudness(heard(prompt), TELEPHONE_RATE) == pytest.approx(LOUDNESS, abs=1)


def test_the_silence_around_the_words_is_cut_but_for_a_breath() -> None:
    sound, rate = spoken()
    still = noise(3, 0.0005)
    click = np.full(160, 0.4, np.float32)  # 20 ms: the mouse
    around = np.concatenate([click, still, sound, still, click])
    alone = len(heard(telephone_quality(file(sound, rate), LONGEST)))
    prompt = heard(telephone_quality(file(around, rate), LONGEST))
    assert alone <= len(prompt) <= len(sound) + 2.5 * MARGIN * TELEPHONE_RATE
    breath = int(MARGIN * TELEPHONE_RATE * 0.7)
    assert np.abs(prompt[:breath]).max() < np.abs(prompt).max() / 10
    assert np.abs(prompt[-breath:]).max() < np.abs(prompt).max() / 10
    # A pause between words belongs to what was said.
    assert len(heard(telephone_quality(file(np.concatenate([sound, still, sound]), rate), 30))) > (
        2 * alone + 2 * TELEPHONE_RATE
    )


def test_one_short_digit_is_as_loud_as_a_sentence() -> None:
    sound, rate = spoken()
    digit = np.concatenate([noise(0.5, 0.0005), sound[rate : int(1.4 * rate)], noise(0.5, 0.0005)])
    prompt = telephone_quality(file(digit, rate), 3)
    assert 0.3 < prompt.seconds < 0.8
    assert loudness(heard(prompt), TELEPHONE_RATE) == pytest.approx(LOUDNESS, abs=1)


def test_of_a_stereo_file_with_one_dead_channel_the_voice_is_kept() -> None:
    sound, rate = spoken()
    prompt = telephone_quality(file(np.stack([sound, 0 * sound], axis=1), rate), LONGEST)
    assert loudness(heard(prompt), TELEPHONE_RATE) == pytest.approx(LOUDNESS, abs=1)


def test_hum_and_an_offset_do_not_count_as_loudness() -> None:
    sound, rate = spoken()
    hum = 0.02 * np.sin(2 * np.pi * 60 * np.arange(len(sound)) / rate)
    expected = heard(telephone_quality(file(sound * 0.5, rate), LONGEST))
    prompt = heard(
        telephone_quality(file((sound * 0.5 + hum + 0.2).astype(np.float32), rate), LONGEST)
    )
    voice = slice(len(expected) // 4, 3 * len(expected) // 4)
    assert loudness(prompt[voice], TELEPHONE_RATE) == pytest.approx(
        loudness(expected[voice], TELEPHONE_RATE), abs=1.5
    )


def test_silence_and_a_far_whisper_are_refused() -> None:
    sound, rate = spoken()
    assert fault((SPOKEN / "silence.wav").read_bytes()) is Fault.SILENT
    assert fault(file(np.zeros(16_000, np.float32), 8_000)) is Fault.SILENT
    assert fault(file(sound * 0.02, rate, subtype="FLOAT")) is Fault.FAINT


def test_a_voice_that_was_cut_off_at_the_top_is_refused() -> None:
    sound, rate = spoken()
    loud = (sound / np.abs(sound).max()).astype(np.float32)
    assert heard(telephone_quality(file(loud, rate), LONGEST)).any(), "loud alone is no fault"
    assert fault(file(np.clip(loud * 6, -1, 1), rate)) is Fault.CLIPPED
    webm = browser_file(np.clip(loud * 6, -1, 1), rate, "webm", "libopus")
    assert fault(webm) is Fault.CLIPPED


def test_a_voice_that_the_street_drowns_is_refused() -> None:
    sound, rate = spoken()
    assert fault((SPOKEN / "street-noise.wav").read_bytes()) is Fault.NOISY
    drowned = sound + noise(len(sound) / rate, 0.08)
    assert fault(file(drowned.astype(np.float32), rate)) is Fault.NOISY
    quiet_room = (sound + noise(len(sound) / rate, 0.003)).astype(np.float32)
    assert heard(telephone_quality(file(quiet_room, rate), LONGEST)).any()


def test_too_short_and_too_long_are_refused() -> None:
    sound, rate = spoken()
    assert fault(file(sound[rate : int(rate * 1.15)], rate)) is Fault.TOO_SHORT
    assert fault(file(sound, rate), longest=3) is Fault.TOO_LONG
    # An hour of silence in a small file is not decoded to its end.
    hour = file(np.zeros(8_000 * 3_600, np.int16), 8_000, "FLAC")
    assert len(hour) < 200_000
    assert fault(hour) is Fault.TOO_LONG


@pytest.mark.parametrize(
    "audio",
    [
        b"",
        b"<html>not found</html>" * 40,
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        file(spoken()[0], 8_000)[:30],
        # A list that would have FFmpeg open another file, or ask another machine.
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{(SPOKEN / 'tone.wav').absolute()}'\n".encode(),
    ],
    ids=["nothing", "a page", "a header", "half a header", "a playlist", "a list of files"],
)
def test_what_is_no_audio_is_refused(audio: bytes) -> None:
    assert fault(audio) is Fault.NOT_AUDIO


def test_a_picture_in_the_file_is_no_sound() -> None:
    made = BytesIO()
    with av.open(made, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        container.mux([*stream.encode(frame), *stream.encode(None)])
    assert fault(made.getvalue()) is Fault.NOT_AUDIO
