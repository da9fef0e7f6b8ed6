"""Everybody who asked to be left alone: how many, and as a file with since when, why and
by what."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from accounts.models import Workspace
from inbox import contact_export
from inbox.models import Contact, ContactTag, Import, ImportRow, Tag
from inbox.tags import WROTE
from inbox.words import visible

COLUMNS = (
    "phone", "other_phones", "whatsapp_user_id", "username", "instagram_id", "name",
    "gets_no", "opted_out_at", "opted_out_how", "opted_out_by", "opted_out_reason",
)  # fmt: skip
EVERYTHING, MARKETING = "automatic messages", "marketing"
OF_A_FILE = {Import.OPT_OUTS: "opt-out list", Import.PEOPLE: "contact import"}

OUTCOMES = [
    (ImportRow.ADDED, "New here, and opted out"),
    (ImportRow.CHANGED, "Opted out"),
    (ImportRow.SAME, "Opted out before"),
    (ImportRow.REMOVED, "Taken out again"),
    (ImportRow.RESTORED, "No longer opted out"),
    (ImportRow.STAYED, "Stays opted out"),
]


def known_out(source: Import) -> int:
    """How many of a checked list are opted out already."""
    known = source.rows.filter(verdict=ImportRow.KNOWN)
    held = ContactTag.objects.filter(contact=OuterRef("contact"), tag__code=Tag.DND)
    return known.filter(Exists(held)).count()


def counts(workspace: Workspace) -> dict[str, int]:
    found = Contact.objects.present().filter(workspace=workspace)
    return {
        "dnd": found.filter(_has_dnd()).count(),
        "marketing": found.filter(refuses_marketing=True).count(),
    }


def people(workspace: Workspace):
    found = Contact.objects.present().filter(workspace=workspace)
    return found.filter(Q(refuses_marketing=True) | _has_dnd())


def _has_dnd() -> Exists:
    held = ContactTag.objects.filter(contact=OuterRef("id"), tag__code=Tag.DND)
    return Exists(held)


def lines(workspace: Workspace) -> Iterator[list]:
    """One for each person; who opted out of everything is not also named for less."""
    for part in contact_export.parts(people(workspace)):
        ids = [contact.id for contact in part]
        names, tags = contact_export.identities(ids), _dnd(ids)
        for contact in part:
            yield [
                *contact_export.named(names[contact.id]),
                visible(contact.title if contact.own_name else ""),
                *_wish(contact, tags.get(contact.id)),
            ]


def _dnd(ids: list[int]) -> dict[int, ContactTag]:
    found = ContactTag.objects.filter(contact__in=ids, tag__code=Tag.DND)
    return {t.contact_id: t for t in found.select_related("set_by", "source")}


def _wish(contact: Contact, tagged: ContactTag | None) -> list[str]:
    time = contact_export.time
    if tagged is None:
        return [MARKETING, time(contact.marketing_changed_at), "WhatsApp", "", ""]
    by = tagged.set_by.name if tagged.set_by else ""
    return [EVERYTHING, time(tagged.set_at), how(tagged), by, visible(tagged.reason)]


def how(tagged: ContactTag) -> str:
    if tagged.source:
        return OF_A_FILE[tagged.source.kind]
    if tagged.reason.startswith(WROTE):
        return "STOP word"
    return "teammate"
