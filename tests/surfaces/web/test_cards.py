"""A card as the page draws it."""

from dataclasses import replace

import pytest

from bot.domain.action import Action, Verb
from bot.domain.card import Button, Card, Form, Input, InputKind, Picture, Tone
from bot.domain.identity import BlobKey, ImageId
from bot.domain.picture_buttons import rating_buttons
from bot.domain.rating import Rating
from bot.surfaces.web.assets import Assets
from bot.surfaces.web.cards import card_view, file_name, form_view
from bot.surfaces.web.pages import Pages


def link(key):
    return f"/i/{key}"


def picture(number, **changes):
    return Picture(
        **{
            "image": ImageId(100 + number),
            "position": number,
            "alt": f"Picture {number}: a fox",
            "width_px": 768,
            "height_px": 512,
            "full": BlobKey(f"full-{number}"),
            "full_mime": "image/png",
            "view": BlobKey(f"view-{number}"),
            "thumbnail": BlobKey(f"small-{number}"),
            **changes,
        }
    )


def button(verb, target, label="?"):
    return Button(label=label, action=Action(verb=verb, target=target), says=label)


def test_buttons_about_one_picture_gather_at_it():
    card = Card(
        tone=Tone.DONE,
        headline="2 images",
        pictures=(picture(1), picture(2)),
        rows=((button(Verb.UPSCALE, 101), button(Verb.UPSCALE, 102), button(Verb.REROLL, 7)),),
        menu=(button(Verb.DETAILS, 101), button(Verb.DELETE, 102), button(Verb.RETRY, 101)),
    )

    view = card_view(card, link)

    assert [one.action for one in view.pictures[0].menu] == ["i1:details:101"]
    assert [one.action for one in view.pictures[1].menu] == ["i1:delete:102"]
    assert [one.action for one in view.pictures[0].quick] == ["i1:upscale:101"]
    # A job may have the number of a picture: its button stays with the card.
    assert [one.action for one in view.menu] == ["i1:retry:101"]
    assert len(view.rows[0]) == 3


def test_each_picture_knows_its_seed():
    card = Card(
        tone=Tone.DONE,
        headline="2 images",
        pictures=(replace(picture(1), seed=41), replace(picture(2), seed=0)),
    )

    assert [one.seed for one in card_view(card, link).pictures] == ["41", "0"]


def test_pictures_of_a_list_carry_the_number_one_can_type():
    card = Card(
        tone=Tone.NOTICE, headline="Your last", pictures=(picture(1), picture(1, image=ImageId(55)))
    )

    assert [one.number for one in card_view(card, link).pictures] == ["#101", "#55"]


def test_a_picture_alone_has_no_number():
    card = Card(tone=Tone.DONE, headline="1 image", pictures=(picture(1),))

    assert card_view(card, link).pictures[0].number == ""


def test_every_picture_has_its_words_its_size_and_a_way_to_keep_it():
    card = Card(tone=Tone.DONE, headline="1 image", quote="A fox, at dusk!", pictures=(picture(1),))

    html = Pages(Assets.read()).reply(card_view(card, link))

    assert 'alt="Picture 1: a fox"' in html
    assert 'width="768" height="512"' in html
    assert "/i/full-1?download=impasto-101-a-fox-at-dusk" in html


def test_a_spoiler_is_covered_and_says_so():
    card = Card(tone=Tone.DONE, headline="1 image", pictures=(picture(1, spoiler=True),))

    html = Pages(Assets.read()).reply(card_view(card, link))

    assert "picture spoiler" in html
    assert "Open to see it" in html


def test_a_question_stands_at_the_button_that_asks_it():
    asks = Button(
        label="Delete",
        action=Action(verb=Verb.DELETE, target=1),
        says="Delete it",
        confirm="Really?",
    )
    card = Card(tone=Tone.DONE, headline="x", rows=((asks,),))

    html = Pages(Assets.read()).reply(card_view(card, link))

    assert 'data-confirm="Really?"' in html


def test_a_region_can_only_be_painted_where_there_is_a_picture():
    region = Input(name="mask", label="Region", kind=InputKind.MASK)
    form = Form(
        title="Edit", action=Action(verb=Verb.EDIT, target=1), inputs=(region,), submit_label="Go"
    )

    assert form_view(form, link).inputs == ()


def test_every_field_of_a_form_has_a_label_of_its_own():
    form = Form(
        title="Edit",
        action=Action(verb=Verb.EDIT, target=1),
        inputs=(
            Input(name="prompt", label="Prompt", kind=InputKind.LONG_TEXT, required=True),
            Input(name="style", label="Style", kind=InputKind.CHOICE, choices=("oil", "ink")),
            Input(name="seed", label="Seed", kind=InputKind.NUMBER),
        ),
        submit_label="Go",
    )

    html = Pages(Assets.read()).form(form_view(form, link))

    for number in (1, 2, 3):
        assert html.count(f'for="input-{number}"') == html.count(f'id="input-{number}"') == 1


def test_save_is_a_link_to_the_file_and_posts_nothing():
    card = Card(
        tone=Tone.DONE,
        headline="2 images",
        quote="a fox",
        pictures=(picture(1), picture(2)),
        menu=(button(Verb.SAVE, 102, "Save 2"),),
    )

    html = Pages(Assets.read()).reply(card_view(card, link))

    assert 'href="/i/full-2?download=impasto-102-a-fox" download' in html
    assert "i1:save:102" not in html


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("", "impasto-101"),
        ("狐", "impasto-101"),
        ('../../"x"; filename=evil.exe', "impasto-101-x-filename-evil-exe"),
        ("a " * 500, "impasto-101-" + "a-" * 23 + "a"),
    ],
)
def test_a_file_name_holds_nothing_but_plain_letters(words, name):
    assert file_name(picture(1), words) == name


def test_good_and_bad_have_pictures_of_their_own():
    card = Card(
        tone=Tone.DONE,
        headline="1 image",
        pictures=(picture(1),),
        rows=(rating_buttons(ImageId(101), own=Rating.GOOD),),
    )

    assert [one.icon for one in card_view(card, link).rows[0]] == ["good", "bad", "cancel"]
