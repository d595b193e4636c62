"""Carries out one task: paints or edits, filters, labels, encodes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from PIL import Image, UnidentifiedImageError

from providers.errors import InvalidRequest
from providers.request import Operation
from providers.sketch import edits, style_filter
from providers.sketch.composition import Frame, composed
from providers.sketch.finish import LABEL, STYLED_LABEL, labelled, png
from providers.sketch.reading import Reading, read
from providers.sketch.style_names import styles_installed
from providers.sketch.task import Painting, Task

SOURCE_FORMATS = ("PNG", "JPEG", "WEBP")
VARY_STRENGTH = 0.35
RESTYLE_STRENGTH = 0.55
OWN_SCENE_STRENGTH = 0.75
"""From here on more than half of what shows is the prompt's own scene, with its weather."""
PREVIEW_SIDE_PX = 256
UPSCALED_SIDE_MAX_PX = 4096
OUTPAINTED_SIDE_MAX_PX = 3072
"""Longest side an outpaint may end at; 3072 x 3072 takes 0.9 GB while it is worked on."""


def painted(task: Task) -> Painting:
    """The finished painting of a task."""
    reading = read(task.prompt)
    picture = _OPERATIONS[task.operation](task, reading)
    style = task.style
    if style is None and reading.style and task.operation in _PAINTED and styles_installed():
        style = reading.style
    label = LABEL
    if style is not None and task.operation is not Operation.UPSCALE:
        picture, label = _styled(picture, style, task), STYLED_LABEL
    picture = labelled(picture, label)
    return Painting(
        png=png(picture),
        preview=_preview(picture),
        not_drawn=_unseen(task, reading),
        styled=label is STYLED_LABEL,
    )


def _unseen(task: Task, reading: Reading) -> tuple[str, ...]:
    """What the prompt names and the picture doesn't show. A picture that is repainted keeps its own weather."""
    match task.operation:
        case Operation.UPSCALE:
            return ()
        case Operation.IMAGE_TO_IMAGE if _restyling(task) < OWN_SCENE_STRENGTH:
            return (*reading.not_drawn, *sorted(reading.weather))
        case Operation.INPAINT if reading.scene is None:
            return (*reading.not_drawn, *sorted(reading.weather))
        case _:
            return reading.not_drawn


def _styled(picture: Image.Image, style: str, task: Task) -> Image.Image:
    """The picture in a style; an edit with a mask keeps what lies outside it."""
    filtered = style_filter.filtered(picture, style)
    if task.operation is Operation.INPAINT:
        return edits.masked(picture, filtered, _mask(task))
    if task.operation is Operation.OUTPAINT and task.expand is not None:
        source = _source(task)
        filtered.paste(source, (task.expand.left_px, task.expand.top_px))
    return filtered


def _frame(task: Task, size: tuple[int, int] | None = None) -> Frame:
    width, height = size or (task.width_px, task.height_px)
    return Frame(width_px=width, height_px=height, seed=task.seed)


def _text_to_image(task: Task, reading: Reading) -> Image.Image:
    return composed(reading, _frame(task))


def _vary(task: Task, reading: Reading) -> Image.Image:
    strength = VARY_STRENGTH if task.strength is None else task.strength
    frame = Frame(
        width_px=task.width_px, height_px=task.height_px, seed=task.seed,
        other_seed=task.vary_seed, drift=strength,
    )  # fmt: skip
    return composed(reading, frame)


def _image_to_image(task: Task, reading: Reading) -> Image.Image:
    return edits.recomposed(_source(task), reading, _frame(task), _restyling(task))


def _restyling(task: Task) -> float:
    return RESTYLE_STRENGTH if task.strength is None else task.strength


def _inpaint(task: Task, reading: Reading) -> Image.Image:
    source = _source(task)
    mask = _mask(task)
    if mask.size != source.size:
        raise InvalidRequest(
            f"the mask is {mask.width}x{mask.height}, the image {source.width}x{source.height}",
            param="mask",
        )
    strength = 1.0 if task.strength is None else task.strength
    return edits.inpainted(source, mask, reading, _frame(task, source.size), strength)


def _outpaint(task: Task, reading: Reading) -> Image.Image:
    source, expand = _source(task), task.expand
    if expand is None:
        raise InvalidRequest("nothing to add on any side", param="expand")
    width = source.width + expand.left_px + expand.right_px
    height = source.height + expand.top_px + expand.bottom_px
    _check_side(max(width, height), OUTPAINTED_SIDE_MAX_PX, "expand")
    return edits.outpainted(source, expand, reading, task.seed)


def _upscale(task: Task, reading: Reading) -> Image.Image:
    source = _source(task)
    _check_side(max(source.size) * task.scale, UPSCALED_SIDE_MAX_PX, "scale")
    return edits.upscaled(source, task.scale, reading, task.seed)


def _check_side(side_px: int, most_px: int, param: str) -> None:
    if side_px > most_px:
        raise InvalidRequest(
            f"the result would be {side_px} pixels long; {most_px} is the most", param=param
        )


_OPERATIONS: Mapping[Operation, Callable[[Task, Reading], Image.Image]] = {
    Operation.TEXT_TO_IMAGE: _text_to_image,
    Operation.VARY: _vary,
    Operation.IMAGE_TO_IMAGE: _image_to_image,
    Operation.INPAINT: _inpaint,
    Operation.OUTPAINT: _outpaint,
    Operation.UPSCALE: _upscale,
}

_PAINTED = frozenset({Operation.TEXT_TO_IMAGE, Operation.VARY, Operation.IMAGE_TO_IMAGE})
"""Operations in which a style word in the prompt is followed; in edits it would part old from new."""


def _source(task: Task) -> Image.Image:
    if task.source_image is None:
        raise InvalidRequest(f"{task.operation.value} needs a source image", param="source_image")
    return _opened(task.source_image, "source_image").convert("RGB")


def _mask(task: Task) -> Image.Image:
    if task.mask is None:
        raise InvalidRequest("inpainting needs a mask", param="mask")
    return _opened(task.mask, "mask").convert("L")


def _opened(data: bytes, param: str) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=SOURCE_FORMATS)
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise InvalidRequest("not a readable PNG, JPEG or WebP image", param=param) from error
    return picture


def _preview(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((PREVIEW_SIDE_PX, PREVIEW_SIDE_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=78)
    return out.getvalue()
