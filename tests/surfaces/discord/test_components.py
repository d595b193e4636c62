"""Cards as Discord's messages: whatever a card holds, Discord would take the body and nobody is pinged."""

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.action import Action, Verb, unpack
from bot.domain.card import Button, ButtonStyle, Card, Field, Form, Input, InputKind, Picture, Tone
from bot.domain.identity import BlobKey, ImageId
from bot.domain.job_cards import Surroundings, card_of
from bot.surfaces.discord.components import CONFIRM_PREFIX, message
from bot.surfaces.discord.escaping import code_block, escaped
from bot.surfaces.discord.modals import modal
from providers import Operation
from tests.domain.test_job_cards import done, pictures
from tests.simulators.discord.body_rules import CALLBACK, CHANNEL_MESSAGE, faults, walk

WORDS = st.text(max_size=400) | st.sampled_from(
    [
        "@everyone",
        "<@123456789012345678>",
        "<@&123456789012345678>",
        "[x](http://evil.example)",
        "# big",
        "> quoted",
        "```\ncode",
        "||hidden||",
        "</imagine:1>",
        "<t:1:R>",
        "x" * 9000,
        "*" * 5000,
    ]
)
ACTIONS = st.builds(
    Action, verb=st.sampled_from(Verb), target=st.integers(0, 10**18 - 1), argument=st.just("")
)
BUTTONS = st.builds(
    Button,
    label=WORDS,
    action=ACTIONS,
    says=WORDS,
    style=st.sampled_from(ButtonStyle),
    confirm=st.none() | WORDS,
)
PICTURES = st.builds(
    Picture,
    image=st.integers(1, 10**9).map(ImageId),
    position=st.integers(1, 10),
    alt=WORDS,
    width_px=st.just(64),
    height_px=st.just(64),
    full=st.just(BlobKey("f")),
    full_mime=st.just("image/png"),
    view=st.just(BlobKey("v")),
    thumbnail=st.just(BlobKey("t")),
    spoiler=st.booleans(),
)
CARDS = st.builds(
    Card,
    tone=st.sampled_from(Tone),
    headline=st.text(min_size=1, max_size=300).filter(str.strip),
    quote=WORDS,
    lines=st.lists(WORDS, max_size=8).map(tuple),
    pictures=st.lists(PICTURES, max_size=12).map(tuple),
    fields=st.lists(st.builds(Field, name=WORDS, value=WORDS), max_size=12).map(tuple),
    progress=st.none() | st.floats(0, 1),
    rows=st.lists(st.lists(BUTTONS, max_size=7).map(tuple), max_size=6).map(tuple),
    menu=st.lists(BUTTONS, max_size=60).map(tuple),
    footer=WORDS,
    only_asker=st.booleans(),
    preformatted=WORDS,
)
FORMS = st.builds(
    Form,
    title=st.text(min_size=1, max_size=80),
    action=ACTIONS,
    inputs=st.lists(
        st.builds(
            Input,
            name=st.text("abcdefgh_", min_size=1, max_size=20),
            label=st.text(min_size=1, max_size=80),
            kind=st.sampled_from(InputKind),
            value=WORDS,
            choices=st.lists(
                st.text("abcdefgh ", min_size=1, max_size=120).filter(str.strip),
                min_size=1,
                max_size=30,
            ).map(tuple),
            required=st.booleans(),
            hint=WORDS,
            max_length=st.none() | st.integers(1, 5000),
        ),
        min_size=1,
        max_size=7,
        unique_by=lambda one: one.name,
    )
    .map(tuple)
    .filter(lambda inputs: any(one.kind is not InputKind.MASK for one in inputs)),
    submit_label=st.just("Send"),
)
THOROUGH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def body_of(card: Card) -> dict[str, Any]:
    names = [f"{number}.png" for number in range(len(card.pictures))]
    body = message(card, files=names, asker="123456789012345678")
    attached = [{"id": number, "filename": name} for number, name in enumerate(names[:10])]
    return {**body, "attachments": attached}


def texts(body: dict[str, Any]) -> str:
    return "\n".join(one["content"] for one in walk(body["components"]) if one["type"] == 10)


@THOROUGH
@given(CARDS)
def test_discord_takes_every_card(card: Card) -> None:
    assert faults(CHANNEL_MESSAGE, body_of(card)) == []


@THOROUGH
@given(
    st.lists(st.lists(BUTTONS, max_size=11).map(tuple), max_size=6).map(tuple),
    st.lists(BUTTONS, max_size=60).map(tuple),
)
def test_no_button_is_left_out(
    rows: tuple[tuple[Button, ...], ...], menu: tuple[Button, ...]
) -> None:
    buttons = [one for row in (*rows, menu) for one in row if " ".join(one.label.split())]
    card = Card(tone=Tone.DONE, headline="x", quote="y", rows=rows, menu=menu)

    assert sorted(carried(message(card))) == sorted(
        {CONFIRM_PREFIX * (one.confirm is not None) + one.action.pack() for one in buttons}
    )


def test_ten_pictures_keep_their_rows_and_their_menu() -> None:
    ups = tuple(
        Button(label=f"U{n}", action=Action(verb=Verb.UPSCALE, target=n), says="Upscale")
        for n in range(10)
    )
    vs = tuple(
        Button(label=f"V{n}", action=Action(verb=Verb.VARY, target=n), says="Vary")
        for n in range(10)
    )
    menu = tuple(
        Button(label=f"{verb} {n}", action=Action(verb=verb, target=n), says="x")
        for n in range(10)
        for verb in (Verb.DETAILS, Verb.SAVE, Verb.REPORT, Verb.DELETE)
    )
    card = Card(tone=Tone.DONE, headline="x", rows=(ups, vs), menu=menu, pictures=ten_pictures())

    parts = list(walk(body_of(card)["components"]))
    assert [one["label"] for one in parts if one["type"] == 2] == [one.label for one in (*ups, *vs)]
    assert len([one for one in parts if one["type"] == 3]) == 2
    assert faults(CHANNEL_MESSAGE, body_of(card)) == []


def test_buttons_for_which_there_is_no_room_go_into_a_select_and_still_work() -> None:
    rows = tuple(
        tuple(
            Button(label=f"{verb} {n}", action=Action(verb=verb, target=n), says=f"Does {verb}")
            for n in range(10)
        )
        for verb in (Verb.UPSCALE, Verb.VARY, Verb.SAVE, Verb.DETAILS)
    )
    card = Card(tone=Tone.DONE, headline="x", rows=rows)

    parts = list(walk(message(card)["components"]))

    select = next(one for one in parts if one["type"] == 3)
    assert len([one for one in parts if one["type"] == 2]) == 30
    assert [option["value"] for option in select["options"]] == [
        one.action.pack() for one in rows[-1]
    ]
    assert select["options"][0]["description"] == "Does details"


def carried(body: dict[str, Any]) -> list[str]:
    parts = list(walk(body["components"]))
    buttons = [one["custom_id"] for one in parts if one["type"] == 2]
    return buttons + [
        option["value"] for one in parts if one["type"] == 3 for option in one["options"]
    ]


def ten_pictures() -> tuple[Picture, ...]:
    return tuple(
        Picture(
            image=ImageId(n),
            position=n,
            alt="x",
            width_px=64,
            height_px=64,
            full=BlobKey("f"),
            full_mime="image/png",
            view=BlobKey("v"),
            thumbnail=BlobKey("t"),
        )
        for n in range(1, 11)
    )


@THOROUGH
@given(FORMS)
def test_discord_takes_every_form(form: Form) -> None:
    assert faults(CALLBACK, {"type": 9, "data": modal(form)}) == []


@THOROUGH
@given(CARDS)
def test_nobody_but_the_asker_is_mentioned(card: Card) -> None:
    shown = re.sub(r"```.*?```", "", texts(body_of(card)), flags=re.DOTALL)

    mentions = re.findall(r"(?<!\\)<(?:@[!&]?|#)\d+>|@everyone|@here", shown)

    assert set(mentions) <= {"<@123456789012345678>"}
    assert not re.search(r"(?<!\\)\]\(", shown)


@given(st.text(max_size=300), st.integers(0, 400))
def test_escaped_text_fits_and_reads_back(text: str, most: int) -> None:
    shown = escaped(text, most=most)

    assert len(shown) <= max(most, 0)
    if not shown.endswith("…"):
        plain = re.sub(r"\\(.)", r"\1", shown).replace("@\u200b", "@")
        assert plain == " ".join(text.split()) or most == 0


@given(st.text(max_size=300))
def test_nothing_in_a_block_ends_it(text: str) -> None:
    shown = code_block(text, most=200)

    assert len(shown) <= 200
    assert shown.count("```") == 2


@given(BUTTONS)
def test_a_button_carries_its_action(button: Button) -> None:
    card = Card(tone=Tone.NOTICE, headline="x", rows=((button,),))

    ids = [one["custom_id"] for one in walk(message(card)["components"]) if one["type"] == 2]

    if " ".join(button.label.split()):
        assert [unpack(one.removeprefix(CONFIRM_PREFIX)) for one in ids] == [button.action]
        assert ids[0].startswith(CONFIRM_PREFIX) == (button.confirm is not None)


def test_a_select_holds_whole_pictures_and_says_which():
    card = card_of(done(), Surroundings(images=pictures(10), made=10, able=frozenset(Operation)))

    selects = [
        row["components"][0]
        for row in message(card)["components"][0]["components"]
        if row["type"] == 1 and row["components"][0]["type"] == 3
    ]

    begins = [select["placeholder"].partition(":")[0] for select in selects]
    assert begins == ["Pictures 1 to 3", "Pictures 4 to 6", "Pictures 7 to 8", "Pictures 9 to 10"]
    assert sum(len(select["options"]) for select in selects) == len(card.menu)
