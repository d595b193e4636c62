"""Earlier releases, taken from the history of this clone, so that two of them can run on one database.

An earlier release runs as itself: its own bot, plug-ins and test harness, unpacked into a folder and started there with
this interpreter. The interpreter looks in that folder before it looks where this release is installed.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.simulators.providers.serving import ROOT

PARTS = ("bot", "providers", "moderation", "tests")
GIT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A commit that stands for a release."""

    commit: str
    tables: str
    """The newest migration it has."""


PREVIOUS = Release(commit="0ec596eb3925ef880d1e6fd3c7383fe7cc4f50d2", tables="0013")
"""The last commit without a migration that this release has. After a new migration: the last commit before that one."""
OLDER = (
    # The last before folders of pictures were marked, which the next release does.
    Release(commit="87d747865987ee94e8b881afa4e6b5749da015be", tables="0012"),
    # The first whose parts run apart and know of each other: nothing before it can be upgraded without a pause.
    Release(commit="9d2669eb3fd9fadc0b48e5043eea6921100bc315", tables="0011"),
)


def unpack(release: Release, folder: Path) -> Path:
    """The root of the release's code, in `folder`. Skips the test where the history doesn't reach back to it."""
    try:
        packed = subprocess.run(
            ["git", "archive", "--format=zip", release.commit, *PARTS],
            cwd=ROOT,
            capture_output=True,
            timeout=GIT_S,
            check=True,
        ).stdout
    except FileNotFoundError:
        pytest.skip("an earlier release is taken from git's history, and git is not installed")
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode().strip()
        pytest.skip(f"the history here doesn't reach back to release {release.commit[:7]}: {said}")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    assert_found_in(folder)
    return folder


def assert_found_in(root: Path) -> None:
    """What is started in `root` runs the code that lies there."""
    code = "import bot, moderation, providers, tests.crash.bot_process as harness\n"
    code += (
        "print(bot.__file__, moderation.__file__, providers.__file__, harness.__file__, sep='\\n')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    for path in found.stdout.split():
        assert Path(path).is_relative_to(root), f"{path} is not in {root}"
