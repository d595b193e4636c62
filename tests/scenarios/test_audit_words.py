"""What `admin audit` tells: as admins say it themselves, in money, names and the workspace's own time."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands.admin.audit_lines import Reading, line_of
from bot.domain.action import Action, Verb
from bot.domain.audit import Entry


async def told(actor, line: str) -> str:
    card = (await actor.says(f"/admin {line}")).card
    text = "\n".join([card.headline, *card.lines, card.preformatted, card.footer])
    return text.replace("\u200b", "")


async def test_the_log_goes_by_the_clock_of_the_workspace(stage, ida):
    await ida.says("/admin quota zone Asia/Kathmandu")
    now = stage.house.desk.clock.now().astimezone(ZoneInfo("Asia/Kathmandu"))

    log = await told(ida, "audit quota")

    moments = re.findall(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}", log, re.MULTILINE)
    around = {f"{now + timedelta(minutes=minutes):%Y-%m-%d %H:%M}" for minutes in (-1, 0, 1)}
    assert len(moments) == 1
    assert moments[0] in around
    assert "Newest first, by the clock of Asia/Kathmandu." in log


@pytest.mark.parametrize(
    ("line", "action", "said"),
    [
        ("quota set @ana 50/day largest 1024", "quota.set", "50 images a day, up to 1024 px"),
        ("quota set @ana unlimited", "quota.set", "no limit an hour, no limit a day"),
        ("quota grant @ana 20 month", "quota.grant", r"20 images more in \d{4}-\d{2}$"),
        ("quota grant @ana 1 today", "quota.grant", r"1 image more on \d{4}-\d{2}-\d{2}$"),
        ("user block @ana calm down", "user.block", r"until it is lifted, by @ida \(calm down\)$"),
        ("user block @ana 2h", "user.block", r"until \d{4}-\d{2}-\d{2} \d{2}:\d{2}, by @ida$"),
        ("access deny @ana", "access.deny", "@ana: nothing -> deny$"),
        ("access quiet 22:00-07:00", "access.quiet", "everywhere: nothing -> 22:00-07:00$"),
        ("notify set #general", "notify.set", "everyone: nothing -> #general$"),
        ("channel set #general aspect 16:9", "channel.set", "#general: nothing -> aspect 16:9$"),
        ("model allow region eu no-training", "model.allow", "only in eu, no training$"),
        ("style add flat flat vector", "style.add", "style flat: nothing -> flat vector$"),
    ],
)
async def test_the_log_says_what_was_set_as_people_read_it(ana, ida, line, action, said):
    await ida.says(f"/admin {line}")

    log = await told(ida, f"audit {action}")

    assert re.search(said, log, re.MULTILINE), log


async def test_a_long_text_is_cut_short_and_a_long_list_of_terms_is_not(ida):
    await ida.says("/admin template add long Photo of {x} " + "very " * 30 + "far away")
    await ida.says("/admin model allow region eu,us,ca,jp,au no-training kept 30")

    templates, terms = await told(ida, "audit template"), await told(ida, "audit model")

    assert re.search(
        r"version 1: Photo of \{x\} (very )+(very?|ver|ve|v)?…$", templates, re.MULTILINE
    )
    assert "only in au, ca, eu, jp, us, no training, kept for 30 days at most" in terms


async def test_the_log_names_the_channel_in_which_it_was_said(stage, ida):
    await ida.says("/admin access deny #general")

    log = await told(ida, "audit access")

    assert " in #general  access.deny  #general: " in log


async def test_the_log_calls_pictures_as_show_does(stage, ana, ben, ida):
    await ana.gets("/imagine a fox")
    (image,) = await stage.house.store.gallery.images_of((await stage.ended(ana)).id)
    report = Action(verb=Verb.REPORT, target=image.id)
    await ben.presses(report, reason="Something else", text="odd")

    log = await told(ida, "audit image.report")

    assert re.search(rf"image\.report  picture #{image.id} \(.*odd", log), log


def test_whoever_typed_at_the_shell_is_nobody_that_can_be_mentioned():
    reading = Reading(zone=ZoneInfo("UTC"), names={"person:shell:root": "root (shell)"})

    assert reading.person("slack:T1:shell:root") == "root (shell)"


def test_an_entry_whose_words_were_erased_still_names_who_is_known():
    entry = Entry(
        workspace="slack:T1",
        number=1,
        at_us=1_795_617_000_000_000,
        actor="slack:T1:U1",
        action="image.delete",
        target="image:12",
        place="C7",
        body_sha256="",
        previous_sha256="",
        sha256="",
    )
    reading = Reading(zone=ZoneInfo("Europe/Berlin"), names={"person:U1": "Ana"})

    assert line_of(entry, reading) == "2026-11-25 15:30  @Ana in #C7  image.delete  picture #12"
