"""The four calls that say what is meant, whole: each field, its words and its priority."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.fields.activity import Activity
from reports.fields.appearance import Agency, Appearance, Claim, Look
from reports.fields.counts import Count
from reports.fields.equipment import Equipment
from reports.fields.first_hand import FirstHand
from reports.fields.kind import Kind
from reports.fields.plainly import told_from
from reports.fields.plates import Plate
from reports.fields.priority import Priority, ranked
from reports.fields.private import Private
from reports.fields.understood import Told, Understanding, understand
from reports.fields.vehicles import Vehicle
from tests.fields.cases import AT, cases, names
from tests.reader import READER

LONGEST = timedelta(milliseconds=50)


def told(words: str, language: str = "en", keys: str = "") -> Told:
    return told_from({"words": words, "lang": language, "keys": keys}, READER.lexicons, AT)


def understood(words: str, language: str = "en", keys: str = "") -> Understanding:
    return understand(told(words, language, keys), names())


def priority(words: str, language: str = "en", keys: str = "") -> Priority:
    each = told(words, language, keys)
    return ranked(each, understand(each, names())).priority


LAKE = (
    "I'm at Lake and Bloomington, by the Mercado. There's four, no wait, five guys, vests say "
    "POLICE and ERO I think, masks on. They've got a guy up against a gray Tahoe, Minnesota plate "
    "K L V four one two. Started like ten minutes ago. They're still here."
)
FACEBOOK = (
    "Everybody on Facebook is saying ICE is at all the schools in South Minneapolis today, and my "
    "cousin's coworker heard there's a checkpoint on thirty-five. I haven't seen anything myself."
)
ANOCHE = (
    "Anoche, como a las nueve, se llevaron a mi esposo cuando salía del trabajo en Burnsville, "
    "cerca del Target. Eran cuatro de migración en un carro gris. Ya se fueron."
)
CEDAR = (
    "Waxaan joogaa Cedar-Riverside, meel u dhow Riverside Plaza. Waxaan arkaa afar nin oo maaskaro "
    "xiran. Waxay wataan laba baabuur oo madow. Hadda weli way joogaan."
)


def test_lake_and_bloomington() -> None:
    found = understood(LAKE)
    place = found.location.value
    assert place is not None
    assert place.candidates[0].name == "E Lake St & Bloomington Ave"
    assert found.officers.said is not None
    assert found.officers.said.value == Count(5, 5)
    assert found.officers.said.before == (Count(4, 4),)
    assert found.detained is not None
    assert found.detained.value == Count(1, 1)
    assert Activity.DETAINING in {each.value for each in found.activities}
    looks = [each.value for each in found.appearance]
    assert Appearance(Look.VEST, words=("POLICE", "ERO"), is_unsure=True) in looks
    assert Appearance(Look.MASKED) in looks
    assert Claim(Agency.ICE, is_unsure=True) in [each.value for each in found.agencies]
    seen_at = found.seen_at.value
    assert seen_at is not None
    assert seen_at.at == datetime.fromisoformat("2026-01-15T08:00:00-06:00")
    (tahoe,) = [each.value for each in found.vehicles]
    assert (tahoe.colour, tahoe.make, tahoe.model) == ("gray", "Chevrolet", "Tahoe")
    assert tahoe.plate == Plate("KLV412", "MN")
    assert found.still_there.value is True
    assert found.first_hand.value is FirstHand.SAW
    assert priority(LAKE) is Priority.P1


def test_everybody_on_facebook() -> None:
    found = understood(FACEBOOK)
    assert found.kind is not None
    assert found.kind.value is Kind.RUMOUR
    assert found.first_hand.value is FirstHand.TOLD
    assert found.officers.value is None
    place = found.location.value
    assert place is None or not place.candidates
    assert priority(FACEBOOK) is Priority.P4


def test_se_llevaron_a_mi_esposo() -> None:
    found = understood(ANOCHE, "es")
    assert found.kind is not None
    assert found.kind.value is Kind.HELP
    assert "family" in [each.value for each in found.needs]
    place = found.location.value
    assert place is not None
    assert place.city == "Burnsville"
    assert place.landmark == "Target (Burnsville)"
    assert found.officers.value == Count(4, 4)
    assert found.detained is not None
    assert found.detained.value == Count(1, 1)
    seen_at = found.seen_at.value
    assert seen_at is not None
    assert seen_at.at == datetime.fromisoformat("2026-01-14T21:00:00-06:00")
    assert [(each.value.type, each.value.colour) for each in found.vehicles] == [("car", "gray")]
    assert found.still_there.value is False
    assert priority(ANOCHE, "es") is Priority.P3


def test_cedar_riverside() -> None:
    found = understood(CEDAR, "so")
    place = found.location.value
    assert place is not None
    assert place.landmark == "Riverside Plaza"
    assert found.officers.value == Count(4, 4)
    assert [each.value.look for each in found.appearance] == [Look.MASKED]
    (cars,) = [each.value for each in found.vehicles]
    assert cars == Vehicle(type="car", count=Count(2, 2), colour="black")
    assert found.still_there.value is True
    assert priority(CEDAR, "so") is Priority.P2


# --- One thing at a time


@pytest.mark.parametrize(
    ("words", "plate"),
    [
        ("plate is K L V four one two", "KLV412"),
        ("license plate KLV-412", "KLV412"),
        ("the plate was kilo lima victor 4 1 2", "KLV412"),
        ("plate K as in kite, L, V, four twelve", "KLV412"),
        ("plate K L V four one two, no, four one three", "KLV413"),
    ],
)
def test_a_plate_is_kept_as_it_was_spelt(words: str, plate: str) -> None:
    (found,) = understood(f"A gray Tahoe, {words}.").vehicles
    assert found.value.plate is not None
    assert found.value.plate.characters == plate


def test_a_corrected_plate_keeps_the_first_beside() -> None:
    understanding = understood("A gray Tahoe, plate K L V four one two, no, four one three.")
    (found,) = understanding.heard_of("vehicles")
    assert [each.plate and each.plate.characters for each in found.before] == ["KLV412"]


def test_letters_of_a_plate_and_digits_of_a_telephone_count_nobody() -> None:
    words = "There are agents. Plate K L V four one two. Call me at six one two 555 0143."
    found = understood(words)
    assert found.officers.value is None
    assert found.number is not None
    assert found.number.value == "+16125550143"


def test_an_agency_is_no_part_of_a_plate() -> None:
    """Maryland is a street as well as a state."""
    words = "Estoy en Rice y Maryland. Cuatro de ICE. Ahorita están tocando puertas aquí."
    found = understood(words, "es")
    assert found.vehicles == ()
    assert found.officers.said is not None
    assert found.officers.said.value.bounds == (4, 4)


def test_the_callers_own_car_is_none_of_theirs() -> None:
    assert understood("I'm in my car. I see three agents.").vehicles == ()


def test_a_car_that_is_named_twice_is_one() -> None:
    found = understood("There's a car, a black Charger. The Charger has tinted windows.").vehicles
    assert [(each.value.model, each.value.is_tinted) for each in found] == [("Charger", True)]


def test_what_is_denied_is_not_there() -> None:
    found = understood("Four agents. They have no guns, no masks, and I don't see any drones.")
    assert found.equipment == ()
    assert found.appearance == ()


def test_a_weapon_that_is_there_is() -> None:
    found = understood("I see four agents with rifles and a battering ram.")
    values = {each.value for each in found.equipment}
    assert values == {Equipment.WEAPONS, Equipment.BATTERING_RAM}


def test_who_does_not_want_to_be_called_is_not() -> None:
    found = understood("Agents at the door. Please don't call me back.", keys="callback=1")
    assert found.callback.said is not None
    assert found.callback.said.value is False
    assert "callback" in found.conflicts, "the key said yes"


def test_names_children_and_status_are_marked_and_become_no_value() -> None:
    found = understood(
        "My name is Rosa Quintero. They took Efrain, he has no papers. My girl is six years old."
    )
    hidden = {(each.value, each.words) for each in found.private}
    assert (Private.NAME, "Rosa Quintero") in hidden
    assert (Private.STATUS, "no papers") in hidden
    assert (Private.MINOR, "six years old") in hidden
    assert any(kind is Private.NAME and "Efrain" in words for kind, words in hidden)


@pytest.mark.parametrize(
    ("words", "keys", "wanted"),
    [
        ("I see four agents, they are taking my neighbor right now", "", Priority.P1),
        ("I see four agents parked outside", "", Priority.P2),
        ("I saw four agents. They have left already.", "", Priority.P3),
        ("", "when=3", Priority.P3),
        ("My coworker told me there are agents downtown", "", Priority.P4),
        ("Do you guys deliver pizza?", "", Priority.P4),
        ("", "when=1", Priority.P2),
        ("", "", Priority.P4),
    ],
)
def test_how_soon_somebody_has_to_look(words: str, keys: str, wanted: Priority) -> None:
    assert priority(words, keys=keys) is wanted


def test_who_says_nothing_but_pressed_now_may_be_unable_to_speak() -> None:
    assert priority("Hello? Hello?", keys="when=1") is Priority.P2
    assert priority("Hello? Hello?") is Priority.P4


WORDS = st.sampled_from(sorted({word for case in cases() for word in case.says["words"].split()}))


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=150).map(" ".join), st.sampled_from(["en", "es", "so", "hmn"]))
def test_no_transcript_holds_up_the_others(words: str, language: str) -> None:
    """Process time, for the machine may be busy; a first try that was slow is tried again."""
    each = told(words, language)
    for _ in range(3):
        begun = time.process_time()
        ranked(each, understand(each, names()))
        if time.process_time() - begun < LONGEST.total_seconds():
            return
    raise AssertionError(f"more than {LONGEST}")
