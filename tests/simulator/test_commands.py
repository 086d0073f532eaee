"""The network in a process of its own, and a telephone in the terminal."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import NetworkRefused, PhoneNetwork, RemoteNetwork, Sound
from simulator.terminal import Terminal
from tests.simulator.conftest import ACCOUNT, CALLER, HOTLINE, TOKEN, Line

ROOT = Path(__file__).parents[2]


@pytest.fixture
def served(line: Line) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`serve`, and the URL it says it answers at."""
    command = [sys.executable, "-m", "simulator", "serve"]
    command += ["--account-sid", ACCOUNT, "--auth-token-env", "THE_TOKEN"]
    command += ["--control-token-env", "THE_KEYS"]
    command += ["--hotline", HOTLINE, "--voice-url", f"{line.url}/voice"]
    environment = {**os.environ, "THE_TOKEN": TOKEN, "THE_KEYS": "to the exchange"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()[-1]
        process.terminate()


def test_a_network_in_another_process_is_driven_the_same_way(
    line: Line, served: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = served
    line.answers("/voice", '<Gather numDigits="1" action="/next"><Say>Press 1.</Say></Gather>')
    line.answers("/next", "<Say>Thank you.</Say>")

    with RemoteNetwork(url, "to the exchange") as network:
        call = network.caller(CALLER).dials().presses("1")

    assert "thank you" in call.heard
    assert all(asked.signed for asked in line.asked)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


def test_nobody_controls_a_network_without_its_token(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    _, url = served

    with RemoteNetwork(url, "guessed") as network, pytest.raises(NetworkRefused, match="not yours"):
        network.caller(CALLER).dials()


def test_a_call_in_the_terminal_reads_as_it_went(
    line: Line, network: PhoneNetwork, tmp_path: Path, speech: Sound
) -> None:
    line.answers("/voice", '<Gather numDigits="1" action="/menu"><Say>Press 1.</Say></Gather>')
    line.answers("/menu", '<Say>Speak.</Say><Record action="/said"/>')
    line.answers("/said", "<Say>Thank you.</Say>")
    (tmp_path / "seen.wav").write_bytes(speech.to_wav())
    written = io.StringIO()
    typed = io.StringIO(f"help\ndance\n\n1\nsay {tmp_path}/none.wav\nsay {tmp_path}/seen.wav #\n")

    status = Terminal(typed, written).holds(network.caller(CALLER))

    assert status == 0
    said = written.getvalue()
    assert said.index("Press 1.") < said.index("there is no 'dance' here")
    assert said.index("caller presses 1") < said.index("Speak.")
    assert said.index("that did not work") < said.index("caller speaks, 3.0s recorded")
    assert said.index("Thank you.") < said.index("line hangs up")


def test_the_end_of_input_hangs_up(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Gather/>")
    written = io.StringIO()

    status = Terminal(io.StringIO(""), written).holds(network.caller(CALLER))

    assert status == 0
    assert "caller hangs up" in written.getvalue()
    assert network.calls[0].status == "completed"


def test_a_microphone_may_be_a_named_pipe(
    line: Line, network: PhoneNetwork, tmp_path: Path, speech: Sound
) -> None:
    line.answers("/voice", '<Record action="/said"/>')
    line.answers("/said", "<Hangup/>")
    pipe = tmp_path / "microphone"
    os.mkfifo(pipe)
    speaking = threading.Thread(target=pipe.write_bytes, args=(speech.samples.tobytes(),))
    speaking.start()

    Terminal(io.StringIO(f"mic {pipe}\n"), io.StringIO()).holds(network.caller(CALLER))
    speaking.join()

    assert line.asked_at("/said")[0]["RecordingDuration"] == "3"


def test_control_c_hangs_up(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Gather><Say>Press 1.</Say></Gather>")
    command = [sys.executable, "-m", "simulator", "call", "--network", network.api_url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while "Press 1." not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert process.returncode == 130
    assert "caller hangs up" in rest
    assert network.calls[0].status == "completed"


def test_calling_where_no_network_answers_is_said_plainly() -> None:
    command = [sys.executable, "-m", "simulator", "call", "--network", "http://127.0.0.1:9"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "simulator: no telephone network answers at http://127.0.0.1:9\n"
