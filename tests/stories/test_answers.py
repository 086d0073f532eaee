"""Who is told of a report answers: by text, by telephone, by the link in the message."""

from __future__ import annotations

import re
import uuid

import pytest
import requests
from twilio.request_validator import RequestValidator

from oncall.links import AnswerLinks
from reports.model import ActKind, Handling, Notification, NotificationKind, NotificationState
from reports.ports import Job
from reports.services.notices import recipient_context, tell_again
from simulator.caller import PhoneCall
from simulator.postman import Letter
from simulator.spoken import spoken_call
from tests.stories.conftest import CALLER, ORGANIZER, SECRET, Line

PLACE = spoken_call("en-lake-bloomington").where.path
COLLEAGUE = "+16125550111"


def calls_in(line: Line, number: str = CALLER) -> str:
    """Somebody reports, and the reference of it."""
    line.network.caller(number).dials().presses("1").presses("1").hangs_up()
    line.works()
    return line.dossiers[-1].report.reference


def writes(line: Line, body: str, number: str = ORGANIZER) -> list[str]:
    phone = line.network.caller(number)
    before = len(phone.inbox)
    phone.texts(body)
    line.works()
    return [text.body for text in phone.inbox[before:]]


def handling(line: Line, reference: str) -> Handling:
    return next(
        each.report.handling for each in line.dossiers if each.report.reference == reference
    )


def told(line: Line, reference: str) -> list[Notification]:
    with line.adapters.store.read() as records:
        dossier = records.dossier(reference)
    assert dossier is not None
    return list(dossier.notifications)


# --- By text --------------------------------------------------------------------------------------


def test_the_alert_says_how_it_is_answered(line: Line) -> None:
    calls_in(line)
    assert line.texts[0].body.endswith(" · reply 1 to take it, 2 to pass it on")


@pytest.mark.parametrize(
    "answer", ["1", "Ok!", "yes", "Sí", "Mine.", "I have it", "👍🏽", "{}", "#{} ok"]
)
def test_who_answers_has_it(line: Line, answer: str) -> None:
    reference = calls_in(line)
    before = len(line.dossiers)
    assert writes(line, answer.format(reference)) == [f"You have {reference}."]
    assert handling(line, reference) is Handling.ACKNOWLEDGED
    assert len(line.dossiers) == before, "an answer is no report"
    (act,) = line.dossier.acts
    assert (act.kind, act.who) == (ActKind.HANDLING, "on call")
    (alert,) = told(line, reference)
    assert alert.acknowledged_by == "on call"
    assert alert.acknowledged_at == act.at


@pytest.mark.parametrize("answer", ["2", "no", "Pass.", "{} no"])
def test_who_cannot_passes_it_on(line: Line, answer: str) -> None:
    reference = calls_in(line)
    assert writes(line, answer.format(reference)) == [f"{reference} is passed on."]
    assert handling(line, reference) is Handling.NEW
    (alert,) = told(line, reference)
    assert alert.passed_on_at is not None
    assert alert.acknowledged_at is None


def test_who_had_it_may_pass_it_on_and_it_is_open_again(line: Line) -> None:
    reference = calls_in(line)
    writes(line, "1")
    assert writes(line, f"2 {reference}") == [f"{reference} is passed on."]
    assert handling(line, reference) is Handling.NEW
    assert [act.after for act in line.dossier.acts] == [Handling.ACKNOWLEDGED, Handling.NEW]
    assert writes(line, "1") == [f"You have {reference}."]


@pytest.mark.parametrize(
    "body", ["1 van at Lake", "yes they are here", "3821", "4", "no more vans"]
)
def test_what_else_an_organizer_writes_is_a_report(line: Line, body: str) -> None:
    reference = calls_in(line)
    while reference == "3821":
        reference = calls_in(line)
    writes(line, body)
    assert [text.body for each in line.dossiers for text in each.texts] == [body]
    assert handling(line, reference) is Handling.NEW


def test_the_same_words_of_a_witness_are_a_report(line: Line) -> None:
    calls_in(line)
    writes(line, "ok", COLLEAGUE)
    assert [text.body for each in line.dossiers for text in each.texts] == ["ok"]


def test_half_a_day_later_it_is_no_answer_any_more(line: Line) -> None:
    reference = calls_in(line)
    line.time_passes(600)  # and they are reminded
    line.time_passes(12 * 3600 + 60)
    writes(line, "ok")
    assert handling(line, reference) is Handling.NEW
    assert [text.body for each in line.dossiers for text in each.texts] == ["ok"]


def test_of_two_alerts_the_last_is_answered_and_the_answer_says_which(line: Line) -> None:
    first = calls_in(line)
    line.time_passes(60)
    second = calls_in(line, COLLEAGUE)
    assert first != second
    assert writes(line, "1") == [f"You have {second}."]
    assert writes(line, "1") == [f"You have {first}."], "the other one that is not answered yet"
    assert writes(line, f"{first} no") == [f"{first} is passed on."]


def test_the_same_text_announced_again_answers_nothing_else(line: Line) -> None:
    first = calls_in(line)
    line.time_passes(60)
    second = calls_in(line, COLLEAGUE)
    writes(line, "1")
    last = [webhook for webhook in line.network.webhooks if webhook.kind == "sms"][-1]
    line.network.exchange.postman.fetch(Letter(last.url, "POST", last.params), "sms")
    line.works()
    assert handling(line, second) is Handling.ACKNOWLEDGED
    assert handling(line, first) is Handling.NEW


@pytest.mark.line(oncall=f"{ORGANIZER},{COLLEAGUE}")
def test_the_second_hears_that_somebody_was_faster(line: Line) -> None:
    reference = calls_in(line)
    assert writes(line, "1") == [f"You have {reference}."]
    assert writes(line, "1", COLLEAGUE) == [f"Somebody else has {reference} already. Thank you."]


def test_who_wrote_stop_is_sent_nothing_and_the_page_says_why(line: Line) -> None:
    writes(line, "STOP")
    reference = calls_in(line)
    (alert,) = told(line, reference)
    assert (alert.state, alert.reason) == (NotificationState.FAILED, "opted out")
    writes(line, "YES")
    tell_again(line.adapters.store, line.adapters.queue, reference=reference, at=line.clock())
    line.works()
    assert f"ref {reference}" in line.texts[-1].body


# --- By telephone ---------------------------------------------------------------------------------


def rings(line: Line, reference: str, person: str | None = "ana") -> Notification:
    """An alert by telephone, as the escalation means one."""
    notification_id = uuid.uuid4().hex
    at = line.clock()
    sealer = line.adapters.sealer
    meant = Notification(
        notification_id,
        reference,
        NotificationKind.ALERT,
        "voice",
        sealer.seal(ORGANIZER.encode(), recipient_context(notification_id)),
        sealer.fingerprint(ORGANIZER),
        "the brief",
        at,
        at,
        person=person,
    )
    with line.adapters.store.begin() as records:
        assert records.add_notification(meant)
    line.adapters.queue.put(Job.SEND_NOTIFICATION, notification_id)
    line.works()
    return by_id(line, notification_id)


def by_id(line: Line, notification_id: str) -> Notification:
    with line.adapters.store.read() as records:
        found = records.notification(notification_id)
    assert found is not None
    return found


def test_who_is_rung_hears_the_brief_and_has_it_by_a_key(line: Line) -> None:
    line.network.phone(ORGANIZER).answers("1")
    reference = calls_in(line)
    alert = rings(line, reference)
    assert alert.state is NotificationState.DELIVERED
    assert (alert.acknowledged_by, line.dossier.acts[0].who) == ("ana", "ana")
    assert handling(line, reference) is Handling.ACKNOWLEDGED
    assert not line.network.failures


def test_two_passes_it_on(line: Line) -> None:
    line.network.phone(ORGANIZER).answers("2")
    reference = calls_in(line)
    alert = rings(line, reference)
    assert alert.passed_on_at is not None
    assert handling(line, reference) is Handling.NEW


def test_a_machine_that_picks_up_has_nothing(line: Line) -> None:
    line.network.phone(ORGANIZER).has_a_machine_answer()
    reference = calls_in(line)
    alert = rings(line, reference)
    assert alert.acknowledged_at is None
    assert handling(line, reference) is Handling.NEW
    assert not [each for each in line.network.webhooks if "/voice/playback/" in each.url]


@pytest.mark.parametrize("manner", ["does_not_answer", "is_busy"])
def test_who_was_not_reached_is_shown_as_such(line: Line, manner: str) -> None:
    getattr(line.network.phone(ORGANIZER), manner)()
    reference = calls_in(line)
    alert = rings(line, reference)
    assert alert.state is NotificationState.FAILED
    assert alert.reason in ("not delivered (code no-answer)", "not delivered (code busy)")


def asks(line: Line, path: str, **form: str) -> str:
    """As the provider would; its answer."""
    url = f"{line.settings.public_url}{path}"
    said = {"CallSid": "CA" + "0" * 32, **form}
    token = line.settings.twilio_auth_token.get_secret_value()
    signature = RequestValidator(token).compute_signature(url, said)
    answer = requests.post(url, said, headers={"X-Twilio-Signature": signature}, timeout=5)
    assert answer.status_code == 200
    return answer.text


def test_the_recording_is_heard_after_a_key_and_asked_of_again(line: Line) -> None:
    line.speech.outcomes = ["Lake and Bloomington"]
    call = line.caller.dials().presses("1").presses("1").says(PLACE, then="#")
    assert isinstance(call, PhoneCall)
    call.hangs_up()
    line.works()
    reference = line.dossier.report.reference
    line.network.phone(ORGANIZER).does_not_answer()
    alert = rings(line, reference)
    picked_up = asks(line, f"/voice/alert/{alert.notification_id}/1")
    assert "Reference " + ", ".join(reference) in picked_up
    assert "http" not in picked_up.replace("https://www.w3.org", "")
    assert "<Play>" not in picked_up
    again = asks(line, f"/voice/alert-key/{alert.notification_id}/1", Digits="3")
    assert "/voice/playback/" in again
    assert "Press 1 if you have it" in again
    silent = asks(line, f"/voice/alert-key/{alert.notification_id}/1")
    assert "Press 1 if you have it" in silent, "it is read once more"
    assert "Goodbye" in asks(line, f"/voice/alert-key/{alert.notification_id}/2")
    assert by_id(line, alert.notification_id).acknowledged_at is None


def test_who_picks_up_too_late_is_told_so(line: Line) -> None:
    line.network.phone(ORGANIZER).does_not_answer()
    reference = calls_in(line)
    alert = rings(line, reference)
    writes(line, f"{reference} ok")
    heard = asks(line, f"/voice/alert/{alert.notification_id}/1")
    assert "Somebody else has" in heard or "You have" in heard
    assert "<Gather" not in heard


# --- By the link ----------------------------------------------------------------------------------


def link_of(line: Line, alert: Notification) -> str:
    links = AnswerLinks(SECRET, line.settings.public_url)
    return links.link(alert.notification_id)


def presses(line: Line, link: str, answer: str) -> str:
    with requests.Session() as browser:
        page = browser.get(link, timeout=5).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        form = {"csrf_token": token[1], "answer": answer}
        return browser.post(link, form, timeout=5).text


def test_the_link_takes_it_up_by_its_button_and_not_by_being_looked_at(line: Line) -> None:
    reference = calls_in(line)
    (alert,) = told(line, reference)
    link = link_of(line, alert)
    page = requests.get(link, timeout=5)
    assert page.status_code == 200
    assert reference in page.text
    assert "happening now" not in page.text
    assert handling(line, reference) is Handling.NEW, "a preview is no answer"
    assert "You have it" in presses(line, link, "have_it")
    assert handling(line, reference) is Handling.ACKNOWLEDGED
    again = requests.get(link, timeout=5).text
    assert "You have it" in again
    assert "<button" not in again, "it is good for once"


def test_passed_on_by_the_link(line: Line) -> None:
    reference = calls_in(line)
    (alert,) = told(line, reference)
    assert "passed on" in presses(line, link_of(line, alert), "pass_on")
    assert told(line, reference)[0].passed_on_at is not None


def test_an_old_or_broken_link_says_so_and_names_no_report(line: Line) -> None:
    reference = calls_in(line)
    (alert,) = told(line, reference)
    link = link_of(line, alert)
    broken = requests.get(link[:-2], timeout=5)
    assert broken.status_code == 404
    assert "not whole" in broken.text
    line.time_passes(24 * 3600 + 60)
    old = requests.get(link, timeout=5)
    assert old.status_code == 410
    assert "more than a day old" in old.text
    assert reference not in old.text
