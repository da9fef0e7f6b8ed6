"""The audience: rules put together, and the sum of who will get it."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import member
from broadcasts import audience, preflight, words
from broadcasts import people as lists
from broadcasts.access import draft_for
from broadcasts.forms import DAYS, RuleForm, SegmentForm, UploadForm
from broadcasts.models import File, Segment
from broadcasts.segments import say
from broadcasts.steps import steps
from converge import asked, clock
from inbox.models import Tag
from inbox.tier import LASTS

SIDES = ("include", "exclude")


@require_GET
@member("broadcast")
def show(request, broadcast_id):
    broadcast = draft_for(request, broadcast_id)
    if broadcast.number is None or broadcast.template is None:
        return redirect(
            "broadcasts:message",
            slug=request.workspace.slug,
            broadcast_id=broadcast_id,
        )
    return page(request, broadcast)


def page(request, broadcast, form=None, upload=None, keeping=None, status=200):
    forecast = preflight.count(broadcast) if broadcast.include else None
    people = forecast.will_go if forecast else None
    tier = preflight.tier_of(broadcast, forecast.starting) if forecast else None
    context = {
        "broadcast": broadcast,
        "steps": steps(broadcast, "audience", people),
        "include": _drawn(broadcast, broadcast.include),
        "exclude": _drawn(broadcast, broadcast.exclude),
        "tags": Tag.objects.filter(workspace=request.workspace, code="").order_by(
            "name"
        ),
        "segments": Segment.objects.filter(workspace=request.workspace).order_by(
            "name"
        ),
        "days": DAYS,
        "form": form,
        "upload": upload or UploadForm(),
        "keeping": keeping or SegmentForm(workspace=request.workspace),
        "may_keep": audience.may_be_kept(broadcast.include),
        "forecast": forecast,
        "sum": _sum(forecast),
        "twice": preflight.twice(broadcast) if forecast else 0,
        "overlaps": preflight.overlaps(broadcast) if forecast else [],
        "leaves_recent": any(rule["kind"] == "got" for rule in broadcast.exclude),
        "tier": tier,
        "days_drawn": _days(tier, broadcast) if tier else [],
        "now": clock.now(),
    }
    return render(request, "broadcasts/audience.html", context, status=status)


def _sum(forecast) -> list[dict]:
    """The lines between those who match and those who get it."""
    if forecast is None:
        return []
    rows = []
    for reason, people in sorted(forecast.skipped.items(), key=lambda item: -item[1]):
        short, more, _ = words.skipped(reason)
        if reason == preflight.VALUES and len(forecast.missing) == 1:
            short = f"no value for {next(iter(forecast.missing))}"
        rows.append({"reason": reason, "people": people, "short": short, "more": more})
    return rows


def _days(tier, broadcast) -> list[dict]:
    """One bar a day, as high as the day is full."""
    if tier.limit is None or len(tier.days) < 2:
        return []
    start = broadcast.starts_at or clock.now()
    return [
        {
            "people": people,
            "at": start + n * LASTS,
            "y": 38 - round(38 * people / tier.limit),
            "height": round(38 * people / tier.limit),
        }
        for n, people in enumerate(tier.days[:7])
    ]


def _drawn(broadcast, rules: list[dict]) -> list[dict]:
    tags = dict(
        Tag.objects.filter(workspace=broadcast.workspace).values_list("id", "name")
    )
    segments = dict(
        Segment.objects.filter(workspace=broadcast.workspace).values_list("id", "name")
    )
    files = File.objects.defer("body").in_bulk(
        [rule["id"] for rule in rules if rule["kind"] == "file"]
    )
    return [
        {
            "place": place,
            "rule": rule,
            "tags": [tags.get(pk, "a deleted tag") for pk in rule.get("ids", [])],
            "segment": segments.get(rule.get("id"), "a deleted segment"),
            "file": files.get(rule["id"]) if rule["kind"] == "file" else None,
            "words": say(rule, tags, segments),
            "people": _people(rule, broadcast, files),
        }
        for place, rule in enumerate(rules)
    ]


def _people(rule: dict, broadcast, files: dict) -> int:
    if rule["kind"] == "file":
        return files[rule["id"]].rows.filter(verdict="good").count()
    return audience.count(rule, broadcast)


def _back(request, broadcast):
    return redirect(
        "broadcasts:audience",
        slug=request.workspace.slug,
        broadcast_id=broadcast.public_id,
    )


@require_POST
@member("broadcast")
def add(request, broadcast_id):
    broadcast = draft_for(request, broadcast_id)
    form = RuleForm(request.POST, workspace=request.workspace)
    side = request.POST.get("side") if request.POST.get("side") in SIDES else "include"
    if not form.is_valid():
        return page(request, broadcast, form=form, status=422)
    rules = getattr(broadcast, side)
    if form.rule() not in rules:
        rules.append(form.rule())
    broadcast.only_first = None
    broadcast.save(update_fields=[side, "only_first", "saved_at"])
    return _back(request, broadcast)


@require_POST
@member("broadcast")
@transaction.atomic
def remove(request, broadcast_id):
    broadcast = draft_for(request, broadcast_id)
    side = request.POST.get("side") if request.POST.get("side") in SIDES else "include"
    rules = getattr(broadcast, side)
    place = asked.number(request.POST.get("place", ""))
    if place is not None and place < len(rules):
        rules.pop(place)
    broadcast.save(update_fields=[side, "saved_at"])
    return _back(request, broadcast)


@require_POST
@member("broadcast")
def only_first(request, broadcast_id):
    """Send only as many as fit into today, or everybody again."""
    broadcast = draft_for(request, broadcast_id)
    most = asked.number(request.POST.get("most", ""), 0)
    broadcast.only_first = most if 0 < most < 10**7 else None
    broadcast.save(update_fields=["only_first", "saved_at"])
    return _back(request, broadcast)


@require_POST
@member("broadcast")
def keep(request, broadcast_id):
    """Whom the rules include, as a segment that is asked anew each time."""
    broadcast = draft_for(request, broadcast_id)
    form = SegmentForm(request.POST, workspace=request.workspace)
    if not form.is_valid() or not audience.may_be_kept(broadcast.include):
        return page(request, broadcast, keeping=form, status=422)
    segment = Segment.objects.create(
        workspace=request.workspace,
        name=form.cleaned_data["name"],
        rules=broadcast.include,
        made_by=request.user,
    )
    messages.info(request, f"Kept as the segment “{segment.name}”.")
    return _back(request, broadcast)


@require_GET
@member("broadcast")
def people(request, broadcast_id):
    """Who stands behind one line of the sum."""
    broadcast = draft_for(request, broadcast_id)
    if not (broadcast.number and broadcast.template):
        return _back(request, broadcast)
    reason = request.GET.get("reason", "")[:40]
    found = lists.of_reason(broadcast, reason, request.GET.get("after", ""))
    context = {
        "broadcast": broadcast,
        "title": words.skipped(reason)[0] if reason else "will be sent",
        "sentence": words.skipped(reason)[2] if reason else "",
        "reason": reason,
        "people": found[: lists.PAGE],
        "after": found[lists.PAGE - 1].key if len(found) > lists.PAGE else "",
    }
    return render(request, "broadcasts/audience_people.html", context)
