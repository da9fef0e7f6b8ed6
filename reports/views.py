"""The pages of figures, and the same figures as CSV."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import member
from converge import clock, csv_files
from flows.hours import WEEKDAYS
from reports import (
    automation,
    counting,
    heard,
    heat,
    office,
    plots,
    present,
    tables,
    tasks,
    words,
)
from reports import delivery as delivered
from reports import service as served
from reports.forms import PeriodForm
from reports.periods import lately

PRESETS = ((1, "Today"), (7, "7 days"), (28, "28 days"), (90, "90 days"), (365, "Year"))


@require_GET
@member("read")
def now(request):
    figures = present.figures(request.membership)
    longest = present.longest(request.workspace)
    is_quiet = not any(figure.count for figure in figures)
    context = {
        "figures": figures,
        "longest": longest,
        "longest_seconds": present.seconds_since(longest and longest.waiting_since),
        "people": present.people(request.workspace),
        "online_means": words.DEFINITIONS["online"],
        "is_new": is_quiet and present.is_new(request.workspace),
        "at": clock.now(),
    }
    return render(request, "reports/now.html", context)


@require_GET
@member("read")
def service(request):
    form = PeriodForm(request.GET, workspace=request.workspace)
    found = _served(request, form)
    grid = heard.load(request.workspace, form.period, form.number_id)
    context = _about(request, form) | {
        "found": found,
        "is_empty": found.total.is_empty and not heard.busiest(grid),
        "has_hours": form.in_hours and bool(office.hours_of(request.workspace)),
        "offers_hours": True,
        "heat": heat.heat(grid),
        "heard": heard.rows(grid),
        "busiest": heard.busiest(grid),
        "weekdays": WEEKDAYS,
        "by_part": tables.parts(found.by_part, form),
        "times": plots.timed(
            [(d, f.first.ninetieth or 0, f.first.median or 0) for d, f in found.by_part]
        ),
        "counts": plots.counted([(d, f.opened, f.closed) for d, f in found.by_part]),
    }
    return render(request, "reports/service.html", context, status=_status(form))


@require_GET
@member("read")
def delivery(request):
    form = PeriodForm(request.GET, workspace=request.workspace)
    found = delivered.load(request.workspace, form.period, form.number_id)
    context = _about(request, form) | {
        "found": found,
        "is_empty": not found.total.messages,
        "by_part": tables.parts(found.by_part, form),
        "states": tables.states(found.total),
        "counts": plots.parted(
            [(d, f.accepted + f.failed, f.failed) for d, f in found.by_part]
        ),
    }
    return render(request, "reports/delivery.html", context, status=_status(form))


@require_GET
@member("read")
def flows(request):
    form = PeriodForm(request.GET, workspace=request.workspace)
    found = automation.load(request.workspace, form.period, form.number_id)
    context = _frame(request, form) | {
        "found": found,
        "is_empty": not found.total.entered,
        "by_part": tables.parts(found.by_part, form),
        "counts": plots.parted(
            [(d, f.entered, f.handed_over) for d, f in found.by_part]
        ),
    }
    return render(request, "reports/flows.html", context, status=_status(form))


@require_GET
@member("read")
def export_service(request):
    form = PeriodForm(request.GET, workspace=request.workspace)
    if request.GET.get("by") in tables.HEARD:
        grid = heard.load(request.workspace, form.period, form.number_id)
        return _csv(request, form, "messages", tables.HEARD, grid)
    return _csv(request, form, "service", tables.SERVICE, _served(request, form))


def _served(request, form: PeriodForm) -> served.Service:
    return served.load(
        request.workspace, form.period, form.number_id, in_hours=form.in_hours
    )


@require_GET
@member("read")
def export_delivery(request):
    form = PeriodForm(request.GET, workspace=request.workspace)
    found = delivered.load(request.workspace, form.period, form.number_id)
    return _csv(request, form, "delivery", tables.DELIVERY, found)


@require_GET
@member("read")
def export_flows(request):
    form = PeriodForm(request.GET, workspace=request.workspace)
    found = automation.load(request.workspace, form.period, form.number_id)
    return _csv(request, form, "flows", tables.FLOWS, found)


def _csv(request, form: PeriodForm, name: str, kinds: dict, found):
    by = request.GET.get("by", "")
    head, rows = kinds.get(by, next(iter(kinds.values())))
    period = form.period
    return csv_files.answer(
        f"{name} {by} {period.first} {period.last}", head, rows(found)
    )


def _about(request, form: PeriodForm) -> dict:
    """What pages of kept days also say: how whole the figures are."""
    missing = counting.uncounted(request.workspace, form.period)
    if missing:
        tasks.wake(request.workspace)
    return _frame(request, form) | {"missing": missing}


def _frame(request, form: PeriodForm) -> dict:
    """What every page of a period says: of when, of which numbers, and what it means."""
    kept = request.GET.copy()
    kept.pop("by", None)
    return {
        "form": form,
        "period": form.period,
        "has_today": form.period.last == form.today,
        "presets": _presets(form),
        "query": kept.urlencode(),
        "means": words.DEFINITIONS,
        "is_new": present.is_new(request.workspace),
        "at": clock.now(),
    }


def _presets(form: PeriodForm) -> list[dict]:
    found = [(label, lately(form.today, days)) for days, label in PRESETS]
    return [
        {"label": label, "period": period, "is_current": period == form.period}
        for label, period in found
    ]


def _status(form: PeriodForm) -> int:
    return 200 if form.is_valid() else 422
