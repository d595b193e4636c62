"""What the packages import is what people install: nothing that only the tests bring."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {"bot", "providers", "moderation"}


def imported() -> dict[str, Path]:
    """Every top-level package that is imported as the modules load, with a file that does it."""
    found: dict[str, Path] = {}
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    names = [node.module or ""]
                else:
                    continue
                for name in names:
                    found.setdefault(name.partition(".")[0], path.relative_to(ROOT))
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names}


def test_whatever_is_imported_is_in_the_lock_that_people_install() -> None:
    locked = {
        re.sub(r"[-_.]+", "-", line.partition("==")[0].partition("[")[0]).lower()
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith(" ")
    }
    brought_by = packages_distributions()
    strangers = {
        name: str(path)
        for name, path in imported().items()
        if name not in OURS
        and not {re.sub(r"[-_.]+", "-", one).lower() for one in brought_by.get(name, ())} & locked
    }

    assert strangers == {}
