"""Every part of the interface in every state on one page. Demo and development only."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import public


@require_GET
@public
def show_kit(request):
    return render(request, "dev/kit.html")
