"""The settings: all that is wrong is said at once, and nothing secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

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
