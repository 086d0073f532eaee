"""What a person settles goes before keys and words, and what they type is read as they mean it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reports.fields.activity import Activity
from reports.fields.appearance import Agency, Appearance, Claim, Look
from reports.fields.contact import Evidence, Need
from reports.fields.counts import Count
from reports.fields.equipment import Equipment
from reports.fields.first_hand import FirstHand
from reports.fields.heading import Heading
from reports.fields.kind import Kind
from reports.fields.lexicon import load_lexicons
from reports.fields.moment import Moment
from reports.fields.plainly import plainly, ranked_plainly, told_from
from reports.fields.plates import Plate
from reports.fields.priority import Priority, ranked
from reports.fields.settled import FORMS, SEVERAL, in_force, read, write
from reports.fields.typed import BadValue, Lookup, Wrong, as_typed, typed, why_typed
from reports.fields.understood import Told, Understanding, understand
from reports.fields.vehicles import Vehicle
from reports.model import Settlement
from tests.fields.cases import AT, cases, names

LEXICONS = load_lexicons(Path("prompts"))
ZONE = ZoneInfo("America/Chicago")
ONE_MINUTE = timedelta(minutes=1)
LOOKUP = Lookup(names(), LEXICONS["en"], ZONE, AT)


def told(words: str, keys: str = "") -> Told:
    return told_from({"words": words, "lang": "en", "keys": keys}, LEXICONS, AT)


def settled(words: str, keys: str = "", **values: Any) -> Understanding:
    """Of what Ana settled, as it is kept."""
    rows = [
        Settlement("4821", name, write(name, value), "ana", AT, settlement_id=number)
        for number, (name, value) in enumerate(values.items(), 1)
    ]
    return understand(told(words, keys), names(), in_force(rows))


def place(text: str) -> Any:
    return typed("location", {"place": [text]}, LOOKUP)


# --- What counts


def test_a_person_goes_before_the_key_and_the_key_before_words_and_all_stay_beside() -> None:
    found = settled("There are five agents.", "officers=3", officers=Count(4, 4))
    assert found.officers.value == Count(4, 4)
    assert found.officers.pressed is not None
    assert found.officers.pressed.value == Count(3, 3)
    assert found.officers.said is not None
    assert found.officers.said.value == Count(5, 5)
    assert found.conflicts == (), "somebody settled it"
    assert settled("There are five agents.", "officers=3").conflicts == ("officers",)


def test_who_says_that_there_is_nothing_is_believed() -> None:
    found = settled(
        "There are five agents with rifles by Mercado Central.",
        officers=None,
        location=None,
        equipment=(),
    )
    assert (found.officers.value, found.location.value, found.equipment) == (None, None, ())
    assert found.heard is not None
    assert found.heard.officers.value == Count(5, 5)
    assert [each.value for each in found.heard_of("equipment")] == [Equipment.WEAPONS]


def test_the_last_settlement_counts_and_a_withdrawal_gives_keys_and_words_back() -> None:
    rows = [
        Settlement("4821", "officers", {"low": 4, "high": 4, "is_about": False}, "ana", AT),
        Settlement("4821", "officers", {"low": 6, "high": 6, "is_about": False}, "ben", AT),
        Settlement("4821", "kind", "prank", "ben", AT),
        Settlement("4821", "kind", None, "ana", AT, withdrawn=True),
    ]
    held = in_force(rows)
    assert held.keys() == {"officers"}
    assert (held["officers"].value, held["officers"].who) == (Count(6, 6), "ben")


def test_what_a_newer_version_settled_is_passed_over_and_breaks_nothing() -> None:
    rows = [
        Settlement("4821", "officers", {"least": 4}, "ana", AT),
        Settlement("4821", "kind", "a kind of tomorrow", "ana", AT),
        Settlement("4821", "weather", "rain", "ana", AT),
    ]
    assert in_force(rows) == {}


def test_the_other_fields_are_read_by_the_kind_that_a_person_says() -> None:
    words = "Ha ha ha, five agents at Lake and Bloomington, just kidding."
    assert settled(words).officers.value is None, "a prank counts nobody"
    assert settled(words, kind=Kind.REPORT).officers.value == Count(5, 5)
    heard = "There are five agents at Lake and Bloomington."
    assert settled(heard, kind=Kind.PRANK).officers.value is None


@pytest.mark.parametrize(
    ("words", "keys", "values", "priority"),
    [
        ("I see five agents, they are arresting a man.", "", {}, Priority.P1),
        ("I see agents, they are arresting a man.", "", {"still_there": False}, Priority.P3),
        ("I see agents.", "present=2", {"still_there": True}, Priority.P2),
        ("I see agents.", "", {"activities": (Activity.FORCE,)}, Priority.P1),
        ("I see agents, they took two men.", "", {"detained": Count(0, 0), "activities": ()}, "P2"),
        ("I see agents.", "", {"kind": Kind.PRANK}, Priority.P4),
        ("I see agents.", "", {"first_hand": FirstHand.TOLD}, Priority.P4),
        (
            "I saw agents.",
            "when=1",
            {"seen_at": Moment(AT - timedelta(hours=4), timedelta())},
            "P3",
        ),
        ("They left.", "present=2", {"still_there": None}, Priority.P2),
    ],
)
def test_what_is_settled_says_how_urgent_it_is(
    words: str, keys: str, values: Mapping[str, Any], priority: str
) -> None:
    found = settled(words, keys, **values)
    assert ranked(told(words, keys), found).priority == priority


def test_the_plain_form_says_who_and_what_counts_no_more() -> None:
    found = settled(
        "There are five agents in a gray Tahoe.",
        "officers=3",
        officers=Count(4, 4),
        vehicles=(Vehicle("van", colour="white"),),
    )
    plain = json.loads(json.dumps(plainly(found, str.upper)))
    assert plain["officers"]["value"]["low"] == 4
    sources = plain["officers"]["sources"]
    assert [each["source"] for each in sources] == ["reviewer", "key", "words"]
    assert (sources[0]["reviewer"], sources[0]["confidence"]) == ("ANA", 1.0)
    assert [each["value"]["type"] for each in plain["vehicles"]] == ["van"]
    (tahoe,) = plain["settled"]["vehicles"]["instead_of"]
    assert (tahoe["source"], tahoe["value"]["model"]) == ("words", "Tahoe")
    assert plain["conflicts"] == []
    nobody = ranked_plainly(told("There are five agents."), settled("There are five agents."))
    assert nobody["settled"] == {}
    assert [each["source"] for each in nobody["officers"]["sources"]] == ["words"]


# --- How it is kept


def test_all_that_calls_say_is_kept_and_read_again_and_can_be_typed() -> None:
    seen: set[str] = set()
    for case in cases():
        if case.language != "en":
            continue
        found = understand(case.told(LEXICONS), names())
        for name in FORMS:
            if name in SEVERAL:
                value: Any = tuple(each.value for each in getattr(found, name))
            else:
                value = found.of(name).value
            if not value and value is not False:
                continue
            seen.add(name)
            assert read(name, json.loads(json.dumps(write(name, value)))) == value, case.name
            assert as_typed(name, value, ZONE), "the form is filled with it"
    assert seen >= FORMS.keys() - {"needs", "callback"}


TYPED: Mapping[str, Any] = {
    "kind": Kind.HELP,
    "first_hand": FirstHand.TOLD,
    "officers": Count(4, 6),
    "detained": Count(0, 0),
    "activities": (Activity.FORCE, Activity.ENTERING),
    "heading": Heading("NE", "the freeway"),
    "agencies": (Claim(Agency.ICE), Claim(Agency.POLICE)),
    "appearance": (Appearance(Look.VEST),),
    "seen_at": Moment(AT - timedelta(minutes=40), timedelta(minutes=15)),
    "still_there": False,
    "equipment": (Equipment.DRONE,),
    "vehicles": (
        Vehicle("van", Count(2, 2), "Ford", "Transit", "white", True, True, ("POLICE", "ICE")),
        Vehicle(plate=Plate("KLV412", "MN", is_partial=True)),
    ),
    "callback": True,
    "call_when": "after six",
    "evidence": (Evidence.PHOTO,),
    "needs": (Need.LAWYER, Need.RIDE),
}


@pytest.mark.parametrize("name", TYPED)
def test_what_fills_the_form_is_what_is_read_from_it(name: str) -> None:
    assert typed(name, as_typed(name, TYPED[name], ZONE), LOOKUP) == TYPED[name]


def test_every_field_that_may_be_settled_can_be_typed() -> None:
    assert FORMS.keys() == TYPED.keys() | {"location"}


def test_many_and_about_are_counts_too() -> None:
    assert typed("officers", {"many": ["on"], "low": ["7"]}, LOOKUP) == Count(None, None)
    assert typed("officers", {"low": [" 5 "], "about": ["on"]}, LOOKUP) == Count(5, 5, True)


def test_what_words_said_beside_a_choice_is_not_lost_when_it_is_chosen_again() -> None:
    known = (Appearance(Look.VEST, words=("POLICE",)), Appearance(Look.MASKED))
    chosen = typed("appearance", {"value": ["vest", "uniform"]}, LOOKUP, known)
    assert chosen == (known[0], Appearance(Look.UNIFORM))


def test_a_time_is_read_in_the_zone_of_the_group() -> None:
    moment = typed("seen_at", {"at": ["2026-01-15T07:30"], "within": ["5"]}, LOOKUP)
    assert moment.at == datetime.fromisoformat("2026-01-15T07:30-06:00")


# --- Places


def test_a_corner_is_found_however_it_is_typed() -> None:
    for text in ("lake and bloomington", "Lake/Bloomington", "E Lake St & Bloomington Ave"):
        found = place(text)
        assert [each.name for each in found.candidates] == ["E Lake St & Bloomington Ave"]
        assert found.candidates[0].point is not None
        assert found.words == text


def test_a_place_that_may_be_several_is_chosen() -> None:
    with pytest.raises(BadValue) as asked:
        place("26th and lyndale")
    assert asked.value.wrong is Wrong.PLACE_SEVERAL
    west = "W 26th St & Lyndale Ave, Minneapolis"
    assert west in asked.value.options
    chosen = typed("location", {"place": ["26th and lyndale"], "choice": [west]}, LOOKUP)
    assert [each.name for each in chosen.candidates] == ["W 26th St & Lyndale Ave"]
    assert chosen.streets == ("W 26th St", "Lyndale Ave")


def test_a_misspelt_place_is_asked_about_and_an_unknown_one_may_be_kept_in_words() -> None:
    with pytest.raises(BadValue) as asked:
        place("mercado centrel")
    assert asked.value.options == ("Mercado Central, Minneapolis",)
    with pytest.raises(BadValue) as unknown:
        place("behind the blue barn")
    assert unknown.value.wrong is Wrong.PLACE_UNKNOWN
    kept = typed("location", {"place": ["behind the blue barn"], "choice": ["as_typed"]}, LOOKUP)
    assert (kept.words, kept.candidates) == ("behind the blue barn", ())


def test_a_choice_counts_only_for_the_place_that_it_was_asked_about() -> None:
    given = {
        "place": ["lake and bloomington"],
        "choice": ["as_typed"],
        "choice_of": ["behind the blue barn"],
    }
    assert len(typed("location", given, LOOKUP).candidates) == 1


# --- What is wrong


@pytest.mark.parametrize(
    ("name", "given", "wrong", "at"),
    [
        ("kind", {}, Wrong.NOTHING_CHOSEN, "value"),
        ("kind", {"value": ["burglary"]}, Wrong.NO_SUCH_CHOICE, "value"),
        ("equipment", {"value": []}, Wrong.NOTHING_CHOSEN, "value"),
        ("equipment", {"value": ["drone", "spoon"]}, Wrong.NO_SUCH_CHOICE, "value"),
        ("officers", {}, Wrong.NUMBER_MISSING, "low"),
        ("officers", {"low": ["four"]}, Wrong.NO_NUMBER, "low"),
        ("officers", {"low": ["٤"]}, Wrong.NO_NUMBER, "low"),
        ("officers", {"low": ["-1"]}, Wrong.NO_NUMBER, "low"),
        ("officers", {"low": ["501"]}, Wrong.TOO_MANY, "low"),
        ("officers", {"low": ["9" * 5000]}, Wrong.TOO_MANY, "low"),
        ("detained", {"low": ["5"], "high": ["3"]}, Wrong.RANGE_TURNED, "high"),
        ("seen_at", {}, Wrong.TIME_MISSING, "at"),
        ("seen_at", {"at": ["yesterday"]}, Wrong.NO_TIME, "at"),
        ("seen_at", {"at": ["2026-01-15T08:20"]}, Wrong.TO_COME, "at"),
        ("seen_at", {"at": ["2026-01-15T08:00"], "within": ["9"]}, Wrong.NO_SUCH_CHOICE, "within"),
        ("location", {"place": ["  "]}, Wrong.PLACE_MISSING, "place"),
        ("location", {"place": ["x" * 121]}, Wrong.TOO_LONG, "place"),
        ("heading", {}, Wrong.TEXT_MISSING, "compass"),
        ("heading", {"compass": ["up"]}, Wrong.NO_SUCH_CHOICE, "compass"),
        ("call_when", {"text": ["at 612-555-0142"]}, Wrong.TELEPHONE_NUMBER, "text"),
        ("vehicles", {"0-type": [""]}, Wrong.NO_VEHICLE, "0-type"),
        ("vehicles", {"1-type": ["boat"]}, Wrong.NO_SUCH_CHOICE, "1-type"),
        ("vehicles", {"0-plate": ["K"]}, Wrong.NO_PLATE, "0-plate"),
        ("vehicles", {"0-state": ["MN"]}, Wrong.NO_PLATE, "0-plate"),
        ("vehicles", {"0-plate": ["KLV412"], "0-state": ["4"]}, Wrong.NO_STATE, "0-state"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    name: str, given: Mapping[str, list[str]], wrong: Wrong, at: str
) -> None:
    with pytest.raises(BadValue) as bad:
        typed(name, given, LOOKUP)
    assert (bad.value.wrong, bad.value.at) == (wrong, at)


def test_a_reason_holds_no_telephone_number() -> None:
    assert why_typed({"why": ["  the neighbour\n told me "]}) == "the neighbour told me"
    with pytest.raises(BadValue):
        why_typed({"why": ["call (612) 555 0142"]})
