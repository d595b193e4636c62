"""The nodes of the simulated ComfyUI: what `/object_info` says of them, and what they do with real pictures.

Inputs and ranges are those of ComfyUI 0.3.64 (commit a125cd84), `nodes.py` and `comfy_extras`, read 2026-11-25. Models
are imitated: a sampler paints the colour that stands for its words and seed, over what its latent holds.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image, ImageFilter

from tests.simulators.providers.pictures import colour_of

CHECKPOINTS = ["sd_xl_base_1.0.safetensors", "SD15/dreamshaper_8.safetensors"]
DIFFUSION_MODELS = ["flux1-dev.safetensors", "wan2.1_t2v.safetensors"]
TEXT_ENCODERS = ["clip_l.safetensors", "t5xxl_fp16.safetensors"]
VAES = ["ae.safetensors", "sdxl_vae.safetensors"]
CONTROL_NETS = ["control-lora-canny.safetensors"]
UPSCALE_MODELS = ["RealESRGAN_x4plus.pth"]
LORAS = ["ink.safetensors", "watercolour.safetensors"]
SAMPLERS = ["euler", "dpmpp_2m", "ddim"]
SCHEDULERS = ["normal", "karras", "simple"]
SCALING = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]

MODEL_FACTOR = 4
"""How much larger an imitated upscale model makes a picture."""


def whole(default: int = 0, low: int = 0, high: int = 16384) -> list[Any]:
    return ["INT", {"default": default, "min": low, "max": high}]


def real(default: float, low: float, high: float) -> list[Any]:
    return ["FLOAT", {"default": default, "min": low, "max": high}]


def upload() -> list[Any]:
    return [["example.png"], {"image_upload": True}]


TEXT: list[Any] = ["STRING", {"multiline": True}]

INPUTS: Mapping[str, Mapping[str, list[Any]]] = {
    "CheckpointLoaderSimple": {"ckpt_name": [CHECKPOINTS, {}]},
    "UNETLoader": {
        "unet_name": [DIFFUSION_MODELS],
        "weight_dtype": [["default", "fp8_e4m3fn"]],
    },
    "DualCLIPLoader": {
        "clip_name1": [TEXT_ENCODERS],
        "clip_name2": [TEXT_ENCODERS],
        "type": [["sdxl", "sd3", "flux"]],
    },
    "VAELoader": {"vae_name": [VAES]},
    "LoraLoader": {
        "model": ["MODEL", {}],
        "clip": ["CLIP", {}],
        "lora_name": [LORAS, {}],
        "strength_model": real(1.0, -100.0, 100.0),
        "strength_clip": real(1.0, -100.0, 100.0),
    },
    "CLIPTextEncode": {"text": TEXT, "clip": ["CLIP", {}]},
    "FluxGuidance": {"conditioning": ["CONDITIONING"], "guidance": real(3.5, 0.0, 100.0)},
    "EmptyLatentImage": {
        "width": whole(512, 16),
        "height": whole(512, 16),
        "batch_size": whole(1, 1, 4096),
    },
    "EmptySD3LatentImage": {
        "width": whole(1024, 16),
        "height": whole(1024, 16),
        "batch_size": whole(1, 1, 4096),
    },
    "KSampler": {
        "model": ["MODEL", {}],
        "seed": whole(0, 0, 0xFFFFFFFFFFFFFFFF),
        "steps": whole(20, 1, 10000),
        "cfg": real(8.0, 0.0, 100.0),
        "sampler_name": [SAMPLERS, {}],
        "scheduler": [SCHEDULERS, {}],
        "positive": ["CONDITIONING", {}],
        "negative": ["CONDITIONING", {}],
        "latent_image": ["LATENT", {}],
        "denoise": real(1.0, 0.0, 1.0),
    },
    "VAEDecode": {"samples": ["LATENT", {}], "vae": ["VAE", {}]},
    "VAEEncode": {"pixels": ["IMAGE"], "vae": ["VAE"]},
    "SetLatentNoiseMask": {"samples": ["LATENT"], "mask": ["MASK"]},
    "GrowMask": {
        "mask": ["MASK"],
        "expand": whole(0, -16384),
        "tapered_corners": ["BOOLEAN", {"default": True}],
    },
    "LoadImage": {"image": upload()},
    "LoadImageMask": {"image": upload(), "channel": [["alpha", "red", "green", "blue"]]},
    "ImageScale": {
        "image": ["IMAGE"],
        "upscale_method": [SCALING],
        "width": whole(512),
        "height": whole(512),
        "crop": [["disabled", "center"]],
    },
    "ImageScaleBy": {
        "image": ["IMAGE"],
        "upscale_method": [SCALING],
        "scale_by": real(1.0, 0.01, 8.0),
    },
    "UpscaleModelLoader": {"model_name": ["COMBO", {"options": UPSCALE_MODELS}]},
    "ImageUpscaleWithModel": {"upscale_model": ["UPSCALE_MODEL"], "image": ["IMAGE"]},
    "ImageCompositeMasked": {
        "destination": ["IMAGE"],
        "source": ["IMAGE"],
        "x": whole(),
        "y": whole(),
        "resize_source": ["BOOLEAN", {"default": False}],
    },
    "Canny": {
        "image": ["IMAGE", {}],
        "low_threshold": real(0.4, 0.01, 0.99),
        "high_threshold": real(0.8, 0.01, 0.99),
    },
    "ControlNetLoader": {"control_net_name": [CONTROL_NETS]},
    "ControlNetApplyAdvanced": {
        "positive": ["CONDITIONING"],
        "negative": ["CONDITIONING"],
        "control_net": ["CONTROL_NET"],
        "image": ["IMAGE"],
        "strength": real(1.0, 0.0, 10.0),
        "start_percent": real(0.0, 0.0, 1.0),
        "end_percent": real(1.0, 0.0, 1.0),
    },
    "EmptyImage": {
        "width": whole(512, 1),
        "height": whole(512, 1),
        "batch_size": whole(1, 1, 4096),
        "color": whole(0, 0, 0xFFFFFF),
    },
    "PreviewImage": {"images": ["IMAGE"]},
    "SaveImage": {"images": ["IMAGE"], "filename_prefix": ["STRING", {"default": "ComfyUI"}]},
}

OPTIONAL: Mapping[str, Mapping[str, list[Any]]] = {
    "ImageCompositeMasked": {"mask": ["MASK"]},
    "ControlNetApplyAdvanced": {"vae": ["VAE"]},
    "DualCLIPLoader": {"device": [["default", "cpu"], {"advanced": True}]},
}

OUTPUT_NODES = frozenset({"PreviewImage", "SaveImage"})


def object_info(class_type: str) -> dict[str, Any]:
    """What `/object_info/{class}` answers."""
    if class_type not in INPUTS:
        return {}
    told = {
        "input": {
            "required": dict(INPUTS[class_type]),
            "optional": dict(OPTIONAL.get(class_type, {})),
        },
        "name": class_type,
        "output_node": class_type in OUTPUT_NODES,
    }
    return {class_type: told}


@dataclass(frozen=True)
class Latent:
    """What a sampler starts from, and ends with."""

    pictures: tuple[Image.Image, ...]
    is_empty: bool = True
    mask: Image.Image | None = None


@dataclass(frozen=True)
class Words:
    """Conditioning: the words, and what else steers."""

    text: str


def load(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def run(class_type: str, inputs: Mapping[str, Any], files: Mapping[str, bytes]) -> tuple[Any, ...]:
    """A node's outputs. `files` are the uploads by the name LoadImage takes."""
    if class_type in ("LoadImage", "LoadImageMask"):
        picture = load(files[inputs["image"]])
        if class_type == "LoadImageMask":
            return (picture.convert("RGB").getchannel(0),)
        clear = Image.new("L", picture.size, 0)
        if picture.mode == "RGBA":
            clear = picture.getchannel("A").point(lambda alpha: 255 - alpha)
        return ((picture.convert("RGB"),), clear)
    return RUN[class_type](inputs)


def scaled(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    size = (inputs["width"], inputs["height"])
    return (tuple(picture.resize(size) for picture in inputs["image"]),)


def scaled_by(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    factor = inputs["scale_by"]
    return (
        tuple(
            p.resize((round(p.width * factor), round(p.height * factor))) for p in inputs["image"]
        ),
    )


def empty_latent(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    blank = Image.new("RGB", (inputs["width"], inputs["height"]))
    return (Latent((blank,) * inputs["batch_size"]),)


def sampled(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    latent, painted = inputs["latent_image"], []
    for index, start in enumerate(latent.pictures):
        key = f"{inputs['positive'].text}|{inputs['negative'].text}|{inputs['model']}"
        colour = Image.new("RGB", start.size, colour_of(f"{key}|{inputs['seed']}", index))
        if latent.is_empty:
            painted.append(colour)
            continue
        moved = Image.blend(start, colour, inputs["denoise"])
        mask = latent.mask or Image.new("L", start.size, 255)
        painted.append(Image.composite(moved, start, mask))
    return (Latent(tuple(painted), is_empty=False),)


def composited(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    (below,), (above,) = inputs["destination"], inputs["source"]
    return ((Image.composite(above, below, inputs["mask"]),),)


RUN: Mapping[str, Any] = {
    "CheckpointLoaderSimple": lambda i: (i["ckpt_name"], "clip", "vae"),
    "UNETLoader": lambda i: (i["unet_name"],),
    "DualCLIPLoader": lambda i: ("clip",),
    "VAELoader": lambda i: ("vae",),
    "LoraLoader": lambda i: (f"{i['model']}+{i['lora_name']}*{i['strength_model']}", i["clip"]),
    "CLIPTextEncode": lambda i: (Words(i["text"]),),
    "FluxGuidance": lambda i: (i["conditioning"],),
    "EmptyLatentImage": empty_latent,
    "EmptySD3LatentImage": empty_latent,
    "KSampler": sampled,
    "VAEDecode": lambda i: (i["samples"].pictures,),
    "VAEEncode": lambda i: (Latent(i["pixels"], is_empty=False),),
    "SetLatentNoiseMask": lambda i: (replace(i["samples"], mask=i["mask"]),),
    "GrowMask": lambda i: (i["mask"].filter(ImageFilter.MaxFilter(2 * i["expand"] + 1)),),
    "ImageScale": scaled,
    "ImageScaleBy": scaled_by,
    "UpscaleModelLoader": lambda i: (MODEL_FACTOR,),
    "ImageUpscaleWithModel": lambda i: scaled_by({**i, "scale_by": i["upscale_model"]}),
    "ImageCompositeMasked": composited,
    "Canny": lambda i: (tuple(p.filter(ImageFilter.FIND_EDGES) for p in i["image"]),),
    "ControlNetLoader": lambda i: (i["control_net_name"],),
    "ControlNetApplyAdvanced": lambda i: (
        Words(f"{i['positive'].text}+{i['control_net']}*{i['strength']}"),
        i["negative"],
    ),
    "EmptyImage": lambda i: (
        (Image.new("RGB", (i["width"], i["height"]), f"#{i['color']:06x}"),) * i["batch_size"],
    ),
}
