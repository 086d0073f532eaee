"""Words of a recording as a field: all of them, with the seconds they stand at."""

from __future__ import annotations

from reports.model import Dossier, Field, WordsSource


def spoken(dossier: Dossier, question: str) -> Field[str]:
    """What was said in answer to a question, the mean probability of its words as confidence."""
    recording = dossier.recording(question)
    transcript = recording and dossier.transcript(recording.recording_sid)
    if not transcript or not transcript.text:
        return Field()
    words = [word for segment in transcript.segments for word in segment.words]
    return Field(
        value=transcript.text,
        source=WordsSource(
            transcript.recording_sid, transcript.segments[0].start, transcript.segments[-1].end
        ),
        confidence=sum(word.probability for word in words) / len(words) if words else 0.0,
    )
