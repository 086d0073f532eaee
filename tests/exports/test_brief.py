"""What a dispatcher reads, and what stands in it never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.brief import LONGEST, Known, brief
from exports.redaction import Choices, Redaction, marks_of
from exports.words import load_words
from places.gazetteer import Point
from reports.fields.activity import Activity
from reports.fields.appearance import Agency, Appearance, Claim, Look
from reports.fields.counts import Count
from reports.fields.equipment import Equipment
from reports.fields.first_hand import FirstHand
from reports.fields.heading import Heading
from reports.fields.location import Candidate, Location
from reports.fields.moment import Moment
from reports.fields.plates import Plate
from reports.fields.settled import Settled
from reports.fields.understood import Understood
from reports.fields.vehicles import Vehicle
from reports.model import Medium, Verdict
from tests.exports.sayings import (
    CALLED,
    WORDS,
    ZONE,
    a_report,
    found,
    heard,
    known,
    marked,
    passage,
    pressed,
)

CORNER = Location(
    "Lake and Bloomington",
    ("Lake St", "Bloomington Ave"),
    city="Minneapolis",
    candidates=(Candidate("E Lake St & Bloomington Ave", "Minneapolis", Point(44.9484, -93.2523)),),
)


def read(*reports: Known, redaction: Redaction | None = None, language: str = "en") -> str:
    words = WORDS if language == "en" else load_words(Path("prompts"), language)
    return brief(reports, redaction or Redaction(), words, ZONE)


def everything() -> Known:
    return known(
        officers=pressed(4),
        still_there=heard(True),
        first_hand=heard(FirstHand.SAW),
        seen_at=heard(Moment(CALLED - timedelta(minutes=20), timedelta(minutes=5))),
        location=heard(CORNER),
        detained=found(Count(1, 1)),
        heading=found(Heading("N", "the light rail")),
        activities=(found(Activity.DETAINING), found(Activity.KNOCKING)),
        agencies=(found(Claim(Agency.ICE, is_unsure=True)),),
        appearance=(
            found(Appearance(Look.MASKED)),
            found(Appearance(Look.VEST, words=("POLICE",))),
        ),
        equipment=(found(Equipment.WEAPONS),),
        vehicles=(
            found(Vehicle("suv", make="Ford", model="Explorer", colour="gray", is_tinted=True)),
            found(Vehicle("van", Count(2, 2), colour="white", plate=Plate("ABC123"))),
        ),
    )


def test_all_that_is_known_in_the_order_of_salute() -> None:
    assert read(everything()) == (
        "UNVERIFIED · ref 4821\n"
        "Size: 4 officers; 3 vehicles\n"
        "Activity: 1 person detained; detaining people; knocking on doors\n"
        "Location: E Lake St & Bloomington Ave, Minneapolis; heading N; toward the light rail\n"
        "Uniform: caller was not sure: ICE; masked; vests “POLICE”\n"
        "Time: seen 2026-03-02 06:21 CST; still there then\n"
        "Equipment: weapons; gray Ford Explorer SUV, tinted windows; 2 × white van"
    )


def test_it_is_written_in_the_organizers_language() -> None:
    text = read(everything(), language="es")
    assert text.startswith("SIN VERIFICAR · ref. 4821\nCuántos: 4 agentes; 3 vehículos\n")
    assert "gris Ford Explorer camioneta SUV, vidrios polarizados" in text


def test_what_is_not_known_takes_no_room() -> None:
    assert read(known()) == (
        "UNVERIFIED · ref 4821\n"
        "Location: not known: listen to the recording\n"
        "Time: called 2026-03-02 06:41 CST"
    )


def test_summer_has_another_zone() -> None:
    summer = a_report(at=CALLED + timedelta(days=120))
    assert "07:41 CDT" in read(known(summer))


def test_happening_now_was_seen_when_it_was_called_in() -> None:
    assert "Time: seen 2026-03-02 06:41 CST" in read(known(a_report(keys={"when": "1"})))


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.CONFIRMED}))
def test_it_is_unverified_until_it_is_confirmed(verdict: Verdict) -> None:
    assert read(known(a_report(verdict=verdict))).startswith("UNVERIFIED")
    assert read(known(a_report(verdict=Verdict.CONFIRMED))).startswith("Confirmed · ref 4821")


def test_one_confirmed_report_of_two_confirms_nothing_of_the_other() -> None:
    both = known(a_report(verdict=Verdict.CONFIRMED)), known(a_report("3107"))
    assert read(*both).startswith("UNVERIFIED (1 of 2 reports confirmed) · ref 4821, 3107")


def test_several_reports_are_one_brief() -> None:
    one = known(officers=pressed(4), location=heard(CORNER))
    other = known(a_report("3107"), officers=heard(Count(6, 6)), location=heard(CORNER))
    assert "Size: 4–6 officers\n" in read(one, other)
    assert read(one, other).count("Bloomington") == 1


def test_of_many_reports_the_first_are_named() -> None:
    many = [known(a_report(str(4000 + each))) for each in range(12)]
    assert "ref 4000, 4001, 4002, 4003, +8\n" in read(*many)


def test_keys_and_words_that_do_not_agree_are_both_said() -> None:
    both = replace(pressed(4), said=found(Count(10, 10)))
    assert "Size: 4–10 officers" in read(known(officers=both))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Count(1, 1), "1 officer"),
        (Count(5, 5, is_about=True), "about 5 officers"),
        (Count(4, 5), "4–5 officers"),
        (Count(None, None), "many officers"),
    ],
)
def test_how_many(count: Count, said: str) -> None:
    assert f"Size: {said}\n" in read(known(officers=heard(count)))


def test_who_was_only_told_of_it_says_so() -> None:
    assert read(known(first_hand=heard(FirstHand.TOLD))).startswith("UNVERIFIED · second-hand ·")


# --- The place ------------------------------------------------------------------------------------


def test_no_house_number_leaves() -> None:
    house = Location(
        "2437 Bloomington",
        ("Bloomington Ave",),
        2437,
        city="Minneapolis",
        candidates=(Candidate("Bloomington Ave", "Minneapolis", None),),
    )
    text = read(known(location=heard(house)))
    assert "Location: 2400 block of Bloomington Ave, Minneapolis\n" in text
    assert "2437" not in text


def test_where_the_place_is_not_clear_it_is_in_the_callers_words() -> None:
    report = a_report(where="By the bakery on the corner")
    assert "Location: “By the bakery on the corner”\n" in read(known(report))


def test_one_street_alone_is_no_place_to_send_somebody_to() -> None:
    street = Location(
        "la Quinta", ("5th Ave",), candidates=(Candidate("5th Ave S", "Minneapolis", None),)
    )
    report = a_report(where="La calle Orchard y la Quinta")
    text = read(known(report, location=heard(street)))
    assert "Location: “La calle Orchard y la Quinta”\n" in text


def test_names_and_numbers_in_the_callers_words_are_covered() -> None:
    said = passage("Behind Maria Lopez's house, call 612-555-0142", "where")
    report = a_report(where="Behind Maria Lopez's house, call 612-555-0142")
    redaction = Redaction(marks_of([marked(said, name="Maria Lopez's")]))
    text = read(known(report), redaction=redaction)
    assert "Location: “Behind [name]'s house, call [number]”\n" in text


def test_what_was_written_is_not_passed_on_as_a_place() -> None:
    written = a_report(where="Maria says they are at the bakery", medium=Medium.TEXT)
    assert "not known: listen" in read(known(written))


def test_a_street_with_somebodys_name_is_a_street_unless_a_person_covers_it() -> None:
    said = passage("Mr. Lake was taken")
    redaction = Redaction(marks_of([marked(said, name="Lake")]))
    assert "E Lake St" in read(everything(), redaction=redaction)
    asked = Redaction((), Choices(also=("Bloomington",)))
    assert "E Lake St & [hidden] Ave" in read(everything(), redaction=asked)


def test_no_plate_leaves() -> None:
    assert "ABC" not in read(everything())


# --- Its length -----------------------------------------------------------------------------------

TEXT = st.text(min_size=1, max_size=200)
COUNTS = st.builds(Count, st.integers(1, 500), st.integers(1, 500), st.booleans())
VEHICLES = st.builds(
    Vehicle,
    type=st.sampled_from(["suv", "van", "boat", None]),
    count=st.none() | COUNTS,
    make=st.none() | TEXT,
    model=st.none() | TEXT,
    colour=st.sampled_from(["gray", "mauve", None]),
    is_tinted=st.booleans(),
    is_unmarked=st.booleans(),
    plate=st.just(Plate("QQQ999")),
)
LOCATIONS = st.builds(
    Location,
    TEXT,
    streets=st.lists(TEXT, max_size=2).map(tuple),
    number=st.none() | st.integers(0, 99999),
    area=st.none() | TEXT,
    city=st.none() | TEXT,
    candidates=st.lists(st.builds(Candidate, TEXT, TEXT, st.none()), max_size=3).map(tuple),
)


def tuples(
    each: st.SearchStrategy[object], most: int = 12
) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(each.map(found), max_size=most).map(tuple)


REPORTS = st.builds(
    known,
    st.builds(a_report, st.integers(1000, 99999).map(str), where=st.none() | TEXT),
    officers=st.just(Understood()) | COUNTS.map(heard),
    location=st.just(Understood()) | LOCATIONS.map(heard),
    heading=st.none() | st.builds(Heading, st.sampled_from(["N", "up"]), TEXT).map(found),
    activities=tuples(st.sampled_from(Activity)),
    agencies=tuples(st.builds(Claim, st.sampled_from(Agency), st.booleans())),
    appearance=tuples(
        st.builds(Appearance, st.sampled_from(Look), words=st.lists(TEXT, max_size=3).map(tuple))
    ),
    equipment=tuples(st.sampled_from(Equipment)),
    vehicles=tuples(VEHICLES),
)


@given(st.lists(REPORTS, min_size=1, max_size=6), st.sampled_from(["en", "es"]))
def test_it_is_never_too_long_and_first_says_that_it_is_unverified(
    reports: list[Known], language: str
) -> None:
    text = read(*reports, language=language)
    assert len(text) <= LONGEST
    assert text.startswith(("UNVERIFIED · ", "SIN VERIFICAR · "))
    assert "\nTime: " in text or "\nHora: " in text
    assert "QQQ" not in text


def test_what_is_left_out_is_said_to_be() -> None:
    vehicles = tuple(found(Vehicle("van", colour=each)) for each in WORDS.tables["colours"])
    crowded = replace(
        everything().understanding, vehicles=vehicles, equipment=tuple(map(found, Equipment))
    )
    text = read(Known(a_report(), crowded))
    assert len(text) <= LONGEST
    assert text.endswith("; …")
    assert "Location: E Lake St & Bloomington Ave" in text


def test_the_place_that_most_give_stands_first_and_no_words_beside_it() -> None:
    other = replace(CORNER, candidates=(replace(CORNER.candidates[0], name="4th Ave & Lake St"),))
    said = known(a_report("3107", where="behind the bakery"))
    text = read(
        known(a_report("4820"), location=heard(other)),
        known(a_report("4821"), location=heard(CORNER)),
        known(a_report("4822"), location=heard(CORNER)),
        said,
    )
    places = "E Lake St & Bloomington Ave, Minneapolis or 4th Ave & Lake St, Minneapolis"
    assert f"Location: {places}\n" in text
    assert "Location: “behind the bakery”" in read(said)


def test_what_a_person_settled_leaves_and_not_what_it_stands_in_the_place_of() -> None:
    four = Settled(Count(4, 4), "ana", CALLED)
    text = read(known(officers=replace(pressed(3), said=found(Count(5, 5)), settled=four)))
    assert "Size: 4 officers" in text
    place = Settled(Location("behind the blue barn"), "ana", CALLED)
    text = read(known(location=Understood(said=found(CORNER), settled=place)))
    assert "Location: behind the blue barn" in text
    invented = Understood(said=found(CORNER), settled=Settled(None, "ana", CALLED))
    text = read(known(a_report(where="At Lake and Bloomington"), location=invented))
    assert "Lake" not in text
