"""Which language the pages are in: what the person chose, else what their browser asks for.

Words of the pages stand in templates, in English, marked for Flask-Babel (`_("…")`); other
languages in `translations/`. `make translations` gathers what is marked and compiles the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Flask, request
from flask_babel import Babel, get_locale

COOKIE: Final = "language"
NAMES: Final[Mapping[str, str]] = MappingProxyType({"en": "English", "es": "Español"})
"""The languages of the pages by code, as their speakers call them; the first is the one that the
templates are written in."""


def add_locales(app: Flask) -> None:
    """Gives templates `_`, and the page's language and direction."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", next(iter(NAMES)))
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", f"{__package__}/translations")
    Babel(app, locale_selector=wanted_locale)
    app.context_processor(_of_the_page)


def wanted_locale() -> str:
    """The code of the language that this request is answered in."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in NAMES:
        return chosen
    return request.accept_languages.best_match(list(NAMES)) or next(iter(NAMES))


def _of_the_page() -> dict[str, str]:
    locale = get_locale()
    if locale is None:
        return {"page_language": next(iter(NAMES)), "page_direction": "ltr"}
    return {"page_language": locale.language, "page_direction": locale.text_direction}
