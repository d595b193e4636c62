from collections import Counter

import numpy as np
import pytest

from moderation import Category
from moderation.encoder import features
from moderation.head import DIMENSIONS, HARMLESS, head
from moderation.training.everyday import COUNT, everyday
from moderation.training.train import (
    EVERYDAY,
    PROMPTS,
    classes,
    fit,
    known_words,
    read_prompts,
    training_set,
)


def test_every_category_has_prompts_and_none_is_there_twice():
    labels, prompts = read_prompts(PROMPTS)
    counts = Counter(labels)

    assert set(counts) == {
        HARMLESS,
        *(one.value for one in Category if one is not Category.BLOCKLIST),
    }
    assert min(counts.values()) >= 50
    assert len({prompt.lower() for prompt in prompts}) == len(prompts)


def test_everyday_prompts_are_always_the_same():
    assert len(set(everyday())) == COUNT
    assert everyday(10) == everyday()[:10]


def test_training_is_deterministic_and_learns_what_it_is_shown():
    inputs = np.eye(6, dtype=np.float32).repeat(20, axis=0)
    targets = np.eye(2, dtype=np.float32)[[0, 0, 0, 1, 1, 1]].repeat(20, axis=0)

    weights, bias = fit(inputs, targets)
    again, _ = fit(inputs, targets)

    assert np.array_equal(weights, again)
    assert np.array_equal((inputs @ weights + bias).argmax(axis=1), targets.argmax(axis=1))


@pytest.mark.local_models
def test_the_head_that_ships_was_trained_on_these_prompts():
    """The whole training takes half a minute; this sees at once when prompts changed and the head did not."""
    labels, prompts = training_set()
    shipped = head()
    harmless = np.array([label in {HARMLESS, EVERYDAY} for label in labels])
    some = slice(None, None, 25)

    inputs = features(prompts[some], shipped.words)

    assert shipped.words == known_words(prompts)
    assert shipped.labels == classes(labels)
    assert np.array_equal(shipped.unsafe, ~harmless)
    assert np.allclose(inputs[:, :DIMENSIONS], shipped.memory[some], atol=2e-3)
    assert np.mean((shipped.probabilities(inputs)[:, 0] > 0.5) == harmless[some]) > 0.97
