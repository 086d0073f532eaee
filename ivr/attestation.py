"""What the telephone companies say of the number that calls, as the provider hands it on. Pure."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from reports.model import Attestation

_SAID: Final = re.compile(r"TN-Validation-(Passed|Failed)(?:-([ABC])(?:-.+)?)?")
_LETTERS: Final = MappingProxyType(
    {"A": Attestation.FULL, "B": Attestation.PARTIAL, "C": Attestation.GATEWAY}
)


def attestation_of(said: str | None) -> Attestation | None:
    """Twilio's parameter StirVerstat; None when it says nothing, or nothing that is known here.

    https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir. Calls that were forwarded
    have more behind the letter. Telnyx writes A without its letter
    (https://developers.telnyx.com/docs/voice/stir-shaken/sip-header-parameters).

    >>> attestation_of("TN-Validation-Passed-B"), attestation_of("No-TN-Validation")
    (<Attestation.PARTIAL: 'partial'>, None)
    """
    found = _SAID.fullmatch(said or "")
    if found is None:
        return None
    outcome, letter = found.groups()
    return Attestation.FAILED if outcome == "Failed" else _LETTERS[letter or "A"]
