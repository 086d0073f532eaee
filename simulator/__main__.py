"""`serve` runs a telephone network; `call` holds a phone to a line in the terminal."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

import requests

from simulator.caller import NetworkRefused, RemoteNetwork
from simulator.network import PhoneNetwork
from simulator.postman import Tunnel
from simulator.terminal import HELP, Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = _parser().parse_args(arguments)
    try:
        return serve(given) if given.command == "serve" else call(given)
    except (NetworkRefused, requests.RequestException, OSError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1


def serve(given: argparse.Namespace) -> int:
    """Serve a network until told to stop; one line says when it answers."""
    network = PhoneNetwork(
        account_sid=given.account_sid,
        auth_token=_secret(given.auth_token_env),
        hotline=given.hotline,
        voice_url=given.voice_url,
        voice_fallback_url=given.voice_fallback_url,
        status_url=given.status_url,
        sms_url=given.sms_url,
        host=given.host,
        port=given.port,
        api_url=given.api_url,
        pace=given.pace,
        tunnel=given.tunnel,
        control_token=None if given.control_token_env is None else _secret(given.control_token_env),
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with network:
        print(f"The phone network answers at {network.api_url}", flush=True)
        stopped.wait()
    return 0


def call(given: argparse.Namespace) -> int:
    """Dial a line and hold the phone in the terminal."""
    if sys.stdin.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401 - line editing, where there is any
        print(HELP)
    token = None if given.control_token_env is None else _secret(given.control_token_env)
    with RemoteNetwork(given.network, token) as network:
        phone = network.caller(None if given.withheld else given.from_)
        return Terminal(sys.stdin, sys.stdout).holds(phone, given.to)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    serving = commands.add_parser("serve", help="run a telephone network")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=0, help="0 takes a free one")
    serving.add_argument("--api-url", help="where others reach it, if not at host and port")
    serving.add_argument("--account-sid", required=True)
    serving.add_argument(
        "--auth-token-env",
        default="TWILIO_AUTH_TOKEN",
        metavar="NAME",
        help="the environment variable that holds the account's auth token",
    )
    serving.add_argument(
        "--hotline", action="append", required=True, metavar="NUMBER", help="may come again"
    )
    serving.add_argument("--voice-url", help="where the line is asked what to do with a call")
    serving.add_argument("--voice-fallback-url", help="asked when the line fails")
    serving.add_argument("--status-url", help="told when a call is over")
    serving.add_argument("--sms-url", help="told of messages to the hotline")
    serving.add_argument(
        "--pace", type=float, default=0.0, help="real seconds to a second of call; 0 takes no time"
    )
    serving.add_argument(
        "--tunnel",
        type=_tunnel,
        metavar="PUBLIC=LOCAL",
        help="requests for the public address go to the local one, as through a proxy",
    )
    serving.add_argument("--control-token-env", metavar="NAME", help="who may control it")

    calling = commands.add_parser("call", help="call a line in the terminal", epilog=HELP)
    calling.formatter_class = argparse.RawDescriptionHelpFormatter
    calling.add_argument("--network", required=True, metavar="URL", help="what `serve` printed")
    calling.add_argument("--from", dest="from_", default="+16125550142", metavar="NUMBER")
    calling.add_argument("--withheld", action="store_true", help="withhold the number")
    calling.add_argument("--to", metavar="NUMBER", help="if not the first hotline")
    calling.add_argument("--control-token-env", metavar="NAME")
    return parser


def _tunnel(value: str) -> Tunnel:
    public, _, local = value.partition("=")
    if not public.startswith("http") or not local.startswith("http"):
        raise argparse.ArgumentTypeError("PUBLIC=LOCAL takes two URLs")
    return Tunnel(public.rstrip("/"), local.rstrip("/"))


def _secret(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f"simulator: the environment variable {name} holds nothing")
    return value


if __name__ == "__main__":
    sys.exit(main())
