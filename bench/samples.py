"""Speech with the words that are said in it: our own sample calls, and real recordings where they
lie beside the checkout."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

from simulator.spoken import spoken_calls

CACHE = Path("var/models")
PROMPTS = Path("prompts")
SHARED = Path("../shared/audio")


@dataclass(frozen=True, slots=True)
class Sample:
    audio: bytes
    seconds: float
    language: str
    words: str


def spoken() -> list[Sample]:
    return [
        Sample(said.path.read_bytes(), said.seconds, call.language, said.words)
        for call in spoken_calls()
        for said in (call.where, call.what)
    ]


def real(languages: Collection[str] = ("en", "es")) -> list[Sample]:
    """Empty where the recordings are not there."""
    manifest = SHARED / "manifest.jsonl"
    if not manifest.exists():
        return []
    entries = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
    return [
        Sample(
            (SHARED / entry["file"]).read_bytes(), entry["seconds"], entry["lang"], entry["text"]
        )
        for entry in entries
        if entry["lang"] in languages
    ]


def normal(text: str, language: str) -> str:
    normaliser = EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()
    return str(normaliser(text))
