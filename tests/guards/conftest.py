"""Settings of a line that reaches nobody: what is only looked at needs no Redis and no provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings
from keeping.sealing import generate_key
from tests.stored import migrated

SECRET = "a secret that is long enough for this"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)  # where no .env is
    return Settings.model_validate(
        {
            "public_url": "http://localhost:1",
            "hotline_number": "+16125550100",
            "twilio_account_sid": "AC" + "0123456789abcdef" * 2,
            "twilio_auth_token": "a token of the provider's",
            "data_key": generate_key(),
            "secret_key": SECRET,
            "api_token": SECRET,
            "oncall": "+16125550110",
            "state_dir": tmp_path,
            "database_url": migrated(tmp_path / "line.db"),
            "audio_url": "memory:",
            "redis_url": "redis://localhost:1",
        }
    )
