"""One act on many conversations: the same few statements for one as for five hundred.

What each was before is kept with the act (`TeamAct`), so that `inbox.undoing` can bring
exactly that back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.models import User, Workspace
from converge import clock
from inbox import outgoing, tags, words
from inbox.apply import tell
from inbox.models import Conversation, Event, TeamAct

AT_ONCE = 500
UNDO_FOR = timedelta(hours=1)
CLOSE, REOPEN, SNOOZE = TeamAct.CLOSE, TeamAct.REOPEN, TeamAct.SNOOZE
ASSIGN, RELEASE, TAG = TeamAct.ASSIGN, TeamAct.RELEASE, TeamAct.TAG

# What an act of each kind changes, and what must be as it left it for it to be undone.
STATE = ("state", "snoozed_until", "waiting_since", "opened_at")
HAND = ("takeover", "takeover_at", "takeover_by_id", "takeover_reason")
CHANGED = {
    CLOSE: STATE,
    REOPEN: STATE,
    SNOOZE: STATE,
    ASSIGN: ("assignee_id",),
    RELEASE: HAND,
}
WATCHED = CHANGED | dict.fromkeys((CLOSE, REOPEN, SNOOZE), (*STATE, "last_reply_at"))
UNDOABLE = (*STATE, "assignee_id", *HAND)
EVENTS = {CLOSE: "closed", REOPEN: "reopened", SNOOZE: "snoozed"}


@dataclass(frozen=True)
class Order:
    """What to do; `until`, `to` and `tag` belong to one kind each."""

    kind: str
    by: User
    until: datetime | None = None
    to: User | None = None
    tag: str = ""


@dataclass(frozen=True)
class Done:
    """`act` is None when nothing was to be changed."""

    act: TeamAct | None
    changed: int
    asked: int

    @property
    def left(self) -> int:
        return self.asked - self.changed


@transaction.atomic
def do(order: Order, workspace: Workspace, ids: Iterable) -> Done:
    """Do it in those of `ids` (of addresses) where it changes something."""
    found = _lock(workspace, list(ids)[:AT_ONCE])
    now = clock.now()
    if order.kind == TAG and found:
        order = replace(order, tag=tags.label(workspace.pk, order.tag).name)
    items = (_tag if order.kind == TAG else _change)(order, found, now) if found else []
    if not items:
        return Done(None, 0, len(found))
    changed = [item["id"] for item in items]
    _note(order, workspace, changed, now)
    _tell_outside(order, changed)
    tell(set(changed))
    return Done(keep(order, workspace, items, now), len(items), len(found))


def keep(order: Order, workspace: Workspace, items: list[dict], now: datetime):
    """Kept to be undone; what no longer can be goes."""
    own = TeamAct.objects.filter(workspace=workspace, user=order.by)
    own.filter(at__lt=now - UNDO_FOR).delete()
    return TeamAct.objects.create(
        workspace=workspace,
        user=order.by,
        kind=order.kind,
        at=now,
        sentence=say(order, len(items)),
        items=items,
    )


def remember(before: dict, conversation: Conversation, by: User) -> TeamAct | None:
    """An act on a single conversation, done by its own form, is undone like one on many."""
    kind = _kind(before, conversation)
    if not kind:
        return None
    order = Order(kind, by, conversation.snoozed_until, conversation.assignee)
    item = {
        "id": conversation.id,
        "was": {name: before[name] for name in CHANGED[kind]},
        "is": snapshot(conversation, WATCHED[kind]),
    }
    return keep(order, conversation.workspace, [item], clock.now())


def _kind(before: dict, c: Conversation) -> str:
    now = snapshot(c, before)
    if (
        now["state"] != before["state"]
        or now["snoozed_until"] != before["snoozed_until"]
    ):
        kinds = {Conversation.CLOSED: CLOSE, Conversation.OPEN: REOPEN}
        return kinds.get(c.state, SNOOZE)
    if now["assignee_id"] != before["assignee_id"]:
        return ASSIGN
    return RELEASE if before["takeover"] and not c.takeover else ""


def snapshot(conversation: Conversation, columns: Iterable[str]) -> dict:
    return {name: _plain(getattr(conversation, name)) for name in columns}


def say(order: Order, count: int) -> str:
    """`Closed 12 conversations`; also read where it is undone."""
    those = f"{count} conversation{'' if count == 1 else 's'}"
    if order.kind == SNOOZE:
        return f"Snoozed {those} until {words.clock_time(order.until, clock.now())}"
    if order.kind == ASSIGN and order.to:
        return f"Assigned {those} to {order.to.first_name}"
    return {
        CLOSE: f"Closed {those}",
        REOPEN: f"Opened {those} again",
        ASSIGN: f"Took the assignment of {those} away",
        RELEASE: f"Ended human takeover in {those}",
        TAG: f"Added the tag {order.tag} in {those}",
    }[order.kind]


def _lock(workspace: Workspace, ids: list) -> list[Conversation]:
    """In order of id, as everybody who takes more than one."""
    own = Conversation.objects.filter(workspace=workspace, public_id__in=ids)
    return list(own.order_by("id").select_for_update(no_key=True))


def _change(order: Order, found: list[Conversation], now: datetime) -> list[dict]:
    """Set the columns that are the same for all; each one's before and after."""
    changes = _columns(order, now)
    chosen = [c for c in found if NEEDED[order.kind](c, order)]
    ids = [c.id for c in chosen]
    more = {"generation": F("generation") + 1} if order.kind == RELEASE else {}
    Conversation.objects.filter(id__in=ids).update(**changes, **more)
    items = []
    for c in chosen:
        before = snapshot(c, CHANGED[order.kind])
        for name, value in changes.items():
            setattr(c, name, value)
        after = snapshot(c, WATCHED[order.kind])
        items.append({"id": c.id, "was": before, "is": after})
    return items


def _columns(order: Order, now: datetime) -> dict:
    return {
        CLOSE: {
            "state": Conversation.CLOSED,
            "snoozed_until": None,
            "waiting_since": None,
        },
        REOPEN: {
            "state": Conversation.OPEN,
            "snoozed_until": None,
            "opened_at": now,
        },
        SNOOZE: {"state": Conversation.SNOOZED, "snoozed_until": order.until},
        ASSIGN: {"assignee_id": order.to.pk if order.to else None},
        RELEASE: {
            "takeover": False,
            "takeover_at": now,
            "takeover_by_id": order.by.pk,
            "takeover_reason": "",
        },
    }[order.kind]


NEEDED: dict[str, Callable[[Conversation, Order], bool]] = {
    CLOSE: lambda c, order: c.state != Conversation.CLOSED,
    REOPEN: lambda c, order: c.state != Conversation.OPEN,
    SNOOZE: lambda c, order: c.snoozed_until != order.until,
    ASSIGN: lambda c, order: c.assignee_id != (order.to.pk if order.to else None),
    RELEASE: lambda c, order: c.takeover,
}


def _tag(order: Order, found: list[Conversation], now: datetime) -> list[dict]:
    """The conversations of people who did not have it yet."""
    tag = tags.label(found[0].workspace_id, order.tag)
    added = tags.add_labels([c.contact_id for c in found], tag, by=order.by)
    return [
        {"id": c.id, "tagged": added[c.contact_id]}
        for c in found
        if c.contact_id in added
    ]


def _note(order: Order, workspace: Workspace, ids: list[int], now: datetime) -> None:
    kind, data = _event(order)
    Event.objects.bulk_create(
        Event(
            workspace=workspace,
            conversation_id=pk,
            at=now,
            kind=kind,
            actor=order.by,
            data=data,
        )
        for pk in ids
    )


def _event(order: Order) -> tuple[str, dict]:
    if order.kind == TAG:
        return "tag_added", {"tag": order.tag}
    if order.kind == RELEASE:
        return "takeover_off", {}
    if order.kind == ASSIGN:
        to = order.to
        return ("assigned", {"to": to.first_name}) if to else ("unassigned", {})
    data = {"until": order.until.isoformat()} if order.kind == SNOOZE else {}
    return EVENTS[order.kind], data


def _tell_outside(order: Order, ids: list[int]) -> None:
    by = order.by.email
    if order.kind == CLOSE:
        outgoing.about(ids, outgoing.CLOSED, by=by)
    elif order.kind == ASSIGN:
        outgoing.reassigned(ids, by=order.by)
    elif order.kind == RELEASE:
        outgoing.about(ids, outgoing.HANDED_OVER, humanHandoff=False, by=by)


def _plain(value):
    """As JSON keeps it without losing a microsecond."""
    is_moment = isinstance(value, datetime)
    return value.astimezone(UTC).isoformat() if is_moment else value
