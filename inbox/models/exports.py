"""A workspace as one file, written piece by piece and kept for a week."""

import uuid

from django.db import models

from accounts.models import User, Workspace


class WorkspaceExport(models.Model):
    """How far it is: which part, after which of its rows."""

    WORKING, READY, FAILED, FORGOTTEN = "working", "ready", "failed", "forgotten"
    STATES = [
        (WORKING, "Being written"),
        (READY, "Ready"),
        (FAILED, "Failed"),
        (FORGOTTEN, "Deleted after a week"),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=STATES, default=WORKING)
    part = models.PositiveSmallIntegerField(default=0)
    after = models.CharField(max_length=40, blank=True, default="")
    pieces = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    is_open = models.BooleanField(
        default=False, help_text="Somebody writes to the file; else it is whole."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(state="working"),
                name="export_one_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "-asked_at"], name="export_newest")
        ]

    def __str__(self):
        return f"{self.workspace} {self.asked_at:%Y-%m-%d}"

    @property
    def path(self) -> str:
        """In the store, under a name nobody guesses."""
        return f"exports/{self.id.hex}.zip"
