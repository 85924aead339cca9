"""The laboratory's report in a browser: figures and pictures are there, nothing comes from outside."""

import pytest

from browser import contrast, contrast_of
from written import FOLDER, WIDTHS


@pytest.fixture(scope="module", params=[(name, scheme) for name in WIDTHS for scheme in ("light", "dark")],
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
    names = page.locator("section h3").all_inner_texts()
    assert [name.startswith("reactive-scaler") for name in names] == [True] * 3 + [False] * 4
    pictures = page.locator("section svg:visible")
    assert pictures.count() == 7
    for index in range(7):
        box = pictures.nth(index).bounding_box()
        assert box["width"] >= 320 and box["height"] >= 150
        assert pictures.nth(index).locator("polyline").count() >= 4


CHART = "#comparison svg:visible"


def boxes(page, selector):
    return page.locator(selector).evaluate_all("all => all.map(it => [it.textContent, it.getBoundingClientRect().toJSON()])")


def overlap(one, other):
    return (
        one["left"] < other["right"] and other["left"] < one["right"]
        and one["top"] < other["bottom"] and other["top"] < one["bottom"]
    )


def test_the_page_begins_with_the_verdict_and_one_chart(opened):
    page, _ = opened
    assert page.locator("p.verdict").first.inner_text().startswith("reactive-scaler-with-results wins: it costs ")
    chart, figures = page.locator(CHART), page.locator("#figures")
    assert chart.count() == 1
    assert chart.bounding_box()["y"] < figures.bounding_box()["y"] < page.locator("section").first.bounding_box()["y"]
    # backlog-per-instance has no result, so it has no mark.
    assert page.locator(f"{CHART} .mark").count() == 6
    assert page.locator("#comparison li").count() == 7
    assert page.locator("#comparison li").first.inner_text().startswith("reactive-scaler: ")


def test_no_two_texts_of_the_chart_overlap(opened):
    assert_no_overlaps(opened[0])


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_no_two_texts_of_a_crowded_chart_overlap(chromium, crowded_report, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(crowded_report.as_uri())
    page.locator("#comparison").screenshot(path=FOLDER / f"crowded-{width}.png")
    # Two have no result: backlog-per-instance, and has-backlog, which cuts both jobs.
    assert page.locator(f"{CHART} .mark").count() == 14
    assert_no_overlaps(page)
    page.close()


def assert_no_overlaps(page):
    texts, marks = boxes(page, f"{CHART} text"), boxes(page, f"{CHART} .mark")
    assert len(texts) >= 12
    [(_, whole)] = boxes(page, CHART)
    for index, (name, box) in enumerate(texts):
        assert box["left"] >= whole["left"] and box["right"] <= whole["right"], name
        assert box["top"] >= whole["top"] and box["bottom"] <= whole["bottom"], name
        for other, place in texts[index + 1:]:
            assert not overlap(box, place), f"{name!r} and {other!r}"
        for title, mark in marks:
            assert not overlap(box, mark), f"{name!r} and the mark of {title!r}"


def test_the_chart_can_be_read(opened):
    page, _ = opened
    chart = page.locator(CHART)
    share = chart.evaluate("it => it.getBoundingClientRect().width / it.viewBox.baseVal.width")
    assert share >= 0.9, f"12 px letters are shown at {12 * share:.1f} px"
    assert contrast(page, "#comparison svg text") >= 4.5
    for kind in range(page.locator(f"{CHART} .mark").count()):
        color = page.locator(f"{CHART} .mark").nth(kind).evaluate("it => getComputedStyle(it).stroke")
        assert contrast_of(page, color) >= 3, color


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
