"""What other providers make of a document written for Twilio. Pure: XML text in, XML text out.

`ivr.twiml` writes Twilio's own. A `Dialect` leaves out what a provider does not know, says what it
would assume otherwise, and makes sure that a caller who does nothing is not hung up on. Twilio's
dialect changes nothing.

Facts are from the pages named at each dialect. What was not tried on an account: docs/providers.md.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import urljoin

Company = Literal["twilio", "signalwire", "telnyx", "somleng"]

ADDRESSES: Final = frozenset({"action", "recordingStatusCallback", "url"})
"""Attributes that are URLs; of the verbs `Redirect` and `Play` it is the text."""
LOCATED: Final = frozenset({"Redirect", "Play"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """A provider's, by what in it differs from Twilio's TwiML."""

    company: Company = "twilio"
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Verb -> the attributes that it has. A verb that is not here keeps all of its own."""
    values: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """(verb, attribute) -> the words that its value may hold, where Twilio knows others too."""
    always: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Verb -> attributes of the provider's own, without which it would do otherwise than Twilio."""
    unknown: frozenset[str] = frozenset()
    """Verbs that it has not."""
    in_gather: frozenset[str] | None = None
    """What may stand inside a Gather; None: whatever Twilio allows."""
    silence_falls_through: bool = False
    """After a Gather without a key comes the verb behind it, whatever `actionOnEmptyResult`."""
    voices: re.Pattern[str] | None = None
    """The voices that it has, by how they are written; None: Twilio's."""
    renamed_voices: tuple[tuple[str, str], ...] = ()
    """Prefixes of voices, as Twilio writes them and as it does."""
    other_voice: str | None = None
    """Stands in for a voice that it has not; None: it chooses by the language."""
    screens: bool = True
    """Whether somebody who is rung can be asked before the two are connected. Who cannot is not
    rung, for a voicemail would swallow the caller."""
    whole_addresses: bool = False
    """URLs must be absolute."""
    done: int = 204
    """The status by which it sees that a callback was taken."""

    def rewritten(self, document: str, base: str) -> str:
        """The document as this provider wants it; `base` is where the line is reached."""
        if self.company == "twilio":
            return document
        # Of our own making, and nothing of a caller's in it but digits.
        root = ET.fromstring(document)  # noqa: S314
        self._rewrite(root, base, within=None)
        return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(root, encoding="unicode")

    def left_out(self, document: str) -> tuple[str, ...]:
        """What of the document this provider would not be told, such as 'Record timeout'."""
        root = ET.fromstring(document)  # noqa: S314 - as above
        return tuple(dict.fromkeys(self._losses(root, within=None)))

    def _rewrite(self, parent: ET.Element, base: str, within: str | None) -> None:
        for position, verb in reversed(list(enumerate(parent))):
            if self._refuses(verb.tag, within):
                parent.remove(verb)
                continue
            asks_of_silence = verb.get("actionOnEmptyResult") == "true"
            for name, value in list(verb.attrib.items()):
                kept = self._value(verb.tag, name, value)
                if kept is None:
                    del verb.attrib[name]
                else:
                    verb.set(name, self._whole(kept, base) if name in ADDRESSES else kept)
            for name, value in self.always.get(verb.tag, {}).items():
                verb.set(name, value)
            if verb.tag in LOCATED and verb.text:
                verb.text = self._whole(verb.text.strip(), base)
            if verb.tag == "Dial":
                self._rewrite(verb, base, within="Dial")
            if verb.tag == "Gather":
                self._rewrite(verb, base, within="Gather")
                if self.silence_falls_through and asks_of_silence:
                    silent = ET.Element("Redirect", {"method": "POST"})
                    silent.text = verb.get("action")
                    parent.insert(position + 1, silent)

    def _losses(self, parent: ET.Element, within: str | None) -> Iterator[str]:
        for verb in parent:
            if self._refuses(verb.tag, within):
                yield verb.tag if within is None else f"{verb.tag} in {within}"
                continue
            for name, value in verb.attrib.items():
                if self._value(verb.tag, name, value) is None:
                    yield f"{verb.tag} {name}"
            if verb.tag == "Gather":
                yield from self._losses(verb, within="Gather")

    def _refuses(self, verb: str, within: str | None) -> bool:
        if verb in self.unknown:
            return True
        return within == "Gather" and self.in_gather is not None and verb not in self.in_gather

    def _value(self, verb: str, name: str, value: str) -> str | None:
        """What is said instead of an attribute's value, None for nothing."""
        known = self.attributes.get(verb)
        if known is not None and name not in known:
            return None
        if verb == "Say" and name == "voice":
            return self._voice(value)
        words = self.values.get((verb, name))
        if words is None:
            return value
        return " ".join(word for word in value.split() if word in words) or None

    def _voice(self, voice: str) -> str | None:
        for theirs, ours in self.renamed_voices:
            if voice.startswith(theirs):
                voice = ours + voice.removeprefix(theirs)
        if self.voices is None or self.voices.fullmatch(voice):
            return voice
        return self.other_voice

    def _whole(self, address: str, base: str) -> str:
        return urljoin(f"{base}/", address) if self.whole_addresses else address


TWILIO: Final = Dialect()

SIGNALWIRE: Final = Dialect(
    company="signalwire",
    # The page of Gather wants its `action` absolute, that of Record takes both.
    whole_addresses=True,
    in_gather=frozenset({"Say", "Play", "Pause"}),
    renamed_voices=(("Google.", "gcloud."),),
    done=200,
)
"""cXML knows every attribute that we use, `trim`, `actionOnEmptyResult` and the events among them.
Nothing after a Record is executed: its `action` is asked even when nobody spoke.

https://signalwire.com/docs/compatibility-api/cxml/reference/voice/record, …/gather, …/say;
that a callback wants a 200: https://developer.signalwire.com/guides/how-to-configure-your-webhook
"""

TELNYX: Final = Dialect(
    company="telnyx",
    attributes={
        # No `actionOnEmptyResult`, and the method is the TeXML application's.
        "Gather": frozenset({"action", "finishOnKey", "input", "numDigits", "timeout"}),
        # No `timeout`: Telnyx has the caller's voice transcribed to notice silence, and what is
        # said on the line is nobody's to hear but the group's. A key or `maxLength` ends it.
        "Record": frozenset(
            {
                *("action", "finishOnKey", "maxLength", "method", "playBeep", "trim"),
                *("recordingStatusCallback", "recordingStatusCallbackMethod"),
                "recordingStatusCallbackEvent",
            }
        ),
        "Say": frozenset({"language", "loop", "voice"}),
    },
    values={
        # Not trimming is not a value; it is what happens without one.
        ("Record", "trim"): frozenset({"trim-silence"}),
        ("Record", "recordingStatusCallbackEvent"): frozenset({"in-progress", "completed"}),
    },
    # By default MP3, and our own voice on a second channel.
    always={"Record": {"channels": "single", "format": "wav"}},
    in_gather=frozenset({"Say", "Play"}),
    silence_falls_through=True,
    voices=re.compile(r"man|woman|alice|(Polly|AWS|Azure|Telnyx)\..+"),
    # Speaks the language that it is given; 'man' and 'woman' speak English alone.
    other_voice="alice",
    # Its page of Dial says nothing of a document for who is rung.
    screens=False,
    whole_addresses=True,
    done=200,
)
"""TeXML.

https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/record, …/gather, …/say;
that a callback wants a 200: https://developers.telnyx.com/api-reference/callbacks/texml-gather
"""

SOMLENG: Final = Dialect(
    company="somleng",
    attributes={
        "Gather": frozenset(
            {"action", "actionOnEmptyResult", "finishOnKey", "method", "numDigits", "timeout"}
        ),
        "Record": frozenset(
            {
                *("action", "finishOnKey", "maxLength", "method", "playBeep", "timeout"),
                *("recordingStatusCallback", "recordingStatusCallbackMethod"),
            }
        ),
        "Say": frozenset({"language", "loop", "voice"}),
        "Play": frozenset({"loop"}),
    },
    # A verb that it does not know ends the call.
    unknown=frozenset({"Pause"}),
    in_gather=frozenset({"Say", "Play"}),
    voices=re.compile(r"man|woman|(Basic|Polly|Azure)\..+"),
    screens=False,
    # `recordingStatusCallback` is handed to another service, which knows no document.
    whole_addresses=True,
)
"""As its source has it, there being no page of its TwiML.

https://github.com/somleng/somleng-switch, components/app/app: models/twiml/*_verb.rb,
workflows/execute_twiml.rb, resolve_tts_voice.rb; voices: https://github.com/somleng/tts_voices
"""

DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {dialect.company: dialect for dialect in (TWILIO, SIGNALWIRE, TELNYX, SOMLENG)}
)
