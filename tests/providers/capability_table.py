"""The table of docs/providers.md, drawn from what each adapter says its models can do.

`python -m tests.providers.capability_table` writes it into the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from providers import (
    CancelKind,
    Capabilities,
    Delivery,
    Model,
    Operation,
    ProgressKind,
    SeedSupport,
)
from providers.sketch import plugin as sketch_plugin
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.fault_cases import FAULT_CASES, FaultCase
from tests.simulators.providers.job_cases import REPLICATE_MODELS
from tests.simulators.providers.serving import serving

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"
BEGIN, END = "<!-- capabilities -->", "<!-- end of capabilities -->"
KINDS = ("openai", "gemini", "stability", "bfl", "replicate", "fal", "a1111", "comfyui")
OPERATIONS = {
    Operation.TEXT_TO_IMAGE: "words",
    Operation.IMAGE_TO_IMAGE: "picture",
    Operation.INPAINT: "inpaint",
    Operation.OUTPAINT: "outpaint",
    Operation.UPSCALE: "upscale",
    Operation.VARY: "vary",
    Operation.REMOVE_BACKGROUND: "cut out",
    Operation.CONTROL: "control",
}


async def table() -> str:
    """The whole table as Markdown."""
    head = [
        "kind",
        *OPERATIONS.values(),
        "seed",
        "`--no`",
        "LoRA",
        "at once",
        "progress",
        "cancel",
        "resume",
    ]
    rows = [("sketch", await _sketch())]
    rows += [(kind, await _offered(_case(kind))) for kind in KINDS]
    lines = [_line(head), _line(["---"] * len(head))]
    return "\n".join([*lines, *(_line([f"`{kind}`", *_cells(offered)]) for kind, offered in rows)])


def page_with(table_: str) -> str:
    """The page with that table in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table_}\n\n{END}{after}"


def _case(kind: str) -> FaultCase:
    return next(case for case in FAULT_CASES if case.name == kind)


async def _offered(case: FaultCase) -> Sequence[Model]:
    simulator = case.simulator()
    # Replicate's models tell by themselves what they can do: these are the ones whose schemas we have.
    models = REPLICATE_MODELS if case.name == "replicate" else ()
    named = {**case.table, "models": models}
    async with (
        serving(simulator.app) as url,
        provider_at(url + case.base_path, case.plugin, **named) as provider,
    ):
        return tuple(await provider.models())


async def _sketch() -> Sequence[Model]:
    async with provider_at("http://127.0.0.1:9", sketch_plugin, api_key=None) as provider:
        return tuple(await provider.models())


def _cells(offered: Sequence[Model]) -> Iterable[str]:
    able = [one.capabilities for one in offered]
    for operation in OPERATIONS:
        yield _some(able, lambda one, wanted=operation: wanted in one.operations)
    yield _some(able, lambda one: one.seed is not SeedSupport.NONE)
    yield _some(able, lambda one: one.negative_prompt)
    yield _some(able, lambda one: one.max_loras > 0)
    yield str(max(one.max_count for one in able))
    yield _best([one.progress for one in able], list(ProgressKind))
    yield _best([one.cancel for one in able], list(CancelKind))
    yield _some(able, lambda one: one.delivery in {Delivery.POLL, Delivery.WEBHOOK})


def _some(able: Sequence[Capabilities], has) -> str:
    count = sum(bool(has(one)) for one in able)
    return "–" if count == 0 else "yes" if count == len(able) else "some"


def _best(found: Sequence[str], order: Sequence[str]) -> str:
    best = max(found, key=order.index)
    return "–" if best == "none" else str(best)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page_with(asyncio.run(table())), encoding="utf-8")
