"""From a typed word to four pictures."""

import pytest

from bot.ports import NewMessage
from tests.browser.stage import paint

pytestmark = pytest.mark.browser


def options(screen):
    return screen.page.locator(".dock [role=option] .option-label").all_inner_texts()


def test_a_command_is_completed_by_keyboard_alone(screen):
    box = screen.box

    box.press_sequentially("/im")
    assert options(screen) == ["/imagine"]
    box.press("Tab")
    box.press_sequentially("a fox --st")
    assert options(screen) == ["--style", "--steps", "--strength"]
    box.press("ArrowDown")
    box.press("ArrowUp")
    box.press("Enter")
    assert options(screen) == ["ink wash", "oil", "pastel", "watercolor", "woodcut"]
    box.press_sequentially("wat")
    box.press("Enter")
    assert box.input_value() == "/imagine a fox --style watercolor "
    box.press("Enter")

    screen.seen("Got it")
    assert screen.stage.answer.seen[0].text == "a fox --style watercolor"


def test_the_chosen_suggestion_is_told_to_screen_readers(screen):
    screen.box.press_sequentially("/")
    screen.box.press("ArrowDown")

    chosen = screen.box.get_attribute("aria-activedescendant")
    assert screen.box.get_attribute("aria-expanded") == "true"
    assert screen.page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    screen.box.press("Escape")
    assert screen.box.get_attribute("aria-expanded") == "false"
    assert screen.box.input_value() == "/"


def test_names_of_several_words_are_put_in_quotes(screen):
    screen.box.press_sequentially("/imagine a fox --style in")
    screen.box.press("Tab")

    assert screen.box.input_value() == '/imagine a fox --style "ink wash" '


def test_a_word_written_in_full_is_sent_at_once(screen):
    screen.box.press_sequentially("/help")
    screen.box.press("Enter")

    screen.seen("Only you can see this")
    screen.seen("Paints what you describe")


def test_line_progress_and_four_pictures_arrive_by_themselves(screen):
    stage = screen.stage
    stage.queue.busy = 2
    job = screen.ask("/imagine a lighthouse --n 4")

    screen.do(stage.admit(job))
    screen.seen("3rd in line")
    assert screen.page.locator("[data-waiting]").count() == 0
    screen.do(stage.move_up(0))
    screen.seen("Next in line")
    screen.do(stage.start(job))
    screen.seen("Painting 4 images")
    screen.do(stage.progress(job, 0.5))
    screen.seen("50 %")
    assert screen.page.locator("progress").get_attribute("value") == "50"
    assert screen.page.locator(".preview").get_attribute("src").startswith("data:image/jpeg")
    screen.do(stage.finish(job))

    screen.page.locator(".thread .picture").nth(3).wait_for()
    assert screen.page.locator(".thread .picture img").count() == 4
    assert screen.page.locator("progress").count() == 0


def test_a_waiting_request_can_be_called_back(screen):
    job = screen.ask("/imagine a fox")
    screen.do(screen.stage.admit(job))

    screen.page.get_by_role("button", name="Cancel this request").click()

    screen.seen("It was not painted. Nothing was charged.")
    assert screen.stage.queue.jobs[job].cancel_asked


def test_a_refusal_is_kind_and_seen_by_its_asker_only(screens):
    ana, ben = screens().open(), screens().open()
    ben.page.locator("[data-be=ben]").click()
    ben.page.wait_for_selector("#app[data-me=ben]")
    ben.ready()
    job = ana.ask("/imagine something forbidden")

    ana.do(ana.stage.refuse(job))
    ana.seen("can't be made here")
    ana.say("good morning")

    ben.seen("good morning")
    assert ben.page.get_by_text("forbidden").count() == 0
    assert "Only you can see this" in ana.page.locator(".private").first.inner_text()


def test_a_private_answer_can_be_dismissed(screen):
    screen.say("/help")
    screen.seen("Only you can see this")

    screen.page.get_by_role("button", name="Dismiss").click()

    assert screen.page.locator("[data-passing]").count() == 0


def test_a_reload_shows_everything_again(screen):
    screen.result()
    screen.say("what a fox")
    screen.page.locator(".text").wait_for()

    screen.page.reload()
    screen.ready()

    assert screen.page.locator(".thread .picture").count() == 4
    assert screen.page.locator(".text").inner_text() == "what a fox"


def test_what_was_missed_while_the_stream_was_down_is_caught_up(screen):
    async def while_away(stage):
        await stage.channel.put(
            NewMessage(nonce="n-1", channel="general", author="ben", text="you were away")
        )
        await stage.channel.remove(1)
        for watcher in stage.site.feed._watchers:
            watcher.stir(over=True)

    screen.say("soon to be gone")
    screen.page.locator(".text").wait_for()

    screen.do(while_away(screen.stage))

    screen.seen("you were away")
    screen.page.get_by_text("soon to be gone").wait_for(state="detached")


def test_the_arrow_up_brings_back_what_was_typed(screen):
    screen.say("/help")
    screen.seen("Only you can see this")

    screen.box.press("ArrowUp")

    assert screen.box.input_value() == "/help"


def test_an_example_fills_the_box(screen):
    screen.page.get_by_role("button", name="/imagine a sailing ship at sunset --n 4").click()

    assert screen.box.input_value() == "/imagine a sailing ship at sunset --n 4"
    assert screen.box.evaluate("box => box === document.activeElement")


def test_a_command_in_a_thread_is_answered_in_it(screen):
    screen.result()
    screen.page.get_by_role("button", name="Reply in thread").click()
    box = screen.page.locator(".thread-foot textarea")
    box.fill("/imagine a hare")
    box.press("Escape")
    box.press("Enter")
    screen.page.wait_for_selector(".thread [data-waiting] >> text=Got it")

    screen.do(screen.stage.whole_life(screen.stage.newest()))

    screen.page.locator(".thread .quote", has_text="a hare").wait_for()
    assert screen.page.locator("#timeline > .item").count() == 1


def test_a_dropped_picture_becomes_the_reference(screen, tmp_path):
    data = paint.encoded(paint.picture(5, width_px=64, height_px=64))
    screen.page.evaluate(
        """async (bytes) => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(bytes)], "hills.png", { type: "image/png" }));
            const send = (name) => document.body.dispatchEvent(
                new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: files }));
            send("dragenter");
            if (document.querySelector("#drop").hidden) throw new Error("no place to drop");
            send("drop");
        }""",
        list(data),
    )
    screen.page.locator(".attached", has_text="hills.png").wait_for()

    screen.box.press_sequentially("the same at night")
    screen.box.press("Enter")
    screen.seen("Got it")

    assert screen.stage.uploads.references == [data]
    assert screen.stage.answer.seen[0].text == "the same at night"
    assert screen.stage.blobs.data[screen.stage.answer.seen[0].reference] == data


def test_a_chosen_file_can_be_taken_away_again(screen, tmp_path):
    file = tmp_path / "hills.png"
    file.write_bytes(paint.encoded(paint.picture(5, width_px=64, height_px=64)))
    screen.page.locator(".dock input[type=file]").set_input_files(file)
    screen.page.locator(".attached", has_text="hills.png").wait_for()

    screen.page.get_by_role("button", name="Remove the reference picture").click()
    screen.say("/imagine a fox")
    screen.seen("Got it")

    assert screen.stage.answer.seen[0].reference is None


def test_a_file_that_is_no_picture_is_refused_in_words(screen, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    liar = tmp_path / "liar.png"
    liar.write_text("hello")

    screen.page.locator(".dock input[type=file]").set_input_files(text)
    screen.seen("notes.txt.*is no picture I can read")
    screen.page.locator(".dock input[type=file]").set_input_files(liar)
    screen.seen("That file is no picture")


def test_hostile_text_stays_text(screen):
    hostile = "<img src=x onerror=\"document.title='owned'\">"
    screen.say(f"{hostile} @everyone {'w' * 400}")
    screen.result(f"/imagine {hostile}")

    assert screen.page.locator(".text").inner_text().startswith("<img src=x")
    assert "owned" not in screen.page.title()
    overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not screen.page.evaluate(overflow)


def test_a_lost_answer_is_asked_for_again_under_the_same_key(screen):
    lost = []

    def lose_first(route):
        if lost:
            route.continue_()
            return
        lost.append(route.request.post_data_json["key"])
        route.abort()

    screen.page.route("**/api/say", lose_first)
    screen.say("/imagine a fox")
    screen.seen("Got it")

    assert [seen.key.rpartition(":")[2] for seen in screen.stage.answer.seen] == lost
