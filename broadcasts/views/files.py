"""A file of people: uploaded, mapped, read with its progress shown, its lines looked at."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import member
from broadcasts import files
from broadcasts.access import draft_for, file_for
from broadcasts.forms import UploadForm
from broadcasts.models import File, FileRow
from broadcasts.steps import steps
from broadcasts.views import audience
from business_numbers import phone_cells
from converge import asked, bulk, csv_files

PAGE = 50


@require_POST
@member("broadcast")
def upload(request, broadcast_id):
    broadcast = draft_for(request, broadcast_id)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file = _store(request, form.cleaned_data["file"])
        except csv_files.NotUsable as problem:
            form.add_error("file", str(problem))
        else:
            return redirect(
                "broadcasts:file",
                slug=request.workspace.slug,
                broadcast_id=broadcast_id,
                file_id=file.public_id,
            )
    if broadcast.number is None or broadcast.template is None:
        return redirect(
            "broadcasts:message", slug=request.workspace.slug, broadcast_id=broadcast_id
        )
    return audience.page(request, broadcast, upload=form, status=422)


def _store(request, uploaded) -> File:
    csv_files.refuse_large(uploaded.name, uploaded.size, files.MOST_BYTES)
    body = uploaded.read()
    shape = csv_files.look_at(body)
    return File.objects.create(
        workspace=request.workspace,
        name=uploaded.name[:240],
        body=body,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        columns=shape.columns,
        sample=shape.sample,
        phone_column=phone_cells.column(shape.columns, shape.sample),
        row_count=shape.row_count,
        uploaded_by=request.user,
    )


@require_http_methods(["GET", "POST"])
@member("broadcast")
def show(request, broadcast_id, file_id):
    """Which column is the phone number; then how far the reading is, and what it found."""
    broadcast, file = draft_for(request, broadcast_id), file_for(request, file_id)
    error = ""
    if request.method == "POST":
        column = asked.number(request.POST.get("phone", ""))
        if column is not None and column < len(file.columns):
            _take(broadcast, file, column)
            return redirect(
                "broadcasts:file",
                slug=request.workspace.slug,
                broadcast_id=broadcast_id,
                file_id=file_id,
            )
        error = "Choose the column with the phone numbers."
    context = {
        "broadcast": broadcast,
        "steps": steps(broadcast, "audience"),
        "file": file,
        "error": error,
        "verdicts": _verdicts(file),
        "percent": 100 * file.read_count // max(1, file.row_count),
        "columns": list(enumerate(file.columns)),
    }
    return render(
        request, "broadcasts/file.html", context, status=422 if error else 200
    )


@transaction.atomic
def _take(broadcast, file: File, column: int) -> None:
    """Read it, and let it be part of the audience."""
    files.begin(file, column)
    rule = {"kind": "file", "id": file.id}
    if rule not in broadcast.include:
        broadcast.include.append(rule)
        broadcast.save(update_fields=["include", "saved_at"])


def _verdicts(file: File) -> list[dict]:
    rows = bulk.fetch(
        "SELECT verdict, count(*), count(*) FILTER (WHERE contact_id IS NULL)"
        " FROM broadcasts_filerow WHERE file_id = %s GROUP BY verdict",
        [file.id],
    )
    counted = {verdict: (people, new) for verdict, people, new in rows}
    return [
        {
            "verdict": verdict,
            "label": label,
            "lines": counted[verdict][0],
            "new": counted[verdict][1] if verdict == FileRow.GOOD else 0,
        }
        for verdict, label in FileRow.VERDICTS
        if verdict in counted
    ]


@require_GET
@member("broadcast")
def lines(request, broadcast_id, file_id):
    broadcast, file = draft_for(request, broadcast_id), file_for(request, file_id)
    verdict = request.GET.get("verdict", FileRow.GOOD)
    after = asked.number(request.GET.get("after", ""), 0)
    rows = list(
        file.rows.filter(verdict=verdict, line__gt=after)
        .select_related("contact")
        .order_by("line")[: PAGE + 1]
    )
    context = {
        "broadcast": broadcast,
        "file": file,
        "label": dict(FileRow.VERDICTS).get(verdict, verdict),
        "verdict": verdict,
        "rows": rows[:PAGE],
        "after": rows[PAGE - 1].line if len(rows) > PAGE else None,
    }
    return render(request, "broadcasts/file_lines.html", context)
