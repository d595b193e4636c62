"""From a stored order and its plan to what a provider is asked, in as many calls as it takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.domain.job import Job, Plan
from bot.domain.loras import read_loras
from bot.pipeline.catalog import Catalog
from bot.ports import Blobs, Gallery
from providers import Capabilities, GenerationRequest, Operation, SeedSupport


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Images `first` to `first + count - 1` of a job, counted from 0. `number` names its calls in the journal."""

    number: int
    first: int
    count: int

    def request(self, whole: GenerationRequest, *, model: str, most: int) -> GenerationRequest:
        """The request of one call for at most `most` of its images; its seed goes on where the one before ended."""
        seed = None if whole.seed is None else (whole.seed + self.first) % 2**31
        return replace(whole, model=model, count=min(self.count, most), seed=seed)

    def after(self, answered: int) -> Part | None:
        """What is left when a model gave fewer at once than the part takes; None when nothing is."""
        if answered >= self.count:
            return None
        return Part(
            number=self.number + REST,
            first=self.first + answered,
            count=self.count - answered,
        )


REST = 100
"""Added to a part's number for what is left of it: more than the parts that any job has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How a job's images are spread over calls: a model gives at most so many at once."""

    per_call: int
    images: int
    _told: dict[int, float] = field(default_factory=dict)
    """How far each part is, by its number."""

    @property
    def each(self) -> tuple[Part, ...]:
        """The parts; they can be painted at the same time."""
        return tuple(
            Part(number=number, first=first, count=min(self.per_call, self.images - first))
            for number, first in enumerate(range(0, self.images, self.per_call))
        )

    def overall(self, number: int, fraction: float | None) -> float | None:
        """The job's progress, 0 to 1, now that part `number` is so far; None while nobody told."""
        if fraction is not None:
            self._told[number % REST] = max(0.0, min(1.0, fraction))
        count = -(-self.images // self.per_call)
        return sum(self._told.values()) / count if self._told else None

    def ended(self, number: int) -> None:
        """The part is answered."""
        self._told[number % REST] = 1.0


def parts_of(plan: Plan, catalog: Catalog) -> Parts:
    """The calls that `plan` takes."""
    per_call = plan.per_call
    if per_call is None:
        capabilities = catalog.capabilities(plan.model)
        per_call = max(1, min(plan.count, capabilities.max_count if capabilities else 1))
    return Parts(per_call=per_call, images=plan.count)


def suited(request: GenerationRequest, capabilities: Capabilities) -> GenerationRequest:
    """The request without what this model can't take; the plan's notes have said so, or its equals can't either."""
    seeded = capabilities.seed is not SeedSupport.NONE
    return replace(
        request,
        seed=request.seed if seeded else None,
        negative_prompt=request.negative_prompt if capabilities.negative_prompt else "",
        steps=request.steps if capabilities.steps else None,
        guidance=request.guidance if capabilities.guidance else None,
        strength=request.strength if capabilities.strength else None,
        repair=tuple(one for one in request.repair if one in capabilities.repairs),
        sampler=request.sampler if request.sampler in capabilities.samplers else None,
        loras=request.loras[: capabilities.max_loras],
    )


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
    picture = await blobs.get(source) if source else None
    controls = order.operation is Operation.CONTROL
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
        source_image=None if controls else picture,
        control_image=picture if controls else None,
        control_kind=ask.control if controls else None,
        sampler=ask.sampler,
        loras=(read_loras(ask.lora) or ()) if ask.lora else (),
        strength=ask.strength,
        mask=await blobs.get(order.mask) if order.mask else None,
        expand=order.expand,
        scale=order.scale,
        repair=order.repair,
        extra=extra,
    )
