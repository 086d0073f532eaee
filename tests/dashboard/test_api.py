"""The read API: what other programs of the group are told, and what they never are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from openapi_spec_validator.readers import read_from_filename
from werkzeug.test import TestResponse

from dashboard import Desk
from dashboard.api import DESCRIPTION
from dashboard.facts import Standing
from reports.custody import Deed
from reports.fields.counts import Count
from reports.model import (
    ActKind,
    CallState,
    Handling,
    IncidentActKind,
    Judgement,
    NotificationKind,
    NotificationState,
    RecordingState,
    Verdict,
    Verification,
)
from reports.services.incidents import merge, set_verdict
from reports.services.review import judge
from reports.services.settling import settle
from tests.dashboard.conftest import API_TOKEN, Browser, Clock
from tests.dashboard.stories import CALLER, MORNING, ORGANIZER_NUMBER, Stories, mu_law_wave, segment

DOCUMENT, _ = read_from_filename(str(DESCRIPTION))


@dataclass
class Reader:
    """A program with the token; each JSON answer is checked against the published description."""

    client: FlaskClient
    token: str = API_TOKEN

    def get(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(path, headers={"Authorization": f"Bearer {self.token}", **headers})
        if answer.is_json:
            conforms(answer, path)
        return answer


def conforms(answer: TestResponse, path: str) -> None:
    described = described_path(path)
    responses = DOCUMENT["paths"][described]["get"]["responses"]
    assert str(answer.status_code) in responses, f"{path} may not answer {answer.status_code}"
    response = responses[str(answer.status_code)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = response["content"]["application/json"]["schema"]
    Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, format_checker=FormatChecker()
    ).validate(answer.json)


def described_path(path: str) -> str:
    match path.partition("?")[0].strip("/").split("/"):
        case ["api", "reports", _, "recordings", _]:
            return "/api/reports/{reference}/recordings/{recording_sid}.wav"
        case ["api", "incidents", _]:
            return "/api/incidents/{incident}"
        case ["api", "reports", _]:
            return "/api/reports/{reference}"
        case _:
            return path.partition("?")[0]


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app.test_client())


def test_the_description_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_every_address_of_the_api_is_described(app: Flask) -> None:
    served = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert served == set(DOCUMENT["paths"])


@pytest.mark.parametrize(
    ("states", "described"),
    [
        (Handling, ["Handling"]),
        (Verdict, ["Verdict"]),
        (CallState, ["Call", "properties", "state"]),
        (RecordingState, ["Recording", "properties", "state"]),
        (NotificationState, ["Notification", "properties", "state"]),
        (NotificationKind, ["Notification", "properties", "kind"]),
        (ActKind, ["Act", "properties", "kind"]),
        (IncidentActKind, ["IncidentAct", "properties", "kind"]),
        (Deed, ["CustodyEntry", "properties", "deed"]),
        (Standing, ["FieldBase", "properties", "standing"]),
    ],
)
def test_the_description_knows_every_state(states: type[StrEnum], described: list[str]) -> None:
    schema: Any = DOCUMENT["components"]["schemas"]
    for step in described:
        schema = schema[step]
    assert set(schema["enum"]) == {state.value for state in states}


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", f"Basic {API_TOKEN}"])
def test_without_the_token_nothing_is_told(app: Flask, authorization: str) -> None:
    client = app.test_client()
    for path in ("/api/reports", "/api/reports/4821", "/api/openapi.yaml"):
        answer = client.get(path, headers={"Authorization": authorization})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        conforms(answer, path)


def test_a_login_of_the_pages_is_no_token(ana: Browser) -> None:
    assert ana.get("/api/reports").status_code == 401


def test_a_report_is_told_with_its_sources(reader: Reader, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    told = reader.get("/api/reports/4821").json
    assert told is not None
    assert told["verdict"] == "unverified"
    assert told["call"]["language"] == "es"
    assert told["fields"]["happening_now"] == {
        "value": True,
        "standing": "known",
        "source": {"kind": "key", "question": "when", "digits": "1"},
        "confidence": 0.95,
    }
    place = told["fields"]["place"]
    assert place["value"] == "Esquina de la calle Orchard y la Quinta, en la lavandería."
    assert place["source"] == {
        "kind": "words",
        "recording_sid": "RE4821where",
        "start": 0.4,
        "end": 4.2,
    }
    words = told["recordings"][0]["transcripts"][0]["segments"][0]["words"]
    assert words[0]["text"].strip() == "Esquina"
    assert told["callback_allowed"] is True
    assert told["notifications"][0]["state"] == "delivered"


def test_no_number_is_ever_told(reader: Reader, stories: Stories) -> None:
    stories.whole_morning()
    told = reader.get("/api/reports").text
    assert CALLER[1:] not in told
    assert ORGANIZER_NUMBER[1:] not in told
    assert "caller_hash" not in told


def test_all_of_a_morning_fits_the_description(reader: Reader, stories: Stories) -> None:
    stories.whole_morning()
    page = reader.get("/api/reports").json
    assert page is not None
    assert [report["reference"] for report in page["reports"]] == [
        "6644",
        "4821",
        "5590",
        "3107",
        "7718",
        "2296",
    ]
    assert page["next_cursor"] is None


def test_pages_follow_one_another_to_the_end(reader: Reader, stories: Stories) -> None:
    stories.whole_morning()
    seen: list[str] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = reader.get(f"/api/reports?limit=4&cursor={cursor}").json
        assert page is not None
        seen += [report["reference"] for report in page["reports"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 6


def test_since_tells_what_changed_then_or_later(
    reader: Reader, stories: Stories, clock: Clock
) -> None:
    stories.whole_morning()
    first = reader.get("/api/reports").json
    assert first is not None
    assert first["read_at"] == MORNING.isoformat()
    clock.passes(minutes=1)
    judge(stories.store, reference="3107", verdict=Verdict.CONFIRMED, who="ana", at=clock.now)
    changed = reader.get(f"/api/reports?since={quote(clock.now.isoformat())}").json
    assert changed is not None
    assert [report["reference"] for report in changed["reports"]] == ["3107"]
    assert changed["reports"][0]["acts"][-1]["after"] == "confirmed"
    later = quote((clock.now + timedelta(seconds=1)).isoformat())
    nothing = reader.get(f"/api/reports?since={later}").json
    assert nothing is not None
    assert nothing["reports"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("since=yesterday", "bad_since"),
        ("since=2026-03-02T06:30:00", "bad_since"),
        ("since=2026-03-02T06:30:00+06:00", "bad_since"),
        ("limit=0", "bad_limit"),
        ("limit=201", "bad_limit"),
        ("limit=many", "bad_limit"),
        ("cursor=-1", "bad_cursor"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_reason(
    reader: Reader, query: str, code: str
) -> None:
    answer = reader.get(f"/api/reports?{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"]["code"] == code


def test_the_audio_is_the_original_file(reader: Reader, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    recording = reader.get("/api/reports/4821").json["recordings"][0]  # type: ignore[index]
    audio = reader.get("/api/reports/4821/recordings/RE4821where.wav")
    assert audio.mimetype == "audio/wav"
    assert audio.data == mu_law_wave()
    assert hashlib.sha256(audio.data).hexdigest() == recording["sha256"]
    assert len(audio.data) == recording["size"]
    part = reader.get("/api/reports/4821/recordings/RE4821where.wav", Range="bytes=4-7")
    assert part.status_code == 206
    assert part.data == audio.data[4:8]
    beyond = reader.get("/api/reports/4821/recordings/RE4821where.wav", Range="bytes=9999999-")
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    "path",
    [
        "/api/reports/9999",
        "/api/reports/9999/recordings/RE4821where.wav",
        "/api/reports/4821/recordings/RE5590where.wav",
        "/api/reports/6644/recordings/RE6644where.wav",
    ],
)
def test_what_is_not_there_is_a_404_in_json(reader: Reader, stories: Stories, path: str) -> None:
    stories.whole_morning()
    assert reader.get(path).status_code == 404


def test_an_address_that_nobody_has_is_told_in_json_too(reader: Reader, app: Flask) -> None:
    answer = app.test_client().get("/api/nothing")
    assert answer.status_code == 404
    assert answer.json == {"error": {"code": "not_found", "message": "Not Found"}}


def test_nothing_can_be_written_by_it(app: Flask) -> None:
    answer = app.test_client().post(
        "/api/reports", headers={"Authorization": f"Bearer {API_TOKEN}"}
    )
    assert answer.status_code == 405
    assert answer.json is not None
    assert "GET" in answer.headers["Allow"]


def test_a_fault_is_told_in_json_without_its_inside(
    make_app: Callable[..., Flask], stories: Stories, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    stories.spanish_happening_now("4821")

    def broken(_key: str) -> bytes:
        raise OSError("the disk at /secret/place is gone")

    monkeypatch.setattr(stories.audio, "get", broken)
    answer = app.test_client().get(
        "/api/reports/4821/recordings/RE4821where.wav",
        headers={"Authorization": f"Bearer {API_TOKEN}"},
    )
    assert answer.status_code == 500
    assert "secret" not in json.dumps(answer.json)


def test_the_description_can_be_fetched(reader: Reader) -> None:
    answer = reader.get("/api/openapi.yaml")
    assert answer.status_code == 200
    assert answer.data == DESCRIPTION.read_bytes()
    answer.close()


def test_incidents_are_given_with_their_evidence_and_without_plates(
    reader: Reader, desk: Desk, stories: Stories
) -> None:
    for reference, minutes_ago, number in (("4001", 9, CALLER), ("4002", 5, "+16125550151")):
        stories.call(reference, minutes_ago, keys={"when": "1"}, number=number)
        words = "Agents at Lake and Bloomington, a gray Tahoe, plate K L V four one two."
        stories.recording(reference, "where", heard=[segment(words, 0, 4)])
    merge(desk.store, references=["4001", "4002"], who="ana", at=MORNING)
    drill = Judgement(Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "a fire drill")
    set_verdict(desk.store, incident_id=1, judgement=drill, who="ana", at=MORNING)
    (found,) = reader.get("/api/incidents").json["incidents"]  # type: ignore[index]
    assert found == reader.get("/api/incidents/1").json
    assert (found["reports"], found["callers"]) == (["4001", "4002"], 2)
    assert found["place"] == "E Lake St & Bloomington Ave"
    assert (found["evidence"]["how"], found["evidence"]["instead"]) == ("photo", "a fire drill")
    assert "KLV" not in json.dumps(found)
    report = reader.get("/api/reports/4001").json
    assert report is not None
    assert (report["incident"], report["verdict"]) == (1, "not_enforcement")
    later = (MORNING + timedelta(hours=1)).isoformat()
    assert reader.get(f"/api/incidents?since={quote(later)}").json["incidents"] == []  # type: ignore[index]


def test_what_people_settled_fits_the_description_and_has_its_sources(
    reader: Reader, desk: Desk, clock: Clock, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    one: dict[str, Any] = {"reference": "4821", "why": "", "seen": None, "who": "ana"}
    for field, value in (("officers", Count(6, 8)), ("vehicles", ()), ("location", None)):
        settle(desk.store, desk.queue, field=field, value=value, at=clock(), **one)
    document = reader.get("/api/reports/4821").json
    assert document is not None
    understood = document["understood"]
    assert understood["officers"]["sources"][0]["reviewer"] == "ana"
    assert understood["settled"].keys() == {"officers", "vehicles", "location"}
    assert understood["settled"]["vehicles"]["instead_of"], "what the words say is still there"
    assert [each["field"] for each in document["settled"]] == ["officers", "vehicles", "location"]


@pytest.mark.parametrize("incident", ["7", "x", "99999999999"])
def test_an_incident_that_is_not_there_is_not_found(reader: Reader, incident: str) -> None:
    assert reader.get(f"/api/incidents/{incident}").status_code == 404
