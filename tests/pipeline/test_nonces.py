"""A letter's nonce finds its message again, and never another house's."""

from dataclasses import replace
from datetime import timedelta

from bot.pipeline.resumption import key_root
from tests.pipeline.jobs import a_job


def test_the_root_of_a_jobs_keys_survives_a_restart():
    assert key_root(a_job()) == key_root(a_job())


def test_another_database_with_the_same_numbers_has_other_keys():
    job = a_job()

    assert key_root(job) != key_root(replace(job, created_at=job.created_at + timedelta(seconds=1)))
    assert key_root(job) != key_root(replace(job, key="another event"))
