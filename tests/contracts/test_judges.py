"""The built-in judges keep the contract that strangers' judges must keep."""

from io import BytesIO

import pytest
from PIL import Image

from moderation import JudgeConfig, image, rules, semantic
from moderation.testing import JudgeContract


def jpeg() -> bytes:
    file = BytesIO()
    Image.radial_gradient("L").resize((96, 96)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


class TestRules(JudgeContract):
    config = JudgeConfig(name="words", kind="rules")
    plugin = staticmethod(rules.plugin)
    harmless_jpeg = jpeg()


@pytest.mark.local_models
class TestSemantic(JudgeContract):
    config = JudgeConfig(name="meaning", kind="semantic")
    plugin = staticmethod(semantic.plugin)
    harmless_jpeg = jpeg()


@pytest.mark.local_models
class TestImage(JudgeContract):
    config = JudgeConfig(name="eyes", kind="image")
    plugin = staticmethod(image.plugin)
    harmless_jpeg = jpeg()
