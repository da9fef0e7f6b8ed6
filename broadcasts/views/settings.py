"""What a workspace sets for its broadcasts: prices, and how long to wait between tries."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import member
from broadcasts import retries, retrying, segments
from broadcasts.forms import LadderForm, PriceForm
from broadcasts.models import Ladder, Price, Segment
from converge import asked


@require_GET
@member("broadcast")
def show(request):
    return _page(request)


def _page(request, price=None, ladder=None, status=200):
    waits = retrying.ladders(request.workspace.id)
    context = {
        "prices": Price.objects.filter(workspace=request.workspace).order_by(
            "country", "category"
        ),
        "price_form": price or PriceForm(),
        "cap": ", ".join(str(hours // 24) for hours in waits[retries.CAP]),
        "hours": ", ".join(str(hours) for hours in waits[retries.HOURS]),
        "ladder_form": ladder,
        "segments": Segment.objects.filter(workspace=request.workspace)
        .annotate(people=Count("members"))
        .select_related("made_by")
        .order_by("name"),
        "may_set": request.membership.may("set_ladders"),
    }
    return render(request, "broadcasts/settings.html", context, status=status)


@require_POST
@member("broadcast")
def save_price(request):
    form = PriceForm(request.POST)
    if not form.is_valid():
        return _page(request, price=form, status=422)
    Price.objects.update_or_create(
        workspace=request.workspace,
        country=form.cleaned_data["country"],
        category=form.cleaned_data["category"],
        defaults={
            "amount": form.cleaned_data["amount"],
            "currency": form.cleaned_data["currency"],
        },
    )
    return redirect("broadcasts:settings", slug=request.workspace.slug)


@require_POST
@member("broadcast")
def remove_price(request):
    pk = asked.number(request.POST.get("price", ""))
    Price.objects.filter(workspace=request.workspace, id=pk).delete()
    return redirect("broadcasts:settings", slug=request.workspace.slug)


@require_POST
@member("broadcast")
def remove_segment(request):
    """The people stay; a draft that names it finds nobody by it."""
    pk = asked.number(request.POST.get("segment", ""))
    segment = Segment.objects.filter(workspace=request.workspace, id=pk).first()
    if segment:
        segments.remove(request, segment)
    return redirect("broadcasts:settings", slug=request.workspace.slug)


@require_POST
@member("set_ladders")
def save_ladder(request):
    kind = request.POST.get("kind")
    if kind not in retries.USUAL:
        return redirect("broadcasts:settings", slug=request.workspace.slug)
    form = LadderForm(request.POST, kind=kind)
    if not form.is_valid():
        return _page(request, ladder=form, status=422)
    waits = form.cleaned_data["waits"]
    Ladder.objects.update_or_create(
        workspace=request.workspace, kind=kind, defaults={"waits": waits}
    )
    audit.record(request, "retry ladder changed", kind, hours=waits)
    messages.info(request, "Saved. It counts for failures from now on.")
    return redirect("broadcasts:settings", slug=request.workspace.slug)
