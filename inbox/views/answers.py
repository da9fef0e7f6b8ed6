"""What a composer hears back: its bubble, or why not, with everything it wrote."""

import uuid

from django.http import JsonResponse
from django.shortcuts import render

from accounts.access import is_scripted
from converge import clock
from inbox import bubbles, words
from inbox.drawing import conversation_context, quotable, quote_of
from inbox.models import Draft, Message
from inbox.thread import Item
from inbox.views.pages import list_context


def client_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def quoted_wamid(conversation, message_id: str) -> str:
    message = quotable(conversation, message_id)
    return message.wamid if message else ""


def quoting(request, conversation) -> dict | None:
    """The message a dialog's send will quote, as it stands above its fields."""
    wanted = request.POST.get("reply_to") or request.GET.get("reply_to", "")
    return quote_of(conversation, request.membership, wanted)


def why(outcome, conversation) -> str:
    """A refusal in words, with its remedy."""
    decision = outcome.decision
    return "Not sent. " + words.say(
        decision.reason,
        name=words.visible(conversation.contact.first_name),
        now=clock.now(),
        until=decision.until,
        detail=decision.detail,
    )


def refused(request, conversation, body: str, sentence: str, status: int = 422):
    """Nothing was written; the text goes back where it came from."""
    if is_scripted(request):
        return JsonResponse({"sentence": sentence, "body": body}, status=status)
    context = conversation_context(conversation, request.membership)
    context |= list_context(request)
    context |= {"level": "thread", "refused": sentence, "kept": body}
    return render(request, "inbox/inbox.html", context, status=status)


def bubble(request, conversation, message: Message):
    context = bubbles.Context(
        now=clock.now(),
        conversation=conversation,
        viewer=request.user.id,
        attachments={message.id: list(message.attachments.all())},
    )
    item = Item(
        "bubble", f"m-{message.id}", message.at, bubble=bubbles.draw(message, context)
    )
    return render(
        request, "inbox/_item.html", {"item": item, "conversation": conversation}
    )


def forget_draft(request, conversation) -> None:
    Draft.objects.filter(
        user=request.user, conversation=conversation, mode=Draft.REPLY
    ).update(body="")
