"""The house: every part connected, the loops that keep it going, and a clean way out."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version

from bot.blobs.disk import DiskBlobs
from bot.commands.desk import Desk
from bot.commands.dispatch import Dispatch
from bot.commands.words import REGISTRY
from bot.config import Settings
from bot.domain.house import HouseRules
from bot.domain.identity import JobId
from bot.domain.live import Changed, LiveUpdate, Painting, Rang
from bot.images.processes import ImageProcesses
from bot.pipeline.admit import AT_ONCE as ADMITTED_AT_ONCE
from bot.pipeline.admit import Admissions
from bot.pipeline.calls import Calls
from bot.pipeline.cards import Cards
from bot.pipeline.charts import Charts
from bot.pipeline.choosing import Chooser
from bot.pipeline.collect import Collector
from bot.pipeline.crew import Crew
from bot.pipeline.deliver import AT_ONCE as DELIVERED_AT_ONCE
from bot.pipeline.deliver import Deliveries
from bot.pipeline.discovery import CatalogKeeper
from bot.pipeline.entitlement import Entitlements
from bot.pipeline.finish import Darkroom, parent_of
from bot.pipeline.foresight import Foresight
from bot.pipeline.generate import Studio
from bot.pipeline.loop import keep_a_crew, keep_going
from bot.pipeline.notices import Announcements, Announcer
from bot.pipeline.parking import Parking, ParkingAttendant
from bot.pipeline.planning import Planner
from bot.pipeline.rings import Rings
from bot.pipeline.rulebook import Rulebook
from bot.pipeline.shutdowns import ShutdownWatch
from bot.pipeline.submit import ADMISSIONS, Intake
from bot.pipeline.topics import LETTERS, PARKED, READY
from bot.pipeline.upkeep import MAX_ATTEMPTS, Sweeper, Ticker
from bot.pipeline.worker import Worker
from bot.ports import Boundary, Buckets, Postman, Signals, StoreUnavailable
from bot.store.opening import Store
from bot.store.playground import SqlChannel
from bot.surfaces.shell import ShellPostman
from bot.surfaces.web.postman import PlaygroundPostman
from bot.telemetry.loop_lag import watch_loop
from bot.telemetry.metrics import Metrics
from bot.wiring.fittings import Fittings
from bot.wiring.metrics import open_metrics, watch_shared
from bot.wiring.part import Part, check_shared
from bot.wiring.pictures import open_pictures
from bot.wiring.plugins import open_catalog, open_panel
from bot.wiring.processes import open_processes
from bot.wiring.sharing import check_same_folder, house_mark, open_limits
from bot.wiring.store import open_signals, open_store


@dataclass(slots=True, kw_only=True)
class House:
    """An open house. `work` keeps it going; without it, it can still submit and look."""

    settings: Settings
    part: Part
    owner: str
    """This process, as others know it."""
    desk: Desk
    dispatch: Dispatch
    cards: Cards
    store: Store
    channel: SqlChannel
    signals: Signals
    blobs: DiskBlobs
    pixels: ImageProcesses
    buckets: Buckets
    """How often the platforms may be called."""
    metrics: Metrics
    boundary: Boundary
    foresight: Foresight
    postmen: dict[str, Postman]
    """By platform; a surface that opens later adds its own before the work begins."""
    _admissions: Admissions
    _deliveries: Deliveries
    _worker: Worker
    _rings: Rings
    _crew: Crew
    _announcements: Announcements
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the work is over and nothing more will be posted."""
    _live: dict[JobId, LiveUpdate] = field(default_factory=dict)
    _changes: dict[JobId, asyncio.Event] = field(default_factory=dict)

    async def work(self, *, stop: asyncio.Event, drain_s: float) -> None:
        """Does what this part of the house does until `stop` is set, then drains; `drained` is set when it has.

        Letters go on being posted until the worker has drained, so that what was finished last is still answered.
        """
        drained = self.drained
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self.listen())
            group.create_task(self._rouse(stop, ADMISSIONS, PARKED, READY))
            group.create_task(self._rouse(drained, LETTERS))
            group.create_task(watch_loop(self.metrics, stop=drained))
            keeper = CatalogKeeper(catalog=self.desk.catalog, clock=self.desk.clock, stop=stop)
            group.create_task(keep_going("discovery", keeper.step, stop=stop))
            if self.part.receives:
                ticker = Ticker(queue=self.store.queue, signals=self.signals, stop=stop)
                group.create_task(keep_going("line", ticker.step, stop=stop))
            if not self.store.exclusive:
                group.create_task(self._crew.keep(stop=drained))
            admitting = group.create_task(self._admit(stop))
            if self.part.paints:
                self._paint_and_tidy(group, stop)
            try:
                if self.part.paints:
                    await self._worker.run(stop=stop, drain_s=drain_s)
                await admitting
            finally:
                drained.set()
                listening.cancel()

    def _paint_and_tidy(self, group: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        queue = self.store.queue
        sweeper = Sweeper(
            queue=queue, signals=self.signals, stop=self.drained, renew=self._worker.renew
        )
        collector = Collector(
            stock=self.blobs, use=self.store.blob_use, clock=self.desk.clock, stop=stop
        )
        announcer = Announcer(announcements=self._announcements, stop=stop)
        watch = ShutdownWatch(
            catalog=self.desk.catalog,
            notices=self.store.notices,
            rulebook=self.desk.rulebook,
            rules=self.desk.rules,
            clock=self.desk.clock,
            stop=stop,
        )
        attendant = ParkingAttendant(parking=self.desk.parking)
        group.create_task(self._deliver(self.drained))
        group.create_task(keep_going("sweep", sweeper.step, stop=self.drained))
        group.create_task(keep_going("parking", attendant.step, stop=stop))
        group.create_task(keep_going("notices", announcer.step, stop=stop))
        group.create_task(keep_going("shutdowns", watch.step, stop=stop))
        group.create_task(keep_going("collect", collector.step, stop=stop))

    async def _admit(self, stop: asyncio.Event) -> None:
        if not self.part.admits:
            await stop.wait()
            return
        take, work = self._admissions.take, self._admissions.work
        await keep_a_crew("admit", take, work, at_once=ADMITTED_AT_ONCE, stop=stop)

    async def _deliver(self, stop: asyncio.Event) -> None:
        take, work = self._deliveries.take, partial(self._deliveries.work, stop=stop)
        await keep_a_crew("deliver", take, work, at_once=DELIVERED_AT_ONCE, stop=stop)

    async def _rouse(self, stop: asyncio.Event, *topics: str) -> None:
        """Lets loops see at once that they are to end, and not only when their wait is over."""
        await stop.wait()
        for topic in topics:
            self.signals.wake(topic)

    async def check_database(self) -> str | None:
        """None when the database answers, else a sentence."""
        try:
            await self.store.queue.line()
        except StoreUnavailable as error:
            return str(error)
        return None

    def live(self, job: JobId) -> LiveUpdate | None:
        """The last thing heard of a job here; nothing when another process paints it."""
        return self._live.get(job)

    async def job_changed(self, job: JobId, *, timeout_s: float) -> None:
        """Returns when something is heard of the job, or after `timeout_s`."""
        event = self._changes.setdefault(job, asyncio.Event())
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            return
        finally:
            event.clear()
            self._changes.pop(job, None)

    async def listen(self) -> None:
        """Hears of jobs painted anywhere, for `live` and `job_changed`; `work` does it by itself."""
        async for update in self.signals.updates():
            match update:
                case Changed(job=job):
                    self._live.pop(job, None)
                case Rang(job=job):
                    self._rings.ring(job)
                    continue
                case Painting():
                    # A preview may weigh a megabyte, and nobody here looks at it.
                    self._live[update.job] = replace(update, preview=None)
                case _:
                    self._live[update.job] = update
            if event := self._changes.get(update.job):
                event.set()


@asynccontextmanager
async def open_house(
    settings: Settings, *, work: bool, part: Part = Part.ALL, fittings: Fittings | None = None
) -> AsyncIterator[House]:
    """Everything connected. With `work` the database is claimed: AlreadyRunning when another process has it.

    CannotStart says in a sentence what is wrong.
    """
    check_shared(part, settings)
    fit = fittings or Fittings()
    metrics = open_metrics(part)
    async with AsyncExitStack() as stack:
        store = await open_store(settings, clock=fit.clock, claim=work, stack=stack, record=metrics)
        blobs = await open_pictures(settings, store)
        processes = open_processes(settings, stack=stack)
        pixels = processes.pixels
        catalog = fit.catalog(
            await open_catalog(settings, clock=fit.clock, off_loop=processes.models, stack=stack)
        )
        panel = fit.panel(await open_panel(settings, off_loop=processes.judges, stack=stack))
        foresight = Foresight(panel, fit.clock, record=metrics)
        owner = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
        signals = await open_signals(settings, stack=stack, owner=owner)
        mark = await house_mark(settings)
        crew = Crew(presence=store.presence, owner=owner, part=part, house=mark)
        if work and not store.exclusive:
            check_same_folder(settings, await crew.join())
        limits = await open_limits(settings, crew, stack=stack, record=metrics)
        if work and store.exclusive:
            # Where others may be running, what they hold comes free by its leases.
            await store.queue.recover(owner=owner, max_attempts=MAX_ATTEMPTS)
        rules = HouseRules(**settings.rules.model_dump())
        rulebook = Rulebook(store.rules)
        entitlements = Entitlements(rulebook=rulebook, house=rules, clock=fit.clock)
        intake = Intake(
            queue=store.queue,
            signals=signals,
            clock=fit.clock,
            entitlements=entitlements,
            boundary=fit.boundary,
            record=metrics,
        )
        parking = Parking(
            queue=store.queue, entitlements=entitlements, signals=signals, clock=fit.clock
        )
        desk = Desk(
            intake=intake,
            queue=store.queue,
            gallery=store.gallery,
            quotas=store.quotas,
            budgets=store.budgets,
            offers=store.offers,
            parking=parking,
            preferences=store.preferences,
            template_pictures=store.template_pictures,
            workspace_rules=store.rules,
            rulebook=rulebook,
            entitlements=entitlements,
            audit=store.audit,
            statistics=store.statistics,
            charts=Charts(
                blobs=blobs,
                use=store.blob_use,
                cache_dir=settings.data_dir / "fonts",
                processes=partial(ImageProcesses, workers=1, name="charts"),
            ),
            panel=panel,
            reports=store.reports,
            blobs=blobs,
            signals=signals,
            catalog=catalog,
            rules=rules,
            clock=fit.clock,
            guides=REGISTRY.guides,
        )
        cards = Cards(
            queue=store.queue,
            gallery=store.gallery,
            quotas=store.quotas,
            catalog=catalog,
            entitlements=entitlements,
        )
        traffic = limits.traffic
        watch_shared(metrics, part, store.backlogs, traffic.breakers, catalog)
        rings = Rings()
        channel = SqlChannel(store.executor)
        postmen: dict[str, Postman] = {
            postman.platform: postman
            for postman in (PlaygroundPostman(channel, signals), ShellPostman())
        }
        postmen.update(fit.postmen)
        yield House(
            settings=settings,
            part=part,
            owner=owner,
            desk=desk,
            dispatch=Dispatch(desk, REGISTRY),
            cards=cards,
            store=store,
            channel=channel,
            signals=signals,
            blobs=blobs,
            pixels=pixels,
            buckets=limits.platforms,
            metrics=metrics,
            boundary=fit.boundary,
            foresight=foresight,
            postmen=postmen,
            _admissions=Admissions(
                queue=store.queue,
                foresight=foresight,
                planner=Planner(
                    catalog=catalog,
                    queue=store.queue,
                    gallery=store.gallery,
                    repeats=store.repeats,
                    traffic=traffic,
                    rules=rules,
                    chance=fit.chance,
                ),
                signals=signals,
                entitlements=entitlements,
                owner=owner,
                boundary=fit.boundary,
                lease_s=fit.leases.admission_s,
            ),
            _deliveries=Deliveries(
                outbox=store.outbox,
                queue=store.queue,
                cards=cards,
                postmen=postmen,
                signals=signals,
                clock=fit.clock,
                owner=owner,
                boundary=fit.boundary,
                lease_s=fit.leases.letter_s,
            ),
            _worker=Worker(
                queue=store.queue,
                studio=Studio(
                    queue=store.queue,
                    gallery=store.gallery,
                    repeats=store.repeats,
                    off_loop=pixels,
                    chooser=Chooser(queue=store.queue, catalog=catalog, traffic=traffic),
                    calls=Calls(
                        journal=store.journal,
                        blobs=blobs,
                        catalog=catalog,
                        traffic=traffic,
                        signals=signals,
                        rings=rings,
                        clock=fit.clock,
                        rules=rules,
                        boundary=fit.boundary,
                        public_url=settings.public_url,
                        record=metrics,
                    ),
                ),
                darkroom=Darkroom(
                    blobs=blobs,
                    parent_of=partial(parent_of, store.gallery),
                    panel=panel,
                    catalog=catalog,
                    off_loop=pixels,
                    boundary=fit.boundary,
                    software=f"Impasto {version('impasto')}",
                    record=metrics,
                ),
                signals=signals,
                owner=owner,
                slots=settings.slots,
                boundary=fit.boundary,
                lease_s=fit.leases.job_s,
                heartbeat_s=fit.leases.job_s / 3,
                record=metrics,
            ),
            _rings=rings,
            _crew=crew,
            _announcements=Announcements(
                notices=store.notices,
                rulebook=rulebook,
                postmen=postmen,
                clock=fit.clock,
                owner=owner,
            ),
        )
