"""An incident's own record, as a packet of its reports has it: what was said to be true of it and
by what evidence, which reports it is made of, and what people did with it. Pure.

What organizers wrote may name people: it is covered like what callers said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from exports.brief import Gathered, Known, brief
from exports.packet import Maker, Written, cleaned, json_text, written_at
from exports.redaction import Redaction
from reports.fields.plainly import value_plainly
from reports.incidents import (
    Event,
    Happened,
    Part,
    Telling,
    history,
    part_of,
    sighting_of,
    together,
)
from reports.model import Judgement, Verdict

FOLDER: Final = "incident"
Cover = Callable[[str], str]
"""A text with what is private in it covered."""


def incident_files(
    of: Gathered, known: Sequence[Known], redaction: Redaction, maker: Maker
) -> Iterator[Written]:
    """Beside the files of its reports."""

    def cover(text: str) -> str:
        return redaction.text(text, maker.words.covers)

    number = of.incident.incident_id
    said = brief(known, redaction, maker.words, maker.zone, of)
    told = "\n\n".join([said, *_paragraphs(of, known, cover, maker)])
    yield Written(f"{FOLDER}/incident-{number}.txt", f"{told}\n")
    plain = cleaned(record(of, known, maker.name_of), redaction, maker.words.covers)
    yield Written(f"{FOLDER}/incident-{number}.json", json_text(plain))


def notes_of(of: Gathered, maker: Maker) -> Iterator[tuple[str, str]]:
    """All that organizers wrote of it, with a name each: for showing what is covered in it."""
    for act in of.docket.acts:
        if act.judgement is None:
            continue
        wrote = " ".join(part for part in (act.judgement.instead, act.judgement.note) if part)
        if wrote:
            at = written_at(act.at, maker.zone)
            yield maker.words.packet["note_of"].format(who=maker.name_of(act.who), at=at), wrote


def record(
    of: Gathered, known: Sequence[Known], name_of: Callable[[str], str] = str
) -> dict[str, Any]:
    """All that is known of it, for programs."""
    incident, judged = of.incident, of.incident.judged
    dossiers = [each.dossier for each in known]
    tellings = (
        Telling(sighting_of(each.dossier, each.understanding), each.understanding) for each in known
    )
    return {
        "incident": incident.incident_id,
        "created_at": incident.created_at.isoformat(),
        "verdict": incident.verdict.value,
        "judged_by": None if judged is None else name_of(judged.who),
        "judged_at": None if judged is None else judged.at.isoformat(),
        **_evidence(incident.judgement),
        "callers": of.callers,
        "callers_at_most": not of.is_exact,
        "hearsay": of.hearsay,
        "reports": [
            {
                "reference": each.dossier.report.reference,
                "called_at": each.dossier.call.started_at.isoformat(),
                "first_hand": part_of(each.understanding) is Part.WITNESS,
                "verdict": each.dossier.report.verdict.value,
            }
            for each in known
        ],
        "together": [
            {
                "field": field.name,
                "agree": field.agree,
                "stated": [
                    {"value": value_plainly(said.value), "reports": list(said.references)}
                    for said in field.stated
                ],
            }
            for field in together(tellings)
        ],
        "history": [_event(event) for event in history(of.docket, dossiers, name_of)],
    }


def _evidence(judgement: Judgement) -> dict[str, Any]:
    return {
        "how": None if judgement.how is None else judgement.how.value,
        "instead": judgement.instead or None,
        "note": judgement.note or None,
    }


def _event(event: Event) -> dict[str, Any]:
    judgement = event.judgement
    said = {} if judgement is None else {"verdict": judgement.verdict.value, **_evidence(judgement)}
    return {
        "at": event.at.isoformat(),
        "what": event.what.value,
        "who": event.who,
        "reports": list(event.references or event.others),
        "came_from": list(event.came_from),
        "went_to": event.went_to,
        "undone": None if event.undone is None else event.undone.isoformat(),
        **said,
    }


# --- In plain words -------------------------------------------------------------------------------


def _paragraphs(of: Gathered, known: Sequence[Known], cover: Cover, maker: Maker) -> Iterator[str]:
    say = maker.words.packet
    judged = of.incident.judged
    if judged is not None and of.incident.verdict is not Verdict.UNVERIFIED:
        judgement = of.incident.judgement
        at = written_at(judged.at, maker.zone)
        yield say["judged"].format(
            verdict=_verdict(judgement, maker), who=maker.name_of(judged.who), at=at
        )
        yield from _known_by(judgement, cover, maker)
    yield "\n".join([say["its_reports"], *(_member(each, maker) for each in known)])
    events = history(of.docket, [each.dossier for each in known], maker.name_of)
    yield "\n".join([say["happened"], *(_told(each, cover, maker) for each in events)])


def _member(known: Known, maker: Maker) -> str:
    say, dossier = maker.words.packet, known.dossier
    at = written_at(dossier.call.started_at, maker.zone)
    parts = [say["a_report"].format(reference=dossier.report.reference, at=at)]
    if part_of(known.understanding) is not Part.WITNESS:
        parts.append(say["hearsay"])
    if dossier.report.verdict is not Verdict.UNVERIFIED:
        parts.append(maker.words.tables["verdicts"][dossier.report.verdict])
    return ", ".join(parts)


def _told(event: Event, cover: Cover, maker: Maker) -> str:
    """A line of what happened."""
    say = maker.words.packet
    name = event.what.value
    if event.what is Happened.MERGED and event.went_to:
        name = "moved"
    elif event.what is Happened.JUDGED:
        name = "judged_so"
    told = say[name].format(
        who=event.who,
        references=", ".join(event.references or event.others),
        incident=event.went_to,
        verdict=None if event.judgement is None else _verdict(event.judgement, maker),
        at="" if event.undone is None else written_at(event.undone, maker.zone),
    )
    parts = [f"{written_at(event.at, maker.zone)}  {told}"]
    if event.what is Happened.JUDGED and event.judgement is not None:
        parts += _known_by(event.judgement, cover, maker)
    return " ".join(parts)


def _verdict(judgement: Judgement, maker: Maker) -> str:
    return maker.words.tables["verdicts"][judgement.verdict]


def _known_by(judgement: Judgement, cover: Cover, maker: Maker) -> Iterator[str]:
    say = maker.words.packet
    if judgement.how is not None:
        yield say["known_by"].format(how=maker.words.tables["evidence"][judgement.how])
    if judgement.instead:
        yield say["instead"].format(what=cover(judgement.instead))
    if judgement.note:
        yield say["note"].format(note=cover(judgement.note))
