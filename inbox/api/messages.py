"""`/api/v1/messages`: send a template, and ask what became of a message."""

from django.http import JsonResponse

from inbox.api import shown
from inbox.api.door import Problem, api, read_json
from inbox.api.reading import read_send
from inbox.api.sending import send
from inbox.models import Message


@api("POST")
def messages(request):
    """202 for a new message; 200 when this very request was made before."""
    pk, is_new = send(request.api_key, read_send(read_json(request)))
    return JsonResponse(_found(request, pk), status=202 if is_new else 200)


@api("GET")
def message(request, message_id):
    return JsonResponse(_found(request, message_id))


def _found(request, message_id) -> dict:
    own = Message.objects.filter(
        workspace=request.api_key.workspace_id, direction=Message.OUT
    )
    found = (
        own.select_related("contact", "conversation", "number", "template", "api_send")
        .prefetch_related("attempts")
        .filter(id=message_id)
        .first()
    )
    if found is None:
        raise Problem(404, "not_found", "This workspace has sent no such message.")
    return shown.message(found)
