"""Of a rehearsal nobody hears but who rehearses and wants it. It wakes nobody, delays nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dashboard import Desk
from ivr.rehearsal import RehearsalLine
from oncall.alerts import Alerter
from oncall.briefs import Carries, load_tells
from oncall.composing import USUAL as CARRIES
from oncall.composing import Composer
from oncall.contacts import Contact
from oncall.waiting import Clocks
from reports.model import Notification, NotificationState
from reports.pressure import Limits
from reports.services.people import About, add_person, give_reach
from reports.services.recordings import announce_recording
from tests.dashboard.conftest import Browser, Clock, QueueInMemory
from tests.dashboard.rehearsing import rehearses, telephone, with_a_line
from tests.keys import SEALER
from tests.reader import READER
from workers.sweeper import Sweeper

TELLS = load_tells(Path("prompts"), "en")
URL = "https://line.example.org"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for name, username in (("ana", "ana"), ("bo", None)):
        about = About(name=name.capitalize(), username=username, is_emergency=True)
        add_person(desk.store, person_id=name, about=about, who="ana", at=desk.clock())
        give_reach(
            desk.store,
            desk.sealer,
            person_id=name,
            channel="sms",
            address="+16125550171" if name == "ana" else "+16125550172",
            quiet=None,
            hotline=desk.hotline_number,
            who="ana",
            at=desk.clock(),
        )
    return with_a_line(desk)


@pytest.fixture
def teller(desk: Desk) -> Alerter:
    number = "+16125550110"
    settings = Contact(
        "sms", SEALER.seal(number.encode(), "settings"), "settings", SEALER.fingerprint(number)
    )
    return Alerter(
        store=desk.store,
        queue=desk.queue,
        sealer=desk.sealer,
        always=(settings,),
        channels=frozenset({"sms", "voice", "email"}),
        tells=TELLS,
        reader=READER,
        clocks_now=lambda: Clocks(zone=desk.zone),
        public_url=URL,
    )


@pytest.fixture
def sweeper(desk: Desk, teller: Alerter) -> Sweeper:
    return Sweeper(
        desk.store,
        desk.queue,
        lambda _job, _subject: None,
        desk.clock,
        limits=lambda: Limits(flood_calls=2),
        alerter=teller,
        audio=desk.audio,
    )


def told(desk: Desk, reference: str) -> list[Notification]:
    with desk.store.read() as records:
        dossier = records.dossier(reference)
    assert dossier is not None
    return list(dossier.notifications)


def test_nobody_is_told_of_it(
    ana: Browser, desk: Desk, teller: Alerter, sweeper: Sweeper, clock: Clock
) -> None:
    reference = rehearses(ana)
    for _ in range(5):
        assert teller.alert(reference, clock()) == []
        sweeper.sweep()
        clock.passes(minutes=5)
    assert told(desk, reference) == []


def test_who_rehearses_gets_it_if_they_ask_and_nobody_is_asked_next(
    ana: Browser, desk: Desk, teller: Alerter, sweeper: Sweeper, clock: Clock
) -> None:
    reference = rehearses(ana, tells="on")
    assert teller.alert(reference, clock())
    for _ in range(6):
        clock.passes(minutes=20)
        sweeper.sweep()
        teller.alert(reference, clock())
    assert {each.person for each in told(desk, reference)} == {"ana"}
    assert {str(each.kind) for each in told(desk, reference)} <= {"alert", "update"}
    assert all(each.body.startswith("REHEARSAL · UNVERIFIED") for each in told(desk, reference))


@pytest.mark.parametrize("carries", list(Carries))
def test_by_whatever_it_comes_it_says_first_what_it_is_and_asks_for_no_answer(
    ana: Browser, desk: Desk, teller: Alerter, clock: Clock, carries: Carries
) -> None:
    reference = rehearses(ana, tells="on")
    teller.alert(reference, clock())
    compose = Composer(TELLS, READER, URL, desk.answer_links, {**CARRIES, "sms": carries}, True)
    with desk.store.read() as records:
        dossier = records.dossier(reference)
    assert dossier is not None
    for each in dossier.notifications:
        body = compose(each, dossier)
        assert body.startswith("REHEARSAL · ")
        assert "reply 1" not in body
        assert "/ack/" not in body


def test_a_real_alert_is_never_held_back_nor_answered_for_a_rehearsal(
    ana: Browser, desk: Desk, teller: Alerter, clock: Clock
) -> None:
    for _ in range(8):
        teller.alert(rehearses(ana, tells="on"), clock())
    address = told_to_ana(desk)
    with desk.store.read() as records:
        assert records.first_words_to(address, clock() - timedelta(hours=1)) == []
        assert records.told_since(address, clock() - timedelta(hours=1)) == []
    real = announce_recording(
        desk.store,
        desk.queue,
        recording_sid="RE" + "1" * 32,
        call_sid="CA" + "1" * 32,
        question="where",
        seconds=4,
        at=clock(),
        ready=False,
    )
    teller.alert(real, clock())
    assert {each.state for each in told(desk, real)} == {NotificationState.PENDING}


def told_to_ana(desk: Desk) -> str:
    return desk.sealer.fingerprint("+16125550171")


def test_it_is_deleted_by_the_sweeper_after_a_day(
    ana: Browser, desk: Desk, sweeper: Sweeper, clock: Clock
) -> None:
    reference = rehearses(ana)
    clock.passes(hours=23)
    sweeper.sweep()
    with desk.store.read() as records:
        assert records.report(reference) is not None
    clock.passes(hours=2)
    sweeper.sweep()
    with desk.store.read() as records:
        assert records.report(reference) is None


def test_many_rehearsals_neither_flood_the_line_nor_ask_the_telephone_company(
    ana: Browser, desk: Desk, sweeper: Sweeper, queue: QueueInMemory, clock: Clock
) -> None:
    for _ in range(4):
        rehearses(ana)
    queue.asked.clear()
    sweeper.sweep()
    clock.passes(minutes=2)
    sweeper.sweep()
    with desk.store.read() as records:
        flood = records.flood()
    assert flood is None or not flood.is_on
    assert {str(job) for job, _ in queue.asked} <= {"import_recordings"}


def test_nobody_on_shift_is_rung_for_it(desk: Desk, ana: Browser) -> None:
    line = RehearsalLine(telephone(desk))
    assert desk.rehearsal_line is not None
    with desk.store.read() as records:
        before = records.bridges_since(desk.clock() - timedelta(days=1))
    rehearses(ana)
    with desk.store.read() as records:
        (call, *_) = records.rehearsal_calls("ana")
    answer = line("/voice/answer/when/1", {"CallSid": call.call_sid, "Digits": "0"})
    assert "<Dial" not in answer
    assert before == []
