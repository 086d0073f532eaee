"""A made morning: incidents, and what people who see them, hear of them, or see something else say
on the telephone. Invented from a seed; the places are the gazetteer's."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from places.gazetteer import Gazetteer, Point, Street, crossings
from reports.incidents.likeness import metres

MORNING = datetime.fromisoformat("2026-01-15T06:00:00-06:00")
LASTS_HOURS = 6
REPORTS, INCIDENTS = 500, 40
MISHEARD = 0.15
"""Share of the reports whose place is not as it was said."""
SPELT, AREA = 0.6, 0.25
"""Shares of those: spelt wrongly, only the neighbourhood; of the others nothing is left."""
RUMOURS, SINGLE = 20, 30
"""Reports of what was heard of, and of what nobody else calls about."""
BLOCK_OFF = 0.08
"""Share of the callers who are wrong by a block."""
AGAIN = 0.07
"""Share of the reports by who has called before."""
SPANISH = 0.25
CLOSE, LATER = 5, 4
"""Incidents that are at once and some blocks from another, and at its corner, hours later."""

TYPES = {"St": "Street", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Pkwy": "Parkway"}
MODELS = (
    ("Chevy", "Tahoe", "SUV"),
    ("Ford", "Explorer", "SUV"),
    ("Chevy", "Suburban", "SUV"),
    ("Dodge", "Durango", "SUV"),
    ("Jeep", "Wagoneer", "SUV"),
    ("Ford", "F-150", "pickup"),
    ("Ford", "Transit", "van"),
    ("Dodge", "Charger", "car"),
    ("Toyota", "Camry", "car"),
    ("Ford", "Expedition", "SUV"),
)
COLOURS = ("gray", "black", "white", "silver", "blue", "red", "green")
EN_ES = {
    "gray": "gris",
    "black": "negra",
    "white": "blanca",
    "silver": "plateada",
    "blue": "azul",
    "red": "roja",
    "green": "verde",
    "SUV": "camioneta",
    "pickup": "troca",
    "van": "van",
    "car": "carro",
}
SOUND_ALIKE = {
    **dict.fromkeys("BDPTVE", "BDPTVE"),
    **dict.fromkeys("MN", "MN"),
    **dict.fromkeys("AJK", "AJK"),
    **dict.fromkeys("FS", "FS"),
    **dict.fromkeys("59", "59"),
}
SLIPS = (
    ("ph", "f"), ("ck", "k"), ("c", "k"), ("k", "c"), ("ll", "l"), ("tt", "t"), ("ss", "s"),
    ("nn", "n"), ("ee", "ea"), ("ea", "ee"), ("oo", "u"), ("ou", "ow"), ("ay", "ai"), ("ie", "y"),
    ("y", "ie"), ("a", "e"), ("e", "a"), ("i", "e"), ("o", "a"), ("u", "o"), ("s", "z"), ("d", "t"),
    ("b", "p"), ("v", "f"), ("m", "n"), ("n", "m"), ("er", "or"), ("or", "er"), ("le", "el"),
)  # fmt: skip
"""What is written for what sounds like it."""


@dataclass(frozen=True)
class Car:
    make: str
    model: str
    type: str
    colour: str
    plate: str


@dataclass(frozen=True)
class Ways:
    """To say a place."""

    english: tuple[str, ...]
    spanish: tuple[str, ...]


@dataclass(frozen=True)
class Happening:
    """What goes on somewhere, for a time."""

    ways: Ways
    beside: Ways
    """How those say it who are wrong by a block."""
    point: Point
    area: str
    begins: datetime
    lasts: timedelta
    officers: int
    cars: tuple[Car, ...]


@dataclass(frozen=True)
class Said:
    """One call: what was said, when, and which incident it is of; None: of none, and a rumour."""

    reference: str
    words: str
    language: str
    at: datetime
    caller: str | None
    incident: int | None
    keys: dict[str, str] = field(default_factory=dict)


def _in_english(street: Street) -> tuple[str, str]:
    """'Bloomington' and 'Bloomington Avenue', '34th' and '34th Street'."""
    name, _, kind = street.name.rpartition(" ")
    typed = f"{name} {TYPES.get(kind, kind)}"
    return (name if name and " " not in name else typed), typed


def _in_spanish(street: Street) -> tuple[str, str]:
    """'La Bloomington', 'la 34' and 'la calle 34'."""
    number = _number(street)
    if number is None:
        short, typed = _in_english(street)
        return f"la {short}", f"la {typed}"
    is_street = street.name.endswith(" St")
    typed = f"la calle {number}" if is_street else f"la avenida {number}"
    return (f"la {number}" if is_street else typed), typed


def _number(street: Street) -> int | None:
    first = street.name.partition(" ")[0].rstrip("thsndr")
    return int(first) if first.isdecimal() else None


def _corner(one: Street, other: Street) -> Ways:
    def said(name: Callable[[Street], tuple[str, str]], joint: str) -> Iterator[str]:
        for first, second in zip(name(one), name(other), strict=True):
            yield f"{first} {joint} {second}"
            yield f"{second} {joint} {first}"

    return Ways(tuple(said(_in_english, "and")), tuple(said(_in_spanish, "y")))


class Wave:
    """All that is drawn comes from one seed."""

    def __init__(self, gazetteer: Gazetteer, seed: int) -> None:
        self._draw = random.Random(seed)
        self._gazetteer = gazetteer
        numbered = chain.from_iterable(gazetteer.numbered.values())
        self._streets = [
            street
            for street in (*gazetteer.streets, *numbered)
            if street.at is not None and street.city in ("Minneapolis", "St. Paul")
        ]
        self._areas = [
            (area.name, area.point)
            for area in gazetteer.areas
            if area.kind == "neighbourhood" and area.point is not None
        ]
        self._landmarks = [
            (each, each.point) for each in gazetteer.landmarks if each.point is not None
        ]

    def reports(self, count: int = REPORTS, incidents: int = INCIDENTS) -> list[Said]:
        """In the order of the calls."""
        share = count / REPORTS
        rumours, single = round(RUMOURS * share), round(SINGLE * share)
        happenings = self._happenings(incidents)
        sizes = self._sizes(count - rumours - single, incidents)
        said: list[Said] = []
        for number, (happening, size) in enumerate(zip(happenings, sizes, strict=True)):
            said += self._calls(happening, size, number, f"{number}-")
        for number in range(single):
            alone = self._happening(self._begins())
            said += self._calls(alone, 1, incidents + number, f"alone-{number}-")
        said += [self._rumour(happenings, f"told-{number}") for number in range(rumours)]
        return sorted(said, key=lambda each: (each.at, each.reference))

    def _sizes(self, count: int, incidents: int) -> list[int]:
        """Some draw many calls, most a few; each two at the least."""
        weights = [self._draw.paretovariate(2) for _ in range(incidents)]
        sizes = [2] * incidents
        for number in self._draw.choices(range(incidents), weights, k=count - 2 * incidents):
            sizes[number] += 1
        return sizes

    # Places

    def _begins(self) -> datetime:
        return MORNING + timedelta(minutes=self._draw.uniform(0, LASTS_HOURS * 60))

    def _happenings(self, count: int) -> list[Happening]:
        found = [self._happening(self._begins()) for _ in range(count - 2 * CLOSE - LATER)]
        befores = self._draw.sample(found, LATER)
        for _ in range(CLOSE):
            near = self._at_corner(self._begins())
            begins = near.begins + timedelta(minutes=self._draw.uniform(-15, 15))
            found += [near, self._at_corner(begins, near.point)]
        for before in befores:
            begins = before.begins + before.lasts + timedelta(hours=self._draw.uniform(4, 6))
            other = self._happening(begins)
            found.append(
                replace(
                    other,
                    ways=before.ways,
                    beside=before.beside,
                    point=before.point,
                    area=before.area,
                )
            )
        return found

    def _happening(self, begins: datetime) -> Happening:
        if self._draw.random() < 0.75:
            return self._at_corner(begins)
        landmark, point = self._draw.choice(self._landmarks)
        plain = landmark.name.partition(" (")[0]
        names = (plain, *(name for name in landmark.names if name.isascii()))[:3]
        return self._begun(Ways(names, names), Ways(names, names), point, begins)

    def _at_corner(self, begins: datetime, near: Point | None = None) -> Happening:
        """`near`: 500 to 900 m from there."""
        while True:
            one, other = self._draw.sample(self._streets, 2)
            point = self._met(one, other)
            if point and (near is None or 500 <= metres(near, point) <= 900):
                break
        next_to = [street for street in self._next_to(one) if self._met(street, other)]
        ways = _corner(one, other)
        beside = _corner(self._draw.choice(next_to), other) if next_to else ways
        return self._begun(ways, beside, point, begins)

    def _met(self, one: Street, other: Street) -> Point | None:
        found = crossings([one], [other])
        return found[0].point if len(found) == 1 else None

    def _next_to(self, street: Street) -> list[Street]:
        """Those beside it in its grid."""
        number = _number(street)
        if number is None:
            return []
        kind = street.name.rpartition(" ")[2]
        beside = (
            *self._gazetteer.number(number - 1, kind),
            *self._gazetteer.number(number + 1, kind),
        )
        return [each for each in beside if (each.city, each.side) == (street.city, street.side)]

    def _begun(self, ways: Ways, beside: Ways, point: Point, begins: datetime) -> Happening:
        draw = self._draw
        area, _ = min(self._areas, key=lambda each: metres(point, each[1]))
        return Happening(
            ways=ways,
            beside=beside,
            point=point,
            area=area,
            begins=begins,
            lasts=timedelta(minutes=draw.uniform(8, 75)),
            officers=draw.choice((2, 3, 4, 4, 5, 6, 8, 10)),
            cars=tuple(self._car() for _ in range(draw.choice((1, 1, 2, 2, 3)))),
        )

    # Cars

    def _car(self) -> Car:
        draw = self._draw
        make, model, kind = draw.choice(MODELS)
        letters = "".join(draw.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=3))
        return Car(make, model, kind, draw.choice(COLOURS), f"{letters}{draw.randint(100, 999)}")

    # Calls

    def _calls(
        self, happening: Happening, count: int, incident: int, prefix: str
    ) -> Iterator[Said]:
        draw = self._draw
        earlier: list[tuple[str | None, datetime]] = []
        for number in range(count):
            delay = timedelta(minutes=max(0.0, draw.gauss(3, 3)))
            seen = happening.begins + happening.lasts * draw.betavariate(1, 1.6)
            at = seen + delay
            again = [who for who, when in earlier if who and abs(at - when) < timedelta(hours=1)]
            if again and draw.random() < AGAIN * count / max(1, count - 1):
                yield self._call_again(at, draw.choice(again), incident, f"{prefix}{number}")
                continue
            caller = None if draw.random() < 0.1 else f"{prefix}{number}"
            earlier.append((caller, at))
            yield self._witness(happening, at, seen, caller, incident, f"{prefix}{number}")

    def _call_again(self, at: datetime, caller: str, incident: int, reference: str) -> Said:
        words = self._draw.choice(
            (
                "I called before. They left now.",
                "Me again, they are still here and there are more of them now.",
                "I just called you. They took somebody, I saw it.",
            )
        )
        return Said(reference, words, "en", at, caller, incident, {"when": "1"})

    def _witness(
        self,
        happening: Happening,
        at: datetime,
        seen: datetime,
        caller: str | None,
        incident: int,
        reference: str,
    ) -> Said:
        draw = self._draw
        spanish = draw.random() < SPANISH
        parts = [self._where(happening, spanish), self._what(happening, spanish)]
        minutes = round((at - seen).total_seconds() / 60)
        keys = {"when": "1"} if draw.random() < 0.7 else {}
        if minutes >= 4:
            parts.append(
                f"Hace {minutes} minutos." if spanish else f"It was {minutes} minutes ago."
            )
        car = draw.choice(happening.cars)
        if draw.random() < 0.6:
            parts.append(self._car_said(car, spanish))
        return Said(
            reference,
            " ".join(part for part in parts if part),
            "es" if spanish else "en",
            at,
            caller,
            incident,
            keys,
        )

    def _where(self, happening: Happening, spanish: bool) -> str:
        draw = self._draw
        ways = happening.beside if draw.random() < BLOCK_OFF else happening.ways
        place = draw.choice(ways.spanish if spanish else ways.english)
        if draw.random() < MISHEARD:
            kind = draw.random()
            if kind < SPELT:
                place = self._misspelt(place)
            elif kind < SPELT + AREA:
                if spanish:
                    return f"Estoy en {happening.area}, por aquí andan."
                return draw.choice(
                    (f"I'm in {happening.area}.", f"It's in the {happening.area} neighborhood.")
                )
            else:
                return "Están aquí afuera." if spanish else "They are right outside my building."
        if spanish:
            return draw.choice((f"Estoy en {place}.", f"Están en {place}.", f"Aquí en {place},"))
        return draw.choice(
            (f"I'm at {place}.", f"They're at {place}.", f"It's by {place}.", f"At {place},")
        )

    def _misspelt(self, place: str) -> str:
        """One slip in a name or two, as of somebody who writes what it sounds like."""
        words = place.split(" ")
        names = [at for at, word in enumerate(words) if len(word) > 3 and word[0].isupper()]
        for at in self._draw.sample(names, min(len(names), self._draw.choice((1, 1, 2)))):
            word = words[at].lower()
            slips = [(a, b) for a, b in SLIPS if a in word[1:]]
            if slips:
                heard, written = self._draw.choice(slips)
                words[at] = (word[0] + word[1:].replace(heard, written, 1)).capitalize()
        return " ".join(words)

    def _what(self, happening: Happening, spanish: bool) -> str:
        draw = self._draw
        count = max(1, happening.officers + draw.choice((-1, 0, 0, 0, 1)))
        if draw.random() < 0.25:
            return "Hay agentes de migración." if spanish else "I see ICE agents, they have vests."
        if spanish:
            return draw.choice((f"Veo {count} agentes.", f"Son {count} oficiales de ICE."))
        return draw.choice(
            (
                f"I see {count} agents.",
                f"There's {count} ICE officers.",
                f"{count} guys in vests, ICE.",
            )
        )

    def _car_said(self, car: Car, spanish: bool) -> str:
        draw = self._draw
        colour = car.colour if draw.random() < 0.93 else draw.choice(COLOURS)
        named = draw.random()
        if spanish:
            thing = car.model if named < 0.4 else EN_ES[car.type]
            said = (
                f"Hay una {thing} {EN_ES[colour]}." if draw.random() < 0.8 else f"Hay una {thing}."
            )
        else:
            thing = (
                f"{car.make} {car.model}" if named < 0.3 else car.model if named < 0.5 else car.type
            )
            said = f"There's a {colour} {thing}." if draw.random() < 0.8 else f"There's a {thing}."
        if draw.random() < 0.25:
            said += (
                (" La placa es " if spanish else " The plate is ")
                + self._plate_said(car.plate)
                + "."
            )
        return said

    def _plate_said(self, plate: str) -> str:
        characters = list(plate)
        if self._draw.random() < 0.3:
            at = self._draw.randrange(len(characters))
            alike = SOUND_ALIKE.get(characters[at])
            if alike:
                characters[at] = self._draw.choice(alike)
        if self._draw.random() < 0.25:
            characters = characters[:4]
        return " ".join(characters)

    def _rumour(self, happenings: Sequence[Happening], reference: str) -> Said:
        draw = self._draw
        happening = draw.choice(happenings)
        place = draw.choice((happening.ways.english[0], happening.area))
        words = draw.choice(
            (
                f"I heard on Facebook that ICE is at {place}, I haven't seen anything myself.",
                f"My cousin told me there are agents near {place}. I did not see it.",
                "Everybody is saying they are at all the schools today, is that true?",
                "Somebody said ICE is downtown, I don't know if it's true.",
            )
        )
        at = happening.begins + timedelta(minutes=draw.uniform(5, 90))
        return Said(reference, words, "en", at, reference, None)
