"""Who was called by name in a note."""

from django.db import models
from django.db.models import Q

from accounts.models import Membership, User, Workspace
from inbox.models.conversations import Note


class MentionQuerySet(models.QuerySet):
    def of(self, membership: Membership):
        return self.filter(
            workspace=membership.workspace_id, user_id=membership.user_id
        )

    def unread(self):
        return self.filter(read_at=None)


class Mention(models.Model):
    """It is its person's alone: to be read, and to be marked as read."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="mention_once")
        ]
        indexes = [
            models.Index(fields=["user", "workspace", "-id"], name="mention_newest"),
            models.Index(
                fields=["user", "workspace"],
                condition=Q(read_at=None),
                name="mention_unread",
            ),
            models.Index(
                fields=["at"],
                condition=Q(read_at=None, mailed_at=None),
                name="mention_to_mail",
            ),
        ]

    def __str__(self):
        return f"{self.user} in {self.note}"
