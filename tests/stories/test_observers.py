"""Somebody is asked to go and see: what they answer, what they find, and what comes of it."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app import create_app
from dashboard import add_organizer
from reports.model import (
    AttachmentState,
    Docket,
    Dossier,
    Handling,
    NotificationKind,
    NotificationState,
    Verdict,
    Verification,
)
from reports.observing import Dispatch, Said
from reports.people import Duty, Person, QuietHours, Reach, Shift, address_context
from reports.services.review import handle
from simulator.postman import Letter
from simulator.spoken import spoken_call
from tests.stories.conftest import Line

CALL = spoken_call("en-lake-bloomington")
SAM, LUZ, STOPPED = "+16125550121", "+16125550122", "+16125550123"
PASSWORD = "a few plain words"
SAFETY = "Observe and record only. Keep your distance. Do not interfere."
SEGURIDAD = "Solo observe y documente. Mantenga la distancia. No interfiera."


class Desk:
    """Ana at the pages."""

    def __init__(self, line: Line) -> None:
        add_organizer(line.adapters.store, "ana", "Ana Fuentes", PASSWORD, line.clock())
        self._line = line
        self.client: FlaskClient = create_app(line.settings, line.clock).test_client()
        self.client.get("/login")
        self.sends("/login", "/login", username="ana", password=PASSWORD)

    def get(self, path: str) -> str:
        return self.client.get(path, base_url=self._line.settings.public_url).text

    def text(self, path: str) -> str:
        """As a person reads it."""
        page = self.get(path)
        main = page[page.index("<main") : page.index("</main")]
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    def sends(self, path: str, from_page: str, **form: Any) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(from_page))
        assert token is not None, "the page has no form"
        data = {"csrf_token": token[1], **form}
        done = self.client.post(path, data=data, base_url=self._line.settings.public_url)
        self._line.works()
        return done


def takes_part(
    line: Line, handle_: str, number: str, *languages: str, observes: bool = True, **more: Any
) -> None:
    """A person of the group, with a telephone."""
    at, reach_id, sealer = line.clock() - timedelta(days=1), uuid.uuid4().hex, line.adapters.sealer
    quiet = QuietHours.parse(more["quiet"]) if "quiet" in more else None
    with line.adapters.store.begin() as records:
        person = Person(
            handle_,
            f"{handle_.capitalize()} Berg",
            at,
            "ana",
            languages,
            observes=observes,
            areas=more.get("areas", ()),
        )
        records.people.put_person(person)
        sealed = sealer.seal(number.encode(), address_context(reach_id))
        hashed = sealer.fingerprint(number)
        records.people.add_reach(Reach(reach_id, handle_, "sms", sealed, hashed, quiet))


def writes(line: Line, number: str, body: str, **more: Any) -> list[str]:
    """What came back to that phone since."""
    phone = line.network.caller(number)
    before = len(phone.inbox)
    phone.texts(body, **more)
    line.works()
    return [text.body for text in phone.inbox[before:]]


def reads(line: Line, number: str) -> list[str]:
    return [text.body for text in line.network.inbox(number)]


def a_photo() -> tuple[str, bytes]:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(made, "JPEG")
    return "image/jpeg", made.getvalue()


def somebody_calls(line: Line) -> str:
    """And somebody has the report. Returns its reference."""
    line.speech.outcomes = ["corner of Lake and Bloomington, call me at 612 555 0142"]
    line.caller.dials().presses("1").presses("1").says(CALL.where.path, then="#").hangs_up()
    line.works()
    reference = line.dossiers[-1].report.reference
    handle(
        line.adapters.store,
        reference=reference,
        to=Handling.ACKNOWLEDGED,
        who="ana",
        at=line.clock(),
    )
    return reference


def asks(desk: Desk, reference: str, *people: str, **form: Any) -> str:
    """Presses Send on the draft as it is. The page of the incident."""
    path = f"/r/{reference}/observers"
    page = desk.get(path)
    words = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    press = re.search(r'name="press" value="([^"]+)"', page)
    assert words is not None
    assert press is not None
    given = {"words": words[1], "press": press[1], "person": list(people), **form}
    done = desk.sends(path, path, **given)
    assert done.status_code == 303, done.text
    return str(done.location)


def docket(line: Line, incident_id: int = 1) -> Docket:
    with line.adapters.store.read() as records:
        found = records.docket(incident_id)
    assert found is not None
    return found


def the_request(line: Line) -> Dispatch:
    with line.adapters.store.read() as records:
        (only,) = records.observing.dispatches_of([1])
    return only


def said(line: Line) -> dict[str, Said | None]:
    return {ask.person_id: ask.said for ask in the_request(line).asks}


def findings(line: Line) -> list[Dossier]:
    return [each for each in line.dossiers if each.finding is not None]


@pytest.fixture
def desk(line: Line) -> Desk:
    takes_part(line, "sam", SAM, "en")
    takes_part(line, "luz", LUZ, "es", "en", areas=("Minneapolis",))
    return Desk(line)


def test_an_incident_is_confirmed_by_an_observers_photo(line: Line, desk: Desk) -> None:
    takes_part(line, "kim", STOPPED, "en")
    writes(line, STOPPED, "STOP")
    reference = somebody_calls(line)

    page = desk.text(f"/r/{reference}/observers")
    assert "Kim Berg opted out" in page
    assert "UNVERIFIED" in page
    assert "Lake" in page
    # Not '555' alone, which may stand in a token.
    assert not [number for number in (SAM, LUZ, STOPPED) if number.removeprefix("+1") in page]
    assert "555-01" not in page
    assert reads(line, SAM) == reads(line, LUZ) == [], "nothing is sent before somebody presses"

    assert asks(desk, reference, "sam", "luz", "kim").endswith("/incidents/1")
    (to_sam,), (to_luz,) = reads(line, SAM), reads(line, LUZ)
    assert to_sam.startswith("UNVERIFIED")
    assert to_sam.endswith(SAFETY)
    assert "Reply YES and the minutes" in to_sam
    assert to_luz.endswith(SEGURIDAD)
    assert len(reads(line, STOPPED)) == 0

    (answer,) = writes(line, SAM, "NO")
    assert answer.startswith("Noted that you cannot.")
    (answer,) = writes(line, LUZ, "Sí 10")
    assert answer == f"Gracias. Anotado: 10 minutos. Escriba AQUÍ cuando llegue. {SEGURIDAD}"
    page = desk.text("/incidents/1")
    assert "Sam Berg : cannot come" in page
    assert "Luz Berg : comes, in 10 min, so by" in page
    writes(line, LUZ, "HERE")
    assert said(line) == {"sam": Said.NOT_COMING, "luz": Said.HERE}
    assert len(line.dossiers) == 1, "an answer is no report"

    (answer,) = writes(line, LUZ, "Cuatro con chalecos", media=[a_photo()])
    assert answer.startswith("Lo tenemos.")
    (found,) = findings(line)
    assert [each.body for each in found.texts] == ["Cuatro con chalecos"]
    assert [each.state for each in found.attachments] == [AttachmentState.STORED]
    assert docket(line).references == (reference, found.report.reference)
    assert docket(line).incident.verdict is Verdict.UNVERIFIED, "nothing confirms itself"

    page = desk.text("/incidents/1")
    assert "1 independent caller" in page, "whom the group sent is no further caller"
    assert "Luz Berg sent 1 picture" in page
    assert f"The line put in {found.report.reference}" in page
    html = desk.get("/incidents/1")
    shown = re.search(r'<img src="(/r/\d+/attachments/[^"]+)"', html)
    assert shown is not None
    form = html[html.index('name="to" value="confirmed"') :]
    note = re.search(r'name="note" value="([^"]+)"', form)
    assert note is not None
    verdict = {"to": "confirmed", "how": "photo", "note": note[1]}
    desk.sends("/incidents/1/verdict", "/incidents/1", **verdict)
    judgement = docket(line).incident.judgement
    assert (judgement.verdict, judgement.how) == (Verdict.CONFIRMED, Verification.PHOTO)
    assert judgement.note == f"by observer Luz Berg, report {found.report.reference}"

    writes(line, LUZ, "me voy")
    desk.sends(f"/requests/{the_request(line).dispatch_id}/end", "/incidents/1")
    assert not [each for each in (*reads(line, SAM), *reads(line, LUZ)) if "terminó" in each], (
        "who said no, or has left, is not told"
    )
    page = desk.text("/incidents/1")
    for happened in (
        "Ana Fuentes asked Luz Berg, Sam Berg to go and see",
        "Sam Berg cannot come",
        "Luz Berg comes, in 10 min",
        "Luz Berg is on the scene",
        "Luz Berg has left the scene",
        "Ana Fuentes ended the request to observers",
    ):
        assert happened in page


def test_pressed_twice_it_is_sent_once(line: Line, desk: Desk) -> None:
    path = f"/r/{somebody_calls(line)}/observers"
    for _ in range(2):
        done = desk.sends(path, "/incidents", words="vans", press="one form", person=["sam"])
        assert done.location.endswith("/incidents/1")
    assert len(reads(line, SAM)) == 1
    assert len(the_request(line).asks) == 1


def test_who_wrote_stop_meanwhile_is_sent_nothing_and_the_page_says_why(
    line: Line, desk: Desk
) -> None:
    reference = somebody_calls(line)
    path = f"/r/{reference}/observers"
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.get(path))
    assert token is not None
    data = {"csrf_token": token[1], "words": "vans", "press": "p", "person": ["sam"]}
    desk.client.post(path, data=data, base_url=line.settings.public_url)
    writes(line, SAM, "STOP")
    assert reads(line, SAM) == []
    assert "not sent : opted out" in desk.text("/incidents/1")


def test_when_it_is_over_who_may_still_go_is_told_and_that_can_be_undone(
    line: Line, desk: Desk
) -> None:
    asks(desk, somebody_calls(line), "sam", "luz")
    writes(line, LUZ, "voy")
    number = the_request(line).dispatch_id
    desk.sends(f"/requests/{number}/end", "/incidents/1")
    assert reads(line, SAM)[-1] == f"This request is over. You need not go. Thank you.\n{SAFETY}"
    assert reads(line, LUZ)[-1].startswith("Esta solicitud terminó.")
    assert writes(line, SAM, "YES 5")[0].startswith("This request is over.")
    assert said(line)["sam"] is None

    desk.sends(f"/requests/{number}/end/undo", "/incidents/1")
    assert reads(line, SAM)[-1].startswith("The request goes on after all.")
    assert writes(line, SAM, "YES 5")[0].startswith("Thank you. Noted: 5 minutes.")
    assert "Ana Fuentes undid the end" in desk.text("/incidents/1")


def test_a_request_that_ended_before_it_was_sent_sends_nobody_out(line: Line, desk: Desk) -> None:
    reference = somebody_calls(line)
    path = f"/r/{reference}/observers"
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.get(path))
    assert token is not None
    data = {"csrf_token": token[1], "words": "vans", "press": "p", "person": ["sam"]}
    desk.client.post(path, data=data, base_url=line.settings.public_url)
    number = the_request(line).dispatch_id
    assert number is not None
    line.adapters.dispatcher.end(number, "ana", line.clock())
    line.works()
    assert reads(line, SAM) == []
    (told,) = [
        each for each in line.dossiers[0].notifications if each.kind is NotificationKind.OBSERVE
    ]
    assert (told.state, told.reason) == (NotificationState.FAILED, "the request is over")


def test_what_is_no_answer_is_kept_and_they_read_how_to_answer(line: Line, desk: Desk) -> None:
    asks(desk, somebody_calls(line), "sam")
    (answer,) = writes(line, SAM, "maybe, who else goes?")
    assert answer.startswith("We have your message. Please reply YES and the minutes")
    assert answer.endswith(SAFETY)
    (found,) = findings(line)
    assert [each.body for each in found.texts] == ["maybe, who else goes?"]
    writes(line, SAM, "YES")
    assert writes(line, SAM, "15")[0].startswith("Thank you. Noted: 15 minutes.")
    writes(line, SAM, "I see two vans")
    (found,) = findings(line)
    assert [each.body for each in found.texts] == ["maybe, who else goes?", "I see two vans"]


def test_who_was_asked_nothing_or_said_no_reports_like_anybody(line: Line, desk: Desk) -> None:
    asks(desk, somebody_calls(line), "sam")
    writes(line, SAM, "no")
    (answer,) = writes(line, SAM, "vans at the market")
    assert answer.startswith("Witness Line: we have your message")
    (answer,) = writes(line, LUZ, "10 vans at the market")
    assert answer.startswith("Witness Line: we have your message")
    assert findings(line) == []
    assert len(docket(line).references) == 1


def test_what_they_saw_before_they_were_asked_stays_what_a_witness_said(
    line: Line, desk: Desk
) -> None:
    reference = somebody_calls(line)
    writes(line, SAM, "vans at Lake and Bloomington")
    asks(desk, reference, "sam")
    writes(line, SAM, "YES 3")
    writes(line, SAM, "they are leaving")
    (found,) = findings(line)
    assert [each.body for each in found.texts] == ["they are leaving"]
    assert len(line.dossiers) == 3


def test_a_call_of_an_observer_lands_in_the_incident(line: Line, desk: Desk) -> None:
    reference = somebody_calls(line)
    asks(desk, reference, "sam")
    writes(line, SAM, "YES 3")
    line.speech.outcomes = ["corner of Lake and Bloomington, they are gone"]
    phone = line.network.caller(SAM)
    phone.dials().presses("1").presses("1").says(CALL.where.path, then="#").hangs_up()
    line.works()
    (found,) = findings(line)
    assert found.recordings, "it is a call like any other"
    assert docket(line).references == (reference, found.report.reference)
    page = desk.text("/incidents/1")
    assert "Sam Berg told of what they see" in page
    assert "Observer Sam Berg" in page
    assert "From an observer" in desk.text(f"/r/{found.report.reference}")


def test_an_hour_after_it_is_over_they_may_still_send_what_they_found(
    line: Line, desk: Desk
) -> None:
    asks(desk, somebody_calls(line), "sam")
    writes(line, SAM, "YES 3")
    desk.sends(f"/requests/{the_request(line).dispatch_id}/end", "/incidents/1")
    line.time_passes(50 * 60)
    writes(line, SAM, "here is what I saw: two vans")
    assert len(findings(line)) == 1
    line.time_passes(20 * 60)
    writes(line, SAM, "and now something else at the park")
    assert len(findings(line)) == 1


def test_the_same_text_announced_again_answers_once(line: Line, desk: Desk) -> None:
    asks(desk, somebody_calls(line), "sam")
    writes(line, SAM, "YES 10")
    last = [webhook for webhook in line.network.webhooks if webhook.kind == "sms"][-1]
    writes(line, SAM, "HERE")
    line.network.exchange.postman.fetch(Letter(last.url, "POST", last.params), "sms")
    line.works()
    (ask,) = the_request(line).asks
    assert [each.said for each in ask.answers] == [Said.COMING, Said.HERE]


def test_who_is_on_call_too_answers_the_last_question(line: Line, desk: Desk) -> None:
    at = line.clock() - timedelta(days=1)
    every_day = frozenset(range(7))
    shift = Shift("sam", Duty.PRIMARY, date(2025, 1, 1), time(0), time(0), at, "ana", every_day)
    with line.adapters.store.begin() as records:
        records.people.add_shift(shift)
    line.caller.dials().presses("1").presses("1").hangs_up()
    line.works()
    reference = line.dossier.report.reference
    line.time_passes(5)
    asks(desk, reference, "sam")
    assert writes(line, SAM, "yes")[0].startswith("Thank you. In how many minutes")
    assert line.dossier.report.handling is Handling.NEW
    assert writes(line, SAM, "ok") == [f"You have {reference}."], "the one that is left"
    assert writes(line, SAM, "10")[0].startswith("Thank you. Noted: 10 minutes.")
    assert said(line) == {"sam": Said.COMING}


def test_the_link_answers_without_a_login_and_tells_nothing_of_a_caller(
    line: Line, desk: Desk
) -> None:
    asks(desk, somebody_calls(line), "sam")
    (ask,) = the_request(line).asks
    url = line.adapters.dispatcher.links.link(ask.ask_id)
    session = requests.Session()
    page = session.get(url, timeout=5).text
    assert SAFETY in page
    assert not [each for each in ("Lake", "555", "UNVERIFIED", "Sam") if each in page]
    assert said(line) == {"sam": None}, "whoever previews a link answers nothing"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "said": "coming", "minutes": "15"}
    page = session.post(url, form, timeout=5, headers={"Referer": url}).text
    assert "Noted: you come, in 15 minutes" in page
    assert said(line) == {"sam": Said.COMING}
    for wrong in ({"said": "nonsense"}, {"said": "coming", "minutes": "999"}):
        given = {"csrf_token": token[1], **wrong}
        assert session.post(url, given, timeout=5, headers={"Referer": url}).status_code == 400
    assert session.get(f"{url}x", timeout=5).status_code == 404
    number = the_request(line).dispatch_id
    assert number is not None
    line.adapters.dispatcher.end(number, "ana", line.clock())
    assert session.get(url, timeout=5).status_code == 410
