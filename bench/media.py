"""`python -m bench.media PORT`: a provider's REST side that answers at once, for `bench.surge`.

It keeps nothing: what a recording sounds like follows from its SID, so that whoever knows the SID
knows the bytes. It takes texts and deletions and counts them.
"""

from __future__ import annotations

import io
import json
import secrets
import sys
import threading
from collections import Counter
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import numpy as np
import soundfile

from simulator.spoken import line_sound, spoken_call

REAL, NOISE = "0", "1"
"""The first digit behind RE of a SID: spoken by a witness, or a prank's noise."""
WHERE, WHAT = "0", "1"
"""The second: what it answers."""
RATE = 8000
LONGEST = 6
"""Seconds of a recording: what is measured is the line, not the disk."""


def recording_sid(kind: str, question: str, caller: int) -> str:
    """34 characters, as Twilio's: which sound it is, and a random rest."""
    return f"RE{kind}{question}{caller:06x}{secrets.token_hex(12)}"


def sound_of(sid: str) -> bytes:
    """The WAV file that the provider holds of a recording."""
    return _sound(sid[2], sid[3], int(sid[4:10], 16) if sid[2] == REAL else 0)


@lru_cache(maxsize=4096)
def _sound(kind: str, question: str, caller: int) -> bytes:
    if kind == NOISE:
        samples = _read("")[:RATE]
    else:
        samples = _read(question).copy()
        # The caller's number in a hiss that nobody hears and that makes every recording another.
        samples += np.random.default_rng(caller).normal(0, 0.002, len(samples))
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


@lru_cache
def _read(question: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    spoken = spoken_call("en-lake-bloomington")
    path = {
        "": line_sound("street-noise").path,
        WHERE: spoken.where.path,
        WHAT: spoken.what.path,
    }[question]
    samples, rate = soundfile.read(path)
    if rate != RATE:
        raise ValueError(f"{path.name} has {rate} samples a second")
    return np.asarray(samples)[: LONGEST * RATE]


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    counts: ClassVar[Counter[str]] = Counter()
    lock: ClassVar[threading.Lock] = threading.Lock()

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].rsplit("/", 1)[-1]
        if self.path == "/counts":
            self._answer(200, json.dumps(self.counts).encode(), "application/json")
        elif name.startswith("RE") and name.endswith(".wav"):
            self._count("fetched")
            self._answer(200, sound_of(name.removesuffix(".wav")), "audio/wav")
        elif name == "Recordings.json":
            self._answer(200, b'{"recordings": []}', "application/json")
        else:
            self._answer(200, b'{"status": "completed"}', "application/json")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._count("texts")
        sid = f"SM{secrets.token_hex(16)}"
        self._answer(201, json.dumps({"sid": sid, "status": "queued"}).encode(), "application/json")

    def do_DELETE(self) -> None:
        self._count("deleted")
        self._answer(204, b"", "application/json")

    def _count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider)
    server.serve_forever()


if __name__ == "__main__":
    main()
