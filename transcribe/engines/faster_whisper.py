"""faster-whisper: Whisper on CTranslate2, in whole numbers of 8 bits where there is no GPU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import Segment as Said
from faster_whisper.transcribe import TranscriptionOptions, WhisperModel
from huggingface_hub.errors import LocalEntryNotFoundError

from reports.model import Segment, Word
from reports.ports import Samples
from transcribe.engines.decoding import (
    BEAM,
    MARGIN_FRAMES,
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
        frames = frames_to_encode(np.asarray(features.any(axis=0)), self.margin)
        return np.ascontiguousarray(features[:, :frames])

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
    return FasterWhisper(loaded, label(model), beam=beam)


class FasterWhisper:
    """`beam` of 1 decodes greedily."""

    name = NAME

    def __init__(self, model: WhisperModel, called: str, *, beam: int = BEAM) -> None:
        self._whisper = model
        self._beam = beam
        self.model = called
        self.languages = frozenset(model.supported_languages)
        # What is set up on its first use, no caller shall wait for; and a GPU that cannot be used
        # says so now.
        self.likely_languages(SILENCE)

    @property
    def translates(self) -> bool:
        return bool(self._whisper.model.is_multilingual)

    def hear(
        self, samples: Samples, language: str, *, into_english: bool = False
    ) -> tuple[Segment, ...]:
        said, _ = self._whisper.transcribe(
            samples,
            language=language,
            task=TRANSLATE if into_english else TRANSCRIBE,
            beam_size=self._beam,
            temperature=TEMPERATURES,
            condition_on_previous_text=False,
            hallucination_silence_threshold=SILENT_SECONDS,
            word_timestamps=True,
        )
        return tuple(_segment(one) for one in said if one.words)

    def likely_languages(self, samples: Samples) -> dict[str, float]:
        # Without the last frame, the very window that `hear` begins with: it is encoded once.
        features = self._whisper.feature_extractor(samples)[:, :-1]
        _, _, likely = self._whisper.detect_language(features=features)
        return {code: float(probability) for code, probability in likely}


def _segment(said: Said) -> Segment:
    return Segment(
        text=said.text.strip(),
        start=float(said.start),
        end=float(said.end),
        words=tuple(
            Word(
                text=word.word,
                start=float(word.start),
                end=float(word.end),
                probability=float(word.probability),
            )
            for word in said.words or ()
        ),
        log_probability=float(said.avg_logprob),
        no_speech=float(said.no_speech_prob),
        compression=float(said.compression_ratio),
    )
