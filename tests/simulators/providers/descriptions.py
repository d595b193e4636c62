"""Published descriptions of the vendors' APIs, where they lie beside the repository; they are never part of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def specs_folder() -> Path:
    """Where the published descriptions lie: IMPASTO_SPECS, or `shared/specs` beside the repository."""
    beside = Path(__file__).resolve().parents[4] / "shared" / "specs"
    return Path(os.environ.get("IMPASTO_SPECS", beside))


def needs_description(file_name: str) -> pytest.MarkDecorator:
    """Skips a test with its reason where that description isn't here."""
    return pytest.mark.skipif(
        not (specs_folder() / file_name).is_file(),
        reason=f"{file_name} isn't here: set IMPASTO_SPECS to the folder of published descriptions",
    )
