"""Two conversations with one number become one, and two again.

Messages keep their own times, so they interleave as they were said. What a teammate has
not read stays unread, a takeover of either holds, and what automation had planned in
either is stale.
"""

from django.apps import apps
from django.db.models import Q

from converge import bulk
from converge.live import Change, announce
from inbox import moving
from inbox.models import (
    Conversation,
    Draft,
    FormerConversation,
    Message,
    Presence,
    ReadMark,
)
from inbox.states import State

IN_FLIGHT = (State.QUEUED, State.SENDING)
SPECIAL = (ReadMark, Presence)
STATES = [Conversation.OPEN, Conversation.SNOOZED, Conversation.CLOSED]
# Columns that follow one another: where the first comes from, the others do too.
LAST = (
    "last_at",
    "last_seq",
    "last_kind",
    "last_text",
    "last_origin",
    "last_author_id",
)
INBOUND = ("last_inbound_at", "last_inbound_seq")
WAITING = ("waiting_since", "last_reply_at", "first_response_at", "opened_at")
ORGANISED = (
    ("state", "snoozed_until"),
    ("assignee_id",),
    ("takeover", "takeover_at", "takeover_by_id", "takeover_reason"),
)


class Refused(Exception):
    """Why these two cannot become one (or two) now, in a sentence."""


def join(kept: Conversation, old: Conversation) -> dict:
    """`old` ends in `kept`; what `part` needs to know."""
    refuse_in_flight(Message.objects.filter(conversation=old))
    before = moving.snapshot(Conversation, kept.id)
    record = {
        "kept": kept.id,
        "row": moving.snapshot(Conversation, old.id),
        "before": before,
        "marks": _join_marks(kept, old),
        "moved": {},
        "gone": {},
    }
    Presence.objects.filter(conversation=old).delete()
    for model, field in moving.relations(Conversation, without=SPECIAL):
        name = moving.label(model, field)
        if model is Draft:
            _join_drafts(kept, old)
        moved, staying = moving.move(model, field, old.id, kept.id)
        if moved:
            record["moved"][name] = moved
        if staying:
            record["gone"][model._meta.label] = _take_out(model, staying)
    _fold(kept, old)
    record["after"] = moving.snapshot(Conversation, kept.id)
    # By hand: should anything still point at it, the database refuses.
    bulk.execute("DELETE FROM inbox_conversation WHERE id = %s", [old.id])
    tell_gone(old)
    return record


def refuse_in_flight(messages) -> None:
    if messages.filter(state__in=IN_FLIGHT).exists():
        raise Refused(
            "A message to one of them is just being sent. Try again in a minute."
        )


def tell_gone(conversation: Conversation) -> None:
    """Open pages fetch it anew, and are led to where it went."""
    change = Change(
        conversation.workspace_id,
        str(conversation.public_id),
        conversation.version + 1,
        conversation.assignee_id,
    )
    announce([change])


def _take_out(model, keys: list) -> list[dict]:
    if moving.has_dependants(model):
        raise Refused(
            "A flow is under way with both of them. Stop it in one of the two"
            " conversations, then merge."
        )
    return moving.take_out(model, keys)


def _join_marks(kept: Conversation, old: Conversation) -> list[dict]:
    """Read is only what was read in both; the marks as they were."""
    marks = ReadMark.objects.filter(conversation__in=[kept, old])
    seen: dict[int, dict[int, int]] = {}
    for mark in marks:
        seen.setdefault(mark.user_id, {})[mark.conversation_id] = mark.seq
    were = moving.take_out(ReadMark, sorted(marks.values_list("pk", flat=True)))
    ReadMark.objects.bulk_create(
        ReadMark(
            workspace_id=kept.workspace_id,
            user_id=user,
            conversation=kept,
            seq=min(places.values()),
        )
        for user, places in sorted(seen.items())
        if len(places) == 2
    )
    return were


def _join_drafts(kept: Conversation, old: Conversation) -> None:
    """What somebody was writing in both is one draft."""
    for draft in Draft.objects.filter(conversation=old).exclude(body=""):
        own = Draft.objects.filter(
            conversation=kept, user=draft.user_id, mode=draft.mode
        ).first()
        if own and own.body != draft.body:
            own.body = f"{own.body}\n\n{draft.body}".strip()
            own.version += 1
            own.save(update_fields=["body", "version", "saved_at"])


def _fold(kept: Conversation, old: Conversation) -> None:
    if (old.last_at, old.last_seq) > (kept.last_at, kept.last_seq):
        _copy(old, kept, LAST)
    _fold_times(kept, old)
    if STATES.index(old.state) < STATES.index(kept.state):
        _copy(old, kept, ("state", "snoozed_until"))
    if old.assignee_id and not kept.assignee_id:
        kept.assignee_id = old.assignee_id
    if old.takeover and not kept.takeover:
        _copy(old, kept, ORGANISED[2])
    kept.generation = max(kept.generation, old.generation) + 1
    kept.version = max(kept.version, old.version) + 1
    kept.save()


def _fold_times(kept: Conversation, old: Conversation) -> None:
    if kept.state == old.state:
        kept.opened_at = min(kept.opened_at, old.opened_at)
    elif STATES.index(old.state) < STATES.index(kept.state):
        kept.opened_at = old.opened_at
    kept.last_inbound_at = _extreme(max, kept.last_inbound_at, old.last_inbound_at)
    kept.last_inbound_seq = max(kept.last_inbound_seq, old.last_inbound_seq)
    kept.last_reply_at = _extreme(max, kept.last_reply_at, old.last_reply_at)
    kept.first_response_at = _extreme(
        min, kept.first_response_at, old.first_response_at
    )
    waiting = _extreme(min, kept.waiting_since, old.waiting_since)
    wrote, answered = kept.last_inbound_at, kept.last_reply_at
    is_answered = bool(wrote and answered and answered >= wrote)
    kept.waiting_since = None if is_answered else waiting


def _extreme(choose, *times):
    return choose(filter(None, times), default=None)


def _copy(source, target, names: tuple) -> None:
    for name in names:
        setattr(target, name, getattr(source, name))


def part(record: dict, contact: int, merged_at) -> Conversation:
    """Two again. What was written since stays where it is."""
    kept = Conversation.objects.get(id=record["kept"])
    old = record["row"] | {"contact_id": contact, "version": kept.version + 1}
    moving.put_back(Conversation, [old])
    for name, keys in record["moved"].items():
        moving.move_back(name, keys, kept.id, old["id"])
    for name, rows in record["gone"].items():
        moving.put_back(apps.get_model(name), rows)
    ReadMark.objects.filter(
        Q(conversation=kept), user__in={mark["user_id"] for mark in record["marks"]}
    ).delete()
    moving.put_back(ReadMark, record["marks"])
    _unfold(kept, record, merged_at)
    FormerConversation.objects.filter(public_id=old["public_id"]).delete()
    return kept


def _unfold(kept: Conversation, record: dict, merged_at) -> None:
    """As it was, but for what happened since."""
    before = Conversation(**_values(record["before"]))
    after = Conversation(**_values(record["after"]))
    for names in (LAST, INBOUND):
        newest = getattr(kept, names[0])
        if newest is None or newest <= merged_at:
            _copy(before, kept, names)
    for names in (*((name,) for name in WAITING), *ORGANISED):
        if all(getattr(kept, n) == getattr(after, n) for n in names):
            _copy(before, kept, names)
    kept.generation += 1
    kept.save()


def _values(row: dict) -> dict:
    fields = Conversation._meta.local_concrete_fields
    return {f.attname: f.to_python(row[f.column]) for f in fields if f.column in row}
