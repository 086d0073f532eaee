"""The family of somebody who was taken calls, and is not forgotten."""

from __future__ import annotations

import pytest

from reports.model import Handling, NotificationKind
from reports.services.review import handle
from simulator.spoken import spoken_call
from tests.stories.conftest import Line, heard

EN = spoken_call("en-lake-bloomington")
MINUTE = 60.0


def a_family_calls(line: Line) -> None:
    line.speech.outcomes = [heard("they took my brother this morning")]
    call = line.caller.dials().presses("1").presses("3").says(EN.where.path, then="#")
    call.hangs_up()
    line.works()
    line.time_passes(20)


def reminders(line: Line) -> list[str]:
    return [
        told.notification_id
        for told in line.dossier.notifications
        if told.kind is NotificationKind.REMINDER
    ]


def test_nobody_takes_them_up_and_who_is_on_call_is_told_once_more(line: Line) -> None:
    a_family_calls(line)
    before = len(line.texts)
    line.time_passes(28 * MINUTE)
    assert reminders(line) == []
    line.time_passes(3 * MINUTE)
    assert len(reminders(line)) == 1
    told = line.texts[before:]
    assert len(told) == 1
    assert told[0].body.startswith("UNVERIFIED · nobody has taken this up yet · ")
    assert f"/r/{line.dossier.report.reference}" in told[0].body
    line.time_passes(120 * MINUTE)
    assert len(line.texts) == before + 1, "a phone is not rung again and again"


def test_somebody_takes_them_up_and_nobody_is_told_again(line: Line) -> None:
    a_family_calls(line)
    before = len(line.texts)
    handle(
        line.adapters.store,
        reference=line.dossier.report.reference,
        to=Handling.ACKNOWLEDGED,
        who="ana",
        at=line.clock(),
    )
    line.time_passes(60 * MINUTE)
    assert len(line.texts) == before


def test_they_are_told_of_even_when_redis_lost_everything(line: Line) -> None:
    a_family_calls(line)
    line.loses_redis_contents()
    line.time_passes(31 * MINUTE)
    assert len(reminders(line)) == 1


@pytest.mark.line(take_up_within="family=5")
def test_a_group_sets_its_own_clock(line: Line) -> None:
    a_family_calls(line)
    line.time_passes(6 * MINUTE)
    assert len(reminders(line)) == 1


@pytest.mark.line(take_up_within="family=0")
def test_a_group_wants_no_clock(line: Line) -> None:
    a_family_calls(line)
    line.time_passes(300 * MINUTE)
    assert reminders(line) == []
