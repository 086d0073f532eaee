"""What leaves, and that it left: nothing is given before the custody log says who has it and why.

Whoever exports sees beforehand what will leave. If that has changed since, nothing leaves: they
are shown it again.
"""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import IO, Final

from exports.bagging import Bagger, Order
from exports.brief import FOR_OBSERVERS, Gathered, Known, brief, gathered, said_in
from exports.incident import incident_files, notes_of, record
from exports.packet import Cause, Maker, Wanted, bag_info, files_of, readme, texts_of
from exports.redaction import (
    Choices,
    Hidden,
    Mark,
    Piece,
    ReasonMissing,
    Redaction,
    marks_in,
    together,
)
from exports.research import Table, as_csv, as_json, table_of
from reports.custody import (
    LONGEST_VALUE,
    Deed,
    Entry,
    attachment_subject,
    canonical,
    incident_subject,
    recording_subject,
    report_subject,
    row_of,
)
from reports.fields.understood import Understanding
from reports.model import Docket, Dossier
from reports.ports import Records, ReportStore
from reports.services.custody import PATIENCE, custody_of

LONGEST_REASON: Final = LONGEST_VALUE
PAGE: Final = 200
"""Reports that are read at once."""
LONGEST_PERIOD: Final = timedelta(days=366)
MOST_REPORTS: Final = 50
"""Of a brief or a packet, of reports that somebody lists."""
MOST_OF_INCIDENT: Final = 500
"""Reports of an incident: of more a packet takes longer than anybody waits."""


class Kind(StrEnum):
    BRIEF = "brief"
    PACKET = "packet"
    RESEARCH = "research"


class Form(StrEnum):
    """Of rows for research."""

    CSV = "csv"
    JSON = "json"


class IsRehearsal(ValueError):
    """Nobody called: what somebody rehearsed is taken for a report by whoever reads it elsewhere,
    so it never leaves."""


class NoSuchReports(LookupError):
    """There are no reports of those references, or too many are asked for."""


class ChangedMeanwhile(RuntimeError):
    """What would leave is not what was shown: somebody has to look at it again."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both of them in it, in the group's zone."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Demand:
    """What somebody wants to leave, and how."""

    kind: Kind
    references: tuple[str, ...] = ()
    incident: int | None = None
    """The id of an incident all of whose reports are wanted: instead of references."""
    period: Period | None = None
    """Of rows for research: instead of references."""
    choices: Choices = field(default_factory=Choices)
    wanted: Wanted = field(default_factory=Wanted)
    form: Form = Form.CSV


@dataclass(frozen=True)
class Preview:
    """What would leave, for whoever decides."""

    demand: Demand
    known: tuple[Known, ...]
    text: str
    """The brief, or the rows; of a packet nothing."""
    texts: tuple[tuple[str, tuple[Piece, ...]], ...]
    """Of a packet: all that callers said and wrote, with what is covered in it."""
    table: Table | None
    hidden: tuple[Hidden, ...]
    """What is covered."""
    uncovered: tuple[Hidden, ...]
    """What would be, had the person not uncovered it."""
    redaction: Redaction = field(repr=False)
    of: Gathered | None = None
    """The incident that is wanted."""

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(each.dossier.report.reference for each in self.known)

    @cached_property
    def version(self) -> str:
        """The same for the same words that would leave; what is ticked beside them is seen on the
        form itself."""
        shown = [
            self.demand.kind,
            self.references,
            self.text if self.table is None else as_csv(self.table),
            [[name, [[p.text, p.cover] for p in pieces]] for name, pieces in self.texts],
            [_evidence(each.dossier) for each in self.known],
            None if self.of is None else record(self.of, self.known),
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Leaving:
    """What left: written down, and not sent yet."""

    kind: Kind
    name: str
    """Of the file."""
    mimetype: str
    body: IO[bytes]
    size: int
    sha256: str
    stamp_failed: str | None = None

    @property
    def text(self) -> str:
        """Of a brief."""
        self.body.seek(0)
        return self.body.read().decode()


@dataclass(frozen=True, slots=True)
class Exporter:
    """Has things leave."""

    store: ReportStore
    understanding: Callable[[Dossier], Understanding]
    maker: Maker
    bagger: Bagger
    clock: Callable[[], datetime]

    def preview(self, demand: Demand) -> Preview:
        """What would leave.

        Raises:
            NoSuchReports, ReasonMissing.
        """
        with self.store.read() as records:
            docket = _docket(records, demand)
            known = self._known(records, demand, docket)
            maker = self._naming(records)
        of = None if docket is None else gathered(docket, known)
        marks = together(mark for each in known for mark in self._marks(each.dossier, demand.kind))
        redaction = Redaction.of(marks, demand.choices)
        table, text = None, ""
        texts: tuple[tuple[str, str], ...] = ()
        if demand.kind is Kind.BRIEF:
            texts = tuple(said_in(known, maker.words, of))
            text = brief(known, redaction, maker.words, maker.zone, of)
        elif demand.kind is Kind.PACKET:
            noted = () if of is None else notes_of(of, maker)
            texts = (*texts_of(known, maker), *noted)
        else:
            table = table_of(known, redaction, maker.words, maker.zone)
            text = as_csv(table) if demand.form is Form.CSV else as_json(table, maker.words)
        whole = Redaction(redaction.marks, Choices(also=demand.choices.also))
        return Preview(
            demand=demand,
            known=known,
            text=text,
            texts=tuple((name, redaction.pieces(said)) for name, said in texts)
            if demand.kind is Kind.PACKET
            else (),
            table=table,
            hidden=redaction.hidden_in(texts),
            uncovered=tuple(
                each
                for each in whole.hidden_in(texts)
                if each.mark_id in demand.choices.uncovered and each.may_be_uncovered
            ),
            redaction=redaction,
            of=of,
        )

    def draft(self, *, reference: str | None, incident: int | None, longest: int) -> str:
        """What somebody is told who is to go and see, for a person to change before it goes: what,
        where, when and how many, in so many characters; of a report, or of an incident.

        Raises:
            NoSuchReports
        """
        demand = Demand(
            Kind.BRIEF, references=() if reference is None else (reference,), incident=incident
        )
        with self.store.read() as records:
            docket = _docket(records, demand)
            known = self._known(records, demand, docket)
        of = None if docket is None else gathered(docket, known)
        marks = together(mark for each in known for mark in self._marks(each.dossier, demand.kind))
        maker, redaction = self.maker, Redaction.of(marks, demand.choices)
        words, zone = maker.words, maker.zone
        return brief(known, redaction, words, zone, of, wanted=FOR_OBSERVERS, longest=longest)

    def leave(self, demand: Demand, *, who: str, why: str, seen: str) -> Leaving:
        """Has it leave; `seen`: the version of what the person was shown.

        Raises:
            NoSuchReports, ReasonMissing, ChangedMeanwhile, NotBagged
            StoreBusy: it could not be written down, so it does not leave.
        """
        at = self.clock()
        preview = self.preview(demand)
        # What is written into the log cannot be taken out again.
        always = Redaction(preview.redaction.marks, Choices(also=demand.choices.also))
        cause = Cause(who, _reason(why, always, self.maker), at)
        if preview.version != seen:
            raise ChangedMeanwhile
        uncovered_why = ""
        if demand.choices.uncovered:
            uncovered_why = _reason(demand.choices.why, always, self.maker)
        leaving = self._made(preview, cause, uncovered_why)
        try:
            with self.store.begin(patience=PATIENCE) as records:
                _write_down(records, preview, leaving, cause, uncovered_why)
        except BaseException:
            leaving.body.close()
            raise
        return leaving

    def _known(self, records: Records, demand: Demand, docket: Docket | None) -> tuple[Known, ...]:
        if docket is not None:
            dossiers: Sequence[Dossier] = records.dossiers_of(docket.references)
        elif demand.period is not None:
            dossiers = list(self._filed(records, demand.period))
        else:
            wanted = tuple(dict.fromkeys(demand.references))
            if not 0 < len(wanted) <= MOST_REPORTS:
                raise NoSuchReports
            dossiers = records.dossiers_of(wanted)
            if len(dossiers) != len(wanted):
                raise NoSuchReports
        if any(each.is_rehearsal for each in dossiers):
            raise IsRehearsal
        return tuple(Known(each, self.understanding(each)) for each in dossiers)

    def _filed(self, records: Records, period: Period) -> Iterator[Dossier]:
        """Those of a period, pranks that nobody was told of not among them."""
        zone = self.maker.zone
        since = datetime.combine(period.since, time(), zone)
        until = datetime.combine(period.until + timedelta(days=1), time(), zone)
        offset = 0
        while dossiers := records.dossiers(limited=False, limit=PAGE, offset=offset):
            for each in dossiers:
                if since <= each.report.filed_at < until:
                    yield each
            if dossiers[-1].report.filed_at < since:
                return
            offset += PAGE

    def _marks(self, dossier: Dossier, kind: Kind) -> tuple[Mark, ...]:
        # Of rows no word leaves: there is nothing to look for in every version.
        return () if kind is Kind.RESEARCH else marks_in(dossier, self.understanding)

    def _naming(self, records: Records) -> Maker:
        """The maker, who knows what organizers are called."""
        names = {each.username: each.display_name for each in records.organizers()}
        return replace(self.maker, name_of=lambda username: names.get(username, username))

    def _made(self, preview: Preview, cause: Cause, uncovered_why: str) -> Leaving:
        demand = preview.demand
        day = f"{cause.at.astimezone(self.maker.zone):%Y-%m-%d}"
        if demand.kind is Kind.PACKET:
            return self._packed(preview, cause, uncovered_why, f"packet-{_named(preview)}-{day}")
        if demand.kind is Kind.BRIEF:
            return _plain(preview, f"brief-{_named(preview)}.txt", "text/plain")
        mimetype = "text/csv" if demand.form is Form.CSV else "application/json"
        return _plain(preview, f"research-{day}.{demand.form}", mimetype)

    def _packed(self, preview: Preview, cause: Cause, uncovered_why: str, name: str) -> Leaving:
        known, demand, of = preview.known, preview.demand, preview.of
        with self.store.read() as records:
            maker = self._naming(records)
            told = custody_of(records, [each.dossier for each in known])
            of_it = () if of is None else records.custody_of([_subject(of)])
            head = str(records.custody_head())
        # The README says why in the words that the log has.
        choices = replace(demand.choices, why=uncovered_why)
        redaction = Redaction(preview.redaction.marks, choices)
        entries = sorted(
            chain(of_it, *told.values()),
            key=lambda entry: entry.number,
        )

        def read_first(stamp: str) -> str:
            return readme(
                known,
                cause,
                head=head,
                stamp=stamp,
                hidden=preview.hidden,
                redaction=redaction,
                wanted=demand.wanted,
                maker=maker,
                of=of,
            )

        files = files_of(known, map(_line, entries), redaction, demand.wanted, maker)
        if of is not None:
            files = chain(incident_files(of, known, redaction, maker), files)
        zipped = self.bagger.pack(
            Order(
                name=name,
                files=files
                if of is None
                else chain(incident_files(of, known, redaction, maker), files),
                info=bag_info(known, cause, head=head, maker=maker),
                readme=read_first,
                words=maker.words.packet,
                original_pictures=demand.wanted.original_pictures,
            )
        )
        return Leaving(
            Kind.PACKET,
            f"{name}.zip",
            "application/zip",
            zipped.file,
            zipped.size,
            zipped.sha256,
            zipped.stamp_failed,
        )


def _docket(records: Records, demand: Demand) -> Docket | None:
    """Of the incident that is wanted.

    Raises:
        NoSuchReports: it has none, or too many.
    """
    if demand.incident is None:
        return None
    docket = records.docket(demand.incident)
    if docket is None or not 0 < len(docket.references) <= MOST_OF_INCIDENT:
        raise NoSuchReports
    return docket


def _plain(preview: Preview, name: str, mimetype: str) -> Leaving:
    body = preview.text.encode()
    digest = hashlib.sha256(body).hexdigest()
    return Leaving(preview.demand.kind, name, mimetype, io.BytesIO(body), len(body), digest)


def _reason(why: str, always: Redaction, maker: Maker) -> str:
    """On one line, what is private in it covered; raises `ReasonMissing`."""
    reason = " ".join(why.split())
    if not reason:
        raise ReasonMissing("why it leaves")
    covered = always.text(reason, maker.words.covers)
    return covered[:LONGEST_REASON]


def _line(entry: Entry) -> str:
    """An entry as its hash was taken, and the hash."""
    row = row_of(entry)
    return canonical({**row, "detail": dict(entry.detail)})


def _named(preview: Preview) -> str:
    if preview.of is not None:
        return f"incident-{preview.of.incident.incident_id}"
    first, *others = preview.references
    return f"{first}-and-{len(others)}-more" if others else first


def _evidence(dossier: Dossier) -> list[str]:
    """All that a packet takes along as it arrived."""
    return [
        *(str(each.sha256) for each in dossier.recordings if each.playable),
        *(str(each.sha256) for each in dossier.attachments if each.stored_at is not None),
        dossier.verdict.value,
    ]


def _write_down(
    records: Records, preview: Preview, leaving: Leaving, cause: Cause, uncovered_why: str
) -> None:
    """Who has what, since when and why; of what, an entry each."""
    demand = preview.demand
    export_id = uuid.uuid4().hex[:16]
    times = sum(each.times for each in preview.hidden)
    detail = {
        "export": export_id,
        "kind": demand.kind.value,
        "why": cause.why,
        "sha256": leaving.sha256,
        "bytes": str(leaving.size),
        "reports": str(len(preview.known)),
        **({"covered": str(times)} if times else {}),
        **({"also_covered": str(len(demand.choices.also))} if demand.choices.also else {}),
        **_uncovered(preview, uncovered_why),
    }
    if demand.incident is not None:
        detail["incident"] = str(demand.incident)
    if demand.period is None:
        detail["references"] = _listed(preview.references)
    else:
        detail["since"] = demand.period.since.isoformat()
        detail["until"] = demand.period.until.isoformat()
    if demand.kind is Kind.PACKET:
        detail["audio"] = "yes" if demand.wanted.audio else "no"
        detail["pictures"] = "original" if demand.wanted.original_pictures else "repainted"
        detail |= {"stamp_failed": leaving.stamp_failed} if leaving.stamp_failed else {}

    def note(subject: str, about: Mapping[str, str]) -> None:
        records.append_custody(cause.at, cause.who, Deed.EXPORTED, subject, about)

    note(f"{EXPORT}:{export_id}", detail)
    short = {name: detail[name] for name in ("export", "kind", "why")}
    if preview.of is not None:
        note(_subject(preview.of), short)
    for each in preview.known if demand.period is None else ():
        note(report_subject(each.dossier.report.reference), short)
        for subject in _taken_along(each.dossier, demand):
            note(subject, {name: detail[name] for name in ("export", "kind")})


def _subject(of: Gathered) -> str:
    return incident_subject(of.incident.incident_id)


def _uncovered(preview: Preview, why: str) -> dict[str, str]:
    if not preview.demand.choices.uncovered:
        return {}
    return {"uncovered": str(len(preview.uncovered)), "uncovered_why": why}


def _taken_along(dossier: Dossier, demand: Demand) -> Iterator[str]:
    """The recordings and attachments in a packet."""
    if demand.kind is not Kind.PACKET:
        return
    if demand.wanted.audio:
        yield from (recording_subject(r.recording_sid) for r in dossier.recordings if r.playable)
    for each in dossier.attachments:
        if each.stored_at is not None and (each.is_picture or demand.wanted.audio):
            yield attachment_subject(each.media_sid)


def _listed(references: Sequence[str]) -> str:
    """As many as have room in the log; each report has an entry of its own."""
    listed = ", ".join(references)
    return listed if len(listed) <= LONGEST_VALUE else f"{listed[: LONGEST_VALUE - 1]}…"


EXPORT: Final = "export"
"""The kind of an export's own subject in the log."""


# --- What has left --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Left:
    """An export, as the log has it."""

    number: int
    at: datetime
    who: str
    detail: Mapping[str, str]


def exports_made(records: Records, at_most: int) -> list[Left]:
    """The last first."""
    return [
        Left(entry.number, entry.at, entry.who, entry.detail)
        for entry in records.last_custody(Deed.EXPORTED, EXPORT, at_most)
    ]
