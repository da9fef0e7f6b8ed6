from inbox.models.acts import TeamAct
from inbox.models.assigning import AssignmentRule, Online
from inbox.models.contacts import Contact, ContactTag, Identity, MergeProposal, Tag
from inbox.models.conversations import Conversation, Event, Note, Presence, ReadMark
from inbox.models.exports import WorkspaceExport
from inbox.models.imports import Import, ImportRow
from inbox.models.machines import ApiSend, OutgoingDelivery, OutgoingWebhook
from inbox.models.mentions import Mention
from inbox.models.merges import FormerConversation, Merge
from inbox.models.messages import (
    Attachment,
    Attempt,
    Message,
    ParkedChange,
    ParkedStatus,
    Reaction,
)
from inbox.models.replies import CannedReply, Draft
from inbox.models.searching import Searchable
from inbox.models.views import SavedView

__all__ = [
    "ApiSend",
    "AssignmentRule",
    "Attachment",
    "Attempt",
    "CannedReply",
    "Contact",
    "ContactTag",
    "Conversation",
    "Draft",
    "Event",
    "FormerConversation",
    "Identity",
    "Import",
    "ImportRow",
    "Mention",
    "Merge",
    "MergeProposal",
    "Message",
    "Note",
    "Online",
    "OutgoingDelivery",
    "OutgoingWebhook",
    "ParkedChange",
    "ParkedStatus",
    "Presence",
    "Reaction",
    "ReadMark",
    "SavedView",
    "Searchable",
    "Tag",
    "TeamAct",
    "WorkspaceExport",
]
