"""Numbers and templates as the team sees them."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.access import member
from business_numbers.forms import PasteForm
from business_numbers.models import Number, Template
from business_numbers.onboarding import CannotConnect, connect_whatsapp


@require_GET
@member("read")
def number_list(request):
    numbers = (
        Number.objects.in_use()
        .filter(workspace=request.workspace)
        .select_related("account")
        .order_by("label")
    )
    context = {
        "numbers": numbers,
        "callback": f"{settings.PUBLIC_URL}/webhooks/whatsapp",
    }
    return render(request, "numbers/list.html", context)


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def connect(request):
    form = PasteForm(request.POST or None)
    if form.is_valid():
        try:
            number = connect_whatsapp(
                request.workspace, form.pasted(), form.cleaned_data["label"]
            )
        except CannotConnect as problem:
            form.add_error(None, str(problem))
        else:
            audit.record(request, "number connected", number.meta_id)
            messages.info(request, f"{number.label} is connected.")
            return redirect("numbers:list", slug=request.workspace.slug)
    status = 422 if form.is_bound else 200
    return render(request, "numbers/connect.html", {"form": form}, status=status)


@require_GET
@member("read")
def template_list(request):
    templates = (
        Template.objects.filter(workspace=request.workspace, deleted_at=None)
        .select_related("account")
        .order_by("account__name", "name", "language")
    )
    return render(request, "numbers/templates.html", {"templates": templates})
