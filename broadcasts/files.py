"""A CSV of people: mapped, read in steps by a worker, and made into contacts.

Reading is resumable: every step commits with the count of lines read, and a restart
goes on there. Contacts are only made when the broadcast starts.
"""

import uuid

from django.db import transaction
from django_q.tasks import async_task

from broadcasts import audience
from broadcasts.models import File, FileRow
from business_numbers import phone_cells, phones
from converge import bulk, clock, csv_files

MOST_BYTES = 25 * 1024 * 1024
STEP = 5_000


def begin(file: File, phone_column: int) -> None:
    """Start reading anew with this column."""
    with transaction.atomic():
        FileRow.objects.filter(file=file).delete()
        file.phone_column, file.state, file.read_count = phone_column, File.READING, 0
        file.save(update_fields=["phone_column", "state", "read_count"])
        transaction.on_commit(lambda: async_task("broadcasts.tasks.read_files"))


def read_step(file_id: int) -> bool:
    """Read the next lines of a file in one transaction; False when nothing is left."""
    with transaction.atomic():
        file = (
            File.objects.select_for_update(skip_locked=True)
            .select_related("workspace")
            .filter(id=file_id, state=File.READING)
            .first()
        )
        if file is None:
            return False
        lines = csv_files.lines(file.body, file.encoding, file.delimiter)
        lines = lines[file.read_count : file.read_count + STEP]
        _store(file, lines, first=file.read_count + 2)
        file.read_count += len(lines)
        if file.read_count >= file.row_count:
            file.state = File.READY
        file.save(update_fields=["read_count", "state"])
        return file.state == File.READING


def _store(file: File, lines: list[list[str]], first: int) -> None:
    rows = [read_line(file, line, cells) for line, cells in enumerate(lines, first)]
    digits = [
        spelling for row in rows for spelling in (row["wa_id"], row["also"]) if spelling
    ]
    known = _known(file.workspace_id, digits)
    seen = _seen(file.id, digits, sorted(set(known.values())))
    for row in rows:
        spellings = {row["wa_id"], row["also"]} - {""}
        if row["verdict"] != FileRow.GOOD:
            continue
        row["contact_id"] = next((known[s] for s in spellings if s in known), None)
        key = row["contact_id"] or min(spellings)
        if key in seen or spellings & seen:
            row["verdict"] = FileRow.TWICE
        seen |= {key, *spellings}
    bulk.insert(FileRow, rows)


def read_line(file: File, line: int, cells: list[str]) -> dict:
    """One line as a row: its phone number, what it is worth, and its other columns."""
    place = file.phone_column
    typed = cells[place].strip() if place < len(cells) else ""
    digits, problem = phone_cells.read(typed, file.workspace.country)
    also = [s for s in phones.variants(digits) if s != digits] if digits else []
    return {
        "workspace_id": file.workspace_id,
        "file_id": file.id,
        "line": line,
        "typed": typed[:60],
        "wa_id": digits,
        "also": also[0] if also else "",
        "country": phones.country(digits)[:2] if digits else "",
        "contact_id": None,
        "new_id": uuid.uuid4(),
        "values": {
            name: cells[n].replace("\x00", "")[:1000]
            for n, name in enumerate(file.columns)
            if n < len(cells) and n != place
        },
        "verdict": problem or FileRow.GOOD,
    }


def _known(workspace: int, digits: list[str]) -> dict[str, int]:
    rows = bulk.fetch(
        "SELECT value, contact_id FROM inbox_identity WHERE workspace_id = %s"
        " AND kind = 'wa_id' AND scope = '' AND value = ANY(%s::text[])",
        [workspace, digits],
    )
    return dict(rows)


def _seen(file: int, digits: list[str], contacts: list[int]) -> set:
    """Which of these an earlier line names already."""
    rows = bulk.fetch(
        "SELECT wa_id, also, contact_id FROM broadcasts_filerow"
        " WHERE file_id = %s AND verdict = 'good' AND (wa_id = ANY(%s::text[])"
        " OR also = ANY(%s::text[]) OR contact_id = ANY(%s::bigint[]))",
        [file, digits, digits, contacts],
    )
    return {value for row in rows for value in row if value}


def recognise(broadcast) -> None:
    """Who wrote in since their line was read is the contact they became."""
    files = audience.files(broadcast)
    if files:
        bulk.execute(FIND, [files])


def make_contacts(broadcast) -> None:
    """Everybody in the broadcast's files becomes a contact; who is one already stays."""
    files = audience.files(broadcast)
    if not files:
        return
    now = clock.now()
    for query, params in (
        (FIND, [files]),
        (NEW_CONTACTS, [now, files]),
        (NEW_IDENTITIES, [now, files]),
        (FIND, [files]),
        (NOBODY, [files]),
    ):
        bulk.execute(query, params)


FIND = """
UPDATE broadcasts_filerow f SET contact_id = i.contact_id
FROM inbox_identity i
WHERE f.file_id = ANY(%s::bigint[]) AND f.verdict = 'good' AND f.contact_id IS NULL
  AND i.workspace_id = f.workspace_id AND i.kind = 'wa_id' AND i.scope = ''
  AND i.value IN (f.wa_id, NULLIF(f.also, ''))
"""
# One contact for a number that stands in two files.
NEW_CONTACTS = """
INSERT INTO inbox_contact (public_id, workspace_id, name, profile_name, country, fields,
  refuses_marketing, created_at)
SELECT DISTINCT ON (least(f.wa_id, COALESCE(NULLIF(f.also, ''), f.wa_id)))
  f.new_id, f.workspace_id, '', '', f.country, '{}', false, %s
FROM broadcasts_filerow f
WHERE f.file_id = ANY(%s::bigint[]) AND f.verdict = 'good' AND f.contact_id IS NULL
ORDER BY least(f.wa_id, COALESCE(NULLIF(f.also, ''), f.wa_id)), f.id
"""
NEW_IDENTITIES = """
INSERT INTO inbox_identity (workspace_id, contact_id, kind, scope, value, created_at)
SELECT f.workspace_id, c.id, 'wa_id', '', f.wa_id, %s
FROM broadcasts_filerow f JOIN inbox_contact c ON c.public_id = f.new_id
WHERE f.file_id = ANY(%s::bigint[]) AND f.verdict = 'good' AND f.contact_id IS NULL
ORDER BY f.workspace_id, f.wa_id
ON CONFLICT DO NOTHING
"""
# Somebody wrote in just now: the contact made for them is nobody.
NOBODY = """
DELETE FROM inbox_contact c USING broadcasts_filerow f
WHERE f.file_id = ANY(%s::bigint[]) AND c.public_id = f.new_id
  AND f.contact_id IS DISTINCT FROM c.id
  AND NOT EXISTS (SELECT FROM inbox_identity i WHERE i.contact_id = c.id)
"""
