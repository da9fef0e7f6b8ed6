"""Contacts as a CSV: every line with who set each rule, and when. Read and written in
parts, so a hundred thousand people need no more memory than a thousand."""

from collections import defaultdict
from collections.abc import Iterator

from accounts.models import Workspace
from converge import bulk
from inbox.models import Contact, ContactTag, Conversation, Identity, Tag
from inbox.words import visible

AT_ONCE = 2_000
COLUMNS = (
    "name", "profile_name", "phone", "other_phones", "whatsapp_user_id", "username",
    "instagram_id", "country", "tags", "opted_out", "opted_out_at", "opted_out_by",
    "opted_out_reason", "unreachable", "unreachable_at", "unreachable_by",
    "unreachable_reason", "no_marketing", "no_marketing_at", "blocked_at", "added_at",
    "last_message_at",
)  # fmt: skip
FIELD = "field: "


def head(fields: list[str]) -> list[str]:
    return [*COLUMNS, *(f"{FIELD}{name}" for name in fields)]


def field_names(workspace: Workspace) -> list[str]:
    rows = bulk.fetch(
        "SELECT DISTINCT jsonb_object_keys(fields) FROM inbox_contact"
        " WHERE workspace_id = %s AND merged_into_id IS NULL AND fields <> '{}'",
        [workspace.id],
    )
    return sorted(name for (name,) in rows)


def lines(contacts, fields: list[str]) -> Iterator[list]:
    """`contacts` newest first, as the page lists them."""
    for part in parts(contacts):
        yield from _part(part, fields)


def parts(contacts) -> Iterator[list[Contact]]:
    before = None
    while True:
        part = contacts if before is None else contacts.filter(id__lt=before)
        found = list(part.order_by("-id")[:AT_ONCE])
        yield found
        if len(found) < AT_ONCE:
            return
        before = found[-1].id


def _part(contacts: list[Contact], fields: list[str]) -> Iterator[list]:
    ids = [c.id for c in contacts]
    names, tags, last = identities(ids), _tags(ids), _last(ids)
    for contact in contacts:
        yield [
            visible(contact.name),
            visible(contact.profile_name),
            *named(names[contact.id]),
            contact.country,
            ", ".join(sorted(t.tag.name for t in tags[contact.id] if not t.tag.code)),
            *_rule(tags[contact.id], Tag.DND),
            *_rule(tags[contact.id], Tag.DO_NOT_SEND),
            "yes" if contact.refuses_marketing else "",
            time(contact.marketing_changed_at) if contact.refuses_marketing else "",
            time(contact.blocked_at),
            time(contact.created_at),
            time(last.get(contact.id)),
            *(visible(str(contact.fields.get(name, ""))) for name in fields),
        ]


def named(identities: list[Identity]) -> list[str]:
    by_kind = defaultdict(list)
    for identity in identities:
        by_kind[identity.kind].append(identity.value)
    phones = [f"+{digits}" for digits in by_kind[Identity.WA_ID]]
    return [
        *(phones[:1] or [""]),
        ", ".join(phones[1:]),
        *(", ".join(by_kind[k]) for k in (Identity.USER_ID, Identity.USERNAME)),
        ", ".join(by_kind[Identity.IGSID]),
    ]


def _rule(tags: list[ContactTag], code: str) -> list[str]:
    for tagged in tags:
        if tagged.tag.code == code:
            by = tagged.set_by.name if tagged.set_by else "Converge"
            return ["yes", time(tagged.set_at), by, visible(tagged.reason)]
    return [""] * 4


def time(at) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def identities(ids: list[int]) -> dict[int, list[Identity]]:
    found = defaultdict(list)
    for identity in Identity.objects.filter(contact__in=ids).order_by("id"):
        found[identity.contact_id].append(identity)
    return found


def _tags(ids: list[int]) -> dict[int, list[ContactTag]]:
    found = defaultdict(list)
    rows = ContactTag.objects.filter(contact__in=ids).select_related("tag", "set_by")
    for tagged in rows:
        found[tagged.contact_id].append(tagged)
    return found


def _last(ids: list[int]) -> dict[int, object]:
    rows = Conversation.objects.filter(contact__in=ids).order_by("last_at")
    return dict(rows.values_list("contact_id", "last_at"))
