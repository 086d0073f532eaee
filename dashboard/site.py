"""Putting the dashboard and the API on an application: blueprints, protection, errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from dashboard import api as reading
from dashboard import pages as showing
from dashboard.catalogue import Catalogue
from dashboard.desk import Desk
from dashboard.locales import add_locales
from dashboard.mapping import LEAFLET, MAP
from dashboard.parts import NotPermitted, RehearsalStays
from dashboard.tiles import Tiles

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
TWO_YEARS = 2 * 365 * 24 * 60 * 60
"""In seconds."""
OURS = frozenset({showing.NAME, reading.NAME, None})
"""The blueprints whose answers are shaped here; None: addresses that nobody has."""
SAME_FOR_ALL = frozenset({f"{showing.NAME}.static", f"{showing.NAME}.{LEAFLET}"})
"""Style and scripts, which browsers may keep."""
TOLD_ERRORS = frozenset({400, 403, 404, 405, 413, 416, 429, 500, 503})
"""Errors that have words of their own; others are told as 400 or 500."""


def install(app: Flask, desk: Desk) -> Callable[[], None]:
    """Registers pages and API, and what keeps them safe. What it returns reads ahead, so that the
    first look at the list after a start is like the others.

    The application brings SECRET_KEY and its cookie flags; with SESSION_COOKIE_SECURE the site is
    taken to be reached over https alone.
    """
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # A page may stay open for a whole shift: a token lasts as long as the session it belongs to.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    # The check asks for a Referer, which 'no-referrer' below has browsers never send.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    add_locales(app)
    catalogue = Catalogue(desk.store, desk.reader, lambda: desk.clocks, desk.language_name)
    app.register_blueprint(showing.pages(desk, CSRFProtect(app), catalogue))
    app.register_blueprint(reading.api(desk))
    app.register_error_handler(HTTPException, _tell_error)
    app.after_request(partial(_protect, _policy(desk.tiles)))

    def read_ahead() -> None:
        app.jinja_env.get_template("inbox.html")
        app.jinja_env.get_template("report.html")
        catalogue.read_ahead()

    return read_ahead


def _policy(tiles: Tiles | None) -> str:
    """With the pictures of a map from there alone."""
    if tiles is None:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {tiles.origin}")


def _protect(with_map: str, response: Response) -> Response:
    """`with_map`: the policy of the page that shows pictures of a map."""
    if request.blueprint not in OURS:
        return response
    headers = response.headers
    has_map = request.endpoint == f"{showing.NAME}.{MAP}"
    headers["Content-Security-Policy"] = with_map if has_map else CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint not in SAME_FOR_ALL:
        headers["Cache-Control"] = "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
    return response


def _tell_error(error: HTTPException) -> ResponseReturnValue:
    if request.blueprint not in OURS:
        return error
    status = error.code or 500
    if status < 400:
        return error
    # What the protocol wants beside the words: Allow, Content-Range, Retry-After.
    kept = [
        (name, value)
        for name, value in error.get_headers(request.environ)
        if name.lower() not in ("content-type", "content-length")
    ]
    if request.path.startswith(reading.PREFIX):
        response = reading.error(status, error.name.lower().replace(" ", "_"), error.name)
        response.headers.extend(kept)
        return response
    told = status if status in TOLD_ERRORS else 400 if status < 500 else 500
    refused = error if isinstance(error, NotPermitted) else None
    page = render_template(
        "error.html",
        status=told,
        form_expired=isinstance(error, CSRFError),
        needed=refused.needed if refused else None,
        ask=refused.ask if refused else (),
        rehearsal_stays=isinstance(error, RehearsalStays),
    )
    return page, status, kept
