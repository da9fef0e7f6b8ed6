"""The two reserved tags: `dnd` is a person's wish, `do-not-send` a number's silence.

Converge may set both by itself and lift only what it set itself. Where two disagree,
Meta's time decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User, Workspace
from converge import bulk, clock
from inbox.models import Contact, ContactTag, Tag

# A whole message that is one of these words is a wish to be left alone.
STOP_WORDS = frozenset(
    [
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "arret",
        "arrêt",
        "stopp",
        "abmelden",
        "baja",
        "parar",
        "sair",
        "cancelar",
        "detener",
        "alto",
        "قف",
        "توقف",
        "停止",
        "退订",
    ]
)
UNREACHABLE = 131026
IN_A_ROW = 2
# How the reason of a wish begins that somebody wrote themselves.
WROTE = "wrote “"


@dataclass(frozen=True)
class Wish:
    """Somebody asked for a reserved tag at a time of Meta's clock."""

    workspace: int
    contact: int
    at: datetime
    reason: str


def is_stop_word(text: str) -> bool:
    return text.strip().strip(".!").casefold() in STOP_WORDS


def reserved(workspace: Workspace | int, code: str) -> Tag:
    workspace_id = getattr(workspace, "id", workspace)
    return Tag.objects.get_or_create(
        workspace_id=workspace_id, name=code, defaults={"code": code}
    )[0]


def set_tag(contact: Contact, code: str, *, by: User | None, reason: str) -> bool:
    """True when it was not set before."""
    tag = reserved(contact.workspace_id, code)
    return ContactTag.objects.get_or_create(
        contact=contact,
        tag=tag,
        defaults={
            "workspace_id": contact.workspace_id,
            "set_by": by,
            "set_at": clock.now(),
            "reason": reason[:200],
        },
    )[1]


def label(workspace: int, name: str) -> Tag:
    """An ordinary tag, made as needed. Its spelling is that of whoever wrote it first."""
    found = Tag.objects.filter(workspace=workspace, name__iexact=name).first()
    return found or Tag.objects.create(workspace_id=workspace, name=name)


def add_label(
    contact: int, workspace: int, name: str, *, by: User | None
) -> Tag | None:
    """An ordinary tag on a contact; None when it was there."""
    tag = label(workspace, name)
    return tag if add_labels([contact], tag, by=by) else None


def add_labels(contacts: Iterable[int], tag: Tag, *, by: User | None) -> dict[int, int]:
    """Contact → key of its new row; those who had the tag are not among them."""
    rows = [
        {
            "workspace_id": tag.workspace_id,
            "contact_id": contact,
            "tag_id": tag.id,
            "set_by_id": by.id if by else None,
            "set_at": clock.now(),
            "reason": "",
        }
        for contact in sorted(set(contacts))
    ]
    return dict(bulk.insert(ContactTag, rows, returning="contact_id, id"))


def lift_tag(contact: Contact, code: str) -> bool:
    removed, _ = ContactTag.objects.filter(contact=contact, tag__code=code).delete()
    return bool(removed)


def grant(wishes: list[Wish], code: str) -> list[Wish]:
    """Set a reserved tag by itself; the wishes that changed something."""
    tags = {w: reserved(w, code).id for w in sorted({w.workspace for w in wishes})}
    first = {wish.contact: wish for wish in reversed(wishes)}
    rows = [
        {
            "workspace_id": wish.workspace,
            "contact_id": contact,
            "tag_id": tags[wish.workspace],
            "set_at": wish.at,
            "reason": wish.reason[:200],
        }
        for contact, wish in sorted(first.items())
    ]
    new = {
        contact for (contact,) in bulk.insert(ContactTag, rows, returning="contact_id")
    }
    return [wish for contact, wish in first.items() if contact in new]


def lift_unreachable(contacts: set[int]) -> None:
    """They wrote, or a message arrived: what Converge set itself, it lifts.

    Unless that was long ago, and the two failures came after it.
    """
    if contacts:
        ContactTag.objects.filter(
            contact__in=contacts, tag__code=Tag.DO_NOT_SEND, set_by=None
        ).exclude(contact__in=unreachable(contacts)).delete()


def unreachable(contacts: set[int]) -> list[int]:
    """Contacts whose newest two settled attempts, in send order, both ended in 131026,
    with nothing received from them in between."""
    if not contacts:
        return []
    rows = bulk.fetch(TWO_IN_A_ROW, [sorted(contacts), IN_A_ROW, UNREACHABLE, IN_A_ROW])
    return [contact for (contact,) in rows]


TWO_IN_A_ROW = """
SELECT c.id FROM unnest(%s::bigint[]) AS c(id)
CROSS JOIN LATERAL (
  SELECT a.error_code, a.started_at FROM inbox_attempt a
  WHERE a.contact_id = c.id
    AND a.state IN ('failed', 'delivered', 'read', 'played')
  ORDER BY a.started_at DESC LIMIT %s) AS recent
GROUP BY c.id
HAVING count(*) FILTER (WHERE recent.error_code = %s) = %s
  AND NOT EXISTS (
    SELECT 1 FROM inbox_conversation v
    WHERE v.contact_id = c.id AND v.last_inbound_at > min(recent.started_at))
"""
