"""What providers send becomes sound, and what is no sound is said to be none."""

from __future__ import annotations

import contextlib
import io
import struct
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.spoken import line_sound, spoken_calls
from transcribe.audio import FLOOR, LONGEST, RATE, BadAudio, decode, is_audio, measure, seconds
from transcribe.readers import MU_LAW, like_mu_law

SPOKEN = spoken_calls()[0].where
HEADER = 8 + SPOKEN.path.read_bytes().index(b"data")
"""Bytes before the sound in the sample recordings."""


def a_tone(length: float, rate: int, subtype: str, format: str = "WAV", channels: int = 1) -> bytes:
    time = np.arange(round(length * rate)) / rate
    tone = 0.5 * np.sin(2 * np.pi * 440 * time)
    file = io.BytesIO()
    sound = np.column_stack([tone] * channels)
    soundfile.write(file, sound, rate, subtype=subtype, format=format)
    return file.getvalue()


@pytest.mark.parametrize(
    ("subtype", "format", "rate", "channels"),
    [
        ("ULAW", "WAV", 8000, 1),
        ("ALAW", "WAV", 8000, 1),
        ("PCM_16", "WAV", 8000, 1),
        ("PCM_16", "WAV", 44100, 2),
        ("PCM_24", "WAV", 48000, 1),
        ("PCM_U8", "WAV", 8000, 1),
        ("FLOAT", "WAV", 16000, 1),
        ("GSM610", "WAV", 8000, 1),
        ("IMA_ADPCM", "WAV", 8000, 1),
        ("MPEG_LAYER_III", "MP3", 8000, 1),
        ("VORBIS", "OGG", 16000, 1),
        ("OPUS", "OGG", 8000, 1),
        ("ULAW", "AU", 8000, 1),
        ("MPEG_LAYER_III", "MP3", 16000, 1),
        ("PCM_16", "FLAC", 16000, 1),
    ],
)
def test_whatever_a_provider_sends_is_decoded(
    subtype: str, format: str, rate: int, channels: int
) -> None:
    samples = decode(a_tone(2.0, rate, subtype, format, channels))
    assert samples.dtype == np.float32
    assert seconds(samples) == pytest.approx(2.0, abs=0.15)
    assert measure(samples).rms == pytest.approx(-9.0, abs=1.5)
    spectrum = np.abs(np.fft.rfft(samples))
    assert spectrum.argmax() * RATE / len(samples) == pytest.approx(440, abs=2)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_audio_are_called_so(garbage: bytes) -> None:
    wav = SPOKEN.path.read_bytes()[: HEADER - 8]
    for prefix in (
        b"",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"ID3",
        wav,
        wav + b"data",
        b"\xff\xfb\x90\x64",
    ):
        # A few bytes may happen to be some sound; whatever else they are is said, not raised.
        with contextlib.suppress(BadAudio):
            assert decode(prefix + garbage).dtype == np.float32


@pytest.mark.parametrize("bytes_", [b"", b"<html>not found</html>", b"RIFF"])
def test_a_web_page_is_no_audio(bytes_: bytes) -> None:
    assert not is_audio(bytes_)
    with pytest.raises(BadAudio):
        decode(bytes_)


@given(st.integers(min_value=1, max_value=20_000))
def test_no_sample_is_lost(count: int) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.full(count, 0.1), 8000, subtype="PCM_16", format="WAV")
    assert abs(len(decode(file.getvalue())) - 2 * count) <= 1


def test_a_file_cut_short_gives_what_there_is() -> None:
    whole = spoken_calls()[0].where.path.read_bytes()
    samples = decode(whole[: len(whole) // 2])
    assert seconds(samples) == pytest.approx(spoken_calls()[0].where.seconds / 2, abs=0.2)


@pytest.mark.parametrize(
    ("format", "codec", "rate"),
    [
        ("ipod", "aac", 44100),
        ("mp4", "aac", 16000),
        ("adts", "aac", 16000),
        ("webm", "libopus", 48000),
        ("amr", "libopencore_amrnb", 8000),
        ("3gp", "libopencore_amrnb", 8000),
    ],
)
def test_what_browsers_and_voicemail_boxes_write_is_decoded(
    format: str, codec: str, rate: int
) -> None:
    samples = decode(written_by_ffmpeg(format, codec, rate))
    assert seconds(samples) == pytest.approx(2.0, abs=0.15)
    assert measure(samples).rms == pytest.approx(-9.0, abs=1.5)
    assert np.abs(np.fft.rfft(samples)).argmax() * RATE / len(samples) == pytest.approx(440, abs=2)


def written_by_ffmpeg(format: str, codec: str, rate: int) -> bytes:
    """Two seconds of a tone."""
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)).astype(np.float32)
    written = io.BytesIO()
    with av.open(written, "w", format=format) as file:
        stream = file.add_stream(codec, rate=rate, options={"strict": "-2"})
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        frame.rate = rate
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
        fifo = av.AudioFifo()
        for part in resampler.resample(frame):
            fifo.write(part)
        size = stream.codec_context.frame_size or 160
        while (packet := fifo.read(size)) is not None:
            file.mux(stream.encode(packet))
        file.mux(stream.encode(None))
    return written.getvalue()


def with_length(promised: int) -> bytes:
    """The sample recording, whose header promises so many bytes of sound."""
    whole = SPOKEN.path.read_bytes()
    return whole[: HEADER - 4] + struct.pack("<I", promised) + whole[HEADER:]


@pytest.mark.parametrize(
    "promised", [0, 1, 10, 25_000, 43_000, 100_000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF]
)
def test_a_header_that_was_written_before_the_sound_is_not_believed(promised: int) -> None:
    whole = decode(SPOKEN.path.read_bytes())
    assert np.array_equal(decode(with_length(promised)), whole)
    streamed = b"RIFF\xff\xff\xff\xff" + with_length(promised)[8:]
    assert np.array_equal(decode(streamed), whole)
    assert is_audio(streamed)


@pytest.mark.parametrize(
    "behind",
    [
        b"LIST" + struct.pack("<I", 26) + b"INFOISFT\x0e\0\0\0made by hand\0\0",
        b"garbage that is no chunk" * 9,
        b"\0" * 333,
        bytes(range(256)),
    ],
)
def test_what_stands_behind_the_sound_is_not_heard(behind: bytes) -> None:
    whole = SPOKEN.path.read_bytes()
    assert np.array_equal(decode(whole + behind), decode(whole))


def test_a_recording_of_nothing_is_not_made_of_the_chunks_behind_it() -> None:
    behind = b"LIST" + struct.pack("<I", 26) + b"INFOISFT\x0e\0\0\0made by hand\0\0"
    whole = SPOKEN.path.read_bytes()
    with pytest.raises(BadAudio, match="no sound"):
        decode(whole[: HEADER - 4] + struct.pack("<I", 0) + behind)
    with pytest.raises(BadAudio, match="no sound"):
        decode(whole[: HEADER - 4] + struct.pack("<I", 0))


@pytest.mark.parametrize("length", [10, 4000, 0xFFFFFF, 0x7FFFFFFF])
def test_a_chunk_of_a_wrong_length_does_not_hide_the_sound(length: int) -> None:
    whole = SPOKEN.path.read_bytes()
    chunk = b"LIST" + struct.pack("<I", length) + b"INFOISFT"
    assert np.array_equal(decode(whole[: HEADER - 8] + chunk + whole[HEADER - 8 :]), decode(whole))


@pytest.mark.parametrize("tag", [0x55, 0x50, 1, 7])
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_an_mp3_that_says_it_is_a_wav_is_an_mp3(tag: int, rate: int) -> None:
    mp3 = a_tone(2.0, rate, "MPEG_LAYER_III", "MP3")
    format = struct.pack("<HHIIHHH", tag, 1, rate, 1000, 1, 0, 0)
    wrapped = (
        *(b"RIFF", struct.pack("<I", 38 + len(mp3)), b"WAVEfmt ", struct.pack("<I", len(format))),
        *(format, b"data", struct.pack("<I", len(mp3)), mp3),
    )
    assert np.array_equal(decode(b"".join(wrapped)), decode(mp3))


def test_every_sample_call_is_heard_without_its_header() -> None:
    for call in spoken_calls():
        for spoken in (call.where, call.what):
            whole = spoken.path.read_bytes()
            start, length = 8 + whole.index(b"data"), soundfile.info(spoken.path).frames
            heard = decode(whole[start : start + length])
            assert np.array_equal(heard, decode(whole)), spoken.path.name


@pytest.mark.parametrize("loudness", [1.0, 0.1])
@pytest.mark.parametrize("snr", [20, 10])
def test_quiet_and_noisy_sample_calls_are_heard_without_their_header(
    loudness: float, snr: int
) -> None:
    for call in spoken_calls():
        samples, rate = soundfile.read(call.where.path)
        level = float(np.std(samples)) * 10 ** (-snr / 20)
        noisy = samples + np.random.default_rng(2).normal(0, level, len(samples))
        file = io.BytesIO()
        soundfile.write(file, noisy * loudness, rate, format="RAW", subtype="ULAW")
        assert like_mu_law(file.getvalue()), call.id


def test_quiet_and_noisy_real_calls_are_heard_without_their_header() -> None:
    shared = Path("../shared/audio")
    if not shared.is_dir():
        pytest.skip("the shared recordings are not here")
    files = sorted(shared.glob("*_en_*.wav")) + sorted(shared.glob("*_fr_*.wav"))
    assert files, "they are called otherwise"
    for file in files:
        whole = file.read_bytes()
        assert like_mu_law(whole[8 + whole.index(b"data") :]), file.name


PAGES = [
    b"<!DOCTYPE html><html><body><h1>404</h1><p>No such recording</p></body></html>\n",
    b'{"code": 20404, "message": "The requested resource was not found", "status": 404}',
    "<p>የተጠየቀው ገጽ አልተገኘም።</p>".encode(),
    "<p>ページが見つかりません。</p>".encode("euc_jp"),
    "<p>Страница не найдена, попробуйте ещё раз</p>".encode("cp1251"),
    "<p>not found</p>".encode("utf-16"),
    b"UklGRiQAAABXQVZFZm10IBAAAAABAAEA",
]


@pytest.mark.parametrize("times", [1, 40, 4000])
@pytest.mark.parametrize("page", PAGES)
def test_an_error_page_is_never_heard(page: bytes, times: int) -> None:
    assert not is_audio(page * times)
    with pytest.raises(BadAudio):
        decode(page * times)


def test_this_very_program_is_never_heard() -> None:
    """Sources, programs, fonts, pictures, archives: whatever lies about here."""
    folders = (Path(sys.prefix, "lib"), Path(np.__file__).parent, Path("transcribe"), Path("docs"))
    files = [file for folder in folders for file in sorted(folder.rglob("*"))[:1500]]
    tried = 0
    for file in files:
        if file.is_file() and file.suffix not in {".wav", ".mp3"}:
            tried += 1
            assert not like_mu_law(file.read_bytes()[:300_000]), file
    assert tried > 100


@given(seed=st.integers(0, 2**32 - 1), length=st.integers(1, 30_000))
@settings(deadline=None)
def test_random_bytes_are_never_heard(seed: int, length: int) -> None:
    random = np.random.default_rng(seed).bytes(length)
    with pytest.raises(BadAudio):
        decode(random)


@given(seed=st.integers(0, 2**32 - 1), place=st.integers(0, 400), format=st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_a_damaged_file_gives_what_there_is_or_is_said_to_be_damaged(
    seed: int, place: int, format: int
) -> None:
    how = (("ULAW", "WAV"), ("MPEG_LAYER_III", "MP3"), ("PCM_16", "FLAC"), ("OPUS", "OGG"))
    file = bytearray(a_tone(0.5, 8000, *how[format]))
    file[place : place + 20] = np.random.default_rng(seed).bytes(20)
    with contextlib.suppress(BadAudio):
        assert np.abs(decode(bytes(file))).max() <= 1


@pytest.mark.parametrize(
    ("subtype", "format"),
    [
        ("ULAW", "WAV"),
        ("GSM610", "WAV"),
        ("IMA_ADPCM", "WAV"),
        ("MPEG_LAYER_III", "MP3"),
        ("PCM_16", "FLAC"),
        ("OPUS", "OGG"),
        ("PCM_16", "CAF"),
    ],
)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_nothing_is_lost_of_what_came_before_the_line_broke(
    subtype: str, format: str, share: float
) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 80_000)
    file = io.BytesIO()
    soundfile.write(file, noise, 8000, subtype=subtype, format=format)
    whole = file.getvalue()
    cut = decode(whole[: int(share * len(whole))])
    packet = 1.1 if format == "OGG" else 0.6  # seconds that are of no use unless whole
    assert seconds(cut) == pytest.approx(10 * share, abs=packet)


def test_a_tenth_of_a_second_is_a_recording() -> None:
    assert seconds(decode(a_tone(0.1, 8000, "ULAW"))) == pytest.approx(0.1, abs=0.001)


def test_more_than_half_an_hour_is_refused_and_half_an_hour_is_not() -> None:
    header = SPOKEN.path.read_bytes()[:HEADER]
    with pytest.raises(BadAudio, match="longer than 30 minutes"):
        decode(header + b"\xff" * (8000 * (LONGEST + 1)))
    assert seconds(decode(header + b"\xff" * (8000 * LONGEST))) == pytest.approx(LONGEST, abs=0.01)


HALF_AN_HOUR = """
import resource, sys
from transcribe.audio import decode
whole = open(sys.argv[1], "rb").read()
recording = whole + whole[-40_000:] * (8000 * 1790 // 40_000)
del whole
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sound = decode(recording)
print(len(sound), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere ru_maxrss has another unit")
def test_half_an_hour_takes_hardly_more_memory_than_its_sound() -> None:
    code = [sys.executable, "-c", HALF_AN_HOUR, str(SPOKEN.path)]
    done = subprocess.run(code, capture_output=True, text=True, check=True, timeout=60)
    length, grown = map(int, done.stdout.split())
    assert length > 1790 * RATE
    assert grown < 1.3 * 4 * length


def test_codes_stand_for_what_the_standard_says() -> None:
    file = io.BytesIO(SPOKEN.path.read_bytes()[:HEADER] + bytes(range(256)))
    sound, _ = soundfile.read(file, dtype="float32")
    assert np.array_equal(sound, MU_LAW)


def test_silence_is_measured_as_such() -> None:
    assert measure(decode(line_sound("silence").path.read_bytes())).rms < -55


def test_an_offset_is_not_loud() -> None:
    still = measure(np.full(RATE, 0.4, np.float32))
    assert still.rms < -100
    assert still.peak < -100
    assert measure(np.zeros(0, np.float32)).rms == FLOOR
    voice = decode(SPOKEN.path.read_bytes())
    assert measure(voice * 0.5 + 0.3).rms == pytest.approx(measure(voice * 0.5).rms, abs=0.1)
