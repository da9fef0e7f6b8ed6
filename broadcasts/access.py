"""From ids in a URL to rows of this workspace, or 404. Every view begins here."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from broadcasts.models import Broadcast, File, Recipient


def broadcast_for(request, broadcast_id) -> Broadcast:
    own = Broadcast.objects.filter(workspace=request.workspace).select_related(
        "workspace",
        "template",
        "number__account__portfolio",
        "number__pace",
        "started_by",
        "stopped_by",
    )
    return get_object_or_404(own, public_id=broadcast_id)


def draft_for(request, broadcast_id) -> Broadcast:
    """Only a draft is edited; what runs is as it was planned."""
    broadcast = broadcast_for(request, broadcast_id)
    if not broadcast.is_editable:
        raise Http404
    return broadcast


def file_for(request, file_id) -> File:
    own = File.objects.defer("body").filter(workspace=request.workspace)
    return get_object_or_404(own, public_id=file_id)


def recipient_for(broadcast: Broadcast, recipient_id) -> Recipient:
    found = Recipient.objects.filter(broadcast=broadcast).select_related(
        "contact", "message__conversation"
    )
    return get_object_or_404(found, id=recipient_id)
