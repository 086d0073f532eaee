"""An organizer without a data connection does the work of the night by telephone alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import add_organizer
from oncall.briefs import load_tells
from reports.custody import Deed
from reports.model import ActKind, Dossier, Handling, Role, Verdict
from reports.services.people import About, add_person, give_reach, set_pin
from reports.spoken_notes import SpokenNote, SpokenState
from simulator.caller import PhoneCall
from simulator.conversation import Heard, Rang
from simulator.spoken import spoken_call
from tests.stories.conftest import CALLER, HOTLINE, Line

PIN = "493817"
ROSA = "+16125550140"
BEN = "+16125550143"
SECOND_CALLER = "+16125550146"
SAYS = load_tells(Path("prompts").absolute(), "en").desk
PLACE = spoken_call("en-lake-bloomington").where.path


def has_person(
    line: Line,
    person_id: str = "rosa",
    number: str = ROSA,
    *,
    role: Role | None = Role.ORGANIZER,
    pin: str | None = PIN,
    channel: str = "sms",
) -> None:
    """Somebody of the group with that number; `role`: of their account, None: without one."""
    store, at = line.adapters.store, line.clock()
    username = None if role is None else person_id
    if role is not None:
        add_organizer(store, person_id, person_id.title(), "a long enough phrase", at, role=role)
    about = About(name=person_id.title(), username=username)
    add_person(store, person_id=person_id, about=about, who="admin", at=at)
    give_reach(
        store,
        line.adapters.sealer,
        person_id=person_id,
        channel=channel,
        address=number,
        quiet=None,
        hotline=HOTLINE,
        who="admin",
        at=at,
    )
    if pin is not None:
        set_pin(store, line.adapters.sealer, person_id=person_id, pin=pin, who="admin", at=at)


def reports(
    line: Line, number: str = CALLER, when: str = "1", callback: str = "1", said: str = "Lake"
) -> str:
    """Somebody reports with all that the line asks; the reference."""
    line.speech.outcomes = [said, "Two cars, they take somebody."]
    call = line.network.caller(number).dials().presses("1").presses(when)
    while not call.is_over:
        if call.listens_to == "voice":
            call.says(PLACE, then="#")
        elif "call you back" in call.heard.prompts[-1].text:
            call.presses(callback)
        else:
            call.waits()
    line.works()
    return line.dossiers[-1].report.reference


def dials_in(line: Line, number: str = ROSA, pin: str = PIN) -> PhoneCall:
    return line.network.caller(number).dials().presses(pin)


def of(line: Line, reference: str) -> Dossier:
    (found,) = [each for each in line.dossiers if each.report.reference == reference]
    return found


def digits(reference: str) -> str:
    return "Reference " + ", ".join(reference) + "."


def spoken_notes(line: Line, reference: str) -> tuple[SpokenNote, ...]:
    with line.adapters.store.read() as records:
        return tuple(records.spoken_notes.of_report(reference))


def notes(line: Line, reference: str) -> list[tuple[str, str]]:
    with line.adapters.store.read() as records:
        return [(note.who, note.body) for note in records.notes_of(reference)]


kept = pytest.mark.line(audio_url="audio")


@kept
def test_the_night_is_worked_by_telephone_alone(line: Line) -> None:
    has_person(line)
    urgent = reports(line, when="1")
    earlier = reports(line, SECOND_CALLER, when="2", said="the school")
    assert urgent != earlier

    call = line.network.caller(ROSA).dials()
    assert SAYS["pin"] in call.heard
    assert digits(urgent) not in call.heard, "the number alone opens nothing"
    call.presses(PIN)
    assert "Reports that wait: 2. Urgent: 1." in call.heard
    assert digits(urgent) in call.heard, "the urgent one first, though the other is newer"
    assert digits(earlier) not in call.heard

    call.presses("1")
    assert "You have " + ", ".join(urgent) in call.heard
    assert of(line, urgent).report.handling is Handling.ACKNOWLEDGED

    call.presses("3")
    assert [e for e in call.heard if isinstance(e, Heard) and "/voice/playback/" in e.audio]
    with line.adapters.store.read() as records:
        heard = records.last_custody(Deed.RECORDING_HEARD, "recording", 5)
    assert [entry.who for entry in heard] == ["rosa"]

    call.presses("4")
    assert SAYS["verdicts"] in call.heard
    call.presses("1")
    assert "You said: Confirmed. To undo it, press 0." in call.heard
    assert of(line, urgent).report.verdict is Verdict.CONFIRMED

    line.network.phone(CALLER).answers(talks=40)
    call.presses("5")
    while call.listens_to == "somebody":
        call.waits()
    (rang,) = [event for event in call.heard if isinstance(event, Rang)]
    assert (rang.number, rang.status) == (CALLER, "answered")
    (leg,) = [each for each in line.network.calls if each.direction == "outbound-dial"]
    assert leg.from_ == HOTLINE, "nobody sees the organizer's number"
    assert SAYS["call_over"] in call.heard

    line.speech.outcomes = ["I called her. Her sister is safe."]
    call.presses("6").says(PLACE, then="#")
    assert SAYS["note_kept"] in call.heard

    call.presses("2")
    assert digits(earlier) in call.heard
    call.presses("0")
    assert call.is_over
    assert SAYS["goodbye"] in call.heard

    line.works()
    assert notes(line, urgent) == [("rosa", "I called her. Her sister is safe.")]
    (note,) = spoken_notes(line, urgent)
    assert note.state is SpokenState.WRITTEN
    assert note.playable
    assert line.network.recordings == (), "erased at the provider, like others"
    done = [(act.kind, act.who) for act in of(line, urgent).acts]
    assert done == [
        (ActKind.HANDLING, "rosa"),
        (ActKind.VERDICT, "rosa"),
        (ActKind.NUMBER_SHOWN, "rosa"),
    ]
    line.time_passes(3600)
    assert len(line.dossiers) == 2, "nothing of it is taken for a report"
    assert not line.network.failures
    assert not [each.url for each in line.network.webhooks if PIN in each.url]
