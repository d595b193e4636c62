"""The templates, autoescaped, with what every one of them may use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from bot.surfaces.web.assets import Assets
from bot.surfaces.web.cards import CardView, FormView
from bot.surfaces.web.timeline import MessageView

TEMPLATES = Path(__file__).parent / "templates"


def reads_pages(request: Request) -> bool:
    """Whether a person's browser asks, and no script, picture tag or probe."""
    return "text/html" in request.headers.get("accept", "")


class Pages:
    """Renders pages and the pieces that are sent on their own."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = assets.url

    def page(self, name: str, **values: object) -> str:
        """A whole page."""
        return self._environment.get_template(name).render(values)

    def lost(self, headline: str, advice: str) -> str:
        """The page for an address that shows nothing."""
        return self.page("lost.html", headline=headline, advice=advice)

    def message(self, view: MessageView) -> str:
        """One message, as it stands in the timeline."""
        return self._piece("message.html", {"message": view})

    def reply(self, view: CardView) -> str:
        """A private answer that isn't stored."""
        return self._piece("passing.html", {"card": view})

    def form(self, view: FormView) -> str:
        """A form for the page's dialog."""
        return self._piece("form.html", {"form": view})

    def _piece(self, name: str, values: Mapping[str, object]) -> str:
        return self._environment.get_template(name).render(values)
