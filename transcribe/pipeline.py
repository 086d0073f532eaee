"""The stages in order: decode, measure, look for a voice and its language, hear, judge.

Whatever is wrong with a recording ends in a state that a person sees; what is wrong with the engine
itself is raised, for then the recording can be tried again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from reports.model import RecordingState, Segment, Span, mean_sureness
from reports.ports import Detected, Heard, Samples, SpeechEngine, Transcribed
from transcribe.audio import RATE, BadAudio, decode, seconds
from transcribe.confidence import with_confidence
from transcribe.engines import EngineChoice, load_engine
from transcribe.engines.decoding import SILENCE
from transcribe.hears import Hears
from transcribe.language import choose
from transcribe.quality import judge
from transcribe.sound import measure_sound, why_no_speech
from transcribe.speech import missed, pieces, speech, voice
from transcribe.weights import BadWeights, Progress

ENGLISH = "en"
BEHIND = 1.0
"""Seconds behind the last voice that an engine is given too; no less was heard as well."""
SILENT = 5.0
"""Seconds of silence at the beginning from which on all but the last is left out: languages are
detected by the beginning. Less costs little, and engines hear better from the start."""


@dataclass(frozen=True, slots=True)
class SpeechPipeline:
    """A `Transcriber`.

    `speech_engine` hears every language that it knows and `hears` trusts it with; `by_language` are
    engines that somebody named for one; `offered` are the languages that the line speaks;
    `translator` is an engine that somebody named for writing English, else each does its own.
    """

    speech_engine: SpeechEngine
    hears: Hears
    by_language: Mapping[str, SpeechEngine] = field(default_factory=lambda: MappingProxyType({}))
    offered: frozenset[str] = frozenset()
    translator: SpeechEngine | None = None

    @property
    def trusted(self) -> frozenset[str]:
        """The languages that are written out here; a recording in another goes to a person."""
        return self._known | self.by_language.keys()

    @property
    def _known(self) -> frozenset[str]:
        """The languages that the engine for all is trusted with."""
        engine = self.speech_engine
        return frozenset(code for code in engine.languages if self.hears.trusts(code, engine.model))

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
        return self.transcribe_sound(samples, language)

    def transcribe_sound(self, samples: Samples, language: str | None) -> Transcribed:
        """As `transcribe`, of what the bytes hold."""
        length = seconds(samples)
        spans = speech(voice(samples), length)
        sound = measure_sound(samples, spans)
        if not spans:
            reason = why_no_speech(samples)
            return Transcribed(RecordingState.NO_SPEECH, length, reason=reason, sound=sound)
        spoken = _Spoken.within(samples, spans)
        likely = self.speech_engine.likely_languages(spoken.beginning)
        choice = choose(
            None if language is None else primary(language),
            likely,
            trusted=self.trusted,
            offered=self.offered,
            detectable=self._known,
        )
        detected = _most_likely(likely)
        if choice.language is None:
            return Transcribed(
                RecordingState.NEEDS_LISTENER,
                length,
                reason=choice.reason,
                sound=sound,
                detected=detected,
            )
        tries = [self._heard(spoken, choice.language, likely)]
        if choice.rival is not None:
            tries.append(self._heard(spoken, choice.rival, likely))
        best, *worse = sorted(tries, key=lambda tried: tried.score, reverse=True)
        return Transcribed(
            RecordingState.NEEDS_LISTENER if best.doubt else RecordingState.TRANSCRIBED,
            length,
            heard=best.heard,
            rival=next((tried.heard for tried in worse), None),
            reason=best.doubt,
            sound=sound,
            detected=detected,
        )

    def translates(self, language: str) -> bool:
        """Whether an engine here can say in English what it hears in a language."""
        code = primary(language)
        if self.translator is not None:
            return code != ENGLISH and code in self.translator.languages
        return code != ENGLISH and code in self.trusted and self._engine(code).translates

    def translate(self, audio: bytes, language: str) -> Heard | None:
        """What is said, in English, judged by where there is a voice.

        Raises:
            Exception: what the engine raised. Never for anything about the audio.
        """
        code = primary(language)
        try:
            samples = decode(audio)
        except BadAudio:
            return None
        spans = speech(voice(samples), seconds(samples))
        if not spans or not self.translates(code):
            return None
        engine, spoken = self.translator or self._engine(code), _Spoken.within(samples, spans)
        said = spoken.heard_by(engine, code, into_english=True)
        judged = judge(with_confidence(said), spans, self.hears.of(ENGLISH))
        if not judged.believed:
            return None
        return Heard(ENGLISH, 1.0, judged.segments, engine.name, engine.model)

    def _engine(self, language: str) -> SpeechEngine:
        return self.by_language.get(language, self.speech_engine)

    def _heard(self, spoken: _Spoken, language: str, likely: Mapping[str, float]) -> _Try:
        engine = self._engine(language)
        judged = judge(
            with_confidence(spoken.heard_by(engine, language)),
            spoken.spans,
            self.hears.of(language),
        )
        heard = Heard(
            language, likely.get(language, 0.0), judged.segments, engine.name, engine.model
        )
        score = mean_sureness(judged.believed) or 0.0
        return _Try(heard if judged.segments else None, judged.doubt, score)


@dataclass(frozen=True, slots=True)
class _Try:
    heard: Heard | None
    doubt: str | None
    score: float


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The part of a recording in which somebody speaks, in pieces that are not long."""

    samples: Samples
    """Of the whole recording."""
    spans: Sequence[Span]
    pieces: Sequence[Span]

    @classmethod
    def within(cls, samples: Samples, spans: Sequence[Span]) -> _Spoken:
        start = spans[0].start - 1.0 if spans[0].start > SILENT else 0.0
        return cls(samples, spans, pieces(samples, spans, start, spans[-1].end + BEHIND))

    @property
    def beginning(self) -> Samples:
        """The first piece, by which the language is detected."""
        return self._samples(self.pieces[0])

    def heard_by(
        self, engine: SpeechEngine, language: str, *, into_english: bool = False
    ) -> tuple[Segment, ...]:
        """All of it, at its seconds of the whole recording; where there is a voice of which nothing
        was written, that is heard by itself too."""

        def hear(pieces: Sequence[Span]) -> list[Segment]:
            sounds = [self._samples(piece) for piece in pieces]
            heard = engine.hear(sounds, language, into_english=into_english)
            return [
                _moved(segment, piece.start)
                for piece, segments in zip(pieces, heard, strict=True)
                for segment in segments
            ]

        found = hear(self.pieces)
        words = [Span(word.start, word.end) for each in found for word in each.words]
        left = [
            piece
            for span in (missed(self.spans, words) if words else ())
            for piece in pieces(self.samples, self.spans, span.start, span.end)
        ]
        if left:
            found += hear(left)
        return tuple(sorted(found, key=lambda segment: segment.start))

    def _samples(self, piece: Span) -> Samples:
        return self.samples[int(piece.start * RATE) : int(piece.end * RATE)]


def _moved(segment: Segment, by: float) -> Segment:
    return replace(
        segment,
        start=segment.start + by,
        end=segment.end + by,
        words=tuple(
            replace(word, start=word.start + by, end=word.end + by) for word in segment.words
        ),
    )


def load_transcriber(
    engine: str,
    model: str,
    *,
    cache_dir: Path,
    hears: Hears,
    threads: int | None = None,
    batch: int | None = None,
    by_language: Mapping[str, EngineChoice] | None = None,
    offered: frozenset[str] = frozenset(),
    translator: EngineChoice | None = None,
    on_progress: Progress | None = None,
) -> SpeechPipeline:
    """Loads the engines, warm, once a worker.

    Raises:
        UnknownEngine, BadWeights: see `load_engine`.
    """

    def load(choice: EngineChoice) -> SpeechEngine:
        return load_engine(
            choice.engine,
            choice.model,
            cache_dir=cache_dir,
            threads=threads,
            batch=batch,
            on_progress=on_progress,
        )

    def load_for(code: str, choice: EngineChoice) -> SpeechEngine:
        engine = load(choice)
        # What it needs for that language is fetched now, or found missing, and not by a caller.
        engine.hear([SILENCE], code)
        return engine

    translating = None if translator is None else load(translator)
    if translating is not None and not translating.translates:
        raise BadWeights(f"{translating.name} {translating.model} translates nothing")
    return SpeechPipeline(
        load(EngineChoice(engine, model)),
        hears,
        {code: load_for(code, choice) for code, choice in (by_language or {}).items()},
        offered,
        translating,
    )


def part_with_speech(audio: bytes) -> Samples:
    """What of an audio file an engine is given to hear at first; nothing where nobody speaks.

    Raises:
        BadAudio: there is no sound to be had of it.
    """
    samples = decode(audio)
    spans = speech(voice(samples), seconds(samples))
    return _Spoken.within(samples, spans).beginning if spans else samples[:0]


def primary(language: str) -> str:
    """The language of a BCP-47 code without region or script: 'es' of 'es-MX'."""
    return language.partition("-")[0].lower()


def _most_likely(likely: Mapping[str, float]) -> Detected | None:
    best = max(likely, key=lambda code: likely[code], default=None)
    return None if best is None else Detected(best, likely[best])
