"""What the views of several pages have in common: parts that a page's script asks for, pages of a
list, and what organizers are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from dashboard.desk import Desk
from dashboard.filters import Filters, Query, Show
from dashboard.permissions import Permission, may
from reports.ports import Records

View = Callable[..., ResponseReturnValue]
LAST_PAGE: Final = 10_000


class NotPermitted(Forbidden):
    """Somebody wanted what their role does not let them; `ask`: names of who can change that."""

    def __init__(self, needed: Permission | None, ask: Sequence[str]) -> None:
        super().__init__()
        self.needed = needed
        self.ask = ask


class RehearsalStays(Forbidden):
    """Somebody wanted to have leave what was rehearsed."""


def admins(desk: Desk) -> list[str]:
    """What those are called who can change what an account may do."""
    with desk.store.read() as records:
        return [
            each.display_name
            for each in records.organizers()
            if may(each.role, Permission.ADMIN) and each.suspended_at is None
        ]


def add_pages(blueprint: Blueprint, shown: Mapping[str, View], done: Mapping[str, View]) -> None:
    """Puts views on a blueprint by their paths: those that show something, and those that do."""
    for method, views in (("GET", shown), ("POST", done)):
        for path, view in views.items():
            blueprint.add_url_rule(path, view.__name__, view, methods=[method])


def part(template: str, version: str, **shown: Any) -> Response:
    """A part of a page for its script: nothing when the script has this version already.

    The version names what is shown and not the bytes: form tokens differ each time.
    """
    if request.if_none_match.contains(version):
        response = Response(status=304)
    else:
        response = Response(render_template(template, **shown))
    response.set_etag(version)
    return response


def wanted_page() -> int:
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def wanted_list(usually: Show) -> Query:
    """The list that the address names."""
    try:
        show = Show(request.args.get("show", usually))
        filters = Filters.of(request.args, g.organizer.username)
    except ValueError:
        abort(400)
    return Query(show, filters, wanted_page())


def names_of(records: Records) -> dict[str, str]:
    """What organizers are called, by username."""
    return {organizer.username: organizer.display_name for organizer in records.organizers()}


def ids_of(written: Iterable[str]) -> list[int]:
    """Ids as they stand in addresses and forms; what is none is nobody's."""
    found = []
    for each in written:
        if not (each.isascii() and each.isdecimal() and len(each) < 10):
            abort(404)
        found.append(int(each))
    return found
