"""An answer as plain data. Each surface has one pure renderer for it.

Every string here is plain text, never markup: renderers escape all of it, so user text can't become a mention, a
link or a tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.action import Action
from bot.domain.identity import BlobKey, ImageId, JobId


class Tone(StrEnum):
    """What kind of answer it is; decides colour and icon, never meaning alone."""

    WORKING = "working"
    DONE = "done"
    NOTICE = "notice"
    REFUSED = "refused"
    FAILED = "failed"


class ButtonStyle(StrEnum):
    """How much a button asks for attention."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that survives restarts: its action is all it needs. `says` is for screen readers."""

    label: str
    action: Action
    says: str
    style: ButtonStyle = ButtonStyle.PLAIN
    confirm: str | None = None
    """A question to ask before it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image in an answer. `view` is the rendition to show, `full` the file to open or save."""

    image: ImageId
    position: int
    alt: str
    width_px: int
    height_px: int
    full: BlobKey
    full_mime: str
    view: BlobKey
    thumbnail: BlobKey
    seed: int | None = None
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named fact about the answer: model, size, seed."""

    name: str
    value: str


class InputKind(StrEnum):
    """What a form field takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    NUMBER = "number"
    MASK = "mask"
    """A region painted over the form's picture; surfaces without a canvas leave it out."""
    PICTURE = "picture"
    """A picture to start from; surfaces whose forms take no files leave it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of a form, already filled with `value`."""

    name: str
    label: str
    kind: InputKind
    value: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""
    max_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Something to fill in. Sending it performs `action` with the inputs by name."""

    title: str
    action: Action
    inputs: tuple[Input, ...]
    submit_label: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One answer. `quote` is what the person typed; `progress` runs from 0 to 1.

    `only_asker` answers are shown to nobody else: refusals, quotas, errors.
    """

    tone: Tone
    headline: str
    quote: str = ""
    lines: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    fields: tuple[Field, ...] = ()
    progress: float | None = None
    rows: tuple[tuple[Button, ...], ...] = ()
    menu: tuple[Button, ...] = ()
    """Less common buttons, behind an overflow where the platform has one."""
    footer: str = ""
    only_asker: bool = False
    preformatted: str = ""
    """Text whose columns matter (help, lists), shown in a fixed-width block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a command or button gives back at once: a card, a form to open, or both empty when the answer follows.

    `job` is set when the request became a job just now: its answer follows, and `card` only says so. `denied` says that
    nothing was done for want of a right: with another role the same may be asked again. `correctable` says that a form
    was filled in wrongly: it may stay open.
    """

    card: Card | None = None
    form: Form | None = None
    job: JobId | None = None
    denied: bool = False
    correctable: bool = False
