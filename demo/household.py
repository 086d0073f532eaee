"""What a demonstration needs to live in: keys, ports and settings under `var/demo`."""

from __future__ import annotations

import base64
import json
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

HOTLINE = "+16125550100"
ORGANIZER = "+16125550110"
WEB_PORT = 8000
NETWORK_PORT = 8100
"""Where `make call` looks."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Made at the first demonstration and kept, so that the next reads the same database."""

    account_sid: str
    auth_token: str
    data_key: str
    secret_key: str
    api_token: str


def keep_keys(folder: Path) -> Keys:
    """The keys in `folder`, made when there are none."""
    file = folder / "keys.json"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Keys(
            account_sid=f"AC{secrets.token_hex(16)}",
            auth_token=secrets.token_hex(16),
            data_key=f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            secret_key=secrets.token_urlsafe(32),
            api_token=secrets.token_urlsafe(32),
        )
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return Keys(**json.loads(file.read_text(encoding="utf-8")))


def settings(
    keys: Keys, folder: Path, *, port: int, api_url: str, engine: str | None, model: str | None
) -> dict[str, str]:
    """The environment that the line is started with."""
    chosen = {
        "PUBLIC_URL": f"http://localhost:{port}",
        "LISTEN": f"127.0.0.1:{port}",
        "HOTLINE_NUMBER": HOTLINE,
        "TWILIO_ACCOUNT_SID": keys.account_sid,
        "TWILIO_AUTH_TOKEN": keys.auth_token,
        "TWILIO_API_URL": api_url,
        "DATA_KEY": keys.data_key,
        "SECRET_KEY": keys.secret_key,
        "API_TOKEN": keys.api_token,
        "ONCALL": ORGANIZER,
        "STATE_DIR": str(folder),
        # Nothing of a real line's .env may be used: its database, its queue, its bucket.
        "DATABASE_URL": f"sqlite:///{folder.absolute() / 'line.db'}",
        "REDIS_URL": "",
        "AUDIO_URL": str(folder.absolute() / "audio"),
        "TIME_ZONE": "America/Chicago",
        "ORGANIZER_LANGUAGE": "en",
    }
    if engine:
        chosen["SPEECH_ENGINE"] = engine
    if model:
        chosen["SPEECH_MODEL"] = model
    return chosen


def free_port(usual: int = WEB_PORT) -> int:
    """The usual port when nobody has it, else another."""
    for port in (usual, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as listener:
                return int(listener.getsockname()[1])
        except OSError:
            continue
    raise OSError("this machine has no free port")
