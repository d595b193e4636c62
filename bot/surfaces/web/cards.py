"""A Card as the page draws it. Pure: the same card gives the same view; templates escape every string in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.action import Action, Verb
from bot.domain.card import Button, ButtonStyle, Card, Field, Form, InputKind, Picture, Tone
from bot.domain.identity import BlobKey
from bot.domain.picture_names import number_of
from bot.domain.rating import TAKE_BACK, Rating

Link = Callable[[BlobKey], str]
"""The address of a blob."""
MAX_WORDS_CHARS = 48
"""Of a prompt in a file's name: ours, so that a folder's list shows the whole name."""
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_PLACE = re.compile(r"Picture \d+(?: of \d+)?: ")
_NO_BUTTONS = Card(tone=Tone.NOTICE, headline="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonView:
    """A button; `action` is the packed text it posts."""

    label: str
    says: str
    action: str
    style: str
    confirm: str | None
    icon: str
    download: str = ""
    """The address of the file that it saves; such a button is a link and posts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture with the buttons that are about it alone.

    `number` is what the buttons or lines of its card call it: its place, or `#1234`; empty when it is the only one.
    `name` is the number that /show takes.
    """

    number: str
    name: str
    alt: str
    words: str
    """The alternative text without the picture's place, which stands beside it already."""
    view: str
    full: str
    download: str
    width_px: int
    height_px: int
    spoiler: bool
    seed: str
    quick: tuple[ButtonView, ...]
    """Upscale and vary, offered beside the large picture."""
    menu: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card, ready for its template."""

    tone: str
    headline: str
    quote: str
    lines: tuple[str, ...]
    pictures: tuple[PictureView, ...]
    fields: tuple[Field, ...]
    percent: int | None
    working: bool
    rows: tuple[tuple[ButtonView, ...], ...]
    menu: tuple[ButtonView, ...]
    footer: str
    preformatted: str
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InputView:
    """A form's field; `kind` picks its markup."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple[str, ...]
    required: bool
    hint: str
    max_length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form, ready for its template."""

    title: str
    action: str
    submit_label: str
    inputs: tuple[InputView, ...]
    picture: PictureView | None


_ICONS = {
    Verb.UPSCALE: "upscale",
    Verb.VARY: "vary",
    Verb.REROLL: "reroll",
    Verb.EDIT: "edit",
    Verb.CANCEL: "cancel",
    Verb.DETAILS: "details",
    Verb.SAVE: "save",
    Verb.REPORT: "report",
    Verb.DELETE: "delete",
    Verb.RETRY: "reroll",
    Verb.REMOVE_BACKGROUND: "cutout",
    Verb.OUTPAINT: "outpaint",
    Verb.SETTINGS: "edit",
}

_RATING_ICONS = {Rating.GOOD.value: "good", Rating.BAD.value: "bad", TAKE_BACK: "cancel"}

_QUICK = frozenset({Verb.UPSCALE, Verb.VARY})


def card_view(card: Card, link: Link) -> CardView:
    """The whole card."""
    own = {picture.image for picture in card.pictures}
    return CardView(
        tone=card.tone.value,
        headline=card.headline,
        quote=card.quote,
        lines=card.lines,
        pictures=tuple(
            _picture(
                picture,
                link,
                number=_number(picture, card),
                card=card,
            )
            for picture in card.pictures
        ),
        fields=card.fields,
        percent=None if card.progress is None else round(100 * min(1.0, max(0.0, card.progress))),
        working=card.tone is Tone.WORKING,
        rows=tuple(tuple(_button(button) for button in row) for row in card.rows),
        menu=tuple(
            _button(button)
            for button in card.menu
            if button.action.target not in own or button.action.verb in _OF_JOBS
        ),
        footer=card.footer,
        preformatted=card.preformatted,
        private=card.only_asker,
    )


_OF_JOBS = frozenset({Verb.REROLL, Verb.CANCEL, Verb.RETRY})
"""Verbs whose target is a job: its number may happen to be a picture's too."""


def asked_view(card: Card, *, headline: str = "", tone: Tone = Tone.NOTICE) -> CardView:
    """What stays of a request's own message once its answer stands beneath: the words, and perhaps a line."""
    return CardView(
        tone=tone.value,
        headline=headline,
        quote=card.quote,
        lines=(),
        pictures=(),
        fields=(),
        percent=None,
        working=False,
        rows=(),
        menu=(),
        footer="",
        preformatted="",
        private=False,
    )


def form_view(form: Form, link: Link) -> FormView:
    """The whole form. A mask field without a picture to paint on is left out."""
    return FormView(
        title=form.title,
        action=form.action.pack(),
        submit_label=form.submit_label,
        inputs=tuple(
            InputView(
                name=field.name,
                label=field.label,
                kind=field.kind.value,
                value=field.value,
                choices=field.choices,
                required=field.required,
                hint=field.hint,
                max_length=field.max_length,
            )
            for field in form.inputs
            if field.kind is not InputKind.PICTURE
            and (field.kind is not InputKind.MASK or form.picture is not None)
        ),
        picture=(
            _picture(form.picture, link, number="", card=_NO_BUTTONS) if form.picture else None
        ),
    )


def _picture(
    picture: Picture,
    link: Link,
    *,
    number: str,
    card: Card,
) -> PictureView:
    full = link(picture.full)
    download = f"{full}?download={file_name(picture, card.quote)}"
    return PictureView(
        number=number,
        name=number_of(picture.image) if picture.image else "",
        alt=picture.alt,
        words=_PLACE.sub("", picture.alt, count=1) if _PLACE.match(picture.alt) else picture.alt,
        view=link(picture.view),
        full=full,
        download=download,
        width_px=picture.width_px,
        height_px=picture.height_px,
        spoiler=picture.spoiler,
        seed="" if picture.seed is None else str(picture.seed),
        quick=tuple(
            _button(button)
            for row in card.rows
            for button in row
            if button.action.target == picture.image and button.action.verb in _QUICK
        ),
        menu=tuple(
            _button(button, download=download)
            for button in card.menu
            if button.action.target == picture.image and button.action.verb not in _OF_JOBS
        ),
    )


def _number(picture: Picture, card: Card) -> str:
    if len({one.image for one in card.pictures}) == 1:
        return ""
    return str(picture.position) if any(card.rows) else number_of(picture.image)


def file_name(picture: Picture, words: str) -> str:
    """What a saved picture is called, without its kind: its number, and the first words it was asked for with."""
    kept = _NOT_IN_NAMES.sub("-", words.casefold())[:MAX_WORDS_CHARS].strip("-")
    return "-".join(part for part in ("impasto", str(picture.image or ""), kept) if part)


def _button(button: Button, *, download: str = "") -> ButtonView:
    style = button.style
    if button.action.verb is Verb.DELETE:
        style = ButtonStyle.DANGER
    return ButtonView(
        label=button.label,
        says=button.says,
        action=button.action.pack(),
        style=style.value,
        confirm=button.confirm,
        icon=_icon(button.action),
        download=download if button.action.verb is Verb.SAVE else "",
    )


def _icon(action: Action) -> str:
    if action.verb is Verb.RATE:
        return _RATING_ICONS.get(action.argument, "rate")
    return _ICONS.get(action.verb, "")
