"""What they carry."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.marked import findings
from reports.fields.said import Passage


class Equipment(StrEnum):
    WEAPONS = "weapons"
    TEAR_GAS = "tear_gas"
    PEPPER_SPRAY = "pepper_spray"
    BATTERING_RAM = "battering_ram"
    DRONE = "drone"
    HELICOPTER = "helicopter"
    SHIELD = "shield"
    DOG = "dog"
    FLASH_BANG = "flash_bang"
    ARMOURED_VEHICLE = "armoured_vehicle"


EQUIPMENT: Final = "equipment"
"""The lexicon's kind, with the values above."""


def equipment_said(passages: Sequence[Passage]) -> tuple[Finding[Equipment], ...]:
    """All that was named and not denied."""
    return findings(passages, EQUIPMENT, Equipment)
