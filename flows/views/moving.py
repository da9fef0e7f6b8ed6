"""Flows out and in as JSON files, in the format of docs/flow.schema.json."""

import json

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import member
from flows.access import flow_for
from flows.graph import Broken, read, to_json
from flows.shapes import is_text
from flows.views.overview import create

SIZE_MAX = 1024 * 1024
SHOWN_PROBLEMS = 20


@require_GET
@member("read")
def export(request, flow_id):
    flow = flow_for(request, flow_id)
    answer = JsonResponse(
        {"name": flow.name, **flow.draft}, json_dumps_params={"indent": 2}
    )
    name = slugify(flow.name) or "flow"
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


@require_http_methods(["GET", "POST"])
@member("edit_flows")
def bring(request):
    """As a draft: an imported flow answers nobody until somebody publishes it."""
    problems: list[str] = []
    if request.method == "POST":
        try:
            name, graph = parse(request)
        except Broken as broken:
            problems = broken.problems[:SHOWN_PROBLEMS]
        else:
            flow = create(request, name, to_json(graph))
            messages.info(request, f"{flow.name} is here as a draft.")
            return redirect(
                "flows:editor", slug=request.workspace.slug, flow_id=flow.public_id
            )
    status = 422 if problems else 200
    context = {"problems": problems, "pasted": request.POST.get("json", "")}
    return render(request, "flows/import.html", context, status=status)


def parse(request):
    """(name, graph) of the file or the text; Broken with sentences."""
    upload = request.FILES.get("file")
    if upload and upload.size > SIZE_MAX:
        raise Broken([f"The file is larger than {SIZE_MAX // 1024} KB."])
    raw = upload.read() if upload else request.POST.get("json", "").encode()
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Broken(["This is not JSON."]) from error
    graph = read(data)
    name = data.get("name") if is_text(data.get("name")) else ""
    return name or "Imported flow", graph
