"""Points drawn without a map: the streets that people know around them, a scale and north. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from places.gazetteer import METRES, Gazetteer, Point, Street

WIDTH: Final = 340
HEIGHT: Final = 380
"""Of the drawing, in its own units: as pixels on a small telephone."""
MARGIN: Final = 46
"""Units around the outermost points."""
NARROWEST: Final = 1200.0
"""Metres across at the least: of one point alone the streets around it are seen."""
ROOM: Final = 25.0
"""Units between two signs, so that each can be read."""
APART: Final = 24.0
"""Units between two streets that run alongside each other."""
MOST_STREETS: Final = 7
"""That run one way."""
MOST_CORNERS: Final = 10
LETTER: Final = 6.4
"""Units that a letter of a label is wide, as a rule."""
LINE: Final = 14.0
"""Units that a label is high."""
ON_IT: Final = 70.0
"""Metres from a street within which a point lies on it."""
LENGTHS: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
"""Metres that a scale shows."""
LONGEST_SCALE: Final = 90.0
"""Units."""
AROUND: Final = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
MOST_RINGS: Final = 6


@dataclass(frozen=True, slots=True)
class Pin:
    """Something that is to be drawn: its name, and where it is."""

    key: str
    label: str
    point: Point


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    end: bool = False
    """It ends there, and does not begin."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A pin as it is drawn: at `x`, `y`, and its place at `true_x`, `true_y` if that was taken."""

    key: str
    x: float
    y: float
    true_x: float
    true_y: float
    label: Label | None
    """None: there is no room for it."""

    @property
    def is_moved(self) -> bool:
        return (self.x, self.y) != (self.true_x, self.true_y)


@dataclass(frozen=True, slots=True)
class Line:
    """A street, as far as it is in the drawing."""

    name: str
    x1: float
    y1: float
    x2: float
    y2: float
    label: Label

    @property
    def is_upright(self) -> bool:
        return self.x1 == self.x2


@dataclass(frozen=True, slots=True)
class Corner:
    """Where two streets cross, of a city whose streets are known by their crossings alone."""

    name: str
    x: float
    y: float
    label: Label


@dataclass(frozen=True, slots=True)
class Scale:
    metres: int
    units: float


@dataclass(frozen=True, slots=True)
class Plot:
    dots: tuple[Dot, ...]
    """In the order of the pins."""
    lines: tuple[Line, ...]
    corners: tuple[Corner, ...]
    scale: Scale


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to units: as near as flat, for a city."""

    middle: Point
    metres: float
    """A unit."""

    @property
    def _east(self) -> float:
        return METRES * cos(radians(self.middle.lat))

    def x(self, lon: float) -> float:
        return round(WIDTH / 2 + (lon - self.middle.lon) * self._east / self.metres, 1)

    def y(self, lat: float) -> float:
        return round(HEIGHT / 2 - (lat - self.middle.lat) * METRES / self.metres, 1)


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    @property
    def is_inside(self) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= WIDTH and self.bottom <= HEIGHT


def plot(pins: Sequence[Pin], gazetteer: Gazetteer) -> Plot | None:
    """None of no pins. The first pins keep their places, and their labels, before the others."""
    if not pins:
        return None
    frame = _frame([pin.point for pin in pins])
    scale = _scale(frame)
    # North stands in one corner, the scale in another: nothing else is written there.
    taken = [
        _Box(WIDTH - 30, 0, WIDTH, 44),
        _Box(WIDTH - scale.units - 24, HEIGHT - 34, WIDTH, HEIGHT),
    ]
    spots = list(_spots(pins, frame))
    taken += [_around(x, y) for x, y, _, _ in spots]
    lines = list(_lines(pins, gazetteer, frame, taken))
    corners = [] if lines else list(_corners(pins, gazetteer, frame, taken))
    dots = tuple(
        Dot(pin.key, x, y, true_x, true_y, _beside(pin.label, x, y, taken))
        for pin, (x, y, true_x, true_y) in zip(pins, spots, strict=True)
    )
    return Plot(dots, tuple(lines), tuple(corners), scale)


def _frame(points: Sequence[Point]) -> _Frame:
    lats, lons = [each.lat for each in points], [each.lon for each in points]
    middle = Point((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
    high = (max(lats) - min(lats)) * METRES
    wide = (max(lons) - min(lons)) * METRES * cos(radians(middle.lat))
    inner_width, inner_height = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return _Frame(middle, max(wide / inner_width, high / inner_height, NARROWEST / WIDTH))


def _scale(frame: _Frame) -> Scale:
    metres = max(
        (each for each in LENGTHS if each / frame.metres <= LONGEST_SCALE), default=LENGTHS[0]
    )
    return Scale(metres, round(metres / frame.metres, 1))


# --- Signs ----------------------------------------------------------------------------------------


def _spots(pins: Iterable[Pin], frame: _Frame) -> Iterator[tuple[float, float, float, float]]:
    """Where each is drawn, and where it is: what would lie on another goes beside it."""
    placed: list[tuple[float, float]] = []
    for pin in pins:
        true_x, true_y = frame.x(pin.point.lon), frame.y(pin.point.lat)
        x, y = next(
            (
                each
                for each in _rings(true_x, true_y)
                if all(abs(each[0] - a) >= ROOM or abs(each[1] - b) >= ROOM for a, b in placed)
            ),
            (true_x, true_y),
        )
        placed.append((x, y))
        yield x, y, true_x, true_y


def _rings(x: float, y: float) -> Iterator[tuple[float, float]]:
    yield x, y
    for ring in range(1, MOST_RINGS + 1):
        for right, down in AROUND:
            near = round(x + right * ring * ROOM, 1), round(y + down * ring * ROOM, 1)
            if _around(*near).is_inside:
                yield near


def _around(x: float, y: float) -> _Box:
    half = ROOM / 2
    return _Box(x - half, y - half, x + half, y + half)


def _beside(label: str, x: float, y: float, taken: list[_Box]) -> Label | None:
    """Room for a label, which is taken from then on."""
    wide, gap = LETTER * len(label), ROOM / 2 + 2
    for at, box in (
        (Label(x + gap, y + 4), _Box(x + gap, y - 9, x + gap + wide, y + 7)),
        (Label(x - gap, y + 4, end=True), _Box(x - gap - wide, y - 9, x - gap, y + 7)),
    ):
        if box.is_inside and not any(box.meets(other) for other in taken):
            taken.append(box)
            return at
    return None


# --- Streets --------------------------------------------------------------------------------------


def _lines(
    pins: Sequence[Pin], gazetteer: Gazetteer, frame: _Frame, taken: list[_Box]
) -> Iterator[Line]:
    """Of streets that run straight: those on which something lies first, then those that people
    have the most names for."""
    points = [pin.point for pin in pins]
    across = [each for each in gazetteer.every_street if each.axis == "ew"]
    along = [each for each in gazetteer.every_street if each.axis == "ns"]
    yield from _chosen(across, points, frame, taken)
    yield from _chosen(along, points, frame, taken)


def _chosen(
    streets: Iterable[Street], points: Sequence[Point], frame: _Frame, taken: list[_Box]
) -> Iterator[Line]:
    near = [
        (not _has_on_it(street, points), -len(street.names), street.sign, line)
        for street in streets
        if (line := _line_of(street, frame)) is not None
    ]
    near.sort(key=lambda each: each[:3])
    kept: list[tuple[str, float]] = []
    for *_, name, line in near:
        at = line.x1 if line.is_upright else line.y1
        if any(abs(at - other) < APART or name == known for known, other in kept):
            continue
        labelled = _labelled(line, taken)
        if labelled is not None:
            kept.append((name, at))
            yield labelled
        if len(kept) == MOST_STREETS:
            return


def _has_on_it(street: Street, points: Iterable[Point]) -> bool:
    at = street.at or 0.0
    if street.axis == "ew":
        return any(
            abs(each.lat - at) * METRES < ON_IT and street.reaches(each.lon) for each in points
        )
    return any(
        abs(each.lon - at) * METRES * cos(radians(each.lat)) < ON_IT and street.reaches(each.lat)
        for each in points
    )


def _line_of(street: Street, frame: _Frame) -> Line | None:
    """None of one that is not seen, or hardly."""
    if street.at is None or street.begin is None or street.end is None:
        return None
    nowhere = Label(0.0, 0.0)
    if street.axis == "ew":
        y = frame.y(street.at)
        x1, x2 = sorted((frame.x(street.begin), frame.x(street.end)))
        x1, x2 = max(x1, 0.0), min(x2, float(WIDTH))
        seen = LINE < y < HEIGHT - 4 and x2 - x1 > WIDTH / 4
        return Line(street.sign, x1, y, x2, y, nowhere) if seen else None
    x = frame.x(street.at)
    y1, y2 = sorted((frame.y(street.begin), frame.y(street.end)))
    y1, y2 = max(y1, 0.0), min(y2, float(HEIGHT))
    seen = LINE < x < WIDTH - 4 and y2 - y1 > HEIGHT / 4
    return Line(street.sign, x, y1, x, y2, nowhere) if seen else None


def _labelled(line: Line, taken: list[_Box]) -> Line | None:
    """With its name at one of its ends; None: there is no room for it at either."""
    long = LETTER * len(line.name)
    if line.is_upright:
        x = line.x1
        ends = (
            (Label(x - 3, line.y2 - 4), _Box(x - LINE, line.y2 - 4 - long, x, line.y2)),
            (Label(x - 3, line.y1 + 4, end=True), _Box(x - LINE, line.y1, x, line.y1 + 4 + long)),
        )
    else:
        y = line.y1
        ends = (
            (Label(line.x1 + 4, y - 3), _Box(line.x1, y - LINE, line.x1 + 4 + long, y)),
            (Label(line.x2 - 4, y - 3, end=True), _Box(line.x2 - 4 - long, y - LINE, line.x2, y)),
        )
    for label, box in ends:
        if box.is_inside and not any(box.meets(other) for other in taken):
            taken.append(box)
            return Line(line.name, line.x1, line.y1, line.x2, line.y2, label)
    return None


def _corners(
    pins: Sequence[Pin], gazetteer: Gazetteer, frame: _Frame, taken: list[_Box]
) -> Iterator[Corner]:
    """The known crossings that are nearest to what is drawn."""
    seen = [
        (min(point.metres(pin.point) for pin in pins), f"{one} & {other}", point)
        for (_, one, other), points in gazetteer.met.items()
        for point in points
        if 0 < frame.x(point.lon) < WIDTH and 0 < frame.y(point.lat) < HEIGHT
    ]
    drawn = 0
    for _, name, point in sorted(seen, key=lambda each: each[:2]):
        x, y = frame.x(point.lon), frame.y(point.lat)
        label = _beside(name, x, y, taken)
        if label is not None:
            drawn += 1
            yield Corner(name, x, y, label)
        if drawn == MOST_CORNERS:
            return
