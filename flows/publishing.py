"""Draft → live: a frozen version, and what becomes of the people inside the older ones."""

from django.db import transaction

from converge import clock
from flows import editing, runs, words
from flows.graph import Graph, read
from flows.listening import graph_of
from flows.models import Flow, Run, Version

LET, MOVE, STOP = "finish", "move", "stop"
PEOPLE = {
    LET: "Let them finish on the version they began with",
    MOVE: "Move them to the new version where their step still exists",
    STOP: "Stop them",
}


class NothingToPublish(Exception):
    pass


def publish(flow_id: int, *, by, note: str = "", people: str = LET) -> Version:
    version = _freeze(flow_id, by, note)
    inside = Run.objects.filter(flow=flow_id, state=Run.ALIVE).exclude(version=version)
    if people == STOP:
        runs.stop(inside.values_list("id", flat=True), by=by, reason="PUBLISHED")
    if people == MOVE:
        _move(inside, version)
    return version


@transaction.atomic
def _freeze(flow_id: int, by, note: str) -> Version:
    flow = Flow.objects.select_for_update().get(id=flow_id)
    if flow.live_version_id and not flow.has_changes:
        raise NothingToPublish
    last = flow.versions.order_by("-number").values_list("number", flat=True).first()
    version = Version.objects.create(
        workspace_id=flow.workspace_id,
        flow=flow,
        number=(last or 0) + 1,
        graph=flow.draft,
        note=note[:200],
        published_by=by,
        published_at=clock.now(),
    )
    flow.live_version, flow.paused_at = version, None
    flow.save(update_fields=["live_version", "paused_at"])
    return version


def _move(inside, version: Version) -> None:
    """Only where the same step of the same kind is still there."""
    new = graph_of(version.id)
    for run in inside.only("id", "version_id", "node"):
        old = graph_of(run.version_id).nodes.get(run.node)
        here = new.nodes.get(run.node)
        if old and here and old.kind == here.kind and here.asks == old.asks:
            Run.objects.filter(id=run.id, state=Run.ALIVE, node=run.node).update(
                version=version
            )


def differences(old: Graph | None, new: Graph) -> list[str]:
    """What changed, in words."""
    if old is None:
        count = len(new.nodes)
        return [f"A new flow with {count} step{'' if count == 1 else 's'}."]
    found = editing.changed_steps(old, new)
    told = []
    for pk in found["changed"]:
        if pk == editing.TRIGGER:
            told.append(f"Changed the trigger: {words.trigger_summary(new)}.")
        else:
            told.append(f"Changed step {words.title(new.nodes[pk])}.")
    for pk in found["rewired"]:
        name = "1 Trigger" if pk == editing.TRIGGER else words.title(new.nodes[pk])
        told.append(f"Step {name} leads elsewhere.")
    told += [f"Added step {words.title(new.nodes[pk])}." for pk in found["added"]]
    told += [f"Removed step {words.title(old.nodes[pk])}." for pk in found["removed"]]
    return told


def changes_of(flow: Flow) -> list[str]:
    old = read(flow.live_version.graph) if flow.live_version else None
    return differences(old, read(flow.draft))
