"""Support staff's way in: one search box for any id, and a number's diagnosis with its acts.

Every act is written to the audit log the customer can read. Never a token, never a PIN.
"""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.models import Case
from business_numbers import (
    checking,
    looks,
    registration,
    standing,
    timeline,
    warnings,
)
from business_numbers.forms import CodeForm
from business_numbers.graph import GraphError
from business_numbers.models import (
    CheckRun,
    Number,
    QuarantinedUpdate,
    Recovery,
)
from converge import finding

MOST = 20


def staff(view):
    """Signed-in staff with their second factor, as everywhere in the admin."""
    wrapped = admin.site.admin_view(view)
    wrapped.access = "staff"
    return wrapped


@require_GET
def find(request):
    """Straight to the object when there is only one."""
    q = request.GET.get("q", "").strip()
    found = finding.search(q) if q else []
    if len(found) == 1:
        return redirect(found[0].url)
    context = {
        **admin.site.each_context(request),
        "title": "Find",
        "q": q,
        "found": found,
        "cases": Case.objects.filter(state=Case.OPEN).order_by("opened_at")[:MOST],
        "recoveries": _waiting(),
        "troubled": finding.troubled(MOST),
        "quarantined": QuarantinedUpdate.objects.filter(replayed_at=None).count(),
    }
    return render(request, "support/find.html", context)


def _waiting():
    asked = Recovery.objects.filter(ended_at=None, code_sent_at=None)
    asked = asked.exclude(asked_at=None).select_related("number", "workspace")
    return asked.order_by("asked_at")[:MOST]


@require_http_methods(["GET", "POST"])
def number(request, number_id):
    """The diagnosis with what was asked and answered, and the steps of a recovery."""
    found = get_object_or_404(
        Number.objects.select_related("account__portfolio", "workspace"), id=number_id
    )
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        reason = request.POST.get("reason", "").strip()
        if act is None:
            raise Http404
        if reason:
            act(request, found, reason)
        else:
            messages.error(request, "Say why first: the customer can read it.")
        return redirect("support_number", number_id=found.id)
    stands = standing.of_number(found)
    context = {
        **admin.site.each_context(request),
        "title": f"{found.label} {found.display}",
        "number": found,
        "standing": stands,
        "rows": [looks.result(r) for r in stands.run.results] if stands.run else [],
        "recovery": found.recoveries.filter(ended_at=None).first(),
        "guard": registration.guard(found),
        "attempts": found.registrations.order_by("-at")[:10],
        "entries": timeline.of_number(found, limit=20),
        "code_form": CodeForm(),
    }
    return render(request, "support/number.html", context)


def _note(request, number: Number, act: str, reason: str) -> None:
    audit.record(
        request,
        f"support: {act}",
        number.meta_id,
        workspace=number.workspace,
        reason=reason,
    )


def _check(request, number: Number, reason: str) -> None:
    checking.check(number, CheckRun.BY_SUPPORT, "support")
    _note(request, number, "diagnosis", reason)


def _request_code(request, number: Number, reason: str) -> None:
    found = number.recoveries.filter(ended_at=None).exclude(asked_at=None).first()
    if found is None:
        messages.error(request, "The customer has not asked for a code in the wizard.")
        return
    try:
        registration.request_code(found)
    except GraphError as error:
        messages.error(request, f"Meta refused: {error}")
        return
    _note(request, number, "code requested", reason)
    warnings.tell_code_sent(number)
    messages.info(
        request, "Meta sends the code. The customer types it into the wizard."
    )


def _verify_code(request, number: Number, reason: str) -> None:
    found = number.recoveries.filter(ended_at=None).exclude(code_sent_at=None).first()
    form = CodeForm(request.POST)
    if found is None or not form.is_valid():
        messages.error(request, "There is no code under way, or it has not 6 digits.")
        return
    try:
        registration.verify_code(found, form.cleaned_data["code"])
    except GraphError as error:
        messages.error(request, f"Meta refused: {error}")
        return
    _note(request, number, "code verified", reason)
    messages.info(request, "Verified. The customer chooses the PIN in the wizard.")


ACTS = {"check": _check, "request_code": _request_code, "verify_code": _verify_code}
