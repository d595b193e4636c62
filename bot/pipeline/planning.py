"""How a judged request gets its plan: the workspace's rules, who is well, and whether it was painted before."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import blake2b
from random import Random

from bot.domain.allowance import Allowance
from bot.domain.house import HouseRules
from bot.domain.identity import BlobKey
from bot.domain.job import REPEAT, Ending, Job, JobState, Order, Plan, StoredImage
from bot.domain.routing import RoutingRules
from bot.pipeline.catalog import Catalog
from bot.pipeline.route import Market, route
from bot.pipeline.sizes import Source
from bot.pipeline.traffic import Traffic
from bot.ports import Gallery, Queue, Repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Makes plans; it changes nothing."""

    catalog: Catalog
    queue: Queue
    gallery: Gallery
    repeats: Repeats
    traffic: Traffic
    rules: HouseRules
    chance: Random

    async def plan(self, job: Job, allowance: Allowance, routing: RoutingRules) -> Plan | Ending:
        """The plan, or why nobody here can do it for this person."""
        rules = routing.within(self.rules.routing)
        if allowance.models is not None:
            rules = rules.within(RoutingRules(models=allowance.models))
        names = tuple(stall.name for stall in self.catalog.stalls)
        shut = await self.traffic.breakers.shut(names)
        market = Market(
            catalog=self.catalog,
            rules=self.rules,
            chance=self.chance,
            routing=rules,
            shut=frozenset(name for name, wait_s in shut.items() if wait_s > 0),
            largest_px=allowance.largest_px,
        )
        parent = await self._parent(job)
        source = (
            None if parent is None else Source(width_px=parent.width_px, height_px=parent.height_px)
        )
        plan = route(job.order, market, source=source)
        if isinstance(plan, Ending) or plan.seed is None:
            return plan
        digest = self._digest(job.order, plan, parent)
        plan = replace(plan, digest=digest)
        if not rules.cache or job.order.ask.fresh or job.order.ask.seed is None:
            return plan
        return await self._repeated(job, plan, digest)

    async def _repeated(self, job: Job, plan: Plan, digest: str) -> Plan:
        """The plan that shows what is there, when all of it still is; only of the same workspace."""
        workspace = job.person.workspace_id
        before = await self.repeats.find(workspace, digest)
        found = None if before is None else await self.queue.job(before)
        if found is None or found.person.workspace_id != workspace:
            return plan
        if found.state is not JobState.DELIVERED:
            return plan
        if not await all_there(self.gallery, found, count=plan.count):
            return plan
        note = f"Painted before, as request {found.id}: the same pictures at no cost. --fresh paints them anew."
        return replace(
            plan,
            repeats=found.id,
            providers=(REPEAT, *plan.providers),
            notes=(*plan.notes, note),
        )

    async def _parent(self, job: Job) -> StoredImage | None:
        if job.order.parent_image is None:
            return None
        return await self.gallery.image(job.order.parent_image, workspace=job.person.workspace_id)

    def _digest(self, order: Order, plan: Plan, parent: StoredImage | None) -> str:
        """Of all that a picture depends on."""
        capabilities = self.catalog.capabilities(plan.model)
        ask = order.ask
        told = {
            "operation": order.operation.value,
            "model": plan.model,
            "version": capabilities.version if capabilities else None,
            "prompt": ask.prompt,
            "negative_prompt": ask.negative_prompt,
            "size": [plan.width_px, plan.height_px],
            "count": plan.count,
            "seed": plan.seed,
            "steps": ask.steps,
            "guidance": ask.guidance,
            "strength": ask.strength,
            "style": ask.style,
            "sampler": ask.sampler,
            "lora": ask.lora,
            "control": ask.control,
            "scale": order.scale,
            "expand": str(order.expand),
            "repair": order.repair,
            "source": _source(order.source, parent),
            "mask": order.mask,
        }
        text = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return blake2b(text.encode(), digest_size=20).hexdigest()


def _source(source: BlobKey | None, parent: StoredImage | None) -> list[object]:
    """The picture it starts from, and the seed that a variation keeps of it."""
    key = source or (parent.key if parent else None)
    return [key, parent.seed if parent else None]


async def all_there(gallery: Gallery, job: Job, *, count: int) -> bool:
    """Whether every picture of that request was shown and is still: none refused, none deleted, none reported."""
    images = await gallery.images_of(job.id)
    return len(images) == count and await gallery.made_by(job.id) == count
