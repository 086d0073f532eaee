"""TwiML, read as strictly as it can be: what Twilio would run, or a TwimlError that says why not.

Which verbs there are, what they take and what may stand inside them is asked of Twilio's own SDK;
what a value may be is written down here from the pages at https://www.twilio.com/docs/voice/twiml.
Twilio itself logs much of this as a warning and goes on; a test wants to hear of it at once.
"""

from __future__ import annotations

import inspect
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal
from urllib.parse import urljoin, urlsplit

from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

Method = Literal["GET", "POST"]

KEYS: Final = frozenset("0123456789*#")
LONGEST_TEXT: Final = 4096
"""Characters one Say may hold (https://www.twilio.com/docs/voice/twiml/say#nouns)."""

RECORDING_EVENTS: Final = frozenset({"in-progress", "completed", "absent"})
CALL_EVENTS: Final = frozenset({"initiated", "ringing", "answered", "completed"})

SPOKEN_LANGUAGES: Final = frozenset(
    [
        "af-ZA",
        "ar-AE",
        "ar-XA",
        "arb",
        "bg-BG",
        "bn-IN",
        "ca-ES",
        "cmn-CN",
        "cmn-TW",
        "cs-CZ",
        "cy-GB",
        "da-DK",
        "de",
        "de-AT",
        "de-CH",
        "de-DE",
        "el-GR",
        "en",
        "en-AU",
        "en-CA",
        "en-GB",
        "en-GB-WLS",
        "en-IE",
        "en-IN",
        "en-NZ",
        "en-SG",
        "en-US",
        "en-ZA",
        "es",
        "es-ES",
        "es-MX",
        "es-US",
        "et-EE",
        "eu-ES",
        "fi-FI",
        "fil-PH",
        "fr",
        "fr-BE",
        "fr-CA",
        "fr-CH",
        "fr-FR",
        "gl-ES",
        "gu-IN",
        "he-IL",
        "hi-IN",
        "hr-HR",
        "hu-HU",
        "id-ID",
        "is-IS",
        "it-IT",
        "ja-JP",
        "kn-IN",
        "ko-KR",
        "lt-LT",
        "lv-LV",
        "ml-IN",
        "mr-IN",
        "ms-MY",
        "nb-NO",
        "nl-BE",
        "nl-NL",
        "pa-IN",
        "pl-PL",
        "pt-BR",
        "pt-PT",
        "ro-RO",
        "ru-RU",
        "sk-SK",
        "sl-SI",
        "sr-RS",
        "sv-SE",
        "ta-IN",
        "te-IN",
        "th-TH",
        "tr-TR",
        "uk-UA",
        "ur-IN",
        "vi-VN",
        "yue-CN",
        "yue-HK",
        "zh-CN",
        "zh-HK",
        "zh-TW",
    ]
)
"""The languages some voice of Twilio's speaks: basic, Amazon Polly and Google
(https://www.twilio.com/docs/voice/twiml/say/text-speech#available-voices-and-languages). Twilio
names no voice for Somali, Oromo, Amharic, Hmong, Karen or Swahili: those prompts must be recorded
and played."""


class TwimlError(Exception):
    """The document is not TwiML that Twilio would run as it is written.

    `what` says what is amiss, `where` names the document and element, `code` is Twilio's own
    (https://www.twilio.com/docs/api/errors): 12100 unreadable, 12200 readable but not valid.
    """

    def __init__(self, what: str, where: str, code: int = 12200) -> None:
        super().__init__(f"{what} (in {where})")
        self.what = what
        self.where = where
        self.code = code


@dataclass(frozen=True)
class Say:
    """https://www.twilio.com/docs/voice/twiml/say"""

    text: str
    language: str
    voice: str
    loop: int


@dataclass(frozen=True)
class Play:
    """https://www.twilio.com/docs/voice/twiml/play: the URL of a sound, or digits as tones"""

    url: str
    digits: str
    loop: int


@dataclass(frozen=True)
class Pause:
    """https://www.twilio.com/docs/voice/twiml/pause: silence, in seconds"""

    length: int


Prompt = Say | Play | Pause


@dataclass(frozen=True)
class Gather:
    """https://www.twilio.com/docs/voice/twiml/gather; `num_digits` None is any number"""

    action: str
    method: Method
    timeout: int
    finish_on_key: str
    num_digits: int | None
    action_on_empty_result: bool
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class Record:
    """https://www.twilio.com/docs/voice/twiml/record; times in seconds"""

    action: str
    method: Method
    timeout: int
    finish_on_key: frozenset[str]
    max_length: int
    play_beep: bool
    trim: bool
    status_callback: str | None
    status_method: Method
    status_events: frozenset[str]


@dataclass(frozen=True)
class Redirect:
    """https://www.twilio.com/docs/voice/twiml/redirect"""

    url: str
    method: Method


@dataclass(frozen=True)
class Hangup:
    """https://www.twilio.com/docs/voice/twiml/hangup"""


@dataclass(frozen=True)
class Reject:
    """https://www.twilio.com/docs/voice/twiml/reject"""

    reason: Literal["rejected", "busy"]


@dataclass(frozen=True)
class Number:
    """https://www.twilio.com/docs/voice/twiml/number; `url` is heard by the called party alone"""

    number: str
    url: str | None
    method: Method
    status_callback: str | None
    status_method: Method
    status_events: frozenset[str]


@dataclass(frozen=True)
class Dial:
    """https://www.twilio.com/docs/voice/twiml/dial; times in seconds"""

    numbers: tuple[Number, ...]
    action: str | None
    method: Method
    timeout: int
    time_limit: int
    caller_id: str | None
    hangup_on_star: bool


Verb = Prompt | Gather | Record | Redirect | Hangup | Reject | Dial


_NOT_HEEDED: Final[Mapping[str, frozenset[str]]] = {
    "Dial": frozenset({"record", "sequential", "referUrl", "recordingStatusCallback"}),
    "Gather": frozenset({"partialResultCallback"}),
    "Number": frozenset({"sendDigits", "byoc", "machineDetection", "amdStatusCallback"}),
    "Record": frozenset({"transcribeCallback", "recordingConfigurationId"}),
}
"""Attributes Twilio would act on and who performs this would not: better said than passed over."""


@dataclass(frozen=True)
class Grammar:
    """What the SDK lets stand in one element: attributes, whether text, and which elements."""

    attributes: frozenset[str]
    takes_text: bool
    children: Mapping[str, Grammar]


@cache
def grammar() -> Mapping[str, Grammar]:
    """The verbs a voice Response may hold, as the installed Twilio SDK knows them."""
    return _children_of(VoiceResponse())


def _children_of(element: TwiML, depth: int = 0) -> dict[str, Grammar]:
    """Make each child the SDK offers, once, with every argument given, and see what came out."""
    if depth > 2:
        return {}
    inherited = set(dir(TwiML))
    children = {}
    for name, make in inspect.getmembers(element, inspect.ismethod):
        if name.startswith("_") or name in inherited:
            continue
        arguments = [
            parameter.name
            for parameter in inspect.signature(make).parameters.values()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        child = make(**dict.fromkeys(arguments, "en-US"))
        children[child.name] = Grammar(
            attributes=frozenset(child.attrs),
            takes_text=len(child.attrs) < len(arguments),
            children=_children_of(child, depth + 1),
        )
    return children


def read_twiml(content: bytes | str, url: str) -> tuple[Verb, ...]:
    """The verbs of the document that `url` answered, in order, with every URL made absolute.

    Raises TwimlError.
    """
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    if "<!DOCTYPE" in text:
        raise TwimlError("TwiML holds no document type declaration", url, 12100)
    try:
        # No declaration, so no entities of the line's own can be expanded here.
        root = ET.fromstring(text.strip())  # noqa: S314
    except ET.ParseError as error:
        raise TwimlError(f"not well-formed XML: {error}", url, 12100) from None
    if root.tag != "Response":
        raise TwimlError(f"the document is a <{root.tag}>, not a <Response>", url, 12100)
    if root.attrib:
        raise TwimlError("<Response> takes no attributes", url)
    _no_stray_text(root, url, url)
    verbs = [
        _verb(element, url, f"{url} verb {position} <{element.tag}>")
        for position, element in enumerate(root, 1)
    ]
    for position, verb in enumerate(verbs[1:], 2):
        if isinstance(verb, Reject):
            raise TwimlError("<Reject> comes first or not at all", f"{url} verb {position}")
    return tuple(verbs)


def _verb(element: ET.Element, url: str, where: str) -> Verb:
    _check_shape(element, grammar(), where)
    read = _READERS.get(element.tag)
    if read is None:
        raise TwimlError(f"this telephone does not run <{element.tag}>", where)
    return read(_Attributes(element, url, where))


def _check_shape(element: ET.Element, allowed: Mapping[str, Grammar], where: str) -> None:
    shape = allowed.get(element.tag)
    if shape is None:
        raise TwimlError(f"<{element.tag}> may not stand here", where)
    for name in element.attrib:
        plain = name.replace("{http://www.w3.org/XML/1998/namespace}", "xml:")
        if plain not in shape.attributes:
            raise TwimlError(f"<{element.tag}> has no attribute {plain!r}", where)
        if plain in _NOT_HEEDED.get(element.tag, ()):
            raise TwimlError(f"this telephone does not heed {plain!r}", where)
    if not shape.takes_text:
        _no_stray_text(element, element.tag, where)
    for child in element:
        _check_shape(child, shape.children, f"{where} <{child.tag}>")


def _no_stray_text(element: ET.Element, name: str, where: str) -> None:
    stray = [element.text, *(child.tail for child in element)]
    if any(text and text.strip() for text in stray):
        raise TwimlError(f"stray text in <{name}>", where)


@dataclass(frozen=True)
class _Attributes:
    """One element's attributes, each read as what Twilio says it may be."""

    element: ET.Element
    document: str
    where: str

    def text(self) -> str:
        return " ".join("".join(self.element.itertext()).split())

    def error(self, what: str) -> TwimlError:
        return TwimlError(what, self.where)

    def one_of(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.element.get(name, default)
        if value not in allowed:
            raise self.error(f"{name}={value!r} is none of {', '.join(allowed)}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        return self.one_of(name, str(default).lower(), ("true", "false")) == "true"

    def method(self, name: str = "method") -> Method:
        return "GET" if self.one_of(name, "POST", ("GET", "POST")) == "GET" else "POST"

    def number(self, name: str, default: int, least: int = 1, most: int | None = None) -> int:
        value = self.element.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"\d{1,9}", value) or int(value) < least:
            raise self.error(f"{name}={value!r} is not a whole number of {least} or more")
        if most is not None and int(value) > most:
            raise self.error(f"{name}={value!r} is more than {most}")
        return int(value)

    def keys(self, name: str, default: str) -> str:
        value = self.element.get(name, default)
        if not KEYS.issuperset(value):
            raise self.error(f"{name}={value!r} holds what is no telephone key")
        return value

    def events(self, name: str, default: str, allowed: frozenset[str]) -> frozenset[str]:
        value = frozenset(self.element.get(name, default).split())
        if not value or not value <= allowed:
            raise self.error(f"{name} may hold {', '.join(sorted(allowed))}")
        return value

    def url(self, name: str) -> str | None:
        value = self.element.get(name)
        return None if value is None else self.absolute(value, name)

    def absolute(self, value: str, name: str) -> str:
        """A relative URL resolves against the document's own."""
        if not value or value != value.strip() or any(character.isspace() for character in value):
            raise self.error(f"{name}={value!r} is not a URL")
        whole = urljoin(self.document, value)
        parts = urlsplit(whole)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise self.error(f"{name}={value!r} does not lead to an http or https URL")
        return whole


def _say(attributes: _Attributes) -> Say:
    text = attributes.text()
    if not text:
        raise attributes.error("<Say> has nothing to say")
    if len(text) > LONGEST_TEXT:
        raise attributes.error(f"{len(text)} characters are more than one <Say> may hold")
    voice = attributes.element.get("voice", "man")
    if not re.fullmatch(r"man|woman|alice|(Polly|Google)\.[\w-]+", voice):
        raise attributes.error(f"voice={voice!r} is none of Twilio's")
    named = re.match(r"Google\.([a-z]{2,3}-[A-Z]{2})-", voice)
    language = attributes.element.get("language", named[1] if named else "en-US")
    if language not in SPOKEN_LANGUAGES:
        raise attributes.error(f"no voice of Twilio's speaks language={language!r}")
    if named and named[1] != language:
        raise attributes.error(f"voice={voice!r} does not speak language={language!r}")
    return Say(text, language, voice, attributes.number("loop", 1, least=0))


def _play(attributes: _Attributes) -> Play:
    digits = attributes.element.get("digits", "")
    if digits and not re.fullmatch(r"[0-9*#wW]+", digits):
        raise attributes.error(f"digits={digits!r} holds what is no telephone key")
    text = attributes.text()
    if bool(text) == bool(digits):
        raise attributes.error("<Play> takes either a URL or digits")
    url = attributes.absolute(text, "the URL") if text else ""
    return Play(url, digits, attributes.number("loop", 1, least=0))


def _pause(attributes: _Attributes) -> Pause:
    return Pause(attributes.number("length", 1))


def _gather(attributes: _Attributes) -> Gather:
    heard = attributes.one_of("input", "dtmf", ("dtmf", "speech", "dtmf speech", "speech dtmf"))
    if heard == "speech":
        raise attributes.error("this telephone hears keys, not speech, in a <Gather>")
    prompts = []
    for child in attributes.element:
        prompt = _verb(child, attributes.document, f"{attributes.where} <{child.tag}>")
        if isinstance(prompt, Say | Play | Pause):
            prompts.append(prompt)
    many = attributes.element.get("numDigits")
    return Gather(
        action=attributes.url("action") or attributes.document,
        method=attributes.method(),
        timeout=attributes.number("timeout", 5),
        finish_on_key=attributes.keys("finishOnKey", "#"),
        num_digits=None if many is None else attributes.number("numDigits", 1),
        action_on_empty_result=attributes.flag("actionOnEmptyResult", False),
        prompts=tuple(prompts),
    )


def _record(attributes: _Attributes) -> Record:
    if attributes.flag("transcribe", False):
        raise attributes.error("this telephone does not transcribe")
    trim = attributes.one_of("trim", "trim-silence", ("trim-silence", "do-not-trim"))
    return Record(
        action=attributes.url("action") or attributes.document,
        method=attributes.method(),
        timeout=attributes.number("timeout", 5),
        finish_on_key=frozenset(attributes.keys("finishOnKey", "1234567890*#")),
        max_length=attributes.number("maxLength", 3600, least=2, most=14400),
        play_beep=attributes.flag("playBeep", True),
        trim=trim == "trim-silence",
        status_callback=attributes.url("recordingStatusCallback"),
        status_method=attributes.method("recordingStatusCallbackMethod"),
        status_events=attributes.events(
            "recordingStatusCallbackEvent", "completed", RECORDING_EVENTS
        ),
    )


def _redirect(attributes: _Attributes) -> Redirect:
    return Redirect(attributes.absolute(attributes.text(), "the URL"), attributes.method())


def _hangup(_attributes: _Attributes) -> Hangup:
    return Hangup()


def _reject(attributes: _Attributes) -> Reject:
    reason = attributes.one_of("reason", "rejected", ("rejected", "busy"))
    return Reject("busy" if reason == "busy" else "rejected")


def _dial(attributes: _Attributes) -> Dial:
    numbers = []
    for child in attributes.element:
        if child.tag != "Number":
            raise attributes.error(f"this telephone does not dial a <{child.tag}>")
        within = _Attributes(child, attributes.document, f"{attributes.where} <Number>")
        numbers.append(_number(within))
    bare = (attributes.element.text or "").strip()
    if bool(bare) == bool(numbers) or len(numbers) > 10:
        raise attributes.error("<Dial> takes one number or up to ten <Number>s")
    if bare:
        numbers.append(_number(attributes, bare=True))
    return Dial(
        numbers=tuple(numbers),
        action=attributes.url("action"),
        method=attributes.method(),
        timeout=attributes.number("timeout", 30, most=600),
        time_limit=attributes.number("timeLimit", 14400, most=86400),
        caller_id=attributes.element.get("callerId"),
        hangup_on_star=attributes.flag("hangupOnStar", False),
    )


def _number(attributes: _Attributes, *, bare: bool = False) -> Number:
    number = re.sub(r"[\s().-]", "", attributes.text())
    if not re.fullmatch(r"\+?[1-9]\d{6,14}", number):
        raise attributes.error("what is dialled is not a telephone number")
    whole = number if number.startswith("+") else f"+1{number[-10:]}"
    return Number(
        number=whole,
        url=None if bare else attributes.url("url"),
        method="POST" if bare else attributes.method(),
        status_callback=None if bare else attributes.url("statusCallback"),
        status_method="POST" if bare else attributes.method("statusCallbackMethod"),
        status_events=frozenset({"completed"})
        if bare
        else attributes.events("statusCallbackEvent", "completed", CALL_EVENTS),
    )


_READERS: Final[Mapping[str, Callable[[_Attributes], Verb]]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _pause,
    "Gather": _gather,
    "Record": _record,
    "Redirect": _redirect,
    "Hangup": _hangup,
    "Reject": _reject,
    "Dial": _dial,
}


def read_replies(content: bytes, url: str) -> tuple[str, ...]:
    """The texts of a messaging Response (https://www.twilio.com/docs/messaging/twiml/message).

    Raises TwimlError.
    """
    try:
        root = ET.fromstring(content.decode("utf-8", "replace").strip())  # noqa: S314
    except ET.ParseError as error:
        raise TwimlError(f"not well-formed XML: {error}", url, 12100) from None
    if root.tag != "Response":
        raise TwimlError(f"the document is a <{root.tag}>, not a <Response>", url, 12100)
    if unknown := {element.tag for element in root} - {"Message"}:
        raise TwimlError(f"<{min(unknown)}> may not stand in a message's Response", url)
    return tuple(" ".join("".join(element.itertext()).split()) for element in root)
