"""Lines of other telephone companies, without Redis: what is tried here is said at the door."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from config import Settings
from keeping.sealing import generate_key
from tests.providers.companies import API_TOKEN, PROJECT, SIGNING_KEY, TelnyxKey
from tests.stored import migrated
from tests.stories.conftest import Clock, redis_server

__all__ = ["redis_server"]

PUBLIC_URL = "https://line.example.org"
SECRET = "a secret that is long enough for this"


@pytest.fixture
def key() -> TelnyxKey:
    return TelnyxKey()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: TelnyxKey,
    clock: Clock,
) -> Flask:
    """Of the provider that the test is given for."""
    monkeypatch.chdir(tmp_path)  # where no .env is
    settings = Settings.model_validate(
        {
            "public_url": PUBLIC_URL,
            "hotline_number": "+16125550100",
            "provider": request.param,
            "twilio_account_sid": PROJECT,
            "twilio_auth_token": API_TOKEN,
            "twilio_api_url": "http://localhost:1",
            "signalwire_signing_key": SIGNING_KEY,
            "telnyx_public_key": key.public,
            "data_key": generate_key(),
            "secret_key": SECRET,
            "api_token": SECRET,
            "oncall": "+16125550110",
            "database_url": migrated(tmp_path / "line.db"),
            "audio_url": "memory:",
            "redis_url": "redis://localhost:1",
        }
    )
    return create_app(settings, clock)
