"""The map in a real browser: with pictures from a server of the test's own, without it, and when it
does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from dashboard import Desk, Tiles
from reports.services.incidents import merge
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, PHONE, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import Clock, log_in
from tests.dashboard.stories import Stories
from tests.dashboard.test_incidents import OTHER, THIRD, seen

pytestmark = IN_A_BROWSER

TILE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xb0s(\xf9\x0f\x00\x03\xc8\x02\x01\xd1\xba\xbd\xec"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""A picture of one pixel."""


@dataclass
class TileServer:
    address: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Referer."""
    fails: bool = False

    def __call__(self, environ: dict[str, object], start: object) -> object:
        request = Request(environ)
        self.asked.append((request.path, request.headers.get("Referer")))
        answer = Response(status=503) if self.fails else Response(TILE, mimetype="image/png")
        return answer(environ, start)  # type: ignore[arg-type]


@pytest.fixture
def tile_server() -> Iterator[TileServer]:
    serving = TileServer()
    server = make_server("127.0.0.1", 0, serving, threaded=True)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    serving.address = f"http://127.0.0.1:{server.server_port}"
    yield serving
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tiles(tile_server: TileServer) -> Tiles:
    return Tiles(f"{tile_server.address}/{{z}}/{{x}}/{{y}}.png", "© Somebody & others")


@pytest.fixture
def desk(desk: Desk, tiles: Tiles | None) -> Desk:
    return replace(desk, tiles=tiles)


@pytest.fixture
def elsewhere(tile_server: TileServer) -> tuple[str, ...]:
    return (tile_server.address,)


def three(stories: Stories, clock: Clock) -> None:
    seen(stories, "4001", 12, what="I see them arresting a man. I see six agents.")
    seen(stories, "4002", 6, number=OTHER)
    seen(stories, "4003", 5, "They are at Franklin and Chicago.", number=THIRD)
    merge(stories.store, references=["4001", "4002"], who="ana", at=clock())


def test_signs_stand_on_the_pictures_and_lead_to_their_pages(
    page: Page, stories: Stories, clock: Clock, tile_server: TileServer
) -> None:
    three(stories, clock)
    page.goto("/incidents/map")
    expect(page.locator("#map img.leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator("#map .map-sign")).to_have_count(2)
    expect(page.locator("#map")).to_contain_text("© Somebody & others")
    expect(page.locator("#plot")).to_be_hidden()
    expect(page.locator("#placed .mark")).to_have_count(2)
    assert {referer for _, referer in tile_server.asked} == {None}
    grave, other = (
        int(page.locator(f"#sign-mark-{key}").evaluate("(one) => one.style.zIndex"))
        for key in ("incident-1", "report-4003")
    )
    assert grave > other
    # By the keyboard alone.
    tab_to(page, "sign-mark-incident-1")
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup")
    expect(popup).to_contain_text("Unverified")
    popup.get_by_role("link", name="Incident 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Incident 1")


def test_what_comes_in_stands_on_the_open_map_and_an_open_popup_stays(
    page: Page, stories: Stories, clock: Clock
) -> None:
    three(stories, clock)
    page.goto("/incidents/map")
    tab_to(page, "sign-mark-report-4003")
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup")).to_contain_text("Report 4003")
    seen(stories, "4004", 1, "They are at Lake and Cedar.", number="+16125550153")
    expect(page.locator("#sign-mark-report-4004")).to_be_visible(timeout=LIVE)
    expect(page.locator(".leaflet-popup")).to_contain_text("Report 4003")


def test_signs_of_one_place_do_not_cover_each_other(
    page: Page, stories: Stories, clock: Clock
) -> None:
    seen(stories, "4001", 12)
    seen(stories, "4002", 6, number=OTHER)
    page.goto("/incidents/map")
    one, other = (page.locator(f"#sign-mark-report-{each}") for each in ("4001", "4002"))
    here, there = one.bounding_box(), other.bounding_box()
    assert here is not None
    assert there is not None
    assert abs(here["x"] - there["x"]) >= 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_pictures_it_fits_a_small_telephone(
    opens: Callable[..., Page], stories: Stories, clock: Clock, scheme: str
) -> None:
    three(stories, clock)
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    page.goto("/incidents/map")
    expect(page.locator("#map .map-sign")).to_have_count(2)
    assert_fits(page)


class TestWhenThePicturesCannotBeHad:
    @pytest.fixture
    def tile_server(self, tile_server: TileServer) -> TileServer:
        tile_server.fails = True
        return tile_server

    @pytest.fixture
    def said_anyway(self) -> tuple[int, ...]:
        return (503,)

    def test_the_plot_takes_their_place_and_it_is_said(
        self, page: Page, stories: Stories, clock: Clock
    ) -> None:
        three(stories, clock)
        page.goto("/incidents/map")
        expect(page.get_by_text("The pictures of the map cannot be had now")).to_be_visible()
        expect(page.locator("#plot svg").first).to_be_visible()
        expect(page.locator("#map")).to_be_hidden()


class TestWithoutPictures:
    @pytest.fixture
    def tiles(self) -> None:
        return None

    @pytest.fixture
    def elsewhere(self) -> tuple[str, ...]:
        return ()

    def test_a_plot_is_drawn_and_its_signs_lead_to_their_pages_by_keyboard(
        self, page: Page, stories: Stories, clock: Clock
    ) -> None:
        three(stories, clock)
        page.goto("/incidents/map")
        expect(page.locator("#plot")).to_contain_text("Lake St")
        tab_to(page, "dot-incident-1")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Incident 1")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_fits_and_can_be_read(
        self, opens: Callable[..., Page], stories: Stories, clock: Clock, scheme: str
    ) -> None:
        three(stories, clock)
        page = log_in(opens(viewport=SMALL, color_scheme=scheme))
        assert_fits(page, "/incidents/map")
        smallest = page.evaluate(
            """() => Math.min(...[...document.querySelectorAll("#plot text")].map(
                (one) => one.getBoundingClientRect().height))"""
        )
        assert smallest >= 9

    def test_without_script_it_is_all_there(
        self, opens: Callable[..., Page], stories: Stories, clock: Clock
    ) -> None:
        three(stories, clock)
        page = log_in(opens(viewport=PHONE, java_script_enabled=False))
        page.goto("/incidents/map")
        expect(page.locator("#plot svg").first).to_be_visible()
        expect(page.locator("#placed .mark")).to_have_count(2)
        page.locator("#dot-report-4003").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Report 4003")
