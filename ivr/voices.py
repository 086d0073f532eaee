"""The voices of the provider that this line may use.

A pair that Twilio does not have makes its Say fail, and the caller hears nothing: so a voice stands
here only with the page that names it, and no other is taken from a `says.toml`. Nothing of theirs
speaks Somali, Oromo, Hmong, Karen or Swahili.
https://www.twilio.com/docs/voice/twiml/say/text-speech#available-voices-and-languages
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

VOICES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en-US": frozenset({"Polly.Joanna", "Polly.Matthew", "Polly.Salli", "Polly.Kendra"}),
        "es-MX": frozenset({"Polly.Mia"}),
        "es-US": frozenset({"Polly.Penelope", "Polly.Miguel", "Polly.Lupe"}),
        "fr-FR": frozenset({"Polly.Celine", "Polly.Lea", "Polly.Mathieu"}),
        "fr-CA": frozenset({"Polly.Chantal"}),
        "pt-BR": frozenset({"Polly.Vitoria", "Polly.Camila", "Polly.Ricardo"}),
        "ru-RU": frozenset({"Polly.Tatyana", "Polly.Maxim"}),
        "arb": frozenset({"Polly.Zeina"}),
        "cmn-CN": frozenset({"Polly.Zhiyu"}),
        "vi-VN": frozenset({"Google.vi-VN-Standard-A", "Google.vi-VN-Wavenet-A"}),
    }
)
"""Say's `language` -> the values of its `voice`."""


def speaks(voice: str, language: str) -> bool:
    """Whether the provider has that voice for that language."""
    return voice in VOICES.get(language, frozenset())
