"""The organizers' pages. Each view reads, has a pure module decide what to show, and renders it."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from threading import BoundedSemaphore
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import ServiceUnavailable

from dashboard.account_pages import add_accounts
from dashboard.alerts import untold_reports
from dashboard.assets import add_assets
from dashboard.auth import add_login, signed_in, to_login
from dashboard.callers import caller_of
from dashboard.catalogue import Catalogue
from dashboard.covering import Covering, CoverMoved, numbers_in
from dashboard.desk import Desk
from dashboard.dossier_page import DossierPage, lines_of, page_of
from dashboard.exporting import add_exports
from dashboard.filters import Query, Show, listing, own
from dashboard.finding import add_search
from dashboard.fingerprint import fingerprint
from dashboard.handing_over import add_handovers, unread_handover
from dashboard.inbox import Inbox, brief_instant, families_of, flood_notice, local_day, row_of
from dashboard.incidents import Incidents, add_incidents
from dashboard.locales import translated
from dashboard.lookout import Lookout
from dashboard.mapping import add_map
from dashboard.me import add_me
from dashboard.noting import Noting, add_noting
from dashboard.observers import add_observers
from dashboard.parts import (
    NotPermitted,
    View,
    add_pages,
    admins,
    names_of,
    part,
    wanted_list,
)
from dashboard.people import add_people
from dashboard.permissions import NEEDS, OPEN_TO_ALL, SETTING_UP, Permission, may, may_use
from dashboard.pictures import NotShowable, showable
from dashboard.rehearsal import SPOKEN, add_rehearsal
from dashboard.roster import add_roster
from dashboard.second_opinion import SecondOpinion, beside
from dashboard.settings import add_settings
from dashboard.settle import add_settle
from dashboard.settling import Attempt
from dashboard.several import add_several
from dashboard.sound import NotPlayable, playable
from dashboard.streaming import Streams, add_streams
from dashboard.studio import LARGE, LARGEST_RECORDING, add_studio
from dashboard.taking_up import add_taking_up
from dashboard.unanswered import asking_of
from dashboard.waveform import Waveforms, waveform_of
from dashboard.wording import add_wording
from oncall.roster import Roster
from reports.custody import Deed, attachment_subject, recording_subject
from reports.fields.finding import Finding
from reports.fields.second import NoOpinion
from reports.model import (
    ActKind,
    Attachment,
    Dossier,
    FloodMode,
    Handling,
    Organizer,
    Recording,
    Verdict,
)
from reports.ports import AudioNotFound, Records, StoreBusy
from reports.services.blocks import (
    BLOCK_DAYS,
    NoNumber,
    ReasonMissing,
    admit_after_all,
    block_caller,
    undo_block,
)
from reports.services.correcting import (
    NoSuchVersion,
    NothingWritten,
    NotYet,
    correct,
    hear_as,
)
from reports.services.custody import PATIENCE, custody_of, note_access
from reports.services.notices import tell_again
from reports.services.pressure import switch_flood
from reports.services.recordings import try_again
from reports.services.review import NumberNotGiven, handle, judge, note_spoken_shown, show_number

log = logging.getLogger(__name__)

NAME = "dashboard"
PAGE = 200
"""Reports on one page of the inbox, the most urgent of all on the first."""
ASKED_AT_ONCE = 2
"""Second opinions that a process waits for at once: each holds a thread for as long as its reader
thinks, and callers need the others."""
BY_THE_PAGE_ITSELF = frozenset(
    {
        f"{NAME}.{view}"
        for view in (
            "inbox_part",
            "live_inbox",
            "report_part",
            "incidents_part",
            "incident_part",
            "waveform",
            "incident_map_part",
            "setup_part",
            "person_trials_part",
            "rehearsals_part",
        )
    }
)
"""Asked for by the script of an open page, not by a person."""

LARGE_VIEWS = frozenset({f"{NAME}.{LARGE}", f"{NAME}.{SPOKEN}"})
"""Those to which a recording is brought."""

NOTHING_SHOWN: Mapping[str, Any] = {
    "number": None,
    "spoken": (),
    "bare": None,
    "attempt": None,
    "opinion": None,
}
"""Of what a page shows only to who asks for it: the caller's number, those spoken in the message,
the page with all of its words to be read, and what another reader says."""

State = TypeVar("State", bound=StrEnum)
Thing = TypeVar("Thing")


class Pages:
    """The views. What they need stands in the desk; who asks, in `flask.g.organizer`."""

    def __init__(
        self, desk: Desk, incidents: Incidents, noting: Noting, catalogue: Catalogue
    ) -> None:
        self._desk = desk
        self._noting = noting
        self._incidents = incidents
        self._catalogue = catalogue
        self.lookout = Lookout(desk.store, desk.clock, self._inbox)
        self._asking = BoundedSemaphore(ASKED_AT_ONCE)
        self._waveforms = Waveforms()

    # The inbox

    def inbox(self) -> str:
        inbox = self.lookout.look_anew(wanted_list(Show.OPEN)).inbox
        with self._desk.store.read() as records:
            mentioned = len(records.unseen_mentions(_organizer().username))
            names = names_of(records)
            unread = unread_handover(records, names, self._desk)
            own = records.rehearsals(_organizer().username)
        # Below all that is real, and never in a list of it.
        shown_below = inbox.query.show is Show.OPEN and not inbox.newer
        return render_template(
            "inbox.html",
            inbox=inbox,
            mentioned=mentioned,
            unread=unread,
            rehearsals=[row_of(each, self._desk, names) for each in own] if shown_below else (),
        )

    def inbox_part(self) -> Response:
        look = self.lookout.look(wanted_list(Show.OPEN))
        return part("_inbox.html", look.version, inbox=look.inbox)

    def _inbox(self, records: Records, query: Query, thoroughly: bool) -> Inbox:
        desk, now = self._desk, self._desk.clock()
        self._catalogue.catch_up(records, now, thoroughly=thoroughly)
        entries = self._catalogue.entries()
        listed = listing(entries, query)
        begin = (query.page - 1) * PAGE
        here = [entry.reference for entry in listed.entries[begin : begin + PAGE]]
        names = names_of(records)
        dossiers = (
            records.rehearsals()[begin : begin + PAGE]
            if query.show is Show.REHEARSAL
            else self._catalogue.dossiers(records, here)
        )
        families_waiting, families_overdue = families_of(entries, now)
        return Inbox(
            query=query,
            rows=tuple(row_of(dossier, desk, names) for dossier in dossiers),
            options=listed.options,
            found=len(listed.entries),
            progress=self._catalogue.progress(),
            families_waiting=families_waiting,
            families_overdue=families_overdue,
            untold=untold_reports(records),
            flood=flood_notice(records.flood(), names),
            limited=records.count_limited(),
            any_report=bool(entries) or query.show is Show.REHEARSAL,
            older=query.page + 1 if len(listed.entries) > begin + PAGE else None,
            newer=query.page - 1 if query.page > 1 else None,
            today=local_day(now, desk),
        )

    # One report

    def report(self, reference: str) -> str:
        shown = self._report(self._page(reference))
        self._noting.saw(reference)
        return shown

    def report_part(self, reference: str) -> Response:
        page = self._page(reference)
        return part("_report.html", page.version, page=page, **NOTHING_SHOWN)

    def show(self, reference: str, attempt: Attempt | None) -> str:
        """The page, with what somebody sent for a field and could not be kept in its form."""
        return self._report(self._page(reference, attempt), attempt=attempt)

    def _report(self, page: DossierPage, **shown: Any) -> str:
        return render_template("report.html", page=page, **{**NOTHING_SHOWN, **shown})

    def _page(
        self, reference: str, attempt: Attempt | None = None, *, lifted: bool = False
    ) -> DossierPage:
        """`attempt`: what somebody sent for a field and could not be kept; `lifted`: with the
        numbers in the message to be read."""
        with self._desk.store.read() as records:
            dossier = _found(records.dossier(reference))
            names = names_of(records)
            caller = caller_of(records, dossier.call, reference, self._desk.clock())
            custody = custody_of(records, [dossier]).get(reference, ())
            kin = self._incidents.kin(records, dossier)
            near = self._incidents.near(records, dossier, kin)
            notes = records.notes_of(reference)
            asking = asking_of(
                dossier,
                self._desk.reader.read(dossier),
                self._desk.clocks,
                Roster.of(records.people, self._desk.zone),
                self._desk.next_asked(records, dossier),
            )
            spoken = records.spoken_notes.of_report(reference)
        today = local_day(self._desk.clock(), self._desk)
        covering = replace(Covering.of_all(dossier, self._desk.reader), is_lifted=lifted)
        return page_of(
            dossier,
            self._desk,
            names,
            today,
            caller,
            custody,
            kin,
            covering,
            near,
            notes,
            attempt,
            asking,
            spoken,
        )

    def handle(self, reference: str) -> ResponseReturnValue:
        to = _wanted_of(Handling, request.form.get("to"))
        before = self._dossier(reference).report.handling
        handle(self._desk.store, reference=reference, to=to, **self._by_whom())
        return _done(reference, ActKind.HANDLING, before, to)

    def judge(self, reference: str) -> ResponseReturnValue:
        verdict = _wanted_of(Verdict, request.form.get("to"))
        before = self._dossier(reference).report.verdict
        judge(self._desk.store, reference=reference, verdict=verdict, **self._by_whom())
        return _done(reference, ActKind.VERDICT, before, verdict)

    def show_number(self, reference: str) -> str:
        """The page with the caller's number on it: in this answer alone, kept nowhere."""
        self._dossier(reference)
        try:
            number = show_number(
                self._desk.store, self._desk.sealer, reference=reference, **self._by_whom()
            )
        except NumberNotGiven:
            abort(403)
        return self._report(self._page(reference), number=number)

    def show_spoken(self, reference: str) -> str:
        """The page with the telephone numbers of the message to be read on it: in this answer
        alone. That they were shown is written down first."""
        dossier = self._dossier(reference)
        if not Covering.of_all(dossier, self._desk.reader).covers(dossier):
            abort(403)
        note_spoken_shown(self._desk.store, reference=reference, **self._by_whom())
        return self._report(
            self._page(reference),
            bare=self._page(reference, lifted=True),
            spoken=numbers_in(dossier, self._desk.reader),
        )

    def hide_number(self, reference: str) -> ResponseReturnValue:
        """Whoever comes back to the address of a shown number finds the report without it."""
        return redirect(url_for(".report", reference=reference))

    hide_spoken = hide_number

    # Floods and pranks

    def blocklist(self) -> str:
        with self._desk.store.read() as records:
            blocks = records.blocks()
            names = names_of(records)
        now = self._desk.clock()
        return render_template(
            "blocklist.html",
            holding=[block for block in blocks if block.holds(now)],
            over=[block for block in blocks if not block.holds(now)],
            names=names,
            today=local_day(now, self._desk),
        )

    def block(self, reference: str) -> ResponseReturnValue:
        self._dossier(reference)
        days = request.form.get("days", BLOCK_DAYS, type=int)
        try:
            block_caller(
                self._desk.store,
                reference=reference,
                reason=request.form.get("reason", ""),
                days=days,
                **self._by_whom(),
            )
        except NoNumber:
            abort(403)
        except ReasonMissing:
            flash(reference, "reason_missing")
        else:
            flash(reference, "blocked")
        return redirect(url_for(".report", reference=reference), 303)

    def unblock(self, block_id: str) -> ResponseReturnValue:
        block = _found(undo_block(self._desk.store, block_id=block_id, **self._by_whom()))
        flash(block.reference, "unblocked")
        if request.form.get("back") == "report":
            return redirect(url_for(".report", reference=block.reference), 303)
        return redirect(url_for(".blocklist"), 303)

    def admit(self, reference: str) -> ResponseReturnValue:
        self._dossier(reference)
        told = admit_after_all(
            self._desk.store, self._desk.queue, reference=reference, **self._by_whom()
        )
        flash(reference, "admitted" if told else "nothing_to_tell")
        return redirect(url_for(".report", reference=reference), 303)

    def flood(self) -> ResponseReturnValue:
        mode = _wanted_of(FloodMode, request.form.get("mode"))
        switch_flood(self._desk.store, mode=mode, limits=self._desk.limits, **self._by_whom())
        return redirect(url_for(".inbox"), 303)

    # Recordings

    def audio(self, reference: str, recording_sid: str) -> Response:
        """For the player: parts of it too (RFC 9110, section 14), so that seeking works."""
        recording, audio = self._audio(reference, recording_sid)
        try:
            wave = playable(audio)
        except NotPlayable:
            abort(404)
        self._note_hearing(recording, "played")
        return send_file(
            io.BytesIO(wave),
            mimetype="audio/wav",
            etag=f"{recording.sha256}-played",
            download_name=_file_name(reference, recording),
        )

    def waveform(self, reference: str, recording_sid: str) -> Response:
        """When it is loud, for the player. No word is in it, so the custody log does not tell of it
        (`dashboard.waveform`)."""
        self._recording(reference, recording_sid)
        known = self._waveforms.get(recording_sid)
        if known is None:
            _, audio = self._audio(reference, recording_sid)
            try:
                known = waveform_of(playable(audio))
            except NotPlayable:
                abort(404)
            self._waveforms.put(recording_sid, known)
        return jsonify(known.plain)

    def original(self, reference: str, recording_sid: str) -> Response:
        """Byte for byte as the telephone company delivered it."""
        recording, audio = self._audio(reference, recording_sid)
        self._note_hearing(recording, "original")
        return send_file(
            io.BytesIO(audio),
            mimetype="audio/wav",
            etag=recording.sha256 or False,
            as_attachment=True,
            download_name=_file_name(reference, recording),
        )

    # What came with text messages

    def attachment(self, reference: str, media_sid: str) -> Response:
        """A picture without its metadata, or a sound for the player."""
        attachment, file = self._attachment(reference, media_sid)
        try:
            shown = showable(file) if attachment.is_picture else playable(file)
        except (NotShowable, NotPlayable):
            abort(404)
        self._note_seeing(attachment, "played" if attachment.is_sound else "shown")
        return send_file(
            io.BytesIO(shown),
            mimetype="image/jpeg" if attachment.is_picture else "audio/wav",
            etag=f"{attachment.sha256}-shown",
        )

    def attachment_original(self, reference: str, media_sid: str) -> Response:
        """Byte for byte as the telephone company delivered it, metadata and all."""
        attachment, file = self._attachment(reference, media_sid)
        self._note_seeing(attachment, "original")
        return send_file(
            io.BytesIO(file),
            mimetype="application/octet-stream",
            etag=attachment.sha256 or False,
            as_attachment=True,
            download_name=f"{reference}-{media_sid}.{attachment.content_type.partition('/')[2]}",
        )

    def _attachment(self, reference: str, media_sid: str) -> tuple[Attachment, bytes]:
        attachment = _found(
            next(
                (
                    each
                    for each in self._dossier(reference).attachments
                    if each.media_sid == media_sid and each.stored_at is not None
                ),
                None,
            )
        )
        try:
            return attachment, self._desk.audio.get(media_sid)
        except AudioNotFound:
            log.error("attachment %s is not where it was put", media_sid)
            abort(404)

    def _note_hearing(self, recording: Recording, how: str) -> None:
        subject = recording_subject(recording.recording_sid)
        self._note(Deed.RECORDING_HEARD, subject, how, recording.sha256)

    def _note_seeing(self, attachment: Attachment, how: str) -> None:
        subject = attachment_subject(attachment.media_sid)
        self._note(Deed.ATTACHMENT_SEEN, subject, how, attachment.sha256)

    def _note(self, deed: Deed, subject: str, how: str, sha256: str | None) -> None:
        """Before anything is given: what cannot be written down is not."""
        try:
            note_access(
                self._desk.store,
                deed=deed,
                subject=subject,
                how=how,
                sha256=sha256,
                **self._by_whom(),
            )
        except StoreBusy:
            log.error("an access could not be written down, and was not given")
            raise ServiceUnavailable(retry_after=round(PATIENCE)) from None

    def again(self, reference: str, recording_sid: str) -> ResponseReturnValue:
        self._recording(reference, recording_sid)
        tried = try_again(
            self._desk.store,
            self._desk.queue,
            recording_sid=recording_sid,
            at=self._desk.clock(),
        )
        flash(recording_sid, "again" if tried else "nothing_to_try")
        return redirect(url_for(".report", reference=reference), 303)

    def correct(self, reference: str, recording_sid: str) -> ResponseReturnValue:
        self._recording(reference, recording_sid)
        of = request.form.get("of", type=int)
        try:
            changed = correct(
                self._desk.store,
                self._desk.queue,
                recording_sid=recording_sid,
                text=self._uncovered(reference, of, request.form.get("text", "")),
                of=of,
                **self._by_whom(),
            )
        except CoverMoved:
            flash(recording_sid, "cover_moved")
        except NothingWritten:
            flash(recording_sid, "nothing_written")
        except NotYet:
            flash(recording_sid, "not_yet")
        except NoSuchVersion:
            abort(404)
        else:
            flash(recording_sid, "corrected" if changed else "unchanged")
        return self._back_to(reference, recording_sid)

    def _uncovered(self, reference: str, of: int | None, text: str) -> str:
        """Words that somebody put right, with the numbers that they saw covered.

        Raises:
            CoverMoved
        """
        dossier = self._dossier(reference)
        basis = next((one for one in dossier.transcripts if one.transcript_id == of), None)
        original = "" if basis is None else lines_of(basis)
        return Covering.of_all(dossier, self._desk.reader).restored(text, original)

    def hear_as(self, reference: str, recording_sid: str) -> ResponseReturnValue:
        self._recording(reference, recording_sid)
        language = request.form.get("language", "")
        if language not in self._desk.written_out:
            abort(400)
        try:
            hear_as(
                self._desk.store,
                self._desk.queue,
                recording_sid=recording_sid,
                language=language,
                **self._by_whom(),
            )
        except NotYet:
            flash(recording_sid, "not_yet")
        else:
            flash(recording_sid, "again")
        return self._back_to(reference, recording_sid)

    def _back_to(self, reference: str, recording_sid: str) -> ResponseReturnValue:
        tape = f"tape-{recording_sid}"
        return redirect(url_for(".report", reference=reference, _anchor=tape), 303)

    def second_opinion(self, reference: str) -> str:
        """The report's page with what another reader says, in this answer alone, kept nowhere."""
        reader = self._desk.second_reader
        if reader is None:
            abort(404)
        asked = self._desk.reader.told(self._dossier(reference)).passages
        failed: str | None = None
        opinions: Sequence[tuple[str, Finding[str]]] = ()
        if not self._asking.acquire(blocking=False):
            failed = "it is being asked already, of other reports. Ask again in a minute"
        else:
            try:
                opinions = reader.read(asked)
            except NoOpinion as none:
                failed = str(none)
            finally:
                self._asking.release()
        with self._desk.store.read() as records:
            dossier, names = _found(records.dossier(reference)), names_of(records)
        if failed is None and self._desk.reader.told(dossier).passages != asked:
            failed, opinions = "what was said has been written out anew meanwhile. Ask again", ()
        lines = beside(
            self._desk.reader.read(dossier),
            opinions,
            Covering.of_all(dossier, self._desk.reader),
            names,
        )
        opinion = SecondOpinion(reader.name, failed, lines)
        return self._report(self._page(reference), opinion=opinion)

    def forget_opinion(self, reference: str) -> ResponseReturnValue:
        """Whoever comes back to the address of an opinion finds the report without it."""
        return redirect(url_for(".report", reference=reference))

    def tell_again(self, reference: str) -> ResponseReturnValue:
        self._dossier(reference)
        told = tell_again(
            self._desk.store, self._desk.queue, reference=reference, at=self._desk.clock()
        )
        flash(str(told), "told_again" if told else "nothing_to_tell")
        return redirect(url_for(".report", reference=reference), 303)

    def _audio(self, reference: str, recording_sid: str) -> tuple[Recording, bytes]:
        recording = self._recording(reference, recording_sid)
        if not recording.playable:
            abort(404)
        try:
            return recording, self._desk.audio.get(recording_sid)
        except AudioNotFound:
            log.error("the audio of recording %s is not where it was put", recording_sid)
            abort(404)

    def _recording(self, reference: str, recording_sid: str) -> Recording:
        recordings = self._dossier(reference).recordings
        return _found(next((r for r in recordings if r.recording_sid == recording_sid), None))

    def _dossier(self, reference: str) -> Dossier:
        with self._desk.store.read() as records:
            return _found(records.dossier(reference))

    def _by_whom(self) -> Mapping[str, Any]:
        return {"who": _organizer().username, "at": self._desk.clock()}


def pages(desk: Desk, csrf: CSRFProtect, catalogue: Catalogue) -> Blueprint:
    """The blueprint: all its pages want a login but the login itself, all its forms a token."""
    blueprint = Blueprint(
        NAME,
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
    incidents = Incidents(desk)
    noting = Noting(desk)
    here = Pages(desk, incidents, noting, catalogue)
    add_assets(blueprint)
    add_login(blueprint, desk)
    add_taking_up(blueprint, desk)
    add_me(blueprint, desk)
    add_accounts(blueprint, desk)
    add_studio(blueprint, desk)
    add_exports(blueprint, desk)
    add_incidents(blueprint, incidents)
    add_noting(blueprint, noting)
    add_map(blueprint, desk)
    add_handovers(blueprint, desk)
    add_observers(blueprint, desk)
    add_settle(blueprint, desk, here.show)
    add_roster(blueprint, desk)
    add_people(blueprint, desk)
    add_search(blueprint, desk, catalogue)
    add_several(blueprint, desk)
    add_rehearsal(blueprint, desk)
    add_streams(blueprint, Streams(desk, here.lookout))
    add_settings(blueprint, desk)
    add_wording(blueprint, desk)
    views: Mapping[str, View] = {
        "/": here.inbox,
        "/inbox": here.inbox_part,
        "/r/<reference>": here.report,
        "/r/<reference>/part": here.report_part,
        "/r/<reference>/audio/<recording_sid>": here.audio,
        "/r/<reference>/audio/<recording_sid>/original": here.original,
        "/r/<reference>/audio/<recording_sid>/waveform": here.waveform,
        "/r/<reference>/attachments/<media_sid>": here.attachment,
        "/r/<reference>/attachments/<media_sid>/original": here.attachment_original,
        "/r/<reference>/number": here.hide_number,
        "/r/<reference>/opinion": here.forget_opinion,
        "/r/<reference>/spoken": here.hide_spoken,
        "/blocklist": here.blocklist,
    }
    acts: Mapping[str, View] = {
        "/r/<reference>/handling": here.handle,
        "/r/<reference>/verdict": here.judge,
        "/r/<reference>/number": here.show_number,
        "/r/<reference>/spoken": here.show_spoken,
        "/r/<reference>/audio/<recording_sid>/again": here.again,
        "/r/<reference>/audio/<recording_sid>/words": here.correct,
        "/r/<reference>/audio/<recording_sid>/language": here.hear_as,
        "/r/<reference>/alerts/again": here.tell_again,
        "/r/<reference>/opinion": here.second_opinion,
        "/r/<reference>/admission": here.admit,
        "/r/<reference>/block": here.block,
        "/blocklist/<block_id>/undo": here.unblock,
        "/flood": here.flood,
    }
    add_pages(blueprint, views, acts)

    blueprint.add_app_template_filter(fingerprint)
    blueprint.add_app_template_filter(brief_instant)
    blueprint.add_app_template_global(_offered, "may")
    blueprint.add_app_template_filter(own)

    @blueprint.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint in LARGE_VIEWS and signed_in(desk) is not None:
            # Before the token is looked for: that reads the whole form.
            request.max_content_length = LARGEST_RECORDING
        if request.endpoint != f"{NAME}.static":
            csrf.protect()
            by_hand = request.endpoint not in BY_THE_PAGE_ITSELF
            g.organizer = signed_in(desk, by_hand=by_hand)
            view = (request.endpoint or "").partition(".")[2]
            if view in OPEN_TO_ALL:
                return None
            if g.organizer is None:
                # A script cannot follow to the login page; it reloads its own instead.
                return to_login() if by_hand else Response(status=401)
            if not may_use(g.organizer.role, view):
                raise NotPermitted(NEEDS.get(view), admins(desk))
            if desk.second_factor_required and view not in SETTING_UP:
                with desk.store.read() as records:
                    has_one = g.organizer.username in records.with_second_factor()
                if not has_one:
                    return (
                        redirect(url_for(".second_factor"), 303)
                        if by_hand
                        else Response(status=401)
                    )
        return None

    @blueprint.app_context_processor
    def surroundings() -> dict[str, Any]:
        return {
            "organizer": g.get("organizer"),
            "now": desk.clock(),
            "zone": desk.zone,
            "hotline_number": desk.hotline_number,
            "question_title": lambda question: translated(desk.question_title(question)),
            "language_name": lambda code: translated(desk.language_name(code)),
        }

    return blueprint


def _offered(permission: str) -> bool:
    """For templates: what somebody may not do is not offered."""
    organizer: Organizer | None = g.get("organizer")
    return organizer is not None and may(organizer.role, Permission(permission))


def _done(reference: str, kind: ActKind, before: StrEnum, after: StrEnum) -> ResponseReturnValue:
    if before != after:
        # Codes, for which the template has the words.
        flash(f"{before} {after}", kind.value)
    return redirect(url_for(".report", reference=reference), 303)


def _wanted_of(states: type[State], wanted: str | None) -> State:
    try:
        return states(wanted or "")
    except ValueError:
        abort(400)


def _found(thing: Thing | None) -> Thing:
    if thing is None:
        abort(404)
    return thing


def _organizer() -> Organizer:
    organizer: Organizer = g.organizer
    return organizer


def _file_name(reference: str, recording: Recording) -> str:
    return f"{reference}-{recording.question}-{recording.recording_sid}.wav"
