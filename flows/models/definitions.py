"""What people build: flows, their frozen versions, their tests, and the one switch."""

import uuid

from django.db import models

from accounts.models import User, Workspace


class FlowQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(archived_at=None)

    def live(self):
        return self.kept().filter(paused_at=None, live_version__isnull=False)


class Flow(models.Model):
    """The draft is a graph as `flows.graph` reads it; `revision` rises with every edit.

    `before` is the draft as it was one edit ago, so that the last edit can be undone.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    draft = models.JSONField()
    before = models.JSONField(null=True)
    revision = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    edited_at = models.DateTimeField()
    live_version = models.ForeignKey(
        "Version", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    paused_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FlowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=models.Q(archived_at=None),
                name="flow_named_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace"],
                condition=models.Q(
                    archived_at=None, paused_at=None, live_version__isnull=False
                ),
                name="flow_live",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def is_live(self) -> bool:
        return bool(self.live_version_id) and not (self.paused_at or self.archived_at)

    @property
    def has_changes(self) -> bool:
        """The draft differs from what is live."""
        return self.live_version is None or self.draft != self.live_version.graph


class Version(models.Model):
    """A graph as it was published. Never changed: runs finish on the one they began with."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    graph = models.JSONField()
    note = models.CharField(max_length=200, blank=True, default="")
    published_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="version_numbered")
        ]

    def __str__(self):
        return f"{self.flow} v{self.number}"


class FlowTest(models.Model):
    """What a customer does in a test, and what the bot must say to it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="tests")
    name = models.CharField(max_length=80)
    script = models.JSONField()
    expected = models.JSONField()
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "name"], name="flow_test_once")
        ]

    def __str__(self):
        return self.name


class FlowSettings(models.Model):
    """One row a workspace: the switch that stops all flows, and the team's hours.

    `hours` has seven entries from Monday, each ["09:00", "18:00"] or null for closed.
    """

    workspace = models.OneToOneField(
        Workspace, primary_key=True, on_delete=models.CASCADE
    )
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    hours = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "flow settings"

    def __str__(self):
        return f"Flows of {self.workspace}"
