"""A reply that crossed a colleague's: the text goes back, with what they said and a choice."""

from urllib.parse import urlencode

from django.http import JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import is_scripted, member
from inbox import crossing, words
from inbox.access import conversation_for
from inbox.crossing import Crossed
from inbox.models import Draft


@require_GET
@member("reply")
def crossed(request, public_id):
    """What others said since a page saw the conversation, as the dialog that asks."""
    conversation = conversation_for(request, public_id)
    everything = crossing.everything(conversation)
    seen = crossing.parse(request.GET.get("seen", "")) or everything
    said = crossing.said_since(conversation, request.user, seen)
    context = _context(request.GET, conversation, said)
    return render(request, "inbox/_crossed.html", context)


def answer(request, conversation, body: str, crossed: Crossed):
    """409, and nothing was written. Without a script the words become the draft at once."""
    if is_scripted(request):
        return JsonResponse(_told(request, conversation, body, crossed), status=409)
    _keep(request, conversation, body)
    file = request.FILES.get("file")
    context = _context(request.POST, conversation, crossed.said) | {
        "body": body,
        "file_name": file.name if file else "",
        "seen": crossed.seen,
        "client_id": request.POST.get("client_id", ""),
        "reply_to": request.POST.get("reply_to", ""),
    }
    return render(request, "inbox/crossed.html", context, status=409)


def _told(request, conversation, body: str, crossed: Crossed) -> dict:
    address = reverse(
        "inbox:crossed", args=[request.workspace.slug, conversation.public_id]
    )
    asked = {"seen": crossed.before, "then": request.POST.get("then", "")}
    first = crossing.sentence(crossed.said)
    return {
        "sentence": f"Not sent: {first}. Read it before you send.",
        "body": body,
        "seen": str(crossed.seen),
        "ask": f"{address}?{urlencode(asked)}",
        "script": static("js/crossing.js"),
    }


def _context(fields, conversation, said) -> dict:
    return {
        "conversation": conversation,
        "name": words.visible(conversation.contact.title),
        "heading": crossing.sentence(said) if said else "A colleague was first",
        "said": said,
        "then": fields.get("then", ""),
    }


def _keep(request, conversation, body: str) -> None:
    Draft.objects.update_or_create(
        user=request.user,
        conversation=conversation,
        mode=Draft.REPLY,
        defaults={"workspace": request.workspace, "body": body},
    )
