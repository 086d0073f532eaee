"""What they carry."""

from __future__ import annotations

from enum import StrEnum


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
