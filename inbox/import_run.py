"""Bringing a checked file in: new people made, known ones filled in as the policy says.

A fixed number of statements for each few thousand lines, each step committed with how far
it is. Rules (opted out, unreachable) are set where the file says so, never lifted.
"""

from datetime import timedelta

from django.db import transaction

from business_numbers import phones
from converge import bulk, clock
from inbox import turns
from inbox.import_check import FIRST_LINE, claim, trouble, wake
from inbox.models import Contact, ContactTag, Import, ImportRow, Tag
from inbox.tags import reserved

STEP = 2_000
UNDO_FOR = timedelta(hours=24)
RESERVED = (Tag.DND, Tag.DO_NOT_SEND)


@transaction.atomic
def begin(source: Import, policy: str) -> bool:
    """False when it is under way or done already."""
    if trouble(source):
        return False
    found = Import.objects.filter(id=source.id, state=Import.CHECKED)
    changed = found.update(
        policy=policy, state=Import.IMPORTING, progress=0, started_at=clock.now()
    )
    if changed:
        wake()
    return bool(changed)


@transaction.atomic
def step(pk: int) -> bool:
    """The next lines; False when nothing is left."""
    turns.share()
    source = claim(pk, Import.IMPORTING)
    if source is None:
        return False
    span = [source.id, *lines(source, STEP)]
    _make_people(span)
    rows = _hold(source, span)
    _fill_in(source, rows)
    _tag(source, rows)
    _keep(rows)
    bulk.execute(GONE, span)
    source.progress = min(source.row_count, source.progress + STEP)
    if source.progress >= source.row_count:
        source.state, source.finished_at = Import.DONE, clock.now()
        source.body = b""
    source.save(update_fields=["progress", "state", "finished_at", "body"])
    return source.state == Import.IMPORTING


def lines(source: Import, most: int) -> tuple[int, int]:
    """First and last line of the next step."""
    first = source.progress + FIRST_LINE
    return first, first + most - 1


def _make_people(span: list) -> None:
    now = clock.now()
    for query, params in (
        (FIND, span),
        (NEW_CONTACTS, [now, *span]),
        (NEW_IDENTITIES, [now, *span]),
        (FIND, span),
        (NOBODY, span),
    ):
        bulk.execute(query, params)


PART = "r.source_id = %s AND r.line BETWEEN %s AND %s AND r.verdict IN ('new', 'known')"
FIND = f"""
UPDATE inbox_importrow r SET contact_id = i.contact_id
FROM inbox_identity i
WHERE {PART} AND i.workspace_id = r.workspace_id AND i.kind = 'wa_id' AND i.scope = ''
  AND i.value IN (r.wa_id, NULLIF(r.also, ''))
"""
# Somebody who was known when the file was checked and is gone stays gone.
NEW_CONTACTS = f"""
INSERT INTO inbox_contact (public_id, workspace_id, name, profile_name, country, fields,
  refuses_marketing, created_at)
SELECT r.new_id, r.workspace_id, r.name, '', '', r.fields, false, %s
FROM inbox_importrow r WHERE {PART} AND r.contact_id IS NULL AND r.verdict = 'new'
ORDER BY r.line
"""
NEW_IDENTITIES = f"""
INSERT INTO inbox_identity (workspace_id, contact_id, kind, scope, value, created_at)
SELECT r.workspace_id, c.id, 'wa_id', '', r.wa_id, %s
FROM inbox_importrow r JOIN inbox_contact c ON c.public_id = r.new_id
WHERE {PART} AND r.contact_id IS NULL
ORDER BY r.workspace_id, r.wa_id
ON CONFLICT DO NOTHING
"""
# Somebody wrote in just now: the contact made for them is nobody.
NOBODY = f"""
DELETE FROM inbox_contact c USING inbox_importrow r
WHERE {PART} AND c.public_id = r.new_id AND r.contact_id IS DISTINCT FROM c.id
  AND NOT EXISTS (SELECT FROM inbox_identity i WHERE i.contact_id = c.id)
"""
# Known when the file was checked, and erased since: they are left alone.
GONE = f"UPDATE inbox_importrow r SET outcome = 'same' WHERE {PART} AND r.outcome = ''"


def _hold(source: Import, span: list) -> list[ImportRow]:
    """The rows of this step, their people locked in order."""
    _, first, last = span
    rows = list(
        ImportRow.objects.filter(
            source=source, line__range=(first, last), contact__isnull=False
        )
        .exclude(verdict__in=ImportRow.REFUSED)
        .order_by("line")
    )
    ids = [row.contact_id for row in rows]
    held = Contact.objects.filter(id__in=ids).order_by("id")
    people = {c.id: c for c in held.select_for_update(no_key=True)}
    for row in rows:
        row.contact = people[row.contact_id]
    return rows


def _fill_in(source: Import, rows: list[ImportRow]) -> None:
    added, changed = [], []
    for row in rows:
        contact = row.contact
        if contact.public_id == row.new_id:
            row.outcome = ImportRow.ADDED
            row.after = {"name": contact.name, "fields": contact.fields}
            added.append({"id": contact.id, "country": phones.country(row.wa_id)})
            continue
        row.outcome = ImportRow.SAME
        name, fields = _wanted(source.policy, contact, row)
        if (name, fields) != (contact.name, contact.fields):
            row.outcome = ImportRow.CHANGED
            row.before = {"name": contact.name, "fields": contact.fields}
            row.after = {"name": name, "fields": fields}
            contact.name, contact.fields = name, fields
            changed.append({"id": contact.id, "name": name, "fields": fields})
    bulk.update(Contact, added, "country = r.country")
    bulk.update(Contact, changed, "name = r.name, fields = r.fields")


def _wanted(policy: str, contact: Contact, row: ImportRow) -> tuple[str, dict]:
    if policy == Import.FILL:
        return contact.name or row.name, row.fields | contact.fields
    if policy == Import.OVERWRITE:
        return row.name or contact.name, contact.fields | row.fields
    return contact.name, contact.fields


def _tag(source: Import, rows: list[ImportRow]) -> None:
    wanted = [(row, name) for row in rows for name in _tags_of(source, row)]
    ids = _tag_ids(source, {name for _, name in wanted})
    now, by = clock.now(), source.uploaded_by_id
    pairs = {(row.contact_id, ids[name.casefold()]): row for row, name in wanted}
    made = bulk.insert(
        ContactTag,
        [
            {
                "workspace_id": source.workspace_id,
                "contact_id": contact,
                "tag_id": tag,
                "set_by_id": by,
                "set_at": row.asked_at or now,
                "reason": row.why or reason_of(source),
                "source_id": source.id,
            }
            for (contact, tag), row in sorted(pairs.items(), key=lambda pair: pair[0])
        ],
        returning="contact_id, tag_id",
    )
    for contact, tag in made:
        row = pairs[contact, tag]
        row.after.setdefault("tags", []).append(tag)
        if row.outcome == ImportRow.SAME:
            row.outcome = ImportRow.CHANGED


def reason_of(source: Import) -> str:
    """Why somebody has what the file gave them, unless their line says more."""
    if source.is_opt_outs:
        return f"list: {source.consent}"[:200]
    return f"import of {source.name}"[:200]


def _tags_of(source: Import, row: ImportRow) -> list[str]:
    """A rule holds for everybody; a label only for whom the policy lets change."""
    is_left = row.outcome != ImportRow.ADDED and source.policy == Import.ADD
    return [name for name in row.tags if name in RESERVED or not is_left]


def _tag_ids(source: Import, names: set[str]) -> dict[str, int]:
    """Folded name → tag, made as needed; the spelling of whoever wrote it first."""
    own = Tag.objects.filter(workspace=source.workspace_id)
    labels = {name.casefold(): name for name in sorted(names - set(RESERVED))}
    known = {name.casefold() for name in own.values_list("name", flat=True)}
    Tag.objects.bulk_create(
        (
            Tag(workspace_id=source.workspace_id, name=name)
            for low, name in sorted(labels.items())
            if low not in known
        ),
        ignore_conflicts=True,
    )
    for code in sorted(names & set(RESERVED)):
        reserved(source.workspace_id, code)
    found = own.order_by("-id").values_list("name", "id")
    return {name.casefold(): pk for name, pk in found}


def _keep(rows: list[ImportRow]) -> None:
    bulk.update(
        ImportRow,
        [
            {
                "id": row.id,
                "outcome": row.outcome,
                "before": row.before,
                "after": row.after,
            }
            for row in rows
        ],
        "outcome = r.outcome, before = r.before, after = r.after",
    )
