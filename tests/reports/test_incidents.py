"""Which reports are taken to speak of the same, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places.gazetteer import Point, load_gazetteer
from reports.fields.counts import Count
from reports.fields.heading import Heading
from reports.fields.lexicon import load_lexicons
from reports.fields.names import Names
from reports.fields.plainly import told_from
from reports.fields.plates import Plate
from reports.fields.understood import understand
from reports.fields.vehicles import Vehicle
from reports.incidents import (
    Because,
    Part,
    Sighting,
    Standing,
    Suggestion,
    likeness,
    sighting_of,
    suggest,
)
from reports.incidents.groups import WIDEST
from reports.incidents.likeness import ENOUGH, WENT_THERE, callers, metres
from reports.incidents.sighting import Grain, Spot, unsided
from reports.incidents.spelling import Alike, alike
from reports.model import Answer, Call, Dossier, Report

AT = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
LAKE = Point(44.9484, -93.2524)
BLOCK = 0.00126
"""Degrees of longitude of a block between two avenues: some 100 m."""
TAHOE = Vehicle(type="suv", make="Chevrolet", model="Tahoe", colour="gray")


def corner(name: str = "E Lake St & Bloomington Ave", point: Point = LAKE) -> Spot:
    return Spot(name, "Minneapolis", Grain.CORNER, point)


def blocks_east(blocks: float) -> Spot:
    return corner(f"Lake & {blocks} east", Point(LAKE.lat, LAKE.lon + blocks * BLOCK))


POWDERHORN = Spot("Powderhorn", "Minneapolis", Grain.AREA, Point(44.9440, -93.2560))


def seen(reference: str, minutes: float = 0, *spots: Spot, **more: object) -> Sighting:
    """At the corner of Lake and Bloomington, unless another place is given."""
    at = AT + timedelta(minutes=minutes)
    sighting = Sighting(reference, at, timedelta(minutes=5), at, spots=spots or (corner(),))
    return replace(sighting, **more)  # type: ignore[arg-type]


def groups(found: Sequence[Suggestion]) -> list[set[str]]:
    return [{*each.references} for each in found]


# --- Two reports


def test_the_same_corner_minutes_apart_with_the_same_car_and_why() -> None:
    one = seen("1", 0, vehicles=(TAHOE,), officers=Count(4, 4))
    other = seen("2", 6, vehicles=(Vehicle(type="suv", colour="gray"),), officers=Count(5, 5))
    alike = likeness(one, other)
    assert alike.points >= ENOUGH
    why = {reason.because: reason for reason in alike.grounds}
    assert why[Because.PLACE].what == "E Lake St & Bloomington Ave"
    assert why[Because.TIME].amount == 6
    assert why[Because.VEHICLE].what == "gray suv"
    assert Because.OFFICERS in why


@pytest.mark.parametrize("swapped", [False, True])
def test_whichever_is_first(swapped: bool) -> None:
    one = seen("1", 0, blocks_east(0), blocks_east(30), vehicles=(TAHOE,))
    other = seen("2", 20, POWDERHORN, vehicles=(Vehicle(colour="silver"),))
    pair = (other, one) if swapped else (one, other)
    assert likeness(*pair) == likeness(one, other)


def test_a_car_of_another_colour_is_another() -> None:
    one = seen("1", vehicles=(TAHOE,))
    other = seen("2", vehicles=(replace(TAHOE, colour="red"),))
    assert Because.OTHER_VEHICLES in {each.because for each in likeness(one, other).reasons}


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        (Plate("KLV412"), Plate("KLV412"), Alike.SAME),
        (Plate("KLV412"), Plate("KLB412"), Alike.ONE_OFF),
        (Plate("KLV412"), Plate("KLX412"), Alike.ONE_OFF),
        (Plate("BNT592"), Plate("PMT592"), Alike.ONE_OFF),
        (Plate("KLV412"), Plate("KLV41"), Alike.ONE_OFF),
        (Plate("KLV412"), Plate("KLV", is_partial=True), Alike.PART),
        (Plate("KLV412"), Plate("KLB", is_partial=True), Alike.PART),
        (Plate("KLV412"), Plate("412"), Alike.PART),
        (Plate("KLV412"), Plate("KXV419"), Alike.NOT),
        (Plate("KLV412"), Plate("MRT903"), Alike.NOT),
        (Plate("KLV412"), Plate("12"), Alike.NOT),
        (Plate("KLV412", "MN"), Plate("KLV412", "WI"), Alike.NOT),
        (Plate("KLV412", "MN"), Plate("KLV412"), Alike.SAME),
    ],
)
def test_plates_as_a_telephone_lets_them_through(one: Plate, other: Plate, how: Alike) -> None:
    assert alike(one, other) is how
    assert alike(other, one) is how


def test_sides_are_no_part_of_a_street() -> None:
    assert [
        unsided(name) for name in ("E Lake St", "4th Ave S", "Lake St", "West Broadway Ave")
    ] == [
        "Lake St",
        "4th Ave",
        "Lake St",
        "West Broadway Ave",
    ]


def test_the_same_caller_twice_is_one_and_withheld_numbers_are_each_their_own() -> None:
    sightings = [
        seen("1", caller="a"),
        seen("2", caller="a"),
        seen("3", caller="b"),
        seen("4"),
        seen("5"),
    ]
    assert callers(sightings) == 4


# --- Several


def test_reports_of_one_corner_are_suggested_as_one_with_the_independent_callers() -> None:
    (found,) = suggest(
        [seen("1", 0, caller="a"), seen("2", 4, caller="b"), seen("3", 9, caller="a")]
    )
    assert found.references == ("1", "2", "3")
    assert found.callers == 2
    assert found.why["2"].other in ("1", "3")


def test_two_corners_five_blocks_apart_at_once_are_two() -> None:
    one = [seen(f"1{n}", n) for n in range(3)]
    other = [seen(f"2{n}", n, blocks_east(5)) for n in range(3)]
    assert sorted(map(sorted, groups(suggest([*one, *other])))) == [
        ["10", "11", "12"],
        ["20", "21", "22"],
    ]


def test_the_next_corner_is_the_same() -> None:
    assert groups(suggest([seen("1"), seen("2", 3, blocks_east(1))])) == [{"1", "2"}]


def test_the_same_corner_five_hours_later_is_another() -> None:
    first = [seen(f"1{n}", n) for n in range(3)]
    later = [seen(f"2{n}", 300 + n) for n in range(3)]
    assert groups(suggest([*first, *later])) == [{"20", "21", "22"}, {"10", "11", "12"}]


def test_what_goes_on_for_hours_is_one_as_long_as_it_is_spoken_of() -> None:
    assert groups(suggest([seen(str(n), 30 * n) for n in range(12)])) == [
        {str(n) for n in range(12)}
    ]


def test_a_chain_along_a_street_is_not_one() -> None:
    along = [seen(f"{n:02}", n / 4, blocks_east(n)) for n in range(30)]
    found = suggest(along)
    assert len(found) > 5
    spot_of = {each.reference: each.spots[0].point for each in along}
    for each in found:
        points = [point for ref in each.references if (point := spot_of[ref])]
        assert metres(min(points, key=lambda p: p.lon), max(points, key=lambda p: p.lon)) <= WIDEST


def test_who_names_only_the_neighbourhood_is_put_to_the_one_with_the_same_car() -> None:
    van = (Vehicle(type="van", colour="white"),)
    corner_one = [seen(f"1{n}", n, vehicles=(TAHOE,)) for n in range(3)]
    corner_two = [seen(f"2{n}", n, blocks_east(6), vehicles=van) for n in range(3)]
    vague = seen("3", 2, POWDERHORN, vehicles=van)
    assert {"20", "21", "22", "3"} in groups(suggest([*corner_one, *corner_two, vague]))


@pytest.mark.parametrize(
    ("more", "is_found"),
    [
        ({}, False),
        ({"vehicles": (TAHOE,), "officers": Count(4, 4)}, False),
        ({"plates": (Plate("KLB412"),)}, True),
        ({"caller": "a"}, True),
    ],
)
def test_without_a_place_only_a_plate_or_a_caller_tells(
    more: dict[str, object], is_found: bool
) -> None:
    known = seen(
        "1",
        vehicles=(TAHOE,),
        officers=Count(4, 4),
        plates=(Plate("KLV412"),),
        caller="a",
    )
    nowhere = replace(seen("2", 12), spots=(), **more)  # type: ignore[arg-type]
    assert groups(suggest([known, nowhere])) == ([{"1", "2"}] if is_found else [])


def test_the_same_plate_elsewhere_at_the_same_time_is_no_bridge() -> None:
    plate = (Plate("KLV412"),)
    here = [seen("11", plates=plate), seen("12", 2)]
    there = [seen("21", 1, blocks_east(20), plates=plate), seen("22", 3, blocks_east(20))]
    assert sorted(map(sorted, groups(suggest([*here, *there])))) == [["11", "12"], ["21", "22"]]


WEST = seen("1", 0, vehicles=(TAHOE,), heading=Heading("W"))
"""At Lake and Bloomington, and gone west."""


PLACES = {Because.PLACE, Because.NEAR, Because.ELSEWHERE}


def went(first: Sighting, later: Sighting) -> int:
    """Points for its being where they went, and metres that way."""
    found = likeness(first, later)
    assert found == likeness(later, first)
    return sum(each.points for each in found.reasons if each.because is Because.HEADING)


def test_the_same_car_where_it_was_said_to_go_is_more_alike_and_says_why() -> None:
    later = seen("2", 6, blocks_east(-4), vehicles=(TAHOE,))
    still = likeness(replace(WEST, heading=None), later)
    found = likeness(WEST, later)
    assert still.points < ENOUGH <= found.points
    (why,) = (each for each in found.grounds if each.because is Because.HEADING)
    assert (why.what, round(why.amount, -1)) == ("W", 400)
    assert groups(suggest([WEST, later])) == [{"1", "2"}]
    assert groups(suggest([replace(WEST, heading=None), later])) == []


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (seen("2", 6, blocks_east(4), vehicles=(TAHOE,)), "it is the other way"),
        (seen("2", 6, blocks_east(-4)), "nobody says that it is the same car"),
        (seen("2", 6, blocks_east(-4), vehicles=(replace(TAHOE, colour="red"),)), "another car"),
        (seen("2", 90, blocks_east(-4), vehicles=(TAHOE,)), "it is long after"),
        (seen("2", -20, blocks_east(-4), vehicles=(TAHOE,)), "it was there before"),
        (seen("2", 6, blocks_east(-20), vehicles=(TAHOE,)), "it is another part of town"),
        (seen("2", 6, vehicles=(TAHOE,)), "it is the same corner"),
        (
            seen("2", 0, blocks_east(-4), vehicles=(TAHOE,), within=timedelta(0)),
            "nobody is so fast",
        ),
        (seen("2", 6, POWDERHORN, vehicles=(TAHOE,)), "nobody knows where in the neighborhood"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_way_counts_only_where_they_may_have_gone_it(later: Sighting, why: str) -> None:
    first = WEST if later.within else replace(WEST, within=timedelta(0))
    assert went(first, later) == 0, why


def test_a_way_alone_is_never_enough() -> None:
    for blocks in range(-6, 7):
        for minutes in (0, 5, 20, 40):
            later = seen("2", minutes, blocks_east(blocks), vehicles=(TAHOE,))
            where = next(
                each.points for each in likeness(WEST, later).reasons if each.because in PLACES
            )
            way = went(WEST, later)
            assert way == 0 or way + min(where, 0) == WENT_THERE < ENOUGH


@pytest.mark.parametrize(
    ("towards", "counts"),
    [("Cedar", True), ("Cedar Avenue or so", True), ("Lake Street", False), ("downtown", False)],
)
def test_they_may_have_gone_towards_a_street(towards: str, counts: bool) -> None:
    first = seen(
        "1", vehicles=(TAHOE,), heading=Heading(towards=towards), streets=frozenset(["Lake St"])
    )
    later = seen(
        "2",
        6,
        blocks_east(4),
        vehicles=(TAHOE,),
        streets=frozenset(["Lake St", "Cedar Ave"]),
    )
    assert (went(first, later) > 0) is counts


def test_of_a_chain_with_several_shops_the_one_that_others_name_is_meant() -> None:
    shops = (blocks_east(0), blocks_east(40), blocks_east(-60))
    assert groups(suggest([seen("1", 0, *shops), seen("2", 3, blocks_east(40))])) == [{"1", "2"}]


# --- Hearsay


def test_a_rumour_founds_nothing_and_joins_what_stands_as_hearsay() -> None:
    rumours = [seen("8", 3, part=Part.HEARSAY), seen("9", 4, part=Part.HEARSAY)]
    assert suggest(rumours) == ()
    assert suggest([seen("1"), *rumours]) == ()
    (found,) = suggest([seen("1"), seen("2", 2), *rumours])
    assert (found.references, found.hearsay, found.callers) == (("1", "2"), ("8", "9"), 2)


def test_a_prank_is_never_suggested() -> None:
    assert suggest([seen("1"), seen("2", part=Part.NONE)]) == ()


# --- What people decided


def test_a_report_is_suggested_to_the_incident_that_stands() -> None:
    standing = Standing(7, frozenset({"1", "2"}))
    (found,) = suggest([seen("1"), seen("2", 3), seen("3", 5)], [standing])
    assert (found.incidents, found.references, found.callers) == ((7,), ("3",), 3)
    assert suggest([seen("1"), seen("2", 3)], [standing]) == ()


def test_two_incidents_of_one_thing_are_suggested_to_become_one() -> None:
    standing = [Standing(7, frozenset({"1"})), Standing(8, frozenset({"2"}))]
    (found,) = suggest([seen("1"), seen("2", 3)], standing)
    assert (found.incidents, found.references) == ((7, 8), ())
    assert found.why[7].other == "2"


def test_what_a_person_told_apart_is_never_suggested_again() -> None:
    sightings = [seen("1"), seen("2", 1), seen("3", 2)]
    for pair in (("1", "3"), ("3", "1")):
        found = groups(suggest(sightings, apart=[pair]))
        assert not any({"1", "3"} <= group for group in found)
        assert found != []
    standing = Standing(7, frozenset({"1", "2"}))
    assert suggest(sightings, [standing], [("1", "3")]) == ()


def test_a_rumour_that_was_told_apart_joins_no_more() -> None:
    sightings = [seen("1"), seen("2", 1), seen("9", 2, part=Part.HEARSAY)]
    (found,) = suggest(sightings, apart=[("9", "2")])
    assert found.hearsay == ()


# --- For any reports

spots = st.sampled_from([corner(), *map(blocks_east, (1, 2, 3, 5, 8, 40)), POWDERHORN])
plates = st.sampled_from(["KLV412", "KLB412", "MRT903", "PNT5"])


@st.composite
def sightings(draw: st.DrawFn) -> list[Sighting]:
    count = draw(st.integers(0, 9))
    return [
        seen(
            str(number),
            draw(st.integers(0, 400)),
            part=draw(st.sampled_from([*Part, Part.WITNESS, Part.WITNESS])),
            caller=draw(st.sampled_from([None, "a", "b"])),
            spots=tuple(draw(st.lists(spots, max_size=2, unique=True))),
            streets=frozenset(draw(st.sampled_from([(), ("Lake St",)]))),
            plates=tuple(Plate(each) for each in draw(st.lists(plates, max_size=1))),
            vehicles=draw(st.sampled_from([(), (TAHOE,)])),
        )
        for number in range(count)
    ]


@given(sightings(), st.randoms(use_true_random=False))
def test_the_order_of_the_reports_changes_nothing(known: list[Sighting], order: Random) -> None:
    shuffled = known[:]
    order.shuffle(shuffled)
    assert suggest(shuffled) == suggest(known)


@given(sightings(), st.data())
def test_every_report_stands_in_one_suggestion_at_the_most(
    known: list[Sighting], data: st.DataObject
) -> None:
    references = [each.reference for each in known]
    inside = data.draw(st.sets(st.sampled_from(references))) if references else set[str]()
    pairs = st.tuples(st.sampled_from(references), st.sampled_from(references)) if known else None
    apart = data.draw(st.lists(pairs, max_size=4)) if pairs is not None else []
    apart = [(one, other) for one, other in apart if one != other]
    standing = [Standing(1, frozenset(inside))] if inside else []
    found = suggest(known, standing, apart)
    listed = [ref for each in found for ref in (*each.references, *each.hearsay)]
    assert len(listed) == len(set(listed))
    assert set(listed).isdisjoint(inside)
    part_of = {each.reference: each.part for each in known}
    assert all(part_of[ref] is not Part.NONE for ref in listed)
    for each in found:
        whole = {*each.references, *(inside if each.incidents else ())}
        assert not any({one, other} <= whole and not {one, other} <= inside for one, other in apart)
        assert each.why.keys() >= {*each.references, *each.hearsay}


# --- From what is said

NAMES = Names(load_gazetteer(Path("places/twin_cities")))
LEXICONS = load_lexicons(Path("prompts"))


def said(reference: str, words: str, *, keys: dict[str, str] | None = None) -> Sighting:
    call = Call(
        f"CA{reference}",
        AT,
        caller_hash="ab",
        answers=tuple(Answer(question, digits, AT) for question, digits in (keys or {}).items()),
    )
    dossier = Dossier(Report(reference, call.call_sid, AT, AT), call, (), (), (), ())
    told = told_from({"words": words}, LEXICONS, AT)
    return sighting_of(dossier, understand(told, NAMES))


def test_what_is_understood_is_what_is_compared() -> None:
    sighting = said(
        "1", "Four agents at Lake and Bloomington, a gray Tahoe, plate K L V four one two."
    )
    assert [spot.name for spot in sighting.spots] == ["E Lake St & Bloomington Ave"]
    assert sighting.streets == {"Lake St", "Bloomington Ave"}
    assert sighting.plates == (Plate("KLV412"),)
    assert (sighting.officers, sighting.caller) == (Count(4, 4), "ab")
    assert said("3", "They drove north on Bloomington.").heading == Heading("N")
    other = said("2", "It's by Mercado Central, agents in a gray S U V.")
    assert groups(suggest([sighting, other])) == [{"1", "2"}]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("I see four ICE agents at Lake and Bloomington.", Part.WITNESS),
        ("I heard on Facebook that ICE is at Lake and Bloomington.", Part.HEARSAY),
        ("Hello? Hello?", Part.NONE),
        ("Lake and Bloomington.", Part.WITNESS),
    ],
)
def test_who_was_told_is_no_witness(words: str, part: Part) -> None:
    assert said("1", words).part is part


@pytest.mark.parametrize(
    ("words", "keys", "minutes_ago", "within"),
    [
        ("They left ten minutes ago.", {"when": "1"}, 10, 3),
        ("Agents at Lake and Bloomington.", {"when": "1"}, 0, 5),
        ("Agents were at Lake and Bloomington.", {"when": "2"}, 60, 60),
        ("Lake and Bloomington.", {}, 0, 20),
    ],
)
def test_when_it_was_as_far_as_the_caller_says(
    words: str, keys: dict[str, str], minutes_ago: int, within: int
) -> None:
    sighting = said("1", words, keys=keys)
    assert sighting.seen_at == AT - timedelta(minutes=minutes_ago)
    assert sighting.within <= timedelta(minutes=within)


def test_a_whole_city_is_no_place_and_a_street_alone_has_no_spot() -> None:
    assert not said("1", "ICE agents are in Minneapolis.").is_placed
    street = said("2", "ICE agents on Lake Street.")
    assert not street.spots
    assert street.streets == {"Lake St"}
