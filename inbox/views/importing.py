"""The import of contacts: a file, its columns, what it will do, and what it did."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from converge import asked, clock, csv_files
from inbox import (
    contact_export,
    import_check,
    import_columns,
    import_run,
    import_undo,
    opt_out_columns,
    opt_outs,
)
from inbox.access import import_for
from inbox.import_forms import PolicyForm, UploadForm
from inbox.models import Import, ImportRow

PAGE = 50
LATEST = 10
STEPS = {
    Import.PEOPLE: ("File", "Columns", "Check", "Import"),
    Import.OPT_OUTS: ("List", "Columns", "Check", "Opt out"),
}
REASONS = {
    ImportRow.TWICE: "Same person twice: the first line is used",
    ImportRow.MALFORMED: "Not a phone number",
    ImportRow.SHORTENED: "Shortened by a spreadsheet: export the column as text",
    ImportRow.EMPTY: "No phone number",
}


@require_http_methods(["GET", "POST"])
@member("import_contacts")
def upload(request):
    is_sent = request.method == "POST"
    form = UploadForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"country": request.workspace.country},
    )
    if is_sent and form.is_valid():
        source = form.store(request.workspace, request.user)
        audit.record(request, "import uploaded", str(source.public_id))
        return _to(request, source, "columns")
    own = Import.objects.filter(workspace=request.workspace, kind=Import.PEOPLE)
    latest = own.defer("body")
    latest = latest.select_related("uploaded_by").order_by("-id")[:LATEST]
    context = {"form": form, "latest": latest, "steps": _steps(Import.PEOPLE, 0)}
    return render(
        request, "contacts/import_file.html", context, status=422 if is_sent else 200
    )


def _steps(kind: str, current: int) -> list[dict]:
    return [
        {"label": label, "is_current": n == current, "is_done": n < current}
        for n, label in enumerate(STEPS[kind])
    ]


@require_GET
@member("import_contacts")
def example(request):
    head = ["phone", "name", "tags", "city"]
    rows = [
        ["+44 7700 900118", "Amina Yusuf", "vip, wholesale", "Leeds"],
        ["+351 912 345 678", "João Costa", "", "Porto"],
    ]
    return csv_files.answer("contacts-example", head, rows)


@require_http_methods(["GET", "POST"])
@member("import_contacts")
def columns(request, import_id):
    """What each column becomes; choosing again looks at the file anew."""
    source = import_for(request, import_id)
    if source.state not in (Import.UPLOADED, Import.CHECKING, Import.CHECKED):
        return _to(request, source, "result")
    guessed, options = _offered(source)
    targets, error = source.targets or guessed, ""
    if request.method == "POST":
        targets = [
            request.POST.get(f"column_{n}", "") for n in range(len(source.columns))
        ]
        error = import_columns.problem(targets, [{v for v, _ in o} for o in options])
        if not error:
            import_check.begin(source, targets)
            return _to(request, source, "check")
    context = {
        "source": source,
        "steps": _steps(source.kind, 1),
        "error": error,
        "rows": _drawn(source, targets, guessed, options),
    }
    status = 422 if error else 200
    return render(request, "contacts/import_columns.html", context, status=status)


def _offered(source: Import) -> tuple[list[str], list[list]]:
    """What each column probably is, and everything it may be."""
    if source.is_opt_outs:
        guessed = opt_out_columns.guess(source.columns, source.sample)
        return guessed, [opt_out_columns.CHOICES] * len(source.columns)
    known = contact_export.field_names(source.workspace)
    guessed = import_columns.guess(source.columns, source.sample, known)
    return guessed, [import_columns.choices(column, known) for column in source.columns]


def _drawn(source: Import, targets, guessed, options) -> list[dict]:
    return [
        {
            "n": n,
            "column": column,
            "samples": [r[n] for r in source.sample[:3] if n < len(r) and r[n]],
            "options": options[n],
            "target": targets[n],
            "is_guess": bool(guessed[n]) and not source.targets,
        }
        for n, column in enumerate(source.columns)
    ]


@require_http_methods(["GET", "POST"])
@member("import_contacts")
def check(request, import_id):
    """What the file would do. Nothing is done before this page says so."""
    source = import_for(request, import_id)
    if source.state == Import.UPLOADED:
        return _to(request, source, "columns")
    if source.state not in (Import.CHECKING, Import.CHECKED):
        return _to(request, source, "result")
    is_checked = source.state == Import.CHECKED
    trouble = import_check.trouble(source) if is_checked else ""
    form = _policy_form(request, source)
    if request.method == "POST" and is_checked and not trouble and form.is_valid():
        if import_run.begin(source, form.cleaned_data["policy"]):
            audit.record(
                request, "import started", str(source.public_id), lines=source.row_count
            )
        return _to(request, source, "result")
    context = {
        "source": source,
        "steps": _steps(source.kind, 2),
        "form": form,
        "trouble": trouble,
        "verdicts": _verdicts(source),
        "out_already": is_checked and source.is_opt_outs and opt_outs.known_out(source),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "contacts/import_check.html", context, status=status)


def _policy_form(request, source: Import) -> PolicyForm:
    """A list of opt-outs changes nothing else about anybody, so it asks nothing."""
    if request.method == "GET":
        return PolicyForm()
    return PolicyForm({"policy": Import.ADD} if source.is_opt_outs else request.POST)


def _verdicts(source: Import) -> list[dict]:
    counted = dict(
        source.rows.values_list("verdict").annotate(Count("id")).order_by("verdict")
    )
    return [
        {
            "verdict": verdict,
            "label": label,
            "count": counted[verdict],
            "is_refused": verdict in ImportRow.REFUSED,
        }
        for verdict, label in ImportRow.VERDICTS
        if verdict in counted
    ]


@require_GET
@member("import_contacts")
def result(request, import_id):
    source = import_for(request, import_id)
    if source.state in (Import.UPLOADED, Import.CHECKING, Import.CHECKED):
        return _to(request, source, "check")
    counted = dict(
        source.rows.exclude(outcome="")
        .values_list("outcome")
        .annotate(Count("id"))
        .order_by("outcome")
    )
    refused = [v for v in _verdicts(source) if v["is_refused"]]
    context = {
        "source": source,
        "steps": _steps(source.kind, 3),
        "outcomes": [
            {"outcome": o, "label": label, "count": counted[o]}
            for o, label in _outcomes(source)
            if o in counted
        ],
        "refused": refused,
        "refused_count": sum(v["count"] for v in refused),
        "can_undo": import_undo.can_undo(source, clock.now()),
        "undo_until": source.finished_at and source.finished_at + import_run.UNDO_FOR,
    }
    return render(request, "contacts/import_result.html", context)


def _outcomes(source: Import) -> list[tuple[str, str]]:
    return opt_outs.OUTCOMES if source.is_opt_outs else ImportRow.OUTCOMES


@require_GET
@member("import_contacts")
def lines(request, import_id):
    """The lines with one verdict, as they stand in the file."""
    source = import_for(request, import_id)
    verdict = request.GET.get("verdict", ImportRow.NEW)
    after = asked.number(request.GET.get("after", ""), 0)
    found = source.rows.filter(verdict=verdict, line__gt=after)
    rows = list(found.select_related("contact").order_by("line")[: PAGE + 1])
    context = {
        "source": source,
        "verdict": verdict,
        "label": dict(ImportRow.VERDICTS).get(verdict, "Lines"),
        "rows": rows[:PAGE],
        "after": rows[PAGE - 1].line if len(rows) > PAGE else None,
    }
    return render(request, "contacts/import_lines.html", context)


@require_GET
@member("import_contacts")
def refused(request, import_id):
    """The lines that were left out, as they were, with why."""
    source = import_for(request, import_id)
    found = source.rows.filter(verdict__in=ImportRow.REFUSED).order_by("line")
    rows = (
        [row.line, REASONS[row.verdict], *row.cells]
        for row in found.iterator(chunk_size=2000)
    )
    name = source.name.rpartition(".")[0] or source.name
    return csv_files.answer(
        f"{name}-refused", ["line", "reason", *source.columns], rows
    )


@require_POST
@member("import_contacts")
def undo(request, import_id):
    source = import_for(request, import_id)
    if import_undo.begin(source, request.user):
        audit.record(request, "import undone", str(source.public_id))
    elif source.state == Import.DONE:
        messages.error(request, "An import can be undone for 24 hours.")
    return _to(request, source, "result")


def _to(request, source: Import, step: str):
    return redirect(
        f"contacts:import_{step}",
        slug=request.workspace.slug,
        import_id=source.public_id,
    )
