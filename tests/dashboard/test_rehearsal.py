"""People rehearse at the desk: the line answers as it does, and nobody takes it for a report."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from dashboard import Desk, add_organizer
from dashboard.phone import seconds_of, tone
from exports.services import Demand, IsRehearsal, Kind, Period
from ivr.webhooks import webhooks
from reports.custody import Deed, report_subject
from reports.model import Handling, RecordingState, Role
from reports.ports import AudioNotFound, Job
from reports.pressure import Limits
from reports.services import calls
from reports.services.calls import RehearsalOver
from reports.services.custody import verify_all
from reports.services.incidents import IsRehearsal as NoIncident
from reports.services.incidents import merge
from reports.services.rehearsals import delete_rehearsals
from reports.services.texts import IncomingText, Reply, receive_text
from tests.dashboard.conftest import API_TOKEN, PASSWORD, QUICK, Browser, Clock, QueueInMemory
from tests.dashboard.rehearsing import (
    NUMBER,
    Phone,
    rehearses,
    sends,
    telephone,
    with_a_line,
    writes,
)
from tests.dashboard.stories import MORNING, Stories


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return with_a_line(desk)


@pytest.fixture
def bo(app: Flask, desk: Desk) -> Browser:
    """A volunteer who reviews."""
    add_organizer(desk.store, "bo", "Bo Lind", PASSWORD, MORNING, QUICK, Role.REVIEWER)
    browser = Browser(app.test_client())
    browser.logs_in("bo")
    return browser


# --- A text message


def came_of_it(page: str) -> str:
    found = re.search(r'id="came-of-text"[^>]*>(\d+)<', page)
    assert found is not None
    return found[1]


def test_the_line_answers_a_text_as_it_answers_any_and_a_second_goes_on_about_it(
    ana: Browser, desk: Desk, clock: Clock
) -> None:
    page = writes(ana, "Two vans at Lake and Bloomington")
    reference = came_of_it(page)
    assert reference.startswith("0")
    assert f"Your reference number is {reference}" in page
    clock.passes(seconds=60)
    page = writes(ana, "They are leaving")
    assert came_of_it(page) == reference
    assert "The line answers nothing." in page
    with desk.store.read() as records:
        dossier = records.dossier(reference)
    assert dossier is not None
    assert dossier.is_rehearsal
    assert dossier.call.rehearsed_by == "ana"
    assert [text.body for text in dossier.texts] == [
        "Two vans at Lake and Bloomington",
        "They are leaving",
    ]


def test_a_rehearsed_text_says_rehearsal_wherever_it_is_shown_and_stands_in_no_list(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    reference = came_of_it(writes(ana, "Two vans at Lake and Bloomington"))
    for address in (f"/r/{reference}", "/rehearsal", "/?show=rehearsal"):
        assert "REHEARSAL" in ana.get(address).text
    assert f"row-{reference}" in ana.get("/rehearsal").text
    for address in ("/?show=all", "/search"):
        assert f"row-{reference}" not in ana.get(address).text.split("Your rehearsals")[0]


def test_a_rehearsed_text_never_adds_to_what_somebody_reported(
    ana: Browser, bo: Browser, desk: Desk
) -> None:
    reply = receive_text(
        desk.store,
        desk.queue,
        desk.sealer,
        incoming=IncomingText("SM" + "a" * 32, None, "Two vans by the market"),
        language_of=lambda _words: "en",
        at=desk.clock(),
    )
    assert isinstance(reply, Reply)
    of_bo = came_of_it(writes(bo, "Vans by the library"))
    page = writes(ana, f"{reply.reference} They left")
    assert came_of_it(page) not in (reply.reference, of_bo)
    with desk.store.read() as records:
        real, other = records.dossier(reply.reference), records.dossier(of_bo)
    assert real is not None
    assert other is not None
    assert len(real.texts) == len(other.texts) == 1


def test_nobody_is_told_of_a_rehearsed_text_but_who_wants_it(
    ana: Browser, queue: QueueInMemory
) -> None:
    writes(ana, "Two vans at Lake and Bloomington")
    assert queue.asked == []
    reference = came_of_it(writes(ana, "Vans at the library", NUMBER[:-2] + "17", tells="on"))
    assert queue.asked == [(Job.ALERT_ON_CALL, reference)]


@pytest.mark.parametrize("word", ["STOP", "start"])
def test_whoever_rehearses_stop_has_stopped_nothing(ana: Browser, word: str) -> None:
    page = writes(ana, word)
    assert "STOP and START the telephone company answers" in page
    assert "came-of-text" not in page
    page = writes(ana, "Two vans at Lake and Bloomington")
    assert "The line answers:" in page, "it is written to as before"


def test_help_is_answered_and_begins_no_report(ana: Browser, desk: Desk) -> None:
    page = writes(ana, "help")
    assert "The line answers:" in page
    assert "came-of-text" not in page
    with desk.store.read() as records:
        assert records.rehearsals() == []


def test_an_empty_text_and_a_real_number_are_not_sent(ana: Browser, desk: Desk) -> None:
    assert "Nothing was sent: write something first." in writes(ana, "  \r\n ")
    answer = ana.sends(
        "/rehearsal/texts", from_page="/rehearsal", body="Vans", number="+442079460018"
    )
    assert answer.status_code == 400
    with desk.store.read() as records:
        assert records.rehearsals() == []


def test_the_one_button_deletes_rehearsed_texts_too_and_what_was_written_is_in_no_cookie(
    ana: Browser, desk: Desk
) -> None:
    answer = ana.sends(
        "/rehearsal/texts", from_page="/rehearsal", body="Lavender vans", number=NUMBER
    )
    assert "avender" not in answer.headers["Set-Cookie"]
    assert "avender" not in answer.location
    reference = came_of_it(ana.get("/rehearsal").text)
    ana.sends("/rehearsal/delete", from_page="/rehearsal")
    with desk.store.read() as records:
        assert records.rehearsals() == []
        assert records.dossier(reference) is None
    assert reference != came_of_it(writes(ana, "Vans again")), "it goes on about nothing"


def test_the_list_of_what_was_rehearsed_comes_anew_when_it_changed(ana: Browser) -> None:
    first = ana.get("/rehearsal/made")
    assert "Nothing yet." in first.text
    assert ana.get("/rehearsal/made", If_None_Match=first.headers["ETag"]).status_code == 304
    reference = came_of_it(writes(ana, "Two vans at Lake and Bloomington"))
    again = ana.get("/rehearsal/made", If_None_Match=first.headers["ETag"])
    assert f"row-{reference}" in again.text
    assert "Delete all rehearsals" in again.text


# --- The call


def test_the_line_answers_as_it_answers_callers(ana: Browser, desk: Desk) -> None:
    phone = Phone(ana).calls()
    assert "For English, press 1" in phone.heard
    phone.presses("1")
    assert phone.waits_for == "keys"
    phone.presses("1")
    assert phone.waits_for == "record"
    phone.says(tone())
    reference = phone.hangs_up()
    assert reference is not None
    with desk.store.read() as records:
        dossier = records.dossier(reference)
    assert dossier is not None
    assert dossier.call.rehearsed_by == "ana"
    assert dossier.call.language == "en"
    (where,) = dossier.recordings
    assert (where.question, where.state) == ("where", RecordingState.STORED)
    assert where.seconds == seconds_of(tone())
    assert desk.audio.get(where.recording_sid) == tone()


def test_what_was_spoken_is_written_out_after_all_that_is_real(
    ana: Browser, desk: Desk, queue: QueueInMemory
) -> None:
    phone = Phone(ana).calls().presses("1").presses("1").says(tone())
    asked = [job for job, _ in queue.asked]
    assert Job.TRANSCRIBE_RECORDING in asked
    assert not {Job.FETCH_RECORDING, Job.ERASE_AT_PROVIDER, Job.ALERT_ON_CALL} & set(asked)
    reference = phone.hangs_up()
    with desk.store.read() as records:
        dossier = records.dossier(reference or "")
        assert dossier is not None
        assert dossier.recordings[0].rank == "limited"
        assert not records.recordings_to_erase()


def test_who_cannot_speak_types_and_it_says_so(ana: Browser, desk: Desk) -> None:
    reference = rehearses(ana, "By the laundry on Lake Street")
    page = ana.get(f"/r/{reference}").text
    assert "By the laundry on Lake Street" in page
    assert "Typed in rehearsal, and not spoken" in page


def test_a_caller_who_comes_back_is_offered_their_language_first(ana: Browser) -> None:
    first = Phone(ana).calls()
    again = Phone(ana).calls(before="es")
    assert [step["language"] for step in _prompts(first)][:1] == ["en-US"]
    assert [step["language"] for step in _prompts(again)][:1] == ["es-MX"]


def _prompts(phone: Phone) -> list[dict[str, str]]:
    return [each for step in phone.steps for each in step.get("prompts", ())]


def test_whoever_hangs_up_while_speaking_is_still_heard(ana: Browser, desk: Desk) -> None:
    phone = Phone(ana).calls().presses("1").presses("1")
    phone.says(tone(), ended="1")
    with desk.store.read() as records:
        (dossier,) = records.rehearsals()
    assert dossier.call.state == "completed"
    assert dossier.recordings[0].state is RecordingState.STORED


@pytest.mark.parametrize("number", [NUMBER.replace("0142", "1234"), NUMBER[1:], ""])
def test_a_number_that_somebody_may_have_cannot_be_pretended(ana: Browser, number: str) -> None:
    assert sends(ana, "/rehearsal/calls", number=number).status_code == 400


@pytest.mark.parametrize("sound", [b"", b"no sound", tone()[:40], tone()[:44]])
def test_what_is_no_sound_is_refused_and_nothing_is_filed(
    ana: Browser, desk: Desk, sound: bytes
) -> None:
    phone = Phone(ana).calls().presses("1").presses("1")
    to = next(step["to"] for step in phone.steps if "to" in step)
    brought = (io.BytesIO(sound), "spoken.wav")
    answer = sends(ana, "/rehearsal/calls/step", to=to, sound=brought)
    assert answer.status_code == 400
    with desk.store.read() as records:
        (dossier,) = records.rehearsals()  # of the key alone
    assert dossier.recordings == ()


# --- Nobody from outside


def test_a_step_leads_only_where_the_line_sent_it(ana: Browser) -> None:
    Phone(ana).calls()
    assert sends(ana, "/rehearsal/calls/step", to="/voice/message-status/1").status_code == 400


def test_nobody_goes_on_with_the_call_of_somebody_else(ana: Browser, bo: Browser) -> None:
    phone = Phone(ana).calls()
    to = next(step["to"] for step in phone.steps if "to" in step)
    assert sends(bo, "/rehearsal/calls/step", to=to, digits="1").get_json() == {
        "steps": [{"do": "end"}]
    }
    assert sends(bo, "/rehearsal/calls/over", call=phone.call).status_code == 404


def test_no_webhook_makes_a_rehearsal(desk: Desk, ana: Browser) -> None:
    Phone(ana).calls()
    with desk.store.read() as records:
        (call,) = records.rehearsal_calls()
    app = Flask("outside")
    app.register_blueprint(webhooks(telephone(desk)))
    forged = {"CallSid": call.call_sid, "From": NUMBER, "rehearsed_by": "ana"}
    assert app.test_client().post("/voice/incoming", data=forged).status_code == 403
    with pytest.raises(RehearsalOver):
        calls.receive_call(
            desk.store,
            desk.sealer,
            call_sid="rehearsal-of-a-stranger",
            caller=NUMBER,
            at=desk.clock(),
        )


def test_a_call_never_adds_to_a_rehearsal_nor_a_rehearsal_to_a_report(
    ana: Browser, desk: Desk, stories: Stories
) -> None:
    real = stories.english_earlier()
    rehearsed = rehearses(ana)
    at = desk.clock()
    calls.receive_call(desk.store, desk.sealer, call_sid="CA" + "1" * 32, caller=NUMBER, at=at)
    assert not calls.join_report(desk.store, call_sid="CA" + "1" * 32, reference=rehearsed, at=at)
    Phone(ana).calls()
    with desk.store.read() as records:
        last = records.rehearsal_calls("ana")[-1]
    assert not calls.join_report(desk.store, call_sid=last.call_sid, reference=real, at=at)


def test_nothing_comes_back_to_life_that_was_deleted_while_it_went_on(
    ana: Browser, desk: Desk
) -> None:
    phone = Phone(ana).calls()
    ana.sends("/rehearsal/delete", from_page="/rehearsal")
    phone.presses("1")
    assert phone.steps == [{"do": "end"}]
    with desk.store.read() as records:
        assert not records.rehearsal_calls()
        assert records.count_reports() == 0


# --- Marked, and apart from all that is real


def test_it_says_rehearsal_wherever_it_is_shown(ana: Browser) -> None:
    reference = rehearses(ana)
    page = ana.get(f"/r/{reference}").text
    assert "<title>REHEARSAL · Report" in page
    assert "Ana Fuentes rehearsed this" in page
    assert "<b class=rehearsal>REHEARSAL</b>" in ana.get("/?show=rehearsal").text
    assert "<b class=rehearsal>REHEARSAL</b>" in ana.get("/rehearsal").text


def test_in_the_inbox_it_stands_below_all_reports_and_for_who_made_it_alone(
    ana: Browser, bo: Browser, stories: Stories
) -> None:
    real = stories.spanish_happening_now()
    reference = rehearses(bo)
    own = bo.get("/").text
    assert own.index(f"row-{real}") < own.index("Your rehearsals") < own.index(f"row-{reference}")
    assert f"row-{reference}" not in ana.get("/").text
    assert f"row-{reference}" not in ana.get("/?show=all").text
    assert f"row-{reference}" in ana.get("/?show=rehearsal").text
    assert f"row-{real}" not in ana.get("/?show=rehearsal").text


def test_an_open_list_of_rehearsals_shows_the_next_one_by_itself(
    ana: Browser, clock: Clock
) -> None:
    assert "row-" not in ana.get("/inbox?show=rehearsal").text
    clock.passes(seconds=3)
    reference = rehearses(ana)
    assert f"row-{reference}" in ana.get("/inbox?show=rehearsal").text


def test_no_count_no_list_and_no_statistic_knows_of_it(
    ana: Browser, desk: Desk, stories: Stories
) -> None:
    stories.spanish_happening_now()
    long_ago = desk.clock() - timedelta(days=1)

    def all_that_is_asked() -> list[object]:
        with desk.store.read() as records:
            return [
                records.count_reports(),
                records.changes(),
                records.changes(long_ago),
                [each.report.reference for each in records.dossiers()],
                records.filed_since(long_ago, 100),
                records.waiting(long_ago),
                records.moved(long_ago),
                *(records.untold(kind, long_ago) for kind in ("alert", "update")),  # type: ignore[arg-type]
                records.count_limited(),
                records.calls_let_in(long_ago, 1000),
                records.calls_of(None, long_ago),
                records.languages_by_use(long_ago),
                records.calls_in_progress(desk.clock() + timedelta(days=1)),
            ]

    before = all_that_is_asked()
    rehearses(ana, before="so")
    Phone(ana).calls().presses("2")
    assert all_that_is_asked() == before


def test_a_flood_of_rehearsals_is_no_flood(ana: Browser, desk: Desk) -> None:
    for _ in range(4):
        rehearses(ana)
    real = calls.receive_call(
        desk.store,
        desk.sealer,
        call_sid="CA" + "2" * 32,
        caller=NUMBER,
        at=desk.clock(),
        limits=Limits(caller_an_hour=2, flood_calls=3),
    )
    assert real.admission == "normal"
    with desk.store.read() as records:
        assert records.last_language(real.caller_hash or "", MORNING - timedelta(days=9)) is None


def test_it_is_of_no_incident(ana: Browser, desk: Desk, stories: Stories) -> None:
    real = stories.spanish_happening_now()
    reference = rehearses(ana)
    with pytest.raises(NoIncident):
        merge(desk.store, references=[real, reference], who="ana", at=desk.clock())
    answer = ana.sends(
        "/incidents", from_page=f"/r/{real}", ref=[real, reference], **{"from": real}
    )
    assert answer.status_code == 303
    told = ana.get(f"/r/{real}").text
    assert f"{reference} is a rehearsal, and belongs to no incident" in told
    for path in ("/incidents", "/incidents/map", "/handover"):
        assert reference not in ana.get(path).text


@pytest.mark.parametrize("kind", list(Kind))
def test_it_never_leaves_and_that_is_said(ana: Browser, desk: Desk, kind: Kind) -> None:
    reference = rehearses(ana)
    refused = ana.get(f"/r/{reference}/export/{kind}")
    assert refused.status_code == 403
    assert "this is a rehearsal" in refused.text
    assert f"/r/{reference}/export/" not in ana.get(f"/r/{reference}").text
    with pytest.raises(IsRehearsal):
        desk.exporter.preview(Demand(kind, (reference,)))


def test_rows_for_research_are_without_it(ana: Browser, desk: Desk, stories: Stories) -> None:
    real = stories.english_earlier()
    reference = rehearses(ana)
    today = desk.clock().date()
    wanted = Demand(Kind.RESEARCH, period=Period(today - timedelta(days=2), today))
    known = desk.exporter.preview(wanted).known
    assert [each.dossier.report.reference for each in known] == [real]
    assert reference not in ana.get("/export/research").text


def test_programs_are_told_what_it_is_and_list_it_nowhere(ana: Browser, stories: Stories) -> None:
    real = stories.english_earlier()
    reference = rehearses(ana)
    bearer = {"Authorization": f"Bearer {API_TOKEN}"}
    one = ana.client.get(f"/api/reports/{reference}", headers=bearer).get_json()
    assert one["rehearsal"] is True
    assert ana.client.get(f"/api/reports/{real}", headers=bearer).get_json()["rehearsal"] is False
    listed = ana.client.get("/api/reports", headers=bearer).get_json()["reports"]
    assert [each["reference"] for each in listed] == [real]


def test_it_is_found_by_no_search(ana: Browser) -> None:
    reference = rehearses(ana, "the zebra crossing")
    found = ana.sends("/search", from_page="/", words="zebra")
    assert reference not in ana.get(found.location or "/search").text


# --- Deleted


def test_one_button_pressed_twice_deletes_all_that_came_of_it(
    ana: Browser, desk: Desk, stories: Stories
) -> None:
    real = stories.spanish_happening_now()
    reference = rehearses(ana)
    ana.acts(reference, "handling", to=Handling.ACKNOWLEDGED)
    ana.acts(reference, "notes", words="@ana look at this", mention="ana")
    with desk.store.read() as records:
        (dossier,) = records.rehearsals()
    page = ana.get(f"/r/{reference}").text
    assert "Delete all rehearsals" in page
    assert "Press again to delete them" in page
    done = ana.sends("/rehearsal/delete", from_page=f"/r/{reference}")
    assert done.status_code == 303
    assert "The rehearsals are deleted" in ana.get("/rehearsal").text
    with desk.store.read() as records:
        assert records.report(reference) is None
        assert not records.rehearsal_calls()
        assert records.report(real) is not None
        told = records.custody_of([report_subject(reference)])
    for tape in dossier.recordings:
        with pytest.raises(AudioNotFound):
            desk.audio.get(tape.recording_sid)
    assert told[0].deed is Deed.REHEARSED
    assert (told[-1].deed, told[-1].who) == (Deed.DELETED, "ana")
    assert ana.get(f"/r/{reference}").status_code == 404


def test_the_custody_log_still_holds_when_they_are_gone(ana: Browser, desk: Desk) -> None:
    rehearses(ana)
    ana.sends("/rehearsal/delete", from_page="/rehearsal")
    problems: list[str] = []
    verify_all(
        desk.store, desk.audio, (), on_problem=problems.append, on_progress=lambda _looked_at: None
    )
    assert problems == []


def test_a_volunteer_deletes_their_own_and_an_organizer_all(
    ana: Browser, bo: Browser, desk: Desk
) -> None:
    of_bo, of_ana = rehearses(bo), rehearses(ana)
    bo.sends("/rehearsal/delete", from_page="/rehearsal")
    with desk.store.read() as records:
        assert [each.report.reference for each in records.rehearsals()] == [of_ana]
        assert records.report(of_bo) is None
    rehearses(bo)
    ana.sends("/rehearsal/delete", from_page="/rehearsal")
    with desk.store.read() as records:
        assert not records.rehearsals()


def test_by_themselves_they_are_gone_after_a_day(
    ana: Browser, desk: Desk, clock: Clock, stories: Stories
) -> None:
    stories.english_earlier()
    rehearses(ana)
    clock.passes(hours=20)
    ana.logs_in()
    late = rehearses(ana)
    clock.passes(hours=5)
    delete_rehearsals(
        desk.store,
        desk.audio,
        who=None,
        by="system:sweeper",
        at=clock(),
        begun_before=clock() - timedelta(days=1),
    )
    with desk.store.read() as records:
        assert [each.report.reference for each in records.rehearsals()] == [late]
        assert records.count_reports() == 1


def test_whatever_is_asked_for_no_call_is_deleted_as_a_rehearsal(
    desk: Desk, stories: Stories
) -> None:
    real = stories.spanish_happening_now()
    with desk.store.begin() as records:
        dossier = records.dossier(real)
        assert dossier is not None
        records.remove_rehearsals([dossier.call.call_sid])
    with desk.store.read() as records:
        assert records.dossier(real) == dossier


# --- The page


def test_who_has_never_rehearsed_is_told_how(ana: Browser) -> None:
    page = ana.get("/rehearsal").text
    assert "Nothing yet. Call the line" in page
    assert "REHEARSAL" in page


def test_whoever_only_reads_does_not_rehearse(app: Flask, desk: Desk) -> None:
    add_organizer(desk.store, "vi", "Vi Read", PASSWORD, MORNING, QUICK, Role.VIEWER)
    vi = Browser(app.test_client())
    vi.logs_in("vi")
    assert vi.get("/rehearsal").status_code == 403
    assert "/rehearsal" not in vi.get("/").text.replace("show=rehearsal", "")


def test_nothing_of_it_stands_in_an_address(ana: Browser) -> None:
    phone = Phone(ana).calls()
    assert NUMBER.removeprefix("+") not in json.dumps(phone.steps)
