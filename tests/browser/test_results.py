"""What one can do with four pictures."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def presses(screen):
    return [seen.action.pack() for seen in screen.stage.answer.seen if seen.action]


@pytest.mark.parametrize(
    ("says", "action"),
    [(f"Upscale picture {n}", f"i1:upscale:{100 + n}") for n in (1, 2, 3, 4)]
    + [(f"Make variations of picture {n}", f"i1:vary:{100 + n}") for n in (1, 4)]
    + [("The same again with new seeds", "i1:reroll:1")],
)
def test_a_button_posts_its_action_from_its_thread(screen, says, action):
    screen.result()

    screen.page.get_by_role("button", name=says, exact=True).click()
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")

    assert presses(screen) == [action]
    assert screen.stage.answer.seen[-1].place.thread == "1"


def test_a_double_click_makes_one_job(screen):
    screen.result()

    screen.page.get_by_role("button", name="The same again with new seeds").dblclick()
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")
    screen.page.get_by_role("button", name="Upscale picture 1").press("Enter")
    expect(screen.page.locator("[data-waiting]")).to_have_count(2)

    assert presses(screen) == ["i1:reroll:1", "i1:upscale:101"]


def test_a_picture_opens_large_and_is_walked_by_keyboard(screen):
    screen.result()
    page = screen.page
    page.locator(".picture-open").nth(1).focus()
    page.keyboard.press("Enter")
    light = page.locator("#lightbox[open]")
    light.wait_for()

    first = light.locator(".light-facts").inner_text()
    page.keyboard.press("ArrowRight")
    second = light.locator(".light-facts").inner_text()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    last = light.locator(".light-facts").inner_text()

    assert first == "Picture 2 of 4 · #102 · 256 × 256 · seed 49"
    assert second == "Picture 3 of 4 · #103 · 256 × 256 · seed 50"
    assert last == "Picture 4 of 4 · #104 · 256 × 256 · seed 51"
    assert light.locator("figure img").get_attribute("alt") == "Picture 4: a fox"
    assert (
        light.locator("[data-save]").get_attribute("href").endswith("?download=impasto-104-a-fox")
    )
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || !!document.activeElement.closest('#lightbox')"
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    # The dialog gives the focus back to where it was opened; the page moves it on once it is closed.
    expect(page.locator('.picture-open[data-number="4"]')).to_be_focused()


def test_a_large_picture_can_be_upscaled_from_there(screen):
    screen.result()
    screen.page.locator(".picture-open").nth(2).click()

    screen.page.locator("#lightbox").get_by_role("button", name="Upscale picture 3").click()
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")

    assert presses(screen) == ["i1:upscale:103"]
    assert screen.stage.answer.seen[-1].place.thread == "1"


def test_each_picture_has_its_menu(screen):
    screen.result()
    page = screen.page
    page.locator(".picture").nth(1).hover()
    page.get_by_role("button", name="More for picture 2").click()

    items = page.get_by_role("menuitem").all_inner_texts()
    assert items[:3] == ["Details 2", "Save 2", "Edit 2"]
    assert items[3:] == ["Remove background 2", "Outpaint 2", "Report 2", "Delete 2"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    screen.seen("Asked by")
    assert presses(screen) == ["i1:details:102"]


def test_a_menu_is_left_with_escape(screen):
    screen.result()
    page = screen.page
    opener = page.get_by_role("button", name="More for picture 2")
    opener.focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Details of picture 2").wait_for()

    page.keyboard.press("Escape")

    assert page.get_by_role("menuitem").count() == 0
    assert opener.evaluate("one => one === document.activeElement")


def delete_second(screen):
    screen.page.locator(".picture").nth(1).hover()
    screen.page.get_by_role("button", name="More for picture 2").click()
    screen.page.get_by_role("menuitem", name="Delete picture 2").click()
    screen.page.locator("#question[open]").wait_for()


def test_delete_asks_first_and_no_means_no(screen):
    screen.result()
    delete_second(screen)

    screen.page.get_by_role("button", name="Keep it").click()

    assert presses(screen) == []
    assert 102 in screen.stage.gallery.stored


def test_a_deleted_picture_disappears_for_everybody(screens):
    ana, ben = screens().open(), screens().open()
    ana.result()
    ben.page.locator(".picture").nth(3).wait_for()
    delete_second(ana)

    ana.page.locator("#question [data-yes]").click()

    ana.seen("is gone for everybody")
    expect(ben.page.locator(".picture")).to_have_count(3)


def open_edit(screen):
    screen.result()
    screen.page.get_by_role("button", name=re.compile("Change the words")).click()
    screen.page.locator("#sheet[open] canvas").wait_for()
    return screen.page.locator("#sheet")


def test_a_region_is_painted_and_sent_in_the_pictures_own_pixels(screen):
    sheet = open_edit(screen)
    box = sheet.locator("canvas").bounding_box()
    mouse = screen.page.mouse
    mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25, steps=5)
    mouse.up()
    sheet.get_by_label("Prompt").fill("a hare")
    sheet.get_by_role("button", name="Imagine").click()
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")

    sent = screen.stage.answer.seen[-1]
    mask = Image.open(io.BytesIO(screen.stage.blobs.data[sent.mask])).convert("L")
    assert sent.action.pack() == "i1:edit:101"
    assert sent.inputs["prompt"] == "a hare"
    assert mask.size == (256, 256)
    assert [mask.getpixel(at) for at in ((128, 64), (70, 64), (128, 200), (4, 4))] == [
        255,
        255,
        0,
        0,
    ]
    assert not screen.page.locator("#sheet[open]").count()


def test_what_was_erased_is_not_sent(screen):
    sheet = open_edit(screen)
    box = sheet.locator("canvas").bounding_box()
    mouse = screen.page.mouse
    mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sheet.get_by_role("button", name="Erase").click()
    mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sheet.get_by_role("button", name="Imagine").click()
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")

    assert screen.stage.answer.seen[-1].mask is None


def test_a_region_can_be_painted_with_the_keyboard(screen):
    sheet = open_edit(screen)
    sheet.locator("canvas").focus()
    screen.page.keyboard.press("Space")
    sheet.get_by_role("button", name="Imagine").click()
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")

    mask = Image.open(io.BytesIO(screen.stage.uploads.masks[0])).convert("L")
    assert (mask.getpixel((128, 128)), mask.getpixel((2, 2))) == (255, 0)


def test_an_empty_required_field_is_named_and_nothing_is_sent(screen):
    sheet = open_edit(screen)
    sent = len(screen.stage.answer.seen)
    sheet.get_by_label("Prompt").fill("  ")
    sheet.get_by_role("button", name="Imagine").click()

    assert sheet.get_by_role("alert").inner_text() == "“Prompt” is still empty."
    assert len(screen.stage.answer.seen) == sent


def test_a_form_that_was_not_taken_keeps_what_was_typed(screen):
    sheet = open_edit(screen)
    sheet.get_by_label("Prompt").fill("x" * 3000)
    screen.page.route(
        "**/api/press",
        lambda route: route.fulfill(
            status=400, content_type="application/json", body='{"error": "Not like this."}'
        ),
    )
    sheet.get_by_role("button", name="Imagine").click()

    sheet.get_by_text("Not like this.").wait_for()
    assert sheet.get_by_label("Prompt").input_value() == "x" * 3000


def test_an_answer_far_up_is_followed_by_who_waits_for_it(screen):
    screen.result()
    for number in range(30):
        screen.say(f"line {number}")
    screen.page.locator(".text", has_text="line 29").wait_for()
    button = screen.page.get_by_role("button", name="Upscale picture 1")
    button.scroll_into_view_if_needed()
    button.click()
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")

    screen.do(screen.stage.whole_life(screen.stage.newest()))

    answer = screen.page.locator(".thread .item", has_text="1 image").last
    answer.wait_for()
    expect(screen.page.locator(".thread .item").last).to_be_in_viewport()


def test_a_link_that_is_over_is_replaced(screen):
    screen.result()
    old = screen.page.locator(".picture-open").first.get_attribute("href")
    screen.page.evaluate(
        """() => {
            const link = document.querySelector(".picture-open");
            link.href = "/i/over";
            link.firstElementChild.src = "/i/over";
        }"""
    )

    expect(screen.page.locator(".picture-open").first).to_have_attribute("href", old)


def open_report(screen):
    screen.result()
    screen.page.locator(".picture").nth(0).hover()
    screen.page.get_by_role("button", name="More for picture 1").click()
    screen.page.get_by_role("menuitem", name="Report picture 1").click()
    sheet = screen.page.locator("#sheet[open]")
    sheet.wait_for()
    return sheet


def test_a_report_without_a_reason_is_asked_for_one(screen):
    sheet = open_report(screen)
    sent = len(screen.stage.answer.seen)
    assert sheet.get_by_label("What is wrong with it?").input_value() == ""
    sheet.get_by_role("button", name="Report").click()

    asked = "Please choose an answer to “What is wrong with it?”"
    assert sheet.get_by_role("alert").inner_text() == asked
    assert len(screen.stage.answer.seen) == sent


def test_a_report_hides_the_picture(screen):
    sheet = open_report(screen)
    sheet.get_by_label("What is wrong with it?").select_option("Violent")
    sheet.get_by_role("button", name="Report").click()

    screen.seen("Thank you, it is reported")
    expect(screen.page.locator(".picture")).to_have_count(3)


def test_save_downloads_the_full_picture_under_a_name_that_says_what_it_is(screen):
    screen.result("/imagine a fox, at dusk --n 4")
    page = screen.page
    full = page.locator(".picture-open").nth(1).get_attribute("href")
    page.locator(".picture").nth(1).hover()
    page.get_by_role("button", name="More for picture 2").click()

    with page.expect_download() as saving:
        page.get_by_role("menuitem", name="Save picture 2").click()

    saved = saving.value
    assert saved.suggested_filename == "impasto-102-a-fox-at-dusk.png"
    assert saved.path().read_bytes() == page.request.get(screen.there.url + full).body()
    assert presses(screen) == []
    expect(page.locator(".menu-list:not([hidden])")).to_have_count(0)


@pytest.mark.parametrize("size", [{"width": 1280, "height": 860}, {"width": 390, "height": 844}])
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_result_in_an_older_thread_comes_into_view_where_it_was_asked_for(screens, size, motion):
    screen = screens(viewport=size, reduced_motion=motion).open()
    older = screen.result("/imagine a fox --n 4")
    screen.result("/imagine a hen --n 4")
    page = screen.page
    edit = page.locator(f'[data-job="{older}"]').get_by_role("button", name="Change the words")
    edit.scroll_into_view_if_needed()
    edit.click()
    page.locator("#sheet [name=prompt]").fill("a blue fox")
    page.locator("#sheet [type=submit]").click()
    page.wait_for_selector(".thread [data-waiting] >> text=Got it")
    job = screen.stage.newest()

    screen.do(screen.stage.whole_life(job))
    page.wait_for_selector(f'[data-job="{job}"] .picture')
    at_rest(page)

    shown = page.locator(f'[data-job="{job}"] .picture-open').first.bounding_box()
    box = page.locator("#scroll").bounding_box()
    assert shown["y"] >= box["y"]
    assert shown["y"] + min(shown["height"], 200) <= box["y"] + box["height"]


def at_rest(page):
    """Waits until nothing scrolls any more."""
    for _ in range(50):
        before = page.evaluate("document.querySelector('#scroll').scrollTop")
        page.wait_for_timeout(150)
        if page.evaluate("document.querySelector('#scroll').scrollTop") == before:
            return
