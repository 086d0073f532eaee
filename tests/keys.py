"""A data key of the tests' own: another in every run."""

from __future__ import annotations

from keeping.sealing import Keyring, generate_key

SEALER = Keyring.parse(generate_key())
