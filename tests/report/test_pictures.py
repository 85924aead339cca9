"""Every picture: no two texts meet, no text is cut or lies over a shape, and each text and each shape can be seen."""

import re

import pytest

from pictures import faults
from written import FOLDER, ROOT, WIDTHS

# What is behind a picture of the documents, as GitHub shows them.
GROUNDS = {"light": "#ffffff", "dark": "#0d1117"}
DOCUMENTS = ROOT / "docs" / "pictures"
FILES = sorted(DOCUMENTS.glob("*.svg"))


@pytest.mark.parametrize("scheme", GROUNDS)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name, count", {"report": 8, "crowded_report": 17, "plot_page": 1}.items())
def test_each_picture_of_a_page(request, chromium, name, count, width, scheme):
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(request.getfixturevalue(name).as_uri())
    pictures = page.locator("svg:visible")
    assert pictures.count() == count
    found = {index: faults(pictures.nth(index)) for index in range(count)}
    page.close()
    assert {index: wrong for index, wrong in found.items() if wrong} == {}


def opened(chromium, file, scheme):
    """A page with the picture, on a screen of the width that it is drawn for."""
    width = WIDTHS["phone" if "narrow" in str(file) else "desktop"]
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.set_content(f"<body style='margin: 0; background: {GROUNDS[scheme]}'>{file.read_text()}</body>")
    return page


# The picture of the README has a file for each scheme, and the others have both in one file.
@pytest.mark.parametrize("scheme", GROUNDS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_picture_of_the_documents(chromium, file, scheme):
    if file.stem.endswith(tuple(GROUNDS)) and not file.stem.endswith(scheme):
        pytest.skip("drawn for the other scheme")
    page = opened(chromium, file, scheme)
    assert faults(page.locator("svg")) == []
    page.close()


def test_each_picture_of_the_documents_has_a_form_for_phones():
    names = {file.name for file in FILES}
    wide = [file.stem for file in FILES if "-narrow" not in file.stem]
    narrow = {re.sub("(-light|-dark|)$", r"-narrow\1", stem, count=1) + ".svg" for stem in wide}
    assert len(wide) >= 4 and names - narrow == {f"{stem}.svg" for stem in wide}


@pytest.mark.parametrize("scheme", GROUNDS)
@pytest.mark.parametrize("name", ["plot_picture", "narrow_plot_picture", "timeline_file", "narrow_timeline_file"])
def test_each_picture_in_a_file(request, chromium, name, scheme):
    page = opened(chromium, request.getfixturevalue(name), scheme)
    assert faults(page.locator("svg")) == []
    page.screenshot(path=FOLDER / f"{name}-{scheme}.png")
    page.close()


def test_no_narrow_picture_is_wider_than_a_phone(chromium, narrow_plot_picture, narrow_timeline_file):
    for file in [narrow_plot_picture, narrow_timeline_file, *DOCUMENTS.glob("*-narrow*.svg")]:
        page = opened(chromium, file, "light")
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
        page.close()


def minutes_of(page):
    """The minutes of the bands of paid idle time, as drawn and as their elements say, and the minutes in the words."""
    drawn, said = page.evaluate(
        """() => {
            const axis = Math.max(...[...document.querySelectorAll(".plot-line")].map(it => it.getBBox().width));
            const bands = [...document.querySelectorAll("rect[data-idle-minutes]")];
            return [
                bands.reduce((sum, it) => sum + it.getBBox().width, 0) / axis,
                bands.reduce((sum, it) => sum + Number(it.dataset.idleMinutes), 0),
            ];
        }"""
    )
    words = page.locator("svg").text_content()
    return drawn, said, int(re.search(r"Paid idle: (?:at least )?(\d+) min of", words)[1])


@pytest.mark.parametrize("name, days", [
    ("past-2-days.svg", 2), ("past-2-days-narrow.svg", 2), ("past-30-days.svg", 30), ("past-30-days-narrow.svg", 30),
    ("plot.svg", 1),
])
def test_the_idle_bands_of_a_file_have_the_minutes_of_its_words(request, chromium, name, days):
    file = request.getfixturevalue("plot_picture") if name == "plot.svg" else DOCUMENTS / name
    page = opened(chromium, file, "light")
    drawn, said, words = minutes_of(page)
    page.close()
    assert abs(said - words) <= 1
    # A file has each end of a band in thousandths of a pixel.
    assert abs(drawn * days * 1440 - words) <= 0.005 * words + 1, (drawn * days * 1440, words)


@pytest.mark.parametrize("name", ["one-upload-light.svg", "one-upload-narrow-light.svg"])
def test_the_idle_bars_of_the_readme_have_the_minutes_of_its_table(chromium, name):
    row = re.search(r"^\| idle minutes paid after the job \|(.*)\|$", (ROOT / "README.md").read_text(), re.M)
    told = [float(cell) for cell in row[1].split("|")]
    page = opened(chromium, DOCUMENTS / name, "light")
    bars = page.locator("rect", has=page.locator("title", has_text="idle, paid"))
    widths = bars.evaluate_all("all => all.map(it => it.getBBox().width)")
    [pixels] = page.evaluate(
        "() => { const at = [...document.querySelectorAll('line')].map(it => it.x1.baseVal.value);"
        " return [(Math.max(...at) - Math.min(...at)) / 30]; }"
    )
    page.close()
    assert len(told) == 4
    assert [round(width / pixels, 1) for width in widths] == [pytest.approx(minutes, abs=0.1) for minutes in told]


GOOD = "".join(
    f"<text x='10' y='{20 * row}' font-size='12'>row {row}</text>"
    f"<rect x='100' y='{20 * row - 10}' width='80' height='10' fill='#0072b2'/>"
    for row in range(1, 6)
)


@pytest.mark.parametrize("planted, expected", [
    ("", []),
    ("<text x='20' y='25' font-size='12'>again</text>", ["row 1: meets again"]),
    ("<text x='190' y='60' font-size='12'>wide</text>", ["wide: is cut"]),
    ("<text x='50' y='20' font-size='12' fill='#999'>pale</text>", ["pale: has a contrast of 2.8"]),
    ("<polyline points='0,15 90,15' fill='none' stroke='#3c8cbe' stroke-width='2'/>", ["row 1: lies over a shape"]),
    ("<polyline points='0,15 90,15' fill='none' stroke='#000' stroke-width='2' stroke-opacity='.15'/>", []),
    ("<rect x='100' y='30' width='80' height='10' fill='#aaa'/>", ["rect of 170,170,170: has a contrast of 2.3"]),
])
def test_each_fault_is_found(chromium, planted, expected):
    page = chromium.new_page()
    svg = f"<svg width='200' height='120' font-family='sans-serif'>{GOOD}{planted}</svg>"
    page.set_content(f"<body style='margin: 0; background: #fff'>{svg}</body>")
    found = faults(page.locator("svg"))
    page.close()
    assert found == expected
