"""Small real implementations of the ports that the playground touches, kept in memory."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.identity import BlobKey, ImageId, JobId
from bot.domain.job import FINAL, Job, JobState, StoredImage
from bot.domain.preferences import Preferences
from bot.domain.quota import Usage
from bot.domain.rating import Rating, Ratings
from bot.ports import (
    Accepted,
    BlobMissing,
    CancelAsked,
    Cancelled,
    ChannelMessage,
    Duplicate,
    Line,
    LinkedBlob,
    TooLate,
    Unfit,
)

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class SteppingClock:
    """Every look at it is a second later than the one before."""

    def __init__(self):
        self.at = START

    def now(self):
        self.at += timedelta(seconds=1)
        return self.at


class MemoryBlobs:
    def __init__(self):
        self.data = {}

    async def put(self, data):
        key = BlobKey(hashlib.sha256(data).hexdigest())
        self.data[key] = data
        return key

    async def get(self, key):
        if key not in self.data:
            raise BlobMissing(key)
        return self.data[key]

    async def touch(self, key):
        await self.get(key)

    async def delete(self, key):
        self.data.pop(key, None)


class PlainLinks:
    """Readable links, good for as long as nobody alters them."""

    def link(self, workspace, key):
        return f"{workspace.replace(':', '.')}~{key}"

    def open(self, token):
        workspace, mark, key = token.partition("~")
        if not mark or len(key) != 64:
            return None
        return LinkedBlob(workspace=workspace.replace(".", ":"), key=BlobKey(key))


class MemoryUploads:
    """Takes what begins like a picture."""

    def __init__(self, blobs):
        self.blobs = blobs
        self.masks = []
        self.references = []

    async def reference(self, data):
        if not data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
            return Unfit(sentence="That file is no picture. PNG, JPEG and WebP work.")
        self.references.append(data)
        return await self.blobs.put(data)

    async def mask(self, data):
        self.masks.append(data)
        return await self.blobs.put(data)


class FanSignals:
    """Every listener hears everything."""

    def __init__(self):
        self.listeners = set()

    def wake(self, topic):
        pass

    async def wait(self, topic, *, timeout_s):
        await asyncio.sleep(0)

    def publish(self, update):
        for listener in self.listeners:
            listener.put_nowait(update)

    async def updates(self) -> AsyncIterator:
        listener = asyncio.Queue()
        self.listeners.add(listener)
        try:
            while True:
                yield await listener.get()
        finally:
            self.listeners.discard(listener)


class MemoryChannel:
    def __init__(self, clock):
        self.clock = clock
        self.by_nonce = {}
        self.rows = {}

    async def put(self, message):
        now = self.clock.now()
        known = self.by_nonce.get(message.nonce)
        number = known or len(self.by_nonce) + 1
        self.by_nonce[message.nonce] = number
        self.rows[number] = ChannelMessage(
            id=number,
            channel=message.channel,
            thread=message.thread,
            author=message.author,
            text=message.text,
            job=message.job,
            final=message.final,
            only_for=message.only_for,
            created_at=self.rows[number].created_at if known else now,
            changed_at=now,
        )
        return number

    async def messages(self, channel, *, viewer, since=None, limit=200):
        found = [
            row
            for row in self.rows.values()
            if row.channel == channel
            and row.only_for in {None, viewer}
            and (since is None or row.changed_at > since)
        ]
        return sorted(found, key=lambda row: row.id)[-limit:]

    async def of_job(self, job):
        return [row for row in self.rows.values() if row.job == job]

    async def remove(self, message):
        self.rows.pop(message, None)


class MemoryQuotas:
    async def usage(self, counters):
        return [Usage(counter=counter, used=8, held=0) for counter in counters]


class NoBudgets:
    async def spendings(self, purses):
        return []


class MemoryOffers:
    def __init__(self):
        self.made = {}

    async def put(self, made):
        number = next((n for n, one in self.made.items() if one.key == made.key), None)
        number = number or len(self.made) + 1
        self.made[number] = made
        return number

    async def find(self, number):
        return self.made.get(number)


class NoTemplatePictures:
    async def made_with(self, workspace, names):
        return {}


class NoStatistics:
    """Nobody looks at figures in the stage."""


class MemoryPreferences:
    def __init__(self):
        self.kept = {}

    async def of(self, person, *, at):
        del at
        return self.kept.get(person.lane, Preferences())

    async def keep(self, person, preferences):
        self.kept[person.lane] = preferences


class MemoryQueue:
    """Jobs by number. `busy` strangers stand in line before everybody."""

    def __init__(self, clock):
        self.clock = clock
        self.jobs = {}
        self.keys = {}
        self.busy = 0
        self.submitted = []

    async def submit(self, submission):
        self.submitted.append(submission)
        if submission.key in self.keys:
            job = self.jobs[self.keys[submission.key]]
            return Duplicate(job=job.id, state=job.state)
        number = JobId(len(self.jobs) + 1)
        self.keys[submission.key] = number
        self.jobs[number] = Job(
            id=number,
            key=submission.key,
            person=submission.person,
            place=submission.place,
            order=submission.order,
            state=JobState.RECEIVED,
            plan=None,
            attempt=0,
            created_at=self.clock.now(),
            started_at=None,
            finished_at=None,
            cancel_asked=False,
            ending=None,
            message=None,
        )
        return Accepted(job=number)

    def change(self, job, **values):
        self.jobs[job] = replace(self.jobs[job], **values)
        return self.jobs[job]

    async def job(self, job):
        return self.jobs.get(job)

    async def jobs_of(self, lane, *, unfinished, limit):
        found = [
            job
            for job in self.jobs.values()
            if job.person.lane == lane and not (unfinished and job.state in FINAL)
        ]
        return sorted(found, key=lambda job: -job.id)[:limit]

    async def line(self):
        waiting = [job for job in self.jobs.values() if job.state is JobState.READY]
        return [
            Line(job=job.id, lane=job.person.lane, place=self.busy + at)
            for at, job in enumerate(sorted(waiting, key=lambda job: job.id), start=1)
        ]

    async def place(self, job):
        return next((entry.place for entry in await self.line() if entry.job == job), None)

    async def waiting_in(self, workspace):
        return sum(self.jobs[one.job].person.workspace_id == workspace for one in await self.line())

    async def cancel(self, job, *, by):
        state = self.jobs[job].state
        if state in FINAL or state is JobState.DELIVERING:
            return TooLate(state=state)
        self.change(job, cancel_asked=True)
        return CancelAsked() if state is JobState.RUNNING else Cancelled()


class NoReports:
    async def waiting(self, workspace, *, limit):
        return ()

    async def restore(self, image, *, by):
        return False


class MemoryGallery:
    def __init__(self, queue):
        self.queue = queue
        self.stored = {}
        self.rated = {}
        self.made = Counter()

    def add(self, image: StoredImage):
        self.stored[image.id] = image
        self.made[image.job] += 1

    def next_id(self):
        return ImageId(max(self.stored, default=100) + 1)

    async def image(self, image, *, workspace):
        return self.stored.get(image)

    async def images_of(self, job):
        return [image for image in self.stored.values() if image.job == job and not image.hidden]

    async def made_by(self, job):
        return self.made[job]

    async def recent(self, *, workspace, lane, limit, before=None):
        found = [
            image
            for image in self.stored.values()
            if not image.hidden and (lane is None or self.queue.jobs[image.job].person.lane == lane)
        ]
        return sorted(found, key=lambda image: -image.id)[:limit]

    async def delete(self, image, *, by):
        gone = self.stored.pop(image, None)
        return None if gone is None else (gone.key, gone.view, gone.thumbnail)

    async def report(self, image, *, by, reason):
        self.stored[image] = replace(self.stored[image], hidden=True)
        return True

    async def rate(self, image, *, by, rating):
        self.rated[image, by.lane] = rating
        return image in self.stored

    async def ratings(self, image, *, lane):
        said = [one for (rated, _), one in self.rated.items() if rated == image]
        return Ratings(
            good=said.count(Rating.GOOD),
            bad=said.count(Rating.BAD),
            own=self.rated.get((image, lane)),
        )
