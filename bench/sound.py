"""`python -m bench.sound`: how long measuring how a recording sounds takes, beside its limit.

Ten seconds of noise with two stretches in which there may be a voice. The machine may have other
work: the quickest of the runs is what measuring itself takes.
"""

from __future__ import annotations

import statistics
import time

from bench.noises import as_sent, coloured
from reports.model import Span
from transcribe.sound import measure_sound

LENGTH = 10.0
"""Seconds of sound."""
SPANS = (Span(1, 4), Span(5, 9))
LIMIT_MS = 30.0
RUNS = 50


def main() -> None:
    samples = as_sent(coloured(LENGTH, 0))
    took = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        measure_sound(samples, SPANS)
        took.append(1000 * (time.perf_counter() - begun))
    quickest, middle = min(took), statistics.median(took)
    print(
        f"{LENGTH:.0f} s of sound, {RUNS} runs: quickest {quickest:.1f} ms, p50 {middle:.1f} ms;"
        f" limit {LIMIT_MS:.0f} ms: {quickest / LIMIT_MS:.0%} and {middle / LIMIT_MS:.0%}"
    )


if __name__ == "__main__":
    main()
