"""The line's settings, read once from the environment and from `.env`: the only place that does.

Everything that is missing or malformed is found at once and said in one message, each with what to
write instead. Secrets are `SecretStr`: they print as stars.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ivr.dialects import Company
from ivr.stamped import read_public_key
from keeping.sealing import Keyring
from oncall.briefs import Carries
from oncall.channels.email import MailServer, read_address
from oncall.composing import USUAL as USUALLY_CARRIED
from oncall.composing import parse_carries
from oncall.waiting import USUAL, Clocks, parse_within
from reports.people import QuietHours
from reports.pressure import Limits
from transcribe.engines import ENGINES, EngineChoice
from transcribe.tuning import PROFILE

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
APIS = {
    "twilio": "https://api.twilio.com",
    "telnyx": "https://api.telnyx.com/v2",
    "somleng": "https://api.somleng.org",
}
"""Where each provider's API is. SignalWire's is another for every Space."""
ACCOUNTS = {
    "twilio": (r"AC[0-9a-fA-F]{32}", "AC and 32 hexadecimal digits, from the provider's console"),
    "signalwire": (UUID, "the project's id, a UUID, from the Space's page API Credentials"),
    "telnyx": (UUID, "the account's id, a UUID: organization_id of api.telnyx.com/v2/whoami"),
    "somleng": (UUID, "the account's SID, a UUID, from Somleng's dashboard"),
}
"""How each provider writes the id of an account, and where it is found."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class BadSettings(SystemExit):
    """The line may not start. `str()` lists everything that is wrong, a line each."""


def _e164(number: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{7,14}", number):
        raise ValueError("write the number with + and country code, such as +16125550100")
    return number


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("write a whole address, such as https://group.example.org/rights")
    return url


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write a whole address, such as https://line.example.org")
    if parts.query or parts.fragment:
        raise ValueError("leave out what follows ? or #")
    return url.rstrip("/")


def _time_office(url: str | None) -> str | None:
    # Many have no TLS: what they answer is signed.
    if url is not None and (
        urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname
    ):
        raise ValueError("write a whole address, such as https://freetsa.org/tsr")
    return url


def _own_address(url: str | None) -> str | None:
    """Of this machine, or of its own network: what callers said goes nowhere else."""
    if url is None:
        return None
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("write a whole address, such as http://localhost:11434/v1")
    if not _is_own(host):
        raise ValueError(f"{host} is not in this network: what callers said must not leave it")
    return url


def _is_own(host: str) -> bool:
    """Whether it is this machine, or one of its network."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".home.arpa"))


def _tiles_url(url: str | None) -> str | None:
    if url is None:
        return None
    lacking = [each for each in ("{z}", "{x}", "{y}") if each not in url]
    if lacking:
        raise ValueError(
            f"{', '.join(lacking)} must stand in it, as https://tiles.example.org/{{z}}/{{x}}/{{y}}.png"
        )
    bare = url.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0")
    try:
        parts = urlsplit(bare)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not re.fullmatch(r"[a-z0-9.-]+", host) or urlsplit(url).netloc != parts.netloc:
        raise ValueError(
            "write a whole address with one host, without {s}, name or password, such as"
            " https://tiles.example.org/{z}/{x}/{y}.png"
        )
    if re.search(r"[{}\s;,'\"<>]", bare) or "@" in parts.netloc:
        raise ValueError("nothing but {z}, {x} and {y} is filled in, and no blank, quote, ; or @")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_own(host)):
        raise ValueError("must begin with https:// (http only in your own network)")
    return url


def _public_url(url: str) -> str:
    url = _base_url(url)
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("must begin with https:// (http only for localhost)")
    return url


def _data_key(key: SecretStr) -> SecretStr:
    Keyring.parse(key.get_secret_value())
    return key


def _long_secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 32:
        raise ValueError("32 characters or more; `python app.py init` makes one")
    return secret


def _pin(pin: SecretStr | None) -> SecretStr | None:
    if pin is not None and not re.fullmatch(r"[0-9]{6,12}", pin.get_secret_value()):
        raise ValueError("6 to 12 digits, or leave it out to record prompts on the pages alone")
    return pin


def _listed(text: Any) -> Any:
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


def _by_language(text: Any) -> Any:
    """'so=faster-whisper:/models/so,am=…' by language."""
    if not isinstance(text, str):
        return text
    named: dict[str, EngineChoice] = {}
    for part in _listed(text):
        language, _, choice = part.partition("=")
        if not re.fullmatch(r"[a-z]{2,3}", language) or ":" not in choice:
            raise ValueError(f"{part!r}: write language=engine:model, as so=faster-whisper:small")
        named[language] = _engine(choice)
    return named


def _engine(text: Any) -> Any:
    """'faster-whisper:medium'."""
    if not isinstance(text, str):
        return text
    engine, _, model = text.partition(":")
    if not model:
        raise ValueError(f"{text!r}: write engine:model, as faster-whisper:medium")
    if engine not in ENGINES:
        raise ValueError(f"{text!r}: there is no engine {engine!r}, but {', '.join(ENGINES)}")
    return EngineChoice(engine, model)


def _quiet(text: Any) -> Any:
    if isinstance(text, str):
        return QuietHours.parse(text) if text else None
    return text


def _within(text: Any) -> Any:
    return dict(parse_within(text)) if isinstance(text, str) else text


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("a name of the tz database, such as America/Chicago")
    return name


def _carries(text: Any) -> Any:
    return parse_carries(text) if isinstance(text, str) else text


def _mail_server(url: SecretStr | None) -> SecretStr | None:
    if url is not None:
        MailServer.parse(url.get_secret_value())
    return url


def _mail_address(text: str | None) -> str | None:
    return None if text is None else read_address(text)


Number = Annotated[str, AfterValidator(_e164)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
LongSecret = Annotated[SecretStr, AfterValidator(_long_secret)]


class SpeechSettings(BaseSettings):
    """What it takes to write out speech, without a telephone. Each field is the setting of the same
    name in capitals."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        env_ignore_empty=True,
    )

    prompts: Path = Path(__file__).parent / "prompts"
    """The script and what is said in each language; and how far a machine is trusted to hear it."""
    places: Path = Path(__file__).parent / "places" / "twin_cities"
    """The streets, landmarks and areas that callers name: see places/gazetteer.py."""
    state_dir: Path = Path("var")
    """Database, audio, queue and model cache, unless their own settings say otherwise."""
    speech_engine: Literal["openai-whisper", "faster-whisper", "transformers", "scripted"] = (
        "openai-whisper"
    )
    speech_model: str = "base"
    """A model's name or the path of its weights."""
    speech_threads: Annotated[int | None, Field(ge=1, le=64)] = None
    """Of each of the two workers that write out; by default half of the cores."""
    speech_batch: Annotated[int | None, Field(ge=1, le=64)] = None
    """Pieces of a long message that are heard at once, by an engine that can. This and the three
    above are taken from the profile in `state_dir`, if `speech tune` left one, where they are not
    set."""
    speech_engines: Annotated[dict[str, EngineChoice], NoDecode, BeforeValidator(_by_language)] = (
        Field(default_factory=dict)
    )
    """Engines for single languages, apart by commas: 'so=faster-whisper:/models/whisper-somali'."""

    translation_engine: Annotated[EngineChoice | None, NoDecode, BeforeValidator(_engine)] = None
    """What puts other languages into English, as 'faster-whisper:medium'; by default the engine
    that hears them, where it can."""

    second_opinion_url: Annotated[str | None, AfterValidator(_own_address)] = None
    """A language model of the group's own that is asked for a second opinion when a person wants
    one, by an API like OpenAI's: http://localhost:11434/v1. On this machine or in its network, for
    what callers said is sent there. By default none is asked."""
    second_opinion_model: str = ""
    """What that API calls the model."""

    @model_validator(mode="after")
    def _whose_opinion(self) -> Self:
        if self.second_opinion_url is not None and not self.second_opinion_model.strip():
            raise ValueError("SECOND_OPINION_MODEL: write what the API calls the model")
        return self

    @model_validator(mode="before")
    @classmethod
    def _tuned(cls, values: Any) -> Any:
        file = Path(values.get("state_dir") or "var") / PROFILE
        if file.is_file():
            try:
                profile = tomllib.loads(file.read_text(encoding="utf-8"))
            except ValueError as error:
                raise ValueError(f"{file}: {error}; delete it, or tune anew") from error
            # An engine that is set is not asked to run the model that was measured with another.
            if not {"speech_engine", "speech_model"} & values.keys():
                values.update(profile | values)
        return values

    @property
    def model_cache(self) -> Path:
        return self.state_dir / "models"


class Settings(SpeechSettings):
    """All that a line needs."""

    public_url: Annotated[str, AfterValidator(_public_url)]
    """Where the provider and the organizers reach this line. Signatures are checked against it."""
    hotline_number: Number
    provider: Company = "twilio"
    """The telephone company. What each needs: docs/providers.md."""
    twilio_account_sid: str
    """The account's id at the provider, whichever it is."""
    twilio_auth_token: Annotated[SecretStr, Field(min_length=16)]
    """What its API is asked with: Telnyx's API key, SignalWire's API token."""
    twilio_api_url: Annotated[str, Field(validate_default=True)] = ""
    """By default the provider's own; another base that speaks its protocol, such as the simulator.
    SignalWire's: https://example.signalwire.com/api/laml, with the name of the Space."""
    signalwire_signing_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """What SignalWire signs its requests with: on the Space's page API Credentials."""
    telnyx_public_key: Annotated[str | None, Field(validate_default=True)] = None
    """What Telnyx's signatures are verified with: in its portal, under Keys & Credentials."""
    data_key: Annotated[SecretStr, AfterValidator(_data_key)]
    """Keys that seal audio and numbers: `id:base64`, the first seals, all open."""
    secret_key: LongSecret
    """Signs the sessions of the dashboard."""
    api_token: LongSecret
    """Whoever bears it may read the API."""
    second_factor: Literal["optional", "required"] = "optional"
    """Whether everybody who logs in must have a passkey or an authenticator beside the password."""
    oncall: Annotated[tuple[Number, ...], NoDecode, BeforeValidator(_listed), Field(min_length=1)]
    """The numbers of those on call, apart by commas: all are texted, all are rung."""
    smtp_url: Annotated[SecretStr | None, AfterValidator(_mail_server)] = None
    """The mail server by which organizers are told by e-mail: smtps://user:password@host:465, or
    smtp://… for STARTTLS. By default nobody is."""
    email_from: Annotated[
        str | None, AfterValidator(_mail_address), Field(validate_default=True)
    ] = None
    """Whose e-mail it is: an address that the mail server lets this line use."""
    channels_carry: Annotated[
        Mapping[str, Carries],
        NoDecode,
        BeforeValidator(_carries),
        Field(default_factory=lambda: USUALLY_CARRIED),
    ]
    """What of a report each channel is given: 'email=all,apprise=place'. all: the brief; place:
    the reference and the place; nothing: that there is something to look at. By default sms and
    voice have all, email place, apprise and console nothing."""
    console_file: Path | None = None
    """A file that is told of things instead of people, for rehearsals."""
    studio_pin: Annotated[SecretStr | None, AfterValidator(_pin)] = None
    """6 to 12 digits. With it, who is on call records prompts by telephone: they call the line and
    press the star at the language menu. By default nobody does."""
    quiet_hours: Annotated[QuietHours | None, NoDecode, BeforeValidator(_quiet)] = None
    """When nobody is rung for a caller, in TIME_ZONE: '22:00-06:30'. Texts go out all the same."""
    take_up_within: Annotated[
        dict[str, timedelta],
        NoDecode,
        BeforeValidator(_within),
        Field(default_factory=lambda: dict(USUAL)),
    ]
    """Minutes within which somebody takes up a report, by priority (P1 to P4) or, before that, for
    the families of people who were taken: 'family=30,P1=5'. The next people are asked when they are
    over, and the report's clock is red. 0 for no clock; what is not named has the usual one: 3 for
    P1, 5 for P2, 30 for families. In the quiet hours the clocks of families, P3 and P4 stand still.
    """
    caller_links: Annotated[tuple[WebAddress, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Addresses, apart by commas, that stand below the reference in a text that a caller asked for:
    the group's own page, one's rights."""
    languages_off: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Codes of languages that callers are not told of, apart by commas. Who presses their keys,
    which may stand on posters, is served in them all the same."""
    language_order: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Codes of the languages that are offered first, apart by commas; the others follow by use."""
    questions_off: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Ids of questions that callers are not asked, apart by commas; only those that the script
    calls optional."""
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "America/Chicago"
    organizer_language: str = "en"
    """In which the alerts are written."""
    database_url: str = ""
    """Any SQLAlchemy URL; by default SQLite in `state_dir`."""
    redis_url: str | None = None
    """A Redis-compatible server; by default one of our own, see `workers.embedded_redis`."""
    audio_url: str = ""
    """A folder, `file:///…` or `s3://bucket/prefix`; by default `state_dir/audio`."""
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    """How many proxies stand in front and say who called them; by default one where PUBLIC_URL is
    https, for something must speak TLS."""
    timestamp_url: Annotated[str | None, AfterValidator(_time_office)] = None
    """A time-stamping service (RFC 3161), such as https://freetsa.org/tsr: it signs when an
    attorney's packet was made, and is sent a hash and nothing else. By default none is asked."""
    map_tiles_url: Annotated[str | None, AfterValidator(_tiles_url)] = None
    """Where the pictures of the map come from: https://tiles.example.org/{z}/{x}/{y}.png. That
    server learns which parts of town organizers look at, and nothing else: best it is the group's
    own. By default the map is a plot of the group's streets, and nobody is asked."""
    map_tiles_credit: str = ""
    """Whose map that is, shown on it: '© OpenStreetMap contributors'."""
    listen: str = "127.0.0.1:8000"
    """Where the web server listens; a proxy in front of it speaks TLS."""

    caller_calls_an_hour: Annotated[int, Field(ge=1)] = 10
    """From one number. Whoever calls more often in an hour is limited: where and a recorder, and
    nobody is rung or texted for it. Who was confirmed before by a person is not."""
    withheld_calls_an_hour: Annotated[int, Field(ge=1)] = 60
    """The same of all withheld numbers together, which are many people."""
    flood_calls: Annotated[int, Field(ge=2)] = 40
    """So many calls in five minutes (limited ones aside) are a flood: everybody then hears where
    and a recorder alone. It is over at half of that."""
    flood_check: bool = False
    """In a flood, ask callers for three spoken digits. Who presses others is recorded too, and
    stands lower in the list."""
    retain_caller_days: Annotated[int, Field(ge=1)] = 30
    """How long a caller can be recognised by the keyed hash of the number; then it is cleared, and
    with it the sealed number unless a call back was granted."""

    @model_validator(mode="after")
    def _whose_map(self) -> Self:
        if self.map_tiles_url is not None and not self.map_tiles_credit.strip():
            raise ValueError(
                "MAP_TILES_CREDIT: write whose map it is, such as © OpenStreetMap contributors"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: Any) -> Any:
        state = Path(values.get("state_dir") or "var").absolute()
        provider = values.get("provider") or "twilio"
        if provider in APIS:
            values.setdefault("twilio_api_url", APIS[provider])
        values.setdefault("database_url", f"sqlite:///{state / 'line.db'}")
        values.setdefault("audio_url", str(state / "audio"))
        values.setdefault(
            "trusted_proxies", int(str(values.get("public_url")).startswith("https://"))
        )
        return values

    @field_validator("email_from")
    @classmethod
    def _whose_mail(cls, address: str | None, about: ValidationInfo) -> str | None:
        if address is None and about.data.get("smtp_url") is not None:
            raise ValueError("is missing: the address that the line's e-mail comes from")
        return address

    @field_validator("twilio_account_sid")
    @classmethod
    def _account(cls, sid: str, about: ValidationInfo) -> str:
        # Whose provider is no provider hears of that alone.
        shape, where = ACCOUNTS.get(about.data.get("provider", ""), (".+", ""))
        if not re.fullmatch(shape, sid):
            raise ValueError(where)
        return sid

    @field_validator("twilio_api_url")
    @classmethod
    def _api_url(cls, url: str, about: ValidationInfo) -> str:
        if url:
            return _base_url(url)
        if about.data.get("provider") == "signalwire":
            raise ValueError("is missing: https://example.signalwire.com/api/laml of your Space")
        return url

    @field_validator("signalwire_signing_key")
    @classmethod
    def _signing_key(cls, key: SecretStr | None, about: ValidationInfo) -> SecretStr | None:
        if about.data.get("provider") == "signalwire" and key is None:
            raise ValueError("is missing: the Signing Key of the Space's page API Credentials")
        return key

    @field_validator("telnyx_public_key")
    @classmethod
    def _public_key(cls, key: str | None, about: ValidationInfo) -> str | None:
        if about.data.get("provider") == "telnyx":
            if key is None:
                raise ValueError("is missing: the Public Key of the portal's Keys & Credentials")
            read_public_key(key)
        return key

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def keyring(self) -> Keyring:
        return Keyring.parse(self.data_key.get_secret_value())

    @property
    def clocks(self) -> Clocks:
        return Clocks(self.take_up_within, self.quiet_hours, self.zone)

    @property
    def limits(self) -> Limits:
        return Limits(
            caller_an_hour=self.caller_calls_an_hour,
            withheld_an_hour=self.withheld_calls_an_hour,
            flood_calls=self.flood_calls,
            check=self.flood_check,
        )

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings(**overrides: Any) -> Settings:
    """The settings, or one message with everything that is wrong with them.

    Raises:
        BadSettings: and the process ends with status 2 if nobody catches it.
    """
    try:
        return Settings(**overrides)
    except ValidationError as invalid:
        raise BadSettings(_explain("The line cannot start.", invalid)) from None


def read_setting(name: str, text: str) -> Any:
    """A value of one setting, written as in the environment.

    Raises:
        ValueError: it may not be so; `str()` says what should be written.
    """
    field = Settings.model_fields[name]
    try:
        return TypeAdapter(field.rebuild_annotation()).validate_python(text)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ValueError(first["msg"].removeprefix("Value error, ")) from None


def load_speech_settings(**overrides: Any) -> SpeechSettings:
    """Those of speech alone, where there is no line.

    Raises:
        BadSettings: as `load_settings`.
    """
    try:
        return SpeechSettings(**overrides)
    except ValidationError as invalid:
        raise BadSettings(_explain("Nothing can be written out.", invalid)) from None


def _explain(what: str, invalid: ValidationError) -> str:
    lines = [f"{what} In the environment or in .env:"]
    for error in invalid.errors(include_url=False, include_input=False, include_context=False):
        name = ".".join(str(part) for part in error["loc"]).upper() or "profile"
        missing = error["type"] == "missing"
        problem = "is missing" if missing else error["msg"].removeprefix("Value error, ")
        lines.append(f"  {name}: {problem}")
    lines.append("`python app.py init` writes an .env with fresh keys to fill in.")
    return "\n".join(lines)
