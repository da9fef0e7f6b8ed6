"""The template picker: a dialog with script, the same as pages without."""

from dataclasses import replace
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import is_scripted, member
from business_numbers import phones
from business_numbers import template_values as values
from business_numbers.models import Number, Template
from converge import clock
from inbox import crossing, outbox, tier, words
from inbox.access import conversation_for
from inbox.beginning import conversation_with
from inbox.composer import CLOSED
from inbox.crossing import Crossed
from inbox.facts import Ask, FactBook
from inbox.gate import Refuse, Sender, decide
from inbox.models import Draft
from inbox.outbox import Draught, SameIdOtherText
from inbox.template_draughts import template_draught
from inbox.views import answers

LANGUAGES = {
    "ar": "العربية", "de": "Deutsch", "en": "English", "en_GB": "English (UK)",
    "en_US": "English (US)", "es": "Español", "fr": "Français", "it": "Italiano",
    "nl": "Nederlands", "pl": "Polski", "pt_BR": "Português (BR)",
    "pt_PT": "Português (PT)", "tr": "Türkçe",
}  # fmt: skip
STATUSES = {
    "PENDING": "Pending review",
    "IN_APPEAL": "In appeal",
    "REJECTED": "Rejected",
    "DISABLED": "Disabled by Meta for good",
    "LIMIT_EXCEEDED": "Too many templates in this account",
    "PENDING_DELETION": "Being deleted",
    "ARCHIVED": "Archived",
}
SENT = "This was sent already, with other words. Close this and look."


@require_GET
@member("reply")
def pick(request, public_id, template_id=None):
    conversation = conversation_for(request, public_id)
    if not conversation.number.is_whatsapp:
        return redirect(
            "inbox:conversation", slug=request.workspace.slug, public_id=public_id
        )
    chosen = _chosen(conversation, template_id)
    filled = _prefill(chosen, conversation) if chosen else {}
    return _show(request, conversation, chosen, filled)


@require_POST
@member("reply")
def preview(request, public_id, template_id):
    """The bubble as the customer would see it, marked where somebody is writing."""
    conversation = conversation_for(request, public_id)
    template = _chosen(conversation, template_id)
    given = _given(request, template)
    context = {
        "shown": values.preview(template, given),
        "marked": request.POST.get("editing", ""),
    }
    return render(request, "inbox/_template_bubble.html", context)


@require_POST
@member("reply")
def send(request, public_id, template_id):
    conversation = conversation_for(request, public_id)
    template = _chosen(conversation, template_id)
    given = _given(request, template)
    errors = _problems(template, given)
    if errors:
        return _show(request, conversation, template, given, errors, status=422)
    try:
        outcome = _queue(request, conversation, template_draught(template, given))
    except Crossed as crossed:
        return _show(
            request, conversation, template, given, crossed=crossed, status=409
        )
    except SameIdOtherText:
        return _show(request, conversation, template, given, refused=SENT, status=409)
    if isinstance(outcome.decision, Refuse):
        sentence = _say(outcome.decision, conversation)
        return _show(
            request, conversation, template, given, refused=sentence, status=422
        )
    Template.objects.filter(id=template.id).update(used_count=template.used_count + 1)
    if is_scripted(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "template-sent"})
    return redirect(
        "inbox:conversation", slug=request.workspace.slug, public_id=public_id
    )


@require_http_methods(["GET", "POST"])
@member("reply")
def start(request):
    """A new conversation: a number, and because WhatsApp wants it, a template."""
    numbers = Number.objects.in_use().filter(
        workspace=request.workspace, kind=Number.WHATSAPP, status=Number.ACTIVE
    )
    context = {"numbers": numbers, "typed": "", "error": ""}
    if request.method == "POST":
        context["typed"] = request.POST.get("phone", "")[:40]
        number = get_object_or_404(numbers, pk=request.POST.get("number") or 0)
        digits = phones.wa_id(context["typed"], request.workspace.country)
        if digits:
            conversation = conversation_with(number, digits)
            return redirect(
                "inbox:pick",
                slug=request.workspace.slug,
                public_id=conversation.public_id,
            )
        context["error"] = (
            "That does not look like a phone number. Write it with + and the country, "
            "for example +44 7700 900118."
        )
    status = 422 if context["error"] else 200
    return render(request, "inbox/start.html", context, status=status)


def _chosen(conversation, template_id) -> Template | None:
    own = Template.objects.for_number(conversation.number)
    if template_id is None:
        usable = own.filter(status="APPROVED")
        return usable.order_by("-used_count", "name", "language").first()
    return get_object_or_404(own, pk=template_id)


def _queue(request, conversation, draught: Draught) -> outbox.Outcome:
    client_id = answers.client_id(request.POST.get("client_id", ""))
    quoted = answers.quoted_wamid(conversation, request.POST.get("reply_to", ""))
    return outbox.queue(
        conversation.id,
        replace(draught, id=client_id, reply_to=quoted),
        author=request.user,
        may_send=request.membership.may("reply"),
        seen=crossing.parse(request.POST.get("seen", "")),
    )


def _carried(request, conversation, crossed: Crossed | None) -> dict:
    """What goes with the form: which message this is, and how far its page has seen."""
    seen = crossed.seen if crossed else request.POST.get("seen")
    said = crossed.said if crossed else []
    return {
        "client_id": answers.client_id(request.POST.get("client_id", "")),
        "seen": seen or crossing.everything(conversation),
        "quoting": answers.quoting(request, conversation),
        "said": said,
        "heading": crossing.sentence(said) if said else "",
    }


def _show(
    request,
    conversation,
    chosen,
    filled,
    errors=None,
    *,
    refused="",
    crossed=None,
    status=200,
):
    context = _carried(request, conversation, crossed) | {
        "conversation": conversation,
        "name": words.visible(conversation.contact.title),
        "chosen": chosen,
        "offered": _offered(conversation, request.GET.get("q", "")),
        "q": request.GET.get("q", ""),
        "languages": _languages(conversation, chosen),
        "fields": _fields(chosen, conversation, filled, errors or {}),
        "shown": values.preview(chosen, filled) if chosen else None,
        "refused": refused or _refusal(conversation, chosen),
        "meter": _meter(conversation),
        "takeover": conversation.takeover,
        "draft": Draft.objects.filter(
            user=request.user, conversation=conversation, mode=Draft.REPLY
        ).first(),
    }
    template = "inbox/_picker.html" if request.htmx else "inbox/picker.html"
    return render(request, template, context, status=status)


def _offered(conversation, q: str) -> dict:
    """Sendable templates first; the others stay listed with the reason."""
    found = Template.objects.for_number(conversation.number).order_by(
        "name", "language"
    )
    if q:
        found = found.filter(name__icontains=q.strip().replace(" ", "_"))
    now, sendable, others = clock.now(), [], []
    for name, group in groupby(found, key=lambda t: t.name):
        same = list(group)
        ready = [t for t in same if t.status == "APPROVED"]
        best = ready[0] if ready else same[0]
        row = {
            "template": best,
            "name": name,
            "languages": " · ".join(
                t.language.split("_")[0].upper() for t in ready or same
            ),
            "category": best.category.capitalize(),
            "reason": "" if ready else _reason(best, now),
        }
        (sendable if ready else others).append(row)
    return {
        "sendable": sendable,
        "others": others,
        "count": len(sendable) + len(others),
    }


def _reason(template: Template, now) -> str:
    if template.status == "PAUSED":
        until = template.paused_until
        return (
            f"Paused by Meta until {words.clock_time(until, now)}"
            if until
            else "Paused by Meta"
        )
    reason = STATUSES.get(template.status, template.status.capitalize())
    detail = template.rejected_reason.replace("_", " ").lower()
    return f"{reason}: {detail}" if detail and detail != "none" else reason


def _languages(conversation, chosen) -> list:
    if not chosen:
        return []
    same = Template.objects.for_number(conversation.number).filter(
        name=chosen.name, status="APPROVED"
    )
    return [
        {
            "template": t,
            "label": LANGUAGES.get(t.language, t.language),
            "code": t.language,
        }
        for t in same.order_by("language")
    ]


def _fields(template, conversation, filled, errors) -> list:
    if template is None:
        return []
    source = _sources(conversation)
    return [
        {
            "variable": v,
            "id": v.key.replace(".", "_"),
            "value": filled.get(v.key, ""),
            "hint": _hint(v, filled, source),
            "error": errors.get(v.key, ""),
        }
        for v in values.variables(template)
    ]


def _hint(variable, filled, source) -> str:
    value = filled.get(variable.key, "")
    if value and value == source.get("name") and "name" in variable.name:
        return "from contact name"
    if variable.hint:
        return variable.hint
    return f"for example {variable.example}" if variable.example else ""


def _sources(conversation) -> dict:
    contact = conversation.contact
    is_named = contact.name or contact.profile_name
    name = words.visible(contact.first_name) if is_named else ""
    return {"name": name} | {k: str(v) for k, v in contact.fields.items()}


def _prefill(template, conversation) -> dict[str, str]:
    source = _sources(conversation)
    found = {}
    for v in values.variables(template):
        if v.kind != "text":
            continue
        if v.name in source:
            found[v.key] = source[v.name]
        elif "name" in v.name or v.key == "body.1":
            found[v.key] = source["name"]
    return {key: value for key, value in found.items() if value}


def _given(request, template) -> dict[str, str]:
    return {
        v.key: request.POST.get(v.key.replace(".", "_"), "")[:1024]
        for v in values.variables(template)
    }


def _problems(template, given) -> dict[str, str]:
    return {
        v.key: problem
        for v in values.variables(template)
        if (v.is_needed or given[v.key].strip())
        and (problem := values.problem(v, given[v.key]))
    }


def _refusal(conversation, template) -> str:
    """Why this template could not go now, before anybody fills it in."""
    if template is None:
        return "This account has no template that can be sent."
    ask = Ask(conversation, Sender.AGENT, "template", template)
    decision = decide(FactBook([ask]).facts(ask))
    is_refused = isinstance(decision, Refuse) and decision.reason not in CLOSED
    return _say(decision, conversation) if is_refused else ""


def _say(decision: Refuse, conversation) -> str:
    return words.say(
        decision.reason,
        name=words.visible(conversation.contact.first_name),
        now=clock.now(),
        until=decision.until,
        detail=decision.detail,
    )


def _meter(conversation) -> str:
    portfolio = conversation.number.account.portfolio
    if portfolio is None or portfolio.limit is None:
        return ""
    used = tier.Ledger(portfolio).used
    return f"{used} of {portfolio.limit} people today, shared"
