"""Segments: a filter over contacts that was given a name, counted anew at each look."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from broadcasts import segments
from broadcasts.forms import SegmentForm
from broadcasts.models import Segment
from converge import asked
from inbox import directory


@require_GET
@member("read")
def show_all(request):
    own = Segment.objects.filter(workspace=request.workspace).select_related("made_by")
    last = own.filter(id=asked.number(request.GET.get("after", ""))).first()
    if last:
        own = own.filter(name__gt=last.name)
    found = list(own.order_by("name")[: segments.PAGE + 1])
    names = segments.names(request.workspace)
    context = {
        "rows": [_row(segment, names) for segment in found[: segments.PAGE]],
        "after": found[segments.PAGE - 1].id if len(found) > segments.PAGE else None,
        "may_edit": request.membership.may("edit_contacts"),
    }
    return render(request, "segments/list.html", context)


def _row(segment: Segment, names: tuple[dict, dict]) -> dict:
    return {
        "segment": segment,
        "words": segments.describe(segment, *names),
        "people": segments.count(segment),
    }


@require_http_methods(["GET", "POST"])
@member("edit_contacts")
def keep(request):
    """The filter stands in the address, as in the list it comes from."""
    chosen = directory.ContactFilter(request.GET, workspace=request.workspace)
    if not chosen.is_valid() or not chosen.chosen():
        messages.error(request, "Choose a filter first; then it can be kept.")
        return redirect("contacts:list", slug=request.workspace.slug)
    segment = Segment(
        workspace=request.workspace,
        rules=[segments.rule_of(chosen)],
        made_by=request.user,
    )
    form = SegmentForm(request.POST or None, workspace=request.workspace)
    if form.is_valid():
        segment.name = form.cleaned_data["name"]
        segment.save()
        audit.record(request, "segment kept", segment.name)
        messages.info(request, f"Kept as the segment “{segment.name}”.")
        return redirect("segments:list", slug=request.workspace.slug)
    context = _row(segment, segments.names(request.workspace)) | {
        "form": form,
        "query": request.GET.urlencode(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "segments/keep.html", context, status=status)


@require_GET
@member("read")
def show(request, segment_id):
    segment = segment_for(request, segment_id)
    rows, following = segments.page(segment, request.GET.get("before", ""))
    names = segments.names(request.workspace)
    context = _row(segment, names) | {
        "rows": rows,
        "following": following,
        "query": segments.query_of(segment),
        "may_edit": request.membership.may("edit_contacts"),
        "may_send": request.membership.may("broadcast"),
    }
    return render(request, "segments/show.html", context)


@require_http_methods(["GET", "POST"])
@member("edit_contacts")
def edit(request, segment_id):
    """Another name, and other rules where one filter says them all."""
    segment = segment_for(request, segment_id)
    data = request.POST if request.method == "POST" else None
    form = SegmentForm(
        data,
        workspace=request.workspace,
        segment=segment,
        initial={"name": segment.name},
    )
    chosen = segments.filter_of(segment, data)
    is_empty = chosen is not None and not (chosen.is_valid() and chosen.chosen())
    if form.is_valid() and not is_empty:
        rules = [segments.rule_of(chosen)] if chosen else segment.rules
        if "look" not in request.POST:
            segments.change(request, segment, form.cleaned_data["name"], rules)
            return _to(request, segment)
        segment.rules = rules
    is_refused = form.is_bound and (is_empty or not form.is_valid())
    context = _row(segment, segments.names(request.workspace)) | {
        "form": form,
        "chosen": chosen,
        "is_empty": is_refused and is_empty,
        "is_refused": is_refused,
        "dependents": segments.dependents(segment),
    }
    status = 422 if is_refused else 200
    return render(request, "segments/edit.html", context, status=status)


@require_POST
@member("edit_contacts")
def remove(request, segment_id):
    segment = segment_for(request, segment_id)
    slug = request.workspace.slug
    if segments.remove(request, segment):
        return redirect("segments:list", slug=slug)
    return _to(request, segment)


def _to(request, segment: Segment):
    return redirect("segments:show", slug=request.workspace.slug, segment_id=segment.id)


def segment_for(request, segment_id: int) -> Segment:
    return get_object_or_404(Segment, workspace=request.workspace, id=segment_id)
