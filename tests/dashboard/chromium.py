"""A real browser, and what is looked for in it. Its fixtures stand in `conftest.py`."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.dashboard.conftest import CHROMIUM

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]
"""The marks of a module of such tests."""
SMALL = {"width": 320, "height": 640}
PHONE = {"width": 360, "height": 780}
LIVE = 8000
"""Milliseconds within which what happens elsewhere shows on an open page."""

SMALL_TARGETS = """() => [...document.querySelectorAll(
        "button, a.button, a.play, a.reference-link, input, select, summary, nav a")]
    .filter(one => one.type !== "hidden" && one.getClientRects().length)
    .filter(one => one.getBoundingClientRect().height < 44)
    .map(one => one.outerHTML.slice(0, 120))"""

TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
        && document.documentElement.scrollWidth > document.documentElement.clientWidth)
    .map(one => one.outerHTML.slice(0, 120)).slice(0, 5)"""

FAINT_TEXT = """() => {
    const parse = css => css.match(/[\\d.]+/g).map(Number);
    const light = css => {
        const [r, g, b] = parse(css).map(c => c / 255)
            .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const paper = one => {
        for (; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if ((parse(colour)[3] ?? 1) === 1) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    return [...document.querySelectorAll("body *")]
        .filter(one => one.getClientRects().length && !one.closest(".visually-hidden"))
        .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
        .map(one => {
            const [a, b] = [light(getComputedStyle(one).color), light(paper(one))];
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.outerHTML.slice(0, 120)];
        })
        .filter(([contrast]) => contrast < 4.5);
}"""


def tab_to(page: Page, element_id: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == element_id:
            return
    pytest.fail(f"the Tab key never came to {element_id}")


def assert_fits(page: Page, path: str = "") -> None:
    """Nothing is wider than the screen, too small to hit, or too faint to read."""
    if path:
        page.goto(path)
    viewport = page.viewport_size
    assert viewport is not None
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"], (path, page.evaluate(TOO_WIDE))
    assert page.evaluate(SMALL_TARGETS) == [], path
    faint = page.evaluate(FAINT_TEXT)
    assert faint == [], (path, faint)
