"""The live flows of workspaces, with their triggers ready: versions are frozen, so what
was read of one is kept in this process for ever."""

import logging
from functools import lru_cache

from converge import bulk
from flows.graph import Broken, Graph, read
from flows.models import FlowSettings, Version
from flows.triggers import Ears, Listener

logger = logging.getLogger(__name__)


@lru_cache(maxsize=2048)
def graph_of(version: int) -> Graph:
    return read(Version.objects.values_list("graph", flat=True).get(id=version))


def listeners(workspaces: set[int]) -> dict[int, Ears]:
    """Workspace → its live flows' triggers; none where the switch stopped all flows."""
    rows = bulk.fetch(LIVE, [sorted(workspaces)])
    return {
        workspace: _ears(tuple(zip(flows, versions, strict=True)))
        for workspace, flows, versions in rows
    }


# One row a workspace, however many flows it has.
LIVE = """
SELECT f.workspace_id, array_agg(f.id ORDER BY f.id),
  array_agg(f.live_version_id ORDER BY f.id)
FROM flows_flow f
LEFT JOIN flows_flowsettings s ON s.workspace_id = f.workspace_id
WHERE f.workspace_id = ANY(%s::bigint[]) AND f.archived_at IS NULL
  AND f.paused_at IS NULL AND f.live_version_id IS NOT NULL AND s.stopped_at IS NULL
GROUP BY f.workspace_id
"""


@lru_cache(maxsize=512)
def _ears(live: tuple[tuple[int, int], ...]) -> Ears:
    return Ears(x for flow, version in live for x in _of_version(flow, version))


def stopped_workspaces(workspaces: set[int]) -> set[int]:
    rows = FlowSettings.objects.filter(
        workspace__in=workspaces, stopped_at__isnull=False
    )
    return set(rows.values_list("workspace_id", flat=True))


@lru_cache(maxsize=2048)
def _of_version(flow: int, version: int) -> tuple[Listener, ...]:
    try:
        graph = graph_of(version)
    except Broken:
        # Written by another release: this flow is silent, the others are not.
        logger.exception("a live flow cannot be read", extra={"version": version})
        return ()
    return tuple(
        Listener(flow, version, graph.channel, trigger, graph.is_beside)
        for trigger in graph.triggers
    )
