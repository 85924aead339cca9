"""The page of `scalerctl aws` in a browser: an upload, the wake, and zero, at two widths, light and dark."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from pictures import faults
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
SCALERCTL = Path(os.environ.get("SCALERCTL", ROOT / "target" / "debug" / "scalerctl"))
FOLDER = ROOT / "target" / "page"
# The second is a phone's.
WIDTHS = {"desktop": 1280, "phone": 360}
ROUTES = [{"endpoint": "my-endpoint", "bucket": "my-inputs", "idle_minutes": 1, "job_minutes": 1}]
# A bound for what takes simulated minutes, in milliseconds. Nothing is measured.
BOUND = 180_000


class Served:
    """`scalerctl aws`, a minute in a second."""

    def __init__(self, port=0, more=()):
        self.process = subprocess.Popen(
            [SCALERCTL, "aws", "--port", str(port), "--speed", "60", "--provisioning", "5m", "-o", "json",
             "--routes", json.dumps(ROUTES), *more],
            stdout=subprocess.PIPE, text=True,
        )
        self.page = json.loads(self.process.stdout.readline())["page"]
        self.port = int(self.page.split(":")[2].strip("/"))
        # An unread pipe would block the server.
        self.reader = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.reader.wait()


@pytest.fixture
def served():
    FOLDER.mkdir(parents=True, exist_ok=True)
    served = Served()
    yield served
    served.end()


@pytest.fixture
def served_with_a_past():
    """The backlog alarm of the template is a part of a past.

    A fixture, because `tab` closes its pages before the server ends: a page that is still open reports an error.
    """
    served = Served(more=["--history", "1h"])
    yield served
    served.end()


@pytest.fixture
def tab(chromium):
    """Opens tabs, and checks at the end that none had an error or asked another machine."""
    opened, said, asked, expected = [], [], [], []

    def tab(address, width="desktop", scheme="light"):
        page = chromium.new_page(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme)
        page.set_default_timeout(BOUND)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        expect(page.locator("#connection")).to_contain_text("Connected.", timeout=BOUND)
        page.locator(".picture svg").wait_for()
        opened.append(page)
        return page

    tab.expected, tab.aborted = expected, 0
    yield tab
    for page in opened:
        page.close()
    # The browser reports each call that a test did not let it make.
    assert sum("net::ERR_FAILED" in text for text in said) <= tab.aborted
    expected.append("net::ERR_FAILED")
    assert [text for text in said if not any(part in text for part in expected)] == []
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))] == []


def has(page, name, value):
    """Waits until a fact of the endpoint has this value."""
    fact = page.locator(".facts > div", has=page.locator("dt", has_text=name))
    expect(fact.locator("dd")).to_contain_text(value, timeout=BOUND)


def decided(page, text):
    expect(page.locator("#decisions li", has_text=text).first).to_be_visible(timeout=BOUND)


def press_by_keyboard(page, name):
    """Moves to a button with the Tab key, and presses it. Returns its outline."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "({ tag: document.activeElement.tagName, text: document.activeElement.textContent,"
            " outline: getComputedStyle(document.activeElement).outlineStyle })"
        )
        if focused["tag"] == "BUTTON" and focused["text"] == name:
            page.keyboard.press("Enter")
            return focused["outline"]
    raise AssertionError(f"the Tab key does not reach {name}")


def faults_of_a_picture(page, tab):
    """What is wrong with the picture of the first endpoint."""
    timeline = "**/_page/timeline.svg*"

    # It must not be drawn again between the steps.
    def abort(route):
        tab.aborted += 1
        route.abort()

    page.route(timeline, abort)
    found = faults(page.locator(".picture svg"))
    page.unroute(timeline)
    return found


def hard_to_read(page):
    """Texts whose contrast with their ground is below 4.5 (WCAG 2.2)."""
    return page.evaluate(
        """() => {
            const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = colour => {
                const [r, g, b] = colour.slice(0, 3).map(value => value / 255)
                    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = element => {
                for (let it = element; it; it = it.parentElement) {
                    const colour = numbers(getComputedStyle(it).backgroundColor);
                    if (colour.length < 4 || colour[3] === 1) return colour;
                }
                return [255, 255, 255];
            };
            const texts = [...document.querySelectorAll("body *")].filter(element =>
                element.checkVisibility() && !["OPTION", "SCRIPT", "STYLE"].includes(element.tagName)
                && ([...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || element.value));
            return texts.flatMap(element => {
                const style = getComputedStyle(element);
                const ink = numbers(element.closest("svg") ? style.fill : style.color);
                const opacity = Number(style.opacity);
                const under = ground(element);
                const seen = ink.slice(0, 3).map((value, index) => value * opacity + under[index] * (1 - opacity));
                const [one, two] = [light(seen), light(under)];
                const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
                return contrast < 4.5 ? [`${element.tagName} ${element.textContent}: ${contrast.toFixed(1)}`] : [];
            });
        }"""
    )


def test_an_upload_by_keyboard_wakes_the_endpoint_and_later_it_is_at_zero(served, tab):
    first = tab(served.page)
    tabs = {
        (width, scheme): first if (width, scheme) == ("desktop", "light") else tab(served.page, width, scheme)
        for width in WIDTHS for scheme in ("light", "dark")
    }
    has(first, "Instances", "0 in service")
    assert press_by_keyboard(first, "Upload") != "none"
    expect(first.locator("#message")).to_contain_text("Uploaded s3://my-inputs/input-1.", timeout=BOUND)
    decided(first, "wake (work_arrived), 0 to 1 instances")
    expect(first.locator("#calls li", has_text="PutObject my-inputs/input-1").first).to_be_visible(timeout=BOUND)
    has(first, "Lease", "until")
    has(first, "Floor", "1 until")
    for (width, scheme), page in tabs.items():
        has(page, "Instances", "1 in service")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (width, scheme)
        assert hard_to_read(page) == [], (width, scheme)
        # A picture that grows is drawn again every two seconds.
        page.screenshot(path=FOLDER / f"awake-{width}-{scheme}.png", full_page=True)
        assert faults_of_a_picture(page, tab) == [], (width, scheme)
    decided(first, "sleep (idle), 1 to 0 instances")
    for (width, scheme), page in tabs.items():
        has(page, "Instances", "0 in service")
        has(page, "Lease", "none")
        page.screenshot(path=FOLDER / f"zero-{width}-{scheme}.png", full_page=True)
        words = page.locator(".picture svg").text_content()
        for part in ("arrivals", "backlog", "lease: kept awake", "desired instances", "in service", "UTC"):
            assert part in words, part
        # In one step: the picture is replaced while the page runs, and a picture that was replaced has no width.
        share = page.evaluate(
            """() => {
                const shown = document.querySelector(".picture svg");
                return shown.getBoundingClientRect().width / shown.viewBox.baseVal.width;
            }"""
        )
        assert share >= 0.9, (width, scheme, share)


def test_an_alarm_has_its_state_its_rule_and_its_last_datapoints(served_with_a_past, tab):
    page = tab(served_with_a_past.page)
    # An endpoint that is awake at the end of the past has no work that waits without an instance.
    has(page, "Lease", "none")
    has(page, "Instances", "0 in service")
    alarm = page.locator(".alarms li", has_text="my-endpoint-has-backlog")
    expect(alarm.locator("strong")).to_have_text("OK", timeout=BOUND)
    press_by_keyboard(page, "Upload")
    expect(alarm.locator("strong")).to_have_text("ALARM", timeout=BOUND)
    expect(alarm.locator("small")).to_contain_text("last datapoints: 1", timeout=BOUND)


def test_the_timeline_grows(served, tab):
    page = tab(served.page)
    last = "[...document.querySelectorAll('.picture polyline')].map(it => it.getAttribute('points')).join()"
    before = page.evaluate(last)
    page.wait_for_function(f"before => {last} !== before", arg=before)


def test_a_request_with_a_body_the_speed_and_a_fault(served, tab):
    page = tab(served.page)
    page.get_by_label("Speed").fill("30")
    press_by_keyboard(page, "Set speed")
    expect(page.locator("#connection")).to_contain_text("30 times as fast", timeout=BOUND)
    fault = page.get_by_label("no-capacity")
    fault.focus()
    page.keyboard.press("Space")
    expect(page.locator("#message")).to_have_text("The fault no-capacity is there.", timeout=BOUND)
    expect(fault).to_be_checked(timeout=BOUND)
    decided(page, "The fault no-capacity is there.")
    press_by_keyboard(page, "Invoke")
    expect(page.locator("#message")).to_contain_text("my-endpoint accepted the request", timeout=BOUND)
    has(page, "Queue", "1 waiting")
    # Another tab shows the same.
    other = tab(served.page, "phone", "dark")
    expect(other.get_by_label("no-capacity")).to_be_checked(timeout=BOUND)
    has(other, "Queue", "1 waiting")
    fault.uncheck()
    expect(page.locator("#message")).to_have_text("The fault no-capacity is over.", timeout=BOUND)
    expect(other.get_by_label("no-capacity")).not_to_be_checked(timeout=BOUND)


def test_only_calls_that_change_something_are_shown_if_that_is_wanted(served, tab):
    page = tab(served.page)
    reads = page.locator("#calls li", has_text="DescribeScalableTargets")
    expect(reads.first).to_be_visible(timeout=BOUND)
    page.get_by_label("Only calls that change something").check()
    expect(reads.first).to_be_hidden()


def test_what_is_read_aloud_is_a_status_and_no_stream(served, tab):
    page = tab(served.page)
    live = page.evaluate(
        "[...document.querySelectorAll('[aria-live], [role=status], [role=log], [role=alert], output')]"
        ".map(it => it.id)"
    )
    assert sorted(live) == ["connection", "message"]
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input, select, textarea')].filter(it => !it.labels.length).map(it => it.id)"
    )
    assert unnamed == []


def test_the_page_connects_again_when_the_server_is_back(served, tab):
    page = tab(served.page)
    # The browser itself reports connections that were refused.
    tab.expected.append("net::ERR_")
    served.end()
    expect(page.locator("#connection")).to_contain_text("Not connected.", timeout=BOUND)
    page.screenshot(path=FOLDER / "not-connected.png")
    again = Served(served.port)
    try:
        expect(page.locator("#connection")).to_contain_text("Connected.", timeout=BOUND)
        page.get_by_role("button", name="Upload").click()
        decided(page, "wake (work_arrived)")
    finally:
        again.end()
