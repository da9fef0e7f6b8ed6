"""What a teammate is writing, and what they write often."""

from django.db import models

from accounts.models import User, Workspace
from inbox.models.conversations import Conversation


class Draft(models.Model):
    """The sentence just written; the most expensive thing on the page."""

    REPLY, NOTE = "reply", "note"
    MODES = [(REPLY, "Reply"), (NOTE, "Note")]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    mode = models.CharField(max_length=5, choices=MODES)
    body = models.TextField(blank=True)
    version = models.BigIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "conversation", "mode"], name="draft_once"
            )
        ]

    def __str__(self):
        return f"{self.mode} draft of {self.user}"


class CannedReply(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    body = models.TextField()

    class Meta:
        verbose_name_plural = "canned replies"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="canned_reply_once"
            )
        ]

    def __str__(self):
        return self.name
