"""The pages of the roster: who is on call now and in two weeks, what is missing, and how turns
change hands. Each view reads, has `roster_page` decide what to show, and renders it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from babel.dates import format_skeleton, format_time, get_day_names
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
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.parts import View, add_pages, ids_of, names_of
from dashboard.roster_feed import Feeds, calendar_of, scoped
from dashboard.roster_page import (
    PRESETS,
    person_of,
    roster_page,
    suggested_plan,
    then,
    turn_page,
)
from oncall.roster import Roster, instant
from reports.people import Duty, Shift
from reports.services.roster import (
    NoSuchTurn,
    Plan,
    ShiftRefused,
    TurnId,
    TurnMoved,
    Why,
    add_shift,
    change_shift,
    give_up_turn,
    put_back_shift,
    remove_shift,
    swap_turns,
    take_turn,
    undo_covers,
)

FEED = "roster_feed"
"""The view that needs no login: calendars bear none. Its address is the key."""


class RosterPages:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # What is shown

    def roster(self) -> str:
        now = self._desk.clock()
        roster, names = self._roster()
        languages = [language.code for language in self._desk.spoken]
        page = roster_page(roster, languages, g.organizer.username, now)
        return render_template(
            "roster.html", page=page, names=names, today=local_day(now, self._desk)
        )

    def roster_then(self) -> ResponseReturnValue:
        """As the roster stood at an instant that the form names by the group's clock."""
        now = self._desk.clock()
        try:
            day, wall = _day(request.args.get("on", "")), _time(request.args.get("at", ""))
        except ValueError:
            return render_template("roster_then.html", answer=None, today=self._today()), 400
        roster, _ = self._roster()
        answer = then(roster, instant(day, wall, self._desk.zone), now)
        return render_template("roster_then.html", answer=answer, today=self._today())

    def new_shift(self) -> str:
        """With the times of a preset, or those that the address names."""
        roster, _ = self._roster()
        me = person_of(roster, g.organizer.username, self._desk.clock())
        preset = request.args.get("preset", "")
        plan = suggested_plan(preset, "" if me is None else me.person_id, self._today())
        given = {**_form_of(plan), **{name: request.args[name] for name in _FREE & {*request.args}}}
        return self._form(roster, given, preset=preset)

    def roster_shift(self, shift_id: str) -> str:
        roster, _ = self._roster()
        shift = _shift(roster, shift_id)
        return self._form(roster, _form_of(Plan.of(shift)), shift=shift)

    def roster_turn(self, shift_id: str, on: str) -> str:
        roster, names = self._roster()
        page = turn_page(
            roster,
            _shift(roster, shift_id),
            _turn_id(shift_id, on).on,
            g.organizer.username,
            self._desk.clock(),
        )
        if page is None:
            abort(404)
        return render_template(
            "roster_turn.html", page=page, names=names, today=self._today().isoformat()
        )

    def _form(
        self,
        roster: Roster,
        given: Mapping[str, Any],
        *,
        preset: str = "",
        shift: Shift | None = None,
        refused: str | None = None,
    ) -> str:
        with self._desk.store.read() as records:
            names = names_of(records)
        return render_template(
            "roster_shift.html",
            given=given,
            shift=shift,
            refused=refused,
            people=roster.here(self._desk.clock()),
            presets=PRESETS,
            preset=preset,
            duties=Duty,
            names=names,
            today=self._today().isoformat(),
        )

    # Shifts

    def put_on_shift(self) -> ResponseReturnValue:
        return self._put(
            None, lambda plan, by: add_shift(self._desk.store, plan=plan, **by), "put_on"
        )

    def change_roster_shift(self, shift_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([shift_id])
        return self._put(
            wanted,
            lambda plan, by: change_shift(self._desk.store, shift_id=wanted, plan=plan, **by),
            "shift_changed",
        )

    def _put(
        self,
        shift_id: int | None,
        put: Callable[[Plan, Mapping[str, Any]], int],
        what: str,
    ) -> ResponseReturnValue:
        try:
            put_on = put(_plan(request.form), self._by_whom())
        except ShiftRefused as refused:
            return self._refused(shift_id, refused.why), 400
        except ValueError:
            return self._refused(shift_id, "unreadable"), 400
        except NoSuchTurn:
            return self._told("gone")
        return self._told(what, shift=put_on)

    def _refused(self, shift_id: int | None, why: str) -> str:
        roster, _ = self._roster()
        given = {**request.form, "weekdays": request.form.getlist("weekdays")}
        shift = None if shift_id is None else _shift(roster, str(shift_id))
        return self._form(roster, given, shift=shift, refused=why)

    def take_off_shift(self, shift_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([shift_id])
        by = self._by_whom()
        return self._done(
            "taken_off",
            lambda: remove_shift(self._desk.store, shift_id=wanted, who=by["who"], at=by["at"]),
            shift=wanted,
        )

    def put_back(self, shift_id: str) -> ResponseReturnValue:
        (wanted,) = ids_of([shift_id])
        return self._done(
            "put_back",
            lambda: put_back_shift(self._desk.store, shift_id=wanted, **self._by_whom()),
        )

    # Turns

    def give_up(self, shift_id: str, on: str) -> ResponseReturnValue:
        turn = _turn_id(shift_id, on)
        return self._done(
            "given_up", lambda: give_up_turn(self._desk.store, turn=turn, **self._by_whom())
        )

    def take(self, shift_id: str, on: str) -> ResponseReturnValue:
        turn = _turn_id(shift_id, on)
        person_id = request.form.get("person", "")
        return self._done(
            "taken",
            lambda: take_turn(self._desk.store, turn=turn, person_id=person_id, **self._by_whom()),
        )

    def swap(self, shift_id: str, on: str) -> ResponseReturnValue:
        one = _turn_id(shift_id, on)
        other_shift, _, other_on = request.form.get("with", "").partition(" ")
        other = _turn_id(other_shift, other_on)
        return self._done(
            "swapped",
            lambda: swap_turns(self._desk.store, one=one, other=other, **self._by_whom()),
        )

    def undo_arranged(self) -> ResponseReturnValue:
        covers = ids_of(request.form.getlist("cover"))
        by = self._by_whom()
        return self._done(
            "undone",
            lambda: undo_covers(self._desk.store, cover_ids=covers, who=by["who"], at=by["at"]),
        )

    def _done(
        self,
        what: str,
        do: Callable[[], int | Sequence[int] | bool | None],
        shift: int | None = None,
    ) -> ResponseReturnValue:
        """Does it, and says what came of it on the roster, with one press to undo it."""
        try:
            done = do()
        except ShiftRefused as refused:
            return self._told("refused", why=str(refused.why))
        except TurnMoved as moved:
            with self._desk.store.read() as records:
                names = names_of(records)
            who = None if moved.last is None else names.get(moved.last.who, moved.last.who)
            return self._told("moved", who=who)
        except NoSuchTurn:
            return self._told("gone")
        if not done:
            return self._told("already")
        covers = [] if isinstance(done, bool) else [done] if isinstance(done, int) else list(done)
        return self._told(what, shift=shift, covers=covers)

    def _told(self, what: str, **told: Any) -> ResponseReturnValue:
        flash(json.dumps(told), f"roster_{what}")
        return redirect(url_for(".roster"), 303)

    # The calendar

    def roster_feed(self, token: str) -> Response:
        """Turns as a calendar; whoever has the address needs no login."""
        scope = Feeds(_secret()).read(token)
        roster, _ = self._roster()
        person = None if scope is None else scoped(roster, scope, self._desk.clock())
        if scope is None or person is None:
            abort(404)
        calendar = calendar_of(
            roster,
            None if scope.is_all else person,
            self._desk.clock(),
            request.host,
            lambda turn, who: render_template("roster_event.txt", turn=turn, who=who).strip(),
        )
        return Response(
            calendar,
            mimetype="text/calendar",
            headers={"Content-Disposition": "inline; filename=roster.ics"},
        )

    # What all of them need

    def _roster(self) -> tuple[Roster, Mapping[str, str]]:
        with self._desk.store.read() as records:
            return Roster.of(records.people, self._desk.zone), names_of(records)

    def _today(self) -> date:
        return self._desk.clock().astimezone(self._desk.zone).date()

    def _by_whom(self) -> dict[str, Any]:
        return {"who": g.organizer.username, "at": self._desk.clock(), "today": self._today()}


def add_roster(blueprint: Blueprint, desk: Desk) -> None:
    here = RosterPages(desk)
    views: Mapping[str, View] = {
        "/roster": here.roster,
        "/roster/then": here.roster_then,
        "/roster/new": here.new_shift,
        "/roster/shifts/<shift_id>": here.roster_shift,
        "/roster/turns/<shift_id>/<on>": here.roster_turn,
        "/roster/<token>.ics": here.roster_feed,
    }
    acts: Mapping[str, View] = {
        "/roster/shifts": here.put_on_shift,
        "/roster/shifts/<shift_id>": here.change_roster_shift,
        "/roster/shifts/<shift_id>/off": here.take_off_shift,
        "/roster/shifts/<shift_id>/back": here.put_back,
        "/roster/turns/<shift_id>/<on>/open": here.give_up,
        "/roster/turns/<shift_id>/<on>/taken": here.take,
        "/roster/turns/<shift_id>/<on>/swapped": here.swap,
        "/roster/covers/undo": here.undo_arranged,
    }
    add_pages(blueprint, views, acts)

    def day(at: date) -> str:
        """Of an instant, by the group's clock."""
        local = at.astimezone(desk.zone).date() if isinstance(at, datetime) else at
        return format_skeleton("MMMEd", local, locale=get_locale() or "en")

    def clock(at: time) -> str:
        return format_time(_wall(at, desk), "short", locale=get_locale() or "en")

    def weekday(number: int) -> str:
        return str(get_day_names("abbreviated", locale=get_locale() or "en")[number])

    blueprint.add_app_template_filter(day, "day")
    blueprint.add_app_template_filter(clock, "clock")
    blueprint.add_app_template_filter(weekday, "weekday")


_FREE = frozenset({"first_on", "begins", "ends"})
"""What an address may put into the form of a new shift."""


def _wall(at: time | datetime, desk: Desk) -> time:
    return at.astimezone(desk.zone).time() if isinstance(at, datetime) else at


def _secret() -> str:
    secret = current_app.secret_key
    return secret.decode() if isinstance(secret, bytes) else str(secret)


def _shift(roster: Roster, shift_id: str) -> Shift:
    (wanted,) = ids_of([shift_id])
    for shift in roster.shifts:
        if shift.shift_id == wanted:
            return shift
    abort(404)


def _turn_id(shift_id: str, on: str) -> TurnId:
    (wanted,) = ids_of([shift_id])
    try:
        return TurnId(wanted, _day(on))
    except ValueError:
        abort(404)


def _plan(form: Mapping[str, str]) -> Plan:
    """Raises:
    ValueError: a day, a time or a duty is missing or none.
    ShiftRefused: nobody is named.
    """
    if not form.get("person"):
        raise ShiftRefused(Why.WHO)
    days = request.form.getlist("weekdays")
    weekdays = frozenset(int(day) for day in days if day in tuple("0123456"))
    last_on = form.get("last_on", "").strip()
    return Plan(
        form["person"],
        Duty(form.get("duty", "")),
        _day(form.get("first_on", "")),
        _time(form.get("begins", "")),
        _time(form.get("ends", "")),
        weekdays,
        _day(last_on) if last_on else None,
    )


def _form_of(plan: Plan) -> dict[str, Any]:
    """As the form has it."""
    return {
        "person": plan.person_id,
        "duty": plan.duty,
        "first_on": plan.first_on.isoformat(),
        "begins": f"{plan.begins:%H:%M}",
        "ends": f"{plan.ends:%H:%M}",
        "weekdays": [str(day) for day in sorted(plan.weekdays)],
        "last_on": "" if plan.last_on is None else plan.last_on.isoformat(),
    }


def _day(text: str) -> date:
    """Of these years: what is typed wrong is none."""
    day = date.fromisoformat(text.strip())
    if not 2000 <= day.year < 2200:
        raise ValueError("no day of these years")
    return day


def _time(text: str) -> time:
    return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
