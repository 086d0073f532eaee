"""A report as the API gives it: plain values, ready for JSON. What it says: `docs/openapi.yaml`.

Telephone numbers and addresses are not left out here but never put in: each key is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from dashboard.covering import IN_WORDS, Covering
from dashboard.facts import Fact, Facts, facts_of
from dashboard.inbox import RunningClock
from reports.custody import Entry
from reports.fields.plainly import plainly
from reports.fields.reading import Reading
from reports.model import (
    Act,
    Attachment,
    Call,
    ClockSource,
    Dossier,
    KeySource,
    Notification,
    Recording,
    Segment,
    Settlement,
    Sound,
    Source,
    Span,
    TextMessage,
    Transcript,
    WordsSource,
    WrittenSource,
)

Document = dict[str, Any]


def document_of(
    dossier: Dossier,
    reading: Reading,
    covering: Covering,
    clock: RunningClock | None,
    same_caller: Sequence[str] = (),
    custody: Sequence[Entry] = (),
) -> Document:
    """Everything about one report; `covering`: what covers its numbers, in each version; `clock`:
    of one that nobody has taken up; `same_caller`: references of others by the same number;
    `custody`: what the log tells of it."""
    dossier = covering.dossier(dossier)
    report = dossier.report
    facts = facts_of(dossier)
    return {
        "reference": report.reference,
        "rehearsal": dossier.is_rehearsal,
        "filed_at": _instant(report.filed_at),
        "changed_at": _instant(report.changed_at),
        "handling": report.handling.value,
        "verdict": dossier.verdict.value,
        "waiting": _clock(clock),
        "incident": None if dossier.incident is None else dossier.incident.incident_id,
        "call": _call(dossier.call),
        "fields": _fields(facts),
        "understood": _understood(reading, covering),
        "callback_allowed": facts.callback_allowed.value is True
        and reading.understanding.callback.value is not False,
        "same_caller": list(same_caller),
        "talks": [
            {"since": _instant(talk.since), "until": _instant(talk.until)}
            for talk in dossier.bridges
        ],
        "recordings": [
            _recording(recording, dossier.transcripts) for recording in dossier.recordings
        ],
        "texts": [_text(message) for message in dossier.texts],
        "attachments": [_attachment(attachment) for attachment in dossier.attachments],
        "notifications": [_notification(told) for told in dossier.notifications],
        "acts": [_act(act) for act in dossier.acts],
        "settled": [_settlement(each) for each in dossier.settled],
        "custody": [_entry(entry) for entry in custody],
    }


def _clock(clock: RunningClock | None) -> Document | None:
    if clock is None:
        return None
    return {
        "since": _instant(clock.since),
        "due": _instant(clock.due),
        "overdue": clock.is_overdue,
    }


def _understood(reading: Reading, covering: Covering) -> Document:
    """What was understood of the words. Of a telephone number that was spoken only that it was."""
    found = plainly(reading.understanding)
    for name in IN_WORDS:
        found[name] = _covered(found[name], covering)
    for field in found.values():
        for source in _sources(field):
            source["words"] = covering.text(source["words"])
    number = reading.understanding.number
    found["number"] = {"value": None if number is None else True, "sources": []}
    return {
        "priority": reading.rank.priority.value,
        "grounds": list(reading.rank.grounds),
        **found,
    }


def _covered(found: Any, covering: Covering) -> Any:
    """With the numbers covered, but in when somebody settled it."""
    match found:
        case dict():
            return {
                name: each if name == "at" else _covered(each, covering)
                for name, each in found.items()
            }
        case list():
            return [_covered(each, covering) for each in found]
    return covering.value(found)


def _sources(field: Any) -> Iterator[Document]:
    """Those of one field, or of several values, that are words."""
    several = field if isinstance(field, list) else field.get("sources", [])
    return (each for each in several if isinstance(each, dict) and "words" in each)


def _call(call: Call) -> Document:
    return {
        "call_sid": call.call_sid,
        "medium": call.medium.value,
        "state": call.state.value,
        "started_at": _instant(call.started_at),
        "ended_at": _instant(call.ended_at),
        "language": call.language,
        "admission": call.admission.value,
        "attestation": None if call.attestation is None else call.attestation.value,
        "check_passed": call.check_passed,
        "answers": [
            {"question": given.question, "digits": given.digits, "at": _instant(given.at)}
            for given in call.answers
        ],
    }


def _fields(facts: Facts) -> Document:
    return {
        fact.name: _field(fact)
        for fact in (
            facts.happening_now,
            facts.place,
            facts.still_there,
            facts.officers,
            facts.seen_at,
            facts.account,
            facts.callback_allowed,
        )
    }


def _field(fact: Fact) -> Document:
    value = _instant(fact.value) if isinstance(fact.value, datetime) else fact.value
    return {
        "value": value,
        "standing": fact.standing.value,
        "source": _source(fact.source),
        "confidence": fact.confidence,
    }


def _source(source: Source | None) -> Document | None:
    match source:
        case KeySource(question, digits):
            return {"kind": "key", "question": question, "digits": digits}
        case WordsSource(recording_sid, start, end):
            return {"kind": "words", "recording_sid": recording_sid, "start": start, "end": end}
        case ClockSource():
            return {"kind": "clock"}
        case WrittenSource(message_sid):
            return {"kind": "written", "message_sid": message_sid}
        case None:
            return None


def _recording(recording: Recording, transcripts: tuple[Transcript, ...]) -> Document:
    return {
        "recording_sid": recording.recording_sid,
        "question": recording.question,
        "state": recording.state.value,
        "reason": recording.reason,
        "announced_at": _instant(recording.announced_at),
        "changed_at": _instant(recording.changed_at),
        "seconds": recording.seconds,
        "language": recording.language,
        "detected": recording.detected,
        "detected_probability": recording.detected_probability,
        "sound": _sound(recording.sound),
        "translation": None if recording.translation is None else recording.translation.value,
        "sha256": recording.sha256,
        "size": recording.size,
        "stored_at": _instant(recording.stored_at),
        "erased_at_provider_at": _instant(recording.erased_at_provider_at),
        "transcripts": [
            _transcript(transcript)
            for transcript in transcripts
            if transcript.recording_sid == recording.recording_sid
        ],
    }


def _sound(sound: Sound | None) -> Document | None:
    if sound is None:
        return None
    return {
        "peak": sound.level.peak,
        "rms": sound.level.rms,
        "clipped": sound.clipped,
        "noise": sound.noise,
        "snr": sound.snr,
        "speech_seconds": sound.speech_seconds,
        "keys": [{**_span(key.span), "digit": key.digit} for key in sound.keys],
        "beeps": [_span(beep) for beep in sound.beeps],
    }


def _span(span: Span) -> Document:
    return {"start": span.start, "end": span.end}


def _text(message: TextMessage) -> Document:
    return {
        "message_sid": message.message_sid,
        "at": _instant(message.at),
        "body": message.body,
        "mentions": message.mentions,
    }


def _attachment(attachment: Attachment) -> Document:
    return {
        "media_sid": attachment.media_sid,
        "message_sid": attachment.message_sid,
        "content_type": attachment.content_type,
        "state": attachment.state.value,
        "reason": attachment.reason,
        "announced_at": _instant(attachment.announced_at),
        "changed_at": _instant(attachment.changed_at),
        "sha256": attachment.sha256,
        "size": attachment.size,
        "stored_at": _instant(attachment.stored_at),
        "erased_at_provider_at": _instant(attachment.erased_at_provider_at),
    }


def _transcript(transcript: Transcript) -> Document:
    return {
        "kind": transcript.kind.value,
        "language": transcript.language,
        "language_probability": transcript.language_probability,
        "engine": transcript.engine,
        "model": transcript.model,
        "made_at": _instant(transcript.made_at),
        "made_by": transcript.made_by,
        "confidence": transcript.confidence,
        "text": transcript.text,
        "segments": [_segment(segment) for segment in transcript.segments],
    }


def _segment(segment: Segment) -> Document:
    return {
        "text": segment.text,
        "start": segment.start,
        "end": segment.end,
        "log_probability": segment.log_probability,
        "no_speech": segment.no_speech,
        "compression": segment.compression,
        "confidence": segment.confidence,
        "struck": segment.struck,
        "words": [
            {
                "text": word.text.strip(),
                "start": word.start,
                "end": word.end,
                "probability": word.probability,
                "confidence": word.sureness,
            }
            for word in segment.words
        ],
    }


def _notification(told: Notification) -> Document:
    return {
        "notification_id": told.notification_id,
        "kind": told.kind.value,
        "channel": told.channel,
        "person": told.person,
        "tier": None if told.tier is None else told.tier.value,
        "passed_on_at": _instant(told.passed_on_at),
        "state": told.state.value,
        "attempts": told.attempts,
        "created_at": _instant(told.created_at),
        "changed_at": _instant(told.changed_at),
        "sent_at": _instant(told.sent_at),
        "delivered_at": _instant(told.delivered_at),
        "reason": told.reason,
        "acknowledged_by": told.acknowledged_by,
        "acknowledged_at": _instant(told.acknowledged_at),
    }


def _act(act: Act) -> Document:
    return {
        "at": _instant(act.at),
        "who": act.who,
        "kind": act.kind.value,
        "before": act.before,
        "after": act.after,
    }


def _settlement(settlement: Settlement) -> Document:
    return {
        "field": settlement.field,
        "value": settlement.value,
        "withdrawn": settlement.withdrawn,
        "who": settlement.who,
        "at": _instant(settlement.at),
        "why": settlement.why,
    }


def _entry(entry: Entry) -> Document:
    return {
        "number": entry.number,
        "at": _instant(entry.at),
        "who": entry.who,
        "deed": entry.deed.value,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _instant(at: datetime | None) -> str | None:
    """RFC 3339 with its zone."""
    return None if at is None else at.isoformat()
