"""Writes a workspace into one zip, a slice at a time, so that other tasks come in between.

Steps above the inbox hand their parts down. A slice that was cut off in the middle leaves
a file nobody can trust: it is begun again from nothing.
"""

import json
import logging
import shutil
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from converge import clock
from inbox.models import WorkspaceExport

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=7)
SLICE = 15.0  # seconds; a task of django-q2 has sixty
LEASE = timedelta(minutes=3)
TRIES = 3


@dataclass(frozen=True)
class Row:
    """`key` is where to go on after it. `stored` is a file of the store, copied as `name`."""

    key: str
    data: dict | None = None
    stored: str = ""
    name: str = ""


@dataclass(frozen=True)
class Part:
    """`read(workspace id, after)` gives the next rows, none at the end."""

    name: str
    read: Callable[[int, str], list[Row]]


def work(export_id, parts: Sequence[Part], task: str, readme: str) -> None:
    """One slice; `task` is asked for the next."""
    export = _claim(export_id)
    if export is None:
        return
    path = Path(default_storage.path(export.path))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not export.pieces:
        path.unlink(missing_ok=True)
    ends = time.monotonic() + SLICE
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        if not export.pieces:
            file.writestr("README.md", readme)
        while export.part < len(parts):
            _write_some(file, export, parts[export.part])
            if time.monotonic() > ends:
                break  # after some progress, however slow it was
    path.chmod(0o600)
    export.size = path.stat().st_size
    _conclude(export, task, is_over=export.part == len(parts))


def begin(workspace, user, task: str) -> WorkspaceExport:
    with transaction.atomic():
        export = WorkspaceExport.objects.create(
            workspace=workspace, asked_by=user, asked_at=clock.now()
        )
        async_task(task, export.id)
    return export


def go_on(task: str) -> None:
    """Those whose task was lost; and what is old is deleted."""
    now = timezone.now()
    left = WorkspaceExport.objects.filter(state=WorkspaceExport.WORKING)
    for pk in left.filter(lease_until__lt=now).values_list("id", flat=True):
        async_task(task, pk)
    for pk in left.filter(lease_until=None, asked_at__lt=clock.now() - LEASE):
        async_task(task, pk.id)
    old = WorkspaceExport.objects.filter(
        state=WorkspaceExport.READY, ready_at__lt=clock.now() - KEPT_FOR
    )
    for export in old:
        forget(export)


def forget(export: WorkspaceExport) -> None:
    default_storage.delete(export.path)
    export.state = WorkspaceExport.FORGOTTEN
    export.save(update_fields=["state"])


@transaction.atomic
def _claim(export_id) -> WorkspaceExport | None:
    """None when it is over, or somebody writes it now."""
    found = WorkspaceExport.objects.select_for_update().filter(
        id=export_id, state=WorkspaceExport.WORKING
    )
    export, now = found.first(), timezone.now()
    if export is None or (export.is_open and export.lease_until > now):
        return None
    if export.is_open:
        export.tries += 1
        export.part, export.after, export.pieces, export.rows = 0, "", 0, 0
    if export.tries >= TRIES:
        export.state = WorkspaceExport.FAILED
        default_storage.delete(export.path)
        logger.error("export given up", extra={"export": str(export.id)})
    else:
        export.is_open, export.lease_until = True, now + LEASE
    export.save()
    return export if export.state == WorkspaceExport.WORKING else None


def _write_some(file: zipfile.ZipFile, export: WorkspaceExport, part: Part) -> None:
    rows = part.read(export.workspace_id, export.after)
    if not rows:
        export.part, export.after = export.part + 1, ""
        return
    lines = [row.data for row in rows if row.data is not None]
    if lines:
        export.pieces += 1
        file.writestr(f"{part.name}/{export.pieces:06}.jsonl", _to_lines(lines))
    for row in rows:
        if row.stored:
            export.pieces += 1
            _copy(file, row)
    export.after, export.rows = rows[-1].key, export.rows + len(lines)


def _copy(file: zipfile.ZipFile, row: Row) -> None:
    """As it is: pictures and recordings are packed already."""
    if not default_storage.exists(row.stored):
        return  # its line in `media` says that it should be there
    target = zipfile.ZipInfo(row.name, time.localtime()[:6])
    with default_storage.open(row.stored) as source, file.open(target, "w") as copy:
        shutil.copyfileobj(source, copy)


def _to_lines(rows: list[dict]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _conclude(export: WorkspaceExport, task: str, *, is_over: bool) -> None:
    with transaction.atomic():
        export.is_open, export.lease_until = False, timezone.now() + LEASE
        if is_over:
            export.state, export.ready_at = WorkspaceExport.READY, clock.now()
        export.save()
        if not is_over:
            async_task(task, export.id)
