"""The members of a workspace, as pages offer them."""

from django.core.cache import caches

from accounts.models import Membership

KEPT_FOR = 30


def team(membership: Membership) -> list:
    """Who can be assigned; kept for some seconds, because every page shows it."""
    key, kept = f"team-{membership.workspace_id}", caches["process"]
    people = kept.get(key)
    if people is None:
        people = members(membership.workspace_id)
        kept.set(key, people, KEPT_FOR)
    return people


def members(workspace_id: int) -> list:
    found = Membership.objects.filter(workspace=workspace_id)
    return [m.user for m in found.select_related("user").order_by("user__name", "id")]
