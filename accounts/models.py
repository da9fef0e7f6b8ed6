"""Users, workspaces, who belongs where, and the log of what they did."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import roles

INVITATION_LIFE = timedelta(days=7)


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Logs in by e-mail; `is_staff` are support staff in the admin."""

    THEMES = [("", "As the device"), ("light", "Light"), ("dark", "Dark")]

    email = models.EmailField("e-mail")
    name = models.CharField(max_length=120)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=8, choices=THEMES, blank=True, default="")
    has_shortcuts = models.BooleanField(
        "single-key shortcuts", default=True, help_text="J, K, R and the others."
    )
    enter_sends = models.BooleanField("Enter sends", default=True)
    # Desktop notifications also need the browser's permission, which each browser asks for.
    rings_for_mentions = models.BooleanField(
        "Notify me when somebody mentions me", default=True
    )
    rings_for_messages = models.BooleanField(
        "Notify me when a customer writes in a conversation assigned to me",
        default=True,
    )
    has_sound = models.BooleanField("Play a short sound with it", default=False)
    mails_mentions = models.BooleanField(
        "E-mail me when I have not seen a mention within 5 minutes", default=True
    )
    joined_at = models.DateTimeField(default=timezone.now)
    last_workspace = models.ForeignKey(
        "Workspace", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email")]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.email

    @property
    def hue(self) -> int:
        """Which of the twelve colours of people this one has."""
        return (self.pk or 0) * 5 % 12

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


class Workspace(models.Model):
    """A company's own world; nothing crosses its border."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(
        max_length=2, default="GB", help_text="For phone numbers written without +."
    )
    suggests_do_not_send = models.BooleanField(
        "only suggest do-not-send",
        default=False,
        help_text="Off: two failed deliveries in a row set it by themselves.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name


class Membership(models.Model):
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=roles.ROLES)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"], name="membership_once"
            )
        ]

    def __str__(self):
        return f"{self.user} in {self.workspace}"

    def may(self, act: str) -> bool:
        return roles.may(self.role, act)


class Team(models.Model):
    """Members under a name; whoever leaves the workspace leaves its teams."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="teams"
    )
    name = models.CharField(max_length=40)
    members = models.ManyToManyField(Membership, related_name="teams", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="team_once")
        ]

    def __str__(self):
        return self.name


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(
            accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        )

    def by_token(self, token: str):
        return self.open().filter(token_hash=hash_token(token))


class Invitation(models.Model):
    """Only the hash of its link is kept; the link is shown or mailed once."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField("e-mail")
    role = models.CharField(max_length=8, choices=roles.ROLES, default=roles.AGENT)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open",
            )
        ]

    def __str__(self):
        return f"{self.email} to {self.workspace}"

    def issue_token(self) -> str:
        """A fresh link token; the older one stops working."""
        token = secrets.token_urlsafe(32)
        self.token_hash = hash_token(token)
        self.expires_at = timezone.now() + INVITATION_LIFE
        return token


class AuditEntry(models.Model):
    """Who did what, when. The database refuses to change or delete one."""

    workspace = models.ForeignKey(
        Workspace, null=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        User, null=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    actor = models.CharField(max_length=200)
    act = models.CharField(max_length=60)
    target = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["workspace", "-at"], name="audit_newest")]

    def __str__(self):
        return f"{self.actor}: {self.act} {self.target}"


class Case(models.Model):
    """A question to support, with what is needed to answer it. Both sides read it."""

    OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
    STATES = [(OPEN, "Waiting for support"), (ANSWERED, "Answered"), (CLOSED, "Closed")]

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="cases"
    )
    reference = models.CharField(max_length=12, unique=True)
    subject = models.CharField(max_length=160)
    state = models.CharField(max_length=8, choices=STATES, default=OPEN)
    data = models.JSONField(
        default=dict, help_text="Ids and results, as they were. Never a secret."
    )
    opened_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-opened_at"], name="case_newest"),
            models.Index(
                fields=["opened_at"],
                condition=models.Q(state="open"),
                name="case_waiting",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.subject}"


class CaseEntry(models.Model):
    """One thing said about a case, by the customer or by support."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=120)
    is_support = models.BooleanField(default=False)
    text = models.TextField(max_length=4000)

    class Meta:
        verbose_name_plural = "case entries"

    def __str__(self):
        return f"{self.case} {self.by}"


class ApiKey(models.Model):
    """A machine that may act for a workspace. Belongs to it, not to who made it."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    token_start = models.CharField(max_length=8)
    token_last4 = models.CharField(max_length=4)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    # The rate limit: when it would have its whole burst again. The database's clock.
    rested_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API key"
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="api_key_newest")
        ]

    def __str__(self):
        return f"{self.name} ({self.shown})"

    @property
    def shown(self) -> str:
        return f"{self.token_start}…{self.token_last4}"


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
