"""The pages by which observers are asked, and the one on which they answer without logging in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.handover import plates_of
from dashboard.incident_page import area_of, telling_of
from dashboard.observers_page import AskPage
from dashboard.parts import View, add_pages, ids_of
from exports.services import NoSuchReports
from oncall.dispatching import NobodyAsked, NothingAsked, Request
from oncall.observing import Observer
from reports.incidents import glance
from reports.model import Dossier
from reports.observing import LONGEST_AWAY, Ask, Dispatch, Said
from reports.services.handovers import PrivateInside
from reports.services.incidents import NoSuchIncident
from reports.services.observing import Reply, receive_reply
from reports.services.review import NoSuchReport

MINUTES: Final = (5, 10, 15, 20, 30, 45, 60)
"""Until they are there: a button each."""


@dataclass(frozen=True)
class About:
    """What observers are asked to look at."""

    incident_id: int | None
    reference: str | None
    """A report that is in no incident; one of the two is there."""
    dossiers: Sequence[Dossier]
    areas: tuple[str, ...]
    """From the part of town to the city."""
    languages: tuple[str, ...]
    """Of its callers."""
    place: str | None


class Observers:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # Who is asked, and what

    def ask_observers(self, incident_id: str) -> str:
        (wanted,) = ids_of([incident_id])
        return self._drafted(self._incident(wanted))

    def ask_observers_of_report(self, reference: str) -> ResponseReturnValue:
        about = self._report(reference)
        if about.incident_id is not None:
            return redirect(url_for(".ask_observers", incident_id=about.incident_id))
        return self._drafted(about)

    def send_request(self, incident_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([incident_id])
        return self._sent(self._incident(wanted))

    def send_request_of_report(self, reference: str) -> ResponseReturnValue:
        return self._sent(self._report(reference))

    def _drafted(self, about: About) -> str:
        desk = self._desk
        try:
            words = desk.exporter.draft(
                reference=about.reference,
                incident=about.incident_id,
                longest=desk.dispatcher.room,
            )
        except NoSuchReports:
            words = ""  # of hundreds of reports no machine makes a few words
        there = self._there(about)
        chosen = {each.person.person_id for each in there if each.fits and each.can_be_asked}
        return self._page(about, there, words, chosen, uuid.uuid4().hex)

    def _sent(self, about: About) -> ResponseReturnValue:
        form = request.form
        wanted = Request(
            words=form.get("words", "").replace("\r\n", "\n"),
            people=tuple(form.getlist("person")),
            press=form.get("press", "")[:64] or uuid.uuid4().hex,
            incident_id=about.incident_id,
            reference=about.reference,
            place=about.place,
            plates=plates_of(about.dossiers, self._desk),
        )
        try:
            dispatch = self._desk.dispatcher.send(wanted, g.organizer.username, self._desk.clock())
        except (NothingAsked, PrivateInside) as refused:
            wrong = str(refused)
        except NobodyAsked:
            wrong = "nobody"
        except (NoSuchIncident, NoSuchReport):
            abort(404)
        else:
            flash(json.dumps({"asked": len(dispatch.asks)}), "observers_asked")
            return redirect(url_for(".incident", incident_id=dispatch.incident_id), 303)
        there = self._there(about)
        return self._page(about, there, wanted.words, set(wanted.people), wanted.press, wrong), 409

    def _page(
        self,
        about: About,
        there: tuple[Observer, ...],
        words: str,
        chosen: set[str],
        press: str,
        wrong: str = "",
    ) -> str:
        dispatcher = self._desk.dispatcher
        page = AskPage(
            incident_id=about.incident_id,
            reference=about.reference,
            observers=there,
            words=words,
            chosen=frozenset(chosen),
            press=press,
            room=dispatcher.room,
            safety=dispatcher.words.safety(()),
            wrong=wrong,
        )
        return render_template("ask_observers.html", page=page)

    def _there(self, about: About) -> tuple[Observer, ...]:
        desk = self._desk
        with desk.store.read() as records:
            return desk.dispatcher.observers(
                records, about.incident_id, about.areas, about.languages, desk.clock()
            )

    def _incident(self, incident_id: int) -> About:
        with self._desk.store.read() as records:
            docket = records.docket(incident_id)
            if docket is None or not docket.references:
                abort(404)
            dossiers = records.dossiers_of(docket.references)
        return self._about(incident_id, None, dossiers)

    def _report(self, reference: str) -> About:
        with self._desk.store.read() as records:
            dossier = records.dossier(reference)
        if dossier is None:
            abort(404)
        if dossier.incident is not None:
            return self._incident(dossier.incident.incident_id)
        return self._about(None, reference, [dossier])

    def _about(
        self, incident_id: int | None, reference: str | None, dossiers: Sequence[Dossier]
    ) -> About:
        desk = self._desk
        seen = glance([telling_of(each, desk) for each in dossiers])
        place = seen.place
        area = area_of(place, desk.reader.names.gazetteer)
        cities = () if place is None else (place.city, *(each.city for each in place.candidates))
        named = (None if place is None else place.area, area, *cities)
        only = None
        if place is not None and len(place.candidates) == 1:
            only = place.candidates[0].name
        languages = (each.call.language for each in dossiers if each.finding is None)
        return About(
            incident_id=incident_id,
            reference=reference,
            dossiers=dossiers,
            areas=tuple(dict.fromkeys(each for each in named if each)),
            languages=tuple(dict.fromkeys(code for code in languages if code is not None)),
            place=only or area,
        )

    # When it is over

    def end_request(self, dispatch_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([dispatch_id])
        dispatch = self._desk.dispatcher.end(wanted, g.organizer.username, self._desk.clock())
        return self._back(dispatch, "request_ended")

    def resume_request(self, dispatch_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([dispatch_id])
        dispatch = self._desk.dispatcher.go_on(wanted, g.organizer.username, self._desk.clock())
        return self._back(dispatch, "request_goes_on")

    @staticmethod
    def _back(dispatch: Dispatch | None, said: str) -> ResponseReturnValue:
        if dispatch is None:
            abort(404)
        flash(json.dumps({"dispatch": dispatch.dispatch_id}), said)
        return redirect(url_for(".incident", incident_id=dispatch.incident_id), 303)

    # What an observer answers

    def observe(self, token: str) -> ResponseReturnValue:
        return self._answer_page(token)

    def answer_observe(self, token: str) -> ResponseReturnValue:
        ask_id = self._desk.dispatcher.links.notification_of(token)
        said, minutes = request.form.get("said", ""), request.form.get("minutes", "")
        if said not in set(Said) or (minutes and not minutes.isdecimal()):
            abort(400)
        in_minutes = int(minutes[:4]) if minutes else None
        if in_minutes is not None and (said != Said.COMING or in_minutes > LONGEST_AWAY):
            abort(400)
        if ask_id is not None:
            reply = Reply(Said(said), in_minutes)
            receive_reply(self._desk.store, ask_id=ask_id, reply=reply, at=self._desk.clock())
        return self._answer_page(token)

    def _answer_page(self, token: str) -> ResponseReturnValue:
        """Whoever has the link has it from the message: the page tells no more than that."""
        found = self._asked(token)
        if found is None:
            page = render_template("observe.html", ask=None, dispatch=None)
            return page, 404
        dispatch, ask, codes = found
        is_open = dispatch.is_open(self._desk.clock())
        words = self._desk.dispatcher.words
        page = render_template(
            "observe.html",
            token=token,
            ask=ask,
            dispatch=dispatch,
            at=dispatch.at.astimezone(self._desk.zone),
            is_open=is_open,
            minutes=MINUTES,
            safety=words.safety(codes),
            safety_language=words.language(codes),
        )
        return page, 200 if is_open else 410

    def _asked(self, token: str) -> tuple[Dispatch, Ask, tuple[str, ...]] | None:
        ask_id = self._desk.dispatcher.links.notification_of(token)
        if ask_id is None:
            return None
        with self._desk.store.read() as records:
            dispatch = records.observing.asked(ask_id)
            if dispatch is None:
                return None
            ask = next(each for each in dispatch.asks if each.ask_id == ask_id)
            person = records.people.person(ask.person_id)
        return dispatch, ask, () if person is None else person.languages


def add_observers(blueprint: Blueprint, desk: Desk) -> None:
    here = Observers(desk)
    shown: Mapping[str, View] = {
        "/incidents/<incident_id>/observers": here.ask_observers,
        "/r/<reference>/observers": here.ask_observers_of_report,
        "/observe/<token>": here.observe,
    }
    done: Mapping[str, View] = {
        "/incidents/<incident_id>/observers": here.send_request,
        "/r/<reference>/observers": here.send_request_of_report,
        "/requests/<dispatch_id>/end": here.end_request,
        "/requests/<dispatch_id>/end/undo": here.resume_request,
        "/observe/<token>": here.answer_observe,
    }
    add_pages(blueprint, shown, done)
