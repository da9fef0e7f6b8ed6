"""Saved views: the list's present filters under a name, a person's own or everybody's."""

from urllib.parse import urlencode

from django.db import transaction
from django.db.models import F, Max, Q

from accounts.models import Membership
from inbox.filters import ConversationFilter
from inbox.models import SavedView

MOST = 30  # of each person, and of everybody
DEFAULTS = {"view": "all", "sort": "newest"}


def of(membership: Membership):
    """Everybody's, then their own, each in its order."""
    return SavedView.objects.filter(
        Q(user=None) | Q(user=membership.user_id), workspace=membership.workspace_id
    ).order_by(F("user").asc(nulls_first=True), "position", "id")


def query_of(form: ConversationFilter) -> str:
    """The same for the same filters, in whatever order an address names them."""
    chosen = {k: v for k, v in form.chosen().items() if DEFAULTS.get(k) != v}
    return urlencode(
        {k: "1" if chosen[k] is True else chosen[k] for k in form.fields if k in chosen}
    )


def describe(form: ConversationFilter) -> list[str]:
    """What the filters ask for, part by part, in the words of the filters."""
    return [
        _say(form, name, value)
        for name, value in form.chosen().items()
        if DEFAULTS.get(name) != value
    ]


def _say(form: ConversationFilter, name: str, value) -> str:
    field = form.fields[name]
    if value is True:
        return field.label
    if name == "q":
        return f"“{value}”"
    word = dict(field.choices).get(value, value)
    return word if name == "view" else f"{field.label or name.capitalize()}: {word}"


def beside(view: SavedView):
    """Those it stands among, in order."""
    same = SavedView.objects.filter(workspace=view.workspace_id, user=view.user_id)
    return same.order_by("position", "id")


def is_full(view: SavedView) -> bool:
    return beside(view).exclude(pk=view.pk).count() >= MOST


def put_last(view: SavedView) -> None:
    last = beside(view).exclude(pk=view.pk).aggregate(Max("position"))["position__max"]
    view.position = 0 if last is None else last + 1


@transaction.atomic
def move(view: SavedView, by: int) -> None:
    """One place up (-1) or down (1); at the end nothing happens."""
    those = list(beside(view).select_for_update())
    at = those.index(view)
    to = at + by
    if not 0 <= to < len(those):
        return
    those[at], those[to] = those[to], those[at]
    for position, other in enumerate(those):
        other.position = position
    SavedView.objects.bulk_update(those, ["position"])
