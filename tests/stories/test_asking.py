"""Who is on call sleeps, and somebody else is asked; many call, and no phone is buried."""

from __future__ import annotations

import re
import uuid
from datetime import date, time, timedelta

import pytest

from oncall.escalation import FEW
from reports.model import Handling, NotificationKind, NotificationState, Verdict
from reports.people import Duty, Person, QuietHours, Reach, Shift, address_context
from reports.services.review import handle, judge
from simulator.spoken import spoken_call
from tests.stories.conftest import ORGANIZER, Line
from tests.stories.test_observers import Desk

CALL = spoken_call("en-lake-bloomington")
ANA, BO, ELI = "+16125550111", "+16125550112", "+16125550113"
MINUTE = 60.0


def takes_part(
    line: Line,
    handle: str,
    number: str,
    duty: Duty | None = None,
    *languages: str,
    quiet: str | None = None,
    is_emergency: bool = False,
    rings: bool = False,
) -> None:
    """A person of the group, with a telephone, around the clock where they have a duty."""
    at = line.clock() - timedelta(days=1)
    sealer = line.adapters.sealer
    with line.adapters.store.begin() as records:
        records.people.put_person(
            Person(handle, handle.capitalize(), at, "ana", languages, is_emergency=is_emergency)
        )
        for channel in ("sms", "voice") if rings else ("sms",):
            reach_id = uuid.uuid4().hex
            records.people.add_reach(
                Reach(
                    reach_id,
                    handle,
                    channel,
                    sealer.seal(number.encode(), address_context(reach_id)),
                    sealer.fingerprint(number),
                    None if quiet is None else QuietHours.parse(quiet),
                )
            )
        if duty is not None:
            every_day = frozenset(range(7))
            records.people.add_shift(
                Shift(handle, duty, date(2025, 1, 1), time(0), time(0), at, "ana", every_day)
            )


@pytest.fixture
def staffed(line: Line) -> Line:
    takes_part(line, "ana", ANA, Duty.PRIMARY, "en")
    takes_part(line, "bo", BO, Duty.BACKUP, "en")
    takes_part(line, "eli", ELI, is_emergency=True)
    return line


def somebody_calls(line: Line, place: str = "corner of Lake and Bloomington") -> str:
    """Now, and hangs up after the place. Returns the reference."""
    before = {dossier.report.reference for dossier in line.dossiers}
    line.speech.outcomes = [place]
    line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#").hangs_up()
    line.works()
    (new,) = {dossier.report.reference for dossier in line.dossiers} - before
    return new


def texts_to(line: Line, number: str) -> list[str]:
    return [text.body for text in line.network.inbox(number)]


def test_what_a_caller_says_makes_it_the_gravest_and_the_telephone_rings(line: Line) -> None:
    takes_part(line, "ana", ANA, Duty.PRIMARY, "en", rings=True)
    line.network.phone(ANA).answers("1")
    line.speech.outcomes = [
        "corner of Lake and Bloomington",
        "I see agents. They are handcuffing a man right here in front of me, right now.",
    ]
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#")
    while not call.is_over:
        if call.listens_to == "voice":
            call.says(CALL.where.path, then="#")
        else:
            call.waits()
    line.works()
    assert {each.channel for each in line.dossier.notifications} == {"sms", "voice"}
    (rung,) = [each for each in line.dossier.notifications if each.channel == "voice"]
    assert "Bloomington" in rung.body, "it says what was heard meanwhile"
    assert line.dossier.report.handling is Handling.ACKNOWLEDGED, "one key at the telephone"
    line.time_passes(30 * MINUTE)
    assert sum(each.channel == "voice" for each in line.dossier.notifications) == 1


def test_the_primary_sleeps_and_the_backup_is_asked_then_everybody(staffed: Line) -> None:
    line = staffed
    reference = somebody_calls(line)
    assert len(texts_to(line, ANA)) == 2, "the alert, and the place"
    assert texts_to(line, BO) == texts_to(line, ORGANIZER) == []
    line.time_passes(5 * MINUTE)
    (asked,) = texts_to(line, BO)
    assert asked.startswith("UNVERIFIED · nobody has answered yet · ")
    assert '"corner of Lake and Bloomington"' in asked
    assert f"ref {reference}" in asked
    line.time_passes(5.1 * MINUTE)
    assert len(texts_to(line, ELI)) == 1
    line.time_passes(5.1 * MINUTE)
    assert len(texts_to(line, ORGANIZER)) == 1, "the number of the settings is asked last"
    line.time_passes(5.1 * MINUTE)
    assert [texts_to(line, each)[-1].split(" · ")[1] for each in (ANA, BO, ELI, ORGANIZER)] == [
        "nobody has taken this up yet"
    ] * 4
    line.time_passes(60 * MINUTE)
    assert len(texts_to(line, ANA)) == 3, "and a phone is not rung again and again"


def test_the_backup_takes_it_up_and_the_primary_hears_who_has_it(staffed: Line) -> None:
    line = staffed
    reference = somebody_calls(line)
    line.time_passes(5 * MINUTE)
    handle(
        line.adapters.store,
        reference=reference,
        to=Handling.ACKNOWLEDGED,
        who="bo",
        at=line.clock(),
    )
    line.time_passes(6)
    assert texts_to(line, ANA)[-1].startswith("UNVERIFIED · Bo has it · ")
    assert len(texts_to(line, BO)) == 1
    line.time_passes(30 * MINUTE)
    assert texts_to(line, ELI) == []


def test_what_a_person_says_is_true_is_told_to_those_who_heard_of_it(staffed: Line) -> None:
    line = staffed
    reference = somebody_calls(line)
    judge(
        line.adapters.store,
        reference=reference,
        verdict=Verdict.CONFIRMED,
        who="bo",
        at=line.clock(),
    )
    line.time_passes(6)
    assert texts_to(line, ANA)[-1].startswith("CONFIRMED · ")
    assert texts_to(line, BO) == []


def test_escalation_survives_a_queue_that_lost_everything(staffed: Line) -> None:
    line = staffed
    somebody_calls(line)
    line.loses_redis_contents()
    line.time_passes(5 * MINUTE)
    assert len(texts_to(line, BO)) == 1


def test_many_call_about_the_same_and_no_phone_is_buried(staffed: Line) -> None:
    line = staffed
    for _ in range(12):
        somebody_calls(line, "East Lake Street and Bloomington Avenue in Minneapolis")
    one_by_one = [text for text in texts_to(line, ANA) if "update" not in text]
    assert len(one_by_one) == FEW
    held = [
        told
        for dossier in line.dossiers
        for told in dossier.notifications
        if told.state is NotificationState.HELD
    ]
    assert len(held) == 12 - FEW
    line.time_passes(2 * MINUTE)
    bundles = [text for text in texts_to(line, ANA) if " more" in text]
    assert bundles == [
        f"UNVERIFIED · 7 more about E Lake St & Bloomington Ave · {line.settings.public_url}/"
    ]
    kinds = [told.kind for dossier in line.dossiers for told in dossier.notifications]
    assert kinds.count(NotificationKind.BUNDLE) == 1
    assert len(line.dossiers) == 12, "and none is lost"


def test_the_gravest_of_many_does_not_wait_for_others(staffed: Line) -> None:
    line = staffed
    for _ in range(FEW):
        somebody_calls(line, "East Lake Street and Bloomington Avenue in Minneapolis")
    line.speech.outcomes = [
        "I am at Cedar Avenue and East 38th Street in Minneapolis",
        "I see them, they have two men in handcuffs on the ground right now",
    ]
    call = line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#")
    line.works()
    (held,) = line.dossiers[-1].notifications
    assert held.state is NotificationState.HELD, "nobody knows yet what it is"
    call.presses("2#").presses("1").says(CALL.what.path, then="#").hangs_up()
    line.works()
    reference = line.dossiers[-1].report.reference
    mine = [text for text in texts_to(line, ANA) if f"ref {reference}" in text]
    assert mine
    assert mine[0].startswith("UNVERIFIED · P1 · ")
    line.time_passes(3 * MINUTE)
    assert not any(" more" in text for text in texts_to(line, ANA)), "and it is not told again"


def test_nobody_is_left_out_because_they_were_told_with_others(staffed: Line) -> None:
    line = staffed
    for _ in range(FEW + 1):
        somebody_calls(line)
    line.time_passes(5.1 * MINUTE)
    assert len(texts_to(line, BO)) == FEW, "the sixth comes with others to Bo as well"
    line.time_passes(2.1 * MINUTE)
    assert " more " in texts_to(line, BO)[-1]


REAL = {
    9: ("Cedar Avenue and East 38th Street", "I see four agents, they have a man in handcuffs"),
    22: ("Nicollet Avenue and East 26th Street", "I see two agents, they are arresting a woman"),
    35: ("Chicago Avenue and East 28th Street", "I see them, they hold two men on the ground"),
}
"""Of forty calls: which see something, where and what."""


def test_forty_reports_in_ten_minutes_of_which_three_are_real(staffed: Line) -> None:
    line, real = staffed, []
    for number in range(40):
        before = {dossier.report.reference for dossier in line.dossiers}
        where, what = REAL.get(number, ("everybody says they are all over town", "ha ha ha"))
        line.speech.outcomes = [f"{where} in Minneapolis", f"{what} right now"]
        if number not in REAL:
            line.speech.outcomes = [where, what]
        phone = line.network.caller(f"+16125550{120 + number}")
        call = phone.dials().presses("1").presses("1").says(CALL.where.path, then="#")
        call.presses("4#").presses("1").says(CALL.what.path, then="#").hangs_up()
        line.works()
        (new,) = {dossier.report.reference for dossier in line.dossiers} - before
        if number in REAL:
            real.append(new)
        line.time_passes(15)
    assert len(line.dossiers) == 40, "none is lost"

    texts = texts_to(line, ANA)
    assert len(texts) < 40, "a phone is not buried"
    for reference in real:
        alone = [text for text in texts if f"ref {reference}" in text]
        assert any("P1" in text for text in alone), "what is real is told by itself, and at once"

    listed = re.findall(r"<li id=row-(\d+) ", Desk(line).get("/"))
    assert set(listed[:3]) == set(real), "and stands above all others"
