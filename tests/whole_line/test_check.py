"""`app.py check` on a line that is well, and on one of which hardly anything is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from demo.household import keep_keys, settings
from tests.whole_line.conftest import WholeLine

pytestmark = [pytest.mark.whole_line, pytest.mark.whisper, pytest.mark.timeout(300)]


def check(environment: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Its exit status, and what it says of each part by the part's name."""
    done = subprocess.run(
        [sys.executable, "app.py", "check"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    findings = {}
    for line in done.stdout.splitlines():
        mark, _, rest = line.partition("  ")
        name, colon, _ = rest.strip().partition(": ")
        if colon:
            findings[name] = f"{mark.strip()} {rest.strip()}"
    return done.returncode, findings


def test_of_a_line_that_is_well_everything_is_said_to_work(whole_line: WholeLine) -> None:
    status, findings = check(whole_line.environment)
    assert status == 0, findings
    assert all(said.startswith(("ok ", "note ")) for said in findings.values())
    noted = {name for name, said in findings.items() if said.startswith("note ")}
    assert "language Soomaali" in noted
    assert all(name.startswith("language ") for name in noted)
    workers = {f"worker {name}" for name in ("alerts", "fetches", "urgent", "rest")}
    parts = {
        "database",
        "custody log",
        "prompts",
        "audio store",
        "queue",
        "voice webhook",
        "status callback",
    }
    assert findings.keys() >= workers | parts | {"fallback", "messaging webhook", "PUBLIC_URL"}
    assert "knows 99 languages" in findings["speech openai-whisper base"]


def test_of_a_line_of_which_nothing_works_every_part_is_named_with_what_to_do(
    tmp_path: Path,
) -> None:
    environment = settings(
        keep_keys(tmp_path),
        tmp_path,
        port=1,
        api_url="http://127.0.0.1:9",
        engine="faster-whisper",
        model=str(tmp_path / "no-such-model"),
    )
    (tmp_path / "a file").touch()
    status, findings = check(
        {
            **environment,
            "REDIS_URL": "redis://127.0.0.1:9",
            "AUDIO_URL": str(tmp_path / "a file"),
        }
    )
    assert status == 1
    problems = {name for name, said in findings.items() if said.startswith("PROBLEM")}
    parts = {name for name, said in findings.items() if not said.startswith("note ")}
    assert problems == parts - {"prompts"}
    assert "python app.py migrate" in findings["database"]
    assert "look at AUDIO_URL" in findings["audio store"]
    assert "look at REDIS_URL" in findings["queue"]
    speech = next(said for name, said in findings.items() if name.startswith("speech "))
    assert "look at SPEECH_ENGINE" in speech
    assert "TWILIO_AUTH_TOKEN" in findings["provider twilio 127.0.0.1:9"]
    assert "look at PUBLIC_URL" in findings["PUBLIC_URL"]
