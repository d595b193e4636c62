"""Who one is, where one is, on which screen, and whether everybody can use it."""

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

CHECK = """() => {
  const visible = (one) => one.checkVisibility({ checkVisibilityCSS: true }) && !one.closest("[hidden]");
  const name = (one) => (one.getAttribute("aria-label")
    || (one.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" ").trim()
    || [...(one.labels || [])].map((label) => label.textContent).join(" ").trim()
    || one.textContent.trim() || one.getAttribute("alt") || one.title || "").trim();
  const problems = [];
  for (const one of document.querySelectorAll("button, a[href], input, textarea, select, dialog[open], canvas[tabindex]"))
    if (visible(one) && !name(one)) problems.push(`no name: ${one.outerHTML.slice(0, 120)}`);
  for (const one of document.querySelectorAll("img"))
    if (!one.hasAttribute("alt")) problems.push(`no alt: ${one.outerHTML.slice(0, 120)}`);
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of ids.filter((id, at) => ids.indexOf(id) !== at)) problems.push(`id twice: ${id}`);
  for (const one of document.querySelectorAll("[aria-controls], [aria-labelledby], [aria-describedby]"))
    for (const kind of ["aria-controls", "aria-labelledby", "aria-describedby"])
      for (const id of (one.getAttribute(kind) || "").split(" ").filter(Boolean))
        if (visible(one) && !document.getElementById(id)) problems.push(`${kind} to nowhere: ${id}`);
  for (const tag of ["main", "nav", "h1"])
    if (document.querySelectorAll(tag).length !== 1) problems.push(`not one ${tag}`);
  for (const one of document.querySelectorAll("li"))
    if (!one.parentElement.matches("ul, ol")) problems.push("li outside a list");
  if (!document.documentElement.lang) problems.push("no language");
  const channel = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const [r, g, b, a] = channel(getComputedStyle(at).backgroundColor);
      if (a > 0.9) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const light = (parts) => {
    const [r, g, b] = parts.map((part) => part / 255).map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const one = node.parentElement;
    if (!node.textContent.trim() || !visible(one) || one.closest(".away, noscript, script, template, dialog:not([open])")) continue;
    const style = getComputedStyle(one);
    const [r, g, b, a] = channel(style.color);
    const under = ground(one);
    const mixed = [r, g, b].map((part, at) => part * a + under[at] * (1 - a));
    const [high, low] = [light(mixed), light(under)].sort((x, y) => y - x);
    const ratio = (high + 0.05) / (low + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5) && !one.closest(".number"))
      problems.push(`contrast ${ratio.toFixed(2)}: ${node.textContent.trim().slice(0, 40)}`);
  }
  return problems;
}"""

TOUCH = """() => [...document.querySelectorAll("button, a[href]")]
  .filter((one) => one.checkVisibility({ checkVisibilityCSS: true }) && !one.closest("dialog:not([open]), .side"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width && (box.height < 43.5 || box.width < 43.5) && !one.matches(".skip"))
  .map(([one]) => one.outerHTML.slice(0, 90))"""


def become(screen, user):
    screen.page.locator(f"[data-be={user}]").click()
    screen.page.wait_for_selector(f"#app[data-me={user}]")
    screen.ready()


def test_a_switch_of_person_is_instant_and_keeps_what_is_being_written(screen):
    screen.box.fill("half a thought")

    become(screen, "ben")
    assert screen.box.input_value() == "half a thought"
    screen.say("hello, Ben speaking")

    screen.page.locator(".text", has_text="Ben speaking").wait_for()
    assert screen.page.locator("#timeline .name").inner_text() == "Ben"
    assert screen.page.locator("[data-be=ben]").get_attribute("aria-pressed") == "true"


def test_another_tab_follows_the_switch(screen):
    other = screen.page.context.new_page()
    other.goto(screen.there.url)

    become(screen, "mo")

    other.wait_for_selector("#app[data-me=mo]")


def test_a_private_answer_is_not_taken_along_to_another_person(screen):
    screen.say("/help")
    screen.seen("Only you can see this")

    become(screen, "ben")

    assert screen.page.get_by_text("Only you can see this").count() == 0


def test_channels_are_apart_and_the_way_back_works(screen):
    screen.say("only in general")
    screen.page.locator(".text").wait_for()

    screen.page.get_by_role("link", name="design").click()
    screen.page.wait_for_selector("#app[data-channel=design]")
    assert screen.page.locator(".text").count() == 0
    assert screen.page.title() == "#design · Impasto"
    screen.page.go_back()
    screen.page.wait_for_selector("#app[data-channel=general]")

    screen.page.locator(".text", has_text="only in general").wait_for()


def test_a_page_nobody_looks_at_gives_its_connection_back_and_catches_up(screen):
    screen.page.evaluate("Object.defineProperty(document, 'visibilityState', { get: () => state })")
    turn = (
        "value => { window.state = value; document.dispatchEvent(new Event('visibilitychange')); }"
    )
    screen.page.evaluate(turn, "hidden")
    job = screen.ask("/imagine a fox")
    screen.do(screen.stage.whole_life(job))
    assert screen.page.locator(".picture").count() == 0

    screen.page.evaluate(turn, "visible")

    screen.page.locator(".picture").wait_for()


def test_a_switch_that_cannot_reach_the_house_is_said(screen):
    screen.page.route("**/api/be", lambda route: route.abort())

    screen.page.locator("[data-be=ben]").click()

    screen.seen("can't be reached right now")
    assert screen.page.locator("#app").get_attribute("data-me") == "ana"


def test_two_people_see_the_same_line_live(screens):
    ana, ben = screens().open(), screens().open()
    become(ben, "ben")
    job = ana.ask("/imagine a fox")
    ana.do(ana.stage.admit(job))

    ben.seen("Ana asked for")
    ana.do(ana.stage.start(job))
    ben.seen("Painting 1 image")


def test_news_is_told_to_screen_readers(screen):
    job = screen.ask("/imagine a fox")
    screen.do(screen.stage.whole_life(job))
    screen.page.locator(".picture").wait_for()

    assert screen.page.locator("#announce").get_attribute("aria-live") == "polite"
    assert "Impasto: 1 image" in screen.page.locator("#announce").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(screens, scheme):
    screen = screens(color_scheme=scheme).open()
    assert screen.page.evaluate(CHECK) == []

    screen.result()
    screen.say("a line of talk")
    screen.say("/help")
    screen.seen("Only you can see this")
    job = screen.ask("/imagine waiting")
    screen.do(screen.stage.admit(job))
    screen.seen("Next in line")
    assert screen.page.evaluate(CHECK) == []

    screen.page.get_by_role("button", name="Change the words or a part of the picture").click()
    screen.page.locator("#sheet[open]").wait_for()
    assert screen.page.evaluate(CHECK) == []


def test_the_way_to_the_box_is_one_tab_away(screens):
    screen = screens(**PHONE).open()
    screen.page.keyboard.press("Tab")

    focused = "document.activeElement.textContent"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert screen.page.evaluate(focused) == "Skip to the message box"
    assert screen.page.evaluate(outline) == "solid"
    screen.page.keyboard.press("Enter")
    assert screen.box.evaluate("box => box === document.activeElement")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_only_the_channel_scrolls_and_never_the_page(screens, options):
    screen = screens(**options).open()
    screen.result()
    screen.result()

    assert screen.page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


def test_a_phone_has_everything_within_a_thumbs_reach(screens):
    screen = screens(**PHONE).open()
    screen.result()

    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert screen.page.evaluate(overflow) == 0
    assert screen.page.evaluate(TOUCH) == []
    dock = screen.page.locator(".dock").bounding_box()
    assert dock["y"] + dock["height"] == 844
    assert screen.page.locator(".side").is_hidden()
    screen.page.get_by_role("button", name="Channels and people").tap()
    screen.page.locator("[data-be=chloe]").tap()
    screen.page.wait_for_selector("#app[data-me=chloe]")
    screen.page.locator(".picture-open").first.tap()
    box = screen.page.locator("#lightbox figure img").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
