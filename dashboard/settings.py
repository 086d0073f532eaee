"""The pages of settings: what is set, who changed it last, and how to change it while the line
runs. What is kept where: docs/decisions/0035-settings.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.parts import View, add_pages, names_of
from dashboard.people import trial_lines
from dashboard.permissions import Permission, may
from dashboard.prompt_page import Progress, SpokenLanguage, progress_of, said_in
from dashboard.roster_page import person_of
from dashboard.settings_page import (
    OF_AREA,
    Area,
    Form,
    Hand,
    Refused,
    differs,
    language_rows,
    lines_of,
    question_rows,
    read_form,
)
from dashboard.setup import SetupPages
from dashboard.wording_page import changed_words, last_of_words
from oncall.roster import Roster
from oncall.ruling import CHANNELS, CLOCKS, Rules, written
from reports.model import FloodMode
from reports.ports import Records
from reports.services.pressure import switch_flood
from reports.services.settings import set_all, undo
from reports.settings import Change, Setting, last_hand, standing
from reports.wording import digits_in

OPENING = ("welcome", "choose_language", "safety")
"""What a caller hears before the questions."""
CLOSING = ("thanks", "your_reference", "after_report", "offer_text", "goodbye")
"""And after them."""


class SettingsPages:
    """The views."""

    def __init__(self, desk: Desk, setup: SetupPages) -> None:
        self._desk = desk
        self._setup = setup

    # What is shown

    def settings(self) -> str:
        desk, now = self._desk, self._desk.clock()
        rules = self._rules()
        spoken = desk.spoken_now()
        with desk.store.read() as records:
            hands = self._hands(records)
            changed = changed_words(spoken, records.settings.changes())
            roster = Roster.of(records.people, desk.zone)
            accounts = len(records.organizers())
            blocks = sum(block.holds(now) for block in records.blocks())
            flood = records.flood()
            progress = _progress(records, spoken)
            names = names_of(records)
            ways = {each.channel for each in roster.reaches}
        rows = language_rows(rules, spoken, progress)
        return render_template(
            "settings.html",
            hands=hands,
            people=len(roster.here(now)),
            shifts=sum(each.removed_at is None for each in roster.shifts),
            accounts=accounts,
            blocks=blocks,
            flood=flood,
            rules=rules,
            told=[row for row in rows if row.is_told and not row.lacks],
            lacking=[row for row in rows if row.is_told and row.lacks],
            ways=[name for name in CHANNELS if name in ways],
            changed=changed,
            questions=question_rows(rules, desk.questions),
            steps=self._setup.steps() if may(g.organizer.role, Permission.ADMIN) else (),
            names=names,
            today=local_day(now, desk),
        )

    def _hands(self, records: Records) -> dict[str, Hand]:
        """By area, who had a hand in it last."""
        found: dict[str, Hand] = {}

        def note(area: str, hands: Iterable[Hand]) -> None:
            last = max(hands, key=lambda hand: hand.at, default=None)
            if last is not None:
                found[area] = last

        people = records.people
        note("people", (Hand(one.changed_by, one.changed_at) for one in people.everybody()))
        shifts, covers = people.shifts(), people.covers()
        note(
            "roster",
            [
                *(Hand(one.made_by, one.made_at) for one in shifts),
                *(
                    Hand(one.removed_by, one.removed_at)
                    for one in shifts
                    if one.removed_by and one.removed_at
                ),
                *(Hand(one.who, one.at) for one in covers),
                *(
                    Hand(one.undone_by, one.undone_at)
                    for one in covers
                    if one.undone_by and one.undone_at
                ),
            ],
        )
        note("accounts", (Hand(one.who, one.at) for one in records.account_acts(limit=1)))
        note(
            "prompts",
            (
                Hand(one.who, one.at)
                for language in self._desk.spoken
                for one in records.prompt_choices(language.code)
            ),
        )
        note(
            "blocklist",
            [
                Hand(who, at)
                for one in records.blocks()
                for who, at in ((one.who, one.at), (one.undone_by, one.undone_at))
                if who is not None and at is not None
            ],
        )
        flood = records.flood()
        changes = records.settings.changes()
        words = last_of_words(changes)
        note("words", () if words is None else (Hand(*words),))
        hands = last_hand(changes)
        for area, settings in OF_AREA.items():
            note(area, (Hand(*hands[name]) for name in settings if name in hands))
        if flood is not None and flood.who is not None:
            note("mode", [Hand(flood.who, flood.at)])
        return found

    def setting_area(self, area: str) -> str:
        return self._area(_area(area))

    def _area(
        self,
        area: Area,
        *,
        refused: Refused | None = None,
        given: Form | None = None,
        confirm: Mapping[str, Any] | None = None,
    ) -> str:
        """`refused`: why what was `given` cannot be kept; `confirm`: what is asked before it is."""
        desk, now = self._desk, self._desk.clock()
        rules, as_set_up = self._rules(), desk.rulebook.as_set_up()
        spoken = desk.spoken_now()
        with desk.store.read() as records:
            changes = records.settings.changes()
            progress = _progress(records, spoken)
            names = names_of(records)
            flood = records.flood()
            roster = Roster.of(records.people, desk.zone)
            sent = records.settings.last_sent()
            me = person_of(roster, g.organizer.username, now)
            trials = trial_lines(records, roster, desk, me)
        return render_template(
            f"settings_{area}.html",
            area=area,
            rules=rules,
            as_set_up=as_set_up,
            differs=differs(area, rules, as_set_up),
            lines=lines_of(area, changes),
            hand=last_of_area(area, changes),
            known=_last_id(area, changes),
            rows=language_rows(rules, spoken, progress),
            questions=question_rows(rules, desk.questions),
            tell_of=lambda menu, key: [
                each for each in spoken if key in digits_in(each.text_of(menu) or "")
            ],
            channels=CHANNELS,
            configured=desk.channels,
            clocks=CLOCKS,
            sent={(one.channel, one.arrived): one for one in sent},
            counts={
                name: sum(each.channel == name for each in roster.reaches) for name in CHANNELS
            },
            me=me,
            trials=trials,
            flood=flood,
            refused=refused,
            given=given,
            confirm=confirm,
            names=names,
            today=local_day(now, desk),
        )

    def call_script(self) -> str:
        """What a caller hears, in one language."""
        desk = self._desk
        spoken = desk.spoken_now()
        codes = {language.code: language for language in spoken}
        wanted = request.args.get("language") or next(iter(codes), "")
        if wanted not in codes:
            abort(404)
        with desk.store.read() as records:
            current = records.current_takes(said_in(spoken))
        language = codes[wanted]
        rules = self._rules()
        known = {language.code: progress_of(language, current) for language in spoken}
        # In the order of the script, which the words have.
        asked = [name for name in language.words if name in desk.question_titles]

        def heard(prompt: str) -> str:
            if (wanted, prompt) in current:
                return "recorded"
            return "voice" if language.voiced else "missing"

        def lines(prompts: Iterable[str]) -> list[tuple[str, str, str]]:
            return [
                (prompt, language.words[prompt], heard(prompt))
                for prompt in prompts
                if prompt in language.words
            ]

        return render_template(
            "call_script.html",
            language=language,
            rows=language_rows(rules, spoken, known),
            off={
                each.question.id
                for each in question_rows(rules, desk.questions)
                if not each.is_asked
            },
            opening=lines(OPENING),
            questions=lines(asked),
            closing=lines(CLOSING),
        )

    # What is done

    def change_settings(self, area: str) -> ResponseReturnValue:
        wanted, desk = _area(area), self._desk
        rules = self._rules()
        form = request.form.to_dict(flat=False)
        spoken = desk.spoken_now()
        with desk.store.read() as records:
            progress = _progress(records, spoken)
            moved = _last_id(wanted, records.settings.changes()) != request.form.get("known", "0")
        if moved:
            flash(json.dumps({}), "settings_moved")
            return _back(wanted)
        heard = {each.code: not progress[each.code].missing for each in spoken}
        try:
            values = read_form(wanted, form, rules, desk.rulebook, heard, desk.questions)
        except Refused as refused:
            return self._area(wanted, refused=refused, given=form), 400
        return self._keep(wanted, values, rules)

    def reset_settings(self, area: str) -> ResponseReturnValue:
        """All of an area as the server was set up."""
        wanted, book = _area(area), self._desk.rulebook
        rules = self._rules()
        now, first = written(rules), written(book.as_set_up())
        values: dict[str, str | None] = {
            str(name): None for name in OF_AREA[wanted] if now[name] != first[name]
        }
        return self._keep(wanted, values, rules)

    def _keep(
        self, area: Area, values: Mapping[str, str | None], rules: Rules
    ) -> ResponseReturnValue:
        desk = self._desk
        if area is Area.RETENTION and values and request.form.get("confirmed") != "yes":
            text = values[Setting.RETAIN_CALLER_DAYS]
            keep = (
                desk.rulebook.as_set_up().keep_callers
                if text is None
                else timedelta(days=int(text))
            )
            if keep < rules.keep_callers:
                return self._confirm(keep, reset=text is None)
        made = set_all(desk.store, values=values, **self._by())
        desk.rulebook.forget()
        flash(json.dumps({"changes": made}), "settings_kept" if made else "settings_same")
        return _back(area)

    def _confirm(self, keep: timedelta, *, reset: bool = False, undoes: int | None = None) -> str:
        """How much would be forgotten, and that it cannot be brought back."""
        now = self._desk.clock()
        with self._desk.store.read() as records:
            much = records.count_callers(now - keep, now)
        asked = {"days": keep.days, "much": much, "reset": reset, "undoes": undoes}
        return self._area(Area.RETENTION, confirm=asked)

    def undo_settings(self, area: str) -> ResponseReturnValue:
        wanted, desk = _area(area), self._desk
        ids = [int(one) for one in request.form.getlist("change") if one.isdecimal()][:20]
        with desk.store.read() as records:
            changes = records.settings.changes()
        # Only what holds now: what lies under another change would not be seen to be undone.
        held = {change.change_id: change for change in standing(changes).values()}
        mine = [one for one in ids if one in held and held[one].name in OF_AREA[wanted]]
        if wanted is Area.RETENTION and mine and request.form.get("confirmed") != "yes":
            left = standing(one for one in changes if one.change_id not in mine)
            before = left.get(Setting.RETAIN_CALLER_DAYS)
            keep = (
                desk.rulebook.as_set_up().keep_callers
                if before is None or before.value is None
                else timedelta(days=int(before.value))
            )
            if keep < self._rules().keep_callers:
                return self._confirm(keep, undoes=mine[0])
        undone = undo(desk.store, change_ids=mine, **self._by())
        desk.rulebook.forget()
        flash(json.dumps({}), "settings_undone" if undone else "settings_moved")
        return _back(wanted)

    def flood_mode(self) -> ResponseReturnValue:
        try:
            mode = FloodMode(request.form.get("mode", ""))
        except ValueError:
            abort(400)
        switch_flood(self._desk.store, mode=mode, limits=self._desk.limits, **self._by())
        flash(json.dumps({}), "settings_mode")
        return _back(Area.FLOOD)

    def _rules(self) -> Rules:
        """As they stand in the database this moment: another process may have changed them."""
        self._desk.rulebook.forget()
        return self._desk.rulebook.now()

    def _by(self) -> dict[str, Any]:
        return {"who": g.organizer.username, "at": self._desk.clock()}


def add_settings(blueprint: Blueprint, desk: Desk) -> None:
    setup = SetupPages(desk)
    here = SettingsPages(desk, setup)
    one = "/settings/<area>"
    views: Mapping[str, View] = {
        "/settings": here.settings,
        "/settings/script": here.call_script,
        one: here.setting_area,
        "/setup": setup.setup,
        "/setup/part": setup.setup_part,
    }
    acts: Mapping[str, View] = {
        one: here.change_settings,
        f"{one}/as-set-up": here.reset_settings,
        f"{one}/undo": here.undo_settings,
        "/settings/flood/mode": here.flood_mode,
        "/setup/check": setup.check_line,
        "/setup/<step>/pass": setup.pass_step,
        "/setup/<step>/take-up": setup.take_up_step,
    }
    add_pages(blueprint, views, acts)
    blueprint.add_app_template_filter(json.loads, "told_settings")


def _progress(records: Records, spoken: Sequence[SpokenLanguage]) -> dict[str, Progress]:
    current = records.current_takes(said_in(spoken))
    return {each.code: progress_of(each, current) for each in spoken}


def last_of_area(area: Area, changes: Iterable[Change]) -> Hand | None:
    """Who had a hand in any setting of it last."""
    hands = last_hand(changes)
    mine = [Hand(*hands[name]) for name in OF_AREA[area] if name in hands]
    return max(mine, key=lambda hand: hand.at, default=None)


def _last_id(area: Area, changes: Iterable[Change]) -> str:
    """What the form of an area was shown with: after another change or undoing it is another."""
    mine = [one for one in changes if one.name in OF_AREA[area]]
    undone = sum(one.undone_at is not None for one in mine)
    return f"{mine[-1].change_id}-{undone}" if mine else "0"


def _area(name: str) -> Area:
    try:
        return Area(name)
    except ValueError:
        abort(404)


def _back(area: Area) -> ResponseReturnValue:
    return redirect(url_for(".setting_area", area=area), 303)
