"""What somebody said, and what of it fields mark as private. People are nobody real."""

from __future__ import annotations

from dataclasses import replace

from reports.fields.finding import Finding
from reports.fields.lexicon import Lexicon
from reports.fields.private import Private
from reports.fields.said import Passage, passage_of, tokens_of
from reports.fields.understood import Understanding, Understood

NOTHING = Understanding(Understood(), Understood(), Understood(), Understood(), Understood())


def passage(text: str, question: str = "what", fillers: str = "") -> Passage:
    listens = {"filler": fillers.split()} if fillers else {}
    return passage_of(question, Lexicon.of("en", listens), tokens_of(text))


def marked(said: Passage, **private: str) -> Understanding:
    """Words of a passage by what they are: `name="Maria Lopez"`."""
    found = []
    for kind, words in private.items():
        wanted = words.split()
        texts = [token.text for token in said.tokens]
        first = next(at for at in range(len(texts)) if texts[at : at + len(wanted)] == wanted)
        found.append(Finding(Private(kind), said, first, first + len(wanted), 0.9))
    return replace(NOTHING, private=tuple(found))
