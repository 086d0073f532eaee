"""A day of pranks, as those who call live through it: everybody is recorded, and nobody's phone is
rung for the hundredth laugh."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.languages import load_prompts
from reports.model import (
    Admission,
    Attestation,
    CallState,
    FloodMode,
    RecordingState,
    Verdict,
)
from reports.services.blocks import admit_after_all, block_caller
from reports.services.pressure import digits_to_press, switch_flood
from reports.services.review import judge
from simulator.caller import PhoneCall
from simulator.spoken import line_sound, spoken_call
from tests.stories.conftest import CALLER, Line

EN = spoken_call("en-lake-bloomington")
STREET = line_sound("street-noise")
WITNESS = "+16125550143"
pytestmark = pytest.mark.line(
    caller_calls_an_hour=2, withheld_calls_an_hour=3, flood_calls=5, flood_check=True
)
PRESS_THESE = {
    language.code: language.words["digits_check"]
    for language in load_prompts(Path("prompts")).languages
}


def says_where(call: PhoneCall) -> PhoneCall:
    """To the end of the short script."""
    return call.presses("1").says(EN.where.path, then="#").hangs_up()


def becomes_a_nuisance(line: Line) -> None:
    for _ in range(2):
        line.caller.dials(hangs_up_after=1.0)


def flood(line: Line, mode: FloodMode = FloodMode.ON) -> None:
    switch_flood(
        line.adapters.store, mode=mode, who="ana", at=line.clock(), limits=line.settings.limits
    )


def test_who_calls_too_often_is_still_recorded_and_wakes_nobody(line: Line) -> None:
    becomes_a_nuisance(line)
    call = line.caller.dials().presses("1")
    assert "After the tone, say where it is" in call.heard, "at once"
    call.says(EN.where.path, then="#").says(EN.what.path, then="#").waits()
    line.works()
    line.time_passes(600)
    assert call.is_over
    assert "press 1" not in call.heard.text.split("your reference")[-1], "no text is offered"
    assert set(line.states()) == {"where", "what"}
    assert line.dossier.call.admission is Admission.LIMITED
    assert line.dossier.call.state is CallState.COMPLETED
    assert line.texts == ()


def test_a_limited_caller_cannot_ring_people(line: Line) -> None:
    becomes_a_nuisance(line)
    call = line.caller.dials().presses("0").presses("0")
    assert "We are calling the volunteers" not in call.heard
    call.hangs_up_while_saying(EN.where.path, after=2.0)
    line.works()
    assert len(line.dossier.recordings) == 1


def test_another_caller_is_not_limited_meanwhile(line: Line) -> None:
    becomes_a_nuisance(line)
    line.caller.dials(hangs_up_after=1.0)
    call = line.network.caller(WITNESS).dials().presses("1").presses("1")
    call.says(EN.where.path, then="#").hangs_up()
    line.works()
    assert line.dossier.call.admission is Admission.NORMAL
    assert len(line.texts) == 2


def test_a_limited_report_that_a_person_takes_up_is_told_like_any_other(line: Line) -> None:
    becomes_a_nuisance(line)
    says_where(line.caller.dials())
    line.works()
    assert line.texts == ()
    admit_after_all(
        line.adapters.store,
        line.adapters.queue,
        reference=line.dossier.report.reference,
        who="ana",
        at=line.clock(),
    )
    line.works()
    assert len(line.texts) == 2


def test_that_a_person_admitted_a_call_outlives_an_emptied_queue(line: Line) -> None:
    becomes_a_nuisance(line)
    says_where(line.caller.dials())
    line.works()
    admit_after_all(
        line.adapters.store,
        line.adapters.queue,
        reference=line.dossier.report.reference,
        who="ana",
        at=line.clock(),
    )
    line.loses_redis_contents()
    line.time_passes(20)
    assert len(line.texts) == 2


def test_a_blocked_caller_reaches_one_recorder(line: Line) -> None:
    says_where(line.network.caller(WITNESS).dials().presses("1"))
    line.works()
    told = len(line.texts)
    reference = line.dossier.report.reference
    block_caller(
        line.adapters.store, reference=reference, reason="sings", who="ana", at=line.clock()
    )
    call = line.network.caller(WITNESS).dials().presses("1").says(EN.where.path, then="#").waits()
    line.works()
    assert call.is_over
    blocked = line.dossiers[-1]
    assert blocked.call.admission is Admission.BLOCKED
    assert [recording.question for recording in blocked.recordings] == ["where"]
    assert ", ".join(blocked.report.reference) in call.heard.text
    assert len(line.texts) == told


def test_whom_a_person_confirmed_calls_as_often_as_they_like(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#")
    call.hangs_up()
    line.works()
    judge(
        line.adapters.store,
        reference=line.dossier.report.reference,
        verdict=Verdict.CONFIRMED,
        who="ana",
        at=line.clock(),
    )
    becomes_a_nuisance(line)
    flood(line)
    call = line.caller.dials().presses("1")
    assert "Is it happening now?" in call.heard
    assert PRESS_THESE["en"] not in call.heard
    call.presses("1").says(EN.where.path, then="#").hangs_up()
    line.works()
    assert line.dossiers[-1].call.admission is Admission.NORMAL


def test_withheld_numbers_share_a_limit_of_their_own(line: Line) -> None:
    for _ in range(3):
        line.network.caller(None).dials(hangs_up_after=1.0)
    says_where(line.network.caller(None).dials())
    line.works()
    assert line.dossier.call.admission is Admission.LIMITED
    assert len(line.dossier.recordings) == 1


def test_many_callers_at_once_flood_the_line_and_are_told_of_all_the_same(line: Line) -> None:
    for place in range(5):
        line.network.caller(f"+161255501{50 + place}").dials(hangs_up_after=1.0)
    call = line.network.caller(WITNESS).dials().presses("2")
    assert "Muchas personas están llamando" in call.heard
    assert PRESS_THESE["es"] in call.heard
    call.waits()
    assert "Después del tono, diga dónde" in call.heard
    call.says(EN.where.path, then="#").says(EN.what.path, then="#").waits()
    line.works()
    assert call.is_over
    assert line.dossier.call.admission is Admission.FLOOD
    assert set(line.states()) == {"where", "what"}
    assert len(line.texts) == 2
    line.time_passes(600)
    with line.adapters.store.read() as records:
        last = records.flood()
    assert last is not None
    assert not last.is_on, "the sweeper ends what no call ends"


@pytest.mark.parametrize("right", [True, False, None])
def test_right_digits_and_wrong_ones_and_none_lead_to_the_recorder(
    line: Line, right: bool | None
) -> None:
    flood(line)
    call = line.network.caller(WITNESS).dials().presses("1")
    assert PRESS_THESE["en"] in call.heard
    digits = digits_to_press(line.adapters.sealer, call.sid)
    assert ", ".join(digits) in call.heard.text
    if right is None:
        call.waits()
    else:
        call.presses(digits if right else "".join(reversed("123")) if digits != "321" else "123")
    assert call.listens_to == "voice"
    call.says(EN.where.path, then="#").hangs_up()
    line.works()
    assert line.dossier.call.check_passed is bool(right)
    assert len(line.dossier.recordings) == 1
    assert len(line.texts) == 2, "failing is only noted"


def test_who_chose_no_language_is_not_checked(line: Line) -> None:
    flood(line)
    call = line.network.caller(WITNESS).dials().waits().waits().says(EN.where.path, then="#")
    call.hangs_up()
    line.works()
    assert line.dossier.call.check_passed is None


def test_who_hangs_up_on_the_digits_leaves_a_call_and_no_report(line: Line) -> None:
    flood(line)
    call = line.network.caller(WITNESS).dials().presses("1").hangs_up()
    line.works()
    assert line.dossiers == []
    with line.adapters.store.read() as records:
        kept = records.call(call.sid)
    assert kept is not None
    assert (kept.state, kept.admission) == (CallState.ABANDONED, Admission.FLOOD)


def test_what_the_telephone_companies_say_comes_with_the_call(line: Line) -> None:
    says_where(line.network.caller(CALLER).dials().presses("1"))
    line.works()
    assert line.dossier.call.attestation is Attestation.FULL


def test_noise_of_a_limited_caller_is_kept_like_words(line: Line) -> None:
    becomes_a_nuisance(line)
    line.caller.dials().presses("1").says(STREET.path).hangs_up()
    line.works()
    line.time_passes(20)
    assert line.dossier.recordings[0].playable


def test_who_called_last_month_is_forgotten(line: Line) -> None:
    call = line.caller.dials().presses("1").presses("1").says(EN.where.path, then="#")
    call.hangs_up()
    line.works()
    assert line.dossier.call.caller_hash is not None
    line.time_passes(30 * 24 * 3600 + 60)
    assert line.dossier.call.caller_hash is None
    assert line.dossier.call.caller_number is None
    assert line.dossier.recordings[0].playable, "what they said stays"


def test_a_thousand_pranks_never_stand_in_a_queue_before_a_witness(line: Line) -> None:
    becomes_a_nuisance(line)
    for _ in range(30):
        line.caller.dials().presses("1").says(STREET.path).hangs_up()
    line.network.waits_until_quiet()
    assert not any(line.adapters.queue.depths().values())
    says_where(line.network.caller(WITNESS).dials().presses("1"))
    line.works()
    witness, *pranks = sorted(line.dossiers, key=lambda each: each.call.admission.alerts)[::-1]
    assert len(pranks) == 30
    assert [len(line.texts), len(witness.transcripts)] == [2, 1]
    assert not any(prank.transcripts for prank in pranks)
    for _ in range(6):
        line.time_passes(20)
    states = {tape.state for prank in line.dossiers for tape in prank.recordings}
    assert states == {RecordingState.TRANSCRIBED}, "all of them are written out in the end"
