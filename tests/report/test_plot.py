"""The page of `scalerctl plot` in a browser, of an endpoint on the simulated AWS."""

import subprocess

import pytest

from browser import contrast
from test_report import FOLDER, SCALERCTL, WIDTHS

# One of two pictures: for a wide screen, and for a phone.
SHOWN = "section .picture:visible svg"


@pytest.fixture(scope="module")
def page_file():
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "plot.html"
    served = subprocess.Popen(
        [SCALERCTL, "aws", "--no-function", "--port", "0"], stdout=subprocess.PIPE, text=True,
    )
    try:
        begin = "export AWS_ENDPOINT_URL="
        url = next(line for line in served.stdout if line.startswith(begin)).removeprefix(begin)
        subprocess.run(
            [SCALERCTL, "plot", "my-endpoint", "--local", "--html", file],
            check=True, stdout=subprocess.DEVNULL, env={"AWS_ENDPOINT_URL": url.strip()},
        )
    finally:
        served.kill()
        served.wait()
    return file


@pytest.fixture(params=[(name, scheme) for name in WIDTHS for scheme in ("light", "dark")],
                ids=lambda param: "-".join(param))
def opened(request, chromium, page_file):
    name, scheme = request.param
    page = chromium.new_page(viewport={"width": WIDTHS[name], "height": 900}, color_scheme=scheme)
    asked = []
    page.on("request", lambda asking: asked.append(asking.url))
    page.goto(page_file.as_uri())
    page.screenshot(path=FOLDER / f"plot-{name}-{scheme}.png", full_page=True)
    yield page, asked
    page.close()


def test_nothing_is_loaded_from_outside(opened, page_file):
    _, asked = opened
    assert asked == [page_file.as_uri()]


def test_the_picture_says_what_it_shows(opened):
    page, _ = opened
    words = page.locator("h1").text_content() + page.locator(SHOWN).text_content()
    for part in ("my-endpoint", "requests", "instances", "time (", "work waits, no instance", "lease"):
        assert part in words, part


def test_the_page_itself_never_scrolls_sideways(opened):
    page, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_can_be_read_on_its_ground(opened):
    page, _ = opened
    for what in ("body", "section svg text"):
        assert contrast(page, what) >= 4.5, what


def test_letters_are_shown_at_their_size(opened):
    page, _ = opened
    shown = page.locator(SHOWN)
    share = shown.evaluate("it => it.getBoundingClientRect().width / it.viewBox.baseVal.width")
    assert share >= 0.9, f"12 px letters are shown at {12 * share:.1f} px"
