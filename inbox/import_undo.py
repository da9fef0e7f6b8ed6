"""An import taken back: whom it added and nobody has dealt with since goes, and what it
changed is as before where nobody changed it since. Rules it set stay: they protect people.
Only a whole opt-out list takes its own back (inbox/opt_out_undo.py)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from converge import bulk, clock
from inbox import moving, opt_out_undo, turns
from inbox.import_check import claim, wake
from inbox.import_run import UNDO_FOR, lines
from inbox.models import Contact, ContactTag, Identity, Import, ImportRow

STEP = 1_000
# What an added person has from the import itself.
OF_THE_IMPORT = (Identity, ContactTag, ImportRow)


def can_undo(source: Import, now: datetime) -> bool:
    return source.state == Import.DONE and now - source.finished_at < UNDO_FOR


@transaction.atomic
def begin(source: Import, by: User) -> bool:
    """False when it is being undone, was, or is too old."""
    recent = clock.now() - UNDO_FOR
    changed = Import.objects.filter(
        id=source.id, state=Import.DONE, finished_at__gt=recent
    ).update(state=Import.UNDOING, progress=0, undone_by=by)
    if changed:
        wake()
    return bool(changed)


@transaction.atomic
def step(pk: int) -> bool:
    """The next lines; False when nothing is left."""
    turns.take_alone()
    source = claim(pk, Import.UNDOING)
    if source is None:
        return False
    rows = list(
        ImportRow.objects.filter(source=source, line__range=lines(source, STEP))
        .filter(outcome__in=[ImportRow.ADDED, ImportRow.CHANGED])
        .order_by("line")
    )
    ids = [row.contact_id for row in rows if row.contact_id]
    held = Contact.objects.filter(id__in=ids).order_by("id")
    people = {c.id: c for c in held.select_for_update(no_key=True)}
    removed = _remove(rows, people)
    restored = _restore(rows, people) | _untag(rows)
    if source.is_opt_outs:
        restored |= opt_out_undo.take_back(source, set(people) - removed)
    _keep(rows, removed, restored)
    source.progress = min(source.row_count, source.progress + STEP)
    if source.progress >= source.row_count:
        source.state = Import.UNDONE
    source.save(update_fields=["progress", "state"])
    return source.state == Import.UNDOING


def _remove(rows: list[ImportRow], people: dict[int, Contact]) -> set[int]:
    """Contacts that are as the import made them, and that nothing else points at."""
    alone = "".join(
        f" AND NOT EXISTS (SELECT FROM {model._meta.db_table} x"
        f" WHERE x.{field.column} = c.id)"
        for model, field in moving.relations(Contact, without=OF_THE_IMPORT)
    )
    sources = sorted({row.source_id for row in rows})
    found = bulk.fetch(
        "SELECT c.id FROM inbox_contact c WHERE c.id = ANY(%s::bigint[])"
        f" AND NOT {opt_out_undo.IS_ASKED_ELSEWHERE.format('c.id')} {alone}",
        [[row.contact_id for row in rows if _is_as_made(row, people)], *[sources] * 2],
    )
    ids = [pk for (pk,) in found]
    for query in (
        "DELETE FROM inbox_contacttag WHERE contact_id = ANY(%s::bigint[])",
        "DELETE FROM inbox_identity WHERE contact_id = ANY(%s::bigint[])",
        "UPDATE inbox_importrow SET contact_id = NULL"
        " WHERE contact_id = ANY(%s::bigint[])",
        "DELETE FROM inbox_contact WHERE id = ANY(%s::bigint[])",
    ):
        bulk.execute(query, [ids])
    return set(ids)


def _is_as_made(row: ImportRow, people: dict[int, Contact]) -> bool:
    contact = people.get(row.contact_id)
    return (
        row.outcome == ImportRow.ADDED
        and contact is not None
        and contact.public_id == row.new_id
        and (contact.name, contact.fields) == (row.after["name"], row.after["fields"])
    )


def _restore(rows: list[ImportRow], people: dict[int, Contact]) -> set[int]:
    changed = []
    for row in rows:
        contact = people.get(row.contact_id)
        if contact is None or row.outcome != ImportRow.CHANGED or not row.before:
            continue
        name, fields = _as_before(row, contact)
        if (name, fields) != (contact.name, contact.fields):
            changed.append({"id": contact.id, "name": name, "fields": fields})
    bulk.update(Contact, changed, "name = r.name, fields = r.fields")
    return {row["id"] for row in changed}


def _as_before(row: ImportRow, contact: Contact) -> tuple[str, dict]:
    """Each value goes back on its own, if it is still the one that was brought."""
    before, after = row.before, row.after
    name = before["name"] if contact.name == after["name"] else contact.name
    fields = dict(contact.fields)
    for key, value in after["fields"].items():
        if before["fields"].get(key) == value or fields.get(key) != value:
            continue
        fields.pop(key)
        if key in before["fields"]:
            fields[key] = before["fields"][key]
    return name, fields


def _untag(rows: list[ImportRow]) -> set[int]:
    pairs = [
        {"contact_id": row.contact_id, "tag_id": tag}
        for row in rows
        if row.contact_id and row.outcome == ImportRow.CHANGED
        for tag in row.after.get("tags", [])
    ]
    if not pairs:
        return set()
    gone = bulk.fetch(
        "DELETE FROM inbox_contacttag t USING inbox_tag g,"
        f" {bulk.recordset(ContactTag, pairs[0])} WHERE t.contact_id = r.contact_id"
        " AND t.tag_id = r.tag_id AND g.id = t.tag_id AND g.code = ''"
        " RETURNING t.contact_id",
        [bulk.to_json(pairs)],
    )
    return {contact for (contact,) in gone}


def _keep(rows: list[ImportRow], removed: set[int], restored: set[int]) -> None:
    outcomes = []
    for row in rows:
        outcome = ImportRow.STAYED
        if row.contact_id in removed:
            outcome = ImportRow.REMOVED
        elif row.outcome == ImportRow.CHANGED and row.contact_id in restored:
            outcome = ImportRow.RESTORED
        outcomes.append({"id": row.id, "outcome": outcome})
    bulk.update(ImportRow, outcomes, "outcome = r.outcome")
