"""Taking an act back: each conversation becomes what it was, unless it changed since.

Changed is what a column says, and what somebody else did to it meanwhile even if it looks
the same again. The generation of a takeover only ever rises; automation's plans stay stale.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Membership, User, Workspace
from converge import bulk, clock
from inbox import outgoing, takeover
from inbox.apply import tell
from inbox.models import ContactTag, Conversation, Event, TeamAct
from inbox.together import (
    ASSIGN,
    CHANGED,
    CLOSE,
    RELEASE,
    REOPEN,
    SNOOZE,
    TAG,
    UNDO_FOR,
    WATCHED,
    snapshot,
)

# Kinds of acts about the same thing, and the events that tell of it.
ABOUT_STATE = (CLOSE, REOPEN, SNOOZE), ("closed", "reopened", "snoozed", "woke")
ABOUT = dict.fromkeys(ABOUT_STATE[0], ABOUT_STATE) | {
    ASSIGN: ((ASSIGN,), ("assigned", "assigned_by_rule", "unassigned")),
    RELEASE: ((RELEASE,), ("takeover_on", "takeover_off")),
}
WHAT = {
    CLOSE: "closing this conversation",
    REOPEN: "opening this conversation again",
    SNOOZE: "snoozing this conversation",
    ASSIGN: "a change of assignment",
    RELEASE: "the end of human takeover",
    TAG: "adding a tag",
}


@dataclass(frozen=True)
class Undone:
    """`act` is None when there was nothing (any more) to undo."""

    act: TeamAct | None
    restored: int = 0
    left: int = 0

    @property
    def sentence(self) -> str:
        if self.act is None:
            return "There is nothing to undo."
        if not self.left:
            return f"Undone: {self.act.sentence[0].lower()}{self.act.sentence[1:]}."
        changed = f"{self.left} {'has' if self.left == 1 else 'have'} changed since"
        return (
            f"Undone in {self.restored} of {self.restored + self.left} conversations."
            f" {changed} and stayed as {'it is' if self.left == 1 else 'they are'}."
        )


def last(workspace: Workspace, user: User):
    """What `z` would undo; newest first."""
    recent = clock.now() - UNDO_FOR
    own = TeamAct.objects.filter(workspace=workspace, user=user, undone_at=None)
    return own.filter(at__gt=recent).order_by("-id")


@transaction.atomic
def undo(workspace: Workspace, user: User, public_id=None) -> Undone:
    """A person's act, or their last one. A second click finds it undone."""
    found = last(workspace, user)
    if public_id:
        found = found.filter(public_id=public_id)
    act = found.select_for_update().first()
    if act is None:
        return Undone(None)
    restored = (_take_tags if act.kind == TAG else _restore)(act)
    act.undone_at = clock.now()
    act.save(update_fields=["undone_at"])
    _note(act, restored)
    tell(set(restored))
    return Undone(act, len(restored), len(act.items) - len(restored))


def _restore(act: TeamAct) -> list[int]:
    items = {item["id"]: item for item in act.items}
    own = Conversation.objects.filter(workspace=act.workspace, id__in=items)
    found = list(own.order_by("id").select_for_update(no_key=True))
    touched = _touched(act, items)
    rows = [
        {"id": c.id, **items[c.id]["was"]}
        for c in found
        if c.id not in touched and snapshot(c, WATCHED[act.kind]) == items[c.id]["is"]
    ]
    rows = _assignable(act, rows)
    columns = CHANGED[act.kind]
    bulk.update(Conversation, rows, ", ".join(f"{name} = r.{name}" for name in columns))
    restored = [row["id"] for row in rows]
    _follow(act, restored, rows)
    return restored


def _touched(act: TeamAct, items: dict) -> set[int]:
    """Where somebody else did something of this kind since."""
    kinds, events = ABOUT[act.kind]
    others = Event.objects.filter(
        Q(kind__in=events) | Q(kind="undone", data__of__in=kinds),
        conversation__in=items,
        at__gte=act.at,
    ).exclude(actor=act.user)
    return set(others.values_list("conversation_id", flat=True))


def _assignable(act: TeamAct, rows: list[dict]) -> list[dict]:
    """Not back to somebody who has left the team."""
    if act.kind != ASSIGN:
        return rows
    team = Membership.objects.filter(workspace=act.workspace)
    living = {None, *team.values_list("user_id", flat=True)}
    return [row for row in rows if row["assignee_id"] in living]


def _follow(act: TeamAct, ids: list[int], rows: list[dict]) -> None:
    """What else is true of a conversation that is again what it was."""
    by = act.user.email
    if act.kind == ASSIGN:
        outgoing.reassigned(ids, by=act.user)
    elif act.kind == RELEASE:
        own = Conversation.objects.filter(id__in=ids)
        own.update(generation=F("generation") + 1)
        takeover.cancel_bots(ids)
        outgoing.about(ids, outgoing.HANDED_OVER, humanHandoff=True, by=by)
    else:
        closed = [r["id"] for r in rows if r["state"] == Conversation.CLOSED]
        outgoing.about(closed, outgoing.CLOSED, by=by)


def _take_tags(act: TeamAct) -> list[int]:
    """Only the rows this act made: who lost the tag and got it again keeps it."""
    wanted = {item["tagged"] for item in act.items}
    rows = bulk.fetch(TAKE, [act.workspace_id, sorted(wanted)])
    taken = {pk for (pk,) in rows}
    return [item["id"] for item in act.items if item["tagged"] in taken]


TAKE = f"""
DELETE FROM {ContactTag._meta.db_table}
WHERE workspace_id = %s AND id = ANY(%s::bigint[]) RETURNING id
"""


def _note(act: TeamAct, ids: list[int]) -> None:
    Event.objects.bulk_create(
        Event(
            workspace_id=act.workspace_id,
            conversation_id=pk,
            at=act.undone_at,
            kind="undone",
            actor=act.user,
            data={"what": WHAT[act.kind], "of": act.kind},
        )
        for pk in ids
    )
