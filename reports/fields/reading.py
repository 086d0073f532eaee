"""Reads a whole report: its keys, and what was said and written, by the lexicons of its languages
and the names of the group's places; and what people settled of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from reports.fields.lexicon import Lexicon
from reports.fields.names import Names
from reports.fields.priority import Ranked, ranked
from reports.fields.said import Passage, passage_of, tokens_of, tokens_of_segments
from reports.fields.settled import in_force
from reports.fields.understood import Told, Understanding, understand
from reports.model import Dossier
from reports.questions import WHAT

KEPT = 2000
"""Reports of which it is remembered what was understood, until anything about them changes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as it was read."""

    understanding: Understanding
    rank: Ranked


@dataclass(frozen=True)
class Reader:
    lexicons: Mapping[str, Lexicon] = field(repr=False)
    names: Names = field(repr=False)
    zone: tzinfo
    """That callers live in."""
    _kept: dict[object, Reading] = field(default_factory=dict, repr=False, compare=False)

    def told(self, dossier: Dossier) -> Told:
        """All that a report says."""
        call = dossier.call
        return Told(
            at=call.started_at.astimezone(self.zone),
            passages=tuple(self._passages(dossier)),
            keys={answer.question: answer.digits for answer in call.answers},
        )

    def read(self, dossier: Dossier) -> Reading:
        """What is understood of a report, and how urgent that makes it."""
        key = _told_by(dossier)
        reading = self._kept.get(key)
        if reading is None:
            told = self.told(dossier)
            understanding = understand(told, self.names, in_force(dossier.settled))
            reading = Reading(understanding, ranked(told, understanding))
            if len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept), None), None)
            self._kept[key] = reading
        return reading

    def understanding(self, dossier: Dossier) -> Understanding:
        return self.read(dossier).understanding

    def _passages(self, dossier: Dossier) -> Iterator[Passage]:
        for recording in dossier.recordings:
            transcript = dossier.transcript(recording.recording_sid)
            # Where no word was made out there may still be some: nothing is made of that.
            if transcript is not None and transcript.text:
                yield passage_of(
                    recording.question,
                    self.lexicon(transcript.language),
                    tokens_of_segments(transcript.believed),
                    recording.recording_sid,
                )
        for message in dossier.texts:
            yield passage_of(
                WHAT, self.lexicon(dossier.call.language or ""), tokens_of(message.body)
            )

    def lexicon(self, language: str) -> Lexicon:
        """Of a language; an empty one of a language that nobody taught the line."""
        primary = language.partition("-")[0].lower()
        return self.lexicons.get(primary) or Lexicon(primary)


def _told_by(dossier: Dossier) -> object:
    """All on which it depends what is understood of a report: the same is read the same."""
    transcripts = [dossier.transcript(each.recording_sid) for each in dossier.recordings]
    return (
        dossier.call.started_at,
        dossier.call.language,
        dossier.call.answers,
        tuple((each.question, each.recording_sid) for each in dossier.recordings),
        tuple(each and (each.transcript_id, each.made_at, each.text) for each in transcripts),
        tuple((each.message_sid, each.body) for each in dossier.texts),
        repr(dossier.settled),  # its values are plain, and so cannot be hashed
    )
