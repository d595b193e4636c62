"""What the page looks like, measured: nothing cut off, no holes, fingers and eyes find everything."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1280, "height": 800}}
BOTH = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])

EDGES = """grid => {
  const right = Math.round(grid.getBoundingClientRect().right);
  const rows = new Map();
  for (const one of grid.querySelectorAll('.picture')) {
    const { top, right } = one.getBoundingClientRect();
    rows.set(Math.round(top), Math.round(right));
  }
  return [...rows.values()].map(edge => right - edge);
}"""

TOO_SMALL = """() => [...document.querySelectorAll('button, a[href], input, textarea, select')]
  .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.matches('.skip'))
  .map(one => [one.getAttribute('aria-label') || one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""

FAINT = """() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const over = (top, below) => below.map((one, at) => one * (1 - (top[3] ?? 1)) + top[at] * (top[3] ?? 1));
  const ground = node => {
    if (!node) return [255, 255, 255];
    const own = parts(getComputedStyle(node).backgroundColor);
    return own[3] === undefined ? own : over(own, ground(node.parentElement));
  };
  const light = colour => colour
    .map(one => one / 255)
    .map(one => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const words = texts.currentNode.textContent.trim();
    const node = texts.currentNode.parentElement;
    if (!words || !node.checkVisibility({ visibilityProperty: true }) || node.closest('.away, .skip')) continue;
    const below = ground(node);
    const [a, b] = [light(over(parts(getComputedStyle(node).color), below)), light(below)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) found.push(`${words.slice(0, 40)}: ${contrast.toFixed(2)}`);
  }
  return found;
}"""


@BOTH
def test_pictures_fill_their_rows_whatever_their_number(screens, size):
    screen = screens(**size).open()

    for count in range(1, 11):
        job = screen.result(f"/imagine a fox --n {count}")
        grid = screen.page.locator(f'[data-job="{job}"] .pictures')
        assert grid.locator(".picture").count() == count
        assert [gap for gap in grid.evaluate(EDGES) if gap > 1] == [], count


@BOTH
def test_the_two_buttons_of_a_picture_stand_beneath_each_other(screens, size):
    screen = screens(**size).open()
    screen.result()

    def left(says):
        return screen.page.get_by_role("button", name=says, exact=True).bounding_box()["x"]

    for number in (1, 2, 3, 4):
        upscale, vary = (
            left(f"Upscale picture {number}"),
            left(f"Make variations of picture {number}"),
        )
        assert upscale == pytest.approx(vary, abs=1)


def test_on_a_phone_everything_has_room_for_a_finger(screens):
    screen = screens(**PHONE).open()
    screen.result()
    screen.result("/imagine " + "a very long story of a fox, " * 40)
    screen.say("/help")
    screen.seen("What you can type")

    assert screen.page.evaluate(TOO_SMALL) == []
    assert screen.page.evaluate("document.documentElement.scrollWidth") == 390
    assert screen.page.get_by_role("button", name="Show all").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@BOTH
def test_every_word_can_be_read(screens, size, scheme):
    screen = screens(**size, color_scheme=scheme).open()
    assert screen.page.evaluate(FAINT) == []

    screen.result()
    screen.say("/quota")
    screen.seen("Your quota")
    screen.say("/nonsense")
    screen.seen("There is no command")

    assert screen.page.evaluate(FAINT) == []


def test_an_answer_taller_than_the_window_is_read_from_its_pictures(screens):
    screen = screens(viewport={"width": 1280, "height": 620}).open()
    screen.result("/imagine a cat --n 2")
    job = screen.result()

    answer = screen.page.locator(f'.thread [data-job="{job}"]')
    window = screen.page.locator("#scroll").bounding_box()
    expect(answer.locator(".picture").first).to_be_in_viewport(ratio=1)
    assert answer.bounding_box()["height"] > window["height"]
    assert 0 <= answer.bounding_box()["y"] - window["y"] <= 20

    # What others say meanwhile pushes nothing away; one's own next word does.
    screen.do(screen.stage.post(job - 1, final=False))
    assert 0 <= answer.bounding_box()["y"] - window["y"] <= 20
    screen.say("/quota")
    expect(screen.page.get_by_text("Your quota", exact=True)).to_be_in_viewport()


def test_nothing_moves_when_the_first_look_at_a_picture_comes(screen):
    job = screen.ask("/imagine a fox")
    screen.do(screen.stage.admit(job))
    screen.do(screen.stage.start(job))
    screen.do(screen.stage.progress(job, 0.1, preview=False))
    expect(screen.page.locator(".percent")).to_have_text("10 %")
    card = screen.page.locator(f'[data-job="{job}"] .card')
    before = card.bounding_box()["height"]

    screen.do(screen.stage.progress(job, 0.5))
    screen.page.locator(".preview").wait_for()

    assert card.bounding_box()["height"] == before


def test_a_menu_s_links_look_like_its_buttons(screen):
    screen.result()
    screen.page.locator(".picture").nth(1).hover()
    screen.page.get_by_role("button", name="More for picture 2").click()

    look = "one => [getComputedStyle(one).color, getComputedStyle(one).textDecorationLine]"
    save = screen.page.get_by_role("menuitem", name="Save picture 2")
    assert save.evaluate(look) == screen.page.get_by_role(
        "menuitem", name="Edit picture 2"
    ).evaluate(look)


@BOTH
def test_what_a_command_is_for_is_never_cut_for_what_it_takes(screens, size):
    screen = screens(**size).open()
    screen.box.fill("/im")
    line = screen.page.get_by_role("option").first
    line.wait_for()

    cut = "one => one.scrollWidth > one.clientWidth"
    assert not line.locator(".option-note").evaluate(cut)
    edge = "one => one.getBoundingClientRect().right"
    assert line.locator(".option-detail").evaluate(edge) <= line.evaluate(edge)


def test_a_large_picture_says_its_place_once(screen):
    screen.result()
    screen.page.locator(".picture-open").nth(1).click()

    light = screen.page.locator("#lightbox[open]")
    assert light.locator(".light-alt").inner_text() == "a fox"
    assert light.locator(".light-facts").inner_text().startswith("Picture 2 of 4 · ")


def test_long_words_are_folded_and_can_be_read_in_full(screen):
    words = ", ".join(f"fox number {number}" for number in range(1, 90))
    screen.result(f"/imagine {words}")
    quote = screen.page.locator(".quote").first
    folded = quote.bounding_box()["height"]

    screen.page.get_by_role("button", name="Show all").focus()
    screen.page.keyboard.press("Enter")

    less = screen.page.get_by_role("button", name="Show less")
    assert less.get_attribute("aria-expanded") == "true"
    assert quote.evaluate("one => one.scrollHeight <= one.clientHeight + 2")
    assert quote.bounding_box()["height"] > folded
    less.click()
    assert quote.bounding_box()["height"] == folded
    screen.open()
    assert screen.page.get_by_role("button", name="Show all").count() == 1


def test_wherever_the_keyboard_goes_it_can_be_seen(screen):
    screen.result()
    page = screen.page
    page.locator("body").evaluate("() => document.activeElement.blur()")

    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        name, ring = page.evaluate(
            """() => {
              const one = document.activeElement;
              const style = getComputedStyle(one.closest('.composer') && one.matches('textarea') ? one.closest('.composer') : one);
              const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
              return [one.outerHTML.slice(0, 120), ring || one.matches('body, textarea')];
            }"""
        )
        seen.add(name)
        assert ring, name
    assert len(seen) > 20


def test_every_template_can_be_found_by_looking_through_the_list(screen):
    screen.box.fill("/imagine template:")
    there = len(
        screen.page.locator("#app").evaluate("app => JSON.parse(app.dataset.completions).templates")
    )

    expect(screen.page.get_by_role("option")).to_have_count(there)
    assert there > 8
    screen.box.press("ArrowUp")
    expect(screen.page.get_by_role("option").last).to_be_in_viewport()
