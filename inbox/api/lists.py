"""`/api/v1/templates` and `/api/v1/numbers`: what a program needs to know to send."""

from django.http import JsonResponse

from business_numbers.models import Number, Template
from inbox.api import shown
from inbox.api.door import Problem, api

LIMIT, MOST = 50, 100


@api("GET")
def templates(request):
    found = Template.objects.filter(
        workspace=request.api_key.workspace_id, deleted_at=None
    ).select_related("account")
    return _page(request, found, shown.template)


@api("GET")
def numbers(request):
    own = Number.objects.in_use().filter(workspace=request.api_key.workspace_id)
    return _page(request, own.select_related("account"), shown.number)


@api("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(request):
    """An address that does not exist answers programs in JSON, too."""
    raise Problem(404, "not_found", "There is nothing at this address.")


def _page(request, rows, show) -> JsonResponse:
    """By key: `after` is where the page before ended, as `next` says it."""
    after = _number(request, "after", 0, (1 << 63) - 1)
    limit = _number(request, "limit", LIMIT, MOST)
    found = list(rows.filter(id__gt=after).order_by("id")[: limit + 1])
    page, following = found[:limit], None
    if len(found) > limit:
        following = f"{request.path}?limit={limit}&after={page[-1].id}"
    return JsonResponse({"data": [show(row) for row in page], "next": following})


def _number(request, name: str, usual: int, most: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return usual
    is_number = text.isascii() and text.isdecimal() and len(text) < 20
    if not is_number or not 1 <= int(text) <= most:
        raise Problem(400, "invalid_request", f"{name} cannot be {text[:20]!r}.")
    return int(text)
