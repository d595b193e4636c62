"""The playground on a stage: the real page and the real commands, over parts in memory, with jobs moved by hand."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.commands.desk import Desk
from bot.commands.dispatch import Dispatch
from bot.commands.words import REGISTRY
from bot.domain.house import HouseRules
from bot.domain.job import Ending, JobState, Plan, Reason, StoredImage
from bot.domain.live import Changed, InLine, Painting
from bot.domain.workspace_rules import WorkspaceRules
from bot.pipeline.cards import Cards
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.entitlement import Entitlements
from bot.pipeline.parking import Parking
from bot.pipeline.rulebook import Rulebook
from bot.pipeline.submit import Intake
from bot.ports import Letter
from bot.surfaces.web.app import site
from bot.surfaces.web.parts import PlaygroundParts, WebParts
from bot.surfaces.web.postman import PlaygroundPostman
from moderation.panel import Panel
from providers import Capabilities, Model, Operation
from tests.browser.stage import paint
from tests.browser.stage.memory import (
    FanSignals,
    MemoryBlobs,
    MemoryChannel,
    MemoryGallery,
    MemoryOffers,
    MemoryPreferences,
    MemoryQueue,
    MemoryQuotas,
    MemoryUploads,
    NoBudgets,
    NoReports,
    NoStatistics,
    NoTemplatePictures,
    PlainLinks,
    SteppingClock,
)


class Easel:
    """A provider in name only: the stage itself paints."""

    name = "stage"


CATALOG = Catalog(
    (
        Stall(
            provider=Easel(),
            models=(
                Model(
                    id="sketch",
                    capabilities=Capabilities(
                        operations=frozenset(Operation),
                        styles=("ink wash", "oil", "pastel", "watercolor", "woodcut"),
                        is_ai_model=False,
                    ),
                ),
                Model(id="fine-xl", capabilities=Capabilities(operations=frozenset(Operation))),
            ),
        ),
    )
)


class Recorder:
    """Notes every invocation on its way to the commands."""

    def __init__(self, dispatch):
        self.dispatch = dispatch
        self.seen = []

    async def __call__(self, invocation):
        self.seen.append(invocation)
        return await self.dispatch(invocation)

    def may_use(self, role):
        return self.dispatch.may_use(role)

    async def known(self, person):
        return await self.dispatch.known(person)

    async def words(self, person):
        return await self.dispatch.words(person)


class NoRules:
    """A workspace in which nothing was ever set."""

    async def newer(self, workspace, *, than):
        return None if than == 0 else WorkspaceRules(workspace=workspace)

    async def people(self, workspace):
        return {}


class MemoryAudit:
    async def entries(self, query):
        return []


class Stage:
    def __init__(self, *, side_px=640):
        self.side_px = side_px
        self.clock = SteppingClock()
        self.blobs = MemoryBlobs()
        self.signals = FanSignals()
        self.queue = MemoryQueue(self.clock)
        self.gallery = MemoryGallery(self.queue)
        self.channel = MemoryChannel(self.clock)
        self.uploads = MemoryUploads(self.blobs)
        self.letters = 0
        rules = HouseRules()
        quotas = MemoryQuotas()
        no_rules = NoRules()
        rulebook = Rulebook(no_rules)
        entitlements = Entitlements(rulebook=rulebook, house=rules, clock=self.clock)
        desk = Desk(
            intake=Intake(
                queue=self.queue,
                signals=self.signals,
                clock=self.clock,
                entitlements=entitlements,
                boundary=lambda name, job: None,
            ),
            queue=self.queue,
            gallery=self.gallery,
            quotas=quotas,
            budgets=NoBudgets(),
            offers=MemoryOffers(),
            parking=Parking(
                queue=self.queue,
                entitlements=entitlements,
                signals=self.signals,
                clock=self.clock,
            ),
            preferences=MemoryPreferences(),
            workspace_rules=no_rules,
            rulebook=rulebook,
            entitlements=entitlements,
            audit=MemoryAudit(),
            reports=NoReports(),
            template_pictures=NoTemplatePictures(),
            statistics=NoStatistics(),
            charts=None,
            panel=Panel((), policy_version="none", timeout_s=1.0),
            blobs=self.blobs,
            signals=self.signals,
            catalog=CATALOG,
            rules=rules,
            clock=self.clock,
            guides=REGISTRY.guides,
        )
        self.answer = Recorder(Dispatch(desk, REGISTRY))
        self.cards = Cards(
            queue=self.queue,
            gallery=self.gallery,
            quotas=quotas,
            catalog=CATALOG,
            entitlements=entitlements,
        )
        self.postman = PlaygroundPostman(self.channel, self.signals)
        self.parts = WebParts(
            secret="only for the stage",
            blobs=self.blobs,
            links=PlainLinks(),
            playground=PlaygroundParts(
                answer=self.answer,
                channel=self.channel,
                jobs=self.queue,
                card_of=self.cards,
                signals=self.signals,
                uploads=self.uploads,
                catalog=CATALOG,
            ),
        )
        self.site = site(self.parts)

    def site_with(self, **changes):
        """The same house with other parts of its site."""
        return site(replace(self.parts, **changes))

    # --- a job's life, step by step ----------------------------------------------------------------------------

    def newest(self):
        return max(self.queue.jobs, default=None)

    async def admit(self, job):
        order = self.queue.jobs[job].order
        plan = Plan(
            model=order.ask.model or "sketch",
            providers=("stage",),
            width_px=self.side_px,
            height_px=self.side_px,
            count=order.images,
            seed=order.ask.seed or 41 + 7 * job,
        )
        self.queue.change(job, state=JobState.READY, plan=plan)
        await self.post(job, final=False)

    async def move_up(self, busy):
        self.queue.busy = busy
        for entry in await self.queue.line():
            self.signals.publish(InLine(job=entry.job, place=entry.place))

    async def start(self, job):
        self.queue.change(job, state=JobState.RUNNING, started_at=self.clock.now())
        self.signals.publish(Changed(job=job))

    async def progress(self, job, fraction, *, preview=True):
        seed = self.queue.jobs[job].plan.seed
        self.signals.publish(
            Painting(
                job=job,
                fraction=fraction,
                preview=paint.preview(seed, fraction) if preview and fraction else None,
            )
        )

    async def finish(self, job):
        plan = self.queue.jobs[job].plan
        for position in range(1, plan.count + 1):
            await self.store(job, position, plan.seed + position - 1)
        started = self.queue.jobs[job].started_at or self.clock.now()
        self.queue.change(
            job,
            state=JobState.DELIVERED,
            started_at=started,
            finished_at=started + timedelta(seconds=3.4),
            cost_microusd=0,
        )
        await self.post(job, final=True)

    async def store(self, job, position, seed):
        image = paint.picture(seed, width_px=self.side_px, height_px=self.side_px)
        prompt = self.queue.jobs[job].order.ask.prompt
        full = await self.blobs.put(paint.encoded(image))
        view = await self.blobs.put(paint.encoded(image, "JPEG", quality=88))
        stored = StoredImage(
            id=self.gallery.next_id(),
            job=job,
            position=position,
            seed=seed,
            width_px=image.width,
            height_px=image.height,
            mime="image/png",
            key=full,
            view=view,
            thumbnail=view,
            phash="0" * 16,
            alt=f"Picture {position}: {prompt}",
        )
        self.gallery.add(stored)

    async def refuse(self, job, reason=Reason.BLOCKED_PROMPT, category="violence"):
        self.queue.change(
            job, state=JobState.REFUSED, ending=Ending(reason=reason, category=category)
        )
        await self.post(job, final=True)

    async def fail(self, job, reason=Reason.PROVIDER_DOWN):
        self.queue.change(job, state=JobState.FAILED, ending=Ending(reason=reason))
        await self.post(job, final=True)

    async def cancelled(self, job):
        self.queue.change(job, state=JobState.CANCELLED, ending=Ending(reason=Reason.CANCELLED))
        await self.post(job, final=True)

    async def post(self, job, *, final):
        self.letters += 1
        letter = Letter(
            id=self.letters,
            job=job,
            final=final,
            attempt=1,
            nonce=f"{job}-{'end' if final else 'on'}",
        )
        posted = await self.postman.post(letter, self.queue.jobs[job], await self.cards(job))
        if not final:
            self.queue.change(job, message=posted.message)
        self.signals.publish(Changed(job=job))

    async def whole_life(self, job):
        await self.admit(job)
        await self.start(job)
        await self.finish(job)

    # --- by itself ----------------------------------------------------------------------------------------------

    async def play(self, *, pace_s=0.45):
        """Moves every job on by itself, for whoever looks at the page."""
        while True:
            await asyncio.sleep(pace_s)
            for job in list(self.queue.jobs.values()):
                if job.state is JobState.RECEIVED:
                    await self._receive(job)
                elif job.cancel_asked and job.state in {JobState.READY, JobState.RUNNING}:
                    await self.cancelled(job.id)
            ready = [job for job in self.queue.jobs.values() if job.state is JobState.READY]
            if ready:
                with suppress(KeyError):
                    await self._paint(ready[0].id, pace_s)

    async def _receive(self, job):
        words = job.order.ask.prompt.casefold()
        if "forbidden" in words:
            await self.refuse(job.id)
        elif "broken" in words:
            await self.admit(job.id)
            await self.fail(job.id)
        else:
            await self.admit(job.id)

    async def _paint(self, job, pace_s):
        for place in (2, 1, 0):
            await self.move_up(place)
            await asyncio.sleep(pace_s * 2)
        await self.start(job)
        for step in range(12):
            if self.queue.jobs[job].cancel_asked:
                await self.cancelled(job)
                return
            await self.progress(job, step / 12)
            await asyncio.sleep(pace_s)
        await self.finish(job)
