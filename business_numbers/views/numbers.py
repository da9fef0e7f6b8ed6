"""One number: its verdicts, three truths, diagnosis, live test and timeline."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)
from django_q.tasks import async_task

from accounts import audit, cases
from accounts.access import member
from business_numbers import checking, fixes, looks, moments, standing, timeline
from business_numbers.access import number_for
from business_numbers.doctor_facts import callback_of
from business_numbers.forms import LabelForm
from business_numbers.models import CheckRun, Number, UnknownTarget
from business_numbers.verdicts import BY_CALL, FIXES
from business_numbers.views.live_test import live_context
from converge import clock

PAST = timedelta(days=14)
MOST_PAST = 56  # every six hours
# Meta's dashboard sends its sample about this phone number ID, which belongs to nobody.
SAMPLE_NUMBER = "123456123"
MANAGER = "https://business.facebook.com/latest/whatsapp_manager/phone_numbers"
QUALITY = "https://business.facebook.com/latest/whatsapp_manager/account_quality"


@require_GET
@member("read")
def show(request, number_id):
    number = number_for(request, number_id)
    return render(request, "numbers/number.html", page_context(request, number))


def page_context(request, number: Number) -> dict:
    found = standing.of_number(number)
    runs = list(number.checks.finished().filter(at__gt=clock.now() - PAST)[:MOST_PAST])
    return {
        "number": number,
        "account": number.account,
        "standing": found,
        "judgement": found.judgement,
        "receive": looks.answer(found.judgement.receive),
        "send": looks.answer(found.judgement.send),
        "unanswered": found.unanswered,
        "authorisation": looks.authorisation(number.account),
        "status": looks.status(number),
        "meta_status": looks.meta_status(number),
        "fix": fix_button(found.judgement.fix),
        "entries": timeline.of_number(number),
        "stripes": looks.stripes(reversed(runs)),
        "last_pass": next((r for r in runs if r.outcome == "pass"), None),
        "callback": callback_of(number.kind),
        "sample": UnknownTarget.objects.filter(meta_id=SAMPLE_NUMBER).first(),
        "manager_url": MANAGER,
        "quality_url": QUALITY,
        "ends_words": _ends(number),
        **run_context(request, found.run),
        **live_context(number),
    }


def _ends(number: Number) -> str:
    ends = number.account.token_expires_at
    return moments.left(ends, clock.now()) if ends else ""


def fix_button(name: str) -> dict | None:
    if not name:
        return None
    return {"name": name, "label": FIXES[name], "is_call": name in BY_CALL}


def run_context(request, run: CheckRun | None) -> dict:
    rows = [looks.result(row) for row in run.results] if run else []
    for row in rows:
        row["button"] = fix_button(row["fix"])
    cause = run.cause if run else None
    return {
        "run": run,
        "rows": rows,
        "cause": cause,
        "may_fix": request.membership.may("manage_numbers"),
    }


@require_POST
@member("reply")
def check(request, number_id):
    """With a script: begun here and watched; without: one slow answer."""
    number = number_for(request, number_id)
    run = checking.begin(number, CheckRun.BY_PERSON, request.user.first_name)
    if request.htmx:
        async_task("business_numbers.tasks.diagnose", run.id)
        return render(request, "numbers/_running.html", {"number": number, "run": run})
    checking.finish(run.id)
    return redirect("numbers:show", slug=request.workspace.slug, number_id=number.id)


@require_GET
@member("read")
def show_run(request, number_id, run_id):
    """A run as a page of its own; while it runs, the fragment that waits for it."""
    number = number_for(request, number_id)
    run = get_object_or_404(CheckRun, id=run_id, number=number)
    if request.htmx and not run.ended_at:
        is_lost = clock.now() - run.at > checking.GIVE_UP_AFTER
        context = {"number": number, "run": run, "is_lost": is_lost}
        return render(request, "numbers/_running.html", context)
    if request.htmx:
        return render(request, "numbers/_examined.html", page_context(request, number))
    context = {"number": number, **run_context(request, run)}
    return render(request, "numbers/run.html", context)


@require_GET
@member("read")
def past_runs(request, number_id):
    number = number_for(request, number_id)
    runs = number.checks.finished()[:200]
    for run in runs:
        run.cause_words = next(
            (r["saw"] for r in run.results if r["n"] == run.cause), ""
        )
    return render(request, "numbers/runs.html", {"number": number, "runs": runs})


@require_GET
@member("read")
def show_timeline(request, number_id):
    number = number_for(request, number_id)
    entries = timeline.of_number(number, limit=200)
    return render(
        request, "numbers/timeline.html", {"number": number, "entries": entries}
    )


@require_POST
@member("manage_numbers")
def fix(request, number_id):
    """One call to Meta, then the diagnosis again: what was pressed is seen to have helped."""
    number = number_for(request, number_id)
    name = request.POST.get("fix", "")
    if name not in BY_CALL:
        raise Http404
    try:
        fixes.apply(number, name, request.user.first_name)
    except fixes.NotFixed as problem:
        messages.error(request, str(problem))
    else:
        audit.record(request, f"number fixed: {name}", number.meta_id)
        checking.check(number, CheckRun.AFTER_CHANGE, request.user.first_name)
    return redirect("numbers:show", slug=request.workspace.slug, number_id=number.id)


@require_POST
@member("reply")
def ask_support(request, number_id):
    """Step 6: a case with the ids and the results of 1–5."""
    number = number_for(request, number_id)
    run = number.checks.finished().first()
    data = {
        "phone number ID": number.meta_id,
        "WABA ID": number.account.meta_id,
        "checked": run.at.isoformat() if run else "never",
    }
    for row in run.results[:5] if run else ():
        data[f"step {row['n']}"] = f"{row['state']}: {row['saw']}"
    judged = standing.of_number(number).judgement
    case = cases.open_case(
        request.workspace,
        request.user,
        f"{number.label} ({number.display})",
        f"{judged.headline} {judged.detail}".strip(),
        data,
    )
    audit.record(request, "support asked", number.meta_id, case=case.reference)
    messages.info(request, f"Support has it. Your reference is {case.reference}.")
    return redirect("case", slug=request.workspace.slug, reference=case.reference)


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def rename(request, number_id):
    number = number_for(request, number_id)
    form = LabelForm(request.POST or None, instance=number)
    if form.is_valid():
        form.save()
        audit.record(request, "number renamed", number.meta_id)
        return redirect(
            "numbers:show", slug=request.workspace.slug, number_id=number.id
        )
    status = 422 if form.is_bound else 200
    context = {"number": number, "form": form}
    return render(request, "numbers/rename.html", context, status=status)
