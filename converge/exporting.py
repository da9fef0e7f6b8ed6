"""The tasks of an export: wiring, because only here every step's parts are known."""

from django.conf import settings

from flows import exporting as flow_parts
from inbox import export_desk, export_parts, exporting

PARTS = (*export_parts.PARTS, *flow_parts.PARTS, *export_desk.PARTS)
TASK = "converge.exporting.work"
FORMAT = settings.BASE_DIR / "docs" / "export.md"


def work(export_id) -> None:
    exporting.work(export_id, PARTS, TASK, FORMAT.read_text(encoding="utf-8"))


def go_on() -> None:
    exporting.go_on(TASK)
