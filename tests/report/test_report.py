"""The laboratory's report in a browser: figures and pictures are there, nothing comes from outside."""

import os
import subprocess
from pathlib import Path

import pytest

from browser import contrast

ROOT = Path(__file__).resolve().parents[2]
SCALERCTL = Path(os.environ.get("SCALERCTL", ROOT / "target" / "debug" / "scalerctl"))
FOLDER = ROOT / "target" / "report"
# The second is a phone's.
WIDTHS = {"desktop": 1280, "phone": 360}


@pytest.fixture(scope="session")
def report():
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = FOLDER / "report.html"
    subprocess.run(
        [SCALERCTL, "simulate", "--workload", "sporadic", "--price-per-hour", "1.41", "--html", page],
        check=True, stdout=subprocess.DEVNULL,
    )
    return page


@pytest.fixture(params=[(name, scheme) for name in WIDTHS for scheme in ("light", "dark")],
                ids=lambda param: "-".join(param))
def opened(request, chromium, report):
    """The page, and what it asked for."""
    name, scheme = request.param
    page = chromium.new_page(viewport={"width": WIDTHS[name], "height": 900}, color_scheme=scheme)
    asked = []
    page.on("request", lambda asking: asked.append(asking.url))
    page.goto(report.as_uri())
    page.screenshot(path=FOLDER / f"{name}-{scheme}.png", full_page=True)
    yield page, asked
    page.close()


def test_nothing_is_loaded_from_outside(opened, report):
    _, asked = opened
    assert asked == [report.as_uri()]


def test_the_figures_are_there(opened):
    page, _ = opened
    rows = page.locator("#figures tbody tr")
    assert rows.count() == 7
    assert "1s / 1s / 1s" in rows.nth(4).inner_text().replace("\n", " ")
    assert page.locator("#assumptions tbody tr").count() > 8


def test_each_policy_has_its_picture(opened):
    page, _ = opened
    # Each has one for phones and one for what is wider.
    assert page.locator("section svg").count() == 14
    pictures = page.locator("section svg:visible")
    assert pictures.count() == 7
    for index in range(7):
        box = pictures.nth(index).bounding_box()
        assert box["width"] >= 320 and box["height"] >= 150
        assert pictures.nth(index).locator("polyline").count() >= 4


def test_the_picture_is_drawn_for_the_width(opened):
    page, _ = opened
    text = page.locator("section svg:visible text").first
    # Read without zooming.
    assert text.bounding_box()["height"] >= 11
    assert page.locator("section svg:visible text", has_text="time of day, UTC").count() == 7


def test_what_people_report_stands_beside_the_model_s_figures(opened):
    page, _ = opened
    rows = page.locator("#published tbody tr")
    told = [rows.nth(index).locator("td").all_inner_texts()[1:3] for index in range(rows.count())]
    assert [[text.split(": ")[-1].strip() for text in row] for row in told] == [
        ["never", "1s"], ["4m 33s", "1s"], ["16m 15s", "16m 47s"],
    ]


def test_the_page_itself_never_scrolls_sideways(opened):
    page, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_can_be_read_on_its_ground(opened):
    page, _ = opened
    for what in ("body", "section svg text", "#figures tbody td"):
        assert contrast(page, what) >= 4.5, what
