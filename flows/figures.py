"""How many people came where: for the list and for every step of the editor."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, Q

from converge import clock
from flows.models import Flow, Run, RunStep

LATELY = timedelta(days=7)


def of_flows(workspace) -> dict[int, dict]:
    """Flow → entered, finished and stopped in seven days, and under way now."""
    since = Q(started_at__gt=clock.now() - LATELY)
    rows = (
        Run.objects.filter(workspace=workspace)
        .filter(since | Q(state=Run.ALIVE))
        .values("flow")
        .annotate(
            entered=Count("id", filter=since),
            finished=Count("id", filter=since & Q(state=Run.FINISHED)),
            stopped=Count("id", filter=since & Q(state__in=[Run.STOPPED, Run.FAILED])),
            alive=Count("id", filter=Q(state=Run.ALIVE)),
        )
    )
    return {row["flow"]: row for row in rows}


def last_errors(workspace) -> dict[int, Run]:
    """Flow → its newest run that failed in seven days."""
    rows = Run.objects.filter(
        workspace=workspace,
        state=Run.FAILED,
        started_at__gt=clock.now() - LATELY,
    ).order_by("flow", "-ended_at")
    return {run.flow_id: run for run in rows.distinct("flow")}


def of_steps(flow: Flow) -> dict[int, dict]:
    """Step → people who came there in seven days, and who ended there unfinished."""
    runs = Run.objects.filter(
        workspace=flow.workspace_id,
        flow=flow,
        started_at__gt=clock.now() - LATELY,
    )
    found: dict[int, dict] = defaultdict(lambda: {"reached": 0, "left": 0})
    found[1]["reached"] = runs.count()
    reached = RunStep.objects.filter(run__in=runs).exclude(what="started")
    for node, count in reached.values_list("node").annotate(
        Count("run", distinct=True)
    ):
        if node > 1:
            found[node]["reached"] = count
    ended = runs.filter(state__in=[Run.STOPPED, Run.FAILED])
    for node, count in ended.values_list("node").annotate(Count("id")):
        found[node or 1]["left"] = count
    return dict(found)
