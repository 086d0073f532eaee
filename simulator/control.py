"""The network from the phones' side, under /_network: no part of Twilio.

simulator.caller speaks to it, from the same process or another. It answers to this machine
alone, or, where the network has a control token, to whoever gives that as a bearer token.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from simulator.call import Call, WrongMoment
from simulator.exchange import Exchange, Manner, Message
from simulator.faults import Faults
from simulator.postman import Webhook
from simulator.sound import NotAudio, read_wav
from twiml.reading import TwimlError

PREFIX = "/_network"


def install(app: Flask, exchange: Exchange, token: str | None) -> None:
    """Serve the phones' side of the exchange under /_network."""
    control = Blueprint("control", __name__, url_prefix=PREFIX)

    @control.before_request
    def _admit() -> tuple[Response, int] | None:
        if token is None:
            admitted = request.remote_addr in {"127.0.0.1", "::1"}
        else:
            given = request.headers.get("Authorization", "")
            admitted = hmac.compare_digest(given, f"Bearer {token}")
        return None if admitted else (jsonify(error="this network is not yours to control"), 403)

    @control.errorhandler(WrongMoment)
    def _wrong_moment(error: WrongMoment) -> tuple[Response, int]:
        return jsonify(error=str(error)), 409

    @control.errorhandler(NotAudio)
    @control.errorhandler(TwimlError)
    @control.errorhandler(TypeError)
    @control.errorhandler(ValueError)
    def _wrong_value(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @control.errorhandler(LookupError)
    def _missing(error: Exception) -> tuple[Response, int]:
        return jsonify(error=f"there is no {error}"), 404

    @control.errorhandler(HTTPException)
    def _refused(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500

    @control.get("/")
    def network() -> Response:
        return jsonify(hotlines=list(exchange.hotlines), line=asdict(exchange.line))

    @control.post("/line")
    def configure() -> Response:
        exchange.line = replace(exchange.line, **_body())
        return jsonify(asdict(exchange.line))

    @control.post("/faults")
    def set_faults() -> Response:
        faults = Faults.from_json(_body())
        exchange.misfortune.set(faults)
        return jsonify(faults.to_json())

    @control.post("/calls")
    def dial() -> Response:
        return jsonify(exchange.dial(**_body()).standing())

    @control.get("/calls")
    def calls() -> Response:
        return jsonify(
            [
                {
                    "sid": leg.sid,
                    "from_": leg.from_,
                    "to": leg.to,
                    "direction": leg.direction,
                    "status": leg.status,
                    "seconds": leg.clock,
                    "failures": [asdict(failure) for failure in leg.failures],
                }
                for leg in exchange.all_calls()
            ]
        )

    @control.get("/calls/<sid>")
    def standing(sid: str) -> Response:
        return jsonify(_call(exchange, sid).standing())

    @control.post("/calls/<sid>/keys")
    def press(sid: str) -> Response:
        call = _call(exchange, sid)
        call.presses(**_body())
        return jsonify(call.standing())

    @control.post("/calls/<sid>/voice")
    def say(sid: str) -> Response:
        call = _call(exchange, sid)
        call.says(
            read_wav(request.get_data()),
            then=request.args.get("then", ""),
            hangs_up=request.args.get("hangs_up") == "true",
            hangs_up_after=request.args.get("hangs_up_after", None, type=float),
        )
        return jsonify(call.standing())

    @control.post("/calls/<sid>/silence")
    def wait(sid: str) -> Response:
        call = _call(exchange, sid)
        call.waits(**_body())
        return jsonify(call.standing())

    @control.post("/calls/<sid>/hangup")
    def hang_up(sid: str) -> Response:
        call = _call(exchange, sid)
        call.hangs_up(**_body())
        return jsonify(call.standing())

    @control.get("/recordings")
    def recordings() -> Response:
        with exchange.lock:
            kept = tuple(exchange.recordings.values())
        return jsonify(
            [
                {"sid": each.sid, "call_sid": each.call_sid, "seconds": each.sound.seconds}
                for each in kept
            ]
        )

    @control.get("/recordings/<sid>")
    def recording(sid: str) -> Response:
        with exchange.lock:
            kept = exchange.recordings[sid]
        return Response(kept.sound.to_wav(), mimetype="audio/x-wav")

    @control.post("/phones/<number>/manner")
    def set_manner(number: str) -> Response:
        manner = Manner.from_json(_body())
        exchange.set_manner(number, manner)
        return jsonify(manner.to_json())

    @control.get("/phones/<number>")
    def phone(number: str) -> Response:
        return jsonify(
            rings=exchange.is_ringing(number),
            inbox=[_message(message) for message in exchange.inbox(number)],
        )

    @control.post("/phones/<number>/texts")
    def text(number: str) -> Response:
        body = _body()
        media = [(kind, base64.b64decode(content)) for kind, content in body.pop("media", ())]
        exchange.receive(number, **body, media=media)
        return jsonify({})

    @control.get("/media")
    def media() -> Response:
        with exchange.lock:
            kept = tuple(exchange.media.values())
        return jsonify(
            [
                {
                    "sid": each.sid,
                    "message_sid": each.message_sid,
                    "content_type": each.content_type,
                }
                for each in kept
            ]
        )

    @control.post("/phones/<number>/pick-up")
    def pick_up(number: str) -> Response:
        return jsonify(exchange.pick_up(number).standing())

    @control.post("/phones/<number>/decline")
    def decline(number: str) -> Response:
        exchange.decline(number)
        return jsonify({})

    @control.get("/webhooks")
    def webhooks() -> Response:
        return jsonify([_webhook(webhook) for webhook in exchange.postman.log])

    @control.post("/quiet")
    def quiet() -> Response:
        """Long polling: at most 20 seconds a request."""
        timeout = min(20.0, float(_body().get("timeout", 0.0)))
        return jsonify(quiet=exchange.postman.waits_until_quiet(timeout))

    app.register_blueprint(control)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True) or {}
    if not isinstance(body, dict):
        raise ValueError("a JSON object is wanted")
    return body


def _call(exchange: Exchange, sid: str) -> Call:
    with exchange.lock:
        return exchange.calls[sid]


def _message(message: Message) -> dict[str, Any]:
    return {
        "sid": message.sid,
        "from_": message.from_,
        "to": message.to,
        "body": message.body,
        "sent": message.created.isoformat(),
    }


def _webhook(webhook: Webhook) -> dict[str, Any]:
    return asdict(webhook)
