"""Webhooks in the settings: made, looked after, and the log of what they were told."""

import secrets

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from converge import asked, clock
from inbox import outgoing, outgoing_results
from inbox.models import OutgoingDelivery, OutgoingWebhook
from inbox.webhook_forms import WebhookForm

PAGE = 50
MARK = "whsec_"


@require_http_methods(["GET", "POST"])
@member("manage_machines")
def webhooks(request):
    """All of them; a new one is made below the list."""
    webhook = OutgoingWebhook(workspace=request.workspace, created_by=request.user)
    webhook.events = list(outgoing.EVENTS)
    form = WebhookForm(request.POST or None, webhook=webhook)
    if form.is_valid():
        secret = _save(form, with_secret=True)
        audit.record(request, "webhook made", webhook.url)
        return _show(request, webhook, secret=secret)
    found = OutgoingWebhook.objects.filter(workspace=request.workspace)
    rows = [_row(w) for w in found.order_by("created_at", "id")]
    context = {"rows": rows, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "webhooks/list.html", context, status=status)


@require_GET
@member("manage_machines")
def webhook(request, webhook_id):
    return _show(request, _own(request, webhook_id))


@require_http_methods(["GET", "POST"])
@member("manage_machines")
def edit(request, webhook_id):
    found = _own(request, webhook_id)
    form = WebhookForm(request.POST or None, webhook=found)
    if form.is_valid():
        _save(form)
        audit.record(request, "webhook changed", found.url)
        messages.info(request, "The webhook is saved.")
        return _to(request, found)
    context = {"webhook": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "webhooks/edit.html", context, status=status)


@require_POST
@member("manage_machines")
def renew_secret(request, webhook_id):
    """The old one signs nothing from now on."""
    found = _own(request, webhook_id)
    secret = _renew(found)
    found.save(update_fields=["secret"])
    audit.record(request, "webhook secret renewed", found.url)
    return _show(request, found, secret=secret)


@require_POST
@member("manage_machines")
@transaction.atomic
def switch(request, webhook_id):
    found = _own(request, webhook_id, is_locked=True)
    is_on = request.POST.get("on") == "true"
    if is_on != found.is_on:
        if is_on:
            outgoing_results.switch_on(found)
        else:
            outgoing_results.switch_off(found, OutgoingWebhook.BY_PERSON)
        audit.record(request, f"webhook switched {'on' if is_on else 'off'}", found.url)
    return _to(request, found)


@require_POST
@member("manage_machines")
def send_test(request, webhook_id):
    found = _own(request, webhook_id)
    if found.is_on:
        with transaction.atomic():
            outgoing.test(found)
        messages.info(
            request, "A test event is on its way. Reload to see what became of it."
        )
    else:
        messages.error(request, "Switch it on first.")
    return _to(request, found)


@require_POST
@member("manage_machines")
@transaction.atomic
def try_again(request, webhook_id, delivery_id):
    """What was given up, or waits; never what arrived."""
    found = _own(request, webhook_id, is_locked=True)
    delivery = get_object_or_404(OutgoingDelivery, webhook=found, pk=delivery_id)
    open_ones = found.deliveries.filter(id=delivery.id).exclude(
        state=OutgoingDelivery.DELIVERED
    )
    if not found.is_on:
        messages.error(request, "Switch it on first.")
    elif open_ones.update(state=OutgoingDelivery.WAITING, due_at=clock.now()):
        found.rests_until = None
        found.save(update_fields=["rests_until"])
        outgoing.wake()
        messages.info(
            request, "It is tried again now. Reload to see what became of it."
        )
    return _to(request, found)


@require_POST
@member("manage_machines")
def delete(request, webhook_id):
    """Off first: then nothing new is written down for it while its log is deleted."""
    found = _own(request, webhook_id)
    OutgoingWebhook.objects.filter(pk=found.pk).update(off_at=clock.now())
    found.deliveries.all().delete()
    found.delete()
    audit.record(request, "webhook deleted", found.url)
    messages.info(request, "The webhook and its log are deleted.")
    return redirect("webhooks:list", slug=request.workspace.slug)


def _own(request, webhook_id, *, is_locked: bool = False) -> OutgoingWebhook:
    own = OutgoingWebhook.objects.filter(workspace=request.workspace)
    own = own.select_for_update(no_key=True) if is_locked else own
    return get_object_or_404(own, pk=webhook_id)


def _save(form: WebhookForm, *, with_secret: bool = False) -> str:
    webhook, secret = form.webhook, ""
    webhook.url, webhook.events = form.cleaned_data["url"], form.chosen()
    if with_secret:
        secret = _renew(webhook)
        webhook.save(force_insert=True)
    else:
        webhook.save(update_fields=["url", "events"])
    return secret


def _renew(webhook: OutgoingWebhook) -> str:
    secret = MARK + secrets.token_urlsafe(32)
    webhook.secret = secret
    return secret


def _show(request, webhook: OutgoingWebhook, *, secret: str = ""):
    log = webhook.deliveries.order_by("-id")
    before = asked.number(request.GET.get("before", ""))
    if before is not None:
        log = log.filter(id__lt=before)
    deliveries = list(log[: PAGE + 1])
    context = {
        "row": _row(webhook),
        "webhook": webhook,
        "secret": secret,
        "listens": [outgoing.EVENTS[k] for k in webhook.events if k in outgoing.EVENTS],
        "deliveries": deliveries[:PAGE],
        "older": deliveries[PAGE - 1].id if len(deliveries) > PAGE else None,
        "days": outgoing_results.GIVE_UP_AFTER.days,
    }
    return render(request, "webhooks/show.html", context)


def _row(webhook: OutgoingWebhook) -> dict:
    """Its state as a colour, an icon and words."""
    if not webhook.is_on:
        state = ("off", "off", webhook.get_off_because_display())
    elif webhook.failures:
        state = ("fail", "fail", "Failing")
    elif webhook.last_success_at:
        state = ("pass", "pass", "Works")
    else:
        state = ("info", "clock", "Not called yet")
    tone, icon, word = state
    return {"webhook": webhook, "tone": tone, "icon": icon, "word": word}


def _to(request, webhook: OutgoingWebhook):
    return redirect("webhooks:show", slug=request.workspace.slug, webhook_id=webhook.pk)
