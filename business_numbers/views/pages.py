"""The list of numbers and accounts, those that need somebody first."""

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import member
from business_numbers import inbound_log, looks, standing


@require_GET
@member("read")
def number_list(request):
    found = standing.of_workspace(request.workspace)
    for s in found:
        s.number.looks = {
            "receive": looks.answer(s.judgement.receive),
            "send": looks.answer(s.judgement.send),
            "authorisation": looks.authorisation(s.number.account),
            "status": looks.status(s.number),
            "meta": looks.meta_status(s.number),
        }
    context = {
        "standings": found,
        "urgent": [s for s in found if s.judgement.needs_action],
        "callback": f"{settings.PUBLIC_URL}/webhooks/whatsapp",
        "may_connect": request.membership.may("manage_numbers"),
    }
    return render(request, "numbers/list.html", context)


@require_GET
@member("read")
def inbound(request):
    """Did anything from +44… reach us at all?"""
    q = request.GET.get("q", "").strip()[:60]
    context = {
        "q": q,
        "lines": inbound_log.search(request.workspace, q),
        "looked_at": inbound_log.LOOKED_AT,
    }
    return render(request, "numbers/inbound.html", context)
