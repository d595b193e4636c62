"""The floor under the queue: a bare loop over the driver that writes and updates the same rows in as many commits.

It decides nothing: no key is looked up, no quota compared, no order kept, nothing read; and it has one thread and no
event loop. What the queue does beyond that is what it costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.benchmarks.queue_databases import Databases, Execute
from bot.benchmarks.queue_jobs import (
    IMAGE_DECISION,
    PLAN,
    PROMPT_DECISION,
    USERS,
    new_image,
    submission,
)
from bot.store.records import (
    write_counters,
    write_decision,
    write_order,
    write_person,
    write_place,
    write_plan,
)

NOW_US = 1_764_000_000_000_000
BLOCK = 256
PHASES = 7
"""Submit, adopt, admit, claim, finish, lease the letter, settle it: each ends in a commit of its own."""


class _BareLoop:
    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        sample = submission(0, user="U0")
        self._person = write_person(sample.person)
        self._place = write_place(sample.place)
        self._order = write_order(sample.order)
        self._plan = write_plan(PLAN)
        self._prompt_decision = write_decision(PROMPT_DECISION)
        self._image_decision = write_decision(IMAGE_DECISION)
        self._image = new_image()
        self._users = [submission(0, user=f"U{user}") for user in range(USERS)]
        self._lanes = [str(one.person.lane) for one in self._users]
        self._counters = [write_counters(one.counters) for one in self._users]

    def submit(self, number: int) -> None:
        user = number % USERS
        lane = self._lanes[user]
        self._execute(
            "INSERT INTO lane (lane, cap, inflight, tag) VALUES (?, 2, 0, 0.0)"
            " ON CONFLICT (lane) DO NOTHING",
            (lane,),
        )
        self._execute(
            "INSERT INTO usage (scope, period_key, used, held, returns_at_us)"
            " VALUES (?, 'day:2026-11-25', 0, 1, ?)"
            " ON CONFLICT (scope, period_key) DO UPDATE SET held = usage.held + 1",
            (f"user:{lane}", NOW_US),
        )
        self._execute(
            "INSERT INTO job (id, idem, workspace, lane, channel, person, place, order_json,"
            " counters, images, weight, state, token, attempts, deaths, cancel_asked, created_at_us)"
            " VALUES (?, ?, 'web:bench', ?, 'studio', ?, ?, ?, ?, 1, 1.0, 'received', 0, 0, 0, ?, ?)",
            (
                number + 1,
                f"bench:U{user}:{number}",
                lane,
                self._person,
                self._place,
                self._order,
                self._counters[user],
                False,
                NOW_US,
            ),
        )
        self._execute("INSERT INTO ledger VALUES (?, 'hold', 0, 1, ?)", (number + 1, NOW_US))

    def adopt(self, number: int) -> None:
        self._execute(
            "UPDATE job SET owner = 'bench', token = 1, lease_until_us = ? WHERE id = ?",
            (NOW_US, number + 1),
        )

    def admit(self, number: int) -> None:
        self._execute(
            "UPDATE job SET state = 'ready', vt = ?, weight = 1.0, plan = ?, route = 'instant',"
            " owner = NULL, lease_until_us = NULL WHERE id = ?",
            (float(number), self._plan, number + 1),
        )
        self._execute(
            "UPDATE lane SET tag = ?, inflight = inflight + 1 WHERE lane = ?",
            (float(number), self._lanes[number % USERS]),
        )
        self._execute(
            "INSERT INTO line_count (vt, block, writer, jobs) VALUES (?, ?, 0, 1)"
            " ON CONFLICT (vt, block, writer) DO UPDATE SET jobs = line_count.jobs + 1",
            (float(number // USERS), number // BLOCK),
        )
        self._decide(number, "prompt", None, self._prompt_decision)
        self._write_letter(number, final=False)

    def claim(self, number: int) -> None:
        self._execute(
            "UPDATE job SET state = 'running', owner = 'bench', token = 2, attempts = 1,"
            " provider = 'instant', lease_until_us = ?, started_at_us = ?, deadline_at_us = ?"
            " WHERE id = ?",
            (NOW_US, NOW_US, NOW_US, number + 1),
        )

    def finish(self, number: int) -> None:
        image = self._image
        lane = self._lanes[number % USERS]
        self._execute(
            "UPDATE job SET state = 'delivering', notes = '[]', owner = NULL,"
            " lease_until_us = NULL, provider = NULL WHERE id = ?",
            (number + 1,),
        )
        self._execute("UPDATE lane SET inflight = inflight - 1 WHERE lane = ?", (lane,))
        self._execute(
            "INSERT INTO image (job, position, workspace, lane, seed, width_px, height_px, mime,"
            " blob, view_blob, thumbnail_blob, phash, alt, not_drawn, hidden, created_at_us)"
            " VALUES (?, 1, 'web:bench', ?, 7, 1024, 1024, ?, ?, ?, ?, ?, ?, '[]', ?, ?)",
            (
                number + 1,
                lane,
                image.mime,
                image.key,
                image.view,
                image.thumbnail,
                image.phash,
                image.alt,
                False,
                NOW_US,
            ),
        )
        self._decide(number, "image", 1, self._image_decision)
        self._execute(
            "UPDATE outbox SET state = 'void', ended_at_us = ? WHERE job = ? AND final = ?",
            (NOW_US, number + 1, False),
        )
        self._write_letter(number, final=True)

    def lease(self, number: int) -> None:
        self._execute(
            "UPDATE outbox SET owner = 'bench', attempt = 1, run_at_us = ?"
            " WHERE job = ? AND final = ?",
            (NOW_US, number + 1, True),
        )

    def settle(self, number: int) -> None:
        self._execute(
            "UPDATE outbox SET state = 'posted', owner = NULL, message = ?, ended_at_us = ?"
            " WHERE job = ? AND final = ?",
            (f"m{number}", NOW_US, number + 1, True),
        )
        self._execute(
            "UPDATE job SET state = 'delivered', message = ?, finished_at_us = ? WHERE id = ?",
            (f"m{number}", NOW_US, number + 1),
        )
        self._execute("INSERT INTO ledger VALUES (?, 'settle', 1, 1, ?)", (number + 1, NOW_US))
        self._execute(
            "UPDATE usage SET used = used + 1, held = held - 1"
            " WHERE scope = ? AND period_key = 'day:2026-11-25'",
            (f"user:{self._lanes[number % USERS]}",),
        )

    def claimed(self, number: int) -> None:
        self._execute("UPDATE clock SET vt = ?", (float(number),))
        self._execute(
            "UPDATE line_count SET jobs = 0 WHERE vt = ? AND block = ?",
            (float(number // USERS), number // BLOCK),
        )

    def _decide(self, number: int, gate: str, position: int | None, body: str) -> None:
        self._execute(
            "INSERT INTO decision (job, gate, position, verdict, judge, policy_version, body, at_us)"
            " VALUES (?, ?, ?, 'allow', 'rules', '1', ?, ?)",
            (number + 1, gate, position, body, NOW_US),
        )

    def _write_letter(self, number: int, *, final: bool) -> None:
        self._execute(
            "INSERT INTO outbox (job, final, state, attempt, run_at_us, written_at_us)"
            " VALUES (?, ?, 'pending', 0, ?, ?)",
            (number + 1, final, NOW_US, NOW_US),
        )


def bare_loop_jobs_per_s(databases: Databases, *, jobs: int, commits: int) -> float:
    """Jobs per second of the bare loop in a new database, in about `commits` commits."""
    with databases.bare() as execute:
        loop = _BareLoop(execute)
        group = max(1, round(jobs * PHASES / commits))
        started = time.perf_counter()
        for first in range(0, jobs, group):
            _pass(loop, execute, range(first, min(first + group, jobs)))
        return jobs / (time.perf_counter() - started)


def _pass(loop: _BareLoop, execute: Execute, numbers: range) -> None:
    phases: tuple[Callable[[int], None], ...] = (
        loop.submit,
        loop.adopt,
        loop.admit,
        loop.claim,
        loop.finish,
        loop.lease,
        loop.settle,
    )
    for phase in phases:
        execute("BEGIN", ())
        for number in numbers:
            phase(number)
        if phase == loop.claim:
            loop.claimed(numbers[-1])
        execute("COMMIT", ())
