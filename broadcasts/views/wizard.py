"""The draft, one page a step: message, when, check. Each step saves what was given."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import member
from broadcasts import filling, mapping, people, preflight, watch, words
from broadcasts.access import draft_for
from broadcasts.forms import MessageForm, PhoneForm, WhenForm
from broadcasts.models import Broadcast, File, Segment
from broadcasts.steps import steps
from business_numbers import template_values
from business_numbers.models import Number, Template
from converge import asked, bulk, clock
from inbox.words import clock_time, visible


@require_POST
@member("broadcast")
def begin(request):
    numbers = Number.objects.in_use().filter(
        workspace=request.workspace, kind=Number.WHATSAPP
    )
    broadcast = Broadcast.objects.create(
        workspace=request.workspace,
        name=f"Broadcast of {timezone.localdate():%-d %b}",
        created_by=request.user,
        number=numbers.order_by("label").first(),
        zone=request.workspace.time_zone,
        include=_begun_with(request),
    )
    return _to("message", request, broadcast)


def _begun_with(request) -> list[dict]:
    """The segment whose page the broadcast was begun on."""
    pk = asked.number(request.POST.get("segment", ""))
    own = Segment.objects.filter(workspace=request.workspace)
    found = own.filter(id=pk).first()
    return [{"kind": "segment", "id": found.id}] if found else []


def _to(step: str, request, broadcast: Broadcast):
    return redirect(
        f"broadcasts:{step}",
        slug=request.workspace.slug,
        broadcast_id=broadcast.public_id,
    )


@require_http_methods(["GET", "POST"])
@member("broadcast")
def message(request, broadcast_id):
    """The template is chosen first; its variables show once it is saved."""
    broadcast = draft_for(request, broadcast_id)
    if request.method == "GET":
        form = MessageForm(instance=broadcast, workspace=request.workspace)
        return render(
            request, "broadcasts/message.html", _message(request, broadcast, form)
        )
    chosen = broadcast.template_id
    form = MessageForm(request.POST, instance=broadcast, workspace=request.workspace)
    if not form.is_valid():
        broadcast.refresh_from_db()
        context = _message(request, broadcast, form)
        return render(request, "broadcasts/message.html", context, status=422)
    broadcast = form.save(commit=False)
    is_new = broadcast.template_id != chosen
    given = mapping.given(request.POST, broadcast.template)
    broadcast.variables = {} if is_new else given
    broadcast.save()
    errors = {} if is_new else mapping.problems(broadcast.template, given)
    if errors:
        context = _message(request, broadcast, form, errors)
        return render(request, "broadcasts/message.html", context, status=422)
    needs_values = is_new and template_values.variables(broadcast.template)
    stays = needs_values or request.POST.get("then") == "stay"
    return _to("message" if stays else "audience", request, broadcast)


def _message(request, broadcast, form, errors=None) -> dict:
    template = broadcast.template
    context = {
        "broadcast": broadcast,
        "form": form,
        "steps": steps(broadcast, "message"),
        "templates": _templates(broadcast),
        "numbers": form.fields["number"].queryset,
        "fields": mapping.fields(template, broadcast.variables, errors or {})
        if template
        else [],
        "errors": errors or {},
        "sources": filling.SOURCES,
        "known_fields": _known_fields(request.workspace),
        "columns": _columns(broadcast),
    }
    return context | _preview(request, broadcast)


def _preview(request, broadcast: Broadcast) -> dict:
    """The message through the eyes of somebody real, or with the words of the template."""
    template = broadcast.template
    if template is None:
        return {"shown": None}
    found = people.samples(broadcast) if broadcast.include and broadcast.number else []
    if not found:
        values = {
            v.key: (broadcast.variables.get(v.key) or {}).get("fallback", "")
            for v in template_values.variables(template)
        }
        return {"shown": template_values.preview(template, values), "sample": None}
    place = asked.number(request.GET.get("as", ""), 0) % len(found)
    sample = found[place]
    values = filling.fill(template, broadcast.variables, sample.contact, sample.row)
    return {
        "shown": template_values.preview(template, values),
        "sample": sample,
        "sample_name": visible(sample.name),
        "sample_count": len(found),
        "place": place,
        "next_place": (place + 1) % len(found),
        "lacks": template_values.missing_values(template, values),
    }


def _templates(broadcast: Broadcast) -> list[dict]:
    """Sendable ones first; the others stay listed with the reason."""
    if broadcast.number is None:
        return []
    found = Template.objects.for_number(broadcast.number).sendable_first()
    return [{"template": t, "reason": _reason(t)} for t in found]


def _reason(template: Template) -> str:
    if template.status == "APPROVED":
        return ""
    if template.status == "PAUSED" and template.paused_until:
        return f"paused by Meta until {clock_time(template.paused_until, clock.now())}"
    return f"{template.status.replace('_', ' ').lower()} at Meta"


def _known_fields(workspace) -> list[str]:
    rows = bulk.fetch(
        "SELECT DISTINCT jsonb_object_keys(fields) FROM ("
        " SELECT fields FROM inbox_contact WHERE workspace_id = %s AND fields <> '{}'"
        " ORDER BY id DESC LIMIT 2000) AS known ORDER BY 1 LIMIT 50",
        [workspace.id],
    )
    return [name for (name,) in rows]


def _columns(broadcast: Broadcast) -> list[str]:
    ids = [rule["id"] for rule in broadcast.include if rule["kind"] == "file"]
    files = File.objects.filter(workspace=broadcast.workspace, id__in=ids)
    return sorted(
        {c for columns in files.values_list("columns", flat=True) for c in columns}
    )


@require_http_methods(["GET", "POST"])
@member("broadcast")
def when(request, broadcast_id):
    broadcast = draft_for(request, broadcast_id)
    form = WhenForm(request.POST or None, initial=_initial(broadcast))
    if form.is_valid():
        broadcast.timing = form.cleaned_data["timing"]
        broadcast.starts_at = form.cleaned_data["starts_at"]
        broadcast.zone = form.cleaned_data["zone"] or request.workspace.time_zone
        broadcast.forecast = {}
        broadcast.save()
        return _to("check", request, broadcast)
    context = {
        "broadcast": broadcast,
        "form": form,
        "steps": steps(broadcast, "when"),
        "timing": form["timing"].value() or Broadcast.NOW,
    }
    status = 422 if form.is_bound else 200
    return render(request, "broadcasts/when.html", context, status=status)


def _initial(broadcast: Broadcast) -> dict:
    zone = broadcast.zone or broadcast.workspace.time_zone
    initial = {"timing": broadcast.timing or Broadcast.NOW, "zone": zone}
    if broadcast.starts_at:
        local = timezone.localtime(
            broadcast.starts_at, timezone.zoneinfo.ZoneInfo(zone)
        )
        initial |= {"date": local.date(), "time": f"{local:%H:%M}"}
    return initial


@require_GET
@member("broadcast")
def check(request, broadcast_id):
    """All answers once more, and what will happen, before anything is sent."""
    broadcast = draft_for(request, broadcast_id)
    if not (broadcast.number and broadcast.template and broadcast.include):
        step = "audience" if broadcast.template else "message"
        return _to(step, request, broadcast)
    return render(request, "broadcasts/check.html", check_context(request, broadcast))


def check_context(request, broadcast: Broadcast, problem: str = "") -> dict:
    forecast = preflight.count(broadcast)
    starts_at = broadcast.starts_at or clock.now()
    obstacle = watch.obstacle(broadcast)
    context = {
        "broadcast": broadcast,
        "steps": steps(broadcast, "check", forecast.will_go),
        "forecast": forecast,
        "problem": problem or broadcast.forecast.get("problem", "") or forecast.problem,
        "obstacle": words.OBSTACLES.get(obstacle, "") if not forecast.problem else "",
        "tier": preflight.tier_of(broadcast, forecast.starting),
        "takes": words.lasts(
            preflight.takes(forecast.will_go, broadcast.number.limit_per_second)
        ),
        "cost": preflight.cost(broadcast, forecast.countries),
        "night": preflight.at_night(broadcast, forecast.countries, starts_at),
        "overlaps": preflight.overlaps(broadcast),
        "phone_form": PhoneForm(),
        "left_out": sum(forecast.skipped.values()),
    }
    return context | _preview(request, broadcast)
