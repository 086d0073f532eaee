"""Reports that speak of the same thing. Pure: what is understood of reports -> what may be one
incident, why, and what its reports say together."""

from reports.incidents.history import Event, Happened, history
from reports.incidents.likeness import Because, Likeness, Reason, callers, likeness
from reports.incidents.merged import Glance, Stated, Telling, Together, glance, together
from reports.incidents.nearby import Nearby, nearby
from reports.incidents.sighting import SAW, Part, Sighting, part_of, sighting_of
from reports.incidents.suggesting import Standing, Suggestion, Why, suggest

__all__ = [
    "SAW",
    "Because",
    "Event",
    "Glance",
    "Happened",
    "Likeness",
    "Nearby",
    "Part",
    "Reason",
    "Sighting",
    "Standing",
    "Stated",
    "Suggestion",
    "Telling",
    "Together",
    "Why",
    "callers",
    "glance",
    "history",
    "likeness",
    "nearby",
    "part_of",
    "sighting_of",
    "suggest",
    "together",
]
