"""`python -m bench.engines`: how fast and how well each engine hears the same calls.

The spoken sample calls of the simulator (made for this project: easier than real callers) and, when
they lie beside the checkout in `../shared/audio`, real telephone recordings. Per engine, in one
run: real-time factor (seconds of work for a second of sound), word error rate by jiwer after
Whisper's own normaliser, seconds for the first and for a further short message, seconds to load.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import jiwer

from bench.samples import CACHE, PROMPTS, SHARED, Sample, normal, real, spoken
from transcribe.engines import load_engine
from transcribe.hears import load_hears
from transcribe.pipeline import SpeechPipeline, load_transcriber

ENGINES = ("openai-whisper", "faster-whisper")
SHORT = 10.0
"""Seconds up to which a message is a short one."""


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds, and the word error rate by language."""

    load: float
    first: float
    short: float
    factor: float
    errors: dict[str, float]


def measure(engine: str, model: str, samples: Sequence[Sample]) -> Result:
    began = time.perf_counter()
    pipeline: SpeechPipeline = load_transcriber(
        engine, model, cache_dir=CACHE, hears=load_hears(PROMPTS)
    )
    load = time.perf_counter() - began
    took: list[float] = []
    texts: list[str] = []
    for sample in samples:
        began = time.perf_counter()
        result = pipeline.transcribe(sample.audio, sample.language)
        took.append(time.perf_counter() - began)
        segments = result.heard.segments if result.heard else ()
        texts.append(" ".join(segment.text for segment in segments))
    errors = {}
    for language in sorted({sample.language for sample in samples}):
        pairs = [
            (normal(sample.words, language), normal(text, language))
            for sample, text in zip(samples, texts, strict=True)
            if sample.language == language
        ]
        errors[language] = float(
            jiwer.wer([said for said, _ in pairs], [text for _, text in pairs])
        )
    return Result(
        load=load,
        first=took[0],
        short=statistics.median(
            seconds
            for seconds, sample in zip(took[1:], samples[1:], strict=True)
            if sample.seconds <= SHORT
        ),
        factor=sum(took) / sum(sample.seconds for sample in samples),
        errors=errors,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.engines", description=__doc__)
    parser.add_argument("--model", default="base")
    given = parser.parse_args(arguments)
    for engine in ENGINES:  # what has to be joined or converted is not measured
        load_engine(engine, given.model, cache_dir=CACHE)
    for name, samples in (("spoken sample calls", spoken()), ("real recordings", real())):
        if not samples:
            print(f"{name}: not here ({SHARED}), not measured")
            continue
        show(name, given.model, samples)


def show(name: str, model: str, samples: Sequence[Sample]) -> None:
    results = {engine: measure(engine, model, samples) for engine in ENGINES}
    whole = sum(sample.seconds for sample in samples)
    print(f"{name}: {len(samples)} messages, {whole:.0f} s, model {model}, {os.cpu_count()} cores")
    print(f"{'':16}{'load s':>8}{'first s':>9}{'short s':>9}{'real-time':>11}  word error rate")
    for engine, result in results.items():
        errors = ", ".join(f"{lang} {rate:.1%}" for lang, rate in result.errors.items())
        print(
            f"{engine:16}{result.load:8.1f}{result.first:9.2f}{result.short:9.2f}"
            f"{result.factor:11.2f}  {errors}"
        )
    ours, peer = (results[engine] for engine in ENGINES)
    print(f"ratio of the real-time factors: {ours.factor / peer.factor:.2f}")


if __name__ == "__main__":
    main()
