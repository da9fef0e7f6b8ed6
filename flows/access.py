"""From ids in a URL to rows of this workspace, or 404. Every view begins here."""

from django.shortcuts import get_object_or_404

from flows.models import Flow, FlowTest, Run, Version


def flow_for(request, flow_id) -> Flow:
    return get_object_or_404(
        Flow.objects.kept().select_related("live_version", "edited_by"),
        workspace=request.workspace,
        public_id=flow_id,
    )


def version_for(request, flow: Flow, number: int) -> Version:
    return get_object_or_404(
        flow.versions.select_related("published_by"),
        workspace=request.workspace,
        number=number,
    )


def run_for(request, run_id) -> Run:
    return get_object_or_404(
        Run.objects.select_related(
            "flow__live_version",
            "version",
            "contact",
            "conversation__number",
            "stopped_by",
            "began_by",
        ),
        workspace=request.workspace,
        public_id=run_id,
    )


def test_for(request, flow: Flow, pk: int) -> FlowTest:
    return get_object_or_404(FlowTest, workspace=request.workspace, flow=flow, pk=pk)
