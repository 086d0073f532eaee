"""The pages in other languages: every word of them is marked, and said in Spanish."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from jinja2 import Environment, nodes
from werkzeug.test import TestResponse

from dashboard import Desk
from dashboard.told import COLOURS, EQUIPMENT, LANGUAGES, QUESTIONS, TOLD
from tests.dashboard import languages
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.languages import BEGIN, END, MADE, ROOT, marked, spanish
from tests.dashboard.stories import MORNING, Stories
from tests.dashboard.test_account_pages import ACCOUNTS
from tests.dashboard.test_second_factor import sets_up

TEMPLATES: Final = sorted((ROOT / "dashboard" / "templates").iterdir())


# --- The Spanish catalogue


def forms(message: Any) -> tuple[str, ...]:
    """Of a message or a translation: all its forms, or the only one."""
    return (message,) if isinstance(message, str) else tuple(message)


def kept(words: str) -> list[str]:
    """What a translation has to have, too: what stands for something, and elements."""
    return sorted(languages.KEPT.findall(words))


def test_whatever_the_pages_say_they_say_in_spanish() -> None:
    said = {each.id: each for each in spanish() if each.id}
    assert set(marked()) - set(said) == set(), "make translations, then translate these"
    assert set(said) - set(marked()) == set(), "make translations: nothing says these any more"
    lacking = [each.id for each in said.values() if each.fuzzy or not all(forms(each.string))]
    assert lacking == []


def test_spanish_puts_the_same_things_into_its_sentences() -> None:
    catalogue = spanish()
    for each in catalogue:
        if not each.id:
            continue
        english, translated = forms(each.id), forms(each.string)
        if each.pluralizable:
            assert len(translated) == catalogue.num_plurals, each.id
        for words in translated:
            assert kept(words) in [kept(one) for one in english], each.id
            assert (words[0] == " ", words[-1] == " ") == (
                english[-1][0] == " ",
                english[-1][-1] == " ",
            ), each.id


def test_no_translation_can_end_an_attribute_that_it_stands_in() -> None:
    for each in spanish():
        for words in forms(each.string):
            outside = re.sub(r"<[^>]*>", "", words)
            assert not set('"<>') & set(outside), each.id


def test_what_comes_to_the_pages_as_data_is_gathered_too() -> None:
    tells = tomllib.loads(Path("prompts/en/tells.toml").read_text("utf-8"))
    listens = tomllib.loads(Path("prompts/en/hears.toml").read_text("utf-8"))["listens"]
    assert set(tells["languages"].values()) == set(LANGUAGES)
    assert set(tells["questions"].values()) == set(QUESTIONS)
    assert set(listens["colour"]) == set(COLOURS)
    assert {name.replace("_", " ") for name in listens["equipment"]} - {"none"} == set(EQUIPMENT)
    assert set(marked()) >= TOLD


# --- No word that is not marked

WORD: Final = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
READ_OUT: Final = frozenset({"aria-label", "aria-valuetext", "alt", "placeholder", "title"})
NOT_WORDS: Final = frozenset({"SHA-256", "SHA", "s", "dB", "Enter", "Esc", "min", "ar", "fr"})


class Reader(HTMLParser):
    """What is to be read on a page, or heard, in the page's own language: not what callers said
    and people wrote (q, textarea, and whatever has a language of its own), and no code."""

    SILENT = frozenset({"script", "style", "q", "code", "pre", "kbd", "textarea"})
    TOLD = frozenset({"sheet", "covers", "written", "located", "excerpt"})
    """Classes of what leaves, in the words of what leaves, and of what people wrote."""
    EMPTY = frozenset({"input", "meta", "link", "img", "br", "hr", "path", "rect", "circle"})

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._open: list[tuple[str, bool]] = []
        self.read: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        foreign = of.get("lang", self._language) != self._language and tag != "html"
        told = set((of.get("class") or "").split()) & self.TOLD
        silent = self._is_silent or tag in self.SILENT or foreign or bool(told)
        if not silent:
            # Of data attributes those with spaces hold words, which the page's scripts show.
            self.read += [
                value
                for name, value in attrs
                if value and (name in READ_OUT or (name.startswith("data-") and " " in value))
            ]
        if tag not in self.EMPTY:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == each for each, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self.read.append(data)

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def read_on(page: str, language: str) -> list[str]:
    reader = Reader(language)
    reader.feed(page)
    return [text for text in reader.read if text.strip()]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_word_that_is_not_marked(template: Path) -> None:
    source = template.read_text("utf-8")
    plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    # Of some macros what they give are attributes.
    plain = re.sub(r"^\s*\w+=\".*$", "", plain, flags=re.MULTILINE)
    bare = [
        text.strip()
        for text in read_on(plain, "en")
        if set(WORD.findall(text)) - NOT_WORDS and not text.strip().startswith("<!")
    ]
    assert bare == []


PHRASE: Final = re.compile(r"[A-Z]?[a-z’']+(?: [A-Za-z’']+)+|[A-Z][a-z]+")
"""Two words or more, or one that begins with a capital letter."""
SAME_EVERYWHERE: Final = frozenset(
    {
        *("Witness Line", "ar, fr"),
        *("Firefox", "Edge", "Opera", "Chrome", "Safari"),
        *("Samsung Internet", "Android", "iPhone", "iPad", "Windows", "Mac", "ChromeOS", "Linux"),
        # A class.
        "source superseded",
    }
)


def phrases_in(node: nodes.Node) -> Iterator[str]:
    """What stands in quotation marks in a template and may be read, though it is not marked."""
    for child in node.iter_child_nodes():
        match child:
            case nodes.Call(node=nodes.Name(name="_" | "ngettext" | "url_for"), kwargs=given):
                for each in given:
                    yield from phrases_in(each)
            case nodes.Const(value=str(words)):
                if PHRASE.search(words) and words not in SAME_EVERYWHERE:
                    yield words
            case _:
                yield from phrases_in(child)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_phrase_in_quotation_marks_that_is_not_marked(template: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(template.read_text("utf-8"))
    assert list(phrases_in(tree)) == []


# --- A made language, in which what is marked stands in brackets


@pytest.fixture
def made(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    languages.write_made(tmp_path / "catalogues")
    return make_app(PAGE_LANGUAGES=languages.LANGUAGES, PAGE_CATALOGUES=tmp_path / "catalogues")


@pytest.fixture
def ana_made(made: Flask) -> Browser:
    browser = Browser(made.test_client())
    assert browser.logs_in().status_code == 303
    browser.client.set_cookie("language", MADE)
    return browser


DATA: Final = re.compile(
    r"""
    \{\w+\}|@\w+|\w+@\S+|\w+://\S+
    |Ana(?:\ Fuentes)?|Lu\ Vang|ana|Witness\ Line|America/Chicago|C[SD]T
    |5th\ (?:St|Ave\ S)|Minneapolis|Richfield|Bloomington|Lake\ St
    |“?What”?|English|Soomaali|written\ by\ the\ founders|openai-whisper(?:\ base)?|pt|sms
    |(?:audio|image)/\S+|\d{4},\ Where\ \(\d\)
    """,
    re.VERBOSE,
)
"""What the pages show of what somebody told, named or set up, and of what runs here."""


def unmarked(page: str) -> list[str]:
    """What stands on a page in Latin letters, but for what was marked, and for data."""
    found = []
    for text in read_on(page, MADE):
        rest = DATA.sub(" ", re.sub(f"{BEGIN}[^{END}]*{END}", " ", text))
        if set(WORD.findall(rest)) - NOT_WORDS:
            found.append(" ".join(text.split()))
    return found


SHOWS_NO_PAGE: Final = frozenset(
    {
        *("audio", "original", "waveform", "attachment", "attachment_original", "prompt_sound"),
        *("note_audio", "service_worker"),
        *("static", "leaflet", "roster_feed", "live_inbox"),
        # They lead to another page.
        *("hide_number", "hide_spoken", "forget_opinion", "plain_report", "codes_over"),
        *("invitation_over",),
    }
)


def page_views(app: Flask) -> set[str]:
    return {
        rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.") and "GET" in (rule.methods or ())
    } - SHOWS_NO_PAGE


def crawl(browser: Browser, app: Flask, *starts: str) -> Iterator[tuple[str, str, TestResponse]]:
    """Each view with some of the addresses that pages name it by, and what it answers."""
    adapter = app.url_map.bind("localhost")
    waiting, seen, count = [*starts], set(starts), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        path, _, query = address.partition("?")
        view = adapter.match(path, query_args=query)[0].partition(".")[2]
        count[view] = count.get(view, 0) + 1
        if view in SHOWS_NO_PAGE or count[view] > 2:
            continue
        answer = browser.get(address)
        yield view, address, answer
        for link in re.findall(r'(?:href|data-live)="?(/[^"#\s>]*)', answer.text):
            link = link.replace("&amp;", "&")
            if link not in seen:
                seen.add(link)
                waiting.append(link)


@pytest.fixture
def busy(ana_made: Browser, made: Flask, stories: Stories) -> Browser:
    """A line on which much has happened."""
    stories.whole_morning()
    stories.spanish_with_everything()
    stories.limited_prank()
    ana = ana_made

    def does(path: str, from_page: str, **form: str | list[str]) -> None:
        """As a browser does it, which goes on to where it is sent."""
        answer = ana.sends(path, from_page=from_page, **form)
        assert answer.status_code == 303, path
        ana.get(answer.location)

    does("/incidents", "/incidents", ref=["4821", "4300"])
    does("/incidents/1/verdict", "/incidents/1", to="confirmed", how="on_scene")
    does("/r/4821/notes", "/r/4821", note="@ana: 7")
    does("/handover", "/handover", words="4821")
    does("/people", "/people/new", handle="ana", name="Ana", username="ana", observes="1")
    does("/people/ana/reaches", "/people/ana", channel="sms", address="+16125550142")
    observers = "/incidents/1/observers"
    does(observers, observers, words="5th Ave S", press="1", person=["ana"])
    for duty in ("primary", "listener"):
        does(
            "/roster/shifts",
            "/roster/new",
            person="ana",
            duty=duty,
            first_on=f"{MORNING:%Y-%m-%d}",
            begins="00:00",
            ends="00:00",
        )
    does("/r/4821/block", "/r/4821", reason="3", days="7")
    does("/flood", "/", mode="on")
    return ana


def test_every_word_on_every_page_is_marked(
    busy: Browser, made: Flask, desk: Desk, clock: Clock
) -> None:
    stranger = Browser(made.test_client())
    stranger.client.set_cookie("language", MADE)
    invitations = f"{ACCOUNTS}/invitations"
    invited = busy.sends(invitations, from_page=ACCOUNTS, name="Lu Vang", role="reviewer").text
    link = re.search(r"(/join/[\w-]+)", invited)
    assert link is not None
    today = f"{MORNING:%Y-%m-%d}"
    alert = f"/ack/{desk.answer_links.token('n1')}"
    with desk.store.read() as records:
        (dispatch,) = records.observing.dispatches_of([1])
    observe = f"/observe/{desk.dispatcher.links.token(dispatch.asks[0].ask_id)}"
    bare = {invitations: unmarked(invited)}
    seen = set()
    for browser, starts in (
        (stranger, ("/login", link[1], alert, observe)),
        (
            busy,
            (
                "/",
                "/search",
                "/mentions",
                "/export/research",
                f"/roster/then?on={today}&at=08:00",
            ),
        ),
    ):
        for view, address, answer in crawl(browser, made, *starts):
            if answer.status_code != 302:
                seen.add(view)
                bare[address] = unmarked(answer.text)
    sets_up(busy, clock)
    bare["codes"] = unmarked(busy.sends("/me/codes", from_page="/me/second-factor").text)
    stranger.logs_in()
    bare["/login/code"] = unmarked(stranger.get("/login/code").text)
    seen.add("login_code")
    assert {address: found for address, found in bare.items() if found} == {}
    assert page_views(made) - seen == set()


# --- From right to left


PHYSICAL: Final = re.compile(
    r"(?<![\w-])(?:left|right)\s*:|-(?:left|right)(?:-\w+)?\s*:|:\s*(?:left|right)\b"
)
SAME_BOTH_WAYS: Final = ("::before", ".leaflet-popup-content")
"""The sign for playing, and what the map's library puts up, stay as they are."""


def test_styles_say_begin_and_end_and_not_left_and_right() -> None:
    styles = sorted((ROOT / "dashboard" / "static").glob("*.css"))
    lines = [line for path in styles for line in path.read_text("utf-8").splitlines()]
    fixed = [line for line in lines if PHYSICAL.search(line)]
    assert [line for line in fixed if not any(each in line for each in SAME_BOTH_WAYS)] == []


# --- Choosing


def test_the_choice_of_language_is_the_pages(ana: Browser) -> None:
    assert '<html lang="en" dir="ltr">' in ana.get("/").text
    ana.sends("/me/language", from_page="/me", language="es")
    page = ana.get("/")
    assert '<html lang="es" dir="ltr">' in page.text
    assert "Todavía no hay reportes" in page.text
    ana.sends("/me/language", from_page="/me", language="en")
    assert "No report yet" in ana.get("/").text


def test_who_has_not_chosen_gets_the_language_of_their_browser(stranger: Browser) -> None:
    page = stranger.get("/login", Accept_Language="es-MX,es;q=0.9,en;q=0.5").text
    assert "<h1>Entrar</h1>" in page
    page = stranger.get("/login", Accept_Language="om,so").text
    assert "<h1>Log in</h1>" in page


def test_a_language_written_from_right_to_left_turns_the_page(ana_made: Browser) -> None:
    assert f'<html lang="{MADE}" dir="rtl">' in ana_made.get("/").text


def test_times_and_numbers_are_those_of_spanish_here(
    ana: Browser, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now()
    ana.sends("/me/language", from_page="/me", language="es")
    clock.passes(days=1)
    ana.logs_in()
    page = read(ana.get("/r/4821").text)
    assert "lun 2 mar, 6:38 a.m." in page


def test_what_the_caller_said_has_its_language(ana: Browser, stories: Stories) -> None:
    stories.spanish_with_everything()
    page = ana.get("/r/4300").text
    assert '<q dir="auto" lang="es">En la calle Orchard' in page


def test_what_a_machine_says_in_english_is_said_to_be_english(
    ana: Browser, stories: Stories
) -> None:
    stories.hmong_needs_a_listener()
    ana.sends("/me/language", from_page="/me", language="es")
    page = ana.get("/r/5590").text
    assert '<span lang="en" dir="ltr">no machine here knows this language</span>' in page


def read(page: str) -> str:
    return " ".join(" ".join(read_on(page, "es")).split())
