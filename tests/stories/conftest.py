"""A product of its own for the stories, because they move its clock."""

import itertools

import pytest

from tests.browser.fixtures import (  # noqa: F401
    chromium,
    conversation,
    northwind,
    page,
    running_demo,
    screens,
    signed_in_states,
)


@pytest.fixture(scope="package")
def product(tmp_path_factory):
    with running_demo(tmp_path_factory.mktemp("stories"), "stories") as running:
        yield running


WORDS = itertools.count(1)


@pytest.fixture
def word():
    """A word no other test's flow listens to."""
    return f"lantern{next(WORDS)}"
