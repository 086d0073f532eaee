"""The settings: all that is wrong is said at once, and nothing secret is shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config import BadSettings, Settings, load_settings
from keeping.sealing import generate_key
from reports.pressure import Limits

GOOD = {
    "PUBLIC_URL": "https://line.example.org",
    "HOTLINE_NUMBER": "+16125550100",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "a1" * 16,
    "DATA_KEY": generate_key(),
    "SECRET_KEY": "s" * 40,
    "API_TOKEN": "t" * 40,
    "ONCALL": "+16125550110",
}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_what_is_needed_suffices_and_the_rest_has_defaults(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/var/line.db"
    assert settings.audio_url == f"{tmp_path}/var/audio"
    assert settings.speech_engine == "openai-whisper"
    assert settings.redis_url is None
    assert settings.secure_cookies
    assert {name: within.seconds for name, within in settings.take_up_within.items()} == {
        "P1": 180,
        "P2": 300,
        "family": 1800,
    }


def test_everything_that_is_wrong_is_listed_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("ONCALL")
    environment.delenv("SECRET_KEY")
    environment.setenv("PUBLIC_URL", "http://line.example.org")
    environment.setenv("HOTLINE_NUMBER", "612-555-0100")
    environment.setenv("DATA_KEY", "nonsense")
    environment.setenv("TIME_ZONE", "Minneapolis")
    environment.setenv("SPEECH_ENGINE", "crystal-ball")
    with pytest.raises(BadSettings) as bad:
        load_settings()
    said = str(bad.value)
    for name, problem in {
        "ONCALL": "is missing",
        "SECRET_KEY": "is missing",
        "PUBLIC_URL": "must begin with https://",
        "HOTLINE_NUMBER": "with + and country code",
        "DATA_KEY": "id:base64",
        "TIME_ZONE": "America/Chicago",
        "SPEECH_ENGINE": "openai-whisper",
    }.items():
        (line,) = (each for each in said.splitlines() if each.strip().startswith(f"{name}:"))
        assert problem in line


def test_an_empty_value_is_a_missing_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ONCALL", "")
    with pytest.raises(BadSettings, match="ONCALL: is missing"):
        load_settings()


def test_http_will_do_for_the_machine_itself(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUBLIC_URL", "http://localhost:8000/")
    settings = load_settings()
    assert settings.public_url == "http://localhost:8000"
    assert not settings.secure_cookies


def test_no_secret_is_shown(environment: pytest.MonkeyPatch) -> None:
    shown = repr(load_settings())
    for name in ("TWILIO_AUTH_TOKEN", "DATA_KEY", "SECRET_KEY", "API_TOKEN"):
        assert GOOD[name] not in shown
    environment.setenv("SECRET_KEY", "short and secret")
    with pytest.raises(BadSettings) as bad:
        load_settings()
    assert "short and secret" not in str(bad.value)


def test_the_environment_goes_before_the_file(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TIME_ZONE=America/Denver\nONCALL=+16125550199\n")
    settings = load_settings()
    assert settings.time_zone == "America/Denver"
    assert settings.oncall == (GOOD["ONCALL"],)


def test_what_is_usual_of_callers_can_be_set_and_must_make_sense(
    environment: pytest.MonkeyPatch,
) -> None:
    assert load_settings().limits == Limits()
    environment.setenv("CALLER_CALLS_AN_HOUR", "3")
    environment.setenv("FLOOD_CHECK", "true")
    assert load_settings().limits == Limits(caller_an_hour=3, check=True)
    environment.setenv("WITHHELD_CALLS_AN_HOUR", "0")
    environment.setenv("RETAIN_CALLER_DAYS", "-1")
    with pytest.raises(BadSettings) as bad:
        load_settings()
    for name in ("WITHHELD_CALLS_AN_HOUR", "RETAIN_CALLER_DAYS"):
        assert name in str(bad.value)


@pytest.mark.parametrize("url", ["freetsa.org", "ftp://time.example.org", "https://"])
def test_a_time_stamping_service_has_a_whole_address(
    environment: pytest.MonkeyPatch, url: str
) -> None:
    assert load_settings().timestamp_url is None
    environment.setenv("TIMESTAMP_URL", "http://time.example.org/tsr")
    assert load_settings().timestamp_url == "http://time.example.org/tsr"
    environment.setenv("TIMESTAMP_URL", url)
    with pytest.raises(BadSettings, match="TIMESTAMP_URL: write a whole address"):
        load_settings()


@pytest.mark.parametrize(
    "url", ["https://api.example.com/v1", "http://8.8.8.8/v1", "localhost:11434", "ftp://model.lan"]
)
def test_what_callers_said_is_sent_to_no_model_outside(
    environment: pytest.MonkeyPatch, url: str
) -> None:
    environment.setenv("SECOND_OPINION_MODEL", "small")
    for own in ("http://localhost:11434/v1", "http://10.0.0.7/v1", "http://model.lan/v1"):
        environment.setenv("SECOND_OPINION_URL", own)
        assert load_settings().second_opinion_url == own
    environment.setenv("SECOND_OPINION_URL", url)
    with pytest.raises(BadSettings, match="SECOND_OPINION_URL"):
        load_settings()


def test_a_second_opinion_has_a_model(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SECOND_OPINION_URL", "http://localhost:11434/v1")
    with pytest.raises(BadSettings, match="SECOND_OPINION_MODEL"):
        load_settings()


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "12345a", "１２３４５６"])
def test_a_pin_of_the_studio_can_be_pressed_and_not_soon_guessed(
    environment: pytest.MonkeyPatch, pin: str
) -> None:
    assert load_settings().studio_pin is None
    environment.setenv("STUDIO_PIN", "493817")
    assert "493817" not in repr(load_settings())
    environment.setenv("STUDIO_PIN", pin)
    with pytest.raises(BadSettings, match="STUDIO_PIN: 6 to 12 digits") as bad:
        load_settings()
    assert pin not in str(bad.value)


# --- Other providers ------------------------------------------------------------------------------

UUID = "7f5b1c3e-8ee9-4350-83bd-2d07a3121f1e"


@pytest.fixture
def telnyx_key() -> str:
    raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return base64.b64encode(raw).decode("ascii")


@pytest.mark.parametrize(
    ("provider", "beside", "api_url"),
    [
        (None, {}, "https://api.twilio.com"),
        ("twilio", {}, "https://api.twilio.com"),
        ("somleng", {"TWILIO_ACCOUNT_SID": UUID}, "https://api.somleng.org"),
        (
            "somleng",
            {"TWILIO_ACCOUNT_SID": UUID, "TWILIO_API_URL": "https://somleng.example.org/"},
            "https://somleng.example.org",
        ),
        (
            "signalwire",
            {
                "TWILIO_ACCOUNT_SID": UUID,
                "TWILIO_API_URL": "https://example.signalwire.com/api/laml",
                "SIGNALWIRE_SIGNING_KEY": "PSK_" + "k" * 24,
            },
            "https://example.signalwire.com/api/laml",
        ),
    ],
)
def test_each_provider_has_its_api(
    environment: pytest.MonkeyPatch, provider: str | None, beside: dict[str, str], api_url: str
) -> None:
    if provider:
        environment.setenv("PROVIDER", provider)
    for name, value in beside.items():
        environment.setenv(name, value)
    settings = load_settings()
    assert settings.provider == (provider or "twilio")
    assert settings.twilio_api_url == api_url
    assert beside.get("SIGNALWIRE_SIGNING_KEY", "PSK_") not in repr(settings)


def test_telnyx_with_its_key(environment: pytest.MonkeyPatch, telnyx_key: str) -> None:
    environment.setenv("PROVIDER", "telnyx")
    environment.setenv("TWILIO_ACCOUNT_SID", UUID)
    environment.setenv("TELNYX_PUBLIC_KEY", telnyx_key)
    assert load_settings().twilio_api_url == "https://api.telnyx.com/v2"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"PROVIDER": "signalwire"},
            {
                "TWILIO_ACCOUNT_SID": "a UUID",
                "TWILIO_API_URL": "is missing: https://example.signalwire.com/api/laml",
                "SIGNALWIRE_SIGNING_KEY": "is missing: the Signing Key",
            },
        ),
        (
            {"PROVIDER": "telnyx"},
            {
                "TWILIO_ACCOUNT_SID": "a UUID",
                "TELNYX_PUBLIC_KEY": "is missing: the Public Key",
            },
        ),
        (
            {"PROVIDER": "telnyx", "TWILIO_ACCOUNT_SID": UUID, "TELNYX_PUBLIC_KEY": "c2hvcnQ="},
            {"TELNYX_PUBLIC_KEY": "base64 of an Ed25519 public key"},
        ),
        ({"PROVIDER": "somleng"}, {"TWILIO_ACCOUNT_SID": "a UUID"}),
        ({"TWILIO_ACCOUNT_SID": UUID}, {"TWILIO_ACCOUNT_SID": "AC and 32 hexadecimal digits"}),
        ({"PROVIDER": "bandwidth"}, {"PROVIDER": "'twilio', 'signalwire', 'telnyx' or 'somleng'"}),
    ],
)
def test_what_a_provider_lacks_is_said_by_name(
    environment: pytest.MonkeyPatch, given: dict[str, str], said: dict[str, str]
) -> None:
    for name, value in given.items():
        environment.setenv(name, value)
    with pytest.raises(BadSettings) as bad:
        load_settings()
    lines = [line.strip().partition(": ") for line in str(bad.value).splitlines()[1:-1]]
    found = {name: problem for name, _, problem in lines}
    assert found.keys() == said.keys()
    for name, problem in said.items():
        assert problem in found[name]


def test_lists_are_apart_by_commas_and_each_of_them_is_looked_at(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("ONCALL", "+16125550110, +16125550111")
    environment.setenv("CALLER_LINKS", "https://group.example.org/rights")
    environment.setenv("QUIET_HOURS", "22:00-06:30")
    environment.setenv("TAKE_UP_WITHIN", "family=20, P1=5")
    settings = load_settings()
    minutes = {name: within.seconds // 60 for name, within in settings.clocks.within.items()}
    assert minutes == {"family": 20, "P1": 5, "P2": 5}
    assert settings.clocks.quiet == settings.quiet_hours
    assert settings.oncall == ("+16125550110", "+16125550111")
    assert settings.caller_links == ("https://group.example.org/rights",)
    environment.setenv("ONCALL", "+16125550110, 555-0111")
    environment.setenv("CALLER_LINKS", "group.example.org")
    environment.setenv("QUIET_HOURS", "at night")
    environment.setenv("TAKE_UP_WITHIN", "families=20")
    with pytest.raises(BadSettings) as bad:
        load_settings()
    said = str(bad.value)
    assert "ONCALL.1: write the number with + and country code" in said
    assert "CALLER_LINKS.0: write a whole address" in said
    assert "TAKE_UP_WITHIN: 'families=20': write one of P1, P2, P3, P4, family" in said
    assert "QUIET_HOURS: write two times of day" in said


def test_a_mail_server_has_an_address_to_write_from_and_is_not_shown(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("SMTP_URL", "smtps://line:hidden@mail.example.org")
    with pytest.raises(BadSettings, match="EMAIL_FROM: is missing") as bad:
        load_settings()
    assert "hidden" not in str(bad.value)
    environment.setenv("EMAIL_FROM", "line@example.org")
    assert "hidden" not in repr(load_settings())
    environment.setenv("EMAIL_FROM", "The line")
    environment.setenv("SMTP_URL", "mail.example.org")
    with pytest.raises(BadSettings) as bad:
        load_settings()
    assert "SMTP_URL: write smtps://" in str(bad.value)
    assert "EMAIL_FROM: write an e-mail address" in str(bad.value)


def test_what_channels_carry_is_set_by_channel(environment: pytest.MonkeyPatch) -> None:
    assert load_settings().channels_carry["apprise"] == "nothing"
    environment.setenv("CHANNELS_CARRY", "apprise=place")
    assert load_settings().channels_carry["apprise"] == "place"
    environment.setenv("CHANNELS_CARRY", "apprise=everything")
    with pytest.raises(BadSettings, match="CHANNELS_CARRY: 'apprise=everything': write channel="):
        load_settings()


def test_pictures_of_a_map_come_from_one_host_with_its_credit(
    environment: pytest.MonkeyPatch,
) -> None:
    assert load_settings().map_tiles_url is None
    environment.setenv("MAP_TILES_URL", "https://tiles.example.org/{z}/{x}/{y}.png?style=calm")
    with pytest.raises(BadSettings, match="MAP_TILES_CREDIT: write whose map it is"):
        load_settings()
    environment.setenv("MAP_TILES_CREDIT", "© OpenStreetMap contributors")
    assert load_settings().map_tiles_credit == "© OpenStreetMap contributors"
    environment.setenv("MAP_TILES_URL", "http://192.168.1.20:8080/{z}/{x}/{y}.png")
    assert load_settings().map_tiles_url == "http://192.168.1.20:8080/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("https://tiles.example.org/{z}/{x}.png", "{y} must stand in it"),
        ("tiles.example.org/{z}/{x}/{y}", "write a whole address with one host"),
        ("https://{s}.tiles.example.org/{z}/{x}/{y}", "write a whole address with one host"),
        ("https://{x}.example.org/{z}/{x}/{y}", "write a whole address with one host"),
        ("https://*.example.org/{z}/{x}/{y}", "write a whole address with one host"),
        ("https://tiles.example.org:port/{z}/{x}/{y}", "write a whole address with one host"),
        ("https://tiles.example.org/{z}/{x}/{y}{r}.png", "nothing but {z}, {x} and {y}"),
        ("https://tiles.example.org; script-src */{z}/{x}/{y}", "write a whole address"),
        ("https://ana:secret@tiles.example.org/{z}/{x}/{y}", "no blank, quote, ; or @"),
        ("http://tiles.example.org/{z}/{x}/{y}.png", "must begin with https://"),
    ],
)
def test_another_address_of_pictures_is_refused_with_what_to_write(
    environment: pytest.MonkeyPatch, address: str, problem: str
) -> None:
    environment.setenv("MAP_TILES_URL", address)
    environment.setenv("MAP_TILES_CREDIT", "© OpenStreetMap contributors")
    with pytest.raises(BadSettings) as bad:
        load_settings()
    (line,) = (each for each in str(bad.value).splitlines() if "MAP_TILES_URL:" in each)
    assert problem in line
