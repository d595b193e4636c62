"""The promises, checked against what the witnesses saw. Every violation is a sentence; none means the promises held."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.crash.databases import FINAL_STATES, Row
from tests.crash.evidence import Evidence

ACCEPTED = ("Got it", "This request is already here")
MOST_DEATHS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a run came to, for the report."""

    accepted: int
    lost: int
    doubled: int
    repeated_calls: int
    wasted_calls: int
    failed: int


def violations(evidence: Evidence, *, kind: str) -> list[str]:
    """Every broken promise in words. `kind` is the provider's: what it can know decides what a crash may cost."""
    return [
        *unheard(evidence),
        *misanswered(evidence),
        *unfinished(evidence),
        *unbalanced(evidence),
        *miscounted(evidence),
        *overpaid(evidence, kind=kind),
        *evidence.strays,
        *([] if evidence.integrity == "ok" else [f"the database is damaged: {evidence.integrity}"]),
        *logged(evidence),
    ]


def figures(evidence: Evidence) -> Figures:
    """The run in numbers."""
    calls = calls_by_job(evidence)
    jobs = evidence.tables["job"]
    delivered = {job["id"] for job in jobs if job["state"] == "delivered"}
    finals = final_messages(evidence)
    return Figures(
        accepted=sum(event["acked"] for event in evidence.events),
        lost=sum(1 for job in jobs if finals[job["id"]] == 0) + len(list(lost(evidence))),
        doubled=sum(1 for count in finals.values() if count > 1),
        repeated_calls=sum(count - 1 for count in calls.values()),
        wasted_calls=sum(count for job, count in calls.items() if job not in delivered),
        failed=sum(1 for job in jobs if job["state"] == "failed"),
    )


def unheard(evidence: Evidence) -> Iterator[str]:
    """Promise 1: an ack is durable."""
    for event in evidence.events:
        if not event["acked"]:
            yield f"event {event['id']} was never acknowledged"
        elif not event["answer"].startswith(ACCEPTED):
            yield f"event {event['id']} was turned away: {event['answer']}"
    yield from lost(evidence)
    for key, count in Counter(job["idem"] for job in evidence.tables["job"]).items():
        if count > 1:
            yield f"event {key} became {count} jobs"


def lost(evidence: Evidence) -> Iterator[str]:
    known = {job["idem"] for job in evidence.tables["job"]}
    for event in evidence.events:
        if event["acked"] and f"chat:{event['id']}" not in known:
            yield f"event {event['id']} was acknowledged and is lost"


def misanswered(evidence: Evidence) -> Iterator[str]:
    """Promise 2: one final answer, and no message twice."""
    finals = final_messages(evidence)
    for job in evidence.tables["job"]:
        count = finals[job["id"]]
        if count == 0:
            yield f"job {job['id']} was never answered"
        elif count > 1:
            yield f"job {job['id']} was answered {count} times"
    yield from shown_twice(evidence)


def shown_twice(evidence: Evidence) -> Iterator[str]:
    """Messages that say the same, and those that say less than what stands above them."""
    for nonce, count in Counter(message["nonce"] for message in evidence.messages).items():
        if count > 1:
            yield f"the message {nonce} was posted {count} times"
    answered: set[int] = set()
    for message in evidence.messages:
        if message["final"]:
            answered.add(message["job"])
        elif message["job"] in answered:
            yield f"job {message['job']} was shown waiting after its answer"


def unfinished(evidence: Evidence) -> Iterator[str]:
    """Everything ends, and nothing is held by anybody afterwards."""
    for job in evidence.tables["job"]:
        if job["state"] not in FINAL_STATES:
            yield f"job {job['id']} is still {job['state']}"
        if job["owner"] is not None or job["lease_until_us"] is not None:
            yield f"job {job['id']} is still leased"
    for letter in evidence.tables["outbox"]:
        if letter["state"] == "pending":
            yield f"a letter of job {letter['job']} still waits"
    for lane in evidence.tables["lane"]:
        if lane["inflight"]:
            yield f"{lane['lane']} still has {lane['inflight']} slots"


def unbalanced(evidence: Evidence) -> Iterator[str]:
    """Promise 3: what was held is settled or given back, and what is settled was delivered."""
    shown = {message["job"]: message["images"] for message in evidence.messages if message["final"]}
    for job in evidence.tables["job"]:
        rows = [row for row in evidence.tables["ledger"] if row["job"] == job["id"]]
        held, settled, released = (
            sum(row["images"] for row in rows if row["kind"] == kind)
            for kind in ("hold", "settle", "release")
        )
        if held != job["images"]:
            yield f"job {job['id']} asked for {job['images']} images and held {held}"
        if held != settled + released:
            yield f"job {job['id']}: of {held} held, {settled} settled and {released} released"
        if settled != shown.get(job["id"], 0):
            yield f"job {job['id']} paid for {settled} images and showed {shown.get(job['id'], 0)}"
        if (job["state"] == "delivered") != (settled > 0):
            yield f"job {job['id']} is {job['state']} and paid for {settled} images"


def miscounted(evidence: Evidence) -> Iterator[str]:
    """The usage rows are the sums of the ledger."""
    used: Counter[tuple[str, str]] = Counter()
    for job in evidence.tables["job"]:
        settled = sum(
            row["images"]
            for row in evidence.tables["ledger"]
            if row["job"] == job["id"] and row["kind"] == "settle"
        )
        for scope, period in json.loads(job["counters"]):
            used[scope, period] += settled
    for row in evidence.tables["usage"]:
        where = (row["scope"], row["period_key"])
        if row["held"]:
            yield f"{where} still holds {row['held']} images"
        if row["used"] != used[where]:
            yield f"{where} says {row['used']} images used, the ledger {used[where]}"


def overpaid(evidence: Evidence, *, kind: str) -> Iterator[str]:
    """R4: nothing is bought twice; what was bought for nothing was bought in the one window where nobody can know."""
    calls = calls_by_job(evidence)
    journal = {row["key"].rpartition("-call-")[0]: row for row in evidence.tables["call"]}
    journalled = {row["job"]: row for row in journal.values()}
    for job in evidence.tables["job"]:
        count = calls[job["id"]]
        if count > 1:
            yield f"job {job['id']} was bought {count} times"
        if count and job["id"] not in journalled:
            yield f"job {job['id']} was bought and not written down"
        if job["state"] == "delivered" and count == 0:
            yield f"the pictures of job {job['id']} were never bought"
        if count and job["state"] != "delivered" and not excused(job, journalled, kind):
            yield f"job {job['id']} was bought and ended as {job['state']}: {job['ending']}"


def excused(job: Row, journalled: dict[int, Row], kind: str) -> bool:
    """Whether a call may have been bought for nothing."""
    reason = json.loads(job["ending"] or "{}").get("reason")
    if reason == "worker_died":
        return job["deaths"] >= MOST_DEATHS - 1
    call = journalled.get(job["id"])
    known = call is not None and call["remote_id"] is not None
    return reason == "outcome_unknown" and kind != "keyed" and not known


def logged(evidence: Evidence) -> Iterator[str]:
    """Nobody promised an orderly log; but what is logged as an error was expected by nobody."""
    for line in evidence.log.splitlines():
        if '"level": "error"' in line:
            entry = json.loads(line)
            yield f"logged: {entry['event']}: {str(entry.get('exception', ''))[-400:]}"
        elif not line.startswith("{"):
            yield f"printed: {line}"


def final_messages(evidence: Evidence) -> Counter[int]:
    return Counter(message["job"] for message in evidence.messages if message["final"])


def calls_by_job(evidence: Evidence) -> Counter[int]:
    """How often each job was bought: every prompt is asked for once only."""
    prompts = {
        json.loads(job["order_json"])["ask"]["prompt"]: job["id"] for job in evidence.tables["job"]
    }
    return Counter(prompts[entry["prompt"]] for entry in evidence.bill)
