"""A language model's house on this machine: it speaks as much of OpenAI's chat completions as the
line asks for, and says what a test has it say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class ModelHouse:
    says: str = '{"answers": []}'
    status: int = 200
    thinks: float = 0.0
    """Seconds."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def answers(self, *answers: dict[str, Any]) -> None:
        self.says = json.dumps({"answers": list(answers)})


@contextmanager
def model_house() -> Iterator[ModelHouse]:
    house = ModelHouse()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            house.asked.append({"path": self.path, **json.loads(self.rfile.read(length))})
            time.sleep(house.thinks)
            message = {"choices": [{"message": {"role": "assistant", "content": house.says}}]}
            body = json.dumps(message).encode()
            self.send_response(house.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    house.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()
