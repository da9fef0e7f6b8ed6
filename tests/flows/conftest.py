"""Somebody else's server, beside the tests of calling it."""

from tests.flows.door import door  # noqa: F401
