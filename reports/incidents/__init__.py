"""Reports that speak of the same thing. Pure: what is understood of reports -> what may be one
incident, why, and what its reports say together."""

from reports.incidents.likeness import Because, Likeness, Reason, callers, likeness
from reports.incidents.sighting import Part, Sighting, sighting_of
from reports.incidents.suggesting import Standing, Suggestion, Why, suggest

__all__ = [
    "Because",
    "Likeness",
    "Part",
    "Reason",
    "Sighting",
    "Standing",
    "Suggestion",
    "Why",
    "callers",
    "likeness",
    "sighting_of",
    "suggest",
]
