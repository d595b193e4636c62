"""The system's Chromium before a served stage."""

import re
import shutil
from pathlib import Path

import pytest

from tests.browser.stage.serving import served
from tests.browser.stage.stage import Stage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
PATIENCE_MS = 10_000


@pytest.fixture(scope="module")
def chromium():
    """A browser for one file of tests. Playwright's loop counts as running while it is open, so it must not outlive them."""
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no chromium on this machine; apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Screen:
    """A page of the playground and what is done on it."""

    def __init__(self, page, there):
        self.page = page
        self.there = there
        self.stage = there.stage
        self.faults = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message):
        # A refusal's status is logged by the browser itself and is no fault of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def open(self, path="/"):
        self.page.goto(self.there.url + path)
        self.ready()
        return self

    def ready(self):
        self.page.wait_for_selector("#timeline[data-live]", state="attached")

    @property
    def box(self):
        return self.page.locator(".dock textarea")

    def say(self, text):
        self.box.fill(text)
        self.box.press("Escape")
        self.box.press("Enter")

    def ask(self, text):
        """Says a command and waits until its job is there; gives the job."""
        before = self.stage.newest() or 0
        self.say(text)
        self.page.wait_for_selector("[data-waiting] >> text=Got it", state="attached")
        assert self.stage.newest() == before + 1
        return self.stage.newest()

    def result(self, text="/imagine a fox --n 4"):
        """Says a command and plays its job to the end."""
        job = self.ask(text)
        self.do(self.stage.whole_life(job))
        self.page.wait_for_selector(f'[data-job="{job}"] .picture')
        return job

    def do(self, coroutine):
        return self.there.do(coroutine)

    def seen(self, text):
        self.page.get_by_text(re.compile(text)).first.wait_for()


@pytest.fixture
def there():
    with served(Stage(side_px=256)) as there:
        yield there


@pytest.fixture
def screens(chromium, there):
    """`screens(color_scheme="dark")` is a new visitor's screen; all must end without a fault on the page."""
    opened = []

    def begin(**options):
        options.setdefault("viewport", {"width": 1280, "height": 860})
        options.setdefault("reduced_motion", "reduce")
        context = chromium.new_context(**options)
        screen = Screen(context.new_page(), there)
        opened.append((context, screen))
        return screen

    yield begin
    for context, _ in opened:
        context.close()
    assert [fault for _, screen in opened for fault in screen.faults] == []


@pytest.fixture
def screen(screens):
    return screens().open()
