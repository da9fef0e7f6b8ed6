"""What somebody did with conversations, kept for as long as it can be undone."""

import uuid

from django.db import models

from accounts.models import User, Workspace


class TeamAct(models.Model):
    """One act on one or many conversations, by one person.

    `items` holds a dict for each conversation it changed: `id`, the columns as they `was`
    and as they `is` after it; of a tag the key of its row. Never what anybody wrote.
    """

    CLOSE, REOPEN, SNOOZE = "close", "reopen", "snooze"
    ASSIGN, RELEASE, TAG = "assign", "release", "tag"
    KINDS = [
        (CLOSE, "Close"),
        (REOPEN, "Reopen"),
        (SNOOZE, "Snooze"),
        (ASSIGN, "Assign"),
        (RELEASE, "End human takeover"),
        (TAG, "Add a tag"),
    ]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=KINDS)
    at = models.DateTimeField()
    sentence = models.CharField(max_length=160, help_text="What was done, in words.")
    items = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "user", "-id"],
                condition=models.Q(undone_at=None),
                name="team_act_last",
            )
        ]

    def __str__(self):
        return self.sentence
