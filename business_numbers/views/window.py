"""Embedded Signup in a window: its code and its message come apart, in either order."""

from django.http import JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import member
from business_numbers import oauth, onboarding, signup
from business_numbers.graph import GraphError
from business_numbers.models import BusinessAccount, Number
from business_numbers.onboarding import CannotConnect
from business_numbers.views.connecting import TOO_LATE, exchange_words

KEPT = "meta_window"  # the state whose code was exchanged; its message may follow


@require_POST
@member("manage_numbers")
def tell(request):
    """`code`, `said`, or both. Answers where to go on, or why not, in a sentence."""
    state, code = request.POST.get("state", ""), request.POST.get("code", "")
    said = signup.read(request.POST.get("said", ""))
    try:
        if code:
            _take_code(request, state, code)
        elif said and not said.is_finish:
            return JsonResponse({"words": said.words})
        elif request.session.get(KEPT) != state:
            raise oauth.BadState
        return JsonResponse({"next": _go_on(request, said)})
    except oauth.BadState:
        return JsonResponse({"words": TOO_LATE}, status=422)
    except CannotConnect as problem:
        return JsonResponse({"words": str(problem)}, status=422)
    except GraphError as error:
        return JsonResponse({"words": exchange_words(error)}, status=422)


def _take_code(request, state: str, code: str) -> None:
    """The code lives thirty seconds: it is exchanged before the message is awaited."""
    begun = oauth.take(request.session, oauth.WINDOW, state)
    if begun.workspace != request.workspace.id:
        raise oauth.BadState
    token = oauth.token_for(code, redirect_uri="")
    for account in onboarding.accept_login(request.workspace, token, request.user.name):
        audit.record(request, "account connected", account.meta_id)
    request.session[KEPT] = state


def _go_on(request, said: signup.Said | None) -> str:
    """Straight to the number the window named, when the token showed it, too."""
    slug = request.workspace.slug
    account = said and _account(request, said)
    if account is None or not said.phone_number_id:
        return reverse("numbers:choose", args=[slug])
    number = onboarding.choose(account, said.phone_number_id)
    audit.record(request, "number connected", number.meta_id)
    request.session.pop(KEPT, None)
    is_done = number.status == Number.ACTIVE
    return reverse(
        "numbers:show" if is_done else "numbers:setup", args=[slug, number.id]
    )


def _account(request, said: signup.Said) -> BusinessAccount | None:
    mine = BusinessAccount.objects.filter(
        workspace=request.workspace, kind=BusinessAccount.WHATSAPP
    ).exclude(token="")
    return mine.filter(meta_id=said.waba_id).first()
