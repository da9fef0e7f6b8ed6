"""Replies that are more than words: a dialog with script, the same as a page without."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import is_scripted, member
from inbox import outbox, words
from inbox.access import conversation_for
from inbox.facts import Ask, FactBook
from inbox.gate import Refuse, Sender, decide
from inbox.outbox import Outcome, SameIdOtherText
from inbox.reply_kind_forms import FORMS
from inbox.reply_kinds import KINDS
from inbox.reply_preview import preview as draw
from inbox.views import answers


@require_http_methods(["GET", "POST"])
@member("reply")
def arrange(request, public_id, kind):
    conversation = _conversation(request, public_id, kind)
    form = _form(request, kind)
    if not form.is_bound:
        refused = _refusal(request, conversation, kind)
        return _show(request, conversation, kind, form, refused)
    if not form.is_valid():
        return _show(request, conversation, kind, form, status=422)
    try:
        outcome = outbox.queue(
            conversation.id,
            replace(form.draught(), reply_to=_quoted(request, conversation)),
            author=request.user,
            may_send=request.membership.may("reply"),
        )
    except SameIdOtherText:
        sentence = "This was sent before with other words. Close this and begin anew."
        return _show(request, conversation, kind, form, sentence, status=409)
    if isinstance(outcome.decision, Refuse):
        refused = answers.why(outcome, conversation)
        return _show(request, conversation, kind, form, refused, status=422)
    if is_scripted(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "message-sent"})
    return redirect(
        "inbox:conversation",
        slug=request.workspace.slug,
        public_id=conversation.public_id,
    )


@require_POST
@member("reply")
def preview(request, public_id, kind):
    _conversation(request, public_id, kind)
    shown = draw(kind, _form(request, kind))
    return render(request, "inbox/_arranged_preview.html", {"shown": shown})


def _conversation(request, public_id, kind: str):
    """Instagram has none of these."""
    conversation = conversation_for(request, public_id)
    if kind not in KINDS or not conversation.number.is_whatsapp:
        raise Http404
    return conversation


def _quoted(request, conversation) -> str:
    return answers.quoted_wamid(conversation, request.POST.get("reply_to", ""))


def _form(request, kind: str):
    """Unbound to begin with, also from another kind: what was written comes along."""
    made, region = FORMS[kind], request.workspace.country
    if request.method == "GET" or "carry" in request.POST:
        return made(initial=request.POST.dict(), region=region)
    return made(request.POST, region=region)


def _refusal(request, conversation, kind: str) -> str:
    """Why it could not go now, before anybody fills it in."""
    may_send = request.membership.may("reply")
    ask = Ask(conversation, Sender.AGENT, KINDS[kind].meta, may_send=may_send)
    decision = decide(FactBook([ask]).facts(ask))
    if not isinstance(decision, Refuse):
        return ""
    return answers.why(Outcome(decision), conversation)


def _show(request, conversation, kind: str, form, refused: str = "", status: int = 200):
    context = {
        "conversation": conversation,
        "name": words.visible(conversation.contact.first_name),
        "kind": KINDS[kind],
        "kinds": KINDS.values(),
        "form": form,
        "shown": draw(kind, form),
        "refused": refused,
        "takeover": conversation.takeover,
        "quoting": answers.quoting(request, conversation),
    }
    template = "inbox/_arrange.html" if request.htmx else "inbox/arrange.html"
    return render(request, template, context, status=status)
