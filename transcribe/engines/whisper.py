"""openai-whisper: the reference implementation, on PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch
import whisper
from torch.nn.functional import gelu
from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.decoding import DecodingOptions, DecodingResult, decode
from whisper.model import AudioEncoder
from whisper.timing import dtw
from whisper.tokenizer import LANGUAGES

from reports.model import Segment, Word
from reports.ports import Samples
from transcribe.engines.decoding import (
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
from transcribe.weights import Progress, openai_checkpoint

NAME: Final = "openai-whisper"
GREEDY: Final = None
"""Decoding without a beam: in PyTorch five candidates cost twice the seconds, and on telephone
speech a caller's place is wanted soon. See bench/engines.py."""


def load(
    model: str,
    cache_dir: Path,
    say: Progress,
    *,
    threads: int | None = None,
    batch: int | None = None,  # noqa: ARG001  # it decodes one window after the other
    beam: int | None = GREEDY,
    margin: int | None = MARGIN_FRAMES,
) -> OpenAIWhisper:
    """`margin`: frames behind a short message that are encoded, None: the whole window."""
    checkpoint = openai_checkpoint(model, cache_dir, say)
    if checkpoint is None:
        say(f"Fetching Whisper {model}, unless it is in the cache …")
        loaded = whisper.load_model(model, download_root=str(cache_dir))
    else:
        loaded = whisper.load_model(str(checkpoint))
        _time_words_by(loaded, checkpoint)
    engine = OpenAIWhisper(loaded, label(model), beam=beam, margin=margin)
    # Only now: compiling what times the words gives OpenMP its own number of threads back, and two
    # processes with two threads each on two cores take ten times as long as with one.
    torch.set_num_threads(threads or lent_threads())
    return engine


class OpenAIWhisper:
    """`beam` of None decodes greedily."""

    name = NAME

    def __init__(
        self,
        model: whisper.Whisper,
        called: str,
        *,
        beam: int | None = GREEDY,
        margin: int | None = MARGIN_FRAMES,
    ) -> None:
        self.encoder = model.encoder
        model.encoder = _Cutting(model.encoder, margin)
        model.decode = partial(_decode, model)
        self._whisper = model
        self._beam = beam
        self.model = called
        self.languages = frozenset(tuple(LANGUAGES)[: model.num_languages])
        # What is set up or compiled on its first use, no caller shall wait for.
        self.likely_languages(SILENCE)
        dtw(torch.zeros(1, 1))

    @property
    def translates(self) -> bool:
        return bool(self._whisper.is_multilingual)

    def hear(
        self, sounds: Sequence[Samples], language: str, *, into_english: bool = False
    ) -> tuple[tuple[Segment, ...], ...]:
        return tuple(self._hear(sound, language, into_english) for sound in sounds)

    def _hear(self, samples: Samples, language: str, into_english: bool) -> tuple[Segment, ...]:
        with warnings.catch_warnings():
            # They are good enough to tell whether there was a voice, and used for nothing else.
            warnings.filterwarnings("ignore", message="Word-level timestamps on translations")
            said = self._whisper.transcribe(
                samples,
                language=language,
                task=TRANSLATE if into_english else TRANSCRIBE,
                beam_size=self._beam,
                temperature=TEMPERATURES,
                condition_on_previous_text=False,
                hallucination_silence_threshold=SILENT_SECONDS,
                word_timestamps=True,
                fp16=self._whisper.device.type == "cuda",
            )
        return tuple(_segment(one) for one in said["segments"] if one["words"])

    def likely_languages(self, samples: Samples) -> dict[str, float]:
        # The very window that `hear` begins with: it is encoded once.
        mel = log_mel_spectrogram(samples, self._whisper.dims.n_mels, padding=N_SAMPLES)
        window = pad_or_trim(mel[:, :-N_FRAMES][:, :N_FRAMES], N_FRAMES).to(self._whisper.device)
        if self._whisper.device.type == "cuda":
            window = window.half()
        _, likely = self._whisper.detect_language(window)
        return {str(code): float(probability) for code, probability in likely.items()}


class _Cutting(torch.nn.Module):
    """An encoder that encodes a short message with a few seconds behind it, not with the rest of a
    window of 30 s, and nothing twice that it has just encoded.

    Whisper has the same window encoded to detect the language, at each temperature, and to time the
    words: on a CPU that is most of the work.
    """

    def __init__(self, encoder: AudioEncoder, margin: int | None) -> None:
        super().__init__()
        self.encoder = encoder
        self._margin = margin
        self._last: tuple[torch.Tensor, torch.Tensor] | None = None

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        if self._last is None or not _same(self._last[0], mel):
            sounding = mel.any(dim=1).any(dim=0).cpu().numpy()
            frames = frames_to_encode(sounding, self._margin)
            self._last = mel, self._encode(mel[:, :, :frames])
        return self._last[1]

    def encode_whole(self, mel: torch.Tensor) -> bool:
        """From here on the window is given whole; False: it already was."""
        known = self(mel)
        if known.shape[1] == mel.shape[2] // 2:
            return False
        self._last = mel, self._encode(mel)
        return True

    def _encode(self, mel: torch.Tensor) -> torch.Tensor:
        """As `AudioEncoder.forward`, which takes no window but a whole one."""
        layers = self.encoder
        sound = gelu(layers.conv2(gelu(layers.conv1(mel)))).permute(0, 2, 1)
        positions = layers.positional_embedding[: sound.shape[1]]
        sound = (sound + positions).to(sound.dtype)
        for block in layers.blocks:
            sound = block(sound)
        encoded: torch.Tensor = layers.ln_post(sound)
        return encoded


def _decode(
    model: whisper.Whisper, mel: torch.Tensor, options: DecodingOptions
) -> DecodingResult | list[DecodingResult]:
    """In place of `model.decode`: what fails in a cut window is decoded again in the whole one,
    which the higher temperatures and the times of the words then keep to."""
    found = decode(model, mel, options)
    if isinstance(found, DecodingResult) and (
        found.avg_logprob < LEAST_LOG_PROBABILITY or found.compression_ratio > MOST_COMPRESSION
    ):
        window = mel.unsqueeze(0)
        with torch.no_grad():
            if model.encoder.encode_whole(window):
                return decode(model, mel, options)
    return found


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.dtype == other.dtype and torch.equal(one, other)


def _segment(said: dict[str, Any]) -> Segment:
    return Segment(
        text=said["text"].strip(),
        start=float(said["start"]),
        end=float(said["end"]),
        words=tuple(
            Word(
                text=str(word["word"]),
                start=float(word["start"]),
                end=float(word["end"]),
                probability=float(word["probability"]),
            )
            for word in said["words"]
        ),
        log_probability=float(said["avg_logprob"]),
        no_speech=float(said["no_speech_prob"]),
        compression=float(said["compression_ratio"]),
    )


def _time_words_by(model: whisper.Whisper, checkpoint: Path) -> None:
    """Sets the attention heads by which words are timed, if the checkpoint names them."""
    heads = torch.load(checkpoint, mmap=True, weights_only=True).get("alignment_heads")
    if heads:
        mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        for layer, head in heads:
            mask[layer, head] = True
        model.register_buffer(
            "alignment_heads", mask.to_sparse().to(model.device), persistent=False
        )
