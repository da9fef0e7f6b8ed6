"""The frame around every act in a conversation: locked, told, and answered three ways."""

from functools import wraps

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.access import is_scripted, member
from converge import clock
from inbox import together
from inbox.access import conversation_for
from inbox.apply import tell
from inbox.models import Event, TeamAct
from inbox.outbox import lock


def act(permission: str):
    """Wrap `view(request, conversation, …)`: it changes the locked conversation.

    What it returns (a sentence or None) is shown as a notice; what can be undone is kept
    with how it was, and the notice offers that. Pages that script the act get the notice
    or 204, and refetch what changed; plain forms go back to the conversation.
    """

    def decorator(view):
        @require_POST
        @member(permission)
        @wraps(view)
        def wrapper(request, public_id, **kwargs):
            found = conversation_for(request, public_id)
            with transaction.atomic():
                conversation = lock(found.id)
                before = together.snapshot(conversation, together.UNDOABLE)
                notice = view(request, conversation, **kwargs)
                kept = together.remember(before, conversation, request.user)
                tell({conversation.id})
            return done(request, found, notice, undo=kept)

        return wrapper

    return decorator


def note_event(conversation, kind: str, user, **data) -> None:
    """What somebody did, in the thread where it was done."""
    Event.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        at=clock.now(),
        kind=kind,
        actor=user,
        data=data,
    )


def done(
    request,
    conversation,
    notice: str | None = None,
    status: int = 303,
    undo: TeamAct | None = None,
):
    if is_scripted(request):
        return _notice(request, notice, undo)
    if notice or undo:
        # What can be undone carries its address, for the form beside the sentence.
        address = str(undo.public_id) if undo else ""
        messages.info(request, notice or f"{undo.sentence}.", extra_tags=address)
    response = redirect(
        "inbox:conversation",
        slug=request.workspace.slug,
        public_id=conversation.public_id,
    )
    response.status_code = status
    return response


def _notice(request, notice: str | None, undo: TeamAct | None):
    if undo:
        context = {"sentence": notice or f"{undo.sentence}.", "undo": undo.public_id}
        return render(request, "inbox/_done_together.html", context)
    if notice:
        return HttpResponse(notice, content_type="text/plain")
    return HttpResponse(status=204)
