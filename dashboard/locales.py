"""Which language the pages are in: what the person chose, else what their browser asks for.

Words of the pages stand in templates, in English, marked for Flask-Babel (`_("…")`); what reaches
them as data stands in `dashboard.told`. Other languages stand in `translations/`, as text alone:
the catalogues are read once by each process, so that none is ever older than its words. `make
translations` gathers what is marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel import Locale
from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, request
from flask_babel import Babel, Domain, get_locale, gettext
from markupsafe import Markup

from dashboard.told import TOLD

COOKIE: Final = "language"
NAMES: Final[Mapping[str, str]] = MappingProxyType({"en": "English", "es": "Español"})
"""The languages of the pages by code, as their speakers call them; the first is the one that the
templates are written in."""
WRITTEN_IN: Final = next(iter(NAMES))
SPOKEN_IN: Final[Mapping[str, str]] = MappingProxyType({"es": "es_US"})
"""Where a language's times and numbers are those of another place than its first: '8:10 a. m.',
'12,345'."""
CATALOGUES: Final = Path(__file__).parent / "translations"
LANGUAGES_SETTING: Final = "PAGE_LANGUAGES"
CATALOGUES_SETTING: Final = "PAGE_CATALOGUES"
"""What an application may bring instead of `NAMES` and `CATALOGUES`."""
ENGLISH: Final = Locale("en")


class _Catalogues(Domain):  # type: ignore[misc]
    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        if locale is None:
            return NullTranslations()
        return catalogue(locale.language, current_app.config[CATALOGUES_SETTING])


class _PagesBabel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogues()


@cache
def catalogue(language: str, catalogues: Path = CATALOGUES) -> NullTranslations:
    """The words of the pages in a language, by code; none where nobody has translated them."""
    path = catalogues / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def add_locales(app: Flask) -> None:
    """Gives templates `_`, the page's language and direction, and filters for times and words."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", WRITTEN_IN)
    app.config.setdefault(LANGUAGES_SETTING, NAMES)
    app.config.setdefault(CATALOGUES_SETTING, CATALOGUES)
    _PagesBabel(app, locale_selector=_wanted_region)
    app.context_processor(_of_the_page)
    app.add_template_filter(day_words)
    app.add_template_filter(clock_words)
    app.add_template_filter(number_words)
    app.add_template_filter(translated)
    app.add_template_filter(machine_words)


def wanted_locale() -> str:
    """The code of the language that this request is answered in."""
    known = page_languages()
    chosen = request.cookies.get(COOKIE, "")
    if chosen in known:
        return chosen
    return request.accept_languages.best_match(list(known)) or WRITTEN_IN


def page_languages() -> Mapping[str, str]:
    """The languages that there are to choose from, as `NAMES`."""
    known: Mapping[str, str] = current_app.config[LANGUAGES_SETTING]
    return known


def _wanted_region() -> str:
    language = wanted_locale()
    return SPOKEN_IN.get(language, language)


def day_words(local: datetime) -> str:
    """'Tue 13 Jan'. `local`: in the group's time zone."""
    return format_datetime(local, "EEE d MMM", tzinfo=local.tzinfo, locale=_locale())


def clock_words(local: datetime, exact: bool = False) -> str:
    """'8:10 AM', or to the second. `local`: in the group's time zone."""
    pattern = "h:mm:ss a" if exact else "h:mm a"
    return format_datetime(local, pattern, tzinfo=local.tzinfo, locale=_locale())


def number_words(number: int) -> str:
    """'12,345'."""
    return format_decimal(number, locale=_locale())


def translated(word: str | None) -> str | None:
    """A word that came as data, in the page's language where it is one of ours."""
    return gettext(word) if word in TOLD else word


def machine_words(reason: str) -> str:
    """The same, of what a machine gave as its reason: what is not known is said to be English."""
    if reason in TOLD:
        known: str = gettext(reason)
        return known
    if _locale().language == WRITTEN_IN:
        return reason
    return Markup('<span lang="en" dir="ltr">%s</span>') % reason


def _locale() -> Locale:
    locale: Locale | None = get_locale()
    return locale or ENGLISH


def _of_the_page() -> dict[str, str]:
    locale = _locale()
    return {"page_language": locale.language, "page_direction": locale.text_direction}
