"""The provider itself: a workflow queued under an id of ours, followed, and its pictures fetched."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from providers.canvas import Unusable
from providers.capabilities import Model
from providers.comfyui.errors import WorkflowRefused, blamed, error_of
from providers.comfyui.filling import Filled, Pictures, fill, recipe_for
from providers.comfyui.history import PictureFile, is_queued
from providers.comfyui.nodes import nodes_at
from providers.comfyui.offers import Offer, Recipe, classes_of, offers_of
from providers.comfyui.options import Options, options_of
from providers.comfyui.pictures import Masked, masked_canvas, masked_source
from providers.comfyui.shelf import own_templates, shipped_templates
from providers.comfyui.template import EDGES, Template
from providers.comfyui.watching import Arrived, Watch, ended, followed, is_waiting
from providers.comfyui.websocket import open_line
from providers.errors import InvalidRequest, ModelGone, ProviderError, Unavailable
from providers.protocol import (
    Call,
    Done,
    Event,
    GeneratedImage,
    ProviderConfig,
    Result,
    Submitted,
    Workshop,
)
from providers.request import GenerationRequest, Insets, Operation
from providers.wire.deadline import Deadline
from providers.wire.own_server import (
    MAX_SMALL_JSON_BYTES,
    Ask,
    FilePart,
    OwnServer,
    get,
    not_billed,
    post,
)
from providers.wire.pictures import is_whole_picture, size_of

Preparing = Callable[..., Masked | Unusable]

DISCOVERY_TIMEOUT_S = 12.0
CANCEL_TIMEOUT_S = 5.0

MAX_IMAGE_BYTES = 32 * 1024 * 1024
"""Most bytes of one picture: 3840x2160 in 32 bit, unpacked, with room to spare."""

IDS = uuid.UUID("3b1f2f55-6b4e-5d0c-9f6a-3f4f0d7c9a11")
"""The namespace in which a call's key becomes its workflow's id."""

FOLDER = "impasto"


def plugin(config: ProviderConfig, workshop: Workshop) -> ComfyUI:
    """The provider of a `[[providers]]` table of kind "comfyui". ValueError with a sentence when the table is wrong."""
    return ComfyUI(config, workshop)


class ComfyUI:
    """A ComfyUI server. A call's key names its workflow there, so a call repeated finds what it queued before."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._options: Options = options_of(config)
        self._wanted = config.models
        self._workshop = workshop
        self._templates = templates_of(self._options)
        self._server = OwnServer(
            http=workshop.http,
            base_url=self._options.base_url,
            error_of=error_of,
            authorization=self._options.authorization,
        )
        self._offers: dict[str, Offer] = {}

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The models that the templates and the server's files make now. Unavailable when it is down or has none."""
        await self._look_around(Deadline.after(DISCOVERY_TIMEOUT_S))
        return tuple(offer.model for offer in self._offers.values())

    async def check_key(self) -> str | None:
        """None: the server told what it has, to whoever may ask it."""
        await self.models()
        return None

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """Submitted as soon as the workflow is queued, progress with previews, then Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. A call that is given up goes on there.
        """
        deadline = Deadline.after(call.timeout_s)
        offer = await self._offer(request, deadline)
        recipe = recipe_for(request, offer)
        prompt_id = str(uuid.uuid5(IDS, call.key))
        watch = self._watch(prompt_id, recipe, deadline)
        known = await self._is_known(watch)
        pictures = Pictures() if known else await self._with_pictures(request, recipe, deadline)
        work = fill(request, recipe, pictures, key=call.key)
        async with open_line(self._server, f"/ws?clientId={prompt_id}", deadline) as line:
            if not known:
                prompt_id = await self._queued(work, recipe, watch)
                watch = self._watch(prompt_id, recipe, deadline)
            yield Submitted(remote_id=prompt_id)
            async with aclosing(followed(watch, line)) as steps:
                async for step in steps:
                    if isinstance(step, Arrived):
                        yield Done(result=await self._result(step, request, work, deadline))
                    else:
                        yield step

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """The remaining events of a queued workflow. ModelGone when the server doesn't know it (any more)."""
        deadline = Deadline.after(call.timeout_s)
        if not is_workflow_id(remote_id):
            raise ModelGone(f"{remote_id!r} is no workflow of ours")
        offer = await self._offer(request, deadline)
        recipe = recipe_for(request, offer)
        work = fill(request, recipe, Pictures(), key=call.key)
        watch = self._watch(remote_id, recipe, deadline)
        async with (
            open_line(self._server, f"/ws?clientId={remote_id}", deadline) as line,
            aclosing(followed(watch, line)) as steps,
        ):
            async for step in steps:
                if isinstance(step, Arrived):
                    yield Done(result=await self._result(step, request, work, deadline))
                else:
                    yield step

    async def cancel(self, remote_id: str) -> bool:
        """Whether the workflow stood in line or ran, and was taken away."""
        if not is_workflow_id(remote_id):
            return False
        deadline = Deadline.after(CANCEL_TIMEOUT_S)
        try:
            found = await self._server.json_of(get("/queue"), deadline)
            if is_queued(found, remote_id, key="queue_pending"):
                ask = post("/queue", {"delete": [remote_id]})
            elif is_queued(found, remote_id, key="queue_running"):
                # Newer servers interrupt only this one; older ones whatever runs, which it is.
                ask = post("/interrupt", {"prompt_id": remote_id})
            else:
                return False
            await self._server.bytes_of(ask, deadline, max_bytes=MAX_SMALL_JSON_BYTES)
        except ProviderError as error:
            self._workshop.log.warning("%s did not cancel: %s", self._name, error.detail)
            return False
        return True

    async def _look_around(self, deadline: Deadline) -> None:
        nodes = await nodes_at(self._server, classes_of(self._templates), deadline)
        offers, lacking = offers_of(
            self._templates, nodes, wanted=self._wanted, max_px=self._options.max_px
        )
        for lack in lacking:
            self._workshop.log.info(
                "%s: workflow %s not offered: %s", self._name, lack.template, lack.reason
            )
        if not offers:
            why = "; ".join(f"{lack.template}: {lack.reason}" for lack in lacking)[:500]
            raise Unavailable(f"no workflow can run there: {why or 'no model of the allowlist'}")
        self._offers = {offer.model.id: offer for offer in offers}

    async def _offer(self, request: GenerationRequest, deadline: Deadline) -> Offer:
        if not self._offers:
            await self._look_around(deadline)
        offer = self._offers.get(request.model)
        if offer is None:
            raise ModelGone(f"{self._name} has no model {request.model!r}")
        return offer

    def _watch(self, prompt_id: str, recipe: Recipe, deadline: Deadline) -> Watch:
        return Watch(
            server=self._server,
            prompt_id=prompt_id,
            output=recipe.template.output,
            look_every_s=self._options.look_every_s,
            deadline=deadline,
        )

    async def _is_known(self, watch: Watch) -> bool:
        """Whether a call with this key queued its workflow before: the same id queued twice would run twice."""
        return await ended(watch) is not None or await is_waiting(watch)

    async def _queued(self, work: Filled, recipe: Recipe, watch: Watch) -> str:
        """The workflow's id, queued once. A lost answer is looked up: the id is ours, so it can be found."""
        body = {"prompt": work.graph, "client_id": watch.prompt_id, "prompt_id": watch.prompt_id}
        try:
            found = await self._server.json_of(post("/prompt", body), watch.deadline)
        except WorkflowRefused as error:
            raise blamed(error, recipe.template.slots) from error
        except Unavailable:
            if watch.deadline.is_over() or not await self._is_known(watch):
                raise
            return watch.prompt_id
        told = found.get("prompt_id") if isinstance(found, dict) else None
        if not isinstance(told, str) or not is_workflow_id(told):
            raise not_billed("queued, but under no id")
        return told

    async def _with_pictures(
        self, request: GenerationRequest, recipe: Recipe, deadline: Deadline
    ) -> Pictures:
        """The request's pictures, uploaded, by slot."""
        slots = set(recipe.template.slots)
        sizes, source = recipe.can.sizes, request.source_image
        files: dict[str, bytes] = {}
        size = size_of(source) if source else None
        ready: Masked | None = None
        if request.operation is Operation.INPAINT:
            ready = await self._prepared(
                deadline, masked_source, source, request.mask, sizes.multiple_px, sizes.max_px
            )
        elif request.operation is Operation.OUTPAINT and not EDGES & slots:
            expand = request.expand or Insets()
            ready = await self._prepared(
                deadline, masked_canvas, source, expand, sizes.multiple_px, sizes.max_px
            )
        if ready is not None:
            size = (ready.width_px, ready.height_px)
            files = {"masked_image": ready.masked, "image": ready.picture, "mask": ready.mask}
        elif source:
            if size is None:
                raise InvalidRequest("the source is no picture", param="source_image")
            files = {"image": source}
        if request.control_image:
            files["control_image"] = request.control_image
        names = {
            slot: await self._uploaded(data, deadline)
            for slot, data in files.items()
            if slot in slots
        }
        return Pictures(names=names, size=size)

    async def _prepared(self, deadline: Deadline, function: Preparing, *pictures: object) -> Masked:
        try:
            ready = await self._workshop.off_loop(function, *pictures, timeout_s=deadline.left_s())
        except TimeoutError as error:
            raise InvalidRequest(
                "the source took too long to prepare", param="source_image"
            ) from error
        if isinstance(ready, Unusable):
            raise InvalidRequest(ready.reason, param=ready.param)
        return ready

    async def _uploaded(self, data: bytes, deadline: Deadline) -> str:
        """The picture's name at the server, as LoadImage takes it. It lies among what the server clears at its start."""
        ask = Ask(
            method="POST",
            path="/upload/image",
            form={"type": "temp", "subfolder": FOLDER, "overwrite": "true"},
            files=(
                FilePart(
                    field="image", name=f"{hashlib.sha256(data).hexdigest()[:32]}.png", data=data
                ),
            ),
        )
        found = await self._server.json_of(ask, deadline)
        name = found.get("name") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(name, str):
            raise not_billed("the upload has no name")
        subfolder, kind = str(found.get("subfolder") or ""), str(found.get("type") or "input")
        path = f"{subfolder}/{name}" if subfolder else name
        return path if kind == "input" else f"{path} [{kind}]"

    async def _result(
        self, arrived: Arrived, request: GenerationRequest, work: Filled, deadline: Deadline
    ) -> Result:
        images: list[GeneratedImage] = []
        for file in arrived.files[: request.count]:
            data = await self._fetched(file, deadline)
            if data is not None:
                # The images of one batch come from one seed; only the first is made again by it alone.
                images.append(GeneratedImage(data=data, seed=None if images else work.seed))
        if not images:
            raise not_billed(f"no usable picture, of {len(arrived.files)}")
        notes = work.notes
        if len(images) < request.count:
            notes += (f"{len(images)} of {request.count} images came",)
        return Result(images=tuple(images), notes=notes, cost_microusd=0)

    async def _fetched(self, file: PictureFile, deadline: Deadline) -> bytes | None:
        """A picture's bytes, None when it is there no more, or none."""
        try:
            data = await self._server.bytes_of(
                get(file.path()), deadline, max_bytes=MAX_IMAGE_BYTES
            )
        except Unavailable:
            raise
        except ProviderError as error:
            # The others of the same workflow may still be good.
            self._workshop.log.warning("%s: a picture failed: %s", self._name, error.detail)
            return None
        return data if is_whole_picture(data) else None


def templates_of(options: Options) -> tuple[Template, ...]:
    """The operator's own templates first, so that they win over those that come with the adapter."""
    own = own_templates(options.workflows) if options.workflows else ()
    shipped = shipped_templates() if options.shipped else ()
    if not own and not shipped:
        raise ValueError("shipped = false needs a folder of workflows")
    return (*own, *shipped)


def is_workflow_id(text: str) -> bool:
    """Whether a text is an id as servers give them: it becomes part of a path."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
