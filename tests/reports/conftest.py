"""A fixed moment to look back from."""

import pytest

from converge import clock
from tests.reports.history import at


@pytest.fixture(autouse=True)
def it_is(monkeypatch):
    """Set what time it is; first of all the evening of the day everything happened."""

    def move(when):
        monkeypatch.setattr(clock, "now", lambda: when)

    move(at(8))
    return move
