"""Seeing for oneself: a signed event through our own door, and a message of one's own phone."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import member
from business_numbers import door, looks
from business_numbers.access import number_for
from business_numbers.doctor_facts import callback_of
from business_numbers.models import LiveTest, Number
from converge import clock

LISTENS_FOR = timedelta(minutes=2)


def live_context(number: Number) -> dict:
    """Where the newest live test stands."""
    digits = "".join(filter(str.isdigit, number.display))
    test = LiveTest.objects.filter(number=number).order_by("-started_at").first()
    heard = bool(
        test and number.last_inbound_at and number.last_inbound_at >= test.started_at
    )
    ends = test.started_at + LISTENS_FOR if test else None
    return {
        "wa_me": f"https://wa.me/{digits}" if number.is_whatsapp else "",
        "code": looks.qr(f"https://wa.me/{digits}") if number.is_whatsapp else None,
        "test": test,
        "is_heard": heard,
        "is_listening": bool(test and not heard and clock.now() < ends),
        "is_over": bool(test and not heard and clock.now() >= ends),
        "ends_at": ends,
    }


@require_POST
@member("reply")
def listen(request, number_id):
    number = number_for(request, number_id)
    LiveTest.objects.create(
        workspace=request.workspace,
        number=number,
        started_at=clock.now().replace(microsecond=0),
        user=request.user,
    )
    if request.htmx:
        return render(
            request, "numbers/_live.html", {"number": number, **live_context(number)}
        )
    return redirect("numbers:show", slug=request.workspace.slug, number_id=number.id)


@require_GET
@member("read")
def listening(request, number_id):
    number = number_for(request, number_id)
    context = {"number": number, **live_context(number)}
    return render(request, "numbers/_live.html", context)


@require_POST
@member("manage_numbers")
def test_webhook(request, number_id):
    """Signed as Meta signs, through the address Meta uses; seen on this page when applied."""
    number = number_for(request, number_id)
    if problem := door.post_test_event(
        callback_of("whatsapp"), number.account.meta_id, number.meta_id
    ):
        messages.error(request, problem)
    else:
        messages.info(
            request,
            "Our endpoint took the signed test event. Its arrival is shown under Webhook.",
        )
    return redirect("numbers:show", slug=request.workspace.slug, number_id=number.id)
