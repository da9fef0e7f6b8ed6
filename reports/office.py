"""Business hours as reports count with them: those the team has now, for every day."""

from accounts.models import Workspace
from flows.hours import WEEKDAYS
from flows.models import FlowSettings


def hours_of(workspace: Workspace) -> list:
    """Seven days, each a pair of times or None; empty: the team is always there."""
    found = FlowSettings.objects.filter(workspace=workspace)
    hours = found.values_list("hours", flat=True).first() or []
    return hours if len(hours) == len(WEEKDAYS) else []
