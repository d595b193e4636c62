"""Cards as no house would draw them all: long, empty, full of markup."""

from hypothesis import strategies as st

from bot.domain.action import Action, Verb
from bot.domain.card import (
    Button,
    ButtonStyle,
    Card,
    Field,
    Form,
    Input,
    InputKind,
    Tone,
)
from bot.surfaces.slack.blocks import ShownFile

NASTY = (
    "<!channel>",
    "<!everyone>",
    "<@U0000000001>",
    "<#C0000000001>",
    "<http://evil.example|innocent>",
    "@everyone @here",
    "&lt;!channel&gt;",
    "*bold* _it_ `code` ~gone~",
    ":tada:",
    "\u200b<\u200b!channel>",
    "\u202egnp.exe",
)
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.sampled_from(NASTY).map(lambda part: part * 400),
    st.just(""),
)
actions = st.builds(
    Action, verb=st.sampled_from(list(Verb)), target=st.integers(0, 10**15), argument=st.just("")
)
buttons = st.builds(
    Button,
    label=texts,
    action=actions,
    says=texts,
    style=st.sampled_from(list(ButtonStyle)),
    confirm=st.none() | texts,
)
rows = st.lists(st.lists(buttons, max_size=6).map(tuple), max_size=4).map(tuple)
cards = st.builds(
    Card,
    tone=st.sampled_from(list(Tone)),
    headline=texts,
    quote=texts,
    lines=st.lists(texts, max_size=6).map(tuple),
    fields=st.lists(st.builds(Field, name=texts, value=texts), max_size=16).map(tuple),
    progress=st.none() | st.floats(-1, 2),
    rows=rows,
    menu=st.lists(buttons, max_size=40).map(tuple),
    footer=texts,
    preformatted=texts,
)
shown = st.lists(
    st.builds(ShownFile, file=st.just("F0000000001"), alt=texts, title=texts), max_size=10
)
names = st.lists(
    st.sampled_from(["prompt", "strength", "reason", "text", "n", "seed", "style"]),
    min_size=1,
    max_size=6,
    unique=True,
)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form with fields of every kind."""
    return Form(
        title=draw(texts),
        action=draw(actions),
        inputs=tuple(_input(draw, name) for name in draw(names)),
        submit_label=draw(texts),
    )


def _input(draw: st.DrawFn, name: str) -> Input:
    kind = draw(st.sampled_from([one for one in InputKind if one is not InputKind.MASK]))
    choices = draw(st.lists(texts.map(lambda text: text or "x"), min_size=1, max_size=110))
    value = {
        InputKind.NUMBER: draw(st.sampled_from(["", "1", "0.6"])),
        InputKind.CHOICE: draw(st.sampled_from(choices)),
    }
    return Input(
        name=name,
        label=draw(texts),
        kind=kind,
        value=value.get(kind, draw(texts)),
        choices=tuple(choices) if kind is InputKind.CHOICE else (),
        required=draw(st.booleans()),
        hint=draw(texts),
        max_length=draw(st.none() | st.integers(1, 4000)),
    )
