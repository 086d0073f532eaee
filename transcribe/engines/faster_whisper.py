"""faster-whisper: Whisper on CTranslate2, in whole numbers of 8 bits where there is no GPU."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import Segment as Said
from faster_whisper.transcribe import TranscriptionOptions, WhisperModel
from huggingface_hub.errors import LocalEntryNotFoundError

from reports.model import Segment, Word
from reports.ports import Samples
from transcribe.audio import seconds
from transcribe.engines.decoding import (
    BEAM,
    LEAST_LOG_PROBABILITY,
    MARGIN_FRAMES,
    MOST_COMPRESSION,
    SILENCE,
    SILENT_SECONDS,
    TEMPERATURES,
    TRANSCRIBE,
    TRANSLATE,
    frames_to_encode,
    label,
)
from transcribe.hardware import threads as lent_threads
from transcribe.weights import Progress, ctranslate2_folder

NAME: Final = "faster-whisper"
BATCH: Final = 4
"""Pieces of a long message that are decoded at once. docs/decisions/0020."""

Decoded = tuple[Any, float, float, float]
"""What CTranslate2 generated, its mean log-probability, its temperature, its compression ratio."""


class _Cutting(WhisperModel):
    """Encodes a short message with a few seconds behind it, not with the rest of a window of 30 s;
    what then cannot be decoded well is tried again with the whole window.

    Nor does it encode twice what it has just encoded: the window by which it detects the language
    is the one with which it begins to transcribe.
    """

    margin: int | None = MARGIN_FRAMES
    """None: whole windows only."""
    _last: tuple[np.ndarray[Any, Any], ctranslate2.StorageView] | None = None

    def encode(self, features: np.ndarray[Any, Any]) -> ctranslate2.StorageView:
        if self._last is None or not np.array_equal(self._last[0], features):
            self._last = features.copy(), super().encode(self._cut(features))
        return self._last[1]

    def _cut(self, features: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        sounding = features.any(axis=tuple(range(features.ndim - 1)))
        frames = frames_to_encode(np.asarray(sounding), self.margin)
        return np.ascontiguousarray(features[..., :frames])

    def generate_with_fallback(
        self,
        encoder_output: ctranslate2.StorageView,
        prompt: list[int],
        tokenizer: Tokenizer,
        options: TranscriptionOptions,
    ) -> Decoded:
        """As in `WhisperModel`, which calls it right after `encode` for each window."""
        window = None if self._last is None else self._last[0]
        if window is None or self._cut(window).shape == window.shape:
            whole: Decoded = super().generate_with_fallback(
                encoder_output, prompt, tokenizer, options
            )
            return whole
        coldest = replace(options, temperatures=options.temperatures[:1])
        cut: Decoded = super().generate_with_fallback(encoder_output, prompt, tokenizer, coldest)
        _, log_probability, _, compression = cut
        if (
            log_probability >= options.log_prob_threshold
            and compression <= options.compression_ratio_threshold
        ):
            return cut
        again: Decoded = super().generate_with_fallback(
            super().encode(window), prompt, tokenizer, options
        )
        return again


def load(
    model: str,
    cache_dir: Path,
    say: Progress,
    *,
    threads: int | None = None,
    batch: int | None = None,
    compute_type: str | None = None,
    beam: int = BEAM,
    margin: int | None = MARGIN_FRAMES,
) -> FasterWhisper:
    """`compute_type`: https://opennmt.net/CTranslate2/quantization.html; None: what is quick.
    `margin`: frames behind a short message that are encoded, None: the whole window."""
    gpu = ctranslate2.get_cuda_device_count() > 0
    options = {
        "device": "cuda" if gpu else "cpu",
        "compute_type": compute_type or ("float16" if gpu else "int8"),
        "cpu_threads": threads or lent_threads(),
        "download_root": str(cache_dir),
    }
    folder = ctranslate2_folder(model, cache_dir, say)
    if folder is not None:
        loaded = _Cutting(str(folder), **options)
    else:
        try:
            # Without a look at the network, for it may be away.
            loaded = _Cutting(model, **options, local_files_only=True)
        except LocalEntryNotFoundError:
            say(f"Downloading Whisper {model} …")
            loaded = _Cutting(model, **options)
    loaded.margin = margin
    return FasterWhisper(loaded, label(model), beam=beam, batch=batch or BATCH)


class FasterWhisper:
    """`beam` of 1 decodes greedily; `batch` is how many sounds are decoded at once."""

    name = NAME

    def __init__(
        self, model: WhisperModel, called: str, *, beam: int = BEAM, batch: int = BATCH
    ) -> None:
        self._whisper = model
        self._beam = beam
        self._batch = batch
        self.model = called
        self.languages = frozenset(model.supported_languages)
        # What is set up on its first use, no caller shall wait for; and a GPU that cannot be used
        # says so now.
        self.likely_languages(SILENCE)

    @property
    def translates(self) -> bool:
        return bool(self._whisper.model.is_multilingual)

    def hear(
        self, sounds: Sequence[Samples], language: str, *, into_english: bool = False
    ) -> tuple[tuple[Segment, ...], ...]:
        task = TRANSLATE if into_english else TRANSCRIBE
        if len(sounds) == 1 or self._batch == 1:
            return tuple(self._alone(sound, language, task) for sound in sounds)
        together = self._together(sounds, language, task)
        return tuple(
            self._alone(sound, language, task) if _failed(segments) else segments
            for sound, segments in zip(sounds, together, strict=True)
        )

    def _alone(self, sound: Samples, language: str, task: str) -> tuple[Segment, ...]:
        said, _ = self._whisper.transcribe(
            sound,
            language=language,
            task=task,
            beam_size=self._beam,
            temperature=TEMPERATURES,
            condition_on_previous_text=False,
            hallucination_silence_threshold=SILENT_SECONDS,
            word_timestamps=True,
        )
        return tuple(_segment(one) for one in said if one.words)

    def _together(
        self, sounds: Sequence[Samples], language: str, task: str
    ) -> list[tuple[Segment, ...]]:
        """Without a second try at a higher temperature."""
        ends = list(accumulate(map(seconds, sounds)))
        starts = [0.0, *ends[:-1]]
        said, _ = BatchedInferencePipeline(self._whisper).transcribe(
            np.concatenate(sounds),
            language=language,
            task=task,
            beam_size=self._beam,
            batch_size=self._batch,
            vad_filter=False,
            without_timestamps=False,
            word_timestamps=True,
            clip_timestamps=[
                {"start": start, "end": end} for start, end in zip(starts, ends, strict=True)
            ],
        )
        found: list[list[Segment]] = [[] for _ in sounds]
        for one in said:
            # `seek` is the beginning of its sound in whole frames, rounded down.
            which = bisect_right(starts, (one.seek + 1) / self._whisper.frames_per_second) - 1
            if one.words:
                found[which].append(_segment(one, starts[which]))
        return [tuple(segments) for segments in found]

    def likely_languages(self, samples: Samples) -> dict[str, float]:
        # Without the last frame, the very window that `hear` begins with: it is encoded once.
        features = self._whisper.feature_extractor(samples)[:, :-1]
        _, _, likely = self._whisper.detect_language(features=features)
        return {code: float(probability) for code, probability in likely}


def _failed(segments: Sequence[Segment]) -> bool:
    return not segments or any(
        one.log_probability < LEAST_LOG_PROBABILITY or one.compression > MOST_COMPRESSION
        for one in segments
    )


def _segment(said: Said, since: float = 0.0) -> Segment:
    return Segment(
        text=said.text.strip(),
        start=max(0.0, float(said.start) - since),  # which is rounded
        end=float(said.end) - since,
        words=tuple(
            Word(
                text=word.word,
                start=max(0.0, float(word.start) - since),
                end=float(word.end) - since,
                probability=float(word.probability),
            )
            for word in said.words or ()
        ),
        log_probability=float(said.avg_logprob),
        no_speech=float(said.no_speech_prob),
        compression=float(said.compression_ratio),
    )
