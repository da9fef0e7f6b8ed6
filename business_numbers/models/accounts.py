"""What Meta lets us act for: portfolios, and the accounts whose tokens we hold."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import Workspace
from converge import clock
from converge.fields import EncryptedTextField


class Portfolio(models.Model):
    """Meta's business portfolio: its messaging limit is shared by every number in it.

    Outside workspaces; a workspace sees totals, never whose.
    """

    meta_business_id = models.CharField(max_length=40, unique=True)
    limit = models.IntegerField(
        null=True, help_text="People in 24 hours; empty is unlimited or unknown."
    )
    checked_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.meta_business_id


class TierSlot(models.Model):
    """One person counted against a portfolio's limit for 24 hours from `at`."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE)
    person = models.CharField(max_length=64, help_text="Keyed hash, never the number.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "person"], name="tier_once")
        ]
        indexes = [models.Index(fields=["portfolio", "at"], name="tier_recent")]

    def __str__(self):
        return f"{self.portfolio} {self.at}"


class BusinessAccount(models.Model):
    """A WABA or an Instagram login, and the token with which we act for it."""

    WHATSAPP, INSTAGRAM = "whatsapp", "instagram"
    KINDS = [(WHATSAPP, "WhatsApp"), (INSTAGRAM, "Instagram")]
    CONNECTED, DISCONNECTED, REAUTH = "connected", "disconnected", "reauth"
    AUTHORISATIONS = [
        (CONNECTED, "Connected"),
        (DISCONNECTED, "Disconnected"),
        (REAUTH, "Reauth required"),
    ]
    USER, BUSINESS, SYSTEM = "user", "business", "system"
    TOKEN_KINDS = [
        (USER, "a person’s, renewed by Converge"),
        (BUSINESS, "of the business, renewed by a person"),
        (SYSTEM, "of a system user"),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kind = models.CharField(max_length=9, choices=KINDS)
    meta_id = models.CharField("WABA ID", max_length=40)
    name = models.CharField(max_length=200, blank=True)
    portfolio = models.ForeignKey(Portfolio, null=True, on_delete=models.PROTECT)

    token = EncryptedTextField(blank=True, default="", editable=False)
    token_last4 = models.CharField(max_length=4, blank=True, default="")
    token_replaced_at = models.DateTimeField(null=True)
    token_expires_at = models.DateTimeField(null=True)
    authorisation = models.CharField(
        max_length=12, choices=AUTHORISATIONS, default=DISCONNECTED
    )
    cause = models.CharField(max_length=40, blank=True, default="")
    authorisation_changed_at = models.DateTimeField(default=timezone.now)
    token_kind = models.CharField(
        max_length=8, choices=TOKEN_KINDS, blank=True, default=""
    )
    authorised_by = models.CharField(max_length=120, blank=True, default="")
    token_checked_at = models.DateTimeField(null=True)
    refresh_begun_at = models.DateTimeField(
        null=True, help_text="One process at a time asks for a newer token."
    )
    refreshed_at = models.DateTimeField(null=True)
    refresh_problem = models.CharField(max_length=300, blank=True, default="")
    warned_days = models.PositiveSmallIntegerField(
        null=True, help_text="The last warning about the token's end, in days."
    )
    told_authorisation_at = models.DateTimeField(
        null=True, help_text="The change of authorisation people were mailed about."
    )
    review_status = models.CharField(max_length=24, blank=True, default="")
    restriction = models.CharField(max_length=60, blank=True, default="")
    violation = models.CharField(max_length=60, blank=True, default="")
    offered = models.JSONField(
        default=list, help_text="The numbers the last login showed, as Meta named them."
    )
    templates_synced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "business account"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "meta_id"], name="account_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "meta_id"], name="account_meta_id")]

    def __str__(self):
        return self.name or self.meta_id

    def keep_token(self, plain: str, *, expires_at=None, kind: str = "") -> None:
        """Seal a new token; only its last four characters stay readable."""
        self.token = plain
        self.token_kind = kind or self.token_kind
        self.refresh_problem, self.warned_days = "", None
        self.token_last4 = plain[-4:]
        self.token_replaced_at = clock.now()
        self.token_expires_at = expires_at
        self.set_authorisation(self.CONNECTED, "")

    def drop_token(self) -> None:
        """Nothing is left with which we could act."""
        self.token, self.token_last4, self.token_expires_at = "", "", None

    @property
    def is_whatsapp(self) -> bool:
        return self.kind == self.WHATSAPP

    def set_authorisation(self, state: str, cause: str) -> bool:
        """Change it in memory; True when this is news."""
        if (self.authorisation, self.cause) == (state, cause):
            return False
        self.authorisation, self.cause = state, cause
        self.authorisation_changed_at = clock.now()
        return True
