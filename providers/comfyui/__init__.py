"""ComfyUI: workflow templates with named slots, filled, queued, watched and fetched."""

from providers.comfyui.adapter import plugin

__all__ = ["plugin"]
