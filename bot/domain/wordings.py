"""A workspace's words: its templates, its styles, and what its channels want when nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.grammar import Ask, from_options
from bot.domain.identity import Place
from bot.domain.json_values import Document, Json
from bot.domain.preferences import Preferences
from bot.domain.starter_templates import STARTERS
from bot.domain.style import Style, read_style
from bot.domain.subject import EVERYWHERE, Subject, SubjectKind
from bot.domain.template import Template, read_template

TEMPLATE_KEY, STYLE_KEY = "template:", "style:"
"""What the subjects of their rules begin with; the name follows."""
LINE, ABOUT, OWNER, VERSION, REMOVED = "line", "about", "owner", "version", "removed"
THREADS = "threads"
DEFAULTS = ("n", "ar", "style", "model")
"""The flags that a channel may have a default for."""
NOTHING_SET = Preferences()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDefaults:
    """What one channel, or every channel, wants. `threads` is None where nobody said."""

    wants: Preferences = NOTHING_SET
    threads: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """`versions` holds the last version of every template that was ever set here, removed ones included."""

    templates: Mapping[str, Template] = field(default_factory=lambda: STARTERS)
    versions: Mapping[str, int] = field(default_factory=dict)
    styles: Mapping[str, Style] = field(default_factory=dict)
    channels: Mapping[str, ChannelDefaults] = field(default_factory=dict)

    def next_version(self, name: str) -> int:
        """The version that the template has once it is set anew: no two texts share one."""
        before = self.versions.get(name, 1 if name in STARTERS else 0)
        return before + 1

    def wanted(self, place: Place) -> tuple[Preferences, ...]:
        """What is wanted there when nothing is said: the channel's, then everywhere's."""
        return tuple(found.wants for found in self._of(place) if found.wants != NOTHING_SET)

    def threads(self, place: Place) -> bool:
        """Whether answers there stand in threads."""
        return next((one.threads for one in self._of(place) if one.threads is not None), True)

    def _of(self, place: Place) -> list[ChannelDefaults]:
        if not self.channels:
            return []
        keys = (Subject(kind=SubjectKind.CHANNEL, id=place.channel).key, EVERYWHERE.key)
        return [found for key in keys if (found := self.channels.get(key))]


def read_wordings(
    templates: Mapping[str, Document],
    styles: Mapping[str, Document],
    settings: Mapping[str, Document],
) -> Wordings:
    """All of them, by the bodies of their rules. What can't be read any more is left out."""
    own = {key.removeprefix(TEMPLATE_KEY): body for key, body in templates.items()}
    kept = {name: one for name, one in STARTERS.items() if name not in own}
    read = {name: one for name, body in own.items() if (one := template_of(name, body))}
    return Wordings(
        templates={**kept, **read},
        versions={name: _version(body) for name, body in own.items()},
        styles={
            key.removeprefix(STYLE_KEY): style
            for key, body in styles.items()
            if isinstance(style := _style(key.removeprefix(STYLE_KEY), body), Style)
        },
        channels={
            key: channel_defaults(body)
            for key, body in settings.items()
            if key == EVERYWHERE.key or key.startswith(f"{SubjectKind.CHANNEL}:")
        },
    )


def template_of(name: str, body: Document) -> Template | None:
    """The template that a rule holds; None when it was removed or can't be read."""
    line = body.get(LINE)
    if not isinstance(line, str) or body.get(REMOVED):
        return None
    read = read_template(
        name,
        line,
        version=_version(body),
        about=str(body.get(ABOUT) or ""),
        owner=str(body.get(OWNER) or ""),
    )
    return read if isinstance(read, Template) else None


def _version(body: Document) -> int:
    version = body.get(VERSION)
    return version if isinstance(version, int) else 1


def _style(name: str, body: Document) -> Style | tuple[str, ...]:
    return read_style(name, str(body.get(LINE) or ""))


def channel_defaults(body: Document) -> ChannelDefaults:
    """The defaults that a rule says."""
    told: dict[str, str | int | float | bool | None] = {
        name: value for name in DEFAULTS if isinstance(value := body.get(name), str | int)
    }
    asked = from_options({"prompt": "x", **told})
    threads: Json = body.get(THREADS)
    wants = NOTHING_SET
    if isinstance(asked, Ask):
        wants = Preferences(
            count=asked.count, aspect=asked.aspect, style=asked.style, model=asked.model
        )
    return ChannelDefaults(wants=wants, threads=threads if isinstance(threads, bool) else None)
