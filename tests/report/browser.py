"""One browser for all pages, and what tests ask of a page."""

import os

import pytest
from playwright.sync_api import sync_playwright

BROWSER = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield browser
        browser.close()


# The contrast of a color with the page's ground (WCAG 2.2, relative luminance).
CONTRAST = """colour => {
    const numbers = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = colour => {
        const [r, g, b] = numbers(colour).map(value => value / 255)
            .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ink = light(colour);
    const ground = light(getComputedStyle(document.body).backgroundColor);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
}"""


def contrast_of(page, color):
    """The contrast of a color with the page's ground."""
    return page.evaluate(CONTRAST, color)


def contrast(page, selector):
    """The contrast of a text with the page's ground."""
    style = page.locator(selector).first.evaluate(
        """(it, inSvg) => inSvg ? getComputedStyle(it).fill : getComputedStyle(it).color""", "svg" in selector,
    )
    return contrast_of(page, style)
