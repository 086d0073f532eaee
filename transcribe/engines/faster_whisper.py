"""faster-whisper: Whisper on CTranslate2, in whole numbers of 8 bits where there is no GPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
from faster_whisper.transcribe import Segment as Said
from faster_whisper.transcribe import WhisperModel
from huggingface_hub.errors import LocalEntryNotFoundError

from reports.model import Segment, Word
from reports.ports import Heard, Samples
from transcribe.engines.decoding import BEAM, SILENCE, TEMPERATURES, label
from transcribe.hardware import threads
from transcribe.weights import Progress, ctranslate2_folder

NAME: Final = "faster-whisper"


class _Remembering(WhisperModel):
    """Does not encode twice what it has just encoded: the window by which it detects the language
    is the one with which it begins to transcribe."""

    _last: tuple[np.ndarray[Any, Any], ctranslate2.StorageView] | None = None

    def encode(self, features: np.ndarray[Any, Any]) -> ctranslate2.StorageView:
        if self._last is None or not np.array_equal(self._last[0], features):
            self._last = features.copy(), super().encode(features)
        return self._last[1]


def load(
    model: str,
    cache_dir: Path,
    say: Progress,
    *,
    compute_type: str | None = None,
    beam: int = BEAM,
) -> FasterWhisper:
    """`compute_type`: https://opennmt.net/CTranslate2/quantization.html; None: what is quick."""
    gpu = ctranslate2.get_cuda_device_count() > 0
    options = {
        "device": "cuda" if gpu else "cpu",
        "compute_type": compute_type or ("float16" if gpu else "int8"),
        "cpu_threads": threads(),
        "download_root": str(cache_dir),
    }
    folder = ctranslate2_folder(model, cache_dir, say)
    if folder is not None:
        return FasterWhisper(_Remembering(str(folder), **options), label(model), beam=beam)
    try:
        # Without a look at the network, for it may be away.
        return FasterWhisper(
            _Remembering(model, **options, local_files_only=True), label(model), beam=beam
        )
    except LocalEntryNotFoundError:
        say(f"Downloading Whisper {model} …")
        return FasterWhisper(_Remembering(model, **options), label(model), beam=beam)


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
        self._languages_of(SILENCE)

    def hear(self, samples: Samples, language: str | None) -> Heard:
        likely = self._languages_of(samples)
        language = language or max(likely, key=lambda code: likely[code])
        said, _ = self._whisper.transcribe(
            samples,
            language=language,
            beam_size=self._beam,
            temperature=TEMPERATURES,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        return Heard(
            language=language,
            language_probability=likely[language],
            segments=tuple(_segment(one) for one in said if one.words),
        )

    def _languages_of(self, samples: Samples) -> dict[str, float]:
        """How likely each language is, by the first 30 seconds: without the last frame, the very
        window that `transcribe` begins with, so that it is encoded once."""
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
