"""Templates as Meta last described them: what they look like, and whether they can be used."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import member
from business_numbers import sync, timeline, tokens
from business_numbers import template_values as values
from business_numbers.forms import TemplateFilter
from business_numbers.graph import Grant, GraphError
from business_numbers.models import BusinessAccount, NumberEvent, Template
from business_numbers.standing import meters

MANAGER = "https://business.facebook.com/latest/whatsapp_manager/message_templates"
LOOKS = {"APPROVED": "pass", "PENDING": "warn", "PAUSED": "warn", "IN_APPEAL": "warn"}
TELL = {
    "PENDING": "Meta usually answers within 24 hours.",
    "IN_APPEAL": "Meta usually answers within 24 hours.",
    "REJECTED": "Change what Meta names and send it for review again in WhatsApp Manager.",
    "PAUSED": "Meta pauses for 3 hours, then for 6, then disables the template for good.",
    "DISABLED": "Meta disabled it for good. Edit it in WhatsApp Manager to appeal.",
}


@require_GET
@member("read")
def all_templates(request):
    accounts = BusinessAccount.objects.filter(
        workspace=request.workspace, kind=BusinessAccount.WHATSAPP
    ).select_related("portfolio")
    form = TemplateFilter(request.GET or None, accounts=accounts)
    found = Template.objects.filter(workspace=request.workspace, deleted_at=None)
    found = form.filter(found.select_related("account"))
    found = list(found.order_by("account__name", "name", "language"))
    for template in found:
        template.look = LOOKS.get(template.status, "fail")
    context = {
        "templates": found,
        "form": form,
        "is_filtered": form.is_active,
        "accounts": accounts,
        "meters": meters(accounts),
        "manager_url": MANAGER,
        "may_sync": request.membership.may("manage_numbers"),
    }
    return render(request, "numbers/templates.html", context)


@require_GET
@member("read")
def show_template(request, template_id, usable=None):
    """`usable` is the send decision; the wiring hands it down."""
    template = get_object_or_404(
        Template.objects.select_related("account"),
        id=template_id,
        workspace=request.workspace,
    )
    template.look = LOOKS.get(template.status, "fail")
    examples = {v.key: v.example for v in values.variables(template)}
    numbers = template.account.numbers.in_use().select_related("account__portfolio")
    others = Template.objects.filter(
        account=template.account, name=template.name, deleted_at=None
    )
    context = {
        "template": template,
        "shown": values.preview(template, examples),
        "variables": values.variables(template),
        "answers": [(n, usable(template, n)) for n in numbers],
        "tell": TELL.get(template.status, ""),
        "languages": others.order_by("language"),
        "entries": _history(template),
        "manager_url": MANAGER,
    }
    return render(request, "numbers/template.html", context)


def _history(template: Template) -> list[timeline.Entry]:
    events = NumberEvent.objects.filter(
        workspace_id=template.workspace_id,
        account_id=template.account_id,
        kind__contains="template",
        data__message_template_id__in=[template.meta_id, _number(template.meta_id)],
    )
    return [timeline.entry(e) for e in events.order_by("-at")[:20]]


def _number(meta_id: str) -> int:
    return int(meta_id) if meta_id.isdecimal() else 0


@require_POST
@member("manage_numbers")
def sync_now(request):
    """Every account's templates, read again. One that fails keeps its old list."""
    accounts = BusinessAccount.objects.filter(
        workspace=request.workspace, kind=BusinessAccount.WHATSAPP
    ).exclude(token="")
    for account in accounts:
        try:
            count = sync.sync_templates(account, Grant.of(account))
        except GraphError as error:
            tokens.note_refusal(account, error)
            messages.error(
                request,
                f"{account}: Meta refused ({error.meaning.words}) The old list is kept.",
            )
        else:
            messages.info(request, f"{account}: {count} templates.")
    audit.record(request, "templates synced")
    return redirect("numbers:templates", slug=request.workspace.slug)
