"""Rows for research: what they say, and what they never do."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.brief import Known
from exports.redaction import Choices, Redaction
from exports.research import STARTS_A_FORMULA, Table, as_csv, as_json, table_of
from exports.words import COLUMNS
from places.gazetteer import Point
from reports.fields.appearance import Agency, Claim
from reports.fields.counts import Count
from reports.fields.first_hand import FirstHand
from reports.fields.kind import Kind
from reports.fields.location import Candidate, Location
from reports.fields.moment import Moment
from reports.fields.plates import Plate
from reports.fields.vehicles import Vehicle
from reports.model import Verdict
from reports.questions import FAMILY_TAKEN
from tests.exports.sayings import CALLED, WORDS, ZONE, a_report, found, heard, known, pressed

LAUNDROMAT = Location(
    "the laundromat by my house",
    landmark="Sudsy",
    city="Minneapolis",
    candidates=(Candidate("Sudsy", "Minneapolis", Point(44.94837, -93.25261)),),
)


def table(*reports: Known, redaction: Redaction | None = None) -> Table:
    return table_of(reports, redaction or Redaction(), WORDS, ZONE)


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def seen() -> Known:
    return known(
        a_report(where="The laundromat by my house", verdict=Verdict.CONFIRMED),
        officers=pressed(4),
        still_there=heard(True),
        first_hand=heard(FirstHand.SAW),
        seen_at=heard(Moment(CALLED - timedelta(minutes=50), timedelta(minutes=10))),
        location=heard(LAUNDROMAT),
        detained=found(Count(1, 2)),
        agencies=(found(Claim(Agency.ICE)), found(Claim(Agency.FEDERAL))),
        vehicles=(found(Vehicle("van", plate=Plate("ABC123"))),),
    )


def test_a_row_says_when_where_and_what() -> None:
    assert cells(as_csv(table(seen()))) == [
        {
            "date": "2026-03-02",
            "hours": "03:00 to 06:00",
            "city": "Minneapolis",
            "area": "",
            "grid": "44.95 N 93.25 W",
            "verdict": "confirmed",
            "first_hand": "saw",
            "still_there": "true",
            "officers_low": "4",
            "officers_high": "4",
            "detained_low": "1",
            "detained_high": "2",
            "vehicles": "1",
            "vehicle_types": "van",
            "agencies": "federal; ice",
            "activities": "",
            "looks": "",
            "equipment": "",
            "alike": "1",
        }
    ]


def test_json_has_the_same_rows_and_says_what_they_mean() -> None:
    document = json.loads(as_json(table(seen()), WORDS))
    (row,) = document["rows"]
    assert list(row) == list(document["columns"]) == list(COLUMNS)
    assert (row["officers_low"], row["still_there"], row["area"]) == (4, True, None)
    assert document["note"].startswith("Rows with fewer than 5 alike: 1.")


def test_columns_stay_in_their_order() -> None:
    first = as_csv(table()).splitlines()
    assert first == [",".join(f'"{column}"' for column in COLUMNS)]


def test_nothing_of_the_caller_or_their_words_is_in_it() -> None:
    for text in (as_csv(table(seen())), as_json(table(seen()), WORDS)):
        assert not re.search(r"laundromat|Sudsy|house|4821|ABC|CA4821|RE4821", text)
        assert "44.948" not in text


def test_a_street_and_a_house_number_are_no_area() -> None:
    house = Location("2437 Bloomington", ("Bloomington Ave",), 2437, city="Minneapolis")
    text = as_csv(table(known(location=heard(house))))
    assert '"Minneapolis","",""' in text
    assert "2437" not in text
    assert "Bloomington" not in text


def test_a_place_that_may_be_two_has_no_square() -> None:
    two = replace(LAUNDROMAT, candidates=LAUNDROMAT.candidates * 2, city=None)
    (row,) = table(known(location=heard(two))).rows
    assert (row["city"], row["grid"]) == ("Minneapolis", None)


def test_south_and_east_have_no_minus_either() -> None:
    south = replace(LAUNDROMAT, candidates=(Candidate("x", "y", Point(-33.456, 151.2)),))
    (row,) = table(known(location=heard(south))).rows
    assert row["grid"] == "33.46 S 151.20 E"


def test_families_and_who_sought_help_are_left_out_and_counted() -> None:
    family = known(a_report("3107", keys={"when": FAMILY_TAKEN}))
    helped = known(a_report("3108"), kind=found(Kind.HELP))
    rumour = known(a_report("3109"), kind=found(Kind.RUMOUR))
    assert len(table(family, helped, rumour).rows) == 1
    assert table(family, helped, rumour).left_out == 2


def test_the_order_of_rows_says_nothing_of_the_order_of_calls() -> None:
    one, other = seen(), known(a_report("3107", at=CALLED - timedelta(days=3)))
    assert as_csv(table(one, other)) == as_csv(table(other, one))


def test_rows_alike_are_counted_so_that_few_are_seen() -> None:
    many = table(*[seen()] * 5, known(a_report("3107")))
    assert sorted(int(row["alike"] or 0) for row in many.rows) == [1, 5, 5, 5, 5, 5]
    assert many.small == 1


def test_a_person_has_an_area_covered() -> None:
    area = Location("Seward", area="Seward", city="Minneapolis")
    asked = Redaction((), Choices(also=("seward",)))
    (row,) = table(known(location=heard(area)), redaction=asked).rows
    assert row["area"] == "[hidden]"


@pytest.mark.parametrize("start", STARTS_A_FORMULA)
def test_no_cell_is_a_formula(start: str) -> None:
    area = Location("x", area=f"{start}HYPERLINK(1)", city=f" {start}1")
    (row,) = cells(as_csv(table(known(location=heard(area)))))
    assert (row["area"], row["city"]) == (f"'{start}HYPERLINK(1)", f"' {start}1")


@given(st.text(), st.text())
def test_whatever_a_place_is_called_the_table_stays_a_table(area: str, city: str) -> None:
    place = Location("x", area=area, city=city)
    text = as_csv(table(known(location=heard(place)), seen()))
    rows = cells(text)
    assert len(rows) == 2
    for row in rows:
        assert list(row) == list(COLUMNS)
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in row.values())
