"""What OpenStreetMap's tags say that something is (https://wiki.openstreetmap.org/wiki/Map_features)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from places.street_names import tidy

ROADS: Final = frozenset(
    [
        *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
        *("living_street", "pedestrian", "service", "road", "track", "busway", "cycleway", "path"),
        *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
    ]
)
"""Of `highway`. Not footways: a sidewalk often has the name of the street beside it."""
OTHER_LINES: Final = ("railway", "waterway", "power", "aeroway", "barrier", "boundary", "route")
AREAS: Final[Mapping[str, str]] = {
    "suburb": "community",
    "borough": "community",
    "quarter": "neighbourhood",
    "neighbourhood": "neighbourhood",
    "city": "city",
    "town": "city",
    "village": "city",
}
"""Of `place`."""
LEVELS: Final[Mapping[str, str]] = {"8": "city", "9": "community", "10": "neighbourhood"}
"""Of an administrative boundary's `admin_level`, as in the United States."""
LANDMARKS: Final = ("amenity", "shop", "leisure", "tourism", "office", "historic", "healthcare")
STATIONS: Final = frozenset(["station", "halt", "tram_stop"])
"""Of `railway` and `public_transport`."""
BUILDINGS: Final = frozenset(
    [
        *("public", "civic", "government", "school", "university", "college", "hospital", "hotel"),
        *("church", "mosque", "synagogue", "temple", "cathedral", "chapel", "commercial", "retail"),
        *("office", "stadium", "train_station", "supermarket", "museum", "library"),
        *("fire_station", "kindergarten", "sports_hall", "apartments", "dormitory"),
    ]
)
"""Of `building`: those that people name. A bare 'yes' says nothing of that."""
FURNITURE: Final = frozenset(["bench", "waste_basket", "vending_machine", "recycling", "post_box"])
"""Of `amenity`: has a name now and then, and is no place."""
ALSO: Final = ("alt_name", "old_name", "loc_name", "short_name", "official_name")
"""Keys of other names; a language's, such as `name:es`, are taken too."""


def is_road(tags: Mapping[str, str]) -> bool:
    return tags.get("highway") in ROADS


def area_kind(tags: Mapping[str, str]) -> str | None:
    if (kind := AREAS.get(tags.get("place", ""))) is not None:
        return kind
    if tags.get("boundary") == "administrative":
        return LEVELS.get(tags.get("admin_level", ""))
    return None


def landmark_kind(tags: Mapping[str, str]) -> str | None:
    if tags.get("amenity") in FURNITURE:
        return None
    for key in LANDMARKS:
        if value := tags.get(key):
            return key if value == "yes" else tidy(value.replace("_", " "))
    if {tags.get("railway"), tags.get("public_transport")} & STATIONS:
        return "station"
    building = tags.get("building", "")
    return building.replace("_", " ") if building in BUILDINGS else None


def other_names(tags: Mapping[str, str]) -> tuple[str, ...]:
    languages = sorted(key for key in tags if key.startswith("name:") and len(key) <= 8)
    name = tidy(tags.get("name", ""))
    given = (each for key in (*ALSO, *languages) for each in tags.get(key, "").split(";"))
    return tuple(dict.fromkeys(each for text in given if (each := tidy(text)) not in ("", name)))
