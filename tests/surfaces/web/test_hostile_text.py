"""Whatever people type is text: it never becomes markup, wherever it is shown."""

from html.parser import HTMLParser

import pytest

from bot.domain.action import Action, Verb
from bot.domain.card import Card, Field, Form, Input, InputKind, Tone
from bot.surfaces.web.assets import Assets
from bot.surfaces.web.cards import card_view, form_view
from bot.surfaces.web.pages import Pages

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</pre></dd></script><script>alert(1)</script>",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover='alert(1)",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "javascript:alert(1)",
    "@everyone <!channel> <@U1> [x](http://evil.example)",
    "\u202eRTL override \u2067and isolates\u2069 שלום",
    "w" * 3000,
    "👩‍👩‍👧‍👦🏳️‍🌈 \u0000 \ufeff",
    "&lt;b&gt; &amp; &#x3c;i&#x3e;",
)


class Markup(HTMLParser):
    """Elements, attributes and text as a browser would see them."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags = []
        self.attributes = []
        self.text = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def check(html, text, *, shown=True):
    seen = Markup(html)
    assert "script" not in [tag for tag in seen.tags if tag == "script"]
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert not [
        value
        for name, value in seen.attributes
        if name in {"href", "src"} and "alert" in (value or "")
    ]
    assert [value for name, value in seen.attributes if name == "src" and value == "x"] == []
    if shown:
        assert text.replace("\u0000", "").strip() in "".join(seen.text).replace(
            "\u0000", ""
        ) or any(text == value for _, value in seen.attributes)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_string_of_a_card_is_only_text(text):
    card = Card(
        tone=Tone.NOTICE,
        headline=text,
        quote=text,
        lines=(text,),
        fields=(Field(name=text, value=text),),
        footer=text,
        preformatted=text,
    )

    html = Pages(Assets.read()).reply(card_view(card, lambda key: f"/i/{key}"))

    check(html, text)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_string_of_a_form_is_only_text(text):
    form = Form(
        title=text,
        action=Action(verb=Verb.EDIT, target=1),
        inputs=(
            Input(name="a", label=text, kind=InputKind.TEXT, value=text, hint=text),
            Input(name="b", label=text, kind=InputKind.LONG_TEXT, value=text, hint=text),
            Input(name="c", label=text, kind=InputKind.CHOICE, value=text, choices=(text, "x")),
            Input(name="d", label=text, kind=InputKind.NUMBER, value=text),
        ),
        submit_label=text,
    )

    html = Pages(Assets.read()).form(form_view(form, lambda key: f"/i/{key}"))

    check(html, text)


@pytest.mark.parametrize("text", HOSTILE)
async def test_talk_and_prompts_are_only_text_on_the_page(stage, visit, text):
    async with visit() as ana:
        said = await ana.say(f"I say {text}"[:3999])
        await ana.say(f"/imagine a fox {text}"[:3999])
        if stage.newest():
            await stage.whole_life(stage.newest())

        html = await ana.page()

    assert said.status_code == 200
    check_page = Markup(html)
    assert not [name for name, _ in check_page.attributes if name.startswith("on")]
    assert check_page.tags.count("script") == 1
    assert [value for name, value in check_page.attributes if name == "src" and value == "x"] == []


async def test_an_unknown_command_is_answered_in_plain_text(visit):
    async with visit() as ana:
        answer = await ana.say("/<script>alert(1)</script>")

    check(answer.json()["html"], "", shown=False)
