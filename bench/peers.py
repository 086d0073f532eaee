"""Who hears, in `bench.hearing`: other programs as they come, and the line's own pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec

import whisper
from faster_whisper import BatchedInferencePipeline, WhisperModel

from bench import ggml
from bench.samples import CACHE, PROMPTS
from reports.ports import Samples
from transcribe.engines import load_engine
from transcribe.hears import load_hears
from transcribe.pipeline import SpeechPipeline
from transcribe.weights import ctranslate2_folder, openai_checkpoint

MODEL = "base"
Hear = Callable[[Samples, str], str]
"""What is said in a sound, in a language."""


def cli_of_openai_whisper() -> Hear:
    """openai-whisper as its command line decodes."""
    model = whisper.load_model(str(openai_checkpoint(MODEL, CACHE, print)))

    def hear(sound: Samples, language: str) -> str:
        told = model.transcribe(
            sound,
            language=language,
            beam_size=5,
            best_of=5,
            temperature=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
            fp16=False,
        )
        return str(told["text"])

    return hear


def _bare() -> WhisperModel:
    folder = ctranslate2_folder(MODEL, CACHE, print)
    return WhisperModel(str(folder), device="cpu", compute_type="int8")


def faster_whisper() -> Hear:
    """faster-whisper with its own defaults."""
    model = _bare()

    def hear(sound: Samples, language: str) -> str:
        segments, _ = model.transcribe(sound, language=language)
        return " ".join(segment.text for segment in segments)

    return hear


def faster_whisper_batched() -> Hear:
    """Its batched pipeline, which cuts by voice activity."""
    model = BatchedInferencePipeline(_bare())

    def hear(sound: Samples, language: str) -> str:
        segments, _ = model.transcribe(sound, language=language, batch_size=8)
        return " ".join(segment.text for segment in segments)

    return hear


def whisper_cpp() -> Hear:
    """whisper.cpp with the beam of its command line, when `pip install pywhispercpp` was done."""
    from pywhispercpp.model import Model

    checkpoint = openai_checkpoint(MODEL, CACHE, print)
    assert checkpoint is not None
    converted = CACHE / f"ggml-{MODEL}.bin"
    if not converted.exists():
        ggml.convert(checkpoint, converted)
    model = Model(
        str(converted),
        params_sampling_strategy=1,  # with a beam
        beam_search={"beam_size": 5, "patience": -1.0},
        print_progress=False,
        redirect_whispercpp_logs_to=None,
    )

    def hear(sound: Samples, language: str) -> str:
        return " ".join(each.text for each in model.transcribe(sound, language=language))

    return hear


def pipeline(engine: str, threads: int | None = None, batch: int | None = None) -> SpeechPipeline:
    loaded = load_engine(engine, MODEL, cache_dir=CACHE, threads=threads, batch=batch)
    return SpeechPipeline(loaded, load_hears(PROMPTS), offered=frozenset({"en", "es", "fr"}))


def ours(engine: str, batch: int | None = None) -> Hear:
    """All of the pipeline but the decoding of a file; what is struck out does not count."""
    here = pipeline(engine, batch=batch)

    def hear(sound: Samples, language: str) -> str:
        heard = here.transcribe_sound(sound, language).heard
        believed = () if heard is None else heard.segments
        return " ".join(each.text for each in believed if each.struck is None)

    return hear


PEERS: Mapping[str, Callable[[], Hear]] = {
    "openai-whisper, its command line": cli_of_openai_whisper,
    "faster-whisper": faster_whisper,
    "faster-whisper, batched": faster_whisper_batched,
    **({"whisper.cpp": whisper_cpp} if find_spec("pywhispercpp") else {}),
}
OURS: Mapping[str, Callable[[], Hear]] = {
    "ours, openai-whisper": partial(ours, "openai-whisper"),
    "ours, faster-whisper": partial(ours, "faster-whisper"),
}
