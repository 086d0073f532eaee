"""Reports to export: what somebody said, pressed and saw. People are nobody real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from exports.brief import Known
from exports.words import load_words
from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.lexicon import Lexicon
from reports.fields.private import Private
from reports.fields.said import Passage, passage_of, tokens_of
from reports.fields.understood import Pressed, Understanding, Understood
from reports.model import (
    Answer,
    Call,
    CallState,
    Dossier,
    Medium,
    Recording,
    RecordingState,
    Report,
    Segment,
    Transcript,
    TranscriptKind,
    Verdict,
    Word,
)

V = TypeVar("V")
CALLED = datetime(2026, 3, 2, 12, 41, tzinfo=UTC)
"""6:41 in the group's zone."""
ZONE = ZoneInfo("America/Chicago")
WORDS = load_words(Path("prompts"), "en")
NOTHING = Understanding(Understood(), Understood(), Understood(), Understood(), Understood())


def passage(text: str, question: str = "what", fillers: str = "") -> Passage:
    listens = {"filler": fillers.split()} if fillers else {}
    return passage_of(question, Lexicon.of("en", listens), tokens_of(text))


SAID = passage("what somebody said")


def marked(said: Passage, **private: str) -> Understanding:
    """Words of a passage by what they are: `name="Maria Lopez"`."""
    return replace(NOTHING, private=private_in(said, **private))


def private_in(said: Passage, **private: str) -> tuple[Finding[Private], ...]:
    found = []
    for kind, words in private.items():
        wanted = words.split()
        texts = [token.text for token in said.tokens]
        first = next(at for at in range(len(texts)) if texts[at : at + len(wanted)] == wanted)
        found.append(Finding(Private(kind), said, first, first + len(wanted), 0.9))
    return tuple(found)


def heard(value: V) -> Understood[V]:
    return Understood(said=found(value))


def found(value: V) -> Finding[V]:
    return Finding(value, SAID, 0, 2, 0.8)


def pressed(count: int) -> Understood[Count]:
    return Understood(Pressed(Count(count, count), "officers", str(count)))


def segment(text: str, start: float = 0.0, end: float = 2.0, struck: str | None = None) -> Segment:
    words = tuple(Word(f" {word}", start, end, 0.9) for word in text.split())
    return Segment(text, start, end, words, -0.1, 0.0, 1.0, struck)


def a_report(
    reference: str = "4821",
    *,
    where: str | None = None,
    what: str | None = None,
    keys: Mapping[str, str] | None = None,
    verdict: Verdict = Verdict.UNVERIFIED,
    medium: Medium = Medium.VOICE,
    at: datetime = CALLED,
) -> Dossier:
    """A call in which that was said at those questions."""
    call_sid = f"CA{reference}"
    said = {"where": where, "what": what}
    recordings = tuple(
        Recording(
            f"RE{reference}{question}",
            call_sid,
            question,
            at,
            at,
            RecordingState.TRANSCRIBED,
            seconds=2.0,
            stored_at=at,
            language="en",
        )
        for question, text in said.items()
        if text is not None
    )
    transcripts = tuple(
        Transcript(
            f"RE{reference}{question}",
            "en",
            0.9,
            (segment(text),),
            "openai-whisper",
            "base",
            at,
            TranscriptKind.MACHINE,
            transcript_id=number,
        )
        for number, (question, text) in enumerate(said.items(), 1)
        if text is not None
    )
    answers = tuple(Answer(question, digits, at) for question, digits in (keys or {}).items())
    return Dossier(
        Report(reference, call_sid, at, at, verdict=verdict),
        Call(call_sid, at, CallState.COMPLETED, language="en", medium=medium, answers=answers),
        recordings,
        transcripts,
        (),
        (),
    )


def known(dossier: Dossier | None = None, **fields: object) -> Known:
    """A report with what is understood of it, a field each."""
    return Known(dossier or a_report(), replace(NOTHING, **fields))  # type: ignore[arg-type]
