"""How things stand at this moment. Each figure is the count of the list it leads to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Membership
from converge import clock
from inbox.filters import ConversationFilter
from inbox.models import Conversation, Presence

ONLINE_FOR = timedelta(seconds=90)  # an open conversation reports every half minute
# label, what it means, the inbox's filter
ASKED = (
    (
        "Waiting for a reply",
        "Open conversations whose customer wrote and no teammate has answered since.",
        "waiting=on",
    ),
    (
        "Window closes within 2 h",
        "Open conversations in which free-form replies end soon.",
        "window=closing",
    ),
    ("Unassigned", "Open conversations of nobody.", "view=unassigned"),
    (
        "Failed or unknown",
        "Open conversations with a message that failed, or may not have been sent.",
        "trouble=on",
    ),
)


@dataclass(frozen=True)
class Figure:
    label: str
    means: str
    query: str
    count: int


@dataclass(frozen=True)
class Person:
    name: str
    is_online: bool
    open: int
    waiting: int
    longest_seconds: int | None


def figures(membership: Membership) -> list[Figure]:
    own = Conversation.objects.filter(workspace=membership.workspace_id)
    return [
        Figure(label, means, query, _filter(membership, query).filter(own).count())
        for label, means, query in ASKED
    ]


def _filter(membership: Membership, query: str) -> ConversationFilter:
    return ConversationFilter(
        QueryDict(query), workspace=membership.workspace, user=membership.user
    )


def longest(workspace) -> Conversation | None:
    """Who has waited longest."""
    waiting = Conversation.objects.filter(
        workspace=workspace, state=Conversation.OPEN, waiting_since__isnull=False
    )
    return waiting.select_related("contact").order_by("waiting_since", "id").first()


def people(workspace) -> list[Person]:
    """Everybody who belongs here, with what lies on their desk."""
    desks = {row["assignee"]: row for row in _desks(workspace)}
    online = set(
        Presence.objects.filter(
            workspace=workspace, at__gt=timezone.now() - ONLINE_FOR
        ).values_list("user", flat=True)
    )
    members = Membership.objects.filter(workspace=workspace).select_related("user")
    return [
        _person(m.user, desks.get(m.user_id, {}), is_online=m.user_id in online)
        for m in members.order_by("user__name", "id")
    ]


def _desks(workspace):
    opened = Conversation.objects.filter(workspace=workspace, state=Conversation.OPEN)
    return (
        opened.exclude(assignee=None)
        .values("assignee")
        .annotate(
            open=Count("id"),
            waiting=Count("id", filter=Q(waiting_since__isnull=False)),
            longest_since=Min("waiting_since"),
        )
        .order_by()
    )


def _person(user, desk: dict, *, is_online: bool) -> Person:
    return Person(
        user.name,
        is_online,
        desk.get("open", 0),
        desk.get("waiting", 0),
        seconds_since(desk.get("longest_since")),
    )


def seconds_since(moment: datetime | None) -> int | None:
    return moment and max(0, round((clock.now() - moment).total_seconds()))


def is_new(workspace) -> bool:
    """Nothing has been said here yet."""
    return not Conversation.objects.filter(workspace=workspace).exists()
