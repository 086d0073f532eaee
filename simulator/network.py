"""The phone network itself, served over HTTP on this machine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulator import control, rest
from simulator.caller import RemoteNetwork
from simulator.company import Company
from simulator.exchange import Exchange, Line
from simulator.faults import Faults
from simulator.postman import Tunnel


class _Quiet(WSGIRequestHandler):
    """Logs no requests: their paths and forms hold telephone numbers."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: ARG002
        return


def create_app(exchange: Exchange, control_token: str | None = None) -> Flask:
    """Twilio's side under /2010-04-01, the phones' under /_network."""
    app = Flask("simulator", static_folder=None)
    rest.install(app, exchange)
    control.install(app, exchange, control_token)
    return app


class PhoneNetwork(RemoteNetwork):
    """A telephone network in this process: a context manager, serving while it is open.

    `hotline` is the account's number, or several; `voice_url` and the rest where it leads, which
    may be told later with `configure`. `pace` is real seconds to a second of call: 0 takes no
    time, 1 is as on a real line. `port` 0 takes a free one; `api_url` is where others reach it,
    if not there. `faults` may be told later with `suffers`. `company` is another than Twilio.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        hotline: str | Sequence[str],
        voice_url: str | None = None,
        status_url: str | None = None,
        sms_url: str | None = None,
        voice_fallback_url: str | None = None,
        faults: Faults | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        api_url: str | None = None,
        pace: float = 0.0,
        tunnel: Tunnel | None = None,
        control_token: str | None = None,
        company: Company | None = None,
    ) -> None:
        self.exchange = Exchange(
            account_sid=account_sid,
            auth_token=auth_token,
            hotlines=(hotline,) if isinstance(hotline, str) else tuple(hotline),
            line=Line(
                voice_url=voice_url,
                voice_fallback_url=voice_fallback_url,
                status_url=status_url,
                sms_url=sms_url,
            ),
            pace=pace,
            faults=faults or Faults(),
            tunnel=tunnel,
            company=company or Company(),
        )
        self._server: BaseWSGIServer = make_server(
            host,
            port,
            create_app(self.exchange, control_token),
            threaded=True,
            request_handler=_Quiet,
        )
        self.exchange.api_url = api_url or f"http://{host}:{self._server.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        super().__init__(self.exchange.api_url, control_token)

    def start(self) -> Self:
        """Serve, until `stop`. Raises RuntimeError the second time."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Deliver nothing more and give the port back."""
        self.exchange.close()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
