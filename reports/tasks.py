"""What django-q2 runs for reports: a wake-up; which days are due stands in rows."""

from django_q.tasks import async_task

from accounts.models import Workspace
from reports import counting


def count() -> int:
    return counting.count_due()


def count_for(workspace_id: int) -> int:
    """Somebody waits for these figures."""
    return counting.count_due(Workspace.objects.filter(id=workspace_id))


def wake(workspace: Workspace) -> None:
    async_task("reports.tasks.count_for", workspace.id)
