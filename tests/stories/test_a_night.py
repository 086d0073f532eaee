"""The night in which the clocks go back: from a call in Somali to what Monday’s shift reads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import create_app
from dashboard import add_organizer
from oncall.roster import Roster, watch
from reports.model import Handling, Verdict, Verification
from reports.people import Duty, Shift
from reports.services.people import set_pin
from simulator.spoken import spoken_call
from tests.stories.conftest import CALLER, Line
from tests.stories.test_observers import (
    Desk,
    a_photo,
    asks,
    docket,
    findings,
    reads,
    takes_part,
    writes,
)
from tests.stories.test_recorded_language import record_all

CHICAGO = ZoneInfo("America/Chicago")
PAT, BO, LUZ = "+16125550161", "+16125550162", "+16125550163"
PIN = "493817"
SOMALI = "3"
SATURDAYS, NIGHT = frozenset({5}), (time(22), time(6))


def the_clocks_go_back(now: datetime) -> datetime:
    """02:10 of the next Sunday on which they did so an hour ago: the first of November."""
    for year in (now.year, now.year + 1):
        first = date(year, 11, 1)
        sunday = first + timedelta(days=(6 - first.weekday()) % 7)
        at = datetime.combine(sunday, time(2, 10), CHICAGO).astimezone(UTC)
        if at > now:
            return at
    raise AssertionError("there is one each year")


def has_nights(line: Line, person: str, duty: Duty) -> None:
    with line.adapters.store.begin() as records:
        made = line.clock() - timedelta(days=1)
        shift = Shift(person, duty, date(2025, 1, 1), *NIGHT, made, "ana", weekdays=SATURDAYS)
        records.people.add_shift(shift)


@pytest.mark.line(audio_url="audio")
def test_a_somali_call_on_the_sunday_of_the_clocks_is_answered_confirmed_and_handed_on(
    line: Line,
) -> None:
    line.clock.ahead = the_clocks_go_back(line.clock()) - line.clock()
    takes_part(line, "pat", PAT, "so", observes=False)
    takes_part(line, "bo", BO, "en", observes=False)
    takes_part(line, "luz", LUZ, "es", "en", areas=("Minneapolis",))
    set_pin(
        line.adapters.store,
        line.adapters.sealer,
        person_id="bo",
        pin=PIN,
        who="ana",
        at=line.clock(),
    )
    has_nights(line, "pat", Duty.PRIMARY)
    has_nights(line, "bo", Duty.BACKUP)
    with line.adapters.store.read() as records:
        roster = Roster.of(records.people, CHICAGO)
    on_call = watch(roster, line.clock())
    assert [each.person_id for each in on_call.primary] == ["pat"]
    assert [each.person_id for each in on_call.backup] == ["bo"]
    assert (line.clock() - roster_began(line.clock())) > timedelta(hours=5), "an hour came twice"

    # People of the group have recorded what the line says in Somali.
    record_all(line, "so")
    line.speech.outcomes = ["Waxaan joogaa Cedar-Riverside, meel u dhow Riverside Plaza."]
    place = spoken_call("en-lake-bloomington").where.path
    call = line.caller.dials().presses(SOMALI).presses("1").says(place, then="#")
    call.presses("4#").presses("1").hangs_up()
    line.works()
    reference = line.dossier.report.reference
    assert line.dossier.call.language == "so"
    (alert,) = [text for text in reads(line, PAT) if "update" not in text]
    assert "Somali" in alert
    assert "happening now" in alert
    assert reads(line, BO) == reads(line, LUZ) == []

    # Pat sleeps. Five minutes later Bo is asked, who has no data connection, and calls the line.
    line.time_passes(5 * 60 + 1)
    (asked,) = reads(line, BO)
    assert "nobody has answered yet" in asked
    assert "Riverside Plaza" in asked
    heard = line.network.caller(BO).dials().presses(PIN)
    assert "4 officers" in " ".join(each.text for each in heard.heard.prompts)
    heard.presses("1").presses("0")
    line.works()
    assert line.dossier.report.handling is Handling.ACKNOWLEDGED
    line.time_passes(10)
    assert any("Bo Berg has it" in text for text in reads(line, PAT))
    line.time_passes(30 * 60)
    assert line.texts == (), "nobody else is woken"

    # By day: Ana asks somebody to go and see, and a picture confirms it.
    desk = Desk(line)
    asks(desk, reference, "luz")
    writes(line, LUZ, "YES 10")
    writes(line, LUZ, "HERE")
    writes(line, LUZ, "Four with vests", media=[a_photo()])
    (found,) = findings(line)
    html = desk.get("/incidents/1")
    form = html[html.index('name="to" value="confirmed"') :]
    note = re.search(r'name="note" value="([^"]+)"', form)
    assert note is not None
    verdict = {"to": "confirmed", "how": "photo", "note": note[1]}
    desk.sends("/incidents/1/verdict", "/incidents/1", **verdict)
    judgement = docket(line).incident.judgement
    assert (judgement.verdict, judgement.how) == (Verdict.CONFIRMED, Verification.PHOTO)
    assert found.report.reference in judgement.note

    # The handover: a draft of what is open, signed, and read by whoever comes on Monday.
    draft = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", desk.get("/handover"), re.DOTALL)
    assert draft is not None
    assert re.search(r"CONFIRMED SINCE .*\n- #1, by Ana Fuentes", draft[1])
    assert CALLER not in draft[1]
    signed = desk.sends("/handover", "/handover", words=f"{draft[1]}\nLuz stays until noon.")
    assert signed.status_code == 303
    line.clock.ahead += timedelta(days=1)
    assert "Luz stays until noon." in monday_reads(line)


def roster_began(at: datetime) -> datetime:
    """When the night's shift began."""
    evening = at.astimezone(CHICAGO).date() - timedelta(days=1)
    return datetime.combine(evening, NIGHT[0], CHICAGO).astimezone(UTC)


def monday_reads(line: Line) -> str:
    """What Kim is led to from the list of reports."""
    add_organizer(line.adapters.store, "kim", "Kim Vang", "a few plain words", line.clock())
    client, base = create_app(line.settings, line.clock).test_client(), line.settings.public_url
    page = client.get("/login", base_url=base).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    given = {"csrf_token": token[1], "username": "kim", "password": "a few plain words"}
    client.post("/login", data=given, base_url=base)
    link = re.search(r'href="(/handover/\d+)"', client.get("/", base_url=base).text)
    assert link is not None, "the list of reports says that there is one"
    return client.get(link[1], base_url=base).text
