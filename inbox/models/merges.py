"""Two contacts that were one person: what was done, kept so that it can be undone."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User, Workspace
from inbox.models.contacts import Contact
from inbox.models.conversations import Conversation


class Merge(models.Model):
    """`other` became part of `contact`. Its row stays, empty, and leads there.

    `moved` holds which rows changed hands, `joined` which conversations became one;
    neither holds what anybody wrote.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="merges"
    )
    other = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="merged_by"
    )
    merged_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_at = models.DateTimeField()
    before = models.JSONField(default=dict, help_text="The kept contact's own columns.")
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict, help_text="Column → keys of its rows.")
    joined = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["other"], condition=Q(undone_at=None), name="merged_once"
            ),
            models.CheckConstraint(
                condition=~Q(contact=F("other")), name="merge_has_two"
            ),
        ]

    def __str__(self):
        return f"{self.other_id} → {self.contact_id}"


class FormerConversation(models.Model):
    """The address of a conversation that became part of another one."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    public_id = models.UUIDField(unique=True)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="former"
    )
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="former")

    def __str__(self):
        return str(self.public_id)
