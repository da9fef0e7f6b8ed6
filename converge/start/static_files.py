"""The hashed, compressed files the pages link to: collected once, and again after a change."""

from pathlib import Path

MANIFEST = "staticfiles.json"


def are_collected(checkout: Path, collected: Path) -> bool:
    manifest = collected / MANIFEST
    if not manifest.exists():
        return False
    newest = max(path.stat().st_mtime for path in (checkout / "static").rglob("*"))
    return manifest.stat().st_mtime > newest
