"""From a stored order and its plan to what a provider is asked, in as many calls as it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.job import Job, Plan
from bot.pipeline.catalog import Catalog
from bot.ports import Blobs, Gallery
from providers import GenerationRequest, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How a job's images are spread over calls: a model gives at most so many at once."""

    count: int
    per_call: int
    images: int

    def request(self, whole: GenerationRequest, part: int) -> GenerationRequest:
        """The request of one call; its seed goes on where the part before ended."""
        first = part * self.per_call
        seed = None if whole.seed is None else (whole.seed + first) % 2**31
        return replace(whole, count=min(self.per_call, self.images - first), seed=seed)

    def overall(self, part: int, fraction: float | None) -> float | None:
        """The job's progress, 0 to 1, from the progress of one call."""
        return None if fraction is None else (part + fraction) / self.count


def parts_of(plan: Plan, catalog: Catalog) -> Parts:
    """The calls that `plan` takes."""
    capabilities = catalog.capabilities(plan.model)
    per_call = max(1, min(plan.count, capabilities.max_count if capabilities else 1))
    return Parts(count=-(-plan.count // per_call), per_call=per_call, images=plan.count)


async def request_of(job: Job, plan: Plan, *, blobs: Blobs, gallery: Gallery) -> GenerationRequest:
    """What is asked of whoever paints it. BlobMissing when the picture it starts from was deleted meanwhile."""
    order, ask = job.order, job.order.ask
    source = order.source
    seed, extra = plan.seed, dict[str, str | int | float | bool]()
    if order.parent_image is not None:
        parent = await gallery.image(order.parent_image, workspace=job.person.workspace_id)
        if parent is not None:
            source = source or parent.key
            if order.operation is Operation.VARY and parent.seed is not None and seed is not None:
                # The parent's seed keeps the composition, the new one moves it.
                extra["vary_seed"], seed = seed, parent.seed
    return GenerationRequest(
        operation=order.operation,
        model=plan.model,
        prompt=ask.prompt,
        negative_prompt=ask.negative_prompt,
        width_px=plan.width_px,
        height_px=plan.height_px,
        count=plan.count,
        seed=seed,
        steps=ask.steps,
        guidance=ask.guidance,
        style=ask.style,
        source_image=await blobs.get(source) if source else None,
        strength=ask.strength,
        mask=await blobs.get(order.mask) if order.mask else None,
        expand=order.expand,
        scale=order.scale,
        extra=extra,
    )
