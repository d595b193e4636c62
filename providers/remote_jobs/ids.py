"""Ids that vendors give to jobs: taken only in a form that is safe in a URL, a log and a database."""

from __future__ import annotations

import re
from typing import TypeGuard

JOB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


def is_job_id(value: object) -> TypeGuard[str]:
    """Whether a value can be a job's id. UUIDs and short words of letters and digits are what vendors give."""
    return isinstance(value, str) and JOB_ID.fullmatch(value) is not None
