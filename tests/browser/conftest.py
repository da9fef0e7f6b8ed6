"""One product for all browser tests; tests make people of their own in it."""

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
    with running_demo(tmp_path_factory.mktemp("browser"), "browser") as running:
        yield running
