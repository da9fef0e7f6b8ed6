"""The live flows of workspaces, with their triggers ready: versions are frozen, so what
was read of one is kept in this process for ever."""

from collections import defaultdict
from functools import lru_cache

from flows.graph import Graph, read
from flows.models import Flow, FlowSettings, Version
from flows.triggers import Listener


@lru_cache(maxsize=2048)
def graph_of(version: int) -> Graph:
    return read(Version.objects.values_list("graph", flat=True).get(id=version))


def listeners(workspaces: set[int]) -> dict[int, list[Listener]]:
    """Workspace → its live flows' triggers; none where the switch stopped all flows."""
    live = list(
        Flow.objects.live()
        .filter(workspace__in=workspaces)
        .order_by("id")
        .values_list("workspace_id", "id", "live_version_id")
    )
    if not live:
        return {}
    stopped = stopped_workspaces({workspace for workspace, _, _ in live})
    found = defaultdict(list)
    for workspace, flow, version in live:
        if workspace not in stopped:
            found[workspace] += _of_version(flow, version)
    return found


def stopped_workspaces(workspaces: set[int]) -> set[int]:
    rows = FlowSettings.objects.filter(
        workspace__in=workspaces, stopped_at__isnull=False
    )
    return set(rows.values_list("workspace_id", flat=True))


@lru_cache(maxsize=2048)
def _of_version(flow: int, version: int) -> tuple[Listener, ...]:
    graph = graph_of(version)
    return tuple(
        Listener(flow, version, graph.channel, trigger, graph.is_beside)
        for trigger in graph.triggers
    )
