"""The project's own source, parsed once, for tests about how it is built."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "converge",
    "accounts",
    "business_numbers",
    "inbox",
    "flows",
    "broadcasts",
    "reports",
    "simulator",
)


@dataclass(frozen=True)
class Source:
    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """Dotted, as it is imported."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts).removesuffix(".__init__")

    @property
    def lines(self) -> int:
        return len(self.path.read_text().splitlines())

    def imports(self) -> set[str]:
        """Every module named by an import, wherever it stands."""
        return {name for node in ast.walk(self.tree) for name in _imported(node)}


def _imported(node) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


@cache
def product() -> tuple[Source, ...]:
    """Every module but migrations."""
    found = [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    return tuple(Source(path, ast.parse(path.read_text())) for path in found)


def is_below(name: str, *packages: str) -> bool:
    return any(name == p or name.startswith(f"{p}.") for p in packages)
