"""The clock page's door: the simulator tells the product that time jumped. Demo only."""

import json

from django.http import Http404, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import public
from converge import clock


@csrf_exempt
@require_POST
@public
def set_clock(request):
    if not clock.may_jump():
        raise Http404
    try:
        seconds = int(json.loads(request.body)["offset"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": 'Send {"offset": seconds}.'}, status=400)
    clock.move_to(seconds)
    return JsonResponse({"offset": seconds})
