"""What we found out about a number, and what was tried with its registration."""

from django.db import models
from django.utils import timezone

from accounts.models import User, Workspace
from business_numbers.models.numbers import Number


class CheckRunQuerySet(models.QuerySet):
    def finished(self):
        return self.exclude(ended_at=None).order_by("-at", "-id")

    def telling(self):
        """Without those in which Meta was away: they mended nothing and broke nothing."""
        told = models.Q(is_complete=True) | models.Q(cause__isnull=False)
        return self.finished().filter(told)


class CheckRun(models.Model):
    """One run of the diagnosis: the facts it saw are kept as its six results."""

    BY_PERSON, BY_SCHEDULE, AFTER_CHANGE, BY_SUPPORT, BY_SILENCE = (
        "person",
        "schedule",
        "change",
        "support",
        "silence",
    )
    REASONS = [
        (BY_PERSON, "asked by"),
        (BY_SCHEDULE, "scheduled check"),
        (AFTER_CHANGE, "after a change"),
        (BY_SUPPORT, "support"),
        (BY_SILENCE, "silence check"),
    ]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    number = models.ForeignKey(Number, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Empty while it runs.")
    reason = models.CharField(max_length=8, choices=REASONS)
    by = models.CharField(max_length=120, blank=True, default="")
    results = models.JSONField(default=list)
    cause = models.PositiveSmallIntegerField(
        null=True, help_text="The step that is broken; empty when none is."
    )
    is_complete = models.BooleanField(
        default=True, help_text="False when Meta did not answer every question."
    )

    objects = CheckRunQuerySet.as_manager()

    class Meta:
        verbose_name = "check"
        indexes = [models.Index(fields=["number", "-at"], name="check_newest")]

    def __str__(self):
        return f"{self.number} {self.at:%Y-%m-%d %H:%M}"

    @property
    def said_by(self) -> str:
        if self.reason in (self.BY_PERSON, self.BY_SUPPORT) and self.by:
            return f"checked by {self.by}"
        return self.get_reason_display()

    @property
    def is_telling(self) -> bool:
        return self.is_complete or self.cause is not None

    @property
    def outcome(self) -> str:
        if self.cause:
            return "fail"
        return "pass" if self.is_complete else "unknown"


class LiveTest(models.Model):
    """Two minutes of listening for a real message of the user's own phone."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    number = models.ForeignKey(Number, on_delete=models.CASCADE)
    started_at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    class Meta:
        indexes = [models.Index(fields=["number", "-started_at"], name="live_newest")]

    def __str__(self):
        return f"{self.number} {self.started_at:%H:%M}"


class RegistrationAttempt(models.Model):
    """A PIN that was sent to Meta, and how that went. Never the PIN."""

    PENDING, DONE, WRONG_PIN, LOCKED, WAIT, REFUSED, UNKNOWN = (
        "pending",
        "done",
        "wrong pin",
        "locked",
        "wait",
        "refused",
        "unknown",
    )
    OUTCOMES = [
        (o, o) for o in (PENDING, DONE, WRONG_PIN, LOCKED, WAIT, REFUSED, UNKNOWN)
    ]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    number = models.ForeignKey(
        Number, on_delete=models.CASCADE, related_name="registrations"
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=120, blank=True, default="")
    outcome = models.CharField(max_length=9, choices=OUTCOMES, default=PENDING)
    code = models.IntegerField(null=True, help_text="Meta's error code.")
    again_at = models.DateTimeField(
        null=True, help_text="Meta asks to wait until then."
    )

    class Meta:
        verbose_name = "registration attempt"
        constraints = [
            # Two clicks, two processes: only one PIN is at Meta at a time.
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(outcome="pending"),
                name="one_registration_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["number", "-at"], name="registration_newest")]

    def __str__(self):
        return f"{self.number} {self.outcome}"


class Recovery(models.Model):
    """The way back of a deregistered or locked number, one open at a time."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    number = models.ForeignKey(
        Number, on_delete=models.CASCADE, related_name="recoveries"
    )
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.CharField(max_length=120, blank=True, default="")
    two_step_off_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=5, blank=True, default="")
    language = models.CharField(max_length=5, default="en_US")
    asked_at = models.DateTimeField(
        null=True, help_text="Support was asked for a code."
    )
    code_sent_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "recoveries"
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(ended_at=None),
                name="one_open_recovery",
            )
        ]

    def __str__(self):
        return f"{self.number} since {self.started_at:%Y-%m-%d}"
