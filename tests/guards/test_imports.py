"""What comes along with an import: nothing is done by it, the web stays light, and each package
leans only on those below it."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

from config import Settings
from tests.guards.tree import ROOT, sources, within
from transcribe.engines import ENGINES

HEAVY = ("torch", "whisper", "faster_whisper", "ctranslate2", "onnxruntime", "numba")

WATCHED_IMPORT = """
import os, sys, threading
import urllib3  # not ours: it binds a socket as it comes, to see whether there is IPv6
root, *modules = sys.argv[1:]
doing, deeds = None, []
acts = ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.posix_spawn",
        "os.fork", "os.mkdir", "os.remove", "os.rename")

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if not isinstance(path, str | bytes):
            return
        path = os.path.abspath(os.fsdecode(path))
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR)) and path != os.devnull
        ours = path.startswith(root) and "/.venv/" not in path
        if writes or ours and not path.endswith((".py", ".pyc")):
            deeds.append(f"{doing}: open {path}")
    elif event in acts:
        deeds.append(f"{doing}: {event}")

def start(thread, start=threading.Thread.start):
    deeds.append(f"{doing}: a thread")
    start(thread)

threading.Thread.start = start
sys.addaudithook(watch)
for doing in modules:
    __import__(doing)
print("\\n".join(deeds))
"""
"""Python's own account of what goes on (https://docs.python.org/3.11/library/audit_events.html)."""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def modules() -> list[str]:
    """Those of the line, and of the programs that stand beside it."""
    left_out = {
        Path("migrations/env.py"),  # Alembic runs it by importing it
        Path("simulator/spoken/make_calls.py"),  # needs requirements-voices.txt
    }
    return [
        ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for path in sources()
        if not within(path, "tests") and path not in left_out
    ]


def test_an_import_does_nothing() -> None:
    done = run("-c", WATCHED_IMPORT, str(ROOT), *modules())
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n") == ["", ""]


def test_a_deed_at_import_is_seen(tmp_path: Path) -> None:
    (tmp_path / "busy.py").write_text(
        "import threading\nthreading.Thread(target=int).start()\nopen('busy.log', 'w').close()\n"
    )
    watched = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{WATCHED_IMPORT}"
    done = subprocess.run(
        [sys.executable, "-B", "-c", watched, str(ROOT), "busy"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "busy: a thread" in done.stdout
    assert f"busy: open {tmp_path / 'busy.log'}" in done.stdout


def test_the_web_comes_without_a_speech_engine() -> None:
    done = run("-c", "import sys, app; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert sorted(set(HEAVY) & set(done.stdout.split())) == []


def test_every_package_leans_only_on_those_below_it() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_engine_that_can_be_set_is_there() -> None:
    assert set(get_args(Settings.model_fields["speech_engine"].annotation)) == set(ENGINES)
    assert [name for name, module in ENGINES.items() if find_spec(module) is None] == []
