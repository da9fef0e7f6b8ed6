"""A broadcast, and one row for every person it was meant for. What became of a person is
read from their message; only what Converge decided about them is kept here."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User, Workspace
from broadcasts.models.audiences import FileRow
from business_numbers.models import Number, Template
from inbox.models import Contact, Message


class Broadcast(models.Model):
    DRAFT, SCHEDULED, SENDING = "draft", "scheduled", "sending"
    PAUSED, HELD, DONE, CANCELLED = "paused", "held", "done", "cancelled"
    STATES = [
        (DRAFT, "Draft"),
        (SCHEDULED, "Scheduled"),
        (SENDING, "Sending"),
        (PAUSED, "Paused"),
        (HELD, "On hold"),
        (DONE, "Done"),
        (CANCELLED, "Stopped"),
    ]
    NOW, AT, LOCAL = "now", "at", "local"
    TIMINGS = [
        (NOW, "Now"),
        (AT, "At a time"),
        (LOCAL, "In each person’s local time"),
    ]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=9, choices=STATES, default=DRAFT)

    number = models.ForeignKey(Number, null=True, on_delete=models.PROTECT)
    template = models.ForeignKey(Template, null=True, on_delete=models.SET_NULL)
    variables = models.JSONField(
        default=dict, help_text="Variable's key → source, value, fallback."
    )
    include = models.JSONField(default=list, help_text="Rules; any of them.")
    exclude = models.JSONField(default=list)
    only_first = models.PositiveIntegerField(null=True)
    timing = models.CharField(max_length=5, choices=TIMINGS, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    starts_at = models.DateTimeField(null=True)
    has_agreed = models.BooleanField(default=False)

    created_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    started_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    planned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    # Why it does not go on: a word of `broadcasts.watch`, "" when a person paused it.
    cause = models.CharField(max_length=12, blank=True, default="")
    cause_code = models.IntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Breaker and quality look only at what came after somebody said "go on".
    resumed_at = models.DateTimeField(null=True)
    accepts_red = models.BooleanField(default=False)
    # A wait of the whole number: tier, throttling, restriction.
    rests_until = models.DateTimeField(null=True)
    rests_for = models.CharField(max_length=24, blank=True, default="")

    forecast = models.JSONField(default=dict)
    tally = models.JSONField(default=list, help_text="Groups, for large broadcasts.")
    tallied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled"], planned_at=None)
                | Q(state="cancelled")
                | Q(
                    state__in=["sending", "paused", "held", "done"],
                    planned_at__isnull=False,
                    number__isnull=False,
                ),
                name="broadcast_runs_when_planned",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(starts_at__isnull=False),
                name="broadcast_scheduled_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "-created_at", "-id"], name="broadcast_list"
            ),
            models.Index(
                fields=["state"],
                condition=~Q(state__in=["draft", "cancelled"]),
                name="broadcast_alive",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_editable(self) -> bool:
        return self.state == self.DRAFT

    @property
    def is_running(self) -> bool:
        return self.state in (self.SENDING, self.PAUSED, self.HELD)


class Recipient(models.Model):
    """One person of one broadcast. `given` is in the outbox's hands; `ended` needs no
    more attention from us, whatever Meta still reports."""

    WAITING, GIVEN, ENDED = "waiting", "given", "ended"
    SKIPPED, STOPPED = "skipped", "stopped"
    STATES = [
        (WAITING, "Waiting"),
        (GIVEN, "In the outbox"),
        (ENDED, "Ended"),
        (SKIPPED, "Skipped"),
        (STOPPED, "Stopped"),
    ]

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.CASCADE, related_name="recipients"
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    row = models.ForeignKey(FileRow, null=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=7, choices=STATES)
    reason = models.CharField(max_length=24, blank=True, default="")
    detail = models.CharField(max_length=200, blank=True, default="")
    due_at = models.DateTimeField(null=True)
    message = models.OneToOneField(
        Message, null=True, on_delete=models.SET_NULL, related_name="recipient"
    )
    given_at = models.DateTimeField(null=True)
    # Steps of the two ladders that are used up.
    cap_retries = models.PositiveSmallIntegerField(default=0)
    hour_retries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "contact"], name="recipient_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="skipped") | ~Q(reason=""),
                name="recipient_skipped_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(due_at__isnull=False),
                name="recipient_waiting_is_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["broadcast", "due_at", "id"],
                condition=Q(state="waiting"),
                name="recipient_queue",
            ),
            models.Index(
                fields=["broadcast", "-given_at"],
                condition=Q(state="given"),
                name="recipient_given",
            ),
            models.Index(fields=["workspace", "contact"], name="recipient_of_contact"),
        ]

    def __str__(self):
        return f"{self.contact_id} of {self.broadcast_id}"
