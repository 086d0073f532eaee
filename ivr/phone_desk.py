"""The desk by telephone: an organizer who has nothing but a phone does the work of the night.

Each view looks up who is there and what they may, has the script (`ivr.desk_script`) say what a key
leads to, does it, and answers. Digits of a PIN are compared and forgotten; nothing here logs what
was pressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, abort, request, url_for
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr import forms, told
from ivr.desk_door import PhoneDesk, Stand
from ivr.desk_script import (
    AGAIN,
    BEFORE,
    CALL_BACK,
    END,
    HEAR,
    JUDGE,
    NEXT,
    NOTE,
    TAKE,
    AskVerdict,
    AtHand,
    CallBack,
    Deed,
    EnterPin,
    Hear,
    Judge,
    Leave,
    Menu,
    Ordinary,
    Place,
    RecordNote,
    SayJudged,
    Step,
    TakeUp,
    Undo,
    Waiting,
    after_call,
    after_hearing,
    after_judged,
    after_key,
    after_note,
    after_pin,
    after_verdict,
    arriving,
    waiting_of,
)
from ivr.telephone import Telephone
from ivr.twiml import LONGEST_TALK, RING_SECONDS
from reports.custody import Deed as Logged
from reports.custody import recording_subject
from reports.model import ActKind, Dossier, Handling, Recording, RecordingState, Verdict
from reports.ports import Records, StoreBusy
from reports.services.answers import take_up
from reports.services.custody import note_access
from reports.services.entering import AtTheDesk, enter, may_be_asked, still_at_the_desk
from reports.services.people import PIN_DIGITS
from reports.services.review import NumberNotGiven, gives_number, judge, show_number
from reports.services.spoken_notes import LONGEST, announce_spoken_note

IN_DESK: Final = frozenset(
    f"voice.desk_{view}" for view in ("key", "heard", "verdict", "judged", "noted", "called")
)
"""The endpoints behind the door."""
UNHEARD: Final = frozenset({"voice.desk_note_status"})
FINISH_KEY: Final = "#"
PIN_WAIT: Final = 5
"""Seconds: whoever means to report waits no longer."""
KEY_WAIT: Final = 8
BETWEEN: Final = 1
"""Seconds from one recording to the next."""
SILENCE: Final = 5
LOOK_BACK: Final = timedelta(days=7)
"""Open reports older than this are for the pages."""
MOST: Final = 200
ENDED_WELL: Final = frozenset({"completed", "answered"})
KEYS: Final = (TAKE, NEXT, HEAR, JUDGE, CALL_BACK, NOTE, BEFORE, AGAIN, END)
"""In the order in which they are said."""


class NotThere(LookupError):
    """Who came in may not be there any more, since a moment ago."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to hear of a report: a recording, or what somebody wrote."""

    title: str
    recording: Recording | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is at the desk."""

    call_sid: str
    stand: Stand
    somebody: AtTheDesk
    dossier: Dossier
    holder: str | None
    """The name of who has the report."""
    pieces: tuple[Piece, ...]

    @property
    def place(self) -> Place:
        return self.stand.place

    @property
    def at_hand(self) -> AtHand:
        dossier = self.dossier
        return AtHand(
            self.somebody.may, bool(self.pieces), gives_number(dossier.call, dossier.settled)
        )


def desk_entrance(line: Telephone, call_sid: str) -> str | None:
    """What somebody hears first who calls from the number of a person with a PIN; None: they are
    asked for none."""
    if line.desk is None:
        return None
    with line.store.read() as records:
        if not may_be_asked(records, records.call(call_sid), line.clock()):
            return None
    return _Document(line, line.desk).of(EnterPin(1))


def desk_fault(line: Telephone) -> str:
    """What somebody at the desk hears when something went wrong."""
    if line.desk is None:
        return str(VoiceResponse())
    return _Document(line, line.desk).of(Leave(("not_now",)))


def add_phone_desk(voice: Blueprint, line: Telephone) -> None:
    """Puts the views on the blueprint of the voice webhooks."""

    @voice.errorhandler(NotThere)
    def is_sent_away(_: NotThere) -> Response:
        return _answer(_Document(line, desk()).of(Leave()))

    @voice.post("/desk/pin/<int:turn>")
    def desk_pin(turn: int) -> Response:
        call_sid, at, pressed = forms.sid("CallSid"), line.clock(), forms.digits()
        somebody = enter(line.store, line.sealer, call_sid=call_sid, pin=pressed, at=at)
        if somebody is None:
            with line.store.read() as records:
                is_asked = may_be_asked(records, records.call(call_sid), at)
            return _answer(
                _Document(line, desk()).of(after_pin(turn, given=bool(pressed), is_asked=is_asked))
            )
        with line.store.read() as records:
            waiting = what_waits(records)
        step = arriving(waiting.order)
        if not isinstance(step, Menu):
            return _answer(_Document(line, desk()).of(step))
        return say(visit(Stand(somebody.person.person_id, step.place)), step, waiting)

    @voice.post("/desk/key")
    def desk_key() -> Response:
        here = visit()
        return does(here, after_key(here.place, forms.digits(), order(), here.at_hand))

    @voice.post("/desk/heard/<int:index>")
    def desk_heard(index: int) -> Response:
        here = visit()
        count, pressed = len(here.pieces), forms.digits()
        return does(here, after_hearing(here.place, index, count, pressed, order(), here.at_hand))

    @voice.post("/desk/verdict")
    def desk_verdict() -> Response:
        here = visit()
        return does(here, after_verdict(here.place, forms.digits()))

    @voice.post("/desk/judged/<undo_to>")
    def desk_judged(undo_to: str) -> Response:
        here = visit()
        verdict = Verdict(undo_to) if undo_to in set(Verdict) else abort(404)
        pressed = forms.digits()
        return does(here, after_judged(here.place, verdict, pressed, order(), here.at_hand))

    @voice.post("/desk/noted")
    def desk_noted() -> Response:
        """The `action` of a recording, or the verb after it when nothing was said."""
        made = told.recorded(request.form)
        if made.sid is not None:
            keep_note(made.sid)
        if forms.call_ended():
            return _answer(str(VoiceResponse()))
        here = visit()
        return say(here, after_note(here.place, spoke=made.spoke))

    @voice.post("/desk/note-status")
    def desk_note_status() -> tuple[str, int]:
        """The recording's status callback, the authority on what exists."""
        if request.form.get("RecordingStatus") == "completed":
            keep_note(forms.sid("RecordingSid"))
        return "", 204

    @voice.post("/desk/called")
    def desk_called() -> Response:
        """The `action` of a Dial (https://www.twilio.com/docs/voice/twiml/dial#action)."""
        if forms.call_ended():
            return _answer(str(VoiceResponse()))
        here = visit()
        reached = request.form.get("DialCallStatus") in ENDED_WELL
        return say(here, after_call(here.place, reached=reached))

    def desk() -> PhoneDesk:
        return abort(403) if line.desk is None else line.desk

    def stands() -> Stand:
        """Who is there, by the ticket of this call."""
        found = desk().stand(request.args.get("ticket", ""), forms.sid("CallSid"))
        return abort(403) if found is None else found

    def visit(stand: Stand | None = None) -> Visit:
        """What somebody may is asked anew each time: it may be taken from them in the middle."""
        stand = stand or stands()
        with line.store.read() as records:
            somebody = still_at_the_desk(records, stand.person_id)
            dossier = records.dossier(stand.place.reference)
            holder = None if dossier is None else _holder(records, dossier)
        if somebody is None or dossier is None:
            raise NotThere
        pieces = tuple(_pieces(dossier, desk()))
        return Visit(forms.sid("CallSid"), stand, somebody, dossier, holder, pieces)

    def what_waits(records: Records) -> Waiting:
        found = records.filed_since(line.clock() - LOOK_BACK, MOST)
        dossiers = records.dossiers_of([reference for reference, _ in found])
        return waiting_of(dossiers, desk().priority)

    def order() -> Sequence[str]:
        """Asked only where it is needed: somebody wants the next one."""
        if forms.digits() != NEXT:
            return ()
        with line.store.read() as records:
            return what_waits(records).order

    def does(here: Visit, taken: Step | Deed) -> Response:
        """What a key leads to, and then what is said."""
        match taken:
            case TakeUp(place):
                answered = take_up(
                    line.store,
                    reference=place.reference,
                    person_id=here.somebody.person.person_id,
                    who=here.somebody.who,
                    at=line.clock(),
                    by=here.call_sid,
                )
                return say(here, Menu(place, () if answered is None else (answered.outcome,)))
            case Judge(place, verdict):
                before = here.dossier.report.verdict
                set_verdict(here, verdict)
                return say(again(here, place), SayJudged(place, before))
            case Undo(place, verdict):
                set_verdict(here, verdict)
                return say(again(here, place), Menu(place, ("undone",)))
            case CallBack(place):
                return call_back(here, place)
            case Hear(place, index):
                return hear(here, place, index)
            case Menu(place, reads=True):
                return say(again(here, place), taken)
        return say(here, taken)

    def again(here: Visit, place: Place) -> Visit:
        """The same somebody at another report, or at this one as it is now."""
        return visit(Stand(here.stand.person_id, place))

    def set_verdict(here: Visit, verdict: Verdict) -> None:
        judge(
            line.store,
            reference=here.dossier.report.reference,
            verdict=verdict,
            who=here.somebody.who,
            at=line.clock(),
        )

    def hear(here: Visit, place: Place, index: int) -> Response:
        """That it is heard is written down first."""
        if index >= len(here.pieces):
            return say(here, Menu(place, ("heard_all",)))
        recording = here.pieces[index].recording
        try:
            if recording is not None:
                note_access(
                    line.store,
                    deed=Logged.RECORDING_HEARD,
                    subject=recording_subject(recording.recording_sid),
                    how="played",
                    sha256=recording.sha256,
                    who=here.somebody.who,
                    at=line.clock(),
                )
        except StoreBusy:
            return say(here, Menu(place, ("not_now",)))
        return say(here, Hear(place, index))

    def call_back(here: Visit, place: Place) -> Response:
        """That somebody is given the number is written down before it is dialled."""
        try:
            number = show_number(
                line.store,
                line.sealer,
                reference=place.reference,
                who=here.somebody.who,
                at=line.clock(),
            )
        except NumberNotGiven:
            return say(here, Menu(place, ("no_number",)))
        return _answer(_Document(line, desk(), here).ringing(place, number))

    def keep_note(recording_sid: str) -> None:
        stand = stands()
        with line.store.read() as records:
            person = records.people.person(stand.person_id)
        if person is None:
            abort(403)
        announce_spoken_note(
            line.store,
            line.queue,
            recording_sid=recording_sid,
            reference=stand.place.reference,
            who=person.username or person.person_id,
            language=desk().language,
            seconds=forms.seconds(),
            at=line.clock(),
        )

    def say(here: Visit, step: Step, waiting: Waiting | None = None) -> Response:
        return _answer(_Document(line, desk(), here, waiting).of(step))


class _Document:
    """A step as TwiML."""

    def __init__(
        self,
        line: Telephone,
        desk: PhoneDesk,
        here: Visit | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        self._line = line
        self._desk = desk
        self._here = here
        self._waiting = waiting
        self._response = VoiceResponse()

    def of(self, step: Step) -> str:
        match step:
            case EnterPin(turn, before):
                at = url_for("voice.desk_pin", turn=turn)
                gather = _gather(at, PIN_WAIT, PIN_DIGITS, FINISH_KEY)
                self._say(gather, *map(self._word, before), self._word("pin"))
                self._response.append(gather)
            case Ordinary():
                self._response.redirect(url_for("voice.ordinary"), method="POST")
            case Menu():
                self._menu(step)
            case Hear(place, index):
                self._hear(place, index)
            case AskVerdict(place, before):
                gather = _gather(self._address("verdict", place), KEY_WAIT)
                self._say(gather, *map(self._word, before), self._word("verdicts"))
                self._response.append(gather)
            case SayJudged(place, undo_to):
                gather = _gather(self._address("judged", place, undo_to=str(undo_to)), KEY_WAIT)
                self._say(gather, self._word("judged"))
                self._response.append(gather)
            case RecordNote(place):
                self._record(place)
            case Leave(before):
                self._say(self._response, *map(self._word, before), self._word("goodbye"))
                self._response.hangup()
        return str(self._response)

    def ringing(self, place: Place, number: str) -> str:
        """https://www.twilio.com/docs/voice/twiml/dial"""
        self._say(self._response, self._word("calling"))
        dial = Dial(
            action=self._address("called", place),
            method="POST",
            timeout=RING_SECONDS,
            time_limit=LONGEST_TALK,
            caller_id=self._line.hotline,
            hangup_on_star=True,
        )
        dial.number(number)
        self._response.append(dial)
        return str(self._response)

    def _menu(self, step: Menu) -> None:
        here = self._visit
        gather = _gather(self._address("key", step.place), KEY_WAIT)
        words = [self._word(name) for name in step.before]
        if step.reads:
            words.append(self._desk.read_out(here.dossier, self._line.clock(), here.holder))
        if step.all_keys:
            words += [self._desk.words[f"key_{key}"] for key in KEYS if here.at_hand.offers(key)]
        else:
            words.append(self._desk.words["star"])
        self._say(gather, *words)
        self._response.append(gather)

    def _hear(self, place: Place, index: int) -> None:
        piece = self._visit.pieces[index]
        gather = _gather(self._address("heard", place, index=index), BETWEEN)
        self._say(gather, piece.title)
        if piece.recording is None:
            self._say(gather, piece.words)
        else:
            ticket = self._line.playback.ticket(piece.recording.recording_sid)
            gather.play(url_for("voice.playback", ticket=ticket))
        self._response.append(gather)

    def _record(self, place: Place) -> None:
        self._say(self._response, self._word("note"))
        at = self._address("noted", place)
        self._response.record(
            action=at,
            method="POST",
            timeout=SILENCE,
            max_length=LONGEST,
            finish_on_key=FINISH_KEY,
            play_beep=True,
            trim="do-not-trim",
            recording_status_callback=self._address("note_status", place),
            recording_status_callback_method="POST",
            recording_status_callback_event="completed",
        )
        # Reached only when nothing was said.
        self._response.redirect(at, method="POST")

    def _word(self, name: str) -> str:
        dossier = None if self._here is None else self._here.dossier
        if name in self._desk.outcomes and dossier is not None and name not in self._desk.words:
            reference = ", ".join(dossier.report.reference)
            return self._desk.outcomes[name].format(reference=reference)
        verdict = "" if dossier is None else self._desk.verdicts[dossier.report.verdict]
        return self._desk.words[name].format(
            # A voice spells what is all capitals.
            verdict=verdict.capitalize(),
            count=0 if self._waiting is None else self._waiting.waiting,
            urgent=0 if self._waiting is None else self._waiting.urgent,
        )

    def _address(self, view: str, place: Place, **more: Any) -> str:
        here = self._visit
        stand = Stand(here.stand.person_id, place)
        ticket = self._desk.ticket(here.call_sid, stand)
        return url_for(f"voice.desk_{view}", ticket=ticket, **more)

    def _say(self, to: VoiceResponse | Gather, *words: str) -> None:
        spoken_by = self._line.alert_calls.voice
        for each in words:
            to.say(each, voice=spoken_by.voice, language=spoken_by.language)

    @property
    def _visit(self) -> Visit:
        if self._here is None:
            raise LookupError("nobody is at the desk")
        return self._here


def _pieces(dossier: Dossier, desk: PhoneDesk) -> Sequence[Piece]:
    """All that can be heard: also where a machine heard nothing."""
    heard = [each for each in dossier.recordings if each.state is not RecordingState.FAILED]
    recordings = [
        Piece(
            desk.words["recording"].format(
                title=desk.questions.get(each.question, each.question),
                number=number,
                count=len(heard),
            ),
            each,
        )
        for number, each in enumerate(heard, 1)
    ]
    written = [
        Piece(desk.words["written"], words=desk.without_numbers(each.body))
        for each in dossier.texts
        if each.body.strip()
    ]
    return (*recordings, *written)


def _holder(records: Records, dossier: Dossier) -> str | None:
    """The name of who has a report; None: nobody."""
    if dossier.report.handling not in (Handling.ACKNOWLEDGED, Handling.IN_REVIEW):
        return None
    acts = [act for act in dossier.acts if act.kind is ActKind.HANDLING]
    if not acts:
        return None
    who = acts[-1].who
    organizer, person = records.organizer(who), records.people.person(who)
    if organizer is not None:
        return organizer.display_name
    return who if person is None else person.name


def _gather(action: str, wait: int, digits: int = 1, finish: str = "") -> Gather:
    return Gather(
        action=action,
        method="POST",
        input="dtmf",
        num_digits=digits,
        finish_on_key=finish,
        timeout=wait,
        action_on_empty_result=True,
    )


def _answer(document: str) -> Response:
    return Response(document, mimetype="text/xml")
