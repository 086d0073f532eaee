"""The stages in order: decode, look for a voice, hear, judge.

Whatever is wrong with a recording ends in a state that a person sees; what is wrong with the engine
itself is raised, for then the recording can be tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reports.model import RecordingState
from reports.ports import SpeechEngine, Transcribed
from transcribe.audio import BadAudio, decode, seconds
from transcribe.engines import load_engine
from transcribe.quality import believe
from transcribe.sound import why_no_speech
from transcribe.speech import speech, voice
from transcribe.weights import Progress


@dataclass(frozen=True, slots=True)
class SpeechPipeline:
    """A `Transcriber`. `languages`: those that are written out; others go to a person at once."""

    speech_engine: SpeechEngine
    languages: frozenset[str]

    @property
    def engine(self) -> str:
        return self.speech_engine.name

    @property
    def model(self) -> str:
        return self.speech_engine.model

    def transcribe(self, audio: bytes, language: str | None) -> Transcribed:
        """From the bytes of an audio file in the language that the caller chose, None to have it
        detected.

        Raises:
            Exception: what the engine raised. Never for anything about the audio.
        """
        try:
            samples = decode(audio)
        except BadAudio as bad:
            return Transcribed(RecordingState.NEEDS_LISTENER, 0.0, reason=str(bad))
        length = seconds(samples)
        spans = speech(voice(samples), length)
        if not spans:
            reason = why_no_speech(samples)
            return Transcribed(RecordingState.NO_SPEECH, length, reason=reason)
        chosen = None if language is None else primary(language)
        if chosen is not None and chosen not in self.languages:
            return _for_a_listener(length, "no machine here knows the language")
        heard = self.speech_engine.hear(samples, chosen)
        if heard.language not in self.languages:
            return _for_a_listener(length, "no machine here knows the language")
        believed = believe(heard, spans, chosen=chosen is not None)
        if believed.doubt is not None:
            return Transcribed(
                RecordingState.NEEDS_LISTENER, length, heard=believed.heard, reason=believed.doubt
            )
        return Transcribed(RecordingState.TRANSCRIBED, length, heard=believed.heard)


def load_transcriber(
    engine: str,
    model: str,
    *,
    cache_dir: Path,
    languages: frozenset[str] | None = None,
    on_progress: Progress | None = None,
) -> SpeechPipeline:
    """Loads an engine, warm, once a worker.

    `languages` narrows down which of the engine's languages it is trusted with.

    Raises:
        UnknownEngine, BadWeights: see `load_engine`.
    """
    loaded = load_engine(engine, model, cache_dir=cache_dir, on_progress=on_progress)
    trusted = loaded.languages if languages is None else loaded.languages & languages
    return SpeechPipeline(loaded, trusted)


def primary(language: str) -> str:
    """The language of a BCP-47 code without region or script: 'es' of 'es-MX'."""
    return language.partition("-")[0].lower()


def _for_a_listener(length: float, reason: str) -> Transcribed:
    return Transcribed(RecordingState.NEEDS_LISTENER, length, reason=reason)
