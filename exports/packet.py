"""An attorney's packet: which files it holds, and what stands in them. Pure.

Sound is as it arrived; all that is written has what is private covered, in every version. How the
files become a bag and a ZIP: `bagging`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from exports.brief import Gathered, Known, brief
from exports.redaction import Cover, Hidden, Piece, Redaction, covered
from exports.words import Words
from reports.fields.plainly import plainly
from reports.model import (
    Attachment,
    Dossier,
    Recording,
    Segment,
    TextMessage,
    Transcript,
    Verdict,
)

README: Final = "README.txt"
CUSTODY: Final = "custody.jsonl"
STAMP: Final = "timestamp.tsr"
STAMPED: Final = "tagmanifest-sha256.txt"
"""What the time-stamping service signs: the checksums of the checksums of everything else."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file whose text we write."""

    path: str
    """Below the packet's payload, with '/' between folders."""
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it arrived, from the audio store."""

    path: str
    """Without its ending, which its bytes say."""
    key: str
    sha256: str | None
    is_picture: bool = False


File = Written | Kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants in it."""

    audio: bool = True
    original_pictures: bool = False
    """With the data that cameras write into them: where, when, whose device."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who has a packet made, when and what for."""

    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Maker:
    """With what packets are written."""

    words: Words
    zone: ZoneInfo
    question_title: Callable[[str], str]
    software: str
    name_of: Callable[[str], str] = str
    """What an organizer is called, by username."""


def files_of(
    known: Sequence[Known],
    custody: Iterable[str],
    redaction: Redaction,
    wanted: Wanted,
    maker: Maker,
) -> Iterator[File]:
    """All files of the payload; `custody`: its lines, as JSON."""
    for each in known:
        yield from _report(each, redaction, wanted, maker)
    yield Written(CUSTODY, "".join(f"{line}\n" for line in custody))


def texts_of(known: Sequence[Known], maker: Maker) -> Iterator[tuple[str, str]]:
    """All that callers said or wrote, with a name each, as far as it stands in a packet: for
    showing beforehand what is covered."""
    for each in known:
        dossier = each.dossier
        reference = dossier.report.reference
        for recording in dossier.recordings:
            for number, one in enumerate(_versions(dossier, recording), 1):
                name = f"{reference}, {maker.question_title(recording.question)} ({number})"
                yield name, _line_of(one)
        for message in dossier.texts:
            yield f"{reference}, {written_at(message.at, maker.zone)}", message.body


def readme(
    known: Sequence[Known],
    cause: Cause,
    *,
    head: str,
    stamp: str,
    hidden: Sequence[Hidden],
    redaction: Redaction,
    wanted: Wanted,
    maker: Maker,
    of: Gathered | None = None,
) -> str:
    """What an attorney reads first; `stamp`: the sentence that says how the date can be proved;
    `of`: the incident that the reports are all of."""
    say = maker.words.packet
    incident = "" if of is None else say["incident"].format(incident=of.incident.incident_id)
    return maker.words.packet_text.format(
        references=", ".join(each.dossier.report.reference for each in known),
        who=maker.name_of(cause.who),
        why=cause.why,
        at=written_at(cause.at, maker.zone),
        software=maker.software,
        head=head,
        audio=say["audio" if wanted.audio else "no_audio"],
        pictures=say["pictures_original" if wanted.original_pictures else "pictures_bare"],
        covered=_covered(hidden, redaction, maker.words),
        stamp=stamp,
        incident=incident,
    )


def bag_info(known: Sequence[Known], cause: Cause, *, head: str, maker: Maker) -> dict[str, str]:
    """The bag's own words of itself (RFC 8493, section 2.2.2)."""
    return {
        "Contact-Name": maker.name_of(cause.who),
        "External-Description": cause.why,
        "External-Identifier": ", ".join(each.dossier.report.reference for each in known),
        "Bagging-Date": f"{cause.at.astimezone(maker.zone):%Y-%m-%d}",
        "Bagging-Time": cause.at.isoformat(timespec="seconds"),
        "Bag-Software-Agent": maker.software,
        "Custody-Head": head,
    }


def _covered(hidden: Sequence[Hidden], redaction: Redaction, words: Words) -> str:
    times: dict[Cover, int] = {}
    for each in hidden:
        times[each.cover] = times.get(each.cover, 0) + each.times
    counted = ", ".join(f"{words.covers[cover]} {count}" for cover, count in sorted(times.items()))
    say = words.packet
    told = say["covered"].format(list=counted) if times else say["nothing_covered"]
    uncovered, why = redaction.choices.uncovered, redaction.choices.why
    if not uncovered:
        return told
    return "\n".join([told, say["uncovered"].format(count=len(uncovered), why=why)])


# --- One report -----------------------------------------------------------------------------------


def _report(known: Known, redaction: Redaction, wanted: Wanted, maker: Maker) -> Iterator[File]:
    dossier = known.dossier
    folder = f"reports/{dossier.report.reference}"
    yield Written(f"{folder}/report.txt", _summary(known, redaction, maker))
    yield Written(f"{folder}/fields.json", json_text(_fields(known, redaction, maker)))
    for recording in dossier.recordings:
        name = _file_name(f"{recording.question}-{recording.recording_sid}")
        if wanted.audio and recording.playable:
            yield Kept(f"{folder}/recordings/{name}", recording.recording_sid, recording.sha256)
        for number, one in enumerate(_versions(dossier, recording), 1):
            version = f"{folder}/transcripts/{name}/{number}-{one.kind}-{_file_name(one.language)}"
            yield Written(f"{version}.txt", _transcript_text(one, redaction, maker))
            yield Written(f"{version}.json", json_text(_transcript(one, redaction, maker)))
    if dossier.texts:
        told = "\n\n".join(_message(message, redaction, maker) for message in dossier.texts)
        yield Written(f"{folder}/messages/messages.txt", told + "\n")
    for attachment in dossier.attachments:
        if attachment.stored_at is not None and (attachment.is_picture or wanted.audio):
            yield _attached(folder, attachment)


def _attached(folder: str, attachment: Attachment) -> Kept:
    return Kept(
        f"{folder}/messages/{_file_name(attachment.media_sid)}",
        attachment.media_sid,
        attachment.sha256,
        is_picture=attachment.is_picture,
    )


def _versions(dossier: Dossier, recording: Recording) -> list[Transcript]:
    sid = recording.recording_sid
    return [one for one in dossier.transcripts if one.recording_sid == sid]


def _summary(known: Known, redaction: Redaction, maker: Maker) -> str:
    dossier = known.dossier
    parts = [brief([known], redaction, maker.words, maker.zone), *_judged(dossier, maker)]
    for recording in dossier.recordings:
        transcript = dossier.transcript(recording.recording_sid)
        text = "" if transcript is None else redaction.text(transcript.text, maker.words.covers)
        title = maker.question_title(recording.question)
        parts.append(f"{title}\n{text or maker.words.packet['no_text']}")
    parts += [_message(message, redaction, maker) for message in dossier.texts]
    return "\n\n".join(parts) + "\n"


def _judged(dossier: Dossier, maker: Maker) -> Iterator[str]:
    """Who said what the verdict says."""
    if dossier.verdict is Verdict.UNVERIFIED:
        return
    if dossier.judged is not None:
        yield maker.words.packet["judged"].format(
            verdict=maker.words.tables["verdicts"][dossier.verdict],
            who=maker.name_of(dossier.judged.who),
            at=written_at(dossier.judged.at, maker.zone),
        )


def _message(message: TextMessage, redaction: Redaction, maker: Maker) -> str:
    body = redaction.text(message.body, maker.words.covers)
    return f"{written_at(message.at, maker.zone)}\n{body}"


# --- Fields ---------------------------------------------------------------------------------------

AS_IT_IS: Final = frozenset({"at", "called_at", "filed_at", "judged_at", "created_at", "undone"})
"""Keys of instants, which look like telephone numbers and are none."""


def _fields(known: Known, redaction: Redaction, maker: Maker) -> dict[str, Any]:
    dossier = known.dossier
    judged = dossier.judged
    return {
        "reference": dossier.report.reference,
        "verdict": dossier.verdict.value,
        "judged_by": maker.name_of(judged.who) if judged else None,
        "judged_at": judged.at.isoformat() if judged else None,
        "called_at": dossier.call.started_at.isoformat(),
        "filed_at": dossier.report.filed_at.isoformat(),
        "medium": dossier.call.medium.value,
        "language": dossier.call.language,
        "keys": {given.question: given.digits for given in dossier.call.answers},
        "fields": cleaned(
            plainly(known.understanding, maker.name_of), redaction, maker.words.covers
        ),
    }


def cleaned(value: Any, redaction: Redaction, labels: Mapping[Cover, str]) -> Any:
    """The same with every text in it covered."""
    if isinstance(value, str):
        return redaction.text(value, labels)
    if isinstance(value, Mapping):
        return {
            key: each if key in AS_IT_IS else cleaned(each, redaction, labels)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [cleaned(each, redaction, labels) for each in value]
    return value


# --- Transcripts ----------------------------------------------------------------------------------


def _line_of(transcript: Transcript) -> str:
    return " ".join(segment.text.strip() for segment in transcript.segments)


def _texts(transcript: Transcript, redaction: Redaction) -> list[tuple[Piece, ...]]:
    """Of each segment, as if they were one text: a name may go over from one into the next."""
    return redaction.of_parts([each.text.strip() for each in transcript.segments], " ")


def _transcript_text(transcript: Transcript, redaction: Redaction, maker: Maker) -> str:
    say = maker.words.packet
    made = (
        say[transcript.kind],
        maker.name_of(transcript.made_by) if transcript.made_by else "",
        transcript.language,
        " ".join(part for part in (transcript.engine, transcript.model) if part),
        written_at(transcript.made_at, maker.zone),
    )
    lines = [", ".join(part for part in made if part), ""]
    for segment, pieces in zip(transcript.segments, _texts(transcript, redaction), strict=True):
        text = covered(pieces, maker.words.covers)
        struck = "" if segment.struck is None else f"  ({say['struck']}: {segment.struck})"
        lines.append(f"[{_clock(segment.start)}] {text}{struck}")
    return "\n".join(lines) + "\n"


def _transcript(transcript: Transcript, redaction: Redaction, maker: Maker) -> dict[str, Any]:
    labels = maker.words.covers
    words = redaction.of_parts([text for each in transcript.segments for text in _apart(each)])
    texts = _texts(transcript, redaction)
    at = 0
    segments = []
    for segment, pieces in zip(transcript.segments, texts, strict=True):
        mine = words[at : at + len(segment.words)]
        at += len(segment.words)
        segments.append(_segment(segment, covered(pieces, labels), mine, labels))
    return {
        "recording": transcript.recording_sid,
        "kind": transcript.kind.value,
        "language": transcript.language,
        "language_probability": transcript.language_probability,
        "engine": transcript.engine,
        "model": transcript.model,
        "made_at": transcript.made_at.isoformat(),
        "made_by": transcript.made_by and maker.name_of(transcript.made_by),
        "segments": segments,
    }


def _apart(segment: Segment) -> Iterator[str]:
    """Its words with the gaps before them, one before the first whatever the engine says."""
    for number, word in enumerate(segment.words):
        yield word.text if number else f" {word.text.lstrip()}"


def _segment(
    segment: Segment,
    text: str,
    words: Sequence[tuple[Piece, ...]],
    labels: Mapping[Cover, str],
) -> dict[str, Any]:
    return {
        "text": text,
        "start": segment.start,
        "end": segment.end,
        "log_probability": segment.log_probability,
        "no_speech": segment.no_speech,
        "compression": segment.compression,
        "struck": segment.struck,
        "words": [
            {
                "text": covered(pieces, labels).strip(),
                "start": word.start,
                "end": word.end,
                "probability": word.probability,
                "confidence": word.confidence,
                "covered": any(piece.cover is not None for piece in pieces),
            }
            for word, pieces in zip(segment.words, words, strict=True)
        ],
    }


# --- How it is written ----------------------------------------------------------------------------


def json_text(document: Any) -> str:
    """As a file of a packet has it."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def written_at(at: datetime, zone: ZoneInfo) -> str:
    """An instant to the second."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _file_name(text: str) -> str:
    """As every system takes it: Windows above all."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)[:80]
