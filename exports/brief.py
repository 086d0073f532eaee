"""A dispatcher's brief: what is known of some reports in no more than `LONGEST` characters. Pure.

In the order of SALUTE (size, activity, location, uniform, time, equipment), each on a line of its
own, those that are not known left out. It is plain text to be passed on: no number, name or plate
stands in it, and of the caller's own words only those for the place, what is private in them
covered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from exports.redaction import Redaction
from exports.words import Words
from reports.fields import report_fields
from reports.fields.counts import Count
from reports.fields.first_hand import FirstHand
from reports.fields.location import Location
from reports.fields.understood import Understanding
from reports.fields.vehicles import Vehicle
from reports.incidents import Part, callers, part_of, sighting_of
from reports.model import Docket, Dossier, Incident, Medium, Verdict

LONGEST: Final = 480
"""Characters: three text messages."""
LONGEST_PLACE: Final = 120
"""Of the caller's words for a place."""
LONGEST_TOWARDS: Final = 40
MOST_REFERENCES: Final = 4
MOST_PLACES: Final = 3
"""That it may be, before it says no more of them."""
EXACT: Final = timedelta(minutes=5)
"""Within which a time is said without 'about'."""
LEFT_OUT: Final = "…"
LINES: Final = ("size", "activity", "location", "uniform", "time", "equipment")
FOR_OBSERVERS: Final = ("size", "activity", "location", "time")
"""What somebody needs who is asked to go and see."""


@dataclass(frozen=True, slots=True)
class Known:
    """A report, and what is understood of it."""

    dossier: Dossier
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class Gathered:
    """An incident that people made of reports."""

    docket: Docket
    callers: int
    """Independent ones who saw it, at the most."""
    is_exact: bool
    """Each of their numbers is known, so that no two of these callers are one."""
    hearsay: int
    """Reports of who was told of it."""

    @property
    def incident(self) -> Incident:
        return self.docket.incident


@dataclass(slots=True)
class _Line:
    """A line of the brief, with what it may lose."""

    label: str
    items: list[str]
    is_kept: bool = False
    """It says the same until nothing else is left to be shortened."""
    is_short: bool = field(default=False, init=False)
    """Something was left out of it."""

    def __str__(self) -> str:
        items = [*self.items, LEFT_OUT] if self.is_short else self.items
        return self.label.format("; ".join(items))

    def shorten(self) -> None:
        self.is_short = True
        self.items.pop()


def gathered(docket: Docket, known: Sequence[Known]) -> Gathered:
    """`known`: its reports."""
    saw = [sighting_of(each.dossier, each.understanding) for each in witnesses(known)]
    return Gathered(
        docket,
        callers=callers(saw),
        is_exact=all(each.caller is not None for each in saw),
        hearsay=len(known) - len(saw),
    )


def witnesses(known: Sequence[Known]) -> list[Known]:
    """Those of reports whose callers saw it themselves."""
    return [each for each in known if part_of(each.understanding) is Part.WITNESS]


def brief(
    known: Sequence[Known],
    redaction: Redaction,
    words: Words,
    zone: ZoneInfo,
    of: Gathered | None = None,
    *,
    wanted: Collection[str] = LINES,
    longest: int = LONGEST,
) -> str:
    """The brief of one report, or of several about the same; of an incident what those say who saw
    it, if anybody did. `wanted`: of `LINES`; `longest`: characters."""
    say = words.brief
    head = " · ".join(_head(known, say) if of is None else _incident_head(of, known, say))
    known = _telling(known, of)
    lines = [
        _Line(say[name], items)
        for name, items in (
            ("size", _size(known, say)),
            ("activity", _activity(known, words)),
            ("location", list(_location(known, redaction, words))),
            ("uniform", _uniform(known, words)),
            ("time", list(_time(known, say, zone))),
            ("equipment", _equipment(known, words)),
        )
        if items and name in wanted
    ]
    return _fitted(head, lines, longest)


def _telling(known: Sequence[Known], of: Gathered | None) -> Sequence[Known]:
    """Those that a brief is made of."""
    return known if of is None else witnesses(known) or known


def said_in(
    known: Sequence[Known], words: Words, of: Gathered | None = None
) -> Iterator[tuple[str, str]]:
    """What stands in a brief in the callers' own words, each with its reference: for showing
    beforehand what is covered."""
    known = _telling(known, of)
    settled = [each.understanding.location.is_settled for each in known]
    on_map = [_on_map(each, words.brief) is not None for each in known]
    for each, by_person, is_mapped in zip(known, settled, on_map, strict=True):
        location, heading = each.understanding.location.value, each.understanding.heading
        said = _said(each, location)
        is_in_words = not is_mapped and (by_person or not any((*settled, *on_map)))
        if said is not None and is_in_words:
            yield each.dossier.report.reference, said
        if heading is not None and heading.value.towards:
            yield each.dossier.report.reference, heading.value.towards


def _fitted(head: str, lines: list[_Line], longest: int) -> str:
    """The longest lines lose what stands last in them, until it fits."""

    def whole() -> str:
        return "\n".join([head, *map(str, lines)])

    while len(whole()) > longest:
        loose = [line for line in lines if len(line.items) > 1]
        if not loose:
            break
        max(loose, key=lambda line: len(str(line))).shorten()
    text = whole()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + LEFT_OUT


def _head(known: Sequence[Known], say: Mapping[str, str]) -> Iterator[str]:
    confirmed = sum(each.dossier.verdict is Verdict.CONFIRMED for each in known)
    if confirmed == len(known):
        yield say["confirmed"]
    elif confirmed:
        yield say["partly_confirmed"].format(confirmed=confirmed, count=len(known))
    else:
        yield say["unverified"]
    told = [each.understanding.first_hand.value for each in known]
    if told and all(each is FirstHand.TOLD for each in told):
        yield say["second_hand"]
    references = [each.dossier.report.reference for each in known]
    shown = references[:MOST_REFERENCES]
    if len(references) > len(shown):
        shown.append(say["more"].format(count=len(references) - len(shown)))
    yield say["reference"].format(references=", ".join(shown))


def _incident_head(of: Gathered, known: Sequence[Known], say: Mapping[str, str]) -> Iterator[str]:
    """What is said of the incident counts, and nothing that is said of a report of it."""
    yield say["confirmed" if of.incident.verdict is Verdict.CONFIRMED else "unverified"]
    if not witnesses(known):
        yield say["second_hand"]
    yield say["incident"].format(incident=of.incident.incident_id)
    if of.callers:
        number = str(of.callers) if of.is_exact else say["at_most"].format(count=of.callers)
        yield say["one_caller" if of.callers == 1 else "callers"].format(count=number)


# --- Size and activity ----------------------------------------------------------------------------


def _size(known: Sequence[Known], say: Mapping[str, str]) -> list[str]:
    officers = [count for each in known for count in each.understanding.officers.standing]
    vehicles = [_vehicles(each.understanding) for each in known]
    most = max(vehicles, default=0)
    items = _counted(officers, "officers", "one_officer", "many_officers", say)
    if most:
        items.append(say["one_vehicle"] if most == 1 else say["vehicles"].format(count=most))
    return items


def _vehicles(understanding: Understanding) -> int:
    return sum(_how_many(each.value) for each in understanding.vehicles)


def _how_many(vehicle: Vehicle) -> int:
    count = vehicle.count
    return 1 if count is None or count.low is None else max(1, count.low)


def _counted(
    counts: Sequence[Count], some: str, one: str, many: str, say: Mapping[str, str]
) -> list[str]:
    """From the fewest that anybody counted to the most."""
    lows = [count.low for count in counts if count.low is not None]
    highs = [count.high for count in counts if count.high is not None]
    if not lows or not highs:
        return [say[many]] if counts else []
    low, high = min(lows), max(highs)
    if low == high == 1:
        return [say[one]]
    number = str(low) if low == high else say["range"].format(low=low, high=high)
    if low == high and any(count.is_about for count in counts):
        number = say["about"].format(count=number)
    return [say[some].format(count=number)]


def _activity(known: Sequence[Known], words: Words) -> list[str]:
    done = (each.value for one in known for each in one.understanding.activities)
    taken = [
        each.understanding.detained.value
        for each in known
        if each.understanding.detained is not None
    ]
    counted = _counted(taken, "detained", "one_detained", "many_detained", words.brief)
    return [*counted, *_each_once(words.of("activities", one) for one in done)]


# --- Location -------------------------------------------------------------------------------------


def _location(known: Sequence[Known], redaction: Redaction, words: Words) -> Iterator[str]:
    say = words.brief
    places = _places(known, redaction, words)
    yield say["place_or"].join(places[:MOST_PLACES]) or say["place_not_known"]
    for each in reversed(known):
        heading = each.understanding.heading
        if heading is None:
            continue
        compass = heading.value.compass and words.of("compass", heading.value.compass)
        if compass:
            yield say["heading"].format(compass=compass)
        if heading.value.towards:
            towards = redaction.text(heading.value.towards, words.covers)
            yield say["towards"].format(place=_no_longer(towards, LONGEST_TOWARDS))
        return


def _places(known: Sequence[Known], redaction: Redaction, words: Words) -> list[str]:
    """As maps have them or a person settled them, the one that most give first; where there is none
    such, in the callers' words."""
    settled = [
        place for each in known if (place := _settled_place(each, redaction, words)) is not None
    ]
    if settled:
        return [place for place, _ in Counter(settled).most_common()]
    return list(_each_once(_place_said(each, redaction, words) for each in known))


def _settled_place(known: Known, redaction: Redaction, words: Words) -> str | None:
    on_map = _on_map(known, words.brief)
    if on_map is not None:
        return redaction.asked_for.text(on_map, words.covers)
    said = known.understanding.location.value
    if said is None or not known.understanding.location.is_settled:
        return None
    return _no_longer(redaction.text(_on_one_line(said.words), words.covers), LONGEST_PLACE)


def _on_map(known: Known, say: Mapping[str, str]) -> str | None:
    location = known.understanding.location.value
    return None if location is None else _settled(location, say)


def _place_said(known: Known, redaction: Redaction, words: Words) -> str | None:
    said = _said(known, known.understanding.location.value)
    if said is None:
        return None
    place = _no_longer(redaction.text(_on_one_line(said), words.covers), LONGEST_PLACE)
    return words.brief["place_said"].format(place=place)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _said(known: Known, location: Location | None) -> str | None:
    """The caller's words for the place; or those of who settled it, and none where they say that
    there is no place in what the caller said."""
    if known.understanding.location.settled is not None:
        return None if location is None else location.words
    said = report_fields(known.dossier).place.value
    # What was written may name people, and is not an answer to 'where'.
    if said is None or known.dossier.call.medium is Medium.TEXT:
        return None if location is None else location.words
    return said


def _settled(location: Location, say: Mapping[str, str]) -> str | None:
    """As signs and maps have it; None where it is not clear which place is meant."""
    cities = {each.city for each in location.candidates}
    city = location.city or (next(iter(cities)) if len(cities) == 1 else None)
    if location.number is not None and location.streets:
        # The hundred is enough to find it by: the number may be of somebody's home.
        street, hundred = location.streets[0], location.number // 100 * 100
        block = say["block"].format(hundred=hundred, street=street)
        name: str | None = block if hundred else street
    elif len(location.streets) == 1:
        # Somewhere along it: what else the caller said tells more.
        name = None
    elif len(location.candidates) == 1:
        name = location.candidates[0].name
    elif not location.candidates:
        name = location.area
    else:
        name = None
    if name is None:
        return None
    return name if city in (None, name) else f"{name}, {city}"


def _no_longer(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + LEFT_OUT


# --- Uniform, time, equipment ---------------------------------------------------------------------


def _uniform(known: Sequence[Known], words: Words) -> list[str]:
    say = words.brief
    claims = [each.value for one in known for each in one.understanding.agencies]
    agencies = (
        say["claimed_unsure" if claim.is_unsure else "claimed"].format(agency=agency)
        for claim in claims
        if (agency := words.of("agencies", claim.agency)) is not None
    )
    looks = (each.value for one in known for each in one.understanding.appearance)
    seen = (
        say["written_on"].format(look=look, words=" ".join(one.words)) if one.words else look
        for one in looks
        if (look := words.of("looks", one.look)) is not None
    )
    return list(_each_once((*agencies, *seen)))


def _time(known: Sequence[Known], say: Mapping[str, str], zone: ZoneInfo) -> Iterator[str]:
    moments = [
        each.understanding.seen_at.value
        for each in known
        if each.understanding.seen_at.value is not None
    ]
    if moments:
        last = max(moments, key=lambda moment: moment.at)
        said = say["seen" if last.within <= EXACT else "seen_about"]
        yield said.format(at=_written(last.at, zone))
    called = max(each.dossier.call.started_at for each in known)
    seen = [report_fields(each.dossier).seen_at.value for each in known]
    if not moments and called in seen:
        yield say["seen"].format(at=_written(called, zone))
    elif not moments:
        yield say["called"].format(at=_written(called, zone))
    present = [
        each.understanding.still_there.value
        for each in known
        if "still_there" not in each.understanding.conflicts
        and each.understanding.still_there.value is not None
    ]
    if present:
        yield say["still_there" if present[-1] else "left"]


def _written(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _equipment(known: Sequence[Known], words: Words) -> list[str]:
    carried = (each.value for one in known for each in one.understanding.equipment)
    vehicles = (each.value for one in known for each in one.understanding.vehicles)
    return list(
        _each_once(
            (
                *(words.of("carried", each) for each in carried),
                *(_vehicle(each, words) for each in vehicles),
            )
        )
    )


def _vehicle(vehicle: Vehicle, words: Words) -> str | None:
    """'2 × white van, unmarked'. Its plate is not among it."""
    say = words.brief
    parts = [
        vehicle.colour and words.of("colours", vehicle.colour),
        vehicle.make,
        vehicle.model,
        vehicle.type and words.of("vehicle_types", vehicle.type),
    ]
    what = " ".join(part for part in parts if part)
    if not what:
        return None
    if _how_many(vehicle) > 1:
        what = say["times"].format(count=_how_many(vehicle), what=what)
    more = [
        say[name]
        for name, there in (("unmarked", vehicle.is_unmarked), ("tinted", vehicle.is_tinted))
        if there
    ]
    return ", ".join([what, *more])


def _each_once(items: Iterable[str | None]) -> Iterator[str]:
    return iter(dict.fromkeys(item for item in items if item))
