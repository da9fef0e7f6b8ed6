"""A number (or Instagram account) customers write to, its pace, and its timeline."""

from django.db import models
from django.utils import timezone

from accounts.models import Workspace
from business_numbers.models.accounts import BusinessAccount
from converge import clock


class NumberQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(retired_at=None)


class Number(models.Model):
    """Three truths, never merged: the account's authorisation, our `status`, Meta's."""

    WHATSAPP, INSTAGRAM = BusinessAccount.WHATSAPP, BusinessAccount.INSTAGRAM
    DRAFT, ACTIVE, ERROR = "draft", "active", "error"
    STATUSES = [(DRAFT, "Draft"), (ACTIVE, "Active"), (ERROR, "Error")]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    account = models.ForeignKey(
        BusinessAccount, on_delete=models.CASCADE, related_name="numbers"
    )
    kind = models.CharField(max_length=9, choices=BusinessAccount.KINDS)
    meta_id = models.CharField("phone number ID", max_length=40)
    display = models.CharField(
        max_length=60, help_text="The phone number, or the Instagram handle."
    )
    label = models.CharField(max_length=60)
    verified_name = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=6, choices=STATUSES, default=DRAFT)
    status_reason = models.CharField(max_length=300, blank=True)

    meta_status = models.CharField(max_length=24, blank=True)
    quality = models.CharField(max_length=12, blank=True)
    is_coexistence = models.BooleanField(default=False)
    limit_per_second = models.PositiveIntegerField(default=80)
    has_human_agent = models.BooleanField(
        default=False, help_text="Instagram: Meta granted 7 days for people's replies."
    )
    restricted_until = models.DateTimeField(
        null=True, help_text="Business-initiated messages are blocked until then."
    )
    is_banned = models.BooleanField(default=False)
    name_status = models.CharField(max_length=24, blank=True, default="")
    is_verified = models.BooleanField(
        null=True, help_text="Meta verified it by a code; empty is not known."
    )
    has_pin = models.BooleanField(null=True)
    registered_at = models.DateTimeField(null=True)
    deregistered_at = models.DateTimeField(null=True)
    status_changed_at = models.DateTimeField(default=timezone.now)
    silence_told_at = models.DateTimeField(null=True)
    last_event_at = models.DateTimeField(
        null=True, help_text="The last signed test event that came through the door."
    )
    retired_at = models.DateTimeField(null=True)

    last_inbound_at = models.DateTimeField(null=True)
    last_delivered_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NumberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "meta_id"],
                condition=models.Q(retired_at=None),
                name="number_in_one_workspace",
            )
        ]
        indexes = [models.Index(fields=["workspace", "label"], name="number_list")]

    def __str__(self):
        return self.label

    @property
    def is_whatsapp(self) -> bool:
        return self.kind == self.WHATSAPP

    def set_status(self, status: str, reason: str = "") -> None:
        """What Converge itself last did with the number: set up, done, or failed."""
        if (self.status, self.status_reason) != (status, reason):
            self.status, self.status_reason = status, reason[:300]
            self.status_changed_at = clock.now()
            self.save(update_fields=["status", "status_reason", "status_changed_at"])

    @property
    def masked(self) -> str:
        """The number with its middle hidden: +44 … 21."""
        head, _, rest = self.display.partition(" ")
        return f"{head} … {rest[-4:]}" if rest else self.display

    @property
    def last_four(self) -> str:
        return "".join(filter(str.isdigit, self.display))[-4:]

    @property
    def badge(self) -> str:
        return "WA" if self.is_whatsapp else "IG"


class Pace(models.Model):
    """When this number may send next, by the database's own clock; see inbox/pacing.py."""

    number = models.OneToOneField(Number, primary_key=True, on_delete=models.CASCADE)
    next_at = models.DateTimeField(default=timezone.now)
    slow_until = models.DateTimeField(null=True)
    slow_reason = models.CharField(max_length=40, blank=True, default="")
    slow_count = models.PositiveSmallIntegerField(default=0)

    def __str__(self):
        return f"{self.number}"


class NumberEvent(models.Model):
    """The dated timeline of a number or account: what Meta said, what we did."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    account = models.ForeignKey(BusinessAccount, on_delete=models.CASCADE)
    number = models.ForeignKey(Number, null=True, on_delete=models.CASCADE)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    source = models.CharField(
        max_length=40, blank=True, help_text="Webhook event and index, once each."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source"],
                condition=~models.Q(source=""),
                name="number_event_once",
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "account", "-at"], name="number_timeline")
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} {self.kind}"
