"""From ids in a URL to rows of this workspace, or 404. Every view begins here."""

import uuid
from collections.abc import Iterable

from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404

from inbox import reading
from inbox.models import (
    Attachment,
    Contact,
    Conversation,
    Import,
    MergeProposal,
    Message,
)


def conversation_for(request, public_id) -> Conversation:
    """With its people, number and account, and how far this person has looked."""
    own = Conversation.objects.filter(workspace=request.workspace).select_related(
        "contact",
        "number__account__portfolio",
        "number__pace",
        "assignee",
        "takeover_by",
    )
    open_proposals = MergeProposal.objects.filter(
        contact=OuterRef("contact"), dismissed_at=None, other__merged_into=None
    )
    seen = reading.with_seen(own, request.membership).annotate(
        proposal=Subquery(open_proposals.order_by("id").values("id")[:1])
    )
    return seen.filter(public_id=public_id).first() or _joined(seen, public_id)


def _joined(conversations, public_id) -> Conversation:
    """By an address from before it became part of another conversation."""
    return get_object_or_404(conversations, former__public_id=public_id)


def contact_for(request, contact_id) -> Contact:
    """Whoever they have become part of, if they have."""
    found = get_object_or_404(
        Contact, workspace=request.workspace, public_id=contact_id
    )
    while found.merged_into:
        found = found.merged_into
    return found


def import_for(request, import_id) -> Import:
    return get_object_or_404(
        Import.objects.defer("body").select_related("uploaded_by"),
        workspace=request.workspace,
        public_id=import_id,
    )


def message_for(request, message_id) -> Message:
    return get_object_or_404(
        Message.objects.select_related("conversation__contact", "number", "template"),
        workspace=request.workspace,
        id=message_id,
        direction=Message.OUT,
    )


def inbound_for(request, message_id) -> Message:
    return get_object_or_404(
        Message.objects.select_related("conversation__contact", "number"),
        workspace=request.workspace,
        id=message_id,
        direction=Message.IN,
    )


def attachment_for(request, attachment_id) -> Attachment:
    return get_object_or_404(Attachment, workspace=request.workspace, id=attachment_id)


def are_uuids(texts: Iterable[str]) -> list[str]:
    """Those of them that are; an address from elsewhere names nothing here."""
    return [text for text in texts if _is_uuid(text)]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
