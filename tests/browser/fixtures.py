"""Fixtures of everything that looks at the product through a browser."""

import os
from contextlib import contextmanager

import pytest

from tests.browser.northwind import Northwind
from tests.browser.screens import Screens, open_chromium
from tests.running import Running, collect_static


@contextmanager
def running_demo(folder, name: str):
    """Every process, on a database of its own, with the demo's story told."""
    collect_static()
    running = Running(folder, server_url=os.environ["DATABASE_URL"], name=name)
    running.create_database()
    try:
        running.start()
        running.demo()
        running.wait_until_quiet()
        yield running
    finally:
        running.stop()


# Not for the whole session: while Playwright runs, Django refuses its database.
@pytest.fixture(scope="package")
def chromium():
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def northwind(product):
    return Northwind(product)


@pytest.fixture(scope="package")
def signed_in_states():
    return {}


@pytest.fixture
def screens(chromium, northwind, signed_in_states):
    """Contexts of this test; after it, all of them kept the common promises."""
    opened = Screens(chromium, northwind, signed_in_states)
    yield opened
    opened.check()


@pytest.fixture
def page(screens):
    """Ana, the owner, at her desk."""
    return screens.of("ana")


@pytest.fixture
def conversation(northwind):
    """Somebody new wrote a moment ago."""
    return northwind.begin()
