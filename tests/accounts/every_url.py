"""Every view of Converge by its route, and how to call it with somebody's objects."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

# Views that are not ours: their own packages decide who may call them.
THIRD_PARTY = ("accounts/", "admin/")


@dataclass(frozen=True)
class Route:
    path: str
    name: str
    view: object
    names: tuple[str, ...]  # of what the path captures

    @property
    def access(self) -> str | None:
        return getattr(self.view, "access", None)

    @property
    def is_in_workspace(self) -> bool:
        return self.path.startswith("w/<slug")

    @property
    def is_third_party(self) -> bool:
        return self.path.startswith(THIRD_PARTY)


def walk(patterns=None, prefix: str = "", space: str = "") -> Iterator[Route]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from walk(pattern.url_patterns, path, inner)
        elif isinstance(pattern, URLPattern):
            names = tuple(pattern.pattern.converters) or ()
            name = f"{space}{pattern.name}" if pattern.name else ""
            yield Route(path, name, pattern.callback, names)


def ours() -> list[Route]:
    return [route for route in walk() if not route.is_third_party]


def in_workspace() -> list[Route]:
    return [route for route in ours() if route.is_in_workspace]
