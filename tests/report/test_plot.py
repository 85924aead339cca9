"""The page of `scalerctl plot` in a browser, of an endpoint with a past on the simulated AWS."""

import pytest

from browser import contrast
from written import FOLDER, WIDTHS

# One of two pictures: for a wide screen, and for a phone.
SHOWN = "section .picture:visible svg"


@pytest.fixture(scope="module", params=[(name, scheme) for name in WIDTHS for scheme in ("light", "dark")],
                ids=lambda param: "-".join(param))
def opened(request, chromium, plot_page):
    name, scheme = request.param
    page = chromium.new_page(viewport={"width": WIDTHS[name], "height": 900}, color_scheme=scheme)
    asked = []
    page.on("request", lambda asking: asked.append(asking.url))
    page.goto(plot_page.as_uri())
    page.screenshot(path=FOLDER / f"plot-{name}-{scheme}.png", full_page=True)
    yield page, asked
    page.close()


def test_nothing_is_loaded_from_outside(opened, plot_page):
    _, asked = opened
    assert asked == [plot_page.as_uri()]


def test_the_picture_says_what_it_shows(opened):
    page, _ = opened
    words = page.locator("h1").text_content() + page.locator(SHOWN).text_content()
    for part in ("my-endpoint", "requests", "instances", "time (", "IST", "UTC", "no instance for work",
                 "paid idle", "decisions", "lease", "ALARM"):
        assert part in words, part


def test_the_page_itself_never_scrolls_sideways(opened):
    page, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_can_be_read_on_its_ground(opened):
    page, _ = opened
    for what in ("body", "section svg text"):
        assert contrast(page, what) >= 4.5, what


def boxes(page):
    """Each text in the picture with its box."""
    return page.locator(SHOWN).locator("text").evaluate_all(
        """all => all.map(it => {
            const {left, top, right, bottom} = it.getBoundingClientRect();
            return [it.lastChild.textContent, left, top, right, bottom];
        })""")


def test_no_two_texts_overlap(opened):
    page, _ = opened
    found = boxes(page)
    assert len(found) > 20
    # The box of a text is higher than its letters.
    slack = 1
    for index, (text, left, top, right, bottom) in enumerate(found):
        for other, l, t, r, b in found[index + 1:]:
            apart = right <= l + slack or r <= left + slack or bottom <= t + slack or b <= top + slack
            assert apart, f"{text!r} and {other!r}"


def test_no_text_is_cut(opened):
    page, _ = opened
    box = page.locator(SHOWN).bounding_box()
    for text, left, top, right, bottom in boxes(page):
        assert box["x"] - 1 <= left and right <= box["x"] + box["width"] + 1, text
        assert box["y"] - 1 <= top and bottom <= box["y"] + box["height"] + 1, text


def test_forms_can_be_told_from_the_ground(opened):
    page, _ = opened
    found = page.locator(SHOWN).evaluate(
        """svg => {
            const light = colour => {
                const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(value => value / 255)
                    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = light(getComputedStyle(document.body).backgroundColor);
            // What is faint repeats what a line or a row shows.
            const forms = svg.querySelectorAll("rect:not([fill-opacity]), polygon:not([fill-opacity]), "
                + "polyline:not(.plot-grid)");
            return [...forms].map(it => {
                const style = getComputedStyle(it);
                const colour = style.fill === "none" ? style.stroke : style.fill;
                const ink = light(colour);
                return [colour, (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)];
            });
        }""")
    assert len({colour for colour, _ in found}) >= 6, found
    for colour, contrast_of in found:
        assert contrast_of >= 3, (colour, contrast_of)


def test_the_idle_band_has_the_minutes_of_the_table(opened):
    page, _ = opened
    told = [float(text) for text in page.locator("#idle tbody td:nth-child(4)").all_inner_texts()]
    total = float(page.locator("#idle tfoot td").first.inner_text())
    assert len(told) >= 2 and abs(sum(told) - total) <= 0.05 * len(told) + 0.05
    bands = page.locator(SHOWN).locator("rect[data-idle-minutes]")
    minutes = [float(text) for text in bands.evaluate_all("all => all.map(it => it.dataset.idleMinutes)")]
    assert [round(it, 1) for it in minutes] == told
    # A day is as wide as the axis, which is the longest line.
    widths = page.locator(SHOWN).evaluate(
        """svg => {
            const axis = Math.max(...[...svg.querySelectorAll(".plot-line")].map(it => it.getBBox().width));
            const bands = [...svg.querySelectorAll("rect[data-idle-minutes]")];
            return bands.map(it => it.getBBox().width * 1440 / axis);
        }""")
    # A pixel is two minutes, and four on a phone.
    for drawn, minute in zip(widths, minutes):
        assert abs(drawn - minute) < 5, (drawn, minute)
    assert page.locator("#summary").inner_text().startswith(f"Paid idle: {total:.0f} min of ")
    assert bands.first.locator("title").text_content().startswith("paid idle, ")


def test_each_curve_and_each_band_says_what_it_is(opened):
    page, _ = opened
    # What is narrower explains the colors, or is a mark of a decision.
    silent, titles = page.locator(SHOWN).evaluate(
        """svg => {
            const forms = [...svg.querySelectorAll("rect, polygon, polyline:not(.plot-grid, .plot-line)")];
            const title = it => it.querySelector("title")?.textContent;
            return [forms.filter(it => !title(it) && it.getBBox().width > 18).map(it => it.outerHTML),
                forms.map(title).filter(it => it)];
        }""")
    assert silent == []
    highest = {line.split(": at most ")[0]: float(line.split(": at most ")[1]) for line in titles if ": at most " in line}
    assert set(highest) == {"backlog", "backlog per instance", "desired instances", "instances in service"}
    assert highest["instances in service"] >= 1
    for part in ("paid idle: ", "paid idle, ", "kept awake: ", "work waited without an instance: ", ": wake: "):
        assert any(part in title for title in titles), part


def test_there_is_one_title(opened):
    page, _ = opened
    title = page.locator("h1").text_content()
    assert title not in page.locator(SHOWN).text_content()


def test_letters_are_shown_at_their_size(opened):
    page, _ = opened
    shown = page.locator(SHOWN)
    share = shown.evaluate("it => it.getBoundingClientRect().width / it.viewBox.baseVal.width")
    assert share >= 0.9, f"12 px letters are shown at {12 * share:.1f} px"
