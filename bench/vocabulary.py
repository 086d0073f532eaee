"""`python -m bench.vocabulary`: whether telling Whisper the names of places helps, or harms.

The sample calls of the simulator, as they are and with noise 5 dB below the voice, each heard
without anything, with the names as `hotwords` and with them as `initial_prompt`. Counted are the
words of the places that were said and heard; names from the list that were heard and not said,
there and in recordings that speak of no place (real ones beside the checkout, and line sounds); and
word errors.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jiwer
import numpy as np
from faster_whisper.transcribe import WhisperModel

from bench.samples import CACHE, normal, real
from reports.ports import Samples
from simulator.spoken import line_sounds, spoken_calls
from transcribe.audio import decode
from transcribe.engines.decoding import BEAM, TEMPERATURES
from transcribe.weights import ctranslate2_folder

PLACES = (
    *("Nicollet", "Hennepin", "Lyndale", "Bloomington", "Cedar-Riverside", "Karmel Mall"),
    *("Mercado Central", "Franklin", "Chicago", "Portland", "Hiawatha", "Minnehaha", "Powderhorn"),
    *("Phillips", "Payne", "Maryland", "University", "Dale", "Snelling", "Lake Street"),
    *("Central Avenue", "Northeast", "Saint Paul", "Riverside Plaza"),
)
NOISE = 5.0
"""dB below the voice."""


@dataclass(frozen=True, slots=True)
class Clip:
    sound: Samples
    language: str
    words: str
    places: tuple[str, ...] = ()


def plain(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(one for one in letters if not unicodedata.combining(one)))


LISTED = {word for place in PLACES for word in plain(place)} - {"lake", "street", "mall", "avenue"}


def calls(noise: float | None) -> Iterator[Clip]:
    source = np.random.default_rng(1)
    for call in spoken_calls():
        sound = decode(call.where.path.read_bytes())
        if noise is not None:
            rms = float(np.sqrt(np.mean(sound**2)))
            hiss = source.normal(0.0, rms * 10 ** (-noise / 20), len(sound))
            sound = np.clip(sound + hiss, -1, 1).astype(np.float32)
        yield Clip(sound, call.language, call.where.words, tuple(call.where.place_words))


def without_places() -> Iterator[Clip]:
    for sample in real():
        yield Clip(decode(sample.audio), sample.language, sample.words)
    for sound in line_sounds():
        if not sound.words:
            yield Clip(decode(sound.path.read_bytes()), "en", "")


def heard(model: WhisperModel, clip: Clip, options: Mapping[str, Any]) -> str:
    segments, _ = model.transcribe(
        clip.sound,
        language=clip.language,
        beam_size=BEAM,
        temperature=TEMPERATURES,
        condition_on_previous_text=False,
        **options,
    )
    return " ".join(segment.text for segment in segments)


def leaked(said: str, text: str) -> list[str]:
    return sorted((LISTED & {*plain(text)}) - {*plain(said)})


def errors(pairs: Sequence[tuple[Clip, str]]) -> float:
    spoken = [(clip, text) for clip, text in pairs if clip.words]
    return float(
        jiwer.wer(
            [normal(clip.words, clip.language) for clip, _ in spoken],
            [normal(text, clip.language) for clip, text in spoken],
        )
    )


def main() -> None:
    folder = ctranslate2_folder("base", CACHE, print)
    model = WhisperModel(str(folder), device="cpu", compute_type="int8")
    sets = {
        "calls": list(calls(None)),
        f"calls, noise {NOISE:.0f} dB": list(calls(NOISE)),
        "no places": list(without_places()),
    }
    names = ", ".join(PLACES)
    variants: Mapping[str, Mapping[str, Any]] = {
        "nothing": {},
        "hotwords": {"hotwords": names},
        "prompt": {"initial_prompt": f"{names}."},
    }
    print(f"{'':20}{'':10}{'places':>9}{'errors':>9}  not said")
    for name, clips in sets.items():
        for variant, options in variants.items():
            pairs = [(clip, heard(model, clip, options)) for clip in clips]
            told = [
                {*plain(place)} <= {*plain(text)} for clip, text in pairs for place in clip.places
            ]
            made_up = [word for clip, text in pairs for word in leaked(clip.words, text)]
            places = f"{sum(told)}/{len(told)}" if told else ""
            print(
                f"{name:20}{variant:10}{places:>9}{errors(pairs):9.1%}"
                f"  {len(made_up)} {' '.join(made_up[:12])}",
                flush=True,
            )


if __name__ == "__main__":
    main()
