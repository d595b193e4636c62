"""Sizes that read well."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [
    path
    for room in ("bot", "providers", "moderation")
    for path in sorted((ROOT / room).rglob("*.py"))
]
MAX_LINES = 400
MAX_TEST_LINES = 600


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_file_holds_one_subject(path: Path) -> None:
    lines = len(path.read_text().splitlines())

    assert lines <= MAX_LINES, f"{lines} lines: split it"


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=name)
def test_a_test_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_TEST_LINES


def broad_handlers() -> Iterator[str]:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None
                or (
                    isinstance(node.type, ast.Name)
                    and node.type.id in {"Exception", "BaseException"}
                )
            ):
                yield name(path)


ALLOWED_BROAD = {
    "bot/pipeline/loop.py": "the loop under every background task",
    "bot/pipeline/worker.py": "the worker loop",
    "bot/pipeline/admit.py": "the worker loop of admissions: one bad request must not stop the others",
    "bot/pipeline/deliver.py": "the worker loop of letters: one bad letter must not stop the others",
    "bot/pipeline/generate.py": "calling a provider off: a stranger's plug-in that breaks must not keep a job from ending",
    "bot/images/process_child.py": "the worker loop of a child process: the fault is sent to whoever asked",
    "bot/surfaces/discord/answering.py": "the surface handler: the fault is logged and the asker is told",
    "bot/surfaces/discord/gateway.py": "the loop that keeps the connection: what Discord or the library does must not end the house",
    "bot/surfaces/slack/errands.py": "the handler of what is done after the ack: a reply that fails is logged",
    "bot/store/sqlite_thread.py": "the writer's loop: the fault belongs to whoever asked for that operation",
    "bot/store/postgres_thread.py": "the same on Postgres",
    "moderation/batching.py": "one batch serves several prompts: its fault is handed to each of them",
    "moderation/panel.py": "judges are plug-ins by strangers: one that raises counts as unable to answer",
}


def test_broad_handlers_stand_only_where_a_fault_is_logged_and_answered() -> None:
    assert set(broad_handlers()) <= set(ALLOWED_BROAD)


def test_no_test_folder_can_shadow_a_library() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
