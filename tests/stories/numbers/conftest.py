"""A product of its own for stories about numbers, because they break and mend them."""

import pytest

from tests.browser.fixtures import (  # noqa: F401
    chromium,
    northwind,
    page,
    running_demo,
    screens,
    signed_in_states,
)
from tests.stories.numbers.office import Office


@pytest.fixture(scope="package")
def product(tmp_path_factory):
    with running_demo(tmp_path_factory.mktemp("numbers"), "numbers") as running:
        yield running


@pytest.fixture
def office(page, screens, northwind):  # noqa: F811
    """Ana before the pages of her numbers. Meta's dialogs stand at another origin."""
    screens.excuse(page, "left the origin")
    return Office(page, northwind)
