"""Telnyx's API as its reference describes it, over what the simulated network knows.

https://developers.telnyx.com/api-reference: TeXML REST commands, messages, phone numbers, TeXML
applications. A link to a recording carries its permission in itself, for as long as a test says.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from flask import Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from simulator import PhoneNetwork
from simulator.exchange import Message

APPLICATION = "1293384261075731499"
PERMISSION = "a-permission-of-600-seconds"


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        return


@dataclass
class TelnyxOffice:
    """The API key is of `organization`, under whose id calls and recordings lie; `user` is the
    account's other id."""

    network: PhoneNetwork
    organization: str
    key: str
    user: str = field(default_factory=lambda: str(uuid4()))
    base: str = ""
    permission: str = PERMISSION
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    """(method, path, Authorization) of every request."""
    said: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of messages."""
    refuses: tuple[int, str] | None = None
    """(status, code) of an error for everything that is asked."""

    def app(self) -> Flask:
        app = Flask("telnyx")
        account = "/v2/texml/Accounts/<account>"

        @app.before_request
        def admit() -> tuple[Response, int] | None:
            bearer = request.headers.get("Authorization")
            self.asked.append((request.method, request.path, bearer))
            if request.path.startswith("/store/"):
                return None
            if self.refuses is not None:
                status, code = self.refuses
                return _error(status, code)
            if bearer != f"Bearer {self.key}":
                return _error(401, "10009")
            named = (request.view_args or {}).get("account", self.organization)
            return None if named == self.organization else _error(404, "10005")

        @app.get("/v2/whoami")
        def whoami() -> Response:
            return jsonify(data={"organization_id": self.organization, "user_id": self.user})

        @app.get(f"{account}/Calls")
        def calls(account: str) -> Response:
            asked = request.args
            legs = [
                leg
                for leg in self.network.exchange.all_calls()
                if asked.get("To") in {None, leg.to} and asked.get("From") in {None, leg.from_}
            ]
            return jsonify(
                calls=[
                    {
                        "account_sid": account,
                        "sid": leg.sid,
                        "status": leg.status,
                        "direction": leg.direction,
                        "date_created": format_datetime(leg.created),
                        "from": leg.from_,
                        "to": leg.to,
                    }
                    for leg in legs[: int(asked["PageSize"])]
                ],
                page=0,
                page_size=int(asked["PageSize"]),
            )

        @app.post(f"{account}/Calls")
        def place(account: str) -> Response:
            del account
            body: dict[str, Any] = request.get_json()
            self.said.append(body)
            return jsonify(call_sid=str(uuid4()), to=body["To"], status="queued")

        @app.get(f"{account}/Calls/<call>")
        def fetch_call(account: str, call: str) -> Response | tuple[Response, int]:
            leg = self.network.exchange.legs.get(call)
            if leg is None:
                return _error(404, "10005")
            return jsonify(
                account_sid=account,
                sid=leg.sid,
                status=leg.status,
                direction=leg.direction,
                start_time=format_datetime(leg.created),
                end_time=None,
                **{"from": leg.from_, "to": leg.to},
            )

        @app.get(f"{account}/Recordings.json")
        def all_recordings(account: str) -> Response:
            first = int(request.args["Page"]) * int(request.args["PageSize"])
            kept = list(self.network.exchange.recordings.values())[first:]
            return jsonify(
                page=int(request.args["Page"]),
                recordings=[
                    {
                        "account_sid": account,
                        "sid": one.sid,
                        "call_sid": one.call_sid,
                        "duration": str(one.duration),
                        "date_created": format_datetime(one.created),
                        "source": "RecordVerb",
                        "status": "completed",
                    }
                    for one in kept[: int(request.args["PageSize"])]
                ],
            )

        @app.get(f"{account}/Calls/<call>/Recordings.json")
        def recordings(account: str, call: str) -> Response:
            kept = list(self.network.exchange.recordings.values())
            return jsonify(
                page=0,
                page_size=20,
                recordings=[
                    {"account_sid": account, "sid": one.sid, "duration": str(one.duration)}
                    for one in kept
                    if one.call_sid == call
                ],
            )

        @app.get(f"{account}/Recordings/<sid>.json")
        def fetch_recording(account: str, sid: str) -> Response | tuple[Response, int]:
            if sid not in self.network.exchange.recordings:
                return _error(404, "10005")
            link = (
                f"{self.base.removesuffix('/v2')}/store/{sid}.wav?X-Amz-Signature={self.permission}"
            )
            return jsonify(account_sid=account, sid=sid, media_url=link, status="completed")

        @app.delete(f"{account}/Recordings/<sid>.json")
        def delete_recording(account: str, sid: str) -> tuple[Response, int]:
            del account
            if sid not in self.network.exchange.recordings:
                return _error(404, "10005")
            self.network.exchange.delete_recording(sid)
            return Response(), 204

        @app.get("/store/<sid>.wav")
        def media(sid: str) -> Response:
            if request.args.get("X-Amz-Signature") != PERMISSION:
                return Response("<Error>Request has expired</Error>", 403)
            sound = self.network.exchange.recordings[sid].sound
            return Response(sound.to_wav(), mimetype="audio/wav")

        @app.post("/v2/messages")
        def send() -> Response:
            body: dict[str, Any] = request.get_json()
            self.said.append(body)
            message = Message(
                str(uuid4()),
                body["from"],
                body["to"],
                body["text"],
                "outbound-api",
                datetime.now(UTC),
                "queued",
            )
            self.network.exchange.send(message)
            return jsonify(data={"record_type": "message", "id": message.sid})

        @app.get("/v2/phone_numbers")
        def numbers() -> Response:
            wanted = request.args["filter[phone_number]"]
            found = [
                {"phone_number": each, "connection_id": APPLICATION}
                for each in self.network.exchange.hotlines
                if wanted.isdecimal() and wanted in each
            ]
            return jsonify(data=found, meta={"total_results": len(found)})

        @app.get(f"/v2/texml_applications/{APPLICATION}")
        def application() -> Response:
            line = self.network.exchange.line
            return jsonify(
                data={
                    "id": APPLICATION,
                    "voice_url": line.voice_url,
                    "voice_method": "post",
                    "voice_fallback_url": line.voice_fallback_url,
                    "status_callback": line.status_url,
                }
            )

        return app


def _error(status: int, code: str) -> tuple[Response, int]:
    """https://developers.telnyx.com/development/api-fundamentals/api-errors; the detail names a
    number, as details do."""
    detail = {"code": code, "title": "No", "detail": "+16125550142 cannot be had"}
    return jsonify(errors=[detail]), status


@contextmanager
def open_office(network: PhoneNetwork, organization: str, key: str) -> Iterator[TelnyxOffice]:
    office = TelnyxOffice(network, organization, key)
    server = make_server("127.0.0.1", 0, office.app(), threaded=True, request_handler=Quiet)
    office.base = f"http://127.0.0.1:{server.port}/v2"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
