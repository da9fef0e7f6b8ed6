"""One person's way through a flow, every step of it, and what it heard."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User, Workspace
from flows.models.definitions import Flow, Version
from inbox.models import Contact, Conversation


class Run(models.Model):
    """Alive while it waits for something; the database allows one a conversation.

    `waits_for` says for what: an answer, a delay, a message to be sent, or a URL.
    `began_with` is the message (or event) that started it: each starts one run for ever.
    """

    ALIVE, FINISHED, STOPPED, FAILED = "alive", "finished", "stopped", "failed"
    STATES = [
        (ALIVE, "Under way"),
        (FINISHED, "Finished"),
        (STOPPED, "Stopped"),
        (FAILED, "Failed"),
    ]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="runs")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="+"
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    began_with = models.CharField(max_length=48)
    began_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_beside = models.BooleanField(default=False)
    generation = models.PositiveIntegerField()

    state = models.CharField(max_length=8, choices=STATES, default=ALIVE)
    node = models.PositiveIntegerField(default=0)
    waits_for = models.CharField(max_length=8, blank=True, default="")
    resume_at = models.DateTimeField(null=True)
    is_nudged = models.BooleanField(
        default=False, help_text="Something new was written: look as soon as possible."
    )
    message = models.UUIDField(null=True, help_text="What it waits to see sent.")
    asked_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    steps_count = models.PositiveIntegerField(default=0)
    steps_at_once = models.PositiveIntegerField(default=0)
    variables = models.JSONField(default=dict)

    # Thread order from which on it listens.
    heard_at = models.DateTimeField()
    heard_seq = models.BigIntegerField(default=0)

    reason = models.CharField(max_length=32, blank=True, default="")
    detail = models.CharField(max_length=300, blank=True, default="")
    stopped_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["began_with"], name="run_once"),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state="alive", is_beside=False),
                name="run_one_alive",
            ),
            models.CheckConstraint(
                condition=Q(state="alive", ended_at=None)
                | ~Q(state="alive") & Q(ended_at__isnull=False),
                name="run_ended_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="alive") | ~Q(waits_for=""),
                name="run_alive_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["resume_at"],
                condition=Q(state="alive", resume_at__isnull=False),
                name="run_due",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state="alive", is_nudged=True),
                name="run_nudged",
            ),
            models.Index(
                fields=["message"],
                condition=Q(state="alive", waits_for="sent"),
                name="run_sending",
            ),
            models.Index(
                fields=["conversation"], condition=Q(state="alive"), name="run_alive"
            ),
            models.Index(fields=["workspace", "flow", "-started_at"], name="run_list"),
            models.Index(fields=["conversation", "-started_at"], name="run_of_person"),
        ]

    def __str__(self):
        return f"{self.flow} with {self.contact}"


class RunStep(models.Model):
    """What happened at one node, in words and with the send decision where there was one."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    n = models.PositiveIntegerField()
    at = models.DateTimeField()
    node = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    what = models.CharField(max_length=16)
    edge = models.CharField(max_length=20, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    decision = models.JSONField(default=dict)
    message = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "n"], name="run_step_numbered")
        ]

    def __str__(self):
        return f"{self.n} {self.what} {self.kind}"


class Heard(models.Model):
    """A message a run has taken into account. Each is heard once, however often it comes."""

    message = models.UUIDField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="heard")

    class Meta:
        verbose_name_plural = "heard"

    def __str__(self):
        return str(self.message)
