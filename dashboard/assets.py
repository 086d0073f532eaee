"""Styles and scripts under addresses that name what is in them: a browser asks for each once.

Who opens the desk on a phone would otherwise wait, at every page, until the line has said of each
file that it is still the same.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.security import safe_join

A_YEAR = 365 * 24 * 3600
"""Seconds: the longest that servers are asked to name (RFC 9111; `immutable` is RFC 8246)."""
VERSION = "v"
"""The argument of an address that says which content it leads to."""


def add_assets(blueprint: Blueprint) -> None:
    """Wants the blueprint's own static folder."""
    endpoint = f"{blueprint.name}.static"
    folder = str(blueprint.static_folder)

    @blueprint.app_url_defaults
    def named_by_content(asked: str, values: dict[str, Any]) -> None:
        if asked == endpoint:
            _name(folder, values)

    @blueprint.after_request
    def kept(response: Response) -> Response:
        version = request.args.get(VERSION)
        # What a page from before a new release asks for is not what it gets: not to be kept.
        if request.endpoint == endpoint and response.status_code == 200 and version:
            values = dict(request.view_args or {})
            _name(folder, values)
            if values.get(VERSION) == version:
                response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        return response


def _name(folder: str, values: MutableMapping[str, Any]) -> None:
    path = safe_join(folder, values["filename"])
    if path is not None and Path(path).is_file():
        values[VERSION] = _version(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _version(path: str, _changed: int) -> str:
    """`_changed`: another time of its last change is another content."""
    return sha256(Path(path).read_bytes()).hexdigest()[:8]


__all__ = ["A_YEAR", "VERSION", "add_assets"]
