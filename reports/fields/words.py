"""Words of a recording as a field: all of them, with the seconds they stand at."""

from __future__ import annotations

from reports.model import Dossier, Field, WordsSource


def spoken(dossier: Dossier, question: str) -> Field[str]:
    """What was said in answer to a question; as confidence, how many of the words are likely right,
    or 1 where a person wrote them down."""
    recording = dossier.recording(question)
    transcript = recording and dossier.transcript(recording.recording_sid)
    if not transcript or not transcript.text:
        return Field()
    believed = transcript.believed
    return Field(
        value=transcript.text,
        source=WordsSource(transcript.recording_sid, believed[0].start, believed[-1].end),
        confidence=transcript.confidence or 0.0,
    )
