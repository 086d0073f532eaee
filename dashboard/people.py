"""The pages of people: who is told of reports, in which languages, and how each is reached.

An address is shown to that person alone, and to those who administer the line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
)
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.fingerprint import fingerprint
from dashboard.inbox import local_day
from dashboard.parts import NotPermitted, View, add_pages, admins, names_of, part
from dashboard.people_page import PersonRow, TrialLine, person_rows, reach_lines
from dashboard.permissions import Permission, may
from dashboard.roster_feed import Feeds
from dashboard.roster_page import AHEAD, person_of, slots_of
from oncall.roster import Roster, turns
from reports.model import Organizer
from reports.people import Person
from reports.ports import Records
from reports.services.people import (
    About,
    ChannelName,
    NoSuchPerson,
    NoSuchReach,
    PersonRefused,
    add_person,
    change_person,
    change_quiet,
    come_back,
    give_reach,
    leave,
    parse_quiet,
    renew_feed,
    set_pin,
    take_reach,
)
from reports.services.trials import NoSuchReach as NoSuchWay
from reports.services.trials import TooMany, ask_for_trial


class PeoplePages:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # What is shown

    def people(self) -> str:
        now = self._desk.clock()
        roster = self._roster()
        ahead = [(turn.person_id, turn.begins) for turn in turns(roster, now, now + AHEAD)]
        rows = person_rows(roster, ahead)

        def left(row: PersonRow) -> bool:
            return row.person not in roster.here(now)

        return render_template(
            "people.html",
            here=[row for row in rows if not left(row)],
            gone=[row for row in rows if left(row)],
            me=person_of(roster, g.organizer.username, now),
            today=local_day(now, self._desk),
        )

    def new_person(self) -> str:
        """With what is known of whoever asks, if they put themselves among the people."""
        organizer: Organizer = g.organizer
        me = {
            "handle": organizer.username,
            "name": organizer.display_name,
            "username": organizer.username,
        }
        return self._new(me if request.args.get("me") else {})

    def person(self, person_id: str) -> str:
        return self._page(person_id)

    def _new(self, given: Mapping[str, Any], refused: str | None = None) -> str:
        return render_template(
            "person_new.html", given=given, refused=refused, **self._choices(None)
        )

    def _page(
        self,
        person_id: str,
        *,
        refused: str | None = None,
        form: str = "",
        given: Mapping[str, Any] | None = None,
    ) -> str:
        """`refused`: what cannot be kept of what was sent by `form`, with what was `given`."""
        now = self._desk.clock()
        roster = self._roster()
        person = roster.person(person_id)
        if person is None:
            abort(404)
        is_own = person.username == g.organizer.username
        reaches = [each for each in roster.reaches if each.person_id == person_id]
        with self._desk.store.read() as records:
            tries = records.people.pin_tries(person_id)
        return render_template(
            "person.html",
            shut_until=tries.shut_until if tries is not None and tries.is_shut(now) else None,
            person=person,
            is_own=is_own,
            may_change=is_own or may(g.organizer.role, Permission.MANAGE),
            may_set_pin=is_own or may(g.organizer.role, Permission.ADMIN),
            has_left=person not in roster.here(now),
            reaches=reach_lines(
                reaches,
                self._desk.sealer,
                is_whole=is_own or may(g.organizer.role, Permission.ADMIN),
            ),
            slots=slots_of(roster, now, now + AHEAD, person, now),
            feeds=self._feeds(person) if is_own else None,
            channels=ChannelName,
            push_key=self._desk.push_key,
            refused=refused,
            form=form,
            kept=_form_of(person),
            given=_form_of(person) if given is None else given,
            sent={} if given is None else given,
            today=local_day(now, self._desk),
            **self._choices(person),
        )

    def _choices(self, person: Person | None) -> dict[str, Any]:
        """What the form about a person offers."""
        spoken = [language.code for language in self._desk.spoken]
        with self._desk.store.read() as records:
            organizers = records.organizers()
            taken = {
                one.username
                for one in records.people.everybody()
                if person is None or one.person_id != person.person_id
            }
            names = names_of(records)
        return {
            "spoken": spoken,
            "accounts": [one for one in organizers if one.username not in taken],
            "names": names,
        }

    def _feeds(self, person: Person) -> dict[str, str]:
        secret = current_app.secret_key
        feeds = Feeds(secret.decode() if isinstance(secret, bytes) else str(secret))
        return {
            which: address_of(
                ".roster_feed", token=feeds.token(person, is_all=which == "all"), _external=True
            )
            for which in ("mine", "all")
        }

    def person_trials(self, person_id: str) -> str:
        return render_template("person_trials.html", **self._trials(person_id))

    def person_trials_part(self, person_id: str) -> Response:
        shown = self._trials(person_id)
        return part("_trials.html", fingerprint(shown["trials"]), **shown)

    def _trials(self, person_id: str) -> dict[str, Any]:
        with self._desk.store.read() as records:
            roster = Roster.of(records.people, self._desk.zone)
            person = roster.person(person_id)
            if person is None:
                abort(404)
            self._own_or(person, Permission.MANAGE)
            lines = trial_lines(records, roster, self._desk, person)
        return {
            "person": person,
            "is_own": person.username == g.organizer.username,
            "trials": lines,
            "today": local_day(self._desk.clock(), self._desk),
        }

    # What is done

    def send_person_trial(self, person_id: str, reach_id: str) -> ResponseReturnValue:
        """By the very channel that alerts go by."""
        person = self._roster().person(person_id)
        if person is None:
            abort(404)
        self._own_or(person, Permission.MANAGE)
        try:
            ask_for_trial(
                self._desk.store,
                self._desk.queue,
                person_id=person_id,
                reach_id=reach_id,
                **self._by(),
            )
        except TooMany:
            flash(person_id, "trial_too_many")
        except NoSuchWay:
            flash(person_id, "trial_gone")
        back = request.form.get("back", "")
        if back == "setup" and may(g.organizer.role, Permission.ADMIN):
            return redirect(address_of(".setup", _anchor="reached"), 303)
        if back == "settings" and may(g.organizer.role, Permission.MANAGE):
            return redirect(address_of(".setting_area", area="channels", _anchor="mine"), 303)
        return redirect(address_of(".person_trials", person_id=person_id), 303)

    def _own_or(self, person: Person, of_others: Permission) -> None:
        """Raises: NotPermitted."""
        if person.username != g.organizer.username:
            self._needs(of_others)

    def add_new_person(self) -> ResponseReturnValue:
        form = request.form
        if form.get("username", "") != g.organizer.username:
            self._needs(Permission.MANAGE)
        try:
            person = add_person(
                self._desk.store, person_id=form.get("handle", ""), about=_about(), **self._by()
            )
        except PersonRefused as refused:
            return self._new(_given(), str(refused.why)), 400
        return _told(person.person_id, "added")

    def change_about(self, person_id: str) -> ResponseReturnValue:
        return self._change(
            person_id,
            "changed",
            "about",
            lambda: change_person(
                self._desk.store, person_id=person_id, about=_about(), **self._by()
            ),
        )

    def person_leaves(self, person_id: str) -> ResponseReturnValue:
        return self._change(
            person_id,
            "left",
            "leave",
            lambda: leave(self._desk.store, person_id=person_id, **self._by()),
        )

    def person_returns(self, person_id: str) -> ResponseReturnValue:
        return self._change(
            person_id,
            "back",
            "leave",
            lambda: come_back(self._desk.store, person_id=person_id, **self._by()),
        )

    def give_person_reach(self, person_id: str) -> ResponseReturnValue:
        form = request.form
        return self._change(
            person_id,
            "reach_given",
            "reach",
            lambda: give_reach(
                self._desk.store,
                self._desk.sealer,
                person_id=person_id,
                channel=form.get("channel", ""),
                address=form.get("address", ""),
                quiet=parse_quiet(form.get("quiet_begin", ""), form.get("quiet_end", "")),
                hotline=self._desk.hotline_number,
                **self._by(),
            ),
        )

    def set_reach_quiet(self, person_id: str, reach_id: str) -> ResponseReturnValue:
        form = request.form
        return self._change(
            person_id,
            "quiet_set",
            f"quiet-{reach_id}",
            lambda: change_quiet(
                self._desk.store,
                person_id=person_id,
                reach_id=reach_id,
                quiet=parse_quiet(form.get("quiet_begin", ""), form.get("quiet_end", "")),
                **self._by(),
            ),
        )

    def take_person_reach(self, person_id: str, reach_id: str) -> ResponseReturnValue:
        return self._change(
            person_id,
            "reach_taken",
            "reach",
            lambda: take_reach(
                self._desk.store, person_id=person_id, reach_id=reach_id, **self._by()
            ),
        )

    def set_person_pin(self, person_id: str) -> ResponseReturnValue:
        pin = None if request.form.get("none") else request.form.get("pin", "").strip()
        return self._change(
            person_id,
            "pin_set" if pin is not None else "pin_gone",
            "pin",
            lambda: set_pin(
                self._desk.store, self._desk.sealer, person_id=person_id, pin=pin, **self._by()
            ),
            of_others=Permission.ADMIN,
        )

    def new_feed(self, person_id: str) -> ResponseReturnValue:
        return self._change(
            person_id,
            "feed_renewed",
            "feed",
            lambda: renew_feed(self._desk.store, person_id=person_id, **self._by()),
            of_others=Permission.ADMIN,
        )

    def _change(
        self,
        person_id: str,
        what: str,
        form: str,
        do: Callable[[], object],
        of_others: Permission = Permission.MANAGE,
    ) -> ResponseReturnValue:
        """`of_others`: what it asks for when the person is somebody else."""
        person = self._roster().person(person_id)
        if person is not None and person.username != g.organizer.username:
            self._needs(of_others)
        try:
            do()
        except PersonRefused as refused:
            page = self._page(person_id, refused=str(refused.why), form=form, given=_given())
            return page, 400
        except NoSuchPerson:
            abort(404)
        except NoSuchReach:
            what = "reach_gone"
        return _told(person_id, what)

    def _needs(self, permission: Permission) -> None:
        """What is one's own needs nothing more; what is others' does.

        Raises:
            NotPermitted.
        """
        if not may(g.organizer.role, permission):
            raise NotPermitted(permission, admins(self._desk))

    def _by(self) -> dict[str, Any]:
        return {"who": g.organizer.username, "at": self._desk.clock()}

    def _roster(self) -> Roster:
        with self._desk.store.read() as records:
            return Roster.of(records.people, self._desk.zone)


def add_people(blueprint: Blueprint, desk: Desk) -> None:
    here = PeoplePages(desk)
    one = "/people/<person_id>"
    views: Mapping[str, View] = {
        "/people": here.people,
        "/people/new": here.new_person,
        one: here.person,
        f"{one}/tests": here.person_trials,
        f"{one}/tests/part": here.person_trials_part,
    }
    acts: Mapping[str, View] = {
        "/people": here.add_new_person,
        one: here.change_about,
        f"{one}/left": here.person_leaves,
        f"{one}/back": here.person_returns,
        f"{one}/reaches": here.give_person_reach,
        f"{one}/reaches/<reach_id>/quiet": here.set_reach_quiet,
        f"{one}/reaches/<reach_id>/gone": here.take_person_reach,
        f"{one}/reaches/<reach_id>/test": here.send_person_trial,
        f"{one}/pin": here.set_person_pin,
        f"{one}/feed": here.new_feed,
    }
    add_pages(blueprint, views, acts)
    # At the root, and not beside the other scripts: what it may do is bounded by where it stands.
    blueprint.add_url_rule(
        "/service-worker.js",
        "service_worker",
        lambda: blueprint.send_static_file("service-worker.js"),
        methods=["GET"],
    )


def trial_lines(
    records: Records, roster: Roster, desk: Desk, person: Person | None
) -> tuple[TrialLine, ...]:
    """Each way to reach somebody, with what became of the last test message by it."""
    if person is None:
        return ()
    mine = [each for each in roster.reaches if each.person_id == person.person_id]
    is_whole = person.username == g.organizer.username or may(g.organizer.role, Permission.ADMIN)
    last = records.settings.last_trials()
    return tuple(
        TrialLine(line, person.person_id, last.get(line.reach_id), line.channel in desk.channels)
        for line in reach_lines(mine, desk.sealer, is_whole=is_whole)
    )


def _about() -> About:
    form = request.form
    return About(
        name=form.get("name", ""),
        languages=(*form.getlist("languages"), *_listed(form.get("more_languages", ""))),
        username=form.get("username") or None,
        is_emergency="is_emergency" in form,
        observes="observes" in form,
        areas=_listed(form.get("areas", "")),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _given() -> dict[str, Any]:
    """What was sent, but digits and addresses: those are typed anew."""
    form = request.form
    return {
        **{name: form[name] for name in form if name not in ("csrf_token", "pin", "address")},
        "languages": form.getlist("languages"),
    }


def _form_of(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "languages": list(person.languages),
        "more_languages": "",
        "username": person.username or "",
        "is_emergency": person.is_emergency,
        "observes": person.observes,
        "areas": ", ".join(person.areas),
    }


def _told(person_id: str, what: str) -> ResponseReturnValue:
    flash(json.dumps({}), f"person_{what}")
    return redirect(address_of(".person", person_id=person_id), 303)
