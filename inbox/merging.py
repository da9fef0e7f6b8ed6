"""Two contacts that are one person: what a merge will do, doing it, and undoing it.

Nothing is thrown away. What both had once each stays with the absorbed contact, whose
row remains and leads to the kept one; see decision 0020.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from converge import bulk, clock
from inbox import joining, moving, turns
from inbox.apply import tell
from inbox.joining import Refused
from inbox.models import (
    Contact,
    ContactTag,
    Conversation,
    Event,
    FormerConversation,
    Identity,
    Import,
    Merge,
    MergeProposal,
    Message,
    Tag,
)

UNDO_FOR = timedelta(days=30)
OWN = (
    "name", "profile_name", "profile_at", "country", "fields", "blocked_at",
    "refuses_marketing", "marketing_changed_at",
)  # fmt: skip
KEPT, OTHER = "kept", "other"
# Rows about merging itself; a proposal stays with the two it was made for.
NOT_MOVED = (Contact, Merge, MergeProposal, Import)


@dataclass(frozen=True)
class Choices:
    """Whose name, and whose value of each field both have."""

    name: str = KEPT
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What the page says before anything is done."""

    identities: list[Identity]
    messages: int
    moves: list[Conversation]
    joins: list[Conversation]
    tags: list[str]
    rules: list[tuple[str, str]]
    fields: list[str]


def differing(kept: Contact, other: Contact) -> list[str]:
    """Fields both have, with different values."""
    shared = kept.fields.keys() & other.fields.keys()
    return sorted(k for k in shared if kept.fields[k] != other.fields[k])


def preview(kept: Contact, other: Contact) -> Preview:
    theirs = list(other.conversations.select_related("number").newest_first())
    own = set(kept.conversations.values_list("number_id", flat=True))
    tagged = ContactTag.objects.filter(contact=other).select_related("tag")
    return Preview(
        identities=list(other.identities.order_by("kind", "id")),
        messages=Message.objects.filter(conversation__in=theirs).count(),
        moves=[c for c in theirs if c.number_id not in own],
        joins=[c for c in theirs if c.number_id in own],
        tags=sorted(t.tag.name for t in tagged if not t.tag.code),
        rules=_rules(kept, other),
        fields=sorted(other.fields.keys() - kept.fields.keys()),
    )


def _rules(kept: Contact, other: Contact) -> list[tuple[str, str]]:
    """The rules that will hold, and where each comes from: the stricter side wins."""
    codes = {
        (t.contact_id, t.tag.code)
        for t in ContactTag.objects.filter(contact__in=[kept, other])
        .exclude(tag__code="")
        .select_related("tag")
    }
    held = {
        "Opted out (dnd)": [(c.id, Tag.DND) in codes for c in (kept, other)],
        "Unreachable (do-not-send)": [
            (c.id, Tag.DO_NOT_SEND) in codes for c in (kept, other)
        ],
        "No marketing (said to WhatsApp)": [c.refuses_marketing for c in (kept, other)],
        "Blocked": [c.blocked_at is not None for c in (kept, other)],
    }
    sides = {(True, True): "both", (True, False): KEPT, (False, True): OTHER}
    return [(rule, sides[tuple(has)]) for rule, has in held.items() if any(has)]


@transaction.atomic
def merge(kept: Contact, other: Contact, choices: Choices, by: User) -> Merge:
    """`other` becomes part of `kept`. Safe twice; `Refused` when it cannot be now."""
    kept, other = _lock(kept, other)
    if other.merged_into_id == kept.id:
        return Merge.objects.get(other=other, undone_at=None)
    _check(kept, other)
    record = Merge(
        workspace_id=kept.workspace_id,
        contact=kept,
        other=other,
        merged_by=by,
        merged_at=clock.now(),
        before=_own(kept),
    )
    record.joined = [joining.join(mine, theirs) for mine, theirs in _pairs(kept, other)]
    record.moved = _move(kept, other)
    _unify(kept, other, choices)
    Contact.objects.filter(id=other.id).update(merged_into=kept)
    kept.refresh_from_db()
    record.after = _own(kept)
    record.save()
    _leave_addresses(record)
    _note(record)
    return record


def _lock(*contacts: Contact) -> list[Contact]:
    """Conversations first, then people; each in order of id."""
    turns.take_alone()
    conversations = Conversation.objects.filter(contact__in=contacts).order_by("id")
    list(conversations.select_for_update(no_key=True).values_list("id"))
    people = Contact.objects.filter(id__in=[c.id for c in contacts]).order_by("id")
    locked = {c.id: c for c in people.select_for_update(no_key=True)}
    return [locked[c.id] for c in contacts]


def _check(kept: Contact, other: Contact) -> None:
    if kept.id == other.id or kept.workspace_id != other.workspace_id:
        raise Refused("Choose two different people.")
    if kept.merged_into_id or other.merged_into_id:
        raise Refused("One of them has become part of somebody else meanwhile.")


def _pairs(kept: Contact, other: Contact) -> list[tuple[Conversation, Conversation]]:
    mine = {c.number_id: c for c in kept.conversations.all()}
    theirs = other.conversations.filter(number__in=mine).order_by("id")
    return [(mine[c.number_id], c) for c in theirs]


def _move(kept: Contact, other: Contact) -> dict[str, list]:
    moved = {}
    for model, foreign in moving.relations(Contact, without=NOT_MOVED):
        keys, _ = moving.move(model, foreign, other.id, kept.id)
        if keys:
            moved[moving.label(model, foreign)] = keys
    return moved


def _unify(kept: Contact, other: Contact, choices: Choices) -> None:
    named = other if choices.name == OTHER else kept
    newest = max((kept, other), key=lambda c: (c.profile_at is not None, c.profile_at))
    name, chosen = named.name or "", named.own_name
    kept.profile_name, kept.profile_at = newest.profile_name, newest.profile_at
    kept.name = name
    if kept.own_name != chosen:
        kept.name = chosen
    taken = {
        k: other.fields[k]
        for k in differing(kept, other)
        if choices.fields.get(k) == OTHER
    }
    kept.fields = other.fields | kept.fields | taken
    kept.country = kept.country or other.country
    kept.blocked_at = min(
        filter(None, (kept.blocked_at, other.blocked_at)), default=None
    )
    kept.refuses_marketing = kept.refuses_marketing or other.refuses_marketing
    times = filter(None, (kept.marketing_changed_at, other.marketing_changed_at))
    kept.marketing_changed_at = max(times, default=None)
    kept.save(update_fields=OWN)


def _own(contact: Contact) -> dict:
    row = moving.snapshot(Contact, contact.id)
    return {name: row[name] for name in OWN}


def _leave_addresses(record: Merge) -> None:
    FormerConversation.objects.bulk_create(
        FormerConversation(
            workspace_id=record.workspace_id,
            public_id=joined["row"]["public_id"],
            conversation_id=joined["kept"],
            merge=record,
        )
        for joined in record.joined
    )


def _note(record: Merge) -> None:
    """In every thread of theirs, so that nobody wonders where messages came from."""
    name = record.other.title
    Event.objects.bulk_create(
        Event(
            workspace_id=record.workspace_id,
            conversation=conversation,
            at=record.merged_at,
            kind="merged",
            actor=record.merged_by,
            data={"name": name},
            source=f"merge/{record.pk}",
        )
        for conversation in record.contact.conversations.all()
    )
    tell(set(record.contact.conversations.values_list("id", flat=True)))


def can_undo(record: Merge, now: datetime) -> bool:
    return record.undone_at is None and now - record.merged_at < UNDO_FOR


@transaction.atomic
def undo(record: Merge, by: User) -> bool:
    """Two people again; False when they are already. `Refused` when it cannot be now."""
    kept, other = _lock(record.contact, record.other)
    record = Merge.objects.select_for_update().get(id=record.id)
    if record.undone_at:
        return False
    _check_undo(record, kept)
    for joined in record.joined:
        joining.refuse_in_flight(
            Message.objects.filter(
                id__in=joined["moved"].get("inbox.Message.conversation", [])
            )
        )
    parted = [
        joining.part(joined, other.id, record.merged_at) for joined in record.joined
    ]
    for name, keys in record.moved.items():
        moving.move_back(name, keys, kept.id, other.id)
    _follow_conversations(record, kept, other)
    _stay_strict(record, kept, other)
    _restore(record, kept)
    Event.objects.filter(source=f"merge/{record.pk}").delete()
    Contact.objects.filter(id=other.id).update(merged_into=None)
    record.undone_at, record.undone_by = clock.now(), by
    record.save(update_fields=["undone_at", "undone_by"])
    conversations = Conversation.objects.filter(contact__in=[kept, other])
    tell({*(c.id for c in parted), *conversations.values_list("id", flat=True)})
    return True


def _check_undo(record: Merge, kept: Contact) -> None:
    if not can_undo(record, clock.now()):
        raise Refused("A merge can be undone for 30 days; this one is older.")
    later = Merge.objects.filter(undone_at=None, id__gt=record.id)
    if kept.merged_into_id or later.filter(contact=kept).exists():
        raise Refused("There was another merge after this one. Undo that one first.")


def _follow_conversations(record: Merge, kept: Contact, other: Contact) -> None:
    """What was written since in a conversation that only moved goes back with it."""
    keys = [int(pk) for pk in record.moved.get("inbox.Conversation.contact", [])]
    for model, foreign in moving.relations(Contact, without=NOT_MOVED):
        names = {f.name for f in model._meta.local_concrete_fields}
        if "conversation" in names:
            model.objects.filter(
                conversation__in=keys, **{foreign.name: kept.id}
            ).update(**{foreign.name: other.id})
    bulk.execute(
        "UPDATE inbox_attempt a SET contact_id = m.contact_id FROM inbox_message m"
        " WHERE m.id = a.message_id AND m.conversation_id = ANY(%s::bigint[])"
        " AND a.contact_id <> m.contact_id",
        [keys],
    )


def _stay_strict(record: Merge, kept: Contact, other: Contact) -> None:
    """Nobody can say which of the two asked for a rule since: it holds for both."""
    since = ContactTag.objects.filter(contact=kept, set_at__gt=record.merged_at)
    for tagged in since.exclude(tag__code=""):
        ContactTag.objects.get_or_create(
            contact=other,
            tag_id=tagged.tag_id,
            defaults={
                "workspace_id": other.workspace_id,
                "set_by_id": tagged.set_by_id,
                "set_at": tagged.set_at,
                "reason": tagged.reason,
                "source_id": tagged.source_id,
            },
        )
    if kept.refuses_marketing and not record.after["refuses_marketing"]:
        Contact.objects.filter(id=other.id).update(
            refuses_marketing=True, marketing_changed_at=kept.marketing_changed_at
        )


def _restore(record: Merge, kept: Contact) -> None:
    """The kept contact as it was, but for what somebody changed since."""
    now = _own(kept)
    row = {
        name: record.before[name] if now[name] == record.after[name] else now[name]
        for name in OWN
        if name != "fields"
    }
    fields = {}
    for key in now["fields"].keys() | record.before["fields"].keys():
        current = now["fields"].get(key)
        is_untouched = current == record.after["fields"].get(key)
        value = record.before["fields"].get(key) if is_untouched else current
        if value is not None:
            fields[key] = value
    bulk.update(
        Contact,
        [row | {"id": kept.id, "fields": fields}],
        ", ".join(f"{name} = r.{name}" for name in OWN),
    )
