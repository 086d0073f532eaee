"""What there is to hear in a recording beside words: how loud, how clear, keys, tones; and what it
is when nobody speaks.

Telephone tones are one or two sines that do not move, which no voice and no street does: most of
the energy of a spectrum lies in one or two narrow peaks, spectrum after spectrum. Music has peaks
too, more of them, and they last and change; the spectrum of noise is another one each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.model import Key, Sound, Span
from reports.ports import Samples
from transcribe.audio import FLOOR, RATE, decibels, measure, seconds
from transcribe.speech import SILENCE, NoSpeech, overlap

Numbers = NDArray[np.float32]
Flags = NDArray[np.bool_]

FRAME: Final = RATE // 50
"""Samples, 20 ms, over which loudness is followed."""
BAND: Final = (250.0, 3_800.0)
"""Hz: what a telephone carries, without the hum and rumble below."""
LOW_KEYS: Final = (697.0, 770.0, 852.0, 941.0)
HIGH_KEYS: Final = (1209.0, 1336.0, 1477.0, 1633.0)
"""Hz: a key is one of each (ITU-T Q.23)."""
KEYS: Final = ("123A", "456B", "789C", "*0#D")
OFF_KEY: Final = 0.02
"""How far a frequency may be off. Telephones keep to 1.8%; what is 3.5% off is another sound."""
TWIST: Final = 10.0
"""dB that one of the two may be louder: the line takes some off the higher, and a key that is
heard through the air between two handsets may lose more."""
OF_TONES: Final = 0.85
"""Share of the energy of a spectrum in its two peaks from which on it is a tone, or a key."""
STEADY: Final = 0.006
"""How far, of its frequency, a tone may move within 32 ms. A voice moves more."""
EVEN: Final = 1.5
"""dB that a tone may grow or fade within 32 ms; likewise."""
SHORTEST_BEEP: Final = 0.2
"""Seconds."""
SOFTEST_CLIPPED: Final = 0.03
"""Amplitude: what is softer is not flat for having been too loud."""
PILE: Final = 3.2
"""How many times more samples there are at a ceiling than right below it. Of speech there are
fewer, of a sine 2.4 times as many, give or take what μ-law's steps do."""
MOSTLY: Final = 0.6
"""Share of the energy in tones from which on a recording is tones."""
ACTIVE: Final = 40.0
"""How many times weaker than all of it on average a part of speech may be and still be speech:
16 dB, as in ITU-T P.56."""
LONGEST_CLICK: Final = 0.12
MOST_CLICKS: Final = 3
"""Seconds of each, and how many: putting a handset down makes one or two."""
LASTING: Final = 0.3
"""How like each other (correlation of their fine structure) spectra 128 ms apart are in music. Of
noise they are not at all: 0.0."""
CHANGED: Final = 0.7
"""How much of that is left 1.3 s later, at the most, in music."""
LEAST_MUSIC: Final = 0.3
"""Share of what is audible that lasts, in music: drums and rests do not."""
FEW_PITCHES: Final = 3
"""What is made of no more pitches one after the other is a signal (SIT has three)."""

_DECIBEL = np.float32(10 / np.log(10))
_BINS = 200  # as finely as amplitudes are told apart
_BLURS = (0.03, 0.06, 0.12)  # of a ceiling, by resampling
_BATCH = 1 << 10  # frames whose spectra are held at once
_SOON, _LATE = 4, 40  # spectra of 128 ms: 128 ms apart, with no sample in both, and 1.3 s
_SHORT, _LONG = 1024, 2048  # samples in a spectrum: 64 ms for keys, 128 ms for tones 40 Hz apart


@dataclass(frozen=True, slots=True)
class _Tone:
    span: Span
    low: float
    """Hz, of the lower sine."""


def measure_sound(samples: Samples, spans: Sequence[Span]) -> Sound:
    """`spans`: where there may be a voice, in order and apart.

    It takes about 20 ms for 10 seconds of sound (`bench.sound`).
    """
    samples = np.clip(samples, -1.0, 1.0)
    power = _powers(samples)
    voiced = _within(len(power), spans)
    between = power[~voiced] if np.count_nonzero(~voiced) * FRAME > 0.2 * RATE else power
    noise = float(np.quantile(between, 0.2)) if len(between) else 0.0
    keys, tones = keys_in(samples), _tones(samples)
    length = seconds(samples)
    return Sound(
        level=measure(samples),
        clipped=_clipped(_outside(samples, [tone.span for tone in tones])),
        noise=decibels(noise**0.5),
        snr=_snr(power[voiced], noise),
        speech_seconds=overlap(Span(0.0, length), spans),
        keys=keys,
        beeps=tuple(tone.span for tone in tones if not _is_key(tone.span, keys)),
    )


def why_no_speech(samples: Samples) -> NoSpeech:
    """What to call a recording in which there is no speech.

    Tones are looked for first, then clicks, for either may be short in a long silence.
    """
    samples = np.clip(samples, -1.0, 1.0)
    power, keys = _powers(samples), keys_in(samples)
    tones = [tone for tone in _tones(samples) if not _is_key(tone.span, keys)]
    signals = _within(len(power), [*(key.span for key in keys), *(tone.span for tone in tones)])
    if float(power[signals].sum()) > MOSTLY * float(power.sum()):
        return NoSpeech.MUSIC if _is_melody(tones) else NoSpeech.TONE
    if _is_click(power):
        return NoSpeech.CLICK
    if measure(samples).rms < SILENCE:
        return NoSpeech.SILENCE
    return NoSpeech.MUSIC if _is_music(samples) else NoSpeech.NOISE


def _clipped(samples: Samples) -> float:
    """Share of the samples that were cut off at a ceiling, in anything but pure tones.

    In speech, the louder, the fewer samples there are; cut off, they pile up below the ceiling.
    That need not be 1: the largest value of μ-law is 0.98, and a telephone may have been turned
    down behind an overdriven microphone. Every other sample is one of those that a recording of
    8 kHz had, but for some percent; those between them swing beyond the ceiling.
    """
    as_sent = samples[::2] - float(samples.mean(dtype=np.float64)) if len(samples) else samples
    return sum(_piled_up(side) for side in (as_sent, -as_sent)) / max(1, len(as_sent))


def _outside(samples: Samples, spans: Sequence[Span]) -> Samples:
    """All but what lies in them."""
    inside = np.zeros(len(samples), np.bool_)
    for span in spans:  # and where they begin and end, half a spectrum to each side
        inside[max(0, int(span.start * RATE) - _LONG // 2) : int(span.end * RATE) + _LONG // 2] = (
            True
        )
    return samples[~inside] if spans else samples


def keys_in(samples: Samples) -> tuple[Key, ...]:
    """Every key pressed for 50 ms or more, in order. A voice or noise as loud hides it: better a
    key that is missed than a voice taken for one."""
    found: list[Key] = []
    digits, power = [], []
    for spectrum in _spectra(samples, _SHORT):
        total = _band(spectrum, *BAND, _SHORT).sum(axis=1) + 1e-30
        low, low_power = _peak(spectrum, 640.0, 1_010.0, _SHORT)
        high, high_power = _peak(spectrum, 1_130.0, 1_720.0, _SHORT)
        twist = np.abs(np.log((low_power + 1e-30) / (high_power + 1e-30))) * _DECIBEL
        row, off_row = _nearest(low, LOW_KEYS)
        column, off_column = _nearest(high, HIGH_KEYS)
        pressed = (low_power + high_power > OF_TONES * total) & (twist < TWIST)
        pressed &= (np.maximum(off_row, off_column) < OFF_KEY) & _audible(total, _SHORT)
        digits.append(np.where(pressed, 4 * row + column, -1))
        power.append(total)
    if not digits:
        return ()
    pressed_at, loud = np.concatenate(digits), np.concatenate(power)
    for start, end in _runs(pressed_at):
        if pressed_at[start] < 0:
            continue
        # Between two presses of one key it is heard from both sides, but softly.
        strong = loud[start:end] > loud[start:end].max() / 10
        for first, last in _runs(strong.astype(np.int64)):
            if strong[first] and last - first >= 2:
                digit = KEYS[pressed_at[start] // 4][pressed_at[start] % 4]
                span = _span(start + first, start + last, _SHORT, samples)
                found.append(Key(span, digit))
    return tuple(found)


def _tones(samples: Samples) -> tuple[_Tone, ...]:
    """Wherever there is nothing but one or two steady sines, also those of keys held for long."""
    parts = [_tonal(spectrum) for spectrum in _spectra(samples, _LONG)]
    if not parts:
        return ()
    low, high, power, tonal = (np.concatenate(part) for part in zip(*parts, strict=True))
    kept = np.ones(len(power), np.bool_)
    kept[1:] = (_moved(low) < STEADY) & (_moved(high) < STEADY)
    kept[1:] &= np.abs(np.diff(np.log(power))) * _DECIBEL < EVEN
    # A frame belongs to a tone if it goes on from the one before, or the next goes on from it.
    goes_on = kept & tonal & np.append(False, tonal[:-1])
    found: list[_Tone] = []
    for start, end in _runs(goes_on.astype(np.int64)):
        span = _span(start - 1, end, _LONG, samples)
        if goes_on[start] and span.seconds >= SHORTEST_BEEP:
            found.append(_Tone(span, float(np.median(low[start:end]))))
    return tuple(found)


def _powers(samples: Samples) -> NDArray[np.float64]:
    """Of each 20 ms, of what is left over at the end too: mean square, without the offset."""
    if not len(samples):
        return np.empty(0)
    whole = len(samples) // FRAME * FRAME
    parts = [samples[:whole].reshape(-1, FRAME), samples[None, whole:]]
    parts = [part for part in parts if part.size]
    means = np.concatenate([part.mean(axis=1, dtype=np.float64) for part in parts])
    squares = [np.einsum("ij,ij->i", part, part, dtype=np.float64) for part in parts]
    sizes = [np.full(len(part), part.shape[1]) for part in parts]
    mean_squares: NDArray[np.float64] = np.concatenate(squares) / np.concatenate(sizes)
    powers: NDArray[np.float64] = np.maximum(0.0, mean_squares - means**2)
    if abs(float(np.median(means))) > 10 ** (SILENCE / 20):
        powers[[0, -1]] = 0.0  # the step into an offset and out of it is no sound of the line
    return powers


def _within(count: int, spans: Sequence[Span]) -> Flags:
    """Of so many frames of 20 ms, those that lie in spans."""
    inside = np.zeros(count, np.bool_)
    for span in spans:
        first = max(0, round(span.start * RATE / FRAME))
        inside[first : max(first, round(span.end * RATE / FRAME))] = True
    return inside


def _snr(voice: NDArray[np.float64], noise: float) -> float | None:
    if not len(voice):
        return None
    active = voice[voice >= voice.mean() / ACTIVE]
    level, floor = float(active.mean()), max(noise, 10 ** (FLOOR / 10))
    return 10 * float(np.log10(max(level - floor, floor / 100) / floor))


def _piled_up(side: Samples) -> int:
    """How many samples of the positive side have been cut off."""
    top = float(side.max(initial=0.0))
    if top < SOFTEST_CLIPPED:
        return 0
    bins = np.minimum((side[side > 0] * (_BINS / top)).astype(np.int64), _BINS - 1)
    upward = np.append(0, np.cumsum(np.bincount(bins, minlength=_BINS)))
    ceilings = np.arange(_BINS // 2, _BINS + 1)
    worst = 0
    for blur in _BLURS:
        above, below, far_below = (
            upward[np.minimum(_BINS, np.rint(ceilings * of)).astype(np.int64)]
            for of in (1 + blur, 1 - blur, 1 - 3 * blur)
        )
        pile, beside, beyond = above - below, below - far_below, upward[_BINS] - above
        cut = (pile > PILE * beside) & (pile > 10 * beyond) & (pile > 16)
        worst = max(worst, int(np.max(np.where(cut, pile - beside, 0))))
    return worst


def _spectra(samples: Samples, size: int) -> Iterator[Numbers]:
    """Power spectra of a sound, a quarter of their length apart, so many at once that they take
    little room. A sound that is shorter is taken to be silent before and after."""
    if len(samples) < size:
        samples = np.pad(samples, (0, size - len(samples))) if len(samples) else samples
    if not len(samples):
        return
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 4]
    for start in range(0, len(frames), _BATCH):
        batch = frames[start : start + _BATCH]
        spectrum = np.fft.rfft((batch - batch.mean(axis=1, keepdims=True)) * window)
        yield (spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False)


def _band(spectrum: Numbers, low: float, high: float, size: int) -> Numbers:
    return spectrum[:, round(low * size / RATE) : round(high * size / RATE) + 1]


def _audible(total: Numbers, size: int) -> Flags:
    """Whether spectra with so much energy are of more than silence."""
    # By Parseval, with half of the spectrum and 3/8 of the energy left by the window.
    return total * (2 / (size * size * 0.375)) > 10 ** (SILENCE / 10)


def _peak(spectrum: Numbers, low: float, high: float, size: int) -> tuple[Numbers, Numbers]:
    """Of each spectrum the strongest sine between two frequencies: its frequency in Hz and what of
    the energy is its own.

    Five bins are the width of a sine under a Hann window; where between two it lies, their ratio
    says.
    """
    first = round(low * size / RATE)
    at = _band(spectrum, low, high, size).argmax(axis=1) + first
    rows = np.arange(len(spectrum))
    bins = spectrum[rows[:, None], at[:, None] + np.arange(-2, 3)]
    before, peak, after = (np.sqrt(bins[:, i]) + 1e-15 for i in (1, 2, 3))
    ratio = np.maximum(before, after) / peak
    between = np.sign(after - before) * (2 * ratio - 1) / (ratio + 1)
    frequency = (at + np.clip(between, -0.5, 0.5)) * (RATE / size)
    power: Numbers = bins.sum(axis=1)
    return frequency.astype(np.float32), power


def _nearest(frequency: Numbers, among: Sequence[float]) -> tuple[NDArray[np.int64], Numbers]:
    """Which it is, and how far it is off."""
    off = np.abs(frequency[:, None] / np.array(among, np.float32) - 1)
    return off.argmin(axis=1), off.min(axis=1)


def _tonal(spectrum: Numbers) -> tuple[Numbers, Numbers, Numbers, Flags]:
    """Of each spectrum its two strongest sines, the lower and the higher, how strong it is, and
    whether there is little else in it."""
    total = _band(spectrum, *BAND, _LONG).sum(axis=1) + np.float32(1e-30)
    one, one_power = _peak(spectrum, *BAND, _LONG)
    rest = _without(spectrum, one)
    two, two_power = _peak(rest, *BAND, _LONG)
    alone = two_power < 0.05 * one_power
    two = np.where(alone, one, two)
    tonal = one_power + np.where(alone, 0, two_power) > OF_TONES * total
    return np.minimum(one, two), np.maximum(one, two), total, tonal & _audible(total, _LONG)


def _without(spectrum: Numbers, sine: Numbers) -> Numbers:
    """The spectra without the sine in each."""
    rest = spectrum.copy()
    at = np.round(sine * (_LONG / RATE)).astype(np.int64)
    rest[np.arange(len(rest))[:, None], at[:, None] + np.arange(-2, 3)] = 0
    return rest


def _moved(frequency: Numbers) -> Numbers:
    return (np.abs(np.diff(frequency)) / frequency[:-1]).astype(np.float32, copy=False)


def _runs(values: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Where the same value goes on: the first index, and the one behind the last."""
    edges = np.flatnonzero(np.diff(values)) + 1
    bounds = [0, *edges.tolist(), len(values)]
    return pairwise(bounds)


def _span(first: int, last: int, size: int, samples: Samples) -> Span:
    """From one spectrum up to another: what they say is of their middle."""
    step, length = size // 4, seconds(samples)
    start = (first * step + size / 2 - step) / RATE
    end = ((last - 1) * step + size / 2 + step) / RATE
    return Span(min(max(0.0, start), length), min(end, length))


def _is_key(beep: Span, keys: Sequence[Key]) -> bool:
    """Whether it is a key that is held, and not a tone of its own."""
    held = (min(beep.end, key.span.end) - max(beep.start, key.span.start) for key in keys)
    return sum(max(0.0, each) for each in held) > 0.5 * beep.seconds


def _is_click(power: NDArray[np.float64]) -> bool:
    """A short sound or a few in what is else silent, or 20 dB softer at least."""
    loud = power > 10 ** (SILENCE / 10)
    clicks = [(start, end) for start, end in _runs(loud.astype(np.int64)) if loud[start:end].any()]
    if not 0 < len(clicks) <= MOST_CLICKS:
        return False
    longest = max(end - start for start, end in clicks) * FRAME / RATE
    near = loud | np.append(False, loud[:-1]) | np.append(loud[1:], False)
    rest = float(power[~near].max(initial=0.0))
    return longest <= LONGEST_CLICK and not near.all() and rest < float(power.max()) / 100


def _is_melody(tones: Sequence[_Tone]) -> bool:
    """Whether they are more than a signal is made of."""
    return _pitches(np.array([tone.low for tone in tones], np.float32)) > FEW_PITCHES


def _is_music(samples: Samples) -> bool:
    """Whether what is heard lasts, and then changes, in pitch too; a machine hums on."""
    heard, lasts = 0, 0
    pitches: list[Numbers] = []
    soon, late = 0.0, 0.0
    for spectrum in _spectra(samples, _LONG):
        audible = _audible(_band(spectrum, *BAND, _LONG).sum(axis=1), _LONG)
        fine = _fine(spectrum)
        likeness, likeness_later = _likeness(fine, _SOON), _likeness(fine, _LATE)
        lasting = audible & (likeness > LASTING)
        heard += int(np.count_nonzero(audible))
        lasts += int(np.count_nonzero(lasting))
        soon += float(likeness[lasting].sum())
        late += float(likeness_later[lasting].sum())
        pitches.append(_peak(spectrum[lasting], *BAND, _LONG)[0])
    changes = late < CHANGED * soon and _pitches(np.concatenate(pitches), least=3) >= FEW_PITCHES
    return lasts > LEAST_MUSIC * heard and changes


def _fine(spectrum: Numbers) -> Numbers:
    """What stands out from its surroundings, 120 Hz to each side, in the logarithm of each."""
    loudness = np.log(_band(spectrum, *BAND, _LONG) + np.float32(1e-12))
    around = 16
    sums = np.cumsum(np.pad(loudness, ((0, 0), (around + 1, around)), mode="edge"), axis=1)
    width = 2 * around + 1
    fine: Numbers = loudness - (sums[:, width:] - sums[:, :-width]) / width
    fine -= fine.mean(axis=1, keepdims=True)
    size = np.sqrt(np.einsum("ij,ij->i", fine, fine)) + np.float32(1e-9)
    fine /= size[:, None]
    return fine


def _likeness(fine: Numbers, lag: int) -> Numbers:
    """How like each is to the one so many before (correlation)."""
    likeness = np.zeros(len(fine), np.float32)
    likeness[lag:] = np.einsum("ij,ij->i", fine[lag:], fine[: max(0, len(fine) - lag)])
    return likeness


def _pitches(frequencies: Numbers, least: int = 1) -> int:
    """How many different ones there are, half a semitone apart, each at least so often."""
    if not len(frequencies):
        return 0
    pitch = np.sort(np.log2(frequencies)) * 24
    return sum(
        end - start >= least
        for start, end in _runs(np.cumsum(np.diff(pitch, prepend=pitch[0]) > 0.8))
    )
