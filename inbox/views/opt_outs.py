"""People who asked to be left alone: how many, brought in as a list, and as a file."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.access import member
from converge import csv_files
from inbox import import_check, opt_out_columns, opt_outs
from inbox.models import Import
from inbox.opt_out_forms import OptOutForm

LATEST = 10


@require_http_methods(["GET", "POST"])
@member("import_contacts")
def show(request):
    is_sent = request.method == "POST"
    form = OptOutForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"country": request.workspace.country},
    )
    if is_sent and form.is_valid():
        return _begin(request, form.store(request.workspace, request.user))
    own = Import.objects.filter(workspace=request.workspace, kind=Import.OPT_OUTS)
    latest = own.defer("body").select_related("uploaded_by").order_by("-id")[:LATEST]
    context = {
        "form": form,
        "latest": latest,
        "counts": opt_outs.counts(request.workspace),
    }
    status = 422 if is_sent else 200
    return render(request, "contacts/opt_outs.html", context, status=status)


def _begin(request, source: Import):
    """Straight to what it would do, where its columns leave no question."""
    audit.record(request, "opt-out list uploaded", str(source.public_id))
    targets = opt_out_columns.guess(source.columns, source.sample)
    step = "columns"
    if opt_out_columns.PHONE in targets and import_check.begin(source, targets):
        step = "check"
    return redirect(
        f"contacts:import_{step}",
        slug=request.workspace.slug,
        import_id=source.public_id,
    )


@require_GET
@member("export_contacts")
def export(request):
    audit.record(request, "opt-outs exported")
    rows = opt_outs.lines(request.workspace)
    return csv_files.answer("opt-outs", opt_outs.COLUMNS, rows)
