"""Reacting to a customer's message: a small list with script, a page without."""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.access import member
from inbox import reacting, words
from inbox.access import inbound_for
from inbox.gate import Refuse
from inbox.reactions import USUAL
from inbox.views import answers
from inbox.views.acts import done


@require_http_methods(["GET", "POST"])
@member("reply")
def react(request, message_id):
    target = inbound_for(request, message_id)
    conversation = target.conversation
    if request.method == "GET":
        context = {
            "conversation": conversation,
            "target": target,
            "text": words.preview(target.kind, target.body)[:160],
            "name": words.visible(conversation.contact.first_name),
            "usual": USUAL,
        }
        return render(request, "inbox/react.html", context)
    emoji = request.POST.get("emoji", "").strip()
    if problem := reacting.problem(target, emoji):
        return done(request, conversation, f"Not sent. {problem}")
    outcome = reacting.react(
        target,
        emoji,
        author=request.user,
        may_send=request.membership.may("reply"),
    )
    if isinstance(outcome.decision, Refuse):
        return done(request, conversation, answers.why(outcome, conversation))
    return done(request, conversation)
