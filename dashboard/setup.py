"""The pages of the guided set-up."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import Any, Final

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.fingerprint import fingerprint
from dashboard.inbox import local_day
from dashboard.parts import names_of, part
from dashboard.people import trial_lines
from dashboard.prompt_page import progress_of, said_in
from dashboard.roster_page import person_of
from dashboard.settings_page import language_rows
from dashboard.setup_page import (
    ALWAYS_ASKED,
    Gap,
    Seen,
    Step,
    StepLine,
    call_of,
    checks_of,
    is_finished,
    plain_checks,
    steps_of,
)
from oncall.roster import Roster, uncovered
from reports.people import Duty
from reports.services.settings import set_all
from reports.settings import Change, TrialState, of_setup, standing

AHEAD: Final = timedelta(hours=24)
FRESH: Final = timedelta(hours=1)
"""How long a look at provider and webhooks is good for."""
LOOKED_AT: Final = 50
"""Reports among which the test call is looked for."""
LOOKED: Final = of_setup("looked")
"""The name under which it is kept what was found when the line was looked over."""
LONGEST_CALL: Final = timedelta(hours=1)


class SetupPages:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looking = Lock()

    def setup(self) -> str:
        return render_template("setup.html", **self._shown())

    def setup_part(self) -> Response:
        shown = self._shown()
        return part("_setup.html", shown["etag"], **shown)

    def steps(self) -> tuple[StepLine, ...]:
        return steps_of(self._seen())

    def _shown(self) -> dict[str, Any]:
        desk, now = self._desk, self._desk.clock()
        seen = self._seen()
        lines = steps_of(seen)
        with desk.store.read() as records:
            names = names_of(records)
            roster = Roster.of(records.people, desk.zone)
            me = person_of(roster, g.organizer.username, now)
            trials = trial_lines(records, roster, desk, me)
        return {
            "seen": seen,
            "lines": lines,
            "finished": is_finished(lines),
            "trials": trials,
            "can_check": desk.checks is not None,
            "names": names,
            "today": local_day(now, desk),
            "etag": fingerprint((seen, lines, trials)),
        }

    def _seen(self) -> Seen:
        desk, now, username = self._desk, self._desk.clock(), g.organizer.username
        spoken = desk.spoken_now()
        rules = desk.rulebook.now()
        with desk.store.read() as records:
            roster = Roster.of(records.people, desk.zone)
            me = person_of(roster, username, now)
            mine = () if me is None else records.settings.trials_of(me.person_id)
            current = records.current_takes(said_in(spoken))
            progress = {each.code: progress_of(each, current) for each in spoken}
            rows = language_rows(rules, spoken, progress)
            on = [row for row in rows if row.is_told]
            kept = standing(records.settings.changes())
            looked = kept.get(LOOKED)
            if looked is not None and not timedelta() <= now - looked.at < FRESH:
                looked = None
            return Seen(
                factor_required=desk.second_factor_required,
                has_factor=username in records.with_second_factor(),
                others=sum(
                    one.username != username and one.suspended_at is None
                    for one in records.organizers()
                ),
                invited=sum(one.holds(now) for one in records.invitations()),
                person_id=None if me is None else me.person_id,
                reaches=sum(me is not None and r.person_id == me.person_id for r in roster.reaches),
                trial=TrialState.DELIVERED
                if any(one.state is TrialState.DELIVERED for one in mine)
                else mine[0].state
                if mine
                else None,
                gaps=tuple(
                    # What moves with the clock is no news.
                    Gap(
                        None if gap.begins <= now else gap.begins,
                        None if gap.ends >= now + AHEAD else gap.ends,
                    )
                    for gap in uncovered(roster, now, now + AHEAD, Duty.PRIMARY)
                ),
                told=tuple(row.language.name for row in on if not row.lacks),
                lacking=tuple((row.language.code, row.language.name) for row in on if row.lacks),
                checks=() if looked is None else checks_of(looked.value or "[]"),
                checked_at=None if looked is None else looked.at,
                call=call_of(
                    records.dossiers(limit=LOOKED_AT),
                    any(
                        call.started_at > now - LONGEST_CALL
                        for call in records.calls_in_progress(now + timedelta(seconds=1))
                    ),
                ),
                passed=tuple(
                    step
                    for step in Step
                    if (change := kept.get(of_setup(step))) and change.value == "yes"
                ),
            )

    def check_line(self) -> ResponseReturnValue:
        """Asks the provider and the line's own address; takes seconds."""
        if self._desk.checks is None:
            abort(404)
        if self._looking.acquire(blocking=False):
            try:
                found = tuple(self._desk.checks())
            finally:
                self._looking.release()
            with self._desk.store.begin() as records:
                # Kept, for the next request may come to another process.
                records.settings.add_change(
                    Change(LOOKED, plain_checks(found), self._desk.clock(), g.organizer.username)
                )
        return _back(Step.PROVIDER)

    def pass_step(self, step: str) -> ResponseReturnValue:
        wanted = _step(step)
        if wanted in ALWAYS_ASKED or (wanted is Step.FACTOR and self._desk.second_factor_required):
            abort(400)
        return self._note(wanted, "yes", "passed")

    def take_up_step(self, step: str) -> ResponseReturnValue:
        return self._note(_step(step), None, "taken_up")

    def _note(self, step: Step, value: str | None, said: str) -> ResponseReturnValue:
        set_all(
            self._desk.store,
            values={of_setup(step): value},
            who=g.organizer.username,
            at=self._desk.clock(),
        )
        flash(step.value, f"setup_{said}")
        return _back(step)


def _step(name: str) -> Step:
    try:
        return Step(name)
    except ValueError:
        abort(404)


def _back(step: Step) -> ResponseReturnValue:
    return redirect(url_for(".setup", _anchor=step.value), 303)
