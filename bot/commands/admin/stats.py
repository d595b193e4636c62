"""`stats`: what happened here over a period, as a picture and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands.admin.typed import admin_word
from bot.commands.desk import Desk
from bot.domain.arguments import Arguments
from bot.domain.card import Card, Picture, Reply, Tone
from bot.domain.identity import BlobKey, ImageId, Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.sentences import counted, duration, images, money
from bot.domain.statistics import Bucket, Figures, Share, Step
from bot.images.stats_chart import WIDTH_PX, Bar, StatsPicture, height_px

USUAL = timedelta(days=30)
LONGEST = timedelta(days=366)
LABELS = 8
"""As many as stand under the columns without touching."""
NO_IMAGE = ImageId(0)
"""The chart is no picture of the gallery."""
_PERIOD = Parameter(
    name="last", kind=ParameterKind.DURATION, help="How far back, as 7d; 30 days unless said"
)


async def stats(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Images, money, refusals, waits, who and which models."""
    workspace = invocation.person.workspace_id
    rules = await desk.rulebook.current(workspace)
    zone = rules.zone(desk.rules.zone)
    span = arguments.values.get("last")
    now = desk.clock.now()
    back = min(span, LONGEST) if isinstance(span, timedelta) else USUAL
    figures = await desk.statistics.figures(workspace, since=now - back, until=now, zone=zone)
    chart = picture_of(figures, zone_name=str(zone))
    drawn = await desk.charts.draw(chart)
    card = _card(figures, str(zone))
    if drawn is None:
        return Reply(card=card)
    shown = _shown(drawn, height_px(chart), " ".join(card.lines))
    return Reply(card=replace(card, pictures=(shown,)))


def _card(figures: Figures, zone_name: str) -> Card:
    lines = [
        f"{images(figures.images)} in {counted(figures.requests, 'request')}, {money(figures.cost_microusd)} spent.",
        _ends(figures),
    ]
    if figures.wait_p50_s is not None and figures.wait_p95_s is not None:
        lines.append(
            f"From asking to the answer: half within {_seconds(figures.wait_p50_s)}, "
            f"95 % within {_seconds(figures.wait_p95_s)}."
        )
    if figures.cut:
        lines.append(f"Only the newest {counted(figures.requests, 'request')} are counted.")
    return Card(
        tone=Tone.NOTICE,
        headline=f"What happened here: {_period(figures)}",
        lines=tuple(lines),
        preformatted="\n".join(
            [*_ranking("Who", figures.people), *_ranking("Model", figures.models)]
        ),
        footer=f"By the clock of {zone_name}.",
        only_asker=True,
    )


def _ends(figures: Figures) -> str:
    """How requests ended that gave no picture. What was refused before it was taken, as over a quota, is no request."""
    return (
        f"{figures.refused} refused ({figures.refused_share:.0%}), {figures.failed} failed, "
        f"{figures.cancelled} cancelled; {figures.unfinished} not over yet. "
        "What a quota, a budget or a rule stopped before it was taken is not counted."
    )


def _shown(key: BlobKey, tall_px: int, said: str) -> Picture:
    return Picture(
        image=NO_IMAGE,
        position=1,
        alt=f"A chart of the same figures. {said}",
        width_px=WIDTH_PX,
        height_px=tall_px,
        full=key,
        full_mime="image/png",
        view=key,
        thumbnail=key,
    )


def _ranking(title: str, shares: Sequence[Share]) -> list[str]:
    if not shares:
        return []
    width = max(len(one.name) for one in shares)
    return [title, *(f"  {one.name:<{width}}  {_note(one)}" for one in shares)]


def _note(share: Share) -> str:
    paid = f", {money(share.cost_microusd)}" if share.cost_microusd else ""
    return f"{images(share.images)}{paid}"


def _seconds(seconds: float) -> str:
    return duration(timedelta(seconds=seconds))


def _period(figures: Figures) -> str:
    first, last = figures.days
    if first == last:
        return f"{last.day} {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {last.day} {last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"


def picture_of(figures: Figures, *, zone_name: str) -> StatsPicture:
    """The figures as they are written on the picture."""
    p50, p95 = figures.wait_p50_s, figures.wait_p95_s
    return StatsPicture(
        title="What happened here",
        period=f"{_period(figures)}, {zone_name}",
        tiles=(
            ("images", f"{figures.images:,}"),
            ("requests", f"{figures.requests:,}"),
            ("spent", money(figures.cost_microusd)),
            ("refused", f"{figures.refused:,} ({figures.refused_share:.0%})"),
            ("half within", "–" if p50 is None else _seconds(p50)),
            ("95 % within", "–" if p95 is None else _seconds(p95)),
        ),
        labels=_labels(figures.buckets, figures.step),
        images=tuple(one.images for one in figures.buckets),
        refused=tuple(one.refused for one in figures.buckets),
        failed=tuple(one.failed for one in figures.buckets),
        people=_bars(figures.people),
        models=_bars(figures.models),
    )


def _bars(shares: Sequence[Share]) -> tuple[Bar, ...]:
    return tuple(Bar(name=one.name, value=one.images, note=_note(one)) for one in shares)


def _labels(buckets: Sequence[Bucket], step: Step) -> tuple[str, ...]:
    """Every few buckets' names; the others have none."""
    every = max(1, -(-len(buckets) // LABELS))
    return tuple(
        _label(one.begins, step) if number % every == 0 else ""
        for number, one in enumerate(buckets)
    )


def _label(begins: datetime, step: Step) -> str:
    return f"{begins:%H:%M}" if step is Step.HOUR else f"{begins.day} {begins:%b}"


WORDS = (
    admin_word(
        "stats",
        stats,
        role=Role.MODERATOR,
        summary="Images, costs, waits and who, as a picture",
        examples=("stats", "stats 7d"),
        parameters=(_PERIOD,),
    ),
)
