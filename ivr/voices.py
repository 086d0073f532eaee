"""The voices of the provider that this line may use.

A pair that Twilio does not have makes its Say fail, and the caller hears nothing: so a voice stands
here only if Twilio's list names it and, for Amazon's, if Amazon still has it as a standard voice;
no other is taken from a `says.toml`. The list names nothing for Somali, Oromo, Amharic, Hmong,
Karen or Swahili.
https://www.twilio.com/docs/voice/twiml/say/text-speech#available-voices-and-languages
https://github.com/TwilioDevEd/api-snippets/blob/master/voice/tts/available-voices-list.md
https://docs.aws.amazon.com/polly/latest/dg/standard-voices.html
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

VOICES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en-US": frozenset({"Polly.Joanna", "Polly.Kendra", "Polly.Salli", "Polly.Joey"}),
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
