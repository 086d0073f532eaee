"""`python -m bench.hearing`: how well, how soon and how honestly callers are heard.

In one run, with the same weights: other programs as they come (whisper.cpp too, after `pip install
pywhispercpp`) and the line's pipeline with either engine. Real recordings of telephone quality when
they lie beside the checkout in `../shared/audio`; else the sample calls made for this project,
which are easier, and the tables say so.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import jiwer
import numpy as np

from bench.noises import LINE, NOBODY, Wave, as_sent, babble
from bench.peers import OURS, PEERS, Hear, ours, pipeline
from bench.samples import SHARED, normal, real, spoken
from reports.ports import Samples
from transcribe.audio import RATE, decode, seconds
from transcribe.hardware import threads

ALL = {**PEERS, **OURS}
SLOW_AT_NOISE = frozenset({"openai-whisper, its command line"})
"""Tries each of six temperatures, five times over, on what is no speech: half a minute a sound."""
SHORT = (5.0, 15.0)
"""Seconds of a short message."""
MESSAGES = 50
LOUD = 0.01
"""Amplitude: the telephone's code has nothing left of what is 50 dB below less."""
LEAST_NOISE = 60.0
"""Seconds without a voice that are tried at the least."""


@dataclass(frozen=True, slots=True)
class Clip:
    sound: Samples
    language: str
    words: str


@cache
def clips(languages: tuple[str, ...] = ("en", "es")) -> list[Clip]:
    samples = real(languages) or spoken()
    return [Clip(decode(each.audio), each.language, each.words) for each in samples]


def short_messages(among: Sequence[Clip], count: int = MESSAGES) -> list[Clip]:
    """So many of 5 to 15 s: the clips of that length, and those shorter ones that follow each other
    put together; again from the beginning when there are no more."""
    found: list[Clip] = []
    for language in sorted({clip.language for clip in among}):
        waiting: list[Clip] = []
        for clip in (clip for clip in among if clip.language == language):
            waiting.append(clip)
            length = sum(seconds(each.sound) for each in waiting)
            if length > SHORT[1]:
                waiting = [clip] if seconds(clip.sound) <= SHORT[1] else []
                length = seconds(clip.sound)
            if waiting and SHORT[0] <= length <= SHORT[1]:
                found.append(
                    Clip(
                        np.concatenate([each.sound for each in waiting]),
                        language,
                        " ".join(each.words for each in waiting),
                    )
                )
                waiting = []
    return [found[index % len(found)] for index in range(count)]


def long_message(among: Sequence[Clip], language: str) -> Clip:
    """All recordings of a language as one: loud and soft, near and far, as they are."""
    chosen = [clip for clip in among if clip.language == language]
    pause = np.zeros(RATE // 2, np.float32)
    return Clip(
        np.concatenate([np.append(clip.sound, pause) for clip in chosen]),
        language,
        " ".join(clip.words for clip in chosen),
    )


def nobody() -> list[tuple[str, Samples]]:
    """What is on a line when nobody speaks, for a minute and more."""
    sounds = [(f"{why.name.lower()} {name}", as_sent(wave)) for why, name, wave in NOBODY]
    voices = [clip.sound for clip in clips()]
    sounds.append(("babble", as_sent(babble(voices, 15.0))))
    if SHARED.is_dir():
        sounds += [
            (file.stem, decode(file.read_bytes()))
            for kind in ("dtmf", "ringback", "silence", "white")
            for file in sorted(SHARED.glob(f"{kind}_*.wav"))
        ]
    return sounds


def softer(sound: Samples, by: float) -> Wave:
    """By so many dB, as the telephone sends it."""
    return sound[::2].astype(np.float64) * 10 ** (-by / 20)


def whispered(sound: Samples, seed: int = 1) -> Wave:
    """The same said without a voice: what the mouth does to the sound is kept (linear prediction,
    Atal and Hanauer 1971), what the throat does is noise."""
    wave = sound[::2].astype(np.float64)
    source = np.random.default_rng(seed)
    size, order = 240, 12
    window = np.hanning(size)
    out = np.zeros(len(wave) + size)
    for start in range(0, len(wave) - size, size // 2):
        frame = wave[start : start + size] * window
        energy = float(np.sqrt(np.mean(frame**2)))
        if energy < 1e-5:
            continue
        auto = np.correlate(frame, frame, "full")[size - 1 : size + order]
        matrix = np.array([[auto[abs(i - j)] for j in range(order)] for i in range(order)])
        taps = np.linalg.solve(matrix + np.eye(order) * auto[0] * 1e-4, auto[1:])
        noise = source.normal(0, 1, size)
        made = np.zeros(size)
        for at in range(size):
            before = made[max(0, at - order) : at][::-1]
            made[at] = noise[at] + float(taps[: len(before)] @ before)
        made *= energy / (np.sqrt(np.mean(made**2)) + 1e-12)
        out[start : start + size] += made * window
    return np.clip(out[: len(wave)] * 0.5, -1, 1)


def errors(said: Iterable[tuple[Clip, str]]) -> dict[str, float]:
    """Share of wrong words by language."""
    pairs = list(said)
    return {
        language: float(
            jiwer.wer(
                [normal(c.words, language) for c, _ in pairs if c.language == language],
                [normal(text, language) for c, text in pairs if c.language == language],
            )
        )
        for language in sorted({clip.language for clip, _ in pairs})
    }


def reliability(
    pairs: Sequence[tuple[float, bool]], bins: int = 10
) -> tuple[list[tuple[int, float, float]], float]:
    """(how many, how likely right they were said to be, how many were) of each tenth, and by how
    much that is off on average: the expected calibration error (Naeini et al., 2015)."""
    table = []
    off = 0.0
    for index in range(bins):
        inside = [(p, right) for p, right in pairs if min(int(p * bins), bins - 1) == index]
        if not inside:
            table.append((0, 0.0, 0.0))
            continue
        said = statistics.mean(p for p, _ in inside)
        was = statistics.mean(right for _, right in inside)
        table.append((len(inside), said, was))
        off += len(inside) / len(pairs) * abs(said - was)
    return table, off


# --- The tables


def told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def wer(result: dict[str, object]) -> None:
    """Word errors and real-time factor."""
    given = clips()
    whole = sum(seconds(clip.sound) for clip in given)
    print(f"\n{len(given)} recordings, {whole:.0f} s: real-time factor, word errors")
    rows = {name: _timed(load(), given) for name, load in _each(ALL)}
    best = min(took for name, (took, _) in rows.items() if name in PEERS)
    for name, (took, said) in rows.items():
        rates = errors(said)
        result[name] = {"factor": took / whole, "errors": rates}
        print(f"{name:34}{took / whole:7.3f}{best / took:6.2f} x  {_percent(rates)}")


def rate(result: dict[str, object]) -> None:
    """Messages a minute."""
    given = short_messages(clips())
    different = len({id(clip) for clip in given})
    print(
        f"\n{len(given)} messages of 5 to 15 s, {different} of them different, one after the other:"
    )
    print("messages a minute, to the best peer, word errors")
    rows = {name: _timed(load(), given) for name, load in _each(ALL)}
    best = min(took for name, (took, _) in rows.items() if name in PEERS)
    for name, (took, said) in rows.items():
        rates, a_minute = errors(said), 60 * len(given) / took
        result[name] = {"a_minute": a_minute, "errors": rates}
        print(f"{name:34}{a_minute:7.1f}{best / took:6.2f} x  {_percent(rates)}")
    for engine in ("openai-whisper", "faster-whisper"):
        name = f"ours, {engine}, {threads()} workers"
        told(name)
        a_minute = _workers(engine)
        result[name] = {"a_minute": a_minute}
        print(f"{name:34}{a_minute:7.1f}{a_minute * best / 60 / len(given):6.2f} x")


def long(result: dict[str, object]) -> None:
    """Messages of a minute and more."""
    given = [long_message(clips(), language) for language in ("en", "es")]
    whole = sum(seconds(clip.sound) for clip in given)
    print(
        f"\n{len(given)} messages, {whole:.0f} s: real-time factor, to the best peer, word errors"
    )
    compared = ALL | {
        f"ours, faster-whisper, {n} at once": partial(ours, "faster-whisper", n) for n in (1, 2, 8)
    }
    rows = {name: _timed(load(), given) for name, load in _each(compared)}
    best = min(took for name, (took, _) in rows.items() if name in PEERS)
    for name, (took, said) in rows.items():
        rates = errors(said)
        result[name] = {"factor": took / whole, "errors": rates}
        print(f"{name:34}{took / whole:7.3f}{best / took:6.2f} x  {_percent(rates)}")


def invented(result: dict[str, object]) -> None:
    """Words where nobody speaks."""
    sounds = nobody()
    whole = sum(seconds(sound) for _, sound in sounds)
    print(f"\n{len(sounds)} sounds without a word, {whole:.0f} s: with words, words")
    for name, load in _each({name: ALL[name] for name in ALL if name not in SLOW_AT_NOISE}):
        hear = load()
        made_up = {kind: text for kind, sound in sounds if (text := hear(sound, "en").strip())}
        count = sum(len(text.split()) for text in made_up.values())
        result[name] = {"sounds": len(made_up), "words": count}
        print(f"{name:34}{len(made_up):4}{count:6}  {', '.join(made_up)[:90]}")


def quiet(result: dict[str, object]) -> None:
    """Soft and whispered speech, of recordings that are not all but silent as they are."""
    given = [clip for clip in clips() if np.sqrt(np.mean(clip.sound**2)) > LOUD]
    kinds: Mapping[str, Callable[[Samples], Wave]] = {
        **{f"-{by} dB": partial(softer, by=by) for by in (20, 30, 40, 50)},
        "whispered": whispered,
    }
    print(f"\n{len(given)} recordings, soft: with words, word errors")
    compared = {name: ALL[name] for name in ("faster-whisper", "ours, faster-whisper")}
    hearing = {name: load() for name, load in _each(compared)}
    for kind, change in kinds.items():
        changed = [Clip(as_sent(change(c.sound)), c.language, c.words) for c in given]
        for name, hear in hearing.items():
            _, said = _timed(hear, changed)
            kept = sum(bool(text.strip()) for _, text in said)
            result[f"{kind}, {name}"] = {"kept": kept, "errors": errors(said)}
            print(f"{kind:12}{name:24}{kept:4}/{len(given)}  {_percent(errors(said))}")


def language(result: dict[str, object]) -> None:
    """What is detected where the caller chose nothing."""
    here = pipeline("faster-whisper")
    found: Counter[tuple[str, str]] = Counter()
    for clip in clips(("en", "es", "fr", "pt")):
        outcome = here.transcribe_sound(clip.sound, None)
        said = outcome.heard.language if outcome.heard else f"a person ({outcome.reason})"
        found[clip.language, said] += 1
    print("\nlanguage not chosen: spoken, heard as, recordings")
    for (was, said), count in sorted(found.items()):
        result[f"{was} {said}"] = count
        print(f"{was:6}{said:60}{count:4}")


def calibration(result: dict[str, object]) -> None:
    """How honest the likelihood of words is."""
    for engine in ("faster-whisper", "openai-whisper"):
        here = pipeline(engine)
        honest: list[tuple[float, bool]] = []
        own: list[tuple[float, bool]] = []
        for clip in clips():
            heard = here.transcribe_sound(clip.sound, clip.language).heard
            words = [w for s in (heard.segments if heard else ()) if not s.struck for w in s.words]
            for word, right in zip(words, _right(clip, [w.text for w in words]), strict=True):
                if right is not None:
                    honest.append((word.sureness, right))
                    own.append((word.probability, right))
        table, off = reliability(honest)
        _, own_off = reliability(own)
        result[engine] = {"table": table, "off": off, "own_off": own_off}
        print(f"\n{engine}: words said to be right, words that were")
        for count, said, was in table:
            if count:
                print(f"{count:6}  said {said:4.0%}  were {was:4.0%}")
        print(f"off by {off:.3f} on average; the engine's own probability by {own_off:.3f}")


def memory(result: dict[str, object]) -> None:
    """Cold, warm, and how much memory."""
    print("\none message of 10 s, cold and warm, then one of 10 minutes: s, s, s, MiB at the most")
    for name in ALL:
        told(name)
        done = subprocess.run(
            [sys.executable, "-m", "bench.hearing", "--one", name],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        numbers = json.loads(done.stdout.splitlines()[-1])
        result[name] = numbers
        print(
            f"{name:34}{numbers['cold']:7.2f}{numbers['warm']:7.2f}{numbers['long']:8.1f}"
            f"{numbers['mib_short']:7.0f}{numbers['mib_long']:7.0f}"
        )


PARTS = (wer, rate, long, invented, quiet, language, calibration, memory)


# --- What they are made of


def _each(among: Mapping[str, Callable[[], Hear]]) -> Iterable[tuple[str, Callable[[], Hear]]]:
    for name, load in among.items():
        told(name)
        yield name, load


def _timed(hear: Hear, given: Sequence[Clip]) -> tuple[float, list[tuple[Clip, str]]]:
    """Seconds of work, and what was heard; who warms up at the first sound is given one first,
    another than the one that then follows: our engines know again what they have just encoded."""
    hear(given[-1].sound, given[-1].language)
    began = time.perf_counter()
    said = [(clip, hear(clip.sound, clip.language)) for clip in given]
    return time.perf_counter() - began, said


def _workers(engine: str) -> float:
    """Messages a minute of as many processes as there are cores, with one thread each."""
    count = threads()
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.hearing", "--share", f"{index}/{count}", engine],
            stdout=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        for index in range(count)
    ]
    took = [float(each.communicate()[0].splitlines()[-1]) for each in running]
    return 60 * MESSAGES / max(took)


def _share(share: str, engine: str) -> None:
    """In a process of its own: every so many-th message, with one thread."""
    index, count = map(int, share.split("/"))
    here = pipeline(engine, threads=1)
    given = short_messages(clips())[index::count]
    took, _ = _timed(lambda s, code: str(here.transcribe_sound(s, code).state), given)
    print(took)


def _one(name: str) -> None:
    """In a process of its own: seconds cold, warm and for a long message, and memory."""
    given = short_messages(clips())
    message, another = sorted(given[:20], key=lambda clip: abs(seconds(clip.sound) - 10))[:2]
    # Of one language, and not the same over and over, which counts as a loop of the engine's.
    long = np.resize(long_message(clips(), message.language).sound, 600 * RATE)
    began = time.perf_counter()
    hear = ALL[name]()
    numbers = {}
    for what, sound in (("cold", message.sound), ("warm", another.sound), ("long", long)):
        hear(sound, message.language)
        numbers[what] = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        numbers["mib_long" if what == "long" else "mib_short"] = peak
        began = time.perf_counter()
    print(json.dumps(numbers))


def _right(clip: Clip, heard: Sequence[str]) -> list[bool | None]:
    """Of each word whether it was said there; None of one that is nothing but punctuation."""
    tokens = [normal(word, clip.language).split() for word in heard]
    flat = [(at, token) for at, each in enumerate(tokens) for token in each]
    right: list[bool | None] = [True if each else None for each in tokens]
    said = [token for word in clip.words.split() for token in normal(word, clip.language).split()]
    if not flat:
        return right
    aligned = jiwer.process_words(" ".join(said), " ".join(token for _, token in flat))
    for chunk in aligned.alignments[0]:
        if chunk.type != "equal":
            for at, _ in flat[chunk.hyp_start_idx : chunk.hyp_end_idx]:
                right[at] = False
    return right


def _percent(rates: Mapping[str, float]) -> str:
    return ", ".join(f"{language} {rate:.1%}" for language, rate in rates.items())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hearing", description=__doc__)
    names = [part.__name__ for part in PARTS]
    parser.add_argument("--only", default=",".join(names), help=f"some of {', '.join(names)}")
    parser.add_argument("--json", help="a file for all the figures")
    parser.add_argument("--one", choices=list(ALL), help=argparse.SUPPRESS)
    parser.add_argument("--share", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if unknown := set(given.only.split(",")) - {*names}:
        parser.error(f"--only: there is no {', '.join(sorted(unknown))}")
    if given.one:
        return _one(given.one)
    if given.share:
        return _share(*given.share)
    where = "real recordings" if real() else f"sample calls, for {SHARED} is not here"
    print(f"{where}; model base, {threads()} cores, telephone quality of {LINE} samples a second")
    if "whisper.cpp" not in PEERS:
        print("whisper.cpp: not compared; pip install pywhispercpp")
    results: dict[str, dict[str, object]] = {}
    for part in PARTS:
        if part.__name__ in given.only.split(","):
            told(f"— {part.__name__}")
            part(results.setdefault(part.__name__, {}))
            if given.json:
                with open(given.json, "w", encoding="utf-8") as file:
                    json.dump(results, file, indent=1)
    return None


if __name__ == "__main__":
    main()
