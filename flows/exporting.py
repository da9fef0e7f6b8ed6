"""What of flows is in an export of the workspace: drafts and every published version."""

from flows.models import Flow
from inbox.api.shown import moment
from inbox.exporting import Part, Row

FLOWS = 50


def flows(workspace: int, after: str) -> list[Row]:
    own = Flow.objects.filter(workspace=workspace).prefetch_related("versions")
    own = own.filter(id__gt=after) if after else own
    return [Row(str(f.id), _flow(f)) for f in own.order_by("id")[:FLOWS]]


PARTS = (Part("flows", flows),)


def _flow(flow: Flow) -> dict:
    versions = sorted(flow.versions.all(), key=lambda v: v.number)
    return {
        "id": str(flow.public_id),
        "name": flow.name,
        "draft": flow.draft,
        "is_live": flow.is_live,
        "archived_at": moment(flow.archived_at),
        "versions": [
            {
                "number": v.number,
                "graph": v.graph,
                "note": v.note,
                "published_at": moment(v.published_at),
                "is_live": v.id == flow.live_version_id,
            }
            for v in versions
        ],
    }
