"""The whole workspace as one file: asked for by an owner, downloaded within a week."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.access import member
from inbox import exporting, words
from inbox.models import WorkspaceExport

SHOWN = 20


@require_http_methods(["GET", "POST"])
@member("export")
def exports(request, *, task: str):
    if request.method == "POST":
        _begin(request, task)
        return redirect("exports:list", slug=request.workspace.slug)
    found = WorkspaceExport.objects.filter(workspace=request.workspace)
    rows = [
        {"export": e, "size": words.size(e.size), "until": _until(e)}
        for e in found.select_related("asked_by").order_by("-asked_at")[:SHOWN]
    ]
    is_working = any(r["export"].state == WorkspaceExport.WORKING for r in rows)
    context = {"rows": rows, "is_working": is_working}
    return render(request, "exports/list.html", context)


@require_GET
@member("export")
def download(request, export_id):
    export = get_object_or_404(
        WorkspaceExport,
        workspace=request.workspace,
        pk=export_id,
        state=WorkspaceExport.READY,
    )
    if not default_storage.exists(export.path):
        raise Http404
    audit.record(request, "workspace export downloaded", str(export.asked_at.date()))
    name = f"{request.workspace.slug}-{export.asked_at:%Y-%m-%d}.zip"
    answer = FileResponse(
        default_storage.open(export.path), as_attachment=True, filename=name
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def _begin(request, task: str) -> None:
    try:
        with transaction.atomic():
            exporting.begin(request.workspace, request.user, task)
            audit.record(request, "workspace export asked for")
    except IntegrityError:
        messages.info(request, "One is being written already.")


def _until(export: WorkspaceExport):
    return export.ready_at + exporting.KEPT_FOR if export.ready_at else None
