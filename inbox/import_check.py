"""Each line of an uploaded file looked at, in steps by a worker: new, known, or why not.

Nothing is written about anybody before the import itself is started.
"""

import uuid

from django.db import transaction
from django_q.tasks import async_task

from business_numbers import phone_cells, phones
from converge import bulk, csv_files
from inbox import import_columns, opt_out_columns
from inbox.models import Import, ImportRow

MOST_BYTES = 20 * 1024 * 1024
STEP = 5_000
FIRST_LINE = 2
DISTINCT_TAGS_MAX = 200
READERS = {Import.PEOPLE: import_columns.read, Import.OPT_OUTS: opt_out_columns.read}


def wake() -> None:
    transaction.on_commit(lambda: async_task("inbox.tasks.work_on_imports"))


@transaction.atomic
def begin(source: Import, targets: list[str]) -> bool:
    """Look at it anew with these columns; False when it is past that."""
    open_states = (Import.UPLOADED, Import.CHECKING, Import.CHECKED)
    found = Import.objects.select_for_update().filter(
        id=source.id, state__in=open_states
    )
    if not found.update(targets=targets, state=Import.CHECKING, progress=0):
        return False
    ImportRow.objects.filter(source=source).delete()
    wake()
    return True


def claim(pk: int, state: str) -> Import | None:
    """The import, held for one step; another worker is left alone."""
    held = Import.objects.select_for_update(skip_locked=True, of=("self",))
    found = held.select_related("workspace").filter(id=pk, state=state)
    return found.first()


@transaction.atomic
def step(pk: int) -> bool:
    """The next lines; False when nothing is left."""
    source = claim(pk, Import.CHECKING)
    if source is None:
        return False
    every = csv_files.lines(source.body, source.encoding, source.delimiter)
    part = every[source.progress : source.progress + STEP]
    _store(source, part)
    source.progress += len(part)
    if source.progress >= source.row_count:
        source.state = Import.CHECKED
    source.save(update_fields=["progress", "state"])
    return source.state == Import.CHECKING


def _store(source: Import, lines: list[list[str]]) -> None:
    first = source.progress + FIRST_LINE
    rows = [_row(source, n, cells) for n, cells in enumerate(lines, first)]
    digits = [s for row in rows for s in (row["wa_id"], row["also"]) if s]
    known = _known(source.workspace_id, digits)
    seen = _seen(source.id, digits, sorted(set(known.values())))
    for row, cells in zip(rows, lines, strict=True):
        if not row["verdict"]:
            _judge(row, known, seen)
        if row["verdict"] in ImportRow.REFUSED:
            row["cells"] = [cell.replace("\x00", "")[:500] for cell in cells[:100]]
    bulk.insert(ImportRow, rows)


def _row(source: Import, line: int, cells: list[str]) -> dict:
    place = source.targets.index(import_columns.PHONE)
    typed = cells[place].strip() if place < len(cells) else ""
    digits, trouble = phone_cells.read(typed, source.country)
    also = [s for s in phones.variants(digits) if s != digits] if digits else []
    return {
        "workspace_id": source.workspace_id,
        "source_id": source.id,
        "line": line,
        "typed": typed.replace("\x00", "")[:60],
        "wa_id": digits[:20],
        "also": also[0] if also else "",
        "contact_id": None,
        "new_id": uuid.uuid4(),
        "cells": [],
        "asked_at": None,
        "why": "",
        **READERS[source.kind](source.targets, cells),
        "verdict": trouble,
        "outcome": "",
        "before": {},
        "after": {},
    }


def _judge(row: dict, known: dict[str, int], seen: set) -> None:
    spellings = {row["wa_id"], row["also"]} - {""}
    row["contact_id"] = next((known[s] for s in spellings if s in known), None)
    row["verdict"] = ImportRow.KNOWN if row["contact_id"] else ImportRow.NEW
    key = row["contact_id"] or min(spellings)
    if key in seen or spellings & seen:
        row["verdict"] = ImportRow.TWICE
    seen |= {key, *spellings}


def _known(workspace: int, digits: list[str]) -> dict[str, int]:
    rows = bulk.fetch(
        "SELECT value, contact_id FROM inbox_identity WHERE workspace_id = %s"
        " AND kind = 'wa_id' AND scope = '' AND value = ANY(%s::text[])",
        [workspace, digits],
    )
    return dict(rows)


def _seen(source: int, digits: list[str], contacts: list[int]) -> set:
    """Which of these an earlier line names already."""
    rows = bulk.fetch(
        "SELECT wa_id, also, contact_id FROM inbox_importrow WHERE source_id = %s"
        " AND verdict IN ('new', 'known') AND (wa_id = ANY(%s::text[])"
        " OR also = ANY(%s::text[]) OR contact_id = ANY(%s::bigint[]))",
        [source, digits, digits, contacts],
    )
    return {value for row in rows for value in row if value}


def distinct_tags(source: Import) -> int:
    rows = bulk.fetch(
        "SELECT count(DISTINCT lower(t.name)) FROM inbox_importrow r,"
        " jsonb_array_elements_text(r.tags) AS t(name) WHERE r.source_id = %s",
        [source.id],
    )
    return rows[0][0]


def trouble(source: Import) -> str:
    """What keeps a checked file from being imported, in a sentence."""
    good = source.rows.filter(verdict__in=[ImportRow.NEW, ImportRow.KNOWN])
    if not good.exists():
        return (
            "No line of this file names somebody. Look at the columns, or export the"
            " file again."
        )
    count = distinct_tags(source)
    if count > DISTINCT_TAGS_MAX:
        return (
            f"The column of tags has {count:,} different ones; an import makes at most"
            f" {DISTINCT_TAGS_MAX}. Is it the right column?"
        )
    return ""
